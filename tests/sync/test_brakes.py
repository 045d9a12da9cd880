"""What stops a sync: how many of how many, and nothing below a handful."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sync.plans import plans
from tracker.errors import ExitCode, TrackerError
from tracker.launchpad.snapshots import TaskSnapshot, created_task
from tracker.recap.model import Action, BugTarget, Recap
from tracker.recap.parse import Limits
from tracker.sync.brakes import BRAKES, HANDFUL, brake_error, find_brakes, find_missing
from tracker.sync.entries import Agreed, Entry, Refused
from tracker.sync.merge import FieldMerge, Outcome
from tracker.sync.plan import ActionPlan, Plan

OFF = Limits(create=1000, change=1.0, close=1.0, reassign=1.0, missing=1.0)
RECAP = Recap("ocata/a", "a session", "neutron", date(2016, 10, 28))


def push(field, recap, launchpad, sent, base=None):
    return FieldMerge(field, Outcome.PUSH, recap, launchpad, base, to_recap=None, to_launchpad=sent)


def pull(field, recap, launchpad, to_recap, base=None):
    return FieldMerge(field, Outcome.PULL, recap, launchpad, base, to_recap=to_recap, to_launchpad=None)


def action(index, *merges, **changes):
    task = TaskSnapshot(index + 1, "neutron", "t", "New", "Undecided", None, None, "etag", "page")
    one = Action(f"a{index}", "t", "neutron", target=BugTarget(index + 1))
    return replace(ActionPlan(RECAP, one, index, Entry(one.id), shown=task, merges=merges), **changes)


def plan(changed, of, *merges, **changes):
    """Make a plan of so many tracked actions, of which some have these merges."""
    still = [action(index) for index in range(changed, of)]
    return Plan((*(action(index, *merges, **changes) for index in range(changed)), *still))


def braked(made, **limits):
    return [brake.name for brake in find_brakes(made, replace(OFF, **limits))]


CLOSING = [
    push("status", "done", "New", "Fix Released"),
    push("status", "dropped", "In Progress", "Invalid"),
    pull("status", "todo", "Won't Fix", "dropped"),
    pull("status", "in progress", "Fix Committed", "done"),
    pull("status", "postponed", "Fix Released", "done"),
]
NOT_CLOSING = [
    push("status", "todo", "Fix Released", "Confirmed"),  # opened again
    push("status", "dropped", "Fix Released", "Invalid"),  # closed before
    push("status", "in progress", "New", "In Progress"),
    pull("status", "done", "Invalid", "dropped"),
    pull("status", "done", "New", "todo"),
    push("milestone", "done", "New", "Fix Released"),
    replace(CLOSING[0], outcome=Outcome.CONFLICT),
    replace(CLOSING[2], outcome=Outcome.AGREED),
    replace(CLOSING[2], outcome=Outcome.HELD),
]
REASSIGNING = [
    push("lead", "artur", "ihar", "artur"),
    push("lead", None, "ihar", None),
    pull("lead", "ihar", "artur", "artur"),
    pull("lead", "ihar", None, "ihar?"),  # unassigned on Launchpad
    pull("lead", "kevin?", "artur", "artur"),
]
NOT_REASSIGNING = [
    push("lead", "artur", None, "artur"),
    pull("lead", None, "artur", "artur"),
    pull("lead", "kevin?", "kevin", "kevin"),  # confirmed
    push("milestone", "artur", "ihar", "artur"),
    replace(REASSIGNING[0], outcome=Outcome.CONFLICT),
]


@pytest.mark.parametrize("merge", CLOSING)
def test_an_action_that_is_open_and_gets_closed_on_either_side_is_closed(merge):
    assert braked(plan(10, 20, merge), close=0.25) == ["close"]


@pytest.mark.parametrize("merge", NOT_CLOSING)
def test_no_other_step_closes_an_action(merge):
    assert braked(plan(10, 20, merge), close=0.25) == []


@pytest.mark.parametrize("merge", REASSIGNING)
def test_an_action_whose_lead_is_replaced_or_taken_on_either_side_is_reassigned(merge):
    assert braked(plan(10, 20, merge), reassign=0.25) == ["reassign"]


@pytest.mark.parametrize("merge", NOT_REASSIGNING)
def test_giving_an_action_to_somebody_takes_it_from_nobody(merge):
    assert braked(plan(10, 20, merge), reassign=0.25) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"merges": (CLOSING[0],)}, {"merges": (CLOSING[2],)}, {"add_tags": ("x-y",)}, {"subscribe": ("artur",)},
        {"comment": "done"}, {"write_number": 7}, {"duplicates": (8,)},
    ],
)  # fmt: skip
def test_whatever_is_written_on_either_side_changes_an_action(changes):
    assert braked(Plan(tuple(action(index, **changes) for index in range(10))), change=0.5) == ["change"]


def test_what_is_not_written_changes_nothing():
    conflict = replace(CLOSING[0], outcome=Outcome.CONFLICT)
    refused = {"status": Refused()}
    assert braked(plan(10, 10, conflict), change=0.0, close=0.0) == []
    assert braked(plan(10, 10, CLOSING[0], refused=refused), change=0.0, close=0.0) == []


def test_a_share_that_is_reached_does_not_brake_and_one_that_is_exceeded_does():
    assert braked(plan(10, 20, CLOSING[0]), change=0.5) == []
    assert braked(plan(11, 20, CLOSING[0]), change=0.5) == ["change"]


def test_a_handful_never_brakes():
    assert braked(plan(HANDFUL, HANDFUL, CLOSING[0], REASSIGNING[0]), change=0, close=0, reassign=0) == []
    more = plan(HANDFUL + 1, HANDFUL + 1, CLOSING[0], REASSIGNING[0])
    assert braked(more, change=0, close=0, reassign=0) == ["change", "close", "reassign"]


def test_a_share_is_of_the_actions_that_have_a_bug():
    """New bugs and those that cannot be seen are none that could have stayed as they were."""
    hidden = tuple(action(index, shown=None) for index in range(50, 80))
    new = tuple(action(index, create=True, shown=created_task(0, "neutron", "t")) for index in range(80, 99))
    changed = plan(6, 10, CLOSING[0])
    assert braked(Plan((*changed.actions, *hidden, *new)), change=0.5) == ["change"]


def test_new_bugs_are_counted_by_themselves_alone():
    new = Plan(tuple(action(i, CLOSING[0], create=True, shown=created_task(0, "neutron", "t")) for i in range(10)))
    assert braked(new, change=0, close=0, reassign=0) == []
    assert braked(new, create=10) == []
    assert braked(new, create=9) == ["create"]


def test_a_brake_says_how_many_of_how_many_and_names_some():
    (brake,) = find_brakes(plan(8, 20, CLOSING[0]), replace(OFF, close=0.125))
    assert brake.text == "the plan closes 8 of 20 actions, more than the limit of 12.5%"
    error = brake_error([brake])
    assert error.details == "nothing was changed; close: ocata/a#a0, ocata/a#a1, ocata/a#a2 and 5 more"
    assert "--force close" in error.remedy
    assert error.exit_code is ExitCode.PROBLEMS


def test_only_fewer_creations_are_had_by_naming_fewer_recaps():
    """The others are shares, which are of fewer actions then."""
    new = Plan(tuple(action(i, create=True, shown=created_task(0, "neutron", "t")) for i in range(10)))
    create, change = find_brakes(new, replace(OFF, create=9)) + find_brakes(
        plan(10, 10, CLOSING[0]), replace(OFF, change=0.5)
    )
    assert "name fewer recaps" in brake_error([create]).remedy
    for brakes in ([change], [create, change]):
        assert "name fewer recaps" not in brake_error(brakes).remedy


def test_a_brake_says_how_many_undo_what_came_from_launchpad():
    base = Agreed("done", "Fix Released", "2016-11-03T18:50:08Z", ("todo",))
    undoing = push("status", "todo", "Fix Released", "Confirmed", base)
    (brake,) = find_brakes(plan(8, 10, undoing), replace(OFF, change=0.5))
    assert brake.text.endswith("; 8 of them undo what came from Launchpad")


def test_several_brakes_are_one_message():
    error = brake_error(find_brakes(plan(8, 10, CLOSING[0], REASSIGNING[0]), Limits()))
    assert "changes 8 of 10" in error.message
    assert "closes 8 of 10" in error.message
    assert "replaces the lead of 8 of 10" in error.message
    assert "--force change --force close --force reassign" in error.remedy


def test_an_answer_that_came_short_is_told_with_what_is_missing():
    brake = find_missing("neutron", range(1, 21), {1, 2, 3}, 0.25)
    assert brake.text == (
        "Launchpad's search leaves out 17 of 20 bugs that are known in neutron, more than the limit of 25%"
    )
    assert brake.examples[:2] == ("bug 4", "bug 5")
    assert "--force missing" in brake_error([brake]).remedy


def test_ones_and_twos_may_be_missing():
    assert find_missing("neutron", range(HANDFUL), (), 0.0) is None
    assert find_missing("neutron", range(100), range(25, 100), 0.25) is None
    assert find_missing("neutron", range(100), range(26, 100), 0.25) is not None
    assert find_missing("neutron", (), (), 0.0) is None


limits = st.builds(
    Limits,
    create=st.integers(0, 5),
    **{name: st.sampled_from([0.0, 0.25, 0.5, 1.0]) for name in ("change", "close", "reassign", "missing")},
)


@settings(max_examples=60)
@given(plans, limits)
def test_whatever_the_plan_brakes_are_known_and_name_what_they_counted(made, chosen):
    brakes = find_brakes(made, chosen)
    assert [brake.name for brake in brakes] == [name for name in BRAKES if name in {one.name for one in brakes}]
    known = {one.full_id for one in made.actions}
    for brake in brakes:
        assert set(brake.examples) <= known
        assert isinstance(brake_error([brake]), TrackerError)
        assert len(brake.examples) > (chosen.create if brake.name == "create" else HANDFUL)
    assert not find_brakes(made, OFF)


@settings(max_examples=60)
@given(plans, limits)
def test_what_closes_or_reassigns_also_changes(made, chosen):
    """So with one share for all, the brake on changes is the first to stop."""
    same = replace(chosen, close=chosen.change, reassign=chosen.change)
    names = {brake.name for brake in find_brakes(made, same)}
    assert "change" in names or not names & {"close", "reassign"}
