"""`tracker sandbox serve`: a Launchpad on this machine."""

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.check import here
from tracker.errors import ExitCode, TrackerError

if TYPE_CHECKING:
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
    """Serve a Launchpad for the recap repository here, until Ctrl-C.

    It has what the recaps name, and keeps its data in .sandbox/ beside sessions/.

    Recaps whose tracker.yaml says `service: sandbox` sync with it.

    Example: tracker sandbox serve
    """
    from tracker.cli.output import err, out
    from tracker.recap.repository import find_folder, load_repository

    require_sandbox()
    from tracker.sandbox.local import serving, wait

    folder = find_folder(here())
    with serving(folder, describe_world(load_repository(folder)), port) as sandbox, suppress(KeyboardInterrupt):
        out(sandbox.root)
        err("serving until Ctrl-C")
        wait()


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
