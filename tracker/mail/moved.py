"""What has moved in a recap's actions since a day, for the mail that follows the recap's; pure."""

import datetime
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from tracker.mail.plain import one_line
from tracker.mail.sentences import Item, name_in_prose
from tracker.mail.summary import build_item, list_name, say_day, subject_tags
from tracker.recap.carried import is_open_here
from tracker.recap.lateness import Dates, is_late
from tracker.recap.model import Action, Recap, Status
from tracker.recap.people import People

MOVED = ("done", "dropped", "newly blocked", "postponed", "begun", "new", "taken", "reassigned")
"""The groups of what has moved, in the order in which they are told."""
LEFT = ("late", "still looking for an owner", "not yet taken")
"""The groups of what waits for somebody."""


@dataclass(frozen=True, slots=True)
class Known:
    """When an action became known, and when its fields changed: ISO times in UTC."""

    first: str
    changed: Mapping[str, str] = field(default_factory=dict)
    pulled: frozenset[str] = frozenset()
    """The fields that surely changed since, because what Launchpad said replaced what the recap did."""
    former_lead: str | None = None
    """The key of who led it before, empty for nobody; None when that is not known."""

    def moved(self, name: str, since: datetime.date) -> bool:
        """Tell whether a field changed on a day or later, and not only when the action became known."""
        time = self.changed.get(name, "")
        return (time > self.first or name in self.pulled) and time[:10] >= since.isoformat()


@dataclass(frozen=True, slots=True)
class Group:
    """Actions of which the same can be told."""

    title: str
    actions: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """What has moved since a day."""

    recap_id: str
    title: str
    project: str
    day: str
    """The day of the session in words."""
    since: str
    """The day since which it is told, in words."""
    groups: tuple[Group, ...]
    """Those of `MOVED` and `LEFT` that have any actions."""
    open: int
    total: int
    carried: Mapping[str, int] = field(default_factory=dict)
    """How many go on in which other recap, by its id."""
    author: str | None = None
    mailing_list: str | None = None

    @property
    def subject(self) -> str:
        """The subject: list, project, title and day."""
        tags = subject_tags(self.mailing_list, self.project)
        return f"{tags}{self.title}: what has moved since {self.since.partition(', ')[2]}"

    @property
    def counts(self) -> str:
        """How many there are of each group, in a sentence."""
        told = [f"{len(group.actions)} {group.title}" for group in self.groups]
        carried = [f"{number} carried to {recap_id}" for recap_id, number in self.carried.items()]
        left = ", ".join([f"{self.open} of {self.total} open", *carried])
        return f"{', '.join(told) or 'Nothing has moved'}; {left}."


def build_moved(
    recap: Recap,
    people: People,
    web_root: str,
    known: Mapping[str, Known],
    since: datetime.date,
    today: datetime.date,
    *,
    dates: Dates | None = None,
    carried: Mapping[str, str] | None = None,
    mailing_list: str | None = None,
) -> Moved:
    """Gather what has moved in a recap since a day.

    `known` has what the base knows, by action id; `carried` which action goes on with which, by full id.
    """
    carried = carried or {}
    # Where nothing was known before that day everything is only newly known, not new.
    was_known = any(one.first[:10] < since.isoformat() for one in known.values())

    def turned(status: Status) -> Callable[[Action], bool]:
        return lambda one: one.current_status is status and _known(one).moved("status", since)

    def _known(action: Action) -> Known:
        return known.get(action.id, Known(""))

    def is_open(action: Action) -> bool:
        return is_open_here(recap, action, carried)

    def is_new(action: Action) -> bool:
        return was_known and _known(action).first[:10] >= since.isoformat()

    def has_moved_lead(action: Action, *, is_first: bool) -> bool:
        """Tell whether somebody leads an open action since: the first to do so, or only now confirmed; or another."""
        lead, one = action.lead, _known(action)
        if lead is None or not is_open(action) or not one.moved("lead", since):
            return False
        was_free = one.former_lead in {"", lead.key}
        return was_free and not lead.tentative if is_first else not was_free

    rules: dict[str, Callable[[Action], bool]] = {
        "done": turned(Status.DONE),
        "dropped": turned(Status.DROPPED),
        "newly blocked": turned(Status.BLOCKED),
        "postponed": turned(Status.POSTPONED),
        "begun": turned(Status.IN_PROGRESS),
        "new": lambda one: is_open(one) and is_new(one),
        "taken": lambda one: has_moved_lead(one, is_first=True),
        "reassigned": lambda one: has_moved_lead(one, is_first=False),
        "late": lambda one: is_open(one) and is_late(one, today, dates or {}),
        "still looking for an owner": lambda one: is_open(one) and not one.owners,
        "not yet taken": lambda one: is_open(one) and bool(one.lead and one.lead.tentative),
    }
    groups = []
    for title, belongs in rules.items():
        found = [action for action in recap.actions if belongs(action)]
        items = (_item(action, title, _known(action), recap, people, web_root) for action in found)
        groups += [Group(title, tuple(items))] if found else []
    return Moved(
        recap_id=recap.id,
        title=one_line(recap.title),
        project=recap.project,
        day=say_day(recap.date),
        since=say_day(since),
        groups=tuple(groups),
        open=sum(map(is_open, recap.actions)),
        total=len(recap.actions),
        carried=Counter(
            carried[recap.full_id(one)].partition("#")[0]
            for one in recap.actions
            if one.current_status.is_open and recap.full_id(one) in carried
        ),
        author=name_in_prose(people, recap.author.key) if recap.author else None,
        mailing_list=list_name(mailing_list),
    )


_TOLD_BY_GROUP = {
    "done": Status.DONE,
    "dropped": Status.DROPPED,
    "newly blocked": Status.BLOCKED,
    "postponed": Status.POSTPONED,
    "begun": Status.IN_PROGRESS,
}


def _item(action: Action, group: str, known: Known, recap: Recap, people: People, web_root: str) -> Item:
    item = replace(build_item(action, recap.project, people, web_root), notes="", creates=None)
    if _TOLD_BY_GROUP.get(group) is item.status:
        item = replace(item, status=Status.TODO)
    if group == "still looking for an owner":
        item = replace(item, names_nobody=False)
    if group == "reassigned" and known.former_lead:
        item = replace(item, details=(f"before: {name_in_prose(people, known.former_lead)}",))
    return item
