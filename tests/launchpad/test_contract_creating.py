"""Filing bugs: what becomes of what is sent, and the limits of a title, a description and a tag."""

import pytest

from tracker.launchpad import limits, links
from tracker.launchpad.gateway import RefusedError
from tracker.launchpad.replies import UnreachableError
from tracker.sync.identity import identity_line, read_identity


def test_a_created_bug_has_what_was_sent(driver, contract, tag):
    text = "first line\n\n  indented: “quotes”, ☃ & <b>\nlast line: ocata/x#an-action"
    number = driver.create_bug(contract.project, "a title", text, [f"{tag}-z", tag, f"{tag}-a", tag])
    bug = driver.fetch_bug(number)
    assert (bug.number, bug.title, bug.description) == (number, "a title", text)
    assert bug.tags == (tag, f"{tag}-a", f"{tag}-z")
    assert (bug.duplicate_of, bug.private) == (None, False)


def test_what_no_bug_is_created_with_is_ignored(driver, raw, contract, tag):
    milestone = links.milestone_url(driver._wire.root, contract.project, contract.active)
    person = links.person_url(driver._wire.root, contract.people[0])
    values = {"status": "Triaged", "importance": "High", "milestone": milestone, "assignee": person}
    answer = raw.post_bug(contract.project, title="a bug", description="x", tags=[tag], **values)
    assert answer.status == 201
    (task,) = driver.search(contract.project, tag)
    assert (task.status, task.importance, task.milestone, task.assignee) == ("New", "Undecided", None, None)


def test_a_created_bug_is_answered_with_its_address_alone(driver, raw, contract, tag):
    answer = raw.post_bug(contract.project, title="a bug", description="x", tags=[tag])
    (task,) = driver.search(contract.project, tag)
    assert (answer.status, answer.content) == (201, b"")
    assert answer.location == links.bug_url(driver._wire.root, task.bug)


def test_creating_twice_makes_two_bugs(driver, contract, tag):
    first, second = (driver.create_bug(contract.project, "same", "same", [tag]) for _ in range(2))
    assert first < second


# The description, whose last line says which action the bug tracks


def test_a_description_is_stored_as_it_was_sent(driver, contract, tag):
    text = "  blanks\n\ttab, nel \x85, no break \xa0, separator \u2028, \ufffd, 🦀\n\n\n" + identity_line(
        "ocata/x#an-action"
    )
    bug = driver.fetch_bug(driver.create_bug(contract.project, "a bug", text, [tag]))
    assert bug.description == text
    assert read_identity(bug.description) == "ocata/x#an-action"


def test_line_ends_are_stored_as_line_feeds(driver, contract, tag):
    text = f"one\r\ntwo\r\n\r\n{identity_line('ocata/x#an-action')}"
    bug = driver.fetch_bug(driver.create_bug(contract.project, "a bug", text, [tag]))
    assert bug.description == text.replace("\r\n", "\n")
    assert read_identity(bug.description) == "ocata/x#an-action"


def test_the_longest_description_keeps_its_last_line(driver, contract, tag):
    end = f"\n\n{identity_line('ocata/x#an-action')}"
    text = "é" * 100 + "x" * (limits.MAX_DESCRIPTION - 100 - len(end)) + end
    bug = driver.fetch_bug(driver.create_bug(contract.project, "a bug", text, [tag]))
    assert bug.description == text


@pytest.mark.parametrize("text", ["", "   "])
def test_a_bug_needs_a_description(driver, contract, tag, text):
    with pytest.raises(RefusedError, match="description"):
        driver.create_bug(contract.project, "nothing said", text, [tag])
    assert driver.search(contract.project, tag) == []


def test_a_nul_character_is_a_failure_and_creates_nothing(driver, contract, tag):
    assert limits.find_text_problem("a\0b") is not None
    with pytest.raises(UnreachableError, match="500"):
        driver.create_bug(contract.project, "a bug", "a\0b", [tag])
    assert driver.search(contract.project, tag) == []


# Limits


def test_a_title_of_200_characters_is_taken_and_of_201_refused(driver, contract, tag):
    assert driver.fetch_bug(driver.create_bug(contract.project, "é" * limits.MAX_TITLE, "x", [tag])).title
    with pytest.raises(RefusedError) as refused:
        driver.create_bug(contract.project, "é" * (limits.MAX_TITLE + 1), "x", [tag])
    assert set(refused.value.fields) == {"title"}
    assert len(refused.value.reason) <= 200
    assert len(driver.search(contract.project, tag)) == 1


def test_a_description_of_50000_characters_is_taken_and_of_50001_refused(driver, contract, tag):
    longest = "x" * limits.MAX_DESCRIPTION
    assert driver.fetch_bug(driver.create_bug(contract.project, "long", longest, [tag])).description == longest
    with pytest.raises(RefusedError, match="description"):
        driver.create_bug(contract.project, "too long", f"{longest}x", [tag])
    assert len(driver.search(contract.project, tag)) == 1


@pytest.mark.parametrize("title", ["two\nlines", "two\rlines", ""])
def test_a_title_that_the_limits_refuse_is_refused(driver, contract, tag, title):
    assert limits.find_title_problem(title) is not None
    with pytest.raises(RefusedError) as refused:
        driver.create_bug(contract.project, title, "x", [tag])
    assert set(refused.value.fields) == {"title"}


@pytest.mark.parametrize("word", ["x", "Upper", "under_score", "-first", "with blank"])
def test_a_tag_that_the_limits_refuse_is_refused(driver, contract, tag, word):
    assert not limits.is_tag(word)
    with pytest.raises(RefusedError) as refused:
        driver.create_bug(contract.project, "bad tag", "x", [tag, word])
    assert set(refused.value.fields) == {"tags"}


@pytest.mark.parametrize("word", ["x1", "0.9", "a+b", "a-", "a.b-c+d"])
def test_a_tag_that_the_limits_allow_is_taken(driver, contract, tag, word):
    assert limits.is_tag(word)
    assert word in driver.fetch_bug(driver.create_bug(contract.project, "good tag", "x", [tag, word])).tags


def test_a_bug_in_an_unknown_project_is_refused(driver, tag):
    with pytest.raises(RefusedError, match="target: No such object"):
        driver.create_bug(f"no-{tag}", "nowhere", "x", [tag])


# By whom


def test_a_token_that_only_reads_files_bugs_all_the_same(readonly, driver, contract, tag):
    number = readonly.create_bug(contract.project, "by a reader", "x", [tag])
    assert [task.bug for task in driver.search(contract.project, tag)] == [number]


def test_nobody_creates_nothing(anonymous, driver, contract, tag):
    with pytest.raises(UnreachableError, match="500"):  # a failure of its own, with a report's number
        anonymous.create_bug(contract.project, "by nobody", "x", [tag])
    assert driver.search(contract.project, tag) == []
