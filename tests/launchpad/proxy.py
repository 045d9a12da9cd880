"""A server in between that passes requests on to a sandbox, and can do to them what no healthy service does."""

import http.client
import socket
import struct
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Self
from urllib.parse import urlsplit

PAGE = "<html><head><title>Oops</title></head><body>Please log in to the hotel's network</body></html>"
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}


class Exchange:
    """One request, and what can become of it."""

    def __init__(self, proxy: "Proxy", handler: BaseHTTPRequestHandler) -> None:
        self.proxy = proxy
        self.handler = handler
        self.body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))

    def forward(self) -> tuple[int, list[tuple[str, str]], bytes]:
        """Let the server work, and return what it answered."""
        self.proxy.forwarded.append((self.handler.command, self.handler.path))
        connection = http.client.HTTPConnection(self.proxy.target, timeout=20)
        try:
            connection.request(self.handler.command, self.handler.path, self.body, dict(self.handler.headers))
            response = connection.getresponse()
            headers = [(name, value) for name, value in response.getheaders() if name.lower() not in HOP_BY_HOP]
            return response.status, headers, response.read()
        finally:
            connection.close()

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


def answers(status: int, body: str = "", *, after: bool = False, **headers: str) -> Fault:
    """Answer in the server's place, or (`after`) instead of what it answered."""

    def answer(exchange: Exchange) -> None:
        if after:
            exchange.forward()
        named = [(name.replace("_", "-"), value) for name, value in headers.items()]
        exchange.reply(status, named, body.encode())

    return answer


class Proxy:
    """Stands in front of a sandbox at an address of its own.

    `seen` holds method and path of what arrived here, `forwarded` of what the server was given.
    """

    def __init__(self, root: str) -> None:
        self.target = urlsplit(root).netloc
        self.seen: list[tuple[str, str]] = []
        self.forwarded: list[tuple[str, str]] = []
        self.closing = Event()
        self._faults: dict[str, list[Fault]] = {}
        self._always: dict[str, Fault] = {}
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"  # connections are kept, as Launchpad keeps them
            disable_nagle_algorithm = True  # which would hold a body back until the header was acknowledged

            def answer(self) -> None:
                proxy.seen.append((self.command, self.path))
                exchange = Exchange(proxy, self)
                waiting = proxy._faults.get(self.command)
                fault = waiting.pop(0) if waiting else proxy._always.get(self.command)
                if fault is None:
                    exchange.reply(*exchange.forward())
                else:
                    fault(exchange)

            do_GET = do_POST = do_PATCH = answer  # noqa: N815 - http.server's names

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            block_on_close = False

            def handle_error(self, *_: object) -> None:
                """Say nothing: connections are broken here on purpose."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.root = f"http://127.0.0.1:{self.server.server_port}/"
        self._thread = Thread(target=self.server.serve_forever, args=(0.005,), daemon=True)

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

    def stop(self) -> None:
        """Refuse connections from now on."""
        self.server.shutdown()
        self.server.server_close()
