"""What is late, and what a digest tells of what was carried."""

from datetime import date, timedelta

import pytest

from tracker.mail.digest import build_digest
from tracker.recap.lateness import due_date, is_late
from tracker.recap.model import Action, Owner, Recap, Status
from tracker.recap.people import People

DAY = date(2016, 11, 17)


def act(name, **more):
    return Action(name, f"do {name}", "neutron", **more)


def recap(name, *actions):
    return Recap(name, "a session", "neutron", DAY, actions=actions)


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
