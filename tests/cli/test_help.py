"""What a user meets who only has --help."""

import os
import re
import subprocess

import pytest

from tests.support import TRACKER

COMMANDS = [
    "schema",
    "init",
    "new",
    "carry",
    "people",
    "people find",
    "people check",
    "check",
    "plan",
    "sync",
    "status",
    "stats",
    "mine",
    "late",
    "unowned",
    "meeting",
    "forget",
    "send",
    "login",
    "whoami",
    "logout",
    "demo",
    "rehearse",
    "sandbox serve",
    "completion",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(installed, command):
    answer = installed(*command.split(), "--help", TERM="dumb")
    assert answer.code == 0
    assert f"Example: tracker {command}" in answer.out


@pytest.mark.parametrize("words", [(), ("people",), ("sandbox",), ("status",)])
def test_nothing_but_completion_completes_and_no_command_edits_a_shells_files(tracker, words):
    assert "-completion " not in tracker(*words, "--help", TERM="dumb").out


def test_the_one_argument_that_must_be_named_is_shown_as_it_is_written(installed):
    assert "Usage: tracker forget [OPTIONS] [RECAP#]ID \n" in re.sub(
        " +", " ", installed("forget", "-h", TERM="dumb").out
    )


def test_the_version_is_that_of_the_package(installed):
    from tracker import __version__

    assert installed("--version").out == f"tracker {__version__}\n"


def test_a_command_that_is_not_there_is_a_usage_error(installed):
    answer = installed("statsu")
    assert answer.code == 2
    assert "status" in answer.err


@pytest.mark.parametrize(
    "command", ["check", "plan", "sync", "status", "mine", "late", "unowned", "meeting", "send next.eml"]
)
def test_outside_of_a_repository_every_command_says_so(installed, command):
    answer = installed(*command.split())
    assert answer.code == 1
    assert "no sessions/ folder" in answer.err
    assert "help:" in answer.err


@pytest.mark.parametrize("words", ["", "--help", "statsu", "check", "whoami --service sandbox", "completion bash"])
def test_what_tests_fork_answers_as_the_installed_command(tracker, installed, words):
    assert tracker(*words.split()) == installed(*words.split())


def test_python_m_tracker_is_tracker(tmp_path):
    import sys

    done = subprocess.run([sys.executable, "-m", "tracker", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("tracker ")


def test_a_working_directory_that_is_gone_is_one_message(tmp_path):

    gone = tmp_path / "gone"
    gone.mkdir()
    script = f"cd {gone} && rmdir {gone} && {TRACKER} status"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "working directory cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_interrupt_wherever_it_comes_answers_130(monkeypatch, capsys):
    from tracker import cli

    def interrupt():
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "app", interrupt)
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 130
    assert capsys.readouterr().err == ""


def test_an_interrupt_while_commands_are_imported_is_no_trace(tmp_path):
    import subprocess
    import sys

    (tmp_path / "typer.py").write_text("raise KeyboardInterrupt\n")
    done = subprocess.run(
        [sys.executable, "-m", "tracker", "--version"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_what_nobody_foresaw_is_one_message_and_a_trace_to_send(monkeypatch, capsys):
    from pathlib import Path

    from tracker import cli

    def fail():
        raise RuntimeError("a defect")

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 1
    shown = capsys.readouterr().err
    assert "the tracker failed: RuntimeError: a defect" in shown
    trace = Path(shown.split("send ")[1].split(" ")[0])
    assert "Traceback" in trace.read_text()
    trace.unlink()


def test_a_trace_to_send_holds_no_secret(monkeypatch, capsys, tmp_path):
    from http.client import HTTPConnection

    from tracker import cli
    from tracker.launchpad.accounts import Account

    account = Account("summit-tracker", "the-key-of-it", "the-secret-of-it", "a file")

    def fail():
        # As when a header cannot be sent: the library quotes it.
        connection = HTTPConnection("127.0.0.1")
        connection.putrequest("GET", "/", skip_host=True)
        connection.putheader("Authorization", f"OAuth {account.key} %26{account.secret}\n")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit):
        cli.main()
    (trace,) = tmp_path.iterdir()
    for text in (capsys.readouterr().err, trace.read_text()):
        assert "Invalid header value" in text
        assert account.key not in text
        assert account.secret not in text
