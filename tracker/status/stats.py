"""How far sessions, owners, teams and cycles are, in numbers; pure."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median

from tracker.recap.carried import find_carried
from tracker.recap.model import Action, Recap, Status
from tracker.recap.people import People

NOBODY = "nobody"
"""What actions without owners are counted for."""
NO_TEAM = "no team"
"""What actions are counted for whose owners are in no team."""

GROUPS = ("session", "owner", "team", "cycle")
"""What can be counted by."""


@dataclass(frozen=True, slots=True)
class Stats:
    """The actions of one session, owner, team or cycle; those that others go on with are counted there alone."""

    name: str
    open: int
    done: int
    late: int
    unowned: int
    """Open ones that nobody owns."""
    median_age: float | None
    """Days since their sessions, the median of the open ones, none for a session to come; None when none is open."""

    @property
    def share_done(self) -> float | None:
        """The share that is done of what was not dropped; None when there is nothing."""
        total = self.open + self.done
        return self.done / total if total else None


@dataclass(frozen=True, slots=True)
class _Counted:
    """An action, and its session's day."""

    action: Action
    day: datetime.date


def build_stats(
    recaps: Iterable[Recap], by: str, people: People, today: datetime.date, is_late: Callable[[Action], bool]
) -> tuple[list[Stats], Stats]:
    """Count the actions by one of `GROUPS`, in the order of the names, and all of them once.

    An action counts for each of its owners, and for each team that owns it, or of which an owner is a member or lead.
    """
    recaps = list(recaps)
    carried = find_carried(recaps)
    groups: dict[str, list[_Counted]] = {}
    everything: list[_Counted] = []
    for recap in recaps:
        for action in recap.actions:
            if action.current_status.is_open and recap.full_id(action) in carried:
                continue
            counted = _Counted(action, recap.date)
            everything.append(counted)
            for name in _names(recap, action, by, people):
                groups.setdefault(name, []).append(counted)
    rows = [_count(name, groups[name], today, is_late) for name in sorted(groups)]
    return rows, _count("all", everything, today, is_late)


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


def _count(name: str, counted: Iterable[_Counted], today: datetime.date, is_late: Callable[[Action], bool]) -> Stats:
    counted = list(counted)
    still = [one for one in counted if one.action.current_status.is_open]
    return Stats(
        name,
        open=len(still),
        done=sum(one.action.current_status is Status.DONE for one in counted),
        late=sum(is_late(one.action) for one in still),
        unowned=sum(not one.action.owners for one in still),
        median_age=median(max((today - one.day).days, 0) for one in still) if still else None,
    )
