"""A problem in an input file, as a value; pure."""

from dataclasses import dataclass
from enum import StrEnum

Place = tuple[str | int, ...]
"""Where a value stands in a document: `("actions", 0, "owner")`."""


class Severity(StrEnum):
    """How bad it is: errors keep a file from being used, warnings don't."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem at a place of a document, not yet tied to a line.

    `at_key` points at the key rather than at its value.
    """

    place: Place
    rule: str
    message: str
    help: str | None = None
    severity: Severity = Severity.ERROR
    at_key: bool = False


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
