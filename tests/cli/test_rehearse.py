"""`tracker rehearse` as installed, on the sample, which is synced with another sandbox."""

import os
import re
import shutil
import signal
import subprocess

import pytest
import typer

from tests.cli.sample import plain
from tests.support import TRACKER
from tracker.errors import ExitCode, TrackerError


def files(folder):
    return {path: path.read_bytes() for path in sorted((folder / "sessions").rglob("*")) if path.is_file()}


def planned(text):
    """Take the plan out of an output: from the first recap, or progress, to the sum."""
    return re.search(r"^(?:ocata/.*?^)?(?:Plan: |Nothing to do).*?$", text, re.M | re.S).group()


@pytest.fixture
def edited(synced):
    """The sample in step, then with changes of all kinds in the recap."""
    synced.replace("id: model-live-migration\n", "id: model-live-migration\n    status: done\n")
    synced.replace("status: in progress ", "status: dropped ")
    synced.replace("title: review the patches of the OVO adoption faster", "title: review the OVO patches")
    synced.replace("owner: kevin?\n", "owner: kevin?\n    bug: new\n")
    return synced


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
    edited.replace("bug: 2\n", "bug: new\n")
    real = edited.run("plan").out
    assert "write bug 2 into the recap" in real
    assert planned(edited.run("rehearse").out) == planned(real)


def test_what_was_never_set_on_launchpad_is_not_there_in_a_rehearsal(edited):
    edited.replace("bug: 3\n", "bug: 3\n    importance: High\n    milestone: ocata-1\n")
    edited.sandbox.add_milestone("neutron", "ocata-1")
    real = edited.run("plan").out
    assert "importance Undecided -> High" in real
    assert planned(edited.run("rehearse").out) == planned(real)


@pytest.mark.parametrize(
    "place",
    [
        "sessions/try",
        "sessions/.try",
        "sessions/empty",
        "link/try",
        "empty-link",
        "other/sessions/a/try",
        "a/../link/b",
    ],
)
def test_a_rehearsal_is_not_kept_among_recaps(sample, place):
    (sample.folder / "link").symlink_to(sample.path.parent)
    (sample.folder / "sessions" / "empty").mkdir()
    (sample.folder / "empty-link").symlink_to(sample.folder / "sessions" / "empty")
    other = sample.folder / "other" / "sessions"
    other.mkdir(parents=True)
    (other / "tracker.yaml").write_text("tag: other\n")
    before = sorted(sample.folder.rglob("*"))
    for command in ("rehearse", "demo"):
        answer = sample.run(command, place)
        assert (answer.code, answer.out) == (ExitCode.USAGE, "")
        assert f'error: "{place}" cannot be used: ' in answer.err
        assert "is for recaps alone" in answer.err
        assert sorted(sample.folder.rglob("*")) == before


def test_a_place_that_cannot_hold_a_rehearsal_is_one_message(sample):
    (sample.folder / "gone").symlink_to("nowhere")
    before = sorted(sample.folder.rglob("*"))
    for place in (".", "..", "sessions/tracker.yaml", "gone"):
        answer = sample.run("rehearse", place, cwd=sample.path.parent if place == ".." else sample.folder)
        assert (answer.code, answer.out) == (ExitCode.USAGE, ""), place
        assert answer.err.count("error:") == 1
    long = sample.run("rehearse", "a" * 300)
    assert long.code == ExitCode.PROBLEMS
    assert long.err.startswith(f"error: the recaps cannot be copied to {'a' * 300}/sessions: File name too long\n")
    assert sorted(sample.folder.rglob("*")) == before


def test_a_rehearsal_may_be_kept_beside_recaps_whatever_folders_above_are_called(sample):
    project = sample.folder / "sessions-of-mine" / "sessions" / "project"
    project.mkdir(parents=True)
    (sample.folder / "sessions").rename(project / "sessions")
    answer = sample.run("rehearse", "../copy", cwd=project / "sessions")
    assert answer.code == 0, answer.err
    assert (project / "copy" / "sessions" / "tracker.yaml").exists()


def test_files_that_are_read_only_are_rehearsed(edited):
    sessions = edited.folder / "sessions"
    (sessions / "tracker.yaml").chmod(0o444)
    assert edited.run("rehearse").code == 0
    for path in (*sessions.rglob("*"), sessions):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        answer = edited.run("rehearse", "copy")
    finally:
        for path in (sessions, *sessions.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
    assert answer.code == 0, answer.err
    assert planned(answer.out) == planned(edited.run("plan").out)
    for path in (edited.folder / "copy" / "sessions").rglob("*"):
        assert path.stat().st_mode & 0o200


def test_what_a_sync_does_not_look_at_neither_stops_a_rehearsal_nor_is_in_it(edited):
    sessions = edited.folder / "sessions"
    real = planned(edited.run("plan").out)
    os.mkfifo(sessions / "ocata" / "notes.pipe")
    (sessions / "ocata" / "gone.txt").symlink_to("nowhere")
    (sessions / "ocata" / "again").symlink_to(sessions)
    (sessions / ".synced" / "pipe").symlink_to("nowhere")
    os.mkfifo(sessions / ".synced" / "sandbox" / "pipe")
    (sessions / "notes").mkdir()
    (sessions / "notes" / "mine.txt").write_text("x")
    elsewhere = edited.folder / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(edited.path, elsewhere / "a.yaml")
    (sessions / "linked").symlink_to(elsewhere)
    answer = edited.run("rehearse", "copy")
    assert answer.code == 0, answer.err
    assert planned(answer.out) == real
    copied = files(edited.folder / "copy")
    place = edited.folder / "copy" / "sessions"
    assert {path.relative_to(place).as_posix() for path in copied} == {
        "tracker.yaml",
        "people.yaml",
        "ocata/neutron-server-next.yaml",
        ".synced/sandbox/ocata/neutron-server-next.jsonl",
    }


def test_recaps_that_a_sync_cannot_read_are_told_once_and_the_rest_is_rehearsed(edited, tmp_path_factory):
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.yaml"
    secret.write_text("title: a secret\n")
    pipe, stranger = edited.path.with_name("pipe.yaml"), edited.path.with_name("stranger.yaml")
    for path in (pipe, stranger):
        path.write_text(f"title: t\ndate: 2016-10-28\nactions:\n  - {{id: a, title: of {path.stem}, bug: new}}\n")
    assert edited.run("sync", "--yes").code == 0
    edited.replace("status: dropped ", "status: todo ")
    pipe.unlink()
    os.mkfifo(pipe)
    stranger.unlink()
    stranger.symlink_to(secret)
    edited.path.with_name("gone.yaml").symlink_to("nowhere")
    real = edited.run("plan")
    assert "no such recap any more" not in real.out
    answer = edited.run("rehearse", "copy")
    assert answer.code == ExitCode.PROBLEMS
    assert planned(answer.out) == planned(real.out)
    problems = [line for line in real.err.splitlines() if "error[R009]" in line]
    assert len(problems) == 3
    assert [line for line in answer.err.splitlines() if "error[" in line] == problems
    assert "error[" not in answer.out
    assert "what cannot be read is not rehearsed" in answer.err
    assert sorted(path.name for path in (edited.folder / "copy" / "sessions" / "ocata").iterdir()) == [
        edited.path.name
    ]


def test_a_folder_that_cannot_be_looked_into_does_not_pass_for_an_empty_one(edited, monkeypatch, capfd):
    from tracker.cli.rehearse import rehearse

    hidden = edited.path.parent.with_name("hidden")
    hidden.mkdir()
    (hidden / "a.yaml").write_text("title: t\ndate: 2016-10-28\nactions:\n  - {id: a, title: hidden, bug: new}\n")
    assert edited.run("sync", "--yes").code == 0
    real = os.scandir

    def scandir(path="."):
        if path == str(hidden):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.chdir(edited.folder)
    monkeypatch.setattr(os, "scandir", scandir)
    capfd.readouterr()
    with pytest.raises(typer.Exit) as ended:
        rehearse()
    assert ended.value.exit_code == ExitCode.PROBLEMS
    told = capfd.readouterr()
    assert "sessions/hidden:1:1: error[R009]: the folder cannot be read: permission denied" in told.err
    assert "Nothing to do: " in told.out
    assert "no such recap" not in told.out


def test_a_recap_that_is_gone_is_told_in_a_rehearsal_too(edited):
    edited.path.unlink()
    answer = edited.run("rehearse")
    assert answer.code == 0
    assert answer.out.count("there is no such recap any more; ") == 6
    assert answer.out.endswith(edited.run("plan").out)


def test_a_base_that_a_sync_cannot_read_stops_a_rehearsal_with_the_same_message(edited):
    base = edited.folder / "sessions" / ".synced" / "sandbox" / "ocata" / "neutron-server-next.jsonl"
    base.unlink()
    os.mkfifo(base)
    real = edited.run("plan")
    answer = edited.run("rehearse", "copy")
    assert (answer.code, answer.out) == (ExitCode.PROBLEMS, "")
    assert (
        answer.err.splitlines()
        == [line for line in real.err.splitlines() if "sandbox" in line or "help:" in line][-2:]
    )
    assert not (edited.folder / "copy").exists()


def test_numbers_of_another_service_are_problems_in_a_rehearsal_too(edited):
    synced = edited.folder / "sessions" / ".synced"
    shutil.copytree(synced / "sandbox", synced / "qastaging")
    settings = edited.folder / "sessions" / "tracker.yaml"
    settings.write_text(settings.read_text().replace("service: sandbox", "service: production"))
    answer = edited.run("rehearse", "copy")
    assert answer.code == ExitCode.PROBLEMS
    # The base of the sandbox itself is none of production's.
    assert answer.out.count("was synced on qastaging, and this is sandbox") == 3  # blueprints have names


def test_a_rehearsal_that_fails_leaves_nothing_that_stops_a_second_try(edited, monkeypatch, capfd):
    from tracker.cli import rehearse as rehearsing

    def fail(_repository, sessions, failure):
        assert (sessions / "tracker.yaml").exists()
        (sessions.parent / ".sandbox").mkdir()
        raise failure

    monkeypatch.chdir(edited.folder)
    there = edited.folder / "there"
    there.mkdir()
    capfd.readouterr()
    for failure in (TrackerError("x"), OSError(), KeyboardInterrupt()):
        monkeypatch.setattr(rehearsing, "_serving", lambda *places, failure=failure: fail(*places, failure))
        for folder in (edited.folder / "new", there):
            with pytest.raises((TrackerError, OSError, typer.Exit, KeyboardInterrupt)):
                rehearsing.rehearse(folder)
    said = capfd.readouterr().err.splitlines()
    assert said == ["interrupted: nothing was changed, and no copy is left"] * 2
    assert not (edited.folder / "new").exists()
    assert list(there.iterdir()) == []
    monkeypatch.undo()
    assert edited.run("rehearse", "there").code == 0


def test_ctrl_c_in_a_rehearsal_says_that_nothing_was_changed(edited):
    process = subprocess.Popen(
        [TRACKER, "rehearse", "copy"], cwd=edited.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    while "$ tracker sync" not in (line := process.stdout.readline()):
        assert line, "it ended"
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == ExitCode.INTERRUPTED
    assert said.splitlines()[-1] == "interrupted: nothing was changed, and no copy is left"
    assert "Traceback" not in said
    assert not (edited.folder / "copy").exists()


def test_settings_that_are_spoilt_meanwhile_are_one_message():
    from tracker.cli.rehearse import _settle_service

    assert _settle_service("\ufefftag: a\nservice: staging # mine\n".encode()) == (
        "\ufefftag: a\nservice: sandbox # mine\n".encode()
    )
    with pytest.raises(TrackerError, match="cannot be made to name the sandbox"):
        _settle_service(b"service: [")


def test_a_recap_that_goes_away_while_it_is_copied_is_one_message(tmp_path):
    from tracker.cli.rehearse import _read

    with pytest.raises(TrackerError, match=r"gone.yaml cannot be read: no such file") as told:
        _read(tmp_path / "gone.yaml", 10)
    assert told.value.remedy


# Blueprints and work items.

THEIRS = "Work items:\n[kevin] theirs: DONE\nmodel the data model changes for live migration: BLOCKED"


def reword(sample):
    """Change every kind of field of what is tracked, here alone."""
    sample.replace("title: model the data model changes", "title: model all changes")
    sample.replace("owner: [artur, ihar]", "owner: [kevin, ihar]\n    milestone: ocata-2")
    sample.replace("id: review-ovo\n", "id: review-ovo\n    status: done\n")
    sample.replace("owner: kevin\n", "owner: armando\n")
    sample.replace("    milestone: ocata-2                   # assumed\n", "")
    sample.replace("status: in progress ", "status: dropped ")


def put_back(sample):
    sample.replace("blueprint: push-notifications", "blueprint: new push-notifications")


def move(sample):
    sample.replace(
        "id: model-live-migration\n", "id: model\n    previously: model-live-migration\n    status: done\n"
    )
    sample.replace("id: push-notifications\n", "id: push\n")
    sample.path.rename(sample.path.with_name("renamed.yaml"))


def take_over(sample):
    """Let another action have the line of one that is gone, and name the blueprint of one that is gone as new."""
    text = re.sub(r"  - id: (model-live-migration|push-notifications)\n(?:    .*\n)*\n", "", sample.read())
    text += (
        "\n  - id: heir\n    title: model the data model changes for live migration\n    work_item: online-upgrades\n"
    )
    text += "  - id: late\n    title: late\n    blueprint: new push-notifications\n"
    sample.path.write_text(text)


def add_lines(sample):
    """Add lines to a blueprint that has one, and to one that is to be made."""
    text = "".join(
        f"\n  - id: more-{name}\n    title: more of {name}\n    owner: ihar\n    work_item: {name}\n"
        for name in ("online-upgrades", "push-notifications", "whole")
    )
    sample.path.write_text(f"{sample.read()}{text}\n  - {{id: whole, title: it all, blueprint: new whole}}\n")


def name_twice(sample):
    """Let another recap name the blueprint and the line that this one has, so that it is left out."""
    other = sample.path.with_name("other.yaml")
    title = "model the data model changes for live migration"
    other.write_text(
        "title: another\ndate: 2016-10-28\nactions:\n"
        f"  - {{id: line, title: {title}, work_item: online-upgrades, status: done}}\n"
        "  - {id: whole, title: whole, blueprint: push-notifications, status: done}\n"
    )


@pytest.mark.parametrize("edit", [None, reword, put_back, move, take_over, add_lines, name_twice])
def test_what_is_planned_of_blueprints_and_work_items_is_rehearsed(synced, edit):
    if edit is not None:
        edit(synced)
    real = synced.run("plan")
    rehearsed = synced.run("rehearse")
    assert planned(rehearsed.out) == planned(real.out)
    assert edit is not None or real.out == "Nothing to do: 6 actions in step.\n"


@pytest.mark.parametrize("edit", [None, reword])
def test_what_was_adopted_is_rehearsed_as_it_is(sample, edit):
    sample.edit_work_items("online-upgrades", lambda _: THEIRS)
    sample.sandbox.add_specification(
        "neutron", "push-notifications", title="Push", owner="kevin", implementation_status="Good progress"
    )
    sample.replace("blueprint: new push-notifications", "blueprint: push-notifications")
    assert sample.run("sync", "--yes").code == 0
    assert "status: blocked" in sample.read()
    if edit is not None:
        edit(sample)
    real = sample.run("plan").out
    assert planned(sample.run("rehearse").out) == planned(real)


def test_a_rehearsal_gives_no_blueprint_what_the_base_does_not_know(synced):
    synced.edit_work_items("online-upgrades", lambda text: f"{text}\n[sandbox-somebody] of somebody else: TODO")
    assert synced.run("rehearse", "copy").code == 0
    store = synced.folder / "copy" / ".sandbox" / "launchpad.sqlite"
    assert b"of somebody else" not in store.read_bytes()
    assert b"model the data model changes" in store.read_bytes()


def test_an_action_that_becomes_a_blueprint_is_rehearsed_as_one(synced):
    synced.replace("bug: 1\n", "blueprint: online-upgrades\n")
    answer = synced.run("rehearse")
    assert answer.code == 0, answer.err
    assert "it tracked bug 1 until now" in answer.out
