"""What a meeting is told: every group that it counts, a line for each action."""

from datetime import date

import pytest

from tracker.mail.meeting import build_meeting
from tracker.mail.moved import LEFT, MOVED, Known
from tracker.recap.model import Action, Owner, Recap, Status
from tracker.recap.people import People, Person

PEOPLE = People.of([Person("mara", "Mara Example"), Person("jon", "Jon Example")])
SINCE, TODAY = date(2016, 11, 3), date(2016, 12, 1)
FIRST, AFTER = "2016-10-30T08:00:00Z", "2016-11-04T00:00:00Z"
MARA = Owner("mara")


def act(**values):
    return Action("fix", "fix it", "harbour", **{"owners": (MARA,), **values})


def change(*fields, first=FIRST, former=None):
    return Known(first, {"title": first, **dict.fromkeys(fields, AFTER)}, former_lead=former)


CASES = {
    "done": (act(status=Status.DONE), change("status")),
    "dropped": (act(status=Status.DROPPED), change("status")),
    "newly blocked": (act(status=Status.BLOCKED), change("status")),
    "postponed": (act(status=Status.POSTPONED), change("status")),
    "begun": (act(status=Status.IN_PROGRESS), change("status")),
    "new": (act(), change(first=AFTER)),
    "taken": (act(), change("lead", former="")),
    "reassigned": (act(), change("lead", former="jon")),
    "late": (act(due=date(2016, 11, 30)), change()),
    "still looking for an owner": (act(owners=()), change()),
    "not yet taken": (act(owners=(Owner("mara", tentative=True),)), change()),
}


def test_there_is_a_case_for_every_group():
    assert tuple(CASES) == (*MOVED, *LEFT)


@pytest.mark.parametrize("title", CASES)
def test_every_group_that_is_counted_is_told(title):
    action, known = CASES[title]
    recap = Recap("a/b", "Next steps", "harbour", date(2016, 10, 28), actions=(action,))
    known = {"a/b": {"fix": known, "other": Known(FIRST, {"title": FIRST})}}
    first, *lines = [text for text, _ in build_meeting([recap], PEOPLE, "https://l/", known, SINCE, TODAY, {}, {})]
    assert f"1 {title}" in first
    assert [line for line in lines if line.startswith(f"{title}: ") and "fix it" in line]
