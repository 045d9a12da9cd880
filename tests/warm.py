"""Run `tracker` in processes that are forked from one which has imported it: all of the command but its imports.

Each has streams, a folder, an environment and an end of its own, as the installed command has, and takes a third of
its time. Started as `python -m tests.warm FD` by `Forking`, it is told over a socket of packets what to run.
"""

import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import coverage

from tests.support import ROOT, TRACKER, Answer

PATIENCE = 120.0
"""Seconds that a command may take."""
MAX_MESSAGE = 200_000


class Forking:
    """The process from which commands are forked.

    With what they need of the sandbox they end later, so that only those which use it are to have it.
    """

    def __init__(self, environment: Mapping[str, str], *, of_sandbox: bool = False) -> None:
        self._started = _at_the_start(environment)
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(PATIENCE)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.warm", str(theirs.fileno()), *(["sandbox"] if of_sandbox else [])],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C ends the tests, and those end this
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._control.close()
        self._process.wait(PATIENCE)

    def starts_as(self, environment: Mapping[str, str]) -> bool:
        """Tell whether the interpreter would start in that environment as it did here."""
        return _at_the_start(environment) == self._started

    def run(self, words: Sequence[str], folder: Path, stdin: str, environment: Mapping[str, str]) -> Answer:
        """Run the command to its end."""
        order = json.dumps({"words": words, "folder": str(folder), "environment": dict(environment)})
        with ExitStack() as opened:
            given, out, err = (
                opened.enter_context(os.fdopen(os.memfd_create(name), "w+b")) for name in ("in", "out", "err")
            )
            given.write(stdin.encode())
            given.seek(0)
            socket.send_fds(self._control, [order.encode()], [stream.fileno() for stream in (given, out, err)])
            pid = int(self._control.recv(100))
            try:
                code = int(self._control.recv(100))
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                raise
            return Answer(code, _read(out), _read(err))


def _at_the_start(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what of an environment the interpreter reads when it starts."""
    return {name: value for name, value in environment.items() if name.startswith(("PYTHON", "LC_", "LANG"))}


def _read(stream: BinaryIO) -> str:
    stream.seek(0)
    return stream.read().decode().replace("\r\n", "\n").replace("\r", "\n")


def main(descriptor: int, *, of_sandbox: bool) -> None:
    """Fork until nobody is left who could ask; in what was forked, run the command."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also where whoever started the tests ignores it
    for module in pkgutil.walk_packages(importlib.import_module("tracker").__path__, "tracker."):
        if module.name != "tracker.__main__" and (of_sandbox or not module.name.startswith("tracker.sandbox")):
            importlib.import_module(module.name)
    sysconfig.get_config_vars()  # which coverage reads, and keeps
    if imports := coverage.Coverage.current():
        imports.stop()
        imports.save()
    with socket.socket(fileno=descriptor) as control:
        while True:
            message, streams, _, _ = socket.recv_fds(control, MAX_MESSAGE, 3)
            if not message:
                return
            pid = os.fork()
            if pid == 0:
                break
            for stream in streams:
                os.close(stream)
            control.send(str(pid).encode())
            control.send(str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])).encode())
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    order = json.loads(message)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    coverage.process_startup(force=True)  # does nothing unless the environment says so
    sys.argv = [TRACKER, *order["words"]]
    sys.path[0] = str(Path(TRACKER).parent)
    sys.modules["__main__"].__package__ = None  # so that usage names the command
    importlib.import_module("tracker.cli").main()


if __name__ == "__main__":
    main(int(sys.argv[1]), of_sandbox=sys.argv[2:] == ["sandbox"])
