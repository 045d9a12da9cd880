"""What is counted for sessions, owners, teams and cycles."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.recap.model import Action, Owner, Recap, Status
from tracker.recap.people import People, Person
from tracker.status.stats import GROUPS, Stats, build_stats

PEOPLE = People.of(
    [
        Person("mara", "Mara Example", irc=("mara_",)),
        Person("jon", "Jon Example"),
        Person("kim", "Kim Example"),
        Person("makers", "makers", is_team=True, members=("Mara Example",)),
        Person("readers", "readers", is_team=True, members=("mara_", "jon")),
    ]
)
DAY = date(2026, 4, 14)


def action(identity, *owners, status=None, **values):
    return Action(identity, "do it", "lighthouse", tuple(map(Owner, owners)), status=status, **values)


def recap(identity, *actions, day=DAY, cycle="zircon"):
    return Recap(identity, "t", "lighthouse", day, cycle=cycle, actions=actions)


def count(recaps, by, today=DAY, is_late=lambda _action: False):
    rows, total = build_stats(recaps, by, PEOPLE, today, is_late)
    return {row.name: row for row in rows}, total


WHOLE = recap(
    "zircon/a",
    action("a", "mara"),
    action("b", "mara", "jon", status=Status.BLOCKED),
    action("c", status=Status.POSTPONED),
    action("d", "kim", status=Status.DONE),
    action("e", "kim", status=Status.DROPPED),
    action("f", status=Status.DONE),
)


def test_a_session_is_counted():
    rows, total = count([WHOLE], "session", DAY + timedelta(days=5), lambda one: one.id == "b")
    assert rows == {"zircon/a": Stats("zircon/a", 3, 2, 0, 1, 1, 5)}
    assert rows["zircon/a"].share_done == total.share_done == 2 / 5


def test_an_action_counts_for_each_of_its_owners_and_once_in_all():
    rows, total = count([WHOLE], "owner")
    assert {name: (row.open, row.done, row.unowned) for name, row in rows.items()} == {
        "jon": (1, 0, 0),
        "kim": (0, 1, 0),
        "mara": (2, 0, 0),
        "nobody": (1, 1, 1),
    }
    assert (total.open, total.done, total.unowned) == (3, 2, 1)


def test_an_action_counts_once_for_each_team_of_its_owners():
    rows, _ = count([WHOLE, recap("zircon/b", action("a", "makers"))], "team")
    assert {name: (row.open, row.done) for name, row in rows.items()} == {
        "makers": (3, 0),
        "no team": (0, 1),
        "nobody": (1, 1),
        "readers": (2, 0),
    }


def test_a_cycle_has_all_of_its_sessions():
    rows, _ = count([WHOLE, recap("zircon/b", action("a")), recap("c", action("a"), cycle=None)], "cycle")
    assert {name: row.open for name, row in rows.items()} == {"": 1, "zircon": 4}


def test_an_action_that_another_one_goes_on_with_is_open_there_alone():
    later = recap("agate/a", action("a", "mara", carried_from="zircon/a#a"), cycle="agate")
    rows, total = count([WHOLE, later], "cycle", is_late=lambda _action: True)
    assert (rows["zircon"].open, rows["agate"].open, total.open) == (2, 1, 3)
    assert (rows["zircon"].late, rows["agate"].late) == (2, 1)
    assert (rows["zircon"].carried, rows["agate"].carried, total.carried) == (1, 0, None)
    # What is carried was not done where it was agreed on.
    assert (rows["zircon"].share_done, total.share_done) == (2 / 5, 2 / 5)
    owners, _ = count([WHOLE, later], "owner")
    assert (owners["mara"].open, owners["mara"].carried) == (2, None)
    follow_up = recap("agate/a", action("a", carried_from="zircon/a#d"), cycle="agate")
    assert count([WHOLE, follow_up], "cycle")[0]["zircon"].done == 2


def test_the_age_is_the_median_of_what_is_open():
    days = [1, 2, 10]
    recaps = [recap(f"zircon/{number}", action("a"), day=DAY - timedelta(days=number)) for number in days]
    done = recap("zircon/done", action("a", status=Status.DONE), day=DAY - timedelta(days=500))
    assert count([*recaps, done], "cycle")[0]["zircon"].median_age == 2
    assert count([*recaps[:2], done], "cycle")[0]["zircon"].median_age == 1.5
    assert count([done], "cycle")[0]["zircon"].median_age is None
    assert count([recap("zircon/a", action("a"), day=DAY + timedelta(days=3))], "cycle")[1].median_age == 0


def test_the_age_of_what_goes_on_is_that_of_what_it_goes_on_with():
    days = {"a": DAY, "b": DAY - timedelta(days=100), "c": DAY - timedelta(days=200)}
    origins = {"a": "b/x#x", "b": "c/x#x", "c": None}
    recaps = [recap(f"{key}/x", action("x", carried_from=origins[key]), day=day) for key, day in days.items()]
    assert count(recaps, "owner")[0]["nobody"].median_age == 200


def test_where_all_was_dropped_no_share_is_done():
    assert count([recap("zircon/a", action("a", status=Status.DROPPED))], "session")[1].share_done is None


ACTIONS = st.builds(action, st.just("x"), st.sampled_from(["mara", "jon", "kim"]), status=st.sampled_from(Status))


@given(st.lists(st.lists(ACTIONS, max_size=4), max_size=4), st.sampled_from(GROUPS))
def test_no_action_is_left_out(sessions, by):
    recaps = [recap(f"zircon/{number}", *actions) for number, actions in enumerate(sessions)]
    rows, total = count(recaps, by)
    assert total.open + total.done <= sum(row.open + row.done for row in rows.values())
    if by != "team":
        assert total.open == sum(row.open for row in rows.values())


@pytest.mark.parametrize("by", GROUPS)
def test_the_order_is_that_of_the_names(by):
    rows, _ = build_stats([recap("b", action("a", "mara")), WHOLE], by, PEOPLE, DAY, lambda _action: False)
    assert [row.name for row in rows] == sorted(row.name for row in rows)
