"""Ids of actions that were changed, moved on, exchanged, shifted or taken again: what was agreed follows the bug."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sync.bench import killed_after
from tracker.recap.model import Action, BlueprintTarget, BugTarget, Recap, WorkItemTarget
from tracker.sync.choice import Choice
from tracker.sync.entries import Agreed, Entry
from tracker.sync.renames import rename_entries
from tracker.sync.things import Kind, Thing

MILESTONE = "    milestone: ocata-1\n"


def action(one, target=None, title="t", previously=()):
    target = BugTarget(target) if isinstance(target, int) else target
    return Action(one, title, "neutron", target=target, previously=tuple(previously))


def recap(*actions):
    return Recap("ocata/s", "a session", "neutron", date(2016, 10, 28), actions=actions)


def entries(**bugs):
    return {one: Entry(one, bug=number) for one, number in bugs.items()}


def tell(renamed):
    return {one: (entry.bug, entry.formerly) for one, entry in renamed.items()}


def test_what_is_known_stays_where_the_ids_stay():
    known = entries(a=1, b=2)
    assert rename_entries(recap(action("a", 1), action("b", 2)), known) == known


def test_an_id_of_none_keeps_its_entry():
    known = entries(a=1, gone=2)
    assert rename_entries(recap(action("a", 1)), known) == known


def test_a_chain_of_ids_moves_on_at_once_and_each_remembers_its_former_one():
    renamed = rename_entries(recap(action("b", 1), action("c", 2), action("d", 3)), entries(a=1, b=2, c=3))
    assert tell(renamed) == {"b": (1, ("ocata/s#a",)), "c": (2, ("ocata/s#b",)), "d": (3, ("ocata/s#c",))}


def test_a_former_id_is_believed_where_no_number_tells():
    renamed = rename_entries(recap(action("b", BugTarget(), previously=["a"])), entries(a=1))
    assert tell(renamed) == {"b": (1, ("ocata/s#a",))}


def test_a_number_tells_more_than_a_former_id():
    renamed = rename_entries(recap(action("c", 2, previously=["a"])), entries(a=1, b=2))
    assert tell(renamed) == {"a": (1, ()), "c": (2, ("ocata/s#b",))}


def test_an_entry_whose_id_another_action_took_is_kept_under_an_id_that_none_has():
    renamed = rename_entries(recap(action("b", 1), action("b-before")), entries(a=1, b=2))
    assert tell(renamed) == {"b": (1, ("ocata/s#a",)), "b-before-2": (2, ("ocata/s#b",))}


def test_an_id_that_is_taken_again_gives_its_entry_to_the_action_that_names_the_bug():
    renamed = rename_entries(recap(action("a", BugTarget(), "another"), action("b", 1)), entries(a=1))
    assert tell(renamed) == {"b": (1, ("ocata/s#a",))}


def test_an_id_that_got_back_its_old_one_is_found_by_what_it_was_called():
    known = {"b": replace(Entry("b", bug=1), formerly=("ocata/s#a",))}
    assert tell(rename_entries(recap(action("a", BugTarget())), known)) == {"a": (1, ("ocata/s#b",))}


def test_ids_that_exchanged_their_bugs_exchange_no_words():
    known = {one: replace(entry, subscribed=(one,)) for one, entry in entries(a=1, b=2, c=3).items()}
    for numbers in ((2, 1, 3), (2, 3, 1)):
        exchanged = recap(*(action(one, number) for one, number in zip("abc", numbers, strict=True)))
        assert rename_entries(exchanged, known) == known


def test_a_blueprint_is_followed_by_its_name_and_a_work_item_by_its_title_too():
    line = Agreed("write it", "write it")
    known = {
        "a": Entry("a").tracking(Thing(Kind.BLUEPRINT, "neutron/push")),
        "b": replace(Entry("b", fields={"title": line}).tracking(Thing(Kind.WORK_ITEM, "neutron/push"))),
    }
    now = recap(
        action("x", BlueprintTarget("push")),
        action("y", WorkItemTarget("push"), "write it "),
        action("z", WorkItemTarget("push"), "another"),
    )
    renamed = rename_entries(now, known)
    assert {one: str(entry.thing) for one, entry in renamed.items()} == {
        "x": "blueprint push",
        "y": "work item of push",
    }


IDS = st.sampled_from("abcdef")
NUMBERS = st.integers(1, 6)


@given(
    st.dictionaries(IDS, NUMBERS).map(
        lambda found: {one: n for n, one in {n: one for one, n in found.items()}.items()}
    ),
    st.lists(st.tuples(IDS, NUMBERS | st.none()), unique_by=lambda one: one[0], max_size=6).filter(
        lambda found: len([n for _, n in found if n]) == len({n for _, n in found if n})
    ),
)
def test_whatever_moved_every_action_has_the_entry_of_the_bug_it_names_and_nothing_is_doubled(before, after):
    known = entries(**before)
    now = recap(*(action(one, number if number else BugTarget(), one) for one, number in after))
    renamed = rename_entries(now, known)
    assert all(entry.action == one for one, entry in renamed.items())
    where = {number: one for one, number in before.items()}
    for one, number in after:
        cycle, key = [], one
        while key is not None and key not in cycle:
            cycle.append(key)
            key = where.get(dict(after).get(key))
        exchanged = len(cycle) > 1 and key == one
        if number in where and not exchanged:
            assert renamed[one].bug == number
            assert one == where[number] or f"ocata/s#{where[number]}" in renamed[one].formerly
        elif one in renamed:  # at least it is none that another action names
            assert exchanged or renamed[one].bug not in {n for other, n in after if other != one}
    bugs = [entry.bug for entry in renamed.values()]
    assert len(bugs) == len(set(bugs))
    assert set(bugs) == set(before.values())
    assert rename_entries(now, renamed) == renamed


def write(bench, *actions):
    """Write a recap of actions, each an id, a title, a number or `new`, and more lines."""
    bench.write(
        "".join(f"  - id: {one}\n    title: {title}\n    bug: {bug}\n{more}" for one, title, bug, more in actions)
    )


def three(bench):
    """Sync three actions with milestones; returns their bugs."""
    write(bench, *((f"a{n}", f"t{n}", "new", MILESTONE) for n in (1, 2, 3)))
    bench.sync()
    return [bench.number(index) for index in range(3)]


def milestones(bench, numbers):
    return [bench.task(number).milestone for number in numbers]


def move_on(bench):
    """Give each of three actions the next one's id, and take their milestones out; returns their bugs."""
    numbers = three(bench)
    write(bench, *((f"a{n + 1}", f"t{n}", number, "") for n, number in enumerate(numbers, start=1)))
    return numbers


def test_three_ids_that_moved_on_by_one_keep_what_was_agreed(bench):
    numbers = move_on(bench)
    bench.sync()
    assert milestones(bench, numbers) == [None] * 3  # not filled again, as it would be without what was agreed
    assert bench.in_step()


def test_ids_that_moved_on_keep_what_was_agreed_when_one_of_them_is_synced_alone(bench):
    numbers = move_on(bench)
    bench.sync(choice=Choice(frozenset({"ocata/session#a2"})))
    assert milestones(bench, numbers) == [None, "ocata-1", "ocata-1"]
    bench.sync()
    assert milestones(bench, numbers) == [None] * 3
    assert bench.in_step()


@pytest.mark.parametrize("saves", [1, 2, 3])
def test_ids_that_moved_on_keep_what_was_agreed_wherever_the_run_is_killed(bench, saves):
    numbers = move_on(bench)
    with killed_after(saves):
        bench.sync()
    bench.sync()
    assert milestones(bench, numbers) == [None] * 3
    assert bench.in_step()


def test_an_action_before_the_others_shifts_their_numbered_ids_and_gets_a_bug(bench):
    numbers = three(bench)
    shifted = [(f"a{n + 1}", f"t{n}", number, "") for n, number in enumerate(numbers, start=1)]
    write(bench, ("a1", "t0", "new", ""), *shifted)
    assert [plan.full_id for plan in bench.plan().creations] == ["ocata/session#a1"]
    bench.sync()
    assert milestones(bench, numbers) == [None] * 3
    assert bench.bugs() == sorted([bench.number(0), *numbers])
    assert bench.in_step()


@pytest.mark.parametrize("is_adopted", [False, True])
def test_a_new_action_that_takes_an_old_id_gets_a_bug_of_its_own(bench, is_adopted):
    bug = bench.others.create_bug(bench.project, "theirs", "d", ["x-y"]) if is_adopted else "new"
    write(bench, ("first", "t", bug, ""))
    bench.sync()
    number = bench.number()
    write(bench, ("first", "another", "new", ""), ("renamed", "t", number, ""))
    for _ in range(3):
        bench.sync()
    assert bench.number(1) == number
    assert bench.bugs() == sorted([number, bench.number(0)])
    assert [bench.task(bench.number(index)).title for index in (0, 1)] == ["another", "theirs" if is_adopted else "t"]
    assert bench.in_step()


@pytest.mark.parametrize("chosen", [None, Choice(frozenset({"ocata/session#second"}))])
def test_the_bug_of_another_action_is_never_made_a_duplicate(bench, chosen):
    """It carries the line of an id that another action has by now, and is read alone since it has lost its tag."""
    write(bench, ("first", "t", "new", ""), ("second", "u", "new", ""))
    bench.sync()
    first, second = bench.number(0), bench.number(1)
    bench.others.update_bug(bench.others.fetch_bug(second), tags=[])
    write(bench, ("second", "t", first, ""), ("third", "u", second, ""))
    assert not [plan for plan in bench.plan().actions if plan.duplicates]
    bench.sync(choice=chosen)
    bench.sync()
    assert [bench.others.fetch_bug(number).duplicate_of for number in (first, second)] == [None, None]
    assert bench.in_step()


def test_the_bug_of_an_action_whose_id_another_one_took_is_told_of_and_left(bench):
    write(bench, ("first", "t", "new", ""), ("second", "u", "new", ""))
    bench.sync()
    first, second = bench.number(0), bench.number(1)
    write(bench, ("second", "t", first, ""))
    for _ in range(2):
        told = [(name, remark.text) for name, remark in bench.plan().remarks]
        text = f"the recap has no such action any more; bug {second} stays as it is"
        assert told == [("ocata/session#second-before", text)]
        bench.sync()
    assert bench.others.fetch_bug(second).duplicate_of is None  # though it carries the line of that id
    assert bench.bugs() == [first, second]
    assert bench.in_step()


def test_ids_that_exchanged_their_bugs_start_anew_and_their_titles_are_kept_in_step(bench):
    write(bench, ("first", "t", "new", ""), ("second", "u", "new", ""))
    bench.sync()
    first, second = bench.number(0), bench.number(1)
    write(bench, ("second", "t", first, ""), ("first", "u", second, ""))
    bench.sync()
    assert bench.in_step()
    bench.replace("title: t", "title: reworded")
    bench.sync()
    assert (bench.task(first).title, bench.task(second).title) == ("reworded", "u")
    assert bench.in_step()
