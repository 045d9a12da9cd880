"""How a sync ended: what was done, what failed and why, and what a further sync will do."""

from collections import Counter

from tracker.cli.check import count
from tracker.cli.output import err, safe
from tracker.errors import ExitCode
from tracker.sync.events import Event, Kind

_TRY_LATER = "try again later"


class Outcome:
    """What became of the steps of a run."""

    def __init__(self) -> None:
        self._tally: Counter[Kind] = Counter()
        self._failures: dict[str, list[str]] = {}
        self._remedies: dict[str, None] = {}

    def add(self, event: Event) -> None:
        """Count a step."""
        self._tally[event.kind] += 1
        if event.kind is Kind.FAILED:
            self._failures.setdefault(event.action, []).append(event.text)
            if event.remedy:
                self._remedies[event.remedy] = None

    @property
    def has_failures(self) -> bool:
        """Whether anything was not carried out."""
        return bool(self._failures)

    @property
    def exit_codes(self) -> list[ExitCode]:
        """What the steps make of the exit code."""
        codes = [ExitCode.LAUNCHPAD] if self._tally[Kind.FAILED] or self._tally[Kind.REFUSED] else []
        # Also conflicts that came up while writing.
        return codes + ([ExitCode.CONFLICTS] if self._tally[Kind.CONFLICT] else [])

    def sum_up(self) -> str:
        """Say on one line how much was done and how much was not."""
        parts = [count(self._tally[Kind.DONE], "step") + " carried out"]
        if self._tally[Kind.REFUSED]:
            parts.append(f"{self._tally[Kind.REFUSED]} refused")
        if self._failures:
            parts.append(f"{count(len(self._failures), 'action')} failed")
        if self._tally[Kind.CONFLICT]:
            left = f"{count(self._tally[Kind.CONFLICT], 'conflict')} left"
            parts.append(f"{left}: correct a side, or add --prefer recap or --prefer launchpad")
        return "; ".join(parts)

    def show(self) -> None:
        """Print it: each action that failed once, with those that failed for the same reason."""
        err(self.sum_up())
        if self._tally[Kind.REFUSED]:
            err("  help: correct in the recap what was refused, or try it again with --retry-refused")
        if not self._failures:
            return
        by_reason: dict[str, list[str]] = {}
        for action, texts in self._failures.items():
            further = len(set(texts)) - 1
            reason = f"{texts[0]}, and {count(further, 'further failure')}" if further else texts[0]
            by_reason.setdefault(reason, []).append(action)
        for reason, actions in by_reason.items():
            if len(actions) == 1:
                err(f"failed: {safe(actions[0])}: {safe(reason)}")
            else:
                err(f"failed: {safe(reason)}:")
                for action in actions:
                    err(f"  {safe(action)}")
        for remedy in self._remedies:
            if remedy != _TRY_LATER:
                err(f"  help: {safe(remedy)}")
        err("  help: sync again: it does what is left, and creates nothing twice")
