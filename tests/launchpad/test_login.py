"""Logging in as a program does: asking, waiting for a person, and ending clearly whatever comes of it."""

import http.client
import threading
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.launchpad.proxy import PAGE, Proxy, answers, cut_after, dropped, garbled, reset, silent
from tests.support import review
from tracker.errors import ExitCode, TrackerError
from tracker.launchpad import login
from tracker.launchpad.gateway import Gateway
from tracker.launchpad.login import LEVELS, await_account, fetch_profile, request_token
from tracker.launchpad.replies import UnreachableError
from tracker.launchpad.services import locate_service
from tracker.launchpad.wire import Wire


@pytest.fixture
def service(proxy, tmp_path, monkeypatch):
    monkeypatch.setattr(login, "_TIMEOUT", 0.2)
    return locate_service(proxy.root, tmp_path)[0]


class Time:
    """A clock that only sleeping moves; on the given pause something happens."""

    def __init__(self, happens=lambda: None, at=1):
        self.now = 0.0
        self.pauses = []
        self._happens, self._at = happens, at

    def sleep(self, seconds):
        self.now += seconds
        self.pauses.append(seconds)
        if len(self.pauses) == self._at:
            self._happens()

    def clock(self):
        return self.now


def wait(service, token, time, **options):
    return await_account(service, token, sleep=time.sleep, clock=time.clock, **options)


def test_an_account_comes_of_a_persons_answer(service, proxy, tmp_path):
    token = request_token(service)
    time = Time(lambda: review(token.page, "WRITE_PRIVATE", "ihar"), at=3)
    told = []
    account = wait(service, token, time, report=lambda *words: told.append(words))
    assert time.pauses == [1, 1, 1]
    assert told == [(900, None), (899, None), (898, None)]
    wire = Wire(type(service)("proxied", service.root, account, tmp_path / "cache"))
    assert Gateway(wire).account == "ihar"
    assert fetch_profile(wire, "ihar").display_name == "Ihar Tester"
    assert fetch_profile(wire, "nobody-here").display_name == "nobody-here"
    wire.close()


def test_the_page_offers_what_a_sync_can_work_with_and_its_address_holds_no_secret(service):
    token = request_token(service)
    query = parse_qs(urlsplit(token.page).query)
    assert query == {"oauth_token": [token.key], "allow_permission": list(LEVELS)}
    assert token.secret not in token.page
    assert token.secret not in repr(token)


def test_what_is_sent_has_its_secrets_in_no_address(service, proxy):
    token = request_token(service)
    review(token.page, "WRITE_PRIVATE", "ihar")
    wait(service, token, Time())
    assert [path for _, path in proxy.seen if token.secret in path] == []
    assert [path for method, path in proxy.seen if method == "POST" and "?" in path] == [
        urlsplit(token.page).path + "?" + urlsplit(token.page).query  # the person's own answer
    ]


@pytest.mark.parametrize(
    ("setting", "page"),
    [
        ("production", "https://launchpad.net/"),
        ("qastaging", "https://qastaging.launchpad.net/"),
        ("http://api.launchpad.test:8085/", "http://launchpad.test:8085/"),
        ("https://myapi.example.com/", "https://myapi.example.com/"),
        ("https://lp.api.example.com/", "https://lp.api.example.com/"),
        ("http://127.0.0.1:8085/", "http://127.0.0.1:8085/"),
    ],
)
def test_the_pages_are_on_the_services_own_host(tmp_path, setting, page):
    assert locate_service(setting, tmp_path)[0].web_root == page


def test_a_refusal_is_told(service):
    token = request_token(service)
    review(token.page, "UNAUTHORIZED", "ihar")
    with pytest.raises(TrackerError, match="the access was declined") as error:
        wait(service, token, Time())
    assert "tracker login" in error.value.remedy
    assert error.value.exit_code is ExitCode.LAUNCHPAD


def test_nobody_is_waited_for_without_end(service):
    time = Time()
    with pytest.raises(TrackerError, match=r"nobody answered on the page within 2\.5 seconds"):
        wait(service, request_token(service), time, patience=2.5)
    assert time.pauses == [1, 1, 0.5]


@pytest.mark.parametrize("status", [401, 403])
def test_a_request_that_is_no_longer_known_is_no_refusal_and_is_told(service, proxy, status):
    token = request_token(service)
    proxy.next("POST", answers(status, "This request token has expired"))
    with pytest.raises(TrackerError, match="no longer knows this request: This request token has expired"):
        wait(service, token, Time())


def portal(status):
    """Answer as a network does that wants its own page to be read first."""
    return answers(status, PAGE, Location="http://hotel.example/")


FAULTS = [
    dropped, reset, garbled, silent, answers(503, PAGE), answers(500), answers(429), answers(404, PAGE),
    portal(302), portal(200), portal(401), portal(403),
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_service_that_does_not_answer_is_waited_for_and_that_is_shown(service, proxy, fault):
    token = request_token(service)
    proxy.next("POST", *[fault] * 7)
    page = token.page.replace(service.root, f"http://{proxy.target}/")
    time = Time(lambda: review(page, "WRITE_PUBLIC", "ihar"), at=9)
    told = []
    assert wait(service, token, time, report=lambda *words: told.append(words)).key
    assert time.pauses == [1, *[5] * 7, 1]
    assert [trouble is not None for _, trouble in told] == [False, *[True] * 7, False]
    assert token.secret not in repr(told)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_service_that_does_not_answer_is_not_waited_for_without_end(service, proxy, fault):
    token = request_token(service)
    proxy.always("POST", fault)
    time = Time()
    with pytest.raises(TrackerError, match="nobody answered on the page within 12 seconds") as error:
        wait(service, token, time, patience=12)
    assert time.pauses == [1, 5, 5, 1]
    assert "+access-token" in error.value.details
    assert token.secret not in str(error.value) + error.value.details


@pytest.mark.parametrize("fault", [dropped, reset, cut_after, garbled, silent])
def test_asking_is_told_when_nothing_answers_and_sent_once(service, proxy, fault):
    proxy.always("POST", fault)
    with pytest.raises(UnreachableError, match=r"\+request-token cannot be reached") as error:
        request_token(service)
    assert error.value.remedy == "try again later"
    assert proxy.count("POST") == 1


def test_a_host_that_is_not_known_is_told(tmp_path):
    service, _ = locate_service("https://no-such-host.invalid/", tmp_path)
    with pytest.raises(UnreachableError, match="cannot be reached") as error:
        request_token(service)
    assert "network" in error.value.remedy


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (answers(404, PAGE), "gave no token: HTTP status 404"),
        (answers(401, "No consumer"), "gave no token: No consumer"),
        (answers(302, Location="https://evil.example/"), "leads to https://evil.example/"),
        (answers(200, PAGE), "is no Launchpad"),
        (answers(200, ""), "is no Launchpad"),
        (answers(200, "oauth_token=a"), "is no Launchpad"),
        (answers(200, "oauth_token=a&oauth_token=b&oauth_token_secret=c"), "is no Launchpad"),
        (answers(200, "oauth_token=a%0d%0ab&oauth_token_secret=c"), "is no Launchpad"),
        (answers(200, "oauth_token=a%20b&oauth_token_secret=c"), "is no Launchpad"),
        (answers(200, "oauth_token=a&oauth_token_secret=%1b[2J"), "is no Launchpad"),
        (answers(200, "oauth_token=\u00e9&oauth_token_secret=c"), "is no Launchpad"),
        (answers(200, "&".join(f"x{n}=y" for n in range(100))), "is no Launchpad"),
    ],
)
def test_an_answer_that_is_no_token_is_told(service, proxy, fault, told):
    proxy.always("POST", fault)
    with pytest.raises(UnreachableError) as error:
        request_token(service)
    assert told in error.value.message
    token = login.RequestToken("a-request-token", "its-secret-is-here", "x")
    with pytest.raises(TrackerError) as error:
        wait(service, token, Time(), patience=2)
    assert "its-secret-is-here" not in f"{error.value.message} {error.value.details}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_what_is_sent_goes_to_no_other_server(service, proxy, launchpad, status):
    token = request_token(service)
    with Proxy(launchpad.root) as stranger:
        proxy.always("POST", answers(status, Location=f"{stranger.root}+access-token"))
        with pytest.raises(UnreachableError, match="leads to"):
            request_token(service)
        with pytest.raises(TrackerError) as error:
            wait(service, token, Time(), patience=2)
        assert "leads to" in error.value.details
        assert stranger.seen == []


def test_a_service_that_gives_the_secret_back_does_not_make_it_show(service, proxy):
    token = request_token(service)
    for status in (400, 401, 403):
        proxy.next("POST", answers(status, f"bad request: oauth_signature=&{token.secret}"))
        with pytest.raises(TrackerError) as error:
            wait(service, token, Time())
        assert token.secret not in error.value.message
        assert "(secret)" in error.value.message


def test_ctrl_c_while_waiting_ends_it(service, monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        wait(service, request_token(service), Time(interrupted))

    usual = http.client.HTTPConnection.getresponse

    def pressed(*args):
        if threading.current_thread() is threading.main_thread():  # the proxy reads answers too
            raise KeyboardInterrupt
        return usual(*args)

    token = request_token(service)
    monkeypatch.setattr(http.client.HTTPConnection, "getresponse", pressed)
    with pytest.raises(KeyboardInterrupt):
        wait(service, token, Time())
