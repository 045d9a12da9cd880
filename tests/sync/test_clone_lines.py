"""Two clones that write one blueprint at the same moment: nobody's line is lost, and none stays twice."""

import itertools
import random
from collections import Counter

import pytest

from tests.sync.clones import AT_ONCE, Schedule, clone, find_failures, merge, send_at_once, sync_at_once
from tests.sync.scenes import SHARED, THEIRS, add_shared, change_lines, write_action, write_actions
from tests.sync.stage import SYNC, rehearse

FEW = 4
"""So many interleavings are tried in every run."""
MANY = 80
OWN = THEIRS[0]
KNOWN = [
    {"id": f"line-{index}", "title": f"line {index}", "owner": "ihar", "work_item": SHARED} for index in range(6)
]


def line(name, **keys):
    return {"id": name, "title": name.replace("-", " "), "owner": "ihar", "work_item": SHARED, **keys}


@pytest.fixture(scope="module")
def theatre(open_theatre):
    return open_theatre("lines-of-clones")


@pytest.fixture(scope="module")
def opening(theatre):
    """Two clones of this are in step with Launchpad."""
    return rehearse(theatre, "ocata/session", write_actions(KNOWN), lambda _stage: None, add_shared)


@pytest.fixture(scope="module")
def scene(theatre):
    """Two clones of this have a good deal to do."""

    def edit(stage):
        change_lines(stage, {"line 0": {"status": "INPROGRESS"}})
        first, second, *rest = KNOWN
        fresh = {"id": "fresh", "title": "fresh", "owner": "ihar", "blueprint": "new fresh"}
        lines = [line("new-a", owner="artur"), first, {**second, "milestone": "ocata-1"}, *rest, line("new-b")]
        stage.write(write_actions([fresh, line("of-fresh", work_item="fresh"), *lines]))

    return rehearse(theatre, "ocata/session", write_actions(KNOWN), edit, add_shared)


def told(stage, name=SHARED):
    """Return what the actions' lines say, by title, and see that all others are as somebody wrote them."""
    lines = stage.blueprints()[name].lines
    ours = [one for one in lines if one.says not in THEIRS]
    theirs = [one.says for one in lines if one.says in THEIRS]
    assert theirs == (list(THEIRS) if name == SHARED else [])
    titles = Counter(one.title for one in ours)
    assert set(titles.values()) <= {1}, titles
    return {one.title: one.says[1:] for one in ours}


AGREED = ("TODO", "ihar", None)
ALL = {f"line {index}": AGREED for index in range(6)}


def edit(stage, name, **keys):
    """Change keys of an action, as a person with an editor does."""
    blocks = stage.read().split("  - id: ")
    for index, block in enumerate(blocks):
        if block.startswith(f"{name}\n"):
            kept = {one.partition(":")[0].strip(): one for one in block.splitlines()}
            kept |= {key: f"    {key}: {value}" for key, value in keys.items()}  # in their places, for git
            blocks[index] = "\n".join(kept.values()) + "\n"
    stage.write("  - id: ".join(blocks))


def add(stage, name, **keys):
    """Add an action whose line goes behind all others: one between them would move those, which are rows too."""
    stage.write(stage.read() + write_action(line(name, milestone="ocata-2", **keys)))


ADDED = ("TODO", "ihar", "ocata-2")


def without(*titles):
    return {title: says for title, says in ALL.items() if title not in titles}


BOTH = {
    "add different lines": (
        lambda one: add(one, "mine"),
        lambda one: add(one, "yours"),
        ({0}, {**ALL, "mine": ADDED, "yours": ADDED}),
    ),
    "add the same line": (lambda one: add(one, "same"), lambda one: add(one, "same"), ({0}, {**ALL, "same": ADDED})),
    "add the same line and say different things": (
        lambda one: add(one, "same", status="done"),
        lambda one: add(one, "same", owner="artur"),
        ({0, 5}, None),
    ),
    "rename one and add another": (
        lambda one: edit(one, "line-2", title="renamed"),
        lambda one: add(one, "yours"),
        ({0}, {**without("line 2"), "renamed": AGREED, "yours": ADDED}),
    ),
    "change different lines": (
        lambda one: edit(one, "line-1", status="done"),
        lambda one: edit(one, "line-3", owner="artur"),
        ({0}, {**ALL, "line 1": ("DONE", "ihar", None), "line 3": ("TODO", "artur", None)}),
    ),
    "change different values of a line": (
        lambda one: edit(one, "line-1", status="done"),
        lambda one: edit(one, "line-1", owner="artur"),
        ({0}, {**ALL, "line 1": ("DONE", "artur", None)}),
    ),
    "change a line in the same way": (
        lambda one: edit(one, "line-1", status="done"),
        lambda one: edit(one, "line-1", status="done"),
        ({0}, {**ALL, "line 1": ("DONE", "ihar", None)}),
    ),
    "rename a line in the same way": (
        lambda one: edit(one, "line-1", title="renamed"),
        lambda one: edit(one, "line-1", title="renamed"),
        ({0}, {**without("line 1"), "renamed": AGREED}),
    ),
}


def write_at_once(theatre, stages):
    """Sync in both clones, which write the blueprint at the same moment; returns what they say, and what was said.

    The latter are the statuses of those two writes: both succeed where they change different rows.
    """
    running = [theatre.processes.start(stage.folder, SYNC) for stage in stages]
    for one in running:
        while not (one.at or "").startswith("send PATCH"):
            one.go_on()
    before = len(theatre.sandbox.requests)
    send_at_once(theatre, running)
    answers = [status for method, _, status in theatre.sandbox.requests[before:] if method == "PATCH"]
    return [one.finish() for one in running], sorted(answers)


@pytest.mark.parametrize("what", BOTH)
def test_two_clones_that_write_at_the_same_moment_lose_no_line_and_leave_none_twice(theatre, opening, what):
    first, second = stages = (one := opening.play(theatre), clone(one))
    change_first, change_second, (codes, expected) = BOTH[what]
    change_first(first)
    change_second(second)
    ended, answers = write_at_once(theatre, stages)
    assert answers == [209, 209 if "add" in what or "different lines" in what else 412]
    assert {code for one in ended for code in one.codes} <= codes, [one.said for one in ended]
    if expected is not None:
        assert told(first) == expected
    merge(theatre, first, second, "ours")
    said = told(first)
    assert said == (expected or said)


def test_a_line_that_two_clones_change_apart_at_the_same_moment_is_a_conflict_of_one(theatre, opening):
    first, second = stages = (one := opening.play(theatre), clone(one))
    edit(first, "line-1", status="done")
    edit(second, "line-1", status="blocked")
    ended, _ = write_at_once(theatre, stages)
    assert sorted(one.codes for one in ended) == [[0], [4]], [one.said for one in ended]
    winner = "DONE" if ended[0].codes == [0] else "BLOCKED"
    assert told(first) == {**ALL, "line 1": (winner, "ihar", None)}
    loser = stages[0 if winner == "BLOCKED" else 1]
    assert ("status: blocked" if winner == "DONE" else "status: done") in loser.read()


def test_a_line_that_one_clone_renames_while_another_changes_it_keeps_both_words(theatre, opening):
    first, second = stages = (one := opening.play(theatre), clone(one))
    edit(first, "line-1", title="renamed")
    edit(second, "line-1", status="done")
    ended, _ = write_at_once(theatre, stages)
    # Who is second has to see what the first has written: a new title it is told of, another status it merges.
    assert [0] in [one.codes for one in ended]
    assert {code for one in ended for code in one.codes} <= {0, 5}
    titles = {**without("line 1"), "renamed": AGREED}
    assert told(first).keys() == titles.keys()
    merge(theatre, first, second, "ours")
    assert told(first) == {**titles, "renamed": ("DONE", "ihar", None)}


def test_a_blueprint_that_two_clones_make_at_the_same_moment_is_one_of_both(theatre, opening):
    first = opening.play(theatre)
    first.write(
        first.read()
        + write_action({"id": "fresh", "title": "fresh", "owner": "ihar", "blueprint": "new fresh", "status": "done"})
        + write_action(line("of-fresh", work_item="fresh"))
    )
    stages = (first, clone(first))
    running = [theatre.processes.start(stage.folder, SYNC) for stage in stages]
    for one in running:
        while not (one.at or "").startswith("send POST"):
            one.go_on()
    send_at_once(theatre, running)
    ended = [one.finish() for one in running]
    assert [one.codes for one in ended] == [[0], [0]], [one.said for one in ended]
    merge(theatre, *stages, "ours")
    assert told(first, "fresh") == {"of fresh": AGREED}
    fresh = first.blueprints()["fresh"]
    assert (fresh.assignee, fresh.status) == ("ihar", "Implemented")


def prepare(theatre, scene):
    """Clone a repository; each clone has edits of its own besides those that both have."""
    first = scene.play(theatre)
    second = clone(first)
    edit(first, "line-3", title="renamed")
    edit(second, "line-5", status="done")
    top, actions, rest = first.read().partition("actions:\n")
    first.write(top + actions + write_action(line("of-first")) + rest)
    add(second, "of-second")
    return first, second


def play(theatre, scene, schedule):
    stages = prepare(theatre, scene)
    most = sync_at_once(theatre, stages, schedule)
    check(stages[0])
    return most


def check(stage):
    """See that every edit of either clone and of Launchpad is on both sides."""
    assert told(stage) == {
        **without("line 3"),
        "line 0": ("INPROGRESS", "ihar", None),
        "line 1": ("TODO", "ihar", "ocata-1"),
        "renamed": AGREED,
        "line 5": ("DONE", "ihar", None),
        "new a": ("TODO", "artur", None),
        "new b": AGREED,
        "of first": AGREED,
        "of second": ADDED,
    }
    assert told(stage, "fresh") == {"of fresh": AGREED}
    text = stage.read()
    for words in ("title: renamed", "status: in progress", "blueprint: fresh", "status: done"):
        assert text.count(f"    {words}\n") == 1, words
    assert text.count("work_item: ") == 11


def schedules():
    """Yield orders of turns, who is killed at their end, and which side of a conflict is kept; always the same."""
    draw = random.Random(1)  # noqa: S311 - nothing is secret here
    yield Schedule((AT_ONCE,) * 30)
    for number in itertools.count():
        first = number % 2
        length = draw.randrange(1, 16)
        turns = [
            (0,) * length + (1,) * draw.randrange(1, 16) + (AT_ONCE,) * 3,
            tuple(draw.choice([0, 1, AT_ONCE]) for _ in range(2 * length)),
            (first,) * length + (AT_ONCE,) * draw.randrange(1, 8),
        ][number % 3]
        yield Schedule(turns, draw.choice([None, 0, 1]), draw.choice(["ours", "theirs"]))


def test_two_clones_of_lines_end_in_step_with_every_line_once(theatre, scene):
    for schedule in itertools.islice(schedules(), FEW):
        play(theatre, scene, schedule)


@pytest.mark.slow
def test_whatever_the_order_in_which_two_clones_write_lines_they_end_in_step(theatre, scene, capsys):
    most = play(theatre, scene, Schedule())
    every_turn = (
        Schedule((0,) * (length - by) + (1,) * length + (AT_ONCE,) * 2, killed, "ours")
        for length in range(most + 1)
        for by in (0, 1)
        for killed in (None, 0)
    )
    tried = [*every_turn, *itertools.islice(schedules(), MANY)]
    failures = find_failures(lambda schedule: play(theatre, scene, schedule), tried)
    with capsys.disabled():
        print(f"\n{len(tried)} interleavings of two clones that write lines")  # noqa: T201 - it takes minutes
    assert not failures, "\n\n".join(failures)
