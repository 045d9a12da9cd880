"""Fork processes that run `tracker` and stop before every step: a request, its answer, or an operation on a file.

Started as `python -m tests.sync.stepping FD` by `tests.sync.processes`, with everything imported before any is
forked. Over a socket of packets it is told what to run, each with a socket of its own, on which the process says what
comes next and waits until it may go on.
"""

import http.client
import importlib
import io
import json
import os
import pkgutil
import resource
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httplib2

import tracker
import tracker.cli

MAX_MESSAGE = 100_000
FILE_OPERATIONS = ("replace", "rename", "chmod", "fchmod", "fsync", "unlink", "remove", "mkdir", "rmdir", "link")


def main(descriptor: int) -> None:
    """Do what is asked, until nobody is left who could ask."""
    time.sleep = lambda _seconds: None  # before it is kept as a default: nobody waits for a Launchpad that is busy
    for module in pkgutil.walk_packages(tracker.__path__, "tracker."):
        if not module.name.startswith(("tracker.sandbox", "tracker.__main__")):
            importlib.import_module(module.name)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also where whoever started the tests ignores it
    control = socket.socket(fileno=descriptor)
    while True:
        message, (*sent,), _, _ = socket.recv_fds(control, MAX_MESSAGE, 1)
        if not message:
            return
        order = json.loads(message)
        if "wait" in order:
            control.send(str(os.waitpid(order["wait"], 0)[1]).encode())
            continue
        pid = os.fork()
        if pid == 0:
            control.close()
            with socket.socket(fileno=sent[0]) as channel:
                run(order, channel)
            os._exit(0)
        os.close(sent[0])
        control.send(str(pid).encode())


def run(order: dict[str, Any], channel: socket.socket) -> None:
    """Run commands one after the other, and say at last what they answered.

    Nothing waits for the disk: a process that is killed loses nothing that it wrote, only a machine would.
    """
    os.chdir(order["folder"])
    sys.stdout = sys.stderr = said = io.StringIO()
    if order["largest"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["largest"], order["largest"]))
    os.fsync = lambda _descriptor: None  # type: ignore[misc,assignment]
    if order["stops"]:
        watch_requests(lambda what: stop(channel, what))
        watch_files(lambda what: stop(channel, what))
    codes = []
    for words in order["commands"]:
        sys.argv = ["tracker", *words]
        said.write(f"$ tracker {' '.join(words)}\n")
        try:
            tracker.cli.main()
        except SystemExit as ended:
            codes.append(int(ended.code or 0))
        else:
            codes.append(0)
    channel.send(json.dumps({"codes": codes, "said": said.getvalue()[:MAX_MESSAGE]}).encode())


def stop(channel: socket.socket, what: str) -> None:
    channel.send(what.encode())
    if not channel.recv(1):
        os._exit(1)


def watch_requests(stop: Callable[[str], None]) -> None:
    """Stop before a request is sent, when its answer has come and is unread, and when it was read."""
    send, answer, ask = (
        http.client.HTTPConnection.request,
        http.client.HTTPConnection.getresponse,
        httplib2.Http.request,
    )

    def request(self: Any, method: str, url: str, *args: Any, **options: Any) -> None:
        stop(f"send {method} {url}")
        send(self, method, url, *args, **options)

    def getresponse(self: Any) -> Any:
        select.select([self.sock], [], [])
        stop("answered")
        return answer(self)

    def whole(self: Any, *args: Any, **options: Any) -> Any:
        answered = ask(self, *args, **options)
        stop("read")
        return answered

    http.client.HTTPConnection.request = request  # type: ignore[method-assign,assignment]
    http.client.HTTPConnection.getresponse = getresponse  # type: ignore[method-assign]
    httplib2.Http.request = whole


def watch_files(stop: Callable[[str], None]) -> None:
    """Stop before each operation that changes files or keeps them, and in the middle of writing."""
    for name in FILE_OPERATIONS:
        setattr(os, name, _watched(name, getattr(os, name), stop))
    opening, wrapping = os.open, os.fdopen

    def open_(path: Any, flags: int, *args: Any, **options: Any) -> int:
        if flags & (os.O_CREAT | os.O_WRONLY | os.O_RDWR):
            stop(f"open {Path(path).name}")
        return opening(path, flags, *args, **options)

    def fdopen(descriptor: int, mode: str = "r", *args: Any, **options: Any) -> Any:
        if mode == "wb":
            return _Torn(io.FileIO(descriptor, mode), stop)
        return wrapping(descriptor, mode, *args, **options)

    os.open = open_
    os.fdopen = fdopen  # type: ignore[assignment]


def _watched(name: str, operate: Callable[..., Any], stop: Callable[[str], None]) -> Callable[..., Any]:
    def watched(path: Any, *args: Any, **options: Any) -> Any:
        stop(name if isinstance(path, int) else f"{name} {Path(path).name}")
        return operate(path, *args, **options)

    return watched


class _Torn(io.BufferedWriter):
    """A file that is written half before it is written whole."""

    def __init__(self, raw: io.FileIO, stop: Callable[[str], None]) -> None:
        super().__init__(raw)
        self._stop = stop

    def write(self, data: Any) -> int:
        half = len(data) // 2
        super().write(data[:half])
        self.flush()
        self._stop("half written")
        return half + super().write(data[half:])


if __name__ == "__main__":
    main(int(sys.argv[1]))
