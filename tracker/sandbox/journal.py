"""What requests under way at the same time do to each other's blueprints and work items; raw rows, no rules.

Launchpad answers requests side by side. Each sees everything as it was when it began, and one that is about to change
a row that another has changed since then is begun anew, and sees the change. So of two that write a blueprint's
whiteboard under the same ETag the second is stale, while two that add work items, which are rows of their own, both
succeed and both stand, each answered as if it were alone (seen on Launchpad, July 2025).

The sandbox answers one request after the other, and gets the same outcome by what is kept here. A request is under
way from when it *arrives*, before it waits for its turn. When its turn comes, the rows that others have changed
since are put back as they were then (`rewind`), in its own transaction; at its end they get their present values
again (`catch_up`), unless it has changed one of them itself: then it was overtaken, is undone, and is answered a
second time on what is there now. What nobody under way can have missed is forgotten.
"""

import sqlite3
from threading import Lock

TABLES = frozenset({"specification", "work_item"})
"""The tables that are treated so; their rows are numbered for good, and all else is as it is when the turn comes."""

Key = tuple[str, int]
Row = dict[str, object] | None


class OvertakenError(Exception):
    """A request is about to change what another has changed since it arrived."""


class Journal:
    """What was committed since the oldest request under way arrived, with what stood there before.

    All but `arrive`, `leave` and `under_way` belongs to whoever holds the store's lock.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._guard = Lock()
        self._commits = 0
        self._arrivals: list[int] = []
        self._past: list[tuple[int, Key, Row]] = []
        self._changed: dict[Key, Row] = {}
        self._ahead: dict[Key, Row] = {}

    @property
    def under_way(self) -> int:
        """How many requests are answered, or wait for it."""
        return len(self._arrivals)

    def arrive(self) -> int:
        """Note that a request is under way, and return what tells how much it has seen."""
        with self._guard:
            self._arrivals.append(self._commits)
            return self._commits

    def leave(self, arrival: int) -> None:
        """Note that a request is through."""
        with self._guard:
            self._arrivals.remove(arrival)

    def begin(self) -> None:
        """Start a transaction."""
        self._changed.clear()
        self._ahead.clear()

    def keep(self, table: str, number: int) -> None:
        """Keep a row as it is, before the transaction changes it for the first time."""
        key = (table, number)
        if table in TABLES and key not in self._changed:
            self._changed[key] = self._read(key)

    def added(self, table: str, number: int) -> None:
        """Note that the transaction has added a row."""
        if table in TABLES:
            self._changed.setdefault((table, number), None)

    def rewind(self, arrival: int) -> None:
        """Put back what was changed since a request arrived."""
        missed = [(key, before) for commit, key, before in reversed(self._past) if commit > arrival]
        if missed:
            # Rows of other tables may refer to those that are not there for a while.
            self._connection.execute("PRAGMA defer_foreign_keys=ON")
        for key, before in missed:
            self._ahead.setdefault(key, self._read(key))
            self._write(key, before)

    def catch_up(self) -> None:
        """Let what was put back be as it is at present.

        Raises OvertakenError when the transaction has changed some of it, or claims what is another's by now.
        """
        if self._changed.keys() & self._ahead.keys():
            raise OvertakenError
        for key, present in self._ahead.items():
            self._write(key, present)

    def finish(self, *, committed: bool) -> None:
        """End the transaction."""
        with self._guard:
            if committed and self._changed:
                self._commits += 1
                self._past += [(self._commits, key, before) for key, before in self._changed.items()]
            oldest = min(self._arrivals, default=self._commits)
            self._past = [entry for entry in self._past if entry[0] > oldest]

    def _read(self, key: Key) -> Row:
        table, number = key
        found = self._connection.execute(f"SELECT * FROM {table} WHERE id = ?", [number]).fetchone()  # noqa: S608 (of TABLES)
        return None if found is None else dict(found)

    def _write(self, key: Key, row: Row) -> None:
        table, number = key
        if row is None:
            self._connection.execute(f"DELETE FROM {table} WHERE id = ?", [number])  # noqa: S608 (as above)
            return
        marks = ", ".join("?" * len(row))
        changes = ", ".join(f"{name} = excluded.{name}" for name in row)
        try:
            self._connection.execute(
                f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET {changes}",  # noqa: S608 (as above)
                list(row.values()),
            )
        except sqlite3.IntegrityError as error:
            raise OvertakenError from error
