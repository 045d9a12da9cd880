"""`tracker rehearse` as installed, on the sample, which is synced with another sandbox."""

import re

import pytest

from tests.cli.sample import plain
from tracker.errors import ExitCode


def files(folder):
    return {path: path.read_bytes() for path in sorted((folder / "sessions").rglob("*")) if path.is_file()}


def planned(text):
    """Take the plan out of an output: from the first recap to the sum."""
    return re.search(r"^ocata/.*?^(?:Plan: |Nothing to do).*?$", text, re.M | re.S).group()


@pytest.fixture
def edited(sample):
    """The sample in step, then with changes of all kinds in the recap."""
    assert sample.run("sync", "--yes").code == 0
    sample.replace("id: model-live-migration\n", "id: model-live-migration\n    status: done\n")
    sample.replace("status: in progress ", "status: dropped ")
    sample.replace("title: review the patches of the OVO adoption faster", "title: review the OVO patches")
    sample.replace("owner: kevin?\n", "owner: kevin?\n    bug: new\n")
    return sample


def test_the_rehearsed_plan_is_the_real_one(edited):
    real = edited.run("plan").out
    rehearsed = edited.run("rehearse")
    assert rehearsed.code == 0, rehearsed.err
    assert planned(rehearsed.out) == planned(real)


def test_neither_the_recaps_nor_launchpad_are_touched(edited):
    before = files(edited.folder)
    edited.sandbox.requests.clear()
    assert edited.run("rehearse").code == 0
    assert files(edited.folder) == before
    assert edited.sandbox.requests == []
    assert sorted(path.name for path in edited.folder.iterdir() if path.name != "cache") == [".sandbox", "sessions"]


def test_a_rehearsal_shows_what_would_be_written_into_the_recaps(sample, golden):
    answer = sample.run("rehearse")
    assert answer.code == 0
    golden("rehearse.txt", plain(answer.out))


def test_the_copy_is_kept_where_it_is_asked_for_and_goes_on(edited, tracker):
    answer = edited.run("rehearse", "copy")
    assert answer.code == 0
    copy = edited.folder / "copy"
    assert "service: sandbox" in (copy / "sessions" / "tracker.yaml").read_text()
    assert "sandbox serve" in answer.err
    assert tracker("check", cwd=copy).code == 0
    assert '"status": "done"' in tracker("status", "--all", "--format", "json", cwd=copy).out


@pytest.mark.parametrize("service", ["production", "https://launchpad.example.test/", None])
def test_the_base_of_whatever_service_is_taken_along(edited, service):
    synced = edited.folder / "sessions" / ".synced"
    (synced / "sandbox").rename(
        synced / {"production": "production", None: "sandbox"}.get(service, "launchpad.example.test")
    )
    settings = edited.folder / "sessions" / "tracker.yaml"
    text = re.sub(r"^service:.*\n", f"service: {service}\n" if service else "", settings.read_text(), flags=re.M)
    settings.write_text(text)
    answer = edited.run("rehearse")
    assert "1 bug to create" in answer.out
    assert answer.code == 0


def test_what_launchpad_refused_is_not_tried_in_the_rehearsal_either(sample):
    driver = sample.folder / ".sandbox" / "credentials"
    driver.write_bytes((sample.folder / ".sandbox" / "somebody.credentials").read_bytes())
    sample.replace("bug: new\n", "bug: new\n    importance: High\n")
    assert sample.run("sync", "--yes").code == ExitCode.LAUNCHPAD
    real = sample.run("plan").out
    assert "not tried again" in real
    assert planned(sample.run("rehearse").out) == planned(real)


def test_a_folder_that_holds_something_is_not_used(sample):
    (sample.folder / "full").mkdir()
    (sample.folder / "full" / "mine").write_text("x")
    answer = sample.run("rehearse", "full")
    assert (answer.code, answer.out) == (ExitCode.USAGE, "")
    assert "not an empty folder" in answer.err


def test_a_number_that_was_thrown_away_is_rehearsed_as_it_is(edited):
    edited.replace("bug: 4\n", "bug: new\n")
    real = edited.run("plan").out
    assert "write bug 4 into the recap" in real
    assert planned(edited.run("rehearse").out) == planned(real)


def test_what_was_never_set_on_launchpad_is_not_there_in_a_rehearsal(edited):
    edited.replace("bug: 3\n", "bug: 3\n    importance: High\n    milestone: ocata-1\n")
    edited.sandbox.add_milestone("neutron", "ocata-1")
    real = edited.run("plan").out
    assert "importance Undecided -> High" in real
    assert planned(edited.run("rehearse").out) == planned(real)
