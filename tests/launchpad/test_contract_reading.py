"""What the gateway reads, and how Launchpad shows it."""

import pytest

from tracker.launchpad import searches
from tracker.launchpad.gateway import Gateway
from tracker.launchpad.snapshots import Elsewhere, Invisible, TaskSnapshot, created_task
from tracker.launchpad.wire import UnreachableError


def hide(driver, number):
    driver.update_bug(driver.fetch_bug(number), private=True)


def gone(number):
    """Return a number that no bug has yet."""
    return number + 1_000_000_000


def test_me_leads_to_the_account(driver, file):
    task = driver.update_task(file(), {"lead": driver.account})
    assert task.assignee == driver.account != ""


def test_two_accounts_are_told_apart(driver, ordinary):
    assert driver.account != ordinary.account


def test_nobody_has_no_account(anonymous):
    assert anonymous.is_anonymous
    assert anonymous.account == ""


# Searching by tag


def test_a_search_finds_what_was_filed_at_once_and_in_order(driver, file, contract, tag):
    filed = [file(f"bug {word}").bug for word in "cab"]
    found = driver.search(contract.project, tag)
    assert [task.bug for task in found] == sorted(filed)
    assert {task.title for task in found} == {"bug a", "bug b", "bug c"}


def test_a_search_for_an_unused_tag_finds_nothing(driver, contract, tag):
    assert driver.search(contract.project, tag) == []


def test_a_search_shows_a_task_as_reading_it_alone_does(driver, file, contract, tag):
    task = driver.update_task(file(), {"lead": contract.people[0], "milestone": contract.active})
    assert driver.search(contract.project, tag) == [task] == [driver.fetch_task(contract.project, task.bug)]


def test_a_search_finds_a_bug_whatever_its_status(driver, file, contract, tag):
    words = [word for word in driver._wire.words("bug_task", "status") if word != "Unknown"]
    task = file()
    for word in sorted(words):
        task = driver.update_task(task, {"status": word})
        assert [(found.bug, found.status) for found in driver.search(contract.project, tag)] == [(task.bug, word)]


def test_the_service_lists_every_status_that_the_tracker_knows(driver):
    listed = set(driver._wire.words("bug_task", "status"))
    assert {"New", "Incomplete", "Confirmed", "Triaged", "In Progress", "Fix Committed", "Fix Released"} <= listed
    assert {"Invalid", "Opinion", "Won't Fix", "Expired"} <= listed


def test_the_status_unknown_cannot_be_searched_for(connect, contract, tag, monkeypatch):
    monkeypatch.setattr(searches, "_NOT_SEARCHABLE", set())
    asking = Gateway(connect("driver")._wire)  # its statuses are not yet remembered
    with pytest.raises(UnreachableError, match="400"):
        asking.search(contract.project, tag)


def test_all_pages_of_a_search_are_read(driver, file, contract, tag, monkeypatch):
    filed = [file(f"bug {index}").bug for index in range(5)]
    asked = []
    get = driver._wire.get
    monkeypatch.setattr(searches, "PAGE_SIZE", 2)
    monkeypatch.setattr(driver._wire, "get", lambda url, **options: (asked.append(url), get(url, **options))[1])
    assert [task.bug for task in driver.search(contract.project, tag)] == filed
    assert len(asked) == 4  # each page begins with the last row of the one before


def test_pages_of_three_hundred_are_the_most(driver, contract, tag, monkeypatch):
    assert searches.PAGE_SIZE == 300
    monkeypatch.setattr(searches, "PAGE_SIZE", 301)
    with pytest.raises(UnreachableError, match="400"):
        driver.search(contract.project, tag)


def test_a_search_is_of_one_project_alone(driver, file, raw, contract, tag):
    here, there = file(), file(project=contract.other_project)
    both = file()
    raw.add_task(both.bug, contract.other_project)
    assert [task.bug for task in driver.search(contract.project, tag)] == [here.bug, both.bug]
    found = driver.search(contract.other_project, tag)
    assert [(task.bug, task.project) for task in found] == [
        (there.bug, contract.other_project),
        (both.bug, contract.other_project),
    ]


def test_a_search_leaves_duplicates_out(driver, file, contract, tag):
    first, second = file(), file()
    driver.mark_duplicate(driver.fetch_bug(second.bug), first.bug)
    assert [task.bug for task in driver.search(contract.project, tag)] == [first.bug]


def test_a_search_leaves_private_bugs_out_even_for_those_who_see_them(driver, ordinary, file, contract, tag):
    secret, public = file(), file()
    hide(driver, secret.bug)
    for account in (driver, ordinary):
        assert [task.bug for task in account.search(contract.project, tag)] == [public.bug]
    assert [task.bug for task in driver.search(contract.project, tag, private=True)] == [secret.bug]
    assert ordinary.search(contract.project, tag, private=True) == []
    assert driver.fetch_bug(secret.bug).private is True
    assert driver.fetch_bug(public.bug).private is False
    assert driver.fetch_task(contract.project, secret.bug).bug == secret.bug


def test_a_search_finds_public_bugs_about_security(driver, file, contract, tag):
    task = file()
    driver.update_bug(driver.fetch_bug(task.bug), security_related=True)
    assert [found.bug for found in driver.search(contract.project, tag)] == [task.bug]
    hide(driver, task.bug)
    assert driver.search(contract.project, tag) == []
    assert [found.bug for found in driver.search(contract.project, tag, private=True)] == [task.bug]
    assert driver.fetch_bug(task.bug).private is True


def test_nobody_asks_for_private_bugs(anonymous, contract, tag, monkeypatch):
    monkeypatch.setattr(anonymous._wire, "get", None)
    assert anonymous.search(contract.project, tag, private=True) == []


def test_a_search_in_an_unknown_project_names_it(driver, tag):
    with pytest.raises(Exception, match=f'Launchpad shows no project "no-{tag}"'):
        driver.search(f"no-{tag}", tag)


def test_nobody_can_search_and_read_what_is_public(anonymous, file, contract, tag):
    task = file()
    assert [found.bug for found in anonymous.search(contract.project, tag)] == [task.bug]
    assert anonymous.fetch_task(contract.project, task.bug).title == task.title
    assert anonymous.fetch_bug(task.bug).tags == (tag,)


# Titles


@pytest.mark.parametrize(
    "title",
    [
        "plain",
        'says "hello"',
        '"all of it"',
        'Bug #1 in nothing: "x"',
        'ends in two ""',
        "l'été — ☃",
        "a\ttab & <b>markup</b> &amp;",
        "back\\slash",
    ],
)
def test_a_title_is_read_out_of_the_tasks_title_as_it_was_sent(driver, file, contract, tag, title):
    for project in (contract.project, contract.other_project):
        task = file(title, project=project)
        assert task.title == title
        assert [found.title for found in driver.search(project, tag)] == [title]
    assert driver.fetch_bug(task.bug).title == title


# Reading alone


def test_a_new_task_has_the_values_that_creation_is_taken_to_give(file, contract):
    task = file("fresh")
    blank = created_task(task.bug, contract.project, "fresh")
    assert task == TaskSnapshot(**{**{name: getattr(blank, name) for name in blank.__slots__}, **given(task)})


def given(task):
    return {"etag": task.etag, "page": task.page}


def test_a_tasks_page_is_an_address_that_a_recap_may_hold(file, contract):
    task = file()
    assert task.page.endswith(f"/{contract.project}/+bug/{task.bug}")


def test_a_bug_without_a_task_in_the_project_is_elsewhere(driver, file, contract):
    task = file()
    answer = driver.fetch_task(contract.other_project, task.bug)
    assert isinstance(answer, Elsewhere)
    assert (answer.bug, answer.project) == (task.bug, contract.other_project)
    assert answer.address.endswith(f"/{contract.project}/+bug/{task.bug}")


def test_a_moved_task_is_elsewhere_under_its_old_address_and_there_under_the_new(driver, file, raw, contract):
    task = file()
    raw.move(task, contract.other_project)
    assert isinstance(driver.fetch_task(contract.project, task.bug), Elsewhere)
    assert driver.fetch_task(contract.other_project, task.bug).bug == task.bug


def test_a_task_that_was_elsewhere_is_read_once_it_is_there(driver, file, raw, contract):
    task = file()
    assert isinstance(driver.fetch_task(contract.other_project, task.bug), Elsewhere)
    raw.add_task(task.bug, contract.other_project)
    assert isinstance(driver.fetch_task(contract.other_project, task.bug), TaskSnapshot)


def test_an_unknown_bug_is_invisible(driver, file, contract):
    number = gone(file().bug)
    assert driver.fetch_bug(number) is None
    assert driver.fetch_task(contract.project, number) == Invisible(number)


def test_a_private_bug_is_as_an_unknown_one_to_those_who_may_not_see_it(driver, ordinary, anonymous, file, contract):
    task = file()
    hide(driver, task.bug)
    assert driver.fetch_bug(task.bug).private
    for other in (ordinary, anonymous):
        assert other.fetch_bug(task.bug) is None
        assert other.fetch_task(contract.project, task.bug) == Invisible(task.bug)


def test_a_bug_is_hidden_from_others_even_after_it_was_read(driver, ordinary, file, contract):
    task = file()
    assert ordinary.fetch_bug(task.bug) is not None
    assert ordinary.fetch_task(contract.project, task.bug).bug == task.bug
    hide(driver, task.bug)
    assert ordinary.fetch_bug(task.bug) is None
    assert ordinary.fetch_task(contract.project, task.bug) == Invisible(task.bug)


def test_a_read_shows_what_somebody_else_has_just_written(driver, ordinary, file, contract):
    task = file()
    assert ordinary.fetch_task(contract.project, task.bug).importance == "Undecided"
    driver.update_task(task, {"importance": "High"})
    assert ordinary.fetch_task(contract.project, task.bug).importance == "High"


def test_a_token_that_only_reads_reads(readonly, driver, file, contract, tag):
    task = file()
    assert readonly.account == driver.account
    assert [found.bug for found in readonly.search(contract.project, tag)] == [task.bug]
