"""What Launchpad takes; the contract tests hold the same figures against the service."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracker.launchpad.limits import (
    MAX_BUG,
    MAX_TITLE,
    find_text_problem,
    find_title_problem,
    find_work_item_problem,
    is_blueprint_name,
    is_name,
    is_tag,
)


@pytest.mark.parametrize("name", ["neutron", "ocata-1", "8.0.0", "c++", "0", "a-", "x.y+z-1"])
def test_names(name):
    assert is_name(name)


@pytest.mark.parametrize("name", ["", "Neutron", "-a", ".a", "+a", "a b", "a_b", "a/b", "ä", "a\n", "a?", "~a", "٣"])
def test_what_no_name_can_be(name):
    assert not is_name(name)


@given(st.text(max_size=4))
def test_a_tag_is_a_name_of_two_characters_or_more(text):
    assert is_tag(text) == (is_name(text) and len(text) > 1)


@pytest.mark.parametrize("name", ["push-notifications", "0x", "c++", "8.0.0", "a-", "new"])
def test_names_of_blueprints(name):
    assert is_blueprint_name(name)


@pytest.mark.parametrize("name", ["", "x", "0", "Push", "-ab", ".ab", "+ab", "a b", "a_b", "a/b", "äb", "ab\n", "٣٣"])
def test_what_no_blueprint_can_be_called(name):
    assert not is_blueprint_name(name)


@pytest.mark.parametrize(
    "title",
    ["x", " x ", "a: b: c", "see http://x/y", "x [y] z", "] x", "Work items:", ": TODO", "a\tb", "x" * 5000, "x\n"],
)
def test_titles_of_work_items(title):
    assert find_work_item_problem(title) is None


@pytest.mark.parametrize(
    ("title", "problem"),
    [
        *((title, "is empty") for title in ("", "  ", "\t\x1f", "\x1c")),
        *(
            (title, 'begins with "[", which begins the assignee of a work item on Launchpad')
            for title in ("[", "[artur] x", " [x", "\x1f[x")
        ),
        *(
            (f"a{separator}b", "has a line break, and each line is another work item on Launchpad")
            for separator in ("\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")
        ),
    ],
)
def test_what_is_wrong_with_the_title_of_a_work_item(title, problem):
    assert find_work_item_problem(title) == problem


@pytest.mark.parametrize("title", ["x", "x" * MAX_TITLE, "☃" * MAX_TITLE, ' "quoted" ', "a\tb", "a\u2028b"])
def test_titles(title):
    assert find_title_problem(title) is None


@pytest.mark.parametrize(
    ("title", "problem"),
    [
        ("", "is empty"),
        (" \t ", "is empty"),
        ("x" * 201, "has 201 characters, more than the 200 that Launchpad takes"),
        ("a\nb", "has a line break, which Launchpad refuses"),
        ("a\rb", "has a line break, which Launchpad refuses"),
        ("a\n", "has a line break, which Launchpad refuses"),
    ],
)
def test_what_is_wrong_with_a_title(title, problem):
    assert find_title_problem(title) == problem


@given(st.text())
@example("a\0b")
@example("\0")
@example("")
def test_a_text_may_hold_all_but_nul(text):
    problem = "has a NUL character, which Launchpad cannot hold" if "\0" in text else None
    assert find_text_problem(text) == problem


def test_a_bugs_number_is_what_four_bytes_hold():
    assert MAX_BUG == 2_147_483_647
