"""Entries that people.yaml lacks, as its lines; pure."""

from collections.abc import Iterable
from typing import Any

from tracker.recap.document import Document, Mapping, Node, Scalar
from tracker.recap.people import Person
from tracker.recap.quoting import write_scalar
from tracker.recap.reader import read_document

_BOM = "\ufeff"


class CrampedError(ValueError):
    """The file is written in a way that leaves no room for further lines."""


def write_people(newcomers: Iterable[Person]) -> str:
    """Return people and teams, of whom a name, a nick and an address are known, as they stand in a people.yaml."""
    return "".join(
        f"{section}:\n{_write_entries(entries, '  ')}" for section, entries in _by_section(newcomers).items()
    )


def add_people(text: str, newcomers: Iterable[Person]) -> str:
    """Return a people.yaml with these people and teams before those that it has; all else stays as it is.

    Raises CrampedError where it is no YAML, or has its people in braces.
    """
    bom = _BOM if text.startswith(_BOM) else ""
    text = text.removeprefix(_BOM)
    for section, entries in _by_section(newcomers).items():
        document = read_document(text.encode(), "people.yaml")
        text = _splice(document, section, entries)
        # However the file is written: nothing but the new entries may differ.
        expected = _read(document)
        if not isinstance(expected.setdefault(section, {}) or {}, dict):
            raise CrampedError
        expected[section] = {**(expected[section] or {}), **{one.key: dict(_values(one)) for one in entries}}
        if _read(read_document(text.encode(), "people.yaml")) != expected:
            raise CrampedError
    return bom + text


def _by_section(newcomers: Iterable[Person]) -> dict[str, list[Person]]:
    sections: dict[str, list[Person]] = {}
    for one in sorted(newcomers, key=lambda one: one.is_team):
        sections.setdefault("teams" if one.is_team else "people", []).append(one)
    return sections


def _write_entries(entries: Iterable[Person], indent: str) -> str:
    lines = []
    for one in entries:
        lines.append(f"{indent}{write_scalar(one.key)}:\n")
        lines += [f"{indent}  {key}: {write_scalar(value)}\n" for key, value in _values(one)]
    return "".join(lines)


def _values(one: Person) -> list[tuple[str, str]]:
    email = [("email", one.email)] if one.email else []
    return [("name", one.name), *(("irc", nick) for nick in one.irc[:1]), *email]


def _splice(document: Document, section: str, entries: Iterable[Person]) -> str:
    text, root = document.text, document.root
    end = "\r\n" if "\r\n" in text else "\n"
    entry = root.entries.get(section) if isinstance(root, Mapping) else None
    indent = "  "
    if entry is not None and isinstance(entry.value, Mapping) and entry.value.entries:
        first = next(iter(entry.value.entries.values())).key.start
        indent = text[text.rfind("\n", 0, first) + 1 : first]
    place = text.find("\n", entry.key.start) + 1 if entry is not None else 0
    place = place or len(text)
    gap = "" if text[:place].endswith("\n") or not place else end
    head = "" if entry is not None else f"{section}:\n"
    added = (head + _write_entries(entries, indent)).replace("\n", end)
    return text[:place] + gap + added + text[place:]


def _read(document: Document) -> dict[str, Any]:
    """Return what a file says as plain values; raises CrampedError when that is no mapping, and not nothing."""
    if document.root is None and [one.rule for one in document.diagnostics] == ["R007"]:
        return {}
    if not isinstance(document.root, Mapping) or document.diagnostics:
        raise CrampedError
    return {key: _plain(entry.value) for key, entry in document.root.entries.items()}


def _plain(node: Node) -> Any:
    match node:
        case Mapping():
            return {key: _plain(entry.value) for key, entry in node.entries.items()}
        case Scalar():
            return node.text
    return [_plain(item) for item in node.items]
