"""What a sync would do, as data, and what that rests on; pure."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tracker.launchpad.snapshots import (
    BlueprintSnapshot,
    BugSnapshot,
    TaskAnswer,
    TaskSnapshot,
    WorkItemSnapshot,
)
from tracker.recap.model import Action, Recap
from tracker.recap.parse import Settings
from tracker.recap.people import People
from tracker.sync.entries import Entry, Refused
from tracker.sync.identity import read_identity
from tracker.sync.merge import FieldMerge, Outcome, Prefer, Shown
from tracker.sync.things import Thing, Trace, bug, thing_of


@dataclass(frozen=True)
class Observed:
    """What Launchpad showed: tasks by project and number, bugs that were read alone, and to whom."""

    tasks: Mapping[tuple[str, int], TaskAnswer] = field(default_factory=dict)
    bugs: Mapping[int, BugSnapshot] = field(default_factory=dict)
    blueprints: Mapping[str, BlueprintSnapshot | None] = field(default_factory=dict)
    """Blueprints by PROJECT/NAME; None of one that Launchpad does not show."""
    coming: Mapping[str, BlueprintSnapshot] = field(default_factory=dict)
    """Blueprints that are to be made, by PROJECT/NAME."""
    absent_names: frozenset[str] = frozenset()
    """Accounts, as `~NAME`, and milestones, as PROJECT/NAME, that Launchpad does not have: work items name them."""
    absent_projects: Mapping[str, str] = field(default_factory=dict)
    """Projects that Launchpad does not show, with what it said."""
    account: str | None = None
    """The account, when it was asked for."""

    def tracking(self, full_ids: Container[str]) -> list[int]:
        """Return the bugs that name one of these actions in their description, and are no duplicates."""
        return sorted(
            number
            for number, bug in self.bugs.items()
            if bug.duplicate_of is None and read_identity(bug.description) in full_ids
        )

    def shows(self, project: str, number: int) -> bool:
        """Tell whether a bug has a task in a project that this account may see."""
        return isinstance(self.tasks.get((project, number)), TaskSnapshot)


@dataclass(frozen=True)
class Context:
    """What deciding rests on besides the action itself."""

    people: People
    settings: Settings
    prefer: Prefer | None = None
    retry_refused: bool = False
    account: str | None = None
    gone_accounts: Mapping[str, str | None] = field(default_factory=dict)
    """Accounts of people.yaml that Launchpad does not have any more, and what they are called now if it says so."""
    absent_names: frozenset[str] = frozenset()
    """As `Observed` has them."""
    holders: Mapping[Trace, str] = field(default_factory=dict)
    """Which action has a thing, by its full id."""
    foreign: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """The bugs that the bases of other services know, by service and full id."""


class Problem(StrEnum):
    """Why an action is left as it is."""

    INPUT = "input"
    """The recap asks for something that is not there."""
    WARNING = "warning"
    """Launchpad shows something that a person should look at."""
    REFUSED = "refused"
    """Launchpad refused it before, and it is not tried again."""
    NOTE = "note"
    """Worth knowing, nothing to do."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to tell about an action that is no change."""

    kind: Problem
    text: str
    field: str | None = None


@dataclass(frozen=True)
class ActionPlan:
    """What would be done for one action."""

    recap: Recap
    action: Action
    index: int
    """The action's place in its recap."""
    entry: Entry
    """What the base holds, or would hold before this is carried out."""
    formerly: tuple[str, ...] = ()
    """Full ids that it had before: its bug may carry one of them."""
    fields: frozenset[str] | None = None
    """The fields that this is about; None is all of them."""
    shown: Shown | None = None
    """The read that this rests on; None when nothing can be done."""
    create: bool = False
    """Whether the bug, the blueprint or the line among its work items is to be made."""
    description: str = ""
    """The text of the bug, or the summary of the blueprint, that would be created."""
    write_number: int | None = None
    """The bug that the recap is to name, when it names another or none."""
    write_name: str | None = None
    """The blueprint that the recap is to name as one that exists."""
    merges: tuple[FieldMerge, ...] = ()
    refused: Mapping[str, Refused] = field(default_factory=dict)
    """Pushes that Launchpad refused before and that are not tried again."""
    add_tags: tuple[str, ...] = ()
    subscribe: tuple[str, ...] = ()
    link: tuple[str, ...] = ()
    """Full ids of actions whose bugs, as they are by then, are linked to the blueprint."""
    comment: str | None = None
    duplicates: tuple[int, ...] = ()
    """Bugs with the same identity, to be marked as duplicates of this one."""
    remarks: tuple[Remark, ...] = ()

    @property
    def full_id(self) -> str:
        """The action's id over all recaps."""
        return self.recap.full_id(self.action)

    @property
    def full_ids(self) -> set[str]:
        """The action's id and those it had before: what its bug may carry."""
        return {*(f"{self.recap.id}#{one}" for one in (self.action.id, *self.action.previously)), *self.formerly}

    @property
    def task(self) -> TaskSnapshot | None:
        """The bug's task that this rests on; None for what is no bug."""
        return self.shown if isinstance(self.shown, TaskSnapshot) else None

    @property
    def blueprint(self) -> BlueprintSnapshot | None:
        """The blueprint that is written for this: the action's own, or that whose work items have it."""
        return self.shown.blueprint if isinstance(self.shown, WorkItemSnapshot) else self._own_blueprint

    @property
    def stands_twice(self) -> bool:
        """Whether the action's line is more than once among the work items, as when two people add it at once."""
        return isinstance(self.shown, WorkItemSnapshot) and self.shown.count > 1

    @property
    def is_blueprint(self) -> bool:
        """Whether the action is a blueprint."""
        return isinstance(self.shown, BlueprintSnapshot)

    @property
    def _own_blueprint(self) -> BlueprintSnapshot | None:
        return self.shown if isinstance(self.shown, BlueprintSnapshot) else None

    @property
    def thing(self) -> Thing | None:
        """What the action is, or is to be, tracked as; None when nothing can be done, or for a new bug."""
        if self.task is not None:
            return None if self.create else bug(self.task.bug)
        return thing_of(self.action) if self.shown is not None else None

    @property
    def trace(self) -> Trace | None:
        """What tells that thing from any other."""
        title = self.shown.title.strip() if isinstance(self.shown, WorkItemSnapshot) else None
        return (self.thing, title) if self.thing is not None else None

    @property
    def bug(self) -> int | None:
        """The bug, unless it is yet to be created."""
        return self.task.bug if self.task is not None and not self.create else None

    def of(self, outcome: Outcome) -> list[FieldMerge]:
        """Return the fields with this outcome; refused pushes are not among them."""
        return [merge for merge in self.merges if merge.outcome is outcome and merge.field not in self.refused]

    @property
    def pushes(self) -> list[FieldMerge]:
        """Fields to write on Launchpad."""
        return self.of(Outcome.PUSH)

    @property
    def pulls(self) -> list[FieldMerge]:
        """Fields to write into the recap."""
        return self.of(Outcome.PULL)

    @property
    def conflicts(self) -> list[FieldMerge]:
        """Fields that a person must settle."""
        return self.of(Outcome.CONFLICT)

    @property
    def is_in_step(self) -> bool:
        """Whether both sides say the same, with nothing left to tell."""
        told = any(remark.kind is not Problem.NOTE for remark in self.remarks)
        return self.shown is not None and not (self.has_changes or self.refused or told or self.of(Outcome.HELD))

    @property
    def has_changes(self) -> bool:
        """Whether anything would be written on Launchpad or in the recap."""
        return bool(
            self.create
            or self.write_number
            or self.write_name
            or self.pushes
            or self.pulls
            or self.add_tags
            or self.subscribe
            or self.link
            or self.stands_twice
            or self.comment
            or self.duplicates
        )


@dataclass(frozen=True)
class Plan:
    """Everything that a sync would do, in the order of recaps and actions."""

    actions: tuple[ActionPlan, ...]
    remarks: tuple[tuple[str, Remark], ...] = ()
    """What is to be told of recaps, and of ids that none has any more."""

    @property
    def creations(self) -> list[ActionPlan]:
        """The actions that would get a new bug or blueprint; a line among work items can be taken out again."""
        return [action for action in self.actions if action.create and not isinstance(action.shown, WorkItemSnapshot)]

    @property
    def changed(self) -> list[ActionPlan]:
        """The actions for which anything would be written."""
        return [action for action in self.actions if action.has_changes]

    @property
    def conflicts(self) -> int:
        """How many fields a person must settle."""
        return sum(len(action.conflicts) for action in self.actions)

    @property
    def has_input_problems(self) -> bool:
        """Whether a recap asks for something that Launchpad does not have."""
        return any(remark.kind is Problem.INPUT for action in self.actions for remark in action.remarks)
