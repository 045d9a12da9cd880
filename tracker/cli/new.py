"""`tracker new`: a recap to begin with."""

import os
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.check import has_errors, here
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
    from tracker.cli.recap_places import find_schema, read_recap_id, require_free
    from tracker.recap.files import create_file
    from tracker.recap.repository import find_folder, load_repository
    from tracker.recap.skeletons import find_recap_problem, write_recap

    folder = find_folder(here())
    recap_id = read_recap_id(recap, folder)
    path = folder / f"{recap_id}.yaml"
    require_free(path, folder)
    repository = load_repository(folder)
    if repository.settings is None:
        raise has_errors("tracker.yaml")
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
        create_file(path, write_recap(values, find_schema(path, folder)).encode())
    except OSError as error:
        raise TrackerError(
            f"{os.path.relpath(path)} cannot be made: {error.strerror}",
            remedy="name another recap, or give the right to write there",
        ) from None
    out(safe(os.path.relpath(path)))
    err("fill it in; `tracker check` tells what is wrong with it")


def today() -> date:
    """Return the day that a recap is of when nobody says one: the only place here that looks at a clock."""
    return date.today()


def _complete(
    values: dict[str, str], required: list[str], find_problem: "Callable[[dict[str, str]], Diagnostic | None]"
) -> dict[str, str]:
    """Ask for what is not known, where a person can be asked; elsewhere raise TrackerError when it is required."""
    from tracker.cli.output import ask, is_interactive, tell_slip

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
            tell_slip(problem.message, problem.help)
        if value:
            values[key] = value
        elif key in required:
            raise TrackerError(
                f"`--{key}` is missing",
                remedy=f"give it, or run the command on a terminal, where it asks: {question}",
                exit_code=ExitCode.USAGE,
            )
    return values
