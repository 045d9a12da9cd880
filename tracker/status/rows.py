"""One row an action, out of the recaps and the base; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from tracker.launchpad.links import blueprint_page, bug_page
from tracker.recap.carried import CARRIED, find_carried
from tracker.recap.lateness import Dates, due_date, is_late
from tracker.recap.model import Action, BlueprintTarget, BugTarget, Recap, WorkItemTarget


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
    closed: date | None = None
    """The day on which it was closed, by Launchpad's own word."""

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
    day: date
    """The session's."""
    action: Action
    last_change: date | None
    """When the tracker last saw a field of it change; None when it never synced."""
    due_on: date | None
    """Its own day, else its milestone's as last seen."""
    is_late: bool
    """Whether it is open, and that day is before today."""
    carried_to: str | None = None
    """The full id of the action that goes on with it."""
    page: str | None = None
    """The address of what it is tracked as, for people."""
    live: Live | None = None

    @property
    def full_id(self) -> str:
        """The action's id over all recaps."""
        return f"{self.session}#{self.action.id}"

    @property
    def status(self) -> str:
        """The action's status; `carried` when it is open, and another one goes on with it."""
        is_carried = self.carried_to and self.action.current_status.is_open
        return CARRIED if is_carried else self.action.current_status.value

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something, and not as another action."""
        return self.action.current_status.is_open and not self.carried_to

    @property
    def is_news(self) -> bool:
        """Whether it is open, or was until Launchpad closed it since the last sync."""
        closed = self.live is not None and "status" in self.live.moved and not self.carried_to
        return self.is_open or closed

    @property
    def is_unowned(self) -> bool:
        """Whether it is open and nobody has taken it."""
        return self.is_open and not self.action.owners

    @property
    def is_tentative(self) -> bool:
        """Whether it is open and an owner is not yet confirmed."""
        return self.is_open and any(owner.tentative for owner in self.action.owners)

    @property
    def quiet_since(self) -> date:
        """Since when no field of it changed; the session's day when it never synced."""
        return self.last_change or self.day

    @property
    def target(self) -> str:
        """The kind of thing that it is tracked as: `bug`, `blueprint`, `work-item` or `none`."""
        match self.action.target:
            case BugTarget():
                return "bug"
            case BlueprintTarget():
                return "blueprint"
            case WorkItemTarget():
                return "work-item"
        return "none"

    @property
    def owners(self) -> str:
        """All owners, the lead first; those not confirmed with a question mark."""
        return ", ".join(map(str, self.action.owners))

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


def build_rows(
    recaps: Iterable[Recap],
    today: date,
    *,
    last_changes: Mapping[str, str] | None = None,
    dates: Dates | None = None,
    live: Mapping[str, Live] | None = None,
    web_root: str | None = None,
) -> list[Row]:
    """Return a row for each action, in the order of the recaps.

    By full id, `last_changes` has the ISO time of each action's last change, and `live` what Launchpad shows of it
    now: such a row is told by what its recap would say after a sync. `dates` says when milestones are due, `web_root`
    where Launchpad has its pages for people.
    """
    recaps = list(recaps)
    carried = find_carried(recaps)
    rows = []
    for recap in recaps:
        for written in recap.actions:
            full_id = recap.full_id(written)
            seen = (live or {}).get(full_id)
            action = seen.action if seen else written
            row = Row(
                recap.id,
                recap.cycle,
                recap.date,
                action,
                _day((last_changes or {}).get(full_id)),
                due_date(action, dates or {}),
                full_id not in carried and is_late(action, today, dates or {}),
                carried.get(full_id),
                _page(action, web_root) if web_root else None,
                seen,
            )
            rows.append(row)
    return rows


def _day(stamp: str | None) -> date | None:
    return date.fromisoformat(stamp[:10]) if stamp else None


def _page(action: Action, web_root: str) -> str | None:
    match action.target:
        case BugTarget(int(number)):
            return bug_page(web_root, action.project, number)
        case BlueprintTarget(name, create=False) | WorkItemTarget(name):
            return blueprint_page(web_root, action.project, name)
    return None
