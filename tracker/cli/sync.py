"""`tracker plan` and `tracker sync`: what would be done to bring recaps and Launchpad in step, and doing it."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.check import Paths, count, here
from tracker.errors import ExitCode, TrackerError

if TYPE_CHECKING:
    from tracker.cli.preparing import Prepared
    from tracker.recap.parse import Settings
    from tracker.sync.merge import Prefer
    from tracker.sync.plan import Plan

PreferOption = Annotated[
    str | None,
    typer.Option("--prefer", metavar="recap|launchpad", help="Settle all conflicts for this side."),
]
TextsOption = Annotated[bool, typer.Option("--texts", help="Show also the text of bugs to create.")]
RetryOption = Annotated[bool, typer.Option("--retry-refused", help="Try again what Launchpad refused before.")]


def plan(
    paths: Paths = None,
    prefer: PreferOption = None,
    retry_refused: RetryOption = False,
    texts: TextsOption = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Answer 3 when changes wait.")] = False,
) -> None:
    """Show what a sync would do, and write nothing anywhere.

    Example: tracker plan ocata/neutron-server-next
    """
    from tracker.cli.output import progress
    from tracker.cli.plan_text import show_plan
    from tracker.cli.preparing import load, prepare

    preferred = _read_prefer(prefer)
    repository = load(_find_folder(), paths or [])
    with progress() as shown:
        prepared = prepare(repository, report=shown.tell, prefer=preferred, retry_refused=retry_refused)
    show_plan(prepared.plan, prepared.repository, texts=texts)
    codes = prepared.exit_codes
    if exit_code and prepared.plan.changed:
        codes.append(ExitCode.CHANGES_WAIT)
    raise typer.Exit(ExitCode.first([code for code in codes if code is not ExitCode.CONFLICTS or exit_code]))


def sync(
    paths: Paths = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Carry the plan out without asking.")] = False,
    prefer: PreferOption = None,
    retry_refused: RetryOption = False,
    texts: TextsOption = False,
    force: Annotated[
        list[str] | None, typer.Option("--force", metavar="create", help="Go on above the limit named.")
    ] = None,
) -> None:
    """Show the plan, ask, and carry it out: on Launchpad and in the recaps.

    Example: tracker sync --yes ocata/neutron-server-next
    """
    from tracker.cli.output import err, out, progress
    from tracker.cli.plan_text import render_event, show_plan
    from tracker.cli.preparing import load, prepare
    from tracker.recap.writer import Writer
    from tracker.sync.apply import apply_plan
    from tracker.sync.events import Kind
    from tracker.sync.lock import locked
    from tracker.sync.workspace import Workspace

    if unknown := set(force or []) - {"create"}:
        raise TrackerError(
            f'--force cannot override "{unknown.pop()}"', remedy="it is `create`", exit_code=ExitCode.USAGE
        )
    preferred, folder = _read_prefer(prefer), _find_folder()
    with locked(folder):
        repository = load(folder, paths or [])
        with progress() as shown:
            prepared = prepare(repository, report=shown.tell, prefer=preferred, retry_refused=retry_refused)
        show_plan(prepared.plan, prepared.repository, texts=texts)
        if prepared.plan.changed and not _is_agreed_to(prepared, force or [], yes=yes):
            err("nothing was changed")
            raise typer.Exit(ExitCode.OK)
        writers = {file.id: Writer(file) for file in prepared.repository.files if file.recap}
        tally: Counter[str] = Counter()
        work = Workspace(prepared.gateway, prepared.context, prepared.base, prepared.entries, writers)
        with progress() as shown:
            work.report = shown.tell
            try:
                for event in apply_plan(work, prepared.plan):
                    tally[event.kind] += 1
                    out(render_event(event))
                    shown.step(event.action)
            except KeyboardInterrupt:
                err(f"interrupted: {_say_tally(tally)}; a further sync goes on from here")
                raise typer.Exit(ExitCode.INTERRUPTED) from None
    if prepared.plan.changed or tally[Kind.FAILED]:
        err(_say_tally(tally))
    codes = prepared.exit_codes
    if tally[Kind.FAILED] or tally[Kind.REFUSED]:
        codes.append(ExitCode.LAUNCHPAD)
    if tally[Kind.CONFLICT]:  # also those that came up while writing
        codes.append(ExitCode.CONFLICTS)
    raise typer.Exit(ExitCode.first(codes))


def _find_folder() -> Path:
    from tracker.recap.repository import find_folder

    return find_folder(here())


def _read_prefer(written: str | None) -> "Prefer | None":
    from tracker.sync.merge import Prefer

    if written is None:
        return None
    try:
        return Prefer(written)
    except ValueError:
        raise TrackerError(
            f'--prefer cannot be "{written}"', remedy="it is `recap` or `launchpad`", exit_code=ExitCode.USAGE
        ) from None


def _is_agreed_to(prepared: "Prepared", force: list[str], *, yes: bool) -> bool:
    """Ask a person whether to carry the plan out; raises TrackerError when it must not be."""
    from tracker.cli.output import confirm, is_interactive

    _brake(prepared.plan, prepared.settings, force)
    if prepared.gateway.is_anonymous:
        raise _nobody(prepared.gateway.service)
    if not yes and not is_interactive():
        raise TrackerError(
            "nobody is there to agree to the plan", remedy="look at it, then add --yes", exit_code=ExitCode.USAGE
        )
    return yes or confirm("Carry it out?")


def _brake(plan: "Plan", settings: "Settings", force: list[str]) -> None:
    creations = len(plan.creations)
    if creations > settings.limits.create and "create" not in force:
        raise TrackerError(
            f"the plan creates {count(creations, 'bug')}, more than the limit of {settings.limits.create}",
            details="bugs mail their subscribers and cannot be deleted; nothing was changed",
            remedy="name fewer recaps, raise `limits: create:` in tracker.yaml, or add --force create",
        )


def _nobody(service: str) -> TrackerError:
    from tracker.launchpad.links import SERVICE_ROOTS

    otherwise = ", or name a credentials file with TRACKER_CREDENTIALS" if service in SERVICE_ROOTS else ""
    return TrackerError(
        f"nobody is logged in to {service}",
        remedy=f"log in with `tracker login`{otherwise}",
        exit_code=ExitCode.LAUNCHPAD,
    )


def _say_tally(tally: "Counter[str]") -> str:
    parts = [count(tally["done"], "step") + " carried out"]
    parts += [f"{tally[word]} {word}" for word in ("refused", "failed") if tally[word]]
    if tally["conflict"]:
        parts.append(count(tally["conflict"], "conflict") + " left: correct a side, or add --prefer")
    if tally["failed"]:
        parts.append("a further sync tries again")
    return "; ".join(parts)
