"""A recap repository of its own, against a project of its own on the sandbox, synced in this process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn
from unittest.mock import patch

import pytest

from tracker.launchpad.accounts import read_account
from tracker.launchpad.gateway import Gateway
from tracker.launchpad.services import Service
from tracker.launchpad.snapshots import TaskSnapshot
from tracker.launchpad.wire import Wire
from tracker.recap.repository import Repository, load_repository
from tracker.recap.writer import Writer
from tracker.sandbox.server import Sandbox
from tracker.sync.apply import apply_plan
from tracker.sync.base import Base
from tracker.sync.choice import EVERYTHING, Choice
from tracker.sync.entries import Entries
from tracker.sync.events import Event, Kind
from tracker.sync.merge import Prefer
from tracker.sync.plan import Plan
from tracker.sync.planning import make_plan
from tracker.sync.workspace import Workspace

PEOPLE = """\
people:
  ihar: {name: Ihar Tester, launchpad: ihar}
  artur: {name: Artur Tester, launchpad: artur}
  kevin: {name: Kevin Tester, launchpad: kevin}
  paper: {name: Paper Tester}
teams:
  core: {name: core reviewers, launchpad: core}
"""
HEAD = "title: a session\ndate: 2016-10-28\nevent: a summit\nactions:\n"


@contextmanager
def logging_in(sandbox: Sandbox, folder: Path) -> Iterator[Callable[[str], Gateway]]:
    """Log in to a sandbox as whoever is named, with credentials and caches in a folder."""
    known: dict[str, Gateway] = {}

    def log_in(account: str) -> Gateway:
        if account not in known:
            path = folder / account
            sandbox.write_credentials(path, account)
            cache = folder / f"{account}.cache"
            known[account] = Gateway(Wire(Service("sandbox", sandbox.root, read_account(path), cache)))
        return known[account]

    yield log_in
    for gateway in known.values():
        gateway.close()


class Killed(BaseException):
    """The process ended here."""


@contextmanager
def killed_after(saves: int) -> Iterator[None]:
    """Let whoever syncs be killed when so many files of the base have changed; fails when nobody was."""
    real, changed = Base.save, 0

    def save(base: Base, recap_id: str, entries: Entries) -> None:
        nonlocal changed
        path = base.path(recap_id)
        before = path.read_bytes() if path.exists() else b""
        real(base, recap_id, entries)
        changed += before != (path.read_bytes() if path.exists() else b"")
        if changed == saves:
            raise Killed

    with patch.object(Base, "save", save), pytest.raises(Killed):
        yield


class Failing:
    """A gateway on which calls of one name end with an error: the first so many, where they are as asked."""

    account = "driver"

    def __init__(
        self,
        gateway: Gateway,
        name: str,
        error: BaseException,
        when: Callable[..., bool] = lambda *_values, **_options: True,
        *,
        times: int = 1000,
    ) -> None:
        self._gateway = gateway
        self._name = name
        self._error = error
        self._when = when
        self._times = times
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        if name != self._name:
            return getattr(self._gateway, name)

        def call(*values: Any, **options: Any) -> Any:
            self.calls += 1
            if self.calls <= self._times and self._when(*values, **options):
                raise self._error
            return getattr(self._gateway, name)(*values, **options)

        return call


@dataclass
class Clock:
    """A clock that only sleeping moves."""

    time: datetime = datetime(2016, 11, 3, 18, 50, 8, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)


@dataclass(repr=False)
class Bench:
    """A repository and its Launchpad."""

    folder: Path
    project: str
    tag: str
    gateway: Gateway
    others: Gateway
    requests: list[tuple[str, str, int]]
    clock: Clock = field(default_factory=Clock)
    recap: str = "ocata/session"
    base_folder: Path | None = None

    def __repr__(self) -> str:
        return f"Bench({self.tag!r})"

    @property
    def path(self) -> Path:
        return self.folder / f"{self.recap}.yaml"

    def write(self, actions: str, head: str = HEAD) -> None:
        """Write the recap; each action is YAML below `actions:`."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes((head + actions).encode())

    def read(self) -> str:
        return self.path.read_bytes().decode()

    def replace(self, old: str, new: str) -> None:
        text = self.read()
        assert old in text, text
        self.path.write_bytes(text.replace(old, new, 1).encode())

    def repository(self) -> Repository:
        return load_repository(self.folder)

    def plan(
        self, prefer: Prefer | None = None, *, retry_refused: bool = False, choice: Choice | None = None
    ) -> Plan:
        return self.prepare(prefer, retry_refused=retry_refused, choice=choice)[1]

    def sync(
        self, prefer: Prefer | None = None, *, retry_refused: bool = False, choice: Choice | None = None
    ) -> list[Event]:
        work, plan = self.prepare(prefer, retry_refused=retry_refused, choice=choice)
        return list(apply_plan(work, plan))

    def prepare(
        self,
        prefer: Prefer | None = None,
        *,
        retry_refused: bool = False,
        choice: Choice | None = None,
        check: bool = True,
    ) -> tuple[Workspace, Plan]:
        """Make a plan and what carrying it out works with; `check` is whether the input must be without problems."""
        repository = self.repository()
        assert not (check and repository.diagnostics), repository.diagnostics
        assert repository.settings is not None
        assert repository.people is not None
        base = Base(self.base_folder or self.folder, "sandbox")
        planned = make_plan(
            self.gateway,
            repository,
            repository.settings,
            repository.people,
            base,
            missing=1.0,
            choice=choice or EVERYTHING,
            prefer=prefer,
            retry_refused=retry_refused,
        )
        entries, context = planned.entries, planned.context
        writers = {file.id: Writer(file) for file in repository.files if file.recap}
        work = Workspace(self.gateway, context, base, entries, writers, now=self.clock.now, sleep=self.clock.sleep)
        return work, planned.plan

    def number(self, index: int = 0) -> int:
        return self.repository().recaps[0].actions[index].target.number

    def task(self, number: int | None = None) -> TaskSnapshot:
        task = self.others.fetch_task(self.project, number or self.number())
        assert isinstance(task, TaskSnapshot)
        return task

    def elsewhere(self, number: int | None = None, **changes: str | None) -> None:
        """Let somebody else, who may do everything, change the bug on Launchpad."""
        self.others.update_task(self.task(number), changes)

    def bugs(self) -> list[int]:
        """Return every bug of the tag that is no duplicate."""
        return sorted(task.bug for task in self.others.search(self.project, self.tag))

    def in_step(self) -> bool:
        return not self.plan().changed


def end_before_the_answer(bench: Bench) -> None:
    """Sync until a bug is created, and end there: nobody reads its number."""
    create = bench.gateway.create_bug

    def end(*values: Any) -> NoReturn:
        create(*values)
        raise KeyboardInterrupt

    with patch.object(bench.gateway, "create_bug", end), pytest.raises(KeyboardInterrupt):
        bench.sync()


def happened(events: list[Event], kind: Kind) -> list[str]:
    return [event.text for event in events if event.kind is kind]
