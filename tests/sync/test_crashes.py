"""A sync that is ended before any of its steps, and the plain sync after it: nothing is lost, nothing made twice."""

import itertools
from dataclasses import fields, replace

import pytest

from tests.sync.scenes import make_handful, make_lines, make_mix, make_sample
from tests.sync.stage import SYNC, outcome
from tracker.errors import ExitCode

SCENES = {"handful": make_handful, "lines": make_lines, "sample": make_sample, "mix": make_mix}
FEW = 20
"""So many points are tried in every run."""


@pytest.mark.parametrize(("name", "how"), [("handful", "killed"), ("handful", "interrupted"), ("lines", "killed")])
def test_a_sync_that_is_ended_is_made_good_by_the_next(open_theatre, name, how):
    theatre = open_theatre("few")
    scene = SCENES[name](theatre)
    steps, expected = play_whole(theatre, scene)
    for point in choose(steps, FEW if how == "killed" else FEW // 2):
        assert check(theatre, scene, point, expected, how)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "how"),
    [("handful", "killed"), ("handful", "interrupted"), ("lines", "killed"), ("sample", "killed"), ("mix", "killed")],
)
def test_wherever_a_sync_is_ended_the_next_makes_it_good(open_theatre, capsys, name, how):
    theatre = open_theatre(name)
    scene = SCENES[name](theatre)
    _, expected = play_whole(theatre, scene)
    failures = []
    for count in itertools.count():
        try:
            if not check(theatre, scene, count, expected, how):
                break
        except AssertionError as error:
            failures.append(str(error))
    with capsys.disabled():
        print(f"\n{name}: {how} before each of {count} steps")  # noqa: T201 - it takes minutes
    assert count > 100
    assert not failures, "\n\n".join(failures)


def play_whole(theatre, scene):
    """Sync as nobody disturbs it; returns the steps that it takes, and what comes of it."""
    stage, steps, is_through = play(theatre, scene)
    assert is_through
    return steps, outcome(stage)


def play(theatre, scene, point=None, how="killed"):
    """Sync up to a step, where the process is ended, and again; returns the steps, and whether it was through."""
    stage = scene.play(theatre)
    running = theatre.processes.start(stage.folder, SYNC)
    while running.at is not None and len(running.passed) != point:
        running.go_on()
    steps = [*running.passed, running.at]
    is_through = running.at is None
    if not is_through and how == "killed":
        running.kill()
    elif not is_through:
        running.interrupt()
        assert running.ended.codes == [ExitCode.INTERRUPTED], f"{steps[-3:]}: {running.ended.said}"
    said = theatre.settle(stage)
    assert not said, f"{how} at step {point} {steps[-3:]}: {said}"
    return stage, steps, is_through


def check(theatre, scene, point, expected, how):
    """End a sync at a step, and hold what comes of it against what should; tells whether there is that step."""
    stage, steps, is_through = play(theatre, scene, point, how)
    where = f"{how} at step {point} {steps[-3:]}"
    found = outcome(stage)
    if found.comments != expected.comments:
        # The base says so before the comment is sent: twice would be worse than never.
        missing = {one for one, count in expected.comments.items() if found.comments[one] < count}
        assert len(missing) == 1, where
        found = replace(found, comments={**found.comments, **dict.fromkeys(missing, 1)})
    assert differences(found, expected) == {}, where
    assert stage.leftovers() == [], where
    return not is_through


def differences(found, expected):
    """Return what differs, by what it is of, with what was found first."""
    return {
        (part.name, one): (ours.get(one), theirs.get(one))
        for part in fields(found)
        for ours, theirs in [[as_mapping(getattr(each, part.name)) for each in (found, expected)]]
        for one in ours.keys() | theirs.keys()
        if ours.get(one) != theirs.get(one)
    }


def as_mapping(value):
    return value if isinstance(value, dict) else {"": value}


def choose(steps, count):
    """Choose points all over a run, with each kind of step among them."""
    kinds = {}
    for point, step in enumerate(steps[:-1]):
        kinds.setdefault(step.split()[0] + step.split()[-1][:4], []).append(point)
    spread = itertools.cycle(kinds.values())
    chosen = {points[number * 7 % len(points)] for number, points in zip(range(count), spread, strict=False)}
    # Between what was written and the comment on it, which the base is to remember that it owes.
    replaced = [point for point, step in enumerate(steps[:-1]) if step.startswith("replace ")]
    posted = [point for point, step in enumerate(steps[:-1]) if step.startswith("send POST ")]
    chosen |= {max(point for point in replaced if point < post) for post in posted if post > replaced[0]}
    return sorted(chosen)
