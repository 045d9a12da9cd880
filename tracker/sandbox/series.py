"""The series of projects, and their milestones."""

from collections.abc import Callable
from datetime import date
from typing import Any

from zope.interface import implementer

from tracker.sandbox import words
from tracker.sandbox.access import RefusedError, drives, require, visit
from tracker.sandbox.interfaces import IMilestone, ISeries
from tracker.sandbox.search import search_tasks, task_below
from tracker.sandbox.specification_lists import list_specifications
from tracker.sandbox.store import Column, Link, Record, Rows, Store, day, flag, moment, word


def milestones(store: Store, scope: str, owner: Record) -> Rows:
    """Return milestones, the latest first as Launchpad lists them, undated ones before."""
    found = store.rows(
        f"SELECT id FROM milestone WHERE {scope} ORDER BY date_targeted IS NOT NULL, date_targeted DESC, name DESC",  # noqa: S608
        owner,
    )
    return Rows(store, "milestone", [row["id"] for row in found])


@implementer(ISeries)
class Series(Record, table="series"):
    """A line of a project's development; a bug's task in it comes from a nomination that was approved."""

    name: Column[str] = Column()
    summary: Column[str] = Column()
    status = word(words.SERIES_STATUS)
    owner = Link("person")
    driver = Link("person")
    date_created = moment()

    def __repr__(self) -> str:
        return "<ProductSeries object>"

    @property
    def path(self) -> str:
        """The address below the service root."""
        return f"{self.pillar.path}/{self.name}"

    @property
    def pillar(self) -> Any:
        """The project: what milestones and roles hang on."""
        return self.store.get("project", self.row["project"])

    @property
    def project(self) -> Any:
        """The project."""
        return self.pillar

    @project.setter
    def project(self, new: Any) -> None:
        self.before_change("project")
        raise RefusedError("project_link: in the sandbox a series stays where it is.")

    @property
    def display_name(self) -> str:
        """The name as messages have it."""
        return self.name

    @property
    def target_name(self) -> str:
        """The name as a task's `bug_target_name`."""
        return f"{self.pillar.name}/{self.name}"

    @property
    def target_display_name(self) -> str:
        """The name as a task's `bug_target_display_name`."""
        return f"{self.pillar.display_name} {self.name}"

    @property
    def all_milestones(self) -> Rows:
        """All milestones of the series."""
        return milestones(self.store, "series = ?", self)

    @property
    def active_milestones(self) -> Rows:
        """The milestones of the series that things can be targeted to."""
        return milestones(self.store, "series = ? AND is_active", self)

    @property
    def all_specifications(self) -> Rows:
        """The blueprints that are proposed for the series."""
        return list_specifications(self.store, "goal = ?", self)

    @property
    def valid_specifications(self) -> Rows:
        """Those of them that somebody still has to work on."""
        return list_specifications(self.store, "goal = ?", self, valid=True)

    def get_specification(self, name: str) -> Any:
        """Find a blueprint of the project, for whatever series."""
        return self.pillar.get_specification(name)

    def child(self, name: str, more: Callable[[], str | None]) -> Any:
        """Find a bug task."""
        return task_below(self.store, "series = ?", self, more()) if name == "+bug" else None

    def new_milestone(
        self,
        name: str,
        date_targeted: date | None = None,
        summary: str | None = None,
        code_name: str | None = None,
    ) -> Any:
        """Make a milestone; its name is unique in the project."""
        require("Edit", self, "newMilestone", allowed=drives(visit().person, self))
        if self.pillar.get_milestone(name) is not None:
            raise RefusedError(f"name: The name {name} is already used by a milestone in {self.pillar.display_name}.")
        number = self.store.insert(
            "milestone",
            project=self.pillar,
            series=self,
            name=name,
            date_targeted=date_targeted,
            summary=summary,
            code_name=code_name,
        )
        return self.store.get("milestone", number)

    def search_tasks(self, **parameters: Any) -> Rows:
        """Find the bug tasks of the series."""
        return search_tasks(self.store, "task.series = ?", [self], **parameters)

    def before_change(self, name: str) -> None:
        """Let those who own or drive the project, or drive the series, change it."""
        require("Edit", self, name, allowed=drives(visit().person, self))


@implementer(IMilestone)
class Milestone(Record, table="milestone"):
    """A dated point of a project; renaming it moves its address, and no stamp of its bugs."""

    name: Column[str] = Column()
    code_name: Column[str | None] = Column()
    summary: Column[str | None] = Column()
    date_targeted = day()
    is_active = flag()
    project = Link("project")
    series = Link("series")

    @property
    def path(self) -> str:
        """The address below the service root."""
        return f"{self.project.path}/+milestone/{self.name}"

    @property
    def title(self) -> str:
        """Project, name and code name, as pages head it."""
        code_name = f' "{self.code_name}"' if self.code_name else ""
        return f"{self.project.display_name} {self.name}{code_name}"

    @property
    def target(self) -> Any:
        """The project."""
        return self.project

    @target.setter
    def target(self, new: Any) -> None:
        self._refuse_move("target")

    @property
    def series_target(self) -> Any:
        """The series."""
        return self.series

    @series_target.setter
    def series_target(self, new: Any) -> None:
        self._refuse_move("series_target")

    def _refuse_move(self, name: str) -> None:
        self.before_change(name)
        raise RefusedError(f"{name}_link: in the sandbox milestones stay where they are.")

    def search_tasks(self, **parameters: Any) -> Rows:
        """Find the bug tasks that are targeted to the milestone, of series, too."""
        return search_tasks(self.store, "task.milestone = ?", [self], **parameters)

    def before_change(self, name: str) -> None:
        """Let those who own or drive the project change its milestones."""
        require("Edit", self, name, allowed=drives(visit().person, self.project))
