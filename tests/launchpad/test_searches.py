"""Searches of several pages, while somebody else changes what they find."""

import itertools
import json

import pytest

from tracker.launchpad import searches
from tracker.launchpad.replies import UnreachableError

TAG = "paged"


@pytest.fixture
def numbers(gateway, project, monkeypatch):
    """File eight bugs, where a page has two."""
    monkeypatch.setattr(searches, "PAGE_SIZE", 2)
    return [gateway.create_bug(project, f"bug {index}", "x", [TAG]) for index in range(8)]


def search(gateway, project):
    return [task.bug for task in gateway.search(project, TAG)]


def after(change):
    """Answer as the server does, and change something before the next request."""

    def meanwhile(exchange):
        answer = exchange.forward()
        change()
        exchange.reply(*answer)

    return meanwhile


def altered(**values):
    """Answer what the server does, with some values of the page changed; None takes them away."""

    def alter(exchange):
        status, headers, body = exchange.forward()
        page = {key: value for key, value in {**json.loads(body), **values}.items() if value is not None}
        exchange.reply(status, headers, json.dumps(page).encode())

    return alter


@pytest.fixture
def untag(other):
    return lambda number: other.update_bug(other.fetch_bug(number), tags=[])


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_a_row_that_goes_between_two_pages_hides_none_behind_it(gateway, proxy, project, numbers, untag, gone):
    proxy.next("GET", after(lambda: untag(numbers[gone])))
    found = search(gateway, project)
    assert set(found) >= set(numbers) - {numbers[gone]}


def test_a_row_that_comes_between_two_pages_is_found(gateway, proxy, project, numbers, other):
    (early, *rest) = numbers
    untagged = other.fetch_bug(early)
    other.update_bug(untagged, tags=[])
    proxy.next("GET", after(lambda: other.update_bug(other.fetch_bug(early), tags=[TAG])))
    assert search(gateway, project) == [early, *rest]


def test_one_that_goes_while_another_comes_hides_none(gateway, proxy, project, numbers, other, untag):
    def swap():
        untag(numbers[0])
        other.create_bug(project, "one more", "x", [TAG])

    proxy.next("GET", after(swap))
    assert set(search(gateway, project)) >= set(numbers[1:])


def test_rows_that_go_and_come_in_equal_number_hide_none(gateway, proxy, project, numbers, other, untag):
    (early, *rest) = numbers
    untag(early)
    proxy.next(
        "GET",
        after(lambda: (untag(rest[0]), untag(rest[1]))),
        after(lambda: other.update_bug(other.fetch_bug(early), tags=[TAG])),
    )
    assert search(gateway, project) == [early, *rest[2:]]


def test_a_list_that_never_stands_still_is_told(gateway, proxy, project, numbers, other):
    tags = itertools.cycle([[], [TAG]])
    proxy.always("GET", after(lambda: other.update_bug(other.fetch_bug(numbers[0]), tags=next(tags))))
    with pytest.raises(UnreachableError, match=f'bugs tagged "{TAG}" in {project} was not the same .* 3 times'):
        search(gateway, project)


@pytest.mark.parametrize("total", [5, 7, 600])
def test_an_answer_that_is_not_as_long_as_launchpads_own_count_is_not_taken_for_whole(
    gateway, proxy, project, numbers, monkeypatch, total
):
    monkeypatch.setattr(searches, "PAGE_SIZE", 10)
    proxy.always("GET", altered(total_size=total))
    with pytest.raises(UnreachableError, match="was not the same"):
        search(gateway, project)


def test_a_page_that_is_not_full_and_not_the_last_is_not_taken_for_whole(gateway, proxy, project, numbers):
    proxy.always("GET", altered(entries=[]))
    with pytest.raises(UnreachableError, match="was not the same"):
        search(gateway, project)


@pytest.mark.parametrize("key", ["entries", "total_size"])
def test_a_page_without_what_every_page_has_is_told(gateway, proxy, project, numbers, monkeypatch, key):
    monkeypatch.setattr(searches, "PAGE_SIZE", 10)
    proxy.always("GET", altered(**{key: None}))
    with pytest.raises(UnreachableError, match="not what the tracker knows"):
        search(gateway, project)


@pytest.mark.parametrize("count", [b'{"a": 1}', b"null", b"Infinity", b"NaN"])
def test_a_count_that_is_no_number_is_told(gateway, proxy, project, numbers, count):
    search(gateway, project)
    proxy.always(
        "GET",
        lambda exchange: (
            exchange.reply(200, {}, count)
            if "ws.show" in exchange.handler.path
            else exchange.reply(*exchange.forward())
        ),
    )
    with pytest.raises(UnreachableError, match="not what the tracker knows"):
        search(gateway, project)


@pytest.mark.parametrize("date", ["", "yesterday", "Thu, 03 Nov 2016 12:00:00 -0000"])
def test_without_the_servers_clock_everything_is_read(gateway, proxy, project, numbers, date):
    def undated(exchange):
        exchange.handler.date_time_string = lambda: date
        exchange.reply(*exchange.forward())

    search(gateway, project)
    proxy.always("GET", undated)
    for _ in range(2):
        del proxy.forwarded[:]
        assert search(gateway, project) == numbers
        assert all("ws.start" in path for _method, path in proxy.forwarded[-5:])
        assert gateway.shown_at(project) is None


def test_a_search_leaves_nothing_in_the_cache_but_what_it_keeps(gateway, wire, project, numbers):
    before = set(wire.service.cache.iterdir())
    search(gateway, project)
    assert len(set(wire.service.cache.iterdir()) - before) == 1


def test_a_cache_without_room_does_not_end_a_search(gateway, wire, project, numbers):
    wire.service.cache.rename(wire.service.cache.with_name("gone"))
    wire.service.cache.write_text("no folder")
    assert search(gateway, project) == numbers
    assert gateway.fetch_bug(numbers[0]).number == numbers[0]


def test_nobody_asks_for_private_bugs(anonymous, contract, monkeypatch):
    monkeypatch.setattr(anonymous._wire, "get", None)
    assert anonymous.search(contract.project, TAG, private=True) == []
