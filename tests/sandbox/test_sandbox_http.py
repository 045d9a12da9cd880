"""Tokens, ETags, methods and concurrent writers, as Launchpad answered in July 2025."""

import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode

import pytest

from tests.sandbox.clients import Client, make_client


def oauth(consumer, token, secret=""):
    return (
        f'OAuth realm="OAuth", oauth_consumer_key="{consumer}", oauth_token="{token}",'
        f' oauth_signature_method="PLAINTEXT", oauth_signature="%26{secret}"'
    )


def parts(client):
    return re.findall(r'oauth_token="(\w+)".*oauth_signature="%26(\w+)"', client.authorization)[0]


def test_an_expired_token(sandbox):
    client = make_client(sandbox, "ordinary", expires=datetime.now(UTC) - timedelta(seconds=1))
    answer = client.get("")
    assert (answer.status, answer.text) == (401, f"Expired token ({parts(client)[0]}).")
    assert answer.headers.get_content_type() == "text/plain"


def test_a_token_that_has_not_expired_yet(sandbox):
    client = make_client(sandbox, "ordinary", expires=datetime.now(UTC) + timedelta(hours=1))
    assert client.get("").status == 200


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (oauth("summit-tracker", "tok-nobody"), "Unknown access token (tok-nobody)."),
        (oauth("never-seen", "tok"), "Unknown consumer (never-seen)."),
        (oauth("", "tok"), "No consumer key specified."),
        (oauth("", ""), "No consumer key specified."),
    ],
)
def test_a_bad_token_is_named(sandbox, ordinary, header, reason):
    for path in ("", "bugs", "no-such-thing"):
        answer = Client(sandbox.root, header).get(path)
        assert (answer.status, answer.text) == (401, reason)


def test_a_wrong_secret(sandbox, ordinary):
    answer = Client(sandbox.root, oauth("summit-tracker", parts(ordinary)[0], "wrong")).get("")
    assert (answer.status, answer.text) == (401, "Invalid signature.")


@pytest.mark.parametrize("header", [oauth("never-seen", ""), "Bearer x", "Basic eDp5"])
def test_these_are_anonymous(sandbox, header):
    client = Client(sandbox.root, header)
    assert client.get("").status == 200
    answer = client.get("people/+me")
    assert (answer.status, answer.text) == (401, "You need to be logged in to view this URL.")


@pytest.mark.parametrize("stamp", ["1", "99999999999"])
def test_stale_and_future_timestamps_are_accepted(sandbox, ordinary, stamp):
    header = f'{ordinary.authorization}, oauth_timestamp="{stamp}", oauth_nonce="1"'
    for _ in range(2):
        assert Client(sandbox.root, header).get("people/+me").status == 303


def test_a_garbled_header_is_a_server_error(sandbox):
    assert Client(sandbox.root, "OAuth garbled").get("").status == 500


def test_me_leads_to_the_person(ordinary):
    answer = ordinary.get("people/+me")
    assert (answer.status, answer.headers["Location"]) == (303, ordinary.url("~ordinary"))


def test_answers_carry_a_date(ordinary, project):
    for answer in (ordinary.get(""), ordinary.get("no-such-thing"), ordinary.get(project)):
        age = datetime.now(UTC) - parsedate_to_datetime(answer.headers["Date"])
        assert timedelta(0) <= age < timedelta(seconds=5)


# ETags.


def halves(etag):
    return etag.strip('"').split("-")


@pytest.mark.parametrize(
    ("path", "writable", "change"),
    [
        ("bug", True, {"title": "new"}),
        ("bug", True, {"tags": ["new"]}),
        ("task", True, {"status": "Confirmed"}),
        ("task", True, {"assignee_link": "/~driver"}),
        ("task", False, {"bug title": "new"}),
        ("bug", False, {"task status": "Confirmed"}),
        ("bug", False, {"message": "new"}),
        ("bug", False, {"subscriber": "/~other"}),
    ],
)
def test_which_half_of_an_etag_moves(driver, project, path, writable, change):
    task = driver.task(project)
    bug = task.replace(f"{project}/+bug", "bugs")
    watched = {"bug": bug, "task": task}[path]
    before = driver.get(watched)["http_etag"]
    match change:
        case {"bug title": title}:
            driver.patch(bug, {"title": title})
        case {"task status": status}:
            driver.patch(task, {"status": status})
        case {"message": content}:
            driver.post(bug, "newMessage", content=content)
        case {"subscriber": person}:
            driver.post(bug, "subscribe", person=person)
        case _:
            driver.patch(watched, change)
    after = driver.get(watched)["http_etag"]
    assert after != before
    assert (halves(after)[1] != halves(before)[1]) is writable


def test_a_comment_leaves_the_tasks_etag(driver, project):
    task = driver.task(project)
    before = driver.get(task)["http_etag"]
    driver.post(task.replace(f"{project}/+bug", "bugs"), "newMessage", content="x")
    assert driver.get(task)["http_etag"] == before


def test_filing_a_bug_leaves_the_projects_etag(driver, project):
    before = driver.get(project)["http_etag"]
    driver.bug(project)
    assert driver.get(project)["http_etag"] == before


def test_a_write_compares_the_second_half_alone(driver, project):
    bug = driver.bug(project)
    old = driver.get(bug)["http_etag"]
    driver.post(bug, "newMessage", content="x")
    assert driver.patch(bug, {"title": "new"}, If_Match=old).status == 209
    stale = driver.patch(bug, {"title": "newer"}, If_Match=old)
    assert (stale.status, stale.body) == (412, b"")
    assert driver.patch(bug, {"title": "new"}, If_Match=old).status == 412
    assert driver.get(bug)["title"] == "new"


def test_etags_of_two_people_differ_in_the_first_half_only(driver, ordinary, project):
    bug = driver.bug(project)
    mine, theirs = driver.get(bug)["http_etag"], ordinary.get(bug)["http_etag"]
    assert halves(mine)[0] != halves(theirs)[0]
    assert halves(mine)[1] == halves(theirs)[1]
    assert driver.patch(bug, {"title": "new"}, If_Match=theirs).status == 209


@pytest.mark.parametrize(("form", "status"), [("{}", 304), ("{gzip}", 304), ("W/{}", 200), ('"x-y", {}', 304)])
def test_forms_of_if_none_match(driver, project, form, status):
    task = driver.task(project)
    etag = driver.get(task)["http_etag"]
    sent = form.replace("{gzip}", f'{etag[:-1]}-gzip"').replace("{}", etag)
    assert driver.get(task, If_None_Match=sent).status == status


def test_an_operation_does_not_look_at_if_match(driver, project):
    bug = driver.bug(project)
    old = driver.get(bug)["http_etag"]
    driver.patch(bug, {"title": "new"})
    form = urlencode({"ws.op": "newMessage", "content": "x"})
    kind = "application/x-www-form-urlencoded"
    assert driver.request("POST", bug, form, Content_Type=kind, If_Match=old).status == 201


@pytest.mark.parametrize(
    ("form", "status"),
    [("{}", 209), ("{gzip}", 209), ('"x-y", {}', 209), ("W/{}", 412), ("*", 412)],
)
def test_forms_of_if_match(driver, project, form, status):
    bug = driver.bug(project)
    etag = driver.get(bug)["http_etag"]
    sent = form.replace("{gzip}", f'{etag[:-1]}-gzip"').replace("{}", etag)
    assert driver.patch(bug, {"title": "new"}, If_Match=sent).status == status


def test_an_unchanged_entry_is_304(driver, project):
    task = driver.task(project)
    etag = driver.get(task).headers["ETag"]
    answer = driver.get(task, If_None_Match=etag)
    assert (answer.status, answer.body) == (304, b"")
    assert driver.get(task, If_None_Match='"0-0"').status == 200
    driver.patch(task.replace(f"{project}/+bug", "bugs"), {"title": "new"})
    assert driver.get(task, If_None_Match=etag).status == 200


def test_a_change_without_if_match_is_made(driver, project):
    bug = driver.bug(project)
    driver.patch(bug, {"tags": ["one"]})
    assert driver.patch(bug, {"tags": ["two"]})["tags"] == ["two"]


@pytest.mark.parametrize("media", ["application/json", "application/vnd.sun.wadl+xml"])
def test_the_root_may_be_kept_for_an_hour(anonymous, media):
    answer = anonymous.get("", Accept=media)
    assert answer.headers["Cache-Control"] == "max-age=3600"
    assert len(halves(answer.headers["ETag"])) == 1
    assert anonymous.get("", Accept=media, If_None_Match=answer.headers["ETag"]).status == 304


@pytest.mark.parametrize("field", ["title", "status"])
@pytest.mark.parametrize("clients", [2, 4])
def test_of_writers_with_one_etag_exactly_one_succeeds(driver, boss, project, field, clients):
    task = driver.task(project)
    path = task if field == "status" else task.replace(f"{project}/+bug", "bugs")
    values = ["Confirmed", "Triaged", "In Progress", "Fix Committed"]
    etag = driver.get(path)["http_etag"]
    with ThreadPoolExecutor(clients) as pool:
        answers = list(
            pool.map(
                lambda number: (driver, boss)[number % 2].patch(path, {field: values[number]}, If_Match=etag),
                range(clients),
            )
        )
    assert sorted(answer.status for answer in answers) == [209] + [412] * (clients - 1)
    winner = next(number for number, answer in enumerate(answers) if answer.status == 209)
    assert driver.get(path)[field] == values[winner]


def test_of_writers_of_two_fields_of_one_task_exactly_one_succeeds(driver, boss, project):
    task = driver.task(project)
    etag = driver.get(task)["http_etag"]
    with ThreadPoolExecutor(2) as pool:
        writers = [(driver, {"status": "Triaged"}), (boss, {"importance": "High"})]
        answers = list(pool.map(lambda writer: writer[0].patch(task, writer[1], If_Match=etag), writers))
    assert sorted(answer.status for answer in answers) == [209, 412]


def test_of_claims_to_one_nickname_exactly_one_succeeds(ordinary, project):
    bugs = [ordinary.bug(project) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda bug: ordinary.patch(bug, {"name": f"raced-{project}"}), bugs))
    assert sorted(answer.status for answer in answers) == [209, 400, 400, 400]


def test_as_many_bugs_are_filed_at_once_as_are_asked_for(driver, project):
    with ThreadPoolExecutor(8) as pool:
        bugs = set(pool.map(lambda number: driver.bug(project, title=f"bug {number}"), range(8)))
    assert len(bugs) == driver.op(project, "searchTasks")["total_size"] == 8


def test_a_request_is_carried_out_though_its_connection_drops(sandbox, driver, project):
    """The client is gone before the answer, and the bug is filed all the same."""
    body = urlencode({"ws.op": "createBug", "target": driver.url(project), "title": "dropped", "description": "x"})
    host = sandbox.root.removeprefix("http://").removesuffix("/")
    head = (
        f"POST /devel/bugs HTTP/1.1\r\nHost: {host}\r\nAuthorization: {driver.authorization}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    name, port = host.split(":")
    with socket.create_connection((name, int(port))) as connection:
        connection.sendall((head + body).encode())
    deadline = time.monotonic() + 10

    def filed():
        return [task["title"] for task in driver.op(project, "searchTasks")["entries"]]

    while not filed() and time.monotonic() < deadline:
        pass
    assert ["dropped" in title for title in filed()] == [True]


# Methods and bodies.


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "DELETE"])
def test_methods_that_a_bug_does_not_take(driver, project, method):
    assert driver.request(method, driver.bug(project)).status == 405


def test_a_post_to_the_root(driver):
    answer = driver.post("", "createSpecification")
    assert (answer.status, answer.headers["Allow"], answer.body) == (405, "GET", b"")


@pytest.mark.parametrize(
    ("body", "headers", "status", "text"),
    [
        ("{}", {"Content_Type": "text/plain"}, 415, "Expected a media type of application/json."),
        ("{", {"Content_Type": "application/json"}, 400, "Entity-body was not a well-formed JSON document."),
        ("[]", {"Content_Type": "application/json"}, 400, "Expected a JSON hash."),
    ],
)
def test_bodies_that_are_refused(driver, project, *, body, headers, status, text):
    answer = driver.request("PATCH", driver.bug(project), body, **headers)
    assert (answer.status, answer.text) == (status, text)


def test_a_body_without_type_is_json(driver, project):
    assert driver.request("PATCH", driver.bug(project), '{"title": "new"}').status == 209


def test_a_patch_may_come_as_a_post(driver, project):
    bug = driver.bug(project)
    answer = driver.request(
        "POST", bug, '{"title": "new"}', X_HTTP_Method_Override="PATCH", Content_Type="application/json"
    )
    assert (answer.status, answer["title"]) == (209, "new")


def test_only_served_versions_exist(sandbox, anonymous):
    assert anonymous.get(f"{sandbox.root}beta/bugs").status == 404


def test_the_addresses_of_pages_for_people_lead_to_what_the_web_service_says(sandbox, driver, anonymous, project):
    bug = driver.bug(project)
    page = anonymous.get(driver.get(bug)["web_link"])
    assert (page.status, page.headers["Location"]) == (
        303,
        f"/devel/{driver.get(bug)['web_link'][len(sandbox.root) :]}",
    )
    assert anonymous.get(sandbox.root).headers["Location"] == "/devel/"
    assert anonymous.request("POST", sandbox.root, "").status == 404
