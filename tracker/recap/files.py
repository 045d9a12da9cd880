"""Read a file, whatever it is; put one in the place of another, so that at every moment one of the two is there."""

import errno
import fcntl
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

# No part of the file's own name, which may be as long as a name can be.
_PREFIX = ".tracker-"
_SUFFIX = ".tmp"


class NotAFileError(OSError):
    """A pipe, a socket or a device stands where a file should."""

    def __init__(self, path: Path) -> None:
        super().__init__(errno.EINVAL, "It is no file", str(path))


def read_file(path: Path, limit: int) -> tuple[bytes, int]:
    """Return a file's bytes, one more than `limit` at most, and how many it has.

    Waits for nobody who would write into a pipe. Raises OSError.
    """
    # Looked at before it is opened: opening some devices does something already.
    _check_kind(path, path.stat())
    with open(path, "rb", opener=_open_at_once) as file:
        status = os.fstat(file.fileno())
        _check_kind(path, status)
        data = file.read(limit + 1) or b""  # None is what some of the system's own files say
    return data, max(len(data), status.st_size)


def _check_kind(path: Path, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(status.st_mode):
        raise NotAFileError(path)


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY)


def explain_read_error(path: Path, error: OSError) -> tuple[str, str]:
    """Say why a file cannot be read, and what to do."""
    reason = error.strerror or type(error).__name__
    remedy = "see that its disk works, then try again"
    match error:
        case FileNotFoundError() if path.is_symlink():
            return "it is a link to a file that is not there", "restore the file, or the link"
        case FileNotFoundError():
            remedy = "restore it, or try again if something just took it away"
        case PermissionError():
            remedy = "give yourself the right to read it"
        case NotAFileError() | IsADirectoryError():
            remedy = "put a file in its place, or take it away"
        case NotADirectoryError():
            remedy = "a file stands where a folder should: take it away"
        case OSError(errno=errno.ELOOP):
            remedy = "let the link lead to a file"
    return f"{reason[:1].lower()}{reason[1:]}", remedy


class ChangedError(OSError):
    """A file is not what it was when it was read."""

    def __init__(self, path: Path) -> None:
        super().__init__(errno.EBUSY, "It was changed meanwhile", str(path))


def replace_file(path: Path, data: bytes, *, expected: bytes | None = None) -> None:
    """Write a file's new content beside it, then move it into its place; mode and owner stay, and links to it hold.

    `expected` is what the file holds now; it is looked at again in the last moment. Raises OSError, ChangedError when
    the file holds something else, and the old file is then as it was. One that nobody may write is not replaced.
    """
    path = Path(os.path.realpath(path))
    status = check_writable(path)
    descriptor, name = tempfile.mkstemp(prefix=_PREFIX, suffix=_SUFFIX, dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            _claim(descriptor)
            file.write(data)
            file.flush()
            if status is not None:
                _give(descriptor, status)
            os.fchmod(descriptor, 0o666 & ~_umask() if status is None else stat.S_IMODE(status.st_mode))
            os.fsync(descriptor)
            if expected is not None and path.read_bytes() != expected:
                raise ChangedError(path)
            temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def create_file(path: Path, data: bytes) -> None:
    """Write a file that is not there yet, whole or not at all.

    Raises OSError: FileExistsError when anything, also a link to nothing, has the name.
    """
    if os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, "It is there already", str(path))
    replace_file(path, data)


def sweep(folder: Path) -> None:
    """Remove what writing that was killed has left in a folder, in those below, and where links in them lead.

    Whatever is still being written stays, and so does what cannot be removed.
    """
    places = set()
    for parent, _, names in os.walk(folder):
        places.add(Path(parent))
        links = (path for name in names if (path := Path(parent, name)).is_symlink())
        places |= {Path(os.path.realpath(link)).parent for link in links}
    for place in places:
        for temporary in place.glob(f"{_PREFIX}*{_SUFFIX}"):
            with suppress(OSError):
                _remove_unclaimed(temporary)


def check_writable(path: Path) -> os.stat_result | None:
    """Return what a file is, None when it is not there yet; a right to its folder is not the right to replace it.

    Raises OSError.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    # Root may write everything: a file that nobody may write is meant to stay all the same.
    if not status.st_mode & 0o222 or not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, "It is read-only", str(path))
    return status


def _give(descriptor: int, status: os.stat_result) -> None:
    """Let a new file belong to whom the old one did, as far as that may be done."""
    own = os.fstat(descriptor)
    for user, group in ((status.st_uid, status.st_gid), (-1, status.st_gid)):
        if (own.st_uid, own.st_gid) == (status.st_uid, status.st_gid):
            return
        with suppress(OSError):
            os.fchown(descriptor, user, group)
            return


def _claim(descriptor: int) -> None:
    """Keep a temporary file from being swept; the system lets go of it however the process ends."""
    with suppress(OSError):  # of a file system that knows no locks nothing is swept either
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _remove_unclaimed(temporary: Path) -> None:
    descriptor = os.open(temporary, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        temporary.unlink()
    finally:
        os.close(descriptor)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
