"""A YAML file as a tree of plain nodes with positions; pure."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from tracker.recap.diagnostics import Diagnostic, Finding, Place, shorten

_LINE_END = re.compile(r"\r\n|\n|\r")
_REST = 1000


@dataclass(slots=True)
class Scalar:
    """A single value. It stays text: what it means, the schema decides."""

    text: str
    start: int
    end: int
    plain: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands there at all (`owner:`), which reads as if the key were left out."""
        return self.plain and not self.text


@dataclass(slots=True)
class Sequence:
    """A list. `end` may run past comments that follow it."""

    items: "list[Node]"
    start: int
    end: int
    flow: bool


@dataclass(slots=True)
class Mapping:
    """Keys and values, in the file's order. `end` may run past comments that follow it."""

    entries: "dict[str, Entry]"
    start: int
    end: int
    flow: bool


@dataclass(slots=True)
class Entry:
    """A key of a mapping with its value."""

    key: Scalar
    value: "Node"


Node = Scalar | Sequence | Mapping


@dataclass(frozen=True)
class Document:
    """The text of a file, its tree, and what was wrong with it.

    `text` is without a byte order mark; `bom` tells whether there was one. `root` is None when the text
    could not be read as YAML, and `diagnostics` then say why.
    """

    path: str
    text: str
    root: Node | None
    bom: bool = False
    diagnostics: list[Diagnostic] = field(default_factory=list)

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    def position(self, index: int) -> tuple[int, int]:
        """Return the line and column of a character, counted from 1."""
        line = bisect_right(self._line_starts, index)
        return line, index - self._line_starts[line - 1] + 1

    @cached_property
    def _shown_lines(self) -> dict[int, str]:
        return {}

    def line_text(self, line: int) -> str:
        """Return a line without its line end."""
        # A thousand problems of one long line share it.
        if line not in self._shown_lines:
            self._shown_lines[line] = self.text[slice(*self._line_span(line))].rstrip("\r\n")
        return self._shown_lines[line]

    def rest_of_line(self, index: int) -> str:
        """Return what stands from an index to the end of its line, of a long one the beginning."""
        line, _ = self.position(index)
        _, end = self._line_span(line)
        return self.text[index : min(end, index + _REST)].rstrip("\r\n")

    def _line_span(self, line: int) -> tuple[int, int]:
        end = self._line_starts[line] if line < len(self._line_starts) else len(self.text)
        return self._line_starts[line - 1], end

    def node(self, place: Place) -> Node | None:
        """Return what stands at a place, None when the file lacks it."""
        steps = list(self._walk(place))
        if len(steps) < len(place):
            return None
        return steps[-1][1] if steps else self.root

    def locate(self, place: Place, *, at_key: bool = False) -> tuple[int, int]:
        """Return where a value (or its key) starts and ends, as character indexes.

        A place that the file lacks is answered by the nearest enclosing one that it has.
        """
        key, node = None, self.root
        for key, node in self._walk(place):  # noqa: B007 - the last that the file has is wanted
            pass
        if node is None:
            return 0, 0
        if key is not None and (at_key or (isinstance(node, Scalar) and node.is_empty)):
            return key.start, key.end
        return node.start, node.end

    def _walk(self, place: Place) -> Iterator[tuple[Scalar | None, Node]]:
        """Yield key and value of each step to a place, as far as the file has them; an item has no key."""
        node = self.root
        for step in place:
            if isinstance(node, Mapping) and isinstance(step, str) and step in node.entries:
                entry = node.entries[step]
                node = entry.value
                yield entry.key, node
            elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
                node = node.items[step]
                yield None, node
            else:
                return

    def encode(self, text: str) -> bytes:
        """Return a text as this file would hold it: behind a byte order mark where it has one."""
        return text.encode("utf-8-sig" if self.bom else "utf-8")

    def report(self, findings: Iterable[Finding]) -> None:
        """Add findings to the diagnostics, which stand in the order of the lines."""
        self.diagnostics.extend(self.diagnose(finding) for finding in findings)
        self.diagnostics.sort(key=lambda one: (one.line, one.column, one.rule, one.message))

    def diagnose(self, finding: Finding) -> Diagnostic:
        """Tie a finding to the line and column of its place."""
        start, end = self.locate(finding.place, at_key=finding.at_key)
        return self.diagnostic_at(start, end, finding)

    def diagnostic_at(self, start: int, end: int, finding: Finding) -> Diagnostic:
        """Tie a finding to a stretch of the text."""
        line, column = self.position(start)
        source = self.line_text(line)
        width = max(1, min(end - start, len(source) - column + 1))
        return Diagnostic(
            path=self.path,
            line=line,
            column=column,
            rule=finding.rule,
            severity=finding.severity,
            message=shorten(finding.message),
            help=finding.help and shorten(finding.help),
            source=source,
            width=width,
        )
