"""What the gateway writes, what Launchpad refuses, and that a refused write leaves everything as it was."""

import pytest

from tracker.launchpad import limits, links
from tracker.launchpad.gateway import MovedError, RefusedError, StaleError
from tracker.launchpad.wire import UnreachableError


def read(gateway, task):
    return gateway.fetch_task(task.project, task.bug)


# Creating


def test_a_created_bug_has_what_was_sent(driver, contract, tag):
    text = "first line\n\n  indented: “quotes”, ☃ & <b>\nlast line: ocata/x#an-action"
    number = driver.create_bug(contract.project, "a title", text, [f"{tag}-z", tag, f"{tag}-a", tag])
    bug = driver.fetch_bug(number)
    assert (bug.number, bug.title, bug.description) == (number, "a title", text)
    assert bug.tags == (tag, f"{tag}-a", f"{tag}-z")
    assert (bug.duplicate_of, bug.private) == (None, False)


def test_creating_twice_makes_two_bugs(driver, contract, tag):
    first, second = (driver.create_bug(contract.project, "same", "same", [tag]) for _ in range(2))
    assert first < second


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


def test_nobody_creates_nothing(anonymous, driver, contract, tag):
    with pytest.raises(UnreachableError, match="500"):  # a failure of its own, with a report's number
        anonymous.create_bug(contract.project, "by nobody", "x", [tag])
    assert driver.search(contract.project, tag) == []


# A task


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


def test_a_write_rests_on_the_answer_of_the_one_before(driver, file):
    task = driver.update_task(file(), {"status": "Confirmed"})
    assert driver.update_task(task, {"status": "In Progress"}).status == "In Progress"


def test_a_write_rests_on_what_a_search_showed(driver, file, contract, tag):
    file()
    (task,) = driver.search(contract.project, tag)
    assert driver.update_task(task, {"status": "Confirmed"}).status == "Confirmed"


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


def test_all_refused_values_are_named_at_once(driver, file, contract, tag):
    with pytest.raises(RefusedError) as refused:
        driver.update_task(file(), {"milestone": contract.inactive, "lead": f"no-{tag}", "status": "Nonsense"})
    assert set(refused.value.fields) == {"milestone", "lead", "status"}


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


def test_of_two_missing_rights_one_is_named(ordinary, file, contract):
    with pytest.raises(RefusedError) as refused:
        ordinary.update_task(file(), {"importance": "High", "milestone": contract.active})
    assert len(refused.value.fields) == 1
    assert set(refused.value.fields) < {"importance", "milestone"}


def test_a_status_that_only_supervisors_leave_is_named(driver, ordinary, file):
    task = driver.update_task(file(), {"status": "Won't Fix"})
    with pytest.raises(RefusedError) as refused:
        ordinary.update_task(ordinary.fetch_task(task.project, task.bug), {"status": "Confirmed"})
    assert set(refused.value.fields) == {"status"}


@pytest.mark.parametrize("word", ["Incomplete", "Confirmed", "In Progress", "Fix Committed", "Invalid", "Opinion"])
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


# A bug


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


# Duplicates


def test_a_duplicate_is_marked_and_shows_its_master(driver, file, contract):
    first, second = file(), file()
    driver.mark_duplicate(driver.fetch_bug(second.bug), first.bug)
    assert driver.fetch_bug(second.bug).duplicate_of == first.bug
    assert driver.fetch_bug(first.bug).duplicate_of is None
    assert driver.fetch_task(contract.project, second.bug).bug == second.bug


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


def test_a_comment_is_added_once(driver, file, raw):
    task = file()
    driver.comment(task.bug, 'Done, as these show:\nhttps://example.com/?a=1&b="2"')
    assert raw.messages(task.bug)[1:] == ['Done, as these show:\nhttps://example.com/?a=1&b="2"']


def test_built_addresses_are_those_that_the_service_gives(driver, file, raw, contract):
    task = driver.update_task(file(), {"lead": contract.people[0], "milestone": contract.active})
    root = driver._wire.root
    entry = raw.get(f"{contract.project}/+bug/{task.bug}")
    assert entry["self_link"] == links.task_url(root, contract.project, task.bug)
    assert entry["bug_link"] == links.bug_url(root, task.bug)
    assert entry["assignee_link"] == links.person_url(root, contract.people[0])
    assert entry["milestone_link"] == links.milestone_url(root, contract.project, contract.active)
