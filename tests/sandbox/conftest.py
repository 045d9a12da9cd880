"""A sandbox that all tests of this folder share, and somebody in each role at it."""

import itertools
from typing import Any

import pytest

from tests.sandbox.clients import Client, make_client
from tracker.sandbox.server import Sandbox

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def sandbox():
    with Sandbox(None) as running:
        for name in ("boss", "driver", "supervisor", "reporter", "ordinary", "other"):
            running.add_person(name, f"{name.title()} Tester")
        running.add_person("gone", "Gone Tester", status="Suspended")
        running.add_person("twin", "Twin Tester", merged_into="other")
        running.add_person("closed", "Closed Tester", status="Deactivated")
        running.add_person("silent", "Silent Tester", email="")
        running.add_team("admins", "The Admins", owner="boss", members=["boss"])
        running.add_team("crew", "The Crew", owner="driver", members=["ordinary"])
        yield running


@pytest.fixture(scope="session")
def anonymous(sandbox):
    return Client(sandbox.root)


def _client_of(name: str, **settings: Any) -> Any:
    @pytest.fixture(scope="session", name=name)
    def fixture(sandbox):
        return make_client(sandbox, settings.get("person", name), level=settings.get("level", "WRITE_PRIVATE"))

    return fixture


boss = _client_of("boss")
driver = _client_of("driver")
supervisor = _client_of("supervisor")
reporter = _client_of("reporter")
ordinary = _client_of("ordinary")
other = _client_of("other")
readonly = _client_of("readonly", person="driver", level="READ_PUBLIC")


@pytest.fixture
def project(sandbox):
    """A fresh project that `driver` drives, without a bug supervisor, with an active and an inactive milestone."""
    name = f"project-{next(_numbers)}"
    sandbox.add_project(name, f"Project {name}", owner="boss", driver="driver")
    sandbox.add_milestone(name, "open")
    sandbox.add_milestone(name, "past", active=False)
    return name


@pytest.fixture
def supervised(sandbox):
    """A fresh project that has a bug supervisor."""
    name = f"supervised-{next(_numbers)}"
    sandbox.add_project(name, f"Supervised {name}", owner="boss", driver="driver", bug_supervisor="supervisor")
    sandbox.add_milestone(name, "open")
    return name
