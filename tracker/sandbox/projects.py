"""Projects, and the set that finds them."""

from collections.abc import Callable, Sequence
from typing import Any

from zope.interface import implementer

from tracker.sandbox.access import RefusedError, drives, require, visit
from tracker.sandbox.interfaces import IProject, IProjects
from tracker.sandbox.search import search_tasks, task_below
from tracker.sandbox.series import milestones
from tracker.sandbox.specification_lists import find_specification, list_specifications
from tracker.sandbox.store import Column, IPublished, Link, Record, Redirect, Rows, Store, moment


@implementer(IProject)
class Project(Record, table="project"):
    """A project: what bugs are reported in."""

    name: Column[str] = Column()
    display_name: Column[str] = Column()
    summary: Column[str] = Column()
    owner = Link("person")
    driver = Link("person")
    bug_supervisor = Link("person")
    development_focus = Link("series")
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
    def pillar(self) -> Any:
        """The project itself, as for its series."""
        return self

    @property
    def target_name(self) -> str:
        """The name as a task's `bug_target_name`."""
        return self.name

    @property
    def target_display_name(self) -> str:
        """The name as a task's `bug_target_display_name`."""
        return self.display_name

    def check_choice(self, name: str, value: Any) -> bool:
        """Tell whether new work may go to a series: one of its own."""
        del name
        return bool(value.row["project"] == self.id)

    @property
    def series(self) -> Rows:
        """The lines of development."""
        found = self.store.rows("SELECT id FROM series WHERE project = ? ORDER BY id", self)
        return Rows(self.store, "series", [row["id"] for row in found])

    @property
    def all_milestones(self) -> Rows:
        """All milestones."""
        return milestones(self.store, "project = ?", self)

    @property
    def active_milestones(self) -> Rows:
        """The milestones that things can be targeted to."""
        return milestones(self.store, "project = ? AND is_active", self)

    @property
    def all_specifications(self) -> Rows:
        """The project's blueprints."""
        return list_specifications(self.store, "project = ?", self)

    @property
    def valid_specifications(self) -> Rows:
        """Those of them that somebody still has to work on."""
        return list_specifications(self.store, "project = ?", self, valid=True)

    def get_specification(self, name: str) -> Any:
        """Find a blueprint."""
        return find_specification(self.store, self, name)

    def child(self, name: str, more: Callable[[], str | None]) -> Any:
        """Find a bug task, a blueprint, a milestone or a series."""
        if name == "+bug":
            return task_below(self.store, "project = ? AND series IS NULL", self, more())
        if name == "+spec":
            return find_specification(self.store, self, more())
        if name == "+milestone":
            return self.get_milestone(more() or "")
        return self.get_series(name)

    def get_milestone(self, name: str) -> Any:
        """Find a milestone, active or not."""
        return self.store.find("milestone", "project = ? AND name = ?", self, name)

    def get_series(self, name: str) -> Any:
        """Find a series."""
        return self.store.find("series", "project = ? AND name = ?", self, name)

    def new_series(self, name: str, summary: str) -> Any:
        """Make a series; its name is unique in the project."""
        person = require("Driver", self, "newSeries", allowed=drives(visit().person, self))
        if self.get_series(name) is not None:
            raise RefusedError(f"name: {name} is already in use by another series.")
        return self.store.get("series", self.add_series(name, person, summary))

    def add_series(self, name: str, owner: Record, summary: str = "") -> int:
        """Store a series."""
        return self.store.insert(
            "series", project=self, name=name, summary=summary, owner=owner, date_created=self.store.now()
        )

    def search_tasks(self, **parameters: Any) -> Rows:
        """Find the project's bug tasks; those of its series are found in the series alone (source)."""
        return search_tasks(self.store, "task.project = ? AND task.series IS NULL", [self], **parameters)

    def before_change(self, name: str) -> None:
        """Let those who own or drive the project change it."""
        require("Edit", self, name, allowed=drives(visit().person, self))


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
