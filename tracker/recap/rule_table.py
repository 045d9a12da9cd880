"""Every rule's id, what it says, how bad breaking it is, and whether it can be switched off; pure."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad it is: errors keep a file from being used, warnings don't."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """One rule, as the documentation has it."""

    says: str
    needed: str | None = None
    """What would happen without it, for one that cannot be switched off."""
    severity: Severity = Severity.ERROR


_UNREAD = "the file could not be read"
_LOST = "a sync would take the value for one that was taken out"
_REFUSED = "Launchpad would refuse the action with all that it says"
_FOUGHT = "two actions would write over each other on Launchpad"
_CONFUSED = "one person or action would be taken for another"

RULES: dict[str, RuleEntry] = {
    "R001": RuleEntry("the file is not YAML", _UNREAD),
    "R002": RuleEntry("bytes or characters that YAML cannot hold", _UNREAD),
    "R003": RuleEntry("the file is larger than 1 MB, or a file of .synced/ than 32 MB", _UNREAD),
    "R004": RuleEntry("values are nested more than 100 deep", _UNREAD),
    "R005": RuleEntry("anchors, aliases and tags are not used", _UNREAD),
    "R006": RuleEntry("a key stands twice, or is not a word", _LOST),
    "R007": RuleEntry("the file is empty", _UNREAD),
    "R008": RuleEntry("git's conflict marks are left in the file", _UNREAD),
    "R009": RuleEntry("the file cannot be read, or its name cannot be a recap's id", _UNREAD),
    "R010": RuleEntry("a key is not known", _LOST),
    "R011": RuleEntry("a key is missing", "nothing would tell what the file or the action is about"),
    "R012": RuleEntry("a person is not in people.yaml", _LOST),
    "R013": RuleEntry("a name means several people", _CONFUSED),
    "R014": RuleEntry("a list, mapping or single value stands where another kind is expected", _LOST),
    "R015": RuleEntry("a value has not the form that its key asks for", _LOST),
    "R016": RuleEntry("a word is not one of those that its key knows", _LOST),
    "R017": RuleEntry("Launchpad has no such names", _LOST),
    "R018": RuleEntry("Launchpad would refuse the title", _REFUSED),
    "R019": RuleEntry("Launchpad would refuse the tag", _REFUSED),
    "R020": RuleEntry("an id has characters that ids cannot have", _CONFUSED),
    "R021": RuleEntry("a link is not an address"),
    "R022": RuleEntry("two actions have the same id", _CONFUSED),
    "R023": RuleEntry("an action has two targets", "each of them would overwrite the other"),
    "R024": RuleEntry("a target is neither new, a number, a name nor an address", _LOST),
    "R025": RuleEntry("two actions are tracked as the same bug", _FOUGHT),
    "R026": RuleEntry("an action's topic is none of the recap's topics", severity=Severity.WARNING),
    "R027": RuleEntry("an action has the same owner twice"),
    "R028": RuleEntry("an entry of people.yaml stands against another", _CONFUSED),
    "R029": RuleEntry("a status is sent as a word that it does not agree with", "every sync would change it again"),
    "R030": RuleEntry("a number after `#` is a comment, not a value", severity=Severity.WARNING),
    "R031": RuleEntry("a line of .synced/ is not one that the tracker wrote", _UNREAD),
    "R032": RuleEntry("a value ends at a `#` that may be meant as text", severity=Severity.WARNING),
    "R033": RuleEntry(
        "a file has more than 100 problems, and only those are shown", "nothing would say that there are more"
    ),
    "R034": RuleEntry("two actions are the same blueprint", _FOUGHT),
    "R035": RuleEntry("two actions are the same work item of a blueprint", _FOUGHT),
    "R036": RuleEntry("Launchpad would not take the title for that of a work item", _REFUSED),
    "R037": RuleEntry("a question of `tracker import` is still in the file", severity=Severity.WARNING),
    "R038": RuleEntry("an action goes on with none that is there", severity=Severity.WARNING),
    "R101": RuleEntry("Launchpad could not be asked about names", severity=Severity.WARNING),
    "R102": RuleEntry("Launchpad shows no such project"),
    "R103": RuleEntry("Launchpad has no such account"),
    "R104": RuleEntry("the project has no such milestone"),
    "R105": RuleEntry("Launchpad shows no such blueprint"),
    "R106": RuleEntry("Launchpad shows no such bug"),
    "R107": RuleEntry("the bug is not one of the action's project"),
}
"""Every diagnostic's id, in order; those from R101 on are found by `check --live` alone."""

OPTIONAL = tuple(rule for rule, entry in RULES.items() if entry.needed is None)
"""The rules that tracker.yaml may switch off: what breaks them is read as it was written all the same."""
