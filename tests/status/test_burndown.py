"""How many actions of a cycle were open from day to day, and the chart of that."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tracker.recap.model import Action, Recap, Status
from tracker.status.burndown import Burndown, build_burndown, draw_burndown

DAY = date(2026, 4, 1)


def on(days):
    return DAY + timedelta(days=days)


def action(identity, status=None, **values):
    return Action(identity, "do it", "lighthouse", status=status, **values)


def recap(identity, *actions, day=DAY, cycle="zircon"):
    return Recap(identity, "t", "lighthouse", day, cycle=cycle, actions=actions)


def build(recaps, changed=(), today=30, cycle="zircon"):
    found = build_burndown(recaps, cycle, {key: on(day) for key, day in dict(changed).items()}, on(today))
    return [((day - DAY).days, number) for day, number in found.points], found.undated


def test_an_action_is_open_from_its_session_until_its_status_changed():
    one = recap("a", action("x", Status.DONE), action("y"), action("z", Status.DROPPED))
    two = recap("b", action("x", Status.IN_PROGRESS), day=on(5))
    assert build([two, one], {"a#x": 9, "a#z": 3, "b#x": 4}) == ([(0, 3), (3, 2), (5, 3), (9, 2), (30, 2)], 0)


def test_what_was_closed_before_its_session_was_never_open():
    assert build([recap("a", action("x", Status.DONE), action("y"))], {"a#x": -9})[0] == [(0, 1), (30, 1)]


def test_what_is_closed_nobody_knows_since_when_is_left_out_and_told():
    assert build([recap("a", action("x", Status.DONE), action("y"))]) == ([(0, 1), (30, 1)], 1)


def test_a_later_day_is_not_shown():
    one, two = recap("a", action("x", Status.DONE), action("y")), recap("b", action("x"), day=on(8))
    assert build([one, two], {"a#x": 9}, today=7)[0] == [(0, 2), (7, 2)]
    assert build([two], today=7) == ([], 0)
    assert build([recap("b", action("x", Status.DONE), day=on(8))], today=7) == ([], 0)


def test_an_action_leaves_its_cycle_when_a_later_session_goes_on_with_it():
    one = recap("a", action("x"), action("y"))
    later = recap("b", action("x", carried_from="a#x"), day=on(20), cycle="agate")
    assert build([one, later])[0] == [(0, 2), (20, 1), (30, 1)]
    assert build([one, later], cycle="agate")[0] == [(20, 1), (30, 1)]
    within = recap("b", action("x", Status.DONE, carried_from="a#x"), day=on(20))
    assert build([one, within], {"b#x": 25})[0] == [(0, 2), (25, 1), (30, 1)]


PLAIN = """\
4 |####################
  |########################################
  |######################################################
  |#########################################################
0 +---------------------------------------------------------
   2026-04-01                                     2026-04-29"""
BLOCKS = """\
12 |███████
   |███████
   |███████
   |███████
   |███████▆▆▆▆▆▆▆▆▆▆▆▆
   |███████████████████
   |███████████████████
   |███████████████████
   |███████████████████
   |███████████████████▆
 0 +--------------------
    2026-04-01 2026-04-04"""


def test_a_chart_is_drawn_with_plain_characters():
    points = ((0, 4), (10, 3), (20, 2), (27, 1), (28, 1))
    burndown = Burndown("zircon", tuple((on(day), number) for day, number in points))
    assert "\n".join(draw_burndown(burndown, 60, blocks=False)) == PLAIN


def test_a_chart_is_drawn_with_blocks():
    points = ((0, 12), (1, 7), (3, 1))
    burndown = Burndown("zircon", tuple((on(day), number) for day, number in points))
    assert "\n".join(draw_burndown(burndown, 24, blocks=True)) == BLOCKS


@given(
    st.dictionaries(st.integers(0, 4000), st.integers(0, 2000), min_size=1, max_size=30),
    st.booleans(),
)
def test_no_chart_is_wider_or_higher_than_it_may_be_and_what_is_open_is_seen(points, blocks):
    burndown = Burndown("zircon", tuple((on(day), number) for day, number in sorted(points.items())))
    lines = draw_burndown(burndown, 60, blocks=blocks)
    assert max(map(len, lines)) <= 60
    assert len(lines) <= 12
    foot = lines[-3].partition("|")[2].ljust(60)
    assert (foot[0] != " ") is (burndown.points[0][1] > 0)
    last = 60 - len(str(max(points.values()))) - 3
    assert (foot[last] != " ") is (burndown.points[-1][1] > 0) or len(points) == 1


def test_what_waits_for_a_session_to_come_is_told():
    one = recap("a", action("x"), action("y"))
    later = recap("b", action("x", carried_from="a#x"), action("z"), day=on(40), cycle="agate")
    zircon = build_burndown([one, later], "zircon", {}, on(30))
    assert (zircon.later, zircon.until_later) == (0, 1)
    agate = build_burndown([one, later], "agate", {}, on(30))
    assert (agate.points, agate.later, agate.until_later) == ((), 2, 0)
