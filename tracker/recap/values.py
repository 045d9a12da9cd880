"""How a node is read as the kind of value that its key holds; pure.

Each reader adds a finding, and returns None, for what it does not take.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.launchpad import limits
from tracker.launchpad.links import SANDBOX, SERVICE_ROOTS
from tracker.recap.diagnostics import Finding, Place
from tracker.recap.document import Mapping as MappingNode
from tracker.recap.document import Node, Scalar, Sequence
from tracker.recap.model import is_action_id

Findings = list[Finding]
_MANY = 20
"""After so many problems in a file no nearest word is sought any more: it takes long, and nobody reads on."""

Reader = Callable[[Node, Place, Findings], Any]
"""Turns a node into a value; None, with a finding added, when it cannot."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table: what it holds, and what it means."""

    read: Reader
    meaning: str
    required: bool = False


Table = Mapping[str, Key]


@dataclass(frozen=True, slots=True)
class Name:
    """A name of a person as written, and where; who it is, `people` knows."""

    text: str
    tentative: bool
    place: Place


def read_mapping(node: Node, table: Table, place: Place, findings: Findings) -> dict[str, Any]:
    """Read a mapping's values by a table; keys without a value are as if left out."""
    if not isinstance(node, MappingNode):
        findings.append(Finding(place, "R014", f"expected keys and values, found {_kind(node)}", _keys_help(table)))
        return {}
    values: dict[str, Any] = {}
    meant: set[str | None] = set()
    for name, entry in node.entries.items():
        here = (*place, name)
        key = table.get(name)
        if key is None:
            nearest = None if is_crowded(findings) else _nearest(name, table)
            meant.add(nearest)
            remedy = f'did you mean "{nearest}"?' if nearest else _keys_help(table)
            findings.append(Finding(here, "R010", f"unknown key `{name}`", remedy, at_key=True))
        elif not _is_empty(entry.value):
            values[name] = key.read(entry.value, here, findings)
    for name, key in table.items():
        if key.required and name not in values and (name in node.entries or name not in meant):
            here, lack = ((*place, name), "has no value") if name in node.entries else (place, "is missing")
            findings.append(Finding(here, "R011", f"`{name}` {lack}", f"`{name}`: {key.meaning}", at_key=True))
    return values


# What a key may hold.


def line(node: Node, place: Place, findings: Findings) -> str | None:
    """One line of text."""
    text = _scalar(node, place, findings, "one line of text")
    if text is not None and ("\n" in text or "\r" in text):
        findings.append(Finding(place, "R015", f"{_name(place)} has a line break", _ONE_LINE))
        return None
    return text


def heading(node: Node, place: Place, findings: Findings) -> str | None:
    """One line of text that is not blank."""
    text = line(node, place, findings)
    if text is None or text.strip():
        return text
    findings.append(Finding(place, "R015", f"{_name(place)} is empty", "write one line of text"))
    return None


def text(node: Node, place: Place, findings: Findings) -> str | None:
    """Text of any length."""
    return _scalar(node, place, findings, "text")


def action_title(node: Node, place: Place, findings: Findings) -> str | None:
    """A title that Launchpad takes for a bug."""
    title = _scalar(node, place, findings, "one line of text")
    problem = limits.find_title_problem(title) if title is not None else None
    if problem is None:
        return title
    remedy = (
        _ONE_LINE if title and ("\n" in title or "\r" in title) else f"say it in 1 to {limits.MAX_TITLE} characters"
    )
    findings.append(Finding(place, "R018", f"the title {problem}", remedy))
    return None


def day(node: Node, place: Place, findings: Findings) -> date | None:
    """A date, YYYY-MM-DD."""
    written = _scalar(node, place, findings, "a date")
    if written is None:
        return None
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", written):
        try:
            return date.fromisoformat(written)
        except ValueError as error:
            findings.append(Finding(place, "R015", f'"{written}" is no date: {error}', "dates are YYYY-MM-DD"))
            return None
    findings.append(Finding(place, "R015", f'"{written}" is no date', "dates are YYYY-MM-DD: 2016-10-28"))
    return None


def link(node: Node, place: Place, findings: Findings) -> str | None:
    """An address that begins with http:// or https://."""
    address = line(node, place, findings)
    if address is None or re.fullmatch(r"https?://[^\s/]\S*", address):
        return address
    findings.append(Finding(place, "R021", f'"{address}" is no link', "links begin with https:// and have no blanks"))
    return None


def name_of_launchpad(node: Node, place: Place, findings: Findings) -> str | None:
    """A name that Launchpad gives to projects, milestones and accounts."""
    name = line(node, place, findings)
    if name is None or limits.is_name(name):
        return name
    remedy = "Launchpad's names are lower-case letters, digits, `+`, `.` and `-`"
    findings.append(Finding(place, "R017", f'"{name}" cannot be a name on Launchpad', remedy))
    return None


def tag(node: Node, place: Place, findings: Findings) -> str | None:
    """A tag that Launchpad takes for a bug."""
    word = line(node, place, findings)
    if word is None or limits.is_tag(word):
        return word
    remedy = "tags are two or more lower-case letters, digits, `+`, `.` and `-`"
    if "," in word:
        remedy = "write several tags as a list: [api, low-hanging-fruit]"
    findings.append(Finding(place, "R019", f'Launchpad refuses the tag "{word}"', remedy))
    return None


def action_id(node: Node, place: Place, findings: Findings) -> str | None:
    """An id that is unique in its recap: letters, digits, `.`, `_`, `+`, `-`."""
    word = line(node, place, findings)
    if word is None or is_action_id(word):
        return word
    remedy = "ids are letters, digits, `.`, `_`, `+` and `-`: forbid-contract-migrations"
    findings.append(Finding(place, "R020", f'"{word}" cannot be an id', remedy))
    return None


def person(node: Node, place: Place, findings: Findings) -> Name | None:
    """A key, name, IRC nick or Launchpad account of people.yaml, or ~account; with `?` when tentative."""
    written = line(node, place, findings)
    if written is None:
        return None
    name = written.strip()
    tentative = name.endswith("?")
    name = name.removesuffix("?").rstrip()
    if not name:
        findings.append(Finding(place, "R015", f'"{written}" names nobody', "leave the key out when nobody has it"))
        return None
    return Name(name, tentative, place)


def member(node: Node, place: Place, findings: Findings) -> Name | None:
    """A key of people.yaml, or another name of that entry."""
    written = heading(node, place, findings)
    return Name(written.strip(), False, place) if written is not None else None


def service(node: Node, place: Place, findings: Findings) -> str | None:
    """The name of a Launchpad, or its address."""
    name = line(node, place, findings)
    if name is None or name in _SERVICES or name.startswith(("https://", "http://")):
        return name
    remedy = _did_you_mean(name, _SERVICES, findings) or "it is an address, or one of " + ", ".join(_SERVICES)
    findings.append(Finding(place, "R016", f'unknown service "{name}"', remedy))
    return None


_SERVICES: dict[str, str | None] = dict.fromkeys([*SERVICE_ROOTS, SANDBOX], None)


def number(least: int, most: int = 10**9 - 1) -> Reader:
    """A whole number, from `least` to `most`."""

    def read(node: Node, place: Place, findings: Findings) -> int | None:
        written = line(node, place, findings)
        if written is None:
            return None
        if re.fullmatch(r"[0-9]{1,9}", written) and least <= int(written) <= most:
            return int(written)
        bound = f"at least {least}" + (f" and at most {most}" if most < 10**9 - 1 else "")
        remedy = f"`{place[-1]}` is a whole number, {bound}"
        findings.append(Finding(place, "R015", f'"{written}" is no such number', remedy))
        return None

    return read


def flag(node: Node, place: Place, findings: Findings) -> bool | None:
    """Yes or no, in any of YAML's words for them."""
    word = one_of(*_FLAGS)(node, place, findings)
    return None if word is None else _FLAGS[word]


_FLAGS = {"true": True, "false": False, "yes": True, "no": False, "on": True, "off": False}


def share(node: Node, place: Place, findings: Findings) -> float | None:
    """A share of a whole: 0.25 or 25%."""
    written = line(node, place, findings)
    if written is None:
        return None
    match = _SHARE.fullmatch(written)
    value = float(match["number"]) / (100 if match["percent"] else 1) if match else None
    if value is not None and value <= 1:
        return value
    remedy = "write a share of 1 as 0.25, or in percent as 25%"
    findings.append(Finding(place, "R015", f'"{written}" is no share', remedy))
    return None


_SHARE = re.compile(r"(?P<number>[0-9]{1,3}(?:\.[0-9]{1,6})?)[ ]?(?P<percent>%)?")


def one_of(*words: str) -> Reader:
    """One of these words, whatever the case."""
    known: dict[str, str | None] = {word.casefold(): word for word in words}

    def read(node: Node, place: Place, findings: Findings) -> str | None:
        written = line(node, place, findings)
        if written is None:
            return None
        if written.casefold() in known:
            return known[written.casefold()]
        remedy = _did_you_mean(written, known, findings) or "it is one of " + ", ".join(words)
        findings.append(Finding(place, "R016", f'unknown {place[-1]} "{written}"', remedy))
        return None

    return read


def many(item: Reader) -> Reader:
    """A list, or a single value that stands for a list of one."""

    def read(node: Node, place: Place, findings: Findings) -> tuple[Any, ...]:
        if isinstance(node, Sequence):
            values = [item(child, (*place, i), findings) for i, child in enumerate(node.items)]
        else:
            values = [item(node, place, findings)]
        return tuple(value for value in values if value is not None)

    return read


def each(table: Table) -> Reader:
    """A list of mappings."""

    def read(node: Node, place: Place, findings: Findings) -> tuple[dict[str, Any], ...]:
        if not isinstance(node, Sequence):
            remedy = "each begins with a dash on a line of its own"
            findings.append(Finding(place, "R014", f"{_name(place)}: expected a list, found {_kind(node)}", remedy))
            return ()
        return tuple(read_mapping(item, table, (*place, i), findings) for i, item in enumerate(node.items))

    return read


def nested(table: Table) -> Reader:
    """A mapping with known keys."""

    def read(node: Node, place: Place, findings: Findings) -> dict[str, Any]:
        return read_mapping(node, table, place, findings)

    return read


def named(item: Reader) -> Reader:
    """A mapping with names of the writer's choice."""

    def read(node: Node, place: Place, findings: Findings) -> dict[str, Any]:
        if not isinstance(node, MappingNode):
            findings.append(Finding(place, "R014", f"expected names and values, found {_kind(node)}", _NAMES_HELP))
            return {}
        values: dict[str, Any] = {}
        for name, entry in node.entries.items():
            here = (*place, name)
            if "\0" in name:
                problem = limits.find_text_problem(name)
                findings.append(Finding(here, "R015", f"this name {problem}", _NO_NUL, at_key=True))
            if not _is_empty(entry.value):
                values[name] = item(entry.value, here, findings)
        return {name: value for name, value in values.items() if value is not None}

    return read


def each_named(table: Table) -> Reader:
    """Mappings by names of the writer's choice."""

    def read(node: Node, place: Place, findings: Findings) -> dict[str, dict[str, Any]]:
        if not isinstance(node, MappingNode):
            findings.append(Finding(place, "R014", f"expected names and values, found {_kind(node)}", _NAMES_HELP))
            return {}
        entries = node.entries.items()
        return {name: read_mapping(entry.value, table, (*place, name), findings) for name, entry in entries}

    return read


_NAMES_HELP = "write each as a name, a colon, a blank and its value, on a line of its own"
_ONE_LINE = "write it on the line of its key; after `|` and `>` a text ends in a line break"


def _scalar(node: Node, place: Place, findings: Findings, expected: str) -> str | None:
    if isinstance(node, Scalar) and (node.text or not node.plain):
        if "\0" not in node.text:
            return node.text
        findings.append(Finding(place, "R015", f"{_name(place)} {limits.find_text_problem(node.text)}", _NO_NUL))
        return None
    if isinstance(node, Scalar):
        remedy = f"write {expected} there, or take out the dash"
    elif node.flow:
        remedy = f"put it in quotes if its brackets are text, otherwise write {expected} in its place"
    else:
        remedy = f"write {expected} in its place"
    findings.append(Finding(place, "R014", f"{_name(place)}: expected {expected}, found {_kind(node)}", remedy))
    return None


_NO_NUL = r"take the `\0` out"


def _name(place: Place) -> str:
    """Name a value by its key, an item by that of its list."""
    return f"`{next((step for step in reversed(place) if isinstance(step, str)), 'the file')}`"


def _is_empty(node: Node) -> bool:
    return isinstance(node, Scalar) and not node.text and node.plain


def _kind(node: Node) -> str:
    if isinstance(node, Scalar):
        return "nothing" if node.is_empty else "a single value"
    return "a list" if isinstance(node, Sequence) else "keys and values"


def _keys_help(table: Table) -> str:
    return "its keys are " + ", ".join(f"`{name}`" for name in table)


_LONGEST_WORD = 100
# What people write who know another tracker.
_SYNONYMS = {
    "assigned": "owner",
    "assignee": "owner",
    "who": "owner",
    "priority": "importance",
    "severity": "importance",
    "deadline": "due",
    "description": "notes",
    "state": "status",
    "summary": "tldr",
    "spec": "blueprint",
    "nick": "irc",
    "mail": "email",
}


def is_crowded(findings: Findings) -> bool:
    """Tell whether there are so many problems that no nearest word is sought any more."""
    return len(findings) >= _MANY


def _nearest(name: str, known: Iterable[str]) -> str | None:
    from difflib import get_close_matches  # only where something is wrong: it costs start-up time

    meant = _SYNONYMS.get(name.casefold(), name.casefold())
    return next(iter(get_close_matches(meant[:_LONGEST_WORD], known, n=1, cutoff=0.7)), None)


def _did_you_mean(word: str, known: Mapping[str, str | None], findings: Findings) -> str | None:
    nearest = None if is_crowded(findings) else _nearest(word, known)
    return f'did you mean "{known[nearest] or nearest}"?' if nearest else None
