"""Two commands that write into one folder are kept apart, and the second is told of the first."""

import errno
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys

import pytest

from tests.support import ROOT
from tracker.errors import TrackerError
from tracker.sync.lock import FILE_NAME, locked


def names(folder):
    return sorted(one.name for one in folder.iterdir())


def test_a_second_command_in_a_folder_is_told_who_holds_it(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["/usr/bin/tracker", "sync", "--yes"])
    with locked(tmp_path):
        with pytest.raises(TrackerError) as told, locked(tmp_path):
            pass
        assert told.value.message.startswith(
            f"another command is at work in {tmp_path}: `tracker sync --yes`, process {os.getpid()} on"
            f" {socket.gethostname()}, since 20"
        )
        assert (tmp_path / FILE_NAME).exists(), "the second has taken the first one's lock away"
    assert names(tmp_path) == []
    with locked(tmp_path):
        pass


def test_a_sync_that_fails_lets_go(tmp_path):
    with pytest.raises(KeyError), locked(tmp_path):
        raise KeyError
    assert names(tmp_path) == []


KILLED = """
import os, pathlib, signal, sys
from tracker.sync.lock import locked
with locked(pathlib.Path(sys.argv[1])):
    pathlib.Path(sys.argv[1], ".tracker-abc.tmp").touch()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_lock_of_a_sync_that_was_killed_holds_nobody_up_and_what_it_left_is_swept(tmp_path):
    killed = subprocess.run([sys.executable, "-c", KILLED, tmp_path], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert names(tmp_path) == [".tracker-abc.tmp", FILE_NAME]
    with locked(tmp_path):
        assert names(tmp_path) == [FILE_NAME]


def test_a_lock_of_another_host_is_left_to_a_person(tmp_path):
    path = tmp_path / FILE_NAME
    holder = {"pid": 7, "host": "elsewhere", "since": "2016-11-03T18:50:08+00:00", "command": "tracker sync"}
    path.write_text(json.dumps(holder))
    may_run = f"may be at work in {tmp_path}: `tracker sync`, process 7 on elsewhere, since 2016"
    with pytest.raises(TrackerError, match=may_run) as told, locked(tmp_path):
        pass
    assert told.value.remedy == f"wait until it is done; if it is not running any more, remove {path}"
    assert json.loads(path.read_text()) == holder
    path.unlink()
    with locked(tmp_path):
        pass


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff",
        b"[]",
        b"{",
        b"[" * 9000,
        b'{"pid": "7", "host": "h", "since": "", "command": ""}',
        b'{"pid": 7, "host": "' + b"h" * 300 + b'", "since": "", "command": ""}',
    ],
)
def test_what_is_no_text_of_a_lock_holds_nobody_up(tmp_path, text):
    (tmp_path / FILE_NAME).write_bytes(text)
    with locked(tmp_path):
        pass


def test_a_lock_whose_file_the_last_holder_removed_meanwhile_is_taken_anew(tmp_path, monkeypatch):
    real = fcntl.flock
    path = tmp_path / FILE_NAME

    def late(descriptor, operation):
        monkeypatch.setattr(fcntl, "flock", real)
        path.unlink()
        real(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", late)
    with locked(tmp_path):
        assert path.exists()
        with pytest.raises(TrackerError, match="is at work"), locked(tmp_path):
            pass


def test_a_lock_is_no_link_that_leads_elsewhere(tmp_path):
    (tmp_path / "else").write_text("somebody's")
    folder = tmp_path / "sessions"
    folder.mkdir()
    (folder / FILE_NAME).symlink_to(tmp_path / "else")
    with pytest.raises(TrackerError, match=r"cannot be locked: .* is a link") as told, locked(folder):
        pass
    assert told.value.remedy == f"remove {folder / FILE_NAME}"
    assert (tmp_path / "else").read_text() == "somebody's"


def test_what_is_no_file_in_the_place_of_the_lock_is_told_with_what_helps(tmp_path):
    path = tmp_path / FILE_NAME
    path.mkdir()
    with pytest.raises(TrackerError, match=f"{FILE_NAME} in it is a folder") as told, locked(tmp_path):
        pass
    assert told.value.remedy == f"remove {path}"
    path.rmdir()
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(path))
        with pytest.raises(TrackerError, match=f"{FILE_NAME} in it is no file") as told, locked(tmp_path):
            pass
    assert told.value.remedy == f"remove {path}"
    path.unlink()
    with locked(tmp_path):
        pass


def test_a_folder_that_cannot_be_locked_is_one_message(tmp_path, monkeypatch):
    with pytest.raises(TrackerError, match="cannot be opened: No such file") as told, locked(tmp_path / "missing"):
        pass
    assert told.value.remedy == "give the right to write it, and make room"

    def refuse(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(TrackerError, match="cannot be locked: No locks available"), locked(tmp_path):
        pass
