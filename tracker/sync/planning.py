"""Make a plan: read what it rests on, decide, and keep what a run is about."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from tracker.launchpad.gateway import Gateway
from tracker.recap.model import BugTarget, Recap
from tracker.recap.parse import Settings
from tracker.recap.people import People
from tracker.recap.repository import Repository
from tracker.sync.accounts import find_gone_accounts
from tracker.sync.base import Base, find_foreign, find_gone
from tracker.sync.choice import EVERYTHING, Choice, choose
from tracker.sync.decide import build_plan, find_holders
from tracker.sync.entries import Entries
from tracker.sync.gather import gather
from tracker.sync.merge import Prefer
from tracker.sync.moves import locate_entries
from tracker.sync.plan import Context, Plan


@dataclass(frozen=True)
class Planned:
    """A plan, and what carrying it out rests on."""

    entries: dict[str, Entries]
    """The base, by the recaps that hold the actions now."""
    context: Context
    plan: Plan


def make_plan(
    gateway: Gateway,
    repository: Repository,
    settings: Settings,
    people: People,
    base: Base,
    *,
    missing: float,
    choice: Choice = EVERYTHING,
    prefer: Prefer | None = None,
    retry_refused: bool = False,
    report: Callable[[str], None] = lambda _text: None,
) -> Planned:
    """Read Launchpad's side and the base, and decide what a sync would do; writes nothing.

    `missing` is as for `gather`. Raises TrackerError as the base, the gateway and a brake on what was read do.
    """
    recaps = repository.recaps
    known = base.load_all()
    # What an action goes on with may stand in a recap that this run is not about.
    present = [*recaps, *repository.origins]
    located = locate_entries(present, known, find_gone(repository.folder, set(known) - {one.id for one in present}))
    observed = gather(gateway, recaps, located.entries, people, settings.tag, report, missing=missing)
    context = Context(
        people,
        settings,
        prefer,
        retry_refused,
        observed.account,
        find_gone_accounts(gateway, recaps, located.entries, observed, people),
        observed.absent_names,
        holders=find_holders(recaps, located.entries),
        foreign=find_foreign(repository.folder, gateway.service) if _has_news(recaps, located.entries) else {},
    )
    plan = build_plan(recaps, located.entries, observed, context)
    return Planned(located.entries, context, choose(replace(plan, remarks=(*located.remarks, *plan.remarks)), choice))


def _has_news(recaps: Iterable[Recap], base: Mapping[str, Entries]) -> bool:
    """Tell whether a recap names a bug that the base does not know, so that it may be another service's."""
    known = {(recap_id, entry.bug) for recap_id, entries in base.items() for entry in entries.values()}
    return any(
        isinstance(action.target, BugTarget)
        and action.target.number
        and (recap.id, action.target.number) not in known
        for recap in recaps
        for action in recap.actions
    )
