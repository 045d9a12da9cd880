"""`tracker sandbox serve` as installed: what it refuses, what it leaves, and who may read that."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
from contextlib import contextmanager

import pytest

from tests.sandbox.clients import Client
from tests.support import TRACKER
from tracker.cli.sandbox import describe_world
from tracker.errors import TrackerError
from tracker.recap.repository import load_repository
from tracker.sandbox.local import serving

ACTION = """
title: A session
date: 2025-01-01
actions:
  - id: one
    title: do it
    bug: 7
    owner: kim
    milestone: next
"""


@pytest.fixture
def folder(tmp_path):
    """A repository with one recap."""
    sessions = tmp_path / "sessions"
    (sessions / "a").mkdir(parents=True)
    (sessions / "tracker.yaml").write_text("tag: a-tag\nproject: alpha\nservice: sandbox\n")
    (sessions / "people.yaml").write_text("people:\n  kim: {name: Kim, launchpad: kim}\n")
    (sessions / "a" / "x.yaml").write_text(ACTION.lstrip())
    return tmp_path


@contextmanager
def served(folder):
    """Serve in a process of its own; yields it and the address that it printed."""
    with serving_and_saying(folder) as (process, _):
        yield process, (folder / ".sandbox" / "address").read_text().strip()


@contextmanager
def serving_and_saying(folder):
    """Serve in a process of its own; yields it and what it said on stderr."""
    process = subprocess.Popen(
        [TRACKER, "sandbox", "serve"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        said = []
        while (line := process.stderr.readline()) != "serving until Ctrl-C\n":
            assert line, "it ended"
            said.append(line)
        yield process, said
    finally:
        process.kill()
        process.communicate(timeout=10)


def serving_here(folder):
    """Serve in this process."""
    return serving(folder / "sessions", describe_world(load_repository(folder / "sessions")))


def check_refusal(answer, *words):
    """A failure is one message: what and where, what was found, what to do."""
    assert answer.code == 1, answer
    assert "Traceback" not in answer.err
    lines = answer.err.splitlines()
    assert lines[0].startswith("error: ")
    assert sum(line.startswith("error:") for line in lines) == 1
    assert lines[-1].startswith("  help: ")
    for word in words:
        assert word in answer.err


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("port", ["70000", "-1"])
def test_a_port_that_can_not_be_is_misuse(folder, tracker, port):
    answer = tracker("sandbox", "serve", "--port", port)
    assert answer.code == 2
    assert "0<=x<=65535" in answer.err


def test_a_file_in_the_place_of_the_folder_is_said(folder, tracker):
    (folder / ".sandbox").write_text("mine")
    check_refusal(tracker("sandbox", "serve"), f"{folder}/.sandbox can't hold a sandbox")
    assert (folder / ".sandbox").read_text() == "mine"


@pytest.mark.parametrize("name", ["lock", "launchpad.sqlite", "address"])
def test_what_can_not_be_written_is_said(folder, tracker, name):
    (folder / ".sandbox" / name).mkdir(parents=True)
    check_refusal(tracker("sandbox", "serve"), f"{folder}/.sandbox can't hold a sandbox", name)


def test_a_folder_that_is_another_persons_is_said(folder, monkeypatch):
    def refuse(path, mode):
        raise PermissionError(1, os.strerror(1), str(path))

    monkeypatch.setattr("pathlib.Path.chmod", refuse)
    with pytest.raises(TrackerError, match="can't hold a sandbox") as told, serving_here(folder):
        pass
    assert "not permitted" in told.value.details


@pytest.mark.parametrize("start", [0, 100, 4096])
def test_a_damaged_database_is_said(folder, tracker, start):
    with serving_here(folder):
        pass
    path = folder / ".sandbox" / "launchpad.sqlite"
    data = path.read_bytes()
    path.write_bytes(data[:start] + b"damaged " * ((len(data) - start) // 8))
    check_refusal(
        tracker("sandbox", "serve"), f"the database in {folder}/.sandbox can't be used", "delete the folder"
    )
    assert not (folder / ".sandbox" / "address").exists()


def test_a_second_one_is_refused_and_leaves_the_first_its_address(folder, tracker):
    with served(folder) as (_, address):
        check_refusal(tracker("sandbox", "serve"), f"is served already, at {address}")
        assert (folder / ".sandbox" / "address").read_text().strip() == address
        assert tracker("plan").code == 0


def test_one_that_was_killed_blocks_nobody(folder):
    with served(folder) as (process, former):
        process.kill()
        process.wait(10)
        assert (folder / ".sandbox" / "address").read_text().strip() == former
    with served(folder) as (process, address):
        assert address != former
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        assert not (folder / ".sandbox" / "address").exists()


def test_a_stale_address_is_gone_before_anything_can_fail(folder):
    (folder / ".sandbox").mkdir()
    (folder / ".sandbox" / "address").write_text("http://127.0.0.1:9/\n")
    (folder / ".sandbox" / "launchpad.sqlite").mkdir()
    with pytest.raises(TrackerError), serving_here(folder):
        pass
    assert not (folder / ".sandbox" / "address").exists()


def test_only_ones_own_address_is_removed(folder):
    address = folder / ".sandbox" / "address"
    with serving_here(folder):
        address.write_text("http://127.0.0.1:9/\n")
    assert address.exists()


def test_what_is_left_is_its_owners_alone(folder):
    home = folder / ".sandbox"
    home.mkdir()
    home.chmod(0o755)
    with serving_here(folder):
        assert mode(home) == 0o700
        assert {path.name for path in home.iterdir() if mode(path) & 0o077} <= {"address", "lock", ".gitignore"}
        assert {mode(home / name) for name in ("credentials", "somebody.credentials")} == {0o600}


def test_a_fresh_sandbox_holds_what_the_base_alone_names(folder, tracker):
    base = folder / "sessions" / ".synced" / "sandbox" / "a" / "x.jsonl"
    base.parent.mkdir(parents=True)
    words = {"lead": {"recap": "~once", "launchpad": "once"}, "milestone": {"recap": "past", "launchpad": "past"}}
    base.write_text(json.dumps({"action": "one", "bug": 7, "fields": words}) + "\n")
    with served(folder):
        answer = tracker("plan")
    assert answer.code == 0, answer
    assert "past" in answer.out
    assert "once" in answer.out


def test_a_member_that_nobody_describes_is_no_failure(folder):
    with (folder / "sessions" / "people.yaml").open("a") as people:
        people.write("teams:\n  aa: {launchpad: aa, members: [zz]}\n  zz: {launchpad: zz, members: [~stranger]}\n")
    with served(folder) as (_, address):
        assert address


def test_what_a_sandbox_keeps_is_not_for_git(sample):
    assert (sample.folder / ".sandbox" / ".gitignore").read_text().splitlines()[-1] == "*"


# Standing alone


def test_outside_of_a_repository_it_stands_alone(tmp_path, tracker):
    with serving_and_saying(tmp_path) as (process, _):
        root = process.stdout.readline().strip()
        shown = json.loads(tracker("whoami", "--service", "sandbox", "--format", "json").out)
        assert (shown["account"], shown["root"]) == ("sandbox-driver", root)
        assert Client(root).get("example")["name"] == "example"
        assert Client(root).get("~sandbox-team/members").json["total_size"] == 1
        process.send_signal(signal.SIGTERM)
        process.wait(10)
    assert {path.name for path in tmp_path.iterdir()} == {".sandbox"}
    assert mode(tmp_path / ".sandbox") == 0o700


def test_it_prints_its_root_alone_on_stdout(folder):
    with served(folder) as (process, address):
        process.send_signal(signal.SIGTERM)
        assert process.stdout.read() == f"{address}\n"


@pytest.mark.parametrize("where", ["", "it's a folder"])
def test_the_line_of_python_that_it_prints_logs_in(tmp_path, where):
    there = tmp_path / where
    there.mkdir(exist_ok=True)
    with serving_and_saying(there) as (_, said):
        (line,) = [line.strip() for line in said if "login_with" in line]
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", f"{line}; print(launchpad.me.name)"],
            cwd="/", capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert done.stdout == "sandbox-driver\n", done.stderr


def test_what_it_says_of_the_tracker_works(tmp_path, tracker):
    with serving_and_saying(tmp_path) as (_, said):
        (words,) = re.findall(r"`tracker (login --service \w+)`", "".join(said))
        assert "answer on this page" in tracker(*words.split(), "--timeout", "1").err


def test_it_says_whose_account_its_line_of_python_uses(tmp_path):
    credentials = tmp_path / ".sandbox" / "credentials"
    somebody = tmp_path / ".sandbox" / "somebody.credentials"

    def said():
        with serving_and_saying(tmp_path) as (_, lines):
            return "".join(lines)

    assert "as sandbox-driver, who may do everything:\n" in said()
    credentials.write_text(somebody.read_text())  # as a login does
    assert "as sandbox-somebody:\n" in said()
    credentials.write_text(re.sub("(access_secret =).*", r"\1 wrong", somebody.read_text()))
    words = said()
    assert f"the account in {credentials} is none of this sandbox" in words
    assert "login_with" not in words
    credentials.unlink()
    assert "as sandbox-driver, who may do everything:\n" in said()
