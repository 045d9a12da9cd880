"""Measure everything, or the parts that are named, and write docs/benchmarks.md.

python -m benchmarks [startup|checking|asking|syncing|owners ...]
"""

import importlib.metadata
import json
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.recaps import write_repository
from benchmarks.scale import asking
from benchmarks.timing import Time, table, time_command, time_commands
from tracker.cli.sandbox import describe_world
from tracker.recap.repository import load_repository
from tracker.sandbox.local import serving

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
TRACKER = str(Path(sys.executable).with_name("tracker"))
LIBRARIES = ("typer", "PyYAML", "launchpadlib", "tabulate", "lazr.restful")


def main(wanted: Sequence[str]) -> None:
    """Run the parts, telling which on stderr, and write the page; what is not run stays as it is."""
    parts = {part.__name__: part for part in (startup, checking, asking, syncing, owners)}
    if unknown := set(wanted) - set(parts):
        sys.exit(f"no part {', '.join(sorted(unknown))}: there are {', '.join(parts)}")
    head, *sections = PAGE.read_text(encoding="utf-8").rstrip("\n").split("\n\n## ")
    kept = {section.partition("\n")[0]: f"## {section}" for section in sections}
    for name, part in parts.items():
        if wanted and name not in wanted:
            continue
        print(part.__doc__, file=sys.stderr)
        with tempfile.TemporaryDirectory() as folder:
            section = "\n".join(part(Path(folder)))
        kept[section.partition("\n")[0].removeprefix("## ")] = section
    PAGE.write_text("\n\n".join([head if wanted else _head(), *kept.values()]) + "\n", encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}", file=sys.stderr)


def _head() -> str:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
    return f"""\
# Benchmarks

`python -m benchmarks` measures all of this in one run and writes this page. Machines differ, so what counts is the
ratio beside something else in the same run. Times are medians, of commands that run turn by turn.

This run: Python {platform.python_version()}, {versions}; {os.cpu_count()} cores."""


def startup(folder: Path) -> Iterator[str]:
    """How long commands take to start."""
    shutil.copytree(ROOT / "sessions", folder / "sessions", ignore=shutil.ignore_patterns(".*"))
    commands = {
        "`python -c 'import typer'`": [sys.executable, "-c", "import typer"],
        "`tracker --version`": [TRACKER, "--version"],
        "`tracker --help`": [TRACKER, "--help"],
        "`tracker check`": [TRACKER, "check"],
        "`tracker status`": [TRACKER, "status"],
        "completing `tracker status --owner i`": [
            "env",
            "_TRACKER_COMPLETE=complete_bash",
            "COMP_WORDS=tracker status --owner i",
            "COMP_CWORD=3",
            TRACKER,
        ],
        "`towncrier --help`": [str(Path(TRACKER).with_name("towncrier")), "--help"],
        "`reno --help`": [str(Path(TRACKER).with_name("reno")), "--help"],
    }
    times = time_commands(commands, 31, folder)
    yield "## Starting\n\nOn the sample, a repository of one recap.\n"
    yield from table(times)


def checking(folder: Path) -> Iterator[str]:
    """How fast recaps are checked."""
    recaps, actions = 2000, 8
    sessions = write_repository(folder, recaps, actions)
    size = sum(path.stat().st_size for path in sessions.rglob("*.yaml"))
    compose = [sys.executable, str(ROOT / "benchmarks" / "compose_each.py"), str(sessions)]
    commands = {
        "`yaml.compose` of each file, C loader": compose,
        "`tracker check`": [TRACKER, "check"],
    }
    times = time_commands(commands, 5, folder)
    yield f"""\
## Checking

{recaps} generated recaps of {actions} actions each, {size / 2**20:.1f} MiB, as whole processes.
"""
    yield from table(times, memory=True)


def syncing(folder: Path) -> Iterator[str]:
    """What syncing 5,000 actions asks of Launchpad."""
    recaps, actions = 500, 10
    sessions = write_repository(folder, recaps, actions, targets=False)
    entries = [
        {"title": action.title, "owner": action.owners[0].key}
        for recap in load_repository(sessions).recaps
        for action in recap.actions
    ]
    listed = folder / "list.json"
    listed.write_text(json.dumps(entries))
    measured: list[tuple[str, int, Time, int, Time]] = []
    with serving(sessions, describe_world(load_repository(sessions))) as sandbox:

        def run(words: Sequence[str]) -> tuple[int, Time]:
            before = len(sandbox.requests)
            taken = time_command(words, folder)
            return len(sandbox.requests) - before, taken

        def measure(name: str, work: str) -> None:
            measured.append((name, *run([*script, work, str(listed)]), *run(sync)))

        script = [sys.executable, str(ROOT / "benchmarks" / "bug_by_bug.py"), sandbox.root]
        script += [str(folder / ".sandbox" / "credentials"), str(folder / "cache")]
        sync = [TRACKER, "sync", "--yes", "--force", "create"]
        measure("first", "create")
        measure("unchanged", "update")
        measure("unchanged, again", "update")
        changed = _begin_some(sessions, listed, every=10)
        planned, planning = run([TRACKER, "plan"])
        measure("1 % changed", "update")
    pages = -(-len(entries) // 300)
    subscribed = sum(len(action.owners) - 1 for recap in load_repository(sessions).recaps for action in recap.actions)
    yield f"""\
## Syncing

{len(entries):,} actions in {recaps} recaps, against a sandbox on the same machine, beside a plain launchpadlib
script that files, or reads and updates, bug by bug (`benchmarks/bug_by_bug.py`). A first sync also subscribes
{subscribed:,} co-owners, which the script does not, and looks for what is there before and after it creates. All bugs
were changed within the ten minutes by which reads overlap, so that each sync reads all {pages} pages of them; ten
minutes later it is two requests. Across a network requests weigh more. With {changed} actions changed, `tracker plan`
took {planning.wall:.2f} seconds and {planned} requests.

| sync | requests | of the script | ratio | seconds | of the script | ratio |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |"""
    for name, base, base_taken, asked, taken in measured:
        yield (
            f"| {name} | {asked:,} | {base:,} | {asked / base:.4f}"
            f" | {taken.wall:.2f} | {base_taken.wall:.2f} | {taken.wall / base_taken.wall:.2f} |"
        )


def _begin_some(sessions: Path, listed: Path, *, every: int) -> int:
    """Let the first action of each so many recaps be in progress, for both; returns how many there are."""
    entries = json.loads(listed.read_text())
    chosen = sorted(sessions.rglob("*/*.yaml"))[::every]
    begun = set()
    for path in chosen:
        text = path.read_text()
        path.write_text(text.replace("  - id: action-0\n", "  - id: action-0\n    status: in progress\n"))
        begun |= {int(number) for number in re.findall(r"bug: (\d+)", text)[:1]}
    for entry in entries[:: len(entries) // len(chosen)]:
        entry["status"] = "In Progress"
    listed.write_text(json.dumps(entries))
    return len(begun)


def owners(_: Path) -> Iterator[str]:
    """Whom lines name as owners."""
    from benchmarks.owners import count_right, read_lines

    lines = list(read_lines(ROOT / "tests" / "data" / "mail"))
    owned = sum(bool(line.readings[0]) for line in lines)
    bot = importlib.metadata.version("hcoop-meetbot")
    yield f"""\
## Owners

{len(lines)} lines that list an action, out of the mails of the tests (`tests/data/mail`), with the owners read by
hand, beside hcoop-meetbot {bot}, which credits an action to each attendee whom its line names. Both are told
who owns anything in the mail. A line is right with all of its owners and nobody else; {owned} have owners. The rules
were grown on these mails, so this compares two ways of reading, and says little about how mails to come are read.

| | right | with owners | without |
| --- | ---: | ---: | ---: |"""
    for name, count in count_right(lines).items():
        yield (
            f"| {name} | {count['all']} of {len(lines)} | {count['owned']} of {owned}"
            f" | {count['unowned']} of {len(lines) - owned} |"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
