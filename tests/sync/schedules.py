"""Schedules of edits on both sides, syncs and faults, each made by its seed: what is written is never lost.

`python -m tests.sync.schedules 137` replays one and shows what happens, `137 lines` one whose actions are all lines
of one blueprint.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

from tests.launchpad.proxy import Proxy, answers, dropped, dropped_after, shortened, stale
from tests.sync.bench import HEAD
from tests.sync.scenes import SHARED, add_shared, write_action
from tests.sync.sides import KEYS, Memory, Sides, Words, agree, check
from tests.sync.stage import SYNC, Scene, Stage, Theatre, rehearse
from tracker.launchpad import links
from tracker.launchpad.statuses import BLUEPRINT_STATUSES, BUG_STATUSES, WORK_ITEM_WORDS
from tracker.recap.model import Action, BlueprintTarget, BugTarget, Status, WorkItemTarget
from tracker.recap.repository import load_repository
from tracker.sync.entries import Entry
from tracker.sync.things import Kind, thing_of

TITLES = ["a title", "another: title", "a # third", "'quoted'", "naïve \U0001f600", "no"]
MILESTONES = ["ocata-1", "ocata-2", None]
RECAP_VALUES: dict[str, list[str | None]] = {
    "title": [f'"{title}"' for title in TITLES],
    "owner": ["ihar", "artur", "kevin?", "paper", "[artur, ihar]", "[ihar, kevin]", None],
    "status": [*Status, None],
    "milestone": MILESTONES,
    "importance": ["High", "Low", None],
}
LAUNCHPAD_VALUES: dict[str, list[str | None]] = {
    "title": [*TITLES],
    "lead": ["ihar", "artur", "kevin", "armando", None],
    "status": sorted({word for words in BUG_STATUSES.values() for word in words.agrees}),
    "milestone": MILESTONES,
    "importance": ["High", "Low", "Undecided"],
}
BLUEPRINT_VALUES: dict[str, list[str | None]] = {
    "lead": LAUNCHPAD_VALUES["lead"],
    # But for what says nothing, or both of two things.
    "status": sorted(
        {word for words in BLUEPRINT_STATUSES.values() for word in words.agrees if ", " not in word}
        - {"Informational"}
    ),
    "milestone": MILESTONES,
}
LINE_VALUES: dict[str, list[str | None]] = {
    "assignee": LAUNCHPAD_VALUES["lead"],
    "status": sorted(WORK_ITEM_WORDS),
    "milestone": MILESTONES,
}
FAULTS: dict[str, Callable[[Any], None]] = {
    "lost": dropped_after,
    "unsent": dropped,
    "busy": answers(503, "busy"),
    "stale": stale,
    "short": shortened,
}


@dataclass
class Play:
    """A schedule as it is played."""

    theatre: Theatre
    stage: Stage
    proxy: Proxy
    draw: Random
    memory: Memory
    tell: Callable[[str], None]
    lines_alone: bool = False
    """Whether all actions are lines of one blueprint."""
    added: int = 0
    edits: int = 0

    # Reading.

    def actions(self) -> tuple[Action, ...]:
        (recap,) = load_repository(self.stage.sessions).recaps
        return recap.actions

    def name(self, action_id: str) -> str:
        return self.memory.names.setdefault(f"{self.stage.recap}#{action_id}", action_id)

    def look(self) -> Sides:
        recap: dict[str, Words] = {}
        numbers: dict[str, int | None] = {}
        named: dict[str, tuple[Kind, str]] = {}
        for action in self.actions():
            name = self.name(action.id)
            recap[name] = {
                "title": action.title,
                "owner": str(action.lead) if action.lead else None,
                "status": action.status,
                "milestone": action.milestone,
                "importance": action.importance,
            }
            match action.target:
                case BugTarget(number=number):
                    numbers[name] = number
                case BlueprintTarget(name=blueprint):
                    named[name] = Kind.BLUEPRINT, blueprint
                case WorkItemTarget(blueprint=blueprint):
                    named[name] = Kind.WORK_ITEM, blueprint
        stage = self.stage
        sides = Sides(stage.read(), recap, numbers, named, stage.bugs(), stage.blueprints(), self.entries())
        for name, words in recap.items():
            for key, word in words.items():
                self.memory.seen[name, key].add(word)
        for number in sides.bugs:
            for key, word in sides.launchpad(number).items():
                self.memory.seen[number, key].add(word)
        for name in named:
            for key, word in (sides.plan(name) or {}).items():
                self.memory.seen[f"{name} there", key].add(word)
            for line in sides.lines(name) if named[name][0] is Kind.WORK_ITEM else ():
                for key, word in zip(KEYS[Kind.WORK_ITEM], (line.title.strip(), *line.says[1:]), strict=True):
                    self.memory.seen[f"{name} there", key].add(word)
        return sides

    def entries(self) -> dict[str, Entry]:
        """Return the base by the actions' names; a recap that was moved has it under its former id until it syncs."""
        found: dict[str, Entry] = {}
        root = self.stage.base_root
        for path in sorted(root.rglob("*.jsonl"), key=lambda path: path == self.stage.base):
            recap_id = path.relative_to(root).with_suffix("").as_posix()
            for entry in self.stage.read_base(path).values():
                found[self.memory.names.get(f"{recap_id}#{entry.action}", entry.action)] = entry
        return found

    # Editing.

    def edit(self) -> None:
        """Let somebody do something on either side."""
        sides = self.look()
        if self.draw.random() < 0.5:
            self.edit_recap()
        elif self.lines_alone:
            self.edit_lines(sides)
        elif self.draw.random() < 0.5:
            known = [(name, number) for name, number in sides.numbers.items() if number is not None]
            if known:
                self.edit_launchpad(sides, *self.draw.choice(sorted(known)))
        elif self.draw.random() < 0.7:
            self.edit_lines(sides)
        else:
            made = [
                name for kind, name in sides.named.values() if kind is Kind.BLUEPRINT and name in sides.blueprints
            ]
            self.edit_blueprint(self.draw.choice(sorted({*made, SHARED})))

    def edit_recap(self) -> None:
        draw, stage = self.draw, self.stage
        actions = self.actions()
        action = draw.choice(actions)
        thing = thing_of(action)
        kind = thing.kind if thing is not None else Kind.BUG
        whats = [*RECAP_VALUES, *RECAP_VALUES, "add", "add", "remove", "rename", "move"]
        what = draw.choice([*whats, "title", "take up"] if self.lines_alone else whats)
        if what == "importance" and kind is not Kind.BUG:
            what = "status"
        text = stage.read()
        if what == "add" or (what == "remove" and len(actions) == 1):
            self.added += 1
            one = f"added-{self.added}"
            targets = [{"work_item": SHARED}, {"bug": "new"}, {"blueprint": f"new {one}"}]
            target = targets[0] if self.lines_alone else draw.choice(targets)
            keys = {"id": one, "title": f"added {self.added}", **target}
            text += write_action({**keys, **{key: draw.choice(RECAP_VALUES[key]) for key in ("owner", "status")}})
            self.name(keys["id"])
        elif what == "remove":
            text = "  - id: ".join(one for one in text.split("  - id: ") if not one.startswith(f"{action.id}\n"))
        elif what == "take up":  # what stands there as a line of somebody's
            titles = self.free_titles()
            if titles:
                self.added += 1
                one = f"added-{self.added}"
                text += f"  - id: {one}\n    title: {json.dumps(draw.choice(titles))}\n    work_item: {SHARED}\n"
                self.name(one)
        elif what == "rename":
            new, name = f"{action.id}-x", self.name(action.id)
            self.memory.names[f"{stage.recap}#{new}"] = name
            text = set_key(text, action.id, "previously", f"[{', '.join((action.id, *action.previously))}]")
            text = text.replace(f"- id: {action.id}\n", f"- id: {new}\n")
        elif what == "move":
            old, former = stage.path, stage.recap
            stage.recap = f"ocata/moved-{draw.randrange(1000)}"
            old.unlink()
            for one in actions:
                self.memory.names[f"{stage.recap}#{one.id}"] = self.memory.names[f"{former}#{one.id}"]
        else:
            value = draw.choice(RECAP_VALUES[what])
            if what == "title" and kind is Kind.WORK_ITEM:  # each line has one of its own
                value = f'"{draw.choice(TITLES)} {self.name(action.id)}"'
            text = set_key(text, action.id, what, value)
            what = f"{what}: {value}"
        stage.write(text)
        self.tell(f"recap: {action.id}: {what}")

    def free_titles(self) -> list[str]:
        """Return the titles of the lines that are no action's, by the recap or by the base."""
        agreed = [entry.fields["title"].launchpad for entry in self.entries().values() if "title" in entry.fields]
        own = {*(action.title.strip() for action in self.actions()), *agreed}
        return [line.title.strip() for line in self.stage.blueprints()[SHARED].lines if line.title.strip() not in own]

    def edit_launchpad(self, sides: Sides, name: str, number: int) -> None:
        draw, stage, bug = self.draw, self.stage, sides.bugs[number]
        somebody = stage.somebody
        wire = somebody._wire
        address = links.bug_url(wire.root, number)
        what = draw.choice([*LAUNCHPAD_VALUES] * 3 + ["comment", "tag", "untag", "private", "duplicate", "move"])
        if bug.private or bug.project != stage.name or bug.duplicate_of is not None:
            return
        self.tell(f"launchpad: bug {number} of {name}: {what}")
        if what in LAUNCHPAD_VALUES:
            stage.change(number, **{what: draw.choice(LAUNCHPAD_VALUES[what])})
        elif what == "comment":
            text = f"comment {draw.randrange(10**6)}"
            self.memory.comments[number].add(text)
            somebody.comment(number, text)
        elif what in {"tag", "untag"}:
            tags = [*bug.tags, "somebodys"] if what == "tag" else [tag for tag in bug.tags if tag != stage.name]
            wire.patch(address, {"tags": tags}, None)
        elif what == "private":
            wire.patch(address, {"private": True}, None)
        elif what == "duplicate":
            master = stage.sandbox.add_bug(stage.name, "somebody's own", "a bug", owner="kevin", status="Triaged")
            wire.patch(address, {"duplicate_of_link": links.bug_url(wire.root, master)}, None)
        else:
            target = {"target_link": f"{wire.root}{stage.other}"}
            wire.patch(links.task_url(wire.root, stage.name, number), target, None)

    def edit_blueprint(self, name: str) -> None:
        draw = self.draw
        what = draw.choice([*BLUEPRINT_VALUES])
        value = draw.choice(BLUEPRINT_VALUES[what])
        self.tell(f"launchpad: blueprint {name}: {what}: {value}")
        self.stage.change_blueprint(name, **{what: value})

    def edit_lines(self, sides: Sides) -> None:
        """Let somebody change the work items of the shared blueprint: an action's, their own, or their order."""
        draw = self.draw
        fields = ("title", "status", "assignee", "milestone")
        lines = [dict(zip(fields, line.says, strict=True)) for line in sides.blueprints[SHARED].lines]
        place = draw.randrange(len(lines) + 1)
        what = draw.choice([*LINE_VALUES, *LINE_VALUES, "add", "add", "reword", "remove", "twin", "shuffle"])
        self.edits += 1
        if what == "add" or place == len(lines):
            what = "add"
            values = {key: draw.choice(values) for key, values in LINE_VALUES.items()}
            lines.insert(place, {"title": f"somebody's: {self.edits}", **values})
        elif what == "reword":
            lines[place]["title"] = f"reworded {self.edits}"
        elif what == "remove":
            del lines[place]
        elif what == "twin":
            lines.insert(draw.randrange(len(lines) + 1), lines[place])
        elif what == "shuffle":
            draw.shuffle(lines)
        else:
            lines[place][what] = draw.choice(LINE_VALUES[what])
        self.tell(f"launchpad: line {place} of {SHARED}: {what}")
        self.stage.put_lines(SHARED, [tuple(line[key] for key in fields) for line in lines])

    # Syncing.

    def sync(self) -> None:
        """Sync, mostly with a fault, and hold what it did against what either side had moved."""
        draw = self.draw
        fault = draw.choice(["none", "kill", "kill", "meanwhile", "meanwhile", *FAULTS])
        nth = draw.randrange(12 if fault in FAULTS else 100)
        self.tell(f"sync: {fault} {nth}")
        before = self.look()
        planned: set[int | None] = set()
        if fault in FAULTS:
            kept = self.draw.random() < 0.2
            asked = iter(range(10**6))

            def meets(exchange: Any) -> bool:
                if fault in {"stale", "short"}:
                    return "ws.op=searchTasks" in exchange.path
                number = next(asked)
                return number >= nth if kept else number == nth

            self.proxy.meet(meets, *[FAULTS[fault]] * 100)
        running = self.theatre.processes.start(self.stage.folder, SYNC, stops=fault in {"kill", "meanwhile"})
        while running.at is not None and len(running.passed) < nth:
            running.go_on()
        if running.at is not None and fault == "kill":
            running.kill()
        else:
            if running.at is not None and not running.at.startswith("replace "):
                planned = set(before.numbers.values())
                self.edit()
                before = self.look()
            running.finish()
            assert running.ended is not None
            self.tell(running.ended.said)
            assert running.ended.codes[0] in {0, 4, 5}, running.ended.said
        self.proxy._matching.clear()
        check(self.memory, before, self.look(), old_news=fault in {"stale", "meanwhile"}, planned=planned)

    def settle(self) -> None:
        """Sync without faults until both sides are in step, or a person is told why they are not."""
        before = self.look()
        ended = self.theatre.run(self.stage, SYNC, ("plan", "--exit-code"), ("check",))
        self.tell(ended.said)
        assert set(ended.codes[:2]) <= {0, 4}, ended.said
        assert ended.codes[2] == 0, ended.said
        after = self.look()
        check(self.memory, before, after)
        self.check_told(after, ended.said.partition("$ tracker plan")[2])
        self.check_single(after)
        ended = self.theatre.run(self.stage, (*SYNC, "--prefer", "recap"), ("plan", "--exit-code"))
        assert ended.codes == [0, 0], ended.said
        self.check_single(self.look())
        assert self.stage.leftovers() == []

    def check_told(self, sides: Sides, plan: str) -> None:
        """See that whatever the two sides do not agree on is shown to a person."""
        for action in self.actions():
            name = self.name(action.id)
            if name in sides.named:
                kind, launchpad = sides.named[name][0], sides.plan(name)
            else:
                number = sides.numbers[name]
                assert number is not None, name
                kind, launchpad = Kind.BUG, sides.launchpad(number)
            recap = sides.recap[name]
            apart = [key for key in KEYS[kind] if not launchpad or not agree(key, recap[key], launchpad[key], kind)]
            if set(apart) - ({"title"} if kind is Kind.BUG else set()):
                lines = plan.partition(f"\n  {action.id}: ")[2].partition("\n  ")[2]
                told = lines[: next((at for at, line in enumerate_lines(lines) if not line.startswith("  ")), None)]
                assert any(mark in f"  {told}" for mark in ("! ", ". ", "- ")), (name, apart, recap, launchpad, plan)

    def check_single(self, sides: Sides) -> None:
        """See that no action has two open bugs."""
        holders: dict[str, list[int]] = defaultdict(list)
        for bug in sides.bugs.values():
            if bug.identity is not None and bug.duplicate_of is None:
                holders[self.memory.names[bug.identity]].append(bug.number)
        assert all(len(numbers) == 1 for numbers in holders.values()), holders
        for name, (kind, _) in sides.named.items():
            if kind is Kind.WORK_ITEM:
                lines = [line.says[1:] for line in sides.lines(name)]
                assert len(lines) < 2 or len({*lines}) > 1, (name, lines)


def enumerate_lines(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in text.splitlines(keepends=True):
        yield at, line
        at += len(line)


def set_key(text: str, action_id: str, key: str, value: str | None) -> str:
    """Set a key of an action, or take it out, as a person with an editor does."""
    blocks = text.split("  - id: ")
    for index, block in enumerate(blocks):
        if block.startswith(f"{action_id}\n"):
            lines = [line for line in block.splitlines() if not line.startswith(f"    {key}:")]
            blocks[index] = "\n".join(lines + ([] if value is None else [f"    {key}: {value}"])) + "\n"
    return "  - id: ".join(blocks)


def make_opening(theatre: Theatre, *, lines_alone: bool = False) -> Scene:
    """Make what every schedule begins with: actions in step, of each kind."""
    targets = (
        [{"work_item": SHARED}] * 4
        if lines_alone
        else [{"bug": "new"}, {"bug": "new"}, {"work_item": SHARED}, {"work_item": SHARED}, {"blueprint": "new it"}]
    )
    actions: list[dict[str, str | None]] = [
        {"id": f"first-{index}", "title": f"first {index}", "owner": "ihar", **target}
        for index, target in enumerate(targets)
    ]
    return rehearse(
        theatre, "ocata/session", HEAD + "".join(map(write_action, actions)), lambda _stage: None, add_shared
    )


def play_schedule(
    theatre: Theatre,
    opening: Scene,
    seed: int,
    tell: Callable[[str], None] = lambda _text: None,
    *,
    lines_alone: bool = False,
) -> None:
    """Play a schedule; raises AssertionError, which says how to replay it, for one that loses something."""
    draw = Random(seed)  # noqa: S311 - nothing is secret here
    stage = opening.play(theatre)
    theatre.sandbox.add_project(stage.other, stage.other, owner="driver", driver="core")
    with Proxy(theatre.sandbox.root) as proxy:
        theatre.lead(stage.folder, proxy.root)
        play = Play(theatre, stage, proxy, draw, Memory(stage.name), tell, lines_alone)
        try:
            play.look()
            for _ in range(draw.randrange(1, 4)):
                for _ in range(draw.randrange(1, 9 if lines_alone else 6)):
                    play.edit()
                play.sync()
            play.settle()
        except Exception as error:
            words = f"{seed} lines" if lines_alone else seed
            raise AssertionError(f"replay with: python -m tests.sync.schedules {words}") from error


def main(seed: int, *, lines_alone: bool = False) -> None:
    """Replay a schedule."""
    import tempfile
    from pathlib import Path

    from tests.sync.stage import standing_alone

    with tempfile.TemporaryDirectory(prefix="tracker-schedule-") as folder, standing_alone(Path(folder)) as theatre:
        opening = make_opening(theatre, lines_alone=lines_alone)
        play_schedule(theatre, opening, seed, partial(print, flush=True), lines_alone=lines_alone)


if __name__ == "__main__":
    main(int(sys.argv[1]), lines_alone="lines" in sys.argv)
