"""Where lines end because a mail program broke them, and where their author ended them; pure."""

import re
from itertools import pairwise

from tracker.mail.heads import has_cue, read_mark
from tracker.mail.lines import Line, heading_at, is_label, is_underline

_WIDEST = 110
"""A line that is wider was not broken by its author's mail program."""
_NARROWEST = 50
_USUAL = 72
_SLACK = 6
"""Columns by which lines of one text are broken earlier than at its widest."""
_MUCH_ROOM = 20
"""Columns that nobody who breaks lines by hand leaves empty."""

_LEADING_LABEL = re.compile(r"(?:[A-Z][\w'-]*)(?: [\w'-]+){0,3}:(?:\s|$)")
_CLOSING = re.compile(
    r"(?:(?:The )?[Nn]ext (?:\w+ )?(?:meeting|call|sync|session)|[Mm]eeting (?:ended|closed|adjourned)"
    r"|That(?:'s| is| was) (?:all|it)|See you|Thank(?:s| you)|(?:Kind |Best )?[Rr]egards|Cheers)\b"
)
"""What begins the last lines of minutes and mails."""
_GOING_ON = {"while", "and", "or"}


class Wrapping:
    """How the lines of a text are broken."""

    def __init__(self, lines: list[Line]) -> None:
        self._lines = lines
        self._column = _find_column(lines)

    def goes_on(self, last: Line, index: int) -> bool:
        """Tell whether a line that is not indented is the rest of the one before, which a mail program broke."""
        line = self._lines[index]
        if heading_at(self._lines, index) or is_underline(line) or is_label(line) or line.width > _WIDEST:
            return False
        if line.text.startswith(("http://", "https://")):
            # An address that had no room goes on with what it is said of.
            return last.width <= _WIDEST and not last.text.endswith((".", ";", "!", "?"))
        if last.width > _WIDEST or last.text.endswith((";", ":")):
            return False
        if line.text[:1].isupper() and self._column - _width_with(last, line) > _MUCH_ROOM:
            return False
        if (has_cue(line.text) and read_mark(line.text)) or _CLOSING.match(line.text):
            return False
        ended = last.text.endswith((".", "!", "?"))
        if _LEADING_LABEL.match(line.text) and (ended or last.width < _NARROWEST):
            return False
        if ended and _width_with(last, line) < _NARROWEST + 10:
            return False
        # A name alone signs the mail.
        return not (len(line.text.split()) <= 2 and line.text[:1].isupper() and last.width < _NARROWEST)

    def is_full(self, line: Line, following: Line) -> bool:
        """Tell whether a line of a sentence ends where it does because the next word had no room in it."""
        # Sentences are broken by hand too, at any column; bullets are not.
        column = max(self._column, _USUAL) if line.bullet else self._column
        return column - _width_with(line, following) < _SLACK

    def is_ended(self, line: Line, following: Line) -> bool:
        """Tell whether a line of a block may be an item's last."""
        if line.text.endswith((".", ";", "!", "?")):
            return True
        return self._room(line, following) > _SLACK and not _is_unfinished(line)

    def is_left_short(self, line: Line, following: Line) -> bool:
        """Tell whether a line of a block is an item's last, for the next one begins anew."""
        short = self._room(line, following) > _MUCH_ROOM
        return short and following.text[:1].isupper() and not _is_unfinished(line)

    def _room(self, line: Line, following: Line) -> int:
        return max(self._column, _USUAL) - _width_with(line, following)


def _find_column(lines: list[Line]) -> int:
    """Find the column at which lines are broken: the widest before another line of its paragraph."""
    widest = 0
    for line, following in pairwise(lines):
        if line.width <= _WIDEST and not following.blank and not following.bullet and "://" not in line.text:
            widest = max(widest, line.width)
    return widest or _USUAL


def _width_with(line: Line, following: Line) -> int:
    """Return how wide a line would have been with the next one's first word."""
    return line.width + 1 + len(following.text.split(" ", 1)[0])


def _is_unfinished(line: Line) -> bool:
    return line.text.endswith(",") or line.text.rsplit(" ", 1)[-1] in _GOING_ON
