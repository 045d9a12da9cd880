"""How long a run waits for a Launchpad that fails: one budget for all of it, and Launchpad's own wishes."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.launchpad.proxy import answers, dropped, dropped_after
from tracker.launchpad.accounts import read_account
from tracker.launchpad.gateway import Gateway
from tracker.launchpad.patience import BUDGET, IN_A_ROW, Patience, parse_retry_after
from tracker.launchpad.replies import LoginError, UnansweredError, UnreachableError, UnsentError
from tracker.launchpad.services import Service
from tracker.launchpad.wire import Wire

NOW = datetime(2016, 11, 3, 18, 50, 8, tzinfo=UTC)


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self):
        self.time = 0.0
        self.slept = []

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.time += seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def gateway(proxy, key_file, tmp_path, clock):
    """Connect through the proxy, by a clock that only sleeping moves."""
    service = Service("proxied", proxy.root, read_account(key_file), tmp_path / "cache")
    wire = Wire(service, timeout=20, sleep=clock.sleep, clock=lambda: clock.time)
    yield Gateway(wire)
    wire.close()


def read(gateway, task):
    return gateway.fetch_task(task.project, task.bug)


def at(**later):
    return format_datetime(datetime.now(UTC) + timedelta(**later), usegmt=True)


# What Launchpad asks for


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_request_is_repeated_when_launchpad_wants_to_be_asked_again(gateway, proxy, clock, task, status):
    proxy.next("GET", answers(status, Retry_After="17"))
    assert read(gateway, task) == task
    assert clock.slept == [17.0]


def test_a_date_says_when_to_ask_again_by_launchpads_own_clock(gateway, proxy, clock, task):
    def ahead(exchange):
        exchange.handler.date_time_string = lambda *_: "Thu, 03 Nov 2016 18:50:08 GMT"
        answers(503, Retry_After="Thu, 03 Nov 2016 18:51:00 GMT")(exchange)

    proxy.next("GET", ahead)
    assert read(gateway, task) == task
    assert clock.slept == [52.0]


def test_launchpads_guess_about_a_request_that_took_too_long_is_not_waited_for(gateway, proxy, clock, task):
    proxy.next("GET", answers(503, "RequestExpired", Retry_After="900", X_Lazr_OopsId="OOPS-1"))
    assert read(gateway, task) == task
    assert clock.slept == [0.5]


@pytest.mark.parametrize("said", ["0", "", "soon", "-5", "1.5", "Thu, 03 Nov 2016 18:51:00 -0000", "\u0661"])
def test_what_is_no_time_to_come_changes_nothing(gateway, proxy, clock, task, said):
    def answer(exchange):
        exchange.reply(503, [("Retry-After", said.encode().decode("latin-1"))], b"")

    proxy.next("GET", answer)
    assert read(gateway, task) == task
    assert clock.slept == [0.5]


def test_a_request_after_another_waits_as_long_as_launchpad_asked(gateway, proxy, clock, task, project):
    proxy.next("POST", answers(429, Retry_After="30"))
    with pytest.raises(UnreachableError):
        gateway.create_bug(project, "a bug", "x", ["wire"])
    assert clock.slept == []
    read(gateway, task)
    assert clock.slept == [30.0]


@pytest.mark.parametrize(
    "said",
    ["301", "99999999999999999999", "9" * 5000, at(days=300), at(days=200_000)],
    ids=["seconds", "too many", "far too many", "day", "century"],  # the days are of the clock
)
def test_launchpad_that_wants_to_be_left_alone_for_long_is_asked_nothing_more(gateway, proxy, clock, task, said):
    proxy.next("GET", answers(503, Retry_After=said))
    with pytest.raises(UnreachableError, match="is not to be asked again before 20") as error:
        read(gateway, task)
    assert error.value.remedy.startswith("come back after 20")
    before = len(proxy.seen)
    for request in (
        lambda: read(gateway, task),
        lambda: gateway.update_task(task, {"status": "Confirmed"}),
        lambda: gateway.create_bug(task.project, "a bug", "x", ["wire"]),
        lambda: gateway.comment(task.bug, "x"),
        lambda: gateway.subscribe(task.bug, "kevin"),
        lambda: gateway.wait(1),
    ):
        with pytest.raises(UnsentError, match="is not to be asked again"):
            request()
    assert len(proxy.seen) == before
    assert clock.slept == []


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        (" 7 ", 7.0),
        ("9" * 400, 366 * 86_400.0),
        ("Thu, 03 Nov 2016 18:52:08 GMT", 120.0),
        ("Thu, 03 Nov 2016 18:40:08 GMT", 0.0),
        ("Thu, 03 Nov 9999 18:40:08 GMT", 366 * 86_400.0),
        ("Thu, 03 Nov 2016 18:52:08 -0000", None),
        ("Thu, 99 Nov 2016 18:52:08 GMT", None),
        ("-3", None),
        ("\u00b2", None),
        (None, None),
    ],
)
def test_every_way_to_say_when_to_come_back_is_read(header, seconds):
    assert parse_retry_after(header, NOW) == seconds


# What a run has for it


def test_a_run_waits_no_longer_than_its_budget_whatever_it_asks(gateway, proxy, clock, task):
    proxy.always("GET", answers(503, X_Lazr_OopsId="OOPS-1"))  # Launchpad is there, so that none is given up
    for _ in range(1000):
        with pytest.raises(UnreachableError):
            read(gateway, task)
    assert BUDGET - 10 < sum(clock.slept) <= BUDGET
    with pytest.raises(UnsentError, match="not tried, for 5 minutes of this run went into waiting for Launchpad"):
        gateway.update_task(task, {"status": "Confirmed"})
    assert proxy.count("PATCH") == 0


def test_the_time_of_requests_that_fail_is_of_the_budget_and_of_others_not(gateway, proxy, clock, task):
    def slow(fault):
        def answer(exchange):
            clock.time += 100
            fault(exchange)

        return answer

    proxy.next("GET", *[slow(lambda exchange: exchange.reply(*exchange.forward()))] * 4)
    for _ in range(4):
        read(gateway, task)
    proxy.always("GET", slow(answers(503)))
    with pytest.raises(UnsentError, match="5 minutes"):
        read(gateway, task)
    assert clock.slept == [0.5, 2.0]


def test_waiting_for_a_bug_to_show_is_of_the_same_budget(gateway, clock):
    for _ in range(299):
        gateway.wait(1.0)
    with pytest.raises(UnreachableError, match="5 minutes"):
        gateway.wait(1.0)
    assert sum(clock.slept) < BUDGET


def test_after_some_requests_in_a_row_none_of_their_kind_is_sent_any_more(gateway, proxy, clock, task):
    proxy.always("PATCH", dropped)
    for _ in range(IN_A_ROW):
        with pytest.raises(UnreachableError, match="cannot be reached"):
            gateway.update_task(task, {"status": "Confirmed"})
    before, slept = proxy.count("PATCH"), len(clock.slept)
    for _ in range(300):
        with pytest.raises(UnsentError, match="not tried, for 3 changes in a row had no answer"):
            gateway.update_task(task, {"status": "Confirmed"})
    assert (proxy.count("PATCH"), len(clock.slept)) == (before, slept)
    assert read(gateway, task) == task  # other requests may well be answered


def test_creations_that_get_no_answer_are_given_up_too(gateway, proxy, project):
    proxy.always("POST", dropped_after)
    for _ in range(IN_A_ROW):
        with pytest.raises(UnansweredError):
            gateway.create_bug(project, "a bug", "x", ["wire"])
    with pytest.raises(UnsentError, match="3 additions in a row had no answer"):
        gateway.create_bug(project, "a bug", "x", ["wire"])
    assert proxy.count("POST") == IN_A_ROW


def test_one_answer_in_between_and_nothing_is_given_up(gateway, proxy, task):
    for _ in range(IN_A_ROW):
        proxy.next("GET", *[answers(502)] * 4, *[answers(502)] * 4)
        for _ in range(2):
            with pytest.raises(UnreachableError, match="busy"):
                read(gateway, task)
        assert read(gateway, task) == task


def test_failures_that_launchpad_itself_reports_do_not_mean_that_it_is_gone(gateway, proxy, task):
    proxy.always("PATCH", answers(500, "SomeError", X_Lazr_OopsId="OOPS-1"))
    for _ in range(IN_A_ROW + 2):
        with pytest.raises(UnreachableError, match="OOPS-1"):
            gateway.update_task(task, {"status": "Confirmed"})


def test_a_token_that_is_refused_in_mid_run_is_not_sent_again(gateway, proxy, task):
    proxy.next("PATCH", answers(401, "Expired token (abc)."))
    with pytest.raises(LoginError):
        gateway.update_task(task, {"status": "Confirmed"})
    before = len(proxy.seen)
    with pytest.raises(LoginError):
        gateway.update_task(task, {"status": "Confirmed"})
    with pytest.raises(LoginError):
        read(gateway, task)
    assert len(proxy.seen) == before


def test_a_wait_is_told_apart_from_none():
    slept = []
    patience = Patience(sleep=slept.append, clock=lambda: 0.0)
    assert patience.wait()
    assert patience.wait(1.0)
    assert patience.hold(10.0)
    assert patience.wait(1.0)
    assert patience.wait()
    assert not patience.hold(BUDGET)
    assert not patience.wait()
    assert slept == [1.0, 10.0]
