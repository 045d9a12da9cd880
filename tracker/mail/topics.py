"""The subjects that a text treats, and its tl;dr; pure."""

import re
from bisect import bisect_right
from dataclasses import dataclass

from tracker.mail.items import ListHead
from tracker.mail.lines import NUMBERED_RANK, UNMARKED_RANK, Line, heading_at, is_numbered, is_rule, is_underline
from tracker.mail.links import classify_all, find_urls
from tracker.mail.margins import NONE, Margins
from tracker.mail.notes import FoundTopic

_TLDR = re.compile(r"\s*(?:\*\*)?tl[;:,]?\s?dr\b(?:\*\*)?\s*[:\-\u2013]?(?:\*\*)?\s*", re.IGNORECASE)
_NAMED = re.compile(r"(?:Topic|TOPIC|Subject)\s*:\s+(\S.*)")
_MINUTES = re.compile(r"(\S.*?)\s+\(\S{1,40}, \d\d:\d\d(?::\d\d)?\)")
_NO_TOPIC = re.compile(r"(?:meeting summary|people present\b.*|action items\b.*)$", re.IGNORECASE)
_NOTES_LENGTH = 20_000
_MOST = 500


@dataclass(frozen=True, slots=True)
class Summary:
    """The paragraph that begins with `tl;dr`."""

    text: str
    """All of it, on one line."""
    lines: range
    """The numbers of its lines, its heading's with them."""


def find_tldr(lines: list[Line]) -> Summary | None:
    """Find the paragraph that begins with `tl;dr`."""
    for index, line in enumerate(lines[:400]):
        if not _TLDR.match(line.text[:20]):
            continue
        heading = heading_at(lines, index)
        start = index
        if heading and not _TLDR.sub("", heading.text):
            start = heading.end
        elif not _TLDR.sub("", line.text):
            start = index + 1
        while start < len(lines) and lines[start].blank:
            start += 1
        pieces = []
        for following in lines[start : start + 60]:
            if following.blank or is_underline(following):
                break
            pieces.append(following.text)
        text = " ".join(_TLDR.sub("", " ".join(pieces)).split())[:_NOTES_LENGTH]
        return Summary(text, range(line.number, line.number + start - index + len(pieces))) if text else None
    return None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a topic begins, or, without one, where those before end."""

    line: int
    rank: int
    topic: FoundTopic | None = None
    last: int = 0
    """The number of the last line below it that is the topic's."""
    is_whole: bool = False
    """Whether it is the title of the whole text, so that what stands below it need not be about it."""


def locate_topics(
    lines: list[Line],
    *,
    title: str | None = None,
    heads: frozenset[int] = frozenset(),
    listed: frozenset[int] = frozenset(),
    apart: frozenset[int] = frozenset(),
    margins: Margins = NONE,
) -> list[Place]:
    """Find headings with what stands below each; else bullets with links below; without either there are none.

    `title` is that of the whole text, `heads` the numbers of the lines that announce actions, which are no topics,
    and `listed` those of the lines that are left out of what stands below one, because they are its actions. The
    addresses of these are the topic's, too, but for those that are `apart`: actions of no topic.
    The footnotes of the `margins`, of which the lines are blank, stand with each topic that cites them.
    """
    starts = _heading_starts(lines) or _unmarked_starts(lines, heads) or _bullet_starts(lines)
    top = min((start.rank for start in starts if start.title), default=0)
    alone = sum(start.rank == top for start in starts) == 1
    found = []
    for start, following in zip(starts, [*starts[1:], None], strict=False):
        body = lines[start.below : following.index if following else None]
        shown = [line for line in body if not is_underline(line)]
        number = lines[start.index].number
        raw = "\n".join(_render(line) for line in shown if line.number not in listed).strip("\n")[:_NOTES_LENGTH]
        whole = "\n".join(_render(line) for line in shown if line.number not in apart)[:_NOTES_LENGTH]
        if cited := margins.cited_in(raw, number):
            raw += "\n\n" + "\n".join(note.text for note in cited)
        cited = margins.cited_in(f"{start.title}\n{whole}", number)
        urls = find_urls("\n".join([whole, *(note.text for note in cited)]))
        is_whole = start.title == title and start.rank == top and alone and len(starts) > 1
        is_topic = start.title and number not in heads and not _NO_TOPIC.match(start.title)
        notes = re.sub(r"\n{3,}", "\n\n", raw)
        title_alone = margins.without_citations(start.title, number)
        topic = FoundTopic(title_alone, notes, classify_all(urls)) if is_topic else None
        last = body[-1].number if body else lines[start.below - 1].number
        found.append(Place(number, start.rank, topic, last, is_whole))
    return found[:_MOST]


def topic_at(places: list[Place], head: ListHead | None, line: int) -> str | None:
    """Return the title of the topic in which a line stands, or the list of which it is an item.

    A list whose heading ranks with the topics is in none of them.
    """
    index = bisect_right(places, line, key=lambda place: place.line) - 1
    rank = head.rank if head else UNMARKED_RANK
    while index >= 0:
        place = places[index]
        if place.topic is not None and not place.is_whole and place.rank < rank:
            return place.topic.title
        rank = min(rank, place.rank)
        index -= 1
    return None


@dataclass(frozen=True, slots=True)
class _Start:
    title: str
    index: int
    below: int
    """The index of the first line below."""
    rank: int


def _render(line: Line) -> str:
    return (" " * line.indent + (f"{line.bullet} " if line.bullet else "") + line.text).rstrip()


def _heading_starts(lines: list[Line]) -> list[_Start]:
    starts: list[_Start] = []
    titled = 0
    for index, line in enumerate(lines):
        if line.blank:
            continue
        title = ""
        below, rank = index + 1, NUMBERED_RANK
        if (match := _NAMED.fullmatch(line.text[:300])) or (
            line.bullet == "*" and line.indent == 0 and (match := _MINUTES.fullmatch(line.text[:300]))
        ):
            title = match[1]
        elif is_numbered(line) and line.indent == 0 and len(line.text) < 80 and _stands_alone(lines, index):
            title = line.text
        elif (heading := heading_at(lines, index)) and heading.rank < UNMARKED_RANK:
            title, below, rank = heading.text, heading.end, heading.rank
        elif is_rule(lines, index):
            starts.append(_Start("", index, index + 1, 0))
            continue
        if title:
            titled += 1
            starts.append(_Start(title.strip(" .:*"), index, below, rank))
        if len(starts) > _MOST:
            break
    return starts if titled else []


def _unmarked_starts(lines: list[Line], heads: frozenset[int]) -> list[_Start]:
    """Find lines in bold, or in brackets, where a text has no other headings, with prose below any of them."""
    starts = [
        _Start(heading.text.strip(" .:*"), index, heading.end, NUMBERED_RANK)
        for index, line in enumerate(lines)
        if line.text[:1] in {"*", "_", "["} and (heading := heading_at(lines, index))
    ]
    return starts[: _MOST + 1] if any(lines[start.index].number not in heads for start in starts) else []


def _stands_alone(lines: list[Line], index: int) -> bool:
    """Tell whether a numbered line heads a paragraph, and is no item of a list."""
    before = lines[index - 1] if index else None
    after = lines[index + 1] if index + 1 < len(lines) else None
    begins = before is None or before.blank
    return begins and after is not None and not after.blank and not is_numbered(after)


def _bullet_starts(lines: list[Line]) -> list[_Start]:
    starts: list[_Start] = []
    for index, line in enumerate(lines[:-1]):
        below = lines[index + 1]
        if line.bullet and line.indent == 0 and line.text.endswith(":") and below.bullet and below.indent > 0:
            starts.append(_Start(line.text.strip(" :*"), index, index + 1, NUMBERED_RANK))
        elif starts and line.blank and below.indent == 0 and not below.bullet and not below.blank:
            # What follows the bullets is no longer theirs.
            starts.append(_Start("", index, index + 1, NUMBERED_RANK))
        if len(starts) > _MOST:
            break
    return starts
