"""How the gateway reads answers that the contract tests cannot bring about: other accounts' views, other wordings."""

import json

import pytest

from tests.launchpad.proxy import PAGE, answers
from tracker.launchpad.gateway import RefusedError
from tracker.launchpad.replies import UnreachableError
from tracker.launchpad.snapshots import Invisible

REDACTED = "tag:launchpad.net:2008:redacted"


def refuse(gateway, proxy, task, status, body):
    proxy.next("PATCH", answers(status, body))
    with pytest.raises(RefusedError) as error:
        gateway.update_task(task, {"status": "Confirmed"})
    assert str(error.value) == error.value.reason
    return error.value


@pytest.mark.parametrize(
    ("status", "body", "fields"),
    [
        (400, "milestone_link: Constraint not satisfied.", {"milestone": "Constraint not satisfied."}),
        (
            400,
            'assignee_link: No such object "R/devel/~x".\nstatus: Invalid value "x".',
            {"lead": 'No such object "R/devel/~x".', "status": 'Invalid value "x".'},
        ),
        (
            400,
            "assignee_link: \nYou can&#x27;t assign &quot;x&quot;.\nNot here.",
            {"lead": 'You can\'t assign "x". Not here.'},
        ),
        (400, "duplicate_of_link: \nYou can&#x27;t mark a bug as a duplicate of itself.", {}),
        (400, "status: Missing required value.\nbug_watch_link: status: no", {"status": "Missing required value."}),
        (400, "tags: ([ConstraintNotSatisfied('Bad Tag', '')], 'tags')", None),
        (401, "User does not have sufficient permissions to edit the bug task importance.", {"importance"}),
        (401, "User does not have sufficient permissions to edit the bug task milestone.", {"milestone"}),
        (401, "Only Bug Supervisors may change status to Triaged.", {"status"}),
        (
            401,
            "Regular users can assign and unassign only themselves and their teams. Only project owners,"
            " bug supervisors, drivers and release managers can assign others.",
            {"lead"},
        ),
        (401, "(<Bug object>, 'title', 'launchpad.Edit')", {"title"}),
        (401, "(<Bug object>, 'tags', 'launchpad.Edit')", {"tags"}),
        (401, "(<BugTask for bug 1 on 'milestone-title-tags'>, 'transitionToStatus', 'launchpad.Edit')", {"status"}),
        (401, "(<BugTask for bug 1 on 'status'>, 'transitionToAssignee', 'launchpad.Edit')", {"lead"}),
        (401, "(<BugTask for bug 1 on 'status'>, 'somethingElse', 'launchpad.Edit')", {}),
        (403, "Cannot link private team.", {}),
        (401, "", {}),
        (400, PAGE, {}),
        (405, "", {}),
        (413, PAGE, {}),
    ],
)
def test_a_refusal_names_the_fields_that_launchpad_named(gateway, proxy, task, status, body, fields):
    refused = refuse(gateway, proxy, task, status, body)
    if fields is None:
        assert set(refused.fields) == {"tags"}
    elif isinstance(fields, set):
        assert set(refused.fields) == fields
    else:
        assert refused.fields == fields
    assert refused.reason


def test_a_refusal_is_one_line_that_a_terminal_can_show(gateway, proxy, task):
    refused = refuse(gateway, proxy, task, 400, f"status: \x1b[31m&#27;[2J\n{'x' * 50_000}\u202e")
    for text in (refused.reason, *refused.fields.values()):
        assert text.isprintable()
        assert len(text) <= 200


@pytest.mark.parametrize("status", [408, 425, 429])
def test_what_may_pass_is_no_refusal(gateway, proxy, task, status):
    proxy.always("PATCH", answers(status))
    with pytest.raises(UnreachableError):
        gateway.update_task(task, {"status": "Confirmed"})


# Views of others


def change(exchange, **values):
    """Answer what the server does, with some values of its entry or entries changed."""
    del exchange.handler.headers["If-None-Match"]
    status, headers, body = exchange.forward()
    found = json.loads(body)
    for entry in found.get("entries", [found]):
        entry.update(values)
    exchange.reply(status, headers, json.dumps(found).encode())


def deep(value, put):
    """Replace each value of an answer, and none of its shape."""
    if isinstance(value, dict):
        return {key: deep(inner, put) for key, inner in value.items()}
    return [deep(inner, put) for inner in value] if isinstance(value, list) and value else put


@pytest.mark.parametrize("put", ["text", [], {}, 5, 10**30, 1.5, True, None, float("inf")])
@pytest.mark.parametrize("ask", ["fetch_bug", "fetch_task", "search", "update_task"])
def test_values_of_other_types_are_told_as_unknown(gateway, proxy, task, ask, put):
    def alter(exchange):
        del exchange.handler.headers["If-None-Match"]
        status, headers, body = exchange.forward()
        exchange.reply(status, headers, json.dumps(deep(json.loads(body), put)).encode())

    asked = {
        "fetch_bug": lambda: gateway.fetch_bug(task.bug),
        "fetch_task": lambda: gateway.fetch_task(task.project, task.bug),
        "search": lambda: gateway.search(task.project, "wire"),
        "update_task": lambda: gateway.update_task(task, {"status": "Confirmed"}),
    }
    proxy.always("GET", alter)
    proxy.always("PATCH", alter)
    with pytest.raises(UnreachableError, match=r"not what the tracker knows|was not the same"):
        asked[ask]()


BUG = ["id", "title", "description", "tags", "private", "duplicate_of_link", "http_etag"]
TASK = ["bug_link", "title", "status", "importance", "assignee_link", "milestone_link", "http_etag", "web_link"]


@pytest.mark.parametrize("key", BUG)
@pytest.mark.parametrize("value", [{}, ["x", []], 1.5])
def test_a_bug_is_read_from_values_of_launchpads_types_alone(gateway, proxy, task, key, value):
    proxy.always("GET", lambda exchange: change(exchange, **{key: value}))
    with pytest.raises(UnreachableError, match=f"not what the tracker knows .*{key}"):
        gateway.fetch_bug(task.bug)


@pytest.mark.parametrize("key", [*TASK, "bug_target_display_name"])
@pytest.mark.parametrize("value", [{}, [], 5, False])
def test_a_task_is_read_from_values_of_launchpads_types_alone(gateway, proxy, task, key, value):
    proxy.always("GET", lambda exchange: change(exchange, **{key: value}))
    with pytest.raises(UnreachableError, match=f"not what the tracker knows .*{key}"):
        gateway.fetch_task(task.project, task.bug)


@pytest.mark.parametrize("link", ["assignee_link", "milestone_link"])
def test_a_link_that_names_nobody_is_not_taken_for_none(gateway, proxy, task, link):
    proxy.always("GET", lambda exchange: change(exchange, **{link: f"{proxy.root}devel/x"}))
    with pytest.raises(UnreachableError, match="not what the tracker knows"):
        gateway.fetch_task(task.project, task.bug)


@pytest.mark.parametrize("link", ["assignee_link", "milestone_link"])
def test_what_the_account_may_not_see_is_not_taken_for_nothing(gateway, proxy, task, link):
    proxy.always("GET", lambda exchange: change(exchange, **{link: REDACTED}))
    assert gateway.search(task.project, "wire") == []
    assert gateway.fetch_task(task.project, task.bug) == Invisible(task.bug)


@pytest.mark.parametrize("path", ["another/+bug/1", "ubuntu/+source/x/+bug/1", "another/series/+bug/1"])
def test_a_search_in_a_group_shows_no_task_of_another_project(gateway, proxy, task, path):
    assert [found.bug for found in gateway.search(task.project, "wire")] == [task.bug]
    proxy.always("GET", lambda exchange: change(exchange, self_link=f"{proxy.root}devel/{path}"))
    assert gateway.search(task.project, "wire") == []


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ('Bug #{n} in Neutron: "a title"', "a title"),
        ('Bug #{n} in Neutron: "in X: "y""', 'in X: "y"'),
        ('Bug #{n} in Neutron: ""', None),
        ('Bug #{n} in Neutron: "   "', None),
        ('Fehler Nr. {n} in Neutron: "a title"', None),
        ("a title", None),
    ],
)
def test_a_title_is_none_when_the_tasks_title_does_not_show_it(gateway, proxy, task, title, read):
    shown = {"title": title.format(n=task.bug), "bug_target_display_name": "Neutron"}
    proxy.next("GET", lambda exchange: change(exchange, **shown))
    assert gateway.fetch_task(task.project, task.bug).title == read


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_every_way_of_not_showing_is_invisible(gateway, proxy, task, status):
    proxy.next("GET", answers(status, "no"), answers(status, "no"), answers(status, "no"))
    assert gateway.fetch_task(task.project, task.bug) == Invisible(task.bug)
    assert gateway.fetch_bug(task.bug) is None
    with pytest.raises(Exception, match="shows no project"):
        gateway.search(task.project, "wire")


def test_a_project_is_found_by_its_name_and_by_the_one_it_has_now(gateway, proxy, contract):
    assert gateway.find_project(contract.project) == contract.project
    assert gateway.find_project("no-such-project-anywhere") is None
    proxy.next("GET", answers(301, location=f"{proxy.origin}/devel/new+name"))
    assert gateway.find_project("old-name") == "new+name"


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_project_that_is_not_shown_is_not_found(gateway, proxy, status):
    proxy.next("GET", answers(status, "no"))
    assert gateway.find_project("secret") is None


def test_a_failure_does_not_say_that_a_project_is_gone(gateway, proxy):
    proxy.next("GET", answers(400, "no"))
    with pytest.raises(UnreachableError):
        gateway.find_project("neutron")
