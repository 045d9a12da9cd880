"""A recap repository on disk: where it is, and everything it holds, read at once."""

import gc
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tracker.errors import ExitCode, TrackerError
from tracker.recap.diagnostics import Diagnostic, Finding
from tracker.recap.document import Document
from tracker.recap.model import Recap, is_recap_id
from tracker.recap.parse import Settings, draft_recap, is_sound, parse_people, parse_settings
from tracker.recap.people import People
from tracker.recap.reader import MAX_BYTES, read_document
from tracker.recap.rules import shared_bugs

FOLDER = "sessions"
SETTINGS_FILE = "tracker.yaml"
PEOPLE_FILE = "people.yaml"
SYNCED_FOLDER = ".synced"


@dataclass(frozen=True, slots=True)
class RecapFile:
    """A recap as its file holds it; `recap` is None when the file has errors."""

    id: str
    path: Path
    document: Document
    recap: Recap | None


@dataclass(frozen=True)
class Repository:
    """All files of `sessions/`, read. Settings are None when their file has errors."""

    folder: Path
    settings: Settings | None
    people: People | None
    files: tuple[RecapFile, ...]
    other_diagnostics: tuple[Diagnostic, ...] = ()
    """What was wrong with tracker.yaml, people.yaml, or with reading at all."""

    @property
    def recaps(self) -> list[Recap]:
        """The recaps without errors."""
        return [file.recap for file in self.files if file.recap is not None]

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """Everything that was wrong with any file, in the order of the files."""
        return [*self.other_diagnostics, *(one for file in self.files for one in file.document.diagnostics)]


def find_folder(start: Path) -> Path:
    """Find `sessions/` in a folder or one above it."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if folder.name == FOLDER and (folder / SETTINGS_FILE).is_file():
            return folder
        if (folder / FOLDER).is_dir():
            return folder / FOLDER
    raise TrackerError(
        f"no {FOLDER}/ folder in {start} or above it",
        remedy=f"change to a recap repository, or make one: a folder {FOLDER}/ with a {SETTINGS_FILE}",
    )


def load_repository(folder: Path, paths: Iterable[Path] = ()) -> Repository:
    """Read the settings, the people and the recaps; with `paths`, answer only with the recaps there.

    Raises TrackerError when a path is missing or is not below the folder. Everything wrong inside the files
    is told by diagnostics.
    """
    with _collector_resting():
        return _load_repository(folder.resolve(), list(paths))


@contextmanager
def _collector_resting() -> Iterator[None]:
    """Spare Python's search for garbage, a quarter of the time here: a great many objects are made, all to stay."""
    working = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if working:
            gc.enable()


def _load_repository(folder: Path, paths: list[Path]) -> Repository:
    settings_document = _read(folder / SETTINGS_FILE)
    settings = parse_settings(settings_document)
    others = list(settings_document.diagnostics)
    people_document = _read(folder / PEOPLE_FILE) if os.path.lexists(folder / PEOPLE_FILE) else None
    people: People | None = People()
    if people_document is not None:
        people = parse_people(people_document)
        others += people_document.diagnostics
    # A default that could not be read is not missing in every recap.
    default_project = settings.project if settings else ""
    hidden: list[OSError] = []
    named = set(_recap_paths(folder, paths, [])) if paths else None
    every = set(_recap_paths(folder, [], hidden)) | (named or set())
    drafts = [_load_recap(folder, path, people, default_project) for path in sorted(every)]
    # Of two recaps that claim one bug the one that was named is told of, so it comes after those that were not.
    drafts.sort(key=lambda draft: named is not None and draft.path in named)
    # A folder that cannot be looked into must not pass for an empty one.
    for error in hidden:
        others += _unreadable(
            os.path.relpath(error.filename), str(error.strerror), "give yourself that right"
        ).diagnostics
    readable = [draft for draft in drafts if draft.recap is not None]
    for index, finding in shared_bugs(draft.recap for draft in readable if draft.recap is not None):
        readable[index].document.report([finding])
    drafts = [draft for draft in drafts if named is None or draft.path in named]
    files = tuple(draft if is_sound(draft.document) else replace(draft, recap=None) for draft in drafts)
    return Repository(folder, settings, people, files, tuple(others))


def select_paths(folder: Path, names: Iterable[Path | str]) -> list[Path]:
    """Turn what a user named, recap ids, their folders or paths, into paths; those that do not exist stay."""
    selected = []
    for name in names:
        path = Path(name)
        if not os.path.lexists(path):
            below = (folder / f"{name}.yaml", folder / path)
            path = next((found for found in below if os.path.lexists(found)), path)
        selected.append(path)
    return selected


def _recap_paths(folder: Path, paths: list[Path], hidden: list[OSError]) -> Iterator[Path]:
    if not paths:
        yield from _below(folder, folder, hidden)
        return
    for path in paths:
        # The file's own name counts, not that of what a link leads to.
        resolved = Path(os.path.realpath(path.parent), path.name) if path.name not in {"", ".."} else path.resolve()
        if not os.path.lexists(resolved):
            raise TrackerError(
                f"{path} does not exist",
                remedy="name a recap by its id or its file; without a name all are taken",
                exit_code=ExitCode.USAGE,
            )
        if resolved == folder.parent:
            resolved = folder
        if not resolved.is_relative_to(folder):
            raise TrackerError(
                f"{path} is not below {folder}",
                remedy="run the command inside the repository that the recap belongs to",
                exit_code=ExitCode.USAGE,
            )
        if resolved.is_dir():
            yield from _below(resolved, folder, hidden)
        elif resolved not in _not_recaps(folder):
            yield resolved


def _below(start: Path, folder: Path, hidden: list[OSError]) -> Iterator[Path]:
    others = _not_recaps(folder)
    for parent, folders, names in os.walk(start, onerror=hidden.append):
        folders[:] = [name for name in folders if not name.startswith(".") and name != "templates"]
        for name in names:
            path = Path(parent, name)
            if not name.startswith(".") and path.suffix in {".yaml", ".yml"} and path not in others:
                yield path


def _not_recaps(folder: Path) -> set[Path]:
    return {folder / SETTINGS_FILE, folder / PEOPLE_FILE}


def _load_recap(folder: Path, path: Path, people: People | None, default_project: str | None) -> RecapFile:
    """Read a recap as far as it can be read."""
    recap_id = path.relative_to(folder).with_suffix("").as_posix()
    document = _read(path)
    draft = draft_recap(document, recap_id, people, default_project)
    if not is_recap_id(recap_id) or path.suffix != ".yaml":
        if is_recap_id(recap_id):
            remedy = f'name it "{path.stem}.yaml"'
        else:
            remedy = "a recap is CYCLE/NAME.yaml, of letters, digits, `.`, `_`, `+` and `-`"
        document.report([Finding((), "R009", f'"{path.name}" cannot be the name of a recap', remedy)])
    return RecapFile(recap_id, path, document, draft)


def _read(path: Path) -> Document:
    shown = os.path.relpath(path)
    try:
        with open(path, "rb", opener=_open_at_once) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                return _unreadable(shown, "it is no file", "put a file in its place, or take it away")
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        if path.is_symlink():
            return _unreadable(shown, "it is a link to a file that is not there", "restore the file, or the link")
        return _unreadable(shown, str(error.strerror), "put a `tag:` into it" if path.name == SETTINGS_FILE else None)
    except OSError as error:
        return _unreadable(shown, str(error.strerror), None)
    return read_document(data, shown, max(len(data), status.st_size))


def _open_at_once(path: str, flags: int) -> int:
    """Open a file, or a pipe without waiting for somebody to write to it."""
    return os.open(path, flags | os.O_NONBLOCK)


def _unreadable(shown: str, reason: str, remedy: str | None) -> Document:
    document = Document(shown, "", None)
    document.report([Finding((), "R009", f"the file cannot be read: {reason[:1].lower()}{reason[1:]}", remedy)])
    return document
