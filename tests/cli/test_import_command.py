"""`tracker import`: what it prints, and what it refuses."""

import json
import os
import subprocess

import pytest
from typer.testing import CliRunner

from tests.support import TESTS, TRACKER
from tracker.cli import app
from tracker.errors import ExitCode

SAMPLES = TESTS / "data" / "mail"


def test_a_mail_is_shown_as_json_whatever_folder_it_is_run_in(tracker):
    answer = tracker("import", str(SAMPLES / "01-page-list.txt"), "--format", "json")
    found = json.loads(answer.out)
    assert found["title"] == "puffin-agent planning session recap"
    assert found["actions"][3]["owners"] == ["Joren"]
    assert found["actions"][3]["tentative"] is True
    assert set(found["links"][0]) == {"kind", "url"}


OWN = """\
Subject: [example] Logs: session recap

this is the recap of the example session on Friday, 28 October 2016.

Next actions:
- Mara to convert the plugins (in progress; milestone next-1; due 2016-11-30; project other)
  work item of: https://blueprints.launchpad.net/other/+spec/structured-logs
  shown by: https://review.example.org/1
- Jon to name the fields (bug to be filed)
- looking for an owner: ask
"""


def test_what_the_mail_of_a_recap_says_of_an_action_is_in_the_json(tracker, tmp_path):
    mail = tmp_path / "recap.txt"
    mail.write_text(OWN)
    first, second, third = json.loads(tracker("import", str(mail), "--format", "json").out)["actions"]
    assert first["status"] == "in progress"
    assert first["tracked_as"] == {"key": "work_item", "value": "structured-logs"}
    assert (first["milestone"], first["due"], first["project"]) == ("next-1", "2016-11-30", "other")
    assert first["evidence"] == ["https://review.example.org/1"]
    assert second["tracked_as"] == {"key": "bug", "value": "new"}
    assert (third["status"], third["tracked_as"], third["due"]) == (None, None, None)


@pytest.mark.parametrize(("head", "above"), [("", 3), ("Content-Transfer-Encoding: 8bit\n", 4)])
def test_lines_in_the_json_are_those_of_the_file(tracker, tmp_path, head, above):
    mail = tmp_path / "recap.eml"
    text = "Hello,\n\nNext actions:\n- Mara to measure it\n"
    mail.write_text(f"From: Mara Example <mara@example.org>\nSubject: recap\n{head}\n{text}")
    found = json.loads(tracker("import", str(mail), "--format", "json").out)
    assert found["left_out"] == [[above + 1, above + 1]]
    assert [action["line"] for action in found["actions"]] == [above + 4]


def test_lines_of_a_text_that_is_not_in_the_file_as_it_is_are_its_own(tracker, tmp_path):
    mail = tmp_path / "recap.eml"
    mail.write_text("Subject: recap\nContent-Type: text/plain; format=flowed\n\nAction: Mara to measure it\n")
    found = json.loads(tracker("import", str(mail), "--format", "json").out)
    assert [action["line"] for action in found["actions"]] == [1]


def test_a_message_that_is_not_there_is_told_with_those_that_are(tracker):
    file = SAMPLES / "07-thread.mbox"
    answer = tracker("import", str(file), "--message", "3")
    assert answer.code == ExitCode.USAGE
    assert f'"{file}" has no message 3' in answer.err
    assert "name one from 1 to 2" in answer.err


def test_a_mailbox_is_a_list_of_messages(tracker):
    found = json.loads(tracker("import", str(SAMPLES / "07-thread.mbox"), "--format", "json").out)
    assert [message["author"] for message in found["messages"]] == ["Hedy Quayle", "Ruvim Adler"]


def test_standard_input_is_a_file_too():
    data = (SAMPLES / "01-page-list.txt").read_bytes()
    answer = subprocess.run([TRACKER, "import", "-", "--format", "json"], input=data, capture_output=True, check=True)
    assert len(json.loads(answer.stdout)["actions"]) == 7


def test_a_mail_without_a_list_says_so_and_makes_none_up(tracker):
    answer = tracker("import", str(SAMPLES / "20-prose.eml"), "--format", "json")
    assert json.loads(answer.out)["actions"] == []
    assert "no action list found" in answer.err


def test_a_file_that_is_not_there_is_one_message(tracker):
    answer = tracker("import", "nowhere.eml", "--format", "json")
    assert answer.code == ExitCode.PROBLEMS
    assert 'error: "nowhere.eml" cannot be read' in answer.err


@pytest.mark.parametrize("words", [["import", "one.txt", "--format", "json"], ["check", "one.yaml"]])
def test_whether_a_file_may_be_read_is_found_by_reading_it(tmp_path, monkeypatch, words):
    (tmp_path / "one.txt").write_text("Action: kim to do it\n")
    (tmp_path / "sessions").mkdir()
    (tmp_path / "sessions" / "tracker.yaml").write_text("tag: summit\nproject: p\n")
    (tmp_path / "sessions" / "one.yaml").write_text("title: t\ndate: 2016-10-28\n")
    monkeypatch.chdir(tmp_path / "sessions" if words[0] == "check" else tmp_path)
    monkeypatch.setattr(os, "access", lambda *_args, **_options: False)  # as typer would ask
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("escape", [b"\x1b]0;x\x07", "\u202e".encode(), b"\x9b31m"])
def test_nothing_that_a_mail_holds_reaches_the_terminal_as_a_command(tracker, tmp_path, escape):
    mail = tmp_path / "evil.eml"
    mail.write_bytes(
        b"From: a" + escape + b"b <c@d.org>\nSubject: x" + escape + b"\n\nAction: kim to do" + escape + b" it\n"
    )
    out = tracker("import", str(mail), "--format", "json").out
    assert not set(out) & {"\x1b", "\x07", "\u202e", "\x9b"}
