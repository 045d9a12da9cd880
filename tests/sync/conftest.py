"""Accounts on the sandbox, and a bench for each test."""

import itertools
from collections.abc import Callable, Iterator

import pytest

from tests.launchpad.proxy import Proxy
from tests.sync.bench import PEOPLE, Bench, logging_in
from tests.sync.processes import forking
from tests.sync.stage import Theatre
from tracker.launchpad.accounts import read_account
from tracker.launchpad.gateway import Gateway
from tracker.launchpad.services import Service
from tracker.launchpad.wire import Wire

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def connect(launchpad, tmp_path_factory) -> Iterator[Callable[[str], Gateway]]:
    """Log in to the sandbox as somebody, once for all tests."""
    with logging_in(launchpad, tmp_path_factory.mktemp("accounts")) as log_in:
        yield log_in


@pytest.fixture
def bench(tmp_path, launchpad, connect) -> Bench:
    """A repository whose project `driver` drives; `others` is another account that may do everything."""
    name = f"bench-{next(_numbers)}"
    launchpad.add_project(name, name.title(), owner="driver", driver="core")
    for milestone in ("ocata-1", "ocata-2"):
        launchpad.add_milestone(name, milestone)
    launchpad.add_milestone(name, "newton", active=False)
    folder = tmp_path / "sessions"
    folder.mkdir()
    (folder / "tracker.yaml").write_text(f"tag: {name}\nproject: {name}\nservice: sandbox\n")
    (folder / "people.yaml").write_text(PEOPLE)
    return Bench(folder, name, name, connect("driver"), connect("kevin"), launchpad.requests)


@pytest.fixture(scope="session")
def processes(tmp_path_factory):
    """Fork `tracker` in processes that can be stopped and killed."""
    with forking(tmp_path_factory.mktemp("home")) as standing:
        yield standing


@pytest.fixture(scope="session")
def open_theatre(launchpad, connect, processes, tmp_path_factory) -> Callable[..., Theatre]:
    """Make a place for stages, each of them a repository with a project of its own."""
    credentials = tmp_path_factory.mktemp("credentials") / "driver"
    launchpad.write_credentials(credentials, "driver")

    def open_one(name: str) -> Theatre:
        return Theatre(launchpad, connect("kevin"), tmp_path_factory.mktemp(name), credentials, processes, PEOPLE)

    return open_one


@pytest.fixture
def proxy(launchpad) -> Iterator[Proxy]:
    """Stand in front of the sandbox, where requests meet faults."""
    with Proxy(launchpad.root) as standing:
        yield standing


@pytest.fixture
def pauses() -> list[float]:
    """What a run would have waited."""
    return []


@pytest.fixture
def connected(proxy, launchpad, tmp_path, pauses):
    """Connect through the proxy anew, as every run does; pauses are only written down."""
    opened = []
    path = tmp_path / "driver"
    launchpad.write_credentials(path, "driver")

    def connect(timeout=20, cache="cache"):
        service = Service("sandbox", proxy.root, read_account(path), tmp_path / cache)
        opened.append(Wire(service, timeout=timeout, sleep=pauses.append))
        return Gateway(opened[-1])

    yield connect
    for wire in opened:
        wire.close()
