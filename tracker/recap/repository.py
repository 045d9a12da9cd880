"""A recap repository on disk: where it is, and everything it holds, read at once."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tracker.errors import ExitCode, TrackerError
from tracker.recap.diagnostics import Diagnostic, Finding, limit_shown
from tracker.recap.document import Document
from tracker.recap.files import explain_read_error, read_file
from tracker.recap.model import Recap, is_recap_id
from tracker.recap.parse import Settings, draft_recap, is_sound, parse_people, parse_settings
from tracker.recap.people import People
from tracker.recap.reader import MAX_BYTES, read_document
from tracker.recap.rules import known_origins, shared_targets

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
    settings_document: Document
    people_document: Document | None
    """None when there is no people.yaml."""
    hidden: tuple[Diagnostic, ...] = ()
    """Which folders could not be looked into."""
    origins: tuple[Recap, ...] = ()
    """The recaps without errors that those of `files` go on with, and that were not asked for."""

    @property
    def recaps(self) -> list[Recap]:
        """The recaps without errors."""
        return [file.recap for file in self.files if file.recap is not None]

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What was wrong with any file, in the order of the files; of one that has very many problems the first."""
        others = [one for one in (self.settings_document, self.people_document) if one is not None]
        found = [one for document in others for one in limit_shown(document.diagnostics)]
        found += self.hidden
        return found + [one for file in self.files for one in limit_shown(file.document.diagnostics)]

    def report(self, document: Document, findings: Iterable[Finding]) -> None:
        """Add findings to a document's diagnostics, but for what tracker.yaml switches off."""
        document.report(findings)
        _leave_out(document, self.settings)


def find_folder(start: Path) -> Path:
    """Find `sessions/` in a folder or one above it."""
    start = start.resolve()
    for folder in (start, *start.parents):
        # Unlike Path's own questions these are answered too where one may not look.
        if folder.name == FOLDER and os.path.isfile(folder / SETTINGS_FILE):  # noqa: PTH113
            return folder
        if os.path.isdir(folder / FOLDER):  # noqa: PTH112
            return folder / FOLDER
    raise TrackerError(
        f"no {FOLDER}/ folder in {start} or above it",
        remedy="change to a recap repository, or make one: tracker init",
    )


def load_repository(folder: Path, paths: Iterable[Path] = ()) -> Repository:
    """Read the settings, the people and the recaps; with `paths`, answer only with the recaps there.

    Raises TrackerError when a path is missing or is not below the folder, and when none of them is of a recap.
    Everything wrong inside the files is told by diagnostics.
    """
    folder, paths = folder.resolve(), list(paths)
    settings_document, settings = load_settings(folder)
    people_document, people = load_people(folder, settings)
    # A default that could not be read is not missing in every recap.
    default_project = settings.project if settings else ""
    hidden: list[OSError] = []
    named = set(_recap_paths(folder, paths, [])) if paths else None
    every = set(_recap_paths(folder, [], hidden)) | (named or set())
    drafts = [_load_recap(folder, path, people, default_project) for path in sorted(every)]
    # Of two recaps that claim one target the one that was named is told of, so it comes after those that were not.
    drafts.sort(key=lambda draft: named is not None and draft.path in named)
    readable = [draft for draft in drafts if draft.recap is not None]
    recaps = [draft.recap for draft in readable if draft.recap is not None]
    unread = {draft.id for draft in drafts if draft.recap is None}
    for index, finding in (*shared_targets(recaps), *known_origins(recaps, unread)):
        readable[index].document.report([finding])
    for draft in drafts:
        _leave_out(draft.document, settings)
    every_file = [draft if is_sound(draft.document) else replace(draft, recap=None) for draft in drafts]
    files = tuple(file for file in every_file if named is None or file.path in named)
    unseen = tuple(one for error in hidden for one in _hidden(error))
    origins = _find_origins(files, every_file)
    return Repository(folder, settings, people, files, settings_document, people_document, unseen, origins)


def _find_origins(files: Iterable[RecapFile], every_file: Iterable[RecapFile]) -> tuple[Recap, ...]:
    """Return the other recaps that some go on with, in however many steps."""
    waiting = [file.recap for file in files if file.recap is not None]
    present = {recap.id for recap in waiting}
    others = {file.id: file.recap for file in every_file if file.recap is not None and file.id not in present}
    found = []
    while waiting and others:
        for action in waiting.pop().actions:
            if (origin := others.pop((action.carried_from or "").partition("#")[0], None)) is not None:
                found.append(origin)
                waiting.append(origin)
    return tuple(found)


@dataclass(frozen=True)
class Reader:
    """Reads recaps of a repository one by one, against its people and settings."""

    folder: Path
    settings: Settings
    people: People

    def read(self, path: Path) -> tuple[Recap | None, bool]:
        """Read a recap as far as it can be read, and tell whether it is free of errors of its own."""
        draft = _load_recap(self.folder, path, self.people, self.settings.project)
        _leave_out(draft.document, self.settings)
        return draft.recap, is_sound(draft.document)


def open_reader(folder: Path) -> Reader | None:
    """Return what reads recaps; None when people.yaml or tracker.yaml has errors."""
    _, settings = load_settings(folder)
    _, people = load_people(folder, settings)
    if settings is None or people is None:
        return None
    return Reader(folder, settings, people)


def load_settings(folder: Path) -> tuple[Document, Settings | None]:
    """Read tracker.yaml alone; what is wrong with it is in the document's diagnostics, and the settings are None."""
    folder = folder.resolve()
    document = _read(folder / SETTINGS_FILE, folder)
    return document, parse_settings(document)


def load_people(folder: Path, settings: Settings | None) -> tuple[Document | None, People | None]:
    """Read people.yaml alone, if it is there; what is wrong with it is as in `load_settings`, and people are None."""
    folder = folder.resolve()
    if not os.path.lexists(folder / PEOPLE_FILE):
        return None, People()
    document = _read(folder / PEOPLE_FILE, folder)
    people = parse_people(document)
    _leave_out(document, settings)
    return document, people


def _leave_out(document: Document, settings: Settings | None) -> None:
    """Take out of a document's diagnostics what tracker.yaml switches off."""
    if settings is not None and settings.ignored:
        document.diagnostics[:] = [one for one in document.diagnostics if one.rule not in settings.ignored]


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
        yield from walk_recaps(folder, hidden=hidden)
        return
    others = []
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
        if os.path.isdir(resolved):  # noqa: PTH112
            yield from walk_recaps(folder, resolved, hidden)
        elif resolved in _not_recaps(folder):
            others.append(path)
        else:
            yield resolved
    if len(others) == len(paths):  # beside recaps, as `sessions/*.yaml` names them, they are read anyway
        raise TrackerError(
            f"{others[0]} is no recap",
            remedy=f"name a recap by its id or its file; `tracker check` without a name checks {others[0].name} too",
            exit_code=ExitCode.USAGE,
        )


def walk_recaps(folder: Path, start: Path | None = None, hidden: list[OSError] | None = None) -> Iterator[Path]:
    """Yield where recaps are below `sessions/`, or below a folder of it; `hidden` gets what cannot be looked into."""
    others = _not_recaps(folder)
    for parent, folders, names in os.walk(start or folder, onerror=None if hidden is None else hidden.append):
        folders[:] = filter(may_hold_recaps, folders)
        for name in names:
            path = Path(parent, name)
            if is_recap_name(name) and path not in others:
                yield path


def may_hold_recaps(folder_name: str) -> bool:
    """Tell whether a folder below `sessions/` is looked into for recaps."""
    return not folder_name.startswith(".") and folder_name != "templates"


def is_recap_name(name: str) -> bool:
    """Tell whether a file of this name is a recap, unless it is one of the repository's own two."""
    return not name.startswith(".") and name.endswith((".yaml", ".yml"))


def is_recap_path(path: Path, folder: Path) -> bool:
    """Tell whether a file below `sessions/` is a recap when none is named, without looking whether it is there."""
    parents = path.relative_to(folder).parts[:-1]
    return is_recap_name(path.name) and path not in _not_recaps(folder) and all(map(may_hold_recaps, parents))


def _not_recaps(folder: Path) -> set[Path]:
    return {folder / SETTINGS_FILE, folder / PEOPLE_FILE}


def _load_recap(folder: Path, path: Path, people: People | None, default_project: str | None) -> RecapFile:
    """Read a recap as far as it can be read."""
    recap_id = path.relative_to(folder).with_suffix("").as_posix()
    document = _read(path, folder)
    draft = draft_recap(document, recap_id, people, default_project)
    if not is_recap_id(recap_id) or path.suffix != ".yaml":
        if is_recap_id(recap_id):
            remedy = f'name it "{path.stem}.yaml"'
        else:
            remedy = "a recap is CYCLE/NAME.yaml, of letters, digits, `.`, `_`, `+` and `-`"
        document.report([Finding((), "R009", f'"{path.name}" cannot be the name of a recap', remedy)])
    return RecapFile(recap_id, path, document, draft)


def _read(path: Path, folder: Path) -> Document:
    shown = os.path.relpath(path)
    if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(folder.parent):
        # What is wrong with a file is shown with its lines: a stranger's link must not choose which file's.
        document = Document(shown, "", None)
        remedy = "put the file itself in its place"
        document.report([Finding((), "R009", "the file is a link that leads out of the repository", remedy)])
        return document
    try:
        data, size = read_file(path, MAX_BYTES)
    except OSError as error:
        reason, remedy = explain_read_error(path, error)
        if path.name == SETTINGS_FILE and not os.path.lexists(path):
            remedy = "put a `tag:` into it"
        document = Document(shown, "", None)
        document.report([Finding((), "R009", f"the file cannot be read: {reason}", remedy)])
        return document
    return read_document(data, shown, size)


def _hidden(error: OSError) -> list[Diagnostic]:
    """Say that a folder cannot be looked into: it must not pass for an empty one."""
    reason, remedy = explain_read_error(Path(error.filename), error)
    document = Document(os.path.relpath(error.filename), "", None)
    document.report([Finding((), "R009", f"the folder cannot be read: {reason}", remedy)])
    return document.diagnostics
