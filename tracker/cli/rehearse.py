"""`tracker rehearse`: a sync of one's own recaps, carried out on a copy against a Launchpad on this machine."""

import difflib
import shlex
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.check import here
from tracker.errors import ExitCode, TrackerError

if TYPE_CHECKING:
    from tracker.recap.repository import Repository


def rehearse(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", help="Keep the copy in this folder, new or empty.", show_default=False),
    ] = None,
) -> None:
    """Try a sync of the recaps here: on a copy, against a Launchpad on this machine that is as the last sync saw it.

    Shows the plan, carries it out, and shows what it changes in the recaps. Neither they nor Launchpad are touched.

    Example: tracker rehearse
    """
    from tracker.cli.output import err, safe
    from tracker.cli.sandbox import require_sandbox
    from tracker.cli.shell import Shell, own_command
    from tracker.recap.repository import find_folder, load_repository
    from tracker.sync.brakes import BRAKES

    require_sandbox()
    repository = load_repository(find_folder(here()))
    if repository.settings is None or repository.people is None:
        raise TrackerError("tracker.yaml or people.yaml has errors", remedy="correct them; `tracker check` shows all")
    with _place(folder) as copy:
        sessions = _copy(repository, copy)
        with _serving(repository, sessions):
            run = Shell(copy)
            run.say("On a copy, against a Launchpad here that is as the last sync saw it; no limit stops it:")
            code = run.run("sync", "--yes", *(word for brake in BRAKES for word in ("--force", brake)))
        _show_differences(repository, sessions)
        if folder is not None:
            command = own_command()
            err(f"the copy is in {safe(str(folder))}; serve its Launchpad again with:")
            err(f"  cd {safe(shlex.quote(str(folder)))} && {command} sandbox serve")
    err("nothing was changed but the copy")
    raise typer.Exit(code)


@contextmanager
def _place(folder: Path | None) -> Iterator[Path]:
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="tracker-") as temporary:
            yield Path(temporary)
        return
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise TrackerError(
            f"{folder} is not an empty folder", remedy="name one that is new or empty", exit_code=ExitCode.USAGE
        )
    yield folder


def _copy(repository: "Repository", to: Path) -> Path:
    """Copy the recaps, and the base of their service as the sandbox's; returns the copy's `sessions/`."""
    from tracker.launchpad.links import SANDBOX
    from tracker.launchpad.services import service_name
    from tracker.recap.editor import Edit
    from tracker.recap.reader import read_document
    from tracker.recap.repository import FOLDER, SETTINGS_FILE, SYNCED_FOLDER, RecapFile
    from tracker.recap.writer import Writer

    sessions = to / FOLDER
    synced = repository.folder / SYNCED_FOLDER
    assert repository.settings is not None  # noqa: S101 - the caller looked
    try:
        shutil.copytree(repository.folder, sessions, ignore=shutil.ignore_patterns(".*"))
        base = synced / service_name(repository.settings.service or SANDBOX)
        if base.is_dir():
            shutil.copytree(base, sessions / SYNCED_FOLDER / SANDBOX)
    except (OSError, shutil.Error) as error:
        raise TrackerError(
            f"the recaps cannot be copied to {sessions}: {error}", remedy="make room, or name another folder"
        ) from None
    settings = sessions / SETTINGS_FILE
    document = read_document(settings.read_bytes(), str(settings))
    Writer(RecapFile(SETTINGS_FILE, settings, document, None)).write([Edit(("service",), SANDBOX)])
    return sessions


@contextmanager
def _serving(repository: "Repository", sessions: Path) -> Iterator[None]:
    """Serve what the recaps name, for the account that syncs where the base tells which that is."""
    from tracker.cli.sandbox import describe_world
    from tracker.launchpad.links import SANDBOX
    from tracker.launchpad.services import SANDBOX_FOLDER
    from tracker.sandbox.access import ADMINS
    from tracker.sandbox.local import serving
    from tracker.sandbox.seed import DRIVER
    from tracker.sandbox.world import PersonEntry, TeamEntry
    from tracker.sync.base import Base

    world = describe_world(repository)
    refused = [
        refusal.account
        for entries in Base(sessions, SANDBOX).load_all().values()
        for entry in entries.values()
        for refusal in entry.refused.values()
        if refusal.account
    ]
    # What Launchpad refused one account is tried again by another, and would be by the sandbox's own.
    account = max(refused, key=refused.count) if refused else DRIVER
    if account not in {person.name for person in world.people}:
        world = replace(world, people=(*world.people, PersonEntry(name=account, display_name=account)))
    everybody = TeamEntry(name=ADMINS, display_name="Those who may do everything", owner=DRIVER, members=(account,))
    with serving(sessions, replace(world, teams=(*world.teams, everybody))) as sandbox:
        sandbox.write_credentials(sessions.parent / SANDBOX_FOLDER / "credentials", account)
        yield


def _show_differences(repository: "Repository", sessions: Path) -> None:
    """Show what the sync changed in the recaps, line by line."""
    from tracker.cli.output import err, out, paint, safe

    colours = {"-": typer.colors.RED, "+": typer.colors.GREEN, "@": typer.colors.CYAN}
    same = True
    for file in repository.files:
        relative = file.path.relative_to(repository.folder)
        before, after = (
            path.read_text(encoding="utf-8", errors="replace").splitlines()
            for path in (file.path, sessions / relative)
        )
        for line in difflib.unified_diff(before, after, str(relative), str(relative), lineterm="", n=1):
            if same:
                out("")
            same = False
            out(paint(safe(line), colours.get(line[:1])))
    if same:
        err("the recaps stay as they are")
