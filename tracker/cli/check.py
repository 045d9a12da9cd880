"""`tracker check`: everything that is wrong with the files, at once."""

from pathlib import Path
from typing import Annotated

import typer

from tracker.errors import ExitCode, TrackerError

Paths = Annotated[
    list[Path] | None,
    typer.Argument(metavar="RECAP...", help="Recaps, by id or file, or folders of them; all when left out."),
]


FormatOption = Annotated[
    str,
    typer.Option(
        "--format", metavar="text|json|github", help="How to show problems; `github` marks them in a pull request."
    ),
]


def check(paths: Paths = None, output_format: FormatOption = "text") -> None:
    """Check recaps, people.yaml, tracker.yaml and what syncs remember, and show every problem at once.

    Example: tracker check sessions/ocata/neutron-server-next.yaml
    """
    from tracker.cli.findings import FORMATS
    from tracker.cli.output import err, out
    from tracker.recap.repository import find_folder, load_repository, select_paths
    from tracker.sync.base import find_problems

    if output_format not in FORMATS:
        raise TrackerError(
            f'unknown format "{output_format}"',
            remedy="it is one of " + ", ".join(FORMATS),
            exit_code=ExitCode.USAGE,
        )
    folder = find_folder(here())
    repository = load_repository(folder, select_paths(folder, paths or []))
    diagnostics = repository.diagnostics + find_problems(folder)
    if shown := FORMATS[output_format](diagnostics):
        out(shown)
    errors = sum(diagnostic.is_error for diagnostic in diagnostics)
    found = f"{count(errors, 'error')}, {count(len(diagnostics) - errors, 'warning')}"
    err(f"{count(len(repository.files), 'recap')} checked: {found if diagnostics else 'no problems'}")
    if errors:
        raise typer.Exit(ExitCode.PROBLEMS)


def here() -> Path:
    """Return the working directory; raises TrackerError when it is gone."""
    try:
        return Path.cwd()
    except OSError as error:
        raise TrackerError(
            f"the working directory cannot be used: {error.strerror}",
            remedy="change to a folder that is there",
            exit_code=ExitCode.USAGE,
        ) from None


def count(number: int, noun: str) -> str:
    """Say how many there are of something."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
