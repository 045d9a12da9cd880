"""Answers that would fill the memory, or never come to an end."""

import gzip
import time

import pytest

from tests.launchpad.proxy import answers
from tracker.launchpad import connections
from tracker.launchpad.gateway import Gateway
from tracker.launchpad.replies import UnansweredError, UnreachableError
from tracker.launchpad.wire import send_form


def trickling(exchange):
    """Send the answer byte by byte, each of them in time."""
    text = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b" " * 100_000
    for index in range(len(text)):
        if exchange.proxy.closing.wait(0.02):
            break
        try:
            exchange.handler.connection.sendall(text[index : index + 1])
        except OSError:
            break
    exchange.drop()


def bomb(exchange):
    body = gzip.compress(b" " * 50_000_000)
    exchange.reply(200, [("Content-Encoding", "gzip"), ("Content-Type", "application/json")], body)


def large(exchange):
    exchange.reply(200, [("Content-Type", "application/json")], b" " * 2_000_000)


@pytest.fixture
def hasty(reach):
    return Gateway(reach(timeout=0.1))


def test_an_answer_that_never_comes_to_its_end_is_not_waited_for(hasty, proxy, task):
    proxy.always("GET", trickling)
    started = time.monotonic()
    with pytest.raises(UnreachableError, match="no answer in time"):
        hasty.fetch_bug(task.bug)
    assert time.monotonic() - started < 10


def test_a_creation_whose_answer_never_comes_to_its_end_is_unanswered(hasty, proxy, project):
    proxy.next("POST", trickling)
    with pytest.raises(UnansweredError, match="no answer in time"):
        hasty.create_bug(project, "a bug", "x", ["wire"])


def test_an_answer_that_is_too_large_is_not_read_to_its_end(gateway, proxy, task, monkeypatch):
    monkeypatch.setattr(connections, "MAX_ANSWER", 1_000_000)
    proxy.always("GET", large)
    with pytest.raises(UnreachableError, match="the answer is too large"):
        gateway.fetch_bug(task.bug)


def test_an_answer_that_grows_out_of_proportion_is_no_defect(gateway, proxy, task):
    proxy.always("GET", bomb)
    with pytest.raises(UnreachableError):
        gateway.fetch_bug(task.bug)


def test_an_answer_that_is_nested_without_end_is_no_defect(gateway, proxy, task):
    proxy.always("GET", answers(200, "[" * 200_000))
    with pytest.raises(UnreachableError, match="is no JSON"):
        gateway.fetch_bug(task.bug)


def empty_gzip(exchange):
    """Do as asked, and call an empty body compressed."""
    status, headers, _ = exchange.forward()
    exchange.reply(status, [*headers, ("Content-Encoding", "gzip")], b"")


def test_an_empty_body_that_is_called_compressed_is_a_failed_connection(gateway, proxy, task):
    bug = gateway.fetch_bug(task.bug)
    proxy.next("GET", empty_gzip)
    assert gateway.fetch_bug(task.bug) == bug
    proxy.always("GET", empty_gzip)
    with pytest.raises(UnreachableError, match="cannot be reached: the answer cannot be read"):
        gateway.fetch_task(task.project, task.bug)


def test_a_creation_whose_answer_is_empty_and_called_compressed_is_unanswered(gateway, other, proxy, project):
    proxy.next("POST", empty_gzip)
    with pytest.raises(UnansweredError):
        gateway.create_bug(project, "a bug", "x", ["wire"])
    assert len(other.search(project, "wire")) == 1


def test_a_form_whose_answer_is_empty_and_called_compressed_had_none(proxy):
    proxy.next("POST", lambda exchange: exchange.reply(200, [("Content-Encoding", "gzip")], b""))
    with pytest.raises(UnreachableError, match="cannot be read"):
        send_form(f"{proxy.root}+request-token", {})


@pytest.mark.parametrize("fault", ["Location", "status line"])
def test_an_echoed_secret_is_not_shown(reach, proxy, key_file, capsys, fault):
    from tracker.cli.output import show_error

    secret = key_file.read_text().split("access_secret = ")[1].strip()

    def echo(exchange):
        header = exchange.handler.headers["Authorization"]
        if fault == "Location":
            exchange.reply(301, [("Location", f"https://elsewhere.test/{header}")], b"")
        else:
            exchange.handler.wfile.write(f"{header}\r\n\r\n".encode())
            exchange.drop()

    proxy.always("GET", echo)
    with pytest.raises(UnreachableError) as error:
        reach(timeout=20)
    show_error(error.value)
    assert "elsewhere" in capsys.readouterr().err or fault != "Location"
    show_error(error.value)
    shown = capsys.readouterr().err
    assert secret not in shown
    assert "(secret)" in shown
