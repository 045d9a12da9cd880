"""Writes rest on what was read: nobody's change is overwritten unseen."""

from tests.sync.bench import happened
from tracker.sync.apply import apply_plan
from tracker.sync.events import Kind

NEW = "  - id: first\n    title: t\n    owner: ihar\n    bug: new\n"


def test_a_change_between_reading_and_writing_is_merged(bench):
    bench.write(NEW)
    bench.sync()
    bench.replace("bug:", "status: done\n    bug:")
    work, plan = bench._prepare(None, retry_refused=False)
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
    work, plan = bench._prepare(None, retry_refused=False)
    bench.elsewhere(status="Invalid")
    list(apply_plan(work, plan))
    assert bench.task().status == "Invalid"
    assert "status: done" in bench.read()
    assert bench.plan().conflicts == 1


def test_after_a_second_stale_answer_nothing_is_written(bench):
    bench.write(NEW)
    bench.sync()
    bench.replace("bug:", "status: done\n    bug:")
    work, plan = bench._prepare(None, retry_refused=False)
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
    work, plan = bench._prepare(None, retry_refused=False)
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
    work, plan = bench._prepare(None, retry_refused=False)
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
    work, plan = bench._prepare(None, retry_refused=False)
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
