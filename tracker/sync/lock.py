"""Keep two commands that write into one folder apart, and tell who holds it."""

import fcntl
import json
import os
import socket
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from tracker.errors import TrackerError
from tracker.recap.files import sweep
from tracker.sync.workspace import utc_now

FILE_NAME = ".tracker.lock"
"""The file that is locked: there while such a command runs, or when one was killed."""

_MAX_BYTES = 10_000
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Holder:
    """Who writes into a folder."""

    pid: int
    host: str
    since: str
    """An ISO time in UTC."""
    command: str

    def __str__(self) -> str:
        return f"`{self.command}`, process {self.pid} on {self.host}, since {self.since}"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder while writing; the system lets go of it however the process ends.

    What a run that was killed has left is swept. Raises TrackerError when another holds the folder, also one on
    another host whose lock does not show here.
    """
    path = folder / FILE_NAME
    descriptor = _lock(folder, path)
    try:
        holder = _read(descriptor)
        here = socket.gethostname()
        if holder is not None and holder.host != here:
            raise TrackerError(
                f"another command may be at work in {folder}: {holder}",
                details="locks of that host may not be seen from here",
                remedy=f"wait until it is done; if it is not running any more, remove {path}",
            )
        try:
            _write(descriptor, Holder(os.getpid(), here, utc_now().isoformat(), _command()))
            sweep(folder)
            yield
        finally:
            # While it is held still: whoever waits for it sees that it is gone, and makes another.
            with suppress(OSError):
                path.unlink()
    finally:
        os.close(descriptor)


def _lock(folder: Path, path: Path) -> int:
    """Open and lock the file; a folder itself cannot be locked on every network file system."""
    while True:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
        except OSError as error:
            raise _explain(folder, path, error) from None
        is_ours = False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_ours = _is_same(descriptor, path)
        except BlockingIOError:
            holder = _read(descriptor)
            told = f": {holder}" if holder else ""
            raise TrackerError(
                f"another command is at work in {folder}{told}", remedy="wait until it is done"
            ) from None
        except OSError as error:
            raise TrackerError(
                f"{folder} cannot be locked: {error.strerror}", remedy="put it on a file system that knows locks"
            ) from None
        finally:
            if not is_ours:
                os.close(descriptor)
        if is_ours:
            return descriptor


def _explain(folder: Path, path: Path, error: OSError) -> TrackerError:
    """Say why the file that is locked cannot be opened, and what to do."""
    other = None
    with suppress(OSError):
        mode = path.lstat().st_mode
        kinds = {stat.S_IFLNK: "a link", stat.S_IFDIR: "a folder", stat.S_IFREG: None}
        other = kinds.get(stat.S_IFMT(mode), "no file")
    if other is not None:
        return TrackerError(
            f"{folder} cannot be locked: {path.name} in it is {other}, where the tracker puts a file of its own",
            remedy=f"remove {path}",
        )
    return TrackerError(
        f"{folder} cannot be locked: {path.name} in it cannot be opened: {error.strerror}",
        remedy="give the right to write it, and make room",
    )


def _is_same(descriptor: int, path: Path) -> bool:
    """Tell whether a locked file is still the one in its place: its last holder has removed it, perhaps."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False


def _read(descriptor: int) -> Holder | None:
    """Return who wrote that they hold the folder; None when that is nobody or no such text."""
    try:
        values = json.loads(os.pread(descriptor, _MAX_BYTES, 0))
        holder = Holder(**{field.name: values[field.name] for field in fields(Holder)})
        texts = (holder.host, holder.since, holder.command)
        is_sound = type(holder.pid) is int and all(isinstance(text, str) and len(text) <= _LONGEST for text in texts)
        return holder if is_sound else None
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None


def _write(descriptor: int, holder: Holder) -> None:
    with suppress(OSError):  # a full disk: the lock holds all the same
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(asdict(holder)).encode() + b"\n", 0)


def _command() -> str:
    return " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])[:_LONGEST]
