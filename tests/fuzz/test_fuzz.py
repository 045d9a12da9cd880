"""Whatever the files hold, check and plan go through them: no failure, no stall, memory in proportion."""

import os
import re
import resource
import subprocess
import sys

import pytest

from tests.fuzz.drive import run, write
from tests.fuzz.inputs import BASE, RECAP, SAMPLE
from tests.fuzz.large import LARGE
from tests.fuzz.search import search
from tests.support import ROOT

SEED = "1"
FEW = 500
MANY = 20_000
QUICK = ["braces", "bomb", "one long line"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path / "sessions"


def test_damaged_files_are_answered_by_messages(folder):
    search(folder, SEED, FEW)


@pytest.mark.slow
def test_a_great_many_damaged_files_are_answered_by_messages(folder):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    search(folder, SEED, MANY)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kilobytes


@pytest.mark.parametrize("name", QUICK)
def test_a_large_file_is_no_burden(folder, name):
    measure(folder, RECAP, name)


@pytest.mark.slow
@pytest.mark.parametrize("path", [RECAP, BASE])
@pytest.mark.parametrize("name", LARGE)
def test_no_large_file_is_a_burden(folder, path, name):
    measure(folder, path, name)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "name"), [("people.yaml", "people"), ("people.yaml", "members"), ("tracker.yaml", "statuses")]
)
def test_no_large_file_of_its_kind_is_a_burden(folder, path, name):
    measure(folder, path, name)


# What the system says of a process's memory counts that of the one it was forked from; its own file does not.
ALONE = """
import os, pathlib, tests.fuzz.drive as drive
drive.run(pathlib.Path(os.environ["FUZZ_FOLDER"]))
own = pathlib.Path("/proc/self/status")
print(own.read_text() if own.exists() else "VmHWM: 0 kB")
"""


def measure(folder, path, name):
    """Check and plan in a process of its own, with a file of a megabyte in the place of one of the sample's."""
    write(folder, {**SAMPLE, path: LARGE[name]()})
    process = subprocess.Popen(
        [sys.executable, "-c", ALONE],
        cwd=ROOT,
        env={**os.environ, "FUZZ_FOLDER": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
    )
    told, _ = process.stdout.read(), process.stdout.close()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    assert used.ru_utime + used.ru_stime < 10  # seconds
    assert (
        int(re.search(r"VmHWM:\s*(\d+) kB", told)[1]) < 450_000
    )  # kilobytes, of which Python with all that is imported takes 50,000


def test_the_sample_that_is_damaged_has_no_problems(folder):
    write(folder, SAMPLE)
    assert run(folder) == []
