"""What can happen to a request on the wire, and which of it every run of the tests tries."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from tests.launchpad.proxy import (
    PAGE,
    Exchange,
    Fault,
    after_reads,
    answers,
    cut_after,
    dropped,
    dropped_after,
    garbled,
    garbled_after,
    reset,
    reset_after,
    silent,
    silent_after,
)

Matches = Callable[[Exchange], bool]


def asks(method: str, part: str, body: str = "") -> Matches:
    """Return what tells a request by its method, and by parts of its address and its body."""
    return lambda exchange: exchange.method == method and part in exchange.path and body in exchange.body.decode()


def damaged(exchange: Exchange) -> None:
    """Answer with the genuine header, ETag and all, and nothing that can be read."""
    del exchange.handler.headers["If-None-Match"]
    status, headers, _ = exchange.forward()
    exchange.reply(status, headers, b"{}")


def empty_gzip(exchange: Exchange) -> None:
    """Do as asked, and call an empty body compressed."""
    status, headers, _ = exchange.forward()
    exchange.reply(status, [*headers, ("Content-Encoding", "gzip")], b"")


FAULTS: dict[str, list[Fault]] = {
    "dropped": [dropped],
    "dropped after": [dropped_after],
    "dropped after, always": [dropped_after] * 4,
    "reset": [reset],
    "reset after": [reset_after],
    "garbled": [garbled],
    "garbled after": [garbled_after],
    "cut": [cut_after],
    "silent": [silent],
    "silent after": [silent_after],
    "worked later": [after_reads(3)],
    "429": [answers(429)],
    "429 until a date": [answers(429, Retry_After="Thu, 03 Nov 2016 18:50:08 GMT")],
    "500": [answers(500)],
    "500 after": [answers(500, after=True)],
    "500 undone": [answers(500, "IntegrityError", X_Lazr_OopsId="OOPS-1")],
    "500 undone, always": [answers(500, "IntegrityError", X_Lazr_OopsId="OOPS-1")] * 2,
    "502": [answers(502, PAGE)],
    "502 after": [answers(502, PAGE, after=True)],
    "502, always": [answers(502, PAGE)] * 4,
    "503": [answers(503, PAGE)],
    "503 for seconds": [answers(503, Retry_After="40")],
    "503 for hours": [answers(503, Retry_After="86400")],
    "504 after": [answers(504, PAGE, after=True)],
    "a page for people": [answers(200, PAGE)],
    "a page that refuses": [answers(403, PAGE)],
    "a page of nothing": [answers(404, PAGE)],
    "a page elsewhere": [answers(302, PAGE, Location="http://127.0.0.1:9/login")],
    "damaged": [damaged],
    "empty gzip": [empty_gzip],
    "token expired": [answers(401, "Expired token (abc).")],
}
SURELY_UNDONE = {name for name in FAULTS if name.startswith(("429", "500 undone", "503", "token"))}
OFTEN = frozenset({"dropped after", "502, always", "token expired"})
"""Of each request every run tries one fault that passes, one that stays, and one that ends the run."""


def cases(requests: Iterable[str], often: Mapping[str, Iterable[str]], of_each: Iterable[str] = OFTEN) -> list[Any]:
    """Return every fault at every request; those that are not tried in every run are slow."""
    return [
        pytest.param(request, fault, marks=() if fault in {*of_each, *often.get(request, ())} else pytest.mark.slow)
        for request in requests
        for fault in FAULTS
    ]
