"""What Ctrl-C leaves behind, said in one line."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from tracker.errors import ExitCode

NOTHING_CHANGED = "nothing was changed"


@contextmanager
def interruptible(outcome: str) -> Iterator[None]:
    """Let Ctrl-C end the command with what came of it, as far as this lasts."""
    try:
        yield
    except KeyboardInterrupt:
        from tracker.cli.output import err

        err(f"interrupted: {outcome}")
        raise typer.Exit(ExitCode.INTERRUPTED) from None
