"""Starting and stopping a sandbox, and what of it stays."""

import os
import sqlite3
import stat
import threading
from datetime import date

import pytest

from tests.sandbox.clients import Client, make_client
from tracker.errors import TrackerError
from tracker.sandbox import schema
from tracker.sandbox.server import Sandbox
from tracker.sandbox.world import (
    BugEntry,
    MilestoneEntry,
    PersonEntry,
    ProjectEntry,
    TaskEntry,
    TeamEntry,
    World,
)

WORLD = World(
    people=(PersonEntry(name="ann", display_name="Ann Tester"), PersonEntry(name="ben", display_name="Ben Tester")),
    teams=(TeamEntry(name="both", display_name="Both", owner="ann", members=("ann", "ben")),),
    projects=(
        ProjectEntry(
            name="alpha",
            display_name="Alpha",
            owner="both",
            milestones=(MilestoneEntry(name="one", date=date(2026, 1, 2)),),
        ),
        ProjectEntry(name="beta", display_name="Beta", owner="ben", bug_supervisor="ann"),
    ),
    bugs=(
        BugEntry(
            title="in both",
            description="text",
            owner="ann",
            number=1234567,
            tags=("tag",),
            tasks=(
                TaskEntry(project="alpha", status="Fix Released", importance="High", assignee="ben", milestone="one"),
                TaskEntry(project="beta", status="In Progress"),
            ),
        ),
        BugEntry(title="unnumbered", description="text", owner="ben", tasks=(TaskEntry(project="alpha"),)),
    ),
)


def everything(client):
    """All bugs and tasks, without their addresses."""
    tasks = []
    for project in ("alpha", "beta"):
        statuses = ["New", "In Progress", "Fix Released", "Confirmed"]
        tasks += client.op(project, "searchTasks", status=statuses, order_by=["id"])["entries"]
    bugs = [client.get(task["bug_link"]).json for task in tasks]
    root = client.url("")
    return [
        {
            name: value.replace(root, "") if isinstance(value, str) else value
            for name, value in entry.items()
            if name not in ("web_link", "http_etag")
        }
        for entry in tasks + bugs
    ]


def test_a_folder_keeps_everything(tmp_path):
    with Sandbox(tmp_path / "box", port=0) as sandbox:
        sandbox.fill(WORLD)
        client = make_client(sandbox, "ann")
        client.post("bugs/1234567", "newMessage", content="kept")
        before, port = everything(client), int(sandbox.root.rstrip("/").rpartition(":")[2])
        etag = client.get("bugs/1234567")["http_etag"]
    assert (tmp_path / "box" / "launchpad.sqlite").exists()
    with Sandbox(tmp_path / "box", port=port) as sandbox:
        again = Client(sandbox.root, client.authorization)
        assert everything(again) == before
        assert again.get("bugs/1234567", If_None_Match=etag).status == 304
        assert again.patch("bugs/1234567", {"title": "still mine"}, If_Match=etag).status == 209


def test_filling_twice_is_filling_once():
    with Sandbox(None) as sandbox:
        sandbox.fill(WORLD)
        client = make_client(sandbox, "ann")
        client.patch("alpha/+bug/1234567", {"importance": "Low"})
        before = everything(client)
        sandbox.fill(WORLD)
        assert everything(client) == before
        first = client.get("alpha/+bug/1234567").json
        assert (first["status"], first["importance"], first["is_complete"]) == ("Fix Released", "Low", True)
        assert first["milestone_link"] == client.url("alpha/+milestone/one")
        assert first["date_closed"]
        assert client.get("beta/+bug/1234567")["status"] == "In Progress"


def test_a_bug_whose_number_is_taken_stays_as_it_is():
    with Sandbox(None) as sandbox:
        sandbox.fill(WORLD)
        assert sandbox.add_bug("alpha", "other", "text", owner="ann", number=1234567) == 1234567
        assert sandbox.add_bug("alpha", "other", "text", owner="ann") == 1234569
        assert make_client(sandbox, "ann").get("bugs/1234567")["title"] == "in both"


def test_a_team_may_be_in_one_that_is_named_before_it():
    teams = (
        TeamEntry(name="all", display_name="All", owner="ann", members=("both",)),
        TeamEntry(name="both", display_name="Both", owner="ann", members=("ann", "all")),
    )
    with Sandbox(None) as sandbox:
        sandbox.fill(World(people=WORLD.people, teams=teams))
        members = make_client(sandbox, "ann").get("~all/members").json
        assert [entry["name"] for entry in members["entries"]] == ["both"]


@pytest.mark.parametrize(
    "add",
    [
        lambda sandbox: sandbox.add_project("x", "X", owner="nobody"),
        lambda sandbox: sandbox.add_bug("nothing", "x", "x", owner="ann"),
        lambda sandbox: sandbox.add_bug("alpha", "x", "x", owner="ann", status="Nonsense"),
        lambda sandbox: sandbox.add_bug("alpha", "x", "x", owner="ann", milestone="none"),
        lambda sandbox: sandbox.credentials("nobody"),
    ],
)
def test_what_can_not_be_added_is_said_and_leaves_nothing(add):
    with Sandbox(None) as sandbox:
        sandbox.fill(WORLD)
        client = make_client(sandbox, "ann")
        before = everything(client)
        with pytest.raises(TrackerError):
            add(sandbox)
        assert client.get("x").status == 404
        assert everything(client) == before


def test_two_sandboxes_at_once_know_nothing_of_each_other():
    with Sandbox(None) as one, Sandbox(None) as two:
        one.fill(WORLD)
        two.add_person("ann", "Another Ann")
        assert make_client(one, "ann").get("people/+me").headers["Location"] == f"{one.root}devel/~ann"
        assert make_client(two, "ann").get("~ann")["display_name"] == "Another Ann"
        assert make_client(two, "ann").get("alpha").status == 404
        assert Client(two.root, make_client(one, "ann").authorization).get("").status == 401
        for mine, others in ((one, two), (two, one)):
            wadl = Client(mine.root).get("", Accept="application/vnd.sun.wadl+xml").text
            assert f'base="{mine.root}devel/"' in wadl
            assert others.root not in wadl


def test_requests_are_recorded(sandbox, anonymous):
    sandbox.requests.clear()
    anonymous.get("people?ws.op=find&text=%22x%22")
    anonymous.get("nothing-here")
    assert sandbox.requests == [
        ("GET", "/devel/people?ws.op=find&text=%22x%22", 200),
        ("GET", "/devel/nothing-here", 404),
    ]


def test_a_credentials_file_is_its_owners_alone(sandbox, tmp_path):
    path = tmp_path / "driver"
    path.write_text("old")
    path.chmod(0o644)
    sandbox.write_credentials(path, "driver")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text().startswith("[1]\nconsumer_key = ")


def test_the_database_is_its_owners_alone(tmp_path):
    path = tmp_path / "launchpad.sqlite"
    for _ in range(2):
        Sandbox(tmp_path).close()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.chmod(0o644)


def test_a_database_of_another_version_is_refused(tmp_path):
    Sandbox(tmp_path).close()
    connection = sqlite3.connect(tmp_path / "launchpad.sqlite")
    connection.execute("PRAGMA user_version=999")
    connection.close()
    with pytest.raises(TrackerError, match="another version"):
        Sandbox(tmp_path)


def test_a_database_whose_making_was_interrupted_is_made_anew(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(schema, "TABLES", schema.TABLES + "nonsense;")
        with pytest.raises(sqlite3.OperationalError):
            Sandbox(tmp_path)
    Sandbox(tmp_path).close()


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_can_not_be_is_said(port):
    with pytest.raises(TrackerError, match=f"can't listen on port {port}"):
        Sandbox(None, port=port)


def test_a_port_in_use_is_said(sandbox):
    port = int(sandbox.root.rstrip("/").rpartition(":")[2])
    with pytest.raises(TrackerError, match=f"can't listen on port {port}"):
        Sandbox(None, port=port)


def test_another_thread_may_close_it():
    with Sandbox(None) as sandbox:
        assert Client(sandbox.root).get("").status == 200
        closing = threading.Thread(target=sandbox.close)
        closing.start()
        closing.join(10)
        assert not closing.is_alive()
        with pytest.raises(OSError, match=os.strerror(111)):
            Client(sandbox.root).get("")
