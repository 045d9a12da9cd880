"""What happened in a sync, one value a step; pure."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a step ended."""

    DONE = "done"
    NOTE = "note"
    CONFLICT = "conflict"
    REFUSED = "refused"
    """Launchpad newly refused it."""
    FAILED = "failed"
    """It was not carried out, and the next sync will try it again."""


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a sync, as it ended."""

    kind: Kind
    action: str
    """The action's full id."""
    text: str
    remedy: str | None = None
    """What to do about a failure, beyond syncing again."""
