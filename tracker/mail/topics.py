"""The subjects that a text treats, and its tl;dr; pure."""

import re

from tracker.mail.lines import Line, heading_at, is_underline
from tracker.mail.links import classify_all, find_urls
from tracker.mail.notes import FoundTopic

_TLDR = re.compile(r"\s*(?:\*\*)?tl[;:,]?\s?dr\b(?:\*\*)?\s*[:\-\u2013]?(?:\*\*)?\s*", re.IGNORECASE)
_NAMED = re.compile(r"(?:Topic|TOPIC|Subject)\s*:\s+(\S.*)")
_NUMBERED = re.compile(r"\d{1,2}[.)]")
_MINUTES = re.compile(r"(\S.*?)\s+\(\S{1,40}, \d\d:\d\d(?::\d\d)?\)")
_NOTES_LENGTH = 20_000
_MOST = 500


def find_tldr(lines: list[Line]) -> str | None:
    """Find the paragraph that begins with `tl;dr`, on one line."""
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
        return " ".join(_TLDR.sub("", " ".join(pieces)).split())[:_NOTES_LENGTH] or None
    return None


def find_topics(lines: list[Line]) -> tuple[FoundTopic, ...]:
    """Find headings with what stands below each; else bullets with links below; without either there are none."""
    return tuple(topic for topic, _ in locate_topics(lines))


def locate_topics(lines: list[Line]) -> list[tuple[FoundTopic, int]]:
    """Find the topics, with the number of the line on which each begins."""
    starts = _heading_starts(lines) or _bullet_starts(lines)
    found = []
    for (title, number, first), (_, _, following) in zip(starts, [*starts[1:], ("", 0, None)], strict=False):
        body = lines[first : following if following is None else following - 1]
        raw = "\n".join(_render(line) for line in body if not is_underline(line)).strip("\n")[:_NOTES_LENGTH]
        if title:
            found.append((FoundTopic(title, raw, classify_all(find_urls(raw))), number))
    return found[:_MOST]


def _render(line: Line) -> str:
    return (" " * line.indent + (f"{line.bullet} " if line.bullet else "") + line.text).rstrip()


def _heading_starts(lines: list[Line]) -> list[tuple[str, int, int]]:
    """Return title, line number, and the index of the first line below."""
    starts: list[tuple[str, int, int]] = []
    for index, line in enumerate(lines):
        if line.blank:
            continue
        title: str | None = None
        below = index + 1
        if (match := _NAMED.fullmatch(line.text[:300])) or (
            line.bullet == "*" and line.indent == 0 and (match := _MINUTES.fullmatch(line.text[:300]))
        ):
            title = match[1]
        elif (
            _NUMBERED.fullmatch(line.bullet)
            and line.indent == 0
            and len(line.text) < 80
            and _stands_alone(lines, index)
        ):
            title = line.text
        elif (heading := heading_at(lines, index)) and heading.rank < 20:
            title, below = heading.text, heading.end
        if title:
            starts.append((title.strip(" .:*"), line.number, below))
        if len(starts) > _MOST:
            break
    return starts


def _stands_alone(lines: list[Line], index: int) -> bool:
    """Tell whether a numbered line heads a paragraph, and is no item of a list."""
    before = lines[index - 1] if index else None
    after = lines[index + 1] if index + 1 < len(lines) else None
    return (before is None or before.blank) and after is not None and not after.blank


def _bullet_starts(lines: list[Line]) -> list[tuple[str, int, int]]:
    starts = []
    for index, line in enumerate(lines[:-1]):
        below = lines[index + 1]
        if line.bullet and line.indent == 0 and line.text.endswith(":") and below.bullet and below.indent > 0:
            starts.append((line.text.strip(" :*"), line.number, index + 1))
        elif starts and line.blank and below.indent == 0 and not below.bullet and not below.blank:
            # What follows the bullets is no longer theirs; an empty title ends them.
            starts.append(("", line.number, index + 1))
        if len(starts) > _MOST:
            break
    return starts
