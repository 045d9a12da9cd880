"""What a sync sees of Launchpad, whether it reads everything or only what changed since."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from tests.sync.bench import happened, logging_in
from tracker.launchpad import searches
from tracker.launchpad.gateway import Gateway
from tracker.launchpad.wire import Wire
from tracker.sandbox.server import Sandbox
from tracker.sync.events import Kind
from tracker.sync.plan import Problem

ACTIONS = "".join(
    f"  - id: a{index}\n    title: do thing {index}\n    owner: ihar\n    bug: new\n    milestone: ocata-1\n"
    for index in range(4)
)


class ServerClock:
    """The sandbox's clock, which a test moves."""

    time = datetime(2016, 11, 3, 12, tzinfo=UTC)

    def now(self):
        return self.time

    def wait(self, **time):
        self.time += timedelta(**time)


@pytest.fixture(scope="module")
def server():
    return ServerClock()


@pytest.fixture(scope="module")
def launchpad(server):
    with Sandbox(None, now=server.now) as sandbox:
        for name in ("driver", "ihar", "artur", "kevin"):
            sandbox.add_person(name, f"{name.title()} Tester")
        sandbox.add_team("core", "Core reviewers", owner="driver", members=["kevin"])
        yield sandbox


@pytest.fixture(scope="module")
def connect(launchpad, tmp_path_factory):
    with logging_in(launchpad, tmp_path_factory.mktemp("accounts")) as log_in:
        yield log_in


def settle(bench, server):
    """Create four bugs, and read them again when nothing of that is recent any more."""
    bench.write(ACTIONS)
    bench.sync()
    for _ in range(2):
        server.wait(hours=1)
        assert bench.in_step()
    server.wait(hours=1)
    return bench


@pytest.fixture
def synced(bench, server):
    return settle(bench, server)


@pytest.fixture(params=["whole", "since"])
def both(request, monkeypatch, bench, server):
    """Read a project whose bugs fit on a page, and one whose bugs do not."""
    if request.param == "since":
        monkeypatch.setattr(searches, "PAGE_SIZE", 2)
    return settle(bench, server)


@pytest.fixture
def many(monkeypatch, bench, server):
    """A project whose bugs do not fit on a page."""
    monkeypatch.setattr(searches, "PAGE_SIZE", 2)
    return settle(bench, server)


def asked(bench, work):
    """Return what a piece of work asks, each request by what is special about it."""
    before = len(bench.requests)
    work()
    marks = {"modified_since": "since", "ws.show": "count", "ws.start": "page"}
    return [
        next((mark for word, mark in marks.items() if word in target), target.split("/devel/")[1])
        for _method, target, _status in bench.requests[before:]
    ]


def warnings(plan):
    return [remark.text for action in plan.actions for remark in action.remarks if remark.kind is Problem.WARNING]


def change_bug(bench, number, **changes):
    bench.others.update_bug(bench.others.fetch_bug(number), **changes)


# How many requests


def test_what_fits_on_a_page_is_read_at_once(synced):
    assert asked(synced, synced.plan) == ["page"]


def test_above_a_page_what_changed_is_read_and_everything_is_counted(many):
    assert asked(many, many.plan) == ["since", "count"]
    many.elsewhere(many.number(2), status="In Progress")
    assert asked(many, many.plan) == ["since", "count"]


def test_what_is_above_a_page_by_one_bug_takes_two_requests(launchpad, connect, server):
    launchpad.add_project("crowd", "Crowd", owner="driver")
    numbers = [launchpad.add_bug("crowd", f"bug {n}", "x", owner="driver", tags=["crowd"]) for n in range(301)]
    gateway = connect("driver")
    server.wait(hours=1)
    for _ in range(3):
        before = len(launchpad.requests)
        assert [task.bug for task in gateway.search("crowd", "crowd")] == numbers
        assert len(launchpad.requests) - before == 2
        server.wait(hours=1)


# What somebody else did meanwhile, seen on both paths


def test_a_change_of_a_field_is_pulled(both):
    both.elsewhere(both.number(1), status="In Progress", lead="artur")
    both.sync()
    assert "owner: artur" in both.read()
    assert "status: in progress" in both.read()


def test_a_bug_that_lost_the_tag_is_followed_all_the_same(both):
    number = both.number(1)
    change_bug(both, number, tags=[])
    assert both.in_step()
    both.elsewhere(number, status="In Progress")
    both.sync()
    assert "status: in progress" in both.read()
    assert number not in both.bugs()  # nobody's tag is put back


def test_a_bug_that_became_private_is_told_and_left(both):
    number = both.number(1)
    change_bug(both, number, private=True)
    both.elsewhere(number, status="In Progress")
    for _ in range(2):
        plan = both.plan()
        assert not plan.changed
        assert warnings(plan) == [
            f"bug {number} is private, so nothing of it is written here, and it is left as it is"
        ]


def test_a_bug_that_moved_to_another_project_is_told_and_left(both, launchpad):
    number = both.number(1)
    launchpad.add_project(f"{both.project}-other", "Other", owner="driver", driver="core")
    url = f"{both.others._root}{both.project}/+bug/{number}"
    assert (
        both.others._wire.patch(url, {"target_link": f"{both.others._root}{both.project}-other"}, None).status == 301
    )
    for _ in range(2):
        plan = both.plan()
        assert not plan.changed
        assert warnings(plan) == [
            f"bug {number} has no task in project {both.project}; it was moved, so it is left as it is"
        ]


def test_a_duplicate_is_followed_to_its_master(both):
    number = both.number(1)
    master = both.others.create_bug(both.project, "the same", "found by somebody else", [both.tag])
    both.others.mark_duplicate(both.others.fetch_bug(number), master)
    (changed,) = both.plan().changed
    assert changed.write_number == master
    assert warnings(both.plan()) == [f"bug {number} is a duplicate of bug {master}, which is followed"]


def rename_milestone(bench, old, new):
    url = f"{bench.others._root}{bench.project}/+milestone/{old}"
    assert bench.others._wire.patch(url, {"name": new}, None).status in {209, 301}


def test_a_milestone_that_was_renamed_is_pulled_at_once_where_everything_is_read(synced):
    rename_milestone(synced, "ocata-1", "ocata-one")
    synced.sync()
    assert synced.read().count("milestone: ocata-one") == 4
    assert synced.in_step()


def test_a_milestone_that_was_renamed_is_pulled_within_a_week_where_changes_are_read(many, server):
    rename_milestone(many, "ocata-1", "ocata-one")
    assert many.in_step()
    server.wait(days=7)
    many.sync()
    assert many.read().count("milestone: ocata-one") == 4
    assert many.in_step()


def test_a_milestone_that_was_renamed_unseen_is_met_by_the_next_write_and_not_undone(many):
    rename_milestone(many, "ocata-1", "ocata-one")
    number = many.number(1)
    many.replace(f"bug: {number}\n", f"bug: {number}\n    status: in progress\n")
    many.sync()
    task = many.task(number)
    assert (task.status, task.milestone) == ("In Progress", "ocata-one")
    assert many.read().count("milestone: ocata-one") == 1


def test_a_bug_that_somebody_filed_is_seen(both):
    number = both.others.create_bug(both.project, "one more", "of somebody else", [both.tag])
    both.write(both.read() + f"  - id: more\n    title: one more\n    bug: {number}\n", head="")
    assert [action.task.title for action in both.plan().actions if action.bug == number] == ["one more"]


def test_a_bug_that_left_while_another_came_is_seen(both):
    number = both.number(1)
    change_bug(both, number, tags=[])
    other = both.others.create_bug(both.project, "one more", "of somebody else", [both.tag])
    assert {task.bug for task in both.gateway.search(both.project, both.tag)} == {*both.bugs()}
    assert number not in both.bugs()
    assert other in both.bugs()


# Times


def test_a_change_in_the_very_moment_of_the_last_read_is_seen(many):
    assert many.in_step()
    many.elsewhere(many.number(1), status="In Progress")  # the server's clock stands still
    assert not many.in_step()


def test_a_change_that_was_under_way_during_the_last_read_is_seen(many, server):
    server.wait(minutes=5)
    assert many.in_step()
    server.wait(minutes=-5)
    many.elsewhere(many.number(1), status="In Progress")  # stamped before that read, shown only after it
    server.wait(minutes=5)
    assert not many.in_step()


def test_no_clock_counts_but_launchpads(many, server, monkeypatch):
    years = timedelta(days=3650)
    for sign in (1, -1):
        many.clock.time += sign * years
        many.elsewhere(many.number(1), status="In Progress" if sign > 0 else "Fix Committed")
        assert happened(many.sync(), Kind.DONE)
        server.wait(hours=1)
        assert asked(many, many.plan) == ["since", "count"]


def test_where_launchpads_clock_went_back_everything_is_read(many, server):
    assert many.in_step()
    server.wait(hours=-1)
    many.elsewhere(many.number(1), status="In Progress")
    assert asked(many, many.plan)[-3:] == ["page", "page", "page"]
    assert not many.in_step()
    server.wait(hours=1)


def test_everything_is_read_once_a_week(many, server):
    server.wait(days=6)
    assert asked(many, many.plan) == ["since", "count"]
    server.wait(days=1)
    assert asked(many, many.plan) == ["since", "page", "page", "page"]
    assert asked(many, many.plan) == ["since", "count"]


# What is kept


def damage(kind, kept):
    match kind:
        case "gone":
            return b""
        case "cut":
            return kept[:-10]
        case "changed":
            return kept.replace(b"ihar", b"mara")
        case "longer":
            return kept + b" "
        case "of another version":
            text = kept[64:]
            return sha256(text).hexdigest().encode() + text


@pytest.mark.parametrize("kind", ["gone", "cut", "changed", "longer", "of another version"])
def test_without_what_was_kept_everything_is_read(many, kind):
    wire, key = many.gateway._wire, many.gateway._searches.key(many.project, many.tag)
    wire.keep(key, damage(kind, wire.recall(key)))
    assert asked(many, many.plan) == ["page", "page", "page"]
    assert asked(many, many.plan) == ["since", "count"]


def test_what_was_kept_for_one_account_is_not_shown_to_another(many, connect):
    artur, service = connect("artur"), many.gateway._wire.service
    artur = Gateway(Wire(replace(artur._wire.service, cache=service.cache)))
    assert asked(many, lambda: artur.search(many.project, many.tag)) == ["page", "page", "page"]
    assert asked(many, lambda: artur.search(many.project, many.tag)) == ["since", "count"]
    artur.close()


def test_a_set_that_came_down_to_a_page_is_read_at_once_again(many):
    for index in (1, 2):
        change_bug(many, many.number(index), tags=[])
    many.gateway.search(many.project, many.tag)
    assert asked(many, lambda: many.gateway.search(many.project, many.tag)) == ["page"]
