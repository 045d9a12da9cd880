"""Read bytes as YAML into a `Document`; the only door to PyYAML. Opens no file.

Works on `yaml.compose` rather than on loaded values, so that every value keeps its position and stays the
text that was written: loading would turn `10:30` into 630 and of two equal keys silently keep the last.
"""

import re
from typing import Any

import yaml
from yaml import CSafeLoader, MappingNode, ScalarNode, SequenceNode
from yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, NodeEvent, ScalarEvent

from tracker.recap.diagnostics import Finding
from tracker.recap.document import Document, Entry, Mapping, Node, Scalar, Sequence
from tracker.recap.lines import BREAKS
from tracker.recap.syntax import Problem, explain_conflict, explain_syntax_error, find_conflicts, quote

MAX_BYTES = 1_000_000
MAX_DEPTH = 100

_BOM = "\ufeff"
_UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WIDE = "the file is not UTF-8: it looks like UTF-16 or UTF-32"
_AS_UTF8 = "save the file as UTF-8"
# What an anchor, an alias or a tag can look like. Prose may match too: the event stream decides.
# The character comes first and its surroundings after: so the search need not stop at every blank.
_DECORATION = re.compile(r"[&*!](?<![^\s\[{,:\-?][&*!])(?:(?<=!)|\S)")


class _Loader(CSafeLoader):
    """PyYAML's C loader without its guesses: what a value means, the schema decides."""

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        """Give every value the same tag, whatever it looks like."""
        return ""

    def descend_resolver(self, current_node: Any, current_index: Any) -> None:
        """Keep no path: nothing is resolved by it."""

    def ascend_resolver(self) -> None:
        """Keep no path."""


def read_document(data: bytes, path: str, size: int | None = None) -> Document:
    """Read a file's content as YAML.

    Whatever the bytes are, the answer is a document; what kept it from being read stands in its diagnostics.
    `size` is that of the whole file, when `data` is only its beginning.
    """
    size = size or len(data)
    if size > MAX_BYTES:
        message = f"the file has {size:,} bytes, more than {MAX_BYTES:,}"
        remedy = "nobody keeps so much by hand: split it, or take out what does not belong"
        return _broken(path, "", _finding("R003", message, remedy), 0)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _undecodable(data, path, error)
    bom = text.startswith(_BOM)
    text = text.removeprefix(_BOM)
    if conflicts := find_conflicts(text):
        document = Document(path, text, None, bom)
        document.diagnostics.extend(document.diagnostic_at(*span, explain_conflict()) for span in conflicts)
        return document
    problem, node = _scan(text), None
    if problem is None and text.strip():
        try:
            problem = _settle(text) or None
            node = None if problem else yaml.compose(text, Loader=_Loader)
        except yaml.MarkedYAMLError as error:
            problem = _syntax_error(text, error)
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            problem = _finding("R001", f"not YAML: {error}"), 0, 0
    if problem is not None:
        finding, start, end = problem
        return _broken(path, text, finding, start, end, bom=bom)
    document = Document(path, text, None, bom)
    if node is None or (isinstance(node, ScalarNode) and not node.value and not node.style):
        document.diagnostics.append(
            document.diagnostic_at(
                0, 0, _finding("R007", "the file is empty", "write its keys, or take the file away")
            )
        )
        return document
    root = _convert(node, document)
    return Document(path, text, root, bom, document.diagnostics)


def _finding(rule: str, message: str, remedy: str | None = None) -> Finding:
    return Finding((), rule, message, remedy)


def _broken(path: str, text: str, finding: Finding, start: int, end: int = 0, *, bom: bool = False) -> Document:
    document = Document(path, text, None, bom)
    document.diagnostics.append(document.diagnostic_at(min(start, len(text)), end, finding))
    return document


def _undecodable(data: bytes, path: str, error: UnicodeDecodeError) -> Document:
    readable = data[: error.start].decode("utf-8").removeprefix(_BOM)
    tail = data[error.start : error.start + 200].decode("utf-8", "replace")
    if _looks_wide(data):
        message = _WIDE
    else:
        message = f"the file is not UTF-8: byte 0x{data[error.start]:02x} cannot stand here"
    finding = _finding("R002", message, _AS_UTF8)
    return _broken(path, readable + tail, finding, len(readable), len(readable) + 1)


def _looks_wide(data: bytes) -> bool:
    """Tell whether characters take two bytes or four: a byte order mark says so, or many a byte that is zero."""
    start = data[:1000]
    return start.startswith((b"\xff\xfe", b"\xfe\xff")) or (len(start) > 1 and start.count(0) * 4 >= len(start))


def _scan(text: str) -> Problem | None:
    """Find what the parser would report badly, or not at all."""
    if text.startswith(_BOM):
        return _finding("R002", "a second byte order mark", "remove it"), 0, 1
    if match := _UNPRINTABLE.search(text):
        if _looks_wide(text[:1000].encode()):
            return _finding("R002", _WIDE, _AS_UTF8), 0, 1
        code = f"U+{ord(match.group()):04X}"
        return _finding("R002", f"control character {code} cannot stand in YAML", "remove it"), *match.span()
    return None


def _settle(text: str) -> Problem | None:
    """Ask the event stream about nesting, anchors, aliases and tags, when a cheap look suspects them.

    The C composer recurses and takes the process down at some ten thousand levels; the event stream does not.
    """
    if not _may_be_deep(text) and not _DECORATION.search(text):
        return None
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                start, _ = _span(event)
                return (
                    _finding(
                        "R004",
                        f"nested more than {MAX_DEPTH} deep",
                        "write it flatter: a recap needs no more than six levels",
                    ),
                    start,
                    start + 1,
                )
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
        if isinstance(event, NodeEvent) and _is_decorated(event):
            start, end = _span(event)
            sign = text[start : start + 1]
            word, otherwise = _DECORATIONS[sign]
            message = f'a plain value cannot begin with "{sign}", which makes it {word}'
            remedy = f"{quote(text, start)}; {word} is not used here: {otherwise}"
            return _finding("R005", message, remedy), start, end
    return None


def _may_be_deep(text: str) -> bool:
    """Tell whether nesting could pass the limit: each level takes a bracket, or a column at the start of a line."""
    columns = MAX_DEPTH - 2 - text.count("[") - text.count("{")
    if columns <= 0:
        return True
    indented = rf"[ \t?:\-]{{{columns}}}"
    return bool(re.match(indented, text) or re.search(f"[{BREAKS}]{indented}", text))


def _span(event: NodeEvent) -> tuple[int, int]:
    assert event.start_mark is not None  # noqa: S101 - the C loader always sets marks
    assert event.end_mark is not None  # noqa: S101
    return event.start_mark.index, event.end_mark.index


_DECORATIONS = {
    "*": ("an alias", "write out what it stands for"),
    "&": ("an anchor", "take it out"),
    "!": ("a tag", "take it out"),
}
"""What these files do not use, by its sign, and what to do about it if it was meant."""


def _is_decorated(event: NodeEvent) -> bool:
    if isinstance(event, AliasEvent) or event.anchor is not None:
        return True
    return isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag is not None


def _syntax_error(text: str, error: yaml.MarkedYAMLError) -> Problem:
    at, began = error.problem_mark, error.context_mark
    return explain_syntax_error(
        text,
        error.problem,
        at.index if at else None,
        error.context,
        began.index if began else None,
        _last_value(text),
    )


def _last_value(text: str) -> int:
    """Return where the last value begins that could be read."""
    last = 0
    try:
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, ScalarEvent):
                last, _ = _span(event)
    except yaml.YAMLError:
        pass
    return last


# Kept tight: most of the time that a check takes is spent here and in PyYAML.


def _convert(node: yaml.Node, document: Document) -> Node:
    start, end = node.start_mark.index, node.end_mark.index
    if isinstance(node, ScalarNode):
        return Scalar(node.value, start, end, not node.style)
    if isinstance(node, SequenceNode):
        return Sequence([_convert(item, document) for item in node.value], start, end, bool(node.flow_style))
    assert isinstance(node, MappingNode)  # noqa: S101 - PyYAML has three kinds of node
    entries: dict[str, Entry] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, ScalarNode):
            _report(document, key_node, "a list or a mapping cannot be a key", "a key is one word")
            continue
        text = key_node.value
        if text in entries:
            line, _ = document.position(entries[text].key.start)
            _report(document, key_node, f"`{text}` stands twice; first on line {line}", "keep one of them")
            continue
        key = Scalar(text, key_node.start_mark.index, key_node.end_mark.index, not key_node.style)
        entries[text] = Entry(key, _convert(value_node, document))
    return Mapping(entries, start, end, bool(node.flow_style))


def _report(document: Document, node: yaml.Node, message: str, remedy: str) -> None:
    start, end = node.start_mark.index, node.end_mark.index
    document.diagnostics.append(document.diagnostic_at(start, end, _finding("R006", message, remedy)))
