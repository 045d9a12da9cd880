"""How a recap's status words and Launchpad's correspond; pure.

A recap word *agrees with* several of Launchpad's. It is sent only when the present one is outside those, so
that Launchpad's finer word is never flattened.
"""

from collections.abc import Mapping
from dataclasses import dataclass

_OPEN = frozenset({"New", "Incomplete", "Confirmed", "Triaged", "In Progress", "Deferred", "Fix Committed"})
_TODO = frozenset({"New", "Incomplete", "Confirmed", "Triaged"})
_DONE = frozenset({"Fix Committed", "Fix Released"})
_DROPPED = frozenset({"Invalid", "Opinion", "Won't Fix", "Expired", "Does Not Exist"})

DEFAULT_BUG_STATUS = "New"


@dataclass(frozen=True, slots=True)
class Words:
    """Launchpad's words for one recap word: those it agrees with, and the one that is sent otherwise.

    A *leaves_on* word agrees while it stands, but a change to it is news.
    """

    agrees: frozenset[str]
    sent: str
    leaves_on: frozenset[str] = frozenset()


BUG_STATUSES: Mapping[str, Words] = {
    "todo": Words(_TODO, "Confirmed"),
    "in progress": Words(frozenset({"In Progress"}), "In Progress"),
    "blocked": Words(_OPEN, "Confirmed", frozenset({"In Progress", "Fix Committed", "Deferred"})),
    "postponed": Words(_OPEN, "Confirmed", frozenset({"In Progress", "Fix Committed"})),
    "done": Words(_DONE, "Fix Released"),
    "dropped": Words(_DROPPED, "Invalid"),
}
"""The one table of bug statuses; its keys are all the words that a recap may use."""

# Of the words that several recap words agree with, what each reads as when Launchpad moved to it.
_READINGS: Mapping[str, str] = {
    **dict.fromkeys(_TODO, "todo"),
    "In Progress": "in progress",
    "Deferred": "postponed",
    **dict.fromkeys(_DONE, "done"),
    **dict.fromkeys(_DROPPED, "dropped"),
}


def bug_status_agrees(word: str, bug_status: str, previous: str | None = None) -> bool:
    """Tell whether a recap's word and a bug's status say the same.

    `previous` is the bug's status when the two last agreed: a blocked action stays blocked on a bug that *is*
    In Progress, but not on one that has just *become* so.
    """
    words = BUG_STATUSES[word]
    if bug_status in words.leaves_on and previous is not None and previous != bug_status:
        return False
    return bug_status in words.agrees


def read_bug_status(bug_status: str) -> str | None:
    """Return the recap's word for a bug's status; None for one that says nothing (Unknown)."""
    return _READINGS.get(bug_status)


def bug_status_to_send(word: str, chosen: Mapping[str, str]) -> str:
    """Return the bug status that a recap's word is sent as; `chosen` is the repository's own choice."""
    return chosen.get(word, BUG_STATUSES[word].sent)
