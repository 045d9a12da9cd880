"""Which file a new recap goes into, and what an editor finds there."""

import os
from pathlib import Path

from tracker.cli.check import here
from tracker.errors import ExitCode, TrackerError
from tracker.recap.model import is_recap_id
from tracker.recap.repository import FOLDER, PEOPLE_FILE, SETTINGS_FILE, walk_recaps

SUFFIXES = (".yaml", ".yml")
SCHEMA_FOLDER = ".schema"
"""Where `tracker init` keeps what the files may hold, below `sessions/`."""


def read_recap_id(text: str, folder: Path) -> str:
    """Read the id that a new recap is to have, written as an id or as a path below `sessions/`.

    Raises TrackerError when no recap can have it.
    """
    path = Path(text)
    if path.is_absolute() or path.parts[:1] in {("..",), (FOLDER,)} or text.startswith("./"):
        start = folder.parent if path.parts[:1] == (FOLDER,) else here()
        path = Path(os.path.normpath(start / path))
        if not path.is_relative_to(folder):
            raise TrackerError(
                f'"{text}" is not below {folder}',
                remedy="name a recap by its id, CYCLE/NAME",
                exit_code=ExitCode.USAGE,
            )
        path = path.relative_to(folder)
    recap_id = (path.with_suffix("") if path.suffix in SUFFIXES else path).as_posix()
    if text.endswith("/") or not is_recap_id(recap_id):
        raise TrackerError(
            f'"{text}" cannot be a recap\'s id',
            remedy="it is CYCLE/NAME, of letters, digits, `.`, `_`, `+` and `-`: ocata/neutron-server-next",
            exit_code=ExitCode.USAGE,
        )
    if "/" not in recap_id and not path.suffix and (folder / recap_id).is_dir():
        there = min(walk_recaps(folder, folder / recap_id), default=None)
        example = there.relative_to(folder).with_suffix("").as_posix() if there else None
        raise TrackerError(
            f'"{text}" is the folder of a cycle, and a recap is named CYCLE/NAME',
            remedy=f"give it a name there, as {example} has" if example else f"name it {recap_id}/NAME",
            exit_code=ExitCode.USAGE,
        )
    if f"{recap_id}.yaml" in {SETTINGS_FILE, PEOPLE_FILE} or "templates" in recap_id.split("/")[:-1]:
        raise TrackerError(
            f'"{text}" is no place for a recap: no command would read it as one',
            remedy="choose another id, CYCLE/NAME",
            exit_code=ExitCode.USAGE,
        )
    return recap_id


def require_free(path: Path, folder: Path, remedy: str = "edit that one, or choose another id") -> None:
    """Raise TrackerError when a recap of this id is there, or could not be found where it would be."""
    for suffix in SUFFIXES:
        there = path.with_name(f"{path.stem}{suffix}")
        if os.path.lexists(there):
            raise TrackerError(f"{os.path.relpath(there)} is there already", remedy=remedy, exit_code=ExitCode.USAGE)
    require_readable(path, folder)


def require_readable(path: Path, folder: Path) -> None:
    """Raise TrackerError when a recap could not be found where it would be."""
    # The folder itself may be a link: what is below it is looked for behind that.
    if Path(os.path.realpath(path.parent)) != Path(os.path.realpath(folder), path.parent.relative_to(folder)):
        raise TrackerError(
            f"{os.path.relpath(path.parent)} is a link, and recaps behind links are not read",
            remedy=f"choose a folder in {folder}",
            exit_code=ExitCode.USAGE,
        )


def find_schema(path: Path, folder: Path) -> str | None:
    """Return where a recap finds the schema that `tracker init` put beside the recaps, if it did."""
    schema = folder / SCHEMA_FOLDER / "recap.json"
    return Path(os.path.relpath(schema, path.parent)).as_posix() if schema.is_file() else None
