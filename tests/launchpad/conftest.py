"""The service that the contract tests run against: the one that the environment names, else the sandbox.

They make what they need under fresh names and expect nothing else of the server, so that the same tests run
against a real Launchpad. None of them may reach for the sandbox itself.
"""

import itertools
import json
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.launchpad.contract import Contract, fill, read_environment
from tests.launchpad.proxy import Proxy
from tracker.launchpad import links
from tracker.launchpad.accounts import read_account
from tracker.launchpad.gateway import Gateway
from tracker.launchpad.replies import Answer
from tracker.launchpad.services import Service
from tracker.launchpad.snapshots import TaskSnapshot
from tracker.launchpad.wire import Wire


@pytest.fixture(scope="session")
def contract(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Contract:
    named = read_environment(os.environ)
    return named or fill(request.getfixturevalue("launchpad"), tmp_path_factory.mktemp("contract"))


Connect = Callable[[str | None], Gateway]


@pytest.fixture(scope="session")
def connect(contract: Contract, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connect]:
    """Log in as somebody, or as nobody, once for all tests; all share a cache, as on one person's machine."""
    cache = tmp_path_factory.mktemp("cache")
    known: dict[str | None, Gateway] = {}

    def log_in(name: str | None) -> Gateway:
        if name not in known:
            account = read_account(contract.credentials / name) if name else None
            known[name] = Gateway(Wire(Service("contract", contract.root, account, cache)))
        return known[name]

    yield log_in
    for gateway in known.values():
        gateway.close()


@pytest.fixture(scope="session")
def driver(connect: Connect) -> Gateway:
    """Log in as somebody who may do everything in both projects."""
    return connect("driver")


@pytest.fixture(scope="session")
def ordinary(connect: Connect) -> Gateway:
    """Log in as somebody without a role."""
    return connect("ordinary")


@pytest.fixture(scope="session")
def readonly(connect: Connect) -> Gateway:
    """Log in by a token that only reads."""
    return connect("readonly")


@pytest.fixture(scope="session")
def anonymous(connect: Connect) -> Gateway:
    """Log in as nobody."""
    return connect(None)


@pytest.fixture
def tag() -> str:
    """Make a tag that no bug carries yet."""
    return f"contract-{secrets.token_hex(6)}"


File = Callable[..., TaskSnapshot]


@pytest.fixture
def file(contract: Contract, driver: Gateway, tag: str) -> File:
    """File a bug that carries the test's tag, and return its task."""

    def create(title: str = "a bug of the contract", *, by: Gateway = driver, project: str = "") -> TaskSnapshot:
        project = project or contract.project
        number = by.create_bug(project, title, "made by a test; please ignore", [tag])
        task = by.fetch_task(project, number)
        assert isinstance(task, TaskSnapshot)
        return task

    return create


@dataclass(frozen=True)
class Raw:
    """What the gateway has no need of, or does not let out, asked of the service itself."""

    wire: Wire

    def get(self, path: str) -> Any:
        answer = self.wire.get(f"{self.wire.root}{path}")
        assert answer.status == 200, answer.text
        return answer.json()

    def patch(self, url: str, changes: dict[str, Any], etag: str | None = None) -> Answer:
        """Write once, whatever comes of it; the wire itself takes a failure of the service for none of its own."""
        headers = {"Content-Type": "application/json"} | ({} if etag is None else {"If-Match": etag})
        return self.wire._send(url, "PATCH", json.dumps(changes).encode(), headers)

    def call(self, url: str, operation: str, **values: Any) -> Answer:
        """Ask for an operation that writes, once."""
        form = {"ws.op": operation, **{name: json.dumps(value) for name, value in values.items()}}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.wire._send(url, "POST", urlencode(form).encode(), headers)

    def post_blueprint(self, project: str, name: str, **values: Any) -> Answer:
        """Ask for a blueprint, with whatever is said of it."""
        values = {"title": "a blueprint of the contract", "summary": "made by a test; please ignore", **values}
        target = f"{self.wire.root}{project}"
        return self.call(f"{self.wire.root}specs", "createSpecification", target=target, name=name, **values)

    def patch_task(self, task: TaskSnapshot, **changes: Any) -> Answer:
        """Write fields of a task, by their own names, under the ETag of its snapshot."""
        return self.wire.patch(links.task_url(self.wire.root, task.project, task.bug), changes, task.etag)

    def patch_bug(self, number: int, **changes: Any) -> Answer:
        """Write fields of a bug, whatever became of it since."""
        return self.wire.patch(links.bug_url(self.wire.root, number), changes, None)

    def post_bug(self, project: str, **values: Any) -> Answer:
        """Ask for a bug, with whatever is said of it."""
        return self.wire.post(f"{self.wire.root}bugs", "createBug", target=f"{self.wire.root}{project}", **values)

    def messages(self, number: int) -> list[str]:
        """Return the bug's comments; the first is its description."""
        return [entry["content"] for entry in self.get(f"bugs/{number}/messages")["entries"]]

    def subscribers(self, number: int) -> list[str | None]:
        entries = self.get(f"bugs/{number}/subscriptions")["entries"]
        return [links.person_name(entry["person_link"]) for entry in entries]

    def stamp(self, number: int) -> datetime:
        """Return when the bug was changed last, by Launchpad's clock."""
        return datetime.fromisoformat(self.get(f"bugs/{number}")["date_last_updated"])

    def has_bug_supervisor(self, project: str) -> bool:
        return self.get(project)["bug_supervisor_link"] is not None

    def add_task(self, number: int, project: str) -> None:
        answer = self.wire.post(links.bug_url(self.wire.root, number), "addTask", target=f"{self.wire.root}{project}")
        assert answer.status == 201, answer.text

    def delete_task(self, number: int, project: str) -> None:
        answer = self.wire._send(links.task_url(self.wire.root, project, number), "DELETE")
        assert answer.status == 200, answer.text

    def hide(self, number: int) -> None:
        """Make a bug private."""
        answer = self.patch_bug(number, private=True)
        assert answer.status == 209, answer.text

    def move(self, task: TaskSnapshot, project: str) -> None:
        """Move a task to another project, which is answered 301 once it is done."""
        url = links.task_url(self.wire.root, task.project, task.bug)
        answer = self.wire.patch(url, {"target_link": f"{self.wire.root}{project}"}, None)
        assert answer.status == 301, answer.text


Register = Callable[..., str]


@pytest.fixture
def register(contract: Contract, tag: str, raw: "Raw") -> Register:
    """Register a blueprint, under a name that nothing has yet, and return its address."""

    def create(suffix: str = "", *, by: "Raw" = raw, project: str = "", **values: Any) -> str:
        answer = by.post_blueprint(project or contract.project, f"{tag}{suffix}", **values)
        assert answer.status == 201, answer.text
        assert answer.location is not None
        return answer.location

    return create


@pytest.fixture(scope="session")
def raw(driver: Gateway) -> Raw:
    return Raw(driver._wire)


@pytest.fixture(scope="session")
def raw_ordinary(ordinary: Gateway) -> Raw:
    return Raw(ordinary._wire)


@pytest.fixture(scope="session")
def raw_readonly(readonly: Gateway) -> Raw:
    return Raw(readonly._wire)


@pytest.fixture(scope="session")
def raw_anonymous(anonymous: Gateway) -> Raw:
    return Raw(anonymous._wire)


# A sandbox behind a proxy, for what no healthy service shows. These tests may reach for the sandbox.

_numbers = itertools.count(1)


@pytest.fixture
def proxy(launchpad):
    with Proxy(launchpad.root) as standing:
        yield standing


@pytest.fixture
def project(launchpad):
    name = f"wire-{next(_numbers)}"
    launchpad.add_project(name, name.title(), owner="driver", driver="core")
    return name


@pytest.fixture
def key_file(launchpad, tmp_path):
    path = tmp_path / "driver"
    launchpad.write_credentials(path, "driver")
    return path


@pytest.fixture
def pauses():
    return []


@pytest.fixture
def reach(proxy, key_file, tmp_path, pauses):
    """Connect through the proxy; the pauses between repeated requests are only written down."""
    opened = []

    def through(root=proxy.root, *, path=key_file, name="proxied", timeout=0.1, cache=tmp_path / "cache"):
        opened.append(Wire(Service(name, root, read_account(path), cache), timeout=timeout, sleep=pauses.append))
        return opened[-1]

    yield through
    for wire in opened:
        wire.close()


@pytest.fixture
def wire(reach):
    """Connect with the usual patience: only what waits for silence has less."""
    return reach(timeout=20)


@pytest.fixture
def gateway(wire):
    return Gateway(wire)


@pytest.fixture
def other(launchpad, tmp_path):
    """Log in as somebody else, past the proxy."""
    launchpad.write_credentials(tmp_path / "kevin", "kevin")
    account = read_account(tmp_path / "kevin")
    gateway = Gateway(Wire(Service("direct", launchpad.root, account, tmp_path / "kevins-cache")))
    yield gateway
    gateway.close()


@pytest.fixture
def task(gateway, project):
    number = gateway.create_bug(project, "a bug", "its description", ["wire"])
    return gateway.fetch_task(project, number)
