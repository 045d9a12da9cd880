"""What a recap would say after a sync is what it then says."""

from dataclasses import replace

import pytest

from tracker.launchpad.workitems import read_items, write_items
from tracker.recap.model import BugTarget
from tracker.sync.preview import preview_action

ACTION = """\
  - id: first
    title: do the first thing
    owner: [ihar, artur]
    bug: new
    status: todo
    milestone: ocata-1
"""


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "In Progress"},
        {"status": "Fix Released", "importance": "High"},
        {"lead": "kevin"},
        {"lead": "artur"},
        {"lead": None},
        {"milestone": "ocata-2"},
        {"milestone": None, "status": "Won't Fix", "lead": "driver"},
        {},
    ],
)
def test_an_action_is_previewed_as_a_sync_leaves_it(bench, changes):
    bench.write(ACTION)
    bench.sync()
    if changes:
        bench.elsewhere(**changes)
    bench.others.update_bug(bench.others.fetch_bug(bench.number()), title="do it first")
    check(bench)


def test_a_duplicates_master_is_previewed(bench):
    bench.write(ACTION)
    bench.sync()
    number = bench.number()
    master = bench.others.create_bug(bench.project, "do the first thing", "x", [bench.tag])
    bench.others.mark_duplicate(bench.others.fetch_bug(number), master)
    work, plan = bench.prepare()
    assert preview_action(plan.actions[0], work.context.people).target == BugTarget(master)


def test_what_would_be_written_on_launchpad_leaves_the_action_as_it_is(bench):
    bench.write(ACTION)
    bench.sync()
    bench.replace("status: todo", "status: done")
    work, plan = bench.prepare()
    assert plan.actions[0].pushes
    assert preview_action(plan.actions[0], work.context.people) == plan.actions[0].action


BLUEPRINT = """\
  - id: first
    title: do the first thing
    owner: [ihar, artur]
    blueprint: new first-thing
    status: todo
    milestone: ocata-1
"""
LINE = """\
  - id: first
    title: do the first thing
    owner: [ihar, artur]
    work_item: the-whole
    status: todo
    milestone: ocata-1
"""
CHANGES = [
    {"lead": "kevin"},
    {"lead": "artur", "milestone": None},
    {"lead": None, "milestone": "ocata-2"},
    {},
]


@pytest.mark.parametrize("status", ["Good progress", "Implemented", "Obsolete", "Blocked", "Unknown"])
@pytest.mark.parametrize("changes", CHANGES)
def test_a_blueprint_is_previewed_as_a_sync_leaves_it(bench, changes, status):
    bench.write(BLUEPRINT)
    bench.sync()
    made = bench.others.fetch_blueprint(bench.project, "first-thing")
    bench.others.update_blueprint(made, {**changes, "status": status})
    check(bench)


@pytest.mark.parametrize("status", ["INPROGRESS", "DONE", "POSTPONED", "BLOCKED", "TODO"])
@pytest.mark.parametrize("changes", CHANGES)
def test_a_work_item_is_previewed_as_a_sync_leaves_it(bench, launchpad, changes, status):
    launchpad.add_specification(bench.project, "the-whole", owner="artur")
    bench.write(LINE)
    bench.sync()
    whole = bench.others.fetch_blueprint(bench.project, "the-whole")
    (line,) = read_items(whole.work_items)
    values = {"assignee" if field == "lead" else field: value for field, value in changes.items()}
    bench.others.update_blueprint(whole, {"work_items": write_items([replace(line, **values, status=status)])})
    check(bench)


def test_a_blueprint_that_was_made_is_previewed_as_one_that_is_there(bench):
    bench.write(BLUEPRINT)
    bench.sync()
    bench.write(BLUEPRINT)
    check(bench)
    assert "blueprint: first-thing\n" in bench.read()


def check(bench):
    """Hold the preview of a sync's first action against what the sync leaves."""
    work, plan = bench.prepare()
    previewed = preview_action(plan.actions[0], work.context.people)
    bench.sync()
    assert previewed == bench.repository().recaps[0].actions[0]
