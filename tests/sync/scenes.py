"""Two repositories as both sides have edited them, for what is to go well wherever it is ended."""

from dataclasses import replace

from tests.support import ROOT
from tests.sync.bench import HEAD
from tests.sync.stage import Scene, Stage, Theatre, rehearse
from tracker.cli.sandbox import describe_world
from tracker.recap.repository import load_repository

SAMPLE = ROOT / "sessions"
ACTIONS = 30
NEW = 8
"""So many of them have no bug yet."""

# What is known of an action before, and what both sides make of it: keys of the recap, then fields on Launchpad.
_WORK = [
    ({}, {"status": "in progress"}, {}),
    ({}, {"title": "reworded", "importance": "High"}, {}),
    ({}, {"owner": "artur", "milestone": "ocata-1"}, {}),
    ({}, {"owner": "[ihar, artur, kevin]"}, {}),
    ({}, {"status": "done", "evidence": "[https://example.org/a]"}, {}),
    ({}, {"tags": "[upgrade, gate]"}, {}),
    ({"milestone": "ocata-2"}, {"milestone": None}, {}),
    ({}, {"owner": None}, {}),
    ({}, {}, {"status": "In Progress"}),
    ({}, {}, {"lead": "armando"}),
    ({}, {}, {"lead": None}),
    ({}, {}, {"milestone": "ocata-1", "importance": "Low"}),
    ({"owner": "[ihar, artur]"}, {}, {"lead": "artur"}),
    ({}, {}, {"title": "renamed there"}),
    ({"evidence": "[https://example.org/b]"}, {}, {"status": "Fix Released"}),
    ({}, {"status": "done"}, {"importance": "Critical"}),
    ({}, {"title": "reworded: 'here'"}, {"status": "Won't Fix"}),
    ({}, {"milestone": "ocata-1"}, {"lead": "kevin", "importance": "Medium"}),
    ({}, {"status": "in progress"}, {"status": "In Progress"}),
    ({}, {"id": "another-id", "previously": "known-19"}, {"milestone": "ocata-2"}),
    ({"tags": "[gate]"}, {"owner": "kevin?"}, {}),
    ({}, {}, {}),
]
_FIRST = [
    {},
    {"status": "in progress"},
    {"owner": "[artur, ihar, kevin]"},
    {"milestone": "ocata-1", "importance": "High"},
    {"status": "done"},
    {"owner": None, "tags": "[upgrade]"},
    {"owner": "core"},
    {"title": "new: with a colon"},
]


def write_action(keys: dict[str, str | None]) -> str:
    """Write an action as a recap has it; keys without a value are left out."""
    lines = [
        f"{key}: {value!r}" if ": " in (value or "") else f"{key}: {value}" for key, value in keys.items() if value
    ]
    return "  - " + "\n    ".join(lines) + "\n"


def make_sample(theatre: Theatre) -> Scene:
    """Make the first sync of the sample, with another action on which both sides have worked."""
    world = describe_world(load_repository(SAMPLE))
    theatre.sandbox.fill(replace(world, projects=(), bugs=()))
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

    return rehearse(theatre, "ocata/neutron-server-next", head + write_action(known), edit)


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

    return rehearse(theatre, "ocata/session", HEAD + "".join(map(write_action, known)), edit)


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
        for keys, (_, here, there) in zip(known, _WORK, strict=True):
            one = str(keys["id"])
            stage.elsewhere(one, **there)
            # What the first sync wrote into the recap stays.
            actions.append({**keys, "bug": str(numbers[one]), **here})
        mixed = [action for pair in zip(first, actions, strict=False) for action in pair] + actions[len(first) :]
        stage.write(HEAD + "".join(map(write_action, mixed)))

    return rehearse(theatre, "ocata/session", HEAD + "".join(map(write_action, known)), edit)
