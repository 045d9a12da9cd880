"""One row an action, out of the recaps and the base; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from tracker.recap.model import Action, BlueprintTarget, Recap, Status


@dataclass(frozen=True, slots=True)
class Live:
    """What Launchpad shows of an action at this moment."""

    action: Action
    """The action as a sync would leave it in the recap."""
    as_of: datetime | None
    """When that was shown, by Launchpad's own clock, if it said so."""
    status: str | None = None
    """Launchpad's own word; None when it shows nothing of the action."""
    assignee: str | None = None
    milestone: str | None = None
    moved: tuple[str, ...] = ()
    """Keys of the recap that Launchpad moved since the last sync."""
    conflicts: tuple[str, ...] = ()
    """Keys that both sides moved apart."""
    problem: str | None = None
    """Why Launchpad's side is not known, or not to be trusted, when that is so."""

    @property
    def text(self) -> str:
        """Launchpad's word, and what a sync would have to say about it."""
        if self.status is None:
            return "-"
        notes = [f"{word}: {', '.join(keys)}" for word, keys in self._notes.items() if keys]
        return f"{self.status} ({'; '.join(notes)})" if notes else self.status

    @property
    def _notes(self) -> dict[str, tuple[str, ...]]:
        return {"changed": self.moved, "conflict": self.conflicts}


@dataclass(frozen=True, slots=True)
class Row:
    """An action, as far as it is known without asking Launchpad, unless it was asked."""

    session: str
    cycle: str | None
    action: Action
    last_change: str | None
    """The day, YYYY-MM-DD, on which the tracker last saw a field of it change; None when it never synced."""
    live: Live | None = None

    @property
    def status(self) -> Status:
        """The action's status."""
        return self.action.current_status

    @property
    def is_news(self) -> bool:
        """Whether it is open, or was until Launchpad closed it since the last sync."""
        return self.status.is_open or (self.live is not None and "status" in self.live.moved)

    @property
    def owners(self) -> str:
        """All owners, the lead first; those not confirmed with a question mark."""
        return ", ".join(str(owner) for owner in self.action.owners)

    @property
    def tracked_as(self) -> str:
        """What the action is tracked as, or is to be; empty when it is kept by hand."""
        target = self.action.target
        if isinstance(target, BlueprintTarget) and target.create:
            return f"blueprint: new {target.name}"
        return str(target) if target else ""

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
            and (row.status in self.statuses if self.statuses else self.closed_too or row.is_news)
        )


def build_rows(
    recaps: Iterable[Recap], last_changes: Mapping[str, str], wanted: Wanted, live: Mapping[str, Live] | None = None
) -> list[Row]:
    """Return the rows that are asked for, in the order of the recaps.

    By full id, `last_changes` has the ISO time of each action's last change, and `live` what Launchpad shows of it
    now: such a row is told, and chosen, by what its recap would say after a sync.
    """
    live = live or {}
    rows = (
        Row(
            recap.id,
            recap.cycle,
            live[full_id].action if full_id in live else action,
            _day(last_changes.get(full_id)),
            live.get(full_id),
        )
        for recap in recaps
        for action in recap.actions
        for full_id in [recap.full_id(action)]
    )
    return [row for row in rows if wanted.takes(row)]


def _day(stamp: str | None) -> str | None:
    return date.fromisoformat(stamp[:10]).isoformat() if stamp else None
