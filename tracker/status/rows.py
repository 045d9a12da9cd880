"""One row an action, out of the recaps and the base; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from tracker.recap.model import Action, Recap, Status


@dataclass(frozen=True, slots=True)
class Row:
    """An action, as far as it is known without asking Launchpad."""

    session: str
    cycle: str | None
    action: Action
    last_change: str | None
    """The day, YYYY-MM-DD, on which the tracker last saw a field of it change; None when it never synced."""

    @property
    def status(self) -> Status:
        """The action's status."""
        return self.action.current_status

    @property
    def owners(self) -> str:
        """All owners, the lead first; those not confirmed with a question mark."""
        return ", ".join(str(owner) for owner in self.action.owners)

    @property
    def tracked_as(self) -> str:
        """What the action is tracked as; empty when it is kept by hand."""
        return str(self.action.target) if self.action.target else ""

    @property
    def due(self) -> str:
        """The day or the milestone that it is for."""
        return self.action.due.isoformat() if self.action.due else self.action.milestone or ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows are asked for; a filter that is empty lets all through."""

    owners: frozenset[str] = frozenset()
    """Keys of people."""
    sessions: frozenset[str] = frozenset()
    cycles: frozenset[str] = frozenset()
    statuses: frozenset[Status] = frozenset()
    closed_too: bool = False

    def takes(self, row: Row) -> bool:
        """Tell whether a row is asked for."""
        owners = {owner.key for owner in row.action.owners}
        return (
            (not self.owners or bool(self.owners & owners))
            and (not self.sessions or row.session in self.sessions)
            and (not self.cycles or row.cycle in self.cycles)
            and (row.status in self.statuses if self.statuses else self.closed_too or row.status.is_open)
        )


def build_rows(recaps: Iterable[Recap], last_changes: Mapping[str, str], wanted: Wanted) -> list[Row]:
    """Return the rows that are asked for, in the order of the recaps.

    `last_changes` has the ISO time of each action's last change, by full id.
    """
    rows = (
        Row(recap.id, recap.cycle, action, _day(last_changes.get(recap.full_id(action))))
        for recap in recaps
        for action in recap.actions
    )
    return [row for row in rows if wanted.takes(row)]


def _day(stamp: str | None) -> str | None:
    return date.fromisoformat(stamp[:10]).isoformat() if stamp else None
