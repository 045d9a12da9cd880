"""What is remembered of an action: what both sides last agreed on, and what was done and refused; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tracker.launchpad.limits import NO_IMPORTANCE


@dataclass(frozen=True, slots=True)
class Agreed:
    """Both sides' words for a field when they last agreed; None is empty."""

    recap: str | None = None
    launchpad: str | None = None
    since: str = ""
    """When either word last changed: an ISO time in UTC; empty while it rests on an action's creation."""
    pulled_over: str | None = None
    """The recap's word that the last change replaced, when it came from Launchpad; empty for none."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A write that Launchpad did not take, and what it rested on."""

    value: str | None = None
    seen: str | None = None
    """Launchpad's value at the time."""
    account: str = ""
    """Whom it refused; empty when Launchpad failed, so that whoever comes next tries again."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is remembered of one action."""

    action: str
    bug: int | None = None
    created: bool = False
    """Whether the tracker made the bug, and so keeps its title in step."""
    creating: str | None = None
    """When a creation was begun of which no outcome is known: an ISO time in UTC."""
    fields: Mapping[str, Agreed] = field(default_factory=dict)
    refused: Mapping[str, Refused] = field(default_factory=dict)
    subscribed: tuple[str, ...] = ()
    """Accounts that were subscribed once, and are not again after they leave."""
    tags: tuple[str, ...] = ()
    """Tags that were pushed once."""
    commented: bool = False
    """Whether the comment that names the evidence was made."""

    def agree(
        self,
        words: Mapping[str, tuple[str | None, str | None]],
        now: str,
        pulled_over: Mapping[str, str | None] | None = None,
    ) -> "Entry":
        """Return the entry with fields brought up to both sides' words; a field that is unchanged keeps its time.

        `pulled_over` has the recap's former words of fields that came from Launchpad.
        """
        fields = dict(self.fields)
        refused = dict(self.refused)
        for name, (recap, launchpad) in words.items():
            known = fields.get(name)
            refused.pop(name, None)
            if known is None and not recap and launchpad in {None, NO_IMPORTANCE}:
                continue  # two sides that were never anything but empty
            if known is None or not known.since or (known.recap, known.launchpad) != (recap, launchpad):
                former = (pulled_over[name] or "") if pulled_over and name in pulled_over else None
                fields[name] = Agreed(recap, launchpad, now, former)
        return replace(self, fields=fields, refused=refused)


Entries = dict[str, Entry]
"""The entries of one recap by action id."""
