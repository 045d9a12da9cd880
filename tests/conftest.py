"""What all tests share: a scrubbed environment, one sandbox, golden files, and the installed command."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tracker.sandbox.server import Sandbox

# The same examples in every run; `--hypothesis-profile search` looks for others.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("search", max_examples=2000, deadline=None)
settings.load_profile("steady")

TESTS = Path(__file__).parent
ROOT = TESTS.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="write golden files instead of comparing")


@pytest.fixture(autouse=True)
def _scrubbed(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the developer's own accounts, terminal and time zone out of every test."""
    home = tmp_path_factory.mktemp("home")
    for name in [name for name in os.environ if name.startswith(("TRACKER_", "XDG_", "LP_", "LAUNCHPAD"))]:
        if not name.startswith("TRACKER_CONTRACT_"):
            monkeypatch.delenv(name)
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "TERM", "http_proxy", "https_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@dataclass(frozen=True)
class Answer:
    """What a command printed and answered."""

    code: int
    out: str
    err: str


Tracker = Callable[..., Answer]


@pytest.fixture
def tracker(tmp_path: Path) -> Tracker:
    """Run the installed command in the test's folder."""
    command = Path(sys.executable).parent / "tracker"

    def run(*words: str, cwd: Path = tmp_path, stdin: str = "", **environment: str) -> Answer:
        done = subprocess.run(
            [str(command), *words],
            cwd=cwd,
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env={**os.environ, **environment},
            timeout=120,
            check=False,
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    return run


Golden = Callable[[str, str], None]


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare text with a file of tests/golden, or rewrite that with --rewrite-golden."""

    def compare(name: str, text: str) -> None:
        path = TESTS / "golden" / name
        if request.config.getoption("--rewrite-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture(scope="session")
def launchpad() -> Iterator["Sandbox"]:
    """Serve one sandbox for the whole run; each test makes a project of its own in it."""
    from tracker.sandbox.server import Sandbox

    with Sandbox(None) as sandbox:
        for name in ("driver", "ordinary", "ihar", "artur", "kevin", "armando"):
            sandbox.add_person(name, f"{name.title()} Tester")
        sandbox.add_team("core", "Core reviewers", owner="driver", members=["kevin"])
        yield sandbox
