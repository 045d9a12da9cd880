"""`tracker people` as installed: the list, looking for accounts, and comparing people.yaml with Launchpad."""

import csv
import io
import json

import pytest

from tests.cli.test_terminal import terminal
from tests.launchpad.proxy import Proxy, answers
from tests.sandbox.clients import make_client
from tracker.cli.output import safe
from tracker.cli.people import LIMIT, _line
from tracker.launchpad.snapshots import AccountSnapshot
from tracker.recap.parse import parse_people
from tracker.recap.people import People, Person
from tracker.recap.reader import read_document
from tracker.sandbox.local import STANDING_ALONE, serving

PEOPLE = """\
people:
  kevin: {name: Kevin Example, launchpad: kevin-example, irc: [kev, kev_]}
  mara: {name: Mara Example, launchpad: mara-example, email: mara@example.org}
  jon: {name: Jon Example}
teams:
  core: {name: core reviewers, launchpad: example-core, members: [Kevin Example, mara], lead: mara}
"""


@pytest.fixture
def folder(tmp_path):
    sessions = tmp_path / "sessions"
    sessions.mkdir()
    (sessions / "tracker.yaml").write_text("service: sandbox\ntag: summit\nproject: example\n")
    (sessions / "people.yaml").write_text(PEOPLE)
    return tmp_path


@pytest.fixture
def sandbox(folder):
    with serving(folder / "sessions", STANDING_ALONE) as running:
        running.add_person("kevin-example", "Kevin B. Example", karma=5321)
        running.add_person("mara-example", "Mara Example")
        running.add_team("example-core", "Example Core", owner="mara-example")
        running.requests.clear()
        yield running


def add(folder, text):
    path = folder / "sessions" / "people.yaml"
    path.write_text(path.read_text().replace("teams:\n", f"{text}teams:\n"))


def account(name, display_name):
    return AccountSnapshot(name, display_name, is_team=False, is_valid=True, karma=0, private=False)


# The list


def test_the_list_has_everybody_of_people_yaml(tracker, folder, golden):
    answer = tracker("people")
    assert (answer.code, answer.err) == (0, "")
    golden("people.txt", answer.out)


def test_the_list_for_programs(tracker, folder):
    rows = json.loads(tracker("people", "--format", "json").out)
    assert rows[0] == {
        "key": "kevin",
        "name": "Kevin Example",
        "kind": "person",
        "launchpad": "kevin-example",
        "irc": ["kev", "kev_"],
        "email": None,
        "member_of": ["core"],
        "lead_of": [],
    }
    assert [(row["kind"], row["lead_of"]) for row in rows[1:]] == [("person", ["core"]), ("person", []), ("team", [])]
    table = list(csv.reader(io.StringIO(tracker("people", "--format", "csv").out)))
    assert table[0] == ["key", "name", "kind", "account", "irc", "member of"]
    assert table[2] == ["mara", "Mara Example", "person", "mara-example", "", "core (lead)"]


@pytest.mark.parametrize("table_format", ["html", "github", "grid"])
def test_the_list_in_formats_of_tabulate(tracker, folder, table_format):
    answer = tracker("people", "--format", table_format)
    assert answer.code == 0
    assert "Kevin Example" in answer.out


def test_the_list_asks_no_server(tracker, folder, sandbox):
    tracker("people")
    assert sandbox.requests == []


def test_nobody_is_an_empty_list(tracker, folder):
    (folder / "sessions" / "people.yaml").unlink()
    assert tracker("people").out == ""
    assert tracker("people").err == "people.yaml names nobody yet\n"
    assert tracker("people", "--format", "json").out == "[]\n"


@pytest.mark.parametrize("command", [["people"], ["people", "check"]])
def test_a_broken_people_yaml_is_an_input_problem(tracker, folder, command):
    (folder / "sessions" / "people.yaml").write_text("people: [\n")
    answer = tracker(*command)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("error: people.yaml has errors\n")


@pytest.mark.parametrize(
    "words",
    [
        ["people", "--format", "xml"],
        ["people", "find", "x", "--format", "xml"],
        ["people", "--format", "json", "find", "x"],
        ["people", "find"],
        ["people", "find", " "],
        ["people", "find", "x" * 201],
        ["people", "find", "caf\udce9"],  # as it stands in a terminal of Latin-1
        ["people", "find", "x", "--service", "prod"],
        ["people", "lost"],
    ],
)
def test_what_is_not_understood_is_a_wrong_command_line(tracker, folder, words):
    answer = tracker(*words)
    assert (answer.code, answer.out) == (2, "")


# Looking for accounts


def test_find_shows_accounts_and_their_lines_and_picks_none(tracker, sandbox, golden):
    sandbox.add_person("kevin", "Kevin Other", karma=3)
    sandbox.add_person("kevin2", 'Kevin "k: #2" Other')
    sandbox.add_team("kevins", "Everybody called Kevin", owner="kevin")
    answer = tracker("people", "find", "kevin")
    assert (answer.code, answer.err) == (0, "")
    golden("people-find.txt", answer.out)
    rows = json.loads(tracker("people", "find", "kevin", "--format", "json").out)
    assert [(row["account"], row["karma"], row["kind"], row["in_people_as"]) for row in rows] == [
        ("kevins", 0, "team", None),
        ("kevin2", 0, "person", None),
        ("kevin-example", 5321, "person", "kevin"),
        ("kevin", 3, "person", None),
    ]


def test_the_words_of_a_search_are_one_text(tracker, sandbox):
    assert "kevin-example" in tracker("people", "find", "example", " kevin").out
    assert [path for _, path, _ in sandbox.requests if "ws.op=find" in path] == [
        f"/devel/people?ws.op=find&text=%22example+kevin%22&ws.size={LIMIT + 1}"
    ]


@pytest.mark.parametrize(
    "name",
    [
        "Plain Tester",
        'Qu"oted: #Tester',
        "{Tester, x}",
        "yes Tester",
        "Tester's\tTab",
        "Evil \u202eTester",
        "Evil \u202eTester\x9b[2J ##[error]",
        "\x1b]0;Tester\x07",
        "- Tester",
    ],
)
def test_a_line_can_be_put_into_people_yaml_as_it_is_shown(name):
    line = safe(_line(account("null", name), People()))
    assert line.isprintable()
    document = read_document(f"people:\n  {line}\n".encode(), "people.yaml")
    people = parse_people(document)
    assert document.diagnostics == []
    (person,) = people.entries.values()
    assert (person.key, person.name, person.account) == ("null", " ".join(name.split()), "null")


def test_the_key_of_a_line_means_nobody_else():
    people = People.of([Person("mine", "Somebody", irc=("KEV",)), Person("Kev-2", "Another")])
    assert _line(account("kev", "Other"), people) == "kev-3: {name: Other, launchpad: kev}"


def test_nothing_that_launchpad_says_moves_the_terminal(tracker, folder, sandbox):
    for account_name in ("evil", "another"):
        sandbox.add_person(account_name, "Evil \u202eTester\x9b[2J ##[error]\x1b]0;x\x07")
    add(folder, "  evil: {name: Somebody, launchpad: evil}\n")
    for words in (["find", "Tester"], ["find", "Tester", "--format", "json"], ["check"]):
        answer = tracker("people", *words)
        shown = answer.out + answer.err
        assert "Evil" in shown
        assert "##[" not in shown
        assert not [character for character in shown if character != "\n" and not character.isprintable()]


def test_a_long_list_is_cut_and_says_so(tracker, sandbox):
    for number in range(LIMIT):
        sandbox.add_person(f"many-{number:02}", "Many Tester")
    assert tracker("people", "find", "many").err == ""
    sandbox.add_person("many-more", "Many Tester")
    answer = tracker("people", "find", "many", "--format", "csv")
    assert answer.err == f"there are more than these {LIMIT}: add a word of the name\n"
    assert len(answer.out.splitlines()) == LIMIT + 1


def test_nobody_found_is_no_failure(tracker, sandbox):
    answer = tracker("people", "find", "nobody-here")
    assert (answer.code, answer.out, answer.err) == (0, "", 'sandbox finds nobody by "nobody-here"\n')
    assert tracker("people", "find", "nobody-here", "--format", "json").out == "[]\n"


def test_find_asks_as_nobody(tracker, sandbox):
    sandbox.add_team("secret", "Secret Team", owner="sandbox-driver")
    make_client(sandbox, "sandbox-driver").patch("~secret", {"visibility": "Private"})
    assert tracker("people", "find", "secret").out == ""


def test_find_needs_no_repository(tracker, sandbox, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    answer = tracker("people", "find", "kevin", "--service", sandbox.root, cwd=outside)
    assert answer.code == 0
    assert "kevin-example: {name: Kevin B. Example, launchpad: kevin-example}" in answer.out


def test_find_works_beside_a_broken_people_yaml(tracker, folder, sandbox):
    (folder / "sessions" / "people.yaml").write_text("people: [\n")
    answer = tracker("people", "find", "kevin")
    assert answer.code == 0
    assert "kevin-example" in answer.out
    assert answer.err.startswith("people.yaml has errors")


# Comparing


def test_what_fits_is_told_in_one_line(tracker, sandbox):
    answer = tracker("people", "check")
    assert (answer.code, answer.out) == (0, "")
    assert answer.err == (
        "connecting to sandbox\n3 accounts compared with sandbox: no problems\nwithout an account: 1\n"
    )


def test_everything_that_does_not_fit_is_told_at_once(tracker, folder, sandbox, golden):
    sandbox.add_person("suspended", "Suspended", status="Suspended")
    sandbox.add_person("closed", "Closed", status="Deactivated")
    sandbox.add_person("once", "Once")
    sandbox.merge_account("once", "mara-example")
    sandbox.add_person("stranger", "Quite \x1b[31mAnother")
    sandbox.add_team("secret", "Secret Team", owner="sandbox-driver")
    make_client(sandbox, "sandbox-driver").patch("~secret", {"visibility": "Private"})
    names = ("suspended", "closed", "once", "never-there", "stranger", "sandbox-team")
    add(folder, "".join(f"  {name}: {{name: {name}, launchpad: {name}}}\n" for name in names))
    path = folder / "sessions" / "people.yaml"
    path.write_text(
        f"{path.read_text()}  secret: {{name: s, launchpad: secret}}\n"
        "  triager: {name: t, launchpad: sandbox-triager}\n  gone: {name: g, launchpad: no-such-team}\n"
    )
    assert tracker("check").code == 0
    answer = tracker("people", "check")
    assert answer.code == 1
    golden("people-check.txt", f"{answer.out}--- stderr\n{answer.err}")


def test_a_warning_alone_is_no_failure(tracker, sandbox):
    make_client(sandbox, "mara-example").patch("~mara-example", {"display_name": "M."})
    answer = tracker("people", "check")
    assert answer.code == 0
    assert ": warning: mara: " in answer.out
    assert ": 0 errors, 1 warning" in answer.err


def test_each_account_is_one_request_without_a_body_when_it_did_not_change(tracker, sandbox):
    expected = [f"/devel/~{name}" for name in ("kevin-example", "mara-example", "example-core")]
    for status in (200, 304):
        sandbox.requests.clear()
        tracker("people", "check")
        asked = [(path, answered) for _, path, answered in sandbox.requests if "~" in path]
        assert asked == [(path, status) for path in expected]


def test_without_accounts_nobody_is_asked(tracker, folder, sandbox):
    (folder / "sessions" / "people.yaml").write_text("people:\n  jon: {name: Jon Example}\n")
    assert tracker("people", "check").err == "0 accounts compared with sandbox: no problems\nwithout an account: 1\n"
    assert sandbox.requests == []


@pytest.mark.parametrize("command", [["check"], ["find", "kevin"]])
def test_a_launchpad_that_cannot_be_reached_is_told(tracker, folder, command):
    answer = tracker("people", *command)
    assert (answer.code, answer.out) == (5, "")
    assert answer.err.startswith("error: the sandbox is not running")


@pytest.mark.parametrize(("broken", "code"), [(False, 5), (True, 1)])
def test_what_was_seen_before_launchpad_failed_is_told(tracker, folder, sandbox, broken, code):
    if broken:
        path = folder / "sessions" / "people.yaml"
        path.write_text(path.read_text().replace("launchpad: kevin-example", "launchpad: kevin-lost"))
    with Proxy(sandbox.root) as proxy:
        (folder / ".sandbox" / "address").write_text(proxy.root)
        proxy.meet(lambda exchange: "~mara-example" in exchange.path, answers(400, "not now"))
        answer = tracker("people", "check")
    assert answer.code == code
    assert ("~kevin-lost" in answer.out) == broken
    assert "1 account compared with sandbox" in answer.err
    assert "error: Launchpad answered 400: not now" in answer.err


def test_progress_moves_on_a_terminal_and_colours_are_for_those_who_want_them(folder, sandbox):
    sandbox.add_person("gone", "Gone", status="Suspended")
    add(folder, "  gone: {name: Gone, launchpad: gone}\n")
    with terminal(folder, "people", "check") as at:
        at.wait_for("without an account")
        assert at.process.wait(10) == 1
    assert "4 of 4" in at.shown or "\x1b[2K" in at.shown
    assert "\x1b[31m" in at.shown
    with terminal(folder, "people", "check", NO_COLOR="1") as at:
        at.wait_for("without an account")
    assert "\x1b[31m" not in at.shown
