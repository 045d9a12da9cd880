"""What Launchpad shows of the actions at this moment, for `status --live`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from tracker.cli.preparing import Prepared, prepare
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
        launchpad = f"{gateway.service} as of {_say(min(shown))} by its own clock" if shown else gateway.service
        reader = ", as nobody sees it" if gateway.is_anonymous else ""
        return f"recaps as of {_say(self.read)}, {launchpad}{reader}"

    def remarks(self, rows: list[Row]) -> Iterator[str]:
        """Say of which rows Launchpad shows no bug as it should be, and why."""
        wanted = {f"{row.session}#{row.action.id}" for row in rows}
        for plan in self.prepared.plan.actions:
            for remark in plan.remarks:
                if plan.full_id in wanted and remark.kind is not Problem.NOTE:
                    yield f"{plan.full_id}: {remark.text}"


def ask(repository: Repository, report: Callable[[str], None]) -> Seen:
    """Ask Launchpad about every action; writes nothing. Raises what `preparing.prepare` raises."""
    read = datetime.now(UTC)
    prepared = prepare(repository, report=report)
    return Seen(prepared, {plan.full_id: _live(plan, prepared) for plan in prepared.plan.actions}, read)


def _live(plan: ActionPlan, prepared: Prepared) -> Live:
    action, task = preview_action(plan, prepared.context.people), plan.task
    if task is None or plan.create:
        return Live(action, None)
    return Live(
        action,
        prepared.gateway.shown_at(task.project),
        status=task.status,
        assignee=task.assignee,
        milestone=task.milestone,
        moved=tuple(recap_name(pull.field) for pull in plan.pulls),
        conflicts=tuple(recap_name(conflict.field) for conflict in plan.conflicts),
    )


def _say(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
