"""Nominations: that a bug is proposed for a series of a project, and becomes a task there once approved."""

from typing import Any

from zope.interface import implementer

from tracker.sandbox import words
from tracker.sandbox.access import RefusedError, drives, require, supervises, visit
from tracker.sandbox.bug_interfaces import INomination
from tracker.sandbox.store import Link, Record, Rows, moment, word
from tracker.sandbox.tasks import add_task


@implementer(INomination)
class Nomination(Record, table="nomination"):
    """That a bug is proposed for a series."""

    bug = Link("bug")
    productseries = Link("series", "series")
    owner = Link("person")
    decider = Link("person")
    status = word(words.NOMINATION_STATUS)
    date_created = moment()
    date_decided = moment()

    def __repr__(self) -> str:
        return f"<BugNomination bug={self.row['bug']} owner={self.row['owner']}>"

    @property
    def path(self) -> str:
        """The address below the service root."""
        return f"{self.bug.path}/nominations/{self.id}"

    @property
    def target(self) -> Any:
        """The series."""
        return self.productseries

    def can_approve(self) -> bool:
        """Tell whether the person who asks decides: who drives the series, or owns or drives the project."""
        return drives(visit().person, self.target)

    def approve(self) -> None:
        """Make a task in the series, once; a declined nomination may still be approved."""
        person = require("Driver", self, "approve", allowed=self.can_approve())
        if self.row["status"] != "Approved":
            self._decide(person, "Approved")
            add_task(self.bug, self.target, person)

    def decline(self) -> None:
        """Make none; what was approved stays so."""
        person = require("Driver", self, "decline", allowed=self.can_approve())
        if self.row["status"] == "Approved":
            raise RefusedError("Cannot decline an approved nomination.")
        self._decide(person, "Declined")

    def _decide(self, person: Record, status: str) -> None:
        self.write(status=status, decider=person, date_decided=self.store.now())


def can_be_nominated(bug: Record, target: Any) -> bool:
    """Tell whether a bug may be nominated for a target.

    That is a series that it is neither in nor nominated for (unless that was declined), of a project in which it
    has a task (source).
    """
    if target.pillar is target:
        return False
    nomination = _find(bug, target)
    if nomination is not None:
        return bool(nomination.row["status"] == "Declined")
    tasks = bug.store.select("bug_task", "bug = ? AND project = ?", bug, target.pillar)
    series = {task.row["series"] for task in tasks}
    return None in series and target.id not in series


def add_nomination(bug: Record, owner: Record, target: Any) -> Any:
    """Nominate a bug for a series, or once more after it was declined.

    Raises RefusedError when that can't be, or the owner supervises no bugs there: 400, not 401 (source).
    """
    if not can_be_nominated(bug, target):
        raise RefusedError(f"This bug cannot be nominated for {target.target_display_name}.")
    if not supervises(owner, target):
        raise RefusedError("Only bug supervisors or owners can nominate bugs.")
    nomination = _find(bug, target)
    if nomination is None:
        number = bug.store.insert("nomination", bug=bug, series=target, owner=owner, date_created=bug.store.now())
        return bug.store.get("nomination", number)
    nomination.write(status="Nominated", decider=None, date_decided=None)
    return nomination


def nominations(bug: Record, target: Any = None) -> Rows:
    """Return what a bug is nominated for, of all projects or one, by the names of the series."""
    found = bug.store.select("nomination", "bug = ?", bug)
    if target is not None and target.pillar is target:
        found = [one for one in found if one.target.pillar is target]
    found.sort(key=lambda one: one.target.target_display_name.lower())
    return Rows(bug.store, "nomination", [one.id for one in found])


def _find(bug: Record, series: Record) -> Any:
    return bug.store.find("nomination", "bug = ? AND series = ?", bug, series)
