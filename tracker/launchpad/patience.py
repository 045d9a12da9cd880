"""How long a run waits for a Launchpad that fails, and when it asks nothing more.

All of a run shares one budget, so that a Launchpad that is gone ends a sync of hundreds of actions once, and not each
of them after pauses of its own.
"""

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime

BUDGET = 300.0
"""Seconds of a run that may go into waiting, and into requests that failed."""
PAUSES = (0.5, 2.0, 5.0)
"""Seconds before each repetition of a request."""
IN_A_ROW = 3
"""How many requests of a kind may fail in a row, each with its repetitions, before none is sent any more."""

_LONGEST = 366 * 86_400.0


class Patience:
    """What a run has left of it; it waits by `sleep` and measures by `clock`, in seconds."""

    def __init__(self, *, sleep: Callable[[float], None], clock: Callable[[], float] = time.monotonic) -> None:
        self.now = clock
        self._sleep = sleep
        self._left = BUDGET
        self._held_until = 0.0
        self._failures: Counter[str] = Counter()

    @property
    def is_spent(self) -> bool:
        """Whether nothing may be waited for any more."""
        return self._left <= 0

    def wait(self, seconds: float = 0.0) -> bool:
        """Wait, until `hold` allows a request at the least; False when the budget does not have that, at once."""
        seconds = max(seconds, self._held_until - self.now())
        if seconds <= 0:
            return True
        self._left -= seconds
        if self.is_spent:
            return False
        self._held_until = 0.0
        self._sleep(seconds)
        return True

    def hold(self, seconds: float) -> bool:
        """Let no request go out for a time, as Launchpad asked; False when the budget does not have that."""
        self._held_until = max(self._held_until, self.now() + seconds)
        return seconds < self._left

    def spend_since(self, started: float) -> None:
        """Count the time of a request that failed."""
        self._left -= self.now() - started

    def fail(self, kind: str) -> None:
        """Count a request that was given up."""
        self._failures[kind] += 1

    def succeed(self, kind: str) -> None:
        """Count a request that was answered."""
        del self._failures[kind]

    def has_given_up(self, kind: str) -> bool:
        """Whether so many requests of a kind failed that no further one makes sense."""
        return self._failures[kind] >= IN_A_ROW


def parse_retry_after(header: str | None, now: datetime) -> float | None:
    """Read after how many seconds a server wants to be asked again, at most a year; None when it does not say."""
    text = (header or "").strip()
    if text.isascii() and text.isdecimal():
        return min(float(text), _LONGEST)
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return min(max((date - now).total_seconds(), 0.0), _LONGEST) if date.tzinfo else None
