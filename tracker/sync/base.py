"""The base: what a recap and Launchpad last agreed on, one action a line in a file of its own."""

import json
import os
import re
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from tracker.errors import TrackerError
from tracker.recap.diagnostics import Diagnostic, Severity
from tracker.recap.files import replace_file
from tracker.recap.repository import SYNCED_FOLDER
from tracker.sync.entries import Agreed, Entries, Entry, Refused

_RESTORE = "restore the file from git; the tracker alone writes it"
_MARK = re.compile(r"(?:<{7}|={7}|>{7}|\|{7})(?: |$)")


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
        for problem in problems:
            raise TrackerError(f"{path}:{problem.line}: {problem.message}", remedy=problem.help)
        return entries

    def load_all(self) -> dict[str, Entries]:
        """Return the entries of every recap that has any, by recap id."""
        if not self._folder.is_dir():
            return {}
        ids = (path.relative_to(self._folder).with_suffix("").as_posix() for path in self._folder.rglob("*.jsonl"))
        return {recap_id: self.load(recap_id) for recap_id in sorted(ids)}

    def save(self, recap_id: str, entries: Entries) -> None:
        """Write a recap's entries, when that changes the file; sorted, so that git can merge."""
        path = self.path(recap_id)
        data = "".join(_write_entry(entries[key]) for key in sorted(entries)).encode()
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
    paths = sorted((folder / SYNCED_FOLDER).rglob("*.jsonl"))
    return [problem for path in paths for problem in _read_entries(path)[1]]


def _read_entries(path: Path) -> tuple[Entries, list[Diagnostic]]:
    """Read a file of the base as far as it can be read, and say what is wrong with the rest."""
    problems: list[Diagnostic] = []

    def report(rule: str, line: int, source: str, message: str, remedy: str) -> None:
        shown = os.path.relpath(path)
        problems.append(Diagnostic(shown, line, 1, rule, Severity.ERROR, message, remedy, source, len(source)))

    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}, []
    except (OSError, UnicodeDecodeError) as error:
        report("R031", 1, "", f"the file cannot be read: {error}", _RESTORE)
        return {}, problems
    entries: Entries = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        if _MARK.match(line):
            remedy = "settle the merge: keep one line of each action, then remove the marks"
            report("R008", number, line, "git's conflict mark", remedy)
            continue
        try:
            entry = _read_entry(line)
        except (ValueError, TypeError, AttributeError) as error:
            report("R031", number, line, f"not a line of the base: {error}", _RESTORE)
            continue
        if entry.action in entries:
            remedy = "settle the merge: keep one of the two lines"
            report("R031", number, line, f'a second line of action "{entry.action}"', remedy)
        entries[entry.action] = entry
    return entries, problems


def _write_entry(entry: Entry) -> str:
    values = {key: value for key, value in asdict(entry).items() if value or key == "action"}
    for group in ("fields", "refused"):
        for name, words in values.get(group, {}).items():
            values[group][name] = {
                key: word for key, word in words.items() if word is not None and (key, word) != ("since", "")
            }
    return json.dumps(values, ensure_ascii=False, sort_keys=True) + "\n"


def _read_entry(line: str) -> Entry:
    values: dict[str, Any] = json.loads(line)
    values["fields"] = {name: Agreed(**words) for name, words in values.get("fields", {}).items()}
    values["refused"] = {name: Refused(**words) for name, words in values.get("refused", {}).items()}
    for key in ("subscribed", "tags"):
        values[key] = tuple(values.get(key, ()))
    entry = Entry(**values)
    _check_entry(entry)
    return entry


def _check_entry(entry: Entry) -> None:
    """Raise TypeError or ValueError for values that the tracker never writes."""
    if not isinstance(entry.action, str) or not isinstance(entry.bug, int | None) or isinstance(entry.bug, bool):
        raise TypeError("`action` is a text and `bug` a number")
    words: list[object] = [*entry.subscribed, *entry.tags]
    for agreed in entry.fields.values():
        words += (agreed.recap, agreed.launchpad, agreed.since, agreed.pulled_over)
    for refused in entry.refused.values():
        words += (refused.value, refused.seen, refused.account, refused.reason)
    if not all(isinstance(word, str | None) for word in words):
        raise TypeError("a word is no text")
    if entry.creating is not None and datetime.fromisoformat(entry.creating).tzinfo is None:
        raise ValueError("`creating` has no time zone")
