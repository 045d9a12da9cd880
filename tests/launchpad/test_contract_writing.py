"""Writing a bug's task: all of it or nothing, and under the ETag of what was read."""

from datetime import datetime

import pytest

from tracker.launchpad import limits, links
from tracker.launchpad.gateway import MovedError, RefusedError, StaleError


def read(gateway, task):
    return gateway.fetch_task(task.project, task.bug)


def test_all_fields_of_a_task_are_written_at_once_and_answered_as_they_are_then(driver, file, contract):
    task = file()
    changes = {
        "status": "In Progress",
        "importance": "High",
        "lead": contract.people[0],
        "milestone": contract.active,
    }
    written = driver.update_task(task, changes)
    assert (written.status, written.importance) == ("In Progress", "High")
    assert (written.assignee, written.milestone) == (contract.people[0], contract.active)
    assert written == read(driver, task)
    assert written.etag != task.etag


def test_a_written_task_is_answered_209_with_all_of_it(file, raw, contract):
    task = file()
    answer = raw.patch_task(task, status="Confirmed")
    shown = raw.get(f"{contract.project}/+bug/{task.bug}")
    assert (answer.status, answer.json()) == (209, shown)
    assert shown["http_etag"] != task.etag


def test_a_write_rests_on_the_answer_of_the_one_before(driver, file):
    task = driver.update_task(file(), {"status": "Confirmed"})
    assert driver.update_task(task, {"status": "In Progress"}).status == "In Progress"


def test_a_write_rests_on_what_a_search_showed(driver, file, contract, tag):
    file()
    (task,) = driver.search(contract.project, tag)
    assert driver.update_task(task, {"status": "Confirmed"}).status == "Confirmed"


def test_a_closed_task_says_since_when_until_it_is_opened_again(driver, file):
    task = file()
    assert task.closed is None
    task = driver.update_task(task, {"status": "Invalid"})
    assert datetime.fromisoformat(task.closed).tzinfo is not None
    assert read(driver, task).closed == task.closed
    assert driver.update_task(task, {"status": "Confirmed"}).closed is None


@pytest.mark.parametrize("field", ["lead", "milestone"])
def test_nothing_clears_a_field(driver, file, contract, field):
    task = driver.update_task(file(), {"lead": contract.people[1], "milestone": contract.active})
    cleared = driver.update_task(task, {field: None})
    assert (cleared.assignee is None, cleared.milestone is None) == (field == "lead", field == "milestone")
    assert cleared == read(driver, task)


def test_a_team_can_be_assigned(driver, file, contract):
    assert driver.update_task(file(), {"lead": contract.team}).assignee == contract.team


@pytest.mark.parametrize("word", limits.IMPORTANCES)
def test_every_importance_that_a_recap_may_use_is_taken(driver, file, word):
    assert driver.update_task(file(), {"importance": word}).importance == word


def test_a_stale_write_is_refused_and_writes_nothing(driver, ordinary, file):
    task = file()
    theirs = ordinary.update_task(task, {"status": "Incomplete"})
    with pytest.raises(StaleError):
        driver.update_task(task, {"status": "Confirmed", "importance": "Low"})
    assert read(driver, task) == theirs


def test_a_stale_write_is_answered_412(ordinary, file, raw):
    task = file()
    ordinary.update_task(task, {"status": "Incomplete"})
    assert raw.patch_task(task, status="Confirmed").status == 412


def test_a_stale_write_of_the_same_value_is_stale_too(driver, ordinary, file):
    task = file()
    ordinary.update_task(task, {"status": "Incomplete"})
    with pytest.raises(StaleError):
        driver.update_task(task, {"status": "Incomplete"})


def test_a_comment_and_a_new_title_do_not_make_a_task_stale(driver, ordinary, file):
    task = file()
    ordinary.comment(task.bug, "a comment")
    ordinary.update_bug(ordinary.fetch_bug(task.bug), title="another title")
    assert driver.update_task(task, {"status": "Confirmed"}).title == "another title"


def test_the_read_of_one_account_lets_another_write(driver, ordinary, file, contract):
    task = ordinary.fetch_task(contract.project, file().bug)
    assert driver.update_task(task, {"importance": "Low"}).importance == "Low"


def test_a_write_to_a_moved_task_is_told_and_writes_nothing(driver, file, raw, contract):
    task = file()
    raw.move(task, contract.other_project)
    before = driver.fetch_task(contract.other_project, task.bug)
    with pytest.raises(MovedError):
        driver.update_task(task, {"status": "Fix Released"})
    assert driver.fetch_task(contract.other_project, task.bug) == before


def test_a_write_to_a_project_in_which_the_bug_has_no_task_is_told_and_writes_nothing(driver, file, raw, contract):
    task = file()
    elsewhere = links.task_url(driver._wire.root, contract.other_project, task.bug)
    for etag in (None, task.etag):
        answer = driver._wire.patch(elsewhere, {"status": "Fix Released"}, etag)
        assert answer.status == 301
        assert answer.location == links.task_url(driver._wire.root, contract.project, task.bug)
    assert read(driver, task) == task


# Refused values


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("milestone", "inactive"),
        ("milestone", "no-such-milestone"),
        ("lead", "no-such-person"),
        ("status", "Nonsense"),
        ("status", "confirmed"),
        ("importance", "Urgent"),
    ],
)
def test_a_refused_value_names_its_field_and_nothing_is_written(driver, file, contract, field, value, tag):
    task = file()
    value = {"inactive": contract.inactive, "no-such-person": f"no-{tag}"}.get(value, value)
    with pytest.raises(RefusedError) as refused:
        driver.update_task(task, {"status": "In Progress", "importance": "Low", field: value})
    assert set(refused.value.fields) == {field}
    assert refused.value.fields[field]
    assert read(driver, task) == task


def test_refused_values_are_answered_400_with_a_line_for_each(file, raw):
    answer = raw.patch_task(file(), status="Nonsense", importance="Urgent")
    assert answer.status == 400
    assert sorted(line.split(": ")[0] for line in answer.text.splitlines()) == ["importance", "status"]


def test_all_refused_values_are_named_at_once(driver, file, contract, tag):
    with pytest.raises(RefusedError) as refused:
        driver.update_task(file(), {"milestone": contract.inactive, "lead": f"no-{tag}", "status": "Nonsense"})
    assert set(refused.value.fields) == {"milestone", "lead", "status"}
