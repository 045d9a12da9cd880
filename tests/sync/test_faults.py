"""Every fault on the wire at every kind of request that a sync makes, and the plain sync after it."""

import pytest

from tests.launchpad.proxy import (
    PAGE,
    answers,
    dropped,
    dropped_after,
    shifted,
    shortened,
    stale,
)
from tests.sync.bench import HEAD, happened
from tests.sync.faults import FAULTS, SURELY_UNDONE, asks, cases
from tracker.errors import TrackerError
from tracker.launchpad import searches
from tracker.launchpad.patience import BUDGET
from tracker.sync.apply import apply_plan
from tracker.sync.events import Kind
from tracker.sync.identity import identity_line

REQUESTS = {
    "WADL": lambda exchange: exchange.path == "/devel/",
    "+me": asks("GET", "people/+me"),
    "search": asks("GET", "ws.start=0"),
    "count": asks("GET", "ws.show=total_size"),
    "task read": asks("GET", "/+bug/"),
    "bug read": asks("GET", "/devel/bugs/"),
    "createBug": asks("POST", "", "ws.op=createBug"),
    "task PATCH": asks("PATCH", "/+bug/"),
    "bug PATCH": asks("PATCH", "/devel/bugs/"),
    "subscribe": asks("POST", "", "ws.op=subscribe"),
    "newMessage": asks("POST", "", "ws.op=newMessage"),
}
PAGES = {"stale": [stale], "shortened": [shortened], "always shortened": [shortened] * 3, "shifted": [shifted]}
# Run every time: all of what can create twice, and the most of what can write twice. The others run as slow.
OFTEN_OF = {
    "createBug": set(FAULTS),
    "search": {"a page of nothing", "a page elsewhere"},
    "bug read": {"a page of nothing", "damaged", "empty gzip"},
    "task PATCH": {
        "a page that refuses",
        "a page elsewhere",
        "dropped after, always",
        "silent after",
        "worked later",
        "500 after",
        "503 for hours",
    },
    "bug PATCH": {"a page that refuses", "dropped after, always"},
    "subscribe": {"a page for people", "a page that refuses"},
    "newMessage": {"a page that refuses"},
}
CASES = cases(REQUESTS, OFTEN_OF)
CASES += [pytest.param(search, fault) for search in ("search", "later search") for fault in PAGES]
LATER_SEARCH = asks("GET", "ws.start=1")


def actions(*numbers):
    """Return the actions as both sides' edits leave them."""
    known, calm, second = numbers
    return (
        f"  - id: known\n    title: known better\n    owner: [artur, ihar]\n    bug: {known}\n"
        "    status: done\n    importance: Low\n    evidence: [https://example.org/a]\n    tags: [upgrade]\n"
        f"  - id: calm\n    title: calm\n    bug: {calm}\n    milestone: newton\n"
        f"  - id: second\n    title: second\n    bug: {second}\n    milestone: ocata-1\n    owner: ihar\n"
    )


@pytest.fixture
def prepared(bench, connected, monkeypatch):
    """Write a recap with edits on both sides whose sync makes every kind of request.

    It looks a few times for a bug whose creation was not answered, not sixty.
    """
    monkeypatch.setattr(searches, "PAGE_SIZE", 2)
    with (bench.folder / "tracker.yaml").open("a") as settings:
        settings.write("limits: {settle: 4}\n")
    bench.gateway = connected()
    bench.others.create_bug(bench.project, "somebody's", "nothing of ours", [bench.tag])
    bench.write(
        "  - id: known\n    title: known\n    owner: ihar\n    bug: new\n"
        "  - id: calm\n    title: calm\n    bug: new\n    milestone: newton\n"
    )
    bench.sync()
    known, calm = bench.number(0), bench.number(1)
    bench.elsewhere(known, importance="Low")
    bench.write(actions(known, calm, "new").replace("    importance: Low\n", ""))
    return bench


def attempt(bench, connected, request, fault):
    """Sync while a request meets a fault; returns what was told of it."""
    healthy = bench.gateway
    try:
        timeout = 0.1 if "silent" in fault else 20
        bench.gateway = connected(timeout, "new cache" if request == "WADL" else "cache")
        events = bench.sync()
    except TrackerError as error:
        return [error.message]
    finally:
        bench.gateway = healthy
    return happened(events, Kind.FAILED) + happened(events, Kind.NOTE)


def check(bench):
    """See that every edit is in the recap, and that Launchpad says the same, in one bug an action."""
    plan = bench.plan()
    assert not plan.changed
    assert not plan.conflicts
    numbers = [bench.number(index) for index in range(3)]
    assert bench.read() == HEAD + actions(*numbers)
    _somebodys, *ours = bench.bugs()
    assert ours == numbers
    known, _calm, second = map(bench.task, numbers)
    assert (known.title, known.status, known.importance, known.assignee) == (
        "known better",
        "Fix Released",
        "Low",
        "artur",
    )
    assert (second.assignee, second.milestone) == ("ihar", "ocata-1")
    assert set(bench.others.fetch_bug(numbers[0]).tags) == {bench.tag, "upgrade"}
    wire = bench.others._wire
    entries = wire.get(f"{wire.root}bugs/{numbers[0]}/subscriptions").json()["entries"]
    assert sum(entry["person_link"].endswith("~ihar") for entry in entries) == 1


def comments(bench):
    wire = bench.others._wire
    entries = wire.get(f"{wire.root}bugs/{bench.number()}/messages").json()["entries"]
    return sum("example.org/a" in entry["content"] for entry in entries)


@pytest.mark.parametrize(("request_kind", "fault"), CASES)
def test_after_a_fault_the_run_ends_well_and_a_further_one_ends_in_step(
    prepared, connected, proxy, pauses, request_kind, fault
):
    bench = prepared
    del pauses[:]
    matches = REQUESTS.get(request_kind, LATER_SEARCH)
    left = proxy.meet(matches, *(FAULTS | PAGES)[fault])
    told = attempt(bench, connected, request_kind, fault)
    assert len(left) < len((FAULTS | PAGES)[fault])
    del left[:]
    assert sum(pauses) <= BUDGET
    if told:
        assert not happened(bench.sync(), Kind.FAILED)
    check(bench)
    # Of a comment that had no answer nobody knows, and twice would be worse than never.
    may_lack = request_kind == "newMessage" and fault not in SURELY_UNDONE
    assert comments(bench) == 1 or (may_lack and comments(bench) == 0)


def test_every_kind_of_request_is_one_that_a_sync_makes(prepared, connected, proxy):
    healthy = lambda exchange: exchange.reply(*exchange.forward())  # noqa: E731
    left = {name: proxy.meet(matches, healthy) for name, matches in REQUESTS.items()}
    attempt(prepared, connected, "+me", "none")
    attempt(prepared, connected, "WADL", "none")
    assert not [name for name, faults in left.items() if faults]


# What a run makes of it


def told_done(events):
    return happened(events, Kind.DONE)


def test_a_change_whose_answer_was_lost_is_told_as_done(prepared, connected, proxy):
    bench = prepared
    proxy.next("PATCH", dropped_after, lambda exchange: exchange.reply(*exchange.forward()), dropped_after)
    bench.gateway = connected()
    events = bench.sync()
    known = bench.number()
    assert not happened(events, Kind.FAILED)
    for what in ("status New -> Fix Released", "assign ~artur in place of ~ihar"):
        assert f"bug {known}: {what}" in told_done(events)
    assert f"bug {known}: title known -> known better" in told_done(events)


def overtaken(bench, change):
    """Let the server work, lose the answer, and let somebody else write before the request is sent again."""

    def fault(exchange):
        exchange.forward()
        change(bench)
        exchange.drop()

    return fault


def test_a_change_whose_answer_was_lost_and_that_somebody_replaced_is_not_written_over(prepared, connected, proxy):
    bench = prepared
    proxy.next("PATCH", overtaken(bench, lambda bench: bench.elsewhere(status="Invalid")))
    bench.gateway = connected()
    events = bench.sync()
    assert bench.task().status == "Invalid"
    assert happened(events, Kind.CONFLICT)
    assert "status: done" in bench.read()


def test_two_lost_answers_and_somebody_elses_change_in_between_end_in_step(prepared, connected, proxy):
    """The first write is overtaken, the second works without an answer: what stands is ours."""
    bench = prepared
    raced = []

    def race(exchange):
        if not raced:
            raced.append(bench.elsewhere(milestone="ocata-2"))
            exchange.reply(*exchange.forward())
        else:
            dropped_after(exchange)

    proxy.next("PATCH", race, race)
    bench.gateway = connected()
    events = bench.sync()
    assert not happened(events, Kind.FAILED)
    assert f"bug {bench.number()}: status New -> Fix Released" in told_done(events)
    assert bench.task().milestone == "ocata-2"
    assert bench.in_step()


def test_a_title_whose_second_answer_was_lost_is_told_as_written(prepared, connected, proxy):
    bench = prepared
    number = bench.number()

    def race(exchange):
        bug = bench.others.fetch_bug(number)
        bench.others.update_bug(bug, tags=[*bug.tags, "theirs"])
        exchange.reply(*exchange.forward())

    proxy.meet(REQUESTS["bug PATCH"], race, dropped_after)
    bench.gateway = connected()
    events = bench.sync()
    assert not happened(events, Kind.FAILED)
    assert f"bug {number}: title known -> known better" in told_done(events)
    assert set(bench.others.fetch_bug(number).tags) == {bench.tag, "theirs", "upgrade"}


def test_a_duplicate_whose_marking_had_no_answer_is_told_as_marked(bench, connected, proxy):
    bench.write("  - id: first\n    title: first\n    bug: new\n")
    bench.sync()
    twin = bench.others.create_bug(bench.project, "x", identity_line("ocata/session#first"), [bench.tag])
    proxy.next("PATCH", dropped_after)
    bench.gateway = connected()
    events = bench.sync()
    assert told_done(events) == [f"bug {twin} tracks the same: marked a duplicate of bug {bench.number()}"]
    assert bench.bugs() == [bench.number()]


MANY = "".join(f"  - id: a{index}\n    title: title {index}\n    bug: new\n    owner: ihar\n" for index in range(8))


@pytest.fixture
def many(bench, connected):
    """Six actions to push, one in step, and the last with a change to pull."""
    bench.write(MANY)
    bench.sync()
    for _ in range(6):
        bench.replace("owner: ihar", "owner: artur")
    bench.elsewhere(bench.number(7), importance="High")
    bench.gateway = connected()
    return bench


def goes_away(proxy):
    for method in ("GET", "PATCH", "POST"):
        proxy.always(method, dropped)


def in_step_after_a_further_sync(bench):
    bench.gateway = bench.others
    assert not happened(bench.sync(), Kind.FAILED)
    assert [bench.task(bench.number(index)).assignee for index in range(8)] == ["artur"] * 6 + ["ihar"] * 2
    assert "importance: High" in bench.read()
    assert bench.in_step()
    return True


def test_a_launchpad_that_goes_away_ends_a_run_once_and_what_needs_none_is_done(many, proxy, pauses):
    work, plan = many.prepare()
    goes_away(proxy)
    events = list(apply_plan(work, plan))
    told = happened(events, Kind.FAILED)
    assert len(told) == 6
    assert sum("not tried, for 3 changes in a row" in text for text in told) == 3
    assert len(pauses) == 9
    assert told_done(events) == ["recap: importance set to High"]
    assert in_step_after_a_further_sync(many)


def test_a_token_that_expires_in_mid_run_ends_what_needs_launchpad_and_nothing_else(many, proxy):
    healthy = lambda exchange: exchange.reply(*exchange.forward())  # noqa: E731
    proxy.next("PATCH", healthy, answers(401, "Expired token (abc)."))
    work, plan = many.prepare()
    before = len(proxy.seen)
    events = list(apply_plan(work, plan))
    failures = [event for event in events if event.kind is Kind.FAILED]
    assert len(failures) == 5
    assert all("does not accept the credentials" in event.text for event in failures)
    assert all("(Expired token)" in event.text for event in failures)
    assert {event.remedy for event in failures} == {"log in again: tracker login --service sandbox"}
    assert len(proxy.seen) == before + 2
    assert len(told_done(events)) == 2
    assert in_step_after_a_further_sync(many)


def test_launchpad_that_wants_to_be_left_alone_ends_a_run_once_and_says_until_when(many, proxy, pauses):
    proxy.next("PATCH", answers(503, Retry_After="86400"))
    work, plan = many.prepare()
    before = len(proxy.seen)
    failures = [event for event in apply_plan(work, plan) if event.kind is Kind.FAILED]
    assert len(failures) == 6
    assert {event.remedy.split(" 20")[0] for event in failures} == {"come back after"}
    assert len(proxy.seen) == before + 1
    assert pauses == []
    assert in_step_after_a_further_sync(many)


def test_a_defect_met_in_one_action_loses_nothing_of_the_others_and_is_raised_in_the_end(many, monkeypatch):
    work, plan = many.prepare()
    real = work.gateway.update_task

    def fail(task, changes):
        if task.bug == many.number(2):
            raise ZeroDivisionError("nobody foresaw this")
        return real(task, changes)

    monkeypatch.setattr(work.gateway, "update_task", fail)
    events = []
    with pytest.raises(ZeroDivisionError):
        events.extend(iter_into(events, apply_plan(work, plan)))
    assert happened(events, Kind.FAILED) == ["the tracker failed: ZeroDivisionError: nobody foresaw this"]
    assert len(told_done(events)) == 6
    assert in_step_after_a_further_sync(many)


def iter_into(events, stream):
    """Keep what a stream yields before it fails."""
    for event in stream:
        events.append(event)
    return ()


def test_a_base_that_cannot_be_written_for_one_recap_stops_no_other(bench):
    recaps = ("ocata/one", "ocata/two")
    for recap in recaps:
        bench.recap = recap
        bench.write(f"  - id: {recap[-3:]}\n    title: a title\n    bug: new\n")
    work, plan = bench.prepare()
    save = work.base.save

    def refuse(recap_id, entries):
        if recap_id == "ocata/one":
            raise TrackerError("one.jsonl cannot be written: Read-only file system", remedy="make room")
        save(recap_id, entries)

    work.base.save = refuse
    events = list(apply_plan(work, plan))
    assert {event.action for event in events if event.kind is Kind.FAILED} == {"ocata/one#one", "ocata/one"}
    assert len(bench.bugs()) == 1  # without the intent on disk none is created
    work.base.save = save
    assert not happened(bench.sync(), Kind.FAILED)
    assert len(bench.bugs()) == 2
    assert bench.in_step()


def test_a_creation_that_was_not_sent_leaves_nothing_to_be_looked_for(bench, connected, proxy):
    bench.write(MANY)
    bench.gateway = connected()
    work, plan = bench.prepare()
    proxy.always("POST", answers(502, PAGE, after=True))
    events = list(apply_plan(work, plan))
    assert len(happened(events, Kind.FAILED)) == 8 - len(bench.bugs())
    lines = (bench.folder / ".synced/sandbox/ocata/session.jsonl").read_text().splitlines()
    assert not [line for line in lines if "creating" in line]
    proxy.always("POST", lambda exchange: exchange.reply(*exchange.forward()))
    bench.gateway = bench.others
    bench.clock.slept.clear()
    assert not happened(bench.sync(), Kind.FAILED)
    assert bench.clock.slept == []
    assert len(bench.bugs()) == 8
