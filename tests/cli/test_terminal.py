"""What a person at a terminal meets: the question, the moving line, Ctrl-C."""

import os
import pty
import select
import signal
import subprocess
import time
from contextlib import contextmanager, suppress

import pytest
import typer

from tests.support import TRACKER


class Terminal:
    """A command at a pseudo-terminal."""

    def __init__(self, process, descriptor):
        self.process = process
        self._descriptor = descriptor
        self.shown = ""

    def wait_for(self, text, seconds=30):
        """Read until a text shows, or the command ends."""
        end = time.monotonic() + seconds
        while text not in self.shown and time.monotonic() < end:
            ready, _, _ = select.select([self._descriptor], [], [], 0.5)
            if not ready:
                continue
            try:
                data = os.read(self._descriptor, 65536)
            except OSError:
                break
            if not data:
                break
            self.shown += data.decode(errors="replace")
        assert text in self.shown, self.shown

    def answer(self, text):
        os.write(self._descriptor, text.encode())


@contextmanager
def terminal(folder, *words, **environment):
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [TRACKER, *words], cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100", **environment},
    )  # fmt: skip
    os.close(theirs)
    try:
        yield Terminal(process, ours)
    finally:
        process.kill()
        process.wait(10)
        os.close(ours)


def writes(sample):
    return [path for method, path, _ in sample.sandbox.requests if method != "GET"]


def test_a_sync_asks_and_no_changes_nothing(sample):
    before = sample.read()
    with terminal(sample.folder, "sync") as at:
        at.wait_for("Carry it out? [y/N]")
        at.answer("n\n")
        at.wait_for("nothing was changed")
        assert at.process.wait(10) == 0
    assert writes(sample) == []
    assert sample.read() == before


def test_a_sync_asks_and_yes_carries_it_out(sample):
    with terminal(sample.folder, "sync") as at:
        at.wait_for("Carry it out? [y/N]")
        at.answer("y\n")
        at.wait_for("14 steps carried out")
        assert at.process.wait(10) == 0
    assert "bug: new" not in sample.read()


def test_progress_is_one_moving_line_at_a_terminal_and_plain_lines_elsewhere(sample):
    with terminal(sample.folder, "plan") as at:
        at.wait_for("Plan: 3 bugs")
        assert at.process.wait(10) == 0
    moving = at.shown.partition("ocata/neutron-server-next")[0]
    assert "reading" in moving
    assert "\x1b[2K" in moving  # the line is cleared and written anew
    answer = sample.run("plan")
    assert answer.err == "connecting to sandbox\nreading neutron\nreading blueprints of neutron\n"


def test_ctrl_c_at_the_question_changes_nothing_and_answers_130(sample):
    with terminal(sample.folder, "sync") as at:
        at.wait_for("Carry it out? [y/N]")
        # One that comes before the answer is waited for is seen when something else happens there.
        for seconds in (3, 30):
            os.killpg(at.process.pid, signal.SIGINT)
            with suppress(AssertionError):
                at.wait_for("interrupted: nothing was changed", seconds)
                break
        assert "interrupted: nothing was changed" in at.shown
        assert at.process.wait(10) == 130
        assert "Traceback" not in at.shown
    assert writes(sample) == []


class Interrupting(list):
    """The requests of a sandbox, which end a command with Ctrl-C as soon as some number of them are answered."""

    def __init__(self, at, number, *, counts=lambda _method: True):
        super().__init__()
        self._at, self._number, self._counts = at, number, counts

    def append(self, answered):
        super().append(answered)
        if sum(self._counts(method) for method, _, _ in self) == self._number:
            os.killpg(self._at.process.pid, signal.SIGINT)


@pytest.mark.parametrize("words", [["plan"], ["sync", "--yes"], ["status", "--live"]], ids=" ".join)
def test_ctrl_c_while_reading_says_that_nothing_was_changed(sample, words):
    before = sample.read()
    with terminal(sample.folder, *words) as at:
        sample.sandbox.requests = Interrupting(at, 1)
        at.wait_for("interrupted: nothing was changed")
        assert at.process.wait(10) == 130
        assert "Traceback" not in at.shown
    assert writes(sample) == []
    assert sample.read() == before
    assert not (sample.folder / "sessions" / ".tracker.lock").exists()


def test_ctrl_c_while_files_are_read_says_that_nothing_was_changed(sample, monkeypatch, capsys):
    from tracker.cli import preparing
    from tracker.cli.sync import plan, sync

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.chdir(sample.folder)
    monkeypatch.setattr(preparing, "load_repository", interrupt)
    for command in (plan, sync):
        with pytest.raises((typer.Exit, KeyboardInterrupt)) as ended:
            command()
        assert isinstance(ended.value, typer.Exit)
        assert ended.value.exit_code == 130
        assert capsys.readouterr().err == "interrupted: nothing was changed\n"


def test_colours_are_for_terminals_that_want_them(sample):
    with terminal(sample.folder, "plan", NO_COLOR="1") as at:
        at.wait_for("Plan: 3 bugs")
    assert "\x1b[32m" not in at.shown
    with terminal(sample.folder, "plan") as at:
        at.wait_for("Plan: 3 bugs")
    assert "\x1b[32m" in at.shown


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_served_sandbox_leaves_no_address_behind(tmp_path, sent):
    (tmp_path / "sessions").mkdir()
    (tmp_path / "sessions" / "tracker.yaml").write_text("tag: a-tag\nproject: p\nservice: sandbox\n")
    with terminal(tmp_path, "sandbox", "serve") as at:
        at.wait_for("serving until Ctrl-C")
        assert (tmp_path / ".sandbox" / "address").exists()
        os.kill(at.process.pid, sent)
        assert at.process.wait(20) == 0
        assert "Traceback" not in at.shown
    assert not (tmp_path / ".sandbox" / "address").exists()


def test_ctrl_c_in_the_middle_says_how_far_it_came_and_the_next_sync_goes_on(sample):
    with terminal(sample.folder, "sync", "--yes") as at:
        sample.sandbox.requests = Interrupting(at, 4, counts=lambda method: method != "GET")
        at.wait_for("a further sync goes on from here")
        assert at.process.wait(10) == 130
        assert "Traceback" not in at.shown
    sample.sandbox.requests = []
    assert sample.run("sync", "--yes").code == 0
    assert "bug: new" not in sample.read()
    assert "created bug 4" not in sample.run("plan").out
    assert sample.run("plan").out == "Nothing to do: 6 actions in step.\n"


def test_under_nohup_a_hangup_does_not_end_a_sync(sample):
    script = f"trap '' HUP; {TRACKER} sync --yes & sleep 0.2; kill -HUP $!; wait $!"
    done = subprocess.run(["bash", "-c", script], cwd=sample.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "bug: new" not in sample.read()
