"""`tracker stats`: how far sessions, owners, teams and cycles are."""

import datetime
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tracker.cli.check import has_errors, here
from tracker.cli.status import DateOption, LiveOption
from tracker.errors import ExitCode, TrackerError

if TYPE_CHECKING:
    from tracker.recap.repository import Repository
    from tracker.status.burndown import Burndown
    from tracker.status.stats import Stats

_WIDTH = 60
_NUMBERS = ("open", "done", "carried", "late", "unowned", "median age", "share done")


def stats(
    by: Annotated[
        str | None, typer.Option("--by", metavar="session|owner|team|cycle", help="What to count by; session.")
    ] = None,
    burndown: Annotated[
        str | None,
        typer.Option("--burndown", metavar="CYCLE", help="Draw how many actions of a cycle were open, day by day."),
    ] = None,
    table_format: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="json, csv, or any table format of tabulate.")
    ] = "simple",
    live: LiveOption = False,
    date: DateOption = None,
) -> None:
    """Count what is open, done, carried, late and unowned, and how many days ago the open ones were agreed on.

    Reads the recaps, and for --burndown when syncs saw a status change; asks no server. An action that another one
    goes on with is carried in its own session and cycle, and open in the other's alone.

    With --live each action counts as its recap would have it after a sync, and --burndown takes the days on which
    Launchpad says that bugs and blueprints were closed.

    Example: tracker stats --by owner
    Example: tracker stats --burndown ocata --live
    """
    from tracker.cli.choosing import choose_known, choose_one, read_today
    from tracker.cli.remembered import load_dates
    from tracker.cli.rows_read import ask_launchpad, finish, load_rows
    from tracker.cli.tables import check_table_format
    from tracker.recap.index import load_recaps
    from tracker.recap.lateness import is_late
    from tracker.recap.repository import find_folder, load_repository
    from tracker.status.burndown import build_burndown
    from tracker.status.stats import GROUPS, build_stats

    check_table_format(table_format)
    if by is not None:
        choose_one(by, GROUPS, "--by")
    today = read_today(date)
    if burndown is not None and by is not None:
        raise TrackerError("--by cannot go with --burndown", remedy="leave one out", exit_code=ExitCode.USAGE)
    repository = (load_repository if live else load_recaps)(find_folder(here()))
    if repository.people is None:
        raise has_errors("people.yaml")
    seen = ask_launchpad(repository) if live else None
    recaps = [seen.preview(recap) for recap in repository.recaps] if seen else repository.recaps
    if burndown is not None:
        (cycle,) = choose_known([burndown], (recap.cycle for recap in recaps), "cycle")
        changed = {**_status_changes(repository), **(seen.closed if seen else {})}
        found = build_burndown(recaps, cycle, changed, today)
        _show_burndown(found, today, table_format)
        _tell_missing(found, today, live=live)
    else:
        dates = load_dates(repository)
        by = by or GROUPS[0]
        rows, total = build_stats(recaps, by, repository.people, today, lambda action: is_late(action, today, dates))
        _show_stats(by, rows, total, table_format)
    finish(repository, load_rows(repository, today, seen) if seen else (), seen, table_format)


def _show_stats(by: str, rows: "list[Stats]", total: "Stats", table_format: str) -> None:
    from tracker.cli.output import err, out, render_csv, render_json
    from tracker.cli.tables import is_for_reading, render_table

    if table_format == "json":
        out(render_json([_values(by, row) for row in rows]))
        return
    if is_for_reading(table_format) and len(rows) > 1:
        rows = [*rows, total]
    cells = [_cells(row) for row in rows]
    if table_format == "csv":
        out(render_csv((by, *_NUMBERS), cells))
    elif rows:
        out(render_table((by, *_NUMBERS), cells, table_format, wrapped={by: 12}))
    else:
        err("there is no action")


def _values(by: str, row: "Stats") -> dict[str, Any]:
    return {
        by: row.name or None,
        "open": row.open,
        "done": row.done,
        "carried": row.carried,
        "late": row.late,
        "unowned": row.unowned,
        "median_age": row.median_age,
        "share_done": None if row.share_done is None else round(row.share_done, 4),
    }


def _cells(row: "Stats") -> list[str]:
    age = "-" if row.median_age is None else f"{row.median_age:g}"
    share = "-" if row.share_done is None else f"{row.share_done:.0%}"
    carried = "-" if row.carried is None else str(row.carried)
    return [row.name or "-", str(row.open), str(row.done), carried, str(row.late), str(row.unowned), age, share]


def _show_burndown(found: "Burndown", today: datetime.date, table_format: str) -> None:
    from tracker.cli.output import out, render_csv, render_json, safe
    from tracker.cli.tables import render_table
    from tracker.status.burndown import draw_burndown

    points = [(day.isoformat(), str(number)) for day, number in found.points]
    if table_format == "json":
        out(render_json([{"date": day.isoformat(), "open": number} for day, number in found.points]))
    elif table_format == "csv":
        out(render_csv(("date", "open"), points))
    elif table_format != "simple":
        out(render_table(("date", "open"), points, table_format, wrapped={}))
    elif points:
        out(safe(f"open actions of {found.cycle}"))
        for line in draw_burndown(found, _WIDTH, blocks=_has_blocks()):
            out(line)


def _tell_missing(found: "Burndown", today: datetime.date, *, live: bool) -> None:
    from tracker.cli.check import count
    from tracker.cli.output import err, safe

    if not found.points:
        err(safe(f"nothing of {found.cycle} was open until {today}, as far as it is known"))
    if found.later:
        err(f"{count(found.later, 'action')} of sessions after {today} not counted yet")
    if found.until_later:
        err(f"{count(found.until_later, 'action')} counted until a session after {today} that goes on with them")
    if found.undated:
        reason = "neither a sync nor Launchpad says when" if live else "no sync saw when; --live asks Launchpad"
        err(f"{count(found.undated, 'action')} left out: closed, but {reason}")


def _has_blocks() -> bool:
    try:
        "▁█".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _status_changes(repository: "Repository") -> dict[str, datetime.date]:
    """Return the day on which each action's status changed last, by full id, as far as syncs saw it."""
    from tracker.cli.remembered import load_entries

    return {
        f"{recap_id}#{entry.action}": datetime.date.fromisoformat(entry.fields["status"].since[:10])
        for recap_id, entries in load_entries(repository).items()
        for entry in entries.values()
        if "status" in entry.fields and entry.fields["status"].since
    }
