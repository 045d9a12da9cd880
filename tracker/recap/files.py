"""Read a file, whatever it is; put one in the place of another, so that at every moment one of the two is there."""

import errno
import os
import stat
import tempfile
from pathlib import Path


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
        data = file.read(limit + 1)
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


def replace_file(path: Path, data: bytes) -> None:
    """Write a file's new content beside it, then move it into its place; its mode stays, and links to it hold.

    Raises OSError, and the old file is then as it was.
    """
    path = Path(os.path.realpath(path))
    try:
        mode = path.stat().st_mode & 0o7777
    except FileNotFoundError:
        mode = 0o666 & ~_umask()
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
