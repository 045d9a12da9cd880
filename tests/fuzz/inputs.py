"""The sample's files, and a base for them, damaged in every way that files are damaged; the same for each seed."""

import re
from collections.abc import Callable
from random import Random

from tests.support import ROOT

SESSIONS = ROOT / "sessions"
RECAP = "ocata/neutron-server-next.yaml"
BASE = ".synced/sandbox/ocata/neutron-server-next.jsonl"
ENTRIES = """\
{"action": "forbid-contract-migrations", "bug": 3, "commented": true, "created": true, "fields": {"lead": \
{"launchpad": "ihar-hrachyshka", "recap": "ihar", "since": "2016-11-03T18:50:08Z"}, "status": {"launchpad": \
"In Progress", "pulled_over": ["todo"], "recap": "in progress", "since": "2016-11-04T08:00:00Z"}}}
{"action": "model-live-migration", "fields": {"status": {"launchpad": "TODO", "recap": "todo"}, "title": \
{"launchpad": "model the data model changes for live migration", "recap": "model the data model changes for live \
migration"}}, "work_item": "neutron/online-upgrades"}
{"action": "neutron-lib-compatibility", "creating": "2016-11-03T18:50:08Z", "fields": {"title": {"launchpad": \
"clarify", "recap": "clarify"}}}
{"action": "push-notifications", "blueprint": "neutron/push-notifications", "created": true, "linked": [2, 3], \
"refused": {"milestone": {"account": "driver", "reason": "no", "seen": null, "value": "ocata-2"}}, "subscribed": \
["artur"]}
{"action": "review-ovo", "fields": {"lead": {"launchpad": "neutron-core", "recap": "neutron-core", "since": \
"2016-11-03T18:50:08Z"}, "title": {"launchpad": "review the OVO patches", "recap": "review the OVO patches"}}, \
"work_item": "neutron/adopt-oslo-versioned-objects-for-db"}
{"action": "review-pecan", "bug": 2, "fields": {"lead": {"launchpad": "neutron-core", "recap": "neutron-core", \
"since": "2016-11-03T18:50:08Z"}, "status": {"launchpad": "Fix Released", "recap": "done", "since": \
"2016-12-01T00:00:00Z"}}, "tags": ["summit-actions"]}
"""

SAMPLE: dict[str, bytes] = {
    RECAP: (SESSIONS / RECAP).read_bytes(),
    "people.yaml": (SESSIONS / "people.yaml").read_bytes(),
    "tracker.yaml": (SESSIONS / "tracker.yaml").read_bytes(),
    BASE: ENTRIES.encode(),
}

SIGNS = b"-:?,[]{}#&*!|>'\"%@`~=<\\/._+;()$ \t"
WORDS = [
    b": ", b" #", b" #12", b"- ", b"? ", b"---", b"\n---\n", b"...\n", b"|\n", b">-\n", b"<<: ", b"&a ", b"*a",
    b"!!str ", b"@nick", b"`x`", b"%YAML 1.2\n---\n", b"%TAG ! x\n", b'"', b"'", b'"\\x00"', b'"\\ud800"',
    b'"\\e[31m"', b"\\", b"~", b"null", b"new", b"10:30", b"NaN", b"1e999", b"-1", b"true", b"{}", b"[]", b"[[[[[[[[",
    b"{a: {a: {a: ", b"0" * 5000, b"<<<<<<< HEAD\n", b"=======\n", b">>>>>>> theirs\n", b"||||||| base\n",
    b"::error::x", b"##[error]x", b"https://", b"bug: ", b"owner: ", b"status: done\n", b"  - id: x\n", b"\n\t",
    b"\r", b"\r\n", b'{"action": "x"}\n', b"x" * 300,
]  # fmt: skip
ODD = [
    b"\0", b"\x07", b"\x1b[31m", b"\x7f", b"\x85", b"\xc2\x85", b"\xc2\x9b", b"\xe2\x80\xa8", b"\xe2\x80\xae",
    b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf0\x9f\x98\x80", b"\xef\xbf\xbf", b"e\xcc\x81",
    b"\xe6\xbc\xa2", b"\xd9\xa3", b"\xc2\xa0", b"\xe9",
]  # fmt: skip

Damage = Callable[[bytes, Random], bytes]


def _spot(data: bytes, random: Random) -> int:
    return random.randrange(len(data) + 1)


def _flip(data: bytes, random: Random) -> bytes:
    damaged = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 8))):
        if damaged:
            damaged[random.randrange(len(damaged))] ^= 1 << random.randrange(8)
    return bytes(damaged)


def _delete(data: bytes, random: Random) -> bytes:
    at = _spot(data, random)
    return data[:at] + data[at + random.choice((1, 1, 2, 3, 10, 100, 1000)) :]


def _repeat(data: bytes, random: Random) -> bytes:
    at = _spot(data, random)
    part = data[at : at + random.choice((1, 2, 10, 100))]
    return data[:at] + part * random.choice((2, 3, 20, 200)) + data[at:]


def _insert(words: list[bytes]) -> Damage:
    def insert(data: bytes, random: Random) -> bytes:
        at = _spot(data, random)
        return data[:at] + random.choice(words) * random.choice((1, 1, 1, 2, 3)) + data[at:]

    return insert


def _replace_value(data: bytes, random: Random) -> bytes:
    spots = [match.span(1) for match in re.finditer(rb":[ \t]+(\S[^\n,}]*)", data)]
    if not spots:
        return data
    start, end = random.choice(spots)
    return data[:start] + random.choice(WORDS + ODD) + data[end if random.random() < 0.7 else start :]


def _lines(data: bytes, random: Random) -> bytes:
    lines = data.splitlines(keepends=True)
    if not lines:
        return data
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    match random.randrange(5):
        case 0:
            lines[one], lines[other] = lines[other], lines[one]
        case 1:
            lines.insert(one, lines[other])
        case 2:
            del lines[one]
        case 3:
            lines[one] = random.choice((b"", b" ", b"  ", b"   ", b"\t", b"- ", b"#")) + lines[one].lstrip()
        case _:
            lines[one] = lines[one].rstrip(b"\n")
    return b"".join(lines)


def _truncate(data: bytes, random: Random) -> bytes:
    return data[: _spot(data, random)]


def _nest(data: bytes, random: Random) -> bytes:
    at = _spot(data, random)
    nest = random.choice((b"[", b"{", b"{a: ", b"- ", b"? ", b"[{", b'{"a":', b"!x [", b"&a [", b"*a "))
    return data[:at] + nest * random.choice((2, 50, 99, 101, 3000)) + data[at:]


def _encode(data: bytes, random: Random) -> bytes:
    names = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "utf-7", "utf-8-sig", "cp037")
    return data.decode("utf-8", "replace").encode(random.choice(names), "replace")


def _end_lines(data: bytes, random: Random) -> bytes:
    return data.replace(b"\n", random.choice((b"\r\n", b"\r", b"\xc2\x85", b"\xe2\x80\xa8", b"\n\n", b"")))


def _conflict(data: bytes, random: Random) -> bytes:
    lines = data.splitlines(keepends=True)
    marks = [b"<<<<<<< HEAD\n", b"||||||| base\n", b"=======\n", b">>>>>>> theirs\n"]
    at = sorted(random.randrange(len(lines) + 1) for _ in marks)
    for index, mark in reversed(list(zip(at, marks, strict=True))):
        if random.random() < 0.8:
            lines.insert(index, mark)
    return b"".join(lines)


DAMAGES: list[Damage] = [
    _flip, _flip, _delete, _repeat, _insert(WORDS), _insert(WORDS), _insert([bytes([sign]) for sign in SIGNS]),
    _insert(ODD), _replace_value, _replace_value, _lines, _lines, _lines, _truncate, _nest, _encode, _end_lines,
    _conflict,
]  # fmt: skip


def make_input(name: str) -> dict[str, bytes]:
    """Return the files of the input with this name; the same in every run."""
    random = Random(f"tracker {name}")  # noqa: S311 - the same each time is what is wanted
    files = dict(SAMPLE)
    for path in random.sample(sorted(files), random.choice((1, 1, 1, 2, 4))):
        data = files[path]
        for _ in range(random.choice((1, 1, 2, 4))):
            data = random.choice(DAMAGES)(data, random)[:900_000]
        if random.random() < 0.1:  # two files in one
            other = random.choice(list(SAMPLE.values()))
            data = data[: _spot(data, random)] + other[_spot(other, random) :]
        files[path] = data
    return files
