"""Actions that are blueprints: made, adopted, kept in step both ways, and never mixed up with somebody else's."""

import shutil
from dataclasses import replace

import pytest

from tests.sync.bench import happened
from tracker.sync.apply import apply_plan
from tracker.sync.events import Kind
from tracker.sync.merge import Prefer

NEW = """\
  - id: push
    title: proceed with push notifications
    owner: kevin
    milestone: ocata-1
    status: in progress
    blueprint: new push-notifications
"""
GIVEN = NEW.replace("new ", "")


@pytest.fixture
def register(bench, launchpad):
    """Let somebody register a blueprint on Launchpad."""

    def register(name="push-notifications", **values):
        launchpad.add_specification(bench.project, name, owner="artur", **values)

    return register


def blueprint(bench, name="push-notifications"):
    return bench.others.fetch_blueprint(bench.project, name)


def change(bench, **changes):
    bench.others.update_blueprint(blueprint(bench), changes)


def test_a_new_blueprint_is_made_with_what_the_recap_says(bench):
    bench.write(NEW)
    plan = bench.plan()
    assert [str(one.thing) for one in plan.creations] == ["blueprint push-notifications"]
    events = bench.sync()
    made = blueprint(bench)
    assert not happened(events, Kind.FAILED)
    assert (made.title, made.assignee, made.milestone) == ("proceed with push notifications", "kevin", "ocata-1")
    assert made.status == "Started"
    assert made.summary.startswith('Agreed in the session "a session" (a summit, 2016-10-28).')
    assert made.summary.endswith("\nsummit-tracker action: ocata/session#push")
    assert "    blueprint: push-notifications\n" in bench.read()
    assert bench.in_step()
    assert not bench.sync()


def test_a_new_blueprint_takes_three_requests_and_the_recap_is_written_once(bench):
    bench.write(NEW.replace("ihar", "kevin"))
    plan_only = len(bench.requests)
    bench.plan()
    asked = len(bench.requests) - plan_only
    before = len(bench.requests)
    bench.sync()
    assert len(bench.requests) - before - asked == 3  # made, read, and one write with all the rest


def test_a_name_that_is_taken_is_not_adopted_unasked(bench, register):
    register(summary="somebody's own")
    bench.write(NEW)
    plan = bench.plan()
    assert not plan.changed
    assert plan.has_input_problems
    assert "there is a blueprint push-notifications already" in plan.actions[0].remarks[0].text
    bench.sync()
    assert blueprint(bench).assignee is None
    bench.write(GIVEN)
    bench.sync()
    assert blueprint(bench).assignee == "kevin"
    assert bench.in_step()


def test_a_name_that_launchpad_lacks_is_told_and_nothing_is_made(bench):
    bench.write(GIVEN)
    plan = bench.plan()
    assert plan.has_input_problems
    assert "write `new push-notifications`" in plan.actions[0].remarks[0].text
    bench.sync()
    assert blueprint(bench) is None


def test_what_the_recap_moves_is_written_and_what_launchpad_moves_comes_back(bench):
    bench.write(NEW)
    bench.sync()
    bench.replace("status: in progress", "status: done")
    bench.sync()
    assert blueprint(bench).implementation_status == "Implemented"
    change(bench, lead="artur", milestone="ocata-2")
    bench.sync()
    assert "owner: artur\n" in bench.read()
    assert "milestone: ocata-2\n" in bench.read()
    assert bench.in_step()


def test_both_sides_moved_apart_is_a_conflict_that_a_person_settles(bench):
    bench.write(NEW)
    bench.sync()
    bench.replace("status: in progress", "status: done")
    change(bench, status="Deferred")
    events = bench.sync()
    assert happened(events, Kind.CONFLICT) == ["status was left: both sides moved apart"]
    assert blueprint(bench).status == "Deferred"
    bench.sync(Prefer.RECAP)
    assert blueprint(bench).status == "Implemented"
    assert bench.in_step()


@pytest.mark.parametrize("finer", ["Good progress", "Beta Available", "Needs Code Review"])
def test_a_finer_word_of_launchpad_stays(bench, finer):
    bench.write(NEW)
    bench.sync()
    change(bench, status=finer)
    assert not bench.sync()
    assert "status: in progress" in bench.read()
    assert blueprint(bench).status == finer


def test_dropped_ends_a_blueprint_by_its_definition_and_todo_opens_it_again(bench):
    bench.write(NEW)
    bench.sync()
    bench.replace("status: in progress", "status: dropped")
    bench.sync()
    assert blueprint(bench).definition_status == "Obsolete"
    assert bench.in_step()
    bench.replace("status: dropped", "status: todo")
    bench.sync()
    assert (blueprint(bench).definition_status, blueprint(bench).implementation_status) == ("New", "Not started")
    assert bench.in_step()


def test_an_adopted_blueprint_keeps_its_title_and_summary(bench, register):
    register(title="Push", summary="somebody's own", implementation_status="Started", assignee="kevin")
    bench.write(GIVEN.replace("    milestone: ocata-1\n", ""))
    bench.sync()
    assert (blueprint(bench).title, blueprint(bench).summary) == ("Push", "somebody's own")
    assert bench.in_step()


def test_a_private_blueprint_is_left_alone_and_nothing_of_it_gets_into_the_recap(bench, register):
    register(private=True, assignee="artur", milestone="ocata-2")
    bench.write(GIVEN.replace("    owner: kevin\n", ""))
    before = bench.read()
    bench.sync()
    assert bench.read() == before


def test_a_blueprint_that_is_not_shown_any_more_is_told_and_not_made_again(bench, launchpad):
    bench.write(NEW)
    bench.sync()
    wire = bench.others._wire
    wire.patch(f"{wire.root}{bench.project}/+spec/push-notifications", {"name": "renamed"}, None)
    bench.replace("status: in progress", "status: done")
    plan = bench.plan()
    assert not plan.changed
    assert "shows no blueprint push-notifications any more" in plan.actions[0].remarks[0].text
    bench.sync()
    assert blueprint(bench) is None
    assert blueprint(bench, "renamed").status == "Started"


def test_a_blueprint_whose_number_got_lost_is_found_by_its_last_line(bench):
    bench.write(NEW)
    bench.sync()
    bench.write(NEW)
    base = bench.folder / ".synced" / "sandbox" / "ocata" / "session.jsonl"
    base.unlink()
    events = bench.sync()
    assert not happened(events, Kind.FAILED)
    assert "    blueprint: push-notifications\n" in bench.read()
    assert bench.in_step()


def test_somebody_who_makes_the_blueprint_at_the_same_moment_keeps_it(bench, register):
    bench.write(NEW)
    work, plan = bench.prepare()
    register(summary="somebody's own")
    events = list(apply_plan(work, plan))
    assert happened(events, Kind.FAILED)
    assert blueprint(bench).summary == "somebody's own"
    assert blueprint(bench).assignee is None
    assert "there is a blueprint" in bench.plan().actions[0].remarks[0].text


def test_two_recaps_that_make_one_blueprint_at_the_same_moment_leave_it_to_one(bench, tmp_path):
    """Two clones, each with a recap of its own."""
    folder = tmp_path / "clone"
    shutil.copytree(bench.folder, folder)
    other = replace(bench, folder=folder, recap="ocata/other")
    bench.write(NEW)
    other.write(NEW.replace("kevin", "artur").replace("in progress", "done"))
    first, second = bench.prepare(), other.prepare()
    assert not happened(list(apply_plan(*first)), Kind.FAILED)
    made = blueprint(bench)
    events = list(apply_plan(*second))
    assert happened(events, Kind.FAILED) == ["somebody made blueprint push-notifications now"]
    assert blueprint(bench) == made
    assert "blueprint: new push-notifications" in other.read()
    assert not other.plan().changed
    assert "there is a blueprint push-notifications already" in other.plan().actions[0].remarks[0].text
    assert bench.in_step()


def test_co_owners_are_subscribed_once(bench):
    bench.write(NEW.replace("owner: kevin", "owner: [kevin, artur]"))
    events = bench.sync()
    assert "blueprint push-notifications: subscribed ~artur" in happened(events, Kind.DONE)
    assert bench.in_step()


def test_the_bugs_of_the_recap_are_linked_when_the_repository_says_so(bench):
    settings = bench.folder / "tracker.yaml"
    settings.write_text(settings.read_text() + "link_bugs: true\n")
    bench.write(NEW + "  - id: first\n    title: do it\n    bug: new\n")
    events = bench.sync()
    number = bench.number(1)
    assert f"blueprint push-notifications: linked bug {number}" in happened(events, Kind.DONE)
    wire = bench.others._wire
    linked = wire.get(f"{wire.root}{bench.project}/+spec/push-notifications/bugs").json()
    assert [one["id"] for one in linked["entries"]] == [number]
    assert bench.in_step()
    assert not bench.sync()


def test_no_bug_is_linked_unasked(bench):
    bench.write(NEW + "  - id: first\n    title: do it\n    bug: new\n")
    assert not any("linked" in text for text in happened(bench.sync(), Kind.DONE))


def test_an_action_that_becomes_another_thing_leaves_the_one_it_was(bench):
    bench.write(NEW.replace("blueprint: new push-notifications", "bug: new"))
    bench.sync()
    number = bench.number()
    bench.replace(f"bug: {number}", "blueprint: new push-notifications")
    plan = bench.plan()
    assert f"it tracked bug {number} until now; bug {number} stays as it is" in plan.actions[0].remarks[0].text
    bench.sync()
    assert bench.task(number).status == "In Progress"
    assert blueprint(bench).assignee == "kevin"
    assert bench.in_step()
