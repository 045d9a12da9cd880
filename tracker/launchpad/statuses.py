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
DEFAULT_BLUEPRINT_STATUS = "Unknown"
DEFAULT_WORK_ITEM_STATUS = "TODO"


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

_STARTED = frozenset({
    "Needs Infrastructure", "Started", "Slow progress", "Good progress", "Beta Available", "Needs Code Review",
    "Deployment",
})  # fmt: skip
_NOT_STARTED = frozenset({"Unknown", "Not started"})
_ENDED = frozenset({"Obsolete", "Superseded"})
_IMPLEMENTED = "Implemented"
_INFORMATIONAL = "Informational"
_APPROVED = "Approved"
_REOPENED = "New"
# A blueprint that was implemented, and later given up or replaced: both are so.
_IMPLEMENTED_ONCE = frozenset(f"{word}, {_IMPLEMENTED}" for word in _ENDED)
_BLUEPRINT_DONE = frozenset({_IMPLEMENTED, _INFORMATIONAL}) | _IMPLEMENTED_ONCE

BLUEPRINT_STATUSES: Mapping[str, Words] = {
    "todo": Words(_NOT_STARTED, "Not started"),
    "in progress": Words(_STARTED, "Started"),
    "blocked": Words(frozenset({"Blocked"}), "Blocked"),
    "postponed": Words(frozenset({"Deferred"}), "Deferred"),
    "done": Words(_BLUEPRINT_DONE, _IMPLEMENTED),
    "dropped": Words(_ENDED | _IMPLEMENTED_ONCE, "Obsolete"),
}
"""The table of what `blueprint_status` makes of a blueprint's two statuses."""

WORK_ITEM_STATUSES: Mapping[str, Words] = {
    "todo": Words(frozenset({"TODO"}), "TODO"),
    "in progress": Words(frozenset({"INPROGRESS"}), "INPROGRESS"),
    "blocked": Words(frozenset({"BLOCKED"}), "BLOCKED"),
    "postponed": Words(frozenset({"POSTPONED"}), "POSTPONED"),
    "done": Words(frozenset({"DONE"}), "DONE"),
    "dropped": Words(frozenset({"POSTPONED"}), "POSTPONED"),
}
"""The table of the statuses of work items; Launchpad has no other words for them (seen July 2025)."""
WORK_ITEM_WORDS = frozenset(words.sent for words in WORK_ITEM_STATUSES.values())


@dataclass(frozen=True)
class Vocabulary:
    """How recaps and one kind of thing on Launchpad say where an action stands."""

    statuses: Mapping[str, Words]
    """Launchpad's words for each of the recap's."""
    readings: Mapping[str, str]
    """What each of Launchpad's words reads as when it moved there."""
    default: str
    """Launchpad's word for what nobody has said anything of."""

    def agrees(self, word: str, status: str, previous: str | None = None) -> bool:
        """Tell whether a recap's word and Launchpad's say the same.

        `previous` is Launchpad's word when the two last agreed: a blocked action stays blocked on a bug that *is*
        In Progress, but not on one that has just *become* so.
        """
        words = self.statuses[word]
        if status in words.leaves_on and previous is not None and previous != status:
            return False
        return status in words.agrees

    def read(self, status: str) -> str | None:
        """Return the recap's word for Launchpad's; None for one that says nothing (a bug's Unknown)."""
        return self.readings.get(status)

    def to_send(self, word: str, chosen: Mapping[str, str]) -> str:
        """Return the word that a recap's is sent as; `chosen` is the repository's own choice."""
        return chosen.get(word, self.statuses[word].sent)


BUGS = Vocabulary(BUG_STATUSES, _READINGS, DEFAULT_BUG_STATUS)
BLUEPRINTS = Vocabulary(
    BLUEPRINT_STATUSES,
    {
        **{status: word for word, words in BLUEPRINT_STATUSES.items() for status in words.agrees},
        **dict.fromkeys(_IMPLEMENTED_ONCE, "done"),
    },
    DEFAULT_BLUEPRINT_STATUS,
)
WORK_ITEMS = Vocabulary(
    WORK_ITEM_STATUSES,
    {
        **{status: word for word, words in WORK_ITEM_STATUSES.items() for status in words.agrees},
        "POSTPONED": "postponed",
    },
    DEFAULT_WORK_ITEM_STATUS,
)


def blueprint_status(definition: str, implementation: str) -> str:
    """Return the one word that says where a blueprint stands, out of its definition and implementation status.

    It is that of the implementation, until the definition ends the blueprint; when both end it, both. An
    informational blueprint has nothing to implement: once approved it is complete, before that it says nothing
    (as Launchpad's own `is_complete`; source).
    """
    if definition in _ENDED:
        return f"{definition}, {_IMPLEMENTED}" if implementation == _IMPLEMENTED else definition
    if implementation == _INFORMATIONAL and definition != _APPROVED:
        return f"{_INFORMATIONAL}, not approved"
    return implementation


def blueprint_changes(status: str, definition: str) -> dict[str, str]:
    """Return the fields that bring a blueprint to a status that is sent; `definition` is its definition status now.

    A blueprint that its definition has ended is opened again by it, as New.
    """
    if status in _ENDED:
        return {"definition_status": status}
    reopened = {"definition_status": _REOPENED} if definition in _ENDED else {}
    return {"implementation_status": status, **reopened}


def bug_status_to_send(word: str, chosen: Mapping[str, str]) -> str:
    """Return the bug status that a recap's word is sent as; `chosen` is the repository's own choice."""
    return BUGS.to_send(word, chosen)
