"""The sample beside a sandbox that is served for it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace as replaced
from pathlib import Path

import pytest

from tests.cli.sample import Sample
from tests.support import ROOT, Tracker
from tracker.cli.sandbox import describe_world
from tracker.launchpad.accounts import read_account
from tracker.launchpad.gateway import Gateway
from tracker.launchpad.services import find_service
from tracker.launchpad.wire import Wire
from tracker.recap.repository import load_repository
from tracker.sandbox.local import serving


@contextmanager
def _serving(folder: Path, tracker: Tracker) -> Iterator[Sample]:
    sessions = folder / "sessions"
    with serving(sessions, describe_world(load_repository(sessions))) as sandbox:
        service = find_service("sandbox", sessions)
        somebody, driver = (
            Gateway(Wire(replaced(service, account=read_account(folder / ".sandbox" / name), cache=folder / "cache")))
            for name in ("somebody.credentials", "credentials")
        )
        try:
            yield Sample(folder, sandbox, tracker, somebody, driver)
        finally:
            somebody.close()
            driver.close()


def _copy(folder: Path) -> None:
    shutil.copytree(ROOT / "sessions", folder / "sessions", ignore=shutil.ignore_patterns(".*"))


@pytest.fixture
def sample(tmp_path: Path, tracker: Tracker) -> Iterator[Sample]:
    """Serve the sample as it is before its first sync."""
    _copy(tmp_path)
    with _serving(tmp_path, tracker) as served:
        yield served


@pytest.fixture(scope="session")
def _in_step(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("synced") / "sample"


@pytest.fixture
def synced(tmp_path: Path, tracker: Tracker, _in_step: Path) -> Iterator[Sample]:
    """Serve the sample as its first sync leaves it, which is carried out once for all tests."""
    if not _in_step.exists():
        beginning = _in_step.with_name("beginning")
        _copy(beginning)
        with _serving(beginning, tracker):
            answer = tracker("sync", "--yes", cwd=beginning)
            assert answer.code == 0, answer.err
        beginning.rename(_in_step)
    shutil.copytree(_in_step, tmp_path, dirs_exist_ok=True)
    with _serving(tmp_path, tracker) as served:
        yield served
