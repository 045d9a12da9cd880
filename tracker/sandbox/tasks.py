"""Bug tasks: the state of a bug in one project, and who may change what of it."""

from datetime import datetime
from typing import Any

from zope.interface import implementer

from tracker.sandbox import words
from tracker.sandbox.access import RefusedError, is_in, refusal, supervises, visit
from tracker.sandbox.interfaces import IBugTask
from tracker.sandbox.store import Column, Link, Record, Rows, moment, word

STAGES = {
    "Confirmed": "date_confirmed",
    "Triaged": "date_triaged",
    "In Progress": "date_in_progress",
    "Fix Committed": "date_fix_committed",
    "Fix Released": "date_fix_released",
}
"""Each status that has a date of its own, in the order of a bug's life."""

_ASSIGNING_OTHERS = (
    "Regular users can assign and unassign only themselves and their teams."
    " Only project owners, bug supervisors, drivers and release managers can assign others."
)


def stamps(row: dict[str, Any], old: str, new: str, now: datetime) -> dict[str, datetime | None]:
    """Return the dates that a change of status sets or clears.

    Every stage up to the new one has a date, a skipped one the present; going back clears the later ones, and
    reopening clears `date_closed`.
    """
    order = list(STAGES)
    reached = order.index(new) + 1 if new in order else 0
    changed: dict[str, datetime | None] = {}
    for number, column in enumerate(STAGES.values()):
        if number >= reached:
            changed[column] = None
        elif row[column] is None:
            changed[column] = now
    changed["date_incomplete"] = now if new == "Incomplete" else None
    changed["date_deferred"] = now if new == "Deferred" else None
    if old == "New":
        changed["date_left_new"] = now
    elif new == "New":
        changed["date_left_new"] = None
    if new in words.CLOSED_STATUSES and old not in words.CLOSED_STATUSES:
        changed["date_closed"] = now
    elif old in words.CLOSED_STATUSES and new not in words.CLOSED_STATUSES:
        changed |= {"date_closed": None, "date_left_closed": now}
    return changed


@implementer(IBugTask)
class BugTask(Record, table="bug_task"):
    """A bug in a project."""

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
    _target = Link("project", "target")

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
        """The project's name."""
        return str(self.target.name)

    @property
    def bug_target_display_name(self) -> str:
        """The project's name for people."""
        return str(self.target.display_name)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to do."""
        return self.row["status"] in words.CLOSED_STATUSES

    @property
    def related_tasks(self) -> Rows:
        """The bug's other tasks."""
        found = self.store.rows("SELECT id FROM bug_task WHERE bug = ? AND id != ? ORDER BY id", self.bug, self)
        return Rows(self.store, "bug_task", [row["id"] for row in found])

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
        self.write(**values)
        self.bug.touch()

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
        free = new is None or self.target.bug_supervisor is None or is_in(visit().person, new)
        if not free and not self._supervised:
            raise refusal(_ASSIGNING_OTHERS)
        self._change(assignee=new, date_assigned=None if new is None else self.store.now())

    @property
    def target(self) -> Any:
        """The project."""
        return self._target

    @target.setter
    def target(self, new: Any) -> None:
        """Move the task to another project; a milestone of the old one is dropped."""
        self.before_change("transitionToTarget")
        self._change(target=new, milestone=None)

    def check_choice(self, name: str, value: Any) -> bool:
        """Tell whether a link may be set: the rules that a field can't know without its task."""
        if name == "assignee":
            return bool(value.is_valid)
        if name == "milestone":
            return bool(value.is_active) and value.row["project"] == self.row["target"]
        if name == "target":
            check_new_target(self.bug, value)
        return True


def check_new_target(bug: Any, target: Any) -> None:
    """Refuse a second task of a bug in the same project."""
    if bug.store.value("SELECT 1 FROM bug_task WHERE bug = ? AND target = ?", bug, target) is not None:
        raise RefusedError(f"A fix for this bug has already been requested for {target.display_name}")


def add_task(bug: Any, target: Any, owner: Record, **values: object) -> Any:
    """Open a task of a bug; the bug's stamp stays as it is (seen on Launchpad, July 2025)."""
    check_new_target(bug, target)
    number = bug.store.insert("bug_task", bug=bug, target=target, owner=owner, date_created=bug.store.now(), **values)
    return bug.store.get("bug_task", number)
