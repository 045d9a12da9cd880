"""Plain text of mails: no wider than a window, addresses whole, and nothing that means more than it says."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from tracker.mail.plain import (
    WIDTH,
    as_flowed,
    as_text,
    clean,
    fill,
    fill_text,
    guard,
    one_line,
    unguard,
)

URL = "https://example.org/" + "a-long-path/" * 10
WORDS = [
    "a", "word", "long-word-of-its-own", "-", "*", "1.", "12)", "===", "-- ", ">", "From", URL, "x" * 72, "x" * 73,
    "\u738b\u5c0f\u660e", "\u738b" * 40, "e\u0301", "Next actions:", "_" * 30,
]  # fmt: skip
texts = st.lists(st.sampled_from(WORDS) | st.text(max_size=8), max_size=30).map(" ".join)
pages = st.lists(
    st.tuples(st.sampled_from(["", "", "- ", "  * ", "1. ", "    "]), texts.map(one_line)).map("".join), max_size=8
).map("\n".join)


def is_too_wide(line):
    """Tell whether a line is wider than a window though it could have been broken."""
    words = [word for word in line.split() if word not in {"-", "*", "+", "\u2022"} and not word[:-1].isdecimal()]
    return wcswidth(line.rstrip().removeprefix(" ")) > WIDTH and len(words) > 1


@given(texts)
def test_lines_are_no_wider_than_a_window_but_for_a_single_word(text):
    assert [line for line in fill(clean(text)) if is_too_wide(line)] == []


@given(texts)
def test_no_word_is_broken_or_lost(text):
    assert " ".join(fill(text)).split() == text.split()
    assert " ".join(fill(text, "- ", "  ", soft=False)).split() == ["-", *text.split()]


@pytest.mark.parametrize("word", ["-", "*", "1.", "12)"])
def test_no_line_begins_with_what_would_be_an_item(word):
    for length in range(60, 75):
        lines = fill(f"{'x' * length} {word} and more")
        assert not any(line.startswith(word) for line in lines)
        assert all(len(line.rstrip()) <= WIDTH for line in lines[1:])


def unflow(body):
    """Return the paragraphs and lines that a program shows which knows format=flowed (RFC 3676, 4)."""
    shown, goes_on = [], False
    for line in body.splitlines():
        text = line.removeprefix(" ")
        if goes_on:
            shown[-1] += text
        else:
            shown.append(text)
        goes_on = line.endswith(" ") and line != "-- "
    return shown


@given(texts)
def test_a_paragraph_that_flows_is_one_line_again(text):
    lines = unflow(as_flowed("\n".join(fill(clean(text))) + "\n"))
    assert [" ".join(line.split()) for line in lines] == [one_line(text)]


@given(pages)
def test_a_list_and_what_is_indented_keep_their_lines(text):
    body = "".join(f"{line}\n" for line in fill_text(text))
    assert unflow(as_flowed(body.replace(" \n", "\n"))) == [line.rstrip() for line in body.splitlines()]


@given(pages)
def test_what_was_broken_into_lines_is_broken_the_same_again(text):
    once = fill_text(text, soft=False)
    assert fill_text("\n".join(once), soft=False) == once


@given(st.text())
def test_nothing_invisible_stays(text):
    shown = clean(text)
    assert [one for one in shown if wcswidth(one) < 0 and one != "\n"] == []
    assert not set(shown) & set("\u200b\u200e\u200f\u202a\u202e\u2066\u2069\ufeff\u061c\xad\u2028\u2029\x85\t\r")
    assert clean(shown) == shown


@pytest.mark.parametrize(
    "line", ["> quoted", "From here on", "===", "---", "-- ", "_" * 20, "Next actions:", "~~~", "-----BEGIN"]
)
def test_a_line_of_text_is_never_a_quote_a_fence_a_signature_or_a_heading(line):
    assert guard(line) == f" {line}"
    assert unguard(guard(line)) == line


def test_a_mail_for_people_has_no_blanks_where_lines_end():
    assert as_text("a \nb \n\nc\n") == "a\nb\n\nc\n"


def test_what_flows_is_stuffed():
    assert as_flowed(" a\n>b\nFrom c\nd \n") == "  a\n >b\n From c\nd \n"


def test_time_to_fill_grows_with_the_length_of_what_stays_together():
    start = time.process_time()
    fill_text("a" + " -" * 900_000, soft=False)
    # Its square takes minutes.
    assert time.process_time() - start < 10
