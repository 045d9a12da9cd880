"""`tracker status`: who owes what."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from tracker.cli.check import here
from tracker.errors import ExitCode, TrackerError

if TYPE_CHECKING:
    from tracker.cli.live import Seen
    from tracker.recap.people import People
    from tracker.recap.repository import Repository
    from tracker.status.rows import Live, Row

_HEADERS = ("session", "action", "owner", "tracked as", "status", "on Launchpad", "due", "last change", "as of")
_LIVE_HEADERS = {"on Launchpad", "as of"}
_WRAPPED = {"session", "action", "owner", "tracked as", "on Launchpad"}


def status(
    owner: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only what this person owns.")] = None,
    session: Annotated[list[str] | None, typer.Option(metavar="ID", help="Only this recap.")] = None,
    cycle: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only this cycle.")] = None,
    with_status: Annotated[
        list[str] | None, typer.Option("--status", metavar="WORD", help="Only this status.")
    ] = None,
    closed_too: Annotated[bool, typer.Option("--all", help="Also what is done or dropped.")] = False,
    table_format: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="json, csv, or any table format of tabulate.")
    ] = "simple",
    live: Annotated[
        bool, typer.Option("--live", help="Ask Launchpad first, without an account if there is none; write nothing.")
    ] = False,
) -> None:
    """Show a row for each open action: who owns it, what it is tracked as, and where it stands.

    Reads the recaps and what the last sync saw, and asks no server. A filter can be given several times.

    With --live each row says what its recap would say after a sync, and is chosen by that.

    Example: tracker status --owner ihar --format json
    Example: tracker status --live
    """
    from tracker.cli.output import (
        err,
        is_for_reading,
        out,
        render_csv,
        render_json,
        render_table,
        safe,
        table_formats,
    )
    from tracker.recap.repository import find_folder, load_repository
    from tracker.status.rows import Wanted, build_rows

    if table_format not in table_formats():
        raise TrackerError(
            f'unknown format "{table_format}"',
            remedy="it is one of " + ", ".join(table_formats()),
            exit_code=ExitCode.USAGE,
        )
    repository = load_repository(find_folder(here()))
    if owner and repository.people is None:
        raise TrackerError("people.yaml has errors, so owners cannot be told apart", remedy="see `tracker check`")
    wanted = Wanted(
        owners=frozenset(resolve_owner(name, repository.people) for name in owner or []),
        sessions=frozenset(_known(name, {file.id for file in repository.files}, "recap") for name in session or []),
        cycles=frozenset(
            _known(name, {recap.cycle for recap in repository.recaps if recap.cycle}, "cycle") for name in cycle or []
        ),
        statuses=frozenset(_read_status(word) for word in with_status or []),
        closed_too=closed_too,
    )
    seen = _ask(repository) if live else None
    rows = build_rows(repository.recaps, _last_changes(repository), wanted, seen.actions if seen else None)
    headers = [header for header in _HEADERS if live or header not in _LIVE_HEADERS]
    if is_for_reading(table_format):
        headers = [header for header in headers if header != "as of"]  # stands below the table
    cells = [[_cells(row)[header] for header in headers] for row in rows]
    if table_format == "json":
        out(render_json([_values(row, with_live=live) for row in rows]))
    elif table_format == "csv":
        out(render_csv(headers, cells))
    elif rows:
        out(render_table(headers, cells, table_format, wrapped=_WRAPPED))
    else:
        err("no action matches")
    if seen:
        for problem in seen.problems(rows):
            err(safe(problem))
        (out if is_for_reading(table_format) and rows else err)(seen.times)
    broken = dict.fromkeys(problem.path for problem in repository.diagnostics if problem.is_error)
    if broken:
        err(safe(f"left out because of errors: {', '.join(broken)}; `tracker check` shows them"))
    if broken or (seen and seen.prepared.plan.has_input_problems):
        raise typer.Exit(ExitCode.PROBLEMS)


def _ask(repository: "Repository") -> "Seen":
    from tracker.cli.live import ask
    from tracker.cli.output import progress

    with progress() as shown:
        return ask(repository, shown.tell)


def _cells(row: "Row") -> dict[str, str]:
    return {
        "session": row.session,
        "action": row.action.title,
        "owner": row.owners or "nobody",
        "tracked as": row.tracked_as or "-",
        "status": row.status,
        "on Launchpad": row.live.text if row.live else "-",
        "due": row.due,
        "last change": row.last_change or "",
        "as of": row.live.as_of.isoformat() if row.live and row.live.as_of else "",
    }


def _values(row: "Row", *, with_live: bool) -> dict[str, Any]:
    from tracker.recap.model import BlueprintTarget, BugTarget, WorkItemTarget

    action, target = row.action, row.action.target
    return {
        "session": row.session,
        "cycle": row.cycle,
        "id": action.id,
        "title": action.title,
        "project": action.project,
        "owners": [{"key": one.key, "tentative": one.tentative} for one in action.owners],
        "tracked_as": row.tracked_as or None,
        "bug": target.number if isinstance(target, BugTarget) else None,
        "blueprint": target.name if isinstance(target, BlueprintTarget) else None,
        "work_item": target.blueprint if isinstance(target, WorkItemTarget) else None,
        "status": row.status,
        "due": action.due.isoformat() if action.due else None,
        "milestone": action.milestone,
        "last_change": row.last_change,
        **({"launchpad": _live_values(row.live)} if with_live else {}),
    }


def _live_values(live: "Live | None") -> dict[str, Any] | None:
    if live is None:
        return None
    return {
        "status": live.status,
        "assignee": live.assignee,
        "milestone": live.milestone,
        "changed": live.moved,
        "conflicts": live.conflicts,
        "problem": live.problem,
        "as_of": live.as_of.isoformat() if live.as_of else None,
    }


def _last_changes(repository: "Repository") -> dict[str, str]:
    from tracker.launchpad.services import service_name
    from tracker.sync.base import Base

    if repository.settings is None or repository.settings.service is None:
        return {}
    base = Base(repository.folder, service_name(repository.settings.service))
    return {
        f"{recap_id}#{entry.action}": max(words.since for words in entry.fields.values())
        for recap_id, entries in base.load_all().items()
        for entry in entries.values()
        if entry.fields
    }


def resolve_owner(name: str, people: "People | None") -> str:
    """Return the key of who is meant by a name on the command line; raises TrackerError."""
    from tracker.recap.people import AmbiguousPersonError, People, UnknownPersonError

    try:
        return (people or People()).resolve(name)
    except (UnknownPersonError, AmbiguousPersonError) as error:
        kind = "unknown" if isinstance(error, UnknownPersonError) else "ambiguous"
        nearest = " or ".join(f'"{candidate}"' for candidate in error.candidates)
        remedy = f"did you mean {nearest}?" if nearest else "write a name of people.yaml"
        raise TrackerError(f'{kind} owner "{name}"', remedy=remedy, exit_code=ExitCode.USAGE) from None


def _known(name: str, known: set[str], noun: str) -> str:
    if name not in known:
        remedy = "there are " + ", ".join(sorted(known)[:10]) if known else None
        raise TrackerError(f'no {noun} "{name}"', remedy=remedy, exit_code=ExitCode.USAGE)
    return name


def _read_status(word: str) -> "Status":
    from tracker.recap.model import Status

    try:
        return Status(word.casefold())
    except ValueError:
        raise TrackerError(
            f'unknown status "{word}"', remedy="it is one of " + ", ".join(Status), exit_code=ExitCode.USAGE
        ) from None


if TYPE_CHECKING:
    from tracker.recap.model import Status
