"""Read when a project's milestones are due, seldom: all of them at once, and again after a week.

What was read is kept in the user's cache, with the names that the project does not have: neither those nor milestones
without a date are asked for again in every sync.
"""

import json
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from tracker.launchpad.answers import HIDDEN, expect, understood
from tracker.launchpad.links import project_url
from tracker.launchpad.replies import REDIRECTS
from tracker.launchpad.searches import PAGE_SIZE, WHOLE_EVERY
from tracker.launchpad.wire import Wire


@dataclass(frozen=True, slots=True)
class MilestoneDates:
    """When the milestones of a project are due."""

    dates: dict[str, date]
    """By name, of those that have a date."""
    is_news: bool
    """Whether Launchpad was asked for them just now; what the cache had may be older than what somebody else saw."""


class Milestones:
    """The milestones of one Launchpad's projects, as one account sees them."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def read(self, project: str, names: Collection[str], now: datetime) -> MilestoneDates:
        """Return the dates of a project's milestones; of a project that this account is not shown there are none.

        They are read anew when it is a week since, or when one of `names` was not heard of then: one request, and one
        for each further page of 300. Raises UnreachableError.
        """
        read, kept = self._recall(project)
        if read is not None and read <= now < read + WHOLE_EVERY and kept.keys() >= set(names):
            return MilestoneDates(_dated(kept), is_news=False)
        found = self._read(project)
        self._wire.keep(
            self._key(project),
            json.dumps([now.isoformat(), {**dict.fromkeys(sorted(names)), **(found or {})}]).encode(),
        )
        return MilestoneDates(_dated(found or {}), is_news=found is not None)

    def _read(self, project: str) -> dict[str, str | None] | None:
        """Read all milestones, active or not; a date is null where there is none (source)."""
        found: dict[str, str | None] = {}
        start, total = 0, 1
        while start < total:
            query = urlencode({"ws.start": start, "ws.size": PAGE_SIZE})
            answer = self._wire.get(f"{project_url(self._wire.root, project)}/all_milestones?{query}", keep=False)
            if answer.status in HIDDEN or answer.status in REDIRECTS:
                return None
            with understood():
                page = expect(answer, 200).json()
                entries = page["entries"]
                found |= {str(entry["name"]): _day(entry["date_targeted"]) for entry in entries}
                total = int(page["total_size"]) if entries else 0
                start += len(entries)
        return found

    def _recall(self, project: str) -> tuple[datetime | None, dict[str, str | None]]:
        """Return when a project's milestones were read last, and what was found."""
        with suppress(ValueError, TypeError, AttributeError, OverflowError):
            read, found = json.loads(self._wire.recall(self._key(project)) or b"")
            return datetime.fromisoformat(read).astimezone(UTC), {
                str(name): day and _day(day) for name, day in found.items()
            }
        return None, {}

    def _key(self, project: str) -> str:
        return f"milestones {self._wire.root} {project} {self._wire.reader}"


def _day(written: Any) -> str | None:
    """Return a day as it is written, YYYY-MM-DD; raises ValueError and TypeError for anything else."""
    return None if written is None else date.fromisoformat(written[:10]).isoformat()


def _dated(found: dict[str, str | None]) -> dict[str, date]:
    return {name: date.fromisoformat(day) for name, day in found.items() if day is not None}
