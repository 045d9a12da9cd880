"""What Launchpad said about a thing when it was read, as frozen values; pure."""

from dataclasses import dataclass

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
    page: str


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
