"""The sandbox as a server on this machine: it listens on loopback alone."""

import os
import socket
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock, Thread
from types import TracebackType
from typing import Self

import waitress
from waitress import wasyncore

from tracker.errors import TrackerError
from tracker.launchpad.limits import NO_IMPORTANCE
from tracker.launchpad.statuses import DEFAULT_BUG_STATUS
from tracker.sandbox import filling, merging, tokens
from tracker.sandbox.access import AccessLevel
from tracker.sandbox.service import Application
from tracker.sandbox.store import Store
from tracker.sandbox.world import (
    BugEntry,
    MilestoneEntry,
    PersonEntry,
    ProjectEntry,
    SpecificationEntry,
    TaskEntry,
    TeamEntry,
    WorkItemEntry,
    World,
)

HOST = "127.0.0.1"
MAX_PORT = 65_535


def _now() -> datetime:
    return datetime.now(UTC)


class Sandbox:
    """A Launchpad on this machine, kept in a folder, or in memory when there is none.

    It listens from the start, and answers within `with`. Any method may be called meanwhile, from any thread.
    `now` is the clock that everything is stamped with; `requests` holds method, path with query, and status of
    what was answered.
    """

    def __init__(self, folder: Path | None, *, port: int = 0, now: Callable[[], datetime] | None = None) -> None:
        self.requests: list[tuple[str, str, int]] = []
        try:
            if not 0 <= port <= MAX_PORT:
                raise OverflowError(f"a port is 0 to {MAX_PORT}")  # create_server would leave its socket open
            listener = socket.create_server((HOST, port))
        except (OSError, OverflowError) as error:
            raise TrackerError(
                f"the sandbox can't listen on port {port} of {HOST}",
                details=str(error),
                remedy="name another port, or 0 for any that is free",
            ) from error
        try:
            self.store = Store(folder, now or _now)
        except BaseException:
            listener.close()
            raise
        self.root = f"http://{HOST}:{listener.getsockname()[1]}/"
        self._server = waitress.create_server(
            Application(self.store, lambda *answered: self.requests.append(answered)),
            sockets=[listener],
            threads=8,
            ident="sandbox",
        )
        self._thread: Thread | None = None
        self._closing = Lock()
        self._closed = False

    def __enter__(self) -> Self:
        self._thread = Thread(target=self._server.run, name="sandbox", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop answering, and close the database once the requests under way are through."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._server.task_dispatcher.shutdown()
            channels = self._server._map  # noqa: SLF001 (waitress has no other way to stop its loop)
            open_channels = dict(channels)
            if self._thread is not None:

                def empty() -> None:
                    open_channels.update(channels)
                    channels.clear()

                # The loop ends when nothing is left in its map; only then are the descriptors closed, lest
                # one be used once more when its number belongs to another file.
                self._server.trigger.pull_trigger(empty)
                self._thread.join()
            wasyncore.close_all(open_channels, ignore_all=True)
            self.store.close()

    # Filling it.

    def fill(self, what: World) -> None:
        """Put in what is missing of a world."""
        filling.fill(self.store, what)

    def add_person(
        self,
        name: str,
        display_name: str,
        *,
        karma: int = 0,
        email: str | None = None,
        irc_nicknames: Sequence[str] = (),
        status: str = "Active",
        merged_into: str | None = None,
    ) -> None:
        """Add a person unless the name is taken.

        Without `email` they get NAME@example.com; with an empty one they are no valid assignee.
        """
        with self.store.transaction():
            filling.put_person(
                self.store,
                PersonEntry(
                    name=name,
                    display_name=display_name,
                    karma=karma,
                    email=email,
                    irc_nicknames=tuple(irc_nicknames),
                    status=status,
                    merged_into=merged_into,
                ),
            )

    def add_team(self, name: str, display_name: str, *, owner: str, members: Sequence[str] = ()) -> None:
        """Add a team unless the name is taken, and members that it lacks; those of `admins` may do everything."""
        entry = TeamEntry(name=name, display_name=display_name, owner=owner, members=tuple(members))
        with self.store.transaction():
            filling.put_team(self.store, entry)
            filling.put_members(self.store, entry)

    def add_project(
        self,
        name: str,
        display_name: str,
        *,
        owner: str,
        driver: str | None = None,
        bug_supervisor: str | None = None,
    ) -> None:
        """Add a project unless the name is taken."""
        entry = ProjectEntry(
            name=name, display_name=display_name, owner=owner, driver=driver, bug_supervisor=bug_supervisor
        )
        with self.store.transaction():
            filling.put_project(self.store, entry)

    def add_milestone(self, project: str, name: str, *, date: date | None = None, active: bool = True) -> None:
        """Add a milestone to a project unless the name is taken."""
        with self.store.transaction():
            filling.put_milestone(self.store, project, MilestoneEntry(name=name, date=date, active=active))

    def add_bug(
        self,
        project: str,
        title: str,
        description: str,
        *,
        owner: str,
        number: int | None = None,
        tags: Sequence[str] = (),
        status: str = DEFAULT_BUG_STATUS,
        importance: str = NO_IMPORTANCE,
        assignee: str | None = None,
        milestone: str | None = None,
        private: bool = False,
        also: Sequence[TaskEntry] = (),
    ) -> int:
        """File a bug and return its number; one with this number that is there already stays as it is.

        `also` are its tasks in other projects.
        """
        first = TaskEntry(
            project=project, status=status, importance=importance, assignee=assignee, milestone=milestone
        )
        with self.store.transaction():
            return filling.put_bug(
                self.store,
                BugEntry(
                    title=title,
                    description=description,
                    owner=owner,
                    tasks=(first, *also),
                    number=number,
                    tags=tuple(tags),
                    private=private,
                ),
            )

    def add_specification(
        self,
        project: str,
        name: str,
        title: str = "a blueprint",
        *,
        owner: str,
        summary: str = "",
        definition_status: str = "New",
        implementation_status: str = "Unknown",
        priority: str = "Undefined",
        assignee: str | None = None,
        drafter: str | None = None,
        approver: str | None = None,
        milestone: str | None = None,
        whiteboard: str | None = None,
        work_items: Sequence[WorkItemEntry] = (),
        bugs: Sequence[int] = (),
        private: bool = False,
    ) -> None:
        """Register a blueprint unless the project has one of its name."""
        entry = SpecificationEntry(
            project=project,
            name=name,
            title=title,
            owner=owner,
            summary=summary,
            definition_status=definition_status,
            implementation_status=implementation_status,
            priority=priority,
            assignee=assignee,
            drafter=drafter,
            approver=approver,
            milestone=milestone,
            whiteboard=whiteboard,
            work_items=tuple(work_items),
            bugs=tuple(bugs),
            private=private,
        )
        with self.store.transaction():
            filling.put_specification(self.store, entry)

    def merge_account(self, name: str, into: str) -> None:
        """Merge an account into another; see `merging`."""
        with self.store.transaction():
            merging.merge_account(self.store, name, into)

    # Letting people in.

    def credentials(
        self, person: str, *, level: str = AccessLevel.WRITE_PRIVATE, expires: datetime | None = None
    ) -> str:
        """Issue a token and return launchpadlib's credentials file for it."""
        with self.store.transaction():
            account = filling.resolve(self.store, "person", person)
            return tokens.render_credentials(*tokens.issue(self.store, account.id, AccessLevel(level), expires))

    def write_credentials(
        self,
        path: Path,
        person: str,
        *,
        level: str = AccessLevel.WRITE_PRIVATE,
        expires: datetime | None = None,
    ) -> None:
        """Issue a token and write the credentials file, which only its owner may read."""
        text = self.credentials(person, level=level, expires=expires)
        descriptor = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(text)
