"""Which rows are asked for; pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.recap.naming import fold
from tracker.status.rows import Row

TARGETS = ("bug", "blueprint", "work-item", "none")
"""What `Wanted.targets` can have."""


@dataclass(frozen=True)
class Wanted:
    """Which rows are asked for: what every filter lets through. One that is empty lets all through.

    A filter of several values lets through what has one of them.
    """

    owners: frozenset[str] = frozenset()
    """Keys of people and teams."""
    helpers: frozenset[str] = frozenset()
    """Keys of those named by `with`."""
    teams: frozenset[str] = frozenset()
    """Keys of teams that own it."""
    projects: frozenset[str] = frozenset()
    cycles: frozenset[str] = frozenset()
    sessions: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    """Statuses of a recap, or `carried`."""
    milestones: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()
    """Of TARGETS."""
    unowned: bool = False
    tentative: bool = False
    late: bool = False
    due_before: date | None = None
    """Those that are for a day before this one."""
    quiet_for: timedelta | None = None
    """Those of which no field changed for so long."""
    text: str = ""
    """What title or notes contain, whatever the case."""
    closed_too: bool = False
    """Also what is done, dropped or carried; naming statuses shows those too."""

    def choose(self, rows: Iterable[Row], today: date) -> list[Row]:
        """Return the rows that are asked for."""
        return [row for row in rows if all(self._answers(row, today))]

    def _answers(self, row: Row, today: date) -> Iterator[bool]:
        action = row.action
        owners = {owner.key for owner in action.owners}
        for wanted, has in (
            (self.owners, owners),
            (self.helpers, {one.key for one in action.collaborators}),
            (self.teams, owners),
            (self.projects, {action.project}),
            (self.cycles, {row.cycle}),
            (self.sessions, {row.session}),
            (self.topics, {action.topic}),
            (self.statuses, {row.status}),
            (self.milestones, {action.milestone}),
            (self.tags, set(action.tags)),
            (self.targets, {row.target}),
        ):
            yield not wanted or not wanted.isdisjoint(has)
        yield row.is_unowned or not self.unowned
        yield row.is_tentative or not self.tentative
        yield row.is_late or not self.late
        yield self.due_before is None or (row.due_on is not None and row.due_on < self.due_before)
        yield self.quiet_for is None or today - row.quiet_since >= self.quiet_for
        text = fold(self.text)
        yield not text or text in fold(action.title) or text in fold(action.notes or "")
        yield bool(self.statuses) or self.closed_too or row.is_news
