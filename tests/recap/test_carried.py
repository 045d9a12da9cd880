"""Which actions another one goes on with."""

from datetime import date

import pytest

from tracker.recap.carried import find_carried, find_origins
from tracker.recap.model import Action, Recap


def recap(identity, *actions):
    return Recap(identity, "t", "neutron", date(2016, 10, 28), actions=actions)


def action(identity, origin=None, **values):
    return Action(identity, "do it", "neutron", carried_from=origin, **values)


def test_the_full_id_of_an_action_leads_to_that_of_the_one_that_goes_on_with_it():
    old = recap("ocata/a", action("one"), action("two"))
    new = recap("pike/a", action("first", "ocata/a#one"))
    assert find_carried([old, new]) == find_carried([new, old]) == {"ocata/a#one": "pike/a#first"}


def test_what_is_carried_twice_leads_on_step_by_step():
    chain = [recap("a", action("x")), recap("b", action("x", "a#x")), recap("c", action("x", "b#x"))]
    assert find_carried(chain) == {"a#x": "b#x", "b#x": "c#x"}


def test_an_id_that_an_action_had_before_names_it():
    old = recap("a", action("new", previously=("old",)))
    assert find_carried([old, recap("b", action("x", "a#old"))]) == {"a#new": "b#x"}


def test_an_id_that_is_another_ones_now_names_that():
    old = recap("a", action("new", previously=("old",)), action("old"))
    assert find_carried([old, recap("b", action("x", "a#old"))]) == {"a#old": "b#x"}


def test_of_two_that_go_on_with_one_the_first_is_told():
    two = recap("b", action("x", "a#x"), action("y", "a#x"))
    assert find_carried([recap("a", action("x")), two]) == {"a#x": "b#x"}
    assert find_origins([recap("a", action("x")), two]) == {"b#x": "a#x", "b#y": "a#x"}


@pytest.mark.parametrize("origin", ["a#z", "z#x", "x", ""])
def test_what_names_no_action_carries_nothing(origin):
    assert find_carried([recap("a", action("x")), recap("b", action("x", origin))]) == {}


@pytest.mark.parametrize("others", [0, 1, 2])
def test_nothing_is_lost_out_of_sight_in_a_circle(others):
    last = f"r{others}#x"
    ring = [recap(f"r{number}", action("x", f"r{number - 1}#x" if number else last)) for number in range(others + 1)]
    outside = recap("z", action("y", "r0#x"))
    assert find_carried(ring) == {}
    assert find_carried([*ring, outside]) == {"r0#x": "z#y"}
