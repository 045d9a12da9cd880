"""What all tests share: a scrubbed environment, one sandbox, golden files, and the command."""

import gc
import ipaddress
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from hypothesis import settings

from tests import warm
from tests.support import TESTS, TRACKER, Answer, Tracker

if TYPE_CHECKING:
    import trustme

    from tracker.sandbox.server import Sandbox

# The same examples in every run; `--hypothesis-profile search` looks for others.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("search", max_examples=2000, deadline=None)
settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="write golden files instead of comparing")


def pytest_collection_finish() -> None:
    """Keep the search for garbage from going through all tests each time, which took a quarter of the run."""
    gc.collect()
    gc.freeze()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, 100)


CLEAN = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
"""What every test and every command that it starts finds in the environment."""
CHROMIUM_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
    "--window-size=900,800",
)  # fmt: skip
PROXIES = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")


@pytest.fixture(autouse=True, scope="session")
def _on_this_machine() -> Iterator[None]:
    """Let no test connect beyond loopback, nor ask a name server; commands that tests start are not watched.

    Only the contract tests may, when the environment names a service for them.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in PROXIES:
            patch.delenv(name, raising=False)
        if "TRACKER_CONTRACT_ROOT" not in os.environ:
            for name in ("connect", "connect_ex"):
                patch.setattr(socket.socket, name, _watched(getattr(socket.socket, name)))
            patch.setattr(socket, "getaddrinfo", _resolve_here(socket.getaddrinfo))
        yield


def _watched(connect: Callable[..., Any]) -> Callable[..., Any]:
    def watched(self: socket.socket, address: Any) -> Any:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_here(address[0]):
            self.close()
            _refuse(address[0])
        return connect(self, address)

    return watched


def _resolve_here(resolve: Callable[..., Any]) -> Callable[..., Any]:
    def resolve_here(host: str | bytes | None, *args: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name and name.endswith(".invalid"):  # what every name server says of them
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if name and _is_here(name) is None:
            _refuse(name)
        return resolve(host, *args, **options)

    return resolve_here


def _is_here(host: str) -> bool | None:
    """Tell whether a host is this machine; None of a name, which has to be looked up elsewhere."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return None


def _refuse(host: str) -> NoReturn:
    # No OSError, which the tracker would take for a Launchpad that cannot be reached.
    raise AssertionError(f"a test may connect to this machine alone, not to {host}")


@pytest.fixture(autouse=True)
def _scrubbed(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the developer's own accounts, terminal and time zone out of every test."""
    home = tmp_path_factory.mktemp("home")
    for name in [name for name in os.environ if name.startswith(("TRACKER_", "XDG_", "LP_", "LAUNCHPAD"))]:
        if not name.startswith("TRACKER_CONTRACT_"):
            monkeypatch.delenv(name)
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "TERM", "CI", "DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    for name, value in CLEAN.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def installed(tmp_path: Path) -> Tracker:
    """Run the installed command in the test's folder."""

    def run(*words: str, cwd: Path = tmp_path, stdin: str = "", **environment: str) -> Answer:
        done = subprocess.run(
            [TRACKER, *words],
            cwd=cwd,
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env={**os.environ, **environment},
            timeout=warm.PATIENCE,
            check=False,
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="session")
def _warm() -> Iterator[Callable[[bool], warm.Forking]]:
    environment = {**os.environ, **CLEAN}
    with ExitStack() as opened:
        yield cache(lambda of_sandbox: opened.enter_context(warm.Forking(environment, of_sandbox=of_sandbox)))


@pytest.fixture
def tracker(tmp_path: Path, installed: Tracker, _warm: Callable[[bool], warm.Forking]) -> Tracker:
    """Run the command in the test's folder: forked warm, unless its environment makes another start."""

    def run(*words: str, cwd: Path = tmp_path, stdin: str = "", **environment: str) -> Answer:
        given = {**os.environ, **environment}
        forking = _warm(not {"demo", "rehearse"}.isdisjoint(words))
        if not forking.starts_as(given):
            return installed(*words, cwd=cwd, stdin=stdin, **environment)
        return forking.run(words, cwd, stdin, given)

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


@pytest.fixture(scope="session")
def authority() -> "trustme.CA":
    """Return who signs the certificates of servers that tests start; nobody else believes them."""
    import trustme

    return trustme.CA()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Drive a real browser: Debian's chromium and chromium-driver. Where they are missing its tests are skipped."""
    from selenium import webdriver

    chromium, chromedriver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (chromium and chromedriver):
        pytest.skip("chromium and chromedriver (Debian's chromium-driver) are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*CHROMIUM_FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(chromedriver))
    driver.set_page_load_timeout(30)
    yield driver
    driver.quit()
