"""Which actions others go on with, and what is late."""

from datetime import date, timedelta

import pytest

from tracker.mail.digest import build_digest
from tracker.recap.carried import find_carried
from tracker.recap.lateness import due_date, is_late
from tracker.recap.model import Action, Owner, Recap, Status
from tracker.recap.people import People

DAY = date(2016, 11, 17)


def act(name, **more):
    return Action(name, f"do {name}", "neutron", **more)


def recap(name, *actions):
    return Recap(name, "a session", "neutron", DAY, actions=actions)


def test_an_action_is_carried_by_the_one_that_names_it():
    old, new = recap("ocata/a", act("x"), act("y")), recap("pike/b", act("z", carried_from="ocata/a#x"))
    assert find_carried([old, new]) == {"ocata/a#x": "pike/b#z"}
    assert find_carried([new]) == {"ocata/a#x": "pike/b#z"}  # whose recap was not read


def test_a_former_id_means_the_action_that_had_it_unless_another_has_it_now():
    new = recap("pike/b", act("z", carried_from="ocata/a#before"))
    renamed = recap("ocata/a", act("x", previously=("before",)))
    assert find_carried([renamed, new]) == {"ocata/a#x": "pike/b#z"}
    taken = recap("ocata/a", act("x", previously=("before",)), act("before"))
    assert find_carried([taken, new]) == {"ocata/a#before": "pike/b#z"}


def test_nothing_carries_itself_and_of_two_that_carry_one_the_first_is_told():
    assert find_carried([recap("a", act("x", carried_from="a#x"))]) == {}
    assert find_carried([recap("a", act("x"), act("y", carried_from="a#x"), act("z", carried_from="a#x"))]) == {
        "a#x": "a#y"
    }


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("days", [-1, 0, 1])
def test_late_is_what_is_open_and_was_due_before_today(status, days):
    today = DAY + timedelta(days=days)
    expected = days == 1 and status not in {Status.DONE, Status.DROPPED}
    assert is_late(act("x", due=DAY, status=status), today, {}) is expected
    dates = {("neutron", "ocata-1"): DAY}
    assert is_late(act("x", milestone="ocata-1", status=status), today, dates) is expected
    assert not is_late(act("x", milestone="ocata-1", status=status), today, {("nova", "ocata-1"): DAY})


def test_an_actions_own_day_counts_before_its_milestones():
    dates = {("neutron", "ocata-1"): DAY}
    assert due_date(act("x", milestone="ocata-1", due=date(2016, 12, 1)), dates) == date(2016, 12, 1)


def test_who_owes_what_was_carried_is_told_of_it_once():
    own = {"owners": (Owner("ihar"),)}
    recaps = [recap("ocata/a", act("x", **own)), recap("pike/b", act("z", carried_from="ocata/a#x", **own))]
    digest = build_digest("ihar", recaps, People(), "https://launchpad.net/", DAY)
    assert [item.title for group in digest.groups for item in group.actions] == ["do z"]
