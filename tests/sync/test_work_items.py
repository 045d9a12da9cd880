"""Actions that are lines among a blueprint's work items: theirs are kept in step, nobody else's is touched."""

import pytest

from tests.sync.bench import HEAD, happened
from tests.sync.scenes import write_action
from tracker.launchpad.gateway import Gateway, RefusedError
from tracker.launchpad.workitems import WorkItem, read_items
from tracker.sync.apply import apply_plan
from tracker.sync.events import Kind

NAME = "online-upgrades"
THEIRS = (
    "Work items:\n[artur] look into https://example.org/a:b: DONE\nunowned : INPROGRESS\n\n"
    "Work items for ocata-2:\n[core] theirs: TODO"
)
MODEL = """\
  - id: model
    title: model the data
    owner: [artur, ihar]
    work_item: online-upgrades
"""
FORBID = """\
  - id: forbid
    title: "forbid scripts: contract ones"
    owner: ihar
    status: blocked
    milestone: ocata-1
    work_item: online-upgrades
"""


@pytest.fixture(autouse=True)
def blueprint(bench, launchpad):
    """A blueprint of somebody else, with work items of its own."""
    launchpad.add_specification(bench.project, NAME, owner="artur", assignee="artur")
    put(bench, THEIRS)


def read(bench):
    return bench.others.fetch_blueprint(bench.project, NAME).work_items


def put(bench, text):
    bench.others.update_blueprint(bench.others.fetch_blueprint(bench.project, NAME), {"work_items": text})


def change(bench, old, new):
    text = read(bench)
    assert old in text, text
    put(bench, text.replace(old, new, 1))


def counted(bench, step):
    before = len(bench.requests)
    result = step()
    return result, [request[:2] for request in bench.requests[before:]]


def test_lines_are_added_and_all_others_stay_as_they_are(bench):
    bench.write(MODEL + FORBID)
    events = bench.sync()
    assert not happened(events, Kind.FAILED)
    assert read(bench) == (
        "Work items:\n[artur] look into https://example.org/a:b: DONE\nunowned : INPROGRESS\n"
        "[artur] model the data: TODO\n\n"
        "Work items for ocata-2:\n[core] theirs: TODO\n\n"
        "Work items for ocata-1:\n[ihar] forbid scripts: contract ones: BLOCKED"
    )
    assert bench.in_step()
    assert not bench.sync()


def test_a_line_that_is_there_already_is_adopted(bench):
    put(bench, THEIRS + "\n[artur] model the data: INPROGRESS")
    bench.write(MODEL)
    bench.sync()
    assert read(bench) == THEIRS + "\n[artur] model the data: INPROGRESS"
    assert "status: in progress\n" in bench.read()
    assert "milestone: ocata-2\n" in bench.read()
    assert bench.in_step()


def test_what_launchpad_moves_comes_into_the_recap(bench):
    bench.write(MODEL)
    bench.sync()
    change(bench, "[artur] model the data: TODO", "[kevin] model the data: INPROGRESS")
    bench.sync()
    assert "owner: [kevin, ihar]\n" in bench.read()
    assert "status: in progress\n" in bench.read()
    assert bench.in_step()


def test_what_the_recap_moves_is_written_into_that_line_alone(bench):
    bench.write(MODEL)
    bench.sync()
    before = read(bench)
    bench.replace("    work_item", "    status: done\n    work_item")
    bench.sync()
    assert read(bench) == before.replace("model the data: TODO", "model the data: DONE")


def test_both_sides_moved_apart_is_a_conflict(bench):
    bench.write(FORBID)
    bench.sync()
    bench.replace("status: blocked", "status: done")
    change(bench, "contract ones: BLOCKED", "contract ones: POSTPONED")
    events = bench.sync()
    assert happened(events, Kind.CONFLICT)
    assert "contract ones: POSTPONED" in read(bench)


def test_a_reworded_action_renames_its_line_and_keeps_what_launchpad_says_of_it(bench):
    bench.write(MODEL)
    bench.sync()
    change(bench, "model the data: TODO", "model the data: INPROGRESS")
    bench.replace("title: model the data", "title: model all data")
    bench.sync()
    assert "[artur] model all data: INPROGRESS" in read(bench)
    assert "model the data" not in read(bench)
    assert "status: in progress\n" in bench.read()
    assert bench.in_step()


def test_an_action_that_is_taken_out_of_the_recap_leaves_its_line(bench):
    bench.write(MODEL + FORBID)
    bench.sync()
    before = read(bench)
    bench.write(FORBID)
    plan = bench.plan()
    assert plan.remarks[0][1].text == "the recap has no such action any more; its line stays as it is"
    bench.sync()
    assert read(bench) == before


def test_a_line_that_somebody_took_out_is_told_and_not_added_again(bench):
    bench.write(MODEL)
    bench.sync()
    put(bench, THEIRS)
    plan = bench.plan()
    assert not plan.changed
    assert '"model the data" is no work item of online-upgrades any more' in plan.actions[0].remarks[0].text
    bench.sync()
    assert read(bench) == THEIRS


def test_a_line_that_was_reworded_there_is_found_when_the_action_is_reworded_too(bench):
    bench.write(MODEL)
    bench.sync()
    change(bench, "model the data", "model it")
    bench.replace("title: model the data", "title: model it")
    bench.sync()
    assert bench.in_step()
    assert read(bench).count("model") == 1


@pytest.mark.parametrize("moved", ["first", "second"])
def test_a_line_that_stands_twice_is_reduced_to_one_and_what_somebody_changed_stays(bench, moved):
    bench.write(MODEL)
    bench.sync()
    lines = ["[artur] model the data: TODO", "[artur] model the data: TODO"]
    lines[moved == "second"] = "[artur] model the data: INPROGRESS"
    put(bench, THEIRS + "\n" + "\n".join(lines))
    bench.sync()
    assert read(bench).count("model the data") == 1
    assert "[artur] model the data: INPROGRESS" in read(bench)
    assert "status: in progress\n" in bench.read()
    assert bench.in_step()


def test_lines_of_one_title_keep_what_somebody_changed_in_either(bench):
    bench.write(MODEL)
    bench.sync()
    put(bench, THEIRS + "\n[artur] model the data: INPROGRESS\n[kevin] model the data : TODO")
    bench.sync()
    assert [one for one in read_items(read(bench)) if one.title.strip() == "model the data"] == [
        WorkItem("model the data", "INPROGRESS", "kevin", "ocata-2")
    ]
    assert bench.in_step()


@pytest.mark.parametrize("known", [True, False])
def test_lines_of_one_title_that_say_different_things_all_stay_and_are_told(bench, known):
    bench.write(MODEL)
    if known:
        bench.sync()
    put(bench, THEIRS + "\n[artur] model the data: INPROGRESS\n[artur] model the data: DONE")
    before = read(bench)
    plan = bench.plan()
    assert not plan.changed
    assert plan.actions[0].remarks[0].text.startswith('2 work items of online-upgrades are called "model the data"')
    bench.sync()
    assert read(bench) == before
    change(bench, "[artur] model the data: DONE", "[artur] model it: DONE")
    bench.sync()
    assert "status: in progress\n" in bench.read()
    assert bench.in_step()


def test_of_two_lines_that_could_be_taken_up_neither_goes(bench):
    put(bench, "model the data: TODO\n" + THEIRS + "\nmodel the data: TODO")
    before = read(bench)
    bench.write(MODEL)
    bench.sync()
    assert read(bench) == before
    assert "and differ, so none is changed" in bench.plan().actions[0].remarks[0].text


def test_forty_changed_lines_are_one_read_one_write_and_one_read_back(bench):
    bench.write(
        "".join(write_action({"id": f"a{n}", "title": f"action {n}", "work_item": NAME}) for n in range(40)),
        head=HEAD,
    )
    _, requests = counted(bench, bench.sync)
    assert [verb for verb, _ in requests] == ["GET", "PATCH", "GET"]
    assert len(read_items(read(bench))) == 43
    bench.path.write_text(bench.read().replace("    work_item", "    status: done\n    work_item"))
    _, requests = counted(bench, bench.sync)
    assert [verb for verb, _ in requests] == ["GET", "PATCH", "GET"]
    assert read(bench).count(": DONE") == 41
    assert counted(bench, bench.sync)[1] == requests[:1]


def test_what_the_blueprint_is_and_its_lines_are_written_in_one_request(bench):
    bench.write(MODEL + f"  - id: whole\n    title: upgrade\n    owner: artur\n    blueprint: {NAME}\n")
    bench.sync()
    bench.replace("owner: artur\n", "owner: kevin\n")
    bench.path.write_text(bench.read().replace("    work_item", "    status: done\n    work_item"))
    bench.replace("    blueprint:", "    status: in progress\n    blueprint:")
    _, requests = counted(bench, bench.sync)
    assert [verb for verb, _ in requests].count("PATCH") == 1
    assert bench.in_step()


def test_a_line_is_added_to_a_blueprint_that_is_made_in_the_same_run(bench):
    whole = "  - id: whole\n    title: it all\n    owner: kevin\n    blueprint: new all-of-it\n"
    bench.write(MODEL.replace(NAME, "all-of-it") + whole)
    events = bench.sync()
    assert not happened(events, Kind.FAILED)
    made = bench.others.fetch_blueprint(bench.project, "all-of-it")
    assert read_items(made.work_items) == (WorkItem("model the data", "TODO", "artur"),)
    assert made.assignee == "kevin"
    assert bench.in_step()


def test_a_blueprint_that_launchpad_lacks_is_told_and_nothing_is_made(bench):
    bench.write(MODEL.replace(NAME, "nowhere"))
    plan = bench.plan()
    assert plan.has_input_problems
    assert "Launchpad shows no blueprint nowhere" in plan.actions[0].remarks[0].text


@pytest.mark.parametrize(
    ("old", "new", "said", "where"),
    [
        ("owner: ihar", "owner: ~nosuch", "Launchpad has no account ~nosuch", "owner"),
        ("milestone: ocata-1", "milestone: mitaka-9", "Launchpad has no milestone mitaka-9", "milestone"),
    ],
)
def test_a_name_that_launchpad_would_refuse_is_found_before_anything_is_sent(bench, old, new, said, where):
    bench.write(MODEL + FORBID.replace(old, new))
    plan = bench.plan()
    remark = plan.actions[1].remarks[0]
    assert remark.text.startswith(said)
    assert remark.field == where
    _, requests = counted(bench, bench.sync)
    assert [verb for verb, _ in requests].count("PATCH") == 1  # nothing was refused
    assert "[artur] model the data: TODO" in read(bench)
    assert "contract ones: BLOCKED" in read(bench)
    assert "nosuch" not in read(bench)


def test_names_that_were_asked_for_are_not_asked_for_again(bench):
    bench.write(FORBID)
    bench.sync()
    assert len(counted(bench, bench.plan)[1]) == 1


def test_an_inactive_milestone_and_a_team_are_good(bench):
    bench.write(FORBID.replace("ocata-1", "newton").replace("ihar", "core"))
    bench.sync()
    assert read(bench).endswith("Work items for newton:\n[core] forbid scripts: contract ones: BLOCKED")
    assert bench.in_step()


def test_lines_that_are_not_understood_are_left_alone(bench, monkeypatch):
    bench.write(MODEL)
    monkeypatch.setattr("tracker.sync.decide_blueprint.read_items", lambda text: read_items(text + "\nodd"))
    plan = bench.plan()
    assert not plan.changed
    assert "are not understood, so they are left as they are" in plan.actions[0].remarks[0].text


def test_somebody_who_writes_between_the_plan_and_the_sync_loses_nothing(bench):
    bench.write(MODEL)
    bench.sync()
    bench.replace("    work_item", "    status: done\n    work_item")
    work, plan = bench.prepare()
    change(bench, "[core] theirs: TODO", "[core] theirs: DONE\n[kevin] one more: TODO")
    change(bench, "[artur] model", "[kevin] model")
    events = list(apply_plan(work, plan))
    assert not happened(events, Kind.FAILED)
    assert "[core] theirs: DONE\n[kevin] one more: TODO" in read(bench)
    assert "[kevin] model the data: DONE" in read(bench)
    assert "owner: [kevin, ihar]\n" in bench.read()
    assert bench.in_step()


def test_what_somebody_moved_apart_meanwhile_is_a_conflict_even_when_a_side_was_preferred(bench):
    from tracker.sync.merge import Prefer

    bench.write(MODEL)
    bench.sync()
    bench.replace("    work_item", "    status: done\n    work_item")
    work, plan = bench.prepare(Prefer.RECAP, retry_refused=False)
    change(bench, "model the data: TODO", "model the data: POSTPONED")
    events = list(apply_plan(work, plan))
    assert happened(events, Kind.CONFLICT)
    assert "model the data: POSTPONED" in read(bench)


def test_lines_of_two_recaps_are_written_together(bench):
    bench.write(MODEL)
    other = bench.folder / "ocata" / "other.yaml"
    other.write_text(HEAD + FORBID)
    _, requests = counted(bench, bench.sync)
    assert [verb for verb, _ in requests].count("PATCH") == 1
    assert "model the data" in read(bench)
    assert "contract ones" in read(bench)
    assert bench.in_step()


def test_titles_that_move_on_from_one_action_to_the_next_rename_both_lines(bench):
    bench.write(MODEL + FORBID)
    bench.sync()
    change(bench, "model the data: TODO", "model the data: INPROGRESS")
    bench.path.write_text(
        bench.read()
        .replace('"forbid scripts: contract ones"', "forbid")
        .replace("model the data", '"forbid scripts: contract ones"')
    )
    events = bench.sync()
    assert not happened(events, Kind.FAILED)
    lines = {item.title: item for item in read_items(read(bench))}
    assert lines["forbid"] == WorkItem("forbid", "BLOCKED", "ihar", "ocata-1")
    assert lines["forbid scripts: contract ones"] == WorkItem("forbid scripts: contract ones", "INPROGRESS", "artur")
    assert "model the data" not in lines
    assert "status: in progress\n" in bench.read()
    assert bench.in_step()


def test_two_actions_that_exchange_their_titles_are_told_to_reword_one(bench):
    bench.write(MODEL + FORBID.replace('"forbid scripts: contract ones"', "forbid"))
    bench.sync()
    before = read(bench)
    text = bench.read().replace("title: model the data", "title: x").replace("title: forbid", "title: model the data")
    bench.path.write_text(text.replace("title: x", "title: forbid"))
    events = bench.sync()
    assert len(happened(events, Kind.FAILED)) == 2
    assert read(bench) == before


def test_an_action_that_is_reworded_to_somebodys_line_takes_nothing_from_it(bench):
    bench.write(MODEL)
    bench.sync()
    bench.replace("model the data", "theirs")
    bench.replace("    work_item", "    status: done\n    work_item")
    before = read(bench)
    plan = bench.plan()
    assert plan.has_input_problems
    assert plan.actions[0].remarks[0].text == (
        f'there is a work item "theirs" of {NAME} already; reword one of the two'
    )
    bench.sync()
    assert read(bench) == before.replace("model the data: TODO", "model the data: DONE")
    change(bench, "[core] theirs", "[core] somebody's")
    bench.sync()
    assert "[artur] theirs: DONE" in read(bench)
    assert bench.in_step()


def test_a_line_that_somebody_adds_meanwhile_under_the_new_title_stays_and_is_told(bench):
    bench.write(MODEL)
    bench.sync()
    bench.replace("model the data", "model it all")
    work, plan = bench.prepare(None, retry_refused=False)
    change(bench, "[core] theirs: TODO", "[core] theirs: TODO\n[kevin] model it all: DONE")
    before = read(bench)
    assert "already; reword one of the two" in "".join(happened(list(apply_plan(work, plan)), Kind.FAILED))
    assert read(bench) == before


def test_a_moved_recap_keeps_its_lines(bench):
    bench.write(MODEL)
    bench.sync()
    text = bench.read()
    bench.path.unlink()
    bench.recap = "ocata/renamed"
    bench.path.write_text(text.replace("model the data", "model more"))
    before = len(read_items(read(bench)))
    bench.sync()
    assert len(read_items(read(bench))) == before
    assert "model more" in read(bench)
    assert bench.in_step()


REFUSALS = {
    "unknown": ("workitems_text: Unknown person name: ihar", ["model"]),
    "unseen": ("HTTP status 403", ["model"]),
    "no right": ("(<Specification x>, 'setWorkItems', 'launchpad.AnyLegitimatePerson')", []),
}


@pytest.mark.parametrize("kind", REFUSALS)
def test_a_refused_line_takes_no_other_with_it_and_is_not_tried_again(bench, monkeypatch, kind):
    """What Launchpad refuses although the names were looked for: somebody has just left, or a team is private."""
    reason, written = REFUSALS[kind]
    update = Gateway.update_blueprint

    def refuse(self, blueprint, changes):
        text = changes.get("work_items") or ""
        if kind == "no right" or "[ihar]" in text:
            raise RefusedError(reason, {"work_items": reason})
        return update(self, blueprint, changes)

    monkeypatch.setattr(Gateway, "update_blueprint", refuse)
    bench.write(MODEL.replace("[artur, ihar]", "" if kind == "unseen" else "artur") + FORBID)
    events = bench.sync()
    refused = [event for event in events if event.kind is Kind.REFUSED]
    assert {event.action.partition("#")[2] for event in refused} == ({"model", "forbid"} - {*written} or {"forbid"})
    titles = {item.title for item in read_items(read(bench))}
    assert ("model the data" in titles) is (kind != "no right")
    assert ("forbid scripts: contract ones" in titles) is (kind != "no right")
    _, requests = counted(bench, bench.sync)
    assert {verb for verb, _ in requests} == {"GET"}
