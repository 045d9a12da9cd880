"""Two clones of a repository, synced at once: an action keeps one open bug, and nobody's edit is lost."""

import itertools
import random
import re

import pytest

from tests.sync.bench import HEAD
from tests.sync.clones import Schedule, clone, find_failures, sync_at_once
from tests.sync.scenes import write_action
from tests.sync.stage import rehearse

FEW = 5
"""So many interleavings are tried in every run."""
MANY = 60


@pytest.fixture(scope="module")
def theatre(open_theatre):
    return open_theatre("clones")


@pytest.fixture(scope="module")
def scene(theatre):
    known = [{"id": f"known-{index}", "title": f"known {index}", "owner": "ihar", "bug": "new"} for index in range(4)]

    def edit(stage):
        numbers = stage.numbers()
        actions = [{**keys, "bug": str(numbers[keys["id"]])} for keys in known]
        # What both clones are to push, and what both are to pull.
        actions[0]["milestone"] = "ocata-1"
        stage.elsewhere("known-1", importance="Low", lead="artur")
        new = [
            {"id": f"new-{index}", "title": f"new {index}", "owner": "[ihar, artur]", "bug": "new"} for index in "ab"
        ]
        stage.write(HEAD + "".join(map(write_action, (new[0], *actions, new[1]))))

    return rehearse(theatre, "ocata/session", HEAD + "".join(map(write_action, known)), edit)


def prepare(theatre, scene):
    """Clone a repository; each clone has an edit of its own besides those that both have."""
    first = scene.play(theatre)
    second = clone(first)
    first.write(first.read().replace("title: known 2\n", "title: reworded here\n"))
    second.write(second.read().replace("title: known 3\n", "title: known 3\n    status: in progress\n"))
    return first, second


def play(theatre, scene, schedule):
    stages = prepare(theatre, scene)
    most = sync_at_once(theatre, stages, schedule)
    check(stages[0])
    return most


def check(stage):
    """See that every edit of either clone and of Launchpad is on both sides, in one open bug an action."""
    bugs, numbers = stage.bugs(), stage.numbers()
    assert sorted(numbers) == ["known-0", "known-1", "known-2", "known-3", "new-a", "new-b"]
    by_action = {one: bugs[number] for one, number in numbers.items()}
    assert {bug.number for bug in bugs.values() if bug.duplicate_of is None} == set(numbers.values())
    for one, bug in by_action.items():
        twins = [twin for twin in bugs.values() if twin.identity == bug.identity]
        assert all(bug.number in {twin.number, twin.duplicate_of} for twin in twins), one
        assert bug.number == min(twin.number for twin in twins), one
    said = {
        one: (bug.title, bug.status, bug.importance, bug.assignee, bug.milestone) for one, bug in by_action.items()
    }
    assert said == {
        "known-0": ("known 0", "New", "Undecided", "ihar", "ocata-1"),
        "known-1": ("known 1", "New", "Low", "artur", None),
        "known-2": ("reworded here", "New", "Undecided", "ihar", None),
        "known-3": ("known 3", "In Progress", "Undecided", "ihar", None),
        "new-a": ("new a", "New", "Undecided", "ihar", None),
        "new-b": ("new b", "New", "Undecided", "ihar", None),
    }
    text = re.sub(r"bug: \d+", "bug: N", stage.read())
    for line in (
        "title: reworded here",
        "status: in progress",
        "importance: Low",
        "owner: artur",
        "milestone: ocata-1",
    ):
        assert text.count(f"    {line}\n") == 1, line
    assert all("artur" in by_action[f"new-{one}"].subscribers for one in "ab")


def schedules():
    """Yield orders of turns, who is killed at their end, and which side of a conflict is kept; always the same."""
    draw = random.Random(1)  # noqa: S311 - nothing is secret here
    yield Schedule((0, 1) * 40)
    # One has planned to create what the other creates meanwhile, and is killed before it looks for second bugs.
    yield Schedule((0,) * 3 + (1,) * 60 + (0,) * 2, killed=0)
    for number in itertools.count():
        first = number % 2
        length = draw.randrange(1, 30)
        turns = [
            (first,) * length,  # one stops somewhere, and the other overtakes it
            (first,) * length + (1 - first,) * draw.randrange(1, 30),
            tuple(draw.randrange(2) for _ in range(length)),
        ][number % 3]
        yield Schedule(turns, draw.choice([None, 0, 1]), draw.choice(["ours", "theirs"]))


def test_two_clones_that_sync_at_once_end_in_step_with_one_bug_an_action(theatre, scene):
    for schedule in itertools.islice(schedules(), FEW):
        play(theatre, scene, schedule)


@pytest.mark.slow
def test_whatever_the_order_of_two_clones_requests_they_end_in_step(theatre, scene, capsys):
    most = play(theatre, scene, Schedule())
    every_turn = (
        Schedule((first,) * length, killed, side)
        for first in (0, 1)
        for length in range(most + 1)
        for killed in (None, first)
        for side in ("ours", "theirs")
    )
    tried = [*every_turn, *itertools.islice(schedules(), MANY)]
    failures = find_failures(lambda schedule: play(theatre, scene, schedule), tried)
    with capsys.disabled():
        print(f"\n{len(tried)} interleavings of two clones")  # noqa: T201 - it takes minutes
    assert not failures, "\n\n".join(failures)
