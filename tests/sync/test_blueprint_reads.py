"""How many requests an unchanged sync takes for blueprints: one for each, or the list, whichever is fewer."""

from dataclasses import replace

import pytest

from tests.sync.scenes import write_action
from tracker.launchpad import blueprints
from tracker.launchpad.gateway import Gateway
from tracker.launchpad.wire import Wire

NAMES = [f"plan-{number:03}" for number in range(7)]


def tracked(*names):
    """Write actions that are these blueprints, or lines of them."""
    kinds = ("blueprint", "work_item")
    return "".join(
        write_action({"id": f"a{index}", "title": f"title {index}", kinds[index % 2]: name})
        for index, name in enumerate(names)
    )


def register(bench, launchpad, names):
    for name in names:
        launchpad.add_specification(bench.project, name, owner="kevin")


def asked(bench, work):
    """Return what a piece of work asks: the list's pages by their starts, blueprints by name; and the statuses."""
    before = len(bench.requests)
    work()
    requests = bench.requests[before:]
    assert {method for method, _, _ in requests} == {"GET"}
    names = [path.partition("ws.start=")[2].partition("&")[0] or path.rpartition("/")[2] for _, path, _ in requests]
    return names, {status for _, _, status in requests}


def synced(bench, launchpad, count, names=NAMES):
    register(bench, launchpad, names)
    bench.write(tracked(*names[-count:]))
    bench.sync()
    assert bench.in_step()
    return bench


def test_a_blueprint_that_did_not_change_is_one_request_whose_answer_is_empty(bench, launchpad):
    synced(bench, launchpad, 1)
    assert asked(bench, bench.plan) == (NAMES[-1:], {304})
    assert asked(bench, bench.sync) == (NAMES[-1:], {304})


def test_its_actions_may_be_as_many_as_they_will(bench, launchpad):
    register(bench, launchpad, NAMES)
    lines = [{"id": f"a{n}", "title": f"t{n}", "work_item": NAMES[0]} for n in range(20)]
    bench.write("".join(map(write_action, [*lines, {"id": "it", "title": "it", "blueprint": NAMES[0]}])))
    bench.sync()
    assert asked(bench, bench.plan) == ([NAMES[0]], {304})


def test_several_of_a_small_project_are_one_page(bench, launchpad):
    synced(bench, launchpad, 2)
    assert asked(bench, bench.plan) == (["0"], {200})
    bench.write(tracked(*NAMES))
    bench.sync()
    assert asked(bench, bench.plan) == (["0"], {200})


def test_bugs_and_blueprints_of_a_project_are_a_request_each(bench, launchpad):
    register(bench, launchpad, NAMES)
    bench.write(tracked(NAMES[0]) + "  - id: bug\n    title: a bug\n    bug: new\n")
    bench.sync()
    names, statuses = asked(bench, bench.sync)
    assert names == ["0", NAMES[0]]
    assert statuses == {200, 304}


@pytest.fixture
def many(bench, launchpad, monkeypatch):
    """A project whose blueprints take three pages."""
    monkeypatch.setattr(blueprints, "PAGE_SIZE", 3)
    return bench


@pytest.mark.parametrize(
    ("count", "requests"), [(3, NAMES[4:]), (4, ["0", "3", NAMES[6]]), (7, ["0", "3", NAMES[6]])]
)
def test_of_many_pages_a_few_are_read_alone_and_more_with_the_list(many, launchpad, count, requests):
    synced(many, launchpad, count)
    for _ in range(2):
        names, statuses = asked(many, many.plan)
        assert names == requests
        # What is read alone did not change.
        assert (304 in statuses) is bool({*NAMES} & {*requests})


def test_how_many_there_are_is_asked_once_and_remembered(many, launchpad):
    register(many, launchpad, NAMES)
    many.write(tracked(*NAMES[3:6]))
    # Of the list only the first page is read: what it lacks takes as many requests alone as with what is left of it.
    assert asked(many, many.plan) == (["0", "3"], {200})
    for names in (NAMES[3:6], NAMES[4:7], NAMES[:2]):
        many.write(tracked(*names))
        assert asked(many, many.plan)[0] == names


def test_a_project_that_grew_is_counted_again_with_its_list(many, launchpad):
    synced(many, launchpad, 2, NAMES[:2])
    assert asked(many, many.plan)[0] == ["0"]
    register(many, launchpad, [f"a-{number}" for number in range(12)])
    many.plan()
    assert asked(many, many.plan) == (NAMES[:2], {304})


def test_without_a_cache_nothing_but_requests_is_lost(many, launchpad):
    synced(many, launchpad, 3)
    kept = many.gateway
    many.gateway = Gateway(Wire(replace(kept._wire.service, cache=many.folder.parent / "fresh")))
    assert many.in_step()
    assert asked(many, many.plan)[0] == NAMES[4:]
    assert asked(many, many.plan) == (NAMES[4:], {304})
    many.gateway.close()


def test_a_blueprint_that_changed_is_sent_whole(bench, launchpad):
    synced(bench, launchpad, 1)
    bench.others.update_blueprint(bench.others.fetch_blueprint(bench.project, NAMES[-1]), {"status": "Started"})
    assert asked(bench, bench.plan) == (NAMES[-1:], {200})
    assert not bench.in_step()


@pytest.mark.parametrize(
    ("count", "requests"), [(3, [f"plan-{n}" for n in range(697, 700)]), (5, ["0", "300", "600"])]
)
def test_a_project_of_seven_hundred_takes_three_requests(bench, launchpad, count, requests):
    synced(bench, launchpad, count, [f"plan-{number:03}" for number in range(700)])
    assert asked(bench, bench.plan)[0] == requests
