"""Plans in files: kept by `tracker plan --out`, carried out by `tracker sync --plan`."""

import os
import shlex
from pathlib import Path

from tracker.cli.output import err, out, render_json, safe
from tracker.cli.places import check_place
from tracker.cli.preparing import Prepared
from tracker.errors import ExitCode, TrackerError
from tracker.recap.files import explain_read_error, read_file, replace_file
from tracker.recap.model import is_recap_id
from tracker.recap.parse import Settings
from tracker.sync.plan_file import (
    KeptPlan,
    Options,
    compare_plans,
    dump_plan,
    is_plan,
    keep_plan,
    parse_plan,
    say_difference,
)

STDOUT = "-"
_NAME_PLAN = "name the file that `tracker plan --out` wrote"
_MAX_BYTES = 32_000_000
"""More than the plan of the largest repository takes."""


def check_target(target: str, sessions: Path) -> None:
    """Refuse to write a plan among the recaps, or where something else than a plan stands."""
    path = Path(target)
    if target == STDOUT:
        return
    check_place(path, sessions)
    try:
        data, _ = read_file(path, _MAX_BYTES)
    except FileNotFoundError:
        return
    except OSError as error:
        raise _unwritable(path, explain_read_error(path, error)[0]) from None
    if data.strip() and not is_plan(data.decode("utf-8", "replace")):
        raise _unwritable(path, "what stands there is no plan")


def write_plan(kept: KeptPlan, target: str) -> None:
    """Write a plan into a file, whole or not at all, or to stdout."""
    text = render_json(dump_plan(kept))
    if target == STDOUT:
        out(text)
        return
    path = Path(target)
    try:
        replace_file(path, f"{text}\n".encode())
    except OSError as error:
        raise _unwritable(path, error.strerror or type(error).__name__) from None
    err(f"the plan is in {safe(target)}; carry it out with: tracker sync --plan {safe(shlex.quote(target))}")


def read_plan(path: Path) -> KeptPlan:
    """Read the plan of a file; raises TrackerError, which says why it cannot be carried out."""
    try:
        data, size = read_file(path, _MAX_BYTES)
        if size > _MAX_BYTES:
            raise ValueError(f"it has {size:,} bytes, more than {_MAX_BYTES:,}")
        return parse_plan(data.decode("utf-8"))
    except FileNotFoundError:
        raise TrackerError(
            f'the plan "{path}" does not exist',
            remedy=_NAME_PLAN,
            exit_code=ExitCode.USAGE,
        ) from None
    except OSError as error:
        reason, remedy = explain_read_error(path, error)
        if isinstance(error, IsADirectoryError):
            remedy = _NAME_PLAN
        raise TrackerError(f'the plan "{path}" cannot be read: {reason}', remedy=remedy) from None
    except UnicodeDecodeError:
        raise _unusable(path, "it is not UTF-8") from None
    except RecursionError:
        raise _unusable(path, "it is nested too deep") from None
    except ValueError as error:
        raise _unusable(path, str(error)) from None


def kept_paths(folder: Path, kept: KeptPlan) -> list[Path]:
    """Return the files of the recaps that a plan is about, as far as they are there; none stand for all recaps."""
    ids = [recap_id for recap_id in kept.options.recaps or () if is_recap_id(recap_id)]
    return [path for recap_id in ids if os.path.lexists(path := folder / f"{recap_id}.yaml")]


def check_settings(path: Path, kept: KeptPlan, settings: Settings | None) -> None:
    """Refuse a plan that was made with other settings than those of this repository."""
    if settings is None:
        return  # they have errors, of which is told anyway
    _check(path, "tag", kept.tag, settings.tag)
    _check(path, "project", kept.project, settings.project)


def keep(prepared: Prepared, options: Options) -> KeptPlan:
    """Return a plan as it is kept; asks Launchpad, once, whose account this is."""
    return keep_plan(
        prepared.plan,
        options,
        settings=prepared.settings,
        people=prepared.context.people,
        service=prepared.gateway.service,
        account=prepared.gateway.account,
    )


def check_same(path: Path, kept: KeptPlan, prepared: Prepared) -> None:
    """Refuse a plan of another service or account, and one that is not the present one; shows every difference.

    A plan that was made without an account may be carried out with any.
    """
    _check(path, "service", kept.service, prepared.gateway.service)
    if kept.account:
        _check(path, "account", kept.account, prepared.gateway.account)
    differences = compare_plans(kept, keep(prepared, kept.options))
    if not differences:
        return
    action = None
    for difference in differences:
        if difference.action != action:
            action = difference.action
            out(safe(action))
        for sign, text in say_difference(difference):
            out(f"  {sign} {safe(text)}")
    out("- is what the file has, + what a sync would do now.")
    raise TrackerError(
        f'the plan in "{path}" is not what a sync would do now',
        details="nothing was changed",
        remedy=f"make it anew with `tracker plan --out {path}`, and look at it again",
        exit_code=ExitCode.CHANGES_WAIT,
    )


def _check(path: Path, what: str, kept: str | None, present: str | None) -> None:
    if kept != present:
        theirs, ours = (f'"{one}"' if one else "none" for one in (kept, present))
        raise _unusable(path, f"it is of {what} {theirs}, and this is {ours}")


def _unusable(path: Path, reason: str) -> TrackerError:
    return TrackerError(
        f'the plan "{path}" cannot be carried out: {reason}', remedy=f"make it anew with `tracker plan --out {path}`"
    )


def _unwritable(path: Path, reason: str) -> TrackerError:
    return TrackerError(
        f'the plan cannot be written into "{path}": {reason}',
        remedy="name another file, or `-` for stdout",
        exit_code=ExitCode.USAGE,
    )
