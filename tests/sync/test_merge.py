"""The three-way merge of single fields, as tables of base, recap and Launchpad."""

import pytest

from tracker.launchpad.statuses import BUG_STATUSES, BUGS
from tracker.recap.model import Action, Owner, Status
from tracker.recap.people import People, Person
from tracker.sync.entries import Agreed
from tracker.sync.merge import (
    Outcome,
    Prefer,
    merge_importance,
    merge_lead,
    merge_plain,
    merge_status,
    new_owners,
)

AGREED, PUSH, PULL, CONFLICT, HELD = Outcome
PEOPLE = People.of(
    [
        Person("ihar", "Ihar", "ihar-account"),
        Person("artur", "Artur", "artur-account"),
        Person("core", "core reviewers"),  # has no account
    ]
)


def agreed(recap, launchpad):
    return Agreed(recap, launchpad, "2016-11-03T00:00:00Z")


@pytest.mark.parametrize(
    ("base", "recap", "launchpad", "outcome"),
    [
        # both equal, whatever the base
        (None, "a", "a", AGREED),
        (("a", "a"), "b", "b", AGREED),
        (None, None, None, AGREED),
        # one side moved
        (("a", "a"), "b", "a", PUSH),
        (("a", "a"), "a", "b", PULL),
        (("a", "a"), None, "a", PUSH),
        (("a", "a"), "a", None, PULL),
        # both moved apart
        (("a", "a"), "b", "c", CONFLICT),
        (("a", "a"), None, "c", CONFLICT),
        (("a", "a"), "b", None, CONFLICT),
        # never agreed before: fill the empty side
        (None, "a", None, PUSH),
        (None, None, "a", PULL),
        (None, "a", "b", CONFLICT),
    ],
)
def test_plain_fields_follow_the_table_of_three_ways(base, recap, launchpad, outcome):
    merge = merge_plain("milestone", recap, launchpad, agreed(*base) if base else None)
    assert merge.outcome is outcome
    if outcome is PUSH:
        assert merge.agreed_words == (recap, recap)
    if outcome is PULL:
        assert merge.agreed_words == (launchpad, launchpad)


@pytest.mark.parametrize(
    ("base", "recap", "launchpad", "outcome", "word"),
    [
        (None, None, "Undecided", AGREED, None),
        (None, None, "High", PULL, "High"),  # left out: filled
        (("High", "High"), None, "High", PULL, "High"),  # deleted: filled again
        (("High", "High"), "High", "Undecided", PULL, None),  # cleared there: taken out
        (("High", "High"), "Undecided", "High", PUSH, None),
        (None, "High", "Undecided", PUSH, None),
        (None, "High", "Low", CONFLICT, None),
        (None, None, "Unknown", AGREED, None),
    ],
)
def test_an_importance_left_out_is_filled(base, recap, launchpad, outcome, word):
    merge = merge_importance(recap, launchpad, agreed(*base) if base else None)
    assert merge.outcome is outcome
    if outcome is PULL:
        assert merge.to_recap == word


@pytest.mark.parametrize(
    ("base", "recap", "launchpad", "outcome", "word"),
    [
        # finer words of Launchpad agree and are not flattened
        (("todo", "New"), "todo", "Triaged", AGREED, None),
        (("todo", "New"), "todo", "Incomplete", AGREED, None),
        (("done", "Fix Released"), "done", "Fix Committed", AGREED, None),
        # Launchpad moves
        (("todo", "New"), "todo", "In Progress", PULL, "in progress"),
        (("todo", "New"), None, "In Progress", PULL, "in progress"),
        (("in progress", "In Progress"), "in progress", "Fix Committed", PULL, "done"),
        (("todo", "Confirmed"), "todo", "Won't Fix", PULL, "dropped"),
        (("todo", "Confirmed"), "todo", "Deferred", PULL, "postponed"),
        (("done", "Fix Released"), "done", "Confirmed", PULL, "todo"),
        # the recap moves
        (("todo", "Triaged"), "in progress", "Triaged", PUSH, "In Progress"),
        (("todo", "New"), "done", "New", PUSH, "Fix Released"),
        (("in progress", "In Progress"), "todo", "In Progress", PUSH, "Confirmed"),
        (("done", "Fix Released"), "blocked", "Fix Released", PUSH, "Confirmed"),
        (("todo", "New"), "dropped", "New", PUSH, "Invalid"),
        # a blocked action stays blocked on any open word, until work begins
        (("todo", "Triaged"), "blocked", "Triaged", AGREED, None),
        (("in progress", "In Progress"), "blocked", "In Progress", AGREED, None),
        (("blocked", "In Progress"), "blocked", "In Progress", AGREED, None),
        (("blocked", "Confirmed"), "blocked", "Triaged", AGREED, None),
        (("blocked", "Confirmed"), "blocked", "In Progress", PULL, "in progress"),
        (("blocked", "Confirmed"), "blocked", "Fix Released", PULL, "done"),
        (("postponed", "Deferred"), "todo", "Deferred", PUSH, "Confirmed"),
        (("postponed", "Deferred"), "postponed", "Confirmed", AGREED, None),
        # both
        (("todo", "New"), "done", "Invalid", CONFLICT, None),
        (("todo", "Confirmed"), "blocked", "In Progress", CONFLICT, None),
        (("todo", "New"), "done", "Fix Committed", AGREED, None),
        # never agreed
        (None, None, "New", AGREED, None),
        (None, None, "In Progress", PULL, "in progress"),
        (None, "done", "New", PUSH, "Fix Released"),
        (None, "done", "In Progress", CONFLICT, None),
        (None, "todo", "Confirmed", AGREED, None),
        # a status taken out of the recap is filled again
        (("blocked", "Confirmed"), None, "Confirmed", PULL, "blocked"),
        (("done", "Fix Released"), None, "Fix Released", PULL, "done"),
        (("done", "Fix Released"), None, "New", AGREED, None),
        # a word that says nothing
        (("todo", "New"), "todo", "Unknown", HELD, None),
    ],
)
def test_statuses_agree_move_and_conflict(base, recap, launchpad, outcome, word):
    merge = merge_status(Status(recap) if recap else None, launchpad, agreed(*base) if base else None, BUGS, {})
    assert merge.outcome is outcome
    if outcome is PULL:
        assert merge.to_recap == word
    if outcome is PUSH:
        assert merge.to_launchpad == word


def test_a_repository_can_choose_the_words_it_sends():
    merge = merge_status(Status.DROPPED, "New", agreed("todo", "New"), BUGS, {"dropped": "Won't Fix"})
    assert merge.to_launchpad == "Won't Fix"


@pytest.mark.parametrize("word", list(Status))
@pytest.mark.parametrize("present", sorted({word for words in BUG_STATUSES.values() for word in words.agrees}))
def test_a_status_that_was_pushed_or_pulled_is_in_step_afterwards(word, present):
    """Whatever the pair, carrying the outcome out settles it, without flipping back."""
    merge = merge_status(word, present, agreed("todo", "New"), BUGS, {})
    if merge.outcome in {PUSH, PULL, AGREED}:
        recap, launchpad = merge.agreed_words
        again = merge_status(Status(recap), launchpad, agreed(recap, launchpad), BUGS, {})
        assert again.outcome is AGREED


def lead(*owners):
    parsed = tuple(Owner(one.removesuffix("?"), one.endswith("?")) for one in owners)
    return Action("a", "title", "neutron", owners=parsed)


@pytest.mark.parametrize(
    ("base", "owners", "assignee", "outcome", "word"),
    [
        (None, ["ihar"], None, PUSH, "ihar-account"),
        (None, ["ihar"], "ihar-account", AGREED, None),
        (None, ["ihar"], "artur-account", CONFLICT, None),
        (None, [], "artur-account", PULL, "artur"),
        (None, [], "stranger", PULL, "~stranger"),
        (("ihar", "ihar-account"), ["artur"], "ihar-account", PUSH, "artur-account"),
        (("ihar", "ihar-account"), ["ihar"], "artur-account", PULL, "artur"),
        (("ihar", "ihar-account"), ["artur"], "stranger", CONFLICT, None),
        # deleting the owner clears the assignee
        (("ihar", "ihar-account"), [], "ihar-account", PUSH, None),
        # an assignee removed there leaves the lead tentative, so that nothing is assigned back
        (("ihar", "ihar-account"), ["ihar"], None, PULL, "ihar?"),
        (("ihar?", None), ["ihar?"], None, AGREED, None),
        (("ihar?", None), ["ihar"], None, PUSH, "ihar-account"),
        # a tentative owner is not sent, and assigning confirms it
        (None, ["ihar?"], None, AGREED, None),
        (None, ["ihar?"], "ihar-account", PULL, "ihar"),
        (None, ["ihar?"], "artur-account", CONFLICT, None),
        (("ihar?", None), ["ihar?"], "artur-account", PULL, "artur"),
        (("ihar", "ihar-account"), ["ihar?"], "ihar-account", HELD, None),
        (("ihar", "ihar-account"), ["artur?"], "stranger", CONFLICT, None),
        # so with an owner without an account
        (None, ["core"], None, AGREED, None),
        (("ihar", "ihar-account"), ["core"], "ihar-account", HELD, None),
        (("core", None), ["core"], "artur-account", PULL, "artur"),
    ],
)
def test_leads_and_assignees(base, owners, assignee, outcome, word):
    merge = merge_lead(lead(*owners), assignee, agreed(*base) if base else None, PEOPLE)
    assert merge.outcome is outcome
    if outcome is PULL:
        assert merge.to_recap == word
    if outcome is PUSH:
        assert merge.to_launchpad == word


@pytest.mark.parametrize(("owner", "said"), [("ihar?", "tentative"), ("core", "no Launchpad account")])
def test_the_plan_says_who_is_not_assigned(owner, said):
    assert said in (merge_lead(lead(owner), None, None, PEOPLE).note or "")


@pytest.mark.parametrize(
    ("owners", "assignee", "expected"),
    [
        (["artur", "ihar"], "ihar-account", ["ihar", "artur"]),  # a co-owner swaps with the lead
        (["artur", "ihar"], "stranger", ["~stranger", "ihar"]),  # anybody else takes the lead's place
        (["artur", "ihar?"], "ihar-account", ["ihar", "artur"]),
        (["artur", "ihar"], None, ["artur?", "ihar"]),
        ([], "ihar-account", ["ihar"]),
    ],
)
def test_an_assignee_becomes_the_lead(owners, assignee, expected):
    assert [str(one) for one in new_owners(lead(*owners).owners, assignee, PEOPLE)] == expected


def test_a_person_can_settle_all_conflicts_for_one_side():
    from tracker.sync.merge import _prefer

    conflict = merge_status(Status.DONE, "Invalid", agreed("todo", "New"), BUGS, {})
    assert _prefer(conflict, Prefer.RECAP, BUGS).agreed_words == ("done", "Fix Released")
    assert _prefer(conflict, Prefer.LAUNCHPAD, BUGS).agreed_words == ("dropped", "Invalid")
    # Preferring a word that Launchpad's present one agrees with does not flatten that.
    conflict = merge_status(Status.BLOCKED, "In Progress", agreed("todo", "Confirmed"), BUGS, {})
    assert _prefer(conflict, Prefer.RECAP, BUGS).outcome is AGREED


def test_preferring_a_recap_whose_lead_cannot_be_sent_unassigns_nobody():
    from tracker.sync.merge import _prefer

    conflict = merge_lead(lead("artur?"), "stranger", agreed("ihar", "ihar-account"), PEOPLE)
    settled = _prefer(conflict, Prefer.RECAP, BUGS)
    assert settled.outcome is AGREED
    assert settled.agreed_words == ("artur?", "stranger")
    assert "stays assigned" in settled.note
    assert merge_lead(lead("artur?"), "stranger", agreed(*settled.agreed_words), PEOPLE).outcome is HELD
    # A recap without an owner does say that nobody is.
    conflict = merge_lead(lead(), "stranger", agreed("ihar", "ihar-account"), PEOPLE)
    assert _prefer(conflict, Prefer.RECAP, BUGS).outcome is PUSH
