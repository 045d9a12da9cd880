"""`tracker import`: from a mail to a recap, with what is left to a person."""

import json

import pytest

from tests.support import TESTS
from tracker.errors import ExitCode

MAIL = str(TESTS / "data" / "mail" / "01-page-list.txt")
BOX = str(TESTS / "data" / "mail" / "07-thread.mbox")


@pytest.fixture
def repository(tmp_path, tracker):
    """A recap repository, and `tracker` in it."""
    sessions = tmp_path / "sessions"
    sessions.mkdir()
    (sessions / "tracker.yaml").write_text("tag: imported\nproject: puffin\nservice: sandbox\n")
    (sessions / "people.yaml").write_text("# who is who\npeople:\n  joren:\n    name: Joren\n")

    def run(*words):
        return tracker(*words, cwd=tmp_path)

    run.sessions = sessions
    return run


def test_a_mail_becomes_a_recap_that_passes_check_but_for_what_a_person_must_say(repository):
    answer = repository("import", MAIL)
    assert answer.code == 0, answer.err
    path = answer.out.strip()
    text = (repository.sessions.parent / path).read_text()
    assert text.startswith("title: puffin-agent planning session recap\n")
    marked = [n for n, line in enumerate(text.splitlines(), 1) if "# import: " in line]
    assert [f"{path}:{n}:" in answer.err for n in marked] == [True] * len(marked)
    found = json.loads(repository("check", "--format", "json").out)
    assert {one["line"] for one in found} <= set(marked)
    assert {one["rule"] for one in found} == {"R012"}


def test_people_who_are_missing_are_shown_and_written_when_asked_for(repository):
    answer = repository("import", MAIL)
    assert "people.yaml could have these; --add-people writes them:\n  " in answer.err
    before = (repository.sessions / "people.yaml").read_text()
    again = repository("import", MAIL, "--force", "--add-people")
    assert again.code == 0, again.err
    after = (repository.sessions / "people.yaml").read_text()
    assert after.startswith("# who is who\npeople:\n")
    assert after.endswith("  joren:\n    name: Joren\n")
    assert len(after) > len(before)
    assert repository("check").code == 0


def test_a_recap_that_is_there_is_not_replaced_unasked(repository):
    path = repository.sessions.parent / repository("import", MAIL).out.strip()
    path.write_text("mine")
    answer = repository("import", MAIL)
    assert answer.code == ExitCode.USAGE
    assert "is there already" in answer.err
    assert path.read_text() == "mine"


def test_it_can_be_shown_without_a_repository(tracker, tmp_path):
    answer = tracker("import", MAIL, "--output", "-", cwd=tmp_path)
    assert answer.code == 0, answer.err
    assert answer.out.startswith("title: ")
    assert list(tmp_path.iterdir()) == []
    refused = tracker("import", MAIL, cwd=tmp_path)
    assert refused.code == ExitCode.PROBLEMS
    assert "no sessions/ folder" in refused.err


def test_each_message_of_a_mailbox_is_a_recap_and_one_can_be_chosen(repository):
    answer = repository("import", BOX)
    assert answer.code == 0, answer.err
    assert len(answer.out.splitlines()) == 2
    shown = repository("import", BOX, "--message", "2", "--output", "-")
    assert "author: " in shown.out
    assert repository("import", BOX, "--output", "x.yaml").code == ExitCode.USAGE
    assert repository("import", BOX, "--message", "3").code == ExitCode.USAGE


def test_the_two_forms_say_the_same(repository):
    found = json.loads(repository("import", MAIL, "--format", "json").out)
    text = repository("import", MAIL, "--output", "-").out
    assert text.count("\n  - id: ") == len(found["actions"])
