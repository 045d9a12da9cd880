"""The sample in a folder of its own, beside a sandbox that is served for it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.support import Answer
from tracker.launchpad.gateway import Gateway
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


def plain(text: str) -> str:
    """Take out of an output what differs from run to run: ports and days."""
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", text)
    return re.sub(r"\b20[2-9]\d-\d\d-\d\d\b", "TODAY-DATE", text)
