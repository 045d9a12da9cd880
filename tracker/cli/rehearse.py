"""`tracker rehearse`: a sync of one's own recaps, carried out on a copy against a Launchpad on this machine."""

import difflib
import os
import shlex
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.check import has_errors, here
from tracker.cli.interrupting import interruptible
from tracker.errors import ExitCode, TrackerError

if TYPE_CHECKING:
    from tracker.recap.repository import RecapFile, Repository


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
    from tracker.recap.repository import FOLDER, find_folder, load_repository
    from tracker.sync.brakes import BRAKES

    require_sandbox()
    with interruptible("nothing was changed, and no copy is left"):
        repository = load_repository(find_folder(here()))
        if repository.settings is None or repository.people is None:
            raise has_errors("tracker.yaml or people.yaml")
        with _place(folder, repository.folder) as copy:
            files, sessions = _gather(repository), copy / FOLDER
            is_whole = _tell_missing(repository, files)
            _write(files, sessions)
            with _serving(repository, sessions):
                run = Shell(copy)
                run.say("On a copy, against a Launchpad here that is as the last sync saw it; no limit stops it:")
                code = run.run("sync", "--yes", *(word for brake in BRAKES for word in ("--force", brake)))
            _show_differences(repository, files, sessions)
            if folder is not None:
                command = own_command()
                err(f"the copy is in {safe(str(folder))}; serve its Launchpad again with:")
                err(f"  cd {safe(shlex.quote(str(folder)))} && {command} sandbox serve")
    err("nothing was changed but the copy")
    raise typer.Exit(code if is_whole else ExitCode.PROBLEMS)


@contextmanager
def _place(folder: Path | None, sessions: Path) -> Iterator[Path]:
    """Yield the folder for the copy: a temporary one, or the user's, where nothing stays of a failed rehearsal."""
    from tracker.cli.places import check_place
    from tracker.launchpad.services import SANDBOX_FOLDER
    from tracker.recap.files import explain_read_error
    from tracker.recap.repository import FOLDER

    if folder is None:
        with tempfile.TemporaryDirectory(prefix="tracker-") as temporary:
            yield Path(temporary)
        return
    check_place(folder, sessions)
    reason, is_there = None, os.path.lexists(folder)
    try:
        is_free = not is_there or not any(folder.iterdir())
    except OSError as error:
        is_free, reason = False, explain_read_error(folder, error)[0]
    if not is_free:
        raise TrackerError(
            f'"{folder}" is not an empty folder',
            details=reason,
            remedy="name one that is new or empty",
            exit_code=ExitCode.USAGE,
        )
    try:
        yield folder
    except BaseException:
        for name in (FOLDER, SANDBOX_FOLDER):
            shutil.rmtree(folder / name, ignore_errors=True)
        if not is_there:
            with suppress(OSError):
                folder.rmdir()
        raise


def _gather(repository: "Repository") -> dict[str, bytes]:
    """Read what a sync reads, and return it by its place in the copy's `sessions/`.

    The base of the service is the sandbox's there. Recaps that a sync cannot read are left out, with what was agreed
    on for them; raises TrackerError for what it cannot do without.
    """
    from tracker.launchpad.links import SANDBOX
    from tracker.launchpad.services import service_name
    from tracker.recap.reader import MAX_BYTES
    from tracker.recap.repository import PEOPLE_FILE, SETTINGS_FILE, SYNCED_FOLDER
    from tracker.sync.base import Base, find_foreign, find_gone
    from tracker.sync.synced_files import MAX_BYTES as BASE_MAX_BYTES

    folder = repository.folder
    taken = [file for file in repository.files if not _is_unread(file)]
    paths = [file.path for file in taken]
    if os.path.lexists(folder / PEOPLE_FILE):
        paths.append(folder / PEOPLE_FILE)
    files = {path.relative_to(folder).as_posix(): _read(path, MAX_BYTES) for path in paths}
    files[SETTINGS_FILE] = _settle_service(_read(folder / SETTINGS_FILE, MAX_BYTES))
    assert repository.settings is not None  # noqa: S101 - the caller looked
    own = service_name(repository.settings.service or SANDBOX)
    ids = {file.id for file in taken}
    for service in (own, *find_foreign(folder, own)):
        if service == SANDBOX != own:  # whose place is another's in the copy
            continue
        base = Base(folder, service)
        known = set(base.load_all())
        # Without its file a recap that is only hidden would pass for one that is gone.
        for recap_id in known & ids | find_gone(folder, known - ids):
            place = f"{SYNCED_FOLDER}/{SANDBOX if service == own else service}/{recap_id}.jsonl"
            files[place] = _read(base.path(recap_id), BASE_MAX_BYTES)
    return files


def _is_unread(file: "RecapFile") -> bool:
    """Tell whether a sync reads nothing of a recap: it may not, or what stands there is no file, or another's."""
    return not file.document.text and any(one.rule == "R009" for one in file.document.diagnostics)


def _tell_missing(repository: "Repository", files: dict[str, bytes]) -> bool:
    """Show what is wrong with recaps that are not in the copy, as a sync does; returns whether all are."""
    from tracker.cli.findings import render_diagnostic
    from tracker.cli.output import err

    copied = {os.path.relpath(repository.folder / place) for place in files}
    missing = [diagnostic for diagnostic in repository.diagnostics if diagnostic.path not in copied]
    for diagnostic in missing:
        err(render_diagnostic(diagnostic))
    if missing:
        err("what cannot be read is not rehearsed")
    return not missing


def _read(path: Path, limit: int) -> bytes:
    from tracker.recap.files import explain_read_error, read_file

    try:
        return read_file(path, limit)[0]
    except OSError as error:
        reason, remedy = explain_read_error(path, error)
        raise TrackerError(f"{path} cannot be read: {reason}", remedy=remedy) from None


def _settle_service(settings: bytes) -> bytes:
    """Return a tracker.yaml that names the sandbox."""
    from tracker.launchpad.links import SANDBOX
    from tracker.recap.editor import Edit, EditError, apply_edits
    from tracker.recap.reader import read_document
    from tracker.recap.repository import SETTINGS_FILE

    document = read_document(settings, SETTINGS_FILE)
    try:
        text = apply_edits(document, [Edit(("service",), SANDBOX)])
    except EditError as error:
        raise TrackerError(
            f"{SETTINGS_FILE} cannot be made to name the sandbox: {error}",
            remedy="write `service:` on a line of its own, with a plain value",
        ) from None
    return document.encode(text)


def _write(files: dict[str, bytes], sessions: Path) -> None:
    """Write the copy: files of the user's own, whatever the rights of those that they were read from."""
    try:
        for name, data in files.items():
            path = sessions / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    except OSError as error:
        raise TrackerError(
            f"the recaps cannot be copied to {sessions}: {error.strerror}",
            remedy="make room, or name another folder",
        ) from None


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


def _show_differences(repository: "Repository", files: dict[str, bytes], sessions: Path) -> None:
    """Show what the sync changed in the recaps, line by line."""
    from tracker.cli.output import err, out, paint, safe

    colours = {"-": typer.colors.RED, "+": typer.colors.GREEN, "@": typer.colors.CYAN}
    same = True
    for place in (file.path.relative_to(repository.folder).as_posix() for file in repository.files):
        if place not in files:
            continue
        before, after = (
            data.decode("utf-8", "replace").splitlines() for data in (files[place], (sessions / place).read_bytes())
        )
        for line in difflib.unified_diff(before, after, place, place, lineterm="", n=1):
            if same:
                out("")
            same = False
            out(paint(safe(line), colours.get(line[:1])))
    if same:
        err("the recaps stay as they are")
