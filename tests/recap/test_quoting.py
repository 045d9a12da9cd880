"""How texts are written as scalars: readable where they can be, and always read back as they were."""

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.recap.trees import plain
from tracker.recap.quoting import write_list, write_scalar
from tracker.recap.reader import read_document

PLAIN = [
    "ihar",
    "kevin?",
    "~account",
    "in progress",
    "ocata-2",
    "10.0.0",
    "it's",
    'the "data model"',
    "a#b",
    "-x",
    "a:b",
    "https://example.org/x?y=1",
    "nothing",
    "grün 😀",
    "1 bug",
]
NEEDS_QUOTES = [
    ("", '""'),
    (" a", '" a"'),
    ("a ", '"a "'),
    ("a #b", '"a #b"'),
    ("#a", '"#a"'),
    ("a: b", '"a: b"'),
    ("a:", '"a:"'),
    ("- a", '"- a"'),
    ("-", '"-"'),
    ("? a", '"? a"'),
    ("@a", '"@a"'),
    ("`a`", '"`a`"'),
    ("*a", '"*a"'),
    ("&a", '"&a"'),
    ("!a", '"!a"'),
    ("%a", '"%a"'),
    ("|", '"|"'),
    (">a", '">a"'),
    ("[a]", '"[a]"'),
    ("{a}", '"{a}"'),
    ("'a'", "\"'a'\""),
    ('"a"', r'"\"a\""'),
    ("a\tb", r'"a\tb"'),
    ("a\nb", r'"a\nb"'),
    ("a\r\nb", r'"a\r\nb"'),
    ("\0\a\b\x1b", r'"\0\a\b\e"'),
    ("\x01\x7f\x9f", r'"\x01\x7F\x9F"'),
    ("\x85\u2028\u2029\ufeff\uffff", r'"\N\L\P\uFEFF\uFFFF"'),
    ("#\\", r'"#\\"'),
]
NOT_TEXT_TO_OTHERS = [
    *("no", "Yes", "true", "OFF", "y", "null", "~", "10:30", "1e3", "0x1f", "0o17", "017", "0b11"),
    *("1", "-1", "+1.5", ".5", "1_000", "1,000", "2016.10", ".inf", "-.INF", ".nan", "2016-10-28"),
    *("2016-10-28 10:30:00", "2016-1-2T03:04:05Z", "=", "<<"),
]


@pytest.mark.parametrize("text", PLAIN)
def test_text_stays_without_quotes_where_it_can(text):
    assert write_scalar(text, key="title") == text


@pytest.mark.parametrize(("text", "written"), NEEDS_QUOTES)
def test_what_plain_text_cannot_hold_takes_double_quotes(text, written):
    assert write_scalar(text) == written


@pytest.mark.parametrize("text", NOT_TEXT_TO_OTHERS)
@pytest.mark.parametrize("flow", [False, True])
def test_what_other_readers_take_for_no_text_takes_quotes(text, flow):
    assert write_scalar(text, key="title", flow=flow) == f'"{text}"'


@pytest.mark.parametrize(
    ("key", "text", "written"),
    [
        ("bug", "1234", "1234"),
        ("bug", "new", "new"),
        ("bug", "0123", '"0123"'),
        ("bug", "1e3", '"1e3"'),
        ("bug", "2016-10-28", '"2016-10-28"'),
        ("bugs", "1234", "1234"),
        ("due", "2016-10-28", "2016-10-28"),
        ("due", "1234", '"1234"'),
        ("title", "1234", '"1234"'),
    ],
)
def test_numbers_and_dates_stand_bare_under_their_keys(key, text, written):
    assert write_scalar(text, key=key) == written


@pytest.mark.parametrize("text", ["a,b", "a]", "a [b", "a{b", "?a", ":a", "a:,"])
def test_what_ends_a_value_in_brackets_takes_quotes_there(text):
    assert write_scalar(text, flow=True) == f'"{text}"'
    assert write_scalar(text) == text


@pytest.mark.parametrize(
    ("quote", "text", "written"),
    [
        ("'", "it's", "'it''s'"),
        ("'", "a: b # c", "'a: b # c'"),
        ("'", "no", "'no'"),
        ("'", "", "''"),
        ("'", "a\tb", r'"a\tb"'),
        ("'", "a\nb", r'"a\nb"'),
        ('"', "it's", '"it\'s"'),
        ('"', "a", '"a"'),
    ],
)
def test_quotes_stay_where_they_can_hold_the_text(quote, text, written):
    assert write_scalar(text, quote=quote) == written


def test_a_list_stands_in_brackets():
    assert write_list(("artur", "kevin?", "a, b", "no"), key="owner") == '[artur, kevin?, "a, b", "no"]'


# Every character that YAML can hold, the awkward ones often; half surrogate pairs it cannot.
texts = st.text(
    st.one_of(
        st.sampled_from(" \t\n\r\0\a\b\x1b\x7f\x85\xa0\u2028\u2029\ufeff\ufffe\uffff😀é"),
        st.sampled_from("'\"\\#:-?,[]{}&*!|>%@`=~.<_019abenoxy"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=12,
)


@settings(max_examples=400, deadline=None)
@example("-", "", None)
@given(texts, st.sampled_from(["", "'", '"']), st.sampled_from([None, "title", "bug", "due"]))
def test_what_is_written_reads_back_as_the_same_text(text, quote, key):
    block = write_scalar(text, key=key, quote=quote)
    flow = write_scalar(text, key=key, flow=True, quote=quote)
    source = (
        f"a: {block}  # c\nb:\n  - {block}\n  - x: {block}\n    y: 1\n"
        f"c: [{flow}, {flow}]\nd: {{x: {flow}, y: {flow} }}\ne: [x, {flow}]\nf: {block}"
    )
    document = read_document(source.encode(), "x.yaml")
    assert document.diagnostics == []
    assert plain(document.root) == {
        "a": text,
        "b": [text, {"x": text, "y": "1"}],
        "c": [text, text],
        "d": {"x": text, "y": text},
        "e": ["x", text],
        "f": text,
    }


@settings(max_examples=400, deadline=None)
@given(st.text("0123456789_:.,-+eExobTZ ~nyotrufalsi=<", min_size=1, max_size=10))
def test_free_text_is_text_to_a_loader_that_guesses(text):
    assert yaml.safe_load(f"a: {write_scalar(text, key='title')}\n") == {"a": text}
