"""`tracker import`: from a mail to a recap, with what is left to a person."""

import json
import os
import re
import shutil
import subprocess

import pytest
import yaml

from tests.cli.test_init import contents
from tests.support import TESTS, TRACKER
from tracker.errors import ExitCode

MAIL = str(TESTS / "data" / "mail" / "01-page-list.txt")
BOX = str(TESTS / "data" / "mail" / "07-thread.mbox")
RECAP = "sessions/sorrel/puffin-agent-planning-session-recap.yaml"


@pytest.fixture
def repository(tmp_path, tracker):
    """A recap repository, and `tracker` in it."""
    sessions = tmp_path / "sessions"
    sessions.mkdir()
    (sessions / "tracker.yaml").write_text("tag: imported\nproject: puffin\nservice: sandbox\n")
    (sessions / "people.yaml").write_text("# who is who\npeople:\n  joren:\n    name: Joren\n")

    def run(*words, **options):
        return tracker(*words, **{"cwd": tmp_path, **options})

    run.folder = tmp_path
    run.sessions = sessions
    return run


def test_a_mail_becomes_a_recap_that_passes_check_but_for_what_a_person_must_say(repository):
    answer = repository("import", MAIL)
    assert (answer.code, answer.out) == (0, f"{RECAP}\n"), answer.err
    text = (repository.folder / RECAP).read_text()
    assert text.startswith("title: puffin-agent planning session recap\n")
    marked = [n for n, line in enumerate(text.splitlines(), 1) if "# import: " in line]
    assert [f"{RECAP}:{n}:" in answer.err for n in marked] == [True] * len(marked)
    assert f"{RECAP}: {len(marked)} places for you to look at\n" in answer.err
    assert answer.err.splitlines()[-1].startswith("next: settle what is marked")
    found = json.loads(repository("check", "--format", "json").out)
    assert {one["line"] for one in found} <= set(marked)
    assert {one["rule"] for one in found} == {"R012", "R037"}


def test_people_who_are_missing_are_shown_as_people_yaml_would_have_them(repository):
    answer = repository("import", MAIL)
    shown = answer.err.partition(
        "people.yaml lacks these; put them there, or import again with --add-people --force:\n"
    )
    missing = yaml.safe_load("\n".join(line for line in shown[2].splitlines() if line.startswith("  ")))
    assert missing["people"]["tamsin"] == {"name": "Tamsin Oakrest", "email": "toakrest@example.org"}
    assert missing["teams"] == {"puffin-cores": {"name": "puffin cores"}}


def test_people_who_are_written_are_named_by_their_keys_and_ask_nothing_any_more(repository):
    answer = repository("import", MAIL, "--add-people")
    assert answer.code == 0, answer.err
    text = (repository.sessions / "people.yaml").read_text()
    assert text.startswith("# who is who\npeople:\n  tamsin:\n    name: Tamsin Oakrest\n")
    assert "  joren:\n    name: Joren\nteams:\n  puffin-cores:\n    name: puffin cores\n" in text
    assert "sessions/people.yaml: added tamsin (Tamsin Oakrest), " in answer.err
    recap = (repository.folder / RECAP).read_text()
    assert "author: tamsin\n" in recap
    assert "owner: puffin-cores\n" in recap
    assert [line for line in recap.splitlines() if "# import: " in line] == [
        "date: 2016-10-28  # import: on which day was the session? this is the mail's"
    ]
    assert repository("check").code == 0


def test_a_people_yaml_without_room_stops_it_before_anything_is_written(repository):
    (repository.sessions / "people.yaml").write_text("people: {joren: {name: Joren}}\n")
    before = contents(repository.folder)
    answer = repository("import", MAIL, "--add-people")
    assert answer.code == ExitCode.PROBLEMS
    assert "sessions/people.yaml has no room for further lines" in answer.err
    assert contents(repository.folder) == before


@pytest.mark.parametrize(("name", "text"), [("people.yaml", "people: ["), ("tracker.yaml", "tag: X\n")])
def test_with_broken_files_nothing_is_written(repository, name, text):
    (repository.sessions / name).write_text(text)
    before = contents(repository.folder)
    answer = repository("import", MAIL, "--add-people")
    assert answer.code == ExitCode.PROBLEMS
    assert f"error: {name} has errors\n  help: " in answer.err
    assert contents(repository.folder) == before


# Where it goes


@pytest.mark.parametrize(
    ("words", "where"),
    [
        (["pike/agent"], "."),
        (["pike/agent.yaml"], "sessions/ocata"),
        (["--output", "sessions/pike/agent.yaml"], "."),
        (["-o", "../pike/agent.yaml"], "sessions/ocata"),
    ],
)
def test_a_person_says_where_it_goes_and_so_its_cycle(repository, words, where):
    (repository.sessions / "ocata").mkdir()
    answer = repository("import", MAIL, *words, cwd=repository.folder / where)
    assert answer.code == 0, answer.err
    assert "\ncycle: pike\n" in (repository.sessions / "pike" / "agent.yaml").read_text()
    assert (repository.folder / where / answer.out.strip()).resolve() == repository.sessions / "pike" / "agent.yaml"


def test_a_mail_that_says_no_cycle_is_told_so(repository, tmp_path):
    mail = tmp_path / "mail.eml"
    mail.write_text("From: a@example.org\nSubject: [puffin] agents\n\nActions:\n- Joren to look\n")
    answer = repository("import", str(mail))
    assert (answer.code, answer.out) == (0, "sessions/agents.yaml\n")
    assert "no cycle was found: " in answer.err
    assert "no cycle was found" not in repository("import", str(mail), "ocata/agents").err


def test_an_editor_is_told_where_the_schema_is(repository):
    repository("init")
    repository("import", MAIL)
    first = (repository.folder / RECAP).read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=../.schema/recap.json"


@pytest.mark.parametrize(
    "words",
    [
        ["people"], ["tracker.yaml"], ["../x"], ["a b"], [""], ["templates/x"],
        ["-o", "sessions/people.yaml"], ["-o", "sessions/tracker.yaml"], ["-o", "sessions/.synced/x.yaml"],
        ["-o", "sessions/x.txt"], ["-o", "sessions"], ["-o", "sessions/a b.yaml"], ["-o", ""], ["-o", "."],
        ["-o", "sessions/link/x.yaml"], ["-o", "linked/people.yaml"], ["-o", "other/sessions/people.yaml"],
        ["ocata/x", "-o", "y.yaml"],
    ],
)  # fmt: skip
def test_what_is_no_place_for_a_recap_is_refused_and_nothing_is_written(repository, words):
    (repository.folder / "other" / "sessions").mkdir(parents=True)
    (repository.folder / "other" / "sessions" / "tracker.yaml").write_text("tag: other\n")
    (repository.sessions / "link").symlink_to(repository.folder / "other")
    (repository.folder / "linked").symlink_to(repository.sessions)
    before = contents(repository.folder)
    answer = repository("import", MAIL, *words, "--force")
    assert (answer.code, answer.out) in {(ExitCode.USAGE, ""), (ExitCode.PROBLEMS, "")}, answer.err
    assert answer.err.startswith("error: ")
    assert "\n  help: " in answer.err
    assert contents(repository.folder) == before


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_no_recap_is_written_behind_a_link(repository, force):
    (repository.folder / "elsewhere").mkdir()
    (repository.sessions / "pike").symlink_to(repository.folder / "elsewhere")
    answer = repository("import", MAIL, "pike/x", *force)
    assert (answer.code, answer.out) == (ExitCode.USAGE, "")
    assert "sessions/pike is a link" in answer.err
    assert list((repository.folder / "elsewhere").iterdir()) == []


def test_a_mail_called_people_does_not_replace_who_is_who(repository, tmp_path):
    mail = tmp_path / "mail.eml"
    mail.write_text("From: a@example.org\nSubject: People\n\nActions:\n- Joren to look\n")
    before = contents(repository.sessions)
    assert repository("import", str(mail), "--force").code == ExitCode.USAGE
    assert contents(repository.sessions) == before


def test_a_recap_that_is_there_is_not_replaced_unasked(repository):
    path = repository.folder / repository("import", MAIL).out.strip()
    path.write_text("mine")
    answer = repository("import", MAIL)
    assert answer.code == ExitCode.USAGE
    assert "is there already" in answer.err
    assert path.read_text() == "mine"
    assert repository("import", MAIL, "--force").code == 0
    assert path.read_text().startswith("title: ")


@pytest.fixture
def synced(repository):
    """A repository that remembers two actions of the recap, of which one is no longer in it."""
    repository("import", MAIL, "--add-people")
    base = repository.sessions / ".synced" / "sandbox" / "sorrel"
    base.mkdir(parents=True)
    ids = ("document-new-options", "rebase-queue-series-split-first-patch-in")
    lines = [json.dumps({"action": one, "bug": number, "fields": {}}) for number, one in enumerate(ids, 1)]
    (base / "puffin-agent-planning-session-recap.jsonl").write_text("".join(f"{line}\n" for line in lines))
    return repository


def test_a_recap_that_was_synced_is_not_replaced_even_when_asked(synced):
    before = contents(synced.sessions)
    answer = synced("import", MAIL, "--force")
    assert answer.code == ExitCode.USAGE
    assert f"error: {RECAP} has been synced, and is not replaced" in answer.err
    assert contents(synced.sessions) == before


def test_no_action_gets_an_id_that_a_sync_remembers(synced):
    (synced.folder / RECAP).unlink()
    answer = synced("import", MAIL)
    assert answer.code == 0, answer.err
    text = (synced.folder / RECAP).read_text()
    assert "  - id: document-new-options-2\n" in text


def test_it_can_be_shown_without_a_repository(tracker, tmp_path):
    answer = tracker("import", MAIL, "--output", "-", cwd=tmp_path)
    assert answer.code == 0, answer.err
    assert answer.out.startswith("title: ")
    assert "next: " not in answer.err
    assert list(tmp_path.iterdir()) == []
    refused = tracker("import", MAIL, cwd=tmp_path)
    assert refused.code == ExitCode.PROBLEMS
    assert "no sessions/ folder" in refused.err


def test_it_can_be_put_elsewhere_by_any_name(tracker, tmp_path):
    place, mail = (tmp_path / os.fsdecode(name) for name in (b"out-\xff.yaml", b"mail-\xff"))
    shutil.copy(MAIL, mail)
    answer = tracker("import", str(mail), "-o", str(place))
    assert answer.code == 0, answer.err
    assert place.read_text().startswith("title: ")
    again = tracker("import", str(mail), "-o", str(place))
    assert (again.code, "is there already" in again.err) == (ExitCode.USAGE, True)


def test_a_place_that_cannot_be_written_is_one_message(repository):
    (repository.sessions / "pike").write_text("a file\n")
    answer = repository("import", MAIL, "pike/x")
    assert (answer.code, answer.out) == (ExitCode.PROBLEMS, "")
    assert answer.err.startswith("error: sessions/pike/x.yaml cannot be written: ")


# Several messages


def test_each_message_of_a_mailbox_is_a_recap_and_one_can_be_chosen(repository):
    answer = repository("import", BOX)
    assert answer.code == 0, answer.err
    assert len(answer.out.splitlines()) == 2
    shown = repository("import", BOX, "--message", "2", "--output", "-")
    assert "author: " in shown.out
    for place in (["--output", "x.yaml"], ["ocata/x"]):
        assert repository("import", BOX, *place).code == ExitCode.USAGE
    assert repository("import", BOX, "--message", "3").code == ExitCode.USAGE


def test_of_a_thread_what_lists_no_actions_is_left_and_said_so(repository, tmp_path):
    box = tmp_path / "box.mbox"
    head = "From a Thu Nov  3 18:50:08 2016\nFrom: Joren <a@e.org>\nSubject: {}\n\n{}\n\n"
    talk = head.format("Re: agents", "Thanks for the recap!")
    box.write_text(talk + head.format("agents", "Actions:\n- Joren to look") + talk)
    answer = repository("import", str(box), "ocata/agents")
    assert (answer.code, answer.out) == (0, "sessions/ocata/agents.yaml\n"), answer.err
    assert "without actions, and left: 2 messages (1, 3); --message N imports one\n" in answer.err
    assert repository("import", str(box), "--message", "1").code == 0
    box.write_text(talk * 12)
    answer = repository("import", str(box))
    assert (answer.code, answer.out) == (ExitCode.PROBLEMS, "")
    assert "error: none of the 12 messages lists actions\n  help: " in answer.err


def test_two_of_one_title_are_two_files_and_two_of_one_name_are_two_people(repository, tmp_path):
    box = tmp_path / "box.mbox"
    text = "From a Thu Nov  3 18:50:08 2016\nFrom: {0} <a@e.org>\nSubject: agents\n\nActions:\n- {0} to look\n\n"
    box.write_text(text.format("Kevin One") + text.format("Kevin Two"))
    answer = repository("import", str(box), "--add-people")
    assert answer.code == 0, answer.err
    assert answer.out == "sessions/agents.yaml\nsessions/agents-2.yaml\n"
    assert "    owner: kevin\n" in (repository.sessions / "agents.yaml").read_text()
    assert "    owner: kevin-two\n" in (repository.sessions / "agents-2.yaml").read_text()
    assert repository("check").code == ExitCode.PROBLEMS  # neither mail says the day


def test_the_two_forms_say_the_same(repository):
    found = json.loads(repository("import", MAIL, "--format", "json").out)
    text = repository("import", MAIL, "--output", "-").out
    assert text.count("\n  - id: ") == len(found["actions"])


@pytest.mark.parametrize("words", [["ocata/x"], ["-o", "x.json"], ["--add-people"], ["--force"]])
def test_what_prints_facts_takes_nothing_that_is_for_writing(repository, words):
    answer = repository("import", MAIL, "--format", "json", *words)
    assert (answer.code, answer.out) == (ExitCode.USAGE, "")


# Hostile text

NASTY = """\
From: "# import: x" <a@e.org>
Subject: title # import: take me off
Date: Thu, 3 Nov 2016 18:50:08 +0000

tl;dr: - # import: all is settled

Topic: ---
# import: nothing is asked
--- !!python/object:os.system {a: *b}
  %YAML 1.1

Actions:
- Joren to do: [this, {and: that}] # import: who?
- Joren to do: [this, {and: that}] # import: who?
- !tag &anchor *alias to <<: merge
- {} to do it
- Joren to "quote" 'it' \\x1b[31m \x1b]0;t\x07 | > @ ` %
- Joren to fix \u202etxt.exe
- ~root to look at ~root
- Joren? to look at #12
"""


def test_what_a_mail_says_is_text_in_the_recap_and_no_mark(repository, tmp_path):
    mail = tmp_path / "mail.eml"
    mail.write_text(NASTY)
    answer = repository("import", str(mail), "ocata/nasty", "--add-people")
    assert answer.code == 0, answer.err
    assert not set(answer.out + answer.err) & {"\x1b", "\x07", "\u202e"}
    text = (repository.sessions / "ocata" / "nasty.yaml").read_text()
    assert not set(text) & {"\x1b", "\x07", "\u202e"}
    read = yaml.safe_load(text)
    assert read["title"] == "title # import: take me off"
    assert "Joren" not in {str(one.get("owner")) for one in read["actions"]} - {"joren"}
    ids = [one["id"] for one in read["actions"]]
    assert len(ids) == len(set(ids))
    found = json.loads(repository("check", "--format", "json").out)
    marked = {int(line) for line in re.findall(r"^sessions/ocata/nasty\.yaml:(\d+):", answer.err, re.MULTILINE)}
    assert {one["line"] for one in found if one["severity"] == "error"} <= marked


@pytest.mark.parametrize("data", [b"", b" \n\n\t\n"])
def test_nothing_at_all_makes_no_recap(repository, data):
    for words, stdin in ((["-"], data), (["empty"], b"")):
        (repository.folder / "empty").write_bytes(data)
        done = subprocess.run(
            [TRACKER, "import", *words], cwd=repository.folder, input=stdin, capture_output=True, check=False
        )
        assert done.returncode == ExitCode.PROBLEMS
        assert b"error: there is nothing " in done.stderr
    assert {path.name for path in repository.sessions.iterdir()} == {"people.yaml", "tracker.yaml"}


def test_a_stdin_that_is_closed_is_an_empty_one(repository):
    done = subprocess.run(
        ["bash", "-c", f"{TRACKER} import - <&-"], cwd=repository.folder, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.splitlines()[0]) == (1, "error: there is nothing on stdin")


@pytest.mark.parametrize(
    "data", [b"\x7fELF\x02\x01\0\0 a program", b"many words " * 100 + b"\0\n", b"\x01\x02 packed \x03\x04" * 20]
)
def test_what_is_no_text_makes_no_recap(repository, tmp_path, data):
    (tmp_path / "ls").write_bytes(data)
    answer = repository("import", "ls")
    assert (answer.code, answer.out) == (ExitCode.USAGE, "")
    assert answer.err.splitlines()[0] == 'error: "ls" is no text'
    assert sorted(contents(repository.sessions)) == ["people.yaml", "tracker.yaml"]


@pytest.mark.parametrize(
    "data",
    [
        "Actions:\n- kim to do it\n".encode("utf-16"),
        b"Subject: x\n\nAction: kim to do it\n\0",
        b"\x1b[1mAI: kim to go\n",
    ],
)
def test_a_text_is_one_however_it_is_written(repository, tmp_path, data):
    (tmp_path / "pad").write_bytes(data)
    assert repository("import", "pad", "a/b").code == 0


@pytest.mark.parametrize("name", ["sessions/people.yaml", "sessions/a/b.yaml", "sessions/.sent/a.json"])
def test_a_file_of_the_repository_is_no_mail(repository, name):
    path = repository.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("people: {}\n" if path.name == "people.yaml" else "title: it\n")
    answer = repository("import", name, "x/y")
    assert (answer.code, answer.out) == (ExitCode.USAGE, "")
    assert f'error: "{name}" is a file of this repository, and no mail\n' in answer.err


def test_a_recap_is_shown_as_it_would_be_under_an_id(repository):
    shown = repository("import", MAIL, "gazpacho/agent", "-o", "-")
    assert shown.code == 0, shown.err
    assert not (repository.sessions / "gazpacho").exists()
    assert repository("import", MAIL, "gazpacho/agent").code == 0
    assert (repository.sessions / "gazpacho" / "agent.yaml").read_text() == shown.out
    assert repository("import", MAIL, "no id", "-o", "-").code == ExitCode.USAGE


def test_what_is_left_out_is_said_with_its_lines(repository, tmp_path):
    words = "\n\n".join(f"Of {n}.\n\nACTION: kim to do {n}" for n in range(12))
    for name, text in {"one": "Notes\n\nHello,\nall.\n\n# A\n\nwords\n", "many": f"Notes\n\n{words}\n"}.items():
        (tmp_path / name).write_text(text)
    assert "left out: lines 3-4 of one\n" in repository("import", "one", "-o", "-").err
    assert "left out: lines 3, 7, 11, 15, 19, 23, 27, 31 and 4 further places of many\n" in (
        repository("import", "many", "-o", "-").err
    )
    assert "left out" not in repository("import", "one", "--format", "json").err
    assert json.loads(repository("import", "one", "--format", "json").out)["left_out"] == [[3, 4]]


def test_whom_people_yaml_has_is_known_in_a_mail(repository, tmp_path):
    (tmp_path / "pad").write_text("Notes\n\n- [AI] Joren: write a test\n- [AI] Lum: write a test of Puffin\n")
    found = json.loads(repository("import", "pad", "--format", "json").out)
    assert [action["owners"] for action in found["actions"]] == [["Joren"], []]


def test_a_mail_that_was_imported_before_is_told(repository):
    first = repository("import", MAIL, "a/first")
    assert "has this title" not in first.err
    told = "sessions/a/first.yaml has this title, too: if it is of the same mail, delete one of the two\n"
    assert told in repository("import", MAIL, "a/second").err
    assert told in repository("import", MAIL, "a/second", "--force").err
    assert told not in repository("import", MAIL, "a/first", "--force").err
