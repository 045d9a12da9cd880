"""Entries that people.yaml lacks, as its lines; pure."""

import re
from collections.abc import Mapping as Names

from tracker.recap.document import Mapping
from tracker.recap.quoting import write_scalar
from tracker.recap.reader import read_document

_COMMENT = re.compile(r"^\s*#.*$", re.MULTILINE)


class CrampedError(ValueError):
    """The file is written in a way that leaves no room for further lines."""


def write_people(names: Names[str, str], indent: str = "  ") -> str:
    """Return the lines of these people, by key."""
    return "".join(
        f"{indent}{write_scalar(key)}:\n{indent}  name: {write_scalar(name)}\n" for key, name in names.items()
    )


def add_people(text: str, names: Names[str, str]) -> str:
    """Return a people.yaml with these people before those that it has; everything else stays as it is.

    Raises CrampedError where it is no YAML, or has its people in braces.
    """
    document = read_document(text.encode(), "people.yaml")
    root = document.root
    if not _COMMENT.sub("", text).strip():
        return f"{text}people:\n{write_people(names)}"
    if not isinstance(root, Mapping) or root.flow:
        raise CrampedError
    entry = root.entries.get("people")
    end = "\r\n" if "\r\n" in text else "\n"
    if entry is None:
        added = "" if text.endswith("\n") else end
        return text + (added + "people:\n" + write_people(names)).replace("\n", end)
    indent = "  "
    if isinstance(entry.value, Mapping) and entry.value.entries:
        if entry.value.flow:
            raise CrampedError
        first = next(iter(entry.value.entries.values())).key.start
        indent = text[text.rfind("\n", 0, first) + 1 : first]
    place = text.find("\n", entry.key.start) + 1
    if not place or indent.strip():
        raise CrampedError
    return text[:place] + write_people(names, indent).replace("\n", end) + text[place:]
