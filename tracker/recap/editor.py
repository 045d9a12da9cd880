"""Change single values of a YAML file, and nothing else of it, by splicing its text; pure.

Comments, quotes, the order of keys, indentation and line ends stay. What comes out is read again and
compared with what was meant: an edit that would do anything more is refused.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from tracker.recap.diagnostics import Place
from tracker.recap.document import Document, Entry, Mapping, Node, Scalar, Sequence
from tracker.recap.quoting import write_list, write_scalar
from tracker.recap.reader import read_document

# A key that a mapping lacks goes after the last of these that it has and that stands before it here.
_ORDER = (
    "id",
    "title",
    "owner",
    "with",
    "bug",
    "blueprint",
    "work_item",
    "status",
    "milestone",
    "due",
    "importance",
)
# YAML 1.1, and so PyYAML, ends lines at these too.
_BREAKS = "\n\r\x85\u2028\u2029"
_BREAK = re.compile(rf"\r\n|[{_BREAKS}]")
_COLON = re.compile(r"[ \t]*:")
_BLOCK_HEADER = re.compile(r"[|>][-+0-9]*")

_TOO_MUCH = "could not be changed without touching more than that"


@dataclass(frozen=True, slots=True)
class Edit:
    """A value to change: one text, a list of texts, or None to take the key, or the item, out.

    An empty list takes the key out too.
    """

    place: Place
    value: str | tuple[str, ...] | None


class EditError(ValueError):
    """A value that cannot be changed; `reason` goes on from its place: `owner` is not there."""

    def __init__(self, place: Place, reason: str) -> None:
        self.place = place
        self.reason = reason
        super().__init__(f"`{_spell(place)}` {reason}" if place else f"the file {reason}")


def apply_edits(document: Document, edits: Iterable[Edit]) -> str:
    """Return the document's text, without byte order mark, with these values changed.

    Places are those of the document as it is: an item taken out does not renumber the places of the
    other edits. Raises EditError, and changes nothing, when one of the edits cannot be made.
    """
    wanted = [replace(edit, value=None) if edit.value == () else edit for edit in edits]
    if not wanted:
        return document.text
    if document.root is None:
        raise EditError(wanted[0].place, "cannot be changed while the file cannot be read as YAML")
    _check_places(wanted)
    meant = _edit_values(document.root, wanted)
    leaving = {edit.place for edit in wanted if edit.value is None}
    edited = document
    for edits_of_round in _rounds(wanted):
        edited = _apply_round(edited, edits_of_round, leaving)
    if edited.root is None or _values(edited.root) != meant:
        raise EditError(wanted[0].place, _TOO_MUCH)
    return edited.text


def _spell(place: Place) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).removeprefix(".")


def _check_places(edits: list[Edit]) -> None:
    places = {edit.place for edit in edits}
    seen: set[Place] = set()
    for edit in edits:
        if not edit.place:
            raise EditError(edit.place, "can only be changed value by value")
        if edit.place in seen or any(edit.place[:length] in places for length in range(len(edit.place))):
            raise EditError(edit.place, "is edited twice")
        seen.add(edit.place)


# Edits of different actions do not touch each other's lines and are made at once. Those of one action might:
# each round makes one of them, and the next goes by the text that it left.


def _rounds(edits: list[Edit]) -> Iterator[list[Edit]]:
    groups: dict[Place, list[Edit]] = {}
    for edit in _in_order(edits):
        groups.setdefault(_group(edit.place), []).append(edit)
    for number in range(max(map(len, groups.values()))):
        yield [group[number] for group in groups.values() if number < len(group)]


def _in_order(edits: list[Edit]) -> list[Edit]:
    """Put removals last, and those of items from the end, so that every place holds until its turn."""
    removals = [edit for edit in edits if edit.value is None]
    removals.sort(key=lambda edit: edit.place[-1] if isinstance(edit.place[-1], int) else -1, reverse=True)
    return [edit for edit in edits if edit.value is not None] + removals


def _group(place: Place) -> Place:
    for length, step in enumerate(place[:-1], start=1):
        if isinstance(step, int):
            return place[:length]
    return place[:1] if len(place) > 1 else ()


def _apply_round(document: Document, edits: list[Edit], leaving: set[Place]) -> Document:
    result = _try_edits(document, edits, leaving)
    if result is not None:
        return result
    if len(edits) == 1:
        raise EditError(edits[0].place, _TOO_MUCH)
    # Two of them touch each other after all, or one cannot be made: which, smaller rounds tell.
    half = len(edits) // 2
    return _apply_round(_apply_round(document, edits[:half], leaving), edits[half:], leaving)


def _try_edits(document: Document, edits: list[Edit], leaving: set[Place]) -> Document | None:
    """Make edits that do not touch each other's lines; None when more would change than was meant."""
    assert document.root is not None  # noqa: S101 - a document without a tree was refused before
    meant = _edit_values(document.root, edits)
    splices = sorted(splice for edit in edits for splice in _splices(document, edit, leaving))
    text = _splice(document.text, splices)
    if text is None:
        return None
    data = text.encode("utf-8-sig" if document.bom else "utf-8")
    again = read_document(data, document.path)
    if again.diagnostics or again.root is None or again.text != text or _values(again.root) != meant:
        return None
    return again


@dataclass(frozen=True, slots=True, order=True)
class _Splice:
    """A stretch of the text, and what takes its place."""

    start: int
    end: int
    text: str = ""


def _splice(text: str, splices: list[_Splice]) -> str | None:
    pieces: list[str] = []
    position = 0
    for splice in splices:
        if splice.start < position:
            return None
        pieces += text[position : splice.start], splice.text
        position = splice.end
    return "".join(pieces) + text[position:]


# What is meant, worked out on plain values: an empty value is None.

_Values = str | None | list["_Values"] | dict[str, "_Values"]


def _values(node: Node) -> _Values:
    match node:
        case Scalar():
            return None if node.start == node.end else node.text
        case Sequence():
            return [_values(item) for item in node.items]
        case Mapping():
            return {key: _values(entry.value) for key, entry in node.entries.items()}


def _edit_values(root: Node, edits: list[Edit]) -> _Values:
    values = _values(root)
    for edit in _in_order(edits):
        _edit_value(values, edit)
    return values


def _edit_value(values: _Values, edit: Edit) -> None:
    place, value = edit.place, edit.value
    holder = _value_at(values, place[:-1])
    if isinstance(holder, str | None) and place[-1] == 0 and len(place) > 1:
        # A single value stands for a list of one.
        if isinstance(value, tuple):
            raise EditError(place, "is one value, not a list")
        place = place[:-1]
        holder = _value_at(values, place[:-1])
    step = place[-1]
    if isinstance(holder, list) and isinstance(step, int) and 0 <= step < len(holder):
        _edit_item(values, holder, step, edit)
    elif isinstance(holder, dict) and isinstance(step, str):
        _edit_entry(holder, step, edit)
    else:
        raise EditError(edit.place, "is not there")


def _edit_item(values: _Values, items: list[_Values], index: int, edit: Edit) -> None:
    if isinstance(items[index], list | dict):
        raise EditError(edit.place, "holds more than a single value")
    if isinstance(edit.value, tuple):
        raise EditError(edit.place, "is one value, not a list")
    if edit.value is not None:
        items[index] = edit.value
    elif len(items) > 1:
        del items[index]
    else:
        _edit_value(values, Edit(edit.place[:-1], None))


def _edit_entry(entries: dict[str, _Values], key: str, edit: Edit) -> None:
    present = entries.get(key)
    if isinstance(present, dict):
        raise EditError(edit.place, "holds keys of its own")
    if isinstance(present, list) and any(isinstance(item, list | dict) for item in present):
        raise EditError(edit.place, "holds more than single values")
    if isinstance(edit.value, tuple):
        single = len(edit.value) == 1 and not isinstance(present, list)
        entries[key] = edit.value[0] if single else list(edit.value)
    elif edit.value is not None:
        entries[key] = edit.value
    elif key not in entries:
        raise EditError(edit.place, "is not there")
    elif len(entries) == 1:
        raise EditError(edit.place, "is the only key there and cannot be taken out alone")
    else:
        del entries[key]


def _value_at(values: _Values, place: Place) -> _Values:
    for length, step in enumerate(place, start=1):
        match values, step:
            case dict(), str() if step in values:
                values = values[step]
            case list(), int() if 0 <= step < len(values):
                values = values[step]
            case _:
                raise EditError(place[:length], "is not there")
    return values


# How an edit is made in the text. What its values allow was settled above.


def _splices(document: Document, edit: Edit, leaving: set[Place]) -> list[_Splice]:
    assert document.root is not None  # noqa: S101 - as above
    text, place = document.text, edit.place
    holder, flow = _node_at(document.root, place[:-1])
    if isinstance(holder, Scalar) or (isinstance(holder, Sequence) and edit.value is None and len(holder.items) == 1):
        # A single value stands for a list of one; with its only item a list goes.
        place = place[:-1]
        holder, flow = _node_at(document.root, place[:-1])
    edited = Edit(place, edit.value)
    if isinstance(holder, Sequence):
        return _change_item(text, holder, edited, flow=flow)
    assert isinstance(holder, Mapping)  # noqa: S101 - as above
    if place[-1] not in holder.entries:
        # A key goes in before others are taken out, but not beside one of those.
        staying = [entry for key, entry in holder.entries.items() if (*place[:-1], key) not in leaving]
        return [_insert_entry(text, holder, staying, edited, flow=flow)]
    return _change_entry(text, holder, edited, flow=flow)


def _node_at(root: Node, place: Place) -> tuple[Node, bool]:
    """Return the node at a place, and whether its own values stand within braces or brackets."""
    node, flow = root, _is_flow(root)
    for step in place:
        if isinstance(node, Mapping) and isinstance(step, str):
            node = node.entries[step].value
        elif isinstance(node, Sequence) and isinstance(step, int):
            node = node.items[step]
        flow = flow or _is_flow(node)
    return node, flow


def _is_flow(node: Node) -> bool:
    return not isinstance(node, Scalar) and node.flow


def _change_item(text: str, items: Sequence, edit: Edit, *, flow: bool) -> list[_Splice]:
    index = edit.place[-1]
    assert isinstance(index, int)  # noqa: S101 - as above
    if isinstance(edit.value, str):
        scalar = items.items[index]
        assert isinstance(scalar, Scalar)  # noqa: S101 - as above
        if scalar.start == scalar.end:
            raise EditError(edit.place, "is an empty item: give it a value by hand")
        return _replace_scalar(text, scalar, edit, flow=flow)
    if flow:
        return [_cut_elements(text, [(item.start, item.end) for item in items.items], index, index + 1, edit)]
    return _cut_lines(text, _item_lines(text, items, index, edit))


def _change_entry(text: str, mapping: Mapping, edit: Edit, *, flow: bool) -> list[_Splice]:
    entry = mapping.entries[str(edit.place[-1])]
    if edit.value is None:
        return _remove_entry(text, mapping, entry, edit)
    value = entry.value
    if isinstance(value, Sequence) and isinstance(edit.value, tuple):
        return _change_items(text, value, edit.value, edit)
    if isinstance(value, Sequence):
        return _replace_list(text, entry, value, edit, flow=flow)
    assert isinstance(value, Scalar)  # noqa: S101 - as above
    if value.start == value.end:
        return [_fill_entry(text, entry, edit, flow=flow)]
    return _replace_scalar(text, value, edit, flow=flow)


# Setting one value.


def _write(edit: Edit, *, flow: bool, quote: str = "") -> str:
    key = next((step for step in reversed(edit.place) if isinstance(step, str)), None)
    value = edit.value
    assert value is not None  # noqa: S101 - a removal writes nothing
    if isinstance(value, tuple):
        if len(value) > 1:
            return write_list(value, key=key)
        (value,) = value
    return write_scalar(value, key=key, flow=flow, quote=quote)


def _replace_scalar(text: str, scalar: Scalar, edit: Edit, *, flow: bool) -> list[_Splice]:
    if edit.value in {scalar.text, (scalar.text,)}:
        return []
    first = text[scalar.start]
    written = _write(edit, flow=flow, quote=first if first in "'\"" else "")
    header = _BLOCK_HEADER.match(text, scalar.start)
    if header is None:
        return [_Splice(scalar.start, scalar.end, written)]
    # The header's line keeps its comment; blank lines after the last one with text stay.
    content = _next_line(text, scalar.start)
    end = _next_line(text, _block_scalar_end(text, scalar, keep=False))
    cuts = _cut_lines(text, [(content, end)]) if content < end else []
    return [_Splice(scalar.start, header.end(), written), *cuts]


def _fill_entry(text: str, entry: Entry, edit: Edit, *, flow: bool) -> _Splice:
    colon = _after_colon(text, entry, edit)
    end = colon
    while text[end : end + 1] in {" ", "\t"}:
        end += 1
    if text[end : end + 1] in {"#", "}"}:
        end = colon  # what follows keeps its distance
    return _Splice(colon, end, " " + _write(edit, flow=flow))


def _after_colon(text: str, entry: Entry, edit: Edit) -> int:
    colon = _COLON.match(text, entry.key.end)
    if colon is None:
        raise EditError(edit.place, "is not written as `key: value`: change it by hand")
    return colon.end()


def _insert_entry(text: str, mapping: Mapping, staying: list[Entry], edit: Edit, *, flow: bool) -> _Splice:
    key = str(edit.place[-1])
    written = f"{write_scalar(key, flow=flow)}: {_write(edit, flow=flow)}"
    entries = staying or list(mapping.entries.values())
    if not entries:
        return _Splice(mapping.start + 1, mapping.start + 1, written)
    # A block scalar that ends the file without a line end would gain one.
    neighbour = _neighbour([entry for entry in entries if not _is_unended(text, entry.value)] or entries, key)
    if flow:
        end = neighbour.value.end
        return _Splice(end, end, f", {written}")
    indent = " " * (mapping.start - _line_start(text, mapping.start))
    end = _last_line_end(text, neighbour.value)
    return _Splice(end, end, _break_after(text, end) + indent + written)


def _neighbour(entries: list[Entry], key: str) -> Entry:
    before = _ORDER[: _ORDER.index(key)] if key in _ORDER else _ORDER
    ranked = [entry for entry in entries if entry.key.text in before]
    return max(ranked, key=lambda entry: before.index(entry.key.text), default=entries[-1])


def _is_unended(text: str, value: Node) -> bool:
    return value.end == len(text) and text[-1] not in _BREAKS and _BLOCK_HEADER.match(text, value.start) is not None


# Taking out.


def _remove_entry(text: str, mapping: Mapping, entry: Entry, edit: Edit) -> list[_Splice]:
    entries = list(mapping.entries.values())
    index = entries.index(entry)
    if mapping.flow:
        return [_cut_elements(text, [(e.key.start, e.value.end) for e in entries], index, index + 1, edit)]
    start = _line_start(text, entry.key.start)
    before = text[start : entry.key.start]
    cuts = _cut_lines(text, _lines_with_text(text, start, _last_line_end(text, entry.value), entry.value))
    if not before.strip():
        return cuts
    # The first key of an item, on the line of its dash: the next one takes the dash over.
    following = entries[index + 1].key.start if index + 1 < len(entries) else start
    next_start = _line_start(text, following)
    if before.strip(" \t-") or text[next_start:following].strip():
        raise EditError(edit.place, "has no line of its own: take it out by hand")
    return [*cuts, _Splice(next_start, following, before)]


def _cut_elements(text: str, spans: list[tuple[int, int]], first: int, last: int, edit: Edit) -> _Splice:
    """Cut the elements `first` to `last`, the latter not included, out of braces or brackets."""
    if last < len(spans):
        start, end = spans[first][0], spans[last][0]
        gaps = [text[spans[i][1] : spans[i + 1][0]] for i in range(first, last)]
    else:
        start, end = spans[first - 1][1], spans[-1][1]
        gaps = [text[spans[i - 1][1] : spans[i][0]] for i in range(first, last)]
    if any("#" in gap for gap in gaps):
        raise EditError(edit.place, "has a comment beside its comma: take it out by hand")
    if any("?" in gap for gap in gaps) or text[: spans[first][0]].rstrip().endswith("?"):
        raise EditError(edit.place, "is not written as `key: value`: take it out by hand")
    return _Splice(start, end)


def _cut_lines(text: str, lines: list[tuple[int, int]]) -> list[_Splice]:
    """Cut whole lines; a file without a line end after its last line still has none then."""
    runs: list[tuple[int, int]] = []
    for start, end in lines:
        if runs and runs[-1][1] == start:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    if runs and runs[-1][1] == len(text) and text[-1] not in _BREAKS:
        start, end = runs[-1]
        runs[-1] = (_line_before_end(text, start), end)
    return [_Splice(start, end) for start, end in runs]


def _lines_with_text(text: str, start: int, end: int, value: Node) -> list[tuple[int, int]]:
    """Return the lines from one index to another, but for those that hold only a comment or blanks."""
    insides = [value] if isinstance(value, Scalar) else []
    if isinstance(value, Sequence):
        insides = [item for item in value.items if isinstance(item, Scalar)]
    lines: list[tuple[int, int]] = []
    while start <= end and start < len(text):
        following = _next_line(text, start)
        content = text[start:following].lstrip()
        if (content and content[0] != "#") or any(node.start < start < node.end for node in insides):
            lines.append((start, following))
        start = following
    return lines


# Lists.


def _replace_list(text: str, entry: Entry, items: Sequence, edit: Edit, *, flow: bool) -> list[_Splice]:
    """Put a single value in a list's place."""
    if items.flow:
        if "#" in _between(text, items):
            raise EditError(edit.place, "has comments within its brackets: change it by hand")
        return [_Splice(items.start, items.end, _write(edit, flow=flow))]
    lines = _lines_with_text(text, _line_start(text, items.start), _last_line_end(text, items), items)
    return [_fill_entry(text, entry, edit, flow=flow), *_cut_lines(text, lines)]


def _between(text: str, items: Sequence) -> str:
    """Return what stands in brackets beside the items."""
    ends = [items.start, *(item.end for item in items.items)]
    starts = [*(item.start for item in items.items), items.end]
    return "".join(text[end:start] for end, start in zip(ends, starts, strict=True))


def _change_items(text: str, items: Sequence, values: tuple[str, ...], edit: Edit) -> list[_Splice]:
    """Change a list in its own style; items that stay keep their text and, in lines, their comments."""
    from difflib import SequenceMatcher  # only where a list changes: it costs start-up time

    scalars = [item for item in items.items if isinstance(item, Scalar)]
    if any(scalar.start == scalar.end for scalar in scalars):
        raise EditError(edit.place, "has an empty item: change it by hand")
    old = [scalar.text for scalar in scalars]
    add, cut = _flow_list(text, items, scalars, edit) if items.flow else _block_list(text, items, scalars, edit)
    splices: list[_Splice] = []
    for _, i, i_end, j, j_end in SequenceMatcher(None, old, values, autojunk=False).get_opcodes():
        both = min(i_end - i, j_end - j)
        for offset in range(both):
            item = Edit(edit.place, values[j + offset])
            splices += _replace_scalar(text, scalars[i + offset], item, flow=items.flow)
        if i + both < i_end:
            splices += cut(i + both, i_end)
        if j + both < j_end:
            splices.append(add(i + both, values[j + both : j_end]))
    return splices


_Add = Callable[[int, tuple[str, ...]], _Splice]
_Cut = Callable[[int, int], list[_Splice]]


def _flow_list(text: str, items: Sequence, scalars: list[Scalar], edit: Edit) -> tuple[_Add, _Cut]:
    sources = {scalar.text: text[scalar.start : scalar.end] for scalar in scalars}

    def add(index: int, values: tuple[str, ...]) -> _Splice:
        written = ", ".join(sources.get(value) or _write(Edit(edit.place, value), flow=True) for value in values)
        if not scalars:
            return _Splice(items.start + 1, items.start + 1, written)
        if index == 0:
            return _Splice(scalars[0].start, scalars[0].start, f"{written}, ")
        end = scalars[index - 1].end
        return _Splice(end, end, f", {written}")

    def cut(first: int, last: int) -> list[_Splice]:
        return [_cut_elements(text, [(scalar.start, scalar.end) for scalar in scalars], first, last, edit)]

    return add, cut


def _block_list(text: str, items: Sequence, scalars: list[Scalar], edit: Edit) -> tuple[_Add, _Cut]:
    dashes = _dashes(text, items)
    starts = [_line_start(text, dash) for dash in dashes]
    ends = [_last_line_end(text, scalar) for scalar in scalars]
    if text[starts[0] : dashes[0]].strip():
        raise EditError(edit.place, "does not begin on a line of its own: change it by hand")
    # An item that moves takes the comment on its line along.
    sources = {scalar.text: text[s:e] for scalar, s, e in zip(scalars, starts, ends, strict=True)}
    marker = text[starts[0] : scalars[0].start]
    if _BREAK.search(marker):  # the first item's value stands on a line below its dash
        marker = text[starts[0] : dashes[0]] + "- "

    def add(index: int, values: tuple[str, ...]) -> _Splice:
        lines = [sources.get(value) or marker + _write(Edit(edit.place, value), flow=False) for value in values]
        if index == 0:
            line_break = _break_after(text, starts[0])
            return _Splice(starts[0], starts[0], "".join(line + line_break for line in lines))
        end = ends[index - 1]
        line_break = _break_after(text, end)
        return _Splice(end, end, "".join(line_break + line for line in lines))

    def cut(first: int, last: int) -> list[_Splice]:
        lines = (line for index in range(first, last) for line in _item_lines(text, items, index, edit))
        return _cut_lines(text, list(lines))

    return add, cut


def _item_lines(text: str, items: Sequence, index: int, edit: Edit) -> list[tuple[int, int]]:
    dash, item = _dashes(text, items)[index], items.items[index]
    start = _line_start(text, dash)
    if text[start:dash].strip():
        raise EditError(edit.place, "has no line of its own: take it out by hand")
    return _lines_with_text(text, start, _last_line_end(text, item), item)


def _dashes(text: str, items: Sequence) -> list[int]:
    """Return where the dashes of a list in lines stand; they are all in one column."""
    column = items.start - _line_start(text, items.start)
    dash = re.compile(rf"(?<![^{_BREAKS}]) {{{column}}}-(?=[ \t{_BREAKS}]|\Z)")
    found = [items.start]
    for item in items.items[:-1]:
        # The end of a nested item may lie beyond the next dash's indentation.
        after = item.end if isinstance(item, Scalar) else max(found[-1] + 1, _line_start(text, item.end))
        match = dash.search(text, after)
        assert match is not None  # noqa: S101 - YAML has no other way to begin an item
        found.append(match.end() - 1)
    return found


# Where lines and values end.


def _line_start(text: str, index: int) -> int:
    return max(text.rfind(character, 0, index) for character in _BREAKS) + 1


def _line_end(text: str, index: int) -> int:
    match = _BREAK.search(text, index)
    return match.start() if match else len(text)


def _next_line(text: str, index: int) -> int:
    match = _BREAK.search(text, index)
    return match.end() if match else len(text)


def _line_before_end(text: str, start: int) -> int:
    """Return where the line before the one that starts here ends, its line end not counted."""
    return max(0, start - (2 if text[:start].endswith("\r\n") else 1))


def _break_after(text: str, index: int) -> str:
    """Return the line end that a line put in after this one takes: its own, or that of the one before."""
    match = _BREAK.search(text, index)
    if match:
        return match.group()
    start = _line_start(text, index)
    return text[_line_before_end(text, start) : start] or "\n"


def _last_line_end(text: str, value: Node) -> int:
    """Return where the last line of a value ends; a nested one's own end runs past comments."""
    if isinstance(value, Sequence) and not value.flow:
        return _last_line_end(text, value.items[-1])
    if isinstance(value, Mapping) and not value.flow:
        return _last_line_end(text, next(reversed(value.entries.values())).value)
    if isinstance(value, Scalar) and _BLOCK_HEADER.match(text, value.start):
        return _block_scalar_end(text, value)
    return _line_end(text, value.end)


def _block_scalar_end(text: str, scalar: Scalar, *, keep: bool = True) -> int:
    """Return where the last line with text ends; with `keep` and a `+`, the blank ones are text too."""
    header = _BLOCK_HEADER.match(text, scalar.start)
    assert header is not None  # noqa: S101 - asked of block scalars only
    if keep and "+" in header.group():
        return _line_before_end(text, scalar.end) if text[scalar.end - 1] in _BREAKS else scalar.end
    header_end = _line_end(text, scalar.start)
    content = text[header_end : scalar.end].rstrip(" \t" + _BREAKS)
    return _line_end(text, header_end + len(content))
