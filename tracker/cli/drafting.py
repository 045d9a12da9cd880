"""What `tracker import` writes: recaps to go on with, and whom people.yaml lacks."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tracker.cli.check import count, has_errors, here
from tracker.cli.fixing import remembered_ids
from tracker.cli.output import err, out, safe
from tracker.cli.places import check_place
from tracker.cli.recap_places import SUFFIXES, find_schema, read_recap_id, require_free, require_readable
from tracker.errors import ExitCode, TrackerError
from tracker.mail.again import is_of
from tracker.mail.draft import Draft, derive_recap_id, write_draft
from tracker.mail.notes import Notes
from tracker.recap.files import create_file, explain_read_error, replace_file
from tracker.recap.newcomers import CrampedError, add_people, write_people
from tracker.recap.parse import parse_people
from tracker.recap.people import People, Person
from tracker.recap.reader import read_document
from tracker.recap.repository import (
    PEOPLE_FILE,
    SETTINGS_FILE,
    Repository,
    find_folder,
    load_people,
    load_repository,
    load_settings,
)

STDOUT = "-"
_MOST_RANGES = 8
"""Places of a mail that are in no recap which are named one by one."""


@dataclass(frozen=True)
class _Place:
    """Where a recap goes."""

    path: Path | None
    """As it is shown; None for stdout."""
    recap_id: str | None = None
    """Below `sessions/`."""
    cycle: str | None = None
    """The one that a person said."""
    schema: str | None = None
    taken: frozenset[str] = frozenset()
    """Ids that none of its actions may get."""

    @property
    def name(self) -> str:
        return str(self.path) if self.path is not None else "the recap"


def write_drafts(
    messages: Sequence[Notes],
    recap: str | None,
    output: str | None,
    *,
    source: Path,
    force: bool,
    with_people: bool,
) -> None:
    """Write a recap of each message into `sessions/`, or of one to `output`, and tell what is left to a person.

    `recap` is the id that a person wants it to have, `source` the file that the messages are from. Raises
    TrackerError before anything is written when a file is there already, unless it may be replaced.
    """
    repository = _find_repository(needed=output is None or recap is not None or with_people)
    if (recap is not None or output is not None) and len(messages) > 1:
        raise TrackerError(
            f"there are {len(messages)} messages, and one place for a recap",
            remedy="choose one with --message, or name no place",
            exit_code=ExitCode.USAGE,
        )
    places = _choose_places(messages, recap, output, repository, force=force)
    people = (repository.people if repository else None) or People()
    newcomers = _gather_newcomers(messages, people)
    added = None
    if with_people and newcomers and repository is not None:
        added = _add_people(repository.folder / PEOPLE_FILE, newcomers)
        people = added.people
    drafts = [_draft(notes, people, repository, place) for notes, place in zip(messages, places, strict=True)]
    if added is not None:
        _write(added.path, added.text, expected=added.before)
    for notes, draft, place in zip(messages, drafts, places, strict=True):
        if place.path is None:
            out(draft.text.rstrip("\n"))
        else:
            _write(place.path, draft.text, force=force)
            out(safe(place.name))
        for one in draft.places:
            err(safe(f"{place.name}:{one.line}: {one.text}"))
        found = (
            f"{count(len(draft.places), 'place')} for you to look at" if draft.places else "nothing is left to ask"
        )
        err(safe(f"{place.name}: {found}"))
        _tell_left_out(notes, "stdin" if str(source) == "-" else str(source))
        _tell_imported(notes, place, repository)
    if added is not None:
        names = ", ".join(f"{one.key} ({one.name})" for one in newcomers)
        err(safe(f"{os.path.relpath(added.path)}: added {names}; see that each is somebody, and add the accounts"))
    elif newcomers:
        _tell_newcomers(newcomers, is_written=output != STDOUT)
    if any(place.recap_id is not None for place in places):
        _tell_next(places, drafts)


def find_known() -> tuple[list[str], list[str]]:
    """Return the names that people.yaml has, and the default project, as far as there is a repository to ask."""
    try:
        folder = find_folder(here())
        _, settings = load_settings(folder)
        _, people = load_people(folder, settings)
    except TrackerError:
        return [], []
    names = [alias for one in (people or People()).entries.values() for alias in one.aliases]
    return names, [settings.project] if settings and settings.project else []


def refuse_own_file(file: Path) -> None:
    """Raise TrackerError when a file that is to be read is one of the repository's own, and no mail."""
    try:
        folder = Path(os.path.realpath(find_folder(here())))
    except TrackerError:
        return
    real = Path(os.path.realpath(file))
    if not real.is_relative_to(folder):
        return
    inside = real.relative_to(folder)
    if inside.suffix in SUFFIXES or any(part.startswith(".") for part in inside.parts):
        raise TrackerError(
            f'"{file}" is a file of this repository, and no mail',
            remedy="name a mail, minutes or a pad",
            exit_code=ExitCode.USAGE,
        )


def _find_repository(*, needed: bool) -> Repository | None:
    try:
        repository = load_repository(find_folder(here()))
    except TrackerError:
        if needed:
            raise
        return None
    for name, read in ((SETTINGS_FILE, repository.settings), (PEOPLE_FILE, repository.people)):
        if read is None:
            raise has_errors(name)
    return repository


# Places


def _choose_places(
    messages: Sequence[Notes], recap: str | None, output: str | None, repository: Repository | None, *, force: bool
) -> list[_Place]:
    """Return where the recaps go, each its own file though two messages have one title."""
    if output == STDOUT:
        return [_read_shown(recap, repository)]
    if output is not None:
        return [_read_output(output, repository, force=force)]
    assert repository is not None  # noqa: S101 - without one an output is named
    taken: dict[str, int] = {}
    places = []
    for notes in messages:
        found = recap if recap is not None else derive_recap_id(notes)
        number = taken[found] = taken.get(found, 0) + 1
        recap_id = read_recap_id(found if number == 1 else f"{found}-{number}", repository.folder)
        cycle = recap_id.partition("/")[0] if recap is not None and "/" in recap_id else None
        places.append(_place_of(recap_id, cycle, repository.folder, force=force))
    return places


def _read_shown(recap: str | None, repository: Repository | None) -> _Place:
    """Return the place of a recap that is only shown, as the one that it would be under an id."""
    if recap is None or repository is None:
        return _Place(None)
    recap_id = read_recap_id(recap, repository.folder)
    path = repository.folder / f"{recap_id}.yaml"
    cycle = recap_id.partition("/")[0] if "/" in recap_id else None
    taken = frozenset(remembered_ids(repository.folder, recap_id))
    return _Place(None, cycle=cycle, schema=find_schema(path, repository.folder), taken=taken)


def _read_output(output: str, repository: Repository | None, *, force: bool) -> _Place:
    """Read a place that a person names: below `sessions/` it is that of a recap."""
    path = Path(output)
    real = Path(os.path.realpath(path.parent), path.name)
    if repository is not None and real.is_relative_to(repository.folder):
        if path.suffix not in SUFFIXES:
            raise TrackerError(
                f'"{output}" is below {repository.folder}, and no recap is called so',
                remedy="name a file that ends in .yaml, or a place outside of that folder",
                exit_code=ExitCode.USAGE,
            )
        recap_id = read_recap_id(str(real), repository.folder)
        cycle = recap_id.partition("/")[0] if "/" in recap_id else None
        return _place_of(recap_id, cycle, repository.folder, force=force)
    check_place(path)
    if os.path.lexists(path) and not force:
        raise TrackerError(
            f'"{output}" is there already',
            remedy="name another place, or replace it with --force",
            exit_code=ExitCode.USAGE,
        )
    return _Place(path)


def _place_of(recap_id: str, cycle: str | None, folder: Path, *, force: bool) -> _Place:
    path = folder / f"{recap_id}.yaml"
    remembered = remembered_ids(folder, recap_id)
    if not force:
        require_free(path, folder, "choose another id, tracker import FILE CYCLE/NAME, or replace it with --force")
    elif remembered and os.path.lexists(path):
        raise TrackerError(
            f"{os.path.relpath(path)} has been synced, and is not replaced",
            details="its actions would lose the bugs and blueprints that they are kept in step with",
            remedy="show the new recap with `--output -`, and take out of it what the old one lacks",
            exit_code=ExitCode.USAGE,
        )
    require_readable(path, folder)
    return _Place(Path(os.path.relpath(path)), recap_id, cycle, find_schema(path, folder), frozenset(remembered))


# People


@dataclass(frozen=True)
class _Added:
    """A people.yaml with people added."""

    path: Path
    before: bytes | None
    """What it held; None when it was not there."""
    text: str
    people: People


def _gather_newcomers(messages: Sequence[Notes], people: People) -> list[Person]:
    """Return whom people.yaml lacks, over all messages."""
    newcomers: list[Person] = []
    for notes in messages:
        known = People.of([*people.entries.values(), *newcomers])
        newcomers += write_draft(notes, known).newcomers
    return newcomers


def _add_people(path: Path, newcomers: Sequence[Person]) -> _Added:
    before = _read(path)
    try:
        text = add_people((before or b"").decode(), newcomers)
        people = parse_people(read_document(text.encode(), path.name))
        if people is None:
            raise CrampedError
    except CrampedError:
        raise TrackerError(
            f"{os.path.relpath(path)} has no room for further lines",
            details="its people stand in braces, or it is no YAML",
            remedy="add them by hand; without --add-people they are shown",
        ) from None
    return _Added(path, before, text, people)


def _tell_newcomers(newcomers: Sequence[Person], *, is_written: bool) -> None:
    again = "--add-people --force" if is_written else "--add-people"
    err(f"people.yaml lacks these; put them there, or import again with {again}:")
    for line in write_people(newcomers).splitlines():
        err(safe(f"  {line}"))


def _read(path: Path) -> bytes | None:
    try:
        data = path.read_bytes()
        data.decode()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = explain_read_error(path, error)[0] if isinstance(error, OSError) else "it is not UTF-8"
        raise TrackerError(
            f"{os.path.relpath(path)} cannot be read: {reason}", remedy="correct it, then import"
        ) from None
    return data


# Drafts


def _draft(notes: Notes, people: People, repository: Repository | None, place: _Place) -> Draft:
    project = repository.settings.project if repository and repository.settings else None
    return write_draft(notes, people, project, cycle=place.cycle, taken=place.taken, schema=place.schema)


def _write(place: Path, text: str, *, force: bool = True, expected: bytes | None = None) -> None:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        if force:
            replace_file(place, text.encode(), expected=expected)
        else:
            create_file(place, text.encode())
    except OSError as error:
        reason, _ = explain_read_error(place, error)
        raise TrackerError(
            f"{os.path.relpath(place)} cannot be written: {reason}", remedy="make room or give the right to write it"
        ) from None


def _tell_left_out(notes: Notes, source: str) -> None:
    """Say which lines of a message are nowhere in its recap."""
    if not notes.left_out:
        return
    ranges = [(notes.file_line(first), notes.file_line(last)) for first, last in notes.left_out]
    named = [f"{first}-{last}" if last > first else str(first) for first, last in ranges[:_MOST_RANGES]]
    if len(ranges) > _MOST_RANGES:
        named.append(f"{len(ranges) - _MOST_RANGES} further places")
    lines = "line" if ranges == [(ranges[0][0], ranges[0][0])] else "lines"
    listed = " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)
    err(safe(f"left out: {lines} {listed} of {'the text of ' if notes.above is None else ''}{source}"))


def _tell_imported(notes: Notes, place: _Place, repository: Repository | None) -> None:
    """Say which recaps were perhaps made of the same message."""
    for file in repository.files if repository is not None else ():
        if file.id != place.recap_id and is_of(file.document, notes):
            path = os.path.relpath(file.path)
            err(safe(f"{path} has this title, too: if it is of the same mail, delete one of the two"))


def _tell_next(places: Sequence[_Place], drafts: Sequence[Draft]) -> None:
    """Say what a person does now."""
    if any("/" not in (place.recap_id or "/") for place in places):
        err("no cycle was found: move the recap into the folder of one, or import it as CYCLE/NAME")
    steps = ["settle what is marked and take the marks off"] if any(draft.places for draft in drafts) else []
    steps += ["write `bug: new` into each action that is to be a bug", "then `tracker check`"]
    err(f"next: {', '.join(steps)}")
