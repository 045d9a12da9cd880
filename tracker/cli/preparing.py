"""What `plan`, `sync` and `status --live` begin with: the recaps, Launchpad's side, and the plan."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tracker.cli.check import count, has_errors
from tracker.cli.findings import render_diagnostic
from tracker.cli.interrupting import NOTHING_CHANGED, interruptible
from tracker.cli.output import err
from tracker.errors import ExitCode, TrackerError
from tracker.launchpad.gateway import Gateway
from tracker.launchpad.links import SERVICE_ROOTS
from tracker.launchpad.services import find_service
from tracker.launchpad.wire import Wire
from tracker.recap.parse import Settings
from tracker.recap.repository import Repository, load_repository, select_paths
from tracker.sync.base import Base
from tracker.sync.choice import read_choice
from tracker.sync.entries import Entries
from tracker.sync.plan import Context, Plan
from tracker.sync.plan_file import Options
from tracker.sync.planning import make_plan


@dataclass
class Prepared:
    """Everything that a plan rests on, and the plan."""

    repository: Repository
    settings: Settings
    gateway: Gateway
    context: Context
    base: Base
    entries: dict[str, Entries]
    plan: Plan

    @property
    def exit_codes(self) -> list[ExitCode]:
        """What the plan itself makes of the exit code."""
        broken = any(diagnostic.is_error for diagnostic in self.repository.diagnostics)
        codes = [ExitCode.PROBLEMS] if broken or self.plan.has_input_problems else []
        return codes + ([ExitCode.CONFLICTS] if self.plan.conflicts else [])


def load(folder: Path, paths: list[Path]) -> Repository:
    """Read the recaps, and show what is wrong with them."""
    repository = load_repository(folder, select_paths(folder, paths))
    for diagnostic in repository.diagnostics:
        err(render_diagnostic(diagnostic))
    broken = {file.document.path for file in repository.files if file.recap is None}
    if broken and repository.settings and repository.people:
        err(f"{count(len(broken), 'recap')} left out because of errors")
    return repository


@interruptible(NOTHING_CHANGED)
def prepare(
    repository: Repository,
    *,
    report: Callable[[str], None],
    options: Options | None = None,
    to_write: bool = False,
) -> Prepared:
    """Read Launchpad's side, and decide what a sync would do; `report` is told what takes time.

    `to_write` tells that the plan is to be carried out. Raises TrackerError, also when nobody is logged in for that,
    and when Launchpad shows fewer of the known bugs than the limits allow.
    """
    options = options or Options()
    settings, people = repository.settings, repository.people
    if settings is None or people is None:
        raise has_errors("tracker.yaml or people.yaml")
    choice = read_choice(repository.recaps, options.only, options.fields)
    service = find_service(settings.service, repository.folder)
    if to_write and service.account is None:
        raise _nobody(service.name)
    report(f"connecting to {service.name}{'' if service.account else ' without an account: only public things show'}")
    gateway = Gateway(Wire(service))
    base = Base(repository.folder, service.name)
    planned = make_plan(
        gateway,
        repository,
        settings,
        people,
        base,
        choice=choice,
        prefer=options.prefer,
        retry_refused=options.retry_refused,
        missing=1.0 if "missing" in options.force else settings.limits.missing,
        report=report,
    )
    return Prepared(repository, settings, gateway, planned.context, base, planned.entries, planned.plan)


def _nobody(service: str) -> TrackerError:
    otherwise = ", or name a credentials file with TRACKER_CREDENTIALS" if service in SERVICE_ROOTS else ""
    return TrackerError(
        f"nobody is logged in to {service}",
        remedy=f"log in with `tracker login`{otherwise}",
        exit_code=ExitCode.LAUNCHPAD,
    )
