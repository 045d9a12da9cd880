"""What a large community asks: six years of cycles, 6,000 recaps, 50,000 actions."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.recaps import write_repository
from benchmarks.timing import table, time_command, time_commands

ROOT = Path(__file__).parent.parent
TRACKER = str(Path(sys.executable).with_name("tracker"))
RECAPS, ACTIONS = 6000, 50_000


def asking(folder: Path) -> Iterator[str]:
    """How long answers take in a repository of 6,000 recaps."""
    os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
    sessions = write_repository(folder, RECAPS, ACTIONS // RECAPS, total=ACTIONS)
    schema = folder / "schema.json"
    schema.write_bytes(subprocess.run([TRACKER, "schema"], check=True, capture_output=True, cwd=folder).stdout)  # noqa: S603
    script = str(ROOT / "benchmarks")
    commands = {
        "`yaml.compose` of each file, C loader": [sys.executable, f"{script}/compose_each.py", str(sessions)],
        "jsonschema over ruamel.yaml": [sys.executable, f"{script}/jsonschema_each.py", str(schema), str(sessions)],
        "`tracker check`": [TRACKER, "check"],
    }
    yield f"""\
## Asking at scale

{RECAPS:,} generated recaps with {ACTIONS:,} actions (`benchmarks/recaps.py`), as whole processes, once each. The
first question of all reads everything, a later one what has changed; the index of what recaps say is in the user's
cache.
"""
    checked = {name: time_command(words, folder) for name, words in commands.items()}
    yield from table(checked, memory=True)
    asked = {"first": time_command([TRACKER, "status", "--owner", "person7"], folder)}
    again = {
        "`python -c 'import typer'`": [sys.executable, "-c", "import typer"],
        "`tracker status --owner person7`, again": [TRACKER, "status", "--owner", "person7"],
        "`tracker status --format csv`, again": [TRACKER, "status", "--format", "csv"],
    }
    times = time_commands(again, 5, folder)
    times["`tracker status --owner person7`, first"] = asked["first"]
    yield ""
    yield from table(times, memory=True)
    yield """
Growth, `tracker status --owner person7`, seconds:

| recaps | first | again | MiB again |
| ---: | ---: | ---: | ---: |"""
    for recaps in (RECAPS // 10, RECAPS, RECAPS * 2):
        own = folder / str(recaps)
        write_repository(own, recaps, ACTIONS // RECAPS, total=recaps * ACTIONS // RECAPS)
        first = time_command(again["`tracker status --owner person7`, again"], own)
        warm = time_commands({"": again["`tracker status --owner person7`, again"]}, 5, own)[""]
        yield f"| {recaps:,} | {first.wall:.2f} | {warm.wall:.2f} | {warm.memory:.0f} |"
        shutil.rmtree(own)
