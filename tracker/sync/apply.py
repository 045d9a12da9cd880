"""Carry out a plan: on Launchpad, in the recaps and in the base, one action after the other.

The order keeps everything safe at whatever moment it ends: a recap is written before the base says so, and the
base of a field moves only when the field was agreed or written.
"""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace

from tracker.errors import TrackerError
from tracker.recap.document import Sequence
from tracker.recap.editor import Edit
from tracker.recap.model import Owner
from tracker.sync.creation import create_bug, mark_duplicate, settle_twins
from tracker.sync.describe import say_pull
from tracker.sync.entries import Entry
from tracker.sync.events import Event, Kind
from tracker.sync.merge import new_owners
from tracker.sync.moves import keep_moved
from tracker.sync.plan import ActionPlan, Plan
from tracker.sync.push import comment, owe_comment, push_bug, push_task, subscribe, without_pushes
from tracker.sync.push_blueprint import await_blueprint, create_blueprint, link_bugs, push_blueprint
from tracker.sync.workspace import Workspace, done, failed, left


def apply_plan(work: Workspace, plan: Plan) -> Generator[Event]:
    """Carry out a plan, and yield what happened as it happens.

    One action's failure does not stop the others, not even one that nobody foresaw: that is raised in the end. What
    needs no Launchpad is done although Launchpad is gone. Raises TrackerError when the base cannot be written, before
    anything is done.
    """
    # What moved to another recap is there before it is taken away where it was.
    for recap_id in work.entries:
        work.base.save(recap_id, keep_moved(recap_id, work.base.loaded(recap_id), work.entries))
    for recap_id, entries in work.entries.items():
        work.base.save(recap_id, entries)
    created: list[ActionPlan] = []
    defects: list[Exception] = []
    for group in _in_groups(plan.actions):
        steps = _apply_blueprint(work, group) if group[0].blueprint else _apply_action(work, group[0], created)
        yield from _surviving(group, steps, defects)
    for action in plan.actions:
        if action.link:
            yield from _surviving([action], link_bugs(work, action), defects)
    for recap_id, entries in work.entries.items():
        try:
            work.base.save(recap_id, entries)
        except TrackerError as error:
            yield Event(Kind.FAILED, recap_id, error.message, error.remedy)
    if created:
        yield from _surviving(created[:1], settle_twins(work, created), defects)
    if defects:
        raise defects[0]


def _in_groups(plans: Iterable[ActionPlan]) -> list[list[ActionPlan]]:
    """Return what is carried out together: all that is written to one blueprint, and each other action alone."""
    groups: dict[object, list[ActionPlan]] = {}
    for plan in plans:
        blueprint = plan.blueprint
        key = (blueprint.project, blueprint.name) if blueprint else plan.full_id
        groups.setdefault(key, []).append(plan)
    return list(groups.values())


def _surviving(plans: list[ActionPlan], steps: Iterator[Event], defects: list[Exception]) -> Generator[Event]:
    """Go through steps, and tell of the failure that ends them."""
    try:
        yield from steps
    except TrackerError as error:
        text = f"{error.message} ({error.details})" if error.details else error.message
        yield from (failed(plan, text, error.remedy) for plan in plans if plan.has_changes or len(plans) == 1)
    except Exception as error:  # noqa: BLE001 - the others' work must not be lost; it is raised in the end
        defects.append(error)
        yield failed(plans[0], f"the tracker failed: {type(error).__name__}: {error}")


def _apply_action(work: Workspace, plan: ActionPlan, created: list[ActionPlan]) -> Generator[Event]:
    tell_number = not plan.create  # of a bug just created its own event tells
    if plan.create:
        with_bug = yield from create_bug(work, plan)
        if with_bug is None:
            return
        plan = with_bug
        created.append(plan)
    if plan.task is None:
        return
    for conflict in plan.conflicts:
        yield left(plan, conflict)
    plan = owe_comment(plan)
    # What is agreed, and then what Launchpad took, is remembered even if a later step fails.
    plan = replace(plan, entry=work.remember(without_pushes(plan), plan.entry, save=plan.has_changes))
    plan, entry = yield from push_task(work, plan)
    entry = work.remember(without_pushes(plan, others=False), entry, save=False)
    plan, entry = yield from push_bug(work, plan, entry)
    entry = yield from subscribe(work, plan, entry)
    entry = yield from comment(work, plan, entry)
    for number in plan.duplicates:
        yield from mark_duplicate(work, plan, number, entry.bug or 0)
    yield from _write_recap(work, plan, entry, tell_number=tell_number)


def _apply_blueprint(work: Workspace, group: list[ActionPlan]) -> Generator[Event]:
    """Carry out all that concerns one blueprint: what it is itself, and the lines among its work items."""
    plans: list[ActionPlan] = []
    for plan in group:
        if plan.create and plan.is_blueprint:
            created = yield from create_blueprint(work, plan)
            plans += [created] if created is not None else []
        else:
            plans.append(plan)
    plans = yield from await_blueprint(work, plans)
    for plan in plans:
        for conflict in plan.conflicts:
            yield left(plan, conflict)
    plans = [plan for plan in (yield from push_blueprint(work, plans)) if plan.shown is not None]
    for plan in plans:
        work.remember(plan, plan.entry, save=plan.has_changes)
    for plan in plans:
        entry = yield from subscribe(work, plan, plan.entry)
        yield from _write_recap(work, plan, entry, tell_number=False)


def _write_recap(work: Workspace, plan: ActionPlan, entry: Entry, *, tell_number: bool) -> Generator[Event]:
    """Write into the recap what Launchpad moved, and only then let the base say so."""
    edits = list(_edits(work, plan))
    if not edits or not (yield from work.edit(plan, edits)):
        return
    pulled = {merge.field: merge.agreed_words for merge in plan.pulls}
    former = {merge.field: merge.recap for merge in plan.pulls}
    work.remember(plan, entry.agree(pulled, work.began, former), save=True)
    if tell_number and plan.write_number is not None:
        yield done(plan, f"recap: bug {plan.write_number}")
    for merge in plan.pulls:
        yield done(plan, f"recap: {say_pull(merge)}")


def _edits(work: Workspace, plan: ActionPlan) -> Iterator[Edit]:
    place = ("actions", plan.index)
    if plan.write_number is not None:
        yield Edit((*place, "bug"), str(plan.write_number))
    if plan.write_name is not None:
        yield Edit((*place, "blueprint"), plan.write_name)
    for merge in plan.pulls:
        if merge.field == "lead":
            owners = new_owners(plan.action.owners, merge.launchpad, work.context.people)
            yield from _owner_edits(work, plan, owners)
        else:
            yield Edit((*place, merge.field), merge.to_recap)


def _owner_edits(work: Workspace, plan: ActionPlan, owners: tuple[Owner, ...]) -> Iterator[Edit]:
    place = ("actions", plan.index, "owner")
    node = work.writers[plan.recap.id].document.node(place)
    is_list = isinstance(node, Sequence) and bool(node.items)
    for index, owner in enumerate(owners):
        if index >= len(plan.action.owners) or plan.action.owners[index] != owner:
            yield Edit((*place, index) if is_list else place, str(owner))
