"""A file read, or put in the place of another: one of the two is there whole, whatever happens."""

import errno
import os
import resource
import signal
import stat
import subprocess
import sys

import pytest

from tests.support import ROOT
from tracker.recap.files import ChangedError, create_file, read_file, replace_file, sweep


def names(folder):
    return sorted(one.name for one in folder.iterdir())


def test_no_more_is_read_than_is_wanted_and_the_size_is_told(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes(b"12345678")
    assert read_file(path, 5) == (b"123456", 8)
    assert read_file(path, 8) == (b"12345678", 8)


def test_the_content_is_replaced_and_the_mode_stays(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes(b"old")
    path.chmod(0o640)
    replace_file(path, b"new\r\n")
    assert path.read_bytes() == b"new\r\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [one.name for one in tmp_path.iterdir()] == ["a.yaml"]


@pytest.mark.parametrize("kind", ["file", "folder", "link to nothing"])
def test_a_file_is_only_created_where_nothing_has_its_name(tmp_path, kind):
    path = tmp_path / "a.yaml"
    create_file(path, b"first")
    assert path.read_bytes() == b"first"
    if kind != "file":
        path.unlink()
        path.mkdir() if kind == "folder" else path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        create_file(path, b"second")
    assert names(tmp_path) == ["a.yaml"]
    assert kind != "file" or path.read_bytes() == b"first"


def test_a_new_file_has_the_mode_that_the_umask_gives(tmp_path):
    before = os.umask(0o027)
    try:
        replace_file(tmp_path / "a", b"x")
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


@pytest.mark.parametrize("step", ["fsync", "replace", "fchmod"])
def test_when_the_disk_does_not_take_it_the_old_file_stays_and_nothing_else(tmp_path, monkeypatch, step):
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def fail(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, step, fail)
        with pytest.raises(OSError, match="No space left"):
            replace_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


def test_a_folder_that_is_missing_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        replace_file(tmp_path / "none" / "a", b"x")


def test_a_link_is_followed_and_stays_a_link(tmp_path):
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    replace_file(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_a_file_that_nobody_may_write_is_not_replaced(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with pytest.raises(PermissionError, match="It is read-only"):
        replace_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_file_stays_its_owners(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    os.chown(path, 12345, 23456)
    path.chmod(0o664)
    replace_file(path, b"new")
    status = path.stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (12345, 23456, 0o664)


def test_what_cannot_be_given_back_to_its_owner_is_written_all_the_same(tmp_path, monkeypatch):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    real = os.fstat

    def somebody_else(descriptor):
        values = list(real(descriptor))
        values[4] += 1
        return os.stat_result(values)

    def refuse(*_):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "fstat", somebody_else)
    monkeypatch.setattr(os, "fchown", refuse)
    replace_file(path, b"new")
    assert path.read_bytes() == b"new"


def test_a_name_may_be_as_long_as_names_can_be(tmp_path):
    path = tmp_path / ("n" * 255)
    replace_file(path, b"old")
    replace_file(path, b"new")
    assert path.read_bytes() == b"new"
    with pytest.raises(OSError, match="File name too long"):
        replace_file(tmp_path / ("n" * 256), b"x")
    assert names(tmp_path) == [path.name]


def test_what_an_editor_saves_in_the_last_moment_is_not_written_over(tmp_path, monkeypatch):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", lambda _descriptor: path.write_bytes(b"edited"))
    with pytest.raises(ChangedError, match="It was changed meanwhile"):
        replace_file(path, b"new", expected=b"old")
    assert path.read_bytes() == b"edited"
    assert names(tmp_path) == ["a"]


KILLED = """
import os, pathlib, signal, sys
os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
from tracker.recap.files import replace_file
replace_file(pathlib.Path(sys.argv[1]), b"new")
"""


def test_what_a_killed_process_was_writing_is_swept_and_nothing_else(tmp_path):
    within, outside = tmp_path / "sessions" / "ocata", tmp_path / "outside"
    within.mkdir(parents=True)
    outside.mkdir()
    (outside / "real").write_bytes(b"old")
    (within / "link").symlink_to(outside / "real")
    others = [within / "a", within / ".a.tmp", within / ".tracker-a", outside / ".tracker-a.tmp.txt"]
    for other in others:
        other.write_bytes(b"somebody's")
    for path in (within / "a", within / "link"):
        killed = subprocess.run([sys.executable, "-c", KILLED, path], cwd=ROOT, check=False)
        assert killed.returncode == -signal.SIGKILL
    assert len(names(within)) == 5
    assert len(names(outside)) == 3
    sweep(tmp_path / "sessions")
    assert sorted(within.iterdir()) == sorted([*others[:3], within / "link"])
    assert sorted(outside.iterdir()) == sorted([others[3], outside / "real"])
    assert (outside / "real").read_bytes() == b"old"


def test_what_is_being_written_is_not_swept(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda _descriptor: sweep(tmp_path))
    replace_file(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"


def test_above_what_a_process_may_write_the_old_file_stays(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            replace_file(path, b"x" * 2000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


def test_on_a_full_disk_the_old_file_stays(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mounting, check=False, capture_output=True).returncode != 0:
        pytest.skip("a small disk cannot be mounted here")
    try:
        path = disk / "a"
        path.write_bytes(b"old")
        with pytest.raises(OSError, match="No space left on device"):
            replace_file(path, b"x" * 100_000)
        assert path.read_bytes() == b"old"
        assert names(disk) == ["a"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)
