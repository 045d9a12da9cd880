"""The base: what a recap and Launchpad last agreed on, one action a line in a file of its own."""

import json
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from tracker.errors import TrackerError
from tracker.recap.diagnostics import MAX_SHOWN, Diagnostic, limit_shown
from tracker.recap.files import explain_read_error
from tracker.recap.repository import SYNCED_FOLDER
from tracker.sync.entries import Entries
from tracker.sync.entry_lines import read_entry, write_entry
from tracker.sync.milestone_dates import FILE_NAME, find_problems_of_dates
from tracker.sync.synced_files import decode, problem_at, read_lines, read_synced, refuse, save_synced, unreadable

_SETTLE = "settle the merge: keep one line of each action, then remove the marks"


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
        data, problems = read_synced(path)
        self._read[recap_id] = data
        entries: Entries = {}
        if not problems:
            entries, problems = _read_entries(path, data)
        self._loaded[recap_id] = entries
        refuse(path, problems)
        return entries

    def loaded(self, recap_id: str) -> Entries:
        """Return a recap's entries as they were when they were read; none when they were not."""
        return self._loaded.get(recap_id, {})

    def load_all(self) -> dict[str, Entries]:
        """Return the entries of every recap that has any, by recap id; raises TrackerError like `load`."""
        ids = self.recap_ids()
        self._has_read_all = True
        return {recap_id: self.load(recap_id) for recap_id in ids}

    def recap_ids(self) -> list[str]:
        """Return the recaps that have entries, sorted; raises TrackerError when they cannot be looked for."""
        hidden: list[OSError] = []
        paths = _files(self._folder, hidden)
        for error in hidden:
            reason, remedy = explain_read_error(Path(error.filename), error)
            raise TrackerError(f"{error.filename} cannot be read: {reason}", remedy=remedy)
        return sorted(path.relative_to(self._folder).with_suffix("").as_posix() for path in paths)

    def save(self, recap_id: str, entries: Entries) -> None:
        """Write a recap's entries, when that changes the file; sorted, so that git can merge. None need no file.

        Raises TrackerError when the file cannot be written, or is not what was read: git has changed it, perhaps.
        """
        path = self.path(recap_id)
        entries = {key: entry for key, entry in entries.items() if not entry.says_nothing}
        data = "".join(write_entry(entries[key]) for key in sorted(entries)).encode()
        known = self._read.get(recap_id, b"" if self._has_read_all else None)
        save_synced(path, data, known)
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
    synced = folder / SYNCED_FOLDER
    paths = sorted(_files(synced, hidden, (".jsonl", FILE_NAME)))
    found = [problem for path in paths for problem in limit_shown(_find_problems_of(path))]
    return [*(unreadable("folder", Path(error.filename), error) for error in hidden), *found]


def _find_problems_of(path: Path) -> list[Diagnostic]:
    if path.name == FILE_NAME:
        return find_problems_of_dates(path)
    data, problems = read_synced(path)
    return problems or _read_entries(path, data)[1]


def _files(folder: Path, hidden: list[OSError], suffix: str | tuple[str, ...] = ".jsonl") -> list[Path]:
    """Return the files of a base; what cannot be looked into must not pass for empty."""
    if not os.path.lexists(folder):
        return []
    walk = os.walk(folder, onerror=hidden.append)
    return [Path(parent, name) for parent, _, names in walk for name in names if name.endswith(suffix)]


def _read_entries(path: Path, data: bytes) -> tuple[Entries, list[Diagnostic]]:
    """Read what a file of the base holds as far as it can be read, and say what is wrong with the rest."""
    entries: Entries = {}
    text, problems = decode(path, data)
    for number, line, is_mark in read_lines(text):
        if len(problems) > MAX_SHOWN:
            break
        if is_mark:
            problems.append(problem_at(path, "git's conflict mark", _SETTLE, number, line, "R008"))
            continue
        try:
            entry = read_entry(line)
        except json.JSONDecodeError as error:
            reason = error.msg[:1].lower() + error.msg[1:].removesuffix(" at")
            message = f"not a line of the base: no JSON, {reason}"
            problems.append(problem_at(path, message, line=number, source=line, column=error.colno))
        except (ValueError, RecursionError) as error:
            why = "nested too deep" if isinstance(error, RecursionError) else error
            problems.append(problem_at(path, f"not a line of the base: {why}", line=number, source=line))
        else:
            if entry.action in entries:
                message = f'a second line of action "{entry.action}"'
                remedy = "settle the merge: keep one of the two lines"
                problems.append(problem_at(path, message, remedy, number, line))
            entries[entry.action] = entry
    if len(problems) > 1 and not entries and {problem.rule for problem in problems} == {"R031"}:
        # No base at all, rather than one with so many slips.
        problems = [replace(problems[0], message=f"{problems[0].message}; nor are those below")]
    return entries, problems
