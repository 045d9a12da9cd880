"""What a command does whose messages cannot be written: its work, and the answer that it has for the shell."""

import subprocess
from pathlib import Path

import pytest

from tests.support import TRACKER

pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")


def run(folder, words):
    done = subprocess.run(
        ["bash", "-c", f"{TRACKER} {words} 2>/dev/full"], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


def test_a_sync_whose_messages_cannot_be_written_is_carried_out(sample):
    code, out = run(sample.folder, "sync --yes")
    assert code == 0
    assert "created bug" in out
    assert "bug: new" not in sample.read()


@pytest.mark.parametrize(("words", "code"), [("sync --yes", 1), ("whoami", 5)])
def test_a_failure_that_cannot_be_told_answers_as_it_would(tmp_path, words, code):
    assert run(tmp_path, words) == (code, "")
