"""A text as lines with their indents and bullets, and which of them are headings; pure."""

import re
from dataclasses import dataclass

_LINE = re.compile(
    r"( *)((?:\*{2,6}(?= )|[-*+\u2022\u00b7\u2023\u25aa\u25ab\u25cf\u25cb\u25e6\u25ba\u2013\u2014\u00a7o](?= )"
    r"|\(?\d{1,3}[.)](?= )) *)?(.*)",
    re.DOTALL,
)
_UNDERLINE = re.compile(r"[ ]{0,3}([=\-~^\"'#*+`_.])\1{2,}\s*")
_HASHES = re.compile(r"(#{1,6})\s+(?=\S)")
_EQUALS = re.compile(r"(={1,6})\s*([^=].*?)\s*={1,6}\s*")
_BOLD_LINE = re.compile(r"(\*\*|__)([^*_][^*]{0,100}?)\1\s*:?\s*|(?<!\S)\*([^*\s][^*]{0,100}?)\*\s*:?\s*")
_COUNTED = re.compile(
    r"(?:Topic #?\d{1,2}\s?[:\-\u2013\u2014] (?P<title>\S.*)"
    r"|(?:Session|Day|Part) #?\d{1,2}\s?[:\-\u2013\u2014] \S.*)(?<![.,;])"
)
_BRACKETED = re.compile(r"\[([^\[\]]{2,80})\]\s*:?")
_CODE = re.compile(
    r"\$ \S|>>> |#!|\w+ ?= ?\S+$|(?:def|class) \w+[(:]|import \w+$|.*[{}\\]$"
    r"|\[?\d[\d:.,T/ -]{5,30}.{0,40}\b(?:DEBUG|INFO|WARN(?:ING)?|ERROR)\b"
)
_SAMPLE_INDENT = 4
_SAMPLE_REACH = 20
"""Lines above and below one in which it is looked for what makes it a sample."""
_NUMBERED = re.compile(r"\d{1,2}[.)]")
_LABEL_LENGTH = 60
_LONGEST_COUNTED = 80
NUMBERED_RANK = 15
"""The rank of numbered topics, and of others that are named without markup."""
UNMARKED_RANK = 20
"""The rank of what heads a few lines and is below all other headings."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line: where it stands, and what it says behind its bullet."""

    number: int
    indent: int
    bullet: str
    text: str

    @property
    def blank(self) -> bool:
        """Whether it says nothing."""
        return not self.text and not self.bullet

    @property
    def width(self) -> int:
        """How far to the right it reaches."""
        return self.indent + len(self.bullet) + 1 + len(self.text) if self.bullet else self.indent + len(self.text)


def split_lines(text: str) -> list[Line]:
    """Split a text into lines, counted from 1."""
    lines = []
    for number, raw in enumerate(text.split("\n"), 1):
        match = _LINE.match(raw.rstrip())
        assert match is not None  # noqa: S101 - every part may be empty
        bullet = (match[2] or "").strip()
        # A wiki nests by the number of its stars.
        deeper = 2 * (len(bullet) - 1) if bullet.startswith("**") else 0
        lines.append(Line(number, len(match[1]) + deeper, "*" if deeper else bullet, match[3]))
    return lines


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that is marked as a heading; a lower rank holds a higher one."""

    text: str
    rank: int
    end: int
    """The index of the line after it and its underline."""


def heading_at(lines: list[Line], index: int) -> Heading | None:
    """Read the heading that a line is: Markdown, underlined, between `==`, `Topic 2: …`, bold alone, in brackets."""
    line = lines[index]
    if line.blank:
        return None
    if not line.bullet and (match := _HASHES.match(line.text)):
        return Heading(line.text[match.end() :].rstrip("# "), len(match[1]), index + 1)
    if line.bullet:
        return None
    if len(line.text) < 200 and (match := _EQUALS.fullmatch(line.text)):
        return Heading(match[2], len(match[1]), index + 1)
    if index + 1 < len(lines) and is_underline(lines[index + 1]) and not is_underline(line) and line.width <= 120:
        below = lines[index + 1]
        return Heading(line.text, "=-~^\"'#*+`_.".find(_mark(below)) + 1, index + 2)
    if len(line.text) <= 120 and (match := _BOLD_LINE.fullmatch(line.text)):
        return Heading((match[2] or match[3]).rstrip(": "), UNMARKED_RANK, index + 1)
    if len(line.text) <= _LONGEST_COUNTED and (match := _COUNTED.fullmatch(line.text)):
        return Heading(match["title"] or line.text, NUMBERED_RANK, index + 1)
    if match := _BRACKETED.fullmatch(line.text):
        return Heading(match[1], UNMARKED_RANK, index + 1)
    return None


def is_underline(line: Line) -> bool:
    """Tell whether a line is there to mark the one above as a heading."""
    raw = f"{line.bullet} {line.text}".strip() if line.bullet else line.text
    return line.indent <= 3 and len(raw) >= 3 and _UNDERLINE.fullmatch(raw) is not None


def is_rule(lines: list[Line], index: int) -> bool:
    """Tell whether a line only parts what stands above from what stands below."""
    alone = index > 0 and lines[index - 1].blank and index + 1 < len(lines) and lines[index + 1].blank
    return alone and is_underline(lines[index])


def is_sample(lines: list[Line], index: int) -> bool:
    """Tell whether a line belongs to a sample of code, of a log, or of what a command prints."""
    if not _may_be_sample(lines[index]):
        return False
    for step in (1, -1):
        for other in range(index, index + step * _SAMPLE_REACH, step):
            if not 0 <= other < len(lines) or not _may_be_sample(lines[other]):
                break
            if _CODE.match(lines[other].text[:200]):
                return True
    return False


def _may_be_sample(line: Line) -> bool:
    return line.indent >= _SAMPLE_INDENT and not line.bullet and not line.blank


def _mark(line: Line) -> str:
    return (line.bullet or line.text)[0]


def is_numbered(line: Line) -> bool:
    """Tell whether a line is numbered."""
    return _NUMBERED.fullmatch(line.bullet) is not None


def is_label(line: Line) -> bool:
    """Tell whether a line is a short one that ends in a colon."""
    return not line.bullet and line.text.endswith(":") and len(line.text) <= _LABEL_LENGTH
