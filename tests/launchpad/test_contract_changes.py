"""Reading what changed since: what a search by time shows, and what only the count of all rows gives away."""

import json
from datetime import UTC, timedelta, timezone

import pytest

from tracker.launchpad import searches
from tracker.launchpad.replies import UnreachableError
from tracker.launchpad.searches import OVERLAP

TICK = timedelta(microseconds=1)


@pytest.fixture
def changed(driver, contract, tag):
    """Search for what changed since a time; returns the bugs' numbers."""

    def search(since, *, form=lambda time: time.isoformat()):
        query = driver._searches._query(tag, searches._PUBLIC)
        found = driver._searches._read(contract.project, {**query, "modified_since": json.dumps(form(since))})
        return [task.bug for task in searches._tasks(found)]

    return search


@pytest.fixture
def count(driver, contract, tag):
    """Ask for the number of public bugs that carry the test's tag."""
    return lambda: driver._searches._count(contract.project, driver._searches._query(tag, searches._PUBLIC))


# By time


def test_a_change_is_shown_after_a_time_and_not_at_it(file, raw, changed):
    task = file()
    stamp = raw.stamp(task.bug)
    assert changed(stamp) == []
    assert changed(stamp - TICK) == [task.bug]


def test_a_time_may_be_in_whole_seconds(file, raw, changed):
    task = file()
    stamp = raw.stamp(task.bug).replace(microsecond=0)
    assert changed(stamp - timedelta(seconds=1)) == [task.bug]
    assert changed(stamp + timedelta(seconds=1)) == []


def test_a_time_is_in_utc(file, raw, changed):
    stamp = raw.stamp(file().bug)
    assert stamp.utcoffset() == timedelta()
    with pytest.raises(UnreachableError, match="400"):
        changed(stamp.astimezone(timezone(timedelta(hours=1))))


@pytest.mark.parametrize(
    ("field", "value", "former"),
    [
        ("status", "Invalid", "New"),
        ("importance", "Low", "Undecided"),
        ("lead", "somebody", None),
        ("milestone", "active", None),
    ],
)
def test_a_changed_task_is_shown(driver, file, raw, contract, changed, field, value, former):
    task = file()
    values = {"somebody": contract.people[0], "active": contract.active}
    for change in (values.get(value, value), former):
        stamp = raw.stamp(task.bug)
        task = driver.update_task(task, {field: change})
        assert changed(stamp) == [task.bug]


@pytest.mark.parametrize("field", ["title", "description", "tags"])
def test_a_changed_bug_is_shown(driver, file, raw, changed, tag, field):
    task = file()
    stamp = raw.stamp(task.bug)
    driver.update_bug(driver.fetch_bug(task.bug), **{field: [tag, f"{tag}-more"] if field == "tags" else "another"})
    assert changed(stamp) == [task.bug]


def test_a_comment_is_shown(driver, file, raw, changed):
    task = file()
    stamp = raw.stamp(task.bug)
    driver.comment(task.bug, "a comment")
    assert changed(stamp) == [task.bug]


def test_a_bug_that_gets_the_tag_is_shown(driver, contract, raw, changed, tag):
    number = driver.create_bug(contract.project, "not yet tagged", "x", [])
    stamp = raw.stamp(number)
    assert changed(stamp - TICK) == []
    driver.update_bug(driver.fetch_bug(number), tags=[tag])
    assert changed(stamp) == [number]


# By number


def test_the_count_is_a_bare_number(driver, file, contract, tag, count):
    assert count() == 0
    filed = [file() for _ in range(2)]
    driver.update_task(filed[0], {"status": "Fix Released"})
    assert count() == 2
    query = {**driver._searches._query(tag, searches._PUBLIC), "ws.show": "total_size"}
    assert driver._searches._get(contract.project, query).json() == 2


def untag(driver, raw, task, contract):
    driver.update_bug(driver.fetch_bug(task.bug), tags=[])


def hide(driver, raw, task, contract):
    raw.hide(task.bug)


def move(driver, raw, task, contract):
    raw.move(task, contract.other_project)


def repeat(driver, raw, task, contract):
    master = driver.create_bug(contract.project, "the master", "x", [])
    driver.mark_duplicate(driver.fetch_bug(task.bug), master)


def delete(driver, raw, task, contract):
    raw.add_task(task.bug, contract.other_project)
    raw.delete_task(task.bug, contract.project)


@pytest.mark.parametrize("change", [untag, hide, move, repeat, delete])
def test_what_no_search_shows_any_longer_is_missing_from_the_count(
    driver, raw, file, contract, changed, count, change
):
    task, other = file(), file()
    before = min(raw.stamp(one.bug) for one in (task, other)) - TICK
    change(driver, raw, task, contract)
    assert changed(before) == [other.bug]
    assert count() == 1


def test_what_came_from_another_project_is_counted(raw, file, contract, count):
    task = file(project=contract.other_project)
    assert count() == 0
    raw.add_task(task.bug, contract.project)
    assert count() == 1


# Launchpad's clock


def test_an_answer_says_when_it_was_given_by_the_clock_that_stamps(driver, file, raw, contract, tag):
    task = file()
    driver.search(contract.project, tag)
    shown = driver.shown_at(contract.project)
    assert shown.tzinfo is UTC
    assert abs(shown - raw.stamp(task.bug)) < OVERLAP / 2
