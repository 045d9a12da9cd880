"""How far sessions, owners, teams and cycles are, in numbers; pure."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median

from tracker.recap.carried import find_carried, find_origins
from tracker.recap.model import Action, Recap, Status
from tracker.recap.people import People

NOBODY = "nobody"
"""What actions without owners are counted for."""
NO_TEAM = "no team"
"""What actions are counted for whose owners are in no team."""

GROUPS = ("session", "owner", "team", "cycle")
"""What can be counted by."""
_WHERE = ("session", "cycle")
"""Where actions were agreed on: what is carried leaves these, but not its owners."""


@dataclass(frozen=True, slots=True)
class Stats:
    """The actions of one session, owner, team or cycle."""

    name: str
    open: int
    done: int
    carried: int | None
    """Open ones that others go on with, of a session or cycle; None where those are counted in their place."""
    late: int
    unowned: int
    """Open ones that nobody owns."""
    median_age: float | None
    """Days since they were first agreed on, the median of the open ones; None when none is open."""

    @property
    def share_done(self) -> float | None:
        """The share that is done of what was not dropped; None when there is nothing."""
        total = self.open + self.done + (self.carried or 0)
        return self.done / total if total else None


@dataclass(frozen=True, slots=True)
class _Counted:
    """An action, and the day of the session that first agreed on it."""

    action: Action
    day: datetime.date
    is_carried: bool


def build_stats(
    recaps: Iterable[Recap], by: str, people: People, today: datetime.date, is_late: Callable[[Action], bool]
) -> tuple[list[Stats], Stats]:
    """Count the actions by one of `GROUPS`, in the order of the names, and all of them once.

    An action counts for each of its owners, and for each team that owns it, or of which an owner is a member or lead.
    One that another goes on with is open there alone, and late and unowned.
    """
    recaps = list(recaps)
    carried, begun = find_carried(recaps), _find_begun(recaps)
    groups: dict[str, list[_Counted]] = {}
    everything: list[_Counted] = []
    for recap in recaps:
        for action in recap.actions:
            full_id = recap.full_id(action)
            is_carried = action.current_status.is_open and full_id in carried
            if is_carried and by not in _WHERE:
                continue
            counted = _Counted(action, begun[full_id], is_carried)
            everything.append(counted)
            for name in _names(recap, action, by, people):
                groups.setdefault(name, []).append(counted)
    rows = [_count(name, groups[name], today, is_late, tells_carried=by in _WHERE) for name in sorted(groups)]
    return rows, _count("all", everything, today, is_late, tells_carried=False)


def _names(recap: Recap, action: Action, by: str, people: People) -> Iterable[str]:
    match by:
        case "session":
            return [recap.id]
        case "cycle":
            return [recap.cycle or ""]
        case "owner":
            return [owner.key for owner in action.owners] or [NOBODY]
    keys = {owner.key for owner in action.owners}
    found = keys.intersection(people.team_keys).union(*map(people.teams_of, keys))
    return sorted(found) or [NO_TEAM if action.owners else NOBODY]


def _find_begun(recaps: Iterable[Recap]) -> dict[str, datetime.date]:
    """Return by full id on which day an action was agreed on, or the one with which it goes on."""
    recaps = list(recaps)
    days = {recap.full_id(action): recap.date for recap in recaps for action in recap.actions}
    origins = find_origins(recaps)
    begun = {}
    for full_id, day in days.items():
        first = full_id
        while first in origins:
            first = origins[first]
        begun[full_id] = min(day, days[first])
    return begun


def _count(
    name: str,
    counted: Iterable[_Counted],
    today: datetime.date,
    is_late: Callable[[Action], bool],
    *,
    tells_carried: bool,
) -> Stats:
    counted = list(counted)
    still = [one for one in counted if one.action.current_status.is_open and not one.is_carried]
    return Stats(
        name,
        open=len(still),
        done=sum(one.action.current_status is Status.DONE for one in counted),
        carried=sum(one.is_carried for one in counted) if tells_carried else None,
        late=sum(is_late(one.action) for one in still),
        unowned=sum(not one.action.owners for one in still),
        median_age=median(max((today - one.day).days, 0) for one in still) if still else None,
    )
