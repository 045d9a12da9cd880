"""Read bytes as YAML into a `Document`; the only door to PyYAML. Opens no file.

Works on `yaml.compose` rather than on loaded values, so that every value keeps its position and stays the
text that was written: loading would turn `10:30` into 630 and of two equal keys silently keep the last.
"""

import re
from collections.abc import Iterator

import yaml
from yaml import CSafeLoader, MappingNode, ScalarNode, SequenceNode
from yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, NodeEvent, ScalarEvent

from tracker.recap.diagnostics import Finding
from tracker.recap.document import Document, Entry, Mapping, Node, Scalar, Sequence

MAX_BYTES = 1_000_000
MAX_DEPTH = 100

_BOM = "\ufeff"
_UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CONFLICT_MARK = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)
# What an anchor, an alias or a tag can look like. Prose may match too: the event stream decides.
_DECORATION = re.compile(r"(?:^|[\s\[{,:\-?])[&*!][^\s]", re.MULTILINE)
# Block nesting needs a column a level, so a line that starts this far right may be nested too deep.
_DEEP_INDENT = re.compile(r"^[ \t?:\-]{%d}" % (MAX_DEPTH - 2), re.MULTILINE)  # noqa: UP031 - braces are the regex's


def read_document(data: bytes, path: str, size: int | None = None) -> Document:
    """Read a file's content as YAML.

    Whatever the bytes are, the answer is a document; what kept it from being read stands in its diagnostics.
    `size` is that of the whole file, when `data` is only its beginning.
    """
    size = size or len(data)
    if size > MAX_BYTES:
        message = f"the file has {size:,} bytes, more than {MAX_BYTES:,}"
        return _broken(path, "", _finding("R003", message, "a recap this large is not one session's; split it"), 0)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _undecodable(data, path, error)
    bom = text.startswith(_BOM)
    text = text.removeprefix(_BOM)
    problem = _scan(text)
    if problem is None:
        try:
            problem = _settle(text) or None
            node = None if problem else yaml.compose(text, Loader=CSafeLoader)
        except yaml.MarkedYAMLError as error:
            problem = _syntax_error(text, error)
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            problem = _finding("R001", f"not YAML: {error}"), 0, 0
    if problem is not None:
        finding, start, end = problem
        return _broken(path, text, finding, start, end, bom=bom)
    document = Document(path, text, None, bom)
    if node is None:
        document.diagnostics.append(
            document.diagnostic_at(0, 0, _finding("R007", "the file is empty", "every file needs its keys"))
        )
        return document
    root = _convert(node, document)
    return Document(path, text, root, bom, document.diagnostics)


Problem = tuple[Finding, int, int]


def _finding(rule: str, message: str, remedy: str | None = None) -> Finding:
    return Finding((), rule, message, remedy)


def _broken(path: str, text: str, finding: Finding, start: int, end: int = 0, *, bom: bool = False) -> Document:
    document = Document(path, text, None, bom)
    document.diagnostics.append(document.diagnostic_at(min(start, len(text)), end, finding))
    return document


def _undecodable(data: bytes, path: str, error: UnicodeDecodeError) -> Document:
    readable = data[: error.start].decode("utf-8").removeprefix(_BOM)
    tail = data[error.start : error.start + 200].decode("utf-8", "replace")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:4]:
        message = "the file is not UTF-8: it looks like UTF-16 or UTF-32"
    else:
        message = f"the file is not UTF-8: byte 0x{data[error.start]:02x} cannot stand here"
    finding = _finding("R002", message, "save the file as UTF-8")
    return _broken(path, readable + tail, finding, len(readable), len(readable) + 1)


def _scan(text: str) -> Problem | None:
    """Find what the parser would report badly, or not at all."""
    if match := _UNPRINTABLE.search(text):
        code = f"U+{ord(match.group()):04X}"
        return _finding("R002", f"control character {code} cannot stand in YAML", "remove it"), *match.span()
    if match := _CONFLICT_MARK.search(text):
        return _finding("R008", "git's conflict mark", "settle the merge, then remove the marks"), *match.span()
    return None


def _settle(text: str) -> Problem | None:
    """Ask the event stream about nesting, anchors, aliases and tags, when a cheap look suspects them.

    The C composer recurses and takes the process down at some ten thousand levels; the event stream does not.
    """
    brackets = text.count("[") + text.count("{")
    if brackets <= MAX_DEPTH - 2 and not _DEEP_INDENT.search(text) and not _DECORATION.search(text):
        return None
    depth = 0
    for event in yaml.parse(text, Loader=CSafeLoader):
        if isinstance(event, CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                start, _ = _span(event)
                return (
                    _finding("R004", f"nested more than {MAX_DEPTH} deep", "a recap is flatter"),
                    start,
                    start + 1,
                )
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
        if isinstance(event, NodeEvent) and (word := _decoration(event)):
            start, end = _span(event)
            remedy = 'write the value out; put it in quotes if it begins with "&", "*" or "!"'
            return _finding("R005", f"{word} are not used in these files", remedy), start, end
    return None


def _span(event: NodeEvent) -> tuple[int, int]:
    assert event.start_mark is not None  # noqa: S101 - the C loader always sets marks
    assert event.end_mark is not None  # noqa: S101
    return event.start_mark.index, event.end_mark.index


def _decoration(event: NodeEvent) -> str | None:
    if isinstance(event, AliasEvent):
        return "aliases"
    if event.anchor is not None:
        return "anchors"
    if isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag is not None:
        return "tags"
    return None


def _syntax_error(text: str, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    start = min(mark.index, len(text)) if mark else 0
    problem = str(error.problem or error.context or "not YAML")
    at = text[start : start + 1]
    line_start = text.rfind("\n", 0, start) + 1
    indent = text[line_start:start]
    remedy = None
    if at == "\t" or ("\t" in indent and not indent.strip()):
        start = text.index("\t", line_start)
        problem, remedy = "a tab cannot indent", "indent with spaces"
    elif at in {"@", "`", "%"} and at:
        problem = f'a plain value cannot begin with "{at}"'
        remedy = "put the value in quotes"
    elif "mapping values are not allowed" in problem:
        problem = 'a second ": " in a plain value'
        remedy = "put the value in quotes, or indent the line as the ones beside it"
    elif "but found another document" in problem:
        problem, remedy = "a second document begins here", "one file holds one document: remove the `---`"
    elif error.context and error.context_mark and error.context_mark.line != (mark.line if mark else 0):
        remedy = f"{error.context}, which began on line {error.context_mark.line + 1}"
    elif error.context:
        remedy = str(error.context)
    return _finding("R001", problem, remedy), start, start + 1


def _convert(node: yaml.Node, document: Document) -> Node:
    if isinstance(node, ScalarNode):
        return _scalar(node)
    start, end = node.start_mark.index, node.end_mark.index
    if isinstance(node, SequenceNode):
        items = [_convert(item, document) for item in node.value]
        return Sequence(items, start, end, bool(node.flow_style))
    assert isinstance(node, MappingNode)  # noqa: S101 - PyYAML has three kinds of node
    return Mapping(dict(_entries(node, document)), start, end, bool(node.flow_style))


def _scalar(node: ScalarNode) -> Scalar:
    return Scalar(node.value, node.start_mark.index, node.end_mark.index, not node.style)


def _entries(node: MappingNode, document: Document) -> Iterator[tuple[str, Entry]]:
    seen: dict[str, Scalar] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, ScalarNode):
            start = key_node.start_mark.index
            finding = _finding("R006", "a list or a mapping cannot be a key", "a key is one word")
            document.diagnostics.append(document.diagnostic_at(start, start + 1, finding))
            continue
        key = _scalar(key_node)
        if key.text in seen:
            line, _ = document.position(seen[key.text].start)
            finding = _finding("R006", f"`{key.text}` stands twice; first on line {line}", "keep one of them")
            document.diagnostics.append(document.diagnostic_at(key.start, key.end, finding))
            continue
        seen[key.text] = key
        yield key.text, Entry(key, _convert(value_node, document))
