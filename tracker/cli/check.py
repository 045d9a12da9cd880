"""`tracker check`: everything that is wrong with the files, at once."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.errors import ExitCode, TrackerError

if TYPE_CHECKING:
    from tracker.recap.repository import Repository

Paths = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="RECAP...",
        help="Recaps, by id or file, or folders of them; all when left out.",
        readable=False,  # which is for the reader to find, and to say with a remedy
    ),
]
FormatOption = Annotated[
    str,
    typer.Option(
        "--format", metavar="text|json|github", help="How to show problems; `github` marks them in a pull request."
    ),
]


def check(
    paths: Paths = None,
    output_format: FormatOption = "text",
    changed: Annotated[
        bool, typer.Option("--changed", help="Only recaps that git sees changed since HEAD, or since REV.")
    ] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="First write ids that are missing, statuses and targets as they are meant.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what --fix would write, and write nothing.")] = False,
    live: Annotated[
        bool, typer.Option("--live", help="Ask Launchpad too for each name, without an account if there is none.")
    ] = False,
) -> None:
    """Check recaps, people.yaml, tracker.yaml and what syncs remember, and show every problem at once.

    With --changed the argument, if there is one, is a commit or a branch: tracker check --changed REV.

    Example: tracker check sessions/ocata/neutron-server-next.yaml
    Example: tracker check --changed origin/main --format github
    """
    from tracker.cli.choosing import check_format
    from tracker.cli.findings import FORMATS
    from tracker.cli.output import err, out
    from tracker.recap.repository import find_folder
    from tracker.sync.base import find_problems

    check_format(output_format, FORMATS)
    folder = find_folder(here())
    repository = _load(folder, paths or [], changed=changed)
    if diff:
        from tracker.cli.fixing import show_fixes

        err(f"{count(show_fixes(repository), 'file')} to be fixed; nothing was written")
        return
    complete = True
    if fix:
        from tracker.cli.fixing import fix as write_fixes

        complete = write_fixes(repository)
        repository = _load(folder, paths or [], changed=changed)
    if live:
        _ask_launchpad(repository)
    diagnostics = repository.diagnostics + find_problems(folder)
    if shown := FORMATS[output_format](diagnostics):
        out(shown)
    errors = sum(diagnostic.is_error for diagnostic in diagnostics)
    found = f"{count(errors, 'error')}, {count(len(diagnostics) - errors, 'warning')}"
    err(f"{count(len(repository.files), 'recap')} checked: {found if diagnostics else 'no problems'}")
    if errors and not fix and _is_fixable(repository):
        err("`tracker check --fix` corrects what takes no person to decide; --diff shows it first")
    if errors or not complete:
        raise typer.Exit(ExitCode.PROBLEMS)


def _load(folder: Path, named: list[Path], *, changed: bool) -> "Repository":
    from dataclasses import replace

    from tracker.recap.repository import load_repository, select_paths

    if not changed:
        return load_repository(folder, select_paths(folder, named))
    from tracker.recap.changed import find_changed

    if len(named) > 1:
        raise TrackerError(
            f"`--changed` takes one commit, not {len(named)} names",
            remedy="name the commit alone: `--changed` finds the recaps",
            exit_code=ExitCode.USAGE,
        )
    found = find_changed(folder, str(named[0]) if named else "HEAD")
    repository = load_repository(folder, found or [])
    # Without a recap all were read; none is to be shown then.
    return replace(repository, files=()) if found == [] else repository


def _is_fixable(repository: "Repository") -> bool:
    from tracker.recap.fixes import find_fixes

    project = repository.settings.project if repository.settings else None
    return any(find_fixes(file.document, project) for file in repository.files)


def _ask_launchpad(repository: "Repository") -> None:
    from tracker.cli.output import progress
    from tracker.launchpad.gateway import Gateway
    from tracker.launchpad.services import find_service
    from tracker.launchpad.wire import Wire
    from tracker.recap.launchpad_names import check_names

    if repository.settings is None:
        raise TrackerError(
            "tracker.yaml has errors, so Launchpad cannot be asked", remedy="correct it; `tracker check` shows them"
        )
    setting = repository.settings.service
    with progress() as shown:

        def connect() -> Gateway:
            service = find_service(setting, repository.folder)
            shown.tell(f"asking {service.name}{'' if service.account else ' without an account'}")
            return Gateway(Wire(service))

        check_names(repository, connect, shown.step)


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


def has_errors(name: str) -> TrackerError:
    """Return the failure for a file that a command rests on, and that cannot be read as what it should be."""
    return TrackerError(f"{name} has errors", remedy="correct them; `tracker check` shows all")


def count(number: int, noun: str) -> str:
    """Say how many there are of something."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
