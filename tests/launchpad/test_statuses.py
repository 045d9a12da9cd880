"""The table of the design, word by word: what agrees, what is sent, and what is read."""

import pytest

from tracker.launchpad.statuses import BUG_STATUSES, bug_status_agrees, bug_status_to_send, read_bug_status
from tracker.recap.model import Status

ALL = (
    "New", "Incomplete", "Opinion", "Invalid", "Won't Fix", "Expired", "Confirmed", "Triaged", "In Progress",
    "Deferred", "Fix Committed", "Fix Released", "Does Not Exist", "Unknown",
)  # fmt: skip
OPEN = ("New", "Incomplete", "Confirmed", "Triaged", "In Progress", "Deferred", "Fix Committed")

AGREES = {
    "todo": ("New", "Incomplete", "Confirmed", "Triaged"),
    "in progress": ("In Progress",),
    "blocked": OPEN,
    "postponed": OPEN,
    "done": ("Fix Committed", "Fix Released"),
    "dropped": ("Invalid", "Opinion", "Won't Fix", "Expired", "Does Not Exist"),
}
SENT = {
    "todo": "Confirmed",
    "in progress": "In Progress",
    "blocked": "Confirmed",
    "postponed": "Confirmed",
    "done": "Fix Released",
    "dropped": "Invalid",
}
READ = {
    "New": "todo",
    "Incomplete": "todo",
    "Confirmed": "todo",
    "Triaged": "todo",
    "In Progress": "in progress",
    "Deferred": "postponed",
    "Fix Committed": "done",
    "Fix Released": "done",
    "Opinion": "dropped",
    "Invalid": "dropped",
    "Won't Fix": "dropped",
    "Expired": "dropped",
    "Does Not Exist": "dropped",
    "Unknown": None,
}


def test_the_table_has_every_word_that_a_recap_can_use():
    assert set(BUG_STATUSES) == set(Status) == set(AGREES)


@pytest.mark.parametrize("word", AGREES)
@pytest.mark.parametrize("bug_status", ALL)
def test_a_word_agrees_with_just_those_of_the_table(word, bug_status):
    agrees = bug_status in AGREES[word]
    assert bug_status_agrees(word, bug_status) == agrees
    assert bug_status_agrees(word, bug_status, bug_status) == agrees


# What a change to a word says, whatever the word was before: the table's "until it changes to".
LEFT_BY = {"blocked": {"In Progress", "Deferred", "Fix Committed"}, "postponed": {"In Progress", "Fix Committed"}}


@pytest.mark.parametrize("word", AGREES)
@pytest.mark.parametrize("bug_status", ALL)
def test_a_change_is_news_where_the_table_says_so(word, bug_status):
    agrees = bug_status in AGREES[word] and bug_status not in LEFT_BY.get(word, set())
    for previous in set(ALL) - {bug_status}:
        assert bug_status_agrees(word, bug_status, previous) == agrees


@pytest.mark.parametrize(("bug_status", "word"), READ.items())
def test_every_bug_status_reads_as_one_word(bug_status, word):
    assert read_bug_status(bug_status) == word


def test_a_word_that_launchpad_may_add_says_nothing():
    assert read_bug_status("Fix Imagined") is None
    assert not any(bug_status_agrees(word, "Fix Imagined") for word in BUG_STATUSES)


@pytest.mark.parametrize(("word", "sent"), SENT.items())
def test_the_word_sent_is_that_of_the_table_and_agrees(word, sent):
    assert bug_status_to_send(word, {}) == sent
    for previous in (None, *ALL):
        assert bug_status_agrees(word, sent, previous)


@pytest.mark.parametrize("word", ["todo", "in progress", "done", "dropped"])
def test_the_word_sent_reads_as_the_word_it_was_sent_for(word):
    assert read_bug_status(bug_status_to_send(word, {})) == word


@pytest.mark.parametrize("bug_status", sorted(set(ALL) - {"Unknown"}))
def test_what_a_bug_status_reads_as_agrees_with_it(bug_status):
    # Else a status that was pulled would be pushed back over by the next sync.
    assert bug_status_agrees(read_bug_status(bug_status), bug_status)


def test_a_repository_can_choose_other_words():
    chosen = {"dropped": "Won't Fix", "todo": "Triaged"}
    assert bug_status_to_send("dropped", chosen) == "Won't Fix"
    assert bug_status_to_send("todo", chosen) == "Triaged"
    assert bug_status_to_send("done", chosen) == "Fix Released"
