"""A sync that ends or fails at every request and at every replacement of a file, and the plain sync after it."""

import itertools

import pytest

from tests.sync.bench import HEAD, happened
from tracker.errors import TrackerError
from tracker.launchpad.gateway import Gateway
from tracker.launchpad.wire import LoginError, UnreachableError
from tracker.recap import files
from tracker.sync.events import Kind

READS = {"search", "fetch_task", "fetch_bug"}
WRITES = {"create_bug", "update_task", "update_bug", "subscribe", "comment"}
_tags = itertools.count(1)


class Killed(BaseException):
    """What ends the process; nothing may catch it."""


class Fate:
    """Counts the moments of a run at which it could end, and ends it at one of them.

    A process that is killed writes nothing more; one that is interrupted still tidies up.
    """

    def __init__(self, moment, *, tidies_up):
        self.left = moment
        self.tidies_up = tidies_up
        self.at = None

    def pass_by(self, what):
        if self.at is not None:
            if not self.tidies_up:
                raise Killed(what)
            return
        if self.left == 0:
            self.at = what
            raise Killed(what)
        self.left -= 1


class Mortal:
    """A gateway whose every request may be the last thing that happens, before Launchpad works on it or after."""

    def __init__(self, gateway: Gateway, fate: Fate) -> None:
        self._gateway = gateway
        self._fate = fate

    def __getattr__(self, name):
        value = getattr(self._gateway, name)
        if name not in READS | WRITES:
            return value

        def call(*args, **options):
            if name in WRITES:
                self._fate.pass_by(f"before {name}")
            answer = value(*args, **options)
            if name in WRITES or not self._fate.tidies_up:
                self._fate.pass_by(f"after {name}")
            return answer

        return call


@pytest.mark.parametrize("tidies_up", [False, True], ids=["killed", "interrupted"])
def test_whenever_a_sync_ends_the_next_one_loses_nothing_and_creates_nothing_twice(bench, monkeypatch, tidies_up):
    real = bench.gateway
    moments = []
    for moment in itertools.count():
        prepare(bench)
        fate = Fate(moment, tidies_up=tidies_up)
        bench.gateway = Mortal(real, fate)
        with monkeypatch.context() as patched:
            doom_files(patched, fate)
            try:
                bench.sync()
            except Killed:
                moments.append(fate.at)
        bench.gateway = real
        bench.sync()
        check(bench, fate.at)
        if fate.at is None:
            break
    assert {f"{when} {what}" for what in (*WRITES, "file") for when in ("before", "after")} <= set(moments)


@pytest.mark.parametrize("failure", ["unreachable", "login"])
def test_whenever_launchpad_fails_it_is_told_and_the_next_sync_does_the_rest(bench, failure):
    real = bench.gateway
    errors = {"unreachable": UnreachableError("busy"), "login": LoginError(real._wire.service, "Expired token (x).")}
    for number in itertools.count():
        prepare(bench)
        bench.gateway = gateway = Failing(real, number, errors[failure])
        told = []
        try:
            told = happened(bench.sync(), Kind.FAILED)
        except TrackerError as error:
            told = [error.message]
        bench.gateway = real
        bench.sync()
        check(bench, gateway.at)
        assert bool(told) == (gateway.at is not None)
        if gateway.at is None:
            break
    assert number > 10


class Failing:
    """A gateway on which one request fails: Launchpad did not work on it."""

    def __init__(self, gateway: Gateway, number: int, error: Exception) -> None:
        self._gateway = gateway
        self._left = number
        self._error = error
        self.at = None

    def __getattr__(self, name):
        value = getattr(self._gateway, name)
        if name not in READS | WRITES:
            return value

        def call(*args, **options):
            self._left -= 1
            if self._left == -1:
                self.at = name
                raise self._error
            return value(*args, **options)

        return call


def doom_files(patched, fate):
    def replace_file(path, data):
        fate.pass_by("before file")
        files.replace_file(path, data)
        fate.pass_by("after file")

    patched.setattr("tracker.recap.writer.replace_file", replace_file)
    patched.setattr("tracker.sync.base.replace_file", replace_file)


def prepare(bench):
    """Write a recap of one action with edits on both sides, and two that get bugs."""
    number = next(_tags)
    bench.tag, bench.recap = f"{bench.project}-{number}", f"ocata/session-{number}"
    (bench.folder / "tracker.yaml").write_text(
        f"tag: {bench.tag}\nproject: {bench.project}\nservice: sandbox\nlimits: {{settle: 2}}\n"
    )
    for old in bench.folder.rglob("session-*"):
        old.unlink()
    bench.write("  - id: known\n    title: known\n    owner: ihar\n    bug: new\n")
    bench.sync()
    number = bench.number()
    bench.elsewhere(number, importance="Low")
    bench.write(actions(number, "new", "new").replace("    importance: Low\n", ""))


def actions(*numbers):
    """Return the recap's actions as both sides' edits leave them."""
    known, second, third = numbers
    return (
        f"  - id: known\n    title: known better\n    owner: [artur, ihar]\n    bug: {known}\n"
        "    status: done\n    importance: Low\n    evidence: [https://example.org/a]\n    tags: [upgrade]\n"
        f"  - id: second\n    title: second\n    bug: {second}\n    milestone: ocata-1\n"
        f"  - id: third\n    title: third\n    bug: {third}\n    owner: [ihar, artur]\n"
    )


def check(bench, at):
    """See that every edit is in the recap, and that Launchpad says the same, in one bug an action."""
    numbers = bench.bugs()
    assert len(numbers) == 3, at
    known, *others = numbers
    assert bench.read() in {HEAD + actions(known, *others), HEAD + actions(known, *reversed(others))}, at
    plan = bench.plan()
    assert not plan.changed, at
    assert not plan.conflicts, at
    assert "upgrade" in bench.others.fetch_bug(known).tags, at
    assert comments(bench, known) <= 1, at


def comments(bench, number):
    wire = bench.others._wire
    entries = wire.get(f"{wire.root}bugs/{number}/messages").json()["entries"]
    return sum("example.org/a" in entry["content"] for entry in entries)
