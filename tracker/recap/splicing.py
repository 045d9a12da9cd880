"""Which stretches of a YAML text an edit changes, and what takes their place; pure.

Works line by line beside the tree: comments belong to no node, and so stay where they stand.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tracker.recap.diagnostics import Place
from tracker.recap.document import Document, Entry, Mapping, Node, Scalar, Sequence
from tracker.recap.lines import (
    BLOCK_HEADER,
    BREAK,
    BREAKS,
    block_scalar_end,
    break_after,
    last_line_end,
    line_before_end,
    line_start,
    next_line,
)
from tracker.recap.quoting import write_list, write_scalar

# A key that a mapping lacks goes after the last of these that it has and that stands before it here, the first of
# these before all others.
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
_COLON = re.compile(r"[ \t]*:")


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


def _spell(place: Place) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).removeprefix(".")


@dataclass(frozen=True, slots=True, order=True)
class Splice:
    """A stretch of the text, and what takes its place."""

    start: int
    end: int
    text: str = ""


def splice_text(text: str, splices: list[Splice]) -> str | None:
    """Put sorted splices into a text; None when two of them overlap."""
    pieces: list[str] = []
    position = 0
    for splice in splices:
        if splice.start < position:
            return None
        pieces += text[position : splice.start], splice.text
        position = splice.end
    return "".join(pieces) + text[position:]


def find_splices(document: Document, edit: Edit, leaving: set[Place]) -> list[Splice]:
    """Return the splices that make one edit, which the values of the document allow.

    `leaving` are the places that other edits of the same run take out. Raises EditError when the way it is
    written does not let the value change alone.
    """
    assert document.root is not None  # noqa: S101 - only a document that could be read is edited
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


def _change_item(text: str, items: Sequence, edit: Edit, *, flow: bool) -> list[Splice]:
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


def _change_entry(text: str, mapping: Mapping, edit: Edit, *, flow: bool) -> list[Splice]:
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


def _replace_scalar(text: str, scalar: Scalar, edit: Edit, *, flow: bool) -> list[Splice]:
    if edit.value in {scalar.text, (scalar.text,)}:
        return []
    first = text[scalar.start]
    written = _write(edit, flow=flow, quote=first if first in "'\"" else "")
    header = BLOCK_HEADER.match(text, scalar.start)
    if header is None:
        return [Splice(scalar.start, scalar.end, written)]
    # The header's line keeps its comment; blank lines after the last one with text stay.
    content = next_line(text, scalar.start)
    end = next_line(text, block_scalar_end(text, scalar, keep=False))
    cuts = _cut_lines(text, [(content, end)]) if content < end else []
    return [Splice(scalar.start, header.end(), written), *cuts]


def _fill_entry(text: str, entry: Entry, edit: Edit, *, flow: bool) -> Splice:
    colon = _after_colon(text, entry, edit)
    end = colon
    while text[end : end + 1] in {" ", "\t"}:
        end += 1
    if text[end : end + 1] in {"#", "}"}:
        end = colon  # what follows keeps its distance
    return Splice(colon, end, " " + _write(edit, flow=flow))


def _after_colon(text: str, entry: Entry, edit: Edit) -> int:
    colon = _COLON.match(text, entry.key.end)
    if colon is None:
        raise EditError(edit.place, "is not written as `key: value`: change it by hand")
    return colon.end()


def _insert_entry(text: str, mapping: Mapping, staying: list[Entry], edit: Edit, *, flow: bool) -> Splice:
    key = str(edit.place[-1])
    written = f"{write_scalar(key, flow=flow)}: {_write(edit, flow=flow)}"
    entries = staying or list(mapping.entries.values())
    if not entries:
        return Splice(mapping.start + 1, mapping.start + 1, written)
    indent = " " * (mapping.start - line_start(text, mapping.start))
    if key == _ORDER[0]:
        start = next(iter(mapping.entries.values())).key.start
        return Splice(start, start, written + (", " if flow else break_after(text, start) + indent))
    # A block scalar that ends the file without a line end would gain one.
    neighbour = _neighbour([entry for entry in entries if not _is_unended(text, entry.value)] or entries, key)
    if flow:
        end = neighbour.value.end
        return Splice(end, end, f", {written}")
    end = last_line_end(text, neighbour.value)
    return Splice(end, end, break_after(text, end) + indent + written)


def _neighbour(entries: list[Entry], key: str) -> Entry:
    before = _ORDER[: _ORDER.index(key)] if key in _ORDER else _ORDER
    ranked = [entry for entry in entries if entry.key.text in before]
    return max(ranked, key=lambda entry: before.index(entry.key.text), default=entries[-1])


def _is_unended(text: str, value: Node) -> bool:
    return value.end == len(text) and text[-1] not in BREAKS and BLOCK_HEADER.match(text, value.start) is not None


# Taking out.


def _remove_entry(text: str, mapping: Mapping, entry: Entry, edit: Edit) -> list[Splice]:
    entries = list(mapping.entries.values())
    index = entries.index(entry)
    if mapping.flow:
        return [_cut_elements(text, [(e.key.start, e.value.end) for e in entries], index, index + 1, edit)]
    start = line_start(text, entry.key.start)
    before = text[start : entry.key.start]
    cuts = _cut_lines(text, _lines_with_text(text, start, last_line_end(text, entry.value), entry.value))
    if not before.strip():
        return cuts
    # The first key of an item, on the line of its dash: the next one takes the dash over.
    following = entries[index + 1].key.start if index + 1 < len(entries) else start
    next_start = line_start(text, following)
    if before.strip(" \t-") or text[next_start:following].strip():
        raise EditError(edit.place, "has no line of its own: take it out by hand")
    return [*cuts, Splice(next_start, following, before)]


def _cut_elements(text: str, spans: list[tuple[int, int]], first: int, last: int, edit: Edit) -> Splice:
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
    return Splice(start, end)


def _cut_lines(text: str, lines: list[tuple[int, int]]) -> list[Splice]:
    """Cut whole lines; a file without a line end after its last line still has none then."""
    runs: list[tuple[int, int]] = []
    for start, end in lines:
        if runs and runs[-1][1] == start:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    if runs and runs[-1][1] == len(text) and text[-1] not in BREAKS:
        start, end = runs[-1]
        runs[-1] = (line_before_end(text, start), end)
    return [Splice(start, end) for start, end in runs]


def _lines_with_text(text: str, start: int, end: int, value: Node) -> list[tuple[int, int]]:
    """Return the lines from one index to another, but for those that hold only a comment or blanks."""
    insides = [value] if isinstance(value, Scalar) else []
    if isinstance(value, Sequence):
        insides = [item for item in value.items if isinstance(item, Scalar)]
    lines: list[tuple[int, int]] = []
    while start <= end and start < len(text):
        following = next_line(text, start)
        content = text[start:following].lstrip()
        if (content and content[0] != "#") or any(node.start < start < node.end for node in insides):
            lines.append((start, following))
        start = following
    return lines


# Lists.


def _replace_list(text: str, entry: Entry, items: Sequence, edit: Edit, *, flow: bool) -> list[Splice]:
    """Put a single value in a list's place."""
    if items.flow:
        if "#" in _between(text, items):
            raise EditError(edit.place, "has comments within its brackets: change it by hand")
        return [Splice(items.start, items.end, _write(edit, flow=flow))]
    lines = _lines_with_text(text, line_start(text, items.start), last_line_end(text, items), items)
    return [_fill_entry(text, entry, edit, flow=flow), *_cut_lines(text, lines)]


def _between(text: str, items: Sequence) -> str:
    """Return what stands in brackets beside the items."""
    ends = [items.start, *(item.end for item in items.items)]
    starts = [*(item.start for item in items.items), items.end]
    return "".join(text[end:start] for end, start in zip(ends, starts, strict=True))


def _change_items(text: str, items: Sequence, values: tuple[str, ...], edit: Edit) -> list[Splice]:
    """Change a list in its own style; items that stay keep their text and, in lines, their comments."""
    from difflib import SequenceMatcher  # only where a list changes: it costs start-up time

    scalars = [item for item in items.items if isinstance(item, Scalar)]
    if any(scalar.start == scalar.end for scalar in scalars):
        raise EditError(edit.place, "has an empty item: change it by hand")
    old = [scalar.text for scalar in scalars]
    add, cut = _flow_list(text, items, scalars, edit) if items.flow else _block_list(text, items, scalars, edit)
    splices: list[Splice] = []
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


_Add = Callable[[int, tuple[str, ...]], Splice]
_Cut = Callable[[int, int], list[Splice]]


def _flow_list(text: str, items: Sequence, scalars: list[Scalar], edit: Edit) -> tuple[_Add, _Cut]:
    sources = {scalar.text: text[scalar.start : scalar.end] for scalar in scalars}

    def add(index: int, values: tuple[str, ...]) -> Splice:
        written = ", ".join(sources.get(value) or _write(Edit(edit.place, value), flow=True) for value in values)
        if not scalars:
            return Splice(items.start + 1, items.start + 1, written)
        if index == 0:
            return Splice(scalars[0].start, scalars[0].start, f"{written}, ")
        end = scalars[index - 1].end
        return Splice(end, end, f", {written}")

    def cut(first: int, last: int) -> list[Splice]:
        return [_cut_elements(text, [(scalar.start, scalar.end) for scalar in scalars], first, last, edit)]

    return add, cut


def _block_list(text: str, items: Sequence, scalars: list[Scalar], edit: Edit) -> tuple[_Add, _Cut]:
    dashes = _dashes(text, items)
    starts = [line_start(text, dash) for dash in dashes]
    ends = [last_line_end(text, scalar) for scalar in scalars]
    if text[starts[0] : dashes[0]].strip():
        raise EditError(edit.place, "does not begin on a line of its own: change it by hand")
    # An item that moves takes the comment on its line along.
    sources = {scalar.text: text[s:e] for scalar, s, e in zip(scalars, starts, ends, strict=True)}
    marker = text[starts[0] : scalars[0].start]
    if BREAK.search(marker):  # the first item's value stands on a line below its dash
        marker = text[starts[0] : dashes[0]] + "- "

    def add(index: int, values: tuple[str, ...]) -> Splice:
        lines = [sources.get(value) or marker + _write(Edit(edit.place, value), flow=False) for value in values]
        if index == 0:
            line_break = break_after(text, starts[0])
            return Splice(starts[0], starts[0], "".join(line + line_break for line in lines))
        end = ends[index - 1]
        line_break = break_after(text, end)
        return Splice(end, end, "".join(line_break + line for line in lines))

    def cut(first: int, last: int) -> list[Splice]:
        lines = (line for index in range(first, last) for line in _item_lines(text, items, index, edit))
        return _cut_lines(text, list(lines))

    return add, cut


def _item_lines(text: str, items: Sequence, index: int, edit: Edit) -> list[tuple[int, int]]:
    dash, item = _dashes(text, items)[index], items.items[index]
    start = line_start(text, dash)
    if text[start:dash].strip():
        raise EditError(edit.place, "has no line of its own: take it out by hand")
    return _lines_with_text(text, start, last_line_end(text, item), item)


def _dashes(text: str, items: Sequence) -> list[int]:
    """Return where the dashes of a list in lines stand; they are all in one column."""
    column = items.start - line_start(text, items.start)
    dash = re.compile(rf"(?<![^{BREAKS}]) {{{column}}}-(?=[ \t{BREAKS}]|\Z)")
    found = [items.start]
    for item in items.items[:-1]:
        # The end of a nested item may lie beyond the next dash's indentation.
        after = item.end if isinstance(item, Scalar) else max(found[-1] + 1, line_start(text, item.end))
        match = dash.search(text, after)
        assert match is not None  # noqa: S101 - YAML has no other way to begin an item
        found.append(match.end() - 1)
    return found
