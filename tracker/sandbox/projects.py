"""Projects, their series and milestones, and the set that finds projects."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from zope.interface import implementer

from tracker.sandbox import words
from tracker.sandbox.access import RefusedError, drives, require, visit
from tracker.sandbox.interfaces import IMilestone, IProject, IProjects, ISeries
from tracker.sandbox.search import search_tasks, sees
from tracker.sandbox.store import Column, IPublished, Link, Record, Redirect, Rows, Store, day, flag, moment, word


def _milestones(store: Store, scope: str, owner: Record) -> Rows:
    """Return milestones, the latest first as Launchpad lists them, undated ones before."""
    found = store.rows(
        f"SELECT id FROM milestone WHERE {scope} ORDER BY date_targeted IS NOT NULL, date_targeted DESC, name DESC",  # noqa: S608
        owner,
    )
    return Rows(store, "milestone", [row["id"] for row in found])


@implementer(IProject)
class Project(Record, table="project"):
    """A project: what bugs are reported in."""

    name: Column[str] = Column()
    display_name: Column[str] = Column()
    summary: Column[str] = Column()
    owner = Link("person")
    driver = Link("person")
    bug_supervisor = Link("person")
    date_created = moment()

    def __repr__(self) -> str:
        return "<Product object>"

    @property
    def path(self) -> str:
        """The address below the service root."""
        return self.name

    @property
    def title(self) -> str:
        """The name as pages head it."""
        return self.display_name

    @property
    def development_focus(self) -> Any:
        """The series that new work goes to: the first."""
        return self.store.find("series", "project = ? ORDER BY id", self)

    @development_focus.setter
    def development_focus(self, new: Any) -> None:
        self.before_change("development_focus")
        raise RefusedError("development_focus_link: in the sandbox it is the first series.")

    @property
    def series(self) -> Rows:
        """The lines of development."""
        found = self.store.rows("SELECT id FROM series WHERE project = ? ORDER BY id", self)
        return Rows(self.store, "series", [row["id"] for row in found])

    @property
    def all_milestones(self) -> Rows:
        """All milestones."""
        return _milestones(self.store, "project = ?", self)

    @property
    def active_milestones(self) -> Rows:
        """The milestones that things can be targeted to."""
        return _milestones(self.store, "project = ? AND is_active", self)

    def child(self, name: str, more: Callable[[], str | None]) -> Any:
        """Find a bug task, a milestone or a series."""
        if name == "+bug":
            return self._bug_task(more() or "")
        if name == "+milestone":
            return self.get_milestone(more() or "")
        return self.get_series(name)

    def _bug_task(self, number: str) -> Any:
        """Find the task of a bug here, else lead to where the bug has one.

        Such a 301 answers every method, so a PATCH of a retargeted task writes nothing (seen on Launchpad,
        July 2025).
        """
        if not number.isdecimal() or not sees(self.store, int(number)):
            return None
        task = self.store.find("bug_task", "bug = ? AND target = ?", int(number), self)
        return task or Redirect(self.store.find("bug_task", "bug = ? ORDER BY id", int(number)).path)

    def get_milestone(self, name: str) -> Any:
        """Find a milestone, active or not."""
        return self.store.find("milestone", "project = ? AND name = ?", self, name)

    def get_series(self, name: str) -> Any:
        """Find a series."""
        return self.store.find("series", "project = ? AND name = ?", self, name)

    def search_tasks(self, **parameters: Any) -> Rows:
        """Find the project's bug tasks."""
        return search_tasks(self.store, "task.target = ?", [self], **parameters)

    def before_change(self, name: str) -> None:
        """Let those who own or drive the project change it."""
        require("Edit", self, name, allowed=drives(visit().person, self))


@implementer(ISeries)
class Series(Record, table="series"):
    """A line of a project's development."""

    name: Column[str] = Column()
    summary: Column[str] = Column()
    status = word(words.SERIES_STATUS)
    project = Link("project")
    owner = Link("person")
    driver = Link("person")
    date_created = moment()

    def __repr__(self) -> str:
        return "<ProductSeries object>"

    @property
    def path(self) -> str:
        """The address below the service root."""
        return f"{self.project.path}/{self.name}"

    @property
    def all_milestones(self) -> Rows:
        """All milestones of the series."""
        return _milestones(self.store, "series = ?", self)

    @property
    def active_milestones(self) -> Rows:
        """The milestones of the series that things can be targeted to."""
        return _milestones(self.store, "series = ? AND is_active", self)

    def new_milestone(
        self,
        name: str,
        date_targeted: date | None = None,
        summary: str | None = None,
        code_name: str | None = None,
    ) -> Any:
        """Make a milestone; its name is unique in the project."""
        require("Edit", self, "newMilestone", allowed=drives(visit().person, self.project))
        if self.project.get_milestone(name) is not None:
            raise RefusedError(
                f"name: The name {name} is already used by a milestone in {self.project.display_name}."
            )
        number = self.store.insert(
            "milestone",
            project=self.project,
            series=self,
            name=name,
            date_targeted=date_targeted,
            summary=summary,
            code_name=code_name,
        )
        return self.store.get("milestone", number)

    def before_change(self, name: str) -> None:
        """Let those who own or drive the project change its series."""
        require("Edit", self, name, allowed=drives(visit().person, self.project))


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
        """Find the bug tasks that are targeted to the milestone."""
        return search_tasks(self.store, "task.milestone = ?", [self], **parameters)

    def before_change(self, name: str) -> None:
        """Let those who own or drive the project change its milestones."""
        require("Edit", self, name, allowed=drives(visit().person, self.project))


def find_project(store: Store, name: str) -> Any:
    """Find what `/name` leads to; names are lower case, others lead there."""
    return Redirect(name.lower()) if name != name.lower() else store.find("project", "name = ?", name)


@implementer(IProjects, IPublished)
class Projects:
    """All projects."""

    path = "projects"

    def __init__(self, store: Store) -> None:
        self._store = store

    def child(self, name: str, more: Callable[[], str | None]) -> None:
        """Find nothing: projects are published at the root."""
        del name, more

    def latest(self) -> Rows:
        """Return the projects, the newest first."""
        return self.search()

    def search(self, text: str | None = None) -> Rows:
        """Find projects by words of their names and summaries."""
        terms: Sequence[str] = (text or "").lower().split()
        test = " AND instr(lower(name || ' ' || display_name || ' ' || summary), ?)" * len(terms)
        found = self._store.rows(f"SELECT id FROM project WHERE 1{test} ORDER BY id DESC", *terms)  # noqa: S608
        return Rows(self._store, "project", [row["id"] for row in found])
