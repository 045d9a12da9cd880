"""Every fault on the wire at every kind of request that blueprints and work items take, and the plain sync after."""

import pytest

from tests.launchpad.proxy import dropped_after
from tests.sync.bench import HEAD, happened
from tests.sync.faults import FAULTS, OFTEN, asks, cases
from tracker.errors import TrackerError
from tracker.launchpad.patience import BUDGET
from tracker.launchpad.workitems import WorkItem, read_items
from tracker.sync.events import Kind


def reads_back(exchange):
    """Tell whether a blueprint is read again after it was written."""
    written = any(method == "PATCH" for method, _ in exchange.proxy.seen)
    return written and exchange.method == "GET" and "/+spec/" in exchange.path


REQUESTS = {
    "list": asks("GET", "all_specifications"),
    "blueprint read": asks("GET", "/+spec/"),
    "milestone read": asks("GET", "/+milestone/"),
    "account read": asks("GET", "/~"),
    "createSpecification": asks("POST", "", "ws.op=createSpecification"),
    "blueprint PATCH": asks("PATCH", "/+spec/whole"),
    "lines PATCH": asks("PATCH", "/+spec/shared"),
    "new lines PATCH": asks("PATCH", "/+spec/fresh"),
    "read back": reads_back,
    "subscribe": asks("POST", "/+spec/", "ws.op=subscribe"),
    "linkBug": asks("POST", "/+spec/", "ws.op=linkBug"),
}
OFTEN_OF = {
    "blueprint read": OFTEN,
    "read back": {"502, always"},
    "linkBug": {"502, always"},
    "createSpecification": {*OFTEN, "dropped after, always", "silent after", "worked later", "500 after", "garbled"},
    "lines PATCH": {*OFTEN, "dropped after, always", "worked later", "500 after", "503 for hours"},
    "new lines PATCH": {"dropped after, always"},
}
THEIRS = (WorkItem("theirs ", "INPROGRESS", "artur"), WorkItem("theirs", "TODO", "core", "ocata-2"))
FRESH = "  - id: fresh\n    title: fresh\n    owner: [ihar, artur]\n    status: in progress\n    blueprint: fresh\n"


def actions(bug):
    """Return the actions as both sides' edits leave them."""
    return (
        f"{FRESH}"
        "  - id: of-fresh\n    title: of fresh\n    owner: kevin\n    work_item: fresh\n"
        "  - id: first\n    title: first\n    owner: ihar\n    work_item: shared\n    status: in progress\n"
        "  - id: second\n    title: reworded\n    owner: artur\n    work_item: shared\n    status: done\n"
        "  - id: third\n    title: third\n    milestone: ocata-1\n    work_item: shared\n"
        "  - id: whole\n    title: whole\n    owner: ihar\n    blueprint: whole\n"
        "    status: done\n    milestone: ocata-2\n"
        f"  - id: bug\n    title: a bug\n    bug: {bug}\n"
    )


@pytest.fixture
def prepared(bench, connected, launchpad):
    """Write a recap with edits on both sides whose sync makes every kind of request."""
    settings = bench.folder / "tracker.yaml"
    settings.write_text(settings.read_text() + "link_bugs: true\n")
    launchpad.add_specification(bench.project, "shared", owner="artur", summary="theirs", whiteboard="theirs")
    put(bench, "[artur] theirs : INPROGRESS\nWork items for ocata-2:\n[core] theirs: TODO")
    bench.gateway = connected()
    bench.write(
        "  - id: first\n    title: first\n    owner: ihar\n    work_item: shared\n"
        "  - id: second\n    title: second\n    owner: ihar\n    work_item: shared\n"
        "  - id: whole\n    title: whole\n    owner: ihar\n    blueprint: new whole\n"
        "  - id: bug\n    title: a bug\n    bug: new\n"
    )
    bench.sync()
    put(bench, shown(bench).work_items.replace("first: TODO", "first: INPROGRESS"))
    bench.others.update_blueprint(shown(bench, "whole"), {"milestone": "ocata-2"})
    text = actions(bench.number(3)).replace("blueprint: fresh", "blueprint: new fresh")
    pulled = ("work_item: shared\n    status: in progress", "status: done\n    milestone: ocata-2")
    for words in pulled:
        text = text.replace(words, words.rpartition("\n    ")[0])
    bench.write(text)
    return bench


def shown(bench, name="shared"):
    return bench.others.fetch_blueprint(bench.project, name)


def put(bench, text):
    bench.others.update_blueprint(shown(bench), {"work_items": text})


def attempt(bench, connected, fault):
    """Sync while a request meets a fault; returns what was told of it."""
    healthy = bench.gateway
    try:
        bench.gateway = connected(0.1 if "silent" in fault else 20)
        events = bench.sync()
    except TrackerError as error:
        return [error.message]
    finally:
        bench.gateway = healthy
    return happened(events, Kind.FAILED)


def check(bench, launchpad):
    """See that every edit is on both sides, once, and everything of others as they left it."""
    plan = bench.plan()
    assert not plan.changed
    assert not plan.conflicts
    (bug,) = bench.bugs()
    assert bench.read() == HEAD + actions(bug)
    shared, whole, fresh = (shown(bench, name) for name in ("shared", "whole", "fresh"))
    assert read_items(shared.work_items) == (
        THEIRS[0],
        WorkItem("first", "INPROGRESS", "ihar"),
        WorkItem("reworded", "DONE", "artur"),
        THEIRS[1],
        WorkItem("third", "TODO", None, "ocata-1"),
    )
    assert (shared.summary, shared.status, shared.assignee) == ("theirs", "Unknown", None)
    assert (whole.status, whole.assignee, whole.milestone) == ("Implemented", "ihar", "ocata-2")
    assert (fresh.status, fresh.assignee) == ("Started", "ihar")
    assert read_items(fresh.work_items) == (WorkItem("of fresh", "TODO", "kevin"),)
    wire = bench.others._wire
    for name in ("whole", "fresh"):
        linked = wire.get(f"{wire.root}{bench.project}/+spec/{name}/bugs").json()["entries"]
        assert [one["id"] for one in linked] == [bug]
    followers = launchpad.store.rows(
        "SELECT person.name FROM specification_subscription JOIN person ON person.id = person"
        " JOIN specification ON specification.id = specification"
        " JOIN project ON project.id = specification.project WHERE project.name = ? AND specification.name = 'fresh'",
        bench.project,
    )
    assert [row["name"] for row in followers] == ["artur"]


@pytest.mark.parametrize(("request_kind", "fault"), cases(REQUESTS, OFTEN_OF, {"dropped after"}))
def test_after_a_fault_the_run_ends_well_and_a_further_one_ends_in_step(
    prepared, connected, proxy, pauses, launchpad, request_kind, fault
):
    bench = prepared
    del pauses[:], proxy.seen[:]
    left = proxy.meet(REQUESTS[request_kind], *FAULTS[fault])
    told = attempt(bench, connected, fault)
    assert len(left) < len(FAULTS[fault])
    del left[:]
    assert sum(pauses) <= BUDGET
    if told:
        assert not happened(bench.sync(), Kind.FAILED)
    check(bench, launchpad)


def test_every_kind_of_request_is_one_that_a_sync_makes(prepared, connected, proxy, launchpad):
    del proxy.seen[:]
    healthy = lambda exchange: exchange.reply(*exchange.forward())  # noqa: E731
    left = {name: proxy.meet(matches, healthy) for name, matches in reversed(REQUESTS.items())}
    assert not attempt(prepared, connected, "none")
    assert not [name for name, faults in left.items() if faults]
    check(prepared, launchpad)


def test_lines_whose_answer_was_lost_are_told_as_written(prepared, connected, proxy):
    proxy.meet(REQUESTS["lines PATCH"], dropped_after)
    prepared.gateway = connected()
    events = prepared.sync()
    assert not happened(events, Kind.FAILED)
    told = {text for text in happened(events, Kind.DONE) if "shared" in text}
    assert told == {
        "added to the work items of shared",
        "work item of shared: milestone set to ocata-1",
        "work item of shared: title second -> reworded",
        "work item of shared: assign ~artur in place of ~ihar",
        "work item of shared: status TODO -> DONE",
    }
