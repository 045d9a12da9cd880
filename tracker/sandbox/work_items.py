"""Work items: the lines of a blueprint's work, read out of text and written as text, and kept as rows.

Two that add lines at the same time both succeed; how is told in `journal`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from lazr.restful.declarations import error_status

from tracker.sandbox import words
from tracker.sandbox.access import RefusedError
from tracker.sandbox.store import Link, Record

_HEADER = "work items"


@error_status(403)
class PrivateTeamError(Exception):
    """A private team where only public ones may stand (source)."""


@dataclass(frozen=True)
class WorkItemLine:
    """A work item as a line of text says it: by names, which need not be known, and a status in upper case."""

    title: str
    status: str
    assignee: str | None = None
    milestone: str | None = None


def parse_work_items(text: str | None) -> Iterator[WorkItemLine]:
    """Yield what the lines of a text say.

    A header ends in a colon, and its last word is the milestone of all lines below it. Every other line that is not
    blank is a work item: a person in brackets in the first column, a title, and after the last colon the status.
    Blanks before a title go, those behind it stay. Raises RefusedError with Launchpad's words (seen in July 2025).
    """
    milestone = None
    for line in (text or "").splitlines():
        if not line.strip():
            continue
        if line.lower().startswith(_HEADER) and line.rstrip().endswith(":"):
            named = line.rstrip()[len(_HEADER) : -1].split()
            milestone = named[-1] if named else None
        else:
            yield _parse_line(line, milestone)


def _parse_line(line: str, milestone: str | None) -> WorkItemLine:
    assignee, rest = None, line
    if line.startswith("["):
        person, bracket, behind = line[1:].partition("]")
        if bracket and ":" in behind:
            assignee, rest = person, behind
    title, colon, status = rest.lstrip().rpartition(":")
    if not colon:
        raise RefusedError(escape(f'Invalid work item format: "{line}"'))
    if not title:
        raise RefusedError(escape(f'No work item title found on "{line}"'))
    if title.startswith("["):
        raise RefusedError(escape(f'Missing closing "]" for assignee on "{line}".'))
    return WorkItemLine(title, status.strip().upper(), assignee, milestone)


class WorkItem(Record, table="work_item"):
    """A work item of a blueprint; one that was deleted stays as a row, and shows nowhere."""

    assignee = Link("person")
    milestone = Link("milestone")

    @property
    def line(self) -> WorkItemLine:
        """What its line says."""
        return WorkItemLine(
            self.row["title"],
            self.row["status"],
            self.assignee and self.assignee.name,
            self.milestone and self.milestone.name,
        )


def _work_items(specification: Record) -> list[WorkItem]:
    return specification.store.select(
        "work_item", "specification = ? AND NOT is_deleted ORDER BY position, id", specification
    )


def render_work_items(specification: Record) -> str:
    """Return a blueprint's work items as text: a header at the start and wherever the milestone changes."""
    text: list[str] = []
    milestone: str | None = None
    for line in (item.line for item in _work_items(specification)):
        if not text or line.milestone != milestone:
            milestone = line.milestone
            blank = [""] if text else []
            text += [*blank, "Work items:" if milestone is None else f"Work items for {milestone}:"]
        text.append(f"[{line.assignee}] " * (line.assignee is not None) + f"{line.title}: {line.status}")
    return "\n".join(text)


def resolve_work_items(specification: Any, lines: list[WorkItemLine]) -> list[dict[str, Any]]:
    """Return the columns of what lines say; raises RefusedError for the first word that is not known."""
    return [
        {
            "title": line.title,
            "status": _resolve_status(line.status),
            "assignee": _resolve_person(specification, line.assignee),
            "milestone": _resolve_milestone(specification, line.milestone),
        }
        for line in lines
    ]


def _resolve_status(word: str) -> str:
    if word not in words.WORK_ITEM_STATUSES:
        raise RefusedError(escape(f"Unknown status: {word}"))
    return word


def _resolve_person(specification: Record, name: str | None) -> Any:
    if name is None:
        return None
    person = specification.store.find("person", "name = ? AND merged IS NULL", name)
    if person is None:
        raise RefusedError(escape(f"Unknown person name: {name}"))
    return person


def _resolve_milestone(specification: Any, name: str | None) -> Any:
    if name is None:
        return None
    milestone = specification.target.get_milestone(name)
    if milestone is None:
        target = specification.target.name
        raise RefusedError(escape(f"The milestone '{name}' is not valid for the target '{target}'."))
    return milestone


def replace_work_items(specification: Record, wanted: list[dict[str, Any]]) -> None:
    """Let a blueprint have these work items, in this order.

    A row stays that has the very title of one of them, and of what it holds only what differs is written; of several
    rows with one title the first stays. A title that is gone takes its row away, and one that comes back later is
    another row (source).
    """
    store = specification.store
    left: dict[str, list[WorkItem]] = {}
    for item in _work_items(specification):
        left.setdefault(item.row["title"], []).append(item)
    for position, values in enumerate(wanted):
        if values["assignee"] is not None and values["assignee"].private:
            raise PrivateTeamError("Cannot link person.")
        same = left.get(values["title"])
        if not same:
            store.insert(
                "work_item", specification=specification, position=position, date_created=store.now(), **values
            )
            continue
        item = same.pop(0)
        now = {name: getattr(value, "id", value) for name, value in {**values, "position": position}.items()}
        changed = {name: value for name, value in now.items() if item.row[name] != value}
        if changed:
            item.write(**changed)
    for item in (item for items in left.values() for item in items):
        item.write(is_deleted=True)
