"""What a recap would say after a sync is what it then says."""

import pytest

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
    work, plan = bench._prepare(None, retry_refused=False)
    previewed = preview_action(plan.actions[0], work.context.people)
    bench.sync()
    assert previewed == bench.repository().recaps[0].actions[0]


def test_a_duplicates_master_is_previewed(bench):
    bench.write(ACTION)
    bench.sync()
    number = bench.number()
    master = bench.others.create_bug(bench.project, "do the first thing", "x", [bench.tag])
    bench.others.mark_duplicate(bench.others.fetch_bug(number), master)
    work, plan = bench._prepare(None, retry_refused=False)
    assert preview_action(plan.actions[0], work.context.people).target == BugTarget(master)


def test_what_would_be_written_on_launchpad_leaves_the_action_as_it_is(bench):
    bench.write(ACTION)
    bench.sync()
    bench.replace("status: todo", "status: done")
    work, plan = bench._prepare(None, retry_refused=False)
    assert plan.actions[0].pushes
    assert preview_action(plan.actions[0], work.context.people) == plan.actions[0].action
