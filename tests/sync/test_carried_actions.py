"""Actions that a later session goes on with: what was agreed goes along, and nothing is tracked twice."""

import pytest

from tests.sync.bench import HEAD, end_before_the_answer, happened, killed_after
from tracker.recap.carrying import find_edits, find_open, name_carried, write_carried
from tracker.recap.writer import Writer
from tracker.sync.apply import apply_plan
from tracker.sync.base import Base
from tracker.sync.events import Kind
from tracker.sync.identity import identity_line, read_identity

NEW = "  - id: first\n    title: do the first thing\n    owner: ihar\n    bug: new\n    milestone: ocata-1\n"
LINE = "  - id: line\n    title: do the line\n    owner: artur\n    work_item: upgrades\n    status: in progress\n"
PRINT = "  - id: print\n    title: draw the print\n    owner: kevin\n    blueprint: new prints\n"
NEXT = "pike/next"


def carry(bench, recap_id=NEXT):
    """Let the next recap go on with what is open; returns the paths of both."""
    repository = bench.repository()
    (file,) = (one for one in repository.files if one.id == bench.recap)
    documents = {file.id: file.document}
    actions = name_carried(find_open([file.recap], repository.recaps).values())
    old = bench.path
    bench.recap = recap_id
    values = {"title": "next", "date": "2017-02-20"}
    bench.write(write_carried(values, actions, documents, repository.settings.project), head="")
    Writer(file).write(find_edits(actions, documents)[file.id])
    return old, bench.path


def base(bench):
    known = Base(bench.folder, "sandbox").load_all()
    return {f"{recap}#{key}": str(entry.thing) for recap, entries in known.items() for key, entry in entries.items()}


def told(plan):
    remarks = [*plan.remarks, *((one.full_id, remark) for one in plan.actions for remark in one.remarks)]
    return [(name, remark.text) for name, remark in remarks]


def targets(bench, recap_id=NEXT):
    (recap,) = (one for one in bench.repository().recaps if one.id == recap_id)
    return {action.id: action.target for action in recap.actions}


@pytest.fixture
def synced(bench, launchpad):
    """A bug, a line of a blueprint and a blueprint, in step."""
    launchpad.add_specification(bench.project, "upgrades", owner="artur")
    bench.write(NEW + LINE + PRINT)
    bench.sync()
    assert bench.in_step()
    return bench


def test_a_carried_action_changes_nothing_on_launchpad(synced):
    carry(synced)
    plan = synced.plan()
    assert not plan.changed
    assert not plan.has_input_problems
    note = "moved from ocata/session#{}; what was agreed on comes with it"
    assert told(plan) == [(f"{NEXT}#{key}", note.format(key)) for key in ("first", "line", "print")]
    synced.requests.clear()
    assert synced.sync() == []
    assert {method for method, _, _ in synced.requests} == {"GET"}
    assert sorted(base(synced)) == [f"{NEXT}#first", f"{NEXT}#line", f"{NEXT}#print"]
    assert told(synced.plan()) == []


def test_what_was_agreed_goes_on_in_the_next_recap(synced):
    """What is taken out there reaches Launchpad, and what changed there comes; without a base both were conflicts."""
    number = synced.number()
    carry(synced)
    synced.replace("    milestone: ocata-1\n", "")
    synced.replace("do the first thing", "do it better")
    synced.replace("do the line", "do the whole line")
    synced.elsewhere(number, status="In Progress")
    events = synced.sync()
    assert happened(events, Kind.CONFLICT) == happened(events, Kind.FAILED) == []
    task = synced.task(number)
    assert (task.milestone, task.title) == (None, "do it better")
    assert "    status: in progress\n    carried_from: ocata/session#first\n" in synced.read()
    items = synced.others.fetch_blueprint(synced.project, "upgrades").work_items
    assert "do the whole line: INPROGRESS" in items
    assert "do the line" not in items
    assert synced.in_step()


def test_the_bug_still_names_the_action_that_it_was_filed_for_and_a_second_one_is_known_by_that(synced):
    number = synced.number()
    carry(synced)
    synced.sync()
    assert read_identity(synced.others.fetch_bug(number).description) == "ocata/session#first"
    twin = synced.others.create_bug(synced.project, "t", identity_line("ocata/session#first"), [synced.tag])
    synced.write(synced.read() + "  - id: more\n    title: do more\n    bug: new\n", head="")
    synced.sync()
    assert synced.others.fetch_bug(twin).duplicate_of == number
    assert synced.in_step()


@pytest.mark.parametrize("saves", [1, 2, 3])
@pytest.mark.parametrize("recap_id", ["newton/a", "pike/next"])
def test_what_was_agreed_goes_on_wherever_the_sync_is_killed(synced, recap_id, saves):
    number = synced.number()
    carry(synced, recap_id)
    synced.replace("    milestone: ocata-1\n", "")
    synced.write(synced.read() + "  - id: more\n    title: do more\n    bug: new\n", head="")
    with killed_after(saves):
        synced.sync()
    synced.sync()
    assert synced.task(number).milestone is None
    assert len(synced.bugs()) == 2
    assert sorted(base(synced)) == [f"{recap_id}#{key}" for key in ("first", "line", "more", "print")]
    assert synced.in_step()


def test_a_bug_that_is_yet_to_be_filed_is_filed_once_for_the_one_that_goes_on(bench):
    bench.write(NEW)
    carry(bench)
    bench.sync()
    (number,) = bench.bugs()
    assert read_identity(bench.others.fetch_bug(number).description) == f"{NEXT}#first"
    assert bench.in_step()


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize(("steps", "is_there"), [(1, True), (2, True), (1, False)])
def test_a_bug_whose_filing_had_no_answer_is_found_for_the_one_that_goes_on(bench, is_known, steps, is_there):
    """It names the action that was carried, perhaps in several steps; the base may be another clone's."""
    bench.write(NEW)
    end_before_the_answer(bench)
    numbers = bench.bugs()
    if not is_known:
        Base(bench.folder, "sandbox").path("ocata/session").unlink()
    for step in range(steps):
        old, _ = carry(bench, f"pike/{step}")
    if not is_there:
        old.unlink()
    list(apply_plan(*bench.prepare(check=is_there)))
    assert bench.bugs() == numbers
    assert f"bug: {numbers[0]}" in bench.read()
    assert not bench.prepare(check=is_there)[1].changed
    assert list(base(bench)) == [f"pike/{steps - 1}#first"]


def test_a_number_that_only_the_base_has_goes_along(bench):
    """Its recap could not be written."""
    bench.write(NEW)
    bench.sync()
    numbers = bench.bugs()
    bench.write(NEW)
    carry(bench)
    bench.sync()
    assert bench.bugs() == numbers
    assert [str(target) for target in targets(bench).values()] == [f"bug {numbers[0]}"]


def test_what_was_agreed_goes_on_when_the_old_recap_is_taken_away(synced):
    number = synced.number()
    old, _ = carry(synced)
    old.unlink()
    synced.replace("    milestone: ocata-1\n", "")
    assert {one.rule for one in synced.repository().diagnostics} == {"R038"}
    list(apply_plan(*synced.prepare(check=False)))
    assert synced.task(number).milestone is None
    assert not synced.prepare(check=False)[1].changed
    assert sorted(base(synced)) == [f"{NEXT}#first", f"{NEXT}#line", f"{NEXT}#print"]


def test_an_action_of_another_bug_takes_nothing_of_the_one_that_it_goes_on_with(synced):
    number = synced.number()
    carry(synced)
    other = synced.others.create_bug(synced.project, "another", "x", [synced.tag])
    synced.replace(f"bug: {number}", f"bug: {other}")
    assert (
        "ocata/session#first",
        f"it tracked bug {number} until now and names none; bug {number} stays as it is",
    ) in (told(synced.plan()))
    synced.sync()
    assert synced.others.fetch_bug(number).duplicate_of is None
    assert base(synced)["ocata/session#first"] == f"bug {number}"


def test_an_action_that_keeps_its_own_bug_is_left_with_it(bench):
    """A follow-up of something that is done."""
    bench.write(NEW + "    status: done\n")
    bench.sync()
    number = bench.number()
    bench.recap = NEXT
    bench.write(NEW + "    carried_from: ocata/session#first\n", head=HEAD)
    bench.sync()
    assert len(bench.bugs()) == 2
    known = base(bench)
    assert known["ocata/session#first"] == f"bug {number}"
    assert known[f"{NEXT}#first"] != f"bug {number}"
    assert bench.in_step()
