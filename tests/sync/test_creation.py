"""Creating: once, whatever happens on the way."""

import json
from datetime import timedelta

import pytest

from tests.sync.bench import HEAD, happened
from tracker.launchpad.gateway import Gateway, RefusedError
from tracker.launchpad.replies import UnansweredError, UnreachableError, UnsentError
from tracker.sync.apply import apply_plan
from tracker.sync.base import Base
from tracker.sync.entries import Agreed, Entry
from tracker.sync.events import Kind
from tracker.sync.identity import identity_line

NEW = "  - id: first\n    title: do the first thing\n    owner: ihar\n    bug: new\n"


class Unanswering:
    """A gateway whose creating requests get no answer, before or after Launchpad worked on them."""

    def __init__(self, gateway: Gateway, *, worked: bool, times: int = 1) -> None:
        self._gateway = gateway
        self._worked = worked
        self._times = times
        self.created = 0

    def __getattr__(self, name):
        return getattr(self._gateway, name)

    def create_bug(self, *values):
        self.created += 1
        if self.created > self._times:
            return self._gateway.create_bug(*values)
        if self._worked:
            self._gateway.create_bug(*values)
        raise UnansweredError("the connection broke")


def test_a_creation_that_worked_without_an_answer_is_found(bench):
    bench.write(NEW)
    real, bench.gateway = bench.gateway, Unanswering(bench.gateway, worked=True)
    events = bench.sync()
    assert bench.gateway.created == 1
    assert not happened(events, Kind.FAILED)
    assert bench.bugs() == [bench.number()]
    assert bench.task().assignee == "ihar"
    bench.gateway = real
    assert bench.in_step()


def test_a_creation_that_did_not_work_is_sent_again_only_after_looking_for_it(bench):
    bench.write(NEW)
    bench.gateway = Unanswering(bench.gateway, worked=False)
    bench.sync()
    assert bench.gateway.created == 2
    assert sum(bench.clock.slept) >= 60
    assert bench.bugs() == [bench.number()]


def test_a_creation_that_never_gets_an_answer_fails_and_the_next_sync_looks_first(bench):
    bench.write(NEW)
    real = bench.gateway
    bench.gateway = Unanswering(real, worked=False, times=2)
    events = bench.sync()
    assert "had no answer" in happened(events, Kind.FAILED)[0]
    assert "bug: new" in bench.read()
    bench.gateway = real
    bench.clock.slept.clear()
    bench.sync()
    assert bench.bugs() == [bench.number()]


def test_the_intent_is_on_disk_before_the_request_is_sent(bench):
    bench.write(NEW)
    seen = []

    class Watching(Unanswering):
        def create_bug(self, *values):
            line = (bench.folder / ".synced/sandbox/ocata/session.jsonl").read_text()
            seen.append(json.loads(line))
            return self._gateway.create_bug(*values)

    bench.gateway = Watching(bench.gateway, worked=True)
    bench.sync()
    title = {"recap": "do the first thing", "launchpad": "do the first thing"}
    assert seen == [
        {
            "action": "first",
            "creating": "2016-11-03T18:50:08Z",
            "sought": f"{bench.project} {bench.tag}",
            "fields": {"title": title},
        }
    ]


def test_a_bug_that_was_created_by_a_run_that_died_is_found_by_its_line(bench):
    bench.write(NEW)
    number = bench.others.create_bug(
        bench.project, "do the first thing", f"text\n\n{identity_line('ocata/session#first')}", [bench.tag]
    )
    plan = bench.plan()
    assert not plan.creations
    bench.sync()
    assert bench.number() == number
    assert bench.bugs() == [number]
    assert bench.task().assignee == "ihar"
    assert bench.in_step()


def test_a_title_reworded_after_a_creation_without_an_answer_is_pushed(bench):
    bench.write(NEW)
    real = bench.gateway

    class Dying(Unanswering):
        def create_bug(self, *values):
            self._gateway.create_bug(*values)
            raise KeyboardInterrupt

    bench.gateway = Dying(real, worked=True)
    with pytest.raises(KeyboardInterrupt):
        bench.sync()
    bench.gateway = real
    bench.replace("do the first thing", "do it better")
    bench.sync()
    assert bench.bugs() == [bench.number()]
    assert bench.task().title == "do it better"


def test_what_somebody_changed_on_a_bug_found_by_its_line_is_pulled(bench):
    bench.write(NEW)
    number = bench.others.create_bug(
        bench.project, "do the first thing", identity_line("ocata/session#first"), [bench.tag]
    )
    bench.elsewhere(number, status="In Progress")
    bench.sync()
    assert "status: in progress" in bench.read()


def test_a_recap_change_that_was_thrown_away_creates_nothing_again(bench):
    bench.write(NEW)
    before = bench.read()
    bench.sync()
    number = bench.number()
    bench.write("", head=before)
    bench.sync()
    assert bench.number() == number
    assert bench.bugs() == [number]


def test_two_bugs_with_one_identity_become_one(bench):
    bench.write(NEW)
    bench.sync()
    ours = bench.number()
    twin = bench.others.create_bug(
        bench.project, "do the first thing", identity_line("ocata/session#first"), [bench.tag]
    )
    bench.sync()
    assert bench.bugs() == [ours]
    assert bench.others.fetch_bug(twin).duplicate_of == ours
    assert bench.in_step()


def test_two_clones_that_create_at_once_end_with_one_bug(bench):
    """The other clone creates between this one's search and its creation."""
    bench.write(NEW)
    others = []

    class Racing(Unanswering):
        def create_bug(self, project, title, description, tags):
            if not others:
                others.append(bench.others.create_bug(project, title, description, tags))
            return self._gateway.create_bug(project, title, description, tags)

    real, bench.gateway = bench.gateway, Racing(bench.gateway, worked=True)
    events = bench.sync()
    assert bench.bugs() == others
    assert bench.number() == others[0]
    assert any("marked a duplicate" in text for text in happened(events, Kind.DONE))
    bench.gateway = real
    bench.sync()
    assert bench.in_step()
    assert bench.task().assignee == "ihar"


def test_a_refused_creation_is_kept_and_not_sent_again_until_it_says_something_else(bench):
    bench.write(NEW)

    class Refusing(Unanswering):
        def create_bug(self, *values):
            self.created += 1
            raise RefusedError("title: no", {"title": "no"})

    real, bench.gateway = bench.gateway, Refusing(bench.gateway, worked=False)
    events = bench.sync()
    assert happened(events, Kind.REFUSED) == ["create a bug: title: no"]
    assert "creating" not in (bench.folder / ".synced/sandbox/ocata/session.jsonl").read_text()
    plan = bench.plan()
    assert not plan.changed
    assert "Launchpad refused it: title: no" in plan.actions[0].remarks[0].text
    bench.sync()
    assert bench.gateway.created == 1
    assert bench.plan(retry_refused=True).creations
    bench.replace("do the first thing", "do it otherwise")
    bench.gateway = real
    bench.sync()
    assert bench.task().title == "do it otherwise"
    assert bench.in_step()


def test_one_failure_does_not_stop_the_others(bench):
    bench.write(NEW + NEW.replace("first", "second"))
    bench.gateway = Unanswering(bench.gateway, worked=False, times=2)
    events = bench.sync()
    assert len(happened(events, Kind.FAILED)) == 1
    assert len(bench.bugs()) == 1
    assert bench.number(1) == bench.bugs()[0]


@pytest.mark.parametrize("title", ["a: b", "50% <b>&amp; \"x\" 'y'", "naïve \U0001f600 \u2028 x", "x" * 200])
def test_titles_arrive_as_they_are_written(bench, title):
    escaped = json.dumps(title, ensure_ascii=False).replace("\u2028", "\\u2028")
    bench.write(f"  - id: first\n    title: {escaped}\n    bug: new\n")
    bench.sync()
    assert bench.task().title == title
    assert bench.in_step()


class Late(Unanswering):
    """A gateway on which a bug that somebody creates shows only after some searches."""

    def __init__(self, gateway: Gateway, hidden: int, searches: int) -> None:
        super().__init__(gateway, worked=True)
        self._hidden = hidden
        self._searches = searches
        self.read: list[int] = []

    def search(self, *values, **options):
        self._searches -= 1
        return [
            row for row in self._gateway.search(*values, **options) if row.bug != self._hidden or self._searches < 0
        ]

    def fetch_bug(self, number):
        self.read.append(number)
        return self._gateway.fetch_bug(number)


def intend(bench, title="do the first thing", action="first", **ago):
    """Leave an intent on disk, as a run that died does."""
    begun = (bench.clock.now() - timedelta(**ago)).strftime("%Y-%m-%dT%H:%M:%SZ")
    entry = Entry(action, creating=begun, fields={"title": Agreed(title, title)})
    Base(bench.folder, "sandbox").save("ocata/session", {action: entry})
    return bench.others.create_bug(bench.project, title, identity_line(f"ocata/session#{action}"), [bench.tag])


def test_a_title_reworded_before_its_bug_shows_is_pushed(bench):
    bench.write(NEW.replace("do the first thing", "do it better"))
    number = intend(bench, seconds=10)
    bench.gateway = Late(bench.gateway, number, 5)
    events = bench.sync()
    assert bench.gateway.created == 0
    assert happened(events, Kind.DONE)[0] == f"found bug {number}, which an earlier sync created"
    assert bench.number() == number
    assert bench.task().title == "do it better"
    assert "do it better" in bench.read()


def test_an_action_renamed_before_its_bug_shows_is_not_created_again(bench):
    bench.write(NEW.replace("id: first", "id: renamed\n    previously: first"))
    number = intend(bench, seconds=10)
    bench.gateway = Late(bench.gateway, number, 5)
    bench.sync()
    assert bench.gateway.created == 0
    assert bench.bugs() == [number] == [bench.number()]


def test_tags_added_before_a_bug_shows_are_pushed(bench):
    bench.write(NEW + "    tags: [upgrade]\n")
    bench.gateway = Late(bench.gateway, intend(bench, seconds=10), 3)
    bench.sync()
    bench.sync()
    assert "upgrade" in bench.others.fetch_bug(bench.number()).tags
    assert bench.in_step()


def test_an_intent_of_a_clock_that_is_ahead_does_not_keep_anybody_waiting(bench):
    bench.write(NEW)
    number = intend(bench, days=-1)
    bench.gateway = Late(bench.gateway, number, 1000)
    bench.sync()
    assert 60 <= sum(bench.clock.slept) <= 61


def test_looking_for_a_bug_reads_none_that_is_known(bench):
    bench.write(NEW + NEW.replace("first", "second"))
    bench.sync()
    bench.write(bench.read() + NEW.replace("first", "third"), head="")
    real = bench.gateway
    bench.gateway = Late(real, 0, 0)
    bench.gateway._times, bench.gateway._worked = 1, False
    bench.sync()
    assert bench.gateway.created == 2
    assert bench.gateway.read == []


def test_what_cannot_be_looked_up_after_creating_is_told_and_the_next_sync_looks(bench):
    bench.write(NEW)
    real = bench.gateway
    searches = []

    class Breaking(Unanswering):
        def search(self, *values, **options):
            searches.append(values)
            if len(searches) == 3:  # after the two before creating
                raise UnreachableError("busy")
            return self._gateway.search(*values, **options)

    bench.gateway = Breaking(real, worked=True, times=0)
    events = bench.sync()
    assert "the next sync looks" in happened(events, Kind.FAILED)[0]
    assert bench.bugs() == [bench.number()]
    bench.gateway = real
    assert bench.in_step()


class Blind:
    """A gateway whose first searches do not show yet what was just created, as on a real Launchpad."""

    def __init__(self, gateway, times):
        self._gateway = gateway
        self._times = times

    def __getattr__(self, name):
        return getattr(self._gateway, name)

    def search(self, *values, **options):
        self._times -= 1
        return [] if self._times >= 0 else self._gateway.search(*values, **options)


class Dying:
    """A gateway whose process ends when a bug was created."""

    def __init__(self, gateway):
        self._gateway = gateway

    def __getattr__(self, name):
        return getattr(self._gateway, name)

    def create_bug(self, *values):
        self._gateway.create_bug(*values)
        raise KeyboardInterrupt


def test_after_a_run_that_died_while_creating_the_next_one_waits_until_the_bug_must_show(bench):
    bench.write(NEW)
    real = bench.gateway
    bench.gateway = Dying(real)
    with pytest.raises(KeyboardInterrupt):
        bench.sync()
    bench.gateway = Blind(real, times=3)
    bench.sync()
    assert bench.clock.slept
    assert bench.bugs() == [bench.number()]


@pytest.fixture
def pending(bench):
    """An action whose bug was created by a run that died then; returns its number."""
    bench.write(NEW)
    real, bench.gateway = bench.gateway, Dying(bench.gateway)
    with pytest.raises(KeyboardInterrupt):
        bench.sync()
    bench.gateway = real
    (number,) = bench.bugs()
    return number


def set_tag(bench, tag):
    path = bench.folder / "tracker.yaml"
    path.write_text(path.read_text().replace(f"tag: {bench.tag}", f"tag: {tag}"))


def test_a_pending_creation_is_looked_for_under_the_tag_that_it_was_sent_with(bench, pending):
    set_tag(bench, f"{bench.tag}-renamed")
    events = bench.sync()
    assert happened(events, Kind.DONE)[0] == f"found bug {pending}, which an earlier sync created"
    assert bench.number() == pending
    bench.sync()
    assert set(bench.others.fetch_bug(pending).tags) == {bench.tag, f"{bench.tag}-renamed"}
    assert bench.in_step()


def test_a_pending_creation_is_looked_for_in_the_project_that_it_was_sent_to(bench, pending, launchpad):
    far = f"{bench.project}-far"
    launchpad.add_project(far, "Far", owner="driver", driver="core")
    bench.replace("bug: new", f"bug: new\n    project: {far}")
    for _ in range(2):
        events = bench.sync()
        assert "bug: new" in bench.read()
    assert bench.bugs() == [pending]
    assert bench.others.search(far, bench.tag) == []
    assert events == []
    (remark,) = bench.plan().actions[0].remarks
    assert remark.text == f"bug {pending} has no task in project {far}; it was moved, so it is left as it is"
    bench.replace(f"    project: {far}\n", "")
    bench.sync()
    assert bench.number() == pending
    assert bench.in_step()


def test_that_a_pending_creation_was_of_another_project_is_told_when_it_is_found(bench, pending, launchpad):
    far = f"{bench.project}-far"
    launchpad.add_project(far, "Far", owner="driver", driver="core")
    bench.replace("bug: new", f"bug: new\n    project: {far}")
    (text,) = happened(bench.sync(), Kind.FAILED)
    assert text == f"bug {pending} was created, but is of another project"


def test_a_pending_creation_survives_a_move_of_the_recap_with_another_id_and_title(bench, pending):
    bench.path.rename(bench.path.with_name("moved.yaml"))
    bench.recap = "ocata/moved"
    bench.replace("id: first", "id: other\n    previously: first")
    bench.replace("do the first thing", "do it better")
    bench.gateway = Blind(bench.gateway, times=2)
    bench.sync()
    assert bench.bugs() == [pending] == [bench.number()]
    assert bench.task().title == "do it better"
    assert bench.in_step()


def test_a_pending_creation_goes_with_an_action_that_is_cut_into_another_recap(bench, pending):
    action = bench.read().removeprefix(HEAD)
    bench.write("  - id: kept-by-hand\n    title: x\n")
    bench.recap = "ocata/zz"
    bench.write(action)
    bench.gateway = Blind(bench.gateway, times=2)
    bench.sync()
    assert bench.bugs() == [pending]
    assert f"bug: {pending}" in bench.read()
    assert bench.in_step()


def test_a_creation_that_was_not_sent_leaves_nothing_in_the_base(bench):
    bench.write(NEW)

    class Gone(Unanswering):
        def create_bug(self, *values):
            raise UnsentError("nothing is sent any more")

    real, bench.gateway = bench.gateway, Gone(bench.gateway, worked=False)
    assert happened(bench.sync(), Kind.FAILED)
    assert not Base(bench.folder, "sandbox").path("ocata/session").exists()
    bench.gateway = real
    bench.sync()
    assert not bench.clock.slept  # there was nothing to look for
    assert bench.in_step()


def test_a_creation_that_was_not_sent_keeps_what_an_earlier_run_has_sent(bench, pending):
    path = Base(bench.folder, "sandbox").path("ocata/session")
    before = path.read_text()

    class Gone(Blind):
        def create_bug(self, *_values):
            raise UnsentError("nothing is sent any more")

    real, bench.gateway = bench.gateway, Gone(bench.gateway, times=1000)
    assert happened(bench.sync(), Kind.FAILED)
    assert path.read_text() == before
    bench.gateway = real
    bench.sync()
    assert bench.bugs() == [pending] == [bench.number()]


def test_a_created_bug_is_remembered_before_it_is_told(bench):
    bench.write(NEW)
    work, plan = bench.prepare()
    run = apply_plan(work, plan)
    assert next(run).text.startswith("created bug")
    entry = Base(bench.folder, "sandbox").load("ocata/session")["first"]
    assert (entry.bug, entry.creating) == (bench.bugs()[0], None)
    run.close()
    assert bench.sync()
    assert bench.bugs() == [bench.number()]
    assert bench.in_step()
