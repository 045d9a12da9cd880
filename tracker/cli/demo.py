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
    from tracker.launchpad.snapshots import BlueprintSnapshot
    from tracker.recap.model import Action

_RECAP = "ocata/neutron-server-next"
_DAY = "2016-10-28"
"""The day of its session."""
_ASSIGNEE = "kevin"
"""Who has the blueprint: Launchpad lets anybody change bugs and work items, but not the rest of a blueprint."""


def demo(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is new or empty.")] = Path(
        "tracker-demo"
    ),
) -> None:
    """Show the whole job: a recap's actions become bugs, a blueprint and work items, change there, and come back.

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
    with serving(sessions, describe_world(load_repository(sessions))) as sandbox:
        sandbox.write_credentials(_credentials(folder, _ASSIGNEE), _ASSIGNEE)
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
    run.say("Carry it out: actions become bugs, a blueprint, and work items of blueprints that are there already.")
    run("sync", "--yes")
    run.say("The recap's mail, with a link to each thing that an action is tracked as.")
    run("summary", _RECAP)
    run.say("Weeks later somebody works on that Launchpad ...")
    launchpad = _log_in(folder, "somebody")
    _change_bug(run, launchpad, folder, "review-pecan", "lead", "armando")
    _change_blueprint(run, _log_in(folder, _ASSIGNEE), folder, "push-notifications", "status", "Implemented")
    _change_work_items(launchpad, folder, "model-live-migration")
    _show_work_items(run, launchpad, folder, "model-live-migration")
    run.say("... and the moderator on the recap.")
    _change_recap(run, folder, "model-live-migration", "milestone", "ocata-2")
    run.say("The next sync brings both together, in those values alone.")
    run("sync", "--yes")
    run.say("And the work item that somebody else has written there is as it was.")
    _show_work_items(run, launchpad, folder, "model-live-migration")
    run.say("Now both sides move apart: the recap says done, somebody on Launchpad says Invalid.")
    _change_recap(run, folder, "forbid-contract-migrations", "status", "done")
    _change_bug(run, launchpad, folder, "forbid-contract-migrations", "status", "Invalid")
    run.say("That is a conflict. Both sides stay as they are, and everything else goes on.")
    run("sync", "--yes", expected=ExitCode.CONFLICTS)
    run.say("A person decides: the recap is right.")
    run("sync", "--yes", "--prefer", "recap")
    run.say("Who owes what?")
    run("status", "--all")
    run.say("The list is told what has moved since the recap's mail.")
    run("summary", _RECAP, "--since", _DAY)


def _copy_sample(folder: Path) -> Path:
    from tracker.cli.places import check_place

    check_place(folder)
    if folder.exists() and not folder.is_dir():
        raise TrackerError(f"{folder} is no folder", remedy="name one that is new or empty", exit_code=ExitCode.USAGE)
    if folder.exists() and any(folder.iterdir()):
        raise TrackerError(
            f"{folder} is not empty",
            remedy="name a folder that is new or empty: tracker demo OTHER",
            exit_code=ExitCode.USAGE,
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


def _credentials(folder: Path, name: str) -> Path:
    from tracker.launchpad.services import SANDBOX_FOLDER

    return folder / SANDBOX_FOLDER / f"{name}.credentials"


def _log_in(folder: Path, name: str) -> "Gateway":
    """Log in to the demo's Launchpad as somebody else than the one who syncs."""
    from tracker.launchpad.accounts import read_account
    from tracker.launchpad.gateway import Gateway
    from tracker.launchpad.links import SANDBOX
    from tracker.launchpad.services import find_service
    from tracker.launchpad.wire import Wire

    service = find_service(SANDBOX, folder / "sessions")
    return Gateway(Wire(replace(service, account=read_account(_credentials(folder, name)))))


def _change_bug(run: "Shell", launchpad: "Gateway", folder: Path, action_id: str, field: str, value: str) -> None:
    from tracker.launchpad.snapshots import TaskSnapshot
    from tracker.sync.things import thing_of

    _, action = _find(folder, action_id)
    thing = thing_of(action)
    task = launchpad.fetch_task(action.project, int(thing.name)) if thing else None
    if not isinstance(task, TaskSnapshot):
        raise TrackerError(f'action "{action_id}" has no bug')
    launchpad.update_task(task, {field: value})
    run.show(f"on Launchpad, {thing}: {field} = {value}")


def _change_blueprint(
    run: "Shell", launchpad: "Gateway", folder: Path, action_id: str, field: str, value: str
) -> None:
    blueprint = _fetch_blueprint(launchpad, folder, action_id)
    launchpad.update_blueprint(blueprint, {field: value})
    run.show(f"on Launchpad, blueprint {blueprint.name}: {field} = {value}")


def _change_work_items(launchpad: "Gateway", folder: Path, action_id: str) -> None:
    """Let somebody begin with an action, and write a work item of their own beside it."""
    from tracker.launchpad.workitems import WorkItem, read_items, same_title, write_items
    from tracker.sandbox.seed import SOMEBODY

    _, action = _find(folder, action_id)
    blueprint = _fetch_blueprint(launchpad, folder, action_id)
    items = [
        replace(item, status="INPROGRESS") if same_title(item.title, action.title) else item
        for item in read_items(blueprint.work_items)
    ]
    items.append(WorkItem("write down how to upgrade", assignee=SOMEBODY))
    launchpad.update_blueprint(blueprint, {"work_items": write_items(items)})


def _show_work_items(run: "Shell", launchpad: "Gateway", folder: Path, action_id: str) -> None:
    from tracker.cli.output import safe

    blueprint = _fetch_blueprint(launchpad, folder, action_id)
    run.show(f"on Launchpad, blueprint {blueprint.name}:")
    for line in filter(None, blueprint.work_items.splitlines()):
        run.show(f"  {safe(line)}")


def _fetch_blueprint(launchpad: "Gateway", folder: Path, action_id: str) -> "BlueprintSnapshot":
    """Read the blueprint that an action is, or among whose work items it is."""
    from tracker.sync.things import thing_of

    _, action = _find(folder, action_id)
    thing = thing_of(action)
    blueprint = launchpad.fetch_blueprint(*thing.name.split("/")) if thing else None
    if blueprint is None:
        raise TrackerError(f'action "{action_id}" has no blueprint')
    return blueprint


def _change_recap(run: "Shell", folder: Path, action_id: str, key: str, value: str) -> None:
    from tracker.recap.editor import Edit
    from tracker.recap.repository import load_repository
    from tracker.recap.writer import Writer

    index, _ = _find(folder, action_id)
    file = next(file for file in load_repository(folder / "sessions").files if file.id == _RECAP)
    Writer(file).write([Edit(("actions", index, key), value)])
    run.show(f"in the recap, {action_id}: {key} = {value}")


def _find(folder: Path, action_id: str) -> tuple[int, "Action"]:
    from tracker.recap.repository import load_repository

    recap = next(recap for recap in load_repository(folder / "sessions").recaps if recap.id == _RECAP)
    return next((index, action) for index, action in enumerate(recap.actions) if action.id == action_id)
