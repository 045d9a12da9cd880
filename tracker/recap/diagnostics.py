"""A problem in an input file, as a value; pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tracker.recap.rule_table import RULES, Severity

MAX_SHOWN = 100
"""How many problems of one file are told: who has more has made one mistake over and over, or no such file."""
_LONGEST = 400

Place = tuple[str | int, ...]
"""Where a value stands in a document: `("actions", 0, "owner")`."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem at a place of a document, not yet tied to a line.

    `at_key` points at the key rather than at its value.
    """

    place: Place
    rule: str
    message: str
    help: str | None = None
    at_key: bool = False

    @property
    def severity(self) -> Severity:
        """How bad breaking the rule is."""
        return RULES[self.rule].severity


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """A problem at a position of a file; lines and columns count from 1."""

    path: str
    line: int
    column: int
    rule: str
    severity: Severity
    message: str
    help: str | None = None
    source: str = ""
    """The line it is about, without its line end."""
    width: int = 1
    """How many characters of that line it is about."""

    @property
    def is_error(self) -> bool:
        """Whether the file cannot be used as it is."""
        return self.severity is Severity.ERROR


def limit_shown(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return the problems of one file, but of a great many the first, and one that says so."""
    everything = list(diagnostics)
    shown, others = everything[:MAX_SHOWN], everything[MAX_SHOWN:]
    if not others:
        return shown
    worst = next((one for one in others if one.is_error), others[0])
    remedy = "settle those above first, then check again"
    return [
        *shown,
        replace(worst, rule="R033", message="this file has more problems, which are not shown", help=remedy),
    ]


def shorten(text: str) -> str:
    """Return a text without its middle where it is too long to be read."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 120]} ... {text[-100:]}"
