"""Files of a megabyte that would be slow, or large in memory, for a reader that is careless with either."""

from collections.abc import Callable

from tracker.recap.reader import MAX_BYTES

_TOP = "title: t\ndate: 2016-10-28\n"


def _fill(piece: str, start: str = "", end: str = "") -> bytes:
    room = MAX_BYTES - len(start.encode()) - len(end.encode())
    return (start + piece * (room // len(piece.encode())) + end).encode()


def _count(piece: Callable[[int], str], start: str = "", end: str = "") -> bytes:
    """Fill a file with pieces that each have a number of their own."""
    pieces, size = [start], len(start) + len(end)
    for number in range(MAX_BYTES):
        written = piece(number)
        size += len(written)
        if size > MAX_BYTES:
            break
        pieces.append(written)
    return "".join([*pieces, end]).encode()


LARGE: dict[str, Callable[[], bytes]] = {
    "dashes": lambda: _fill("- "),
    "dashes on lines": lambda: _fill("-\n"),
    "list": lambda: _fill("- a\n"),
    "empty lists": lambda: _fill("- []\n"),
    "brackets": lambda: _fill("["),
    "braces": lambda: _fill("{"),
    "flow pairs": lambda: _fill("[],", "["),
    "flow lists": lambda: _fill("[[[[]]]],", "a: [", "]"),
    "deep but allowed": lambda: _fill("[" * 90 + "]" * 90 + ",", "a: [", "]"),
    "question marks": lambda: _fill("? "),
    "tabs": lambda: _fill("\t"),
    "blanks": lambda: _fill(" ", "a:"),
    "blanks before a sign": lambda: _fill(" ", "a: b", "#c"),
    "blank lines": lambda: _fill("\n"),
    "indented": lambda: "".join(f"{' ' * level}a:\n" for level in range(1400)).encode()[:MAX_BYTES],
    "bomb": lambda: _fill("a: &a [*a]\n"),
    "anchors": lambda: _count(lambda number: f"k{number}: &a{number} x\n"),
    "aliases": lambda: _fill("*a,", "a: [", "]"),
    "tags": lambda: _fill("!a b,", "a: [", "]"),
    "stars in prose": lambda: _fill("R&D *a* !b\n ", "a: "),
    "one long line": lambda: _fill("x", "title: "),
    "one long word that is unknown": lambda: _fill("x", _TOP + "author: "),
    "one long key": lambda: _fill("x", "", ": y"),
    "one long plain text": lambda: _fill("word word\n  ", "tldr: "),
    "one long quoted text": lambda: _fill("word\n\n", 'tldr: "', '"'),
    "one long folded text": lambda: _fill("  word\n", "tldr: >\n"),
    "escapes": lambda: _fill("\\x00", 'title: "', '"'),
    "escapes without end": lambda: _fill("\\x00", 'title: "'),
    "quotes": lambda: _fill("'"),
    "double quotes": lambda: _fill('"'),
    "quote pairs": lambda: _fill('"" '),
    "colons": lambda: _fill(":"),
    "colons with blanks": lambda: _fill(": "),
    "a colon, then words": lambda: _fill("a ", "title: a: "),
    "dashes, then a mistake": lambda: _fill("- ", "a:\n ", "b: c: d"),
    "comments": lambda: _fill("#\n"),
    "comment signs": lambda: _fill(" #1", _TOP + "tldr: a"),
    "directives": lambda: _fill("%A\n"),
    "documents": lambda: _fill("---\n"),
    "conflicts": lambda: _fill("<<<<<<< a\n=======\n>>>>>>> b\n"),
    "conflict starts": lambda: _fill("<<<<<<<\n"),
    "equals": lambda: _fill("=======\n"),
    "one key": lambda: _fill("a:\n"),
    "keys": lambda: _count(lambda number: f"key{number}:\n"),
    "keys on one line": lambda: _count(lambda number: f"k{number}: ,", "{", "}"),
    "links": lambda: _count(lambda number: f"  l{number}: x\n", _TOP + "links:\n"),
    "actions": lambda: _count(lambda number: f"- {{id: a{number}, title: t}}\n", _TOP + "actions:\n"),
    "actions of one id": lambda: _fill("- {id: a, title: t}\n", _TOP + "actions:\n"),
    "actions on one line": lambda: _fill("{bug: },", _TOP + "tldr: a #1\nactions: [", "]"),
    "actions with one bug": lambda: _fill("- {id: a, title: t, bug: 7}\n", _TOP + "actions:\n"),
    "actions that are words": lambda: _fill("- a\n", _TOP + "actions:\n"),
    "unknown owners": lambda: _count(
        lambda number: f"ihr{number},", _TOP + "actions:\n- {id: a, title: t, owner: [", "]}"
    ),
    "cut titles": lambda: _count(lambda number: f"- id: a{number}\n  title: a #1\n", _TOP + "actions:\n"),
    "people": lambda: _count(lambda number: f"  p{number}: {{name: Ihar {number}, irc: x}}\n", "people:\n"),
    "members": lambda: _count(lambda number: f"m{number},", "teams:\n  t: {name: T, members: [", "]}"),
    "statuses": lambda: _count(lambda number: f"s{number}: New,", "tag: tt\nstatuses: {", "}"),
    "line separators": lambda: _fill("\u2028", "a: b"),
    "carriage returns": lambda: _fill("a\r"),
    "wide characters": lambda: _fill("\U0001f600", "title: "),
    "byte order marks": lambda: _fill("\ufeff"),
    "NULs": lambda: bytes(MAX_BYTES),
    "bytes that are no text": lambda: b"\xff" * MAX_BYTES,
    "UTF-16": lambda: ("a: b\n" * 90_000).encode("utf-16"),
    "JSON lines": lambda: _count(lambda number: f'{{"action": "a{number}"}}\n'),
    "JSON lines of one action": lambda: _fill('{"action": "a"}\n'),
    "JSON lists": lambda: _fill("[]\n", '{"action": "a"}\n'),
    "JSON nesting": lambda: _fill('{"a":'),
    "a JSON number": lambda: _fill("9", '{"action": "a", "bug": ', "}"),
    "JSON keys": lambda: _count(lambda number: f'"{number}": 1,', "{", '"action": "a"}'),
}
