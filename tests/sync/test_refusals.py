"""What Launchpad does not take: found per field, kept, shown, and not tried again."""

import pytest

from tests.sync.bench import Failing, happened
from tracker.launchpad.gateway import RefusedError
from tracker.launchpad.replies import UnansweredError, UnreachableError
from tracker.sync.base import Base
from tracker.sync.events import Kind

NEW = "  - id: first\n    title: t\n    owner: ihar\n    bug: new\n"


def test_a_refused_field_is_dropped_and_the_rest_is_sent(bench, connect):
    bench.gateway = connect("ordinary")
    bench.write(NEW + "    milestone: ocata-1\n    importance: High\n    status: in progress\n")
    events = bench.sync()
    task = bench.task()
    assert (task.status, task.assignee, task.milestone, task.importance) == ("In Progress", "ihar", None, "Undecided")
    assert len(happened(events, Kind.REFUSED)) == 2
    assert "milestone: ocata-1" in bench.read()


def test_a_refusal_is_not_tried_again_until_something_changes(bench, connect):
    bench.gateway = connect("ordinary")
    bench.write(NEW + "    importance: High\n")
    bench.sync()
    plan = bench.plan()
    assert not plan.changed
    assert plan.actions[0].refused["importance"].account == "ordinary"
    bench.requests.clear()
    bench.sync()
    assert [method for method, _, _ in bench.requests if method != "GET"] == []
    # the recap's side changes
    bench.replace("High", "Low")
    assert bench.plan().changed
    bench.replace("Low", "High")
    assert not bench.plan().changed
    # Launchpad's side changes: that is both sides now
    bench.elsewhere(importance="Low")
    assert bench.plan().conflicts == 1
    bench.elsewhere(importance="Undecided")
    assert not bench.plan().changed
    # a person insists
    assert bench.plan(retry_refused=True).changed
    # another account syncs
    bench.gateway = connect("driver")
    bench.sync()
    assert bench.task().importance == "High"
    assert not bench.plan().actions[0].refused


def test_a_milestone_that_the_project_lacks_is_refused_alone(bench):
    bench.write(NEW + "    milestone: pike-1\n")
    events = bench.sync()
    assert "milestone" in happened(events, Kind.REFUSED)[0]
    assert bench.task().assignee == "ihar"


def test_an_inactive_milestone_is_refused_alone(bench):
    bench.write(NEW + "    milestone: newton\n")
    assert len(happened(bench.sync(), Kind.REFUSED)) == 1
    assert bench.task().assignee == "ihar"


def test_an_account_that_launchpad_lacks_is_refused_alone(bench):
    bench.write(NEW.replace("ihar", "~nobody-of-this-name") + "    status: done\n")
    assert "nobody-of-this-name" in happened(bench.sync(), Kind.REFUSED)[0]
    assert bench.task().status == "Fix Released"
    assert not bench.plan().changed


def entry_of(bench):
    return Base(bench.folder, "sandbox").load("ocata/session")["first"]


def test_tags_that_were_refused_are_tried_again_by_another_account(bench):
    bench.write(NEW)
    bench.sync()
    bench.replace("bug:", "tags: [upgrade]\n    bug:")
    real = bench.gateway
    bench.gateway = Failing(real, "update_bug", RefusedError("tags: no", {"tags": "no"}))
    assert len(happened(bench.sync(), Kind.REFUSED)) == 1
    for _ in range(2):
        assert bench.sync() == []
        assert "tagging is not tried again" in bench.plan().actions[0].remarks[-1].text
    assert bench.gateway.calls == 1
    bench.gateway = real
    assert bench.in_step()
    bench.sync(retry_refused=True)
    assert "upgrade" in bench.others.fetch_bug(bench.number()).tags
    assert not entry_of(bench).refused
    assert bench.in_step()


@pytest.mark.parametrize(
    ("refused", "title", "tagged"), [("title", "t", True), ("tags", "better", False)], ids=["title", "tags"]
)
@pytest.mark.parametrize("named", [True, False], ids=["named", "not named"])
def test_of_title_and_tags_the_refused_one_is_dropped_and_the_other_sent(bench, refused, title, tagged, named):
    bench.write(NEW)
    bench.sync()
    bench.replace("title: t", "title: better\n    tags: [upgrade]")
    error = RefusedError("no", {refused: "no"} if named else {})
    bench.gateway = Failing(bench.gateway, "update_bug", error, lambda _bug, **changes: refused in changes)
    events = bench.sync()
    assert len(happened(events, Kind.REFUSED)) == 1
    bug = bench.others.fetch_bug(bench.number())
    assert (bug.title, "upgrade" in bug.tags) == (title, tagged)
    assert set(entry_of(bench).refused) == {refused}
    assert bench.in_step()


def test_a_refusal_of_what_the_recap_gave_up_is_forgotten(bench):
    bench.write(NEW + "    milestone: pike-1\n")
    bench.sync()
    assert set(entry_of(bench).refused) == {"milestone"}
    bench.replace("    milestone: pike-1\n", "")
    bench.sync()
    assert not entry_of(bench).refused


def test_a_refused_subscription_is_kept_until_it_works(bench):
    bench.write(NEW.replace("ihar", "[ihar, artur]"))
    real = bench.gateway
    bench.gateway = Failing(real, "subscribe", RefusedError("no", {}))
    assert len(happened(bench.sync(), Kind.REFUSED)) == 1
    assert bench.sync() == []
    bench.gateway = real
    bench.sync(retry_refused=True)
    assert entry_of(bench).subscribed == ("artur",)
    assert not entry_of(bench).refused


def test_a_refused_comment_is_kept_shown_and_tried_again_on_demand(bench):
    bench.write(NEW)
    bench.sync()
    bench.replace("bug:", "status: done\n    evidence: [https://example.org/a]\n    bug:")
    real = bench.gateway
    bench.gateway = Failing(real, "comment", RefusedError("no", {}))
    assert happened(bench.sync(), Kind.REFUSED) == ["comment: no"]
    assert bench.sync() == []
    assert bench.gateway.calls == 1
    assert "commenting is not tried again" in bench.plan().actions[0].remarks[-1].text
    bench.gateway = real
    assert "commented" in happened(bench.sync(retry_refused=True), Kind.DONE)[0]
    assert bench.in_step()
    assert not entry_of(bench).refused


@pytest.mark.parametrize(
    ("error", "again"),
    [(UnreachableError("busy"), True), (UnansweredError("cut"), False)],
    ids=["failed", "unanswered"],
)
def test_a_comment_is_made_again_only_when_it_was_not_made(bench, error, again):
    bench.write(NEW)
    bench.sync()
    bench.replace("bug:", "status: done\n    evidence: [https://example.org/a]\n    bug:")
    real = bench.gateway
    bench.gateway = Failing(real, "comment", error)
    events = bench.sync()
    assert bool(happened(events, Kind.FAILED)) == again
    bench.gateway = real
    assert bool(happened(bench.sync(), Kind.DONE)) == again
    assert bench.sync() == []


def test_a_subscription_that_failed_does_not_make_another_forgotten(bench):
    bench.write(NEW.replace("ihar", "[ihar, artur, kevin]"))
    bench.gateway = Failing(
        bench.gateway, "subscribe", UnreachableError("busy"), lambda _number, account: account == "kevin"
    )
    events = bench.sync()
    assert "~kevin" in happened(events, Kind.FAILED)[0]
    assert entry_of(bench).subscribed == ("artur",)
    assert bench.plan().actions[0].subscribe == ("kevin",)
