"""Repositories as both sides have edited them, for what is to go well wherever it is ended."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tests.support import ROOT
from tests.sync.bench import HEAD
from tests.sync.stage import Scene, Stage, Theatre, rehearse
from tracker.cli.sandbox import describe_world
from tracker.recap.repository import load_repository

SHARED = "shared"
"""A blueprint of somebody's, with lines of their own and of the recap."""
THEIRS = (
    ("read https://example.org/a:b", "DONE", "artur", None),
    ("theirs ", "INPROGRESS", None, None),
    ("theirs", "TODO", "core", "ocata-2"),
    ("theirs", "TODO", "core", "ocata-2"),
)

SAMPLE = ROOT / "sessions"
ACTIONS = 30
NEW = 8
"""So many of them have no bug yet."""

_LINE = {"bug": None, "work_item": SHARED}

# What is known of an action before, and what both sides make of it: keys of the recap, then fields on Launchpad.
_WORK = [
    (_LINE, {"status": "in progress"}, {}),
    ({}, {"title": "reworded", "importance": "High"}, {}),
    ({"bug": None, "blueprint": "new known-2"}, {"owner": "artur", "milestone": "ocata-1"}, {}),
    ({}, {"owner": "[ihar, artur, kevin]"}, {}),
    ({}, {"status": "done", "evidence": "[https://example.org/a]"}, {}),
    ({}, {"tags": "[upgrade, gate]"}, {}),
    ({"milestone": "ocata-2"}, {"milestone": None}, {}),
    ({}, {"owner": None}, {}),
    (_LINE, {}, {"status": "INPROGRESS"}),
    ({}, {}, {"lead": "armando"}),
    ({}, {}, {"lead": None}),
    ({"bug": None, "blueprint": "new known-11"}, {"status": "done"}, {"milestone": "ocata-1"}),
    ({"owner": "[ihar, artur]"}, {}, {"lead": "artur"}),
    ({}, {}, {"title": "renamed there"}),
    ({"evidence": "[https://example.org/b]"}, {}, {"status": "Fix Released"}),
    ({}, {"status": "done"}, {"importance": "Critical"}),
    ({}, {"title": "reworded: 'here'"}, {"status": "Won't Fix"}),
    (_LINE, {"milestone": "ocata-1", "title": "reworded: there"}, {"assignee": "kevin"}),
    (_LINE, {"status": "in progress"}, {"status": "INPROGRESS"}),
    ({}, {"id": "another-id", "previously": "known-19"}, {"milestone": "ocata-2"}),
    ({"tags": "[gate]"}, {"owner": "kevin?"}, {}),
    ({}, {}, {}),
]
_FIRST = [
    {},
    {"status": "in progress"},
    {"owner": "[artur, ihar, kevin]"},
    {"milestone": "ocata-1", "importance": "High"},
    {"bug": None, "blueprint": "new fresh", "owner": "[artur, ihar]", "status": "done"},
    {"owner": None, "tags": "[upgrade]"},
    {"bug": None, "work_item": "fresh", "owner": "core"},
    {"title": "new: with a colon"},
]


def write_action(keys: dict[str, str | None]) -> str:
    """Write an action as a recap has it; keys without a value are left out."""
    lines = [
        f"{key}: {value!r}" if ": " in (value or "") else f"{key}: {value}" for key, value in keys.items() if value
    ]
    return "  - " + "\n    ".join(lines) + "\n"


def write_actions(actions: Iterable[dict[str, str | None]]) -> str:
    """Write a recap of these actions."""
    return HEAD + "".join(map(write_action, actions))


def add_shared(stage: Stage) -> None:
    """Let somebody register a blueprint, with work items."""
    stage.sandbox.add_specification(
        stage.name, SHARED, "somebody's own", owner="kevin", summary="theirs", whiteboard="theirs"
    )
    stage.put_lines(SHARED, THEIRS)


def change_lines(
    stage: Stage, changes: Mapping[str, Mapping[str, str | None]], *more: tuple[str | None, ...]
) -> None:
    """Let somebody change values of the shared blueprint's lines, by title, and put others before them."""
    fields = ("title", "status", "assignee", "milestone")
    lines = [dict(zip(fields, line.says, strict=True)) for line in stage.blueprints()[SHARED].lines]
    changed = [tuple((line | {**changes.get(str(line["title"]), {})}).values()) for line in lines]
    stage.put_lines(SHARED, [*more, *changed])


def make_lines(theatre: Theatre) -> Scene:
    """Make a recap whose actions are blueprints and lines of their work items."""
    theatre.settings += "link_bugs: true\n"
    known: list[dict[str, str | None]] = [
        {"id": f"line-{index}", "title": f"line {index}", "owner": "ihar", "work_item": SHARED} for index in range(6)
    ]
    whole: dict[str, str | None] = {"id": "whole", "title": "the whole", "owner": "ihar", "blueprint": "new whole"}

    def edit(stage: Stage) -> None:
        twin = ("line 4", "TODO", "ihar", None)
        there = {"line 0": {"status": "INPROGRESS", "assignee": "armando"}, "line 1": {"milestone": "ocata-2"}}
        change_lines(stage, there, ("one more", "TODO", "kevin", "ocata-1"), twin)
        stage.change_blueprint("whole", milestone="ocata-1")
        here: list[dict[str, str | None]] = [{}, {"title": "reworded: here"}, {"status": "done", "owner": "artur"}]
        here += [{"title": "line 4 better", "milestone": "ocata-1"}, {}, {"owner": None}]
        new: list[dict[str, str | None]] = [
            {"id": "fresh-1", "title": "added to it", "owner": "kevin", "work_item": "fresh"},
            {"id": "fresh", "title": "fresh", "owner": "[artur, ihar]", "blueprint": "new fresh", "status": "done"},
            {"id": "line-6", "title": "line 6", "milestone": "ocata-2", "work_item": SHARED},
            {"id": "a-bug", "title": "a bug", "owner": "ihar", "bug": "new"},
            {"id": "adopted", "title": "adopted", "owner": "ihar", "status": "in progress", "blueprint": SHARED},
        ]
        actions = [{**keys, **changes} for keys, changes in zip(known, here, strict=True)]
        stage.write(write_actions([*new, {**whole, "blueprint": "whole", "status": "in progress"}, *actions]))

    return rehearse(theatre, "ocata/session", write_actions([*known, whole]), edit, add_shared)


def make_sample(theatre: Theatre) -> Scene:
    """Make the first sync of the sample, with another action on which both sides have worked."""
    world = describe_world(load_repository(SAMPLE))
    theatre.sandbox.fill(replace(world, projects=(), bugs=(), specifications=()))
    theatre.people = (SAMPLE / "people.yaml").read_text(encoding="utf-8")
    text = (SAMPLE / "ocata" / "neutron-server-next.yaml").read_text(encoding="utf-8")
    text = text.replace("project: neutron\n", "")
    head = text[: text.index("actions:\n")] + "actions:\n"
    known = {"id": "known", "title": "known", "owner": "kevin", "bug": "new"}

    def edit(stage: Stage) -> None:
        stage.elsewhere("known", importance="Low", lead="artur")
        worked_on = {
            "title": "known better",
            "owner": "[kevin, ihar]",
            "bug": str(stage.numbers()["known"]),
            "status": "done",
            "evidence": "[https://example.org/a]",
            "tags": "[upgrade]",
            "milestone": "ocata-1",
        }
        stage.write(text + write_action({"id": "known", **worked_on}))

    def prepare(stage: Stage) -> None:
        own = tuple(replace(one, project=stage.name) for one in world.specifications)
        for one in own:
            for milestone in {one.milestone, *(line.milestone for line in one.work_items)} - {None}:
                stage.sandbox.add_milestone(stage.name, str(milestone))
        stage.sandbox.fill(replace(world, projects=(), bugs=(), specifications=own))

    return rehearse(theatre, "ocata/neutron-server-next", head + write_action(known), edit, prepare)


def make_handful(theatre: Theatre) -> Scene:
    """Make a recap of four actions that has a little of everything."""
    known: list[dict[str, str | None]] = [
        {"id": f"known-{index}", "title": f"known {index}", "owner": "ihar", "bug": "new"} for index in range(2)
    ]

    def edit(stage: Stage) -> None:
        numbers = stage.numbers()
        stage.elsewhere("known-0", importance="Low", lead="artur")
        here = {"title": "known better", "status": "done", "evidence": "[https://example.org/a]", "tags": "[gate]"}
        first = {**known[0], "bug": str(numbers["known-0"]), **here}
        second = {**known[1], "bug": str(numbers["known-1"]), "owner": "[ihar, kevin]", "milestone": "ocata-1"}
        new = {"id": "new", "title": "new", "owner": "[artur, ihar]", "bug": "new", "status": "in progress"}
        stage.write(
            HEAD + "".join(map(write_action, (new, first, second, {"id": "last", "title": "last", "bug": "new"})))
        )

    return rehearse(theatre, "ocata/session", write_actions(known), edit)


def make_mix(theatre: Theatre) -> Scene:
    """Make a recap of thirty actions: some without a bug, some edited here, some there, some on both sides."""
    first = [
        {"id": f"new-{index}", "title": f"new {index}", "owner": "ihar", "bug": "new", **keys}
        for index, keys in enumerate(_FIRST)
    ]
    known = [
        {"id": f"known-{index}", "title": f"known {index}", "owner": "ihar", "bug": "new", **before}
        for index, (before, _, _) in enumerate(_WORK)
    ]
    assert len(first) + len(known) == ACTIONS

    def edit(stage: Stage) -> None:
        numbers = stage.numbers()
        actions: list[dict[str, str | None]] = []
        lines: dict[str, Mapping[str, str | None]] = {}
        for keys, (_, here, there) in zip(known, _WORK, strict=True):
            one = str(keys["id"])
            # What the first sync wrote into the recap stays.
            named: dict[str, str | None] = {}
            if keys.get("work_item"):
                lines[str(keys["title"])] = there
            elif name := (keys.get("blueprint") or "").removeprefix("new "):
                stage.change_blueprint(name, **there)
                named["blueprint"] = name
            else:
                stage.elsewhere(one, **there)
                named["bug"] = str(numbers[one])
            actions.append({**keys, **named, **here})
        change_lines(stage, lines, ("one more", "TODO", "kevin", None))
        mixed = [action for pair in zip(first, actions, strict=False) for action in pair] + actions[len(first) :]
        stage.write(write_actions(mixed))

    return rehearse(theatre, "ocata/session", write_actions(known), edit, add_shared)
