"""Decide what a sync would do, in one step from the recaps, the base and what Launchpad showed; pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from tracker.launchpad.snapshots import BlueprintSnapshot, created_blueprint
from tracker.recap.model import BlueprintTarget, BugTarget, Recap
from tracker.sync.decide_blueprint import plan_blueprint
from tracker.sync.decide_bug import plan_bug
from tracker.sync.entries import Entries, Entry
from tracker.sync.plan import ActionPlan, Context, Observed, Plan, Problem, Remark
from tracker.sync.things import Thing, Trace, trace_of


def build_plan(recaps: Iterable[Recap], base: Mapping[str, Entries], observed: Observed, context: Context) -> Plan:
    """Decide what a sync of these recaps would do; `base` has their entries under the ids that the actions have."""
    recaps = list(recaps)
    observed = replace(observed, coming=_find_coming(recaps))
    plans: list[ActionPlan] = []
    remarks: list[tuple[str, Remark]] = []
    for recap in recaps:
        entries = base.get(recap.id, {})
        for index, action in enumerate(recap.actions):
            entry = entries.get(action.id, Entry(action.id))
            plan = ActionPlan(recap, action, index, entry, formerly=entry.formerly)
            if action.target is not None:
                decide = plan_bug if isinstance(action.target, BugTarget) else plan_blueprint
                plans.append(_take_up(plan, decide, observed, context))
            elif entry.thing is not None:
                text = f"{_until_now(entry.thing)} and names none; {_left(entry.thing)}"
                plans.append(replace(plan, remarks=(Remark(Problem.WARNING, text, "bug"),)))
        for gone in sorted(set(entries) - {action.id for action in recap.actions}):
            thing = entries[gone].thing
            text = "the recap has no such action any more" + (f"; {_left(thing)}" if thing else "")
            remarks.append((f"{recap.id}#{gone}", Remark(Problem.NOTE, text)))
    present = {recap.id for recap in recaps}
    here = {entry.trace for recap in recaps for entry in base.get(recap.id, {}).values()}
    others = {
        entry.trace: f"{recap_id}#{entry.action}"
        for recap_id, entries in base.items()
        if recap_id not in present
        for entry in entries.values()
        if entry.trace is not None and entry.trace not in here
    }
    return Plan(tuple(_share_out(plans, others)), tuple(remarks))


def _find_coming(recaps: Iterable[Recap]) -> dict[str, BlueprintSnapshot]:
    """Return the blueprints that are to be made, for the lines that they are to have."""
    return {
        f"{action.project}/{action.target.name}": created_blueprint(action.project, action.target.name, "", "")
        for recap in recaps
        for action in recap.actions
        if isinstance(action.target, BlueprintTarget) and action.target.create
    }


def find_holders(recaps: Iterable[Recap], base: Mapping[str, Entries]) -> dict[Trace, str]:
    """Return which action has which thing, by full id: the one that names a bug, else the one that the base knows."""
    known = {
        entry.trace: f"{recap_id}#{key}"
        for recap_id, entries in base.items()
        for key, entry in entries.items()
        if entry.trace is not None
    }
    named = {
        trace: recap.full_id(action)
        for recap in recaps
        for action in reversed(recap.actions)
        if isinstance(action.target, BugTarget) and (trace := trace_of(action)) is not None
    }
    return known | named


def _until_now(thing: Thing) -> str:
    return f"it tracked {thing} until now" if thing.kind != "work item" else f"it was a {thing} until now"


def _left(thing: Thing) -> str:
    return f"{thing} stays as it is" if thing.kind != "work item" else "its line stays as it is"


def _take_up(
    plan: ActionPlan,
    decide: Callable[[ActionPlan, Observed, Context], ActionPlan],
    observed: Observed,
    context: Context,
) -> ActionPlan:
    """Decide about an action with a target, which may be another kind of thing than it was tracked as."""
    known, target = plan.entry.thing, plan.action.target
    if known is None or isinstance(target, BugTarget) is (known.kind == "bug"):
        return decide(plan, observed, context)
    text = f"{_until_now(known)}; {_left(known)}"
    plan = replace(plan, entry=Entry(plan.action.id), remarks=(Remark(Problem.WARNING, text),))
    return decide(plan, observed, context)


def _share_out(plans: list[ActionPlan], others: Mapping[Trace, str]) -> list[ActionPlan]:
    """Let one action have a thing: the first that names it, before any that would only be led to it.

    `others` has the things of recaps that this plan is not about.
    """
    claimed = dict(others)
    for plan in plans:
        if plan.trace is not None and plan.write_number is None:
            claimed.setdefault(plan.trace, plan.full_id)
    shared = []
    for plan in plans:
        if plan.trace is None:
            shared.append(plan)
            continue
        holder = claimed.setdefault(plan.trace, plan.full_id)
        is_elsewhere = plan.trace in others
        shared.append(plan if holder == plan.full_id else _without_thing(plan, holder, is_elsewhere=is_elsewhere))
    return shared


def _without_thing(plan: ActionPlan, holder: str, *, is_elsewhere: bool) -> ActionPlan:
    thing = plan.thing
    assert thing is not None  # noqa: S101 - it is another action's
    if plan.write_number is not None:
        text = f"{thing} tracks {holder} already, so nothing was changed here"
        remark = Remark(Problem.WARNING, text, "bug")
        remarks = (*(one for one in plan.remarks if one.kind is Problem.WARNING), remark)
    else:
        text = f"{thing} tracks {holder} already"
        text += ", which this run is not about; name its recap too, or" if is_elsewhere else ";"
        remarks = (Remark(Problem.INPUT, f"{text} give each action a {thing.kind} of its own", thing.key),)
    return ActionPlan(plan.recap, plan.action, plan.index, plan.entry, remarks=remarks)
