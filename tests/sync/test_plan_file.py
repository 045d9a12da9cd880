"""A plan as values: what is kept of it, when two are the same, and which texts are none."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sync.plans import PEOPLE, SETTINGS, plans
from tracker import __version__
from tracker.launchpad.snapshots import TaskSnapshot, created_task
from tracker.recap.model import Action, BugTarget, Owner, Recap
from tracker.sync.entries import Agreed, Entry, Refused
from tracker.sync.merge import FieldMerge, Outcome, Prefer
from tracker.sync.plan import ActionPlan, Plan
from tracker.sync.plan_file import (
    KIND,
    KeptPlan,
    Options,
    _digest,
    compare_plans,
    dump_plan,
    is_plan,
    keep_plan,
    parse_plan,
    say_difference,
    say_step,
)

TASK = TaskSnapshot(5, "neutron", "t", "New", "Undecided", "ihar", None, '"etag"', "page")


def merge(field="status", outcome=Outcome.PUSH, recap="done", launchpad="New", base=None, **words):
    words = {"to_recap": None, "to_launchpad": "Fix Released", **words}
    return FieldMerge(field, outcome, recap, launchpad, base, **words)


def action_plan(**changes):
    action = Action("first", "do the first thing", "neutron", target=BugTarget(5), tags=("x-y",))
    recap = Recap("ocata/a", "a session", "neutron", date(2016, 10, 28), actions=(action,))
    return replace(ActionPlan(recap, action, 0, Entry("first"), shown=TASK), **changes)


def keep(*actions, options=None, account="driver"):
    options = options or Options()
    return keep_plan(Plan(actions), options, settings=SETTINGS, people=PEOPLE, service="sandbox", account=account)


def steps(**changes):
    return keep(action_plan(**changes)).actions.get("ocata/a#first", {})


def text(kept):
    return json.dumps(dump_plan(kept))


# What is kept


def test_a_push_is_kept_with_both_sides_words_before_and_after():
    assert steps(merges=(merge(),)) == {
        "status": {
            "outcome": "push", "project": "neutron", "bug": 5, "recap": "done", "recap_after": "done",
            "launchpad": "New", "launchpad_after": "Fix Released",
        }
    }  # fmt: skip


def test_a_push_that_undoes_a_pull_is_kept_as_such():
    base = Agreed("in progress", "In Progress", "2016-11-03T18:50:08Z", ("done",))
    assert steps(merges=(merge(base=base),))["status"]["undoes_pull"] is True
    pull = merge(base=base, outcome=Outcome.PULL, to_recap="todo")
    assert "undoes_pull" not in steps(merges=(pull,))["status"]


def test_a_conflict_is_kept_with_what_was_agreed():
    base = Agreed("todo", "New", "2016-11-03T18:50:08Z")
    kept = steps(merges=(merge(outcome=Outcome.CONFLICT, base=base),))["status"]
    assert (kept["outcome"], kept["agreed_recap"], kept["agreed_launchpad"]) == ("conflict", "todo", "New")


def test_a_new_lead_is_kept_with_all_owners():
    action = replace(action_plan().action, owners=(Owner("ihar"), Owner("artur")))
    pull = merge("lead", Outcome.PULL, "ihar", "artur", to_recap="artur")
    kept = steps(action=action, merges=(pull,))["owner"]
    assert (kept["owners"], kept["owners_after"]) == (["ihar", "artur"], ["artur", "ihar"])


def test_a_new_bug_is_kept_with_its_whole_text():
    kept = steps(create=True, description="one\n\ntwo", shown=created_task(0, "neutron", "t"))
    assert kept == {
        "create": {
            "outcome": "create", "project": "neutron", "title": "do the first thing",
            "tags": ["summit", "x-y"], "description": ["one", "", "two"],
        }
    }  # fmt: skip


def test_everything_else_that_is_written_is_kept():
    kept = steps(write_number=5, add_tags=("a", "b"), subscribe=("artur",), comment="x\ny", duplicates=(7,))
    assert {name: step.get("add") for name, step in kept.items()} == {
        "bug": None, "tags": ["a", "b"], "subscribe": ["artur"], "comment": ["x", "y"], "duplicates": [7],
    }  # fmt: skip
    assert (kept["bug"]["recap"], kept["bug"]["recap_after"]) == (5, 5)


def test_what_is_not_written_is_not_kept():
    agreed = merge(outcome=Outcome.AGREED)
    assert steps(merges=(agreed,)) == {}
    assert steps(merges=(merge(),), refused={"status": Refused()}) == {}


@settings(max_examples=40)
@given(plans)
def test_a_plan_is_read_as_it_was_written(plan):
    kept = keep(*plan.actions, options=Options(("ocata/a",), ("x",), ("owner",), Prefer.RECAP, True, ("close",)))
    assert parse_plan(text(kept)) == kept
    assert compare_plans(parse_plan(text(kept)), kept) == []
    assert is_plan(text(kept))


@settings(max_examples=40)
@given(plans)
def test_neither_times_nor_etags_make_another_plan(plan):
    def aged(action):
        task = action.task and replace(action.task, etag="another")
        merges = tuple(
            replace(one, base=one.base and replace(one.base, since="2020-01-01T00:00:00Z")) for one in action.merges
        )
        return replace(action, shown=task, merges=merges, index=7)

    assert text(keep(*plan.actions)) == text(keep(*(aged(action) for action in reversed(plan.actions))))


@settings(max_examples=40)
@given(plans, plans)
def test_two_plans_are_the_same_where_they_do_the_same(one, other):
    one, other = keep(*one.actions), keep(*other.actions)
    differences = compare_plans(one, other)
    assert (not differences) == (one.actions == other.actions)
    for difference in differences:
        said = list(say_difference(difference))
        assert said
        assert {sign for sign, _ in said} <= {"-", "+"}


# What differs


def differing(before, after):
    return [said for one in compare_plans(keep(before), keep(after)) for said in say_difference(one)]


def test_a_step_that_is_gone_or_new_is_said():
    both = action_plan(merges=(merge(),))
    push = 'bug 5: status on Launchpad "New" -> "Fix Released"'
    assert differing(both, action_plan()) == [("-", push)]
    assert differing(action_plan(), both) == [("+", push)]


def test_a_step_that_differs_is_said_with_old_and_new_values():
    before = action_plan(merges=(merge(),))
    assert differing(before, action_plan(merges=(merge(launchpad="Triaged"),))) == [
        ("-", 'bug 5: status on Launchpad "New" -> "Fix Released"'),
        ("+", 'bug 5: status on Launchpad "Triaged" -> "Fix Released"'),
    ]
    assert differing(before, action_plan(merges=(merge(recap="dropped"),))) == [
        ("-", 'status, recap: "done"'),
        ("+", 'status, recap: "dropped"'),
        ("-", 'status, recap after: "done"'),
        ("+", 'status, recap after: "dropped"'),
    ]


def test_the_lines_of_a_text_that_differ_are_said_also_beside_other_differences():
    before = action_plan(create=True, description="a\nb\n-- c\nd")
    after = replace(before, description="a\nd\n-- c", action=replace(before.action, title="better"))
    assert differing(before, after) == [
        ("-", 'create a bug in neutron: "do the first thing"'),
        ("+", 'create a bug in neutron: "better"'),
        ("-", "create, description: b"),
        ("+", "create, description: d"),
        ("-", "create, description: d"),
    ]


def test_another_bug_is_another_step():
    before = action_plan(merges=(merge(),))
    (minus, plus) = differing(before, action_plan(merges=(merge(),), shown=replace(TASK, bug=6)))
    assert (minus[1][:5], plus[1][:5]) == ("bug 5", "bug 6")


@pytest.mark.parametrize(
    "step",
    [{}, {"outcome": 1}, {"outcome": "push"}, {"outcome": "create"}, {"bug": [None]}, {"outcome": "pull", "x": []}],
)
def test_a_step_that_the_tracker_never_made_is_said_all_the_same(step):
    assert "x" in say_step("x", step)


# Texts that are no plan


VALUES = dump_plan(keep(action_plan(merges=(merge(),))))


def signed(**changes):
    values = {**VALUES, **changes}
    del values["digest"]
    return json.dumps({**values, "digest": _digest(values)})


def test_the_values_that_the_others_are_made_of_are_a_plan():
    assert isinstance(parse_plan(signed()), KeptPlan)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"Fix Released"', '"Invalid"', "it was altered"),
        ('"digest": "', '"digest": "0', "it was altered"),
        ('"digest"', '"digets"', "it was altered"),
        ('"version": "', '"version": "9.', f'version "9.{__version__}" of the tracker made it'),
        ('"kind": "plan', '"kind": "clan', "it is no plan"),
        ('"actions": {', '"actions": {"a#b": {}, ', "it was altered"),
        ('"actions": {', '"actions": {"a": 1, "a": 1, ', "a key stands twice"),
        ('"actions"', '"actions', "it is no JSON from line 1 on"),
        ('"bug": 5', '"bug": ' + "9" * 10_000, "more than 18 digits"),
        ('"bug": 5', '"bug": NaN', "it was altered"),
        ("{", "\n<<<<<<< ours\n{", "it is no JSON from line 2 on"),
        ("{", "\ufeff{", "it is no JSON"),
    ],
)  # fmt: skip
def test_a_text_that_is_not_as_it_was_written_is_refused(old, new, said):
    written = json.dumps(VALUES)
    assert old in written
    with pytest.raises(ValueError, match=said):
        parse_plan(written.replace(old, new, 1))


@pytest.mark.parametrize("written", ["", "[]", "null", "title: t", '"\\ud800"', "{}", '{"kind": 1}'])
def test_what_is_no_plan_is_not_taken_for_one(written):
    assert not is_plan(written)
    with pytest.raises(ValueError, match="it is no"):
        parse_plan(written)


@pytest.mark.parametrize(
    "options",
    [
        {"prefer": "nobody"}, {"prefer": 1}, {"force": ["everything"]}, {"force": "create"}, {"recaps": [1]},
        {"recaps": "a"}, {"only": None}, {"retry_refused": 1}, {"more": True},
    ],
)  # fmt: skip
def test_options_that_no_plan_has_are_refused(options):
    with pytest.raises(ValueError, match="its `"):
        parse_plan(signed(options={**VALUES["options"], **options}))


@pytest.mark.parametrize(
    "changes",
    [
        {"actions": []}, {"actions": {"a#b": 1}}, {"actions": {"a#b": {"status": []}}},
        {"actions": {"a#b": {"status": {"recap": {}}}}}, {"actions": {"a#b": {"status": {"x": 1.5}}}},
        {"actions": {"a#b": {"status": {"x": [[]]}}}}, {"account": None}, {"service": 1}, {"tag": []},
        {"project": 1}, {"options": {}}, {"options": []},
    ],
)  # fmt: skip
def test_values_that_no_plan_has_are_refused(changes):
    with pytest.raises(ValueError, match="none that the tracker writes"):
        parse_plan(signed(**changes))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
)


@given(st.dictionaries(st.sampled_from([*VALUES, "x"]), json_values))
def test_whatever_a_file_says_is_a_plan_or_a_reason(changes):
    try:
        kept = parse_plan(signed(**{**changes, "kind": KIND}))
    except ValueError:
        return
    for difference in compare_plans(kept, keep()):
        assert all(isinstance(said, str) for _, said in say_difference(difference))
