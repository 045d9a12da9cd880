"""What both sides say before and after a sync, and what that may have changed: nothing that somebody wrote."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.sync.stage import Blueprint, Bug, Line
from tracker.launchpad.statuses import BLUEPRINTS, BUGS, WORK_ITEMS
from tracker.sync.entries import Agreed, Entry
from tracker.sync.things import Kind

FIELDS = ("title", "owner", "status", "milestone", "importance")
KEYS = {Kind.BUG: FIELDS, Kind.BLUEPRINT: ("owner", "status", "milestone"), Kind.WORK_ITEM: FIELDS[:4]}
"""What is kept in step of each kind of thing."""
VOCABULARIES = {Kind.BUG: BUGS, Kind.BLUEPRINT: BLUEPRINTS, Kind.WORK_ITEM: WORK_ITEMS}
DEFAULTS = {"importance": "Undecided"}

Words = dict[str, str | None]


@dataclass(frozen=True)
class Sides:
    """Everything that both sides say, by a name of each action that stays whatever id it gets."""

    text: str
    recap: dict[str, Words]
    numbers: dict[str, int | None]
    """The bugs that actions name; of one that is yet to be created it is None."""
    named: dict[str, tuple[Kind, str]]
    """The blueprints that other actions name, and what they are of them."""
    bugs: dict[int, Bug]
    blueprints: dict[str, Blueprint]
    entries: dict[str, Entry]

    def launchpad(self, number: int) -> Words:
        bug = self.bugs[number]
        return {
            "title": bug.title,
            "owner": bug.assignee,
            "status": bug.status,
            "milestone": bug.milestone,
            "importance": bug.importance,
        }

    def lines(self, name: str) -> list[Line]:
        """Return the lines of an action: those of the title that was agreed on, else of the one that it has now."""
        _, blueprint = self.named[name]
        entry = self.entries.get(name)
        agreed = entry.fields.get("title") if entry is not None and entry.work_item else None
        found = self.blueprints[blueprint].lines if blueprint in self.blueprints else ()
        titles = [agreed.launchpad if agreed else None, self.recap[name]["title"]]
        same = ([one for one in found if one.title.strip() == (title or "").strip()] for title in titles if title)
        return next(filter(None, same), [])

    def plan(self, name: str) -> Words | None:
        """Return what Launchpad says of an action that is a blueprint or a line; None when that is not one thing."""
        kind, blueprint = self.named[name]
        one: Blueprint | Line | None = self.blueprints.get(blueprint)
        if kind is Kind.WORK_ITEM:
            lines = self.lines(name)
            one = lines[0] if len(lines) == 1 else None
        if one is None:
            return None
        title = one.title.strip()
        return {"title": title, "owner": one.assignee, "status": one.status, "milestone": one.milestone}

    def master(self, number: int) -> int:
        return self.bugs[number].duplicate_of or number


def agree(key: str, recap: str | None, launchpad: str | None, kind: Kind = Kind.BUG) -> bool:
    """Tell whether both sides say the same, read without the code under test's own merge."""
    match key:
        case "status":
            return VOCABULARIES[kind].agrees(recap or "todo", launchpad or "")
        case "owner":
            claim = None if recap is None or recap.endswith("?") or recap == "paper" else recap
            return claim == (launchpad if launchpad != "armando" else "~armando")
        case "importance":
            return (recap or "Undecided") == launchpad
    return recap == launchpad


@dataclass
class Memory:
    """What was written in the course of a schedule."""

    project: str
    names: dict[str, str] = field(default_factory=dict)
    """The name of an action by every full id that it ever had."""
    seen: dict[tuple[Any, str], set[str | None]] = field(default_factory=lambda: defaultdict(set))
    """All that a side ever said in a field, by action or bug."""
    comments: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    """What people have said, by bug."""


def rest_of(text: str) -> list[str]:
    """Return the lines of a recap that no sync has any business with."""
    return [
        line for line in text.splitlines() if line.strip().partition(":")[0] not in {*FIELDS, "bug", "blueprint", ""}
    ]


def check(
    memory: Memory, before: Sides, after: Sides, *, old_news: bool = False, planned: Iterable[int | None] = ()
) -> None:
    """Hold what a sync did against what was written on either side since both agreed.

    With old news the recap may follow what Launchpad has said before, which the next sync brings back, and a bug that
    nobody sees is private or moved may be written. So may a planned one, whose action was taken out of the recap when
    the sync had begun.
    """
    assert rest_of(after.text) == rest_of(before.text)
    for number, bug in before.bugs.items():
        now = after.bugs[number]
        assert set(bug.tags) <= set(now.tags), number
        assert (bug.private, bug.project) == (now.private, now.project), number
        assert memory.comments[number] <= set(now.comments), number
        assert bug.duplicate_of in {None, now.duplicate_of}, number
        assert set(bug.subscribers) <= set(now.subscribers), number
    tracked = set(planned)
    for name, number in before.numbers.items():
        if number is None:
            check_new(name, before, after)
            own = (bug for bug in before.bugs.values() if bug.identity)
            tracked |= {bug.number for bug in own if memory.names.get(bug.identity or "") == name}
            continue
        master = number if old_news else before.master(number)
        tracked |= {master, before.master(number), after.numbers[name]}
        bug = before.bugs[master]
        left = bug.private or bug.project != memory.project
        entry = before.entries.get(name)
        known = entry.fields if entry is not None and entry.bug == master else {}
        for key in FIELDS:
            base = known.get("lead" if key == "owner" else key)
            recaps = before.recap[name][key], after.recap[name][key]
            launchpads = before.launchpad(master)[key], after.launchpad(master)[key]
            check_field(key, base, recaps, launchpads, (name, key, master), left=left, old_news=old_news)
    for number in before.bugs.keys() - tracked:
        assert after.launchpad(number) == before.launchpad(number) or number in after.numbers.values(), number
    check_blueprints(before, after)
    for name, (kind, _) in before.named.items():
        check_plan(name, kind, before, after, old_news=old_news)
    check_base(memory, before, after)


def check_blueprints(before: Sides, after: Sides) -> None:
    """See that blueprints have lost nothing, and that whatever is no action's is as it was."""
    tracked = {blueprint for kind, blueprint in before.named.values() if kind is Kind.BLUEPRINT}
    own = {
        line.row for name, (kind, _) in before.named.items() if kind is Kind.WORK_ITEM for line in before.lines(name)
    }
    for name, one in before.blueprints.items():
        now = after.blueprints[name]
        texts = (one.title, one.summary, one.whiteboard)
        assert (now.title, now.summary, now.whiteboard) == texts, name
        assert set(one.subscribers) <= set(now.subscribers), name
        if name not in tracked:
            states = (one.definition_status, one.implementation_status, one.assignee, one.milestone)
            assert (now.definition_status, now.implementation_status, now.assignee, now.milestone) == states, name
        theirs = [line for line in one.lines if line.row not in own]
        rows = {line.row for line in theirs}
        assert [line for line in now.lines if line.row in rows] == theirs, name


def check_plan(name: str, kind: Kind, before: Sides, after: Sides, *, old_news: bool) -> None:
    """Hold what a sync did to an action that is a blueprint or a line against what either side had moved."""
    entry = before.entries.get(name)
    is_known = entry is not None and (entry.blueprint or entry.work_item) is not None
    launchpad, now = before.plan(name), after.plan(name)
    if launchpad is None:
        if kind is Kind.WORK_ITEM:
            lines = len(before.lines(name))
            assert len(after.lines(name)) <= (lines if is_known else max(lines, 1)), name  # never added again
            assert not lines or after.lines(name), name
        return
    assert now is not None, name
    known = entry.fields if entry is not None and is_known else {}
    for key in KEYS[kind]:
        base = known.get("lead" if key == "owner" else key)
        recaps = before.recap[name][key], after.recap[name][key]
        # A blueprint that an earlier run made is there with the words of its creation, whatever the base says.
        check_field(
            key, base, recaps, (launchpad[key], now[key]), (name, key), left=False, old_news=old_news, kind=kind
        )


def check_new(name: str, before: Sides, after: Sides) -> None:
    """See that an action without a number keeps its words, but where Launchpad moved what its creation agreed on."""
    entry = before.entries.get(name)
    for key, word in before.recap[name].items():
        if word is not None and after.recap[name][key] != word:
            base = entry.fields.get("lead" if key == "owner" else key) if entry else None
            assert base is not None, (name, key)
            assert base.recap == word, (name, key)


def check_field(
    key: str,
    base: Agreed | None,
    recaps: tuple[str | None, str | None],
    launchpads: tuple[str | None, str | None],
    place: tuple[object, ...],
    *,
    left: bool,
    old_news: bool,
    kind: Kind = Kind.BUG,
) -> None:
    """Hold what a sync did to one field, both sides' words before and after, against what either had moved."""
    written = recap = recaps[0]
    launchpad = launchpads[0]
    words = VOCABULARIES[kind]
    kept_recap = recaps[1] == recap
    kept_launchpad = launchpads[1] == launchpad
    default = words.default if key == "status" else DEFAULTS.get(key)
    recap_was, launchpad_was = (base.recap, base.launchpad) if base else (None, default)
    if key == "status":
        recap_was, recap = recap_was or "todo", recap or "todo"
        kept_recap = (recaps[1] or "todo") == recap
    recap_moved, launchpad_moved = recap != recap_was, launchpad != launchpad_was
    if (left and not old_news) or (agree(key, recap, launchpad, kind) and key != "status"):
        assert kept_recap or (old_news and not recap_moved), place
        assert kept_launchpad, place
    if recap_moved and not launchpad_moved:
        # The recap's word wins, unless it was taken out (a status and an importance are filled again).
        assert kept_recap or written is None, place
    if launchpad_moved and not recap_moved:
        no_news = key == "status" and words.agrees(recap_was or "todo", launchpad or "")
        assert kept_launchpad or no_news, place
    if recap_moved and launchpad_moved and not (agree(key, recap, launchpad, kind) or written is None):
        # Neither is overwritten, but where Launchpad's move was no news to the recap, or confirmed its owner.
        confirmed = key == "owner" and recap == f"{launchpad}?"
        assert kept_recap or confirmed, place
        no_news = key == "status" and words.agrees(recap_was or "todo", launchpad or "")
        assert kept_launchpad or no_news, place


def check_base(memory: Memory, before: Sides, after: Sides) -> None:
    """See that the base says only what both sides have said."""
    for name, entry in after.entries.items():
        if entry.thing is None or name not in after.recap:
            continue
        known = before.entries.get(name)
        said_there: Any = entry.bug if entry.bug is not None else f"{name} there"
        default = VOCABULARIES[entry.thing.kind].default
        for key, words in entry.fields.items():
            if known is not None and known.fields.get(key) == words:
                continue
            if key == "status" and (words.recap, words.launchpad) == ("todo", default):
                continue  # its creation
            place = "owner" if key == "lead" else key
            recap = words.recap or ("todo" if key == "status" else None)
            said = {word or ("todo" if key == "status" else None) for word in memory.seen[name, place]}
            assert recap in said, (name, key, words)
            assert words.launchpad in {*memory.seen[said_there, place], default}, (name, key, words)
