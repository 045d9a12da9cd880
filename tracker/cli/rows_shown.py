"""Rows of `tracker status` as tables, JSON and CSV."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracker.status.columns import COLUMNS, header
from tracker.status.groups import Group
from tracker.status.rows import Live, Row

if TYPE_CHECKING:
    from tracker.cli.tables import Cell

LEAST_FOR_ACTIONS = 24
"""How many columns of a terminal the titles of actions are to have, before other columns give way altogether."""


@dataclass(frozen=True)
class Look:
    """How rows are to be shown."""

    table_format: str
    columns: tuple[str, ...]
    """Of `status.columns.COLUMNS`."""
    chosen: bool
    """Whether somebody asked for these columns, so that none of them may give way."""
    group_by: str | None = None
    with_live: bool = False


def show_rows(groups: Sequence[Group], shown: Sequence[Sequence[Row]], look: Look) -> None:
    """Print rows: of each group those that are `shown`."""
    from tracker.cli.output import out, render_csv, render_json
    from tracker.cli.tables import is_for_reading, render_table

    if look.table_format == "json":
        values = [[row_values(row, with_live=look.with_live) for row in rows] for rows in shown]
        if look.group_by is None:
            out(render_json(values[0]))
            return
        out(render_json([_group_values(group, rows) for group, rows in zip(groups, values, strict=True)]))
        return
    headers, names = [header(name) for name in look.columns], look.columns
    if look.table_format == "csv" or not is_for_reading(look.table_format):
        cells = [[COLUMNS[name].cell(row) for name in names] for rows in shown for row in rows]
        if look.group_by is not None:
            headers.insert(0, f"by {look.group_by}")
            titles = [group.title for group, rows in zip(groups, shown, strict=True) for _ in rows]
            cells = [[title, *row] for title, row in zip(titles, cells, strict=True)]
        out(
            render_csv(headers, cells)
            if look.table_format == "csv"
            else render_table(headers, cells, look.table_format, wrapped={})
        )
        return
    for line in _tables(groups, shown, look):
        out(line)


def _tables(groups: Sequence[Group], shown: Sequence[Sequence[Row]], look: Look) -> Iterator[str]:
    """Yield tables with a line above each, where rows are grouped or the terminal is narrow."""
    from tracker.cli.output import paint, safe
    from tracker.cli.tables import render_table

    layout = _fitting([row for rows in shown for row in rows], look)
    if look.group_by is None:
        titled = _by_session(shown[0]) if layout.by_session else [("", shown[0])]
    else:
        titled = [(f"{group.title}: {group.counts}", rows) for group, rows in zip(groups, shown, strict=True)]
    for index, (title, rows) in enumerate(titled):
        if title:
            yield ("\n" if index else "") + paint(safe(title), bold=True)
        if rows:
            yield render_table(layout.headers, layout.cells(rows), look.table_format, wrapped=_giving_way())


@dataclass(frozen=True)
class _Layout:
    """Which columns a table has."""

    names: tuple[str, ...]
    by_session: bool = False
    """Whether the session stands above its rows."""
    folded: bool = False
    """Whether what an action is tracked as stands below its title."""

    @property
    def headers(self) -> list[str]:
        return [header(name) for name in self.names]

    def cells(self, rows: Sequence[Row]) -> "list[list[Cell]]":
        return [[self._cell(name, row) for name in self.names] for row in rows]

    def _cell(self, name: str, row: Row) -> "Cell":
        from tracker.cli.tables import Link

        text = COLUMNS[name].cell(row)
        if name in {"tracked-as", "page"}:
            return Link(text, row.page)
        if name == "action" and self.folded and row.tracked_as:
            return text, Link(f"({row.tracked_as})", row.page)
        return text


def _fitting(rows: Sequence[Row], look: Look) -> _Layout:
    """Choose the layout that leaves room for the titles of actions."""
    from tracker.cli.tables import fits

    layouts = [_Layout(look.columns)]
    if not look.chosen:
        names = look.columns
        if look.group_by is None:
            names = tuple(name for name in names if name != "session")
            layouts.append(_Layout(names, by_session=True))
        folded = tuple(name for name in names if name != "tracked-as")
        by_session = look.group_by is None
        layouts.append(_Layout(folded, by_session, folded=True))
        layouts.append(_Layout(tuple(name for name in folded if name != "last-change"), by_session, folded=True))
    for layout in layouts[:-1]:
        if fits(layout.headers, layout.cells(rows), look.table_format, wrapped=_giving_way()):
            return layout
    return layouts[-1]


def _by_session(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """Part rows where the session changes, so that their order stays."""
    parts: list[tuple[str, list[Row]]] = []
    for row in rows:
        if not parts or parts[-1][0] != row.session:
            parts.append((row.session, []))
        parts[-1][1].append(row)
    return parts


def _giving_way() -> dict[str, int]:
    least = {header(name): 0 for name, column in COLUMNS.items() if column.gives_way}
    return {**least, "action": LEAST_FOR_ACTIONS}


def _group_values(group: Group, values: list[dict[str, Any]]) -> dict[str, Any]:
    return {"group": group.name, "count": len(group.rows), **group.kinds, "actions": values}


def row_values(row: Row, *, with_live: bool) -> dict[str, Any]:
    """Return all facts of a row as JSON has them."""
    from tracker.recap.model import BlueprintTarget, BugTarget, WorkItemTarget

    action, target = row.action, row.action.target
    return {
        "session": row.session,
        "cycle": row.cycle,
        "date": row.day.isoformat(),
        "id": action.id,
        "title": action.title,
        "project": action.project,
        "owners": [{"key": one.key, "tentative": one.tentative} for one in action.owners],
        "with": [one.key for one in action.collaborators],
        "tracked_as": row.tracked_as or None,
        "bug": target.number if isinstance(target, BugTarget) else None,
        "blueprint": target.name if isinstance(target, BlueprintTarget) else None,
        "work_item": target.blueprint if isinstance(target, WorkItemTarget) else None,
        "page": row.page,
        "status": row.status,
        "due": action.due.isoformat() if action.due else None,
        "milestone": action.milestone,
        "due_on": row.due_on.isoformat() if row.due_on else None,
        "late": row.is_late,
        "unowned": row.is_unowned,
        "tentative": row.is_tentative,
        "importance": action.importance,
        "tags": action.tags,
        "topic": action.topic,
        "notes": action.notes,
        "evidence": action.evidence,
        "previously": action.previously,
        "carried_from": action.carried_from,
        "carried_to": row.carried_to,
        "last_change": row.last_change.isoformat() if row.last_change else None,
        **({"launchpad": _live_values(row.live)} if with_live else {}),
    }


def _live_values(live: Live | None) -> dict[str, Any] | None:
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
