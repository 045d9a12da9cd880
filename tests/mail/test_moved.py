"""What has moved since a day: told once, under what happened, and nothing that only a first sync saw."""

from dataclasses import replace
from datetime import date

import pytest

from tracker.mail.moved import Known, build_moved, is_late
from tracker.recap.model import Action, BugTarget, Owner, Recap, Status
from tracker.recap.people import People, Person

PEOPLE = People.of([Person("mara", "Mara Example"), Person("jon", "Jon Example")])
MARA, JON = Owner("mara"), Owner("jon")
WEB = "https://launchpad.net/"
SINCE, TODAY = date(2016, 11, 3), date(2016, 12, 1)
FIRST, BEFORE, AFTER = "2016-10-30T08:00:00Z", "2016-11-02T23:59:59Z", "2016-11-03T00:00:00Z"
OLD = Known(FIRST, {"title": FIRST, "lead": FIRST, "status": FIRST})


def action(name="fix", owners=(MARA,), **values):
    return Action(name, f"{name} it", "harbour", tuple(owners), **values)


def moved(*actions, known=None, since=SINCE, dates=None, carried=None):
    recap = Recap("a/b", "Next steps", "harbour", date(2016, 10, 28), author=MARA, actions=actions)
    known = {"other": OLD} if known is None else known
    return build_moved(
        recap, PEOPLE, WEB, known, since, TODAY, dates=dates, carried=carried, mailing_list="harbour-dev"
    )


def told(*actions, **words):
    return {group.title: [item.sentence for item in group.actions] for group in moved(*actions, **words).groups}


@pytest.mark.parametrize(
    ("status", "title"),
    [
        ("done", "done"),
        ("dropped", "dropped"),
        ("blocked", "newly blocked"),
        ("postponed", "postponed"),
        ("in progress", "begun"),
    ],
)
@pytest.mark.parametrize(("time", "is_told"), [(BEFORE, False), (AFTER, True)])
def test_a_status_is_told_under_what_it_means_when_it_changed_since_that_day(status, title, time, is_told):
    known = {"fix": Known(FIRST, {"title": FIRST, "status": time})}
    found = told(action(status=Status(status)), known=known)
    assert found == ({title: ["Mara to fix it"]} if is_told else {})


def test_what_shows_that_it_is_done_is_told():
    known = {"fix": Known(FIRST, {"status": AFTER})}
    one = action(status=Status.DONE, target=BugTarget(7), evidence=("https://example.org/shown",))
    (group,) = moved(one, known=known).groups
    assert group.actions[0].links == (
        ("bug", "https://bugs.launchpad.net/harbour/+bug/7"),
        ("shown by", "https://example.org/shown"),
    )


def test_a_first_sync_after_the_first_mail_makes_nothing_new_begun_or_reassigned():
    known = {
        "fix": Known(AFTER, {"title": AFTER, "lead": AFTER, "status": AFTER}),
        "test": Known(AFTER, {"lead": AFTER, "status": AFTER}),
    }
    assert told(action(status=Status.IN_PROGRESS), action("test", [JON]), known=known) == {}


def test_what_a_first_sync_brought_from_launchpad_is_told():
    known = {"fix": Known(AFTER, {"title": AFTER, "status": AFTER}, frozenset({"status"}))}
    assert told(action(status=Status.DONE), known=known) == {"done": ["Mara to fix it"]}


@pytest.mark.parametrize(("others", "is_new"), [({"other": OLD}, True), ({}, False)])
def test_an_action_is_new_only_where_others_were_known_before(others, is_new):
    known = {"fix": Known(AFTER, {"title": AFTER}), **others}
    assert told(action(), known=known) == ({"new": ["Mara to fix it"]} if is_new else {})


def test_an_action_that_is_kept_by_hand_has_no_days_and_is_told_of_only_by_what_it_is_now():
    assert told(action(status=Status.DONE)) == {}
    assert told(action(owners=[])) == {"still looking for an owner": ["fix it"]}


@pytest.mark.parametrize(
    ("owners", "former", "found"),
    [
        ([MARA], "jon", {"reassigned": ["Mara to fix it (before: Jon)"]}),
        ([MARA], None, {"reassigned": ["Mara to fix it"]}),
        ([MARA], "~nobody", {"reassigned": ["Mara to fix it (before: ~nobody)"]}),
        ([MARA], "", {"taken": ["Mara to fix it"]}),
        ([MARA], "mara", {"taken": ["Mara to fix it"]}),
        ([Owner("mara", tentative=True)], "mara", {"not yet taken": ["Mara (?) to fix it"]}),
        ([], "mara", {"still looking for an owner": ["fix it"]}),
    ],
)
def test_a_lead_that_changed_was_reassigned_taken_or_lost(owners, former, found):
    known = {"fix": Known(FIRST, {"lead": AFTER}, frozenset({"lead"}), former)}
    assert told(action(owners=owners), known=known) == found


def test_a_closed_action_is_neither_reassigned_late_nor_unowned():
    known = {"fix": Known(FIRST, {"lead": AFTER, "status": BEFORE})}
    assert told(action(status=Status.DONE, due=date(2016, 11, 1)), known=known) == {}
    assert told(action(owners=[], status=Status.DROPPED), known=known) == {}


@pytest.mark.parametrize(
    ("due", "milestone", "late"),
    [
        (date(2016, 11, 30), None, True),
        (TODAY, None, False),
        (None, "m-1", True),
        (None, "m-2", False),
        (None, "unknown", False),
        (TODAY, "m-1", False),
    ],
)
def test_an_open_action_is_late_after_its_day_else_its_milestones(due, milestone, late):
    dates = {("harbour", "m-1"): date(2016, 11, 1), ("harbour", "m-2"): TODAY, ("other", "unknown"): date(2016, 1, 1)}
    one = action(due=due, milestone=milestone)
    assert is_late(one, TODAY, dates) is late
    assert ("late" in told(one, dates=dates)) is late


def test_everything_is_counted_at_the_top():
    known = {"fix": Known(FIRST, {"status": AFTER}), "ship": Known(AFTER, {"title": AFTER})}
    found = moved(action(status=Status.DONE), action("ship", []), action("test", due=date(2016, 11, 1)), known=known)
    assert found.counts == "1 done, 1 new, 1 late, 1 still looking for an owner; 2 of 3 open."
    assert found.subject == "[harbour-dev] [harbour] Next steps: what has moved since 3 November 2016"
    assert moved(action()).counts == "Nothing has moved; 1 of 1 open."


def test_what_goes_on_elsewhere_is_counted_with_where():
    actions = [action(name) for name in ("fix", "test", "write", "done")]
    actions[3] = replace(actions[3], status=Status.DONE)
    carried = {"a/b#fix": "c/d#fix", "a/b#test": "c/e#test", "a/b#write": "c/d#write", "a/b#done": "c/d#done"}
    assert (
        moved(*actions, carried=carried).counts
        == "Nothing has moved; 0 of 4 open, 2 carried to c/d, 1 carried to c/e."
    )
