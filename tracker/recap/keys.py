"""Tables of keys, and how a mapping is read by one; pure.

What a key may hold is a `Kind`: it reads a node, and says in JSON Schema what it takes.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from tracker.recap.diagnostics import Finding, Place
from tracker.recap.document import Mapping as MappingNode
from tracker.recap.document import Node, Scalar, Sequence

Findings = list[Finding]
Schema = Mapping[str, Any]
"""A JSON Schema, or a part of one."""
_MANY = 20
"""After so many problems in a file no nearest word is sought any more: it takes long, and nobody reads on."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Kind(Generic[_T]):
    """What a key may hold."""

    read: Callable[[Node, Place, Findings], _T]
    """Turns a node into a value; None, with a finding added, when it cannot."""
    schema: Schema
    """What editors are told of it: it refuses nothing that is read, but for the words `null` and `~`."""

    def __call__(self, node: Node, place: Place, findings: Findings) -> _T:
        """Read a node."""
        return self.read(node, place, findings)


def kind(schema: Schema) -> Callable[[Callable[[Node, Place, Findings], _T]], Kind[_T]]:
    """Make a function that reads nodes into a kind."""
    return lambda read: Kind(read, schema)


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table: what it holds, and what it means."""

    kind: Kind[Any]
    meaning: str
    required: bool = False

    @property
    def schema(self) -> Schema:
        """What its value may be; nothing at all reads as if the key were left out."""
        schema = {"description": self.meaning, **self.kind.schema}
        if self.required:
            return schema
        if "anyOf" in schema:
            return {**schema, "anyOf": [*schema["anyOf"], {"type": "null"}]}
        types = schema["type"]
        return {**schema, "type": [*([types] if isinstance(types, str) else types), "null"]}


Table = Mapping[str, Key]


def describe_table(table: Table) -> Schema:
    """Say in JSON Schema what a mapping with the keys of a table holds."""
    return {
        "type": "object",
        "properties": {name: key.schema for name, key in table.items()},
        "required": [name for name, key in table.items() if key.required],
        "additionalProperties": False,
    }


def read_mapping(node: Node, table: Table, place: Place, findings: Findings) -> dict[str, Any]:
    """Read a mapping's values by a table; keys without a value are as if left out."""
    if not isinstance(node, MappingNode):
        findings.append(
            Finding(place, "R014", f"expected keys and values, found {describe_node(node)}", _keys_help(table))
        )
        return {}
    values: dict[str, Any] = {}
    meant: set[str | None] = set()
    for name, entry in node.entries.items():
        here = (*place, name)
        key = table.get(name)
        if key is None:
            nearest = None if is_crowded(findings) or name.casefold() in _SECRETS else _nearest(name, table)
            meant.add(nearest)
            remedy = f'did you mean "{nearest}"?' if nearest else _keys_help(table)
            if name.casefold() in _SECRETS:
                remedy = _SECRETS_HELP
            findings.append(Finding(here, "R010", f"unknown key `{name}`", remedy, at_key=True))
        elif not is_empty(entry.value):
            values[name] = key.kind.read(entry.value, here, findings)
    for name, key in table.items():
        if key.required and name not in values and (name in node.entries or name not in meant):
            here, lack = ((*place, name), "has no value") if name in node.entries else (place, "is missing")
            findings.append(Finding(here, "R011", f"`{name}` {lack}", f"`{name}`: {key.meaning}", at_key=True))
    return values


def is_empty(node: Node) -> bool:
    """Tell whether nothing stands there at all."""
    return isinstance(node, Scalar) and node.is_empty


def describe_node(node: Node) -> str:
    """Say what stands in a place, when it is not what was expected there."""
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


_SECRETS = {"password", "passwd", "pass", "passphrase", "secret", "token", "credentials", "smtp_password"}
_SECRETS_HELP = (
    "a repository holds no secret: take it out, change it, since it has been here, and give the new one to"
    " `tracker send` in TRACKER_SMTP_PASSWORD or the keyring"
)


def is_crowded(findings: Findings) -> bool:
    """Tell whether there are so many problems that no nearest word is sought any more."""
    return len(findings) >= _MANY


def suggest(word: str, known: Mapping[str, str | None], findings: Findings) -> str | None:
    """Ask whether the nearest of some words was meant; a word in lower case may stand for how it is written."""
    nearest = None if is_crowded(findings) else _nearest(word, known)
    return f'did you mean "{known[nearest] or nearest}"?' if nearest else None


def _nearest(name: str, known: Iterable[str]) -> str | None:
    from difflib import get_close_matches  # only where something is wrong: it costs start-up time

    meant = _SYNONYMS.get(name.casefold(), name.casefold())
    return next(iter(get_close_matches(meant[:_LONGEST_WORD], known, n=1, cutoff=0.7)), None)
