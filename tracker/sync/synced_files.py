"""Files of `sessions/.synced/`, a line for each thing that is remembered, which git merges."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from tracker.errors import TrackerError
from tracker.recap.diagnostics import Diagnostic, shorten
from tracker.recap.files import ChangedError, explain_read_error, read_file, replace_file
from tracker.recap.rule_table import Severity

MAX_BYTES = 32_000_000
"""More than the actions of the largest recap take."""

_RESTORE = "restore the file from git; the tracker alone writes it"
_MARK = re.compile(r"(?:<{7,}|={7,}|>{7,}|\|{7,})(?: |$)")


def unreadable(what: str, path: Path, error: OSError) -> Diagnostic:
    """Say that a file or folder cannot be read."""
    reason, remedy = explain_read_error(path, error)
    return problem_at(path, f"the {what} cannot be read: {reason}", remedy)


def problem_at(
    path: Path,
    message: str,
    remedy: str = _RESTORE,
    line: int = 1,
    source: str = "",
    rule: str = "R031",
    column: int = 1,
) -> Diagnostic:
    """Say what is wrong in a line of a file."""
    width = max(1, len(source) - column + 1)
    return Diagnostic(
        os.path.relpath(path), line, column, rule, Severity.ERROR, shorten(message), remedy, source, width
    )


def read_synced(path: Path) -> tuple[bytes, list[Diagnostic]]:
    """Return what a file holds, nothing when it is not there, and why it cannot be read."""
    try:
        data, size = read_file(path, MAX_BYTES)
    except FileNotFoundError as error:
        return b"", [unreadable("file", path, error)] if path.is_symlink() else []
    except OSError as error:
        return b"", [unreadable("file", path, error)]
    if size > MAX_BYTES:
        return b"", [problem_at(path, f"the file has {size:,} bytes, more than {MAX_BYTES:,}", rule="R003")]
    return data, []


def refuse(path: Path, problems: list[Diagnostic]) -> None:
    """Raise TrackerError for the first of what is wrong with a file, if anything is."""
    if problems:
        first = problems[0]
        more = "; there are more, which `tracker check` shows" if len(problems) > 1 else ""
        raise TrackerError(f"{path}:{first.line}: {first.message}{more}", remedy=first.help)


def decode(path: Path, data: bytes) -> tuple[str, list[Diagnostic]]:
    """Return a file's text, and why it has none."""
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError as error:
        message = f"not UTF-8: byte 0x{data[error.start]:02x} cannot stand here"
        return "", [problem_at(path, message, line=data.count(b"\n", 0, error.start) + 1)]


def save_synced(path: Path, data: bytes, known: bytes | None) -> None:
    """Write a file when that changes it; nothing to hold needs no file.

    `known` is what it held when it was read, None when it was not. Raises TrackerError when it cannot be written, or
    is not what was read: git has changed it, perhaps.
    """
    try:
        present = path.read_bytes() if path.exists() else b""
        if known is not None and present not in {known, data}:
            raise ChangedError(path)
        if not data:
            path.unlink(missing_ok=True)
        elif present != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, data, expected=present or None)
    except ChangedError:
        raise TrackerError(
            f"{path} was changed meanwhile; it was not written over",
            remedy="sync again: it reads what is there now",
        ) from None
    except OSError as error:
        reason, _ = explain_read_error(path, error)
        raise TrackerError(
            f"{path} cannot be written: {reason}",
            remedy="make room or give the right, then sync again: it goes on where this one ended",
        ) from None


def read_lines(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield the number and text of each line to be read, and of each that begins a conflict of git.

    The lines inside a conflict are left out: what is wrong with them is the conflict.
    """
    is_open = False
    for number, written in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        line = written.removeprefix("\ufeff") if number == 1 else written
        if _MARK.match(line):
            if not is_open or line[0] == "<":
                yield number, line, True
            is_open = line[0] != ">"
        elif line.strip() and not is_open:
            yield number, line, False
