"""A server in between that passes requests on to any service, and can do to them what no healthy service does.

It knows HTTP and the collections of a Launchpad web service, nothing of the service behind it: the answers' links are
led through it, as the requests' links are led to the service.
"""

import http.client
import json
import re
import socket
import struct
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Self
from urllib.parse import quote, urlsplit

PAGE = "<html><head><title>Oops</title></head><body>Please log in to the hotel's network</body></html>"
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}

Reply = tuple[int, list[tuple[str, str]], bytes]


class Exchange:
    """One request, and what can become of it."""

    def __init__(self, proxy: "Proxy", handler: BaseHTTPRequestHandler) -> None:
        self.proxy = proxy
        self.handler = handler
        self.body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))

    @property
    def method(self) -> str:
        return self.handler.command

    @property
    def path(self) -> str:
        return self.handler.path

    def forward(self, path: str | None = None) -> Reply:
        """Let the server work, and return what it answered; `path` asks for something else."""
        proxy = self.proxy
        path = path or self.path
        proxy.forwarded.append((self.method, path))
        kind = http.client.HTTPSConnection if proxy.origin.startswith("https:") else http.client.HTTPConnection
        connection = kind(proxy.target, timeout=20)
        headers = {
            name: proxy.inwards(value)
            for name, value in self.handler.headers.items()
            if name.lower() not in {"host", "accept-encoding", "content-length", "connection"}
        }
        try:
            connection.request(self.method, path, proxy.inwards(self.body.decode()).encode(), headers)
            response = connection.getresponse()
            kept = [(name, value) for name, value in response.getheaders() if name.lower() not in HOP_BY_HOP]
            body = response.read()
        finally:
            connection.close()
        reply = (
            response.status,
            [(name, proxy.outwards(value)) for name, value in kept],
            proxy.outwards(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape"),
        )
        proxy.answered.setdefault((self.method, path), []).append(reply)
        return reply

    def reply(self, status: int, headers: list[tuple[str, str]], body: bytes, *, sent: int | None = None) -> None:
        """Answer; with `sent`, only with that many bytes of the body that was announced."""
        self.handler.send_response(status)
        for name, value in (*headers, ("Content-Length", str(len(body)))):
            self.handler.send_header(name, value)
        self.handler.end_headers()
        self.handler.wfile.write(body[:sent])
        if sent is not None:
            self.drop()

    def drop(self, *, reset: bool = False) -> None:
        """Close the connection, or break it."""
        self.handler.close_connection = True
        if reset:
            self.handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.handler.connection.close()


Fault = Callable[[Exchange], None]


def dropped(exchange: Exchange) -> None:
    """Close the connection before the server sees the request."""
    exchange.drop()


def dropped_after(exchange: Exchange) -> None:
    """Close the connection once the server has done its work."""
    exchange.forward()
    exchange.drop()


def reset(exchange: Exchange) -> None:
    """Break the connection before the server sees the request."""
    exchange.drop(reset=True)


def reset_after(exchange: Exchange) -> None:
    """Break the connection once the server has done its work."""
    exchange.forward()
    exchange.drop(reset=True)


def garbled(exchange: Exchange) -> None:
    """Answer in no protocol."""
    exchange.handler.wfile.write(b"\0\1\2 no HTTP\r\n\r\n")
    exchange.drop()


def garbled_after(exchange: Exchange) -> None:
    """Answer in no protocol once the server has done its work."""
    exchange.forward()
    garbled(exchange)


def cut_after(exchange: Exchange) -> None:
    """Send half of the answer."""
    del exchange.handler.headers["If-None-Match"]  # "not modified" has nothing to cut
    status, headers, body = exchange.forward()
    body = body or b"an empty body can't be cut"
    exchange.reply(status, headers, body, sent=len(body) // 2)


def silent(exchange: Exchange) -> None:
    """Never answer."""
    exchange.proxy.closing.wait()
    exchange.drop()


def silent_after(exchange: Exchange) -> None:
    """Never answer, although the server has done its work."""
    exchange.forward()
    silent(exchange)


def ended_after(exchange: Exchange) -> None:
    """Go down for good once the server has done its work."""
    exchange.forward()
    exchange.proxy.stop()
    exchange.drop()


def after_reads(number: int) -> Fault:
    """Close the connection, and let the server work only when so many further reads have arrived."""

    def work_later(exchange: Exchange) -> None:
        exchange.proxy.delayed.append((exchange.proxy.count("GET") + number, exchange))
        exchange.drop()

    return work_later


def stale(exchange: Exchange) -> None:
    """Answer what the server answered when it was asked the same before."""
    del exchange.handler.headers["If-None-Match"]
    earlier = exchange.proxy.answered.get((exchange.method, exchange.path), [])
    exchange.reply(*next((reply for reply in earlier if reply[0] == 200), None) or exchange.forward())


def shortened(exchange: Exchange) -> None:
    """Leave a row out of a page, whose total counts it."""
    status, headers, body = exchange.forward()
    page = json.loads(body)
    if isinstance(page, dict) and page.get("entries"):
        body = json.dumps({**page, "entries": page["entries"][:-1]}).encode()
    exchange.reply(status, headers, body)


def shifted(exchange: Exchange) -> None:
    """Answer the page that begins one row further, as when a row before it has gone meanwhile."""
    further = re.sub(r"\bws\.start=(\d+)", lambda start: f"ws.start={int(start[1]) + 1}", exchange.path)
    exchange.reply(*exchange.forward(further))


def answers(status: int, body: str = "", *, after: bool = False, **headers: str) -> Fault:
    """Answer in the server's place, or (`after`) instead of what it answered."""

    def answer(exchange: Exchange) -> None:
        if after:
            exchange.forward()
        named = [(name.replace("_", "-"), value) for name, value in headers.items()]
        exchange.reply(status, named, body.encode())

    return answer


class Proxy:
    """Stands in front of a service at an address of its own.

    `seen` holds method and path of what arrived here, `forwarded` of what the server was given, `answered` what it
    said to it.
    """

    def __init__(self, root: str) -> None:
        parts = urlsplit(root)
        self.target = parts.netloc
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.answered: dict[tuple[str, str], list[Reply]] = {}
        self.delayed: list[tuple[int, Exchange]] = []
        self.seen: list[tuple[str, str]] = []
        self.forwarded: list[tuple[str, str]] = []
        self.closing = Event()
        self._faults: dict[str, list[Fault]] = {}
        self._always: dict[str, Fault] = {}
        self._matching: list[tuple[Callable[[Exchange], bool], list[Fault]]] = []
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"  # connections are kept, as Launchpad keeps them
            disable_nagle_algorithm = True  # which would hold a body back until the header was acknowledged

            def answer(self) -> None:
                proxy.seen.append((self.command, self.path))
                exchange = Exchange(proxy, self)
                proxy._work_late()
                fault = proxy._choose(exchange)
                if fault is None:
                    exchange.reply(*exchange.forward())
                else:
                    fault(exchange)

            do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815 - http.server's names

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            block_on_close = False

            def handle_error(self, *_: object) -> None:
                """Say nothing: connections are broken here on purpose."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.root = f"http://127.0.0.1:{self.server.server_port}/"
        self._thread = Thread(target=self.server.serve_forever, args=(0.005,), daemon=True)

    def inwards(self, text: str) -> str:
        """Lead the links of a request to the service."""
        own = self.root.rstrip("/")
        return text.replace(own, self.origin).replace(quote(own, safe=""), quote(self.origin, safe=""))

    def outwards(self, text: str) -> str:
        """Lead the links of an answer through here."""
        own = self.root.rstrip("/")
        return text.replace(self.origin, own).replace(quote(self.origin, safe=""), quote(own, safe=""))

    def _work_late(self) -> None:
        due = [exchange for number, exchange in self.delayed if self.count("GET") >= number]
        self.delayed = [(number, exchange) for number, exchange in self.delayed if exchange not in due]
        for exchange in due:
            exchange.forward()

    def _choose(self, exchange: Exchange) -> Fault | None:
        for matches, faults in self._matching:
            if faults and matches(exchange):
                return faults.pop(0)
        waiting = self._faults.get(exchange.method)
        return waiting.pop(0) if waiting else self._always.get(exchange.method)

    def meet(self, matches: Callable[[Exchange], bool], *faults: Fault) -> list[Fault]:
        """Let the next requests that match meet these faults, one each; returns those that are still to be met."""
        self._matching.append((matches, list(faults)))
        return self._matching[-1][1]

    def next(self, method: str, *faults: Fault) -> None:
        """Let the next requests of a method meet these faults, one each."""
        self._faults.setdefault(method, []).extend(faults)

    def always(self, method: str, fault: Fault) -> None:
        """Let all further requests of a method meet a fault."""
        self._always[method] = fault

    def count(self, method: str) -> int:
        """Return how many requests of a method arrived."""
        return sum(seen == method for seen, _ in self.seen)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self.stop()
        self.answered.clear()

    def stop(self) -> None:
        """Refuse connections from now on."""
        self.server.shutdown()
        self.server.server_close()
