"""What is remembered of an action: what both sides last agreed on, and what was done and refused; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tracker.launchpad.limits import NO_IMPORTANCE
from tracker.sync.things import Kind, Thing, Trace

MAX_FORMER = 10
"""How many words that came to be replaced are remembered of a field."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """Both sides' words for a field when they last agreed; None is empty."""

    recap: str | None = None
    launchpad: str | None = None
    since: str = ""
    """When either word last changed: an ISO time in UTC; empty while it rests on an action's creation."""
    pulled_over: tuple[str, ...] = ()
    """The recap's words that were replaced since it last moved itself, the last at the end; empty for none."""


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
    blueprint: str | None = None
    """The blueprint that the action is, as PROJECT/NAME."""
    work_item: str | None = None
    """The blueprint among whose work items the action is, as PROJECT/NAME."""
    created: bool = False
    """Whether the tracker made the bug or blueprint; of a bug it then keeps the title in step."""
    creating: str | None = None
    """When a creation was begun of which no outcome is known: an ISO time in UTC."""
    sought: str | None = None
    """Where that bug is to be looked for: PROJECT and TAG, with a blank between, as they were then."""
    fields: Mapping[str, Agreed] = field(default_factory=dict)
    refused: Mapping[str, Refused] = field(default_factory=dict)
    linked: tuple[int, ...] = ()
    """Bugs that were linked to the blueprint once, and are not again after somebody unlinked them."""
    subscribed: tuple[str, ...] = ()
    """Accounts that were subscribed once, and are not again after they leave."""
    tags: tuple[str, ...] = ()
    """Tags that were pushed once."""
    commented: bool = False
    """Whether the comment that names the evidence was made."""
    formerly: tuple[str, ...] = ()
    """Full ids that the action had before, one of which its bug may carry."""

    @property
    def says_nothing(self) -> bool:
        """Whether nothing is remembered but the ids that the action had."""
        return replace(self, formerly=()) == Entry(self.action)

    @property
    def thing(self) -> Thing | None:
        """What the action is tracked as; None while a bug is only to be created for it."""
        for kind, name in ((Kind.BUG, self.bug), (Kind.BLUEPRINT, self.blueprint), (Kind.WORK_ITEM, self.work_item)):
            if name is not None:
                return Thing(kind, str(name))
        return None

    @property
    def trace(self) -> Trace | None:
        """What tells the action's thing from any other; None while a bug is only to be created for it."""
        if self.thing is None:
            return None
        title = self.fields.get("title") if self.work_item is not None else None
        return self.thing, (title.launchpad or "").strip() if title else None

    def tracking(self, thing: Thing) -> "Entry":
        """Return the entry as that of another thing."""
        return replace(
            self,
            bug=int(thing.name) if thing.kind is Kind.BUG else None,
            blueprint=thing.name if thing.kind is Kind.BLUEPRINT else None,
            work_item=thing.name if thing.kind is Kind.WORK_ITEM else None,
        )

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
                was_pulled = pulled_over is not None and name in pulled_over
                # Until the recap's word moves of itself, whatever was replaced may be put back.
                former = known.pulled_over if known and (was_pulled or known.recap == recap) else ()
                if pulled_over is not None and was_pulled:
                    former = (*former, pulled_over[name] or "")
                fields[name] = Agreed(recap, launchpad, now, tuple(dict.fromkeys(former))[-MAX_FORMER:])
        return replace(self, fields=fields, refused=refused)


Entries = dict[str, Entry]
"""The entries of one recap by action id."""
