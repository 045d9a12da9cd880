"""What `tracker check` and `tracker plan` do with files, without a Launchpad: all that a person would be shown."""

import io
import json
import re
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path

from tracker.cli.findings import FORMATS
from tracker.cli.plan_text import show_plan
from tracker.errors import TrackerError
from tracker.launchpad.snapshots import (
    BlueprintSnapshot,
    BugSnapshot,
    Elsewhere,
    TaskAnswer,
    TaskSnapshot,
    created_blueprint,
)
from tracker.recap.diagnostics import Diagnostic
from tracker.recap.parse import Settings
from tracker.recap.people import People
from tracker.recap.repository import load_repository
from tracker.recap.rule_table import RULES
from tracker.sync.base import Base, find_problems
from tracker.sync.decide import build_plan
from tracker.sync.plan import Context, Observed

_HARMFUL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]|##\[")


def _task(bug: int, title: str, *words: str | None) -> TaskSnapshot:
    status, importance, assignee, milestone = words
    return TaskSnapshot(bug, "neutron", title, str(status), str(importance), assignee, milestone, "etag", "page")


_TASKS: list[TaskAnswer] = [
    _task(1, "review the patches of the OVO adoption faster", "Confirmed", "High", "kevin", None),
    _task(2, "pecan \x1b[31m", "Fix Released", "Undecided", "somebody", "ocata-1"),
    _task(3, "a title of another", "Won't Fix", "Low", None, None),
    Elsewhere(5, "neutron", "https://example.org/"),
]
_BUG = BugSnapshot(2, "pecan", "text\n\nrecap: ocata/neutron-server-next#review-pecan\n", ("x",), None, False, "e")
_ITEMS = """\
Work items:
[kevin] review the patches of the OVO adoption faster: BLOCKED
evil \x1b[31m \u202e: TODO

Work items for ocata-1:
[somebody] model the data model changes for live migration: DONE
model the data model changes for live migration: TODO"""


def _blueprint(name: str, status: str, work_items: str) -> BlueprintSnapshot:
    blueprint = created_blueprint("neutron", name, "evil \x1b[31m", "")
    return replace(blueprint, implementation_status=status, work_items=work_items, etag="e")


_BLUEPRINTS: dict[str, BlueprintSnapshot | None] = {
    f"neutron/{one.name}": one
    for one in (
        _blueprint("adopt-oslo-versioned-objects-for-db", "Started", _ITEMS),
        _blueprint("online-upgrades", "Blocked", _ITEMS),
        _blueprint("push-notifications", "Good progress", "not understood \x1b[31m"),
    )
}
OBSERVED = Observed(
    tasks={("neutron", task.bug): task for task in _TASKS},
    bugs={2: _BUG},
    blueprints=_BLUEPRINTS,
    absent_projects={"nova": "no such project"},
    account="driver",
)


def write(folder: Path, files: dict[str, bytes]) -> None:
    """Put the files of an input into a folder."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def run(folder: Path) -> list[Diagnostic]:
    """Check and plan as the commands do; raises what they would, and AssertionError for what they must not show."""
    repository = load_repository(folder)
    diagnostics = repository.diagnostics + find_problems(folder)
    for diagnostic in diagnostics:
        assert diagnostic.rule in RULES
        assert diagnostic.line >= 1
        assert 1 <= diagnostic.column <= len(diagnostic.source) + 1
        assert diagnostic.message
        assert diagnostic.help, f"{diagnostic.message} has no help"
    text, shown, commands = (FORMATS[name](diagnostics) for name in ("text", "json", "github"))
    assert _is_harmless(text + shown + commands)
    assert not [line for line in (text + "\n" + shown).splitlines() if line.lstrip().startswith("::")]
    assert len(json.loads(shown)) == len(diagnostics)
    lines = commands.splitlines()
    assert len(lines) == len(diagnostics)
    assert all(line.startswith(("::error file=", "::warning file=")) for line in lines)
    try:
        entries = Base(folder, "sandbox").load_all()
    except TrackerError:
        assert diagnostics, "check passes over what plan refuses"
        entries = {}
    context = Context(repository.people or People(), repository.settings or Settings("summit-actions"))
    plan = build_plan(repository.recaps, entries, OBSERVED, context)
    with redirect_stdout(io.StringIO()) as printed:
        show_plan(plan, repository, texts=True)
    assert _is_harmless(printed.getvalue())
    return diagnostics


def _is_harmless(text: str) -> bool:
    """Tell whether text moves no terminal and gives no build server an order."""
    return not _HARMFUL.search(text)
