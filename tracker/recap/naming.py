"""Ids for actions that have none, out of their titles; pure."""

import re
import unicodedata
from collections.abc import Container

LONGEST = 40
"""How many characters an id out of a title has at most, a number that tells it from others not counted."""

_WORD = re.compile(r"[a-z0-9]+(?:[._+][a-z0-9]+)*")
# Words that tell nothing about what is to be done.
_EMPTY = {
    "a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "if", "in", "into", "is", "it", "its", "of", "on",
    "or", "so", "that", "the", "this", "to", "we", "with",
}  # fmt: skip


def derive_id(title: str, taken: Container[str], *, default: str = "action") -> str:
    """Return an id out of a title's first words that tell something, other than those that are `taken`.

    Letters with marks lose them; a title without Latin letters and digits gives the default.
    """
    plain = unicodedata.normalize("NFKD", title).casefold()
    plain = "".join(one for one in plain if not unicodedata.combining(one)).replace("'", "")
    words = _WORD.findall(plain)
    name = _join([word for word in words if word not in _EMPTY] or words) or default
    number = 1
    found = name
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    return found


def _join(words: list[str]) -> str:
    joined = words[0][:LONGEST] if words else ""
    for word in words[1:]:
        if len(joined) + 1 + len(word) > LONGEST:
            break
        joined += f"-{word}"
    return joined.rstrip("._+")


def fold(text: str) -> str:
    """Return a text as names are compared: whatever the case, and however letters with marks are written."""
    return unicodedata.normalize("NFC", text).casefold()
