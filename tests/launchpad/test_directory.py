"""What the directory makes of accounts that no contract test can bring about: suspended, merged, hidden, damaged."""

import json

import pytest

from tests.launchpad.proxy import answers
from tests.sandbox.clients import make_client
from tracker.launchpad.directory import Directory
from tracker.launchpad.replies import UnreachableError
from tracker.launchpad.services import Service
from tracker.launchpad.snapshots import Absence, AccountSnapshot, Renamed
from tracker.launchpad.wire import Wire


@pytest.fixture
def directory(wire):
    return Directory(wire)


@pytest.fixture
def nobodys(launchpad, tmp_path):
    """Look as nobody."""
    wire = Wire(Service("direct", launchpad.root, None, tmp_path / "nobodys-cache"))
    yield Directory(wire)
    wire.close()


def test_a_suspended_account_is_told_from_a_missing_one(launchpad, directory):
    launchpad.add_person("directory-gone", "Gone Tester", status="Suspended")
    assert directory.fetch("directory-gone") is Absence.SUSPENDED
    assert directory.find("directory-gone", 5) == ([], False)


def test_a_former_name_leads_nowhere(launchpad, directory):
    launchpad.add_person("directory-once", "Once Tester")
    launchpad.merge_account("directory-once", "ihar")
    launchpad.add_person("directory-early", "Early Tester")
    assert (
        make_client(launchpad, "directory-early").patch("~directory-early", {"name": "directory-late"}).status == 301
    )
    for name in ("directory-once", "directory-early"):
        assert directory.fetch(name) is Absence.MISSING
    assert isinstance(directory.fetch("directory-late"), AccountSnapshot)


@pytest.mark.parametrize("settings", [{"status": "Deactivated"}, {"email": ""}])
def test_an_account_out_of_use_or_without_an_address_is_not_valid(launchpad, directory, settings):
    name = f"directory-{next(iter(settings))}"
    launchpad.add_person(name, "Silent Tester", **settings)
    answer = directory.fetch(name)
    assert (answer.is_valid, answer.is_team) == (False, False)


def test_a_private_team_is_shown_to_its_members_alone(launchpad, directory, nobodys):
    launchpad.add_team("directory-secret", "Secret Team", owner="driver", members=["driver"])
    make_client(launchpad, "driver").patch("~directory-secret", {"visibility": "Private"})
    answer = directory.fetch("directory-secret")
    assert (answer.is_team, answer.private) == (True, True)
    assert nobodys.fetch("directory-secret") is Absence.MISSING
    assert nobodys.find("secret team", 5)[0] == []


def test_another_address_is_another_name(directory, proxy):
    location = f"{proxy.root}devel/~somebody"
    proxy.next("GET", answers(301, "", Location=location))
    assert directory.fetch("former") == Renamed("somebody")


@pytest.mark.parametrize("status", [401, 403])
def test_what_the_account_may_not_see_is_hidden_and_not_missing(directory, proxy, status):
    proxy.next("GET", answers(status, "(<Team object>, 'name', 'launchpad.LimitedView')"))
    assert directory.fetch("somebody") is Absence.HIDDEN


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{}", '{"entries": 7}', '{"entries": [{}]}', json.dumps({"entries": [{"name": "x"}]}), "<html>"],
)
def test_an_answer_that_no_launchpad_gives_is_told_in_one_message(directory, proxy, body):
    for ask in (lambda: directory.find("x", 5), lambda: directory.fetch("x")):
        proxy.next("GET", answers(200, body))
        with pytest.raises(UnreachableError):
            ask()


def test_a_limit_is_one_request_whatever_there_is(launchpad, directory, proxy):
    for number in range(4):
        launchpad.add_person(f"directory-many-{number}", "Many Directory Tester")
    proxy.forwarded.clear()
    found, is_cut = directory.find("many directory", 3)
    assert ([one.name for one in found], is_cut) == ([f"directory-many-{number}" for number in range(3)], True)
    assert len(directory.find("many directory", 4)[0]) == 4
    assert not directory.find("many directory", 4)[1]
    assert len(proxy.forwarded) == 3
