"""Two clones of a recap repository, which sync at the same time and are merged, in many orders."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from tests.sync.processes import Running
from tests.sync.stage import SEEN, SYNC, Stage, Theatre

AT_ONCE = 2
"""The turn in which both clones send what they have next, before either is answered."""


class Schedule(NamedTuple):
    """Whose request is next, turn by turn, who is killed at their end, and which side of a conflict is kept."""

    turns: Sequence[int] = ()
    killed: int | None = None
    side: str = "ours"


IDENTITY = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")


def git(folder: Path, *words: str) -> str:
    """Run git as nobody in particular; returns what it says."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["git", *IDENTITY, *words], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def clone(first: Stage) -> Stage:
    """Clone a repository."""
    (first.folder / ".gitignore").write_text(".sandbox/\n")
    git(first.folder, "init", "-q", "-b", "main")
    commit(first)
    folder = first.folder.with_name(f"{first.name}-clone")
    git(first.folder, "clone", "-q", str(first.folder), str(folder))
    shutil.copytree(first.folder / ".sandbox", folder / ".sandbox")
    return replace(first, folder=folder)


def commit(stage: Stage) -> None:
    git(stage.folder, "add", "-A")
    git(stage.folder, "commit", "-q", "-m", "sync")


def take_turns(
    theatre: Theatre,
    stages: Sequence[Stage],
    turns: Sequence[int],
    killed: int | None = None,
    codes: frozenset[int] = frozenset({0}),
) -> list[Running]:
    """Sync in both clones, whose requests are sent in the order of the turns; at the end of them one is killed."""
    running = [theatre.processes.start(stage.folder, SYNC) for stage in stages]
    for turn in turns:
        if turn == AT_ONCE:
            send_at_once(theatre, running)
        else:
            step(running[turn])
    if killed is not None and running[killed].at is not None:
        running[killed].kill()
    for number, one in enumerate(running):
        if number != killed:
            ended = one.finish()
            assert set(ended.codes) <= codes, ended.said
    return running


def sync_at_once(theatre: Theatre, stages: Sequence[Stage], schedule: Schedule) -> int:
    """Sync both clones, the one that was killed once more, and merge them; returns the most requests of one."""
    running = take_turns(theatre, stages, schedule.turns, schedule.killed)
    if schedule.killed is not None:
        ended = theatre.run(stages[schedule.killed], SYNC)
        assert ended.codes == [0], ended.said
    merge(theatre, *stages, schedule.side)
    return max(sum(step.startswith("send ") for step in one.passed) for one in running)


def find_failures(play: Callable[[Schedule], object], schedules: Iterable[Schedule]) -> list[str]:
    """Play schedules; returns which of them failed, and how."""
    failures = []
    for schedule in schedules:
        try:
            play(schedule)
        except AssertionError as error:
            failures.append(f"{schedule}: {error}")
    return failures


def step(one: Running) -> None:
    """Let a process go on until it is about to send its next request."""
    while one.at is not None:
        one.go_on()
        if (one.at or "").startswith("send "):
            return


def send_at_once(theatre: Theatre, running: Sequence[Running]) -> None:
    """Let requests of all processes be under way before the first is answered."""
    for one in running:
        if one.at is not None and not one.at.startswith("send "):
            step(one)
    standing = [one for one in running if one.at is not None]
    store = theatre.sandbox.store
    with store.lock:
        for one in standing:
            one.let_go()
        deadline = time.monotonic() + 20
        while store.journal.under_way < len(standing):
            assert time.monotonic() < deadline
    for one in standing:
        one.catch()


def merge(theatre: Theatre, first: Stage, second: Stage, side: str) -> None:
    """Merge as docs/syncing.md says: either side of a conflict is kept, and the next sync settles the rest."""
    for stage in (first, second):
        commit_if_changed(stage)
    git(first.folder, "pull", "-q", "--no-rebase", "--no-edit", "-X", side, str(second.folder), "main")
    first.write(keep_one(first.read()))
    ended = theatre.run(first, *SEEN)
    assert ended.codes == [0, 0, 0], ended.said
    commit_if_changed(first)
    git(second.folder, "pull", "-q", "--no-rebase", "--ff-only", str(first.folder), "main")
    ended = theatre.run(second, *SEEN)
    assert ended.codes == [0, 0, 0], ended.said
    assert git(second.folder, "status", "--porcelain") == ""


def keep_one(text: str) -> str:
    """Keep one of two lines of a key that git has left in an action: each clone's, where they stood apart."""
    kept = []
    for action in text.split("  - id: "):
        lines: dict[str, str] = {}
        for line in action.splitlines(keepends=True):
            lines.setdefault(line.partition(":")[0], line)
        kept.append("".join(lines.values()))
    return "  - id: ".join(kept)


def commit_if_changed(stage: Stage) -> None:
    if git(stage.folder, "status", "--porcelain"):
        commit(stage)
