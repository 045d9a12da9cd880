"""What a recap would say after a sync; pure."""

from dataclasses import replace
from typing import Any

from tracker.recap.model import Action, BlueprintTarget, BugTarget, Status
from tracker.recap.people import People
from tracker.sync.merge import new_owners
from tracker.sync.plan import ActionPlan


def preview_action(plan: ActionPlan, people: People) -> Action:
    """Return a plan's action as its recap would have it once the plan is carried out."""
    changes: dict[str, Any] = {}
    for pull in plan.pulls:
        if pull.field == "lead":
            changes["owners"] = new_owners(plan.action.owners, pull.launchpad, people)
        elif pull.field == "status":
            changes["status"] = Status(pull.to_recap) if pull.to_recap else None
        else:
            changes[pull.field] = pull.to_recap
    if plan.write_number is not None:
        changes["target"] = BugTarget(plan.write_number)
    if plan.write_name is not None:
        changes["target"] = BlueprintTarget(plan.write_name)
    return replace(plan.action, **changes)
