"""What a sandbox holds for recaps, people and a base."""

from datetime import date

import pytest

from tests.sandbox.clients import make_client
from tracker.launchpad.statuses import blueprint_status
from tracker.recap.model import Action, BlueprintTarget, BugTarget, Owner, Recap, Status, WorkItemTarget
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
    world = world_of([one], people, settings, {} if words is None else {"a/x#one": words}, {"a/x#one": "text"}, {})
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
    assert world_of([recap(target=BugTarget())], PEOPLE, SETTINGS, {}, {}, {}).bugs == ()
    assert world_of([recap()], PEOPLE, None, {}, {}, {}).bugs == ()


def test_a_fresh_sandbox_takes_what_the_base_alone_names():
    words = {"a/x#one": {"lead": "once", "milestone": "past"}}
    world = world_of(
        [recap(owners=(Owner("kim"),), milestone="next")], PEOPLE, SETTINGS, words, {"a/x#one": "text"}, {}
    )
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
    for client in fill(world_of([recap(owners=(Owner("o"),))], people, SETTINGS, {}, {"a/x#one": "text"}, {})):
        assert [entry["name"] for entry in client.get(f"~{outer}/members")["entries"]] == ["mm"]
        assert [entry["name"] for entry in client.get("~mm/members")["entries"]] == ["kim-account", "stranger"]
        assert client.get("alpha/+bug/7")["assignee_link"] == client.url(f"~{outer}")


def test_everybody_who_is_named_has_an_account():
    one = recap(owners=(Owner("~two"), Owner("lee")), collaborators=(Owner("~three"),))
    world = world_of([one], PEOPLE, SETTINGS, {"a/x#one": {"lead": DRIVER}}, {"a/x#one": "text"}, {})
    assert [entry.name for entry in world.people] == [DRIVER, SOMEBODY, "kim-account", "three", "two"]
    assert (world.people[2].display_name, world.people[2].irc_nicknames) == ("Kim", ("kimmy",))


# Blueprints


def session(*actions):
    """A recap of several actions, which have their place as id."""
    made = (
        Action(**{"id": f"n{number}", "title": f"title {number}", "project": "alpha", **values})
        for number, values in enumerate(actions)
    )
    return Recap("a/x", "X", "alpha", date(2025, 1, 1), actions=tuple(made))


def blueprints(one, words=None, settings=SETTINGS, lines=None):
    agreed = {f"a/x#{action}": value for action, value in (words or {}).items()}
    return world_of([one], PEOPLE, settings, agreed, {}, lines or {}).specifications


WORK_ITEM = {"target": WorkItemTarget("plan"), "project": "beta"}


def test_a_blueprint_that_an_action_is_has_the_recaps_values():
    (entry,) = blueprints(session({"target": BlueprintTarget("plan"), **FULL}))
    assert (entry.project, entry.name, entry.title, entry.owner) == ("alpha", "plan", "title 0", DRIVER)
    assert (entry.implementation_status, entry.assignee, entry.milestone) == ("Started", "kim-account", "m1")
    (entry,) = blueprints(session({"target": BlueprintTarget("plan")}))
    assert (entry.definition_status, entry.implementation_status) == ("New", "Unknown")
    assert (entry.assignee, entry.milestone, entry.work_items) == (None, None, ())


LINE = {"title": "there", "status": "BLOCKED", "lead": "other", "milestone": "m0"}


def items(entry):
    return [(item.title, item.status, item.assignee, item.milestone) for item in entry.work_items]


def test_the_blueprint_of_a_work_item_is_there_and_the_line_is_yet_to_be_added():
    (entry,) = blueprints(session(WORK_ITEM | FULL))
    assert (entry.project, entry.name, entry.title, entry.work_items) == ("beta", "plan", "plan", ())


def test_a_line_that_the_base_knows_is_a_work_item_with_what_was_agreed():
    (entry,) = blueprints(session(WORK_ITEM | FULL), lines={"beta/plan": [LINE, {"title": "bare", "status": None}]})
    assert items(entry) == [("there", "BLOCKED", "other", "m0"), ("bare", "TODO", None, None)]


def test_a_line_that_the_base_has_twice_is_one_and_what_no_line_can_be_is_none():
    titles = ["one", " one ", "[x] y", "", None, "a\u2028b", "a: b"]
    (entry,) = blueprints(session(WORK_ITEM), lines={"beta/plan": [{"title": title} for title in titles]})
    assert [item.title for item in entry.work_items] == ["one", "a: b"]


def test_a_line_of_which_no_recap_speaks_any_more_is_still_there():
    (entry,) = blueprints(session(), lines={"beta/plan": [LINE]})
    assert (entry.project, entry.name, items(entry)) == ("beta", "plan", [("there", "BLOCKED", "other", "m0")])


def test_a_blueprint_that_is_an_action_and_has_others_as_work_items_is_one():
    actions = [{**WORK_ITEM}, {**WORK_ITEM, "target": BlueprintTarget("plan")}]
    for one in (session(*actions), session(*reversed(actions))):
        (entry,) = blueprints(one, lines={"beta/plan": [LINE]})
        assert entry.title in {"title 0", "title 1"}
        assert [item.title for item in entry.work_items] == ["there"]


def test_what_the_base_holds_of_a_blueprint_comes_before_the_recaps_values():
    words = {"title": "there", "status": "Deployment", "lead": "other", "milestone": None}
    (own,) = blueprints(session({"target": BlueprintTarget("plan"), **FULL}), {"n0": words})
    assert (own.title, own.implementation_status) == ("there", "Deployment")
    assert (own.assignee, own.milestone) == ("other", None)


@pytest.mark.parametrize("definition", ["New", "Approved", "Superseded", "Obsolete"])
@pytest.mark.parametrize("implementation", ["Unknown", "Deferred", "Implemented", "Informational"])
def test_a_word_that_the_base_holds_is_what_its_blueprint_is_read_as(definition, implementation):
    word = blueprint_status(definition, implementation)
    (entry,) = blueprints(session({"target": BlueprintTarget("plan")}), {"n0": {"status": word}})
    assert blueprint_status(entry.definition_status, entry.implementation_status) == word


def test_a_blueprint_that_is_to_be_created_is_not_there_and_without_settings_there_is_none():
    new = {"target": BlueprintTarget("plan", create=True), "project": "beta"}
    assert blueprints(session(new, WORK_ITEM)) == blueprints(session(WORK_ITEM, new)) == ()
    assert len(blueprints(session(new, WORK_ITEM | {"project": "alpha"}))) == 1
    assert blueprints(session(WORK_ITEM), settings=None, lines={"beta/plan": []}) == ()


def test_a_blueprint_that_is_to_be_created_is_there_when_the_base_says_that_it_was_made():
    new = {"target": BlueprintTarget("plan", create=True), **FULL}
    for words in ({"n0": {"title": "made", "status": "Blocked", "lead": None}}, {}):
        (entry,) = blueprints(session(new), words, lines={"alpha/plan": []})
        assert entry.title == (words["n0"]["title"] if words else "title 0")


def test_a_fresh_sandbox_takes_the_blueprints_with_all_that_they_name():
    one = session({"target": BlueprintTarget("plan"), **FULL}, WORK_ITEM | FULL)
    lines = {"beta/plan": [{"title": "title 1", "status": "INPROGRESS", "lead": "once", "milestone": "past"}]}
    for client in fill(world_of([one], PEOPLE, SETTINGS, {}, {}, lines)):
        found = client.get("alpha/+spec/plan").json
        assert (found["assignee_link"], found["milestone_link"]) == (
            client.url("~kim-account"),
            client.url("alpha/+milestone/m1"),
        )
        text = "Work items for past:\n[once] title 1: INPROGRESS"
        assert client.get("beta/+spec/plan")["workitems_text"] == text


def test_filling_a_sandbox_again_leaves_its_blueprints_as_they_are():
    world = world_of([session(WORK_ITEM)], PEOPLE, SETTINGS, {}, {}, {})
    with Sandbox(None) as sandbox:
        sandbox.fill(world)
        client = make_client(sandbox, DRIVER)
        client.patch("beta/+spec/plan", {"workitems_text": "another: DONE"})
        sandbox.fill(world)
        assert client.get("beta/+spec/plan")["workitems_text"] == "Work items:\nanother: DONE"
