"""The base: what a recap and Launchpad last agreed on, one action a line in a file of its own."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tracker.errors import TrackerError
from tracker.recap.diagnostics import MAX_SHOWN, Diagnostic, Severity, limit_shown, shorten
from tracker.recap.files import explain_read_error, read_file, replace_file
from tracker.recap.repository import SYNCED_FOLDER
from tracker.sync.entries import Entries
from tracker.sync.entry_lines import read_entry, write_entry

MAX_BYTES = 32_000_000
"""More than the actions of the largest recap take."""

_RESTORE = "restore the file from git; the tracker alone writes it"
_SETTLE = "settle the merge: keep one line of each action, then remove the marks"
_MARK = re.compile(r"(?:<{7,}|={7,}|>{7,}|\|{7,})(?: |$)")


class Base:
    """The base of a repository against one service."""

    def __init__(self, folder: Path, service: str) -> None:
        self._folder = folder / SYNCED_FOLDER / service

    def path(self, recap_id: str) -> Path:
        """Return the file that holds a recap's entries."""
        return self._folder / f"{recap_id}.jsonl"

    def load(self, recap_id: str) -> Entries:
        """Return a recap's entries; raises TrackerError for a file that cannot be read."""
        path = self.path(recap_id)
        entries, problems = _read_entries(path)
        if problems:
            first = problems[0]
            more = "; there are more, which `tracker check` shows" if len(problems) > 1 else ""
            raise TrackerError(f"{path}:{first.line}: {first.message}{more}", remedy=first.help)
        return entries

    def load_all(self) -> dict[str, Entries]:
        """Return the entries of every recap that has any, by recap id; raises TrackerError like `load`."""
        hidden: list[OSError] = []
        paths = _files(self._folder, hidden)
        for error in hidden:
            reason, remedy = explain_read_error(Path(error.filename), error)
            raise TrackerError(f"{error.filename} cannot be read: {reason}", remedy=remedy)
        ids = (path.relative_to(self._folder).with_suffix("").as_posix() for path in paths)
        return {recap_id: self.load(recap_id) for recap_id in sorted(ids)}

    def save(self, recap_id: str, entries: Entries) -> None:
        """Write a recap's entries, when that changes the file; sorted, so that git can merge."""
        path = self.path(recap_id)
        data = "".join(write_entry(entries[key]) for key in sorted(entries)).encode()
        try:
            known = path.read_bytes() if path.exists() else b""
            if known == data:
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, data)
        except OSError as error:
            raise TrackerError(
                f"{path} cannot be written: {error.strerror}",
                remedy="make room or give the right, then sync again: it goes on where this one ended",
            ) from None


def find_problems(folder: Path) -> list[Diagnostic]:
    """Return what is wrong with the base of a repository, against whatever service."""
    hidden: list[OSError] = []
    paths = sorted(_files(folder / SYNCED_FOLDER, hidden))
    found = [problem for path in paths for problem in limit_shown(_read_entries(path)[1])]
    return [*(_unreadable("folder", Path(error.filename), error) for error in hidden), *found]


def _files(folder: Path, hidden: list[OSError]) -> list[Path]:
    """Return the files of a base; what cannot be looked into must not pass for empty."""
    if not os.path.lexists(folder):
        return []
    walk = os.walk(folder, onerror=hidden.append)
    return [Path(parent, name) for parent, _, names in walk for name in names if name.endswith(".jsonl")]


def _unreadable(what: str, path: Path, error: OSError) -> Diagnostic:
    reason, remedy = explain_read_error(path, error)
    return _problem(path, f"the {what} cannot be read: {reason}", remedy)


def _problem(
    path: Path,
    message: str,
    remedy: str = _RESTORE,
    line: int = 1,
    source: str = "",
    rule: str = "R031",
    column: int = 1,
) -> Diagnostic:
    width = max(1, len(source) - column + 1)
    return Diagnostic(
        os.path.relpath(path), line, column, rule, Severity.ERROR, shorten(message), remedy, source, width
    )


def _read_entries(path: Path) -> tuple[Entries, list[Diagnostic]]:
    """Read a file of the base as far as it can be read, and say what is wrong with the rest."""
    try:
        data, size = read_file(path, MAX_BYTES)
    except FileNotFoundError as error:
        return {}, [_unreadable("file", path, error)] if path.is_symlink() else []
    except OSError as error:
        return {}, [_unreadable("file", path, error)]
    if size > MAX_BYTES:
        return {}, [_problem(path, f"the file has {size:,} bytes, more than {MAX_BYTES:,}", rule="R003")]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"not UTF-8: byte 0x{data[error.start]:02x} cannot stand here"
        return {}, [_problem(path, message, line=data.count(b"\n", 0, error.start) + 1)]
    entries: Entries = {}
    problems: list[Diagnostic] = []
    for number, line, is_mark in _lines(text):
        if len(problems) > MAX_SHOWN:
            break
        if is_mark:
            problems.append(_problem(path, "git's conflict mark", _SETTLE, number, line, "R008"))
            continue
        try:
            entry = read_entry(line)
        except json.JSONDecodeError as error:
            reason = error.msg[:1].lower() + error.msg[1:].removesuffix(" at")
            message = f"not a line of the base: no JSON, {reason}"
            problems.append(_problem(path, message, line=number, source=line, column=error.colno))
        except (ValueError, RecursionError) as error:
            why = "nested too deep" if isinstance(error, RecursionError) else error
            problems.append(_problem(path, f"not a line of the base: {why}", line=number, source=line))
        else:
            if entry.action in entries:
                message = f'a second line of action "{entry.action}"'
                remedy = "settle the merge: keep one of the two lines"
                problems.append(_problem(path, message, remedy, number, line))
            entries[entry.action] = entry
    if len(problems) > 1 and not entries and {problem.rule for problem in problems} == {"R031"}:
        # No base at all, rather than one with so many slips.
        problems = [replace(problems[0], message=f"{problems[0].message}; nor are those below")]
    return entries, problems


def _lines(text: str) -> Iterator[tuple[int, str, bool]]:
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
