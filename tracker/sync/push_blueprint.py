"""Write on Launchpad what a plan pushes to a blueprint: in one request, under If-Match, with all its work items."""

import re
from collections.abc import Collection, Container, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from tracker.launchpad.gateway import MovedError, RefusedError, StaleError
from tracker.launchpad.replies import UnansweredError, UnreachableError
from tracker.launchpad.snapshots import BlueprintSnapshot, WorkItemSnapshot
from tracker.launchpad.workitems import (
    Changes,
    ItemEdit,
    edit_items,
    find_waiting,
    read_items,
    same_title,
    write_items,
)
from tracker.recap.model import BlueprintTarget
from tracker.sync.decide_blueprint import created_entry, plan_shown, titles_of
from tracker.sync.decide_fields import creation_request, keep_settled
from tracker.sync.describe import say_push
from tracker.sync.entries import Entry, Refused
from tracker.sync.events import Event, Kind
from tracker.sync.identity import read_identity
from tracker.sync.merge import Outcome
from tracker.sync.plan import ActionPlan, Problem
from tracker.sync.push import drop_pushes, keep_refusal, keep_refusals, tell_meanwhile, write_what_is_taken
from tracker.sync.things import thing_of
from tracker.sync.workspace import Workspace, done, failed

_ATTEMPTS = 2
_NAMES = frozenset({"lead", "milestone"})

Pushed = Generator[Event, None, list[ActionPlan]]
"""Steps whose value is what is left of the plans: without pushes, and without `shown` where nothing is to be done."""


def create_blueprint(work: Workspace, plan: ActionPlan) -> Generator[Event, None, ActionPlan | None]:
    """Register the action's blueprint; the generator's value is the plan for what is left, None when there is none.

    A project has a name once, so an answer that was lost leaves no second one; the last line of the summary tells
    whose the blueprint is that has it.
    """
    action, target, thing = plan.action, plan.action.target, thing_of(plan.action)
    assert isinstance(target, BlueprintTarget)  # noqa: S101 - the caller looked
    assert thing is not None  # noqa: S101 - it has a name from the start
    try:
        work.gateway.create_blueprint(action.project, target.name, action.title, plan.description)
    except RefusedError as error:
        request = creation_request(action, plan.description)
        refusal = Refused(request, None, work.gateway.account, error.reason)
        work.remember(plan, Entry(action.id, refused={"create": refusal}), save=True)
        yield Event(Kind.REFUSED, plan.full_id, f"create {thing}: {error.reason}")
        return None
    except (UnansweredError, UnreachableError) as error:
        found = work.gateway.fetch_blueprint(action.project, target.name)
        if found is None:
            yield failed(plan, f"creating {thing} had no good answer ({error}); the next sync looks for it first")
            return None
    else:
        found = work.gateway.fetch_blueprint(action.project, target.name)
    if found is None or read_identity(found.summary) not in plan.full_ids:
        yield failed(plan, f"{thing} was created but is not shown" if found is None else f"somebody made {thing} now")
        return None
    entry = created_entry(action, thing)
    work.remember(plan, entry, save=True)
    yield done(plan, f"created {thing}")
    created = replace(plan, create=False, entry=entry, write_name=target.name, remarks=())
    return plan_shown(created, found, work.context)


def await_blueprint(work: Workspace, plans: Sequence[ActionPlan]) -> Pushed:
    """Read the blueprint that was made in this run, for the lines that its work items are to have."""
    waiting = [plan for plan in plans if plan.blueprint is not None and plan.blueprint.etag is None]
    if not waiting:
        return list(plans)
    made = next((plan.blueprint for plan in plans if plan.blueprint and plan.blueprint.etag is not None), None)
    if made is None:
        yield from (failed(plan, "its blueprint was not made, so its line was not added") for plan in waiting)
        return []
    return [plan_shown(plan, made, work.context) if plan in waiting else plan for plan in plans]


def link_bugs(work: Workspace, plan: ActionPlan) -> Generator[Event]:
    """Link bugs to a blueprint that the tracker made, each once for all time."""
    blueprint = plan.blueprint
    assert blueprint is not None  # noqa: S101 - it was planned for one
    entry = work.entries.get(plan.recap.id, {}).get(plan.action.id)
    if entry is None or entry.blueprint is None:  # it was not made, which has been told
        return
    for full_id in plan.link:
        tracked = work.entries[plan.recap.id].get(full_id.partition("#")[2])
        if tracked is None or tracked.bug is None:
            continue
        name = f"link {tracked.bug}"
        try:
            work.gateway.link_bug(blueprint.project, blueprint.name, tracked.bug)
        except RefusedError as error:
            event = Event(Kind.REFUSED, plan.full_id, f"link bug {tracked.bug}: {error.reason}")
            entry = keep_refusal(work, entry, name, str(tracked.bug), error.reason)
        else:
            event = done(plan, f"{plan.thing}: linked bug {tracked.bug}")
            linked = tuple(sorted({*entry.linked, tracked.bug}))
            kept = {known: refusal for known, refusal in entry.refused.items() if known != name}
            entry = replace(entry, linked=linked, refused=kept)
        work.entries[plan.recap.id][plan.action.id] = entry
        work.base.save(plan.recap.id, work.entries[plan.recap.id])
        yield event


def push_blueprint(work: Workspace, plans: Sequence[ActionPlan]) -> Pushed:
    """Write what these plans push, all of one blueprint: its own fields and its work items, at once.

    Work items are rows of their own, which stand side by side when two people add them at the same moment, and no
    answer to a write shows the other's. So they are read again, and a line that stands twice is reduced to one.
    """
    plans = list(plans)
    stale = 0
    while True:
        blueprint = next((plan.blueprint for plan in plans if plan.blueprint is not None), None)
        if blueprint is None:
            return plans
        try:
            changes = _changes(blueprint, plans)
            waiting = _find_waiting(blueprint, plans)
        except ValueError as error:
            lines = {plan.full_id for plan in plans if _writes_line(plan)}
            return (yield from _leave(plans, lines, f"its line was not written: {error}"))
        if not changes:
            return (yield from _leave(plans, waiting, "its title is another line's; reword one of the two"))
        try:
            refused = write_what_is_taken(partial(work.gateway.update_blueprint, blueprint), changes)
        except (StaleError, MovedError):
            stale += 1
            fresh = work.gateway.fetch_blueprint(blueprint.project, blueprint.name)
            if fresh is None or stale > _ATTEMPTS:
                text = f"blueprint {blueprint.name} is being changed by somebody else; not all was written"
                return (yield from _leave(plans, {plan.full_id for plan in plans}, text))
            plans = yield from _decide_anew(work, plans, fresh)
            continue
        reason = refused.get("work_items")
        culprits = _find_culprits(plans, reason) if reason else _NOBODY
        plans = yield from _settle(work, plans, changes, refused, waiting, culprits.sure)
        if culprits.suspects:
            return (yield from _push_apart(work, plans, culprits.suspects))
        if "work_items" not in changes:
            return plans
        if "work_items" in refused:
            continue
        fresh = work.gateway.fetch_blueprint(blueprint.project, blueprint.name)
        if fresh is None:
            return plans
        if not (waiting or any(_shows_line(plan) and _count(fresh, plan) > 1 for plan in plans)):
            return plans
        plans = yield from _decide_anew(work, plans, fresh)


def _changes(blueprint: BlueprintSnapshot, plans: Sequence[ActionPlan]) -> dict[str, str | None]:
    """Return what is to be written; raises ValueError when the lines cannot be."""
    changes = {push.field: push.to_launchpad for plan in plans if plan.is_blueprint for push in plan.pushes}
    lines = [plan for plan in plans if _shows_line(plan)]
    if any(map(_writes_line, lines)):
        items = read_items(blueprint.work_items)
        edited = edit_items(items, [_edit(plan) for plan in lines])
        if edited != items:
            changes["work_items"] = write_items(edited)
    return changes


def _find_waiting(blueprint: BlueprintSnapshot, plans: Sequence[ActionPlan]) -> set[str]:
    """Return the actions whose lines cannot have their titles before another's has got its own."""
    lines = [plan for plan in plans if _shows_line(plan)]
    if not lines:
        return set()
    waiting = find_waiting([_edit(plan) for plan in lines], read_items(blueprint.work_items))
    return {plan.full_id for plan, waits in zip(lines, waiting, strict=True) if waits}


def _edit(plan: ActionPlan) -> ItemEdit:
    """Return what is to become of an action's line: all of its values, since one of two lines may be left."""
    shown = plan.shown
    assert isinstance(shown, WorkItemSnapshot)  # noqa: S101 - the caller looked
    if not _writes_line(plan):
        return ItemEdit(titles_of(plan))
    new = {push.field: push.to_launchpad for push in plan.pushes}
    return ItemEdit(
        titles_of(plan),
        Changes(
            title=new.get("title") or shown.title,
            status=new.get("status") or shown.status,
            assignee=new.get("lead", shown.assignee),
            milestone=new.get("milestone", shown.milestone),
        ),
        add=plan.create,
    )


def _settle(
    work: Workspace,
    plans: Sequence[ActionPlan],
    changes: Mapping[str, str | None],
    refused: Mapping[str, str],
    waiting: Container[str],
    culprits: Mapping[str, Collection[str]],
) -> Pushed:
    """Remember what was written and what was refused, then tell it; the generator's value is what is left."""
    reason = refused.get("work_items")
    left: list[ActionPlan] = []
    events: list[Event] = []
    for plan in plans:
        is_line = _shows_line(plan)
        if is_line and reason is None and "work_items" in changes and plan.full_id not in waiting:
            events += _tell_line(plan)
            left.append(_carried_out(work, plan))
        elif is_line and plan.full_id in culprits:
            events += _tell_refused(plan, culprits[plan.full_id], reason or "")
            left.append(_refuse_line(work, plan, culprits[plan.full_id], reason or ""))
        elif not (plan.is_blueprint and plan.pushes):
            left.append(plan)
        else:
            for push in plan.pushes:
                is_refused = push.field in refused
                text = f"{say_push(push)}: {refused[push.field]}" if is_refused else f"{plan.thing}: {say_push(push)}"
                events.append(Event(Kind.REFUSED if is_refused else Kind.DONE, plan.full_id, text))
            entry = keep_refusals(work, plan, plan.entry, refused)
            left.append(_carried_out(work, drop_pushes(replace(plan, entry=entry), refused)))
    for recap_id in sorted({plan.recap.id for plan in plans}):
        work.base.save(recap_id, work.entries.get(recap_id, {}))
    yield from events
    return left


def _tell_line(plan: ActionPlan) -> Iterator[Event]:
    assert isinstance(plan.shown, WorkItemSnapshot)  # noqa: S101 - the caller looked
    if plan.create:
        yield _added(plan)
    for push in plan.pushes:
        yield done(plan, f"{plan.thing}: {say_push(push)}")
    if plan.stands_twice:
        yield done(plan, f"{plan.thing}: it stood there {plan.shown.count} times, and does once now")


def _added(plan: ActionPlan) -> Event:
    assert plan.blueprint is not None  # noqa: S101 - it was planned for one
    return done(plan, f"added to the work items of {plan.blueprint.name}")


def _carried_out(work: Workspace, plan: ActionPlan) -> ActionPlan:
    """Return a plan whose pushes were written, with the base brought up to them."""
    words = {merge.field: merge.agreed_words for merge in plan.of(Outcome.AGREED) + plan.pushes}
    entry = plan.entry.agree(words, work.began)
    plan = drop_pushes(replace(plan, create=False, entry=entry))
    work.remember(plan, entry, save=False)
    return plan


@dataclass(frozen=True, slots=True)
class _Culprits:
    """What made Launchpad refuse all lines."""

    sure: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Fields, by the full ids of actions."""
    suspects: Collection[str] = ()
    """The full ids of actions of which one did."""


_NOBODY = _Culprits()


def _find_culprits(plans: Sequence[ActionPlan], reason: str) -> _Culprits:
    """Return what made Launchpad refuse all lines; it names the first alone.

    A name that it does not know is in its words; a private team is not (source), so then it is one of those that are
    assigned.
    """
    lines = [plan for plan in plans if _shows_line(plan) and _writes_line(plan)]
    pushed = {plan.full_id: {push.field: push.to_launchpad for push in plan.pushes} for plan in lines}
    whole = {plan.full_id: {*pushed[plan.full_id], *(["create"] if plan.create else [])} for plan in lines}
    if "launchpad." in reason:  # the right to write any line at all is missing
        return _Culprits(whole)
    said = set(re.split(r"[^a-z0-9+.\-]+", reason))
    named = {key: {name for name in _NAMES if fields.get(name) in said} for key, fields in pushed.items()}
    if any(named.values()):
        return _Culprits({key: names for key, names in named.items() if names})
    assigned = {key: {"lead"} for key, fields in pushed.items() if fields.get("lead")}
    suspects = assigned or whole
    return _Culprits(suspects) if len(suspects) == 1 else _Culprits(suspects=tuple(suspects))


def _push_apart(work: Workspace, plans: Sequence[ActionPlan], suspects: Collection[str]) -> Pushed:
    """Write the lines of suspects each alone, and all others before them, so that a refusal says whom it means."""
    left = {plan.full_id: plan for plan in plans}
    others = [full_id for full_id in left if full_id not in suspects]
    for turn in [others, *([one] for one in suspects)]:
        now = [plan if plan.full_id in turn else replace(plan, shown=None, merges=()) for plan in left.values()]
        pushed = yield from push_blueprint(work, now)
        left |= {plan.full_id: plan for plan in pushed if plan.full_id in turn}
    return list(left.values())


def _tell_refused(plan: ActionPlan, fields: Collection[str], reason: str) -> Iterator[Event]:
    for push in plan.pushes:
        if push.field in fields:
            yield Event(Kind.REFUSED, plan.full_id, f"{say_push(push)}: {reason}")
    if plan.create and not _is_name_alone(fields):
        yield Event(Kind.REFUSED, plan.full_id, f"add it to the work items: {reason}")


def _refuse_line(work: Workspace, plan: ActionPlan, fields: Collection[str], reason: str) -> ActionPlan:
    """Keep what Launchpad refused of a line; one that cannot be added for any other reason is refused as such."""
    if plan.create and not _is_name_alone(fields):
        request = creation_request(plan.action, str(plan.thing))
        refusal = Refused(request, None, work.gateway.account, reason)
        work.remember(plan, Entry(plan.action.id, refused={"create": refusal}), save=False)
        return replace(plan, shown=None, merges=())
    entry = keep_refusals(work, plan, plan.entry, dict.fromkeys(fields, reason))
    return drop_pushes(replace(plan, entry=entry), fields)


def _is_name_alone(fields: Collection[str]) -> bool:
    """Tell whether it is whom and what a line names that was refused, so that the rest of it may be written."""
    return bool(fields) and all(field in _NAMES for field in fields)


def _decide_anew(work: Workspace, plans: Sequence[ActionPlan], fresh: BlueprintSnapshot) -> Pushed:
    """Merge all plans once more with what somebody else has written meanwhile."""
    anew = []
    for plan in plans:
        if not _shows(plan):
            anew.append(plan)
            continue
        now = plan_shown(replace(plan, remarks=()), fresh, replace(work.context, prefer=None))
        now = replace(now, merges=keep_settled(plan, now))
        if _writes(plan):  # what only stands otherwise now, the next sync tells
            problems = {Problem.INPUT, Problem.WARNING}
            news = (remark for remark in now.remarks if remark.kind in problems and remark not in plan.remarks)
            yield from (failed(plan, remark.text) for remark in news)
        if now.shown is not None:
            if plan.create and not now.create:  # the answer was lost, or somebody has added the same
                yield _added(plan)
            titles = [push for push in plan.pushes if push.field == "title"]
            if any(merge.field == "title" for merge in now.of(Outcome.AGREED)):
                yield from (done(now, f"{now.thing}: {say_push(title)}") for title in titles)
            yield from tell_meanwhile(plan, now)
        anew.append(now)
    return anew


def _leave(plans: Sequence[ActionPlan], unwritten: Container[str], text: str) -> Pushed:
    """Tell what could not be written; the generator's value is the plans, with only what is no push of these."""
    left = []
    for plan in plans:
        if plan.full_id in unwritten and _writes(plan):
            yield failed(plan, text)
            left.append(replace(drop_pushes(plan), shown=None if plan.create else plan.shown))
        else:
            left.append(plan)
    return left


def _shows(plan: ActionPlan) -> bool:
    return plan.blueprint is not None


def _shows_line(plan: ActionPlan) -> bool:
    return isinstance(plan.shown, WorkItemSnapshot)


def _writes(plan: ActionPlan) -> bool:
    return bool(plan.pushes or plan.create or plan.stands_twice)


def _writes_line(plan: ActionPlan) -> bool:
    return _shows_line(plan) and _writes(plan)


def _count(blueprint: BlueprintSnapshot, plan: ActionPlan) -> int:
    """Return how often an action's line stands."""
    assert plan.shown is not None  # noqa: S101 - the caller looked
    title = titles_of(plan)[0]
    return sum(same_title(item.title, title) for item in read_items(blueprint.work_items))
