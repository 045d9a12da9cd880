"""`tracker check` as installed: every problem at once, at its line, with what to do next."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT

COMMAND = str(Path(sys.executable).parent / "tracker")
TOP = "title: t\ndate: 2016-10-28\n"

FILES = {
    "tracker.yaml": "tag: summit-actions\nproject: neutron\nstatuses: {done: Invalid}\n",
    "people.yaml": """\
people:
  ihar: {name: Ihar Hrachyshka, irc: ihrachys}
  kevin: {name: Kevin Benton, launchpad: kevinbenton, irc: kev}
  kevinc: {name: Kevin Carter, irc: KEV}
""",
    "ocata/broken.yaml": "title: Neutron: next steps\n",
    "ocata/next.yaml": f"""\
title: retrospective
date: 28 October
auhtor: ihar
topics:
  - title: OVO
actions:
  - id: one
    title: {"x" * 201}
    owner: [kevn, kev]
    status: doing
    bug: 1637
  - id: one
    title: "the second \U0001f600 title"  # a comment
    blueprint: push
    work_item: push
    due: 2016-02-30
  - title: no id
    tags: [Low Hanging]
    owner: [ihar, Ihrachys]
    topic: Pecan
    evidence: [etherpad]
    carried_from: somewhere
""",
    "pike/again.yaml": TOP + "actions:\n- {id: a, title: again, bug: 1637, milestone: Pike 1}\n",
    "pike/deep.yaml": TOP + "tldr: " + "[" * 100_000 + "\n",
    "pike/empty.yaml": "",
    "pike/good.yaml": TOP,
    "pike/old.yml": TOP,
    "pike/tagged.yaml": TOP + "tldr: !!python/none\n",
}


@pytest.fixture
def sessions(tmp_path):
    folder = tmp_path / "sessions"
    put(folder, {"tracker.yaml": "tag: summit\nproject: neutron\n", "ocata/good.yaml": TOP})
    return folder


def put(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def test_every_problem_of_all_files_is_shown_at_once(tracker, sessions, golden):
    put(sessions, FILES)
    answer = tracker("check")
    assert answer.code == 1
    golden("check.txt", f"{answer.out}--- stderr\n{answer.err}")


def test_the_sample_has_no_problems(tracker):
    answer = tracker("check", cwd=ROOT)
    assert (answer.code, answer.out, answer.err) == (0, "", "1 recap checked: no problems\n")


def test_warnings_alone_are_no_failure(tracker, sessions):
    put(sessions, {"a.yaml": TOP + "actions: [{id: a, title: t, topic: none}]\n"})
    answer = tracker("check")
    assert (answer.code, answer.err) == (0, "2 recaps checked: 0 errors, 1 warning\n")
    assert "warning[R026]" in answer.out


def test_without_sessions_there_is_one_message(tracker, tmp_path):
    answer = tracker("check")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.splitlines() == [
        f"error: no sessions/ folder in {tmp_path} or above it",
        "  help: change to a recap repository, or make one: tracker init",
    ]


@pytest.mark.parametrize("path", ["ocata/none", "sessions/ocata/none.yaml", ".."])
def test_a_path_that_is_missing_or_elsewhere_is_a_wrong_command_line(tracker, sessions, path):
    answer = tracker("check", path)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"error: {path} ")
    assert "  help: " in answer.err


@pytest.mark.parametrize("name", ["ocata/bad", "sessions/ocata/bad.yaml", "ocata"])
def test_recaps_are_named_by_id_file_or_folder(tracker, sessions, name):
    put(sessions, {"ocata/bad.yaml": "date: 2016-10-28\n", "pike/bad.yaml": "", "pike/good.yaml": TOP})
    answer = tracker("check", name)
    assert answer.code == 1
    assert [line for line in answer.out.splitlines() if "error" in line] == [
        "sessions/ocata/bad.yaml:1:1: error[R011]: `title` is missing"
    ]
    assert tracker("check", "ocata/good", "pike/good").code == 0


def test_from_a_folder_below_paths_are_shown_from_there(tracker, sessions):
    put(sessions, {"ocata/bad.yaml": ""})
    answer = tracker("check", cwd=sessions / "ocata")
    assert answer.out.startswith("bad.yaml:1:1: error[R007]")
    assert tracker("check", "bad.yaml", cwd=sessions / "ocata").out == answer.out
    assert tracker("check", cwd=sessions).out.startswith("ocata/bad.yaml:1:1:")


def test_nothing_in_a_file_can_move_the_terminal(tracker, sessions):
    bad = 'title: "t"\ndate: \u202e2016\u2066 \u200f\ufeff\u2028\nevent: x\n'
    put(sessions, {"a.yaml": bad, "b.yaml": b"title: \x1b]0;x\x07\x9b\n", "\u202ec.yaml": TOP, "d\x1b.yaml": "x\n"})
    put(sessions, {"e.yaml": TOP + 'actions:\n- {id: a, title: a, status: "\\e[31m\\a\\x9b"}\n'})
    answer = tracker("check")
    assert answer.code == 1
    for text in (answer.out, answer.err):
        assert not [character for character in text if character != "\n" and not character.isprintable()]
    for shown in (r"\u202e2016\u2066", r"\x1b[31m\x07\x9b", r"\u202ec.yaml:1:1", r"d\x1b.yaml:1:1"):
        assert shown in answer.out


def test_marks_stand_below_wide_characters(tracker, sessions):
    put(sessions, {"a.yaml": TOP + "author: '漢字 é\u0301'\nevent: {'漢': x}\n"})
    lines = tracker("check").out.splitlines()
    assert lines[1:3] == ["    3 | author: '漢字 é\u0301'", "      |         ^^^^^^^^"]


def test_colours_are_for_terminals_that_want_them(sessions):
    put(sessions, {"a.yaml": ""})
    assert "\x1b[" in on_terminal(sessions)
    assert "\x1b[" not in on_terminal(sessions, NO_COLOR="1")
    assert "\x1b[" not in on_terminal(sessions, TERM="dumb")


def on_terminal(sessions, **environment):
    """Run the command with a terminal for its output, and return what it wrote there."""
    master, slave = os.openpty()
    try:
        environment = {**os.environ, "TERM": "xterm", **environment}
        done = subprocess.run(
            [COMMAND, "check"], cwd=sessions, stdout=slave, stderr=slave, env=environment, check=False, timeout=60
        )
        assert done.returncode == 1
        return os.read(master, 100_000).decode()
    finally:
        os.close(master)
        os.close(slave)


def test_output_to_a_closed_pipe_is_quiet(sessions):
    put(sessions, {f"{number}.yaml": "x: y\n" for number in range(400)})
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [COMMAND, "check"], cwd=sessions, stdout=writer, stderr=subprocess.PIPE, check=False, timeout=60
        )
    finally:
        os.close(writer)
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr
    assert b"BrokenPipe" not in done.stderr


def test_no_file_ends_in_a_traceback(tracker, sessions):
    odd = [b"", b"\0", b"\xff\xfe\0", b"- " * 100_000, b"[" * 100_000, b"x:\r" + b"- " * 100_000, b"{" * 100_000]
    put(
        sessions, {"tracker.yaml": odd[3], "people.yaml": odd[4], **{f"{i}.yaml": data for i, data in enumerate(odd)}}
    )
    answer = tracker("check")
    assert answer.code == 1
    assert answer.err == "8 recaps checked: 9 errors, 0 warnings\n"


# Formats for programs.

HOSTILE = {
    "a.yaml": TOP + 'author: "::set-output name=a::b"\nevent: 100%, a:b##[error]x #y\n',
    "b\n::error::,%.yaml": TOP,
    "c.yaml": 'title: "t"\ndate: \u202e2016\u2066 \x9b\nevent: x\n',
}


def test_json_has_every_problem_as_an_object(tracker, sessions):
    put(sessions, HOSTILE)
    answer = tracker("check", "--format", "json")
    assert (answer.code, answer.err) == (1, "4 recaps checked: 3 errors, 1 warning\n")
    values = json.loads(answer.out)
    assert [(one["path"], one["line"], one["column"], one["width"], one["rule"]) for one in values] == [
        ("sessions/a.yaml", 3, 9, 24, "R012"),
        ("sessions/a.yaml", 4, 8, 19, "R032"),
        ("sessions/b\n::error::,%.yaml", 1, 1, 8, "R009"),
        ("sessions/c.yaml", 2, 14, 1, "R002"),
    ]
    assert set(values[0]) == {"path", "line", "column", "width", "rule", "severity", "message", "help"}
    assert values[0]["message"] == 'unknown person "::set-output name=a::b"'
    assert [one["severity"] for one in values] == ["error", "warning", "error", "error"]


@pytest.mark.parametrize(("output_format", "expected"), [("text", ""), ("json", "[]\n"), ("github", "")])
def test_without_problems_every_format_says_so(tracker, sessions, output_format, expected):
    answer = tracker("check", "--format", output_format)
    assert (answer.code, answer.out, answer.err) == (0, expected, "1 recap checked: no problems\n")


def test_github_gets_a_workflow_command_for_each_problem(tracker, sessions):
    put(sessions, HOSTILE)
    answer = tracker("check", "--format", "github")
    assert answer.code == 1
    assert answer.out.splitlines() == [
        "::error file=sessions/a.yaml,line=3,col=9,endColumn=33,title=R012"
        '::unknown person "::set-output name=a::b"%0Ahelp: add "::set-output name=a::b" to people.yaml',
        "::warning file=sessions/a.yaml,line=4,col=8,endColumn=27,title=R032"
        "::`event` ends before #y, which is a comment"
        r'%0Ahelp: put it in quotes: "100%25, a:b##\x5berror]x #y"; if it is one, put a blank after the #',
        "::error file=sessions/b%0A%3A%3Aerror%3A%3A%2C%25.yaml,line=1,col=1,endColumn=9,title=R009"
        '::"b ::error::,%25.yaml" cannot be the name of a recap'
        "%0Ahelp: a recap is CYCLE/NAME.yaml, of letters, digits, `.`, `_`, `+` and `-`",
        "::error file=sessions/c.yaml,line=2,col=14,endColumn=15,title=R002"
        "::control character U+009B cannot stand in YAML%0Ahelp: remove it",
    ]


def test_github_finds_a_file_by_its_path_in_the_repository(tracker, sessions):
    put(sessions, {"ocata/bad.yaml": ""})
    where = {"cwd": sessions / "ocata", "GITHUB_WORKSPACE": str(sessions.parent)}
    assert tracker("check", "--format", "github", **where).out.startswith("::error file=sessions/ocata/bad.yaml,")
    assert tracker("check", **where).out.startswith("bad.yaml:")


def test_no_file_gives_a_build_server_an_order(tracker, sessions):
    order = "::error::x\n  ##[add-mask]x\n"
    put(
        sessions,
        {
            "::error::x.yaml": order,
            "a.yaml": order,
            "b.yaml": TOP + f"event: {order!r}\n",
            "c.yaml": TOP + "author: [zorro##[error]x]\n",
        },
    )
    for output_format in ("text", "json", "github"):
        answer = tracker("check", "--format", output_format, cwd=sessions, GITHUB_ACTIONS="true")
        assert answer.code == 1
        lines = (answer.out + answer.err).splitlines()
        assert not [line for line in lines if "##[" in line]
        orders = [line for line in lines if line.lstrip().startswith("::")]
        assert all(line.startswith("::error file=") for line in orders)
        assert bool(orders) == (output_format == "github")


def test_a_build_server_gets_text_too_unless_it_asks(tracker, sessions):
    put(sessions, {"a.yaml": ""})
    assert tracker("check", GITHUB_ACTIONS="true").out == tracker("check").out


def test_an_unknown_format_is_a_wrong_command_line(tracker, sessions):
    answer = tracker("check", "--format", "xml")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == 'error: unknown format "xml"\n  help: it is one of text, json, github\n'


# A merge that git left to a person.

CONFLICT = "<<<<<<< HEAD\n{}=======\n{}>>>>>>> theirs\n"


@pytest.mark.parametrize("command", [("plan",), ("sync", "--yes")])
def test_a_recap_with_a_conflict_is_left_out_and_not_written(sample, command):
    sample.run("sync", "--yes")
    conflict = CONFLICT.format("    owner: ihar\n", "    owner: artur\n")
    sample.elsewhere("review-pecan", status="In Progress")
    sample.replace("    owner: ihar\n", conflict)
    before = files(sample.folder / "sessions")
    answer = sample.run(*command)
    assert answer.code == 1
    assert answer.err.count("error[R008]") == 1
    assert "1 recap left out because of errors" in answer.err
    assert files(sample.folder / "sessions") == before


@pytest.mark.parametrize("command", [("plan",), ("sync", "--yes")])
@pytest.mark.parametrize("name", ["people.yaml", "tracker.yaml", ".synced/sandbox/ocata/neutron-server-next.jsonl"])
def test_with_a_conflict_elsewhere_nothing_is_planned_and_nothing_is_written(sample, command, name):
    sample.run("sync", "--yes")
    sample.elsewhere("review-pecan", status="In Progress")
    path = sample.folder / "sessions" / name
    text = path.read_text(encoding="utf-8")
    path.write_text(CONFLICT.format(text, text), encoding="utf-8")
    before = files(sample.folder / "sessions")
    answer = sample.run(*command)
    assert (answer.code, answer.out) == (1, "")
    assert "git's conflict mark" in answer.err
    assert files(sample.folder / "sessions") == before
    assert sample.run("check").out.count("error[") == 1


def files(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != ".lock"}
