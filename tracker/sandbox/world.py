"""What a sandbox is filled with, described as plain values; pure."""

import datetime
from dataclasses import dataclass

from tracker.launchpad.limits import NO_IMPORTANCE
from tracker.launchpad.statuses import DEFAULT_BUG_STATUS


@dataclass(frozen=True, kw_only=True)
class PersonEntry:
    """A person. Without an `email` of their own they get one, with an empty one they can't be assigned."""

    name: str
    display_name: str
    karma: int = 0
    email: str | None = None
    irc_nicknames: tuple[str, ...] = ()
    status: str = "Active"
    merged_into: str | None = None


@dataclass(frozen=True, kw_only=True)
class TeamEntry:
    """A team; `members` are names of people and teams."""

    name: str
    display_name: str
    owner: str
    members: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MilestoneEntry:
    """A milestone."""

    name: str
    date: datetime.date | None = None
    active: bool = True


@dataclass(frozen=True, kw_only=True)
class ProjectEntry:
    """A project; its roles are names of people and teams."""

    name: str
    display_name: str
    owner: str
    driver: str | None = None
    bug_supervisor: str | None = None
    milestones: tuple[MilestoneEntry, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TaskEntry:
    """The state of a bug in a project."""

    project: str
    status: str = DEFAULT_BUG_STATUS
    importance: str = NO_IMPORTANCE
    assignee: str | None = None
    milestone: str | None = None


@dataclass(frozen=True, kw_only=True)
class BugEntry:
    """A bug. The one with its `number` is the same; without a number each is another."""

    title: str
    description: str
    owner: str
    tasks: tuple[TaskEntry, ...]
    number: int | None = None
    tags: tuple[str, ...] = ()
    private: bool = False


@dataclass(frozen=True, kw_only=True)
class WorkItemEntry:
    """A line of a blueprint's work items."""

    title: str
    status: str = "TODO"
    assignee: str | None = None
    milestone: str | None = None


@dataclass(frozen=True, kw_only=True)
class SpecificationEntry:
    """A blueprint of a project. A private one is seen by who registered it, and by who owns the project."""

    project: str
    name: str
    title: str
    owner: str
    summary: str = ""
    definition_status: str = "New"
    implementation_status: str = "Unknown"
    priority: str = "Undefined"
    assignee: str | None = None
    drafter: str | None = None
    approver: str | None = None
    milestone: str | None = None
    whiteboard: str | None = None
    work_items: tuple[WorkItemEntry, ...] = ()
    bugs: tuple[int, ...] = ()
    private: bool = False


@dataclass(frozen=True, kw_only=True)
class World:
    """All that a sandbox holds at its start."""

    people: tuple[PersonEntry, ...] = ()
    teams: tuple[TeamEntry, ...] = ()
    projects: tuple[ProjectEntry, ...] = ()
    bugs: tuple[BugEntry, ...] = ()
    specifications: tuple[SpecificationEntry, ...] = ()
