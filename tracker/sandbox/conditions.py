"""The conditions of a query, put together part by part."""

from collections.abc import Iterable

from tracker.sandbox.store import dump


class Conditions:
    """The WHERE clause of a query, put together part by part."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.values: list[object] = []

    def add(self, part: str, *values: object) -> None:
        """Add a condition that must hold."""
        self.parts.append(f"({part})")
        self.values.extend(dump(value) for value in values)

    def among(self, column: str, values: Iterable[object]) -> None:
        """Add that a column has one of some values."""
        listed = list(values)
        self.add(f"{column} IN ({', '.join('?' * len(listed))})", *listed)

    @property
    def text(self) -> str:
        """The clause."""
        return " AND ".join(self.parts) or "1"
