"""What searches find and how pages of it come, as Launchpad answered in July 2025."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.sandbox.clients import make_client
from tracker.sandbox import words
from tracker.sandbox.server import Sandbox
from tracker.sandbox.world import TaskEntry


def found(answer):
    """The titles of the bugs found."""
    assert answer.status == 200, answer.text
    return [entry["title"].partition('"')[2][:-1] for entry in answer["entries"]]


@pytest.fixture
def states(sandbox, driver, project):
    """A bug in each status."""
    for item in words.BUG_TASK_STATUS.items:
        status = item.title
        sandbox.add_bug(project, status, "text", owner="driver", status=status)
    return project


def test_a_search_finds_open_bugs_unless_told_otherwise(driver, states):
    assert set(found(driver.op(states, "searchTasks"))) == {
        "New", "Incomplete", "Confirmed", "Triaged", "In Progress", "Fix Committed", "Deferred",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "titles"),
    [
        (["Fix Released", "Invalid"], {"Fix Released", "Invalid"}),
        ("Won't Fix", {"Won't Fix"}),
        (["Incomplete (without response)"], {"Incomplete"}),
        (["Incomplete (with response)"], set()),
    ],
)
def test_a_search_by_status(driver, states, status, titles):
    assert set(found(driver.op(states, "searchTasks", status=status))) == titles


def test_a_comment_answers_what_was_incomplete(driver, project):
    task = driver.task(project)
    etag = driver.patch(task, {"status": "Incomplete"})["http_etag"]
    answered = {"status": ["Incomplete (with response)"]}
    assert found(driver.op(project, "searchTasks", **answered)) == []
    driver.post(task.replace(f"{project}/+bug", "bugs"), "newMessage", content="an answer")
    assert found(driver.op(project, "searchTasks", **answered)) == ["a title"]
    assert (driver.get(task)["status"], driver.get(task)["http_etag"]) == ("Incomplete", etag)


def test_an_unknown_status_makes_the_whole_search_fail(driver, states):
    for status in ("Unknown", "Someday"):
        answer = driver.op(states, "searchTasks", status=["New", status])
        assert answer.status == 400
        assert answer.text.startswith(f'status: Invalid value "{status}". Acceptable values are: New, ')


@pytest.mark.parametrize(
    ("parameters", "titles"),
    [
        ({"tags": ["red"]}, ["red", "both"]),
        ({"tags": "red"}, ["red", "both"]),
        ({"tags": ["red", "blue"]}, ["red", "both", "blue"]),
        ({"tags": ["red", "blue"], "tags_combinator": "Any"}, ["red", "both", "blue"]),
        ({"tags": ["red", "blue"], "tags_combinator": "All"}, ["both"]),
        ({"tags": ["red", "-blue"], "tags_combinator": "All"}, ["red"]),
        ({"tags": ["-red"]}, ["blue", "none"]),
        ({"tags": ["*"]}, ["red", "both", "blue"]),
        ({"tags": ["-*"]}, ["none"]),
        ({"tags": ["unused"]}, []),
    ],
)
def test_a_search_by_tags(sandbox, driver, project, parameters, titles):
    for title, tags in {"red": ["red"], "both": ["red", "blue"], "blue": ["blue"], "none": []}.items():
        sandbox.add_bug(project, title, "text", owner="driver", tags=tags)
    assert sorted(found(driver.op(project, "searchTasks", **parameters))) == sorted(titles)


@pytest.mark.parametrize(
    ("parameters", "start"),
    [
        ({"tags": ["Bad Tag"]}, "tags: "),
        ({"tags": ["a/b"]}, "tags: "),
        ({"order_by": ["nope"]}, "Unrecognized order_by: 'nope'"),
        ({"order_by": ["-nope"]}, "Unrecognized order_by: 'nope'"),
        ({"modified_since": "yesterday"}, "modified_since: Value doesn't look like a date."),
        ({"modified_since": "2026-01-01T00:00:00+01:00"}, "modified_since: Time not in UTC."),
        ({"importance": ["Urgent"]}, "importance: "),
    ],
)
def test_a_bad_search_is_refused(driver, project, parameters, start):
    answer = driver.op(project, "searchTasks", **parameters)
    assert answer.status == 400
    assert answer.text.startswith(start)


def test_unknown_parameters_are_ignored(driver, project):
    driver.bug(project)
    assert len(found(driver.op(project, "searchTasks", unheard_of="x"))) == 1


def test_a_search_by_people_importance_milestone_and_words(sandbox, driver, project):
    sandbox.add_bug(project, "plain", "text", owner="driver")
    sandbox.add_bug(
        project,
        "special",
        "with a needle",
        owner="reporter",
        importance="High",
        assignee="ordinary",
        milestone="open",
    )
    for parameters in (
        {"assignee": driver.url("~ordinary")},
        {"bug_reporter": driver.url("~reporter")},
        {"owner": driver.url("~reporter")},
        {"bug_subscriber": driver.url("~reporter")},
        {"importance": ["High", "Low"]},
        {"milestone": driver.url(f"{project}/+milestone/open")},
        {"search_text": "NEEDLE special"},
    ):
        assert found(driver.op(project, "searchTasks", **parameters)) == ["special"], parameters
    assert found(driver.op(f"{project}/+milestone/open", "searchTasks")) == ["special"]


def test_a_search_by_person_and_everywhere(sandbox, driver, project):
    tag = f"everywhere-{project}"
    sandbox.add_bug(project, "mine", "text", owner="driver", assignee="reporter", tags=[tag])
    sandbox.add_bug(project, "not mine", "text", owner="driver", tags=[tag])
    assert found(driver.op("~reporter", "searchTasks", tags=[tag])) == ["mine"]
    assert sorted(found(driver.op("bugs", "searchTasks", tags=[tag]))) == ["mine", "not mine"]


def test_duplicates_are_left_out_unless_asked_for(driver, project):
    first, second = driver.bug(project, title="first"), driver.bug(project, title="second")
    driver.patch(second, {"duplicate_of_link": driver.url(first)})
    assert found(driver.op(project, "searchTasks")) == ["first"]
    assert set(found(driver.op(project, "searchTasks", omit_duplicates=False))) == {"first", "second"}


@pytest.mark.parametrize(
    ("order_by", "titles"),
    [
        (None, ["Critical", "High", "Low", "Undecided"]),
        (["importance"], ["Undecided", "Low", "High", "Critical"]),
        (["id"], ["Low", "Critical", "Undecided", "High"]),
        (["-title"], ["Undecided", "Low", "High", "Critical"]),
        (["status", "-id"], ["High", "Undecided", "Critical", "Low"]),
    ],
)
def test_the_order_of_a_search(sandbox, driver, project, order_by, titles):
    for importance in ("Low", "Critical", "Undecided", "High"):
        sandbox.add_bug(project, importance, "text", owner="driver", importance=importance)
    parameters = {} if order_by is None else {"order_by": order_by}
    assert found(driver.op(project, "searchTasks", **parameters)) == titles


@pytest.mark.parametrize(
    ("order_by", "titles"),
    [(None, "abc"), (["-importance"], "abc"), (["importance"], "cba"), (["status"], "cba"), (["id"], "abc")],
)
def test_equals_come_by_their_number_up_or_down(sandbox, driver, project, order_by, titles):
    for title in "abc":
        sandbox.add_bug(project, title, "text", owner="driver")
    parameters = {} if order_by is None else {"order_by": order_by}
    assert "".join(found(driver.op(project, "searchTasks", **parameters))) == titles


class Clock:
    """A clock that only a test moves."""

    def __init__(self):
        self.time = datetime(2026, 3, 4, 5, 6, 7, 891011, tzinfo=UTC)

    def __call__(self):
        return self.time

    def tick(self):
        self.time += timedelta(microseconds=1)


@pytest.fixture
def timed():
    """A sandbox whose clock stands still, with one bug."""
    clock = Clock()
    with Sandbox(None, now=clock) as sandbox:
        for name in ("driver", "other"):
            sandbox.add_person(name, name)
        for name in ("alpha", "beta", "gamma"):
            sandbox.add_project(name, name.title(), owner="driver")
        sandbox.add_milestone("alpha", "one")
        sandbox.add_bug("alpha", "watched", "text", owner="driver", tags=["mark", "extra"],
                        also=[TaskEntry(project="beta")])  # fmt: skip
        clock.tick()
        yield sandbox, clock


@pytest.fixture
def timed_driver(timed):
    return make_client(timed[0], "driver")


CHANGES = {
    "status": ("PATCH", "alpha/+bug/1", {"status": "Confirmed"}, True),
    "assignee": ("PATCH", "alpha/+bug/1", {"assignee_link": "/~other"}, True),
    "importance": ("PATCH", "alpha/+bug/1", {"importance": "High"}, True),
    "milestone": ("PATCH", "alpha/+bug/1", {"milestone_link": "/alpha/+milestone/one"}, True),
    "title": ("PATCH", "bugs/1", {"title": "seen"}, True),
    "description": ("PATCH", "bugs/1", {"description": "seen"}, True),
    "another tag": ("PATCH", "bugs/1", {"tags": ["mark", "extra", "more"]}, True),
    "comment": ("newMessage", "bugs/1", {"content": "hello"}, True),
    "nothing": ("PATCH", "alpha/+bug/1", {"status": "New"}, False),
    "tag removed": ("PATCH", "bugs/1", {"tags": ["extra"]}, False),
    "duplicate": ("PATCH", "bugs/1", {"duplicate_of_link": "/bugs/2"}, False),
    "retargeted": ("PATCH", "alpha/+bug/1", {"target_link": "/gamma"}, False),
    "another task": ("addTask", "bugs/1", {"target": "/gamma"}, False),
    "subscription": ("subscribe", "bugs/1", {"person": "/~other"}, False),
    "milestone renamed": ("PATCH", "alpha/+milestone/one", {"name": "two"}, False),
    "importance explained": ("PATCH", "alpha/+bug/1", {"importance_explanation": "because"}, True),
    "task elsewhere": ("PATCH", "beta/+bug/1", {"status": "Confirmed"}, True),
    "about security": ("PATCH", "bugs/1", {"security_related": True}, True),
    "master unmarked": ("PATCH", "bugs/3", {"duplicate_of_link": None}, False),
    "hidden from oneself": ("PATCH", "bugs/1", {"private": True}, True),
    "hidden by operation": ("transitionToInformationType", "bugs/1", {"information_type": "Private"}, False),
    "locked": ("lock", "bugs/1", {"reason": "heated"}, False),
    "nominated": ("addNomination", "bugs/1", {"target": "/alpha/trunk"}, False),
    "comment edited": ("editContent", "alpha/+bug/1/comments/0", {"new_content": "other words"}, False),
    "level changed": ("PATCH", "bugs/1/+subscription/driver", {"bug_notification_level": "Details"}, False),
    "task deleted": ("DELETE", "beta/+bug/1", None, False),
    "person renamed": ("PATCH", "~other", {"name": "another"}, False),
    "project renamed": ("PATCH", "alpha", {"display_name": "Aleph"}, False),
    "milestone closed": ("PATCH", "alpha/+milestone/one", {"is_active": False}, False),
}
STAMPED = {"tag removed", "duplicate", "retargeted"}
"""Changes that no search of the project and tag shows although they stamp the bug."""


@pytest.mark.parametrize("name", CHANGES)
def test_what_modified_since_shows(timed, timed_driver, name):
    sandbox, clock = timed
    sandbox.add_bug("beta", "master", "text", owner="driver")
    sandbox.add_bug("beta", "copy", "text", owner="driver")
    timed_driver.patch("bugs/3", {"duplicate_of_link": "/bugs/1"})
    before = timed_driver.get("bugs/1")["date_last_updated"]
    since = clock.time.isoformat()
    clock.tick()
    method, path, values, shown = CHANGES[name]
    client = make_client(sandbox, "other") if path == "~other" else timed_driver
    if method == "PATCH":
        assert client.patch(path, values).status in (209, 301)
    elif method == "DELETE":
        assert client.request(method, path).status == 200
    else:
        assert client.post(path, method, **values).status in (200, 201)
    hits = found(timed_driver.op("alpha", "searchTasks", tags=["mark"], modified_since=since))
    assert bool(hits) is shown
    moved = timed_driver.get("bugs/1")["date_last_updated"] != before
    assert moved is (shown or name in STAMPED)


def test_an_approved_nomination_stamps_nothing(timed, timed_driver):
    _, clock = timed
    before = timed_driver.get("bugs/1")["date_last_updated"]
    place = timed_driver.post("bugs/1", "addNomination", target="/alpha/trunk").headers["Location"]
    clock.tick()
    timed_driver.post(place, "approve")
    assert timed_driver.get("alpha/trunk/+bug/1")["date_created"] > before
    assert timed_driver.get("bugs/1")["date_last_updated"] == before


def test_duplicates_that_follow_to_a_new_master_are_not_stamped(timed, timed_driver):
    sandbox, clock = timed
    for title in ("between", "master"):
        sandbox.add_bug("alpha", title, "text", owner="driver")
    timed_driver.patch("bugs/1", {"duplicate_of_link": "/bugs/2"})
    before = timed_driver.get("bugs/1")["date_last_updated"]
    clock.tick()
    timed_driver.patch("bugs/2", {"duplicate_of_link": "/bugs/3"})
    after = timed_driver.get("bugs/1").json
    assert (after["duplicate_of_link"], after["date_last_updated"]) == (timed_driver.url("bugs/3"), before)
    assert timed_driver.get("bugs/2")["date_last_updated"] > before


def test_a_hidden_bug_is_missing_from_the_searches_of_others(timed, timed_driver):
    sandbox, clock = timed
    others = make_client(sandbox, "other")
    since = clock.time.isoformat()
    clock.tick()
    timed_driver.patch("bugs/1", {"private": True})
    for parameters in ({}, {"modified_since": since}):
        answer = others.op("alpha", "searchTasks", tags=["mark"], **parameters)
        assert (found(answer), answer["total_size"]) == ([], 0)


def test_a_search_of_everything_finds_what_left_the_project(timed, timed_driver):
    timed_driver.patch("alpha/+bug/1", {"target_link": "/gamma"})
    assert found(timed_driver.op("alpha", "searchTasks", tags=["mark"])) == []
    (beta, gamma) = timed_driver.op("bugs", "searchTasks", tags=["mark"], order_by=["targetname"])["entries"]
    assert (beta["bug_target_name"], gamma["bug_target_name"]) == ("beta", "gamma")


def test_modified_since_is_strict_to_the_microsecond(timed, timed_driver):
    stamp = timed_driver.get("bugs/1")["date_last_updated"]
    assert stamp == "2026-03-04T05:06:07.891011+00:00"
    assert found(timed_driver.op("alpha", "searchTasks", modified_since=stamp)) == []
    just_before = stamp.replace("891011", "891010")
    assert found(timed_driver.op("alpha", "searchTasks", modified_since=just_before)) == ["watched"]


def test_created_since_looks_at_the_task(timed, timed_driver):
    clock = timed[1]
    before = clock.time.isoformat()
    clock.tick()
    now = clock.time.isoformat()
    timed_driver.post("bugs/1", "addTask", target="/gamma")
    assert found(timed_driver.op("alpha", "searchTasks", created_since=before)) == []
    assert found(timed_driver.op("gamma", "searchTasks", created_since=before)) == ["watched"]
    assert found(timed_driver.op("gamma", "searchTasks", created_since=now)) == []
    assert found(timed_driver.op("gamma", "searchTasks", created_before=now)) == []
    assert found(timed_driver.op("alpha", "searchTasks", created_before=now)) == ["watched"]


@pytest.fixture(scope="module")
def crowd(sandbox):
    """A project of 310 bugs."""
    sandbox.add_project("crowd", "Crowd", owner="driver")
    for number in range(310):
        sandbox.add_bug("crowd", f"bug {number}", "text", owner="driver")
    return "crowd?ws.op=searchTasks&order_by=id"


@pytest.mark.parametrize(
    ("query", "start", "count"),
    [
        ("", 0, 75),
        ("&ws.size=300", 0, 300),
        ("&ws.size=0", 0, 75),
        ("&ws.size=-1", 0, 75),
        ("&ws.size=x", 0, 75),
        ("&ws.size=300&ws.start=300", 300, 10),
        ("&ws.start=9999", 9999, 0),
        ("&ws.size=7&ws.start=11", 11, 7),
        ("&ws.start=11&ws.size=300", 11, 299),
        ("&ws.start=x", 0, 75),
    ],
)
def test_a_page(driver, crowd, query, start, count):
    answer = driver.get(crowd + query)
    assert (answer.status, answer["start"], len(answer["entries"])) == (200, start, count)


def test_a_page_may_begin_anywhere(driver, crowd):
    answer = driver.get(f"{crowd}&ws.size=7&ws.start=11")
    assert found(answer) == [f"bug {number}" for number in range(11, 18)]
    assert answer["next_collection_link"].endswith("&ws.size=7&memo=18&ws.start=18")
    assert answer["prev_collection_link"]


def test_a_collection_has_its_total_on_every_page(driver, project):
    for number in range(80):
        driver.post(f"{project}/trunk", "newMilestone", name=f"m{number}")
    first = driver.get(f"{project}/all_milestones")
    assert (first["total_size"], len(first["entries"])) == (82, 75)
    assert len(driver.get(first["next_collection_link"])["entries"]) == 7


def test_a_total_alone_is_a_bare_number_whatever_its_size(driver, crowd, project):
    answer = driver.get(f"{crowd}&ws.show=total_size")
    assert (answer.status, answer.text, answer.headers.get_content_type()) == (200, "310", "application/json")
    assert driver.get(f"{project}?ws.op=searchTasks&ws.show=total_size").text == "0"


def test_a_page_takes_no_query_a_row(sandbox, driver, project):
    """Bugs, people and milestones of a page come together; only series are few enough to come alone."""
    statements = []

    def count(size):
        statements.clear()
        sandbox.store._connection.set_trace_callback(statements.append)
        try:
            assert len(driver.get(f"{project}?ws.op=searchTasks&ws.size={size}")["entries"]) == size
        finally:
            sandbox.store._connection.set_trace_callback(None)
        return len(statements)

    for name in ("driver", "other", "ordinary", "reporter") * 3:
        sandbox.add_bug(project, "a bug", "text", owner=name, assignee=name, milestone="open")
    assert count(12) == count(2)


def test_a_page_larger_than_300_is_refused(driver, crowd):
    answer = driver.get(f"{crowd}&ws.size=301")
    assert (answer.status, answer.text) == (400, 'Maximum for "ws.size" parameter is 300.')


def test_a_page_before_the_first_is_a_server_error(driver, crowd):
    assert driver.get(f"{crowd}&ws.start=-1").status == 500


def test_the_total_is_a_link_while_pages_follow(driver, crowd):
    first = driver.get(crowd)
    assert "total_size" not in first.json
    assert driver.get(first["total_size_link"]).json == 310
    assert first["next_collection_link"].endswith("&ws.size=75&memo=75&ws.start=75")
    last = driver.get(f"{crowd}&ws.start=300")
    assert last["total_size"] == 310
    assert "next_collection_link" not in last.json


def test_pages_follow_each_other_to_the_end(driver, crowd):
    url, titles = crowd, []
    while url:
        answer = driver.get(url)
        titles += found(answer)
        url = answer.json.get("next_collection_link")
    assert titles == [f"bug {number}" for number in range(310)]


def test_version_1_0_always_gives_the_total(sandbox, driver, crowd):
    answer = driver.get(f"{sandbox.root}1.0/{crowd}")
    assert answer["total_size"] == 310
    assert answer["entries"][0]["self_link"].startswith(f"{sandbox.root}1.0/crowd/+bug/")


def test_a_search_answers_its_bare_size(driver, project):
    driver.bug(project)
    answer = driver.get(f"{project}?ws.op=searchTasks&ws.show=total_size")
    assert (answer.status, answer.text) == (200, "1")


def test_collections_have_no_etag(driver, crowd):
    first = driver.get(crowd)
    assert first.headers.get("ETag") is None
    assert driver.get(crowd, If_None_Match='"x-y"').status == 200


def test_fifty_tags_work_and_a_hundred_do_not(driver, project):
    def search(count):
        tags = json.dumps([f"tag-of-some-length-{number:03}" for number in range(count)])
        return driver.get(f"{project}?ws.op=searchTasks&tags=" + tags.replace('"', "%22").replace(" ", "%20"))

    assert search(50).status == 200
    answer = search(150)
    assert (answer.status, answer.headers.get_content_type()) == (400, "text/html")
