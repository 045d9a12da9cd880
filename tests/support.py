"""What tests of every folder import: where things are, and what a command answers."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).parent
ROOT = TESTS.parent
TRACKER = str(Path(sys.executable).parent / "tracker")
"""The installed command."""


@dataclass(frozen=True)
class Answer:
    """What a command printed and answered."""

    code: int
    out: str
    err: str


Tracker = Callable[..., Answer]
