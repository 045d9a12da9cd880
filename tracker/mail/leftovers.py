"""Which lines of a text are in nothing that was read of it; pure."""

import re
from collections.abc import Iterable, Sequence

from tracker.mail.days import find_date
from tracker.mail.heading import Top
from tracker.mail.items import Item
from tracker.mail.lines import Line, is_underline, split_lines
from tracker.mail.margins import Margins
from tracker.mail.topics import Place

_LINK = re.compile(r"(?:[^:]{0,60}:\s|\S{0,30}\s)?[(<\[]{0,2}https?://\S+\s{0,3}")
"""An address with no more than what it leads to: `Pad: https://…`."""
_FIELD = re.compile(r"(?:\.\. |:)?(?:title|date|authors?|subject)\s*:|---$|Meeting started by ", re.IGNORECASE)
_TOP = 60
"""Lines in which a text says its own title and day."""
_MOST_LINES = 20
"""Lines of an item that begins in the middle of one."""

Ranges = tuple[tuple[int, int], ...]
"""First and last line of each."""


def find_left_out(
    text: str,
    lines: Sequence[Line],
    items: Iterable[Item],
    places: Iterable[Place],
    *,
    tldr: range,
    margins: Margins,
    top: Top,
    dropped: Sequence[int] = (),
) -> Ranges:
    """Find the lines that say something and are in no action, topic, summary, link or heading of what was read.

    `lines` are those that were read, in which quotes, footnotes and the signature are blank; `items` those that
    became actions; `tldr` has the numbers of the lines of the summary, and `dropped` those of the lines that were
    taken out of the text before.
    """
    texts = [line.text for line in lines]
    kept = set(tldr)
    for item in items:
        kept.update(_lines_of(item, texts))
        if item.head:
            kept.add(item.head.line)
    for place in places:
        kept.add(place.line)
        if place.topic is not None:
            kept.update(range(place.line, place.last + 1))
    kept.intersection_update(line.number for line in lines if not line.blank)
    for note in margins.footnotes:
        kept.update(range(note.first, note.last + 1))
    said = [line for line in split_lines(text) if not line.blank and not is_underline(line)]
    for line in said:
        if _LINK.fullmatch(line.text) or (line.number <= _TOP and _is_top(line.text, top)):
            kept.add(line.number)
    filled = {line.number for line in said} | set(dropped)
    return _as_ranges(sorted(filled - kept), filled)


def _lines_of(item: Item, texts: Sequence[str]) -> range:
    """Return the numbers of an item's lines, also of one that begins in the middle of a line."""
    last = max(item.last, item.line)
    end = min(len(texts), last + _MOST_LINES)
    while not item.last and last < end and texts[last] and " ".join(texts[last].split()) in item.text:
        last += 1
    return range(item.line, last + 1)


def _is_top(text: str, top: Top) -> bool:
    if top.title and top.title in " ".join(text.split()):
        return True
    return _FIELD.match(text) is not None or (
        top.date is not None and len(text) < 100 and find_date(text) == top.date
    )


def _as_ranges(numbers: Iterable[int], filled: set[int]) -> Ranges:
    """Join lines that only blank ones part."""
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and not any(between in filled for between in range(ranges[-1][1] + 1, number)):
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return tuple(ranges)
