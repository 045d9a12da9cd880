"""What both sides say before and after a sync, and what that may have changed: nothing that somebody wrote."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.sync.stage import Bug
from tracker.launchpad.statuses import bug_status_agrees
from tracker.sync.entries import Agreed, Entry

FIELDS = ("title", "owner", "status", "milestone", "importance")
DEFAULTS = {"importance": "Undecided", "status": "New"}

Words = dict[str, str | None]


@dataclass(frozen=True)
class Sides:
    """Everything that both sides say, by a name of each action that stays whatever id it gets."""

    text: str
    recap: dict[str, Words]
    numbers: dict[str, int | None]
    bugs: dict[int, Bug]
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

    def master(self, number: int) -> int:
        return self.bugs[number].duplicate_of or number


def agree(key: str, recap: str | None, launchpad: str | None) -> bool:
    """Tell whether both sides say the same, read without the code under test's own merge."""
    match key:
        case "status":
            return bug_status_agrees(recap or "todo", launchpad or "")
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
    return [line for line in text.splitlines() if line.strip().partition(":")[0] not in {*FIELDS, "bug", ""}]


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
            check_field(key, base, before, after, name, master, left=left, old_news=old_news)
    for number in before.bugs.keys() - tracked:
        assert after.launchpad(number) == before.launchpad(number) or number in after.numbers.values(), number
    check_base(memory, before, after)


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
    before: Sides,
    after: Sides,
    name: str,
    number: int,
    *,
    left: bool,
    old_news: bool,
) -> None:
    """Hold what a sync did to one field against what either side had moved."""
    place = (name, key, number)
    recap, launchpad = before.recap[name][key], before.launchpad(number)[key]
    kept_recap = after.recap[name][key] == recap
    kept_launchpad = after.launchpad(number)[key] == launchpad
    recap_was, launchpad_was = (base.recap, base.launchpad) if base else (None, DEFAULTS.get(key))
    if key == "status":
        recap_was, recap = recap_was or "todo", recap or "todo"
        kept_recap = (after.recap[name][key] or "todo") == recap
    recap_moved, launchpad_moved = recap != recap_was, launchpad != launchpad_was
    if (left and not old_news) or (agree(key, recap, launchpad) and key != "status"):
        assert kept_recap or (old_news and not recap_moved), place
        assert kept_launchpad, place
    if recap_moved and not launchpad_moved:
        # The recap's word wins, unless it was taken out (a status and an importance are filled again).
        assert kept_recap or before.recap[name][key] is None, place
    if launchpad_moved and not recap_moved:
        no_news = key == "status" and bug_status_agrees(recap_was or "todo", launchpad or "")
        assert kept_launchpad or no_news, place
    if recap_moved and launchpad_moved and not (agree(key, recap, launchpad) or before.recap[name][key] is None):
        # Neither is overwritten, but where Launchpad's move was no news to the recap, or confirmed its owner.
        confirmed = key == "owner" and recap == f"{launchpad}?"
        assert kept_recap or confirmed, place
        no_news = key == "status" and bug_status_agrees(recap_was or "todo", launchpad or "")
        assert kept_launchpad or no_news, place


def check_base(memory: Memory, before: Sides, after: Sides) -> None:
    """See that the base says only what both sides have said."""
    for name, entry in after.entries.items():
        if entry.bug is None or name not in after.recap:
            continue
        known = before.entries.get(name)
        for key, words in entry.fields.items():
            if known is not None and known.fields.get(key) == words:
                continue
            if key == "status" and (words.recap, words.launchpad) == ("todo", "New"):
                continue  # a bug's creation
            place = "owner" if key == "lead" else key
            recap = words.recap or ("todo" if key == "status" else None)
            said = {word or ("todo" if key == "status" else None) for word in memory.seen[name, place]}
            assert recap in said, (name, key, words)
            assert words.launchpad in {*memory.seen[entry.bug, place], "New"}, (name, key, words)
