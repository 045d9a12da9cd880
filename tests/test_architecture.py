"""The house: which folder may import which, and which library has which door."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "tracker"

# A part may import those before it: arrows run from the commands inwards and never back.
LAYERS = [{"errors"}, {"launchpad"}, {"recap"}, {"sync", "mail", "status", "sandbox"}, {"cli"}]
DOORS = {
    "yaml": {"tracker.recap.reader"},
    "launchpadlib": {"tracker.launchpad"},
    "keyring": {"tracker.launchpad.accounts", "tracker.launchpad.keyrings"},
    "smtplib": {"tracker.mail.delivery"},
    "lazr": {"tracker.launchpad.cache", "tracker.sandbox"},
    "httplib2": {"tracker.launchpad.connections", "tracker.launchpad.replies", "tracker.launchpad.wire"},
    "wadllib": {"tracker.launchpad.wire"},
    "zope": {"tracker.sandbox"},
    "waitress": {"tracker.sandbox"},
    "transaction": {"tracker.sandbox"},
    "sqlite3": {"tracker.recap.index", "tracker.sandbox"},
    "typer": {"tracker.cli"},
    "rich": {"tracker.cli.output"},
    "tabulate": {"tracker.cli.tables"},
    "jinja2": {"tracker.mail.templates"},
}
PURE = [
    "recap.model", "recap.schema", "recap.values", "recap.rules", "recap.editor", "recap.splicing", "recap.quoting",
    "recap.lines", "recap.syntax", "recap.document", "recap.diagnostics", "recap.people", "recap.parse",
    "recap.comparison", "recap.skeletons", "recap.keys", "recap.rule_table", "recap.fixes", "recap.naming",
    "recap.json_schema", "recap.newcomers", "recap.marks", "recap.mail_settings", "recap.lateness", "recap.carried",
    "recap.carrying", "recap.compact",
    "sync.entries", "sync.entry_lines", "sync.merge", "sync.plan", "sync.decide", "sync.identity", "sync.describe",
    "sync.decide_bug", "sync.decide_blueprint", "sync.decide_fields", "sync.things", "sync.renames",
    "sync.events", "sync.preview", "sync.choice", "sync.moves", "sync.brakes", "sync.plan_file",
    "launchpad.links", "launchpad.statuses", "launchpad.limits", "launchpad.snapshots", "launchpad.workitems",
    "launchpad.reading", "status.rows", "status.filters", "status.groups", "status.columns", "status.stats",
    "status.burndown",
    "sandbox.seed", "sandbox.world",
    "mail.message", "mail.hypertext", "mail.lines", "mail.heads", "mail.items", "mail.layout", "mail.chatlog",
    "mail.days", "mail.digest", "mail.draft", "mail.envelope", "mail.gerrit", "mail.heading", "mail.links",
    "mail.markdown", "mail.meeting", "mail.moved", "mail.names", "mail.notes", "mail.outgoing", "mail.own",
    "mail.owners", "mail.plain", "mail.reading", "mail.sentences", "mail.states", "mail.summary", "mail.topics",
    "mail.words", "mail.wrapping", "mail.again", "mail.labels", "mail.leftovers", "mail.margins", "mail.tables",
]  # fmt: skip
IMPURE = {
    "os", "io", "pathlib", "time", "logging", "socket", "subprocess", "sys", "tempfile", "random", "shutil",
    "httplib2", "urllib.request", "http", "sqlite3", "zope", "lazr", "waitress", "launchpadlib",
}  # fmt: skip


def modules() -> dict[str, Path]:
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        found[".".join(parts).removesuffix(".__init__")] = path
    return found


def imports(path: Path) -> Iterator[str]:
    """Yield every module that a file imports, wherever in it; only for types too."""
    known = modules()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from [name if name in known else node.module for name in inner]


def layer(module: str) -> int | None:
    part = module.split(".")[1] if module.startswith("tracker.") else ""
    return next((index for index, names in enumerate(LAYERS) if part in names), None)


@pytest.mark.parametrize("name", sorted(modules()))
def test_arrows_never_run_back(name):
    own = layer(name)
    for imported in imports(modules()[name]):
        other = layer(imported)
        if own is None or other is None or name.split(".")[1] == imported.split(".")[1]:
            continue
        assert other < own, f"{name} imports {imported}"


def test_every_part_of_the_house_has_its_place():
    parts = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in PACKAGE.rglob("*.py")}
    assert parts - {"__init__", "__main__"} == set().union(*LAYERS)


def test_no_two_modules_import_each_other():
    graph = {name: {one for one in imports(path) if one.startswith("tracker")} for name, path in modules().items()}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join((*trail, name))
        if name in done:
            return
        for imported in sorted(graph.get(name, ())):
            visit(imported, (*trail, name))
        done.add(name)

    for name in sorted(graph):
        visit(name, ())


@pytest.mark.parametrize("name", sorted(modules()))
def test_one_library_has_one_door(name):
    for imported in imports(modules()[name]):
        allowed = DOORS.get(imported.split(".")[0])
        if allowed is not None:
            assert any(name == door or name.startswith(f"{door}.") for door in allowed), f"{name} imports {imported}"


@pytest.mark.parametrize("name", PURE)
def test_pure_modules_reach_nothing_outside(name):
    for imported in reached(f"tracker.{name}"):
        assert imported.split(".")[0] not in IMPURE, f"tracker.{name} reaches {imported}"


def reached(name: str) -> set[str]:
    """Return every module that one imports, itself or through others of the project."""
    known, found, waiting = modules(), set(), [name]
    while waiting:
        for imported in imports(known[waiting.pop()]):
            if imported in known and imported not in found:
                waiting.append(imported)
            found.add(imported)
    return found


def test_only_output_prints():
    for name, path in modules().items():
        calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
        prints = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"]
        assert not prints or name == "tracker.cli.output", name
