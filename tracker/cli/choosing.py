"""What is asked for on the command line, read against what the recaps hold."""

import os
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.errors import ExitCode, TrackerError

if TYPE_CHECKING:
    from tracker.recap.people import People
    from tracker.recap.repository import Repository

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SPAN = re.compile(r"(?P<number>[0-9]{1,4}) ?(?P<unit>[dw])")
_MOST_NAMED = 10


def choose_known(written: Iterable[str] | None, known: Iterable[str | None], noun: str) -> frozenset[str]:
    """Return the values that are meant, whatever their case; raises TrackerError for one that there is not."""
    from tracker.recap.naming import fold

    values = {one: one for one in known if one}
    folded = {fold(one): one for one in values}
    return frozenset(
        values.get(name) or folded.get(fold(name)) or _refuse(name, values, noun) for name in written or []
    )


def _refuse(name: str, known: Iterable[str], noun: str) -> str:
    import difflib

    from tracker.recap.naming import fold

    folded = {fold(one): one for one in known}
    close = difflib.get_close_matches(fold(name)[:100], folded, n=3, cutoff=0.6)
    there = sorted(folded.values())
    if close:
        remedy = f"did you mean {' or '.join(chr(34) + folded[one] + chr(34) for one in close)}?"
    elif there:
        more = f", and {len(there) - _MOST_NAMED} more" if len(there) > _MOST_NAMED else ""
        remedy = f"there are {', '.join(there[:_MOST_NAMED])}{more}" if len(there) > 1 else f"there is {there[0]}"
    else:
        remedy = f"no action here has a {noun}"
    raise TrackerError(f'no {noun} "{name}"', remedy=remedy, exit_code=ExitCode.USAGE)


def choose_recap(written: str, repository: "Repository") -> str:
    """Return the id of the recap that is meant, by its id or its file; raises TrackerError for none."""
    from tracker.recap.repository import select_paths

    known = [file.id for file in repository.files]
    (path,) = select_paths(repository.folder, [written])
    place = Path(os.path.realpath(path.parent), path.name)
    if place.is_relative_to(repository.folder):
        by_file = place.relative_to(repository.folder).with_suffix("").as_posix()
        written = by_file if by_file in known else written
    cycle = written.rstrip("/")
    if written not in known and cycle in {recap.cycle for recap in repository.recaps}:
        raise TrackerError(
            f'"{cycle}" is a cycle, and no recap', remedy=f"write --cycle {cycle}", exit_code=ExitCode.USAGE
        )
    ends = [one for one in known if one.rpartition("/")[2] == written]  # they are often named without their cycle
    if written not in known and len(ends) > 1:
        raise TrackerError(
            f'"{written}" means several recaps: {", ".join(ends)}',
            remedy="write the id of one",
            exit_code=ExitCode.USAGE,
        )
    (chosen,) = choose_known([ends[0] if ends and written not in known else written], known, "recap")
    return chosen


def choose_one(written: str, known: Iterable[str], option: str) -> str:
    """Return one of the words that an option takes; raises TrackerError for any other."""
    words = list(known)
    if written not in words:
        import difflib

        close = difflib.get_close_matches(written[:100], words, n=1)
        remedy = f'did you mean "{close[0]}"? ' if close else ""
        raise TrackerError(
            f'{option} cannot be "{written}"',
            remedy=f"{remedy}it is one of {', '.join(words)}",
            exit_code=ExitCode.USAGE,
        )
    return written


def check_format(written: str, formats: Iterable[str]) -> None:
    """Raise TrackerError for a format that there is not."""
    known = list(formats)
    if written not in known:
        raise TrackerError(
            f'unknown format "{written}"', remedy=f"it is one of {', '.join(known)}", exit_code=ExitCode.USAGE
        )


def resolve_owner(name: str, people: "People | None", noun: str = "owner") -> str:
    """Return the key of who is meant by a name on the command line; raises TrackerError."""
    from tracker.recap.people import AmbiguousPersonError, People, UnknownPersonError

    try:
        return (people or People()).resolve(name)
    except (UnknownPersonError, AmbiguousPersonError) as error:
        kind = "unknown" if isinstance(error, UnknownPersonError) else "ambiguous"
        nearest = " or ".join(f'"{candidate}"' for candidate in error.candidates)
        remedy = f"did you mean {nearest}?" if nearest else "write a name of people.yaml"
        raise TrackerError(f'{kind} {noun} "{name}"', remedy=remedy, exit_code=ExitCode.USAGE) from None


def choose_teams(written: Iterable[str] | None, people: "People | None") -> frozenset[str]:
    """Return the keys of the teams that are meant; raises TrackerError for who is none."""
    keys = {name: resolve_owner(name, people, "team") for name in written or []}
    teams = sorted(people.team_keys) if people else []
    for name, key in keys.items():
        if key not in teams:
            remedy = f"the teams of people.yaml are {', '.join(teams)}" if teams else "people.yaml has no teams"
            raise TrackerError(f'"{name}" is no team', remedy=remedy, exit_code=ExitCode.USAGE)
    return frozenset(keys.values())


def read_today(written: str | None) -> date:
    """Read the day for which is told; today, of Coordinated Universal Time, when none is given."""
    return read_day(written, "--date", None) if written is not None else datetime.now(UTC).date()


def read_day(written: str, option: str, today: date | None, *, ahead: bool = True) -> date:
    """Read a day, or a span like `14d` or `2w` that begins, or ends, today; raises TrackerError."""
    match = _SPAN.fullmatch(written) if today is not None else None
    try:
        if match is not None and today is not None:
            return today + read_span(written, option) * (1 if ahead else -1)
        if not _DAY.fullmatch(written):
            raise ValueError(written)
        return date.fromisoformat(written)
    except (ValueError, OverflowError):
        remedy = "write it as 2016-11-03" + (", or as 14d or 2w" if today is not None else "")
        raise TrackerError(f'{option}: "{written}" is no day', remedy=remedy, exit_code=ExitCode.USAGE) from None


def read_span(written: str, option: str) -> timedelta:
    """Read a span of days or weeks; raises TrackerError."""
    match = _SPAN.fullmatch(written)
    if match is None:
        raise TrackerError(
            f'{option}: "{written}" is no span of time', remedy="write it as 14d or 2w", exit_code=ExitCode.USAGE
        )
    return timedelta(days=int(match["number"]) * (7 if match["unit"] == "w" else 1))
