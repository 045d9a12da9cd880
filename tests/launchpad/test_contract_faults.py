"""What becomes of requests whose answers are lost: a proxy stands before the service, whatever service it is."""

from collections.abc import Iterator

import pytest

from tests.launchpad.proxy import Proxy, cut_after, dropped, dropped_after, shortened, stale
from tracker.launchpad.accounts import read_account
from tracker.launchpad.gateway import Gateway, StaleError
from tracker.launchpad.replies import UnansweredError, UnreachableError
from tracker.launchpad.services import Service
from tracker.launchpad.wire import Wire


@pytest.fixture
def standing(contract) -> Iterator[Proxy]:
    with Proxy(contract.root) as proxy:
        yield proxy


@pytest.fixture
def proxied(contract, standing, tmp_path) -> Iterator[Gateway]:
    """Log in as the driver, through the proxy; no pause is waited for."""
    account = read_account(contract.credentials / "driver")
    wire = Wire(Service("proxied", standing.root, account, tmp_path / "cache"), sleep=lambda _: None)
    yield Gateway(wire)
    wire.close()


def test_a_creation_whose_answer_is_lost_is_carried_out(contract, proxied, standing, driver, tag):
    standing.next("POST", dropped_after)
    with pytest.raises(UnansweredError):
        proxied.create_bug(contract.project, "made by a test; please ignore", "x", [tag])
    assert standing.count("POST") == 1
    # By when a search shows it is not told; what the proxy has heard of is done.
    assert standing.answered["POST", "/devel/bugs"][0][0] == 201
    assert len(driver.search(contract.project, tag)) == 1


@pytest.mark.parametrize("fault", [dropped_after, cut_after])
def test_a_change_that_is_sent_again_after_its_answer_was_lost_is_stale_and_stands(proxied, standing, file, fault):
    task = file()
    standing.next("PATCH", fault)
    with pytest.raises(StaleError):
        proxied.update_task(task, {"status": "Confirmed"})
    assert proxied.fetch_task(task.project, task.bug).status == "Confirmed"


def test_subscribing_again_after_the_answer_was_lost_is_answered_as_before(contract, proxied, standing, file, raw):
    task = file()
    standing.next("POST", dropped_after)
    proxied.subscribe(task.bug, contract.people[0])
    assert standing.count("POST") == 2
    assert raw.subscribers(task.bug).count(contract.people[0]) == 1


def test_a_page_with_a_row_too_few_is_not_taken_for_whole(contract, proxied, standing, file, tag):
    tasks = [file(), file()]
    standing.next("GET", dropped, shortened)
    assert [task.bug for task in proxied.search(contract.project, tag)] == [task.bug for task in tasks]
    standing.always("GET", shortened)
    with pytest.raises(UnreachableError, match="was not the same"):
        proxied.search(contract.project, tag)


def test_no_write_rests_on_an_answer_of_before(contract, proxied, standing, file, driver, tag):
    task = file()
    proxied.search(contract.project, tag)
    driver.update_task(task, {"status": "In Progress"})
    standing.next("GET", stale)
    (old,) = proxied.search(contract.project, tag)
    assert old.status == task.status
    with pytest.raises(StaleError):
        proxied.update_task(old, {"status": "Invalid"})
