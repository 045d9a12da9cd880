"""A bug's own part, over all projects: title, tags, duplicates, subscriptions, comments."""

import pytest

from tracker.launchpad import links
from tracker.launchpad.gateway import RefusedError, StaleError
from tracker.launchpad.snapshots import TaskSnapshot

# Title and tags


def test_title_and_tags_are_written_at_once(driver, file, tag):
    bug = driver.fetch_bug(file().bug)
    driver.update_bug(bug, title='a "new" title', tags=sorted({*bug.tags, f"{tag}-more"}))
    bug = driver.fetch_bug(bug.number)
    assert (bug.title, bug.tags) == ('a "new" title', (tag, f"{tag}-more"))


def test_tags_are_extended_under_the_bugs_own_etag(driver, ordinary, file, tag):
    bug = driver.fetch_bug(file().bug)
    ordinary.update_bug(bug, tags=[tag, f"{tag}-theirs"])
    with pytest.raises(StaleError):
        driver.update_bug(bug, tags=[tag, f"{tag}-ours"])
    assert driver.fetch_bug(bug.number).tags == (tag, f"{tag}-theirs")


def test_a_changed_task_and_a_comment_do_not_make_the_bug_stale(driver, file, tag):
    task = file()
    bug = driver.fetch_bug(task.bug)
    driver.update_task(task, {"status": "Confirmed"})
    driver.comment(task.bug, "a comment")
    driver.update_bug(bug, title="another title")
    assert driver.fetch_bug(task.bug).title == "another title"


def test_a_new_title_of_200_characters_is_taken_and_of_201_refused(driver, file):
    bug = driver.fetch_bug(file().bug)
    with pytest.raises(RefusedError) as refused:
        driver.update_bug(bug, title="x" * 201, tags=[])
    assert set(refused.value.fields) == {"title"}
    assert driver.fetch_bug(bug.number) == bug
    driver.update_bug(bug, title="x" * 200)
    assert driver.fetch_bug(bug.number).title == "x" * 200


def test_a_refused_tag_is_named(driver, file, tag):
    bug = driver.fetch_bug(file().bug)
    with pytest.raises(RefusedError) as refused:
        driver.update_bug(bug, tags=[tag, "Not A Tag"])
    assert set(refused.value.fields) == {"tags"}


def test_tags_are_stored_sorted_and_once(driver, file, tag):
    bug = driver.fetch_bug(file().bug)
    driver.update_bug(bug, tags=[f"{tag}-z", tag, f"{tag}-a", tag])
    assert driver.fetch_bug(bug.number).tags == (tag, f"{tag}-a", f"{tag}-z")


def test_of_a_refused_write_of_a_bug_nothing_is_written(driver, file, tag):
    bug = driver.fetch_bug(file().bug)
    with pytest.raises(RefusedError) as refused:
        driver.update_bug(bug, title="x" * 201, tags=[tag, f"{tag}-more"])
    assert set(refused.value.fields) == {"title"}
    assert driver.fetch_bug(bug.number) == bug


# Duplicates


def test_a_duplicate_is_marked_and_shows_its_master(driver, file, contract):
    first, second = file(), file()
    driver.mark_duplicate(driver.fetch_bug(second.bug), first.bug)
    assert driver.fetch_bug(second.bug).duplicate_of == first.bug
    assert driver.fetch_bug(first.bug).duplicate_of is None
    assert isinstance(driver.fetch_task(contract.project, second.bug), TaskSnapshot)


def test_anybody_may_mark_a_duplicate(ordinary, file):
    first, second = file(), file()
    ordinary.mark_duplicate(ordinary.fetch_bug(second.bug), first.bug)
    assert ordinary.fetch_bug(second.bug).duplicate_of == first.bug


def test_a_bug_is_no_duplicate_of_itself_nor_of_a_duplicate(driver, file):
    first, second, third = file(), file(), file()
    with pytest.raises(RefusedError, match="can't mark"):
        driver.mark_duplicate(driver.fetch_bug(first.bug), first.bug)
    driver.mark_duplicate(driver.fetch_bug(second.bug), first.bug)
    with pytest.raises(RefusedError):
        driver.mark_duplicate(driver.fetch_bug(third.bug), second.bug)
    assert driver.fetch_bug(third.bug).duplicate_of is None
    with pytest.raises(RefusedError):  # back
        driver.mark_duplicate(driver.fetch_bug(first.bug), second.bug)
    assert driver.fetch_bug(first.bug).duplicate_of is None


def test_the_words_of_a_validator_are_escaped_as_for_a_page(file, raw, driver):
    number = file().bug
    answer = raw.patch_bug(number, duplicate_of_link=links.bug_url(driver._wire.root, number))
    assert answer.status == 400
    assert answer.content.startswith(b"duplicate_of_link: \nYou can&#x27;t mark a bug")


def test_marking_on_a_stale_read_is_refused(driver, ordinary, file):
    first, second = file(), file()
    bug = driver.fetch_bug(second.bug)
    ordinary.update_bug(bug, title="somebody changed it")
    with pytest.raises(StaleError):
        driver.mark_duplicate(bug, first.bug)


# Subscriptions and comments


def test_subscribing_twice_subscribes_once(ordinary, file, raw, contract):
    task = file()
    for _ in range(2):
        ordinary.subscribe(task.bug, contract.people[1])
    assert raw.subscribers(task.bug).count(contract.people[1]) == 1


def test_a_team_can_be_subscribed(driver, file, raw, contract):
    task = file()
    driver.subscribe(task.bug, contract.team)
    assert contract.team in raw.subscribers(task.bug)


def test_an_unknown_account_cannot_be_subscribed(driver, file, tag):
    with pytest.raises(RefusedError, match="person: No such object"):
        driver.subscribe(file().bug, f"no-{tag}")


def test_the_same_comment_twice_stands_twice(driver, file, raw):
    task = file()
    for _ in range(2):
        driver.comment(task.bug, "the same")
    assert raw.messages(task.bug)[1:] == ["the same", "the same"]


def test_a_comment_is_added_once(driver, file, raw):
    task = file()
    driver.comment(task.bug, 'Done, as these show:\nhttps://example.com/?a=1&b="2"')
    assert raw.messages(task.bug)[1:] == ['Done, as these show:\nhttps://example.com/?a=1&b="2"']
