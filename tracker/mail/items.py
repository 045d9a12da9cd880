"""An item of a list, while it is read and when it is; pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tracker.mail.lines import Line

LONGEST_ITEM = 4000
"""Characters of an item that are read; a longer one is cut."""
NESTING = 2
"""Blanks by which a bullet is deeper than another, at the least."""

_CLAUSE = re.compile(r"(?<=[.!?;])\s+(?=\S)")

BeginsWithOwner = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class ListHead:
    """What announces a list: where it stands, and its rank among the headings of its text."""

    line: int
    rank: int


@dataclass(slots=True)
class Item:
    """An item as laid out."""

    text: str
    line: int
    names: str | None = None
    """The names that its marker has in brackets."""
    by: str | None = None
    """Who stands before its marker, and does it unless its text names others."""
    is_command: bool = False
    """Whether its marker is one of MeetBot's, which a nick follows."""
    speaker: str | None = None
    """Who wrote it, where minutes or a log say so: `I` is them."""
    head: ListHead | None = None
    tentative: bool = False
    is_by_person: bool = False
    """Whether its text is the name of who does what is nested in it, as its heading says."""
    weak: int | None = None
    """Which list under a doubtful heading it belongs to; all of such a list count, or none."""
    nested: "list[Item]" = field(default_factory=list)
    last: int = 0
    """The number of its last line, what is nested in it counted; 0 where it is only a part of its lines."""


class OpenItem:
    """An item that further lines may belong to."""

    def __init__(self, line: Line, text: str | None = None) -> None:
        self.last = line
        self.nested: list[OpenItem] = []
        self.has_paragraphs = False
        self._first = line
        self._pieces = [line.text if text is None else text]

    def add(self, line: Line) -> None:
        """Take the next line of its text."""
        self._pieces.append(line.text)
        self.last = line

    def add_below(self, line: Line) -> None:
        """Take a line that may belong to the item, to the last one nested in it, or be a paragraph of its own."""
        child = self.nested[-1] if self.nested else None
        if child is not None and (line.indent == 0 or line.indent > min(self._first.indent + NESTING, child.indent)):
            child.add(line)
        elif self.has_paragraphs:
            self.nested.append(OpenItem(line))
        else:
            self.add(line)

    @property
    def indent(self) -> int:
        """The column of its bullet."""
        return self._first.indent

    def close(self) -> Item:
        """Return the item, on one line."""
        text = " ".join(" ".join(self._pieces)[:LONGEST_ITEM].split())
        nested = [child.close() for child in self.nested]
        last = max([self.last.number, *(child.last for child in nested)])
        return Item(text, self._first.number, nested=nested, last=last)


def split_sentences(item: Item, begins_with_owner: BeginsWithOwner) -> list[Item]:
    """Split a paragraph where a sentence begins with somebody else who does something."""
    items = [replace(item)]
    for match in _CLAUSE.finditer(item.text):
        rest = item.text[match.end() :]
        kept = items[-1]
        # `Drop it; Kim will ask first` is one thing to do, `Lee to drop it; Kim to ask first` are two.
        parted = item.text[match.start() - 1] != ";" or begins_with_owner(kept.text[:200])
        if parted and begins_with_owner(rest[:200]):
            kept.text = kept.text[: len(kept.text) - len(rest)].rstrip()
            items.append(Item(rest, item.line, speaker=item.speaker))
    return items
