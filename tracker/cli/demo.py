"""`tracker demo`: the whole job on a Launchpad on this machine, with real commands and their real output."""

import shlex
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.errors import ExitCode, TrackerError

if TYPE_CHECKING:
    from tracker.cli.shell import Shell
    from tracker.launchpad.gateway import Gateway
    from tracker.recap.model import Action

_RECAP = "ocata/neutron-server-next"


def demo(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is new or empty.")] = Path(
        "tracker-demo"
    ),
) -> None:
    """Show the whole job: a recap's actions become bugs, change there, and come back.

    Copies the sample recaps into DIR, serves a Launchpad on this machine, and runs the commands against it.

    DIR stays usable afterwards.

    Example: tracker demo /tmp/demo
    """
    from tracker.cli.output import out
    from tracker.cli.sandbox import describe_world, require_sandbox
    from tracker.cli.shell import own_command
    from tracker.recap.repository import load_repository

    require_sandbox()
    from tracker.sandbox.local import serving

    sessions = _copy_sample(folder)
    with serving(sessions, describe_world(load_repository(sessions))):
        _play(folder)
    out("")
    command = own_command()
    out("The recaps and what the last sync saw are in the folder; look around:")
    there = shlex.quote(str(folder))
    out(f"  cd {there} && {command} status")
    out("To sync again, serve that Launchpad in another terminal:")
    out(f"  cd {there} && {command} sandbox serve")


def _play(folder: Path) -> None:
    from tracker.cli.shell import Shell

    run = Shell(folder)
    run.say("A session is over, and its recap is written. Is it in order?")
    run("check")
    run.say("What would happen on Launchpad? Nothing is written yet.")
    run("plan")
    run.say("Carry it out: each action gets a bug, and the recap its number.")
    run("sync", "--yes")
    run.say("Weeks later somebody changes two bugs on that Launchpad ...")
    launchpad = _somebody(folder)
    _change(run, launchpad, folder, "forbid-contract-migrations", "status", "In Progress")
    _change(run, launchpad, folder, "review-pecan", "lead", "armando")
    run.say("... and the next sync brings that into the recap, into those lines alone.")
    run("sync", "--yes")
    run.say("Now both sides move apart: the recap says done, somebody on Launchpad says Invalid.")
    _set_status(run, folder, "push-notifications", "done")
    _change(run, launchpad, folder, "push-notifications", "status", "Invalid")
    run.say("That is a conflict. Both sides stay as they are, and everything else goes on.")
    run("sync", "--yes", expected=ExitCode.CONFLICTS)
    run.say("A person decides: the recap is right.")
    run("sync", "--yes", "--prefer", "recap")
    run.say("Who owes what?")
    run("status", "--all")


def _copy_sample(folder: Path) -> Path:
    from tracker.cli.places import check_place

    check_place(folder)
    if folder.exists() and not folder.is_dir():
        raise TrackerError(f"{folder} is no folder", remedy="name one that is new or empty", exit_code=ExitCode.USAGE)
    if folder.exists() and any(folder.iterdir()):
        raise TrackerError(
            f"{folder} is not empty", remedy="name a folder that is new or empty", exit_code=ExitCode.USAGE
        )
    package = Path(__file__).parent.parent
    # Installed, the sample lies in the package; in a source tree it is the project's own sessions/.
    sample = next(path for path in (package / "sample", package.parent / "sessions") if path.is_dir())
    sessions = folder / "sessions"
    try:
        shutil.copytree(sample, sessions, ignore=shutil.ignore_patterns(".*"))
    except (OSError, shutil.Error) as error:
        raise TrackerError(
            f"the sample cannot be copied to {sessions}: {error}",
            remedy="name a folder that can be made",
            exit_code=ExitCode.USAGE,
        ) from None
    return sessions


def _somebody(folder: Path) -> "Gateway":
    """Log in to the demo's Launchpad as somebody else."""
    from tracker.launchpad.accounts import read_account
    from tracker.launchpad.gateway import Gateway
    from tracker.launchpad.links import SANDBOX
    from tracker.launchpad.services import SANDBOX_FOLDER, find_service
    from tracker.launchpad.wire import Wire

    service = find_service(SANDBOX, folder / "sessions")
    return Gateway(Wire(replace(service, account=read_account(folder / SANDBOX_FOLDER / "somebody.credentials"))))


def _change(run: "Shell", launchpad: "Gateway", folder: Path, action: str, field: str, value: str) -> None:
    from tracker.launchpad.snapshots import TaskSnapshot

    number = _tracked_bug(folder, action)
    task = launchpad.fetch_task("neutron", number)
    if isinstance(task, TaskSnapshot):
        launchpad.update_task(task, {field: value})
    run.show(f"on Launchpad, bug {number}: {field} = {value}")


def _tracked_bug(folder: Path, action_id: str) -> int:
    from tracker.recap.model import BugTarget

    _, action = _find(folder, action_id)
    if not isinstance(action.target, BugTarget) or action.target.number is None:
        raise TrackerError(f'action "{action_id}" has no bug')
    return action.target.number


def _set_status(run: "Shell", folder: Path, action_id: str, status: str) -> None:
    from tracker.recap.editor import Edit
    from tracker.recap.repository import load_repository
    from tracker.recap.writer import Writer

    index, _ = _find(folder, action_id)
    file = next(file for file in load_repository(folder / "sessions").files if file.id == _RECAP)
    Writer(file).write([Edit(("actions", index, "status"), status)])
    run.show(f"in the recap, {action_id}: status = {status}")


def _find(folder: Path, action_id: str) -> tuple[int, "Action"]:
    from tracker.recap.repository import load_repository

    recap = next(recap for recap in load_repository(folder / "sessions").recaps if recap.id == _RECAP)
    return next((index, action) for index, action in enumerate(recap.actions) if action.id == action_id)
