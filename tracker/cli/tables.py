"""Tables as text, fitted to the terminal, with links that it opens."""

import os
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote
from zlib import crc32

from tracker.cli.output import safe, wants_escapes

# What is not cut when a line is: up to a blank, or a hyphen and what comes before it.
_GAP_AND_WORD = re.compile(r"(\s*)([^\s-]+-?|-+)")
# An address between escape sequences is of these characters alone.
_NOT_IN_ADDRESSES = re.compile(r"[^!-~]+")


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads somewhere, where a terminal can open it."""

    text: str
    url: str | None

    def render(self, text: str) -> str:
        """Return a part of the text as a terminal opens it (OSC 8)."""
        url = _NOT_IN_ADDRESSES.sub(lambda match: quote(match.group()), self.url or "")
        # The same id lets all parts of a link that is on several lines light up together.
        name = f"{crc32(url.encode()):x}"
        return f"\x1b]8;id={name};{url}\x1b\\{text}\x1b]8;;\x1b\\" if url and text else text


def link(one: Link) -> str:
    """Return a text as it is to be printed, safe, as a link where the terminal opens them."""
    shown = Link(safe(one.text), one.url)
    return shown.render(shown.text) if wants_escapes(sys.stdout) else shown.text


Cell = str | Link | tuple[str | Link, ...]
"""What stands in a place of a table; of several each begins a line."""


def render_table(
    headers: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    table_format: str,
    *,
    wrapped: Mapping[str, int],
) -> str:
    """Render rows in one of tabulate's formats, fitted to the terminal where the format is for reading.

    Columns with a header in `wrapped` give way where the terminal is narrow; the others stay whole. The figure is how
    many columns of the terminal each keeps, if that is possible.
    """
    import tabulate

    tabulate.MIN_PADDING = 0  # a header takes its own width, so that the widths below are those of the table
    cells = [[_lines(cell) for cell in row] for row in rows]
    if cells and table_format in _FOR_READING:
        headers, cells = _without_empty_columns(headers, cells)
        least = {index: wrapped[header] for index, header in enumerate(headers) if header in wrapped}
        widths, is_fitting = _fit(headers, cells, _terminal_width(), _overhead(table_format), least)
        if not is_fitting:
            widths, _ = _fit(headers, cells, _terminal_width(), _overhead(table_format), dict.fromkeys(least, 0))
        cells = [[_wrap(cell, width) for cell, width in zip(row, widths, strict=True)] for row in cells]
        headers = ["\n".join(_wrap_text(one, width)) for one, width in zip(headers, widths, strict=True)]
    opens = table_format in _FOR_READING and wants_escapes(sys.stdout)
    texts = [
        ["\n".join(one.render(one.text) if opens else one.text for one in cell) for cell in row] for row in cells
    ]
    if table_format in _PIPES:
        texts = [[text.replace("|", _PIPES[table_format]) for text in row] for row in texts]
    return tabulate.tabulate(texts, headers=list(headers), tablefmt=table_format, disable_numparse=True)


def fits(
    headers: Sequence[str], rows: Sequence[Sequence[Cell]], table_format: str, *, wrapped: Mapping[str, int]
) -> bool:
    """Tell whether a table fits the terminal when columns give way to no fewer columns of it than `wrapped` says."""
    width = _terminal_width()
    if table_format not in _FOR_READING or width is None or not rows:
        return True
    shown, cells = _without_empty_columns(headers, [[_lines(cell) for cell in row] for row in rows])
    least = {index: wrapped[header] for index, header in enumerate(shown) if header in wrapped}
    return _fit(shown, cells, width, _overhead(table_format), least)[1]


def _lines(cell: Cell) -> list[Link]:
    """Return the lines of a cell, each of them safe."""
    parts = cell if isinstance(cell, tuple) else (cell,)
    return [Link(safe(one.text), one.url) if isinstance(one, Link) else Link(safe(one), None) for one in parts]


def _wrap(cell: list[Link], width: int) -> list[Link]:
    return [Link(text, line.url) for line in cell for text in _wrap_text(line.text, width)]


def _wrap_text(text: str, width: int) -> list[str]:
    """Break a text into lines at blanks, and behind hyphens; no word is cut."""
    from wcwidth import wcswidth

    if wcswidth(text) <= width:
        return [text]
    lines = [""]
    for gap, word in _gaps_and_words(text):
        if lines[-1] and wcswidth(lines[-1] + gap + word) > width:
            lines.append(word)
        else:
            lines[-1] += gap + word if lines[-1] else word
    return lines


# Formats whose lines a person reads, with the columns that separators take beside each cell where not two.
_FOR_READING = {
    "simple", "plain", "rst", "grid", "simple_grid", "rounded_grid", "heavy_grid", "mixed_grid", "double_grid",
    "fancy_grid", "outline", "simple_outline", "rounded_outline", "heavy_outline", "mixed_outline",
    "double_outline", "fancy_outline", "presto", "pretty", "psql",
}  # fmt: skip
# How a cell says what would end it.
_PIPES = {
    **dict.fromkeys(("github", "pipe", "jira", "asciidoc", "youtrack"), r"\|"),
    **dict.fromkeys(("mediawiki", "moinmoin", "textile"), "&#124;"),
    "orgtbl": r"\vert{}",
}
_OVERHEAD = dict.fromkeys(_FOR_READING - {"simple", "plain", "rst"}, 3)


def is_for_reading(table_format: str) -> bool:
    """Tell whether a format is one whose lines a person reads."""
    return table_format in _FOR_READING


def check_table_format(written: str) -> None:
    """Raise TrackerError for a format that no table can be asked for in."""
    if written in {"simple", "json", "csv"}:  # the usual ones, for which nothing is imported
        return
    import tabulate

    from tracker.cli.choosing import check_format

    check_format(written, [*tabulate.tabulate_formats, "json", "csv"])


def _terminal_width() -> int | None:
    if sys.stdout.isatty():
        return shutil.get_terminal_size().columns
    columns = os.environ.get("COLUMNS", "")
    return int(columns) if columns.isdecimal() and int(columns) else None


def _overhead(table_format: str) -> int:
    return _OVERHEAD.get(table_format, 2)


def _without_empty_columns(
    headers: Sequence[str], rows: list[list[list[Link]]]
) -> tuple[list[str], list[list[list[Link]]]]:
    kept = [index for index in range(len(headers)) if any(line.text for row in rows for line in row[index])]
    return [headers[index] for index in kept], [[row[index] for index in kept] for row in rows]


def _fit(
    headers: Sequence[str], rows: list[list[list[Link]]], width: int | None, overhead: int, least: Mapping[int, int]
) -> tuple[list[int], bool]:
    """Narrow the widest of some columns, a bit at a time, until the table fits; no word is cut.

    Returns the widths, and whether it fits. `least` has what each of those columns keeps.
    """
    from wcwidth import wcswidth

    columns = [[header, *(line.text for row in rows for line in row[index])] for index, header in enumerate(headers)]
    widths = [max(max(wcswidth(text), 0) for text in column) for column in columns]
    if width is None:
        return widths, True
    floors = {
        index: max(
            min(floor, widths[index]),
            *(wcswidth(word) for text in columns[index] for _, word in _gaps_and_words(text)),
            1,
        )
        for index, floor in least.items()
    }
    while sum(widths) + overhead * len(widths) > width:
        wide = [index for index in floors if widths[index] > floors[index]]
        if not wide:
            return widths, False
        widths[max(wide, key=widths.__getitem__)] -= 1
    return widths, True


def _gaps_and_words(text: str) -> list[tuple[str, str]]:
    """Return what is not cut, each with the blanks before it."""
    pattern = _GAP_AND_WORD if max(text, default="") < _FIRST_IDEOGRAPH else _find_ideographs()
    return pattern.findall(text)


_FIRST_IDEOGRAPH = "\u2e80"


@cache
def _find_ideographs() -> re.Pattern[str]:
    """Return the pattern for letters that need no blank between them where a line ends.

    Some marks must not end a line, and others must not begin one. It takes long to compile.
    """
    letters = "\u2e80-\u2fff\u3005-\u3007\u3021-\u3096\u30a1-\u30fa\u3105-\u9fff\uac00-\ud7a3\U00020000-\U0003fffd"
    opening = "\u3008\u300a\u300c\u300e\u3010\uff08"
    closing = (
        "\u0300-\u036f\u3001\u3002\u3009\u300d\u300f\u3099-\u309c\u30fc\uff01\uff09\uff0c\uff0e\uff1a\uff1b\uff1f"
    )
    return re.compile(rf"(\s*)([{opening}]*[{letters}][{closing}]*|[^\s\-{letters}{opening}]+-?|-+|[{opening}]+)")
