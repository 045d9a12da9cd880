"""How a plan is summed up."""

from datetime import date

import pytest
from hypothesis import given

from tests.sync.plans import plans
from tracker.cli.plan_text import _say_sum
from tracker.launchpad.snapshots import created_task
from tracker.recap.model import Action, BugTarget, Recap
from tracker.sync.entries import Entry
from tracker.sync.merge import FieldMerge, Outcome
from tracker.sync.plan import ActionPlan, Plan

ACTION = Action("a", "t", "neutron", target=BugTarget(7))
RECAP = Recap("ocata/a", "a session", "neutron", date(2016, 10, 28), actions=(ACTION,))


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"add_tags": ("x-y", "z")}, "1 value to Launchpad"), ({"subscribe": ("x", "y")}, "2 values to Launchpad"),
        ({"comment": "done"}, "1 value to Launchpad"), ({"duplicates": (8, 9)}, "2 values to Launchpad"),
        ({"link": ("ocata/a#b",)}, "1 value to Launchpad"), ({"write_number": 7}, "1 value to recaps"),
        ({"write_name": "push"}, "1 value to recaps"), ({"create": True}, "1 bug to create"),
        ({"merges": (FieldMerge("status", Outcome.CONFLICT, "done", "Invalid", None, None, None),)}, "1 conflict"),
    ],
)  # fmt: skip
def test_whatever_a_plan_writes_is_counted_in_its_sum(step, said):
    one = ActionPlan(RECAP, ACTION, 0, Entry("a"), shown=created_task(7, "neutron", "t"), **step)
    assert _say_sum(Plan((one,))) == f"Plan: {said}."


@given(plans)
def test_a_plan_has_a_sum_of_steps_where_it_has_any(plan):
    said = _say_sum(plan)
    assert said.startswith("Plan: ") == bool(plan.changed or plan.conflicts)
    assert any(digit in said for digit in "0123456789") or not plan.actions
