"""`tracker init`: a recap repository to begin with."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from tracker.cli.check import here
from tracker.errors import ExitCode, TrackerError

_HOOK = """\
  - repo: local
    hooks:
      - id: tracker-check
        name: tracker check
        entry: tracker check
        language: system        # `tracker` is on the PATH of whoever commits
        files: ^sessions/.*\\.yaml$
        pass_filenames: false
"""
_HOOKS = f"# `pre-commit install` lets it run on every commit.\nrepos:\n{_HOOK}"
_IGNORED = (".sandbox/", ".tracker.lock", ".tracker-*.tmp")
_IGNORE_FILE = "# What the tracker leaves while it runs, and when it was killed.\n{}\n".format("\n".join(_IGNORED))

_QUESTIONS = {
    "service": ("Service: production, qastaging, staging, sandbox or an address", "production"),
    "tag": ("Tag of all bugs of this repository", "summit-actions"),
    "project": ("Project on Launchpad of recaps that name none (Enter for none)", ""),
    "list": ("Mailing list that recaps go to (Enter for none)", ""),
}
"""What is asked for tracker.yaml on a terminal, and what it is otherwise."""


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder that sessions/ goes into.", show_default="here")
    ] = Path(),
    service: Annotated[
        str | None,
        typer.Option(metavar="NAME|URL", help="production (the default), qastaging, staging, sandbox or an address."),
    ] = None,
    tag: Annotated[str | None, typer.Option(metavar="TAG", help="The tag that all its bugs will carry.")] = None,
    project: Annotated[str | None, typer.Option(metavar="NAME", help="The project of recaps that name none.")] = None,
    mailing_list: Annotated[
        str | None, typer.Option("--list", metavar="NAME", help="The mailing list that recaps go to.")
    ] = None,
) -> None:
    """Make a recap repository: sessions/ with tracker.yaml and people.yaml, .gitignore, and a pre-commit hook.

    What is there already stays as it is. On a terminal it asks for what no option says.

    In sessions/.schema/ editors find what the files may hold.

    Example: tracker init --project neutron --tag summit-actions
    """
    from tracker.cli.output import err, out, render_json, safe
    from tracker.cli.recap_places import SCHEMA_FOLDER
    from tracker.recap.json_schema import FILES, build_schema
    from tracker.recap.repository import FOLDER, PEOPLE_FILE, SETTINGS_FILE
    from tracker.recap.skeletons import PEOPLE, name_schema, write_settings

    given = {"service": service, "tag": tag, "project": project, "list": mailing_list}
    chosen = {key: value for key, value in given.items() if value is not None}
    for key, value in chosen.items():
        _require(key, value)
    root = here() / folder
    _refuse_inside(root)
    settings = root / FOLDER / SETTINGS_FILE
    if os.path.lexists(settings):
        for key in chosen:
            err(f"`--{key}` is not used: {safe(os.path.relpath(settings))} is there already")
    else:
        chosen = _complete(chosen)
    ignore, hooks = root / ".gitignore", root / ".pre-commit-config.yaml"
    schemas = {file: root / FOLDER / SCHEMA_FOLDER / f"{file}.json" for file in FILES}
    head = {file: name_schema(f"{SCHEMA_FOLDER}/{path.name}") for file, path in schemas.items()}
    contents = {
        settings: f"{head['tracker']}\n{write_settings(chosen)}" if "tag" in chosen else "",
        root / FOLDER / PEOPLE_FILE: f"{head['people']}\n{PEOPLE}",
        **{path: f"{render_json(build_schema(file))}\n" for file, path in schemas.items()},
        ignore: _IGNORE_FILE,
        hooks: _HOOKS,
    }
    made = _make(contents)
    for path in contents:
        out(f"{'made ' if path in made else 'stays'}  {safe(os.path.relpath(path))}")
    missing = [line for line in _IGNORED if line not in _lines(ignore)]
    if missing:
        out(f"\nAdd to {safe(os.path.relpath(ignore))}:\n")
        out("\n".join(missing))
    if not any("tracker check" in line for line in _lines(hooks)):
        out(f"\nAdd to `repos` in {safe(os.path.relpath(hooks))}, to check every commit:\n")
        out(_HOOK.rstrip("\n"))
    if made:
        err("next: `tracker import FILE` for a mail, minutes or a pad of a session, else `tracker new CYCLE/NAME`")


def _require(key: str, value: str) -> None:
    problem = _find_problem(key, value)
    if problem is not None:
        raise TrackerError(f"`--{key}`: {problem[0]}", remedy=problem[1], exit_code=ExitCode.USAGE)


def _find_problem(key: str, value: str) -> tuple[str, str | None] | None:
    """Say why tracker.yaml cannot have a value, and what to do."""
    from tracker.launchpad.links import SANDBOX
    from tracker.launchpad.services import locate_service
    from tracker.recap.skeletons import find_settings_problem

    problem = find_settings_problem({"tag": "any-tag", key: value})
    if problem is not None:
        return problem.message, problem.help
    if not value.strip():
        return f"`{key}` is empty", "leave it out, or write one line of text"
    if key == "service" and value != SANDBOX:
        try:
            locate_service(value, here())
        except TrackerError as error:
            return error.message, error.remedy
    return None


def _complete(chosen: dict[str, str]) -> dict[str, str]:
    """Ask for what is not chosen yet, where a person can be asked, and take the defaults elsewhere."""
    from tracker.cli.output import ask, is_interactive, tell_slip

    values = {}
    for key, (question, default) in _QUESTIONS.items():
        value = chosen.get(key, default)
        while key not in chosen and is_interactive():
            value = ask(question, default)
            problem = _find_problem(key, value) if value else None
            if problem is None:
                break
            tell_slip(*problem)
        if value:
            values[key] = value
    return values


def _refuse_inside(root: Path) -> None:
    """Raise TrackerError within another repository's `sessions/`; beside one, say so."""
    from tracker.cli.output import err, safe
    from tracker.recap.repository import FOLDER, SETTINGS_FILE, find_folder

    try:
        found = find_folder(root)
    except TrackerError:
        return
    start = root.resolve()
    if found == start / FOLDER or not os.path.lexists(found / SETTINGS_FILE):
        return
    if start.is_relative_to(found):
        raise TrackerError(
            f"{start} is inside the recap repository {found.parent}",
            remedy=f"name a folder outside of it, or complete that one: tracker init {found.parent}",
            exit_code=ExitCode.USAGE,
        )
    err(f"there is a recap repository above: {safe(str(found))}; from {safe(str(start))} on the new one is used")


def _make(contents: dict[Path, str]) -> list[Path]:
    """Make the files that are not there, all of them or none, and return them."""
    from tracker.recap.files import create_file

    made: list[Path] = []
    folders: list[Path] = []
    try:
        for path, content in contents.items():
            if os.path.lexists(path):
                continue
            for parent in reversed(path.parents):
                if not parent.exists():
                    parent.mkdir()
                    folders.append(parent)
            create_file(path, content.encode())
            made.append(path)
    except BaseException as error:
        _unmake(made, folders)
        if not isinstance(error, OSError):
            raise
        raise TrackerError(
            f"{os.path.relpath(path)} cannot be made: {error.strerror}",
            remedy="name a folder in which you may write",
            exit_code=ExitCode.USAGE,
        ) from None
    return made


def _unmake(files: list[Path], folders: list[Path]) -> None:
    with suppress(OSError):
        for path in files:
            path.unlink()
        for folder in reversed(folders):
            folder.rmdir()


def _lines(path: Path) -> set[str]:
    """Return the lines of a file without blanks at their ends; none when it cannot be read."""
    from tracker.recap.files import read_file

    with suppress(OSError):
        return {line.strip() for line in read_file(path, 1_000_000)[0].decode("utf-8", "replace").splitlines()}
    return set()
