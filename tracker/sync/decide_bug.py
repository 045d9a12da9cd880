"""Decide about an action that is tracked as a bug; pure."""

from dataclasses import replace

from tracker.launchpad.snapshots import Elsewhere, Invisible, TaskSnapshot, created_task
from tracker.launchpad.statuses import DEFAULT_BUG_STATUS
from tracker.recap.model import Action, BugTarget, Status
from tracker.sync.decide_fields import (
    add_subscriptions,
    creation_request,
    not_again,
    plan_fields,
    refused_before,
    without_project,
)
from tracker.sync.entries import Agreed, Entry
from tracker.sync.identity import read_identity, write_description
from tracker.sync.merge import Outcome
from tracker.sync.plan import ActionPlan, Context, Observed, Problem, Remark
from tracker.sync.things import bug as bug_thing


def plan_bug(plan: ActionPlan, observed: Observed, context: Context) -> ActionPlan:
    """Decide about an action whose recap names a bug, or asks for a new one."""
    action, entry = plan.action, plan.entry
    assert isinstance(action.target, BugTarget)  # noqa: S101 - the caller looked
    if foreign := _foreign_service(plan, context):
        service, name = foreign
        text = (
            f"bug {action.target.number} was synced on {service}, and this is {context.settings.service}; say"
            f" `service: {service}` again, or write `bug: new` or the number that it has here; if that is the"
            f" same, `tracker forget --service {service} {name}`"
        )
        return replace(plan, remarks=(*plan.remarks, Remark(Problem.INPUT, text, "bug")))
    if action.project in observed.absent_projects:
        return without_project(plan, observed, context)
    named = action.target.number
    twins = [
        number
        for number in observed.tracking(plan.full_ids)
        if context.holders.get((bug_thing(number), None), plan.full_id) == plan.full_id
    ]
    number = named or entry.bug or (twins[0] if twins else None)
    if number is None:
        return _plan_creation(plan, context)
    if number != entry.bug:
        # What was agreed on another bug says nothing of this one.
        plan = replace(plan, entry=_first_entry(plan, number, twins, observed))
    if named is None:
        plan = replace(plan, write_number=number)
    bug = observed.bugs.get(number)
    if bug is not None and bug.duplicate_of is not None:
        plan = _follow(plan, number, bug.duplicate_of, twins)
        number = bug.duplicate_of
    plan, number = _settle_twins(plan, number, twins, observed)
    return _plan_tracked(plan, number, observed, context)


def _foreign_service(plan: ActionPlan, context: Context) -> tuple[str, str] | None:
    """Return the service that a number was synced on, when it never was here, and the action's id there."""
    number = plan.action.target.number if isinstance(plan.action.target, BugTarget) else None
    if number is None or number == plan.entry.bug:
        return None
    found = (
        (service, one)
        for service, bugs in context.foreign.items()
        for one in sorted(plan.full_ids)
        if bugs.get(one) == number
    )
    return next(found, None)


def creation_fields(title: Agreed | None = None) -> dict[str, Agreed]:
    """Return the base that creating a bug gives it, with the title sent; what is empty on both sides needs none."""
    fields = {"status": Agreed(Status.TODO, DEFAULT_BUG_STATUS)}
    return fields if title is None else {"title": title, **fields}


def _first_entry(plan: ActionPlan, number: int, twins: list[int], observed: Observed) -> Entry:
    """Return the entry of a bug that the base does not know as this action's; its description tells who made it."""
    begun = plan.entry.creating is not None
    if number in twins and (begun or plan.action.target == BugTarget()):
        return found_entry(plan.action, number, plan.entry.fields.get("title") if begun else None)
    bug = observed.bugs.get(number)
    return Entry(plan.action.id, created=bug is not None and read_identity(bug.description) is not None)


def _follow(plan: ActionPlan, number: int, master: int, twins: list[int]) -> ActionPlan:
    """Go from a duplicate to the bug that it is a duplicate of."""
    entry = found_entry(plan.action, master) if master in twins else Entry(plan.action.id)
    remark = Remark(Problem.WARNING, f"bug {number} is a duplicate of bug {master}, which is followed")
    return replace(plan, entry=entry, write_number=master, remarks=(*plan.remarks, remark))


def _settle_twins(plan: ActionPlan, number: int, twins: list[int], observed: Observed) -> tuple[ActionPlan, int]:
    """Make one of several bugs that name the action: the lowest stays, the others become its duplicates."""
    project = plan.action.project
    rivals = [
        twin for twin in twins if twin != number and observed.shows(project, twin) and not observed.bugs[twin].private
    ]
    if not (rivals and observed.shows(project, number)):
        return plan, number
    if not plan.entry.created:  # a person chose this bug
        notes = tuple(
            Remark(Problem.NOTE, f"bug {twin} names this action too, and is left as it is") for twin in rivals
        )
        return replace(plan, remarks=plan.remarks + notes), number
    lowest, *others = sorted((number, *rivals))
    if lowest != number:
        plan = replace(plan, entry=found_entry(plan.action, lowest), write_number=lowest)
    return replace(plan, duplicates=tuple(others)), lowest


def found_entry(action: Action, number: int, sent_title: Agreed | None = None) -> Entry:
    """Return the entry of a bug that was found by its identity: nothing but its creation was agreed on.

    Which title was sent is known only from an intent; without one, two titles that differ are for a person.
    """
    return Entry(action.id, bug=number, created=True, fields=creation_fields(sent_title))


def _plan_creation(plan: ActionPlan, context: Context) -> ActionPlan:
    action = plan.action
    description = write_description(plan.recap, action, context.people)
    request = creation_request(action, description)
    if refused := refused_before(plan.entry, "create", request, context):
        return replace(plan, remarks=(*plan.remarks, not_again("creating a bug", refused)))
    # An intent knows which title was sent; it may have been reworded since.
    fields = creation_fields(plan.entry.fields.get("title"))
    entry = Entry(action.id, created=True, creating=plan.entry.creating, sought=plan.entry.sought, fields=fields)
    task = created_task(0, action.project, action.title)
    plan = replace(plan, entry=entry, create=True, description=description)
    plan = plan_fields(plan, task, context)
    return add_subscriptions(plan, context)


def _plan_tracked(plan: ActionPlan, number: int, observed: Observed, context: Context) -> ActionPlan:
    action = plan.action
    answer = observed.tasks.get((action.project, number), Invisible(number))
    if not isinstance(answer, TaskSnapshot):
        return _plan_absent(plan, answer)
    bug = observed.bugs.get(number)
    if bug is not None and bug.private:
        # What a private bug says must not get into recaps that everybody reads.
        text = f"bug {number} is private, so nothing of it is written here, and it is left as it is"
        remark = Remark(Problem.WARNING, text, "bug")
        return replace(plan, write_number=None, duplicates=(), remarks=(*plan.remarks, remark))
    wanted = {context.settings.tag, *action.tags}
    # A bug that was not read alone is one that the search by tag has shown.
    present = {*plan.entry.tags, *(bug.tags if bug is not None else (context.settings.tag,))}
    tags = tuple(sorted({*plan.entry.tags, *(wanted & present)}))
    plan = replace(plan, entry=replace(plan.entry, bug=number, tags=tags))
    plan = plan_fields(plan, answer, context)
    plan = add_subscriptions(_add_tags(plan, wanted - present, context), context)
    plan = replace(plan, comment=evidence_comment(plan))
    return _check_comment(plan, context)


def _plan_absent(plan: ActionPlan, answer: Elsewhere | Invisible) -> ActionPlan:
    known = plan.entry.bug is not None or plan.write_number is not None
    kind = Problem.WARNING if known else Problem.INPUT
    if isinstance(answer, Elsewhere):
        text = f"bug {answer.bug} has no task in project {answer.project}"
        text += "; it was moved, so it is left as it is" if known else "; add one there, or correct the number"
    else:
        text = f"Launchpad does not show bug {answer.bug}"
        text += (
            " (private?); it is left as it is" if known else "; correct the number, or sync as somebody who sees it"
        )
    return replace(plan, write_number=None, duplicates=(), remarks=(*plan.remarks, Remark(kind, text, "bug")))


def _add_tags(plan: ActionPlan, missing_tags: set[str], context: Context) -> ActionPlan:
    """Add tags, which are written once and then remembered; what Launchpad refused before is told instead."""
    tags = tuple(sorted(missing_tags))
    if tags and (refused := refused_before(plan.entry, "tags", " ".join(tags), context)):
        return replace(plan, remarks=(*plan.remarks, not_again("tagging", refused)))
    return replace(plan, add_tags=tags)


def evidence_comment(plan: ActionPlan) -> str | None:
    """Return the comment that says why the action is done, when it is due."""
    action = plan.action
    pulled = next((merge.to_recap for merge in plan.pulls if merge.field == "status"), None)
    if (pulled or action.status) != Status.DONE or not action.evidence or plan.entry.commented:
        return None
    if "status" in plan.refused or any(
        merge.field == "status" and merge.outcome in {Outcome.CONFLICT, Outcome.HELD} for merge in plan.merges
    ):
        return None
    known = plan.entry.fields.get("status")
    # Only an action that becomes done says so; one that was done when it was first seen has been told of.
    becomes_done = known is not None and known.recap != Status.DONE
    if not becomes_done and "comment" not in plan.entry.refused:
        return None
    return "Done, as these show:\n" + "\n".join(action.evidence)


def _check_comment(plan: ActionPlan, context: Context) -> ActionPlan:
    refused = refused_before(plan.entry, "comment", plan.comment, context)
    if plan.comment is None or refused is None:
        return plan
    return replace(plan, comment=None, remarks=(*plan.remarks, not_again("commenting", refused)))
