"""Nothing that a file holds ends the reader, and twice as much takes about twice as long."""

import random
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.cli.importing import as_json
from tracker.cli.output import render_json
from tracker.mail.reading import read_notes

SAMPLES = [
    path.read_bytes()
    for path in sorted((Path(__file__).parent.parent / "data" / "mail").glob("*"))
    if path.suffix != ".json"
]
PIECES = [
    b"Action items:\n",
    b"- ",
    b"* ",
    b"**",
    b"[",
    b"]",
    b"(",
    b")",
    b"ACTION: ",
    b"AI(",
    b" to ",
    b" will ",
    b"\n",
    b"\n\n",
    b"    ",
    b"---\n",
    b"===\n",
    b"# ",
    b"> ",
    b"kim",
    b", ",
    b"/",
    b"http://a.b/",
    b"From: a\n",
    b"From a b 10:10:10 2016\nX: y\n",
    b"Content-Type: text/html\n\n",
    b"Content-Type: multipart/mixed; boundary=b\n\n--b\n",
    b"<ul><li>",
    b"<!--",
    b"\xff",
    b"\x00",
    b"\xe2\x80",
    b"10:10 <a> #action b\n",
    b"#undo\n",
    b"o ",
    b"1. ",
    b":",
    b"~~",
    b"[ ] ",
    b"=?utf-8?q?=ff?=",
    b"20189999",
    b"Meeting started by a at\n",
]


def read(data):
    return render_json(as_json(read_notes(data)))


@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_no_order_of_marks_ends_the_reader(pieces):
    read(b"".join(pieces))


@given(st.binary(max_size=400))
def test_no_bytes_end_the_reader(data):
    read(data)
    read(b"From: a\nContent-Type: text/html\n\n" + data)


@given(st.sampled_from(SAMPLES), st.integers(0, 2**32))
def test_no_damage_to_a_mail_ends_the_reader(sample, seed):
    chance = random.Random(seed)  # noqa: S311 - what is tried need not be secret
    data = bytearray(sample[: chance.randrange(len(sample) + 1)] if chance.random() < 0.3 else sample)
    for _ in range(chance.randrange(6)):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.randrange(40))
        data[start:end] = chance.choice([b"", bytes(data[start:end]) * 2, chance.choice(PIECES), chance.randbytes(3)])
    read(bytes(data))


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b"\n", b" "),
        lambda data: data.decode("utf-8", "replace").encode("utf-16"),
        lambda data: data.decode("latin-1").encode("utf-8"),
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data.replace(b"\n", b"\r"),
        lambda data: b"\n\n" + data,
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data * 2,
    ],
    ids=["one line", "UTF-16", "encoded twice", "CRLF", "CR", "blank lines first", "BOM", "twice"],
)
def test_no_way_to_save_a_mail_ends_the_reader(change):
    for sample in SAMPLES:
        read(change(sample))


def test_line_ends_do_not_change_what_is_found():
    for sample in SAMPLES:
        unix = sample.replace(b"\r\n", b"\n")
        assert read(unix.replace(b"\n", b"\r\n")) == read(unix)


def test_parts_in_parts_end_nobody():
    data = b"From: a\nContent-Type: multipart/mixed; boundary=b0\n\n"
    data += b"".join(b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (n, n + 1) for n in range(3000))
    read(data)


@pytest.mark.parametrize(
    "unit",
    [
        b"a",
        b" ",
        b"\n",
        b"* ",
        b"[a] ",
        b"(a, ",
        b"Action items:\n",
        b"Action items:\n- a\n",
        b"ACTION: a to b\n",
        b"> ",
        b"http://a.b/(((",
        b"**a**, ",
        b"a and ",
        b"a to ",
        b"=",
        b"<!--",
        b"<a href='",
        b"<a ",
        b"From: a\n",
        b"10:10 <a> #undo\n",
        b"\xff",
        b"(action: ",
        b" - a will",
        b"if a, ",
        b"- Kevin:\n",
        b"tl;dr ",
        b"ACTION (AI",
        b"TODO" + b" " * 70 + b"(",
        b"[1] ",
        b"[1] http://a.b\n",
        b"see [1]\n[1] http://a.b\n",
        b"# A\nsee [1,2]\n",
        b"| owner | action |\n|---|---|\n| a | b |\n",
        b"|\n\n",
        b"Kim:\n- a\n\n",
        b"TODO: a -> ",
        b"TODO: a/b: ",
        b"(kim) #action a ",
        b"@kim ",
        b"Kim said ",
        b"Topic 1: a\n * AI: b\n",
        b"Cheers,\n",
        b"actions (",
        b"Virtual Open ",
        b"[a] to do:\n",
        b"- a\n  - b\n",
        b"(x) a to do it\n",
        b"Jon (?), b to do x\n",
        b"(done) Jon will #action jon to do x\n",
    ],
    ids=repr,
)
@pytest.mark.parametrize(
    "head", [b"", b"From: a\nContent-Type: text/html\n\n", b"Action items:\n- "], ids=["text", "html", "item"]
)
def test_time_grows_with_the_length_and_not_with_its_square(unit, head):
    def seconds(length):
        data = head + unit * (length // len(unit))
        start = time.process_time()
        read_notes(data)
        return time.process_time() - start

    seconds(1000)
    short, long = seconds(3_000), seconds(36_000)
    # Twelve times the length; its square would be 144 times the time.
    assert long < max(short, 0.002) * 45, (short, long)


OWN = (
    b"Subject: [example] a: session recap\n\nthis is the recap of the example session on Friday, 28 October 2016.\n\n"
)


@pytest.mark.parametrize(
    ("before", "unit", "after"),
    [
        (b"=a", b" ", b"b\n"),
        (b"# action items", b" ", b"b\n"),
        (b"ACTION", b" ", b"b\n"),
        (b"[ACTION", b" ", b"b\n"),
        (b"present", b" ", b"b\n"),
        (b"Action items:\n", b"- fix it %s a\n" % (b"-" * 2000), b""),
        (OWN, b"---\n", b"\nNext actions: none.\n"),
    ],
    ids=["equals", "heading", "mark", "bracketed mark", "present", "dashes", "underlines"],
)
def test_nor_with_that_of_what_stands_between_two_words(before, unit, after):
    start = time.process_time()
    read_notes(before + unit * (200_000 // len(unit)) + after)
    # Its square takes minutes.
    assert time.process_time() - start < 10
