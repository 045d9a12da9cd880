"""`tracker sandbox serve`: a Launchpad on this machine."""

import gc
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.check import here
from tracker.errors import ExitCode, TrackerError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tracker.recap.model import Recap
    from tracker.recap.repository import Repository
    from tracker.sandbox.server import Sandbox
    from tracker.sandbox.world import World
    from tracker.sync.entries import Entries, Entry

app = typer.Typer(help="A Launchpad on this machine, for rehearsals.", no_args_is_help=True, add_completion=False)


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
        account = folder.parent / SANDBOX_FOLDER / "credentials"
        holder = _describe_holder(sandbox, account)
        if holder:
            err(f"in Python, with launchpadlib, as {safe(holder)}:")
            err(
                "  from launchpadlib.launchpad import Launchpad; launchpad = Launchpad.login_with("
                f"consumer_name={CONSUMER!r}, service_root={sandbox.root!r}, version='devel', "
                f"credentials_file={safe(repr(str(account)))})"
            )
        else:
            err(f"the account in {safe(str(account))} is none of this sandbox; logging in puts another in its place")
        err(
            "with the tracker: `service: sandbox` in tracker.yaml; `tracker login --service sandbox` as somebody else"
        )
        err("serving until Ctrl-C")
        wait()


def _describe_holder(sandbox: "Sandbox", credentials: "Path") -> str | None:
    """Say whose account a file holds, which another may have been logged in to since it was made; None of none."""
    from tracker.launchpad.accounts import read_account
    from tracker.sandbox.access import AccessLevel
    from tracker.sandbox.seed import DRIVER
    from tracker.sandbox.tokens import find_holder

    try:
        account = read_account(credentials)
    except TrackerError:
        return None
    found = find_holder(sandbox.store, account.key, account.secret)
    if found == (DRIVER, AccessLevel.WRITE_PRIVATE):
        return f"{DRIVER}, who may do everything"
    return found and found[0]


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
    from tracker.recap.model import BugTarget
    from tracker.recap.people import People
    from tracker.sandbox.seed import world_of
    from tracker.sync.identity import write_description
    from tracker.sync.things import thing_of

    people, settings = repository.people or People(), repository.settings
    base = _locate_base(repository)
    recaps = [_known_numbers(recap, base.get(recap.id, {})) for recap in repository.recaps]
    agreed, descriptions = {}, {}
    for recap in recaps:
        for action in recap.actions:
            full_id = recap.full_id(action)
            entry = base.get(recap.id, {}).get(action.id)
            # What was agreed on another thing says nothing of the one that the action names now.
            is_known = entry is not None and entry.thing is not None and entry.thing == thing_of(action)
            if entry is not None and is_known:
                agreed[full_id] = _last_words(entry)
            if isinstance(action.target, BugTarget) or (entry is not None and is_known and entry.created):
                descriptions[full_id] = write_description(recap, action, people)
    return world_of(recaps, people, settings, agreed, descriptions, _known_lines(base))


def _locate_base(repository: "Repository") -> "dict[str, Entries]":
    """Return what the base holds, by the recaps and the ids that the actions have now."""
    from tracker.launchpad.services import service_name
    from tracker.sync.base import Base, find_gone
    from tracker.sync.moves import locate_entries

    if repository.settings is None:
        return {}
    known = Base(repository.folder, service_name(repository.settings.service or "")).load_all()
    present = {recap.id for recap in repository.recaps}
    return locate_entries(repository.recaps, known, find_gone(repository.folder, set(known) - present)).entries


def _known_numbers(recap: "Recap", entries: "Entries") -> "Recap":
    """Let actions that no longer name the bug that they have name it."""
    from tracker.recap.model import BugTarget

    actions = tuple(
        replace(action, target=BugTarget(entry.bug))
        if action.target == BugTarget() and (entry := entries.get(action.id)) and entry.bug
        else action
        for action in recap.actions
    )
    return replace(recap, actions=actions)


def _known_lines(base: "Mapping[str, Entries]") -> "dict[str, list[dict[str, str | None]]]":
    """Return the blueprints that the base has seen, by PROJECT/NAME, with the lines that it knows of each."""
    lines: dict[str, list[dict[str, str | None]]] = {}
    for entries in base.values():
        for entry in entries.values():
            if entry.blueprint is not None:
                lines.setdefault(entry.blueprint, [])
            elif entry.work_item is not None:
                lines.setdefault(entry.work_item, []).append(_last_words(entry))
    return lines


def _last_words(entry: "Entry") -> dict[str, str | None]:
    """Return what Launchpad said when the base was last written; what it does not hold was empty on both sides."""
    from tracker.launchpad.limits import NO_IMPORTANCE

    return {
        "lead": None,
        "milestone": None,
        "importance": NO_IMPORTANCE,
        **{name: refusal.seen for name, refusal in entry.refused.items()},
        **{name: words.launchpad for name, words in entry.fields.items() if name not in entry.refused},
    }
