"""`tracker` in processes of their own, taken from step to step, and killed at any of them."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support import ROOT

PATIENCE = 60.0
"""Seconds that a process may take for a step."""


@dataclass
class Ended:
    """What the commands answered."""

    codes: list[int]
    said: str


@dataclass
class Running:
    """A process that stands before a step; `at` names it, and is None when the process has ended."""

    pid: int
    channel: socket.socket
    control: socket.socket
    at: str | None = None
    ended: Ended | None = None
    passed: list[str] = field(default_factory=list)

    def go_on(self) -> None:
        """Take the step."""
        self.let_go()
        self.catch()

    def let_go(self) -> None:
        """Let the step be taken, without waiting until that is done; `catch` is next."""
        assert self.at is not None
        self.passed.append(self.at)
        self.channel.send(b"!")

    def catch(self) -> None:
        """Wait until it stands before its next step, or has ended."""
        self._listen()

    def finish(self) -> Ended:
        """Take all steps that are left."""
        while self.at is not None:
            self.go_on()
        assert self.ended is not None
        return self.ended

    def kill(self) -> None:
        """Kill it, and wait until nothing of it is left."""
        os.kill(self.pid, signal.SIGKILL)
        status = self._wait()
        assert os.WIFSIGNALED(status)
        assert os.WTERMSIG(status) == signal.SIGKILL

    def interrupt(self) -> None:
        """Send it what Ctrl-C sends, and let it tidy up."""
        os.kill(self.pid, signal.SIGINT)
        self._listen()
        self.finish()

    def _listen(self) -> None:
        message = self.channel.recv(2 * 100_000)
        self.at = None
        if message.startswith(b"{"):
            self.ended = Ended(**json.loads(message))
            self._wait()
        elif message:
            self.at = message.decode()
        else:
            raise AssertionError(f"the process ended by itself: {self._wait()}")

    def _wait(self) -> int:
        self.at = None
        self.channel.close()
        self.control.send(json.dumps({"wait": self.pid}).encode())
        return int(self.control.recv(100))


class Processes:
    """Forks `tracker` warm."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control

    def start(
        self, folder: Path, *commands: Sequence[str], stops: bool = True, largest: int | None = None
    ) -> Running:
        """Start commands, one after the other in one process; it stands before its first step.

        `largest` is how many bytes a file may get, as on a disk that is full.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(PATIENCE)
        order = json.dumps({"folder": str(folder), "commands": commands, "stops": stops, "largest": largest}).encode()
        socket.send_fds(self._control, [order], [theirs.fileno()])
        theirs.close()
        running = Running(int(self._control.recv(100)), ours, self._control)
        running._listen()
        return running

    def run(self, folder: Path, *commands: Sequence[str]) -> Ended:
        """Run commands to their end."""
        return self.start(folder, *commands, stops=False).finish()


@contextmanager
def forking(home: Path) -> Iterator[Processes]:
    """Keep a process from which others are forked; they have an empty home."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.settimeout(PATIENCE)
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "TZ": "UTC", "LC_ALL": "C.UTF-8", "TERM": "dumb"}
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.sync.stepping", str(theirs.fileno())],
            cwd=ROOT,
            env=environment,
            pass_fds=[theirs.fileno()],
        )
    with process:
        try:
            yield Processes(ours)
        finally:
            ours.close()
