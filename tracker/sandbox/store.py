"""The sandbox's database: one SQLite file, one transaction at a time, and records that read and write rows."""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import Any, ClassVar, Generic, Self, TypeVar, overload

from zope.interface import Interface, implementer

from tracker.errors import TrackerError
from tracker.sandbox import schema, words
from tracker.sandbox.journal import Journal

FILE_NAME = "launchpad.sqlite"

T = TypeVar("T")


class IPublished(Interface):  # type: ignore[misc]
    """Whatever has an address in the web service: a `path`, and `child`ren below it.

    It declares nothing, because a PATCH takes a snapshot of all that published interfaces declare.
    """


class Redirect:
    """An address at which something else is published: 301, or 303 for `people/+me`."""

    def __init__(self, path: str, status: int = 301) -> None:
        self.path = path
        self.status = status


class Store:
    """The database of one sandbox, and the clock that it stamps with.

    `lock` is held from the start of a transaction to its end, so that of two writers with the same ETag the
    second sees what the first wrote; of blueprints and work items see `journal`. Within a transaction there is one
    record for each row.
    """

    def __init__(self, folder: Path | None, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.lock = RLock()
        self._known: dict[tuple[str, int], Record] = {}
        self._now: datetime | None = None
        path = ":memory:"
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            path = str(folder / FILE_NAME)
            descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
            os.fchmod(descriptor, 0o600)  # it holds the tokens
            os.close(descriptor)
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.journal = Journal(self._connection)
        try:
            self._prepare(path)
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self, path: str) -> None:
        self._connection.row_factory = sqlite3.Row
        self._connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;")
        self._connection.execute("PRAGMA foreign_keys=ON")
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            # In one go, so that a database whose making was interrupted is an empty one.
            self._connection.executescript(f"BEGIN; {schema.TABLES} PRAGMA user_version={schema.VERSION}; COMMIT;")
        elif version != schema.VERSION:
            raise TrackerError(
                f"{path} was made by another version of the sandbox",
                details=f"found database version {version}, expected {schema.VERSION}",
                remedy="name another folder, or delete this one to start afresh",
            )

    def close(self) -> None:
        """Close the database; everything committed stays in its file."""
        with self.lock:
            self._connection.close()

    def now(self) -> datetime:
        """Return the present, in UTC and microseconds; throughout a transaction the same."""
        now = self._now or self.clock().astimezone(UTC)
        if self._connection.in_transaction:
            self._now = now
        return now

    @contextmanager
    def transaction(self, arrival: int | None = None) -> Iterator[Callable[[], None]]:
        """Hold the lock, and keep what is written unless an exception or a call of the yielded function undoes it.

        Of a request that arrived some time ago it is the journal's `arrival`; raises OvertakenError as told there.
        """
        with self.lock:
            undone = False

            def undo() -> None:
                nonlocal undone
                undone = True

            self._forget()
            self._connection.execute("BEGIN IMMEDIATE")
            self.journal.begin()
            try:
                if arrival is not None:
                    self.journal.rewind(arrival)
                yield undo
                if not undone:
                    self.journal.catch_up()
            except BaseException:
                undone = True
                raise
            finally:
                self._connection.execute("ROLLBACK" if undone else "COMMIT")
                self.journal.finish(committed=not undone)
                self._forget()

    def _forget(self) -> None:
        self._known.clear()
        self._now = None

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """Return the rows that a query finds."""
        return self._connection.execute(sql, [dump(value) for value in values]).fetchall()

    def value(self, sql: str, *values: object) -> Any:
        """Return the first column of the first row that a query finds, or None."""
        found = self.rows(sql, *values)
        return found[0][0] if found else None

    def execute(self, sql: str, *values: object) -> None:
        """Carry out a statement."""
        self._connection.execute(sql, [dump(value) for value in values])

    def insert(self, table: str, **values: object) -> int:
        """Add a row and return its id."""
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        cursor = self._connection.execute(
            f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608 (names are written in this package)
            [dump(value) for value in values.values()],
        )
        number = int(cursor.lastrowid or 0)
        self.journal.added(table, number)
        return number

    def update(self, table: str, number: int, **values: object) -> None:
        """Change columns of a row."""
        self.journal.keep(table, number)
        columns = ", ".join(f"{name} = ?" for name in values)
        self._connection.execute(
            f"UPDATE {table} SET {columns} WHERE id = ?",  # noqa: S608 (names are written in this package)
            [*(dump(value) for value in values.values()), number],
        )

    def delete(self, record: "Record") -> None:
        """Remove a row, and forget its record."""
        self.journal.keep(record.table, record.id)
        self._connection.execute(f"DELETE FROM {record.table} WHERE id = ?", [record.id])  # noqa: S608 (as above)
        del self._known[record.table, record.id]

    def get(self, table: str, number: int | None) -> Any:
        """Return the record of a row, or None for no number."""
        if number is None:
            return None
        known = self._known.get((table, number))
        return known if known is not None else self.find(table, "id = ?", number)

    def load(self, table: str, numbers: Iterable[int | None]) -> list[Any]:
        """Return the records of some rows, in that order, by one query for all that are not known yet.

        What such records show of others, as their class's `shows` says, comes by one query more for each table.
        """
        wanted = [number for number in numbers if number is not None]
        missing = sorted({number for number in wanted if (table, number) not in self._known})
        if missing:
            self.select(table, f"id IN ({', '.join('?' * len(missing))})", *missing)
        found = [self._known[table, number] for number in wanted]
        for column, other in Record.kinds[table].shows.items():
            self.load(other, {record.row[column] for record in found})
        return found

    def find(self, table: str, where: str, *values: object) -> Any:
        """Return the first record that meets a condition, or None."""
        return next(iter(self.select(table, where, *values)), None)

    def select(self, table: str, where: str, *values: object) -> list[Any]:
        """Return the records that meet a condition."""
        found = self.rows(f"SELECT * FROM {table} WHERE {where}", *values)  # noqa: S608 (as above)
        return [self._record(table, row) for row in found]

    def _record(self, table: str, row: sqlite3.Row) -> "Record":
        key = (table, row["id"])
        if key not in self._known:
            self._known[key] = Record.kinds[table].of_row(self, dict(row))
        return self._known[key]


def dump(value: object) -> object:
    """Return a value as the database keeps it: times as text of one width, so that they compare.

    Raises ValueError for text that Launchpad's database cannot hold, which ends in a 500 (seen on Launchpad, July
    2025).
    """
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case date():
            return value.isoformat()
        case Record():
            return value.id
        case bool():
            return int(value)
        case str() if "\0" in value:
            raise ValueError("a NUL character")
        case _:
            return getattr(value, "title", value) if not isinstance(value, str) else value


class Rows(Sequence[Any]):
    """The records of some ids, made only when a page of them is wanted.

    The ids may be a function, called no sooner than then: an entry that links to a collection makes one of these.
    """

    def __init__(self, store: Store, table: str, ids: Sequence[int] | Callable[[], Sequence[int]]) -> None:
        self._store = store
        self._table = table
        self._given = ids

    @cached_property
    def _ids(self) -> Sequence[int]:
        return self._given() if callable(self._given) else self._given

    def __len__(self) -> int:
        return len(self._ids)

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return self._store.load(self._table, self._ids[index])
        return self._store.get(self._table, self._ids[index])


@implementer(IPublished)
class Record:
    """A row as the object that the web service publishes."""

    kinds: ClassVar[dict[str, type["Record"]]] = {}
    table: ClassVar[str]
    shows: ClassVar[dict[str, str]] = {}
    """The tables, by column, of the records that a page of these shows something of."""

    def __init__(self, store: Store, row: Mapping[str, Any]) -> None:
        self.store = store
        self.row = dict(row)

    def __init_subclass__(cls, *, table: str | None = None) -> None:
        if table is not None:
            cls.table = table
            Record.kinds[table] = cls

    def __repr__(self) -> str:
        return f"<{type(self).__name__} object>"

    @classmethod
    def of_row(cls, store: Store, row: Mapping[str, Any]) -> "Record":
        """Return the record of a row."""
        return cls(store, row)

    @property
    def id(self) -> int:
        """The row's id, a bug's number."""
        return int(self.row["id"])

    @property
    def path(self) -> str:
        """The address below the service root."""
        raise NotImplementedError

    def child(self, name: str, more: Callable[[], str | None]) -> Any:
        """Return what is published as `name` below this, a `Redirect`, or None.

        `more` takes the next name of the address.
        """
        del name, more

    def before_change(self, name: str) -> None:
        """Refuse a change that the person who asks may not make."""
        raise NotImplementedError

    def after_change(self, name: str) -> None:
        """Do what a change entails."""

    def write(self, **values: object) -> None:
        """Change columns, whoever asks."""
        self.store.update(self.table, self.id, **values)
        self.row.update({name: dump(value) for name, value in values.items()})


class Column(Generic[T]):
    """A column of a record as the web service shows it; setting it is what a client's PATCH does."""

    def __init__(self, load: Callable[[Any], T] = lambda value: value, column: str | None = None) -> None:
        self._load = load
        self._column = column

    def __set_name__(self, owner: type[Record], name: str) -> None:
        self._name = self._column or name

    @overload
    def __get__(self, record: None, owner: type[Record]) -> Self: ...
    @overload
    def __get__(self, record: Record, owner: type[Record]) -> T: ...
    def __get__(self, record: Record | None, owner: type[Record]) -> Self | T:
        if record is None:
            return self
        return self.read(record)

    def __set__(self, record: Record, value: T) -> None:
        record.before_change(self._name)
        record.write(**{self._name: value})
        record.after_change(self._name)

    def read(self, record: Record) -> T:
        """Return the value."""
        return self._load(record.row[self._name])


class Link(Column[Any]):
    """A column that names a row of another table."""

    def __init__(self, table: str, column: str | None = None) -> None:
        super().__init__(column=column)
        self._table = table

    def read(self, record: Record) -> Any:
        """Return the other record, or None."""
        return record.store.get(self._table, record.row[self._name])


def flag() -> Column[bool]:
    """Make a column of yes and no."""
    return Column(bool)


def moment() -> Column[datetime | None]:
    """Make a column of a time."""
    return Column(lambda text: None if text is None else datetime.fromisoformat(text))


def day() -> Column[date | None]:
    """Make a column of a date."""
    return Column(lambda text: None if text is None else date.fromisoformat(text))


def word(enumeration: Any, column: str | None = None) -> Column[Any]:
    """Make a column of an enumeration's words."""
    return Column(lambda title: words.item(enumeration, title), column)
