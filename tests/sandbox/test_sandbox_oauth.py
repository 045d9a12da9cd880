"""The pages of OAuth: what a program is answered, what a person is shown, and who is kept out."""

import http.client
import os
import re
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.sandbox.clients import Answer, Client
from tests.support import make_browser
from tracker.sandbox.authorizing import VALIDITY
from tracker.sandbox.server import Sandbox

CONSUMER = "a program"
CHALLENGE = 'OAuth realm="https://api.launchpad.net"'


class Clock:
    def __init__(self):
        self.now = datetime(2030, 1, 1, tzinfo=UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def server(clock):
    """A sandbox of the test's own, whose clock stands still."""
    with Sandbox(None, now=clock) as running:
        running.add_person("ann", "Ann <script>alert(1)</script>")
        running.add_person("bob", "Bob Tester")
        running.add_person("gone", "Gone Tester", status="Suspended")
        running.add_person("twin", "Twin Tester", merged_into="bob")
        running.add_team("crew", "The Crew", owner="ann", members=["bob"])
        running.add_project("alpha", "Alpha", owner="ann")
        yield running


@pytest.fixture
def visitor(server):
    return Visitor(server.root)


class Form(HTMLParser):
    """The form of a page, and what else is on it."""

    def __init__(self, text):
        super().__init__()
        self.hidden, self.people, self.buttons, self.tags, self.labelled, self.ids = {}, [], [], [], [], []
        self.attributes = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.append(tag)
        self.attributes += found
        self.ids.append(found.get("id"))
        if tag == "input":
            assert found["type"] == "hidden"
            self.hidden[found["name"]] = found["value"]
        elif tag == "option":
            self.people.append(found["value"])
        elif tag == "button":
            assert found["name"] == "permission"
            self.buttons.append(found["value"])
        elif tag == "label":
            self.labelled.append(found["for"])


class Visitor:
    """A program that asks, and the person in front of it, with plain requests."""

    def __init__(self, root):
        self.root = root
        self.host = urlsplit(root).netloc

    def send(self, method, path, form=None, **headers):
        connection = http.client.HTTPConnection(self.host, timeout=20)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        body = None if form is None else urlencode(form)
        if body is not None:
            sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def ask(self, consumer=CONSUMER, **more):
        """Ask for a request token; returns its key and secret."""
        form = {"oauth_consumer_key": consumer, "oauth_signature_method": "PLAINTEXT", "oauth_signature": "&"}
        answer = self.send("POST", "/+request-token", {**form, **more})
        assert answer.status == 200, answer.text
        values = parse_qs(answer.text, strict_parsing=True)
        assert sorted(values) == ["oauth_token", "oauth_token_secret"]
        return values["oauth_token"][0], values["oauth_token_secret"][0]

    def page(self, key, *, levels=(), context=None, **headers):
        return self.send("GET", self.address(key, levels=levels, context=context), **headers)

    def address(self, key, *, levels=(), context=None):
        query = [("oauth_token", key), *(("allow_permission", level) for level in levels)]
        return f"/+authorize-token?{urlencode(query + ([('lp.context', context)] if context else []))}"

    def review(self, key, permission, person="ann", *, levels=(), context=None, **headers):
        page = self.page(key, levels=levels, context=context)
        assert page.status == 200, page.text
        form = {**Form(page.text).hidden, "person": person, "permission": permission}
        return self.send("POST", self.address(key, levels=levels, context=context), form, **headers)

    def exchange(self, key, secret, consumer=CONSUMER, **more):
        form = {
            "oauth_consumer_key": consumer,
            "oauth_signature_method": "PLAINTEXT",
            "oauth_token": key,
            "oauth_signature": f"&{secret}",
        }
        return self.send("POST", "/+access-token", {**form, **more})


def account_of(visitor, answer, consumer=CONSUMER):
    """Return whose token was given, by using it."""
    values = parse_qs(answer.text)
    header = (
        f'OAuth realm="OAuth", oauth_consumer_key="{consumer}", oauth_token="{values["oauth_token"][0]}",'
        f' oauth_signature_method="PLAINTEXT", oauth_signature="%26{values["oauth_token_secret"][0]}"'
    )
    me = Client(visitor.root, header).get("people/+me")
    return me.headers.get("Location", "").rpartition("~")[2] if me.status == 303 else me.text


# What a program is answered


def test_a_token_is_asked_for_reviewed_and_exchanged(visitor):
    key, secret = visitor.ask()
    assert (len(key), len(secret)) == (20, 80)
    waiting = visitor.exchange(key, secret)
    assert (waiting.status, waiting.text) == (401, "Request token has not yet been reviewed. Try again later.")
    assert waiting.headers["WWW-Authenticate"] == CHALLENGE
    assert visitor.review(key, "WRITE_PRIVATE", "bob").status == 200
    given = visitor.exchange(key, secret)
    assert given.status == 200
    assert re.fullmatch(r"oauth_token=\w{20}&oauth_token_secret=\w{80}&lp\.context=None", given.text)
    assert account_of(visitor, given) == "bob"


def test_a_request_token_can_be_asked_for_as_json(visitor):
    form = {"oauth_consumer_key": CONSUMER, "oauth_signature_method": "PLAINTEXT", "oauth_signature": "&"}
    answer = visitor.send("POST", "/+request-token", form, Accept="application/json")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json.keys() == {"oauth_token", "oauth_token_consumer", "oauth_token_secret", "access_levels"}
    assert answer["oauth_token_consumer"] == CONSUMER
    levels = [level["value"] for level in answer["access_levels"]]
    assert levels == ["UNAUTHORIZED", "READ_PUBLIC", "WRITE_PUBLIC", "READ_PRIVATE", "WRITE_PRIVATE"]
    assert answer["access_levels"][-1]["title"] == "Change Anything"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"oauth_consumer_key": ""}, 401),
        ({"oauth_consumer_key": None}, 401),
        ({"oauth_signature_method": "HMAC-SHA1"}, 400),
        ({"oauth_signature_method": None}, 400),
        ({"oauth_signature": "&guessed"}, 401),
        ({"oauth_signature": None}, 401),
    ],
)
def test_a_request_that_is_not_signed_is_answered_nothing(visitor, change, status):
    form = {"oauth_consumer_key": "x", "oauth_signature_method": "PLAINTEXT", "oauth_signature": "&", **change}
    answer = visitor.send(
        "POST", "/+request-token", {name: value for name, value in form.items() if value is not None}
    )
    assert (answer.status, answer.text) == (status, "")
    assert answer.headers.get("WWW-Authenticate") == (CHALLENGE if status == 401 else None)


def test_a_token_is_given_for_its_own_consumer_and_secret_alone(visitor):
    key, secret = visitor.ask()
    visitor.ask("another")
    visitor.review(key, "WRITE_PRIVATE")
    never = visitor.exchange(key, secret, "never-seen")
    assert (never.status, never.text) == (401, "")
    for refused in (
        visitor.exchange("0" * 20, secret),
        visitor.exchange(key, secret, "another"),
        visitor.exchange("", secret),
    ):
        assert (refused.status, refused.text) == (401, "No request token specified.")
    for guessed in ("", secret[:-1], f"{secret}0", "\xe9"):
        wrong = visitor.exchange(key, guessed)
        assert (wrong.status, wrong.text) == (401, "Invalid OAuth signature.")
    signed = visitor.exchange(key, secret, oauth_signature_method="HMAC-SHA1")
    assert (signed.status, signed.text) == (400, "Invalid OAuth signature.")
    assert visitor.exchange(key, secret).status == 200


def test_a_request_token_is_exchanged_once(visitor):
    key, secret = visitor.ask()
    visitor.review(key, "WRITE_PRIVATE")
    assert visitor.exchange(key, secret).status == 200
    again = visitor.exchange(key, secret)
    assert (again.status, again.text) == (401, "No request token specified.")


def test_a_declined_request_is_told_as_such(visitor):
    key, secret = visitor.ask()
    assert "has no access" in visitor.review(key, "UNAUTHORIZED").text
    for _ in range(2):
        declined = visitor.exchange(key, secret)
        assert (declined.status, declined.text) == (403, "End-user refused to authorize request token.")


def test_a_request_is_good_for_two_hours(visitor, clock):
    early, late = visitor.ask(), visitor.ask()
    visitor.review(early[0], "WRITE_PRIVATE")
    clock.now += VALIDITY - timedelta(seconds=1)
    assert visitor.page(late[0]).status == 200
    clock.now += timedelta(seconds=1)
    expired = visitor.exchange(*early)
    assert (expired.status, expired.text[:35]) == (403, "This request token has expired and ")
    page = visitor.page(late[0])
    assert page.status == 410
    assert "expired" in page.text
    assert visitor.exchange(*late).text == "Request token has not yet been reviewed. Try again later."
    visitor.ask()  # which clears away what nobody can use any more
    assert visitor.exchange(*early).text == "No request token specified."


def test_requests_without_end_take_no_room_without_end(visitor, monkeypatch):
    monkeypatch.setattr("tracker.sandbox.authorizing._MOST_WAITING", 3)
    asked = [visitor.ask() for _ in range(4)]
    assert [visitor.page(key).status for key, _ in asked] == [404, 200, 200, 200]


@pytest.mark.parametrize("level", ["READ_PUBLIC", "WRITE_PUBLIC", "READ_PRIVATE", "WRITE_PRIVATE"])
def test_a_token_can_do_what_the_person_allowed(visitor, server, level):
    server.add_bug("alpha", "a private one", "x", owner="ann", number=1, private=True)
    key, secret = visitor.ask()
    visitor.review(key, level, "ann")
    values = parse_qs(visitor.exchange(key, secret).text)
    client = Client(
        visitor.root,
        f'OAuth oauth_consumer_key="{CONSUMER}", oauth_token="{values["oauth_token"][0]}",'
        f' oauth_signature="%26{values["oauth_token_secret"][0]}"',
    )
    assert (client.get("bugs/1").status == 200) == level.endswith("PRIVATE")
    number = server.add_bug("alpha", "a public one", "x", owner="ann")
    assert client.patch(f"bugs/{number}", {"title": "changed"}).status == (209 if level[0] == "W" else 401)


@pytest.mark.parametrize(
    ("button", "lasts"),
    [
        ("DESKTOP_INTEGRATION", None),
        ("DESKTOP_INTEGRATIONHour", timedelta(hours=1)),
        ("DESKTOP_INTEGRATIONDay", timedelta(days=1)),
        ("DESKTOP_INTEGRATIONWeek", timedelta(weeks=1)),
    ],
)
def test_a_whole_computer_is_let_in_for_as_long_as_the_person_says(visitor, clock, button, lasts):
    consumer = "System-wide: Debian (a-host)"
    key, secret = visitor.ask(consumer)
    levels = ["DESKTOP_INTEGRATION"]
    assert Form(visitor.page(key, levels=levels).text).buttons[-1] == "UNAUTHORIZED"
    visitor.review(key, button, "bob", levels=levels)
    given = visitor.exchange(key, secret, consumer)
    clock.now += (lasts or timedelta(days=400)) - timedelta(seconds=1)
    assert account_of(visitor, given, consumer) == "bob"
    clock.now += timedelta(seconds=1)
    assert account_of(visitor, given, consumer).startswith("bob" if lasts is None else "Expired token")


@pytest.mark.parametrize(
    ("consumer", "levels"),
    [("a program", ["DESKTOP_INTEGRATION"]), ("System-wide: x (y)", []), ("System-wide: x (y)", ["WRITE_PUBLIC"])],
)
def test_what_asks_for_more_than_it_is_gets_no_page(visitor, consumer, levels):
    key, _ = visitor.ask(consumer)
    assert visitor.page(key, levels=levels).status == 401


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        ([], ["READ_PUBLIC", "WRITE_PUBLIC", "READ_PRIVATE", "WRITE_PRIVATE"]),
        (["nonsense"], ["READ_PUBLIC", "WRITE_PUBLIC", "READ_PRIVATE", "WRITE_PRIVATE"]),
        (["UNAUTHORIZED"], ["READ_PUBLIC", "WRITE_PUBLIC", "READ_PRIVATE", "WRITE_PRIVATE"]),
        (["WRITE_PRIVATE", "WRITE_PUBLIC"], ["WRITE_PUBLIC", "WRITE_PRIVATE"]),
        (["WRITE_PUBLIC", "DESKTOP_INTEGRATION", "nonsense"], ["WRITE_PUBLIC"]),
    ],
)
def test_the_page_offers_what_the_program_asks_for_and_to_decline(visitor, asked, offered):
    key, _ = visitor.ask()
    assert Form(visitor.page(key, levels=asked).text).buttons == [*offered, "UNAUTHORIZED"]


def test_a_level_that_was_not_offered_is_not_given(visitor):
    key, secret = visitor.ask()
    assert visitor.review(key, "WRITE_PRIVATE", levels=["READ_PUBLIC"]).status == 400
    assert visitor.exchange(key, secret).status == 401


def test_a_token_for_a_project_says_so(visitor):
    key, secret = visitor.ask()
    assert visitor.page(key, context="nothing").status == 400
    assert "<strong>alpha</strong>" in visitor.page(key, context="alpha").text
    visitor.review(key, "READ_PUBLIC", context="alpha")
    assert visitor.exchange(key, secret).text.endswith("&lp.context=alpha")


# What a person is shown


def test_only_people_who_can_log_in_can_answer(visitor):
    key, secret = visitor.ask()
    assert Form(visitor.page(key).text).people == ["ann", "bob"]
    for name in ("gone", "twin", "crew", "nobody", ""):
        assert visitor.review(key, "WRITE_PRIVATE", name).status == 400
    assert visitor.exchange(key, secret).status == 401


def test_the_one_who_syncs_is_offered_first(visitor, server):
    server.add_person("sandbox-driver", "The one who syncs")
    assert Form(visitor.page(visitor.ask()[0]).text).people[0] == "sandbox-driver"


def test_an_answer_is_given_once(visitor):
    key, secret = visitor.ask()
    form = {**Form(visitor.page(key).text).hidden, "person": "ann", "permission": "UNAUTHORIZED"}
    assert visitor.send("POST", visitor.address(key), form).status == 200
    assert visitor.page(key).status == 409
    assert visitor.send("POST", visitor.address(key), {**form, "permission": "WRITE_PRIVATE"}).status == 409
    assert visitor.exchange(key, secret).status == 403


@pytest.mark.parametrize("key", ["", "nothing", "0" * 20, "é"])
def test_a_request_that_is_not_there_is_told(visitor, key):
    page = visitor.page(key)
    assert page.status == 404
    assert "There is no request" in page.text
    assert visitor.send("GET", "/+authorize-token").status == 404


def test_what_others_wrote_is_shown_as_text(visitor):
    nasty = "\"><script>alert('x')</script>&amp;"
    key, _ = visitor.ask(nasty)
    pages = [visitor.page(key), visitor.page(key, context=nasty), visitor.review(key, "READ_PUBLIC")]
    for page in pages:
        assert "<script" not in page.text
        assert "script" not in Form(page.text).tags
    assert "Ann &lt;script&gt;" in pages[0].text


def test_a_page_can_be_used_by_everybody_and_runs_nothing(visitor):
    key, _ = visitor.ask()
    page = visitor.page(key)
    form = Form(page.text)
    assert '<html lang="en">' in page.text
    assert "<title>Let a program in? - Launchpad sandbox</title>" in page.text
    assert form.tags.count("h1") == form.tags.count("main") == form.tags.count("legend") == 1
    assert form.labelled == ["person"]
    assert "person" in form.ids
    assert {"script", "img", "link", "iframe", "a"} & set(form.tags) == set()
    assert [name for name in form.attributes if name.startswith("on")] == []


def test_no_answer_is_kept_shown_in_a_frame_or_lets_code_in(visitor):
    key, secret = visitor.ask()
    pages = [visitor.page(key), visitor.page("nothing"), visitor.review(key, "READ_PUBLIC")]
    for page in pages:
        policy = page.headers["Content-Security-Policy"].split("; ")
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in page.headers["Content-Security-Policy"]
    for answer in (*pages, visitor.exchange(key, secret), visitor.send("GET", "/+access-token")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Access-Control-Allow-Origin"] is None


@pytest.mark.parametrize(
    "address", ["https://example.com/back?x=1", "http://example.com:8080/", "http://127.0.0.1:9/", "https://[::1]/"]
)
@pytest.mark.parametrize("permission", ["READ_PUBLIC", "UNAUTHORIZED"])
def test_the_answer_leads_back_to_where_the_request_said(visitor, address, permission):
    key, _ = visitor.ask(oauth_callback=address)
    page = visitor.page(key)
    assert address.replace("&", "&amp;") in page.text
    origin = "/".join(address.split("/")[:3])
    assert f"form-action 'self' {origin};" in page.headers["Content-Security-Policy"]
    answer = visitor.review(key, permission)
    assert (answer.status, answer.headers["Location"]) == (303, address)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "data:text/html,x", "//example.com/", "/relative", "oob", "http://", "https:///x",
        "http://user:secret@example.com/", "http://example.com/\r\nSet-Cookie: x=1", "http://example.com\\@evil/",
        "http://*/", "http://a*b.example/", "http://*.example.com/", "http://example.com:*/",
        "http://a_b/", "http://a..b/",
        "http://[::1]x/", "http://[v1.a]/", "http://[/", "http://example.com:port/", "http://example.com:99999/",
        "http://example.com/ x", "http://example.com;/'", "ftp://example.com/",
    ],
)  # fmt: skip
def test_an_answer_leads_to_no_address_that_is_not_of_the_web(visitor, address):
    key, _ = visitor.ask(oauth_callback=address)
    assert "leads to" not in visitor.page(key).text
    answer = visitor.review(key, "READ_PUBLIC")
    assert (answer.status, answer.headers["Location"]) == (200, None)


def test_an_answer_leads_to_no_address_that_only_the_page_was_given(visitor):
    key, _ = visitor.ask()
    path = f"{visitor.address(key)}&oauth_callback=https://evil.example/"
    form = {**Form(visitor.page(key).text).hidden, "person": "ann", "permission": "READ_PUBLIC"}
    answer = visitor.send("POST", path, {**form, "oauth_callback": "https://evil.example/"})
    assert (answer.status, answer.headers["Location"]) == (200, None)


@pytest.mark.parametrize(
    ("consumer", "shown"),
    [
        ("launch\u202emargorp", "launch\\u202emargorp"),
        ("\x1b[2Ja\x00b\u200bc", "\\u001b[2Ja\\u0000b\\u200bc"),
        ("a \u2066program\u2069", "a \\u2066program\\u2069"),
        ("l\xe4unch \U0001f680", "l\xe4unch \U0001f680"),
    ],
)
def test_a_program_is_shown_by_all_letters_of_its_name(visitor, consumer, shown):
    key, _ = visitor.ask(consumer)
    assert f"<strong>{shown}</strong>" in visitor.page(key).text
    refused = visitor.page(key, levels=["DESKTOP_INTEGRATION"])
    assert f"&quot;{shown}&quot;" in refused.text
    answered = visitor.review(key, "READ_PUBLIC")
    assert f"<strong>{shown}</strong>" in answered.text
    for text in (answered.text, refused.text):
        assert [one for one in text if not one.isprintable()] == []


def test_a_person_is_shown_by_all_letters_of_the_name(visitor, server):
    server.add_person("joker", "\u202eJoker")
    assert "\\u202eJoker (joker)" in visitor.page(visitor.ask()[0]).text


# Who is kept out


def test_an_answer_that_the_page_did_not_send_is_refused(visitor):
    key, secret = visitor.ask()
    other, _ = visitor.ask()
    answer = {"person": "ann", "permission": "WRITE_PRIVATE"}
    for form in (answer, {**answer, "form_key": ""}, {**answer, **Form(visitor.page(other).text).hidden}):
        assert visitor.send("POST", visitor.address(key), form).status == 403
    assert visitor.exchange(key, secret).status == 401


@pytest.mark.parametrize("origin", ["null", "https://evil.example", "http://127.0.0.1:1", "http://127.0.0.1", ""])
def test_another_page_of_the_browser_is_refused_everywhere(visitor, origin):
    key, secret = visitor.ask()
    form = {"oauth_consumer_key": "x", "oauth_signature_method": "PLAINTEXT", "oauth_signature": "&"}
    assert visitor.send("POST", "/+request-token", form, Origin=origin).status == 403
    assert visitor.review(key, "WRITE_PRIVATE", Origin=origin).status == 403
    assert visitor.page(key, Origin=origin).status == 403
    assert visitor.exchange(key, secret).status == 401
    assert visitor.review(key, "WRITE_PRIVATE", Origin=visitor.root.rstrip("/")).status == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_that_the_browser_knows_to_be_anothers_is_refused(visitor, site):
    key, _ = visitor.ask()
    assert visitor.page(key, Sec_Fetch_Site=site).status == 200  # a link may lead here
    assert visitor.review(key, "WRITE_PRIVATE", Sec_Fetch_Site=site).status == 403
    assert visitor.review(key, "WRITE_PRIVATE", Sec_Fetch_Site="same-origin").status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:80",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "10.0.0.1",
        "",
        "[::2]",
        "1",
    ],
)
def test_a_name_that_leads_here_is_not_answered(visitor, host):
    key, _ = visitor.ask()
    assert visitor.page(key, Host=host).status == 400
    form = {"oauth_consumer_key": "x", "oauth_signature_method": "PLAINTEXT", "oauth_signature": "&"}
    assert visitor.send("POST", "/+request-token", form, Host=host).status == 400


@pytest.mark.parametrize("host", ["localhost:8080", "LOCALHOST", "127.0.0.2", "[::1]:80"])
def test_every_name_of_this_machine_is_answered(visitor, host):
    assert visitor.page(visitor.ask()[0], Host=host).status == 200


def test_each_address_takes_its_own_methods_alone(visitor):
    key, _ = visitor.ask()
    for method in ("GET", "PUT", "DELETE"):
        assert visitor.send(method, "/+request-token").status == 405
        assert visitor.send(method, "/+access-token").status == 405
    answer = visitor.send("PUT", visitor.address(key))
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD, POST")
    assert visitor.send("HEAD", visitor.address(key)).status == 200


def test_a_form_without_measure_is_refused(visitor):
    assert visitor.send("POST", "/+request-token", {"x": "y" * 70_000}).status == 413
    assert visitor.send("POST", "/+request-token", [("x", "y")] * 200).status == 400
    key, _ = visitor.ask()
    assert visitor.send("GET", f"{visitor.address(key)}{'&x=y' * 200}").status == 400


def test_bytes_that_are_no_text_are_no_failure(visitor):
    with socket.create_connection(("127.0.0.1", urlsplit(visitor.root).port), 20) as own:
        body = b"oauth_consumer_key=%ff\xfe&oauth_signature_method=PLAINTEXT&oauth_signature=%26"
        own.sendall(
            b"POST /+request-token HTTP/1.1\r\nHost: " + visitor.host.encode() + b"\r\nConnection: close\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body
        )
        assert own.recv(100).startswith(b"HTTP/1.1 200 OK")


def test_no_secret_is_in_an_address_or_on_a_page(visitor, server):
    key, secret = visitor.ask()
    page = visitor.page(key)
    visitor.review(key, "WRITE_PRIVATE")
    given = parse_qs(visitor.exchange(key, secret).text)["oauth_token_secret"][0]
    assert secret not in page.text
    targets = [target for _, target, _ in server.requests]
    assert [target for target in targets if secret in target or given in target] == []


# launchpadlib's own login

LOGIN = """
import sys
import launchpadlib.credentials
from launchpadlib.launchpad import Launchpad

launchpadlib.credentials.access_token_poll_time = 0.01
name, root, folder = sys.argv[1:]
launchpad = Launchpad.login_with(
    **{name: "a name"}, service_root=root, version="devel", launchpadlib_dir=folder + "/cache",
    credentials_file=folder + "/credentials",
)
print(launchpad.me.name, end="")
"""


def log_in(server, folder, name, permission):
    return subprocess.run(
        [sys.executable, "-c", LOGIN, name, server.root, str(folder)],
        env={**os.environ, "BROWSER": make_browser(folder, permission, "bob")},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "permission"), [("consumer_name", "WRITE_PRIVATE"), ("application_name", "DESKTOP_INTEGRATION")]
)
def test_plain_launchpadlib_logs_in(launchpad, tmp_path, name, permission):
    launchpad.add_person("bob", "Bob Tester")
    done = log_in(launchpad, tmp_path, name, permission)
    assert done.stdout.endswith("\nbob"), done.stderr
    again = log_in(launchpad, tmp_path, name, "UNAUTHORIZED")  # nobody is asked: the file is enough
    assert again.stdout == "bob", again.stderr


def test_plain_launchpadlib_hears_of_a_refusal(launchpad, tmp_path):
    launchpad.add_person("bob", "Bob Tester")
    done = log_in(launchpad, tmp_path, "consumer_name", "UNAUTHORIZED")
    assert "EndUserDeclinedAuthorization" in done.stderr
    assert not (tmp_path / "credentials").exists()
