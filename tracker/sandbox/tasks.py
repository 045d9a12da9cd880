"""Bug tasks: the state of a bug in one project or series, and who may change what of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from zope.interface import implementer

from tracker.sandbox import words
from tracker.sandbox.access import RefusedError, is_admin, is_in, refusal, require, supervises, visit
from tracker.sandbox.bug_interfaces import IBugTask
from tracker.sandbox.store import Column, Link, Record, Rows, moment, word

_STAGES = {
    "Confirmed": "date_confirmed",
    "Triaged": "date_triaged",
    "In Progress": "date_in_progress",
    "Fix Committed": "date_fix_committed",
    "Fix Released": "date_fix_released",
}
"""Each status that leaves a date behind once it is reached or passed."""

_RANKS = {item.title: number for number, item in enumerate(words.BUG_TASK_STATUS.items)}
"""How far on each status is: Launchpad compares them in the order in which it lists them."""

_UNSHARED = "Won't Fix"
"""The status that a task does not share with the one of the series that has the project's focus."""

_ASSIGNING_OTHERS = (
    "Regular users can assign and unassign only themselves and their teams."
    " Only project owners, bug supervisors, drivers and release managers can assign others."
)


def stamps(row: Mapping[str, Any], old: str, new: str, now: datetime) -> dict[str, datetime | None]:
    """Return the dates that a change of status sets or clears (source).

    Going on dates every stage that is reached or passed, going back clears the later ones; reopening clears
    `date_closed`, and `date_left_new` stays as it first was, the only one that Unknown leaves.
    """
    before, after = _RANKS[old], _RANKS[new]
    if new == "Unknown":
        return dict.fromkeys([*_STAGES.values(), "date_incomplete", "date_deferred", "date_closed"])
    changed: dict[str, datetime | None] = {}
    for status, column in _STAGES.items():
        if before < _RANKS[status] <= after:
            changed[column] = now
        elif after < _RANKS[status]:
            changed[column] = None
    changed["date_incomplete"] = now if new == "Incomplete" else None
    if before < _RANKS["Deferred"] == after:
        changed["date_deferred"] = now
    elif after < _RANKS["Deferred"]:
        changed["date_deferred"] = None
    if old == "New" and row.get("date_left_new") is None:
        changed["date_left_new"] = now
    if new in words.OPEN_STATUSES:
        changed["date_closed"] = None
        if old in words.CLOSED_STATUSES:
            changed["date_left_closed"] = now
    elif old in words.OPEN_STATUSES:
        changed["date_closed"] = now
    return changed


@implementer(IBugTask)
class BugTask(Record, table="bug_task"):
    """A bug in a project, or in one of its series."""

    shows: ClassVar = {"bug": "bug", "assignee": "person", "milestone": "milestone", "owner": "person"}

    bug = Link("bug")
    owner = Link("person")
    status_explanation: Column[str | None] = Column()
    importance_explanation: Column[str | None] = Column()
    date_created = moment()
    date_assigned = moment()
    date_left_new = moment()
    date_incomplete = moment()
    date_confirmed = moment()
    date_triaged = moment()
    date_in_progress = moment()
    date_deferred = moment()
    date_fix_committed = moment()
    date_fix_released = moment()
    date_closed = moment()
    date_left_closed = moment()

    _status = word(words.BUG_TASK_STATUS, "status")
    _importance = word(words.BUG_TASK_IMPORTANCE, "importance")
    _milestone = Link("milestone", "milestone")
    _assignee = Link("person", "assignee")
    pillar = Link("project", "project")
    series = Link("series")

    def __repr__(self) -> str:
        return f"<BugTask for bug {self.bug.id} on {self.target!r}>"

    @property
    def path(self) -> str:
        """The address below the service root; it moves with the task's target."""
        return f"{self.target.path}/+bug/{self.row['bug']}"

    @property
    def title(self) -> str:
        """Number, project and title; quotes inside are left as they are."""
        return f'Bug #{self.bug.id} in {self.bug_target_display_name}: "{self.bug.title}"'

    @property
    def bug_target_name(self) -> str:
        """The name of the project, or `PROJECT/SERIES`."""
        return str(self.target.target_name)

    @property
    def bug_target_display_name(self) -> str:
        """The same for people."""
        return str(self.target.target_display_name)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to do."""
        return self.row["status"] in words.CLOSED_STATUSES

    @property
    def related_tasks(self) -> Rows:
        """The bug's other tasks."""

        def others() -> list[int]:
            return [number for number in task_ids(self.bug) if number != self.id]

        return Rows(self.store, "bug_task", others)

    def child(self, name: str, more: Any) -> Any:
        """Find a comment by its place: comment 0 is the description."""
        if name != "comments":
            return None
        return self.store.find("message", "bug = ? AND position = ?", self.bug, more())

    def before_change(self, name: str) -> None:
        """Ask the bug, which whoever may change it may change the tasks of."""
        self.bug.check_edit(self, name)

    def after_change(self, name: str) -> None:
        """Stamp the bug: a search by time finds it."""
        del name
        self.bug.touch()

    def _change(self, **values: object) -> None:
        """Change what a task of a project shares with the one of the series that has the project's focus.

        Launchpad keeps the two the same, Won't Fix apart, whichever is written (source).
        """
        twin = self._twin()
        self.write(**values)
        if twin is not None and getattr(values.get("status"), "title", None) != _UNSHARED:
            twin.write(**values)
        self.bug.touch()

    def _twin(self) -> Any:
        focus = self.pillar.row["development_focus"]
        if self.row["series"] is None:
            twin = primary = self.store.find("bug_task", "bug = ? AND series = ?", self.bug, focus)
        elif self.row["series"] == focus:
            primary = self
            twin = self.store.find("bug_task", "bug = ? AND project = ? AND series IS NULL", self.bug, self.pillar)
        else:
            return None
        return None if primary is None or primary.row["status"] == _UNSHARED else twin

    def take_over(self) -> None:
        """Start out, in the series that has the focus, as the project's task is."""
        twin = None if self.row["series"] is None else self._twin()
        if twin is not None:
            dates = [name for name in self.row if name.startswith("date_") and name != "date_created"]
            shared = ("status", "importance", "assignee", "milestone", *dates)
            self.write(**{name: twin.row[name] for name in shared})

    @property
    def _supervised(self) -> bool:
        return supervises(visit().person, self.target)

    @property
    def status(self) -> Any:
        """How far the work is."""
        return self._status

    @status.setter
    def status(self, new: Any) -> None:
        """Set the status: most words are open to everybody, some only to those who supervise the bugs.

        Fix Released may also be left by who reported the bug.
        """
        self.before_change("transitionToStatus")
        old = self.row["status"]
        mine = visit().person is not None and self.bug.owner.id == visit().person.id
        refused = (
            new.title in words.SUPERVISED_STATUSES
            or old in words.GUARDED_STATUSES
            or (old == "Fix Released" and not mine)
        )
        if refused and not self._supervised:
            raise refusal(f"Only Bug Supervisors may change status to {new.title}.")
        self._change(status=new, **stamps(self.row, old, new.title, self.store.now()))

    @property
    def importance(self) -> Any:
        """How much it matters."""
        return self._importance

    @importance.setter
    def importance(self, new: Any) -> None:
        self.before_change("transitionToImportance")
        self._require_supervisor("importance")
        self._change(importance=new)

    @property
    def milestone(self) -> Any:
        """What it is planned for."""
        return self._milestone

    @milestone.setter
    def milestone(self, new: Any) -> None:
        self.before_change("transitionToMilestone")
        self._require_supervisor("milestone")
        self._change(milestone=new)

    def _require_supervisor(self, name: str) -> None:
        if not self._supervised:
            raise refusal(f"User does not have sufficient permissions to edit the bug task {name}.")

    @property
    def assignee(self) -> Any:
        """Who is to do it."""
        return self._assignee

    @assignee.setter
    def assignee(self, new: Any) -> None:
        """Assign: everybody themselves, their teams and nobody, and others where there is no bug supervisor."""
        self.before_change("transitionToAssignee")
        free = new is None or self.pillar.bug_supervisor is None or is_in(visit().person, new)
        if not free and not self._supervised:
            raise refusal(_ASSIGNING_OTHERS)
        since = self.store.now() if self.row["assignee"] is None else self.row["date_assigned"]
        self._change(assignee=new, date_assigned=None if new is None else since)

    @property
    def target(self) -> Any:
        """The project or series."""
        return self.pillar if self.row["series"] is None else self.series

    @target.setter
    def target(self, new: Any) -> None:
        """Move the task to another project; a milestone of the old one is dropped."""
        self.before_change("transitionToTarget")
        if self.row["series"] is not None or new.pillar is not new:
            raise RefusedError("Series tasks may only be created by approving nominations.")
        check_target(self.bug, new)
        self.write(project=new, milestone=None)
        self.bug.touch()

    def check_choice(self, name: str, value: Any) -> bool:
        """Tell whether a link may be set: the rules that a field can't know without its task."""
        if name == "assignee":
            return bool(value.is_valid)
        if name == "milestone":
            return bool(value.is_active) and value.row["project"] == self.row["project"]
        return True

    def delete(self) -> None:
        """Delete the task, and the nomination that it came from; the bug's stamp stays.

        Its creator may, and who owns the project or supervises its bugs; the last task stays (source).
        """
        person = visit().person
        roles = (self.pillar.owner, self.pillar.bug_supervisor, self.owner)
        require("Delete", self, "delete", allowed=is_admin(person) or any(is_in(person, role) for role in roles))
        if len(task_ids(self.bug)) == 1:
            raise RefusedError(f"Cannot delete only bugtask affecting: {self.bug_target_display_name}.")
        self.store.execute("DELETE FROM nomination WHERE bug = ? AND series = ?", self.bug, self.row["series"])
        self.store.delete(self)


def task_ids(bug: Record) -> list[int]:
    """Return the rows of a bug's tasks in Launchpad's order: by project, each before its series."""
    found = bug.store.rows(
        "SELECT task.id FROM bug_task AS task JOIN project ON project.id = task.project"
        " LEFT JOIN series ON series.id = task.series WHERE bug = ?"
        " ORDER BY project.name, coalesce(series.name, '')",
        bug,
    )
    return [row["id"] for row in found]


def check_target(bug: Any, target: Any) -> None:
    """Refuse a second task of a bug in the same place."""
    scope = "project = ? AND series IS NULL" if target.pillar is target else "series = ?"
    if bug.store.value(f"SELECT 1 FROM bug_task WHERE bug = ? AND {scope}", bug, target) is not None:  # noqa: S608
        raise RefusedError(f"A fix for this bug has already been requested for {target.display_name}")


def add_task(bug: Any, target: Any, owner: Record, **values: object) -> Any:
    """Open a task of a bug; the bug's stamp stays as it is (seen on Launchpad, July 2025)."""
    check_target(bug, target)
    number = bug.store.insert(
        "bug_task",
        bug=bug,
        project=target.pillar,
        series=None if target.pillar is target else target,
        owner=owner,
        date_created=bug.store.now(),
        **values,
    )
    task = bug.store.get("bug_task", number)
    task.take_over()
    return task
