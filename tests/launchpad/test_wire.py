"""What no healthy service shows, between the tracker and Launchpad: lost, late, cut and foreign answers."""

import errno
import http.client
import os
import threading
import time

import httplib2
import pytest

from tests.launchpad.proxy import (
    PAGE,
    Proxy,
    answers,
    cut_after,
    dropped,
    dropped_after,
    ended_after,
    garbled,
    garbled_after,
    reset,
    reset_after,
    silent,
    silent_after,
)
from tracker.errors import ExitCode, TrackerError
from tracker.launchpad.gateway import Gateway, MovedError, StaleError
from tracker.launchpad.replies import UnansweredError, UnreachableError
from tracker.launchpad.secrets import conceal
from tracker.launchpad.snapshots import Elsewhere, TaskSnapshot


def create(gateway, project):
    return gateway.create_bug(project, "a bug", "its description", ["wire"])


# Requests that create


@pytest.mark.parametrize(
    ("fault", "bugs"),
    [
        (dropped, 0),
        (dropped_after, 1),
        (reset, 0),
        (reset_after, 1),
        (garbled_after, 1),
        (cut_after, 1),
        (ended_after, 1),
        (answers(500), 0),
        (answers(502, PAGE, after=True), 1),
        (answers(504, PAGE, after=True), 1),
        (answers(201, after=True), 1),
        (answers(201, after=True, Location="http://127.0.0.1/nowhere"), 1),
        (answers(200, PAGE, Content_Type="text/html"), 0),
        (answers(403, PAGE), 0),
        (answers(404, PAGE, after=True), 1),
        (answers(302, PAGE, Location="http://127.0.0.1:9/login"), 0),
    ],
)
def test_a_creation_without_an_answer_is_told_as_such_and_sent_once(
    gateway, other, proxy, pauses, project, fault, bugs
):
    proxy.next("POST", fault)
    with pytest.raises(UnansweredError):
        create(gateway, project)
    assert proxy.count("POST") == 1
    assert pauses == []
    assert len(other.search(project, "wire")) == bugs


@pytest.mark.parametrize(("fault", "bugs"), [(silent, 0), (silent_after, 1)])
def test_a_creation_that_is_answered_too_late_is_unanswered(reach, other, proxy, project, fault, bugs):
    gateway = Gateway(reach())
    proxy.next("POST", fault)
    with pytest.raises(UnansweredError, match="no answer in time"):
        create(gateway, project)
    assert proxy.count("POST") == 1
    assert len(other.search(project, "wire")) == bugs


@pytest.mark.parametrize(
    "fault",
    [
        answers(500, "UniqueViolation", X_Lazr_OopsId="OOPS-1"),
        answers(503, PAGE),
        answers(503, "TimeoutError", X_Lazr_OopsId="OOPS-2"),
        answers(429),
        lambda exchange: exchange.reply(301, [("Location", f"{exchange.proxy.root}devel/bugs/7")], b""),
    ],
)
def test_a_creation_that_launchpad_says_it_undid_is_not_unanswered(gateway, proxy, project, fault):
    proxy.next("POST", fault)
    with pytest.raises(UnreachableError):
        create(gateway, project)
    assert proxy.count("POST") == 1


def test_a_failure_is_told_with_the_number_that_launchpad_gave_it(gateway, proxy, project):
    proxy.next("POST", answers(500, "UniqueViolation", X_Lazr_OopsId="OOPS-17"))
    with pytest.raises(UnreachableError, match=r"failed with 500 \(UniqueViolation, OOPS-17\)"):
        create(gateway, project)


@pytest.mark.parametrize(
    "failure",
    [ConnectionRefusedError(111, "Connection refused"), TimeoutError(), OSError(113, "No route to host")],
)
def test_a_creation_that_found_no_connection_is_not_unanswered(gateway, proxy, project, monkeypatch, failure):
    def connect(_):
        raise failure

    monkeypatch.setattr(httplib2.HTTPConnectionWithTimeout, "connect", connect)
    with pytest.raises(UnreachableError, match="cannot be reached"):
        create(gateway, project)
    assert proxy.count("POST") == 0


@pytest.mark.parametrize("code", [errno.ENETUNREACH, errno.EADDRNOTAVAIL])
def test_a_creation_whose_sending_fails_at_the_end_is_not_sent_again(gateway, proxy, project, monkeypatch, code):
    # httplib2 takes these for the network's moods, and sends again over the same connection.
    send = http.client.HTTPConnection.send

    def fail_when_sent(connection, data):
        send(connection, data)
        if threading.current_thread() is threading.main_thread() and b"ws.op" in data:
            raise OSError(code, os.strerror(code))

    monkeypatch.setattr(http.client.HTTPConnection, "send", fail_when_sent)
    with pytest.raises(UnansweredError):
        create(gateway, project)
    gateway.search(project, "wire")  # whatever was sent has arrived by now
    assert proxy.count("POST") <= 1


def test_a_creation_is_sent_over_a_connection_of_its_own(gateway, proxy, project):
    gateway.search(project, "wire")  # leaves a connection that the server may close at any moment
    create(gateway, project)
    assert proxy.count("POST") == 1


def test_a_comment_without_an_answer_is_not_repeated(gateway, proxy, task):
    proxy.next("POST", dropped_after)
    with pytest.raises(UnansweredError):
        gateway.comment(task.bug, "once")
    assert proxy.count("POST") == 2  # the bug's creation, and the comment


@pytest.mark.parametrize("fault", [dropped, dropped_after, reset_after, answers(502), answers(502, after=True)])
def test_subscribing_is_tried_again_for_it_changes_nothing_twice(gateway, other, proxy, task, fault):
    proxy.next("POST", fault)
    gateway.subscribe(task.bug, "kevin")
    url = f"{other._wire.root}bugs/{task.bug}/subscriptions"
    people = [entry["person_link"].rpartition("~")[2] for entry in other._wire.get(url).json()["entries"]]
    assert sorted(people) == ["driver", "kevin"]


# Requests that read


@pytest.mark.parametrize(
    "fault",
    [answers(429), answers(429, PAGE), answers(500), answers(502, PAGE), answers(503), answers(504), cut_after],
)
def test_a_read_is_tried_again(gateway, proxy, pauses, task, fault):
    before = proxy.count("GET")
    proxy.next("GET", fault)
    assert gateway.fetch_task(task.project, task.bug) == task
    assert proxy.count("GET") == before + 2
    assert pauses == [0.5]


@pytest.mark.parametrize("fault", [dropped, reset, dropped_after, reset_after, garbled_after])
def test_a_read_over_a_broken_connection_is_tried_again(gateway, proxy, task, fault):
    proxy.next("GET", fault)
    assert gateway.fetch_task(task.project, task.bug) == task


def test_a_read_that_is_answered_too_late_is_tried_again(reach, proxy, pauses, task):
    gateway = Gateway(reach())
    proxy.next("GET", silent)
    assert gateway.fetch_task(task.project, task.bug) == task
    assert pauses == [0.5]


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (answers(502, PAGE), "busy: it answered 502$"),
        (answers(503), "busy: it answered 503$"),
        (answers(429), "busy: it answered 429$"),
        (dropped, "cannot be reached: "),
        (reset, "cannot be reached: "),
        (cut_after, "cannot be reached: the answer was cut short"),
        (garbled_after, "cannot be reached: "),
    ],
)
def test_reading_ends_after_some_tries(gateway, proxy, pauses, task, fault, message):
    before = proxy.count("GET")
    proxy.always("GET", fault)
    with pytest.raises(UnreachableError, match=message) as error:
        gateway.fetch_task(task.project, task.bug)
    assert error.value.exit_code is ExitCode.LAUNCHPAD
    assert pauses == [0.5, 2.0, 5.0]
    assert proxy.count("GET") - before <= 12  # httplib2 itself sends a request up to three times


def test_silence_ends_after_some_tries(reach, proxy, pauses, task):
    gateway = Gateway(reach(timeout=0.05))
    proxy.always("GET", silent)
    started = time.monotonic()
    with pytest.raises(UnreachableError, match="no answer in time"):
        gateway.fetch_task(task.project, task.bug)
    assert time.monotonic() - started < 3
    assert len(pauses) == 3


def test_a_failure_of_launchpads_own_is_tried_once_more_and_told_with_its_number(gateway, proxy, pauses, task):
    proxy.always("GET", answers(500, "SomeError", X_Lazr_OopsId="OOPS-1"))
    with pytest.raises(UnreachableError, match=r"500 \(SomeError, OOPS-1\)"):
        gateway.fetch_task(task.project, task.bug)
    assert pauses == [0.5]


@pytest.mark.parametrize("body", [PAGE, "", '{"entries": [', "\xff", "null", "[]", "{}", '{"entries": [{}]}', "7"])
def test_an_answer_that_is_not_launchpads_is_one_message(gateway, proxy, task, body):
    proxy.always("GET", answers(200, body))
    for read in (
        lambda: gateway.search(task.project, "wire"),
        lambda: gateway.fetch_task(task.project, task.bug),
        lambda: gateway.fetch_bug(task.bug),
        lambda: gateway.account,
    ):
        with pytest.raises(UnreachableError) as error:
            read()
        assert "\n" not in error.value.message


def test_a_page_of_a_front_server_is_told_by_its_status(gateway, proxy, task):
    proxy.next("GET", answers(400, PAGE))
    with pytest.raises(UnreachableError, match=r"answered 400: HTTP status 400$"):
        gateway.search(task.project, "wire")


# Of another server


FOREIGN = [
    answers(302, PAGE, Location="http://127.0.0.1:9/login"),
    answers(307, Location="https://portal.test/?to=http://api.launchpad.test/devel/"),
    answers(301),
    answers(401, PAGE),
    answers(403, "Blocked", Content_Type="Text/HTML; charset=utf-8"),
    answers(404, f"\n {PAGE}"),
    answers(407, PAGE),
]


@pytest.mark.parametrize("fault", FOREIGN)
def test_another_servers_answer_is_no_answer_of_launchpads(gateway, proxy, pauses, task, fault):
    proxy.always("GET", fault)
    proxy.always("PATCH", fault)
    asked = [
        lambda: gateway.search(task.project, "wire"),
        lambda: gateway.fetch_task(task.project, task.bug),
        lambda: gateway.fetch_bug(task.bug),
        lambda: gateway.update_task(task, {"status": "Confirmed"}),
    ]
    for ask in asked:
        with pytest.raises(UnreachableError, match=r"another server|not tried") as error:
            ask()
        assert error.value.exit_code is ExitCode.LAUNCHPAD
    assert pauses == []


def test_a_page_in_place_of_launchpad_is_told_with_where_to_look(gateway, proxy, task):
    proxy.always("GET", answers(302, PAGE, Location="https://portal.test/"))
    with pytest.raises(
        UnreachableError, match=r"cannot be reached: another server leads to https://portal.test/$"
    ) as e:
        gateway.search(task.project, "wire")
    assert "check the network" in e.value.remedy


@pytest.mark.parametrize("fault", FOREIGN)
def test_a_comment_that_another_server_answered_is_unanswered(gateway, proxy, task, fault):
    proxy.next("POST", fault)
    with pytest.raises(UnansweredError):
        gateway.comment(task.bug, "once")


def test_a_subscription_that_another_server_answered_is_not_refused(gateway, proxy, task):
    proxy.next("POST", answers(403, PAGE))
    with pytest.raises(UnreachableError):
        gateway.subscribe(task.bug, "kevin")


# What the cache keeps


def damaged(damage):
    """Answer with the genuine header, ETag and all, and a body that is damaged."""

    def answer(exchange):
        del exchange.handler.headers["If-None-Match"]
        status, headers, body = exchange.forward()
        exchange.reply(status, headers, damage(body))

    return answer


@pytest.mark.parametrize("body", [b"{}", b"null", b"", b"[]", b"\xff", b'"text"', PAGE.encode(), b"[" * 100_000])
def test_an_answer_that_cannot_be_used_is_not_kept(gateway, proxy, task, body):
    bug = gateway.fetch_bug(task.bug)
    for read, right in (
        (lambda: gateway.fetch_bug(task.bug), bug),
        (lambda: gateway.fetch_task(task.project, task.bug), task),
    ):
        proxy.next("GET", damaged(lambda _: body))
        with pytest.raises(UnreachableError):
            read()
        assert read() == right


def test_a_page_that_may_be_kept_for_an_hour_is_not_kept(gateway, proxy, task):
    proxy.next("GET", answers(200, PAGE, Cache_Control="max-age=3600"))
    with pytest.raises(UnreachableError):
        gateway.fetch_bug(task.bug)
    assert gateway.fetch_bug(task.bug).number == task.bug


def test_a_description_without_the_words_is_not_kept(reach, proxy, project):
    proxy.next("GET", damaged(lambda body: body.replace(b":option", b":nothing")))
    with pytest.raises(UnreachableError, match="does not say which words"):
        Gateway(reach(timeout=20)).search(project, "wire")
    assert Gateway(reach(timeout=20)).search(project, "wire") == []


def test_a_date_that_is_none_does_not_spoil_the_next_read(gateway, proxy, task):
    def undated(exchange):
        exchange.handler.date_time_string = lambda: "yesterday"
        exchange.reply(*exchange.forward())

    bug = gateway.fetch_bug(task.bug)
    proxy.always("GET", undated)
    for _ in range(3):
        assert gateway.fetch_bug(task.bug) == bug


# Requests that change


@pytest.mark.parametrize(
    "fault", [dropped, reset, answers(429), answers(500, X_Lazr_OopsId="OOPS-1"), answers(502), answers(503)]
)
def test_a_change_that_did_not_arrive_is_sent_again(gateway, proxy, task, fault):
    proxy.next("PATCH", fault)
    assert gateway.update_task(task, {"status": "Confirmed"}).status == "Confirmed"


@pytest.mark.parametrize("fault", [dropped, reset, garbled, answers(502), answers(503)])
def test_a_change_that_was_done_and_is_sent_again_is_stale_and_does_no_harm(gateway, other, proxy, task, fault):
    def overtaken(exchange):
        """Lose the answer, and let somebody else write before the request is repeated."""
        exchange.forward()
        mine = other.fetch_task(task.project, task.bug)
        assert mine.status == "Confirmed"
        other.update_task(mine, {"status": "In Progress"})
        fault(exchange)

    proxy.next("PATCH", overtaken)
    with pytest.raises(StaleError):
        gateway.update_task(task, {"status": "Confirmed"})
    assert proxy.count("PATCH") == 2
    assert other.fetch_task(task.project, task.bug).status == "In Progress"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirected_change_is_told_and_followed_nowhere(gateway, proxy, task, status):
    proxy.next("PATCH", answers(status, Location=f"{proxy.root}devel/elsewhere/+bug/{task.bug}"))
    before = len(proxy.seen)
    with pytest.raises(MovedError):
        gateway.update_task(task, {"status": "Confirmed"})
    assert len(proxy.seen) == before + 1
    assert gateway.fetch_task(task.project, task.bug) == task


@pytest.mark.parametrize("status", [200, 202, 304])
def test_only_209_is_a_change_that_was_made(gateway, proxy, task, status):
    entry = gateway._wire.get(f"{gateway._wire.root}{task.project}/+bug/{task.bug}").text
    proxy.next("PATCH", answers(status, entry))
    with pytest.raises(UnreachableError):
        gateway.update_task(task, {"status": "Confirmed"})


def test_a_change_without_a_read_is_unconditional_whatever_the_cache_holds(wire, gateway, other, task):
    gateway.fetch_task(task.project, task.bug)  # its ETag is in the cache now
    other.update_task(other.fetch_task(task.project, task.bug), {"status": "Confirmed"})
    url = f"{wire.root}{task.project}/+bug/{task.bug}"
    assert wire.patch(url, {"importance": "High"}, None).status == 209


# Redirects


@pytest.mark.parametrize("status", [301, 308])
def test_a_permanent_redirect_is_not_replayed_from_the_cache(gateway, proxy, task, status):
    away = answers(status, Location=f"{proxy.root}devel/elsewhere", Cache_Control="max-age=3600", ETag='"1"')
    proxy.next("GET", away)
    assert isinstance(gateway.fetch_task(task.project, task.bug), Elsewhere)
    assert isinstance(gateway.fetch_task(task.project, task.bug), TaskSnapshot)


@pytest.mark.parametrize("address", ["https://127.0.0.1/devel/elsewhere", "http://127.0.0.1:1/devel/elsewhere"])
def test_a_launchpad_that_knows_its_port_or_scheme_otherwise_is_no_other_server(gateway, proxy, task, address):
    proxy.next("GET", answers(301, Location=address))
    assert isinstance(gateway.fetch_task(task.project, task.bug), Elsewhere)


@pytest.mark.parametrize("address", ["http://127.0.0.1/portal", "http://[", "nowhere", ""])
def test_an_address_that_is_none_of_the_web_services_is_another_servers(gateway, proxy, task, address):
    proxy.next("GET", answers(301, Location=address))
    with pytest.raises(UnreachableError, match="another server"):
        gateway.fetch_task(task.project, task.bug)


def test_a_project_that_was_renamed_is_told(gateway, proxy, project):
    proxy.next("GET", answers(301, Location=f"{proxy.root}devel/its-new-name?ws.op=searchTasks"))
    with pytest.raises(TrackerError, match=f'"{project}" under another address: .*its-new-name') as error:
        gateway.search(project, "wire")
    assert error.value.exit_code is ExitCode.PROBLEMS


def test_the_token_goes_to_no_other_server(reach, launchpad, proxy, project):
    with Proxy(launchpad.root) as stranger:
        proxy.next("GET", answers(301, Location=stranger.root))
        with pytest.raises(UnreachableError, match=f"leads to {stranger.root}"):
            reach()
        wire = reach()
        proxy.next("GET", answers(200, f'{{"entries": [], "next_collection_link": "{stranger.root}devel/next"}}'))
        assert Gateway(wire).search(project, "wire") == []  # read anew, from where it was asked for
        with pytest.raises(UnreachableError, match="must not go"):
            wire.get(f"{stranger.root}devel/next")
        assert stranger.seen == []


def test_a_failures_number_that_holds_a_secret_is_told_without_it(gateway, proxy, task):
    conceal("s3cr3ts3cr3ts3cr3t")
    proxy.always("GET", answers(500, "IntegrityError", X_Lazr_OopsId="OOPS-s3cr3ts3cr3ts3cr3t"))
    with pytest.raises(UnreachableError) as error:
        gateway.fetch_bug(task.bug)
    assert "OOPS-" in str(error.value)
    assert "s3cr3t" not in str(error.value)
