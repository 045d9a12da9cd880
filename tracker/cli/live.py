"""What Launchpad shows of the actions at this moment, for `status --live`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from tracker.cli.preparing import Prepared, prepare
from tracker.launchpad.snapshots import BlueprintSnapshot, TaskSnapshot
from tracker.recap.model import Recap
from tracker.recap.repository import Repository
from tracker.status.rows import Live, Row
from tracker.sync.describe import recap_name
from tracker.sync.plan import ActionPlan, Problem
from tracker.sync.preview import preview_action


@dataclass(frozen=True)
class Seen:
    """What Launchpad shows, and of when each side is."""

    prepared: Prepared
    actions: dict[str, Live]
    """By full id, of the actions that have a plan."""
    read: datetime
    """When the recaps were read, by this machine's clock."""

    @property
    def times(self) -> str:
        """Say of when each side is, in one line."""
        shown = [live.as_of for live in self.actions.values() if live.as_of]
        gateway = self.prepared.gateway
        reader = ", read without an account" if gateway.is_anonymous else ""
        if not shown:
            return f"recaps as of {_say(self.read)}; {gateway.service} shows nothing of these actions{reader}"
        return f"recaps as of {_say(self.read)}, {gateway.service} as of {_say(min(shown))} by its own clock{reader}"

    @property
    def closed(self) -> dict[str, date]:
        """The day on which Launchpad closed what an action is tracked as, by full id."""
        return {full_id: live.closed for full_id, live in self.actions.items() if live.closed}

    def preview(self, recap: Recap) -> Recap:
        """Return a recap as it would be after a sync."""
        actions = ((action, self.actions.get(recap.full_id(action))) for action in recap.actions)
        return replace(recap, actions=tuple(live.action if live else action for action, live in actions))

    def problems(self, rows: list[Row]) -> Iterator[str]:
        """Say of which rows Launchpad does not show all that it should, and why."""
        for row in rows:
            if row.live is not None and row.live.problem:
                yield f"{row.session}#{row.action.id}: {row.live.problem}"


def ask(repository: Repository, report: Callable[[str], None]) -> Seen:
    """Ask Launchpad about every action; writes nothing. Raises what `preparing.prepare` raises."""
    read = datetime.now(UTC)
    prepared = prepare(repository, report=report)
    return Seen(prepared, {plan.full_id: _live(plan, prepared) for plan in prepared.plan.actions}, read)


def _live(plan: ActionPlan, prepared: Prepared) -> Live:
    action, shown = preview_action(plan, prepared.context.people), plan.shown
    problem = (
        "; ".join(remark.text for remark in plan.remarks if remark.kind in {Problem.INPUT, Problem.WARNING}) or None
    )
    if shown is None or plan.create:
        return Live(action, None, problem=problem)
    return Live(
        action,
        prepared.gateway.shown_at(shown.project),
        status=shown.status,
        assignee=shown.assignee,
        milestone=shown.milestone,
        moved=tuple(recap_name(pull.field) for pull in plan.pulls),
        conflicts=tuple(recap_name(conflict.field) for conflict in plan.conflicts),
        problem=problem,
        closed=_closed_on(plan),
    )


def _closed_on(plan: ActionPlan) -> date | None:
    """Return the day on which Launchpad closed what an action is tracked as; of a line it keeps none."""
    if isinstance(plan.shown, TaskSnapshot | BlueprintSnapshot) and plan.shown.closed:
        return datetime.fromisoformat(plan.shown.closed).astimezone(UTC).date()
    return None


def _say(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
