"""The sample beside a sandbox that is served for it."""

import shutil
from collections.abc import Iterator
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


@pytest.fixture
def sample(tmp_path: Path, tracker: Tracker) -> Iterator[Sample]:
    sessions = tmp_path / "sessions"
    shutil.copytree(ROOT / "sessions", sessions, ignore=shutil.ignore_patterns(".*"))
    with serving(sessions, describe_world(load_repository(sessions))) as sandbox:
        service = find_service("sandbox", sessions)
        somebody, driver = (
            Gateway(
                Wire(replaced(service, account=read_account(tmp_path / ".sandbox" / name), cache=tmp_path / "cache"))
            )
            for name in ("somebody.credentials", "credentials")
        )
        try:
            yield Sample(tmp_path, sandbox, tracker, somebody, driver)
        finally:
            somebody.close()
            driver.close()
