"""Places and positions in a document, and findings tied to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.recap.diagnostics import Diagnostic, Finding
from tracker.recap.document import Document, Scalar
from tracker.recap.reader import read_document
from tracker.recap.rule_table import Severity

TEXT = "title: one\nactions:\n- id: a\n  owner: [x, 'y z']\n  bug:\n"


def document(text=TEXT):
    return read_document(text.encode(), "x.yaml")


def at(place, *, at_key=False, text=TEXT):
    start, end = document(text).locate(place, at_key=at_key)
    return text[start:end]


@pytest.mark.parametrize(
    ("place", "value", "key"),
    [
        (("title",), "one", "title"),
        (("actions", 0, "owner", 1), "'y z'", "'y z'"),
        (("actions", 0, "owner"), "[x, 'y z']", "owner"),
        (("actions", 0, "bug"), "bug", "bug"),
        (("actions", 0, "id", 0), "a", "id"),
    ],
)
def test_a_place_is_located_at_its_value_or_its_key(place, value, key):
    assert at(place) == value
    assert at(place, at_key=True) == key


def test_a_place_that_is_missing_is_located_at_what_holds_it():
    assert at(("title", "x")) == "one"
    assert at(("actions", 0, "owner", 7)) == "[x, 'y z']"
    assert document().locate(("nothing",)) == document().locate(())
    assert Document("x", "", None).locate(("a", 0)) == (0, 0)


def test_a_node_is_found_by_its_place():
    found = document().node(("actions", 0, "owner", 1))
    assert isinstance(found, Scalar)
    assert (found.text, found.plain, found.is_empty) == ("y z", False, False)
    assert document().node(("actions", 0, "bug")).is_empty
    for missing in (("x",), ("actions", 1), ("title", 0), ("actions", "id"), ("actions", 0, "owner", "x")):
        assert document().node(missing) is None


@given(st.text("ab😀\r\n\u2028\x85\t", max_size=20), st.data())
def test_a_position_leads_back_to_its_character(text, data):
    read = Document("x", text, None)
    index = data.draw(st.integers(0, len(text)))
    line, column = read.position(index)
    ends = text[:index].replace("\r\n", "\n")
    if text[index - 1 : index + 1] != "\r\n":
        assert line == 1 + ends.count("\n") + ends.count("\r")
    assert column >= 1
    source = read.line_text(line)
    assert "\n" not in source
    assert "\r" not in source
    assert index >= len(text) or text[index] in "\r\n" or source[column - 1] == text[index]


def test_a_diagnostic_has_the_line_and_stays_within_it():
    read = document("a: |\n  x\n  y\nb: 1\n")
    one = read.diagnose(Finding(("a",), "R015", "wrong", "mend it"))
    assert one == Diagnostic("x.yaml", 1, 4, "R015", Severity.ERROR, "wrong", "mend it", "a: |", 1)
    assert read.diagnose(Finding(("b",), "R026", "odd")).is_error is False


def test_diagnostics_stand_in_the_order_of_the_lines():
    read = document("a: 1\nb: 2\n")
    read.report([Finding(("b",), "R015", "z"), Finding(("b",), "R015", "a", "help"), Finding(("b",), "R015", "a")])
    read.report([Finding(("a",), "R020", "x"), Finding(("a",), "R010", "x", at_key=True)])
    assert [(one.line, one.rule, one.message) for one in read.diagnostics] == [
        (1, "R010", "x"),
        (1, "R020", "x"),
        (2, "R015", "a"),
        (2, "R015", "a"),
        (2, "R015", "z"),
    ]
