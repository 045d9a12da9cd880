"""`tracker sandbox serve`: a Launchpad on this machine."""

import gc
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.check import here
from tracker.errors import ExitCode, TrackerError

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.recap.repository import Repository
    from tracker.sandbox.world import World

app = typer.Typer(help="A Launchpad on this machine, for rehearsals.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `serve` a command of its own."""


@app.command()
def serve(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port on the loopback address; 0 takes a free one.")
    ] = 0,
) -> None:
    """Serve a Launchpad until Ctrl-C, for the recap repository here or standing alone.

    It has what the recaps name, and keeps its data in .sandbox/ beside sessions/.

    Recaps whose tracker.yaml says `service: sandbox` sync with it.

    Outside of a repository it has a few people and a project, and keeps its data in .sandbox/ here.

    Example: tracker sandbox serve
    """
    from tracker.cli.output import err, out, safe
    from tracker.launchpad.services import SANDBOX_FOLDER
    from tracker.recap.repository import FOLDER, load_repository

    require_sandbox()
    gc.enable()  # which commands that end soon do without
    from tracker.sandbox.local import STANDING_ALONE, serving, wait
    from tracker.sandbox.tokens import CONSUMER

    folder = repository_here()
    world = STANDING_ALONE if folder is None else describe_world(load_repository(folder))
    folder = folder or here() / FOLDER
    with serving(folder, world, port) as sandbox, suppress(KeyboardInterrupt):
        out(sandbox.root)
        account = str(folder.parent / SANDBOX_FOLDER / "credentials")
        err("in Python, with launchpadlib, as the one who may do everything:")
        err(
            "  from launchpadlib.launchpad import Launchpad; launchpad = Launchpad.login_with("
            f"consumer_name={CONSUMER!r}, service_root={sandbox.root!r}, version='devel', "
            f"credentials_file={safe(repr(account))})"
        )
        err(
            "with the tracker: `service: sandbox` in tracker.yaml; `tracker login --service sandbox` as somebody else"
        )
        err("serving until Ctrl-C")
        wait()


def repository_here() -> "Path | None":
    """Return the folder `sessions/` of the repository that this is in; None outside of one."""
    from tracker.recap.repository import find_folder

    try:
        return find_folder(here())
    except TrackerError:
        return None


def require_sandbox() -> None:
    """Raise TrackerError when the sandbox's libraries are not installed."""
    from importlib.util import find_spec

    if not all(find_spec(name) for name in ("lazr.restful", "waitress")):
        raise TrackerError(
            "the sandbox is not installed",
            remedy="install the tracker with its extra `sandbox`: pip install '.[sandbox]' in a clone",
            exit_code=ExitCode.USAGE,
        )


def describe_world(repository: "Repository") -> "World":
    """Describe the Launchpad that a repository's recaps speak of, at the state that the base holds."""
    from tracker.launchpad.services import service_name
    from tracker.recap.people import People
    from tracker.sandbox.seed import world_of
    from tracker.sync.base import Base
    from tracker.sync.identity import write_description

    people, settings = repository.people or People(), repository.settings
    base = Base(repository.folder, service_name(settings.service or "")) if settings else None
    agreed, descriptions = {}, {}
    for recap in repository.recaps:
        entries = base.load(recap.id) if base else {}
        for action in recap.actions:
            full_id = recap.full_id(action)
            descriptions[full_id] = write_description(recap, action, people)
            if action.id in entries:
                agreed[full_id] = {name: words.launchpad for name, words in entries[action.id].fields.items()}
    return world_of(repository.recaps, people, settings, agreed, descriptions)
