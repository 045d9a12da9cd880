"""Runs about some actions and fields alone."""

import pytest

from tests.sync.bench import happened
from tracker.errors import ExitCode, TrackerError
from tracker.sync.base import Base
from tracker.sync.choice import Choice, read_choice
from tracker.sync.events import Kind
from tracker.sync.identity import identity_line
from tracker.sync.merge import FIELDS, Prefer

ACTION = (
    "  - id: first\n    title: do the first thing\n    owner: ihar\n    bug: new\n"
    "    status: todo\n    milestone: ocata-1\n    importance: High\n"
)
SECOND = ACTION.replace("first", "second")
FIRST = "ocata/session#first"
OURS = {
    "title": ("do the first thing", "ours"),
    "lead": ("owner: ihar", "owner: artur"),
    "status": ("status: todo", "status: done"),
    "milestone": ("ocata-1", "ocata-2"),
    "importance": ("High", "Low"),
}
THEIRS = {"lead": "kevin", "status": "Invalid", "milestone": None, "importance": "Wishlist"}


def choice(*actions, fields=()):
    return Choice(frozenset(actions) or None, frozenset(fields) or None)


def entry(bench, action="first"):
    return Base(bench.folder, "sandbox").load(bench.recap)[action]


def sides(bench):
    """Return for each field what the recap, Launchpad and the base say of the first action."""
    action, task, known = bench.repository().recaps[0].actions[0], bench.task(), entry(bench).fields
    recap = {
        "title": action.title,
        "lead": str(action.lead),
        "status": action.status,
        "milestone": action.milestone,
        "importance": action.importance,
    }
    launchpad = {
        "title": task.title,
        "lead": task.assignee,
        "status": task.status,
        "milestone": task.milestone,
        "importance": task.importance,
    }
    return {field: (recap[field], launchpad[field], known.get(field)) for field in FIELDS}


def conflict(bench):
    """Move every field of the first action apart."""
    bench.write(ACTION + SECOND)
    bench.sync()
    for old, new in OURS.values():
        bench.replace(old, new)
    bench.elsewhere(**THEIRS)
    bench.others.update_bug(bench.others.fetch_bug(bench.number()), title="theirs")


@pytest.mark.parametrize("prefer", list(Prefer))
@pytest.mark.parametrize("field", FIELDS)
def test_only_the_chosen_field_of_the_chosen_action_is_settled(bench, field, prefer):
    conflict(bench)
    before = sides(bench)
    chosen = choice(FIRST, fields=[field])
    bench.sync(prefer, choice=chosen)
    after = sides(bench)
    assert {one for one in FIELDS if after[one] != before[one]} == {field}
    assert after[field][2] != before[field][2]  # what was agreed moved with it
    plan = bench.plan(prefer, choice=chosen)
    assert (plan.changed, plan.conflicts) == ([], 0)
    assert bench.plan().conflicts == len(FIELDS) - 1


@pytest.mark.parametrize("field", FIELDS)
def test_a_chosen_field_is_pushed_and_pulled_without_the_others(bench, field):
    conflict(bench)
    bench.sync(Prefer.RECAP)
    before = sides(bench)
    for old, new in OURS.values():
        bench.replace(new, old)
    bench.sync(choice=choice(fields=[field]))
    after = sides(bench)
    assert {one for one in FIELDS if after[one][1:] != before[one][1:]} == {field}
    assert bench.plan(choice=choice(fields=[field])).changed == []
    assert len(bench.plan().actions[0].pushes) == len(FIELDS) - 1


def test_other_actions_are_left_with_their_lines_of_the_base(bench):
    bench.write(ACTION + SECOND)
    bench.sync()
    second = entry(bench, "second")
    bench.elsewhere(bench.number(0), status="In Progress")
    bench.elsewhere(bench.number(1), status="In Progress", milestone="ocata-2")
    bench.sync(choice=choice(FIRST))
    assert bench.read().count("status: in progress") == 1
    assert entry(bench, "second") == second
    assert bench.plan(choice=choice(FIRST)).changed == []
    assert len(bench.plan().changed) == 1


def test_an_action_that_was_not_chosen_is_not_created(bench):
    bench.write(ACTION + SECOND)
    bench.sync(choice=choice(FIRST))
    assert bench.bugs() == [bench.number(0)]
    assert bench.read().count("bug: new") == 1
    assert list(Base(bench.folder, "sandbox").load(bench.recap)) == ["first"]
    bench.sync()
    assert len(bench.bugs()) == 2


def test_which_bug_is_whose_does_not_depend_on_the_choice(bench):
    """The other action names the bug that the chosen one would be led to."""
    bench.write(ACTION)
    bench.sync()
    number = bench.number()
    bench.write(ACTION + SECOND.replace("bug: new", f"bug: {number}"))
    plan = bench.plan(choice=choice(FIRST))
    assert not plan.changed
    assert f"bug {number} tracks ocata/session#second already" in plan.actions[0].remarks[-1].text
    bench.sync(choice=choice(FIRST))
    assert bench.bugs() == [number]


def test_a_second_bug_of_an_action_that_was_not_chosen_is_left(bench):
    bench.write(ACTION + SECOND)
    bench.sync()
    twin = bench.others.create_bug(bench.project, "t", identity_line("ocata/session#second"), [bench.tag])
    bench.sync(choice=choice(FIRST))
    assert bench.others.fetch_bug(twin).duplicate_of is None
    bench.sync(choice=choice("ocata/session#second"))
    assert bench.others.fetch_bug(twin).duplicate_of == bench.number(1)


def test_with_fields_nothing_is_created_tagged_nor_marked(bench):
    bench.write(ACTION)
    bench.sync()
    twin = bench.others.create_bug(bench.project, "t", identity_line(FIRST), [bench.tag])
    bench.write(bench.read() + "    tags: [more]\n" + SECOND, head="")
    chosen = choice(fields=["status", "lead"])
    plan = bench.plan(choice=chosen)
    assert plan.changed == []
    assert plan.actions[1].remarks[-1].text == "a bug is created only in a run without --field"
    bench.sync(choice=chosen)
    assert bench.others.fetch_bug(twin).duplicate_of is None
    assert "more" not in bench.others.fetch_bug(bench.number()).tags
    assert "bug: new" in bench.read()


def test_a_comment_goes_with_the_status_and_co_owners_with_the_owner(bench):
    bench.write(ACTION)
    bench.sync()
    bench.replace("status: todo", "status: done\n    evidence: [https://example.org/a]")
    bench.replace("owner: ihar", "owner: [ihar, artur]")
    assert bench.sync(choice=choice(fields=["milestone"])) == []
    assert len(happened(bench.sync(choice=choice(fields=["lead"])), Kind.DONE)) == 1
    done = happened(bench.sync(choice=choice(fields=["status"])), Kind.DONE)
    assert [text.partition(": ")[2] for text in done] == ["status New -> Fix Released", "commented with the evidence"]
    assert bench.in_step()


def test_the_choice_holds_when_somebody_else_writes_meanwhile(bench):
    bench.write(ACTION)
    bench.sync()
    bench.replace("status: todo", "status: done")
    bench.replace("High", "Low")
    work, plan = bench.prepare(choice=choice(fields=["status"]))
    bench.elsewhere(milestone="ocata-2")
    from tracker.sync.apply import apply_plan

    list(apply_plan(work, plan))
    assert (bench.task().status, bench.task().importance) == ("Fix Released", "High")
    assert "milestone: ocata-1" in bench.read()


def test_what_launchpad_refused_stays_where_it_is_when_other_fields_are_chosen(bench):
    bench.write(ACTION.replace("ocata-1", "no-such"))
    bench.sync()
    known = entry(bench).refused
    assert set(known) == {"milestone"}
    assert bench.plan(choice=choice(fields=["status"])).actions[0].refused == {}
    bench.sync(choice=choice(fields=["status"]))
    assert entry(bench).refused == known


@pytest.fixture
def recaps(bench):
    bench.write(ACTION + SECOND)
    bench.recap = "pike/other"
    bench.write(ACTION)
    return bench.repository().recaps


def test_actions_are_chosen_by_their_full_id_or_by_their_own_where_it_is_unique(recaps):
    chosen = read_choice(recaps, ["second", "pike/other#first"], ["owner", "title"])
    assert chosen == choice("ocata/session#second", "pike/other#first", fields=["lead", "title"])
    assert read_choice(recaps, [], []) == Choice()


@pytest.mark.parametrize(
    ("only", "fields", "message", "remedy"),
    [
        (["first"], [], "several actions: ocata/session#first, pike/other#first", "full id"),
        (["secnd"], [], 'no action "secnd"', 'did you mean "ocata/session#second"?'),
        (["pike/other#frst"], [], 'no action "pike/other#frst"', '"pike/other#first"'),
        (["?"], [], 'no action "?"', "write RECAP#ACTION"),
        ([], ["mileston"], 'no field "mileston"', 'did you mean "milestone"?'),
        ([], ["lead"], 'no field "lead"', 'did you mean "owner"?'),
        ([], ["tags"], 'no field "tags"', "it is one of title, owner, status, milestone, importance"),
    ],
)
def test_what_is_not_known_is_told_with_the_nearest(recaps, only, fields, message, remedy):
    with pytest.raises(TrackerError) as caught:
        read_choice(recaps, only, fields)
    assert message in caught.value.message
    assert remedy in caught.value.remedy
    assert caught.value.exit_code is ExitCode.USAGE
