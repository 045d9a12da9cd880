"""A repository and a project of its own on the sandbox, filled without a sync, so that there can be a great many."""

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.sync.bench import PEOPLE, logging_in
from tests.sync.processes import Ended, Processes, forking
from tracker.launchpad.gateway import Gateway
from tracker.launchpad.snapshots import TaskSnapshot
from tracker.sandbox.server import Sandbox
from tracker.sync.entries import Entries, Entry
from tracker.sync.entry_lines import read_entry
from tracker.sync.identity import read_identity

SYNC = ("sync", "--yes")
SEEN = (SYNC, ("plan", "--exit-code"), ("check",))
"""What a person does after something went wrong."""
_NUMBERS = re.compile(r"- id: (\S+)(?:\n(?! *- id:).*)*?\n +bug: (\d+)")
PERSONS = ("driver", "ihar", "artur", "kevin", "armando")
SETTINGS = """\
tag: {name}
project: {name}
service: sandbox
limits: {{settle: 0, create: 100, change: 1, close: 1, reassign: 1, missing: 1}}
"""


@dataclass(frozen=True)
class Bug:
    """All of a bug that somebody can have written, as it is on the sandbox."""

    number: int
    project: str
    title: str
    description: str
    tags: tuple[str, ...]
    duplicate_of: int | None
    private: bool
    status: str
    importance: str
    assignee: str | None
    milestone: str | None
    subscribers: tuple[str, ...]
    comments: tuple[str, ...]

    @property
    def identity(self) -> str | None:
        return read_identity(self.description)


@dataclass
class Stage:
    """A repository in a folder, beside the way to its Launchpad."""

    folder: Path
    name: str
    sandbox: Sandbox
    somebody: Gateway
    recap: str = "ocata/session"

    @property
    def sessions(self) -> Path:
        return self.folder / "sessions"

    @property
    def path(self) -> Path:
        return self.sessions / f"{self.recap}.yaml"

    @property
    def other(self) -> str:
        """The project that a bug may be moved to."""
        return f"{self.name}-other"

    @property
    def base_root(self) -> Path:
        return self.sessions / ".synced" / "sandbox"

    @property
    def base(self) -> Path:
        return self.base_root / f"{self.recap}.jsonl"

    def read(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def write(self, text: str) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(text, encoding="utf-8")

    def entries(self) -> Entries:
        return self.read_base(self.base)

    def read_base(self, path: Path) -> Entries:
        if not path.exists():
            return {}
        lines = path.read_text(encoding="utf-8").splitlines()
        return {entry.action: entry for entry in map(read_entry, lines)}

    def elsewhere(self, action: str, **changes: str | None) -> None:
        """Let somebody else change an action's bug on Launchpad."""
        self.change(self.numbers()[action], **changes)

    def change(self, number: int, **changes: str | None) -> None:
        """Let somebody else change a bug on Launchpad."""
        if "title" in changes:
            bug = self.somebody.fetch_bug(number)
            assert bug is not None
            self.somebody.update_bug(bug, title=changes.pop("title"))
        if changes:
            task = self.somebody.fetch_task(self.name, number)
            assert isinstance(task, TaskSnapshot)
            self.somebody.update_task(task, changes)

    def numbers(self) -> dict[str, int]:
        """Return the numbers that the recap has, by action."""
        return {one: int(number) for one, number in _NUMBERS.findall(self.read())}

    def bugs(self) -> dict[int, Bug]:
        """Return all bugs of the project, in whatever state."""
        store = self.sandbox.store
        with store.lock:
            rows = store.rows(
                "SELECT bug.id, project.name AS project, bug.title,"
                " bug.description, bug.duplicate_of, bug.information_type, task.status,"
                " task.importance, person.name AS assignee, milestone.name AS milestone FROM bug"
                " JOIN bug_task AS task ON task.bug = bug.id JOIN project ON project.id = task.project"
                " LEFT JOIN person ON person.id = task.assignee LEFT JOIN milestone ON milestone.id = task.milestone"
                " WHERE project.name IN (?, ?) ORDER BY bug.id",
                self.name,
                self.other,
            )
            return {
                row["id"]: Bug(
                    row["id"],
                    row["project"],
                    row["title"],
                    row["description"],
                    self._column("SELECT tag FROM bug_tag WHERE bug = ? ORDER BY tag", row["id"]),
                    row["duplicate_of"],
                    row["information_type"] != "Public",
                    row["status"],
                    row["importance"],
                    row["assignee"],
                    row["milestone"],
                    self._column(
                        "SELECT name FROM subscription JOIN person ON person.id = subscription.person"
                        " WHERE bug = ? ORDER BY name",
                        row["id"],
                    ),
                    self._column("SELECT content FROM message WHERE bug = ? AND position > 0", row["id"]),
                )
                for row in rows
            }

    def _column(self, sql: str, number: int) -> tuple[str, ...]:
        return tuple(row[0] for row in self.sandbox.store.rows(sql, number))

    def leftovers(self) -> list[str]:
        """Return the files that are neither the repository's nor the base's."""
        known = {".yaml", ".jsonl"}
        return [str(one) for one in self.sessions.rglob("*") if one.is_file() and one.suffix not in known]


@dataclass
class Theatre:
    """Makes stages on one sandbox."""

    sandbox: Sandbox
    somebody: Gateway
    folder: Path
    credentials: Path
    processes: Processes
    people: str
    made: int = 0
    _cache: Path | None = field(default=None)

    def stage(self, recap: str = "ocata/session") -> Stage:
        """Make an empty repository, and a project with two milestones."""
        self.made += 1
        name = f"{self.folder.name}-{self.made}".lower().replace("_", "-")
        self.sandbox.add_project(name, name, owner="driver", driver="core")
        for milestone in ("ocata-1", "ocata-2"):
            self.sandbox.add_milestone(name, milestone)
        folder = self.folder / name
        (folder / "sessions").mkdir(parents=True)
        (folder / "sessions" / "tracker.yaml").write_text(SETTINGS.format(name=name))
        (folder / "sessions" / "people.yaml").write_text(self.people)
        self.connect(folder, self.sandbox.root)
        return Stage(folder, name, self.sandbox, self.somebody, recap)

    def connect(self, folder: Path, root: str) -> None:
        """Let the tracker find a sandbox from a folder, with its description read before."""
        home = folder / ".sandbox"
        home.mkdir()
        (home / "address").write_text(f"{root}\n")
        shutil.copy2(self.credentials, home / "credentials")
        if self._cache is not None:
            shutil.copytree(self._cache, home / "cache")

    def lead(self, folder: Path, root: str) -> None:
        """Let the tracker find the sandbox somewhere else."""
        (folder / ".sandbox" / "address").write_text(f"{root}\n")

    def run(self, stage: Stage, *commands: tuple[str, ...]) -> Ended:
        ended = self.processes.run(stage.folder, *commands)
        if self._cache is None:
            self._cache = stage.folder / ".sandbox" / "cache"
        return ended

    def settle(self, stage: Stage) -> str:
        """Sync without a fault; returns what was said when that does not end in step."""
        ended = self.run(stage, *SEEN)
        return "" if ended.codes == [0, 0, 0] else ended.said


@dataclass(frozen=True)
class Scene:
    """A repository and its bugs as both sides have edited them since the last sync, to be played many times."""

    recap: str
    text: str
    base: str
    bugs: Mapping[int, Bug]

    def play(self, theatre: Theatre) -> Stage:
        """Put the scene on a stage of its own."""
        stage = theatre.stage(self.recap)
        numbers = {
            number: theatre.sandbox.add_bug(
                stage.name,
                bug.title,
                bug.description,
                owner="driver",
                tags=[stage.name, *(tag for tag in bug.tags if not tag.startswith(theatre.folder.name))],
                status=bug.status,
                importance=bug.importance,
                assignee=bug.assignee,
                milestone=bug.milestone,
            )
            for number, bug in self.bugs.items()
        }

        def renumber(match: re.Match[str]) -> str:
            return f"{match[1]}{numbers[int(match[2])]}"

        stage.write(re.sub(r"(\bbug: )(\d+)", renumber, self.text))
        if self.base:
            stage.base.parent.mkdir(parents=True)
            stage.base.write_text(re.sub(r'("bug": )(\d+)', renumber, self.base).replace(self._name, stage.name))
        return stage

    @property
    def _name(self) -> str:
        return next(tag for bug in self.bugs.values() for tag in bug.tags)


def rehearse(theatre: Theatre, recap: str, before: str, edit: Callable[[Stage], None]) -> Scene:
    """Sync a recap, let both sides edit what came of it, and keep that."""
    stage = theatre.stage(recap)
    stage.write(before)
    said = theatre.settle(stage)
    assert not said, said
    edit(stage)
    return Scene(recap, stage.read(), stage.base.read_text(), stage.bugs())


@dataclass(frozen=True)
class Outcome:
    """What is to be the same, wherever a sync was ended and begun again."""

    recap: str
    open_bugs: int
    actions: Mapping[str, tuple[Any, ...]]
    base: Mapping[str, tuple[Any, ...]]
    comments: Mapping[str, int]


def outcome(stage: Stage) -> Outcome:
    """Return what both sides say, without numbers and times."""
    numbers, bugs = stage.numbers(), stage.bugs()
    known = {one: bugs[number] for one, number in numbers.items()}
    return Outcome(
        re.sub(r"\bbug: \d+", "bug: N", stage.read()),
        sum(bug.duplicate_of is None for bug in bugs.values()),
        {
            one: (bug.title, bug.status, bug.importance, bug.assignee, bug.milestone, len(bug.tags), bug.subscribers)
            for one, bug in known.items()
        },
        {one: timeless(entry, numbers) for one, entry in stage.entries().items()},
        {one: len(bug.comments) for one, bug in known.items()},
    )


def timeless(entry: Entry, numbers: Mapping[str, int]) -> tuple[Any, ...]:
    words = {name: (agreed.recap, agreed.launchpad) for name, agreed in entry.fields.items()}
    return (
        entry.bug == numbers.get(entry.action),
        entry.created,
        entry.creating,
        words,
        dict(entry.refused),
        entry.subscribed,
        len(entry.tags),
        entry.commented,
        entry.formerly,
    )


@contextmanager
def standing_alone(folder: Path) -> Iterator[Theatre]:
    """Serve a sandbox and open a theatre on it, outside of the tests."""
    with Sandbox(None) as sandbox, forking(folder) as processes, logging_in(sandbox, folder) as log_in:
        for name in PERSONS:
            sandbox.add_person(name, f"{name.title()} Tester")
        sandbox.add_team("core", "Core reviewers", owner="driver", members=["kevin"])
        stages = folder / "stages"
        stages.mkdir()
        sandbox.write_credentials(folder / "credentials", "driver")
        yield Theatre(sandbox, log_in("kevin"), stages, folder / "credentials", processes, PEOPLE)
