"""`tracker plan` and `tracker sync`: what would be done to bring recaps and Launchpad in step, and doing it."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.check import Paths, here
from tracker.cli.interrupting import NOTHING_CHANGED, interruptible
from tracker.errors import ExitCode, TrackerError

if TYPE_CHECKING:
    from tracker.cli.outcome import Outcome
    from tracker.cli.preparing import Prepared
    from tracker.sync.brakes import Brake
    from tracker.sync.merge import Prefer
    from tracker.sync.plan_file import Options

PreferOption = Annotated[
    str | None,
    typer.Option("--prefer", metavar="recap|launchpad", help="Settle all conflicts for this side."),
]
OnlyOption = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="ACTION", help="This action alone: RECAP#ID, or ID; several times."),
]
FieldOption = Annotated[
    list[str] | None,
    typer.Option(
        "--field",
        metavar="FIELD",
        help="This field alone: title, owner, status, milestone or importance; several times.",
    ),
]
TextsOption = Annotated[bool, typer.Option("--texts", help="Show also the text of bugs to create.")]
RetryOption = Annotated[bool, typer.Option("--retry-refused", help="Try again what Launchpad refused before.")]
ForceOption = Annotated[
    list[str] | None,
    typer.Option(
        "--force", metavar="LIMIT", help="Go on above it: create, change, close, reassign or missing; several times."
    ),
]
OutOption = Annotated[
    str | None,
    typer.Option("--out", metavar="FILE", help="Keep the plan in a file, for `sync --plan`; `-` is stdout."),
]
PlanOption = Annotated[
    Path | None,
    typer.Option(
        "--plan",
        metavar="FILE",
        help="Carry out the plan that this file has, if it is the same now.",
        readable=False,  # which reading it tells, with a remedy
    ),
]


def plan(
    paths: Paths = None,
    only: OnlyOption = None,
    field: FieldOption = None,
    prefer: PreferOption = None,
    retry_refused: RetryOption = False,
    texts: TextsOption = False,
    force: ForceOption = None,
    out: OutOption = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Answer 3 when changes wait.")] = False,
) -> None:
    """Show what a sync would do, and write nothing but the plan, where that is asked for.

    Example: tracker plan ocata/neutron-server-next
    Example: tracker plan --out plan.json
    """
    from tracker.cli.output import progress
    from tracker.cli.plan_files import STDOUT, check_target, keep, write_plan
    from tracker.cli.plan_text import show_brakes, show_plan
    from tracker.cli.preparing import load, prepare

    options = _read_options(only, field, prefer, retry_refused=retry_refused, force=force)
    folder = _find_folder()
    if out is not None:
        check_target(out, folder)
    with interruptible(NOTHING_CHANGED):
        repository = load(folder, paths or [])
        with progress() as shown:
            prepared = prepare(repository, report=shown.tell, options=options)
        if out != STDOUT:
            show_plan(prepared.plan, prepared.repository, texts=texts)
            show_brakes(_find_brakes(prepared, options))
        if out is not None:
            named = tuple(file.id for file in repository.files) if paths else None
            write_plan(keep(prepared, replace(options, recaps=named)), out)
    codes = prepared.exit_codes
    if exit_code and prepared.plan.changed:
        codes.append(ExitCode.CHANGES_WAIT)
    raise typer.Exit(ExitCode.first([code for code in codes if code is not ExitCode.CONFLICTS or exit_code]))


def sync(
    paths: Paths = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Carry the plan out without asking.")] = False,
    only: OnlyOption = None,
    field: FieldOption = None,
    prefer: PreferOption = None,
    retry_refused: RetryOption = False,
    texts: TextsOption = False,
    force: ForceOption = None,
    plan_file: PlanOption = None,
) -> None:
    """Show the plan, ask, and carry it out: on Launchpad and in the recaps.

    Example: tracker sync --yes ocata/neutron-server-next
    Example: tracker sync --prefer recap --only review-ovo --field status
    Example: tracker sync --plan plan.json
    """
    from tracker.cli.outcome import Outcome
    from tracker.cli.output import err, out, progress
    from tracker.cli.plan_files import check_same, check_settings, kept_paths, read_plan
    from tracker.cli.plan_text import render_event, show_plan
    from tracker.cli.preparing import load, prepare
    from tracker.recap.writer import Writer
    from tracker.sync.apply import apply_plan
    from tracker.sync.lock import locked
    from tracker.sync.workspace import Workspace

    options, folder = _read_options(only, field, prefer, retry_refused=retry_refused, force=force), _find_folder()
    kept = read_plan(plan_file) if plan_file is not None else None
    if kept is not None:
        options = _take_options(kept.options, options, recaps=bool(paths))
        paths = kept_paths(folder, kept)
    with locked(folder):
        with interruptible(NOTHING_CHANGED):
            repository = load(folder, paths or [])
            if kept is not None and plan_file is not None:
                check_settings(plan_file, kept, repository.settings)
            with progress() as shown:
                prepared = prepare(repository, report=shown.tell, options=options, to_write=True)
            if kept is not None and plan_file is not None:
                check_same(plan_file, kept, prepared)
            show_plan(prepared.plan, prepared.repository, texts=texts)
            if prepared.plan.changed and not _is_agreed_to(prepared, options, yes=yes or kept is not None):
                err(NOTHING_CHANGED)
                raise typer.Exit(ExitCode.OK)
        is_known = _is_remembered(prepared)
        writers = {file.id: Writer(file) for file in prepared.repository.files if file.recap}
        outcome = Outcome()
        work = Workspace(prepared.gateway, prepared.context, prepared.base, prepared.entries, writers)
        work.sleep = prepared.gateway.wait
        try:
            with progress() as shown:
                work.report = shown.tell
                for event in apply_plan(work, prepared.plan):
                    outcome.add(event)
                    out(render_event(event))
                    shown.step(event.action)
        except KeyboardInterrupt:
            err(f"interrupted: {outcome.sum_up()}; a further sync goes on from here")
            raise typer.Exit(ExitCode.INTERRUPTED) from None
        except Exception:  # whatever ends a run, what it has done is told
            outcome.show()
            raise
        codes = [*prepared.exit_codes, *outcome.exit_codes, *_refresh_dates(prepared)]
    _tell_end(prepared, outcome, is_first=not is_known)
    raise typer.Exit(ExitCode.first(codes))


def _tell_end(prepared: "Prepared", outcome: "Outcome", *, is_first: bool) -> None:
    from tracker.cli.output import err

    if prepared.plan.changed or outcome.has_failures:
        outcome.show()
    if is_first and _is_remembered(prepared):
        err("commit sessions/.synced with the recaps: it has what both sides agreed on, for whoever syncs next")


def _is_remembered(prepared: "Prepared") -> bool:
    """Tell whether anything was ever synced with the service; a sandbox's is no news, since nobody else has that."""
    from tracker.launchpad.links import SANDBOX
    from tracker.recap.repository import SYNCED_FOLDER

    service = prepared.gateway.service
    return service == SANDBOX or (prepared.repository.folder / SYNCED_FOLDER / service).is_dir()


def _refresh_dates(prepared: "Prepared") -> list[ExitCode]:
    """Keep when milestones are due, for what is late; what cannot be read is told, and is no loss to the sync."""
    from tracker.cli.output import err, safe
    from tracker.sync.milestone_dates import MilestoneFile, refresh_dates
    from tracker.sync.preview import preview_action

    after = {plan.full_id: preview_action(plan, prepared.context.people) for plan in prepared.plan.actions}
    actions = [
        after.get(recap.full_id(action), action)
        for recap in prepared.repository.recaps
        for action in recap.actions
        if action.current_status.is_open
    ]
    file = MilestoneFile(prepared.repository.folder, prepared.gateway.service)
    try:
        refresh_dates(prepared.gateway, file, actions)
    except TrackerError as error:
        err(safe(f"when milestones are due was not brought up to date: {error.message}"))
        return [error.exit_code]
    finally:
        prepared.gateway.close()
    return []


def _find_folder() -> Path:
    from tracker.recap.repository import find_folder

    return find_folder(here())


def _read_options(
    only: list[str] | None,
    fields: list[str] | None,
    prefer: str | None,
    *,
    retry_refused: bool,
    force: list[str] | None,
) -> "Options":
    from tracker.sync.brakes import BRAKES
    from tracker.sync.plan_file import Options

    if unknown := sorted(set(force or []) - set(BRAKES)):
        raise TrackerError(
            f'--force cannot be "{unknown[0]}"',
            remedy="it is one of " + ", ".join(BRAKES),
            exit_code=ExitCode.USAGE,
        )
    return Options(
        only=tuple(sorted(set(only or []))),
        fields=tuple(sorted(set(fields or []))),
        prefer=_read_prefer(prefer),
        retry_refused=retry_refused,
        force=tuple(sorted(set(force or []))),
    )


def _take_options(kept: "Options", named: "Options", *, recaps: bool) -> "Options":
    """Return what a kept plan was asked for with; only `--force` may be named beside it."""
    from tracker.sync.plan_file import Options

    if recaps or replace(named, force=()) != Options():
        raise TrackerError(
            "--plan stands alone: the plan has its own recaps and options",
            remedy="leave the others out, or make another plan with them; --force alone can be added",
            exit_code=ExitCode.USAGE,
        )
    return replace(kept, force=tuple(sorted({*kept.force, *named.force})))


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


def _is_agreed_to(prepared: "Prepared", options: "Options", *, yes: bool) -> bool:
    """Ask a person whether to carry the plan out; raises TrackerError when it must not be."""
    from tracker.cli.output import confirm, is_interactive
    from tracker.sync.brakes import brake_error

    if brakes := _find_brakes(prepared, options):
        raise brake_error(brakes)
    if not yes and not is_interactive():
        raise TrackerError(
            "nobody is there to agree to the plan", remedy="look at it, then add --yes", exit_code=ExitCode.USAGE
        )
    try:
        return yes or confirm("Carry it out?")
    except typer.Exit:  # Ctrl-C at the question: what came of it is told where every other Ctrl-C is
        raise KeyboardInterrupt from None


def _find_brakes(prepared: "Prepared", options: "Options") -> "list[Brake]":
    from tracker.sync.brakes import find_brakes

    return [one for one in find_brakes(prepared.plan, prepared.settings.limits) if one.name not in options.force]
