"""`tracker new`: a recap to begin with."""

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.check import here
from tracker.errors import ExitCode, TrackerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker.recap.diagnostics import Diagnostic

_QUESTIONS = {
    "title": "Title of the session",
    "project": "Its project on Launchpad, as tracker.yaml has no default",
    "event": "Summit, sprint or PTG (Enter for none)",
    "date": "Day of the session",
    "author": "Who writes the recap, a name of people.yaml (Enter for nobody)",
}
_SUFFIXES = {".yaml", ".yml"}
_SCHEMA = ".schema/recap.json"
"""Where `tracker schema --help` keeps what a recap may hold, below `sessions/`."""


def new(
    recap: Annotated[str, typer.Argument(metavar="ID", help="CYCLE/NAME, or the file that it is to be.")],
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="The session's title.")] = None,
    day: Annotated[
        str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="The day of the session; today when left out.")
    ] = None,
    event: Annotated[str | None, typer.Option(metavar="TEXT", help="The summit, sprint or PTG.")] = None,
    author: Annotated[str | None, typer.Option(metavar="NAME", help="Who writes it, a name of people.yaml.")] = None,
    project: Annotated[
        str | None, typer.Option(metavar="NAME", help="Its project, when it is not the one of tracker.yaml.")
    ] = None,
) -> None:
    """Begin a recap: a file whose comments show what it may have, and that `tracker check` has nothing against.

    On a terminal it asks for what no option says. No file is ever overwritten.

    Example: tracker new ocata/neutron-server-next --title "neutron-server: next steps" --date 2016-10-28
    """
    from tracker.cli.output import err, out, safe
    from tracker.recap.files import create_file
    from tracker.recap.repository import find_folder, load_repository
    from tracker.recap.skeletons import find_recap_problem, write_recap

    folder = find_folder(here())
    recap_id = read_recap_id(recap, folder)
    path = folder / f"{recap_id}.yaml"
    _require_free(path, folder)
    repository = load_repository(folder)
    if repository.settings is None:
        raise TrackerError("tracker.yaml has errors", remedy="correct them; `tracker check` shows all")
    people, default = repository.people, repository.settings.project

    def find_problem(values: dict[str, str]) -> "Diagnostic | None":
        complete = {"title": "t", "date": "2000-01-01", **({} if default else {"project": "p"}), **values}
        return find_recap_problem(complete, recap_id, people, default)

    given = {"title": title, "project": project, "event": event, "date": day, "author": author}
    values = {key: value for key, value in given.items() if value is not None}
    if "/" in recap_id:
        values["cycle"] = recap_id.partition("/")[0]
    for key, value in values.items():
        if (problem := find_problem({key: value})) is not None:
            raise TrackerError(f"`--{key}`: {problem.message}", remedy=problem.help, exit_code=ExitCode.USAGE)
    required = ["title"] if default else ["title", "project"]
    values = _complete(values, required, find_problem)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        create_file(path, write_recap(values, _find_schema(path, folder)).encode())
    except OSError as error:
        raise TrackerError(
            f"{os.path.relpath(path)} cannot be made: {error.strerror}", remedy="name another, or give the right to"
        ) from None
    out(safe(os.path.relpath(path)))
    err("fill it in; `tracker check` tells what is wrong with it")


def today() -> date:
    """Return the day that a recap is of when nobody says one: the only place here that looks at a clock."""
    return date.today()


def read_recap_id(text: str, folder: Path) -> str:
    """Read the id that a new recap is to have, written as an id or as a path below `sessions/`.

    Raises TrackerError when no recap can have it.
    """
    from tracker.recap.model import is_recap_id
    from tracker.recap.repository import FOLDER, PEOPLE_FILE, SETTINGS_FILE

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
    recap_id = (path.with_suffix("") if path.suffix in _SUFFIXES else path).as_posix()
    if text.endswith("/") or not is_recap_id(recap_id):
        raise TrackerError(
            f'"{text}" cannot be a recap\'s id',
            remedy="it is CYCLE/NAME, of letters, digits, `.`, `_`, `+` and `-`: ocata/neutron-server-next",
            exit_code=ExitCode.USAGE,
        )
    if f"{recap_id}.yaml" in {SETTINGS_FILE, PEOPLE_FILE} or "templates" in recap_id.split("/")[:-1]:
        raise TrackerError(
            f'"{text}" is no place for a recap: no command would read it as one',
            remedy="choose another id, CYCLE/NAME",
            exit_code=ExitCode.USAGE,
        )
    return recap_id


def _require_free(path: Path, folder: Path) -> None:
    """Raise TrackerError when a recap of this id is there, or could not be found where it would be."""
    for suffix in sorted(_SUFFIXES):
        if os.path.lexists(path.with_name(f"{path.stem}{suffix}")):
            raise TrackerError(
                f"{os.path.relpath(path.with_name(f'{path.stem}{suffix}'))} is there already",
                remedy="edit that one, or choose another id",
                exit_code=ExitCode.USAGE,
            )
    if Path(os.path.realpath(path.parent)) != path.parent:
        raise TrackerError(
            f"{os.path.relpath(path.parent)} is a link, and recaps behind links are not read",
            remedy=f"choose a folder in {folder}",
            exit_code=ExitCode.USAGE,
        )


def _find_schema(path: Path, folder: Path) -> str | None:
    """Return where a recap finds the schema that `tracker schema` was kept in, if it was."""
    schema = folder / _SCHEMA
    return Path(os.path.relpath(schema, path.parent)).as_posix() if schema.is_file() else None


def _complete(
    values: dict[str, str], required: list[str], find_problem: "Callable[[dict[str, str]], Diagnostic | None]"
) -> dict[str, str]:
    """Ask for what is not known, where a person can be asked; elsewhere raise TrackerError when it is required."""
    from tracker.cli.output import ask, err, is_interactive, safe

    defaults = {"date": today().isoformat()}
    for key, question in _QUESTIONS.items():
        if key in values or (key == "project" and key not in required):
            continue
        value = defaults.get(key, "")
        while is_interactive():
            value = ask(question, defaults.get(key, ""))
            problem = find_problem({key: value}) if value or key in required else None
            if problem is None:
                break
            err(f"{safe(problem.message)}{f'; help: {safe(problem.help)}' if problem.help else ''}")
        if value:
            values[key] = value
        elif key in required:
            raise TrackerError(
                f"`--{key}` is missing",
                remedy=f"give it, or run the command on a terminal, where it asks: {question}",
                exit_code=ExitCode.USAGE,
            )
    return values
