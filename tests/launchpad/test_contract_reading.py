"""What the gateway reads alone: accounts, tasks and bugs, and how Launchpad shows them."""

import pytest

from tracker.launchpad import links
from tracker.launchpad.links import BugLink
from tracker.launchpad.snapshots import Elsewhere, Invisible, TaskSnapshot, created_task


def gone(number):
    """Return a number that no bug has yet."""
    return number + 1_000_000_000


# Accounts


def test_me_is_an_address_that_leads_to_the_account(driver):
    answer = driver._wire.get(f"{driver._wire.root}people/+me")
    assert answer.status == 303
    assert answer.location == links.person_url(driver._wire.root, driver.account)


def test_me_leads_to_the_account(driver, file):
    task = driver.update_task(file(), {"lead": driver.account})
    assert task.assignee == driver.account != ""


def test_two_accounts_are_told_apart(driver, ordinary):
    assert driver.account != ordinary.account


def test_nobody_has_no_account(anonymous):
    assert anonymous.is_anonymous
    assert anonymous.account == ""


def test_an_account_shows_a_name_for_people(driver, raw):
    assert raw.get(f"~{driver.account}")["display_name"].strip()


def test_an_account_that_is_there_is_found_and_another_is_404(driver, contract, tag):
    for name in (*contract.people, contract.team):
        assert driver.find_account(name) == name
    assert driver.find_account(f"no-{tag}") is None


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
        " blanks at both ends ",
        "a separator\u2028of lines, a bell \a",
        # What would be a value of another kind, were it not sent as text.
        "123",
        "null",
        "[]",
        '{"a": 1}',
    ],
)
def test_a_title_is_read_out_of_the_tasks_title_as_it_was_sent(driver, file, contract, tag, title):
    project = contract.other_project if '"' in title else contract.project
    task = file(title, project=project)
    assert task.title == title
    assert [found.title for found in driver.search(project, tag)] == [title]
    assert driver.fetch_bug(task.bug).title == title


def test_a_task_that_was_read_shows_the_bugs_new_title(driver, file, contract):
    task = driver.fetch_task(contract.project, file("before").bug)
    driver.update_bug(driver.fetch_bug(task.bug), title="after")
    assert driver.fetch_task(contract.project, task.bug).title == "after"


# Tasks


def test_a_new_task_has_the_values_that_creation_is_taken_to_give(file, contract):
    task = file("fresh")
    blank = created_task(task.bug, contract.project, "fresh")
    assert task == TaskSnapshot(**{**{name: getattr(blank, name) for name in blank.__slots__}, **given(task)})


def given(task):
    return {"etag": task.etag, "page": task.page}


def test_the_pages_of_a_task_and_a_bug_are_addresses_that_a_recap_may_hold(driver, file, contract):
    task = file()
    assert links.parse_bug_link(task.page) == BugLink(task.bug, contract.project)
    bug = driver._wire.get(links.bug_url(driver._wire.root, task.bug)).json()
    assert links.parse_bug_link(bug["web_link"]) == BugLink(task.bug)


def test_built_addresses_are_those_that_the_service_gives(driver, file, raw, contract):
    task = driver.update_task(file(), {"lead": contract.people[0], "milestone": contract.active})
    root = driver._wire.root
    entry = raw.get(f"{contract.project}/+bug/{task.bug}")
    assert entry["self_link"] == links.task_url(root, contract.project, task.bug)
    assert entry["bug_link"] == links.bug_url(root, task.bug)
    assert entry["assignee_link"] == links.person_url(root, contract.people[0])
    assert entry["milestone_link"] == links.milestone_url(root, contract.project, contract.active)


def test_a_task_that_did_not_change_is_not_sent_again(driver, file):
    task = file()
    address = links.task_url(driver._wire.root, task.project, task.bug)
    driver._wire.get(address)
    response, _ = driver._wire._http.request(address, headers={"Accept": "application/json"})
    assert (response.fromcache, response["status"]) == (True, "304")


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
    assert isinstance(driver.fetch_task(contract.other_project, task.bug), TaskSnapshot)


def test_a_task_that_was_elsewhere_is_read_once_it_is_there(driver, file, raw, contract):
    task = file()
    assert isinstance(driver.fetch_task(contract.other_project, task.bug), Elsewhere)
    raw.add_task(task.bug, contract.other_project)
    assert isinstance(driver.fetch_task(contract.other_project, task.bug), TaskSnapshot)


def test_an_unknown_bug_is_invisible(driver, file, contract):
    number = gone(file().bug)
    assert driver.fetch_bug(number) is None
    assert driver.fetch_task(contract.project, number) == Invisible(number)


def test_a_private_bug_is_as_an_unknown_one_to_those_who_may_not_see_it(
    driver, ordinary, anonymous, raw, file, contract
):
    task = file()
    raw.hide(task.bug)
    assert driver.fetch_bug(task.bug).private
    for other in (ordinary, anonymous):
        assert other.fetch_bug(task.bug) is None
        assert other.fetch_task(contract.project, task.bug) == Invisible(task.bug)
        answers = [other._wire.get(links.bug_url(driver._wire.root, one)) for one in (task.bug, gone(task.bug))]
        assert [answer.status for answer in answers] == [404, 404]


def test_a_bug_is_hidden_from_others_even_after_it_was_read(driver, ordinary, raw, file, contract):
    task = file()
    assert ordinary.fetch_bug(task.bug) is not None
    assert isinstance(ordinary.fetch_task(contract.project, task.bug), TaskSnapshot)
    raw.hide(task.bug)
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
