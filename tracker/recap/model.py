"""The values that recaps are made of; pure."""

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Status(StrEnum):
    """Where an action stands, in a recap's words."""

    TODO = "todo"
    IN_PROGRESS = "in progress"
    BLOCKED = "blocked"
    DONE = "done"
    POSTPONED = "postponed"
    DROPPED = "dropped"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self not in {Status.DONE, Status.DROPPED}


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody a recap holds accountable: a key of people.yaml, or `~account`."""

    key: str
    tentative: bool = False

    def __str__(self) -> str:
        return f"{self.key}?" if self.tentative else self.key


@dataclass(frozen=True, slots=True)
class BugTarget:
    """The action is tracked as this bug; without a number, as one that a sync will create."""

    number: int | None = None

    def __str__(self) -> str:
        return "bug: new" if self.number is None else f"bug {self.number}"


@dataclass(frozen=True, slots=True)
class BlueprintTarget:
    """The action is this blueprint."""

    name: str
    create: bool = False

    def __str__(self) -> str:
        return f"blueprint {self.name}"


@dataclass(frozen=True, slots=True)
class WorkItemTarget:
    """The action is a line of this blueprint's work items."""

    blueprint: str

    def __str__(self) -> str:
        return f"work item of {self.blueprint}"


Target = BugTarget | BlueprintTarget | WorkItemTarget


@dataclass(frozen=True, slots=True)
class Action:
    """One agreed thing to do."""

    id: str
    title: str
    project: str
    owners: tuple[Owner, ...] = ()
    collaborators: tuple[Owner, ...] = ()
    """Those named by `with`; they are not synced."""
    target: Target | None = None
    status: Status | None = None
    """None when the recap does not say, which reads as todo."""
    milestone: str | None = None
    due: date | None = None
    importance: str | None = None
    tags: tuple[str, ...] = ()
    topic: str | None = None
    notes: str | None = None
    evidence: tuple[str, ...] = ()
    previously: tuple[str, ...] = ()
    carried_from: str | None = None

    @property
    def lead(self) -> Owner | None:
        """The first owner, who becomes Launchpad's assignee; None for an unowned action."""
        return self.owners[0] if self.owners else None

    @property
    def current_status(self) -> Status:
        """The status, read as todo where the recap does not say."""
        return self.status or Status.TODO


@dataclass(frozen=True, slots=True)
class Topic:
    """One subject discussed in the session."""

    title: str
    notes: str | None = None
    links: dict[str, str] = field(default_factory=dict)
    blueprints: tuple[str, ...] = ()
    bugs: tuple[str, ...] = ()
    reviews: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recap:
    """The written outcome of one session."""

    id: str
    title: str
    project: str
    date: date
    cycle: str | None = None
    event: str | None = None
    author: Owner | None = None
    links: dict[str, str] = field(default_factory=dict)
    tldr: str | None = None
    topics: tuple[Topic, ...] = ()
    actions: tuple[Action, ...] = ()

    def full_id(self, action: Action) -> str:
        """Return the id that names an action over all recaps, and that its bug carries."""
        return f"{self.id}#{action.id}"


_RECAP_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+\-]*(?:/[A-Za-z0-9][A-Za-z0-9._+\-]*)*")
ACTION_ID = r"[A-Za-z0-9][A-Za-z0-9._+\-]*"
"""The pattern of ids of actions."""


def is_recap_id(text: str) -> bool:
    """Tell whether a path under `sessions/`, without suffix, can be a recap's id."""
    return _RECAP_ID.fullmatch(text) is not None


def is_action_id(text: str) -> bool:
    """Tell whether an action can have this id: letters, digits, `.`, `_`, `+`, `-`."""
    return re.fullmatch(ACTION_ID, text) is not None
