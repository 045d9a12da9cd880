"""Connecting to what may be no Launchpad, and what must never leak: secrets, the cache, an interrupted answer."""

import http.client
import importlib.resources
import logging
import os
import socket
import threading
import traceback
from contextlib import contextmanager

import pytest

from tests.launchpad.proxy import PAGE, answers, cut_after, dropped, garbled_after, reset, silent
from tracker.launchpad.gateway import Gateway
from tracker.launchpad.replies import LoginError, UnreachableError
from tracker.launchpad.services import START_SANDBOX

# Logging in


@pytest.mark.parametrize(
    "body",
    [
        PAGE,
        "<html>not well-formed<p>",
        "",
        "{}",
        "plain",
        '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"/>',
    ],
)
def test_what_is_no_launchpad_is_told_in_one_message(reach, proxy, body):
    proxy.next("GET", answers(200, body, Cache_Control="max-age=3600"))
    with pytest.raises(UnreachableError, match=f"{proxy.root}devel/ is no Launchpad") as error:
        reach()
    assert error.value.remedy == "check the network, and `service` in tracker.yaml"
    reach()  # and the wrong answer is not kept


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_an_address_without_a_web_service_is_told(reach, proxy, status):
    proxy.next("GET", answers(status, PAGE))
    with pytest.raises(UnreachableError, match=f"answered {status} instead of a web service"):
        reach()


@pytest.mark.parametrize("fault", [answers(503), cut_after, dropped, reset])
def test_logging_in_is_tried_again(reach, proxy, fault):
    proxy.next("GET", fault)
    reach()


def test_logging_in_to_a_busy_launchpad_ends_after_some_tries(reach, proxy, pauses):
    proxy.always("GET", answers(503))
    with pytest.raises(UnreachableError, match="busy"):
        reach()
    assert pauses == [0.5, 2.0, 5.0]


def test_a_refused_connection_is_told_at_once(reach, proxy, pauses):
    proxy.stop()
    with pytest.raises(UnreachableError, match=f"{proxy.root} cannot be reached: Connection refused") as error:
        reach()
    assert pauses == []
    assert error.value.remedy == "try again later"


def test_a_sandbox_that_is_gone_is_to_be_started(reach, proxy):
    proxy.stop()
    with pytest.raises(UnreachableError) as error:
        reach(name="sandbox")
    assert error.value.remedy == START_SANDBOX


def test_a_host_that_is_not_known_is_told_at_once(reach, pauses):
    with pytest.raises(UnreachableError, match="cannot be reached") as error:
        reach("http://no-such-host.invalid/")
    assert pauses == []
    assert "network" in (error.value.remedy or "")


def test_a_second_login_within_the_hour_asks_nothing(reach, proxy):
    reach()
    reach()
    assert proxy.seen == [("GET", "/devel/")]


def test_an_account_that_launchpad_does_not_name_is_no_nobody(gateway, proxy):
    proxy.next("GET", answers(401, "You need to be logged in to view this URL."))
    with pytest.raises(UnreachableError, match="whose account"):
        _ = gateway.account


@pytest.mark.parametrize("body", ["Inactive account.", "Unauthorized token (abc).", "Expired token (abc)."])
def test_every_refusal_of_a_token_is_a_login_error(gateway, proxy, task, body):
    proxy.next("GET", answers(401, body))
    with pytest.raises(LoginError) as error:
        gateway.fetch_task(task.project, task.bug)
    assert "abc" not in f"{error.value.message} {error.value.details}"


# The words of the WADL


@pytest.fixture
def launchpads_own_wadl(proxy):
    """The description of a real Launchpad (its version 1.0, some years old) that launchpadlib ships for tests."""
    text = (importlib.resources.files("launchpadlib.testing") / "launchpad-wadl.xml").read_text(encoding="utf-8")
    return text.replace("https://api.launchpad.test/1.0/", f"{proxy.root}devel/")


def test_the_words_are_read_out_of_a_real_launchpads_wadl(reach, proxy, launchpads_own_wadl):
    proxy.next("GET", answers(200, launchpads_own_wadl))
    wire = reach(timeout=20)
    assert wire.words("bug_task", "status") == [
        "New", "Incomplete", "Opinion", "Invalid", "Won't Fix", "Expired",
        "Confirmed", "Triaged", "In Progress", "Fix Committed", "Fix Released", "Unknown",
    ]  # fmt: skip
    assert "Wishlist" in wire.words("bug_task", "importance")


@pytest.mark.parametrize(
    ("representation", "field"), [("nothing", "status"), ("bug_task", "title"), ("bug_task", "x")]
)
def test_a_wadl_without_the_words_is_told_and_no_search_is_made_without_them(wire, representation, field):
    with pytest.raises(UnreachableError, match=f"which words a {representation} can have as {field}"):
        wire.words(representation, field)


# What must not leak


def texts(error):
    yield from (str(error), repr(error), repr(error.__dict__), "".join(traceback.format_exception(error)))
    for hidden in (error.__context__, error.__cause__):
        if hidden is not None:
            yield from texts(hidden)


def test_no_message_and_no_log_holds_the_accounts_secrets(reach, proxy, key_file, caplog, task, tmp_path):
    caplog.set_level(logging.DEBUG)
    key, secret = (line.split(" = ")[1] for line in key_file.read_text().splitlines() if line.startswith("access_"))
    gateway = Gateway(reach())
    said = [repr(gateway), repr(vars(gateway)), repr(gateway._wire), repr(vars(gateway._wire))]

    def collect(action):
        try:
            action()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is to be read
            said.extend(texts(error))

    faults = [dropped, reset, cut_after, garbled_after, silent, answers(401, f"Expired token ({key})."), answers(500)]
    for fault in faults:
        proxy.always("GET", fault)
        collect(lambda: gateway.fetch_task(task.project, task.bug))
        collect(lambda: reach(cache=tmp_path / "cold"))
        proxy.next("POST", fault)
        collect(lambda: gateway.comment(task.bug, "a comment"))
        proxy.always("PATCH", fault)
        collect(lambda: gateway.update_task(task, {"status": "Confirmed"}))
    collect(lambda: reach("http://no-such-host.invalid/"))
    broken = tmp_path / "broken"
    broken.write_text(f"{key_file.read_text()}\nnot a line\naccess_secret = {secret}\n")
    collect(lambda: reach(path=broken))
    broken.write_text(f"access_secret = {secret}\n")
    collect(lambda: reach(path=broken))
    said += [record.getMessage() for record in caplog.records]
    assert len(said) > 100
    assert [text for text in said if secret in text] == []
    assert [text for text in said if key in text] == []


def test_a_server_that_answers_with_the_request_does_not_make_secrets_show(gateway, proxy, key_file, task):
    key, secret = (line.split(" = ")[1] for line in key_file.read_text().splitlines() if line.startswith("access_"))

    def echo(status):
        def answer(exchange):
            exchange.reply(status, [], exchange.handler.headers["Authorization"][-150:].encode())

        return answer

    for status in (400, 401, 404, 500):
        proxy.next("PATCH", *[echo(status)] * (2 if status == 500 else 1))
        with pytest.raises(Exception) as error:  # noqa: PT011 - whatever it is, it is to be read
            gateway.update_task(task, {"status": "Confirmed"})
        said = "".join(texts(error.value))
        assert key not in said
        assert secret not in said


def test_the_cache_is_for_its_owner_alone(reach, task, tmp_path):
    folder = tmp_path / "open"
    folder.mkdir(mode=0o755)
    before = os.umask(0)
    try:
        gateway = Gateway(reach(cache=folder, timeout=20))
        fresh = Gateway(reach(cache=tmp_path / "deeper" / "fresh", timeout=20))
        for one in (gateway, fresh):
            one.fetch_bug(task.bug)
    finally:
        os.umask(before)
    for cache in (folder, tmp_path / "deeper" / "fresh"):
        kept = list(cache.iterdir())
        assert len(kept) == 2
        assert [path for path in (cache, *kept) if path.stat().st_mode & 0o077] == []


def test_the_cache_holds_no_secret(gateway, task, key_file, tmp_path):
    gateway.fetch_bug(task.bug)
    secret = key_file.read_text().split("access_secret = ")[1].strip().encode()
    assert [path for path in (tmp_path / "cache").iterdir() if secret in path.read_bytes()] == []


def test_a_cache_that_cannot_be_used_is_done_without(reach, project, tmp_path):
    (tmp_path / "file").write_text("no folder")
    for cache in (tmp_path / "file", tmp_path / "file" / "below"):
        gateway = Gateway(reach(cache=cache, timeout=20))
        number = gateway.create_bug(project, "a bug", "x", ["wire"])
        for _ in range(2):
            assert [task.bug for task in gateway.search(project, "wire")][-1] == number
            assert gateway.fetch_bug(number).title == "a bug"


# Interrupted


@pytest.fixture
def interrupt(monkeypatch):
    """Let Ctrl-C be pressed when the tracker is about to do something with an answer."""

    @contextmanager
    def at(place):
        owner = http.client.HTTPConnection if place == "getresponse" else http.client.HTTPResponse
        usual = getattr(owner, place)

        def interrupted(*args):
            if threading.current_thread() is threading.main_thread():  # the proxy reads answers too
                raise KeyboardInterrupt
            return usual(*args)

        with monkeypatch.context() as patched:
            patched.setattr(owner, place, interrupted)
            yield

    return at


@pytest.mark.parametrize("place", ["getresponse", "read"])
def test_after_ctrl_c_in_a_request_the_next_one_reads_its_own_answer(gateway, task, interrupt, place):
    with interrupt(place), pytest.raises(KeyboardInterrupt):
        gateway.fetch_task(task.project, task.bug)
    assert gateway._wire._http.connections == {}
    assert gateway.fetch_bug(task.bug).number == task.bug


@pytest.mark.parametrize("place", ["getresponse", "read"])
def test_ctrl_c_while_a_creation_is_answered_does_not_send_it_again(gateway, proxy, project, interrupt, place):
    with interrupt(place), pytest.raises(KeyboardInterrupt):
        gateway.create_bug(project, "a bug", "its description", ["wire"])
    assert gateway._wire._http.connections == {}
    gateway.search(project, "wire")
    assert proxy.count("POST") <= 1  # it may have been interrupted before it arrived


def test_ctrl_c_between_two_tries_ends_the_trying(proxy, reach, task, monkeypatch):
    gateway = Gateway(reach(timeout=20))

    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(gateway._wire._patience, "_sleep", interrupted)
    proxy.next("GET", answers(503))
    with pytest.raises(KeyboardInterrupt):
        gateway.fetch_task(task.project, task.bug)
    assert gateway.fetch_task(task.project, task.bug) == task


# The tests themselves


@pytest.mark.skipif("TRACKER_CONTRACT_ROOT" in os.environ, reason="the environment names a service elsewhere")
@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "0.0.0.0", "api.launchpad.net"])  # noqa: S104
def test_no_test_reaches_beyond_this_machine(host):
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as own:
        own.settimeout(0.1)
        for reach_out in (own.connect, own.connect_ex, lambda address: socket.create_connection(address, 0.1)):
            with pytest.raises(AssertionError, match=f"this machine alone, not to {host}"):
                reach_out((host, 9))


@pytest.mark.skipif("TRACKER_CONTRACT_ROOT" in os.environ, reason="the environment names a service elsewhere")
@pytest.mark.parametrize("root", ["https://api.launchpad.net/", "https://192.0.2.1/"])
def test_no_test_reaches_another_launchpad(reach, root):
    with pytest.raises(AssertionError, match="this machine alone"):
        reach(root)


def test_no_test_goes_through_a_proxy_of_the_developers():
    assert not [name for name in os.environ if name.lower() in {"http_proxy", "https_proxy", "all_proxy"}]
