"""Search a project's bug tasks by tag, in as few requests as is safe.

While all of them fit on one page they are read at every time. Above that the last answer is kept in the user's cache,
and what changed since is read, and counted against it. Launchpad shows no change where a bug lost the tag, became
private, was marked a duplicate or moved to another project: then the count differs, and everything is read. Nor does
it show that a milestone or an account was renamed: the ETag knows, so that no write can rest on the old name, and
everything is read once a week. All times are Launchpad's own (each fact seen July 2025).
"""

import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from tracker.errors import TrackerError
from tracker.launchpad import links
from tracker.launchpad.answers import HIDDEN, expect, read_task, understood
from tracker.launchpad.replies import REDIRECTS, Answer, UnreachableError
from tracker.launchpad.snapshots import TaskSnapshot
from tracker.launchpad.wire import Wire

PAGE_SIZE = 300
"""The most that Launchpad gives at once."""
OVERLAP = timedelta(minutes=10)
"""How far before the last read is asked again: what was under way then, on another of Launchpad's servers or on a
database that lags behind, carries an earlier stamp."""
WHOLE_EVERY = timedelta(days=7)
"""The longest that Launchpad's renames stay unseen."""

_ATTEMPTS = 3
_FORMAT = b"2 "
_DIGEST_LENGTH = 64
# A task can have this status, but a search for it is refused (seen July 2025).
_NOT_SEARCHABLE = {"Unknown"}
_PUBLIC = ("Public", "Public Security")
_PRIVATE = ("Private", "Private Security", "Proprietary", "Embargoed")

Rows = dict[str, TaskSnapshot | None]
"""Tasks by their address; None for one that is of another project or not shown as it is, but counts."""


class NoProjectError(TrackerError):
    """Launchpad shows no project of this name."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What a search gave, and when, if Launchpad said so."""

    rows: Rows
    date: datetime | None


@dataclass(frozen=True, slots=True)
class Kept:
    """All tasks of a search as of `read`, the last whole answer being of `whole`."""

    whole: datetime
    read: datetime
    rows: Rows

    def dump(self) -> bytes:
        """Return this as the cache holds it, with a digest, since whatever is damaged there must not be believed."""
        rows = {address: task and astuple(task) for address, task in self.rows.items()}
        text = json.dumps([self.whole.isoformat(), self.read.isoformat(), rows]).encode()
        return _digest(text) + text


def parse_kept(content: bytes | None) -> Kept | None:
    """Read what the cache holds; None when it is nothing, or not what this version wrote."""
    if not content or content[:_DIGEST_LENGTH] != _digest(content[_DIGEST_LENGTH:]):
        return None
    whole, read, rows = json.loads(content[_DIGEST_LENGTH:])
    return Kept(
        datetime.fromisoformat(whole),
        datetime.fromisoformat(read),
        {address: row and TaskSnapshot(*row) for address, row in rows.items()},
    )


def _digest(text: bytes) -> bytes:
    return sha256(_FORMAT + text).hexdigest().encode()


class Searches:
    """Searches of one Launchpad, as one account sees it."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def public(self, project: str, tag: str) -> tuple[list[TaskSnapshot], datetime | None]:
        """Return the tasks of public bugs, and when Launchpad showed them; see `Gateway.search`."""
        query = self._query(tag, _PUBLIC)
        key = self.key(project, tag)
        kept = parse_kept(self._wire.recall(key))
        found = self._read_since(project, query, kept) if kept else None
        if found is None:
            found = self._read(project, query)
            kept = Kept(found.date, found.date, found.rows) if found.date else None
        if kept and found.date:
            self._wire.keep(key, Kept(kept.whole, found.date, found.rows).dump())
        return _tasks(found), found.date

    def key(self, project: str, tag: str) -> str:
        """Return under which name the cache keeps what this account was shown of a search."""
        return f"tasks {self._wire.root} {project} {tag} {self._wire.reader}"

    def private(self, project: str, tag: str) -> list[TaskSnapshot]:
        """Return the tasks of private bugs that the account sees."""
        return _tasks(self._read(project, self._query(tag, _PRIVATE), hides=True))

    @cached_property
    def _statuses(self) -> list[str]:
        # A status that the server does not know would make the whole search fail, so its own list is asked.
        return [word for word in self._wire.words("bug_task", "status") if word not in _NOT_SEARCHABLE]

    def _query(self, tag: str, information_types: tuple[str, ...]) -> dict[str, str]:
        return {
            "ws.op": "searchTasks",
            "tags": json.dumps([tag]),
            "status": json.dumps(self._statuses),
            "information_type": json.dumps(information_types),
            "order_by": json.dumps(["id"]),
        }

    def _read_since(self, project: str, query: Mapping[str, str], kept: Kept) -> _Found | None:
        """Bring a kept answer up to date; None when the whole answer is to be read."""
        if len(kept.rows) <= PAGE_SIZE:
            return None
        since = (kept.read - OVERLAP).isoformat()
        changed = self._read(project, {**query, "modified_since": json.dumps(since)})
        # A clock that went back would let changes pass for old ones.
        if changed.date is None or not kept.read - OVERLAP <= changed.date < kept.whole + WHOLE_EVERY:
            return None
        rows = {**kept.rows, **changed.rows}
        return _Found(rows, changed.date) if self._count(project, query) == len(rows) else None

    def _count(self, project: str, query: Mapping[str, str]) -> int:
        with understood():
            return int(self._get(project, {**query, "ws.show": "total_size"}).json())

    def _read(self, project: str, query: Mapping[str, str], *, hides: bool = False) -> _Found:
        """Read all pages of a search, anew when it changed meanwhile.

        `hides` says that none of the rows may be shown: those of private bugs are not by a token of public things,
        and the total counts them all the same (Launchpad's own tests).
        """
        for _ in range(_ATTEMPTS):
            if found := self._read_pages(project, query, hides=hides):
                return found
        tag = json.loads(query["tags"])[0]
        raise UnreachableError(
            f'Launchpad\'s list of bugs tagged "{tag}" in {project} was not the same from one page to the next,'
            f" {_ATTEMPTS} times"
        )

    def _read_pages(self, project: str, query: Mapping[str, str], *, hides: bool) -> _Found | None:
        """Read all pages; None when rows may be missing.

        A row that goes while pages are read lets those behind it move up, so that one would be skipped. So each page
        begins with the last row of the page before.
        """
        rows: Rows = {}
        start, last, date = 0, None, None
        while True:
            answer = self._get(project, {**query, "ws.start": str(start), "ws.size": str(PAGE_SIZE)})
            date = date or answer.date
            with understood():
                page = answer.json()
                found: Rows = {
                    entry["self_link"]: read_task(entry, project) if _is_own(entry, project) else None
                    for entry in page["entries"]
                }
                if hides and not found and last is None:
                    return _Found(rows, date)
                if last is not None and next(iter(found), None) != last:
                    return None
                rows |= found
                if "next_collection_link" not in page:
                    return _Found(rows, date) if len(rows) == page["total_size"] else None
            if len(found) < PAGE_SIZE:
                return None
            last = next(reversed(found))
            start += PAGE_SIZE - 1

    def _get(self, project: str, query: Mapping[str, str]) -> Answer:
        answer = self._wire.get(f"{self._wire.root}{project}?{urlencode(query)}", keep=False)
        remedy = "correct `project` in the recap or in tracker.yaml"
        if answer.status in REDIRECTS:  # a project that was renamed keeps its former name as an alias
            raise NoProjectError(
                f'Launchpad has project "{project}" under another address: {answer.location}', remedy=remedy
            )
        if answer.status in HIDDEN:
            raise NoProjectError(f'Launchpad shows no project "{project}"', remedy=remedy)
        return expect(answer, 200)


def _is_own(entry: Mapping[str, Any], project: str) -> bool:
    # A project group or a distribution shows tasks of others, which are not written through it.
    return links.is_task_of(entry["self_link"], project)


def _tasks(found: _Found) -> list[TaskSnapshot]:
    return sorted((task for task in found.rows.values() if task is not None), key=lambda task: task.bug)
