"""What actions are tracked as on Launchpad: bugs, blueprints, and lines of a blueprint's work items; pure."""

from dataclasses import dataclass
from enum import StrEnum

from tracker.recap.model import Action, BlueprintTarget, BugTarget, WorkItemTarget


class Kind(StrEnum):
    """What sort of thing it is."""

    BUG = "bug"
    BLUEPRINT = "blueprint"
    WORK_ITEM = "work item"


@dataclass(frozen=True, slots=True)
class Thing:
    """A bug, a blueprint, or the work items of a blueprint."""

    kind: Kind
    name: str
    """A bug's number, or PROJECT/NAME of a blueprint, since its name is unique in its project alone."""

    @property
    def key(self) -> str:
        """The key under which a recap names it."""
        return self.kind.replace(" ", "_")

    def __str__(self) -> str:
        if self.kind is Kind.BUG:
            return f"bug {self.name}"
        blueprint = self.name.partition("/")[2]
        return f"blueprint {blueprint}" if self.kind is Kind.BLUEPRINT else f"work item of {blueprint}"


Trace = tuple[Thing, str | None]
"""A thing, and for a work item its title: a blueprint has many, and nothing else tells them apart."""


def bug(number: int) -> Thing:
    """Return a bug as what an action is tracked as."""
    return Thing(Kind.BUG, str(number))


def thing_of(action: Action) -> Thing | None:
    """Return what an action's recap names; None for one without target, or whose bug has no number yet."""
    match action.target:
        case BugTarget(number=int() as number):
            return bug(number)
        case BlueprintTarget(name=name):
            return Thing(Kind.BLUEPRINT, f"{action.project}/{name}")
        case WorkItemTarget(blueprint=name):
            return Thing(Kind.WORK_ITEM, f"{action.project}/{name}")
    return None


def trace_of(action: Action) -> Trace | None:
    """Return what tells an action's thing from any other; None for one without, or whose bug has no number yet."""
    thing = thing_of(action)
    if thing is None:
        return None
    return thing, action.title.strip() if thing.kind is Kind.WORK_ITEM else None
