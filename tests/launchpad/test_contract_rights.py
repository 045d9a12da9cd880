"""Who may change what: which refusals depend on the account, and which fields they name."""

import pytest

from tracker.launchpad import links
from tracker.launchpad.gateway import RefusedError


def read(gateway, task):
    return gateway.fetch_task(task.project, task.bug)


@pytest.mark.parametrize(
    ("field", "value"),
    [("importance", "High"), ("milestone", "active"), ("status", "Triaged"), ("status", "Won't Fix")],
)
def test_what_the_account_may_not_change_is_named_and_nothing_is_written(ordinary, file, contract, field, value):
    task = file()
    value = contract.active if value == "active" else value
    with pytest.raises(RefusedError) as refused:
        ordinary.update_task(task, {"status": "In Progress", "lead": None, field: value})
    assert set(refused.value.fields) == {field}
    assert read(ordinary, task) == task


@pytest.mark.parametrize("field", ["importance", "milestone_link", "status"])
def test_a_missing_right_is_answered_401_with_a_sentence_about_the_field(file, raw_ordinary, contract, field):
    milestone = links.milestone_url(raw_ordinary.wire.root, contract.project, contract.active)
    values = {"importance": "High", "milestone_link": milestone, "status": "Triaged"}
    answer = raw_ordinary.patch_task(file(), **{field: values[field]})
    assert answer.status == 401
    assert field.removesuffix("_link") in answer.text
    assert not answer.text.startswith(f"{field}:")


def test_of_two_missing_rights_one_is_named(ordinary, file, contract):
    with pytest.raises(RefusedError) as refused:
        ordinary.update_task(file(), {"importance": "High", "milestone": contract.active})
    assert len(refused.value.fields) == 1
    assert set(refused.value.fields) < {"importance", "milestone"}


def test_a_missing_right_is_answered_401_with_the_attribute_where_there_is_no_sentence(anonymous, file):
    wire, number = anonymous._wire, file().bug
    answer = wire.patch(links.bug_url(wire.root, number), {"title": "another"}, None)
    assert answer.status == 401
    assert answer.text.strip().endswith(", 'title', 'launchpad.Edit')")


@pytest.mark.parametrize("word", ["Won't Fix", "Fix Released"])
def test_a_status_that_only_supervisors_leave_is_named(driver, ordinary, file, word):
    task = driver.update_task(file(), {"status": word})
    with pytest.raises(RefusedError) as refused:
        ordinary.update_task(ordinary.fetch_task(task.project, task.bug), {"status": "Confirmed"})
    assert set(refused.value.fields) == {"status"}


@pytest.mark.parametrize(
    "word", ["Incomplete", "Confirmed", "In Progress", "Fix Committed", "Fix Released", "Invalid", "Opinion"]
)
def test_an_ordinary_account_may_set_the_usual_words(ordinary, file, word):
    assert ordinary.update_task(file(by=ordinary), {"status": word}).status == word


def test_who_may_assign_others_depends_on_the_bug_supervisor(ordinary, file, raw, contract):
    for project in (contract.project, contract.other_project):
        task = file(project=project)
        changes = {"lead": contract.people[0], "status": "In Progress"}
        if raw.has_bug_supervisor(project):
            with pytest.raises(RefusedError) as refused:
                ordinary.update_task(task, changes)
            assert set(refused.value.fields) == {"lead"}
            assert read(ordinary, task) == task
        else:
            assert ordinary.update_task(task, changes).assignee == contract.people[0]


def test_anybody_may_assign_themselves_and_unassign_anybody(driver, ordinary, file, contract):
    for project in (contract.project, contract.other_project):
        task = driver.update_task(file(project=project), {"lead": contract.people[1]})
        assert ordinary.update_task(task, {"lead": None}).assignee is None
        task = ordinary.fetch_task(project, task.bug)
        assert ordinary.update_task(task, {"lead": ordinary.account}).assignee == ordinary.account


def test_anybody_may_rename_tag_and_comment_and_subscribe_others(ordinary, file, raw, contract, tag):
    task = file()
    ordinary.update_bug(ordinary.fetch_bug(task.bug), title="renamed", tags=[tag, f"{tag}-more"])
    ordinary.comment(task.bug, "a comment")
    ordinary.subscribe(task.bug, contract.people[0])
    bug = ordinary.fetch_bug(task.bug)
    assert (bug.title, bug.tags) == ("renamed", (tag, f"{tag}-more"))
    assert raw.messages(task.bug)[1:] == ["a comment"]
    assert contract.people[0] in raw.subscribers(task.bug)


def test_a_write_of_the_present_value_is_no_proof_of_a_right(ordinary, driver, file):
    task = driver.update_task(file(), {"importance": "Low"})
    assert ordinary.update_task(task, {"importance": "Low"}).importance == "Low"


@pytest.mark.parametrize("who", ["readonly", "anonymous"])
def test_without_a_right_to_write_nothing_is_written(request, driver, file, who, tag):
    reader = request.getfixturevalue(who)
    task = file()
    bug = driver.fetch_bug(task.bug)
    with pytest.raises(RefusedError):
        reader.update_task(task, {"status": "Confirmed"})
    with pytest.raises(RefusedError) as refused:
        reader.update_bug(bug, title="another")
    assert set(refused.value.fields) == {"title"}
    with pytest.raises(RefusedError):
        reader.comment(task.bug, "a comment")
    assert (read(driver, task), driver.fetch_bug(task.bug)) == (task, bug)


def test_what_the_service_itself_refuses_is_no_page(raw_ordinary, contract, file):
    task, wire = file(), raw_ordinary.wire
    answers = [
        wire.get(links.bug_url(wire.root, 2_000_000_000)),
        wire.get(links.task_url(wire.root, contract.project, 2_000_000_000)),
        wire.get(links.person_url(wire.root, "no-such-account-here")),
        wire.get(f"{wire.root}no-such-project-here?ws.op=searchTasks"),
        raw_ordinary.patch_task(task, status="Nonsense"),
        raw_ordinary.patch_task(task, importance="High"),
        raw_ordinary.post_bug(contract.project, title="", description="x"),
    ]
    assert [answer.status for answer in answers] == [404, 404, 404, 404, 400, 401, 400]
    assert not any(answer.is_page for answer in answers)
