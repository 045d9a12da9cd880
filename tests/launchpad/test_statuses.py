"""The table of the design, word by word: what agrees, what is sent, and what is read."""

import json

import pytest

from tests.support import TESTS
from tracker.launchpad.statuses import (
    BLUEPRINTS,
    BUG_STATUSES,
    BUGS,
    WORK_ITEM_WORDS,
    WORK_ITEMS,
    blueprint_changes,
    blueprint_status,
    bug_status_to_send,
)
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
    assert BUGS.agrees(word, bug_status) == agrees
    assert BUGS.agrees(word, bug_status, bug_status) == agrees


# What a change to a word says, whatever the word was before: the table's "until it changes to".
LEFT_BY = {"blocked": {"In Progress", "Deferred", "Fix Committed"}, "postponed": {"In Progress", "Fix Committed"}}


@pytest.mark.parametrize("word", AGREES)
@pytest.mark.parametrize("bug_status", ALL)
def test_a_change_is_news_where_the_table_says_so(word, bug_status):
    agrees = bug_status in AGREES[word] and bug_status not in LEFT_BY.get(word, set())
    for previous in set(ALL) - {bug_status}:
        assert BUGS.agrees(word, bug_status, previous) == agrees


@pytest.mark.parametrize(("bug_status", "word"), READ.items())
def test_every_bug_status_reads_as_one_word(bug_status, word):
    assert BUGS.read(bug_status) == word


def test_a_word_that_launchpad_may_add_says_nothing():
    assert BUGS.read("Fix Imagined") is None
    assert not any(BUGS.agrees(word, "Fix Imagined") for word in BUG_STATUSES)


@pytest.mark.parametrize(("word", "sent"), SENT.items())
def test_the_word_sent_is_that_of_the_table_and_agrees(word, sent):
    assert bug_status_to_send(word, {}) == sent
    for previous in (None, *ALL):
        assert BUGS.agrees(word, sent, previous)


@pytest.mark.parametrize("word", ["todo", "in progress", "done", "dropped"])
def test_the_word_sent_reads_as_the_word_it_was_sent_for(word):
    assert BUGS.read(bug_status_to_send(word, {})) == word


@pytest.mark.parametrize("bug_status", sorted(set(ALL) - {"Unknown"}))
def test_what_a_bug_status_reads_as_agrees_with_it(bug_status):
    # Else a status that was pulled would be pushed back over by the next sync.
    assert BUGS.agrees(BUGS.read(bug_status), bug_status)


def test_a_repository_can_choose_other_words():
    chosen = {"dropped": "Won't Fix", "todo": "Triaged"}
    assert bug_status_to_send("dropped", chosen) == "Won't Fix"
    assert bug_status_to_send("todo", chosen) == "Triaged"
    assert bug_status_to_send("done", chosen) == "Fix Released"


# Blueprints: the two statuses that Launchpad has (seen July 2025), and what the design's table makes of each pair.

DEFINITIONS = ("Approved", "Pending Approval", "Review", "Drafting", "Discussion", "New", "Superseded", "Obsolete")
IMPLEMENTATIONS = (
    "Unknown", "Not started", "Deferred", "Needs Infrastructure", "Blocked", "Started", "Slow progress",
    "Good progress", "Beta Available", "Needs Code Review", "Deployment", "Implemented", "Informational",
)  # fmt: skip
PAIRS = [(definition, implementation) for definition in DEFINITIONS for implementation in IMPLEMENTATIONS]
STARTED = IMPLEMENTATIONS[5:11]


def words_of_blueprint(definition, implementation):
    ended = definition in {"Obsolete", "Superseded"}
    agreeing = {"dropped"} if ended else set()
    if implementation == "Implemented" or (implementation, definition) == ("Informational", "Approved"):
        agreeing.add("done")
    if not ended:
        if implementation in {"Unknown", "Not started"}:
            agreeing.add("todo")
        if implementation in STARTED or implementation == "Needs Infrastructure":
            agreeing.add("in progress")
        if implementation == "Blocked":
            agreeing.add("blocked")
        if implementation == "Deferred":
            agreeing.add("postponed")
    return agreeing


def test_the_pairs_are_those_that_launchpad_publishes():
    fields = json.loads((TESTS / "data" / "devel-interface.json").read_text())["specification"]["fields"]
    assert set(DEFINITIONS) == set(fields["definition_status"]["values"])
    assert set(IMPLEMENTATIONS) == set(fields["implementation_status"]["values"])


@pytest.mark.parametrize("vocabulary", [BUGS, BLUEPRINTS, WORK_ITEMS], ids=["bugs", "blueprints", "work items"])
class TestVocabularies:
    def test_each_has_every_word_that_a_recap_can_use(self, vocabulary):
        assert set(vocabulary.statuses) == set(Status)

    def test_the_word_that_nobody_chose_reads_as_todo(self, vocabulary):
        assert vocabulary.read(vocabulary.default) == "todo"

    def test_what_is_sent_agrees_with_what_it_was_sent_for(self, vocabulary):
        for word in Status:
            assert vocabulary.agrees(word, vocabulary.to_send(word, {}))

    def test_what_is_pulled_is_not_pushed_back_over(self, vocabulary):
        known = {status for words in vocabulary.statuses.values() for status in words.agrees}
        assert set(vocabulary.readings) == known
        for status in known:
            assert vocabulary.agrees(vocabulary.read(status), status)

    def test_a_word_that_launchpad_may_add_says_nothing(self, vocabulary):
        assert vocabulary.read("Imagined") is None
        assert not any(vocabulary.agrees(word, "Imagined") for word in Status)


@pytest.mark.parametrize(("definition", "implementation"), PAIRS)
def test_a_blueprint_agrees_with_just_those_of_the_table(definition, implementation):
    status = blueprint_status(definition, implementation)
    agreeing = {word for word in Status if BLUEPRINTS.agrees(word, status)}
    assert agreeing == words_of_blueprint(definition, implementation)
    assert BLUEPRINTS.read(status) == ("done" if "done" in agreeing else next(iter(agreeing), None))


def test_an_informational_blueprint_says_nothing_until_it_is_approved():
    assert BLUEPRINTS.read(blueprint_status("Approved", "Informational")) == "done"
    assert BLUEPRINTS.read(blueprint_status("Drafting", "Informational")) is None


def test_a_blueprint_that_was_implemented_before_it_was_replaced_stays_done():
    assert BLUEPRINTS.agrees("done", blueprint_status("Superseded", "Implemented"), "Implemented")


@pytest.mark.parametrize(
    ("word", "sent"),
    [
        ("todo", {"implementation_status": "Not started"}),
        ("in progress", {"implementation_status": "Started"}),
        ("blocked", {"implementation_status": "Blocked"}),
        ("postponed", {"implementation_status": "Deferred"}),
        ("done", {"implementation_status": "Implemented"}),
        ("dropped", {"definition_status": "Obsolete"}),
    ],
)
def test_the_field_that_is_sent_is_that_of_the_table(word, sent):
    assert blueprint_changes(BLUEPRINTS.to_send(word, {}), "Drafting") == sent


@pytest.mark.parametrize("word", Status)
@pytest.mark.parametrize(("definition", "implementation"), PAIRS)
def test_whatever_a_blueprint_was_it_agrees_after_what_is_sent(word, definition, implementation):
    sent = blueprint_changes(BLUEPRINTS.to_send(word, {}), definition)
    after = {"definition_status": definition, "implementation_status": implementation, **sent}
    status = blueprint_status(after["definition_status"], after["implementation_status"])
    assert BLUEPRINTS.agrees(word, status)


def test_a_blueprint_that_goes_on_is_opened_again():
    sent = {"definition_status": "New", "implementation_status": "Started"}
    assert blueprint_changes("Started", "Obsolete") == blueprint_changes("Started", "Superseded") == sent


# Work items.


def test_the_words_of_work_items_are_those_of_the_table():
    assert {word: WORK_ITEMS.to_send(word, {}) for word in Status} == {
        "todo": "TODO",
        "in progress": "INPROGRESS",
        "blocked": "BLOCKED",
        "done": "DONE",
        "postponed": "POSTPONED",
        "dropped": "POSTPONED",
    }
    assert {"TODO", "DONE", "POSTPONED", "INPROGRESS", "BLOCKED"} == WORK_ITEM_WORDS
    assert WORK_ITEMS.read("POSTPONED") == "postponed"


@pytest.mark.parametrize("word", Status)
@pytest.mark.parametrize("status", sorted(WORK_ITEM_WORDS))
def test_a_work_item_agrees_with_its_own_word_alone(word, status):
    for previous in (None, *WORK_ITEM_WORDS):
        assert WORK_ITEMS.agrees(word, status, previous) == (status == WORK_ITEMS.to_send(word, {}))
