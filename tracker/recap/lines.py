"""Where the lines and the values of a YAML text begin and end; pure."""

import re

from tracker.recap.document import Mapping, Node, Scalar, Sequence

BREAKS = "\n\r\x85\u2028\u2029"
"""YAML 1.1, and so PyYAML, ends lines at these."""
BREAK = re.compile(rf"\r\n|[{BREAKS}]")
BLOCK_HEADER = re.compile(r"[|>][-+0-9]*")
"""What a text in lines of its own begins with."""


def line_start(text: str, index: int) -> int:
    """Return where the line with this index starts."""
    return max(text.rfind(character, 0, index) for character in BREAKS) + 1


def line_end(text: str, index: int) -> int:
    """Return where the line with this index ends, its line end not counted."""
    match = BREAK.search(text, index)
    return match.start() if match else len(text)


def next_line(text: str, index: int) -> int:
    """Return where the line after the one with this index starts."""
    match = BREAK.search(text, index)
    return match.end() if match else len(text)


def line_before_end(text: str, start: int) -> int:
    """Return where the line before the one that starts here ends, its line end not counted."""
    return max(0, start - (2 if text[:start].endswith("\r\n") else 1))


def break_after(text: str, index: int) -> str:
    """Return the line end that a line put in after this one takes: its own, or that of the one before."""
    match = BREAK.search(text, index)
    if match:
        return match.group()
    start = line_start(text, index)
    return text[line_before_end(text, start) : start] or "\n"


def last_line_end(text: str, value: Node) -> int:
    """Return where the last line of a value ends; a nested one's own end runs past comments."""
    if isinstance(value, Sequence) and not value.flow:
        return last_line_end(text, value.items[-1])
    if isinstance(value, Mapping) and not value.flow:
        return last_line_end(text, next(reversed(value.entries.values())).value)
    if isinstance(value, Scalar) and BLOCK_HEADER.match(text, value.start):
        return block_scalar_end(text, value)
    return line_end(text, value.end)


def block_scalar_end(text: str, scalar: Scalar, *, keep: bool = True) -> int:
    """Return where the last line with text ends; with `keep` and a `+`, the blank ones are text too."""
    header = BLOCK_HEADER.match(text, scalar.start)
    assert header is not None  # noqa: S101 - asked of block scalars only
    if keep and "+" in header.group():
        return line_before_end(text, scalar.end) if text[scalar.end - 1] in BREAKS else scalar.end
    header_end = line_end(text, scalar.start)
    content = text[header_end : scalar.end].rstrip(" \t" + BREAKS)
    return line_end(text, header_end + len(content))
