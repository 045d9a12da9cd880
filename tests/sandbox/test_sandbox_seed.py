"""What a sandbox holds for recaps, people and a base."""

from datetime import date

import pytest

from tests.sandbox.clients import make_client
from tracker.recap.model import Action, BugTarget, Owner, Recap, Status
from tracker.recap.parse import Settings
from tracker.recap.people import People, Person
from tracker.sandbox.seed import DRIVER, SOMEBODY, world_of
from tracker.sandbox.server import Sandbox

SETTINGS = Settings(tag="a-tag", statuses={"todo": "Triaged"})
PEOPLE = People.of([Person("kim", "Kim", account="kim-account", irc=("kimmy",)), Person("lee", "Lee")])


def recap(**action):
    values = {"id": "one", "title": "in the recap", "project": "alpha", "target": BugTarget(7), **action}
    return Recap("a/x", "X", "alpha", date(2025, 1, 1), actions=(Action(**values),))


def bug(one, words=None, people=PEOPLE, settings=SETTINGS):
    world = world_of([one], people, settings, {} if words is None else {"a/x#one": words}, {"a/x#one": "text"})
    (entry,) = world.bugs
    return entry


def fill(world):
    """Fill a sandbox that is new."""
    with Sandbox(None) as sandbox:
        sandbox.fill(world)
        yield make_client(sandbox, DRIVER)


def values(entry):
    (task,) = entry.tasks
    return entry.title, task.status, task.importance, task.assignee, task.milestone


FULL = {
    "status": Status.IN_PROGRESS, "importance": "High", "milestone": "m1",
    "owners": (Owner("kim"), Owner("lee")), "tags": ("mine",),
}  # fmt: skip


def test_without_a_base_a_bug_has_the_recaps_values():
    entry = bug(recap(**FULL))
    assert values(entry) == ("in the recap", "In Progress", "High", "kim-account", "m1")
    assert (entry.number, entry.tags, entry.description) == (7, ("a-tag", "mine"), "text")
    assert values(bug(recap())) == ("in the recap", "New", "Undecided", None, None)
    assert values(bug(recap(status=Status.TODO)))[1] == "Triaged"
    assert values(bug(recap(owners=(Owner("kim", tentative=True),))))[3] is None


def test_what_the_base_holds_comes_before_the_recaps_values():
    words = {"title": "there", "status": "Opinion", "importance": "Low", "lead": "other", "milestone": "m0"}
    assert values(bug(recap(**FULL), words)) == ("there", "Opinion", "Low", "other", "m0")
    empty = {"lead": None, "milestone": None}
    assert values(bug(recap(**FULL), empty)) == ("in the recap", "In Progress", "High", None, None)


def test_what_has_no_number_is_no_bug_and_without_settings_there_is_none():
    assert world_of([recap(target=BugTarget())], PEOPLE, SETTINGS, {}, {}).bugs == ()
    assert world_of([recap()], PEOPLE, None, {}, {}).bugs == ()


def test_a_fresh_sandbox_takes_what_the_base_alone_names():
    words = {"a/x#one": {"lead": "once", "milestone": "past"}}
    world = world_of([recap(owners=(Owner("kim"),), milestone="next")], PEOPLE, SETTINGS, words, {"a/x#one": "text"})
    for client in fill(world):
        task = client.get("alpha/+bug/7").json
        assert task["assignee_link"] == client.url("~once")
        assert task["milestone_link"] == client.url("alpha/+milestone/past")
        assert client.get("alpha/+milestone/next").status == 200


@pytest.mark.parametrize("outer", ["aa", "zz"])
def test_a_fresh_sandbox_takes_teams_of_teams_and_members_that_nobody_describes(outer):
    inner = Person("inner", "Inner", account="mm", is_team=True, members=("~stranger", "kim", "lee"))
    people = People.of(
        [*PEOPLE.entries.values(), inner, Person("o", "Outer", account=outer, is_team=True, members=("inner",))]
    )
    for client in fill(world_of([recap(owners=(Owner("o"),))], people, SETTINGS, {}, {"a/x#one": "text"})):
        assert [entry["name"] for entry in client.get(f"~{outer}/members")["entries"]] == ["mm"]
        assert [entry["name"] for entry in client.get("~mm/members")["entries"]] == ["kim-account", "stranger"]
        assert client.get("alpha/+bug/7")["assignee_link"] == client.url(f"~{outer}")


def test_everybody_who_is_named_has_an_account():
    one = recap(owners=(Owner("~two"), Owner("lee")), collaborators=(Owner("~three"),))
    world = world_of([one], PEOPLE, SETTINGS, {"a/x#one": {"lead": DRIVER}}, {"a/x#one": "text"})
    assert [entry.name for entry in world.people] == [DRIVER, SOMEBODY, "kim-account", "three", "two"]
    assert (world.people[2].display_name, world.people[2].irc_nicknames) == ("Kim", ("kimmy",))
