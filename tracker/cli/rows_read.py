"""The rows of `tracker status`, out of recaps, base and perhaps Launchpad, and what is told beside them."""

from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from tracker.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from tracker.cli.live import Seen
    from tracker.recap.repository import Repository
    from tracker.status.rows import Row


def load_rows(repository: "Repository", today: "date", seen: "Seen | None" = None) -> "list[Row]":
    """Return a row for each action, as far as recaps and base know it, and Launchpad if it was asked."""
    from tracker.cli.remembered import find_strangers, load_dates, web_root
    from tracker.status.rows import build_rows

    rows = build_rows(
        repository.recaps,
        today,
        last_changes=_last_changes(repository),
        dates=load_dates(repository),
        live=seen.actions if seen else None,
        web_root=web_root(repository),
    )
    strangers = find_strangers(repository)
    return [replace(row, page=None) if row.full_id in strangers else row for row in rows] if strangers else rows


def finish(
    repository: "Repository",
    rows: "Iterable[Row]" = (),
    seen: "Seen | None" = None,
    table_format: str = "simple",
    *,
    failed: bool = False,
) -> None:
    """Say of when Launchpad's side is and what was left out; raises typer.Exit when the answer is not 0."""
    from tracker.cli.output import err, out, safe
    from tracker.cli.tables import is_for_reading

    rows = list(rows)
    if seen:
        for problem in seen.problems(rows):
            err(safe(problem))
        (out if is_for_reading(table_format) and rows else err)(seen.times)
    broken = dict.fromkeys(problem.path for problem in repository.diagnostics if problem.is_error)
    if broken:
        err(safe(f"left out because of errors: {', '.join(broken)}; `tracker check` shows them"))
    if failed or broken or (seen and seen.prepared.plan.has_input_problems):
        raise typer.Exit(ExitCode.PROBLEMS)


def ask_launchpad(repository: "Repository") -> "Seen":
    """Ask Launchpad about every action, and show what takes time."""
    from tracker.cli.live import ask
    from tracker.cli.output import progress

    with progress() as shown:
        return ask(repository, shown.tell)


def _last_changes(repository: "Repository") -> dict[str, str]:
    from tracker.cli.remembered import load_entries

    return {
        f"{recap_id}#{entry.action}": max(words.since for words in entry.fields.values())
        for recap_id, entries in load_entries(repository).items()
        for entry in entries.values()
        if entry.fields
    }
