"""A blueprint's work items: read from the one text that Launchpad has of them, edited, and written again; pure.

Launchpad keeps each line as a row of its own, known by its exact title. A text that is sent replaces all of them: a
title that is not in it any more is a row deleted, one that is new there a row created (source). So other people's
lines go back just as they came.
"""

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypedDict

from tracker.launchpad import limits
from tracker.launchpad.statuses import DEFAULT_WORK_ITEM_STATUS, WORK_ITEM_WORDS

# It begins the line and ends it with a colon; Launchpad takes it in any case (seen July 2025).
_HEADER = re.compile(r"work items(?P<words>.*):\s*", re.I)


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A line of a blueprint's work items."""

    title: str
    """As Launchpad has it: a blank at its end is part of it there."""
    status: str = DEFAULT_WORK_ITEM_STATUS
    assignee: str | None = None
    """The assigned account, without `~`."""
    milestone: str | None = None
    """None where the line has none of its own; it is then for the blueprint's."""


def same_title(one: str, other: str) -> bool:
    """Tell whether two titles name one line: blanks around them do not count."""
    return one.strip() == other.strip()


def read_items(text: str) -> tuple[WorkItem, ...]:
    """Read the work items that Launchpad shows.

    Raises ValueError, which names the line, for one that Launchpad itself would refuse: what is not understood must
    not be written again.
    """
    items = []
    milestone: str | None = None
    for line in text.splitlines():
        header = _HEADER.fullmatch(line)
        if header is not None:
            # The last word is the milestone, whatever stands before it.
            milestone = next(reversed(header["words"].split()), None)
            if milestone is not None and not limits.is_name(milestone):
                raise ValueError(f'"{milestone}" cannot be a milestone: "{line}"')
        elif line.strip():
            items.append(_read_line(line, milestone))
    return tuple(items)


def _read_line(line: str, milestone: str | None) -> WorkItem:
    assignee, rest = None, line
    if line.startswith("["):
        assignee, bracket, rest = line[1:].partition("]")
        if not bracket:
            raise ValueError(f'a work item has no "]" after its assignee: "{line}"')
        if not limits.is_name(assignee):
            raise ValueError(f'"{assignee}" cannot be the assignee of a work item: "{line}"')
    # Blanks before a title are not part of it, those behind it are.
    title, colon, status = rest.lstrip().rpartition(":")
    status = status.strip().upper()
    if not colon:
        raise ValueError(f'a work item has no status: "{line}"')
    if not title:
        raise ValueError(f'a work item has no title: "{line}"')
    if title.startswith("["):
        raise ValueError(f'the title of a work item begins with "[": "{line}"')
    if status not in WORK_ITEM_WORDS:
        raise ValueError(f'"{status}" is no status of a work item: "{line}"')
    return WorkItem(title, status, assignee, milestone)


def write_items(items: Sequence[WorkItem]) -> str:
    """Return the text of these work items, as Launchpad shows it.

    Raises ValueError when Launchpad would read other items out of it.
    """
    lines: list[str] = []
    for before, item in zip((None, *items), items, strict=False):
        if before is None or before.milestone != item.milestone:
            lines += [] if before is None else [""]
            lines.append(f"Work items for {item.milestone}:" if item.milestone is not None else "Work items:")
        assignee = f"[{item.assignee}] " if item.assignee is not None else ""
        lines.append(f"{assignee}{item.title}: {item.status}")
    text = "\n".join(lines)
    if read_items(text) != tuple(items):
        raise ValueError("these work items cannot be told apart in a text")
    return text


class Changes(TypedDict, total=False):
    """What a line is to have; what is not named stays, and None empties."""

    title: str
    status: str
    assignee: str | None
    milestone: str | None


@dataclass(frozen=True, slots=True)
class ItemEdit:
    """What is to become of the line of one action."""

    titles: tuple[str, ...]
    """The titles under which it may stand, that of the base first."""
    changes: Changes = field(default_factory=Changes)
    add: bool = False
    """Whether it is added when it stands under none of them."""

    @property
    def known_by(self) -> tuple[str, ...]:
        """Every title that the line has or is to have, without blanks around them, the first the surest."""
        new = [self.changes["title"]] if "title" in self.changes else []
        return tuple(dict.fromkeys(title.strip() for title in (*self.titles, *new)))


def find_items(items: Sequence[WorkItem], edits: Sequence[ItemEdit]) -> list[tuple[int, ...]]:
    """Return for each edit where its line stands; of a line that was added twice the first is the one that stays.

    A title is of one edit alone: of the one for which it is the surest. A line of a less sure title is anybody's
    while one of a surer title stands.
    """
    stripped = [item.title.strip() for item in items]

    def find(titles: Iterable[str]) -> tuple[int, ...]:
        found = (tuple(place for place, other in enumerate(stripped) if other == title) for title in titles)
        return next(filter(None, found), ())

    return [find(titles) for titles in _share_titles(edits)]


def find_waiting(edits: Sequence[ItemEdit], items: Sequence[WorkItem] = ()) -> list[bool]:
    """Tell of each edit whether its line cannot have its title yet, since another line may still stand there."""
    return [
        "title" in edit.changes and _is_taken(edit.changes["title"], titles, items, places)
        for edit, titles, places in zip(edits, _share_titles(edits), find_items(items, edits), strict=True)
    ]


def _is_taken(title: str, titles: Container[str], items: Sequence[WorkItem], places: Container[int]) -> bool:
    """Tell whether a title is another edit's, or that of a line which is none of this edit's."""
    if title.strip() not in titles:
        return True
    return any(same_title(title, item.title) for place, item in enumerate(items) if place not in places)


def _share_titles(edits: Sequence[ItemEdit]) -> list[tuple[str, ...]]:
    wanted = [edit.known_by for edit in edits]
    holder: dict[str, int] = {}
    for rank in range(max(map(len, wanted), default=0)):
        for index, titles in enumerate(wanted):
            if rank < len(titles):
                holder.setdefault(titles[rank], index)
    return [tuple(title for title in titles if holder[title] == index) for index, titles in enumerate(wanted)]


def edit_items(items: Sequence[WorkItem], edits: Sequence[ItemEdit]) -> tuple[WorkItem, ...]:
    """Return a blueprint's work items with some edited; all others keep their values and their order.

    Give one edit for each action that is a work item of the blueprint, also where nothing is to change, so that no
    line is taken for another action's. A line that stands twice is reduced to the first. A new line, and one that
    gets another milestone, goes to the end of the last group of that milestone, else of all. A line does not get a
    title under which another still stands, be it an action's, which may go on, or somebody's, which stays.
    Editing the result again changes nothing.
    """
    lines: list[WorkItem | None] = list(items)
    placed: list[WorkItem] = []
    for edit, titles, places in zip(edits, _share_titles(edits), find_items(items, edits), strict=True):
        changes = edit.changes.copy()
        if "title" in changes and _is_taken(changes["title"], titles, items, places):
            del changes["title"]
        if places:
            line = items[places[0]]
            for place in places[1:]:
                lines[place] = None
            changed = _change(line, changes)
            moves = changed.milestone != line.milestone
            lines[places[0]] = None if moves else changed
        elif edit.add and titles:
            changed, moves = _change(WorkItem(titles[0]), changes), True
        else:
            continue
        if moves:
            placed.append(changed)
    edited = [line for line in lines if line is not None]
    for line in placed:
        group = [place for place, other in enumerate(edited) if other.milestone == line.milestone]
        edited.insert(group[-1] + 1 if group else len(edited), line)
    return tuple(edited)


def _change(line: WorkItem, changes: Changes) -> WorkItem:
    changed = replace(line, **changes)
    # The same title with other blanks would be another row.
    title = line.title if same_title(line.title, changed.title) else changed.title.strip()
    return replace(changed, title=title)
