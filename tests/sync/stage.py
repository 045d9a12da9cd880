"""A repository and a project of its own on the sandbox, filled without a sync, so that there can be a great many."""

import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.sync.bench import PEOPLE, logging_in
from tests.sync.processes import Ended, Processes, forking
from tracker.launchpad.gateway import Gateway
from tracker.launchpad.snapshots import TaskSnapshot
from tracker.launchpad.statuses import blueprint_status
from tracker.sandbox.server import Sandbox
from tracker.sandbox.world import WorkItemEntry
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


@dataclass(frozen=True)
class Line:
    """A work item, as it is on the sandbox."""

    row: int
    """Launchpad's own number of it: another one is another work item, however equal."""
    title: str
    status: str
    assignee: str | None
    milestone: str | None

    @property
    def says(self) -> tuple[str | None, ...]:
        return self.title, self.status, self.assignee, self.milestone

    @property
    def entry(self) -> WorkItemEntry:
        return WorkItemEntry(title=self.title, status=self.status, assignee=self.assignee, milestone=self.milestone)


@dataclass(frozen=True)
class Blueprint:
    """All of a blueprint that somebody can have written, as it is on the sandbox."""

    name: str
    title: str
    summary: str
    whiteboard: str | None
    definition_status: str
    implementation_status: str
    assignee: str | None
    milestone: str | None
    subscribers: tuple[str, ...]
    bugs: tuple[int, ...]
    lines: tuple[Line, ...]

    @property
    def identity(self) -> str | None:
        return read_identity(self.summary)

    @property
    def status(self) -> str:
        return blueprint_status(self.definition_status, self.implementation_status)


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

    def blueprints(self) -> dict[str, Blueprint]:
        """Return all blueprints of the project, with their work items."""
        store = self.sandbox.store
        with store.lock:
            rows = store.rows(
                "SELECT one.id, one.name, one.title, one.summary, one.whiteboard, one.definition_status,"
                " one.implementation_status, person.name AS assignee, milestone.name AS milestone"
                " FROM specification AS one JOIN project ON project.id = one.project"
                " LEFT JOIN person ON person.id = one.assignee LEFT JOIN milestone ON milestone.id = one.milestone"
                " WHERE project.name = ? ORDER BY one.name",
                self.name,
            )
            return {row["name"]: self._blueprint(dict(row)) for row in rows}

    def _blueprint(self, row: dict[str, Any]) -> Blueprint:
        number = row.pop("id")
        lines = self.sandbox.store.rows(
            "SELECT item.id AS row, item.title, item.status, person.name AS assignee, milestone.name AS milestone"
            " FROM work_item AS item LEFT JOIN person ON person.id = item.assignee"
            " LEFT JOIN milestone ON milestone.id = item.milestone"
            " WHERE specification = ? AND NOT is_deleted ORDER BY position, item.id",
            number,
        )
        return Blueprint(
            **row,
            subscribers=self._column(
                "SELECT name FROM specification_subscription AS one JOIN person ON person.id = one.person"
                " WHERE specification = ? ORDER BY name",
                number,
            ),
            bugs=self._column("SELECT bug FROM specification_bug WHERE specification = ? ORDER BY bug", number),
            lines=tuple(Line(**dict(line)) for line in lines),
        )

    def change_blueprint(self, name: str, **changes: str | None) -> None:
        """Let somebody else change a blueprint on Launchpad."""
        shown = self.somebody.fetch_blueprint(self.name, name)
        assert shown is not None
        if changes:
            self.somebody.update_blueprint(shown, changes)

    def put_lines(self, blueprint: str, lines: Sequence[tuple[str | None, ...]]) -> None:
        """Let somebody else write a blueprint's work items: title, status, assignee and milestone of each."""
        text = "".join(
            (f"Work items for {milestone}:\n" if milestone else "Work items:\n")
            + (f"[{assignee}] " if assignee else "")
            + f"{title}: {status}\n"
            for title, status, assignee, milestone in lines
        )
        self.change_blueprint(blueprint, work_items=text)

    def _column(self, sql: str, number: int) -> tuple[Any, ...]:
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
    settings: str = SETTINGS
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
        (folder / "sessions" / "tracker.yaml").write_text(self.settings.format(name=name))
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
    blueprints: Mapping[str, Blueprint]
    name: str
    """The project and the tag of the stage that it was rehearsed on."""

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

        for name, one in self.blueprints.items():
            theatre.sandbox.add_specification(
                stage.name,
                name,
                one.title,
                owner="driver",
                summary=one.summary,
                definition_status=one.definition_status,
                implementation_status=one.implementation_status,
                assignee=one.assignee,
                milestone=one.milestone,
                whiteboard=one.whiteboard,
                work_items=[line.entry for line in one.lines],
                bugs=[numbers[bug] for bug in one.bugs],
            )

        def renumber(match: re.Match[str]) -> str:
            return f"{match[1]}{numbers[int(match[2])]}"

        stage.write(re.sub(r"(\bbug: )(\d+)", renumber, self.text))
        if self.base:
            stage.base.parent.mkdir(parents=True)
            stage.base.write_text(re.sub(r'("bug": )(\d+)', renumber, self.base).replace(self.name, stage.name))
        return stage


def rehearse(
    theatre: Theatre,
    recap: str,
    before: str,
    edit: Callable[[Stage], None],
    prepare: Callable[[Stage], None] = lambda _stage: None,
) -> Scene:
    """Sync a recap on a prepared Launchpad, let both sides edit what came of it, and keep that."""
    stage = theatre.stage(recap)
    prepare(stage)
    stage.write(before)
    said = theatre.settle(stage)
    assert not said, said
    edit(stage)
    return Scene(recap, stage.read(), stage.base.read_text(), stage.bugs(), stage.blueprints(), stage.name)


@dataclass(frozen=True)
class Outcome:
    """What is to be the same, wherever a sync was ended and begun again."""

    recap: str
    open_bugs: int
    actions: Mapping[str, tuple[Any, ...]]
    base: Mapping[str, tuple[Any, ...]]
    comments: Mapping[str, int]
    blueprints: Mapping[str, tuple[Any, ...]]


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
        {
            name: (
                one.title,
                one.summary,
                one.whiteboard,
                one.definition_status,
                one.implementation_status,
                one.assignee,
                one.milestone,
                one.subscribers,
                sorted(bugs[number].identity or "" for number in one.bugs),
                [line.says for line in one.lines],
            )
            for name, one in stage.blueprints().items()
        },
    )


def timeless(entry: Entry, numbers: Mapping[str, int]) -> tuple[Any, ...]:
    words = {name: (agreed.recap, agreed.launchpad) for name, agreed in entry.fields.items()}
    return (
        entry.bug == numbers.get(entry.action),
        (entry.blueprint or "").partition("/")[2],
        (entry.work_item or "").partition("/")[2],
        len(entry.linked),
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
