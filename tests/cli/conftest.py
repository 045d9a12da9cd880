"""The sample in a folder of its own, beside a sandbox that is served for it."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from dataclasses import replace as replaced
from pathlib import Path

import pytest

from tests.conftest import ROOT, Answer, Tracker
from tracker.cli.sandbox import describe_world
from tracker.launchpad.gateway import Gateway
from tracker.launchpad.services import find_service
from tracker.launchpad.wire import Wire
from tracker.recap.repository import load_repository
from tracker.sandbox.local import serving
from tracker.sandbox.server import Sandbox


@dataclass
class Sample:
    """A copy of the sample repository, and the command to run in it."""

    folder: Path
    sandbox: Sandbox
    run: Callable[..., Answer]
    somebody: Gateway

    @property
    def path(self) -> Path:
        return self.folder / "sessions" / "ocata" / "neutron-server-next.yaml"

    def read(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def replace(self, old: str, new: str) -> None:
        text = self.read()
        assert old in text
        self.path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def elsewhere(self, number: int, **changes: str | None) -> None:
        """Let somebody change a bug on that Launchpad."""
        self.somebody.update_task(self.somebody.fetch_task("neutron", number), changes)


@pytest.fixture
def sample(tmp_path: Path, tracker: Tracker) -> Iterator[Sample]:
    sessions = tmp_path / "sessions"
    shutil.copytree(ROOT / "sessions", sessions, ignore=shutil.ignore_patterns(".*"))
    with serving(sessions, describe_world(load_repository(sessions))) as sandbox:
        service = find_service("sandbox", sessions)
        account = tmp_path / ".sandbox" / "somebody.credentials"
        somebody = Gateway(Wire(replaced(service, credentials=account, cache=tmp_path / "cache")))
        try:
            yield Sample(tmp_path, sandbox, tracker, somebody)
        finally:
            somebody.close()


def plain(text: str) -> str:
    """Take out of an output what differs from run to run: ports and days."""
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", text)
    return re.sub(r"\b20[2-9]\d-\d\d-\d\d\b", "TODAY-DATE", text)
