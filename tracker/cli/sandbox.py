"""`tracker sandbox serve`: a Launchpad on this machine."""

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.errors import ExitCode, TrackerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.recap.repository import Repository
    from tracker.sandbox.world import BugEntry, World

app = typer.Typer(help="A Launchpad on this machine, for rehearsals.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `serve` a command of its own."""


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="The port on the loopback address; 0 takes a free one.")] = 0,
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

    folder = find_folder(Path.cwd())
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with serving(folder, describe_world(load_repository(folder)), port) as sandbox:
        out(sandbox.root)
        err("serving until Ctrl-C")
        wait()


def require_sandbox() -> None:
    """Raise TrackerError when the sandbox's libraries are not installed."""
    from importlib.util import find_spec

    if not all(find_spec(name) for name in ("lazr.restful", "waitress")):
        raise TrackerError(
            "the sandbox is not installed",
            remedy="pip install 'summit-tracker[sandbox]'",
            exit_code=ExitCode.USAGE,
        )


def describe_world(repository: "Repository") -> "World":
    """Describe the Launchpad that a repository's recaps speak of, at the state that the base holds."""
    from tracker.recap.people import People
    from tracker.sandbox.seed import world_of

    return world_of(repository.recaps, repository.people or People(), _bugs(repository))


def _bugs(repository: "Repository") -> "Iterator[BugEntry]":
    """Yield the bugs that the recaps name, with the values that the base holds, else the recap's."""
    from tracker.launchpad.services import service_name
    from tracker.launchpad.statuses import DEFAULT_BUG_STATUS, bug_status_to_send
    from tracker.recap.model import BugTarget
    from tracker.recap.people import People
    from tracker.sandbox.seed import DRIVER
    from tracker.sandbox.world import BugEntry, TaskEntry
    from tracker.sync.base import Base, Entry
    from tracker.sync.identity import write_description

    settings, people = repository.settings, repository.people or People()
    if settings is None:
        return
    base = Base(repository.folder, service_name(settings.service or ""))
    for recap in repository.recaps:
        entries = base.load(recap.id)
        for action in recap.actions:
            if not isinstance(action.target, BugTarget) or action.target.number is None:
                continue
            entry = entries.get(action.id, Entry(action.id))
            agreed = {name: words.launchpad for name, words in entry.fields.items()}
            lead = action.lead if action.lead and not action.lead.tentative else None
            sent = bug_status_to_send(action.status, settings.statuses) if action.status else DEFAULT_BUG_STATUS
            task = TaskEntry(
                project=action.project,
                status=agreed.get("status") or sent,
                importance=agreed.get("importance") or action.importance or "Undecided",
                assignee=agreed.get("lead", people.account_of(lead.key) if lead else None),
                milestone=agreed.get("milestone", action.milestone),
            )
            yield BugEntry(
                title=agreed.get("title") or action.title,
                description=write_description(recap, action, people),
                owner=DRIVER,
                tasks=(task,),
                number=action.target.number,
                tags=(settings.tag, *action.tags),
            )
