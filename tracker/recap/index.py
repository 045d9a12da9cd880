"""What the recaps of a large repository say of actions, kept in the user's cache, so that few need be parsed.

A recap is found by its content, and by that of people.yaml, tracker.yaml and the program itself: what has changed is
read anew, and nothing stale is answered with. Where the cache fails in any way everything is read. It is safe to
delete, and two processes can use it at once.
"""

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path

from tracker import __version__
from tracker.errors import TrackerError
from tracker.launchpad.services import cache_home
from tracker.recap.compact import dump_actions, load_actions
from tracker.recap.document import Document
from tracker.recap.model import Recap
from tracker.recap.people import People
from tracker.recap.reader import MAX_BYTES
from tracker.recap.repository import (
    PEOPLE_FILE,
    SETTINGS_FILE,
    Reader,
    RecapFile,
    Repository,
    is_recap_name,
    load_repository,
    may_hold_recaps,
    open_reader,
)
from tracker.recap.rule_table import Severity
from tracker.recap.rules import claimed_things, known_origins

WORTHWHILE = 300
"""From so many recaps on it is quicker than reading them all."""

_WAIT = 2.0
"""Seconds to wait for another process that writes."""
_SCHEMA = """
create table if not exists recap (key blob primary key, sound integer) without rowid;
create table if not exists actions (key blob primary key, carries integer, text text);
create table if not exists owner (name text, key blob, primary key (name, key)) without rowid;
create table if not exists claim (key blob, thing text, primary key (key, thing)) without rowid;
create table if not exists state (digest blob primary key, sound integer) without rowid;
"""
_TABLES = ("recap", "actions", "owner", "claim")


Choose = Callable[[People], frozenset[str]]
"""Says whose actions are asked for, by the keys of people; nobody stands for all."""


class _BrokenError(ValueError):
    """A recap has errors, and which ones only reading all recaps tells."""


def load_recaps(folder: Path, choose: Choose = lambda _people: frozenset()) -> Repository:
    """Read a repository as far as questions about actions need it; raises what `load_repository` raises.

    Of a large one that is free of errors only the recaps in which the chosen people own something are there, and
    those that go on with actions of others, with those, without what topics say, links, tl;dr and documents.
    """
    folder = folder.resolve()
    with suppress(OSError, sqlite3.Error, ValueError, LookupError, TypeError, TrackerError):
        files = _find_files(str(folder))
        reader = open_reader(folder) if len(files) >= WORTHWHILE else None
        if reader is not None:
            return _ask(files, reader, choose(reader.people))
    return load_repository(folder)


def _ask(files: list[str], reader: Reader, owners: frozenset[str]) -> Repository:
    folder = reader.folder
    keys = _make_keys(folder, files)
    # Another version's index has tables of its own.
    name = hashlib.sha256(os.fsencode(folder) + _SCHEMA.encode()).hexdigest()[:32]
    place = cache_home() / "recaps" / f"{name}.sqlite"
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with closing(sqlite3.connect(place, timeout=_WAIT)) as index:
            index.executescript(f"pragma journal_mode = wal; pragma synchronous = off;{_SCHEMA}")
            if not _is_sound(index, keys, reader):
                raise _BrokenError
            found = {
                key: load_actions(_recap_id(keys[key]), text) for key, text in _select(index, owners) if key in keys
            }
            found |= _load_origins(index, keys, found)
    except sqlite3.OperationalError:  # another process writes
        raise
    except sqlite3.DatabaseError:
        place.unlink()  # it is damaged, and is made anew the next time
        raise
    unread = Document("", "", None)
    recaps = []
    for key, file in keys.items():
        recaps.append(RecapFile(_recap_id(file), folder / file, unread, found.get(key)))
    return Repository(folder, reader.settings, reader.people, tuple(recaps), unread, None)


def _find_files(folder: str) -> list[str]:
    """Return where recaps are, below the folder and in the order of `load_repository`.

    Raises OSError for a folder that cannot be looked into, and for a recap that is no plain file.
    """
    found: list[list[str]] = []
    waiting: list[list[str]] = [[]]
    while waiting:
        parts = waiting.pop()
        with os.scandir("/".join((folder, *parts))) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if may_hold_recaps(entry.name):
                        waiting.append([*parts, entry.name])
                elif is_recap_name(entry.name) and not (not parts and entry.name in {SETTINGS_FILE, PEOPLE_FILE}):
                    if not entry.is_file(follow_symlinks=False):
                        raise OSError(entry.path)  # a link is judged by where it leads
                    found.append([*parts, entry.name])
    return ["/".join(parts) for parts in sorted(found)]


def _make_keys(folder: Path, files: list[str]) -> dict[bytes, str]:
    """Return each recap under a key of its place, its content, and all that its meaning rests on."""
    context = hashlib.blake2b(__version__.encode(), digest_size=16)
    for name in (SETTINGS_FILE, PEOPLE_FILE):
        path = folder / name
        context.update(b"\0" + (path.read_bytes() if path.exists() else b"\1"))
    for source in sorted(Path(__file__).parent.glob("*.py")):
        context.update(str(source.stat().st_mtime_ns).encode())
    keys: dict[bytes, str] = {}
    for file in files:
        with open(f"{folder}/{file}", "rb", buffering=0) as stream:  # noqa: PTH123 - for thousands of files
            data = stream.read(MAX_BYTES + 1) or b""
        digest = context.copy()
        digest.update(f"\0{file}\0".encode(errors="surrogateescape"))
        digest.update(data)
        keys[digest.digest()] = file
    return keys


def _recap_id(file: str) -> str:
    return file.rpartition(".")[0]


def _is_sound(index: sqlite3.Connection, keys: dict[bytes, str], reader: Reader) -> bool:
    """Tell whether no recap has errors, of its own or since others track the same or are gone on with.

    Recaps that the index does not know are read and added first; a state of the repository that was seen before is
    known as a whole.
    """
    state = hashlib.blake2b(b"".join(keys), digest_size=32).digest()
    known = index.execute("select sound from state where digest = ?", (state,)).fetchone()
    if known is not None:
        return bool(known[0])
    with index:
        index.execute("create temp table here (key blob primary key) without rowid")
        index.executemany("insert into here values (?)", ((key,) for key in keys))
        for (key,) in index.execute("select key from here where key not in (select key from recap)").fetchall():
            _add(index, key, *reader.read(reader.folder / keys[key]))
        _forget_old(index)
        broken = index.execute("select 1 from here join recap using (key) where not sound").fetchone()
        shared = index.execute(
            "select 1 from here join claim using (key) group by thing having count(*) > 1"
        ).fetchone()
        sound = broken is None and shared is None and not _finds_wrong_origins(index, keys)
        index.execute("insert or replace into state values (?, ?)", (state, sound))
    return sound


def _finds_wrong_origins(index: sqlite3.Connection, keys: dict[bytes, str]) -> bool:
    """Ask the rule that `load_repository` asks too: of the recaps that carry, and of those that they name."""
    carrying = {
        key: load_actions(_recap_id(keys[key]), text)
        for key, text in index.execute("select key, text from here join actions using (key) where carries")
    }
    recaps = (carrying | _load_origins(index, keys, carrying)).values()
    return any(finding.severity is Severity.ERROR for _, finding in known_origins(recaps))


def _load_origins(
    index: sqlite3.Connection, keys: dict[bytes, str], recaps: dict[bytes, Recap]
) -> dict[bytes, Recap]:
    """Return the other recaps that some go on with."""
    named = {(action.carried_from or "").partition("#")[0] for recap in recaps.values() for action in recap.actions}
    others = {key: recap_id for key, file in keys.items() if (recap_id := _recap_id(file)) in named}
    return {
        key: load_actions(recap_id, text)
        for key, recap_id in others.items()
        if key not in recaps
        for (text,) in index.execute("select text from actions where key = ?", (key,))
    }


def _add(index: sqlite3.Connection, key: bytes, recap: Recap | None, is_sound: bool) -> None:
    index.execute("insert or replace into recap values (?, ?)", (key, is_sound))
    if recap is None:
        return
    if is_sound:
        carries = any(action.carried_from for action in recap.actions)
        index.execute("insert or replace into actions values (?, ?, ?)", (key, carries, dump_actions(recap)))
    owners = {owner.key for action in recap.actions for owner in action.owners}
    index.executemany("insert or ignore into owner values (?, ?)", ((owner, key) for owner in owners))
    things = {repr(thing) for thing in claimed_things(recap)}
    index.executemany("insert or ignore into claim values (?, ?)", ((key, thing) for thing in things))


def _forget_old(index: sqlite3.Connection) -> None:
    """Leave out what no recap says any more, once that is most of it: another branch may say it again."""
    known, here = (index.execute(f"select count(*) from {table}").fetchone()[0] for table in ("recap", "here"))  # noqa: S608
    if known > 3 * here:
        for table in _TABLES:
            index.execute(f"delete from {table} where key not in (select key from here)")  # noqa: S608
        index.execute("delete from state")


def _select(index: sqlite3.Connection, owners: Iterable[str]) -> Iterator[tuple[bytes, str]]:
    names = sorted(owners)
    if not names:
        return index.execute("select key, text from actions")
    marks = ", ".join("?" * len(names))
    chosen = f"select key from owner where name in ({marks})"  # noqa: S608 - marks alone
    return index.execute(f"select key, text from actions where carries or key in ({chosen})", names)  # noqa: S608
