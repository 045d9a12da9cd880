"""The columns that a table of rows can have; pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tracker.launchpad.limits import IMPORTANCES
from tracker.recap.carried import STATUSES
from tracker.status.rows import Row


@dataclass(frozen=True, slots=True)
class Column:
    """What stands in a column, and how rows are sorted by it."""

    cell: Callable[[Row], str]
    gives_way: bool = False
    """Whether it becomes narrower where there is little room."""
    key: Callable[[Row], Any] | None = None
    """What rows are sorted by, None being nothing; the cell when left out."""


def _tracked_key(row: Row) -> tuple[str, str, int, str] | None:
    target = row.action.target
    if target is None:
        return None
    return (row.target, row.action.project, getattr(target, "number", None) or 0, str(target))


COLUMNS: dict[str, Column] = {
    "session": Column(lambda row: row.session, gives_way=True),
    "action": Column(lambda row: row.action.title, gives_way=True),
    "id": Column(lambda row: row.full_id, gives_way=True),
    "owner": Column(lambda row: row.owners or "nobody", gives_way=True, key=lambda row: row.owners or None),
    "with": Column(lambda row: ", ".join(map(str, row.action.collaborators)), gives_way=True),
    "tracked-as": Column(lambda row: row.tracked_as or "-", gives_way=True, key=_tracked_key),
    "status": Column(lambda row: row.status, key=lambda row: STATUSES.index(row.status)),
    "on-launchpad": Column(lambda row: row.live.text if row.live else "-", gives_way=True),
    "due": Column(lambda row: row.due, key=lambda row: row.due_on),
    "due-on": Column(lambda row: row.due_on.isoformat() if row.due_on else ""),
    "late": Column(lambda row: "late" if row.is_late else ""),
    "milestone": Column(lambda row: row.action.milestone or ""),
    "importance": Column(
        lambda row: row.action.importance or "",
        key=lambda row: IMPORTANCES.index(row.action.importance) if row.action.importance in IMPORTANCES else None,
    ),
    "tags": Column(lambda row: ", ".join(row.action.tags), gives_way=True),
    "topic": Column(lambda row: row.action.topic or "", gives_way=True),
    "project": Column(lambda row: row.action.project),
    "cycle": Column(lambda row: row.cycle or ""),
    "date": Column(lambda row: row.day.isoformat()),
    "carried-to": Column(lambda row: row.carried_to or "", gives_way=True),
    "page": Column(lambda row: row.page or ""),
    "last-change": Column(lambda row: row.last_change.isoformat() if row.last_change else ""),
    "as-of": Column(lambda row: row.live.as_of.isoformat() if row.live and row.live.as_of else ""),
}
USUAL = ("session", "action", "owner", "tracked-as", "status", "due", "last-change")
"""The columns of a table for which none are named."""
USUAL_LIVE = (*USUAL[:5], "on-launchpad", *USUAL[5:], "as-of")
"""Those when Launchpad was asked."""


def header(name: str) -> str:
    """Return what stands above a column."""
    return name.replace("-", " ").replace("launchpad", "Launchpad")


def sort_rows(rows: Iterable[Row], name: str, *, descending: bool = False) -> list[Row]:
    """Return rows sorted by a column; those that have nothing in it come last, whichever way it goes."""
    column = COLUMNS[name]
    key: Callable[[Row], Any] = column.key or (lambda row: column.cell(row).casefold() or None)
    keyed = [(key(row), row) for row in rows]
    some = sorted((pair for pair in keyed if pair[0] is not None), key=lambda pair: pair[0], reverse=descending)
    return [row for _, row in some] + [row for value, row in keyed if value is None]
