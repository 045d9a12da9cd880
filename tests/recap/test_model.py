"""The values of recaps: states, owners and ids."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.recap.model import (
    Action,
    BlueprintTarget,
    BugTarget,
    Owner,
    Recap,
    Status,
    WorkItemTarget,
    is_action_id,
    is_recap_id,
)


def test_open_is_what_somebody_still_has_to_do():
    assert [str(status) for status in Status if status.is_open] == ["todo", "in progress", "blocked", "postponed"]


def test_the_first_owner_leads_and_an_unowned_action_has_no_lead():
    assert Action("a", "t", "p", owners=(Owner("x", tentative=True), Owner("y"))).lead == Owner("x", tentative=True)
    assert Action("a", "t", "p").lead is None


def test_an_action_without_a_status_stands_at_todo():
    assert Action("a", "t", "p").current_status is Status.TODO
    assert Action("a", "t", "p", status=Status.DONE).current_status is Status.DONE


def test_a_full_id_names_an_action_over_all_recaps():
    action = Action("forbid", "t", "p")
    assert Recap("ocata/next", "t", "p", date(2016, 10, 28), actions=(action,)).full_id(action) == "ocata/next#forbid"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Owner("ihar"), "ihar"),
        (Owner("~ihar", tentative=True), "~ihar?"),
        (BugTarget(), "bug: new"),
        (BugTarget(7), "bug 7"),
        (BlueprintTarget("x"), "blueprint x"),
        (WorkItemTarget("x"), "work item of x"),
    ],
)
def test_owners_and_targets_are_spelled_as_in_recaps(value, text):
    assert str(value) == text


@pytest.mark.parametrize("identity", ["a", "ocata/neutron-server-next", "a/b/c", "2016.1+x_y"])
def test_a_path_of_words_is_a_recap_id(identity):
    assert is_recap_id(identity)


@pytest.mark.parametrize(
    "identity", ["", "/a", "a/", "a//b", "../a", "a/.b", ".", "a b", "a#b", "ä", "a\n", "-a", "a\\b"]
)
def test_what_is_no_path_of_words_is_no_recap_id(identity):
    assert not is_recap_id(identity)


@given(st.text("aZ0._+-/# \n", max_size=6))
def test_an_action_id_is_a_recap_id_without_folders(text):
    assert is_action_id(text) == (is_recap_id(text) and "/" not in text)
