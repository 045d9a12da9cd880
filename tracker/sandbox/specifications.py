"""Blueprints: what is planned for a project, and who may change what of it."""

from typing import Any, ClassVar

from zope.interface import implementer

from tracker.sandbox import words
from tracker.sandbox.access import RefusedError, drives, is_admin, is_in, refusal, require, visit
from tracker.sandbox.specification_interfaces import ISpecification
from tracker.sandbox.store import Column, Link, Record, Rows, flag, moment, word
from tracker.sandbox.work_items import parse_work_items, render_work_items, replace_work_items, resolve_work_items

_UNSTARTED = ("Unknown", "Not started", "Deferred", "Informational")


class ForeignKeyViolation(Exception):  # noqa: N818 (a server error is answered with its name)
    """What a milestone of another project ends in (seen on Launchpad, July 2025)."""


@implementer(ISpecification)
class Specification(Record, table="specification"):
    """A blueprint of a project."""

    shows: ClassVar = {
        "project": "project",
        "owner": "person",
        "assignee": "person",
        "drafter": "person",
        "approver": "person",
        "milestone": "milestone",
    }

    name: Column[str] = Column()
    title: Column[str] = Column()
    specification_url: Column[str | None] = Column(column="specurl")
    summary: Column[str] = Column()
    whiteboard: Column[str | None] = Column()
    assignee = Link("person")
    drafter = Link("person")
    approver = Link("person")
    priority = word(words.SPECIFICATION_PRIORITY)
    direction_approved = flag()
    owner = Link("person")
    starter = Link("person")
    completer = Link("person")
    date_created = moment()
    date_started = moment()
    date_completed = moment()
    goal = Link("series")
    _project = Link("project", "project")
    _milestone = Link("milestone", "milestone")
    _information_type = word(words.INFORMATION_TYPE, "information_type")
    _definition_status = word(words.DEFINITION_STATUS, "definition_status")
    _implementation_status = word(words.IMPLEMENTATION_STATUS, "implementation_status")

    def __repr__(self) -> str:
        return f"<Specification {self.id} {self.name!r} for {self.target.name!r}>"

    @property
    def path(self) -> str:
        """The address below the service root; it moves with name and target."""
        return f"{self.target.path}/+spec/{self.name}"

    # What may be changed, and by whom.

    def before_change(self, name: str) -> None:
        """Check the rights: of most, those who have a part in the blueprint, and who drive the project."""
        match name:
            case "whiteboard":
                self._require_anybody(name)
            case "priority" | "direction_approved":
                require("Admin", self, name, allowed=drives(visit().person, self.target))
            case _:
                require("Edit", self, name, allowed=self._may_edit(visit().person))

    def _require_anybody(self, name: str) -> Any:
        """Return who asks: any logged-in person who sees the blueprint."""
        return require("AnyLegitimatePerson", self, name)

    def _may_edit(self, person: Any) -> bool:
        parts = [self.owner, self.drafter, self.assignee, self.approver]
        if self.goal is not None:
            parts += [self.goal.owner, self.goal.driver]
        return drives(person, self.target) or any(is_in(person, part) for part in parts)

    def check_name(self, name: str) -> None:
        """Refuse the name of another of the project's blueprints."""
        if self.store.value("SELECT 1 FROM specification WHERE project = ? AND name = ?", self.target, name):
            raise RefusedError(f"{name} is already in use by another blueprint.")

    def check_url(self, url: str) -> None:
        """Refuse the address of another blueprint's text."""
        if url != self.row["specurl"]:
            check_url(self.store, url)

    def check_work_items(self, text: str) -> None:
        """Refuse text that is no list of work items."""
        self._read_work_items(text)

    def check_choice(self, name: str, value: Any) -> bool:
        """Tell whether somebody can have a part in it: a valid account, and no private team."""
        del name
        return bool(value.is_valid) and not value.private

    @property
    def milestone(self) -> Any:
        """What it is planned for; a past milestone is as good as any."""
        return self._milestone

    @milestone.setter
    def milestone(self, new: Any) -> None:
        self.before_change("milestone")
        if new is not None and new.row["project"] != self.row["project"]:
            raise ForeignKeyViolation
        self.write(milestone=new)

    @property
    def target(self) -> Any:
        """The project."""
        return self._project

    @target.setter
    def target(self, new: Any) -> None:
        """Move it to another project, where its plans do not hold; its work items keep their milestones."""
        self.before_change("retarget")
        if self.store.value("SELECT 1 FROM specification WHERE project = ? AND name = ?", new.pillar, self.name):
            raise RefusedError(f"{self.name} is already in use by another blueprint.")
        check_target(new)
        self.write(
            project=new,
            milestone=None,
            goal=None,
            goal_is_accepted=False,
            priority="Undefined",
            direction_approved=False,
        )

    @property
    def information_type(self) -> Any:
        """Who may see it."""
        return self._information_type

    @information_type.setter
    def information_type(self, new: Any) -> None:
        """Make it public; the projects here sell nothing, so they have no private ones of their own (source)."""
        self.before_change("transitionToInformationType")
        if new.title != "Public":
            raise RefusedError("Forbidden by project policy.")
        self.write(information_type=new)

    @property
    def private(self) -> bool:
        """Whether only some see it."""
        return self.row["information_type"] not in words.PUBLIC_TYPES

    # How far it is.

    @property
    def definition_status(self) -> Any:
        """How far the plan is."""
        return self._definition_status

    @definition_status.setter
    def definition_status(self, new: Any) -> None:
        self.before_change("setDefinitionStatus")
        self.set_status(visit().person, definition_status=new)

    @property
    def implementation_status(self) -> Any:
        """How far the work is."""
        return self._implementation_status

    @implementation_status.setter
    def implementation_status(self, new: Any) -> None:
        self.before_change("setImplementationStatus")
        self.set_status(visit().person, implementation_status=new)

    def set_status(self, person: Any, **statuses: Any) -> None:
        """Set statuses, and put down who started or completed it thereby, or that nobody has."""
        self.write(**statuses)
        for holds, who, when in (
            (self.is_started, "starter", "date_started"),
            (self.is_complete, "completer", "date_completed"),
        ):
            if holds != (self.row[who] is not None):
                self.write(**{who: person if holds else None, when: self.store.now() if holds else None})

    @property
    def _approved_information(self) -> bool:
        statuses = (self.row["definition_status"], self.row["implementation_status"])
        return statuses == ("Approved", "Informational")

    @property
    def is_started(self) -> bool:
        """Whether work has begun."""
        return self.row["implementation_status"] not in _UNSTARTED or self._approved_information

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to do."""
        return (
            self.row["implementation_status"] == "Implemented"
            or self.row["definition_status"] in words.ENDING_DEFINITIONS
            or self._approved_information
        )

    @property
    def lifecycle_status(self) -> Any:
        """Both in a word."""
        title = "Complete" if self.is_complete else "Started" if self.is_started else "Not started"
        return words.item(words.LIFECYCLE_STATUS, title)

    @property
    def workitems_text(self) -> str:
        """The work items, a line each."""
        return render_work_items(self)

    @workitems_text.setter
    def workitems_text(self, new: str | None) -> None:
        self._require_anybody("setWorkItems")
        replace_work_items(self, self._read_work_items(new))

    def _read_work_items(self, text: str | None) -> list[dict[str, Any]]:
        return resolve_work_items(self, list(parse_work_items(text)))

    # The series that it is meant for.

    @property
    def has_accepted_goal(self) -> bool:
        """Whether those who drive a series have taken it up."""
        return self.row["goal"] is not None and bool(self.row["goal_is_accepted"])

    def propose_goal(self, goal: Any = None) -> None:
        """Propose it for a series, which takes it up at once where who asks drives that."""
        self.before_change("proposeGoal")
        if goal is not None and (goal.pillar is goal or goal.pillar is not self.target):
            raise RefusedError("Inappropriate goal.")
        self.write(goal=goal, goal_is_accepted=goal is not None and drives(visit().person, goal))

    def accept_goal(self) -> None:
        """Take it up."""
        self._decide("acceptBy", accepted=True)

    def decline_goal(self) -> None:
        """Take it up no more."""
        self._decide("declineBy", accepted=False)

    def _decide(self, name: str, *, accepted: bool) -> None:
        require("Driver", self, name, allowed=drives(visit().person, self.goal or self.target))
        self.write(goal_is_accepted=accepted)

    # What belongs to it; no date and no ETag shows a change of these.

    @property
    def bugs(self) -> Rows:
        """The linked bugs."""

        def ids() -> list[int]:
            found = self.store.rows("SELECT bug FROM specification_bug WHERE specification = ? ORDER BY bug", self)
            return [row["bug"] for row in found]

        return Rows(self.store, "bug", ids)

    @property
    def dependencies(self) -> Rows:
        """Nothing: no operation adds any."""
        return Rows(self.store, "specification", [])

    @property
    def linked_branches(self) -> Rows:
        """Nothing: there are no branches here."""
        return Rows(self.store, "specification", [])

    def link_bug(self, bug: Any) -> bool:
        """Link a bug, and tell whether it was not linked yet."""
        self._require_anybody("linkBug")
        linked = self._links(bug)
        if not linked:
            self.store.execute("INSERT INTO specification_bug VALUES (?, ?)", self, bug)
        return not linked

    def unlink_bug(self, bug: Any) -> bool:
        """Take a link away, and tell whether there was one."""
        self._require_anybody("unlinkBug")
        linked = self._links(bug)
        self.store.execute("DELETE FROM specification_bug WHERE specification = ? AND bug = ?", self, bug)
        return linked

    def _links(self, bug: Any) -> bool:
        return bool(
            self.store.value("SELECT 1 FROM specification_bug WHERE specification = ? AND bug = ?", self, bug)
        )

    def subscribe(self, person: Any, essential: bool = False) -> None:
        """Let somebody follow it, whoever that is."""
        self._require_anybody("subscribe")
        self.add_subscriber(person, essential=essential)

    def add_subscriber(self, person: Any, *, essential: bool = False) -> None:
        """Put down that somebody follows it, which lets them see it."""
        self.store.execute(
            "INSERT INTO specification_subscription (specification, person, is_essential) VALUES (?, ?, ?)"
            " ON CONFLICT (specification, person) DO UPDATE SET is_essential = excluded.is_essential",
            self,
            person,
            essential,
        )

    def unsubscribe(self, person: Any = None) -> None:
        """Take a person off: oneself, one's team, or anybody for who registered it."""
        me = self._require_anybody("unsubscribe")
        person = person or me
        if not self._is_followed_by(person):
            return
        if not (is_in(me, person) or is_in(me, self.owner) or is_admin(me)):
            raise refusal(f"{me.display_name} does not have permission to unsubscribe {person.display_name}.")
        self.store.execute(
            "DELETE FROM specification_subscription WHERE specification = ? AND person = ?", self, person
        )

    def _is_followed_by(self, person: Any) -> bool:
        return bool(
            self.store.value(
                "SELECT 1 FROM specification_subscription WHERE specification = ? AND person = ?", self, person
            )
        )


def check_target(target: Any) -> None:
    """Fail, as Launchpad does (seen in July 2025), at a series: a blueprint is a project's."""
    if target.pillar is not target:
        raise AssertionError


def check_url(store: Any, url: str) -> None:
    """Refuse an address that is none, or that a blueprint of any project has."""
    scheme, separator, rest = url.partition("://")
    if scheme not in {"http", "https", "ftp", "sftp"} or not separator or rest.partition("/")[0] == "":
        raise RefusedError("Not a valid URL.")
    other = store.find("specification", "specurl = ?", url)
    if other is not None:
        raise RefusedError(f"{url} is already registered by another blueprint.")
