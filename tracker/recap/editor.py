"""Change single values of a YAML file, and nothing else of it, by splicing its text; pure.

Comments, quotes, the order of keys, indentation and line ends stay. What comes out is read again and
compared with what was meant: an edit that would do anything more is refused.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from tracker.recap.diagnostics import Place
from tracker.recap.document import Document, Mapping, Node, Scalar, Sequence
from tracker.recap.reader import read_document
from tracker.recap.splicing import Edit, EditError, find_splices, splice_text

__all__ = ["Edit", "EditError", "apply_edits"]

_TOO_MUCH = "could not be changed without touching more than that"


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
    splices = sorted(splice for edit in edits for splice in find_splices(document, edit, leaving))
    text = splice_text(document.text, splices)
    if text is None:
        return None
    again = read_document(document.encode(text), document.path)
    if again.diagnostics or again.root is None or again.text != text or _values(again.root) != meant:
        return None
    return again


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
