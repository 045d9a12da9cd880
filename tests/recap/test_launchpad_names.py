"""What files name on Launchpad: each name is asked for once, and what is not there is told at its place."""

import pytest

from tracker.launchpad.gateway import Gateway
from tracker.launchpad.services import Service
from tracker.launchpad.wire import Wire
from tracker.recap.launchpad_names import check_names
from tracker.recap.repository import load_repository

TOP = "title: t\ndate: 2016-10-28\nactions:\n"


@pytest.fixture(scope="module")
def served():
    from tracker.sandbox.server import Sandbox

    with Sandbox(None) as sandbox:
        sandbox.add_person("driver", "The one who syncs")
        sandbox.add_person("mara-example", "Mara Example")
        for project in ("example", "other"):
            sandbox.add_project(project, project, owner="driver")
        for number in (1, 2, 3):
            sandbox.add_bug("example", "a bug", "about it", owner="driver", number=number, tags=["summit"])
        sandbox.add_bug("example", "another", "about it", owner="driver", number=4)
        sandbox.add_bug("other", "elsewhere", "about it", owner="driver", number=5)
        sandbox.add_bug("example", "private", "about it", owner="driver", number=6, private=True)
        sandbox.add_milestone("example", "next-1")
        for name in ("logs", "metrics"):
            sandbox.add_specification("example", name, owner="driver")
        yield sandbox


@pytest.fixture
def live(served, tmp_path, monkeypatch):
    """Write files, ask the sandbox for their names, and return what is wrong with them."""
    monkeypatch.chdir(tmp_path)

    def run(recap, people="", settings="project: example\n", root=served.root, account=None):
        folder = tmp_path / "sessions"
        folder.mkdir(exist_ok=True)
        (folder / "tracker.yaml").write_text(f"tag: summit\nservice: sandbox\n{settings}")
        (folder / "people.yaml").write_text(people or "people: {}\n")
        (folder / "one.yaml").write_text(recap)
        repository = load_repository(folder)
        service = Service("sandbox", root, account, tmp_path / "cache")
        gateways = []

        def connect():
            gateways.append(Gateway(Wire(service)))
            served.requests.clear()
            return gateways[0]

        check_names(repository, connect, lambda _text: None)
        for gateway in gateways:
            gateway.close()
        return repository.diagnostics

    return run


def told(diagnostics):
    return [(one.rule, one.path.split("/")[1], one.line, one.column) for one in diagnostics]


def asked(served):
    return [target.partition("/devel/")[2].partition("?")[0] for _method, target, _status in served.requests]


def action(identity, *lines):
    return f"- id: {identity}\n  title: {identity}\n" + "".join(f"  {line}\n" for line in lines)


def test_names_that_are_there_are_no_problem(live):
    recap = TOP + (
        action("a", "bug: 1", "milestone: next-1", "owner: [mara, ~driver?]", "with: ~mara-example")
        + action("b", "blueprint: logs")
        + action("c", "work_item: logs", "owner: ~driver")
        + action("d", "blueprint: new push")
        + action("e", "work_item: push")
        + action("f", "bug: new")
        + action("g", "bug: 5", "project: other")
    )
    assert live(recap, people="people: {mara: {name: Mara Example, launchpad: mara-example}}\n") == []


def test_each_wrong_name_is_an_error_where_it_stands(live):
    recap = TOP.replace("actions", "author: ~nobody\nactions") + (
        action("a", "bug: 77", "milestone: next-9", "owner: [mara, ~nobody?]")
        + action("b", "bug: 5", "milestone: next-9")
        + action("c", "blueprint: lgos", "project: example")
        + action("d", "work_item: metrcs")
        + action("e", "bug: 1", "project: exmaple", "milestone: m")
    )
    people = "people:\n  mara: {name: Mara Example, launchpad: mara-exmaple}\n"
    people += "teams:\n  core:\n    name: Core\n    launchpad: cor\n"
    diagnostics = live(recap, people)
    assert told(diagnostics) == [
        ("R103", "people.yaml", 2, 41),
        ("R103", "people.yaml", 6, 16),
        ("R103", "one.yaml", 3, 9),
        ("R106", "one.yaml", 7, 8),
        ("R104", "one.yaml", 8, 14),
        ("R103", "one.yaml", 9, 17),
        ("R107", "one.yaml", 12, 8),
        ("R104", "one.yaml", 13, 14),
        ("R105", "one.yaml", 16, 14),
        ("R105", "one.yaml", 20, 14),
        ("R102", "one.yaml", 24, 12),
    ]
    assert all(one.is_error and one.help for one in diagnostics)
    (elsewhere,) = [one for one in diagnostics if one.rule == "R107"]
    assert elsewhere.message == 'bug 5 is not one of project "example", but of "other"'
    assert elsewhere.help == "give the action `project: other`, or correct the number"


def test_a_wrong_default_project_is_told_once_and_nothing_is_asked_of_it(live, served):
    recap = TOP + action("a", "bug: 1", "milestone: x") + action("b", "blueprint: logs")
    assert told(live(recap, settings="project: exmaple\n")) == [("R102", "tracker.yaml", 3, 10)]
    assert asked(served) == ["exmaple"]


def test_each_name_is_asked_for_once(live, served):
    people = "people: {mara: {name: Mara Example, launchpad: mara-example}}\n"
    actions = [
        action(f"a{number}", f"bug: {number}", "milestone: next-1", "owner: [mara, ~driver]")
        for number in (1, 2, 3, 4)
    ]
    actions += [action(f"b{number}", "work_item: logs") for number in range(5)]
    assert live(TOP + "".join(actions), people) == []
    requests = asked(served)
    # The search for the tag tells of bugs 1 to 3.
    assert sorted(requests) == sorted(
        [
            *("example", "~mara-example", "~driver", "example/+milestone/next-1", "example/+spec/logs"),
            *("example", "example/+bug/4"),
        ]
    )
    assert {method for method, _target, _status in served.requests} == {"GET"}


def test_of_one_bug_alone_no_search_is_made(live, served):
    assert live(TOP + action("a", "bug: 1")) == []
    assert sorted(asked(served)) == ["example", "example/+bug/1"]


def test_who_is_not_logged_in_is_told_that_private_things_do_not_show(live, served, tmp_path):
    from tracker.launchpad.accounts import read_account

    (one,) = live(TOP + action("a", "bug: 6"))
    assert (one.rule, one.message) == ("R106", "Launchpad shows no bug 6")
    assert one.help == "correct the number; what is private shows to an account: `tracker login`"
    served.write_credentials(tmp_path / "credentials", "driver")
    account = read_account(tmp_path / "credentials")
    assert live(TOP + action("a", "bug: 6"), account=account) == []
    (one,) = live(TOP + action("a", "bug: 77"), account=account)
    assert one.help == "correct the number"


def test_a_launchpad_that_is_not_there_is_one_warning(live):
    (one,) = live(TOP + action("a", "bug: 77"), root="http://launchpad.invalid/")
    assert told([one]) == [("R101", "tracker.yaml", 2, 10)]
    assert not one.is_error
    assert one.message.startswith("names were not all looked for: http://launchpad.invalid/ cannot be reached")


def test_what_was_found_before_launchpad_went_away_stays(live, served, monkeypatch):
    from tracker.launchpad.replies import UnreachableError

    def fail(*_names):
        raise UnreachableError("gone")

    monkeypatch.setattr(Gateway, "has_milestone", fail)
    diagnostics = live(TOP + action("a", "owner: ~nobody", "milestone: x", "bug: 77"))
    assert [one.rule for one in diagnostics] == ["R101", "R103"]


def test_files_with_errors_are_left_to_those(live, served):
    assert [one.rule for one in live(TOP + action("a", "bug: 77", "status: doing"))] == ["R016"]


@pytest.mark.parametrize("kind", ["project", "account"])
def test_what_has_another_name_now_is_told_with_that(live, served, monkeypatch, kind):
    monkeypatch.setattr(Gateway, f"find_{kind}", lambda _self, name: f"{name}-new")
    diagnostics = live(TOP + action("a", "owner: ~driver", "bug: 1"))
    assert diagnostics[0].message == (
        'project "example" is called "example-new" now'
        if kind == "project"
        else 'account "driver" is called "driver-new" now'
    )
    assert diagnostics[0].help == ('write "example-new"' if kind == "project" else 'write "driver-new"')
