"""Decide about an action that is a blueprint, or a line among a blueprint's work items; pure."""

from dataclasses import replace

from tracker.launchpad.snapshots import BlueprintSnapshot, WorkItemSnapshot, created_blueprint
from tracker.launchpad.statuses import DEFAULT_BLUEPRINT_STATUS, DEFAULT_WORK_ITEM_STATUS
from tracker.launchpad.workitems import WorkItem, read_items, same_title
from tracker.recap.model import Action, BlueprintTarget, BugTarget, Status, WorkItemTarget
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
from tracker.sync.things import Kind, Thing, thing_of


def plan_blueprint(plan: ActionPlan, observed: Observed, context: Context) -> ActionPlan:
    """Decide about an action whose recap names a blueprint, as what it is or as what has it among its work items."""
    thing = thing_of(plan.action)
    assert thing is not None  # noqa: S101 - it has a name from the start
    if plan.action.project in observed.absent_projects:
        return without_project(plan, observed, context)
    if plan.entry.thing != thing:
        # What was agreed on another one says nothing of this one.
        refused = plan.entry.refused if plan.entry.thing is None else {}
        plan = replace(plan, entry=Entry(plan.action.id, refused=refused))
    found = observed.blueprints.get(thing.name)
    target = plan.action.target
    if isinstance(target, BlueprintTarget) and target.create:
        if found is None:
            return _plan_creation(plan, thing, context)
        if not (plan.entry.created or read_identity(found.summary) in plan.full_ids):
            text = f"there is a {thing} already; write `blueprint: {target.name}` to track it, or choose another name"
            return _remark(plan, Problem.INPUT, text, "blueprint")
        if not plan.entry.created:
            plan = replace(plan, entry=created_entry(plan.action, thing))
        plan = replace(plan, write_name=target.name)
    elif found is None and isinstance(target, WorkItemTarget):
        found = observed.coming.get(thing.name)
    if found is None:
        return _plan_absent(plan, thing)
    if found.private:
        # What a private one says must not get into recaps that everybody reads.
        text = f"blueprint {found.name} is private, so nothing of it is written here, and it is left as it is"
        return _remark(replace(plan, write_name=None), Problem.WARNING, text, thing.key)
    return plan_shown(plan, found, context)


def plan_shown(plan: ActionPlan, blueprint: BlueprintSnapshot, context: Context) -> ActionPlan:
    """Decide anew about one action, resting on this read of its blueprint."""
    if plan.create:  # what was to be made was not agreed on yet
        plan = replace(plan, entry=Entry(plan.action.id, refused=plan.entry.refused))
    plan = replace(plan, shown=None, create=False, merges=(), refused={}, subscribe=(), link=())
    if isinstance(plan.action.target, WorkItemTarget):
        return _plan_line(plan, blueprint, context)
    thing = Thing(Kind.BLUEPRINT, f"{blueprint.project}/{blueprint.name}")
    plan = replace(plan, entry=plan.entry.tracking(thing))
    plan = add_subscriptions(plan_fields(plan, blueprint, context), context)
    return _add_links(plan, context)


def created_entry(action: Action, thing: Thing) -> Entry:
    """Return the entry of a blueprint that the tracker made: nothing but its creation was agreed on."""
    fields = {"status": Agreed(Status.TODO, DEFAULT_BLUEPRINT_STATUS)}
    return Entry(action.id, created=True, fields=fields).tracking(thing)


def _plan_creation(plan: ActionPlan, thing: Thing, context: Context) -> ActionPlan:
    action, target = plan.action, plan.action.target
    assert isinstance(target, BlueprintTarget)  # noqa: S101 - the caller looked
    summary = write_description(plan.recap, action, context.people)
    request = creation_request(action, summary)
    if refused := refused_before(plan.entry, "create", request, context):
        return replace(plan, remarks=(*plan.remarks, not_again("creating a blueprint", refused)))
    shown = created_blueprint(action.project, target.name, action.title, summary)
    plan = replace(plan, create=True, description=summary, entry=created_entry(action, thing))
    plan = add_subscriptions(plan_fields(plan, shown, context), context)
    return _add_links(plan, context)


def _plan_absent(plan: ActionPlan, thing: Thing) -> ActionPlan:
    name = thing.name.partition("/")[2]
    if plan.entry.thing is not None:
        text = f"Launchpad shows no blueprint {name} any more (renamed, moved, private?); nothing was changed for it"
        return _remark(replace(plan, write_name=None), Problem.WARNING, text, thing.key)
    text = f"Launchpad shows no blueprint {name} in {plan.action.project}; correct the name, or"
    text += f" write `new {name}`" if isinstance(plan.action.target, BlueprintTarget) else " make one first"
    return _remark(plan, Problem.INPUT, text, thing.key)


def _add_links(plan: ActionPlan, context: Context) -> ActionPlan:
    """Link the bugs of the recap to the blueprint that the tracker made for it, each once for all time."""
    if not (plan.entry.created and context.settings.link_bugs):
        return plan
    linked, remarks = [], list(plan.remarks)
    for action in plan.recap.actions:
        if not isinstance(action.target, BugTarget) or action.target.number in plan.entry.linked:
            continue
        number = str(action.target.number)
        if refused := refused_before(plan.entry, f"link {number}", number, context):
            remarks.append(not_again(f"linking bug {number}", refused))
        else:
            linked.append(plan.recap.full_id(action))
    return replace(plan, link=tuple(linked), remarks=tuple(remarks))


def _plan_line(plan: ActionPlan, blueprint: BlueprintSnapshot, context: Context) -> ActionPlan:
    """Decide about the action's line among the work items of a blueprint, or about adding it."""
    try:
        items = read_items(blueprint.work_items)
    except ValueError as error:
        text = f"the work items of {blueprint.name} are not understood, so they are left as they are: {error}"
        return _remark(plan, Problem.WARNING, text, "work_item")
    thing = Thing(Kind.WORK_ITEM, f"{blueprint.project}/{blueprint.name}")
    is_known = plan.entry.thing is not None
    titles = [one for one in titles_of(plan) if context.holders.get((thing, one), plan.full_id) == plan.full_id]
    lines = next(filter(None, ([one for one in items if same_title(one.title, title)] for title in titles)), [])
    if not lines and is_known:
        text = (
            f'"{titles_of(plan)[0]}" is no work item of {blueprint.name} any more, and is not added again; if it was'
            " reworded there, give the action that title, else take `work_item` out, or `tracker forget` it"
        )
        return _remark(plan, Problem.WARNING, text, "work_item")
    line = _as_one(lines, plan.entry) if lines else WorkItem(plan.action.title.strip())
    if line is None:
        text = (
            f'{len(lines)} work items of {blueprint.name} are called "{lines[0].title.strip()}" and differ, so none'
            " is changed; reword those that are something else, or take them out"
        )
        return _remark(plan, Problem.WARNING, text, "work_item")
    shown = WorkItemSnapshot(blueprint, line.title, line.status, line.assignee, line.milestone, count=len(lines))
    if not lines:
        request = creation_request(plan.action, str(thing))
        if refused := refused_before(plan.entry, "create", request, context):
            return replace(plan, remarks=(*plan.remarks, not_again("adding it to the work items", refused)))
        title, status = Agreed(shown.title, shown.title), Agreed(Status.TODO, DEFAULT_WORK_ITEM_STATUS)
        plan = replace(plan, create=True, entry=replace(plan.entry, fields={"title": title, "status": status}))
    plan = plan_fields(replace(plan, entry=plan.entry.tracking(thing)), shown, context)
    others = [one for one in items if one not in lines and one.title.strip() in titles]
    if lines and others:
        plan = _hold_title(plan, blueprint)
    return _hold_absent(plan, context)


def titles_of(plan: ActionPlan) -> tuple[str, ...]:
    """Return the titles under which an action's line may stand, the surest first."""
    known = plan.entry.fields.get("title")
    agreed = [known.launchpad] if known and known.launchpad else []
    return tuple(dict.fromkeys([*agreed, plan.action.title.strip()]))


def _as_one(lines: list[WorkItem], entry: Entry) -> WorkItem | None:
    """Return what the lines of one title say together: of each field, what somebody changed since it was agreed on.

    None when they say different things, or nothing was agreed on yet: then one of them may be somebody's own.
    """
    said: dict[str, str | None] = {}
    for name, values in (
        ("status", [line.status for line in lines]),
        ("lead", [line.assignee for line in lines]),
        ("milestone", [line.milestone for line in lines]),
    ):
        agreed = entry.fields[name].launchpad if name in entry.fields else None
        is_known = entry.thing is not None
        news = {value for value in values if not (is_known and value == agreed)}
        if len(news) > 1:
            return None
        said[name] = next(iter(news), agreed)
    return replace(
        lines[0], status=said["status"] or lines[0].status, assignee=said["lead"], milestone=said["milestone"]
    )


def _hold_title(plan: ActionPlan, blueprint: BlueprintSnapshot) -> ActionPlan:
    """Hold a new title that another line has: one of the two would be lost, and it may be anybody's."""
    merges = (
        replace(merge, outcome=Outcome.HELD) if (merge.field, merge.outcome) == ("title", Outcome.PUSH) else merge
        for merge in plan.merges
    )
    text = f'there is a work item "{plan.action.title.strip()}" of {blueprint.name} already; reword one of the two'
    return _remark(replace(plan, merges=tuple(merges)), Problem.INPUT, text, "title")


def _hold_absent(plan: ActionPlan, context: Context) -> ActionPlan:
    """Hold what Launchpad would refuse with the whole list: an account or a milestone that it does not have."""
    merges, remarks = [], list(plan.remarks)
    for merge in plan.merges:
        name = wanted_name(plan.action, merge.field, merge.to_launchpad)
        if merge.outcome is Outcome.PUSH and name in context.absent_names:
            what = f"account {name}" if merge.field == "lead" else f"milestone {merge.to_launchpad}"
            where = "people.yaml" if merge.field == "lead" else "the recap"
            text = f"Launchpad has no {what}; correct it in {where}"
            remarks.append(Remark(Problem.INPUT, text, "owner" if merge.field == "lead" else "milestone"))
            merges.append(replace(merge, outcome=Outcome.HELD, note=None))
        else:
            merges.append(merge)
    return replace(plan, merges=tuple(merges), remarks=tuple(remarks))


def wanted_name(action: Action, field: str, value: str | None) -> str | None:
    """Return an account or milestone as `Context.absent_names` would have it; None for what is neither."""
    if value is None or field not in {"lead", "milestone"}:
        return None
    return f"~{value}" if field == "lead" else f"{action.project}/{value}"


def _remark(plan: ActionPlan, kind: Problem, text: str, field: str) -> ActionPlan:
    return replace(plan, remarks=(*plan.remarks, Remark(kind, text, field)))
