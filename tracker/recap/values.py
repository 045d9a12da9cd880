"""The kinds of value that keys hold, and how a node is read as each; pure.

Each adds a finding, and reads None, for what it does not take.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.launchpad import limits
from tracker.launchpad.links import SANDBOX, SERVICE_ROOTS
from tracker.recap.diagnostics import Finding, Place
from tracker.recap.document import Mapping as MappingNode
from tracker.recap.document import Node, Scalar, Sequence
from tracker.recap.keys import (
    Findings,
    Kind,
    Schema,
    Table,
    describe_node,
    describe_table,
    is_empty,
    kind,
    read_mapping,
    suggest,
)
from tracker.recap.mail_settings import SENDER, SERVER
from tracker.recap.model import ACTION_ID, is_action_id
from tracker.recap.rule_table import OPTIONAL, RULES


@dataclass(frozen=True, slots=True)
class Name:
    """A name of a person as written, and where; who it is, `people` knows."""

    text: str
    tentative: bool
    place: Place


# What editors are told. They take some plain values for numbers, yes and no, and do not see how those are written;
# here all are the text that was written, so what has a pattern may be a number too.


def _pattern(pattern: str, **more: Any) -> Schema:
    return {"type": ["string", "number", "boolean"], "pattern": f"^(?:{pattern})$", **more}


def _quoted(pattern: str, **more: Any) -> Schema:
    """Return the same of what no number looks like."""
    return {"type": "string", "pattern": f"^(?:{pattern})$", **more}


def _words(*words: str) -> Schema:
    """These words, whatever the case; an editor offers them as they stand here."""
    spelt = ("".join(f"[{one.upper()}{one.lower()}]" if one.isalpha() else one for one in word) for word in words)
    return {"anyOf": [{"enum": list(words)}, _quoted("|".join(spelt))]}


_LINE = r"[^\n\r\0]*"
_NOT_BLANK = rf"{_LINE}[^\s\0]{_LINE}"
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_LINK = r"https?://[^\s/]\S*"
_SERVICES: dict[str, str | None] = dict.fromkeys([*SERVICE_ROOTS, SANDBOX], None)
_FLAGS = {"true": True, "false": False, "yes": True, "no": False, "on": True, "off": False}
_SHARE = re.compile(r"(?P<number>[0-9]{1,3}(?:\.[0-9]{1,6})?)[ ]?(?P<percent>%)?")
# The same of at most 1, or 100%.
_SHARE_TEXT = (
    r"(?:0{1,3}(?:\.[0-9]{1,6})?|0{0,2}1(?:\.0{1,6})?) ?|(?:0?[0-9]{1,2}(?:\.[0-9]{1,6})?|100(?:\.0{1,6})?) ?%"
)


# What a key may hold.


@kind(_pattern(_LINE))
def line(node: Node, place: Place, findings: Findings) -> str | None:
    """One line of text."""
    text = _scalar(node, place, findings, "one line of text")
    if text is not None and ("\n" in text or "\r" in text):
        findings.append(Finding(place, "R015", f"{_name(place)} has a line break", _ONE_LINE))
        return None
    return text


@kind(_pattern(_NOT_BLANK))
def heading(node: Node, place: Place, findings: Findings) -> str | None:
    """One line of text that is not blank."""
    text = line(node, place, findings)
    if text is None or text.strip():
        return text
    findings.append(Finding(place, "R015", f"{_name(place)} is empty", "write one line of text"))
    return None


@kind(_pattern(r"[^\0]*"))
def text(node: Node, place: Place, findings: Findings) -> str | None:
    """Text of any length."""
    return _scalar(node, place, findings, "text")


@kind(_pattern(_NOT_BLANK, maxLength=limits.MAX_TITLE))
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


@kind(_quoted(_DAY, format="date"))
def day(node: Node, place: Place, findings: Findings) -> date | None:
    """A date, YYYY-MM-DD."""
    written = _scalar(node, place, findings, "a date")
    if written is None:
        return None
    if re.fullmatch(_DAY, written):
        try:
            return date.fromisoformat(written)
        except ValueError as error:
            findings.append(Finding(place, "R015", f'"{written}" is no date: {error}', "dates are YYYY-MM-DD"))
            return None
    findings.append(Finding(place, "R015", f'"{written}" is no date', "dates are YYYY-MM-DD: 2016-10-28"))
    return None


@kind(_quoted(_LINK))
def link(node: Node, place: Place, findings: Findings) -> str | None:
    """An address that begins with http:// or https://."""
    address = line(node, place, findings)
    if address is not None and not re.fullmatch(_LINK, address):
        remedy = "links begin with https:// and have no blanks"
        findings.append(Finding(place, "R021", f'"{address}" is no link', remedy))
    return address


@kind(_pattern(limits.NAME, minimum=0))
def name_of_launchpad(node: Node, place: Place, findings: Findings) -> str | None:
    """A name that Launchpad gives to projects, milestones and accounts."""
    name = line(node, place, findings)
    if name is None or limits.is_name(name):
        return name
    remedy = "Launchpad's names are lower-case letters, digits, `+`, `.` and `-`"
    findings.append(Finding(place, "R017", f'"{name}" cannot be a name on Launchpad', remedy))
    return None


@kind(_pattern(limits.TAG, minimum=0))
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


@kind(_pattern(ACTION_ID, minimum=0))
def action_id(node: Node, place: Place, findings: Findings) -> str | None:
    """An id that is unique in its recap: letters, digits, `.`, `_`, `+`, `-`."""
    word = line(node, place, findings)
    if word is None or is_action_id(word):
        return word
    remedy = "ids are letters, digits, `.`, `_`, `+` and `-`: forbid-contract-migrations"
    findings.append(Finding(place, "R020", f'"{word}" cannot be an id', remedy))
    return None


@kind(_pattern(rf"{_LINE}[^\s?\0]{_LINE}|{_LINE}\?{_LINE}\?{_LINE}"))
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


@kind(_pattern(_NOT_BLANK))
def member(node: Node, place: Place, findings: Findings) -> Name | None:
    """A key of people.yaml, or another name of that entry."""
    written = heading(node, place, findings)
    return Name(written.strip(), False, place) if written is not None else None


@kind({"anyOf": [{"enum": list(_SERVICES)}, _quoted(rf"https?://{_LINE}")]})
def service(node: Node, place: Place, findings: Findings) -> str | None:
    """The name of a Launchpad, or its address."""
    name = line(node, place, findings)
    if name is None or name in _SERVICES or name.startswith(("https://", "http://")):
        return name
    remedy = suggest(name, _SERVICES, findings) or "it is an address, or one of " + ", ".join(_SERVICES)
    findings.append(Finding(place, "R016", f'unknown service "{name}"', remedy))
    return None


@kind(_quoted(SENDER))
def mail_sender(node: Node, place: Place, findings: Findings) -> str | None:
    """A mail address, alone or behind a name."""
    written = line(node, place, findings)
    if written is None or re.fullmatch(SENDER, written):
        return written
    remedy = "write an address, or a name without quotes and commas and an address: Mara Example <mara@example.org>"
    findings.append(Finding(place, "R015", f'"{written}" is no mail address', remedy))
    return None


@kind(_pattern(SERVER, minimum=0))
def mail_server(node: Node, place: Place, findings: Findings) -> str | None:
    """The host of a mail server, and perhaps a port."""
    written = line(node, place, findings)
    if written is None or re.fullmatch(SERVER, written):
        return written
    remedy = 'write HOST or HOST:PORT: smtp.example.org:587, or "[::1]:25" in quotes'
    findings.append(Finding(place, "R015", f'"{written}" is no mail server', remedy))
    return None


@kind(_quoted(rf"/{_LINE}"))
def program(node: Node, place: Place, findings: Findings) -> str | None:
    """The whole path of a program."""
    written = line(node, place, findings)
    if written is None or written.startswith("/"):
        return written
    remedy = "write its whole path: /usr/sbin/sendmail"
    findings.append(Finding(place, "R015", f'"{written}" is no whole path', remedy))
    return None


def number(least: int, most: int = 10**9 - 1) -> Kind[int | None]:
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

    return Kind(read, {"anyOf": [{"type": "integer", "minimum": least, "maximum": most}, _quoted("[0-9]{1,9}")]})


@kind({"anyOf": [{"type": "boolean"}, *_words(*_FLAGS)["anyOf"]]})
def flag(node: Node, place: Place, findings: Findings) -> bool | None:
    """Yes or no, in any of YAML's words for them."""
    word = one_of(*_FLAGS)(node, place, findings)
    return None if word is None else _FLAGS[word]


@kind({"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, _quoted(_SHARE_TEXT)]})
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


def one_of(*words: str) -> Kind[str | None]:
    """One of these words, whatever the case."""
    known: dict[str, str | None] = {word.casefold(): word for word in words}

    def read(node: Node, place: Place, findings: Findings) -> str | None:
        written = line(node, place, findings)
        if written is None:
            return None
        if written.casefold() in known:
            return known[written.casefold()]
        remedy = suggest(written, known, findings) or "it is one of " + ", ".join(words)
        findings.append(Finding(place, "R016", f'unknown {place[-1]} "{written}"', remedy))
        return None

    return Kind(read, _words(*words))


@kind(_words(*OPTIONAL))
def rule(node: Node, place: Place, findings: Findings) -> str | None:
    """The id of a rule that can be switched off."""
    written = line(node, place, findings)
    word = written.upper() if written is not None else None
    if word is None or word in OPTIONAL:
        return word
    if word in RULES:
        remedy = f"without it {RULES[word].needed}"
        findings.append(Finding(place, "R016", f"{word} cannot be switched off", remedy))
    else:
        known: dict[str, str | None] = {one.casefold(): one for one in OPTIONAL}
        remedy = suggest(word, known, findings) or "it is one of " + ", ".join(OPTIONAL)
        findings.append(Finding(place, "R016", f'unknown rule "{written}"', remedy))
    return None


def many(item: Kind[Any]) -> Kind[tuple[Any, ...]]:
    """A list, or a single value that stands for a list of one."""

    def read(node: Node, place: Place, findings: Findings) -> tuple[Any, ...]:
        if isinstance(node, Sequence):
            values = [item(child, (*place, i), findings) for i, child in enumerate(node.items)]
        else:
            values = [item(node, place, findings)]
        return tuple(value for value in values if value is not None)

    return Kind(read, {"anyOf": [item.schema, {"type": "array", "items": item.schema}]})


def each(table: Table) -> Kind[tuple[dict[str, Any], ...]]:
    """A list of mappings."""

    def read(node: Node, place: Place, findings: Findings) -> tuple[dict[str, Any], ...]:
        if not isinstance(node, Sequence):
            remedy = "each begins with a dash on a line of its own"
            findings.append(
                Finding(place, "R014", f"{_name(place)}: expected a list, found {describe_node(node)}", remedy)
            )
            return ()
        return tuple(read_mapping(item, table, (*place, i), findings) for i, item in enumerate(node.items))

    return Kind(read, {"type": "array", "items": describe_table(table)})


def nested(table: Table) -> Kind[dict[str, Any]]:
    """A mapping with known keys."""

    def read(node: Node, place: Place, findings: Findings) -> dict[str, Any]:
        return read_mapping(node, table, place, findings)

    return Kind(read, describe_table(table))


def named(item: Kind[Any]) -> Kind[dict[str, Any]]:
    """A mapping with names of the writer's choice."""

    def read(node: Node, place: Place, findings: Findings) -> dict[str, Any]:
        if not isinstance(node, MappingNode):
            findings.append(
                Finding(place, "R014", f"expected names and values, found {describe_node(node)}", _NAMES_HELP)
            )
            return {}
        values: dict[str, Any] = {}
        for name, entry in node.entries.items():
            here = (*place, name)
            if "\0" in name:
                problem = limits.find_text_problem(name)
                findings.append(Finding(here, "R015", f"this name {problem}", _NO_NUL, at_key=True))
            if not is_empty(entry.value):
                values[name] = item(entry.value, here, findings)
        return {name: value for name, value in values.items() if value is not None}

    return Kind(read, {"type": "object", "additionalProperties": {"anyOf": [item.schema, {"type": "null"}]}})


def each_named(table: Table) -> Kind[dict[str, dict[str, Any]]]:
    """Mappings by names of the writer's choice."""

    def read(node: Node, place: Place, findings: Findings) -> dict[str, dict[str, Any]]:
        if not isinstance(node, MappingNode):
            findings.append(
                Finding(place, "R014", f"expected names and values, found {describe_node(node)}", _NAMES_HELP)
            )
            return {}
        entries = node.entries.items()
        return {name: read_mapping(entry.value, table, (*place, name), findings) for name, entry in entries}

    return Kind(read, {"type": "object", "additionalProperties": describe_table(table)})


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
    findings.append(
        Finding(place, "R014", f"{_name(place)}: expected {expected}, found {describe_node(node)}", remedy)
    )
    return None


_NO_NUL = r"take the `\0` out"


def _name(place: Place) -> str:
    """Name a value by its key, an item by that of its list."""
    return f"`{next((step for step in reversed(place) if isinstance(step, str)), 'the file')}`"
