"""Ids out of titles: short, of what an id may hold, each another, and the same for the same title."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.recap.model import is_action_id
from tracker.recap.naming import LONGEST, derive_id


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("propose forbidding contract migrations in Ocata", "propose-forbidding-contract-migrations"),
        ("make structured logs the default", "make-structured-logs-default"),
        ("Document the DB's schema, and the API", "document-dbs-schema-api"),
        ("Größe prüfen: naïve façade", "grosse-prufen-naive-facade"),
        ("upgrade to Python 3.11", "upgrade-python-3.11"),
        ("to be or not to be", "not"),
        ("in the", "in-the"),
        ("x" * 100, "x" * LONGEST),
        ("新しい形式にする", "action"),
        ("...", "action"),
    ],
)
def test_an_id_is_the_words_of_the_title_that_tell_something(title, expected):
    assert derive_id(title, ()) == expected


def test_an_id_that_is_taken_gets_a_number():
    assert derive_id("fix logs", {"fix-logs"}) == "fix-logs-2"
    assert derive_id("fix logs", {"fix-logs", "fix-logs-2"}) == "fix-logs-3"


@given(st.text(), st.sets(st.sampled_from(["action", "action-2", "a", "b"])))
def test_whatever_the_title_the_id_is_one_short_and_new(title, taken):
    found = derive_id(title, taken)
    assert is_action_id(found)
    assert len(found) <= LONGEST + 2
    assert found not in taken
    assert found == derive_id(title, taken)
