"""The base: what a recap and Launchpad last agreed on, one action a line in a file of its own."""

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from tracker.errors import TrackerError
from tracker.recap.diagnostics import MAX_SHOWN, Diagnostic, limit_shown, shorten
from tracker.recap.files import ChangedError, explain_read_error, read_file, replace_file
from tracker.recap.repository import SYNCED_FOLDER
from tracker.recap.rule_table import Severity
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
        self._read: dict[str, bytes] = {}
        self._loaded: dict[str, Entries] = {}
        self._has_read_all = False

    def path(self, recap_id: str) -> Path:
        """Return the file that holds a recap's entries."""
        return self._folder / f"{recap_id}.jsonl"

    def load(self, recap_id: str) -> Entries:
        """Return a recap's entries; raises TrackerError for a file that cannot be read."""
        path = self.path(recap_id)
        data, problems = _read_file(path)
        self._read[recap_id] = data
        entries: Entries = {}
        if not problems:
            entries, problems = _read_entries(path, data)
        self._loaded[recap_id] = entries
        if problems:
            first = problems[0]
            more = "; there are more, which `tracker check` shows" if len(problems) > 1 else ""
            raise TrackerError(f"{path}:{first.line}: {first.message}{more}", remedy=first.help)
        return entries

    def loaded(self, recap_id: str) -> Entries:
        """Return a recap's entries as they were when they were read; none when they were not."""
        return self._loaded.get(recap_id, {})

    def load_all(self) -> dict[str, Entries]:
        """Return the entries of every recap that has any, by recap id; raises TrackerError like `load`."""
        hidden: list[OSError] = []
        paths = _files(self._folder, hidden)
        for error in hidden:
            reason, remedy = explain_read_error(Path(error.filename), error)
            raise TrackerError(f"{error.filename} cannot be read: {reason}", remedy=remedy)
        self._has_read_all = True
        ids = (path.relative_to(self._folder).with_suffix("").as_posix() for path in paths)
        return {recap_id: self.load(recap_id) for recap_id in sorted(ids)}

    def save(self, recap_id: str, entries: Entries) -> None:
        """Write a recap's entries, when that changes the file; sorted, so that git can merge. None need no file.

        Raises TrackerError when the file cannot be written, or is not what was read: git has changed it, perhaps.
        """
        path = self.path(recap_id)
        entries = {key: entry for key, entry in entries.items() if not entry.says_nothing}
        data = "".join(write_entry(entries[key]) for key in sorted(entries)).encode()
        known = self._read.get(recap_id, b"" if self._has_read_all else None)
        try:
            present = path.read_bytes() if path.exists() else b""
            if known is not None and present not in {known, data}:
                raise ChangedError(path)
            if not entries:
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
        self._read[recap_id] = data


def find_gone(folder: Path, recap_ids: Iterable[str]) -> set[str]:
    """Return the recaps that have no file any more; one that cannot be looked for is not gone."""
    return {one for one in recap_ids if all(_is_gone(folder / f"{one}{suffix}") for suffix in (".yaml", ".yml"))}


def _is_gone(path: Path) -> bool:
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        pass
    return False


def find_foreign(folder: Path, service: str) -> dict[str, dict[str, int]]:
    """Return the bugs that the bases of other services know, by service and full id."""
    synced = folder / SYNCED_FOLDER
    try:
        services = sorted(path.name for path in synced.iterdir() if path.is_dir() and path.name != service)
    except FileNotFoundError:
        return {}
    except OSError as error:
        reason, remedy = explain_read_error(synced, error)
        raise TrackerError(f"{synced} cannot be read: {reason}", remedy=remedy) from None
    return {
        other: {
            f"{recap_id}#{key}": entry.bug
            for recap_id, entries in Base(folder, other).load_all().items()
            for key, entry in entries.items()
            if entry.bug is not None
        }
        for other in services
    }


def find_problems(folder: Path) -> list[Diagnostic]:
    """Return what is wrong with the base of a repository, against whatever service."""
    hidden: list[OSError] = []
    paths = sorted(_files(folder / SYNCED_FOLDER, hidden))
    found = [problem for path in paths for problem in limit_shown(_find_problems_of(path))]
    return [*(_unreadable("folder", Path(error.filename), error) for error in hidden), *found]


def _find_problems_of(path: Path) -> list[Diagnostic]:
    data, problems = _read_file(path)
    return problems or _read_entries(path, data)[1]


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


def _read_file(path: Path) -> tuple[bytes, list[Diagnostic]]:
    """Return what a file of the base holds, nothing when it is not there, and why it cannot be read."""
    try:
        data, size = read_file(path, MAX_BYTES)
    except FileNotFoundError as error:
        return b"", [_unreadable("file", path, error)] if path.is_symlink() else []
    except OSError as error:
        return b"", [_unreadable("file", path, error)]
    if size > MAX_BYTES:
        return b"", [_problem(path, f"the file has {size:,} bytes, more than {MAX_BYTES:,}", rule="R003")]
    return data, []


def _read_entries(path: Path, data: bytes) -> tuple[Entries, list[Diagnostic]]:
    """Read what a file of the base holds as far as it can be read, and say what is wrong with the rest."""
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
