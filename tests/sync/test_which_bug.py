"""Which bug tracks an action, when numbers, ids, duplicates and the base say different things."""

import pytest

from tests.sync.bench import happened, killed_after
from tracker.launchpad.snapshots import BugSnapshot
from tracker.sync.base import Base
from tracker.sync.events import Kind
from tracker.sync.identity import identity_line
from tracker.sync.merge import Prefer
from tracker.sync.plan import Problem

NEW = "  - id: first\n    title: do the first thing\n    owner: ihar\n    bug: new\n"
SECOND = NEW.replace("first", "second")


def make_duplicate(bench, number, master):
    bug = bench.others.fetch_bug(number)
    assert isinstance(bug, BugSnapshot)
    bench.others.mark_duplicate(bug, master)


def base_path(bench):
    return Base(bench.folder, "sandbox").path("ocata/session")


def remarks(bench):
    return [remark for action in bench.plan().actions for remark in action.remarks]


@pytest.mark.parametrize("duplicate", [0, 1])
def test_a_duplicate_of_another_actions_bug_is_told_and_not_followed_into_the_recap(bench, duplicate):
    bench.write(NEW + SECOND)
    bench.sync()
    numbers = [bench.number(0), bench.number(1)]
    make_duplicate(bench, numbers[duplicate], numbers[1 - duplicate])
    before = bench.read()
    assert bench.in_step()
    told = remarks(bench)
    assert [remark.kind for remark in told] == [Problem.WARNING] * 2
    assert "which is followed" in told[0].text
    assert "already" in told[1].text
    assert bench.sync() == []
    assert bench.read() == before
    bench.elsewhere(numbers[1 - duplicate], status="In Progress")
    bench.sync()
    assert bench.read().count("status: in progress") == 1


def test_a_duplicate_of_a_bug_of_a_recap_that_is_not_synced_now_is_not_followed(bench):
    bench.write(NEW)
    bench.sync()
    first = bench.number()
    bench.path.rename(bench.folder / "ocata" / "earlier.yaml")
    base_path(bench).rename(base_path(bench).with_name("earlier.jsonl"))
    bench.write(SECOND)
    repository = bench.repository()
    (recap,) = [recap for recap in repository.recaps if recap.id == bench.recap]
    bench.sync()
    (second,) = set(bench.bugs()) - {first}
    make_duplicate(bench, second, first)

    from tracker.sync.decide import build_plan
    from tracker.sync.gather import gather
    from tracker.sync.plan import Context

    repository = bench.repository()
    (recap,) = [recap for recap in repository.recaps if recap.id == bench.recap]
    entries = Base(bench.folder, "sandbox").load_all()
    observed = gather(bench.gateway, [recap], entries, repository.people, bench.tag, missing=1.0)
    plan = build_plan([recap], entries, observed, Context(repository.people, repository.settings))
    assert not plan.changed
    assert f"bug {first} tracks ocata/earlier#first already" in plan.actions[0].remarks[-1].text


def test_a_duplicate_whose_master_cannot_be_seen_is_no_problem_of_the_input(bench, connect, launchpad):
    launchpad.add_project(f"{bench.project}-far", "Far", owner="driver")
    bench.write(NEW)
    bench.sync()
    master = bench.others.create_bug(f"{bench.project}-far", "the master", "d", ["x-y"])
    make_duplicate(bench, bench.number(), master)
    before = bench.read()
    plan = bench.plan()
    assert not plan.has_input_problems
    assert not plan.changed
    assert "is a duplicate" in plan.actions[0].remarks[0].text
    bench.sync()
    assert bench.read() == before


def test_two_actions_that_swapped_bugs_start_anew(bench):
    bench.write(NEW + SECOND + "    status: in progress\n")
    bench.sync()
    first, second = bench.number(0), bench.number(1)
    bench.replace(f"bug: {first}", "bug: FIRST")
    bench.replace(f"bug: {second}", f"bug: {first}")
    bench.replace("bug: FIRST", f"bug: {second}")
    bench.sync()
    assert [bench.number(0), bench.number(1)] == [second, first]
    assert bench.bugs() == [first, second]
    assert bench.task(first).title == "do the first thing"  # neither title is carried over
    assert bench.task(first).status == bench.task(second).status == "In Progress"
    assert bench.in_step()


def test_a_number_changed_by_hand_starts_anew_and_the_former_bug_is_told_of(bench):
    bench.write(NEW)
    bench.sync()
    former = bench.number()
    chosen = bench.others.create_bug(bench.project, "somebody's", "d", ["x-y"])
    bench.replace(f"bug: {former}", f"bug: {chosen}")
    bench.sync()
    assert bench.task(chosen).title == "somebody's"
    assert bench.task(chosen).assignee == "ihar"
    assert bench.others.fetch_bug(former).duplicate_of is None
    assert bench.in_step()
    assert [remark.text for remark in remarks(bench)] == [f"bug {former} names this action too, and is left as it is"]


@pytest.mark.parametrize("previously", ["", "\n    previously: first"])
def test_a_renamed_action_keeps_what_was_agreed(bench, previously):
    bench.write(NEW + "    milestone: ocata-1\n")
    bench.sync()
    bench.replace("id: first", f"id: renamed{previously}")
    bench.replace("    milestone: ocata-1\n", "")
    bench.replace("do the first thing", "do it better")
    bench.sync()
    assert bench.task().milestone is None  # not filled again, as it would be without a base
    assert bench.task().title == "do it better"
    assert list(Base(bench.folder, "sandbox").load("ocata/session")) == ["renamed"]
    assert not bench.plan().remarks
    assert bench.in_step()


def test_a_renamed_action_leaves_no_second_line_in_the_base_when_the_run_is_killed(bench):
    bench.write(NEW)
    bench.sync()
    bench.replace("id: first", "id: renamed")
    bench.replace("do the first thing", "do it better")
    with killed_after(1):
        bench.sync()
    bench.sync()
    assert list(Base(bench.folder, "sandbox").load("ocata/session")) == ["renamed"]
    assert bench.in_step()


@pytest.mark.parametrize("downwards", [True, False])
def test_ids_that_moved_on_by_one_keep_what_was_agreed(bench, downwards):
    """The one takes the id that the other gives up: the numbers tell."""
    actions = [NEW + "    milestone: ocata-1\n", SECOND + "    milestone: ocata-2\n"]
    bench.write("".join(actions if downwards else reversed(actions)))
    bench.sync()
    known = Base(bench.folder, "sandbox").load("ocata/session")
    bench.replace("id: second", "id: third")
    bench.replace("id: first", "id: second")
    bench.replace("    milestone: ocata-1\n", "")
    bench.replace("    milestone: ocata-2\n", "")
    bench.sync()
    assert {task.milestone for task in (bench.task(number) for number in bench.bugs())} == {None}
    after = Base(bench.folder, "sandbox").load("ocata/session")
    assert {key: entry.bug for key, entry in after.items()} == {
        "second": known["first"].bug,
        "third": known["second"].bug,
    }
    assert not bench.plan().remarks
    assert bench.in_step()


def test_a_creation_that_was_refused_is_remembered_by_the_former_id_and_tried_anew(bench):
    """The description that is sent names the new id, so it is another request."""
    bench.write(NEW)
    refusal = '{"action": "first", "refused": {"create": {"reason": "no", "value": "something else"}}}\n'
    base_path(bench).parent.mkdir(parents=True)
    base_path(bench).write_text(refusal)
    bench.replace("id: first", "id: renamed\n    previously: first")
    bench.sync()
    assert bench.bugs() == [bench.number()]
    assert list(Base(bench.folder, "sandbox").load("ocata/session")) == ["renamed"]
    assert bench.in_step()


def test_what_was_agreed_stays_agreed_when_previously_is_taken_out_again(bench):
    bench.write(NEW)
    bench.sync()
    number = bench.number()
    bench.replace("id: first", "id: renamed\n    previously: first")
    bench.sync()
    bench.replace("    previously: first\n", "")
    bench.replace(f"bug: {number}", "bug: new")
    twin = bench.others.create_bug(bench.project, "t", identity_line("ocata/session#first"), [bench.tag])
    bench.sync()
    assert bench.number() == number
    assert bench.others.fetch_bug(twin).duplicate_of == number
    assert bench.in_step()


def test_a_bug_with_another_actions_line_can_be_adopted(bench):
    number = bench.others.create_bug(bench.project, "t", identity_line("ocata/session#second"), [bench.tag])
    bench.write(NEW.replace("new", str(number)) + SECOND)
    bench.sync()
    assert bench.number(0) == number
    assert bench.bugs() == sorted([number, bench.number(1)])
    assert bench.in_step()
    assert bench.task(number).title == "t"


def test_a_bug_without_its_line_is_still_the_actions(bench):
    bench.write(NEW)
    bench.sync()
    number = bench.number()
    bench.others.update_bug(bench.others.fetch_bug(number), description="all gone")
    assert bench.in_step()
    bench.elsewhere(status="In Progress")
    bench.sync()
    assert "status: in progress" in bench.read()
    assert bench.bugs() == [number]


def test_without_a_base_nothing_is_created_and_what_differs_is_left_to_a_person(bench):
    bench.write(NEW + "    status: in progress\n    milestone: ocata-1\n")
    bench.sync()
    number = bench.number()
    bench.elsewhere(status="Fix Released", milestone="ocata-2")
    base_path(bench).unlink()
    bench.sync()
    assert bench.bugs() == [number]
    assert (bench.task().status, bench.task().milestone) == ("Fix Released", "ocata-2")
    assert "status: in progress" in bench.read()
    assert bench.plan().conflicts == 2


def test_the_base_of_an_older_clone_undoes_nothing(bench):
    bench.write(NEW)
    bench.sync()
    older = base_path(bench).read_bytes()
    bench.elsewhere(status="Triaged", lead="artur")
    bench.replace("bug:", "milestone: ocata-1\n    importance: High\n    bug:")
    bench.sync()
    recap = bench.read()
    base_path(bench).write_bytes(older)
    assert bench.sync() == []
    task = bench.task()
    assert (task.status, task.assignee, task.milestone, task.importance) == ("Triaged", "artur", "ocata-1", "High")
    assert bench.read() == recap


def two_bugs(bench, *, ours_first):
    """Return our bug and another with the same identity, which nobody knew while ours was created."""
    line = identity_line("ocata/session#first")
    twin = 0 if ours_first else bench.others.create_bug(bench.project, "t", line, ["x-y"])
    bench.write(NEW)
    bench.sync()
    if ours_first:
        twin = bench.others.create_bug(bench.project, "t", line, [bench.tag])
    else:
        bench.others.update_bug(bench.others.fetch_bug(twin), tags=[bench.tag])
    return bench.number(), twin


@pytest.mark.parametrize("ours", ["lower", "higher"])
def test_a_second_bug_is_made_a_duplicate_of_the_lowest_also_without_a_base(bench, ours):
    number, twin = two_bugs(bench, ours_first=ours != "higher")
    base_path(bench).unlink()
    bench.sync()
    lowest, other = sorted((number, twin))
    assert bench.bugs() == [lowest]
    assert bench.number() == lowest
    assert bench.others.fetch_bug(other).duplicate_of == lowest
    assert not bench.plan().changed


def test_several_second_bugs_become_one(bench):
    bench.write(NEW)
    line = identity_line("ocata/session#first")
    twins = [bench.others.create_bug(bench.project, "do the first thing", line, [bench.tag]) for _ in range(3)]
    bench.sync()
    assert bench.bugs() == [twins[0]] == [bench.number()]
    assert bench.in_step()


@pytest.mark.parametrize("twins", ["lower", "higher"])
def test_a_second_bug_is_left_while_ours_cannot_be_seen(bench, connect, twins):
    number, twin = two_bugs(bench, ours_first=twins != "lower")
    bench.gateway.update_bug(bench.gateway.fetch_bug(number), private=True)
    bench.gateway = connect("ordinary")
    before = bench.read()
    assert bench.in_step()
    bench.sync()
    assert bench.read() == before
    assert bench.others.fetch_bug(twin).duplicate_of is None


def test_a_second_bug_of_another_project_is_left(bench, launchpad):
    """The action's project changed on one clone while another had created its bug in the former one."""
    far = f"{bench.project}-far"
    launchpad.add_project(far, "Far", owner="driver", driver="core")
    line = identity_line("ocata/session#first")
    twin = bench.others.create_bug(far, "t", line, ["x-y"])
    bench.write(NEW + SECOND + f"    project: {far}\n")
    bench.sync()
    bench.others.update_bug(bench.others.fetch_bug(twin), tags=[bench.tag])
    ours = bench.number()
    assert bench.in_step()
    bench.elsewhere(ours, status="In Progress")  # ours goes on being synced
    bench.sync()
    assert "status: in progress" in bench.read()
    assert bench.number() == ours
    assert bench.others.fetch_bug(twin).duplicate_of is None


def test_a_number_written_while_a_creation_had_no_answer_ends_the_intent(bench):
    bench.write(NEW)
    base_path(bench).parent.mkdir(parents=True)
    title = '{"launchpad": "do the first thing", "recap": "do the first thing"}'
    base_path(bench).write_text(
        f'{{"action": "first", "creating": "2016-11-03T18:50:08Z", "fields": {{"title": {title}}}}}\n'
    )
    line = identity_line("ocata/session#first")
    number = bench.others.create_bug(bench.project, "do the first thing", line, [bench.tag])
    bench.replace("bug: new", f"bug: {number}")
    bench.replace("do the first thing", "do it better")
    bench.sync()
    entry = Base(bench.folder, "sandbox").load("ocata/session")["first"]
    assert (entry.bug, entry.creating, entry.created) == (number, None, True)
    assert bench.task().title == "do it better"


def test_a_number_that_only_one_of_two_actions_names_is_that_ones(bench):
    """An action that lost its number again does not take the bug from the one that names it."""
    bench.write(NEW)
    bench.sync()
    number = bench.number()
    bench.write(NEW + SECOND.replace("new", str(number)))
    plan = bench.plan()
    assert plan.actions[0].remarks[-1].text == (
        f"bug {number} tracks ocata/session#second already, so nothing was changed here"
    )
    assert plan.actions[1].bug == number
    events = bench.sync()
    assert not happened(events, Kind.FAILED)
    assert bench.bugs() == [number]
    assert bench.number(1) == number


def test_a_private_second_bug_takes_nothing_from_ours(bench):
    """It is seen when something else is to be created, and it has the lower number."""
    number, twin = two_bugs(bench, ours_first=False)
    bench.gateway.update_bug(bench.gateway.fetch_bug(twin), private=True)
    bench.write(bench.read() + NEW.replace("first", "second"), head="")
    bench.elsewhere(number, status="In Progress")
    bench.sync()
    assert bench.number() == number
    assert bench.repository().recaps[0].actions[0].status == "in progress"
    assert bench.others.fetch_bug(number).duplicate_of is None
    assert bench.in_step()


def reworded(bench, action=0):
    """Tell whether an action's title is kept in step, both ways."""
    title, number = bench.repository().recaps[0].actions[action].title, bench.number(action)
    bench.replace(f"title: {title}", "title: reworded here")
    bench.sync()
    there = bench.task(number).title
    bench.others.update_bug(bench.others.fetch_bug(number), title="reworded there")
    bench.sync()
    return there == "reworded here" and bench.repository().recaps[0].actions[action].title == "reworded there"


@pytest.mark.parametrize("lost", ["the base", "one line"])
def test_a_title_stays_in_step_when_what_was_agreed_is_lost_or_forgotten(bench, lost):
    bench.write(NEW + SECOND)
    bench.sync()
    base = Base(bench.folder, "sandbox")
    if lost == "the base":
        base_path(bench).unlink()
    else:
        entries = base.load(bench.recap)
        del entries["first"]
        base.save(bench.recap, entries)
    bench.sync()
    assert base.load(bench.recap)["first"].created
    assert reworded(bench)


def test_a_title_that_was_reworded_before_it_was_forgotten_is_shown_and_not_dropped(bench):
    bench.write(NEW)
    bench.sync()
    base_path(bench).unlink()
    bench.replace("do the first thing", "do it better")
    assert bench.plan().conflicts == 1
    bench.sync()
    assert (bench.task().title, "do it better" in bench.read()) == ("do the first thing", True)


def test_titles_of_actions_that_exchanged_their_bugs_stay_in_step(bench):
    bench.write(NEW + SECOND)
    bench.sync()
    first, second = bench.number(0), bench.number(1)
    bench.write(SECOND.replace("new", str(first)) + NEW.replace("new", str(second)))
    bench.sync(Prefer.RECAP)
    assert (bench.task(first).title, bench.task(second).title) == ("do the second thing", "do the first thing")
    assert reworded(bench, 0)


def test_a_bug_that_names_any_action_is_the_trackers_and_one_that_names_none_is_somebodys(bench):
    numbers = [
        bench.others.create_bug(bench.project, "theirs", text, [bench.tag])
        for text in (identity_line("pike/other#former"), "text of their own")
    ]
    bench.write("".join(action.replace("new", str(n)) for action, n in zip((NEW, SECOND), numbers, strict=True)))
    assert [plan.entry.created for plan in bench.plan().actions] == [True, False]
    bench.requests.clear()
    bench.sync(Prefer.RECAP)
    alone = [path for _, path, _ in bench.requests if "/bugs/" in path and "searchTasks" not in path]
    assert alone  # whose they are is read once
    bench.requests.clear()
    assert bench.in_step()
    assert not [path for _, path, _ in bench.requests if "searchTasks" not in path]
    assert [bench.task(number).title for number in numbers] == ["do the first thing", "theirs"]


@pytest.mark.parametrize("is_known", [True, False])
def test_nothing_is_written_for_a_private_bug_nor_is_it_made_the_master_of_another(bench, is_known):
    """The account sees it, but everybody reads recaps."""
    bench.write(NEW)
    before = bench.read()
    bench.sync()
    number = bench.number()
    bench.others.update_bug(bench.others.fetch_bug(number), private=True)
    twin = bench.others.create_bug(bench.project, "t", identity_line("ocata/session#first"), [bench.tag])
    bench.write("", head=before)
    if not is_known:
        bench.others.update_bug(bench.others.fetch_bug(twin), tags=[])
        base_path(bench).unlink()
    (plan,) = bench.plan().actions
    assert (plan.write_number, plan.duplicates, plan.create) == (None, (), False)
    assert f"bug {number} is private" in plan.remarks[-1].text
    assert bench.sync() == []
    assert bench.read() == before
    assert bench.others.fetch_bug(twin).duplicate_of is None
