"""Searching bug tasks: what `searchTasks` finds, and what an address of one leads to."""

from collections.abc import Iterable, Sequence
from typing import Any

from tracker.launchpad import limits
from tracker.sandbox import words
from tracker.sandbox.access import RefusedError
from tracker.sandbox.conditions import Conditions
from tracker.sandbox.store import Record, Redirect, Rows, Store
from tracker.sandbox.visibility import sees, visible

_IMPORTANCES = (*reversed(limits.IMPORTANCES), "Unknown")
_RESPONSES = {
    "Incomplete (with response)": "task.status = 'Incomplete' AND bug.date_last_message > task.date_incomplete",
    "Incomplete (without response)": "task.status = 'Incomplete' AND bug.date_last_message <= task.date_incomplete",
}


def _rank(column: str, titles: Iterable[str]) -> str:
    return (
        f"CASE {column} "
        + " ".join(
            f"WHEN '{title.replace(chr(39), chr(39) * 2)}' THEN {number}" for number, title in enumerate(titles)
        )
        + " END"
    )


_SORTS = {
    "task": "task.id",
    "id": "bug.id",
    "importance": _rank("task.importance", _IMPORTANCES),
    "assignee": "(SELECT name FROM person WHERE id = task.assignee)",
    "targetname": "(SELECT name FROM project WHERE id = task.project)",
    "status": _rank("task.status", [item.title for item in words.BUG_TASK_STATUS.items]),
    "title": "bug.title",
    "milestone": "(SELECT date_targeted FROM milestone WHERE id = task.milestone)",
    "milestone_name": "(SELECT name FROM milestone WHERE id = task.milestone)",
    "dateassigned": "task.date_assigned",
    "datecreated": "task.date_created",
    "date_last_updated": "bug.date_last_updated",
    "date_closed": "task.date_closed",
    "number_of_duplicates": "(SELECT count(*) FROM bug AS copy WHERE copy.duplicate_of = bug.id)",
    "message_count": "(SELECT count(*) FROM message WHERE message.bug = bug.id)",
    "reporter": "(SELECT name FROM person WHERE id = bug.owner)",
    "tag": "(SELECT min(tag) FROM bug_tag WHERE bug_tag.bug = bug.id)",
}


def task_below(store: Store, scope: str, target: Record, number: str | None) -> Any:
    """Find the task that a bug has in a project or series, else lead to where the bug has one.

    Such a 301 answers every method, so a PATCH of a retargeted task writes nothing (seen on Launchpad, July 2025).
    """
    if number is None or not number.isdecimal() or not sees(store, int(number)):
        return None
    task = store.find("bug_task", f"bug = ? AND {scope}", int(number), target)
    return task or Redirect(store.find("bug_task", "bug = ? ORDER BY id", int(number)).path)


def _status(conditions: Conditions, chosen: Sequence[Any] | None) -> None:
    titles = words.OPEN_STATUSES if not chosen else [item.title for item in chosen]
    parts = [_RESPONSES.get(title, "task.status = ?") for title in titles]
    conditions.add(
        " OR ".join(f"({part})" for part in parts), *(title for title in titles if title not in _RESPONSES)
    )


def _tags(conditions: Conditions, tags: Sequence[str], *, every: bool) -> None:
    """Add the wanted tags: `-tag` is one that must be absent, `*` stands for any."""
    tagged = "EXISTS (SELECT 1 FROM bug_tag WHERE bug_tag.bug = bug.id"
    parts, values = [], []
    for tag in tags:
        absent, name = tag.startswith("-"), tag.removeprefix("-")
        test = f"{tagged})" if name == "*" else f"{tagged} AND tag = ?)"
        parts.append(f"NOT {test}" if absent else test)
        values += [] if name == "*" else [name]
    conditions.add((" AND " if every else " OR ").join(parts), *values)


def _order(order_by: Sequence[str] | None) -> str:
    """Return the order; among equals the lowest number is first, or last where the first term ascends (source)."""
    terms = []
    for name in order_by or ["-importance"]:
        column = _SORTS.get(name.removeprefix("-"))
        if column is None:
            raise RefusedError(f"Unrecognized order_by: {name.removeprefix('-')!r}")
        terms.append(f"{column} DESC" if name.startswith("-") else column)
    return ", ".join([*terms, "bug.id" if terms[0].endswith(" DESC") else "bug.id DESC", "task.id"])


def search_tasks(
    store: Store,
    scope: str = "1",
    scope_values: Sequence[object] = (),
    *,
    status: Sequence[Any] | None = None,
    importance: Sequence[Any] | None = None,
    information_type: Sequence[Any] | None = None,
    assignee: Any = None,
    bug_reporter: Any = None,
    bug_commenter: Any = None,
    bug_subscriber: Any = None,
    owner: Any = None,
    milestone: Sequence[Any] | None = None,
    tags: Sequence[str] | None = None,
    tags_combinator: Any = None,
    search_text: str | None = None,
    modified_since: Any = None,
    created_since: Any = None,
    created_before: Any = None,
    omit_duplicates: bool = True,
    omit_targeted: bool = False,
    order_by: Sequence[str] | None = None,
) -> Rows:
    """Find bug tasks; unless told otherwise the open ones that are no duplicates, most important first.

    `modified_since` looks at the bug's `date_last_updated`, the other times at the task's creation; all are strict.
    `omit_targeted` leaves out the tasks of series.
    """
    conditions = Conditions()
    conditions.add(scope, *scope_values)
    visible(conditions)
    _status(conditions, status)
    if importance:
        conditions.among("task.importance", importance)
    if information_type:
        conditions.among("bug.information_type", information_type)
    if milestone:
        conditions.among("task.milestone", milestone)
    if tags:
        _tags(conditions, tags, every=tags_combinator is not None and tags_combinator.title == "All")
    for condition, value in (
        ("task.assignee = ?", assignee),
        ("bug.owner = ?", bug_reporter),
        ("task.owner = ?", owner),
        ("EXISTS (SELECT 1 FROM message WHERE message.bug = bug.id AND position > 0 AND message.owner = ?)",
         bug_commenter),
        ("EXISTS (SELECT 1 FROM subscription WHERE subscription.bug = bug.id AND person = ?)", bug_subscriber),
        ("bug.date_last_updated > ?", modified_since),
        ("task.date_created > ?", created_since),
        ("task.date_created < ?", created_before),
    ):  # fmt: skip
        if value is not None:
            conditions.add(condition, value)
    for term in (search_text or "").split():
        conditions.add(
            "instr(lower(bug.title || ' ' || bug.description || ' ' || coalesce(bug.name, '')), ?)",
            term.lower(),
        )
    if omit_duplicates:
        conditions.add("bug.duplicate_of IS NULL")
    if omit_targeted:
        conditions.add("task.series IS NULL")
    found = store.rows(
        "SELECT task.id FROM bug_task AS task JOIN bug ON bug.id = task.bug"  # noqa: S608 (all written here)
        f" WHERE {conditions.text} ORDER BY {_order(order_by)}",
        *conditions.values,
    )
    return Rows(store, "bug_task", [row["id"] for row in found])
