"""Inputs one after the other, each by a name that makes it again."""

import time
from pathlib import Path

from tests.fuzz.drive import run, write
from tests.fuzz.inputs import make_input

LONGEST = 1.0
"""Seconds of work that one input may take."""


def search(folder: Path, seed: str, count: int) -> None:
    """Try the first inputs of a seed; raises AssertionError, which says how to replay, for the first that fails."""
    for number in range(count):
        name = f"{seed}:{number}"
        write(folder, make_input(name))
        began = time.process_time()
        try:
            run(folder)
        except Exception as error:
            raise AssertionError(f"replay with: python -m tests.fuzz {name}") from error
        took = time.process_time() - began
        assert took < LONGEST, f"{took:.1f} seconds; replay with: python -m tests.fuzz {name}"
