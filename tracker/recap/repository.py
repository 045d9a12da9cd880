"""A recap repository on disk: where it is, and everything it holds, read at once."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tracker.errors import ExitCode, TrackerError
from tracker.recap.diagnostics import Diagnostic, Finding
from tracker.recap.document import Document
from tracker.recap.model import Recap, is_recap_id
from tracker.recap.parse import Settings, parse_people, parse_recap, parse_settings
from tracker.recap.people import People
from tracker.recap.reader import MAX_BYTES, read_document

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
    """Read the settings, the people and the recaps; with `paths`, only the recaps there.

    Raises TrackerError when a path is missing or is not below the folder. Everything wrong inside the files
    is told by diagnostics.
    """
    folder = folder.resolve()
    settings_document = _read(folder / SETTINGS_FILE)
    settings = parse_settings(settings_document)
    others = list(settings_document.diagnostics)
    people_document = _read(folder / PEOPLE_FILE) if (folder / PEOPLE_FILE).exists() else None
    people: People | None = People()
    if people_document is not None:
        people = parse_people(people_document)
        others += people_document.diagnostics
    default_project = settings.project if settings else None
    files = tuple(
        _load_recap(folder, path, people, default_project, settings_known=settings is not None)
        for path in sorted(set(_recap_paths(folder, list(paths))))
    )
    return Repository(folder, settings, people, files, tuple(others))


def select_paths(folder: Path, names: Iterable[Path | str]) -> list[Path]:
    """Turn what a user named, recap ids or paths, into paths; raises TrackerError for what is neither."""
    selected = []
    for name in names:
        by_id = folder / f"{name}.yaml"
        path = Path(name)
        if not path.exists() and by_id.is_file():
            path = by_id
        selected.append(path)
    return selected


def _recap_paths(folder: Path, paths: list[Path]) -> Iterator[Path]:
    if not paths:
        yield from _below(folder, folder)
        return
    for path in paths:
        resolved = path.resolve()
        if not resolved.exists():
            raise TrackerError(
                f"{path} does not exist",
                remedy="name a recap by its id or its file; without a name all are taken",
                exit_code=ExitCode.USAGE,
            )
        if not resolved.is_relative_to(folder):
            raise TrackerError(
                f"{path} is not below {folder}",
                remedy="run the command inside the repository that the recap belongs to",
                exit_code=ExitCode.USAGE,
            )
        if resolved.is_dir():
            yield from _below(resolved, folder)
        elif resolved not in _not_recaps(folder):
            yield resolved


def _below(start: Path, folder: Path) -> Iterator[Path]:
    others = _not_recaps(folder)
    for parent, folders, names in os.walk(start):
        folders[:] = [name for name in folders if not name.startswith(".") and name != "templates"]
        for name in names:
            path = Path(parent, name)
            if not name.startswith(".") and path.suffix in {".yaml", ".yml"} and path not in others:
                yield path


def _not_recaps(folder: Path) -> set[Path]:
    return {folder / SETTINGS_FILE, folder / PEOPLE_FILE}


def _load_recap(
    folder: Path, path: Path, people: People | None, default_project: str | None, *, settings_known: bool
) -> RecapFile:
    recap_id = path.relative_to(folder).with_suffix("").as_posix()
    document = _read(path)
    if not is_recap_id(recap_id) or path.suffix != ".yaml":
        remedy = "a recap is CYCLE/NAME.yaml, of letters, digits, `.`, `_`, `+` and `-`"
        finding = Finding((), "R009", f'"{path.name}" cannot be the name of a recap', remedy)
        document.diagnostics.append(document.diagnostic_at(0, 0, finding))
    # A default that could not be read is not missing in every recap.
    recap = parse_recap(document, recap_id, people, default_project if settings_known else "unknown")
    return RecapFile(recap_id, path, document, recap)


def _read(path: Path) -> Document:
    shown = os.path.relpath(path)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
            size = max(len(data), os.fstat(file.fileno()).st_size)
    except OSError as error:
        document = Document(shown, "", None)
        remedy = "put a `tag:` into it" if path.name == SETTINGS_FILE else None
        finding = Finding((), "R009", f"cannot be read: {error.strerror}", remedy)
        document.diagnostics.append(document.diagnostic_at(0, 0, finding))
        return document
    return read_document(data, shown, size)
