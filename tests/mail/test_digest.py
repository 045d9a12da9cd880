"""What an owner is told: all that is open of theirs and of teams they lead, over all sessions, late first."""

from datetime import date

from tracker.mail.digest import build_digest, find_owners
from tracker.recap.model import Action, BugTarget, Owner, Recap, Status
from tracker.recap.people import People, Person

PEOPLE = People.of(
    [
        Person("mara", "Mara Example", irc=("mara_e",)),
        Person("jon", "Jon Example"),
        Person("core", "core reviewers", is_team=True, lead="mara_e", members=("jon",)),
        Person("docs", "docs team", is_team=True),
    ]
)
TODAY = date(2016, 12, 1)


def action(name, *owners, **values):
    return Action(name, f"{name} it", "harbour", tuple(map(Owner, owners)), **values)


def recap(name, *actions):
    return Recap(f"a/{name}", f"Session {name}", "harbour", date(2016, 10, 28), actions=actions)


RECAPS = [
    recap("one", action("fix", "mara", target=BugTarget(7)), action("late", "mara", due=date(2016, 11, 1))),
    recap("two", action("review", "core"), action("done", "mara", status=Status.DONE), action("write", "docs")),
    recap("three", action("test", "jon", "mara"), action("nobody")),
]


def told(key, recaps=RECAPS):
    found = build_digest(key, recaps, PEOPLE, "https://launchpad.net/", TODAY)
    return {group.title: [item.sentence for item in group.actions] for group in found.groups}


def test_late_actions_come_first_and_then_session_by_session():
    assert list(told("mara").items()) == [
        ("Late", ["Mara to late it (due 2016-11-01; from Session one)"]),
        ("Session one (harbour, 2016-10-28)", ["Mara to fix it"]),
        ("Session two (harbour, 2016-10-28)", ["core reviewers to review it"]),
        ("Session three (harbour, 2016-10-28)", ["Jon/Mara to test it"]),
    ]


def test_the_numbers_stand_in_the_subject():
    found = build_digest("mara", RECAPS, PEOPLE, "https://launchpad.net/", TODAY)
    assert found.subject == "Your open actions: 4, 1 late"
    assert build_digest("jon", RECAPS, PEOPLE, "", TODAY).subject == "Your open actions: 1"


def test_each_action_has_its_link():
    (group, *_) = build_digest("mara", RECAPS[:1], PEOPLE, "https://launchpad.net/", date(2016, 1, 1)).groups
    assert group.actions[0].links == (("bug", "https://bugs.launchpad.net/harbour/+bug/7"),)


def test_a_milestone_makes_late_when_its_day_is_known():
    one = recap("x", action("fix", "mara", milestone="m-1"))
    found = build_digest("mara", [one], PEOPLE, "", TODAY, {("harbour", "m-1"): date(2016, 11, 1)})
    assert found.late == 1


def test_a_co_owner_is_told_too():
    assert told("jon") == {"Session three (harbour, 2016-10-28)": ["Jon/Mara to test it"]}


def test_a_team_is_told_of_its_own_and_a_member_is_not():
    assert told("core") == {"Session two (harbour, 2016-10-28)": ["core reviewers to review it"]}
    assert not any("review it" in one for items in told("jon").values() for one in items)


def test_a_lead_who_owns_an_action_with_the_team_is_told_once():
    both = recap("x", action("fix", "core", "mara"))
    assert told("mara", [both]) == {"Session x (harbour, 2016-10-28)": ["core reviewers/Mara to fix it"]}


def test_owners_are_all_who_have_something_open_or_lead_who_do():
    assert find_owners(RECAPS, PEOPLE) == ["core", "docs", "jon", "mara"]
    assert find_owners([recap("x", action("review", "core"))], PEOPLE) == ["core", "mara"]
    assert find_owners([recap("x", action("x", "mara", status=Status.DROPPED))], PEOPLE) == []
