"""A sandbox that is served for a folder, in the place there where `service: sandbox` looks for it."""

import fcntl
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tracker.errors import TrackerError
from tracker.launchpad.services import SANDBOX_FOLDER
from tracker.recap.files import replace_file
from tracker.sandbox.seed import DRIVER, SOMEBODY
from tracker.sandbox.server import Sandbox
from tracker.sandbox.world import MilestoneEntry, PersonEntry, ProjectEntry, TeamEntry, World

STANDING_ALONE = World(
    people=(
        PersonEntry(name=DRIVER, display_name="The one who syncs"),
        PersonEntry(name=SOMEBODY, display_name="Somebody else"),
        PersonEntry(name="sandbox-triager", display_name="Somebody in the project's team"),
    ),
    teams=(
        TeamEntry(name="sandbox-team", display_name="The project's team", owner=DRIVER, members=("sandbox-triager",)),
    ),
    projects=(
        ProjectEntry(
            name="example",
            display_name="Example",
            owner=DRIVER,
            bug_supervisor="sandbox-team",
            milestones=(MilestoneEntry(name="next"),),
        ),
    ),
)
"""What a sandbox holds that is served outside of a recap repository: somebody in each role, and a project."""


@contextmanager
def serving(sessions: Path, world: World, port: int = 0) -> Iterator[Sandbox]:
    """Serve a sandbox for a repository, or the folder that would hold one, filled with what it lacks of a world.

    Beside `sessions/` it leaves `.sandbox/`, for its owner alone: the data, the address while it is served, and
    the credentials of the one who syncs (`credentials`) and of somebody else (`somebody.credentials`).

    Raises TrackerError when it is served already, and when the folder or what is in it cannot be used.
    """
    home = sessions.parent / SANDBOX_FOLDER
    address = home / "address"
    with ExitStack() as stack:
        try:
            stack.enter_context(_held(home, address))
            sandbox = stack.enter_context(Sandbox(home, port=port))
            (home / ".gitignore").write_text("# Data and secrets of a sandbox are not for a repository.\n*\n")
            sandbox.fill(world)
            for name, account in (("credentials", DRIVER), ("somebody.credentials", SOMEBODY)):
                if not (home / name).exists():
                    sandbox.write_credentials(home / name, account)
            stack.callback(_withdraw, address, sandbox.root)
            replace_file(address, sandbox.root.encode() + b"\n")
        except OSError as error:
            raise TrackerError(
                f"{home} can't hold a sandbox",
                details=str(error),
                remedy="make it a folder that is yours, with room on its disk, or move it out of the way",
            ) from error
        except sqlite3.DatabaseError as error:
            raise TrackerError(
                f"the database in {home} can't be used",
                details=str(error),
                remedy="if it is damaged, delete the folder: the next start fills it from the recaps and the base",
            ) from error
        yield sandbox


@contextmanager
def _held(home: Path, address: Path) -> Iterator[None]:
    """Keep the folder to this process; the system lets go of it however the process ends."""
    home.mkdir(mode=0o700, exist_ok=True)
    home.chmod(0o700)
    with (home / "lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TrackerError(
                f"the sandbox of {home.parent} is served already, at {_read(address) or 'an address not yet known'}",
                remedy="use that one, or end it first",
            ) from None
        address.unlink(missing_ok=True)  # of one that was killed
        yield


def _withdraw(address: Path, root: str) -> None:
    """Remove the address, unless the folder was made anew meanwhile and it is another's."""
    if _read(address) == root:
        address.unlink(missing_ok=True)


def _read(address: Path) -> str | None:
    try:
        return address.read_text(encoding="utf-8").strip()
    except OSError:
        return None


def wait() -> None:
    """Wait until the process is interrupted."""
    threading.Event().wait()
