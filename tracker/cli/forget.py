"""`tracker forget`: take out of the base what was agreed on for an action."""

from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.check import count, here
from tracker.errors import ExitCode, TrackerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.recap.model import Action, Recap
    from tracker.recap.repository import Repository
    from tracker.sync.base import Base
    from tracker.sync.entries import Entries, Entry


def forget(
    action: Annotated[
        str, typer.Argument(metavar="[RECAP#]ID", help="The action; or a recap that is gone, for all of it.")
    ],
    service: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The service with which it was agreed on; the one of tracker.yaml."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Forget without asking.")] = False,
) -> None:
    """Forget what was agreed on for an action, as if it had never synced; Launchpad and its recap stay as they are.

    Example: tracker forget ocata/neutron-server-next#review-ovo
    Example: tracker forget --service sandbox ocata/neutron-server-next#review-ovo
    """
    from tracker.cli.output import confirm, err, is_interactive, out, safe
    from tracker.recap.repository import find_folder, load_repository
    from tracker.sync.describe import say_entry
    from tracker.sync.lock import locked

    folder = find_folder(here())
    with locked(folder):
        repository = load_repository(folder)
        base, other = _find_base(repository, service)
        entries = base.load_all()
        meant = _find_meant(action, repository, entries)
        for full_id, entry in meant.items():
            out(safe(full_id))
            outcome = _say_outcome(full_id, entry, repository) if other is None else _say_own(entry, other)
            for line in (*say_entry(entry), *outcome):
                out(f"  {safe(line)}")
        if not yes and not is_interactive():
            raise TrackerError(
                "nobody is there to agree to that", remedy="look at it, then add --yes", exit_code=ExitCode.USAGE
            )
        if not (yes or confirm("Forget it?" if len(meant) == 1 else f"Forget all {len(meant)}?")):
            err("nothing was changed")
            return
        for full_id in meant:
            recap_id, _, key = full_id.partition("#")
            del entries[recap_id][key]
        for recap_id in {full_id.partition("#")[0] for full_id in meant}:
            base.save(recap_id, entries[recap_id])
    err(f"{count(len(meant), 'action')} forgotten")


def _find_base(repository: "Repository", named: str | None) -> "tuple[Base, str | None]":
    """Return the base of a service, and the service that tracker.yaml names where that is another one."""
    from tracker.launchpad.services import service_name
    from tracker.recap.repository import SYNCED_FOLDER
    from tracker.sync.base import Base, find_foreign

    settings = repository.settings
    if settings is None or settings.service is None:
        raise TrackerError(
            "tracker.yaml names no service that can be read" if settings is None else "tracker.yaml names no service",
            remedy="correct it; `tracker check` shows what is wrong",
        )
    own = service_name(settings.service)
    if named is None or own in {named, service_name(named)}:
        return Base(repository.folder, own), None
    others = find_foreign(repository.folder, own)
    other = next((one for one in (named, service_name(named)) if one in others), None)
    if other is None:
        raise TrackerError(
            f'nothing was ever synced with "{named}"',
            remedy=f"{SYNCED_FOLDER} has {', '.join(others)}" if others else "leave --service out",
            exit_code=ExitCode.USAGE,
        )
    return Base(repository.folder, other), own


def _find_meant(name: str, repository: "Repository", entries: "dict[str, Entries]") -> "dict[str, Entry]":
    """Find what is to be forgotten by its full id: an action, or all of a recap that has no file any more."""
    from tracker.sync.base import find_gone
    from tracker.sync.choice import find_action

    known = {f"{recap_id}#{key}": entry for recap_id, of in entries.items() for key, entry in of.items()}
    if name in entries and find_gone(repository.folder, [name]):
        return {full_id: entry for full_id, entry in known.items() if full_id.startswith(f"{name}#")}
    full_id = find_action(name, known, unknown="nothing was ever agreed on for")
    return {full_id: known[full_id]}


def _say_outcome(full_id: str, entry: "Entry", repository: "Repository") -> "Iterator[str]":
    """Say what the next sync makes of an action that it does not know any more."""
    from tracker.sync.things import Kind, thing_of

    found = _find_action(full_id, entry, repository)
    if found is None:
        broken = any(file.recap is None for file in repository.files)
        yield "no recap without errors has this action" if broken else "no recap has this action any more"
        living = {recap.full_id(action) for recap in repository.recaps for action in recap.actions}
        for one in sorted(living & set(entry.formerly) if entry.bug and entry.created else ()):
            yield (
                f"the last line of bug {entry.bug}'s description names {one}: take it out, or a sync takes that bug"
                " for one of that action's, and makes one of the two a duplicate"
            )
        return
    recap, action = found
    name = recap.full_id(action)
    target, thing = action.target, thing_of(action)
    if target is None:
        yield f"{name} names no bug or blueprint, so a sync leaves it alone"
    elif thing is not None and thing.kind is Kind.WORK_ITEM:
        yield (
            f"{name} is a {thing}: a plan takes its line up as never agreed, and what differs is a conflict; where"
            " that line is gone it is added"
        )
    elif thing is not None:
        yield f"{name} names {thing}: a plan takes it up as never agreed, and what differs is a conflict"
    elif entry.bug is None:
        yield f"{name} says `bug: new`: a sync creates a bug"
        if entry.creating:
            yield (
                f"a creation was begun at {entry.creating}, and what became of it is not known: the bug is found by"
                " the last line of its description, if Launchpad shows it by then"
            )
    elif entry.created:
        yield (
            f"{name} says `bug: new`: a sync finds bug {entry.bug} again by the last line of its description, or"
            " creates another where that line or the tag is gone, or the bug was moved to another project; take"
            " `bug:` out to leave it alone"
        )
    else:
        yield f"{name} says `bug: new`: a sync creates another; take `bug:` out to leave it alone"


def _say_own(entry: "Entry", service: str) -> "Iterator[str]":
    """Say what is done with the number of an action that was synced elsewhere."""
    if entry.bug is not None:
        yield f"where the action names bug {entry.bug}, a sync takes that for the bug of this number on {service}"


def _find_action(full_id: str, entry: "Entry", repository: "Repository") -> "tuple[Recap, Action] | None":
    from tracker.sync.things import trace_of

    candidates = [(recap, action) for recap in repository.recaps for action in recap.actions]
    for recap, action in candidates:
        if full_id in {f"{recap.id}#{one}" for one in (action.id, *action.previously)}:
            return recap, action
    for recap, action in candidates:
        if entry.trace is not None and entry.trace == trace_of(action):
            return recap, action
    return None
