"""Recaps that are put back as they were before a sync: it is told, and nothing is lost or created twice."""

import pytest

from tests.sync.bench import happened
from tracker.sync.base import Base
from tracker.sync.describe import say_steps, undoes_pull
from tracker.sync.events import Kind

ACTION = (
    "  - id: first\n    title: do the first thing\n    owner: ihar\n    bug: new\n"
    "    status: in progress\n    milestone: ocata-1\n    importance: High\n"
)
PULLS = {
    "title": ["theirs", "theirs again"],
    "lead": ["artur", "kevin"],
    "status": ["Fix Released", "Invalid"],
    "milestone": ["ocata-2", None],
    "importance": ["Low", "Wishlist"],
}


def base(bench):
    return Base(bench.folder, "sandbox").path(bench.recap)


def move(bench, field, value):
    if field == "title":
        bench.others.update_bug(bench.others.fetch_bug(bench.number()), title=value)
    else:
        bench.elsewhere(**{field: value})


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("field", PULLS)
def test_a_push_that_undoes_what_came_from_launchpad_is_told(bench, field, times):
    bench.write(ACTION)
    bench.sync()
    before = bench.read()
    for value in PULLS[field][:times]:
        move(bench, field, value)
        bench.sync()
    bench.write("", head=before)
    (plan,) = bench.plan().actions
    assert [(push.field, undoes_pull(push)) for push in plan.pushes] == [(field, True)]
    assert any(text.endswith("this undoes what came from Launchpad") for _, text in say_steps(plan))


def test_a_finer_word_that_comes_after_does_not_hide_what_is_undone(bench):
    bench.write(ACTION)
    bench.sync()
    before = bench.read()
    for status in ("Fix Committed", "Fix Released"):  # both are done
        bench.elsewhere(status=status)
        bench.sync()
    bench.write("", head=before)
    (plan,) = bench.plan().actions
    assert [(push.field, undoes_pull(push)) for push in plan.pushes] == [("status", True)]


@pytest.mark.parametrize("field", PULLS)
def test_a_new_word_undoes_nothing_nor_does_what_was_before_it(bench, field):
    bench.write(ACTION)
    bench.sync()
    before = bench.read()
    move(bench, field, PULLS[field][0])
    bench.sync()
    bench.sync()
    old, new = {
        "title": ("theirs", "a new word"),
        "lead": ("owner: artur", "owner: kevin"),
        "status": ("status: done", "status: dropped"),
        "milestone": ("    milestone: ocata-2\n", ""),
        "importance": ("importance: Low", "importance: Critical"),
    }[field]
    bench.replace(old, new)
    (plan,) = bench.plan().actions
    assert [(push.field, undoes_pull(push)) for push in plan.pushes] == [(field, False)]
    bench.sync()
    bench.write("", head=before)
    (plan,) = bench.plan().actions
    assert [(push.field, undoes_pull(push)) for push in plan.pushes] == [(field, False)]


def test_an_empty_field_that_was_filled_is_filled_again_or_told(bench):
    bench.write("  - id: first\n    title: t\n    bug: new\n")
    bench.sync()
    before = bench.read()
    bench.elsewhere(lead="ihar", status="In Progress", milestone="ocata-1", importance="High")
    bench.sync()
    bench.write("", head=before)
    (plan,) = bench.plan().actions
    assert {pull.field for pull in plan.pulls} == {"status", "importance"}
    assert {push.field for push in plan.pushes if undoes_pull(push)} == {"lead", "milestone"}


@pytest.mark.parametrize("with_base", [True, False])
def test_a_number_line_that_was_thrown_away_is_written_again(bench, with_base):
    bench.write(ACTION)
    before = bench.read()
    bench.sync()
    number = bench.number()
    if not with_base:
        base(bench).unlink()
    bench.write("", head=before)
    (plan,) = bench.plan().actions
    assert ("<", f"write bug {number} into the recap, which tracks this action") in list(say_steps(plan))
    assert f"recap: bug {number}" in happened(bench.sync(), Kind.DONE)
    assert bench.bugs() == [number] == [bench.number()]
    assert bench.in_step()


@pytest.mark.parametrize("with_base", [True, False])
@pytest.mark.parametrize("created", [True, False])
def test_a_recap_that_is_put_back_whole_loses_nothing_unseen(bench, created, with_base):
    bench.write(ACTION)
    if created:
        bench.sync()
    old = bench.read(), base(bench).read_bytes() if created else None
    bench.sync()
    number = bench.number()
    bench.elsewhere(status="Fix Released", milestone="ocata-2", lead="artur", importance="Low")
    bench.sync()
    theirs = bench.task()
    bench.write("", head=old[0])
    if with_base and created:
        base(bench).write_bytes(old[1])
    elif with_base:
        base(bench).unlink()
    plan = bench.plan()
    assert not plan.creations
    for push in plan.actions[0].pushes:
        assert undoes_pull(push), push
    if with_base:  # as in an older clone: what came since comes again, or is shown where creation alone is known
        assert not plan.actions[0].pushes
        bench.sync()
        assert bench.task() == theirs
    else:
        assert len(plan.actions[0].pushes) == 4
        bench.sync()
    assert bench.bugs() == [number] == [bench.number()]
    assert bench.in_step()
