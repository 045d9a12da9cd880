"""Disks that are full, files that may not be written, editors and git that save meanwhile: told, and made good."""

import pytest

from tests.sync.scenes import make_handful
from tests.sync.stage import SYNC, outcome
from tracker.errors import ExitCode


@pytest.fixture(scope="module")
def theatre(open_theatre):
    return open_theatre("disks")


@pytest.fixture(scope="module")
def scene(theatre):
    return make_handful(theatre)


@pytest.fixture(scope="module")
def expected(theatre, scene):
    stage = scene.play(theatre)
    assert not theatre.settle(stage)
    return outcome(stage)


def is_made_good(theatre, stage, expected):
    said = theatre.settle(stage)
    assert not said, said
    assert outcome(stage) == expected
    assert stage.leftovers() == []


def test_on_a_full_disk_no_bug_is_created_and_each_action_is_told(theatre, scene, expected):
    stage = scene.play(theatre)
    before, base, bugs = stage.read(), stage.base.read_text(), stage.bugs()
    ended = theatre.processes.start(stage.folder, SYNC, largest=100).finish()
    assert ended.codes == [ExitCode.LAUNCHPAD], ended.said
    assert stage.bugs().keys() == bugs.keys(), "a bug was created that nothing on disk tells of"
    assert (stage.read(), stage.base.read_text()) == (before, base)
    assert stage.leftovers() == []
    for one in ("new", "last", "known-0", "known-1"):
        assert f"failed   ocata/session#{one}: " in ended.said
    assert "session.jsonl cannot be written: file too large" in ended.said
    assert "make room or give the right, then sync again" in ended.said
    is_made_good(theatre, stage, expected)


def test_when_only_the_recap_cannot_be_written_the_base_says_nothing_of_it(theatre, scene, expected):
    stage = scene.play(theatre)
    stage.path.chmod(0o444)
    before = stage.read()
    ended = theatre.run(stage, SYNC)
    assert ended.codes == [ExitCode.LAUNCHPAD], ended.said
    assert stage.read() == before
    for one in ("new", "last", "known-0"):
        told = f"failed   ocata/session#{one}: sessions/ocata/session.yaml cannot be written: it is read-only"
        assert f"{told}; nothing was written into the recap\n" in ended.said
    assert "help: make room or give the right to write it" in ended.said
    assert "importance" not in stage.entries()["known-0"].fields
    stage.path.chmod(0o644)
    is_made_good(theatre, stage, expected)


def test_when_only_the_base_cannot_be_written_no_bug_is_created(theatre, scene, expected):
    stage = scene.play(theatre)
    stage.base.chmod(0o444)
    base, bugs = stage.base.read_text(), stage.bugs()
    ended = theatre.run(stage, SYNC)
    assert ended.codes == [ExitCode.LAUNCHPAD], ended.said
    assert "session.jsonl cannot be written: it is read-only" in ended.said
    assert stage.base.read_text() == base
    assert stage.bugs().keys() == bugs.keys()
    stage.base.chmod(0o644)
    is_made_good(theatre, stage, expected)


def test_what_an_editor_saves_during_a_sync_stays(theatre, scene, expected):
    """At all times but between the last look at a file and the moment it is replaced."""
    note = "# saved meanwhile\n"
    for nth in range(0, 200, 17):
        stage = scene.play(theatre)
        running = theatre.processes.start(stage.folder, SYNC)
        while running.at is not None and (len(running.passed) < nth or running.at.startswith("replace ")):
            running.go_on()
        if running.at is None:
            break
        where = running.at
        stage.write(stage.read() + note)
        ended = running.finish()
        assert stage.read().endswith(note), where
        assert ended.codes == [0] or "session.yaml was changed meanwhile" in ended.said, where
        said = theatre.settle(stage)
        assert not said, said
        stage.write(stage.read().removesuffix(note))
        assert outcome(stage) == expected, where
    assert nth > 100


def test_what_git_brings_into_the_base_during_a_sync_stays(theatre, scene, expected):
    stage = scene.play(theatre)
    running = theatre.processes.start(stage.folder, SYNC)
    while not running.at.startswith("send POST"):
        running.go_on()
    brought = '{"action": "brought", "bug": 1}\n'
    stage.base.write_text(stage.base.read_text() + brought)
    ended = running.finish()
    assert ended.codes == [ExitCode.LAUNCHPAD], ended.said
    assert "session.jsonl was changed meanwhile; it was not written over" in ended.said
    assert brought in stage.base.read_text()
    assert not (said := theatre.settle(stage)), said
    assert brought in stage.base.read_text()
    found = outcome(stage)
    assert (found.open_bugs, found.actions, found.recap) == (expected.open_bugs, expected.actions, expected.recap)
