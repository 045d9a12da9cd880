"""What happens between two looks of a sync at Launchpad."""

import pytest

from tests.sync.conftest import happened
from tracker.sync.apply import apply_plan
from tracker.sync.events import Kind

NEW = "  - id: first\n    title: a title\n    owner: ihar\n    bug: new\n"


class Blind:
    """A gateway whose first searches do not show yet what was just created, as on a real Launchpad."""

    def __init__(self, gateway, times):
        self._gateway = gateway
        self._times = times

    def __getattr__(self, name):
        return getattr(self._gateway, name)

    def search(self, *values):
        self._times -= 1
        return [] if self._times >= 0 else self._gateway.search(*values)


class Dying:
    """A gateway whose process ends when a bug was created."""

    def __init__(self, gateway):
        self._gateway = gateway

    def __getattr__(self, name):
        return getattr(self._gateway, name)

    def create_bug(self, *values):
        self._gateway.create_bug(*values)
        raise KeyboardInterrupt


def test_after_a_run_that_died_while_creating_the_next_one_waits_until_the_bug_must_show(bench):
    bench.write(NEW)
    real = bench.gateway
    bench.gateway = Dying(real)
    with pytest.raises(KeyboardInterrupt):
        bench.sync()
    bench.gateway = Blind(real, times=3)
    bench.sync()
    assert bench.clock.slept
    assert bench.bugs() == [bench.number()]


def test_a_title_that_somebody_changed_after_the_plan_is_not_overwritten(bench):
    bench.write(NEW)
    bench.sync()
    bench.replace("a title", "our title")
    work, plan = bench._prepare(None, retry_refused=False)
    bench.others.update_bug(bench.others.fetch_bug(bench.number()), title="their title")
    events = list(apply_plan(work, plan))
    assert "changed meanwhile" in happened(events, Kind.FAILED)[0]
    assert bench.task().title == "their title"
    assert bench.plan().conflicts == 1
