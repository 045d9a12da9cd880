"""What Launchpad does not take of a blueprint or a line: told, kept, not tried again, and nothing waits for it."""

import pytest

from tests.sync.bench import happened
from tests.sync.scenes import write_action
from tracker.launchpad.accounts import read_account
from tracker.launchpad.gateway import Gateway, RefusedError
from tracker.launchpad.wire import Wire
from tracker.launchpad.workitems import WorkItem, read_items
from tracker.sync.events import Kind

WHOLE = write_action(
    {"id": "whole", "title": "whole", "owner": "ihar", "blueprint": "plan", "status": "done", "milestone": "ocata-1"}
)


def line(name, **keys):
    return write_action({"id": name, "title": name, "work_item": "plan", **keys})


@pytest.fixture(autouse=True)
def blueprint(bench, launchpad):
    """A blueprint of somebody else, in a project that they drive."""
    launchpad.add_specification(bench.project, "plan", owner="artur")
    bench.others.update_blueprint(shown(bench), {"work_items": "theirs: TODO"})


def shown(bench, name="plan"):
    return bench.others.fetch_blueprint(bench.project, name)


def said(bench):
    assert read_items(shown(bench).work_items)[0] == WorkItem("theirs")
    return {one.title: one for one in read_items(shown(bench).work_items)[1:]}


def writes(bench, work):
    before = len(bench.requests)
    work()
    return sum(method != "GET" for method, _, _ in bench.requests[before:])


def refused(events):
    return {
        (event.action.partition("#")[2], event.text.partition(":")[0])
        for event in events
        if event.kind is Kind.REFUSED
    }


def test_what_an_ordinary_account_may_not_change_is_refused_and_its_lines_are_written(bench, connect):
    bench.gateway = connect("ordinary")
    bench.write(WHOLE + line("mine", owner="artur", milestone="ocata-2"))
    events = bench.sync()
    assert refused(events) == {
        ("whole", "assign ~ihar"),
        ("whole", "status Unknown -> Implemented"),
        ("whole", "milestone set to ocata-1"),
    }
    assert not happened(events, Kind.FAILED)
    assert said(bench) == {"mine": WorkItem("mine", "TODO", "artur", "ocata-2")}
    assert (shown(bench).assignee, shown(bench).status, shown(bench).milestone) == (None, "Unknown", None)
    plan = bench.plan()
    assert not plan.changed
    assert set(plan.actions[0].refused) == {"lead", "status", "milestone"}
    assert writes(bench, bench.sync) == 0
    bench.replace("id: mine\n    title: mine\n", "id: mine\n    title: mine\n    status: done\n")
    assert writes(bench, bench.sync) == 1
    assert said(bench)["mine"].status == "DONE"
    bench.gateway = connect("driver")
    bench.sync()
    assert (shown(bench).assignee, shown(bench).status, shown(bench).milestone) == ("ihar", "Implemented", "ocata-1")
    assert bench.in_step()


def test_a_milestone_that_the_project_lacks_is_refused_of_a_blueprint_alone(bench, launchpad):
    launchpad.add_project(f"{bench.project}-other", "Other", owner="driver")
    launchpad.add_milestone(f"{bench.project}-other", "foreign")
    bench.write(WHOLE.replace("ocata-1", "foreign") + line("mine"))
    events = bench.sync()
    assert refused(events) == {("whole", "milestone set to foreign")}
    assert (shown(bench).assignee, shown(bench).status) == ("ihar", "Implemented")
    assert said(bench).keys() == {"mine"}
    assert writes(bench, bench.sync) == 0


@pytest.fixture
def secret(bench, launchpad):
    """A private team, which `driver` sees; Launchpad lets no work item name one."""
    name = f"secret-{bench.project}"
    launchpad.add_team(name, "Secret", owner="driver")
    wire = bench.gateway._wire
    assert wire.patch(f"{wire.root}~{name}", {"visibility": "Private"}, None).status == 209
    people = bench.folder / "people.yaml"
    people.write_text(people.read_text() + f"  secret: {{name: the secret, launchpad: {name}}}\n")
    return name


def test_a_private_team_is_refused_for_its_line_alone(bench, secret):
    bench.write(line("one", owner="ihar") + line("two", owner="secret", status="done") + line("three", owner="artur"))
    events = bench.sync()
    assert refused(events) == {("two", f"assign ~{secret}")}
    assert said(bench) == {
        "one": WorkItem("one", "TODO", "ihar"),
        "two": WorkItem("two", "DONE"),
        "three": WorkItem("three", "TODO", "artur"),
    }
    assert not bench.plan().changed
    assert writes(bench, bench.sync) == 0
    bench.replace("owner: secret", "owner: kevin")
    bench.sync()
    assert said(bench)["two"].assignee == "kevin"
    assert bench.in_step()


def test_a_line_that_gets_a_private_team_keeps_its_other_changes(bench, secret):
    bench.write(line("one", owner="ihar") + line("two", owner="ihar") + WHOLE)
    bench.sync()
    bench.replace("owner: ihar", "owner: secret\n    status: done")
    bench.replace("owner: ihar", "owner: kevin")
    bench.replace("milestone: ocata-1", "milestone: ocata-2")
    events = bench.sync()
    assert refused(events) == {("one", f"assign ~{secret} in place of ~ihar")}
    assert said(bench) == {"one": WorkItem("one", "DONE", "ihar"), "two": WorkItem("two", "TODO", "kevin")}
    assert shown(bench).milestone == "ocata-2"
    assert not bench.plan().changed


@pytest.fixture
def readonly(bench, launchpad, tmp_path):
    """The gateway of an account that may only read."""
    path = tmp_path / "readonly"
    launchpad.write_credentials(path, "driver", level="READ_PUBLIC")
    service = bench.gateway._wire.service
    gateway = Gateway(Wire(type(service)("sandbox", launchpad.root, read_account(path), tmp_path / "cache")))
    yield gateway
    gateway.close()


def test_the_owner_of_a_line_that_is_refused_is_not_assigned_to_the_blueprint(bench, monkeypatch):
    update = Gateway.update_blueprint

    def refuse(self, blueprint, changes):
        if "work_items" in changes:
            reason = "(<Specification x>, 'setWorkItems', 'launchpad.AnyLegitimatePerson')"
            raise RefusedError(reason, {"work_items": reason})
        update(self, blueprint, changes)

    monkeypatch.setattr(Gateway, "update_blueprint", refuse)
    whole = write_action({"id": "whole", "title": "whole", "blueprint": "plan"})
    bench.write(whole + line("one", owner="ihar") + line("two", owner="artur"))
    assert {action for action, _ in refused(bench.sync())} == {"one", "two"}
    assert shown(bench).assignee is None


def test_who_may_only_read_is_refused_each_once_and_nothing_is_tried_again(bench, readonly):
    bench.write(WHOLE + line("one", owner="ihar") + line("two"))
    bench.gateway, may_write = readonly, bench.gateway
    before = len(bench.requests)
    events = bench.sync()
    assert [method for method, _, _ in bench.requests[before:]].count("PATCH") == 4  # one more for each field refused
    assert {action for action, _ in refused(events)} == {"whole", "one", "two"}
    assert not happened(events, Kind.FAILED)
    assert said(bench) == {}
    plan = bench.plan()
    assert not plan.changed
    assert writes(bench, bench.sync) == 0
    bench.replace("title: two\n", "title: two\n    owner: artur\n")
    assert writes(bench, bench.sync) == 0  # the same line, as far as adding it goes
    bench.gateway = may_write
    assert not bench.plan().changed  # it is the same account
    assert not refused(bench.sync(retry_refused=True))
    assert said(bench).keys() == {"one", "two"}
    assert bench.in_step()
