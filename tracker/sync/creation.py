"""Create a bug for an action: once, whatever happens on the way.

Nothing on Launchpad guards against creating twice, so the intent is on disk before the request is sent, a
request without an answer is followed by a search, and what two people created at once is made one.
"""

from collections.abc import Generator, Iterable
from dataclasses import replace
from datetime import datetime

from tracker.errors import TrackerError
from tracker.launchpad.gateway import MovedError, RefusedError, StaleError
from tracker.launchpad.replies import UnansweredError, UnsentError
from tracker.launchpad.snapshots import Elsewhere, TaskSnapshot
from tracker.recap.editor import Edit
from tracker.sync.decide_bug import found_entry
from tracker.sync.decide_fields import creation_request, plan_fields
from tracker.sync.entries import Agreed, Entry, Refused
from tracker.sync.events import Event, Kind
from tracker.sync.identity import read_identity
from tracker.sync.plan import ActionPlan
from tracker.sync.workspace import Workspace, done, failed

_ATTEMPTS = 2
_PAUSE = 1.0


def create_bug(work: Workspace, plan: ActionPlan) -> Generator[Event, None, ActionPlan | None]:
    """Create the action's bug; the generator's value is the plan for what is left, None when there is no bug."""
    begun, sent = plan.entry.creating, plan.entry.fields.get("title")
    tags: tuple[str, ...] = ()
    number = None
    try:
        if begun is not None:
            number = _find_created(work, plan, datetime.fromisoformat(begun))
        if number is None:
            sent, tags = Agreed(plan.action.title, plan.action.title), work.tags(plan)
            number = _file(work, plan, sent)
    except RefusedError as error:
        request = creation_request(plan.action, plan.description)
        refusal = Refused(request, None, work.gateway.account, error.reason)
        work.remember(plan, Entry(plan.action.id, refused={"create": refusal}), save=True)
        yield Event(Kind.REFUSED, plan.full_id, f"create a bug: {error.reason}")
        return None
    except UnansweredError as error:
        yield failed(plan, f"creating a bug had no answer ({error}); the next sync looks for it first")
        return None
    entry = replace(found_entry(plan.action, number, sent), tags=tags)
    work.remember(plan, entry, save=True)
    yield done(plan, f"created bug {number}" if tags else f"found bug {number}, which an earlier sync created")
    task = work.gateway.fetch_task(plan.action.project, number)
    if not isinstance(task, TaskSnapshot):
        where = "is of another project" if isinstance(task, Elsewhere) else "is not shown"
        yield failed(plan, f"bug {number} was created, but {where}")
        return None
    created = replace(plan, create=False, entry=entry, write_number=number, remarks=())
    return plan_fields(created, task, work.context)


def _file(work: Workspace, plan: ActionPlan, title: Agreed) -> int:
    """Send the creating request; without an answer, look for the bug before sending it once more."""
    before = work.entries.get(plan.recap.id, {}).get(plan.action.id, Entry(plan.action.id))
    attempt = 1
    while True:
        begun = work.now()
        sought = f"{plan.action.project} {work.context.settings.tag}"
        intent = Entry(plan.action.id, creating=work.stamp(), sought=sought, fields={"title": title})
        work.remember(plan, intent, save=True)
        try:
            return work.gateway.create_bug(plan.action.project, plan.action.title, plan.description, work.tags(plan))
        except UnsentError:
            if attempt == 1:  # nothing is to be looked for, but for what an earlier run has sent
                work.remember(plan, before, save=True)
            raise
        except UnansweredError:
            found = _find_created(work, plan, begun)
            if found is not None:
                return found
            if attempt == _ATTEMPTS:
                raise
            attempt += 1


def _find_created(work: Workspace, plan: ActionPlan, begun: datetime) -> int | None:
    """Look for the bug of a creation without an answer, until it would have shown."""
    settle = work.context.settings.limits.settle
    begun = min(begun, work.now())  # another machine's clock may be ahead
    others = _known(work)
    project, _, tag = (plan.entry.sought or f"{plan.action.project} {work.context.settings.tag}").partition(" ")
    while True:
        waited = (work.now() - begun).total_seconds()
        rows = work.gateway.search(project, tag)
        if waited >= settle:  # the last look is also for projects whose new bugs are private
            rows += work.gateway.search(project, tag, private=True)
        for row in rows:
            if row.bug not in others and _tracks(work, plan, row.bug):
                return row.bug
            others.add(row.bug)
        if waited >= settle:
            return None
        work.report(f"{plan.full_id}: looking for its bug, {settle - waited:.0f} s left")
        work.sleep(min(_PAUSE, settle - waited))


def _tracks(work: Workspace, plan: ActionPlan, number: int) -> bool:
    bug = work.gateway.fetch_bug(number)
    return bug is not None and read_identity(bug.description) in plan.full_ids


def _known(work: Workspace) -> set[int | None]:
    return {entry.bug for entries in work.entries.values() for entry in entries.values()}


def settle_twins(work: Workspace, plans: Iterable[ActionPlan]) -> Generator[Event]:
    """Look once more after creating: somebody else may have created the same at the same moment."""
    plans = list(plans)
    for project in sorted({plan.action.project for plan in plans}):
        here = [plan for plan in plans if plan.action.project == project]
        try:
            yield from _settle_twins_of(work, project, here)
        except TrackerError as error:
            text = f"looking for second bugs did not end ({error}); the next sync looks for them"
            yield failed(here[0], text, error.remedy)


def _settle_twins_of(work: Workspace, project: str, plans: list[ActionPlan]) -> Generator[Event]:
    known = _known(work)
    rows = work.gateway.search(project, work.context.settings.tag)
    for number in (row.bug for row in rows if row.bug not in known):
        bug = work.gateway.fetch_bug(number)
        identity = read_identity(bug.description) if bug else None
        for plan in plans:
            if identity in plan.full_ids:
                yield from _settle_twin(work, plan, number)


def _settle_twin(work: Workspace, plan: ActionPlan, twin: int) -> Generator[Event]:
    entry = work.entries[plan.recap.id][plan.action.id]
    assert entry.bug is not None  # noqa: S101 - it was created in this run
    lowest, other = sorted((entry.bug, twin))
    if not (yield from mark_duplicate(work, plan, other, lowest)):
        return
    if lowest != entry.bug:
        found = replace(plan, merges=())  # what was agreed on the other bug says nothing of this one
        work.remember(found, found_entry(plan.action, lowest), save=True)
        yield from work.edit(plan, [Edit(("actions", plan.index, "bug"), str(lowest))])


def mark_duplicate(work: Workspace, plan: ActionPlan, number: int, master: int) -> Generator[Event, None, bool]:
    """Mark a second bug of an action as a duplicate; the generator's value tells whether it is one now."""
    reason = "somebody else keeps changing it"
    marked = False
    for _ in range(_ATTEMPTS):
        bug = work.gateway.fetch_bug(number)
        if bug is None:
            return False
        if bug.duplicate_of is None:
            try:
                work.gateway.mark_duplicate(bug, master)
            except StaleError:  # or the first answer was lost, and the bug is marked
                marked = True
                continue
            except (RefusedError, MovedError) as error:
                reason = str(error)
                break
            marked = True
        if marked:
            yield done(plan, f"bug {number} tracks the same: marked a duplicate of bug {master}")
        return True
    yield failed(plan, f"bug {number} could not be marked a duplicate of bug {master}: {reason}")
    return False
