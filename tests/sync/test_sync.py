"""Syncs of bugs against a real web service: what is created, pushed, pulled and left."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.sync.bench import Clock, happened
from tracker.launchpad.snapshots import BugSnapshot
from tracker.sync.base import Base
from tracker.sync.decide import build_plan
from tracker.sync.events import Kind
from tracker.sync.gather import gather
from tracker.sync.merge import Prefer
from tracker.sync.plan import Context, Problem

NEW = "  - id: first\n    title: do the first thing\n    owner: ihar\n    bug: new\n"


def snapshot(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_new_action_becomes_a_bug_that_carries_its_identity(bench):
    bench.write(
        "  - id: first\n    title: do the first thing\n    owner: [ihar, artur]\n    with: [kevin]\n    bug: new\n"
        "    status: in progress\n    milestone: ocata-1\n    importance: High\n"
        "    tags: [upgrade]\n    notes: be careful\n"
    )
    bench.sync()
    task, bug = bench.task(), bench.others.fetch_bug(bench.number())
    assert (task.status, task.assignee, task.milestone, task.importance) == ("In Progress", "ihar", "ocata-1", "High")
    assert bug.title == "do the first thing"
    assert set(bug.tags) == {bench.tag, "upgrade"}
    assert bug.description.endswith("\nsummit-tracker action: ocata/session#first")
    assert "be careful" in bug.description
    assert "Artur Tester" in bug.description


def test_after_creating_only_the_lines_with_the_bugs_change(bench):
    bench.write(NEW + NEW.replace("first", "second").replace("bug: new", 'bug: "new"  # a comment'))
    before = bench.read().splitlines()
    bench.sync()
    changed = [(old, new) for old, new in zip(before, bench.read().splitlines(), strict=True) if old != new]
    first, second = bench.number(0), bench.number(1)
    assert changed[0] == ("    bug: new", f"    bug: {first}")
    assert changed[1][1] in {f'    bug: "{second}"  # a comment', f"    bug: {second}  # a comment"}
    assert len(changed) == 2


def test_what_one_sync_changes_has_one_time_however_long_it_takes(bench):
    """Else a first sync that lasts would look as if owners and statuses had changed after the actions were known."""
    bench.clock = SlowClock()
    bench.write(NEW + "    status: in progress\n" + NEW.replace("first", "second"))
    bench.sync()
    first = times(bench)
    assert len(first) == 1
    bench.elsewhere(status="Fix Released")
    bench.sync()
    later = times(bench)
    assert len(later - first) == 1
    assert max(later) > max(first)


def times(bench):
    entries = Base(bench.folder, "sandbox").load(bench.recap)
    return {words.since for entry in entries.values() for words in entry.fields.values()}


class SlowClock(Clock):
    """A clock that moves whenever it is looked at."""

    def now(self):
        self.time += timedelta(minutes=1)
        return self.time


def test_a_second_sync_sends_nothing_but_one_search_and_touches_no_file(bench):
    bench.write(NEW + NEW.replace("first", "second"))
    bench.sync()
    before = snapshot(bench.folder)
    bench.requests.clear()
    assert bench.sync() == []
    assert [method for method, _, _ in bench.requests] == ["GET"]
    assert "ws.op=searchTasks" in bench.requests[0][1]
    assert snapshot(bench.folder) == before


def test_a_new_bug_takes_three_requests_and_one_a_subscription(bench):
    bench.write(NEW.replace("owner: ihar", "owner: [ihar, artur]\n    milestone: ocata-1\n    status: done"))
    bench.requests.clear()
    bench.sync()
    writes = [(method, path) for method, path, _ in bench.requests if f"/{bench.project}?" not in path]
    assert [method for method, _ in writes] == ["POST", "GET", "PATCH", "POST"]
    searches = [path for _, path, _ in bench.requests if "searchTasks" in path]
    assert len(searches) == 3  # before creating, of private bugs too, and after it


def test_what_changes_on_launchpad_is_brought_into_the_recap(bench):
    bench.write(NEW + "    milestone: ocata-1\n")
    bench.sync()
    bench.elsewhere(status="Fix Committed", lead="artur", milestone="ocata-2", importance="High")
    bench.sync()
    assert bench.read().endswith(
        f"owner: artur\n    bug: {bench.number()}\n    status: done\n    milestone: ocata-2\n    importance: High\n"
    )
    assert bench.in_step()
    bench.elsewhere(milestone=None, lead=None)
    bench.sync()
    assert "milestone" not in bench.read()
    assert "owner: artur?\n" in bench.read()
    assert bench.in_step()


def test_what_changes_in_the_recap_is_pushed_in_one_write(bench):
    bench.write(NEW)
    bench.sync()
    bench.replace("owner: ihar", "owner: artur\n    status: done\n    milestone: ocata-2\n    importance: Low")
    bench.requests.clear()
    bench.sync()
    assert [method for method, _, _ in bench.requests] == ["GET", "PATCH"]
    task = bench.task()
    assert (task.status, task.assignee, task.milestone, task.importance) == (
        "Fix Released", "artur", "ocata-2", "Low",
    )  # fmt: skip
    bench.replace("    milestone: ocata-2\n", "")
    bench.replace("    owner: artur\n", "")
    bench.sync()
    assert (bench.task().milestone, bench.task().assignee) == (None, None)


def test_a_conflict_leaves_both_sides_and_the_rest_goes_on(bench):
    bench.write(NEW)
    bench.sync()
    bench.replace("bug:", "status: done\n    importance: High\n    bug:")
    bench.elsewhere(status="Invalid", milestone="ocata-1")
    events = bench.sync()
    assert happened(events, Kind.CONFLICT) == ["status was left: both sides moved apart"]
    assert bench.task().status == "Invalid"
    assert bench.task().importance == "High"
    assert "status: done" in bench.read()
    assert "milestone: ocata-1" in bench.read()
    conflict = bench.plan().actions[0].conflicts[0]
    assert (conflict.base.recap, conflict.base.launchpad) == ("todo", "New")
    assert (conflict.recap, conflict.launchpad) == ("done", "Invalid")


@pytest.mark.parametrize(
    ("prefer", "recap", "status"),
    [(Prefer.RECAP, "status: done", "Fix Released"), (Prefer.LAUNCHPAD, "status: dropped", "Invalid")],
)
def test_prefer_settles_conflicts(bench, prefer, recap, status):
    bench.write(NEW)
    bench.sync()
    bench.replace("bug:", "status: done\n    bug:")
    bench.elsewhere(status="Invalid")
    bench.sync(prefer)
    assert recap in bench.read()
    assert bench.task().status == status
    assert bench.in_step()


def test_an_adopted_bug_is_tagged_and_keeps_its_title(bench):
    number = bench.others.create_bug(bench.project, "an old title", "a description", ["other"])
    bench.write(f"  - id: first\n    title: our title\n    bug: {number}\n")
    bench.sync()
    bug = bench.others.fetch_bug(number)
    assert (bug.title, set(bug.tags)) == ("an old title", {"other", bench.tag})
    assert bug.description == "a description"
    assert bench.in_step()


def test_the_title_of_a_bug_that_the_tracker_made_is_kept_in_step(bench):
    bench.write(NEW)
    bench.sync()
    bench.replace("do the first thing", "do the first thing better")
    bench.sync()
    assert bench.task().title == "do the first thing better"
    bug = bench.others.fetch_bug(bench.number())
    bench.others.update_bug(bug, title='say "hello": twice # and more')
    bench.sync()
    assert bench.repository().recaps[0].actions[0].title == 'say "hello": twice # and more'
    assert bench.in_step()


def test_tags_are_pushed_and_only_grow(bench):
    bench.write(NEW + "    tags: [one]\n")
    bench.sync()
    bug = bench.others.fetch_bug(bench.number())
    bench.others.update_bug(bug, tags=[bench.tag, "theirs"])
    bench.replace("[one]", "[two]")
    bench.sync()
    assert set(bench.others.fetch_bug(bench.number()).tags) == {bench.tag, "theirs", "two"}
    assert bench.in_step()


def test_co_owners_are_subscribed_once_and_never_again_after_they_leave(bench):
    bench.write(NEW.replace("ihar", "[ihar, artur, kevin?, paper]"))
    events = bench.sync()
    assert happened(events, Kind.DONE)[-1].endswith("subscribed ~artur")
    wire = bench.gateway._wire
    left = wire.post(f"{wire.root}bugs/{bench.number()}", "unsubscribe", person=f"{wire.root}~artur")
    assert left.status == 200, left.text
    bench.requests.clear()
    bench.sync()
    assert not [path for method, path, _ in bench.requests if method == "POST"]


def test_a_bug_that_becomes_done_with_evidence_is_commented_once(bench, launchpad):
    bench.write(NEW)
    bench.sync()
    bench.replace("bug:", "status: done\n    evidence: [https://example.org/a]\n    bug:")
    bench.requests.clear()
    bench.sync()
    bench.sync()
    posts = [path for method, path, _ in bench.requests if method == "POST"]
    assert len(posts) == 1


def test_a_number_without_a_task_in_the_project_is_a_problem_of_the_input(bench, launchpad):
    launchpad.add_project(f"{bench.project}-other", "Other", owner="driver")
    number = bench.others.create_bug(f"{bench.project}-other", "elsewhere", "d", ["x-y"])
    bench.write(f"  - id: first\n    title: t\n    bug: {number}\n")
    plan = bench.plan()
    assert plan.has_input_problems
    assert not plan.changed
    assert "no task in project" in plan.actions[0].remarks[0].text


def test_a_number_that_launchpad_does_not_show_is_a_problem_of_the_input(bench):
    bench.write("  - id: first\n    title: t\n    bug: 99999999\n")
    plan = bench.plan()
    assert plan.has_input_problems
    assert not plan.changed


def test_two_actions_cannot_have_one_bug(bench):
    """Two recaps that say so are errors of the input; here it is the plan that is asked."""
    bench.write(NEW)
    bench.sync()
    repository = bench.repository()
    (recap,) = repository.recaps
    recaps = [recap, replace(recap, id="ocata/other")]
    observed = gather(bench.gateway, recaps, {}, repository.people, bench.tag, missing=1.0)
    plan = build_plan(recaps, {}, observed, Context(repository.people, repository.settings))
    assert plan.has_input_problems
    assert "tracks ocata/session#first already" in plan.actions[1].remarks[0].text


def test_an_action_that_names_its_bug_no_more_is_told_of(bench):
    bench.write(NEW)
    bench.sync()
    number = bench.number()
    bench.replace(f"    bug: {number}\n", "")
    plan = bench.plan()
    assert not plan.changed
    assert f"it tracked bug {number} until now" in plan.actions[0].remarks[0].text
    bench.sync()
    assert bench.bugs() == [number]


def test_a_duplicate_is_followed_to_its_master(bench):
    master = bench.others.create_bug(bench.project, "the master", "d", ["x-y"])
    bench.write(NEW)
    bench.sync()
    bug = bench.others.fetch_bug(bench.number())
    assert isinstance(bug, BugSnapshot)
    bench.others.mark_duplicate(bug, master)
    bench.sync()
    assert bench.number() == master
    assert bench.task(master).title == "the master"  # it is not ours, and keeps its title


def test_an_action_that_vanished_is_reported_and_its_bug_stays(bench):
    bench.write(NEW + NEW.replace("first", "second"))
    bench.sync()
    bench.write(bench.read().split("  - id: second")[0].removeprefix(HEAD_TEXT))
    plan = bench.plan()
    assert not plan.changed
    assert plan.remarks[0][0] == "ocata/session#second"
    bench.sync()
    assert len(bench.bugs()) == 2


HEAD_TEXT = "title: a session\ndate: 2016-10-28\nevent: a summit\nactions:\n"


def test_a_renamed_action_keeps_its_bug(bench):
    bench.write(NEW)
    bench.sync()
    number = bench.number()
    bench.replace("id: first", "id: renamed\n    previously: first")
    assert bench.in_step()
    bench.sync()
    bench.elsewhere(number, status="In Progress")
    bench.sync()
    assert "status: in progress" in bench.read()


def test_a_bug_that_became_private_is_reported_and_left(bench, connect):
    bench.write(NEW)
    bench.sync()
    bench.gateway.update_bug(bench.gateway.fetch_bug(bench.number()), private=True)
    bench.gateway = connect("ordinary")
    before = snapshot(bench.folder)
    plan = bench.plan()
    assert [remark.kind for remark in plan.actions[0].remarks] == [Problem.WARNING]
    assert not plan.changed
    bench.sync()
    assert snapshot(bench.folder) == before


def test_a_recap_that_was_edited_meanwhile_is_not_written_and_the_base_stays(bench):
    bench.write(NEW)
    bench.sync()
    bench.elsewhere(status="In Progress")
    work, plan = bench.prepare()
    bench.replace("do the first", "now do the first")
    from tracker.sync.apply import apply_plan

    base = work.base.path("ocata/session").read_bytes()
    events = list(apply_plan(work, plan))
    assert "was changed meanwhile" in happened(events, Kind.FAILED)[0]
    assert work.base.path("ocata/session").read_bytes() == base
    bench.sync()
    assert "status: in progress" in bench.read()
    assert "now do the first" in bench.read()
    assert bench.task().title == "now do the first thing"


@pytest.mark.parametrize(
    "text",
    [
        "title: a session\r\ndate: 2016-10-28\r\nactions:\r\n  - id: first\r\n    title: t\r\n    bug: new\r\n",
        "\ufefftitle: a session\ndate: 2016-10-28\nactions:\n  - id: first\n    title: t\n    bug: new  # soon\n",
        "title: a session\ndate: 2016-10-28\nactions: [{id: first, title: t, bug: new}]\n",
        "title: a session\ndate: 2016-10-28\nactions:\n- bug: new\n  id: first\n  title: 't'",
        "# c\ntitle: a\ndate: 2016-10-28\nactions:\n  - {id: first,\n     title: t, # c\n     bug: 'new'}\n# end",
    ],
    ids=["crlf", "bom", "flow", "no final newline", "comments"],
)
def test_every_byte_but_the_number_stays(bench, text):
    bench.write(text, head="")
    bench.sync()
    number = str(bench.number())
    expected = {
        text.replace("bug: new", f"bug: {number}"),
        text.replace("'new'", number),
        text.replace("new", number),
    }
    assert bench.read() in expected
    bench.elsewhere(status="In Progress")
    bench.sync()
    assert bench.in_step()
    assert bench.repository().recaps[0].actions[0].status == "in progress"


def test_a_project_that_launchpad_lacks_is_told_and_the_rest_goes_on(bench):
    bench.write(NEW + NEW.replace("first", "second") + "    project: no-such-project\n")
    plan = bench.plan()
    assert plan.has_input_problems
    assert 'no project "no-such-project"' in plan.actions[1].remarks[0].text
    bench.sync()
    assert len(bench.bugs()) == 1


CONFLICTS = {
    "title": ("do the first thing", "ours", {"title": "theirs"}),
    "owner": ("owner: ihar", "owner: artur", {"lead": "kevin"}),
    "no owner": ("    owner: ihar\n", "", {"lead": "kevin"}),
    "status": ("bug:", "status: done\n    bug:", {"status": "Invalid"}),
    "milestone": ("ocata-1", "ocata-2", {"milestone": None}),
    "no milestone": ("    milestone: ocata-1\n", "", {"milestone": "ocata-2"}),
    "importance": ("High", "Low", {"importance": "Wishlist"}),
}


def disagree(bench, conflict):
    """Change a field on both sides."""
    bench.write(NEW + "    milestone: ocata-1\n    importance: High\n")
    bench.sync()
    old, new, theirs = CONFLICTS[conflict]
    bench.replace(old, new)
    move_launchpad(bench, theirs)


def move_launchpad(bench, changes):
    if "title" in changes:
        bench.others.update_bug(bench.others.fetch_bug(bench.number()), **changes)
    else:
        bench.elsewhere(**changes)


def words(task):
    return task.title, task.assignee, task.status, task.milestone, task.importance


@pytest.mark.parametrize("prefer", list(Prefer))
@pytest.mark.parametrize("conflict", CONFLICTS)
def test_a_preferred_side_wins_in_every_field_and_the_other_follows(bench, conflict, prefer):
    disagree(bench, conflict)
    assert bench.plan().conflicts == 1
    recap, launchpad = bench.read(), words(bench.task())
    bench.sync(prefer)
    assert (bench.read() == recap) == (prefer is Prefer.RECAP)
    assert (words(bench.task()) == launchpad) == (prefer is Prefer.LAUNCHPAD)
    assert bench.in_step()
    assert bench.plan().conflicts == 0


@pytest.mark.parametrize("conflict", CONFLICTS)
def test_a_conflict_ends_when_launchpad_goes_back(bench, conflict):
    disagree(bench, conflict)
    before = {"title": "do the first thing", "lead": "ihar", "status": "New", "milestone": "ocata-1"}
    before["importance"] = "High"
    assert len(happened(bench.sync(), Kind.CONFLICT)) == 1
    recap = bench.read()
    move_launchpad(bench, {field: before[field] for field in CONFLICTS[conflict][2]})
    bench.sync()
    assert bench.read() == recap
    assert bench.in_step()
    assert bench.plan().conflicts == 0


def test_defaults_that_are_written_out_are_kept_and_moved_like_others(bench):
    bench.write(NEW + "    status: todo\n    importance: Undecided\n")
    bench.sync()
    before = bench.read()
    assert bench.sync() == []
    bench.elsewhere(importance="High", status="Triaged")
    bench.sync()
    assert bench.read() == before.replace("Undecided", "High")
    bench.replace("importance: High", "importance: Undecided")
    bench.sync()
    assert (bench.task().importance, bench.task().status) == ("Undecided", "Triaged")
    bench.replace("    status: todo\n    importance: Undecided\n", "")
    assert bench.sync() == []
    assert bench.in_step()


def test_a_private_bug_that_this_account_sees_is_not_brought_into_the_recap(bench):
    bench.write(NEW)
    bench.sync()
    bug = bench.gateway.fetch_bug(bench.number())
    bench.gateway.update_bug(bug, title="a secret", private=True)
    before = snapshot(bench.folder)
    plan = bench.plan()
    assert not plan.changed
    assert "is private" in plan.actions[0].remarks[0].text
    bench.sync()
    assert snapshot(bench.folder) == before
    assert bench.bugs() == []


def test_a_private_bug_that_names_the_action_keeps_another_from_being_created(bench):
    bench.write(NEW)
    first = bench.read()
    bench.sync()
    bench.gateway.update_bug(bench.gateway.fetch_bug(bench.number()), private=True)
    bench.write("", head=first)
    for path in (bench.folder / ".synced").rglob("*.jsonl"):
        path.unlink()
    plan = bench.plan()
    assert not plan.creations
    assert "is private" in plan.actions[0].remarks[0].text


def test_evidence_is_told_of_as_well_when_launchpad_says_done_first(bench):
    bench.write(NEW + "    evidence: [https://example.org/a]\n")
    bench.sync()
    bench.elsewhere(status="Fix Released")
    bench.requests.clear()
    bench.sync()
    bench.sync()
    assert len([path for method, path, _ in bench.requests if method == "POST"]) == 1
    assert "status: done" in bench.read()
