"""`tracker demo`: the whole job on a Launchpad on this machine, with real commands and their real output."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tracker.errors import ExitCode, TrackerError

if TYPE_CHECKING:
    from tracker.sandbox.server import Sandbox

_RECAP = "ocata/neutron-server-next"


def demo(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="A folder that is new or empty.")] = Path(
        "tracker-demo"
    ),
) -> None:
    """Show the whole job: a recap's actions become bugs, change there, and come back.

    Copies the sample recaps into DIR, serves a Launchpad on this machine, and runs the commands against it.
    DIR stays usable afterwards. Example: tracker demo /tmp/demo
    """
    from tracker.cli.output import out
    from tracker.cli.sandbox import describe_world, require_sandbox
    from tracker.recap.repository import load_repository

    require_sandbox()
    from tracker.sandbox.local import serving

    sessions = _copy_sample(folder)
    with serving(sessions, describe_world(load_repository(sessions))) as sandbox:
        _play(folder, sandbox)
    out("")
    out("The recaps and what the last sync saw are in the folder; look around:")
    out(f"  cd {folder} && tracker status")
    out("To sync again, serve that Launchpad in another terminal:")
    out(f"  cd {folder} && tracker sandbox serve")


def _play(folder: Path, sandbox: "Sandbox") -> None:
    run = _Shell(folder)
    run.say("A session is over, and its recap is written. Is it in order?")
    run("check")
    run.say("What would happen on Launchpad? Nothing is written yet.")
    run("plan")
    run.say("Carry it out: each action gets a bug, and the recap its number.")
    run("sync", "--yes")
    run.say("Weeks later somebody changes two bugs on that Launchpad ...")
    launchpad = _somebody(folder, sandbox)
    _change(run, launchpad, folder, "forbid-contract-migrations", status="In Progress")
    _change(run, launchpad, folder, "review-pecan", assignee_link=f"{sandbox.root}devel/~armando")
    run.say("... and the next sync brings that into the recap, into those lines alone.")
    run("sync", "--yes")
    run.say("Now both sides move apart: the recap says done, somebody on Launchpad says Invalid.")
    _set_status(run, folder, "push-notifications", "done")
    _change(run, launchpad, folder, "push-notifications", status="Invalid")
    run.say("That is a conflict. Both sides stay as they are, and everything else goes on.")
    run("sync", "--yes", expected=ExitCode.CONFLICTS)
    run.say("A person decides: the recap is right.")
    run("sync", "--yes", "--prefer", "recap")
    run.say("Who owes what?")
    run("status", "--all")


class _Shell:
    """Runs commands of the tracker in the demo's folder, and shows them with their output."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def say(self, text: str) -> None:
        from tracker.cli.output import out, paint

        out("")
        out(paint(f"# {text}", typer.colors.BRIGHT_BLACK))

    def show(self, text: str) -> None:
        from tracker.cli.output import out

        out(f"  {text}")

    def __call__(self, *words: str, expected: ExitCode = ExitCode.OK) -> None:
        from tracker.cli.output import out, paint

        command = " ".join(("tracker", *words))
        out(paint(f"$ {command}", bold=True))
        sys.stdout.flush()
        answer = subprocess.run([sys.executable, "-m", "tracker", *words], cwd=self._folder, check=False)  # noqa: S603
        if answer.returncode != expected:
            raise TrackerError(
                f"`{command}` answered {answer.returncode} instead of {int(expected)}",
                remedy=f"its output is above, its files are in {self._folder}",
                exit_code=ExitCode.LAUNCHPAD,
            )


def _copy_sample(folder: Path) -> Path:
    import shutil

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise TrackerError(
            f"{folder} is not empty", remedy="name a folder that is new or empty", exit_code=ExitCode.USAGE
        )
    package = Path(__file__).parent.parent
    # Installed, the sample lies in the package; in a source tree it is the project's own sessions/.
    sample = next(path for path in (package / "sample", package.parent / "sessions") if path.is_dir())
    sessions = folder / "sessions"
    shutil.copytree(sample, sessions, ignore=shutil.ignore_patterns(".*"))
    return sessions


def _somebody(folder: Path, sandbox: "Sandbox") -> Any:
    """Log in to the demo's Launchpad as somebody else, with plain launchpadlib."""
    from launchpadlib.credentials import Credentials
    from launchpadlib.launchpad import Launchpad

    from tracker.launchpad.services import SANDBOX_FOLDER, VERSION

    home = folder / SANDBOX_FOLDER
    credentials = Credentials.load_from_path(str(home / "somebody.credentials"))
    return Launchpad(credentials, None, None, service_root=sandbox.root, cache=str(home / "cache"), version=VERSION)


def _change(run: _Shell, launchpad: Any, folder: Path, action: str, **values: str) -> None:
    number = _tracked_bug(folder, action)
    task = launchpad.load(f"/neutron/+bug/{number}")
    for name, value in values.items():
        setattr(task, name, value)
    task.lp_save()
    for name, value in values.items():
        run.show(f"on Launchpad, bug {number}: {name.removesuffix('_link')} = {value.rsplit('/', 1)[-1]}")


def _tracked_bug(folder: Path, action: str) -> int:
    from tracker.recap.model import BugTarget

    _, found = _find(folder, lambda one: one == action)
    if not isinstance(found.target, BugTarget) or found.target.number is None:
        raise TrackerError(f'action "{action}" has no bug')
    return found.target.number


def _set_status(run: _Shell, folder: Path, action: str, status: str) -> None:
    from tracker.recap.editor import Edit
    from tracker.recap.repository import load_repository
    from tracker.recap.writer import Writer

    index, _ = _find(folder, lambda one: one == action)
    repository = load_repository(folder / "sessions")
    file = next(file for file in repository.files if file.id == _RECAP)
    Writer(file).write([Edit(("actions", index, "status"), status)])
    run.show(f"in the recap, {action}: status = {status}")


def _find(folder: Path, matches: Callable[[str], bool]) -> tuple[int, Any]:
    from tracker.recap.repository import load_repository

    recap = next(recap for recap in load_repository(folder / "sessions").recaps if recap.id == _RECAP)
    return next((index, action) for index, action in enumerate(recap.actions) if matches(action.id))
