"""What Launchpad does not take: found per field, kept, shown, and not tried again."""

from tests.sync.conftest import happened
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
