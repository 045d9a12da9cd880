"""Writes rest on what was read: nobody's change is overwritten unseen."""

import pytest

from tests.sync.bench import Failing, Killed, happened
from tracker.launchpad.gateway import MovedError, RefusedError, StaleError
from tracker.launchpad.replies import UnreachableError
from tracker.launchpad.secrets import conceal
from tracker.sync.apply import apply_plan
from tracker.sync.base import Base
from tracker.sync.events import Kind
from tracker.sync.identity import identity_line
from tracker.sync.merge import Prefer

NEW = "  - id: first\n    title: t\n    owner: ihar\n    bug: new\n"


def test_a_change_between_reading_and_writing_is_merged(bench):
    bench.write(NEW)
    bench.sync()
    bench.replace("bug:", "status: done\n    bug:")
    work, plan = bench.prepare()
    bench.elsewhere(importance="High")  # somebody writes after this one has read
    bench.requests.clear()
    events = list(apply_plan(work, plan))
    assert [status for method, _, status in bench.requests if method == "PATCH"] == [412, 209]
    assert not happened(events, Kind.FAILED)
    assert (bench.task().status, bench.task().importance) == ("Fix Released", "High")
    assert "importance: High" in bench.read()
    assert bench.in_step()


def test_a_conflicting_change_between_reading_and_writing_is_left_to_a_person(bench):
    bench.write(NEW)
    bench.sync()
    bench.replace("bug:", "status: done\n    bug:")
    work, plan = bench.prepare()
    bench.elsewhere(status="Invalid")
    list(apply_plan(work, plan))
    assert bench.task().status == "Invalid"
    assert "status: done" in bench.read()
    assert bench.plan().conflicts == 1


def test_after_a_second_stale_answer_nothing_is_written(bench):
    bench.write(NEW)
    bench.sync()
    bench.replace("bug:", "status: done\n    bug:")
    work, plan = bench.prepare()
    real = bench.gateway

    class Busy:
        def __getattr__(self, name):
            return getattr(real, name)

        def update_task(self, task, changes):
            bench.elsewhere(importance="High" if bench.task().importance != "High" else "Low")
            return real.update_task(task, changes)

    work.gateway = Busy()
    events = list(apply_plan(work, plan))
    assert "keeps being changed" in happened(events, Kind.FAILED)[0]
    assert bench.task().status == "New"
    bench.sync()
    assert bench.task().status == "Fix Released"


def test_a_task_that_was_moved_is_not_written(bench, launchpad):
    launchpad.add_project(f"{bench.project}-new", "New home", owner="driver", driver="core")
    bench.write(NEW)
    bench.sync()
    number = bench.number()
    bench.replace("owner: ihar", "owner: [ihar, artur]\n    status: done\n    evidence: [https://example.org/a]")
    work, plan = bench.prepare()
    assert plan.actions[0].comment
    assert plan.actions[0].subscribe
    move(bench, number, f"{bench.project}-new")
    bench.requests.clear()
    events = list(apply_plan(work, plan))
    assert not [path for method, path, _ in bench.requests if method == "POST"]
    assert "moved to another project" in happened(events, Kind.FAILED)[0]
    assert bench.others.fetch_task(f"{bench.project}-new", number).status == "New"
    plan = bench.plan()
    assert "it was moved" in plan.actions[0].remarks[0].text
    assert not plan.changed
    assert not plan.has_input_problems


def move(bench, number, project):
    wire = bench.others._wire
    url = f"{wire.root}{bench.project}/+bug/{number}"
    answer = wire.patch(url, {"target_link": f"{wire.root}{project}"}, bench.task(number).etag)
    assert answer.status in {209, 301}


def test_a_push_that_undoes_what_came_from_launchpad_is_marked(bench):
    from tracker.sync.describe import say_steps

    bench.write(NEW)
    bench.sync()
    before = bench.read()
    bench.elsewhere(status="In Progress")
    bench.sync()
    bench.write("", head=before)  # the pulled change is thrown away
    (undoing,) = [text for _, text in say_steps(bench.plan().actions[0])][-1:]
    assert "undoes" not in undoing  # a status left out is filled again instead
    assert bench.plan().actions[0].pulls
    bench.replace("bug:", "status: todo\n    bug:")
    (push,) = bench.plan().actions[0].pushes
    assert any("undoes" in text for _, text in say_steps(bench.plan().actions[0])), push


def test_a_conflict_that_comes_up_while_writing_is_told_and_nothing_is_commented(bench):
    bench.write(NEW)
    bench.sync()
    bench.replace("bug:", "status: done\n    evidence: [https://example.org/a]\n    bug:")
    work, plan = bench.prepare()
    bench.elsewhere(status="Invalid")
    bench.requests.clear()
    events = list(apply_plan(work, plan))
    assert happened(events, Kind.CONFLICT) == ["status was left: both sides moved apart"]
    assert not [path for method, path, _ in bench.requests if method == "POST"]


def test_a_title_whose_answer_was_lost_is_not_taken_for_somebody_elses(bench):
    bench.write(NEW)
    bench.sync()
    bench.replace("title: t", "title: better")
    real = bench.gateway

    class Losing:
        """The first request works, and is repeated because its answer is lost."""

        def __getattr__(self, name):
            return getattr(real, name)

        def update_bug(self, bug, **changes):
            real.update_bug(bug, **changes)
            real.update_bug(bug, **changes)

    bench.gateway = Losing()
    events = bench.sync()
    assert not happened(events, Kind.FAILED)
    bench.gateway = real
    assert bench.task().title == "better"
    assert bench.in_step()


def test_a_title_that_somebody_changed_meanwhile_is_not_overwritten(bench):
    bench.write(NEW)
    bench.sync()
    bench.replace("title: t", "title: ours")
    work, plan = bench.prepare()
    bench.others.update_bug(bench.others.fetch_bug(bench.number()), title="theirs")
    events = list(apply_plan(work, plan))
    assert "changed meanwhile" in happened(events, Kind.FAILED)[0]
    assert bench.task().title == "theirs"
    assert bench.plan().conflicts == 1
    assert "title: ours" in bench.read()


def test_a_tag_that_somebody_added_meanwhile_stays(bench):
    bench.write(NEW)
    bench.sync()
    bench.replace("bug:", "tags: [upgrade]\n    bug:")
    real = bench.gateway

    class Racing:
        raced = False

        def __getattr__(self, name):
            return getattr(real, name)

        def update_bug(self, bug, **changes):
            if not self.raced:
                self.raced = True
                bench.others.update_bug(bench.others.fetch_bug(bug.number), tags=[*bug.tags, "theirs"])
            real.update_bug(bug, **changes)

    bench.gateway = Racing()
    bench.sync()
    assert set(bench.others.fetch_bug(bench.number()).tags) == {bench.tag, "theirs", "upgrade"}


EVIDENCE = "status: done\n    evidence: [https://example.org/a]\n    bug:"


def posts(bench):
    return [path for method, path, _ in bench.requests if method == "POST"]


def entry(bench):
    return Base(bench.folder, "sandbox").load("ocata/session")["first"]


def test_what_somebody_wrote_after_the_plan_was_shown_is_not_settled_by_a_preferred_side(bench):
    bench.write(NEW)
    bench.sync()
    bench.replace("bug:", "status: done\n    importance: Low\n    bug:")
    bench.elsewhere(importance="High")
    work, plan = bench.prepare(Prefer.RECAP)
    bench.elsewhere(status="Invalid")
    events = list(apply_plan(work, plan))
    assert happened(events, Kind.CONFLICT) == ["status was left: both sides moved apart"]
    assert (bench.task().status, bench.task().importance) == ("Invalid", "Low")  # the one that was shown is settled
    assert "status: done" in bench.read()
    bench.sync(Prefer.RECAP)
    assert bench.task().status == "Fix Released"


def test_what_somebody_wrote_on_a_blueprint_after_the_plan_was_shown_is_not_settled_by_a_preferred_side(bench):
    bench.write("  - id: push\n    title: t\n    owner: kevin\n    milestone: ocata-1\n    blueprint: new push\n")
    bench.sync()

    def change(**changes):
        bench.others.update_blueprint(bench.others.fetch_blueprint(bench.project, "push"), changes)

    bench.replace("milestone: ocata-1", "milestone: ocata-2\n    status: done")
    change(milestone=None)
    work, plan = bench.prepare(Prefer.RECAP)
    change(status="Deferred")
    events = list(apply_plan(work, plan))
    assert happened(events, Kind.CONFLICT) == ["status was left: both sides moved apart"]
    found = bench.others.fetch_blueprint(bench.project, "push")
    assert (found.status, found.milestone) == ("Deferred", "ocata-2")
    assert "status: done" in bench.read()


def test_after_a_second_stale_answer_nothing_is_commented(bench):
    bench.write(NEW)
    bench.sync()
    bench.replace("bug:", EVIDENCE)
    work, plan = bench.prepare()
    assert plan.actions[0].comment
    work.gateway = Failing(bench.gateway, "update_task", StaleError())
    bench.requests.clear()
    events = list(apply_plan(work, plan))
    assert "keeps being changed" in happened(events, Kind.FAILED)[0]
    assert work.gateway.calls == 2
    assert posts(bench) == []
    assert len(bench.sync()) == 2  # the status, and the comment with it
    assert bench.in_step()


def test_a_bug_that_was_moved_meanwhile_gets_no_duplicates(bench):
    bench.write(NEW)
    bench.sync()
    twin = bench.others.create_bug(bench.project, "t", identity_line("ocata/session#first"), [bench.tag])
    bench.replace("bug:", "status: done\n    bug:")
    work, plan = bench.prepare()
    assert plan.actions[0].duplicates == (twin,)
    work.gateway = Failing(bench.gateway, "update_task", MovedError("elsewhere"))
    events = list(apply_plan(work, plan))
    assert "moved to another project" in happened(events, Kind.FAILED)[0]
    assert bench.others.fetch_bug(twin).duplicate_of is None


def test_a_title_is_written_again_once_and_then_left(bench):
    bench.write(NEW)
    bench.sync()
    bench.replace("title: t", "title: better")
    work, plan = bench.prepare()
    work.gateway = Failing(bench.gateway, "update_bug", StaleError())
    assert "were not written" in happened(list(apply_plan(work, plan)), Kind.FAILED)[0]
    assert work.gateway.calls == 2
    work, plan = bench.prepare()
    work.gateway = Failing(bench.gateway, "update_bug", StaleError(), times=1)
    assert not happened(list(apply_plan(work, plan)), Kind.FAILED)
    assert bench.task().title == "better"


@pytest.mark.parametrize("ended", ["never", "while telling", "before the title is written"])
def test_what_launchpad_took_is_remembered_so_that_the_old_word_which_somebody_sets_again_comes_back(bench, ended):
    bench.write(NEW + "    status: todo\n")
    bench.sync()
    bench.replace("status: todo", "status: in progress")
    bench.replace("title: t", "title: better")
    work, plan = bench.prepare()
    if ended == "while telling":
        run = apply_plan(work, plan)
        assert "status New -> In Progress" in next(run).text
        run.close()
    elif ended == "never":
        list(apply_plan(work, plan))
    else:
        work.gateway = Failing(bench.gateway, "fetch_bug", Killed())
        with pytest.raises(Killed):
            list(apply_plan(work, plan))
    bench.elsewhere(status="New")
    bench.sync()
    assert bench.task().status == "New"
    assert "status: todo" in bench.read()
    assert bench.task().title == "better"
    assert bench.in_step()


def test_what_both_sides_came_to_say_is_agreed_so_that_a_later_change_comes_back(bench):
    bench.write(NEW + "    status: todo\n")
    bench.sync()
    bench.replace("status: todo", "status: done")
    bench.replace("title: t", "title: better")
    bench.elsewhere(status="Fix Released")
    work, plan = bench.prepare()
    work.gateway = Failing(bench.gateway, "fetch_bug", Killed())  # before the title is written
    with pytest.raises(Killed):
        list(apply_plan(work, plan))
    bench.elsewhere(status="New")
    bench.sync()
    assert bench.task().status == "New"
    assert "status: todo" in bench.read()


def test_a_write_whose_answer_was_lost_is_remembered_though_the_title_cannot_be_written(bench):
    bench.write(NEW + "    status: todo\n")
    bench.sync()
    bench.replace("status: todo", "status: done")
    bench.replace("title: t", "title: better")
    real = bench.gateway

    class Losing(Failing):
        def update_task(self, task, changes):
            real.update_task(task, changes)
            raise StaleError  # to the same request, sent again

    work, plan = bench.prepare()
    work.gateway = Losing(real, "fetch_bug", UnreachableError("gone"))
    events = list(apply_plan(work, plan))
    assert happened(events, Kind.DONE) == [f"bug {bench.number()}: status New -> Fix Released"]
    assert happened(events, Kind.FAILED) == ["gone"]
    bench.elsewhere(status="New")
    bench.sync()
    assert bench.task().status == "New"
    assert "status: todo" in bench.read()


def test_a_title_is_remembered_before_it_is_told(bench):
    bench.write(NEW)
    bench.sync()
    bench.replace("title: t", "title: better")
    run = apply_plan(*bench.prepare())
    assert "title t -> better" in next(run).text
    run.close()
    assert entry(bench).fields["title"].launchpad == "better"
    bench.others.update_bug(bench.others.fetch_bug(bench.number()), title="t")
    bench.sync()
    assert "title: t\n" in bench.read()


def test_a_subscription_is_remembered_before_it_is_told_so_that_who_leaves_is_not_subscribed_again(bench):
    bench.write(NEW.replace("ihar", "[ihar, artur]"))
    run = apply_plan(*bench.prepare())
    assert any("subscribed ~artur" in event.text for event in run)
    run.close()
    assert entry(bench).subscribed == ("artur",)
    assert bench.plan().actions[0].subscribe == ()


def owing(bench, reason="gone"):
    """Let a comment be owed: Launchpad was gone when it was to be made."""
    bench.write(NEW)
    bench.sync()
    bench.replace("bug:", EVIDENCE)
    work, plan = bench.prepare()
    work.gateway = Failing(bench.gateway, "comment", UnreachableError(reason))
    assert happened(list(apply_plan(work, plan)), Kind.FAILED)


def test_an_owed_comment_is_in_the_plan_of_somebody_who_is_not_logged_in_too(bench):
    class Nobody(Failing):
        account = ""
        is_anonymous = True

    owing(bench)
    real, bench.gateway = bench.gateway, Nobody(bench.gateway, "", None)
    (plan,) = bench.plan().actions
    assert plan.comment
    assert plan.remarks == ()
    bench.gateway = real
    assert happened(bench.sync(), Kind.DONE) == [f"bug {bench.number()}: commented with the evidence"]
    assert bench.in_step()


def test_no_secret_is_kept_in_what_is_remembered_of_an_owed_comment(bench):
    conceal("a-secret-of-an-account")
    owing(bench, "report a-secret-of-an-account")
    assert "a-secret" not in Base(bench.folder, "sandbox").path("ocata/session").read_text()
    assert "report" in entry(bench).refused["comment"].reason


def test_a_bug_whose_status_was_refused_is_not_told_that_it_is_done_until_it_is(bench):
    bench.write(NEW)
    bench.sync()
    bench.replace("bug:", EVIDENCE)
    work, plan = bench.prepare()
    work.gateway = Failing(bench.gateway, "update_task", RefusedError("no right", {"status": "no right"}))
    work.gateway.account = "driver"
    bench.requests.clear()
    assert happened(list(apply_plan(work, plan)), Kind.REFUSED)
    assert posts(bench) == []
    assert not bench.plan().changed
    assert not bench.sync()
    done = happened(bench.sync(retry_refused=True), Kind.DONE)
    assert [text.partition(": ")[2] for text in done] == ["status New -> Fix Released", "commented with the evidence"]
    assert bench.in_step()


CHANGES = {
    "field": ("owner: ihar", "owner: ihar\n    status: in progress"),
    "title": ("title: t", "title: better"),
    "tag": ("owner: ihar", "owner: ihar\n    tags: [upgrade]"),
    "subscription": ("owner: ihar", "owner: [ihar, artur]"),
    "comment": ("owner: ihar", "owner: ihar\n    evidence: [https://example.org/a]"),
    "field of a stale read": ("owner: ihar", "owner: ihar\n    status: in progress"),
    "all": ("title: t\n    owner: ihar", "title: better\n    owner: [ihar, artur, kevin]\n    " + EVIDENCE[:-9]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_bug_that_is_hidden_while_it_is_written_is_told_once_and_nothing_is_taken_for_refused(
    bench, connect, change
):
    bench.write(NEW)
    bench.sync()
    bench.gateway = connect("ordinary")
    bench.replace(*CHANGES[change])
    if change == "comment":  # alone: it becomes done there
        bench.elsewhere(status="Fix Released")
    number = bench.number()
    work, plan = bench.prepare()
    assert plan.changed
    bench.others.update_bug(bench.others.fetch_bug(number), private=True)
    if change == "field of a stale read":
        work.gateway = Failing(bench.gateway, "update_task", StaleError())
    events = list(apply_plan(work, plan))
    assert not happened(events, Kind.DONE) or change == "comment"
    (text,) = happened(events, Kind.FAILED)
    assert f"Launchpad does not show bug {number} any more" in text
    assert not happened(events, Kind.REFUSED)
    assert not {name for name, refused in entry(bench).refused.items() if refused.account}
    bench.others.update_bug(bench.others.fetch_bug(number), private=False)
    events = bench.sync()
    assert not happened(events, Kind.FAILED)
    is_commented = any("commented with the evidence" in text for text in happened(events, Kind.DONE))
    assert is_commented == (change in {"comment", "all"})
    assert bench.in_step()
