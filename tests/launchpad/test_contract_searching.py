"""Searching a project by tag: what is found, in which pages, and by whom."""

import json

import pytest

from tracker.launchpad import links, searches
from tracker.launchpad.gateway import Gateway
from tracker.launchpad.replies import UnreachableError
from tracker.launchpad.searches import NoProjectError
from tracker.launchpad.snapshots import TaskSnapshot


def numbers(tasks):
    return [task.bug for task in tasks]


def ask(gateway, project, tag, **parameters):
    """Send the query of a search with some parameters changed; returns the answer."""
    query = gateway._searches._query(tag, searches._PUBLIC)
    return gateway._searches._get(project, {**query, **parameters})


# What is found


def test_a_search_finds_what_was_filed_at_once_and_in_order(driver, file, contract, tag):
    filed = [file(f"bug {word}").bug for word in "cab"]
    found = driver.search(contract.project, tag)
    assert [task.bug for task in found] == sorted(filed)
    assert {task.title for task in found} == {"bug a", "bug b", "bug c"}


def test_a_search_is_for_the_whole_tag(driver, contract, tag):
    # Digits alone would be a number, were they not sent as text.
    tags = [tag, f"{tag}-more", f"{tag}+a.b", str(int(tag[-6:], 16) + 10**9)]
    filed = {word: driver.create_bug(contract.project, "a bug", "x", [word]) for word in tags}
    for word, number in filed.items():
        assert numbers(driver.search(contract.project, word)) == [number]


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


def test_one_status_that_the_service_does_not_know_fails_the_whole_search(driver, contract, tag):
    with pytest.raises(UnreachableError, match="400"):
        ask(driver, contract.project, tag, status=json.dumps(["New", "Nonsense"]))


def test_the_status_unknown_cannot_be_searched_for(connect, contract, tag, monkeypatch):
    monkeypatch.setattr(searches, "_NOT_SEARCHABLE", set())
    asking = Gateway(connect("driver")._wire)  # its statuses are not yet remembered
    with pytest.raises(UnreachableError, match="400"):
        asking.search(contract.project, tag)


# Pages


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


def test_a_page_has_the_size_and_the_start_that_were_asked_for(driver, file, contract, tag):
    filed = [file(f"bug {index}").bug for index in range(3)]

    def page(start, size):
        return ask(driver, contract.project, tag, **{"ws.start": str(start), "ws.size": str(size)}).json()

    for start, size in ((0, 2), (1, 2), (2, 1), (1, 1), (0, 300)):
        shown = page(start, size)
        assert [links.bug_number(entry["bug_link"]) for entry in shown["entries"]] == filed[start : start + size]
        assert ("next_collection_link" in shown) is (start + size < len(filed))
        assert shown.get("total_size", 3) == len(filed)
        assert "total_size" in shown or "next_collection_link" in shown
    assert page(3, 2)["entries"] == []


# What is left out, and for whom


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


def test_a_search_leaves_private_bugs_out_even_for_those_who_see_them(driver, ordinary, raw, file, contract, tag):
    secret, public = file(), file()
    raw.hide(secret.bug)
    for account in (driver, ordinary):
        assert [task.bug for task in account.search(contract.project, tag)] == [public.bug]
    assert [task.bug for task in driver.search(contract.project, tag, private=True)] == [secret.bug]
    assert ordinary.search(contract.project, tag, private=True) == []
    assert driver.fetch_bug(secret.bug).private is True
    assert driver.fetch_bug(public.bug).private is False
    assert isinstance(driver.fetch_task(contract.project, secret.bug), TaskSnapshot)


def test_a_search_finds_public_bugs_about_security(driver, raw, file, contract, tag):
    task = file()
    driver.update_bug(driver.fetch_bug(task.bug), security_related=True)
    assert [found.bug for found in driver.search(contract.project, tag)] == [task.bug]
    raw.hide(task.bug)
    assert driver.search(contract.project, tag) == []
    assert [found.bug for found in driver.search(contract.project, tag, private=True)] == [task.bug]
    assert driver.fetch_bug(task.bug).private is True


def test_to_a_token_of_public_things_private_bugs_do_not_exist(driver, readonly, raw, file, contract, tag):
    secret, public = file(), file()
    raw.hide(secret.bug)
    assert driver.fetch_bug(secret.bug).private
    assert readonly.fetch_bug(secret.bug) is None
    assert numbers(readonly.search(contract.project, tag)) == [public.bug]
    assert readonly.search(contract.project, tag, private=True) == []


def test_a_search_in_an_unknown_project_names_it(driver, tag):
    with pytest.raises(NoProjectError, match=f'Launchpad shows no project "no-{tag}"'):
        driver.search(f"no-{tag}", tag)


def test_a_project_under_another_address_is_told(driver, contract, tag):
    # Names are lower case, and others lead there, as a project's former name does.
    with pytest.raises(NoProjectError, match="under another address"):
        driver.search(contract.project.upper(), tag)


def test_nobody_can_search_and_read_what_is_public(anonymous, file, contract, tag):
    task = file()
    assert [found.bug for found in anonymous.search(contract.project, tag)] == [task.bug]
    assert anonymous.fetch_task(contract.project, task.bug).title == task.title
    assert anonymous.fetch_bug(task.bug).tags == (tag,)
