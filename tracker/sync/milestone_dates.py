"""When milestones are due, as a sync last saw it: in a file of `sessions/.synced/SERVICE/`, a line each."""

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.recap.diagnostics import MAX_SHOWN, Diagnostic
from tracker.recap.lateness import Dates
from tracker.recap.model import Action
from tracker.recap.repository import SYNCED_FOLDER
from tracker.sync.synced_files import decode, problem_at, read_lines, read_synced, refuse, save_synced

if TYPE_CHECKING:
    from tracker.launchpad.gateway import Gateway

FILE_NAME = "milestones.txt"
"""No recap's entries can be in a file of this name."""

_LINE = re.compile(r"(?P<project>\S+) (?P<name>\S+) (?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})")
_SETTLE = "settle the merge: keep one line of each milestone, then remove the marks"


class MilestoneFile:
    """The dates of a repository's milestones on one service."""

    def __init__(self, folder: Path, service: str) -> None:
        self.path = folder / SYNCED_FOLDER / service / FILE_NAME
        self._read: bytes | None = None

    def load(self) -> dict[tuple[str, str], date]:
        """Return the dates by project and name; raises TrackerError for a file that cannot be read."""
        data, problems = read_synced(self.path)
        self._read = data
        dates: dict[tuple[str, str], date] = {}
        if not problems:
            dates, problems = _read_dates(self.path, data)
        refuse(self.path, problems)
        return dates

    def save(self, dates: Dates) -> None:
        """Write the dates, sorted, so that git can merge them; raises TrackerError as `synced_files.save_synced`."""
        lines = [f"{project} {name} {dates[project, name].isoformat()}\n" for project, name in sorted(dates)]
        data = "".join(lines).encode()
        save_synced(self.path, data, self._read)
        self._read = data


def refresh_dates(gateway: "Gateway", file: MilestoneFile, actions: Iterable[Action]) -> None:
    """Bring the dates of the milestones that actions name up to what Launchpad says; seldom a request.

    A date that somebody else saw since this machine last asked stays. Raises UnreachableError, and what
    the file raises.
    """
    known = file.load()
    dates = dict(known)
    wanted: dict[str, set[str]] = {}
    for action in actions:
        if action.milestone and not re.search(r"\s", action.milestone):
            wanted.setdefault(action.project, set()).add(action.milestone)
    for project, names in sorted(wanted.items()):
        seen = gateway.read_milestones(project, names)
        for name in names:
            if name in seen.dates and (seen.is_news or (project, name) not in dates):
                dates[project, name] = seen.dates[name]
            elif seen.is_news and name not in seen.dates:
                dates.pop((project, name), None)
    if dates != known:
        file.save(dates)


def find_problems_of_dates(path: Path) -> list[Diagnostic]:
    """Return what is wrong with a file of dates."""
    data, problems = read_synced(path)
    return problems or _read_dates(path, data)[1]


def _read_dates(path: Path, data: bytes) -> tuple[dict[tuple[str, str], date], list[Diagnostic]]:
    dates: dict[tuple[str, str], date] = {}
    text, problems = decode(path, data)
    for number, line, is_mark in read_lines(text):
        if len(problems) > MAX_SHOWN:
            break
        if is_mark:
            problems.append(problem_at(path, "git's conflict mark", _SETTLE, number, line, "R008"))
            continue
        match = _LINE.fullmatch(line)
        day = _read_day(match["day"]) if match else None
        if match is None or day is None:
            message = "not a line of milestones: it is PROJECT MILESTONE DATE"
            problems.append(problem_at(path, message, line=number, source=line))
            continue
        key = match["project"], match["name"]
        if key in dates:
            remedy = "settle the merge: keep one of the two lines"
            problems.append(problem_at(path, f'a second line of milestone "{key[1]}"', remedy, number, line))
        dates[key] = day
    return dates, problems


def _read_day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
