"""What has moved in a recap's actions since a day, for the mail that follows the recap's; pure."""

import datetime
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field, replace

from tracker.mail.plain import one_line
from tracker.mail.sentences import Item, name_in_prose
from tracker.mail.summary import build_item, in_header, list_name, say_day, subject_tags
from tracker.recap.model import Action, Recap, Status
from tracker.recap.people import People

Dates = Mapping[tuple[str, str], datetime.date]
"""The date of each milestone that is known, by project and name."""


@dataclass(frozen=True, slots=True)
class Known:
    """When an action became known, and when its fields changed: ISO times in UTC."""

    first: str
    changed: Mapping[str, str] = field(default_factory=dict)
    pulled: frozenset[str] = frozenset()
    """The fields that surely changed since, because what Launchpad said replaced what the recap did."""
    former_lead: str | None = None
    """The key of who led it before."""

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
    """Those that have any actions: done, dropped, blocked, postponed, begun, new, reassigned, late, looking for an
    owner."""
    open: int
    total: int
    author: str | None = None
    mailing_list: str | None = None

    @property
    def subject(self) -> str:
        """The subject: list, project, title and day."""
        tags = subject_tags(self.mailing_list, self.project)
        return f"{tags}{in_header(self.title)}: what has moved since {self.since.partition(', ')[2]}"

    @property
    def counts(self) -> str:
        """How many there are of each group, in a sentence."""
        told = [f"{len(group.actions)} {group.title}" for group in self.groups]
        return f"{', '.join(told) or 'Nothing has moved'}; {self.open} of {self.total} open."


def build_moved(
    recap: Recap,
    people: People,
    web_root: str,
    known: Mapping[str, Known],
    since: datetime.date,
    today: datetime.date,
    *,
    dates: Dates | None = None,
    mailing_list: str | None = None,
    carried: Container[str] = (),
) -> Moved:
    """Gather what has moved in a recap since a day; `known` has what the base knows, by action id.

    `carried` has the full ids of actions that others go on with: those are not open here any more.
    """
    total = len(recap.actions)
    recap = replace(
        recap,
        actions=tuple(
            one for one in recap.actions if not (one.current_status.is_open and recap.full_id(one) in carried)
        ),
    )
    # Where nothing was known before that day everything is only newly known, not new.
    was_known = any(one.first[:10] < since.isoformat() for one in known.values())

    def turned(status: Status) -> Callable[[Action], bool]:
        return lambda one: one.current_status is status and _known(one).moved("status", since)

    def _known(action: Action) -> Known:
        return known.get(action.id, Known(""))

    def is_new(action: Action) -> bool:
        return was_known and _known(action).first[:10] >= since.isoformat()

    def is_reassigned(action: Action) -> bool:
        return action.lead is not None and _known(action).moved("lead", since)

    rules: dict[str, Callable[[Action], bool]] = {
        "done": turned(Status.DONE),
        "dropped": turned(Status.DROPPED),
        "newly blocked": turned(Status.BLOCKED),
        "postponed": turned(Status.POSTPONED),
        "begun": turned(Status.IN_PROGRESS),
        "new": lambda one: one.current_status.is_open and is_new(one),
        "reassigned": lambda one: one.current_status.is_open and is_reassigned(one),
        "late": lambda one: is_late(one, today, dates or {}),
        "still looking for an owner": lambda one: one.current_status.is_open and not one.owners,
        "not yet taken": lambda one: one.current_status.is_open and bool(one.lead and one.lead.tentative),
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
        open=sum(action.current_status.is_open for action in recap.actions),
        total=total,
        author=name_in_prose(people, recap.author.key) if recap.author else None,
        mailing_list=list_name(mailing_list),
    )


def is_late(action: Action, today: datetime.date, dates: Dates) -> bool:
    """Tell whether an open action's day, else its milestone's as last seen, is before today."""
    due = action.due or (dates.get((action.project, action.milestone)) if action.milestone else None)
    return action.current_status.is_open and due is not None and due < today


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
    if group == "reassigned" and known.former_lead:
        item = replace(item, details=(f"before: {name_in_prose(people, known.former_lead)}",))
    return item
