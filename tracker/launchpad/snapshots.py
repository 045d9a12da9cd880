"""What Launchpad said about a thing when it was read, as frozen values; pure."""

from dataclasses import dataclass
from enum import Enum

from tracker.launchpad import limits, statuses


@dataclass(frozen=True, slots=True)
class TaskSnapshot:
    """A bug's task in one project: the part of it that has a status, an assignee and a milestone."""

    bug: int
    project: str
    title: str | None
    """The bug's title; None when the task's own title does not show it."""
    status: str
    importance: str
    assignee: str | None
    """The assigned account, without `~`."""
    milestone: str | None
    etag: str | None
    page: str
    """The task's page for people."""
    closed: str | None = None
    """When it was closed, an ISO time by Launchpad's clock; None while it is open: reopening empties it (source)."""


def created_task(bug: int, project: str, title: str) -> TaskSnapshot:
    """Return what a bug's task is as Launchpad creates it."""
    return TaskSnapshot(
        bug=bug,
        project=project,
        title=title,
        status=statuses.DEFAULT_BUG_STATUS,
        importance=limits.NO_IMPORTANCE,
        assignee=None,
        milestone=None,
        etag=None,
        page="",
    )


@dataclass(frozen=True, slots=True)
class BugSnapshot:
    """A bug as such: what does not depend on a project."""

    number: int
    title: str
    description: str
    tags: tuple[str, ...]
    duplicate_of: int | None
    private: bool
    etag: str | None


@dataclass(frozen=True, slots=True)
class BlueprintSnapshot:
    """A blueprint, with its work items as the one text that Launchpad has of them."""

    project: str
    name: str
    title: str
    summary: str
    definition_status: str
    implementation_status: str
    priority: str
    assignee: str | None
    """The assigned account, without `~`."""
    milestone: str | None
    work_items: str
    """To be read by `workitems.read_items`; empty when there are none."""
    private: bool
    etag: str | None
    page: str
    """The blueprint's page for people."""
    closed: str | None = None
    """When it was completed, an ISO time by Launchpad's clock; None while it is not."""

    @property
    def status(self) -> str:
        """The one word of its two statuses that says where it stands."""
        return statuses.blueprint_status(self.definition_status, self.implementation_status)


def created_blueprint(project: str, name: str, title: str, summary: str) -> BlueprintSnapshot:
    """Return what a blueprint is as Launchpad creates it."""
    return BlueprintSnapshot(
        project=project,
        name=name,
        title=title,
        summary=summary,
        definition_status="New",
        implementation_status=statuses.DEFAULT_BLUEPRINT_STATUS,
        priority="Undefined",
        assignee=None,
        milestone=None,
        work_items="",
        private=False,
        etag=None,
        page="",
    )


@dataclass(frozen=True, slots=True)
class WorkItemSnapshot:
    """One action's line among a blueprint's work items."""

    blueprint: BlueprintSnapshot
    title: str
    status: str
    assignee: str | None
    milestone: str | None
    count: int = 1
    """How many lines have the title; 0 when it is yet to be added."""

    @property
    def project(self) -> str:
        """The blueprint's project."""
        return self.blueprint.project

    @property
    def page(self) -> str:
        """The blueprint's page for people."""
        return self.blueprint.page


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The bug has no task in the project that was asked for: Launchpad points at another address."""

    bug: int
    project: str
    address: str


@dataclass(frozen=True, slots=True)
class Invisible:
    """Launchpad shows no such bug to this account: it is private, or was never there."""

    bug: int


TaskAnswer = TaskSnapshot | Elsewhere | Invisible


@dataclass(frozen=True, slots=True)
class AccountSnapshot:
    """A person's or a team's account."""

    name: str
    display_name: str
    """What people read, as its owner wrote it: anything."""
    is_team: bool
    is_valid: bool
    """Whether it can be assigned: a person's when it is active and has an address, a team's always."""
    karma: int
    private: bool
    """Whether only some see it, as some teams."""


@dataclass(frozen=True, slots=True)
class Renamed:
    """The account has another name."""

    name: str


class Absence(Enum):
    """How Launchpad says that it shows no account of a name."""

    MISSING = "missing"
    """There is none: it never was, was renamed or merged, or is a private team, which reads the same."""
    SUSPENDED = "suspended"
    HIDDEN = "hidden"
    """The one who asks may not see it."""


AccountAnswer = AccountSnapshot | Renamed | Absence
