"""What somebody owes over all sessions, for a mail to them; pure."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace

from tracker.mail.moved import Group
from tracker.mail.plain import one_line
from tracker.mail.sentences import Item, name_in_prose
from tracker.mail.summary import build_item, say_day
from tracker.recap.carried import find_carried, is_open_here
from tracker.recap.lateness import Dates, is_late
from tracker.recap.model import Action, Recap
from tracker.recap.people import People


@dataclass(frozen=True, slots=True)
class Digest:
    """The open actions of one owner, late ones first, then by session; a lead's with those of the team."""

    key: str
    name: str
    """The name in prose."""
    today: str
    """The day for which it is told, in words."""
    late: int
    groups: tuple[Group, ...]

    @property
    def count(self) -> int:
        """How many actions it tells of."""
        return sum(len(group.actions) for group in self.groups)

    @property
    def subject(self) -> str:
        """The subject, with the numbers in it."""
        late = f", {self.late} late" if self.late else ""
        return f"Your open actions: {self.count}{late}"


def build_digest(
    key: str, recaps: Iterable[Recap], people: People, web_root: str, today: datetime.date, dates: Dates | None = None
) -> Digest:
    """Gather what somebody owes, or a team; who leads a team is told of its actions too.

    What another action goes on with is told as that one alone.
    """
    recaps = list(recaps)
    carried = find_carried(recaps)
    groups: list[tuple[str, list[Item]]] = [("Late", [])]
    teams = [team for team in people.team_keys if people.lead_of(team) == key]
    for recap in recaps:
        day = f"{one_line(recap.title)} ({recap.project}, {recap.date.isoformat()})"
        own: list[Item] = []
        for action in recap.actions:
            if not is_open_here(recap, action, carried) or not _owns(action, (key, *teams)):
                continue
            item = replace(build_item(action, recap.project, people, web_root), notes="", creates=None)
            if is_late(action, today, dates or {}):
                groups[0][1].append(replace(item, details=(f"from {one_line(recap.title)}",)))
            else:
                own.append(item)
        groups.append((day, own))
    return Digest(
        key=key,
        name=name_in_prose(people, key),
        today=say_day(today),
        late=len(groups[0][1]),
        groups=tuple(Group(title, tuple(items)) for title, items in groups if items),
    )


def find_owners(recaps: Iterable[Recap], people: People) -> list[str]:
    """Return the keys of all who own an open action, or lead a team that does, in order."""
    found = {
        owner.key for recap in recaps for one in recap.actions if one.current_status.is_open for owner in one.owners
    }
    return sorted(found | {lead for key in found if (lead := people.lead_of(key))})


def _owns(action: Action, keys: Iterable[str]) -> bool:
    return any(owner.key in keys for owner in action.owners)
