"""Recaps that were moved, renamed, copied or restored: which bug is whose, and what was agreed."""

import json
import shutil
from dataclasses import replace

import pytest

from tests.sync.bench import HEAD, end_before_the_answer, happened, killed_after
from tracker.errors import TrackerError
from tracker.sync.base import Base, find_gone
from tracker.sync.events import Kind
from tracker.sync.identity import identity_line, read_identity

NEW = "  - id: first\n    title: do the first thing\n    owner: ihar\n    bug: new\n    milestone: ocata-1\n"
SECOND = NEW.replace("first", "second")


def base(bench):
    return Base(bench.folder, "sandbox")


def move(bench, recap_id):
    """Give the recap's file another name, as `git mv` does, and leave the base."""
    old = bench.path
    bench.recap = recap_id
    bench.path.parent.mkdir(exist_ok=True)
    old.rename(bench.path)


def told(plan):
    remarks = [*plan.remarks, *((one.full_id, remark) for one in plan.actions for remark in one.remarks)]
    return [(name, remark.text) for name, remark in remarks]


@pytest.mark.parametrize("name", ["ocata/renamed", "pike/session"])
def test_a_moved_recap_keeps_its_bugs_and_what_was_agreed(bench, name):
    bench.write(NEW + SECOND)
    bench.sync()
    numbers = bench.bugs()
    move(bench, name)
    bench.replace("    milestone: ocata-1\n", "")  # not filled again, as it would be without a base
    bench.replace("do the first thing", "do it better")
    bench.elsewhere(numbers[1], status="In Progress")
    plan = bench.plan()
    assert told(plan) == [(name, "moved from ocata/session; what was agreed on comes with it")]
    assert not plan.creations
    assert plan.conflicts == 0
    bench.sync()
    assert bench.bugs() == numbers
    assert bench.task(numbers[0]).milestone is None
    assert bench.task(numbers[0]).title == "do it better"
    assert "status: in progress" in bench.read()
    assert sorted(base(bench).load_all()) == [name]
    assert bench.in_step()
    assert told(bench.plan()) == []


def test_a_move_alone_sends_nothing_and_takes_the_old_base_away(bench):
    bench.write(NEW)
    bench.sync()
    former = base(bench).path(bench.recap)
    move(bench, "ocata/renamed")
    bench.requests.clear()
    assert bench.sync() == []
    assert [method for method, _, _ in bench.requests] == ["GET"]
    assert not former.exists()
    line = json.loads(base(bench).path("ocata/renamed").read_text())
    assert (line["action"], line["formerly"]) == ("first", ["ocata/session#first"])


def test_a_plan_of_a_moved_recap_writes_nothing(bench):
    bench.write(NEW)
    bench.sync()
    move(bench, "ocata/renamed")
    bench.plan()
    assert sorted(base(bench).load_all()) == ["ocata/session"]


def test_what_a_moved_recap_had_not_created_is_created_once(bench):
    bench.write(NEW)
    bench.sync()
    bench.write(bench.read() + SECOND, head="")
    move(bench, "ocata/renamed")
    bench.sync()
    assert bench.bugs() == [bench.number(0), bench.number(1)]
    bug = bench.others.fetch_bug(bench.number(1))
    assert read_identity(bug.description) == "ocata/renamed#second"
    assert bench.in_step()


@pytest.mark.parametrize("alone", [True, False])
def test_a_creation_that_was_begun_before_the_move_is_found_by_the_old_line(bench, alone):
    bench.write(NEW if alone else SECOND)
    if not alone:
        bench.sync()
        bench.write(bench.read() + NEW, head="")
    end_before_the_answer(bench)
    known = bench.bugs()
    move(bench, "ocata/renamed")
    bench.sync()
    assert bench.bugs() == known
    assert bench.in_step()


def test_a_second_bug_with_the_line_of_before_the_move_is_made_a_duplicate(bench):
    bench.write(NEW)
    bench.sync()
    move(bench, "ocata/renamed")
    bench.sync()
    bench.write(bench.read() + SECOND, head="")
    line = identity_line("ocata/session#first")
    twin = bench.others.create_bug(bench.project, "t", line, [bench.tag])
    bench.sync()
    assert bench.others.fetch_bug(twin).duplicate_of == bench.number(0)
    assert bench.in_step()


def test_a_moved_recap_whose_action_got_another_id_keeps_both(bench):
    bench.write(NEW)
    bench.sync()
    move(bench, "ocata/renamed")
    bench.replace("id: first", "id: other")
    bench.replace("    milestone: ocata-1\n", "")
    bench.sync()
    assert bench.task().milestone is None
    entry = base(bench).load("ocata/renamed")["other"]
    assert entry.formerly == ("ocata/session#first",)
    assert bench.in_step()


def test_an_action_that_a_moved_recap_dropped_is_reported_there(bench):
    bench.write(NEW + SECOND)
    bench.sync()
    second = bench.number(1)
    move(bench, "ocata/renamed")
    bench.write(bench.read().partition("  - id: second")[0], head="")
    bench.sync()
    assert told(bench.plan()) == [
        ("ocata/renamed#second", f"the recap has no such action any more; bug {second} stays as it is")
    ]


def test_a_recap_that_is_gone_is_reported_and_a_new_one_takes_nothing_of_it(bench):
    bench.write(NEW)
    bench.sync()
    number = bench.number()
    bench.path.unlink()
    bench.recap = "pike/session"
    bench.write(NEW.replace("do the first thing", "do something else"))
    plan = bench.plan()
    assert told(plan)[0] == ("ocata/session#first", f"there is no such recap any more; bug {number} stays as it is")
    assert len(plan.creations) == 1
    bench.sync()
    assert bench.number() != number
    assert bench.others.fetch_bug(number).title == "do the first thing"


def test_a_recap_with_errors_is_not_gone(bench):
    bench.write(NEW)
    bench.sync()
    assert find_gone(bench.folder, ["ocata/session", "ocata/none", "none/none"]) == {"ocata/none", "none/none"}
    bench.path.write_text("title: [")
    assert find_gone(bench.folder, ["ocata/session"]) == set()


def test_a_copied_recap_takes_nothing_from_the_first(bench):
    bench.write(NEW)
    bench.sync()
    known = base(bench).path(bench.recap).read_bytes()
    copy = bench.folder / "ocata" / "a-copy.yaml"  # stands before the first
    copy.write_bytes(bench.path.read_bytes())
    repository = bench.repository()
    assert any("tracks" in one.message for one in repository.diagnostics)
    work, plan = bench.prepare(check=False)
    assert not plan.changed
    assert plan.has_input_problems
    assert any("tracks ocata/session#first already" in text for _, text in told(plan))
    from tracker.sync.apply import apply_plan

    list(apply_plan(work, plan))
    assert base(bench).path(bench.recap).read_bytes() == known
    assert sorted(base(bench).load_all()) == ["ocata/session"]


def test_an_action_that_was_cut_into_another_recap_keeps_what_was_agreed(bench):
    bench.write(NEW + SECOND)
    bench.sync()
    head, first, second = bench.read().partition("  - id: first")[0], *cut(bench.read())
    bench.write(second, head=head)
    bench.recap = "pike/other"
    bench.write(first.replace("    milestone: ocata-1\n", ""), head=head)
    (remark,) = told(bench.plan())
    assert remark == ("pike/other#first", "moved from ocata/session#first; what was agreed on comes with it")
    bench.sync()
    number = base(bench).load("pike/other")["first"].bug
    assert bench.task(number).milestone is None
    assert sorted(base(bench).load("ocata/session")) == ["second"]
    assert bench.in_step()
    assert told(bench.plan()) == []


def cut(text):
    _, _, rest = text.partition("  - id: first")
    first, _, second = rest.partition("  - id: second")
    return f"  - id: first{first}", f"  - id: second{second}"


def test_a_run_that_ended_between_the_two_files_is_made_good(bench):
    bench.write(NEW)
    bench.sync()
    former = base(bench).path(bench.recap).read_bytes()
    move(bench, "ocata/renamed")
    bench.sync()
    bench.replace("owner: ihar", "owner: [ihar, artur]")
    bench.sync()
    base(bench).path("ocata/session").write_bytes(former)
    assert bench.sync() == []
    assert base(bench).load("ocata/renamed")["first"].subscribed == ("artur",)
    assert sorted(base(bench).load_all()) == ["ocata/renamed"]
    assert told(bench.plan()) == []


def test_an_action_that_got_its_old_id_and_line_back_finds_its_bug(bench):
    """A checkout of a commit before the renaming and the creation."""
    bench.write(NEW)
    bench.sync()
    number = bench.number()
    bench.replace("id: first", "id: renamed")
    bench.sync()
    bench.write(NEW)
    events = bench.sync()
    assert happened(events, Kind.DONE) == [f"recap: bug {number}"]
    assert bench.bugs() == [number]
    assert bench.in_step()


@pytest.mark.parametrize("number_too", [False, True])
def test_a_recap_that_is_moved_back_finds_its_bugs(bench, number_too):
    bench.write(NEW)
    before = bench.read()
    bench.sync()
    number = bench.number()
    move(bench, "ocata/renamed")
    bench.sync()
    move(bench, "ocata/session")
    if number_too:
        bench.write("", head=before.replace("do the first thing", "do it"))
    bench.sync()
    assert bench.bugs() == [number] == [bench.number()]
    assert sorted(base(bench).load_all()) == ["ocata/session"]
    assert bench.in_step()


def test_the_old_base_stays_until_the_new_one_is_written(bench, monkeypatch):
    bench.write(NEW)
    bench.sync()
    former = base(bench).path(bench.recap)
    known = former.read_bytes()
    move(bench, "ocata/renamed")

    def fail(*_args, **_options):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("tracker.sync.synced_files.replace_file", fail)
        with pytest.raises(TrackerError, match="cannot be written"):
            bench.sync()
    assert former.read_bytes() == known
    bench.sync()
    assert sorted(base(bench).load_all()) == ["ocata/renamed"]


def clear(path):
    """Take the milestones out of a recap: that reaches Launchpad where it is known what was agreed on."""
    path.write_text(path.read_text().replace("    milestone: ocata-1\n", ""))


def cut_second(bench, recap_id):
    """Cut the second of two actions into a recap of its own, without milestones; returns both bugs."""
    bench.write(NEW + SECOND)
    bench.sync()
    numbers = [bench.number(0), bench.number(1)]
    first, second = cut(bench.read())
    bench.write(first)
    clear(bench.path)
    bench.recap = recap_id
    bench.write(second)
    clear(bench.path)
    return numbers


@pytest.mark.parametrize("saves", [1, 2, 3])
@pytest.mark.parametrize("recap_id", ["ocata/a", "ocata/zz"])
def test_an_action_that_was_cut_out_keeps_what_was_agreed_wherever_the_run_is_killed(bench, recap_id, saves):
    """The base of either recap may be written first."""
    numbers = cut_second(bench, recap_id)
    with killed_after(saves):
        bench.sync()
    bench.sync()
    assert [bench.task(number).milestone for number in numbers] == [None, None]
    assert [sorted(base(bench).load(one)) for one in ("ocata/session", recap_id)] == [["first"], ["second"]]
    assert bench.in_step()


@pytest.mark.parametrize("recap_id", ["nice/a", "zz/a"])
def test_an_action_that_was_cut_out_keeps_what_was_agreed_when_the_second_file_cannot_be_written(bench, recap_id):
    numbers = cut_second(bench, recap_id)
    blocked = bench.folder / ".synced" / "sandbox" / recap_id.partition("/")[0]
    blocked.write_text("a file where a folder is to be")
    with pytest.raises(TrackerError, match="cannot be written"):
        bench.sync()
    blocked.unlink()
    bench.sync()
    assert [bench.task(number).milestone for number in numbers] == [None, None]
    assert bench.in_step()


def test_an_action_that_was_cut_out_while_another_took_its_id_keeps_what_was_agreed(bench):
    numbers = cut_second(bench, "ocata/zz")
    path = bench.folder / "ocata" / "session.yaml"
    path.write_text(path.read_text().replace("id: first", "id: second"))
    bench.sync()
    assert [bench.task(number).milestone for number in numbers] == [None, None]
    assert bench.in_step()


def two_recaps(bench):
    """Sync two recaps whose actions have the same ids; returns the recaps' files and their bugs."""
    paths = [bench.folder / "ocata" / f"{name}.yaml" for name in ("session", "two")]
    bench.write(NEW + SECOND)
    paths[1].write_text(HEAD + (NEW + SECOND).replace("thing", "work"))
    bench.sync()
    numbers = {}
    for recap in bench.repository().recaps:
        numbers[recap.id] = [action.target.number for action in recap.actions]
    assert len(bench.bugs()) == 4
    return paths, numbers["ocata/session"], numbers["ocata/two"]


def cleared(bench, *numbers):
    return [bench.task(number).milestone for number in numbers] == [None] * len(numbers)


@pytest.mark.parametrize("is_synced_between", [True, False])
def test_a_recap_that_takes_the_name_of_one_that_is_gone_keeps_its_bugs_and_leaves_the_others(
    bench, is_synced_between
):
    """The bugs of the one that is gone carry the ids that the actions have now."""
    (first, second), ours, theirs = two_recaps(bench)
    second.unlink()
    if is_synced_between:
        bench.sync()
    first.rename(second)
    clear(second)
    bench.sync()
    assert cleared(bench, *ours)
    assert [bench.others.fetch_bug(number).duplicate_of for number in theirs] == [None, None]
    assert [bench.task(number).milestone for number in theirs] == ["ocata-1", "ocata-1"]
    told_of = [text for _, text in told(bench.plan())]
    assert told_of == [f"the recap has no such action any more; bug {number} stays as it is" for number in theirs]
    assert bench.in_step()


@pytest.mark.parametrize("saves", range(1, 6))
def test_recaps_that_took_each_others_names_in_a_row_keep_what_was_agreed_wherever_the_run_is_killed(bench, saves):
    (first, second), ours, theirs = two_recaps(bench)
    second.rename(second.with_name("three.yaml"))
    first.rename(second)
    clear(second)
    clear(second.with_name("three.yaml"))
    with killed_after(saves):
        bench.sync()
    bench.sync()
    assert cleared(bench, *ours, *theirs)
    known = {recap: [entry.bug for entry in entries.values()] for recap, entries in base(bench).load_all().items()}
    assert known == {"ocata/three": theirs, "ocata/two": ours}
    assert bench.in_step()


@pytest.mark.parametrize("saves", range(1, 6))
def test_two_recaps_that_exchanged_their_names_keep_what_was_agreed_wherever_the_run_is_killed(bench, saves):
    (first, second), ours, theirs = two_recaps(bench)
    text = first.read_text()
    first.write_text(second.read_text())
    second.write_text(text)
    clear(first)
    clear(second)
    with killed_after(saves):
        bench.sync()
    bench.sync()
    assert cleared(bench, *ours, *theirs)
    known = {recap: [entry.bug for entry in entries.values()] for recap, entries in base(bench).load_all().items()}
    assert known == {"ocata/session": theirs, "ocata/two": ours}
    assert bench.in_step()


@pytest.mark.parametrize("is_moved_first", [True, False])
def test_a_clone_that_moves_the_recap_and_one_that_creates_end_with_one_bug(bench, tmp_path, is_moved_first):
    bench.write(NEW)
    bench.sync()
    bench.write(bench.read() + SECOND, head="")  # which no clone has synced yet
    shutil.copytree(bench.folder, tmp_path / "clone" / "sessions")
    other = replace(bench, folder=tmp_path / "clone" / "sessions")
    move(bench, "ocata/renamed")
    for clone in (bench, other) if is_moved_first else (other, bench):
        clone.sync()
    # Git takes the move of one clone, the new line of either base, and what its recap says.
    merged = base(bench).path("ocata/renamed")
    assert '"formerly": ["ocata/session#second"]' in merged.read_text()
    bench.sync()
    numbers = [bench.number(0), bench.number(1)]
    assert bench.bugs() == numbers
    assert bench.in_step()
    twin = base(other).load("ocata/session")["second"].bug
    assert twin == numbers[1] or bench.others.fetch_bug(twin).duplicate_of == numbers[1]


@pytest.mark.parametrize("is_cut", [True, False])
def test_an_action_whose_number_only_the_base_has_keeps_its_bug_in_another_recap(bench, is_cut):
    """Its recap could not be written."""
    bench.write(NEW + SECOND)
    before = bench.read()
    bench.sync()
    numbers = bench.bugs()
    bench.write("", head=before)
    if is_cut:
        first, second = cut(before)
        bench.write(first)
        bench.recap = "ocata/zz"
        bench.write(second)
    else:
        move(bench, "ocata/zz")
    bench.sync()
    assert bench.bugs() == numbers
    assert [f"bug: {numbers[-1]}" in bench.read(), "bug: new" in bench.read()] == [True, False]
    assert bench.in_step()
