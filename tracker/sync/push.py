"""Write on Launchpad what a plan pushes: each resource once, with all its changes, under If-Match."""

from collections.abc import Callable, Container, Generator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from tracker.errors import TrackerError
from tracker.launchpad.gateway import HiddenError, MovedError, RefusedError, StaleError
from tracker.launchpad.replies import LoginError, UnansweredError, UnreachableError
from tracker.launchpad.secrets import redact
from tracker.launchpad.snapshots import BugSnapshot, Elsewhere, Invisible, TaskSnapshot
from tracker.sync.decide_bug import evidence_comment
from tracker.sync.decide_fields import plan_fields_again
from tracker.sync.describe import say_push
from tracker.sync.entries import Entry, Refused
from tracker.sync.events import Event, Kind
from tracker.sync.merge import FIELDS, FieldMerge, Outcome
from tracker.sync.plan import ActionPlan
from tracker.sync.workspace import Workspace, done, failed, left

Pushed = Generator[Event, None, tuple[ActionPlan, Entry]]
"""Steps whose value is the plan with only those pushes that were carried out, and the entry as it is then."""

Write = Callable[[Mapping[str, Any]], None]
"""Writes fields of one resource, all or none; raises what the gateway raises."""

# What was written is remembered before it is told, so that whatever ends the run while it tells loses nothing.


def without_pushes(plan: ActionPlan, *, title: bool = True, others: bool = True) -> ActionPlan:
    """Return the plan without its pushes of the title, of the other fields, or of both."""
    return drop_pushes(plan, {push.field for push in plan.pushes if (title if push.field == "title" else others)})


def push_task(work: Workspace, plan: ActionPlan) -> Pushed:
    """Write the fields of the bug's task; the title, which is the bug's, stays in the plan untouched."""
    for attempt in (1, 2):
        task = plan.task
        assert task is not None  # noqa: S101 - the caller looked
        changes = {push.field: push.to_launchpad for push in plan.pushes if push.field != "title"}
        if not changes:
            break
        try:
            refused = write_what_is_taken(_task_writer(work, task), changes)
        except StaleError:
            fresh = work.gateway.fetch_task(task.project, task.bug)
            if isinstance(fresh, Invisible):
                raise HiddenError(f"bug {task.bug}") from None
            if isinstance(fresh, Elsewhere):
                return (yield from _leave_moved(plan))
            before = plan
            plan = plan_fields_again(plan, fresh, work.context)
            plan = replace(plan, comment=plan.comment and evidence_comment(plan))
            yield from tell_meanwhile(before, plan)
            if attempt == 1 or not any(push.field in changes for push in plan.pushes):
                continue
            yield failed(plan, f"bug {task.bug} keeps being changed by somebody else; not all was written")
            return replace(without_pushes(plan, title=False), comment=None), plan.entry
        except MovedError:
            return (yield from _leave_moved(plan))
        told = [
            Event(Kind.REFUSED, plan.full_id, f"{say_push(push)}: {refused[push.field]}")
            if push.field in refused
            else done(plan, f"bug {task.bug}: {say_push(push)}")
            for push in plan.pushes
            if push.field in changes
        ]
        if "status" in refused:  # a bug that is not done is not told so; the comment stays owed
            plan = replace(plan, comment=None)
        entry = keep_refusals(work, plan, plan.entry, refused)
        plan = drop_pushes(plan, refused)
        entry = work.remember(without_pushes(plan, others=False), entry, save=True)
        yield from told
        return plan, entry
    return plan, plan.entry


def _leave_moved(plan: ActionPlan) -> Pushed:
    assert plan.task is not None  # noqa: S101 - the caller looked
    yield failed(plan, f"bug {plan.task.bug} was moved to another project; nothing was written")
    return without_pushes(replace(plan, add_tags=(), subscribe=(), comment=None, duplicates=())), plan.entry


def tell_meanwhile(before: ActionPlan, now: ActionPlan) -> Generator[Event]:
    """Tell what stands on Launchpad as it was pushed, the answer having been lost, and what is a conflict by now."""
    agreed = {merge.field for merge in now.of(Outcome.AGREED)}
    for push in before.pushes:
        if push.field != "title" and push.field in agreed:
            yield done(now, f"{now.thing}: {say_push(push)}")
    told = {conflict.field for conflict in before.conflicts}
    for conflict in now.conflicts:
        if conflict.field not in told:
            yield left(now, conflict)


def push_bug(work: Workspace, plan: ActionPlan, entry: Entry) -> Pushed:
    """Write title and tags, which belong to the bug itself, in one request."""
    title = next((push for push in plan.pushes if push.field == "title"), None)
    if title is None and not plan.add_tags:
        return plan, entry
    assert plan.task is not None  # noqa: S101 - the caller looked
    number = plan.task.bug
    for attempt in (1, 2, 3):
        bug = work.gateway.fetch_bug(number)
        if bug is None:
            raise HiddenError(f"bug {number}")
        if title is not None and bug.title not in {title.launchpad, title.to_launchpad}:
            break  # somebody renamed it since the plan was made
        changes = _bug_changes(bug, title, plan.add_tags)
        if changes and attempt == 3:
            break
        try:
            refused = write_what_is_taken(partial(_write_bug, work, bug), changes)
        except StaleError:
            continue
        except MovedError:
            break
        told = []
        if title is not None:
            told.append(_outcome(plan, f"bug {number}: {say_push(title)}", refused.get("title")))
        if plan.add_tags:
            told.append(_outcome(plan, f"bug {number}: tagged {', '.join(plan.add_tags)}", refused.get("tags")))
        entry = _keep_tags(work, plan, keep_refusals(work, plan, entry, refused), refused)
        plan = drop_pushes(plan, refused)
        entry = work.remember(plan, entry, save=True)
        yield from told
        return plan, entry
    yield failed(plan, f"bug {number} was changed meanwhile; its title and tags were not written")
    return without_pushes(plan, others=False), entry


def subscribe(work: Workspace, plan: ActionPlan, entry: Entry) -> Generator[Event, None, Entry]:
    """Subscribe co-owners, each once for all time; the generator's value is the entry as it is then."""
    for account in plan.subscribe:
        name = f"subscribe {account}"
        try:
            if plan.task is not None:
                work.gateway.subscribe(plan.task.bug, account)
            elif plan.blueprint is not None:
                work.gateway.subscribe_to_blueprint(plan.blueprint.project, plan.blueprint.name, account)
        except RefusedError as error:
            event = Event(Kind.REFUSED, plan.full_id, f"subscribe ~{account}: {error.reason}")
            entry = keep_refusal(work, entry, name, account, error.reason)
        except (UnansweredError, UnreachableError, LoginError) as error:
            yield failed(plan, f"subscribing ~{account} had no answer ({error})", _remedy(error))
            continue
        else:
            event = done(plan, f"{plan.thing}: subscribed ~{account}")
            subscribed = tuple(sorted({*entry.subscribed, account}))
            entry = replace(entry, subscribed=subscribed, refused=_without(entry.refused, name))
        work.remember(plan, entry, save=True)
        yield event
    return entry


def owe_comment(plan: ActionPlan) -> ActionPlan:
    """Return the plan with its comment noted as due, which is remembered with the status that it goes with."""
    if plan.comment is None:
        return plan
    due = Refused(plan.comment, reason="not made yet")
    return replace(plan, entry=replace(plan.entry, refused={**plan.entry.refused, "comment": due}))


def comment(work: Workspace, plan: ActionPlan, entry: Entry) -> Generator[Event, None, Entry]:
    """Say in one comment what shows that the action is done; the generator's value is the entry as it is then."""
    assert plan.task is not None  # noqa: S101 - the caller looked
    if plan.comment is None:
        return entry
    # A comment that may stand already is not made again: twice would be worse than never.
    made = replace(entry, commented=True, refused=_without(entry.refused, "comment"))
    work.remember(plan, made, save=True)
    try:
        work.gateway.comment(plan.task.bug, plan.comment)
    except RefusedError as error:
        yield Event(Kind.REFUSED, plan.full_id, f"comment: {error.reason}")
        entry = keep_refusal(work, entry, "comment", plan.comment, error.reason)
    except (UnreachableError, LoginError, HiddenError) as error:
        yield failed(plan, f"the comment on bug {plan.task.bug} was not made ({error})", error.remedy)
        # Nobody's refusal: whoever syncs next tries again.
        due = Refused(plan.comment, reason=redact(str(error)))
        entry = replace(entry, refused={**entry.refused, "comment": due})
    except UnansweredError as error:
        yield Event(Kind.NOTE, plan.full_id, f"the comment on bug {plan.task.bug} had no answer ({error})")
        return made
    else:
        yield done(plan, f"bug {plan.task.bug}: commented with the evidence")
        return made
    work.remember(plan, entry, save=True)
    return entry


def _task_writer(work: Workspace, task: TaskSnapshot) -> Write:
    def write(changes: Mapping[str, Any]) -> None:
        nonlocal task
        task = work.gateway.update_task(task, changes)

    return write


def _write_bug(work: Workspace, bug: BugSnapshot, changes: Mapping[str, Any]) -> None:
    work.gateway.update_bug(bug, **changes)


def write_what_is_taken(write: Write, changes: Mapping[str, Any]) -> dict[str, str]:
    """Write what Launchpad takes of these changes; return the refused fields with the reasons."""
    remaining = dict(changes)
    refused: dict[str, str] = {}
    while remaining:
        try:
            write(remaining)
        except RefusedError as error:
            named = {name: reason for name, reason in error.fields.items() if name in remaining}
            if not named and len(remaining) > 1:
                return refused | _write_one_by_one(write, remaining)
            refused |= named or dict.fromkeys(remaining, error.reason)
            remaining = {name: value for name, value in remaining.items() if name not in refused}
        else:
            break
    return refused


def _write_one_by_one(write: Write, changes: Mapping[str, Any]) -> dict[str, str]:
    """Write fields each alone, because a refusal does not say which it means."""
    refused: dict[str, str] = {}
    for name, value in changes.items():
        try:
            write({name: value})
        except RefusedError as error:
            refused[name] = error.reason
    return refused


def _remedy(error: Exception) -> str | None:
    return error.remedy if isinstance(error, TrackerError) else None


def _outcome(plan: ActionPlan, text: str, refusal: str | None) -> Event:
    return done(plan, text) if refusal is None else Event(Kind.REFUSED, plan.full_id, f"{text}: {refusal}")


def _keep_tags(work: Workspace, plan: ActionPlan, entry: Entry, refused: Mapping[str, str]) -> Entry:
    if not plan.add_tags:
        return entry
    if "tags" in refused:
        return keep_refusal(work, entry, "tags", " ".join(plan.add_tags), refused["tags"])
    tags = tuple(sorted({*entry.tags, *plan.add_tags}))
    return replace(entry, tags=tags, refused=_without(entry.refused, "tags"))


def _bug_changes(bug: BugSnapshot, title: FieldMerge | None, add_tags: tuple[str, ...]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if title is not None and bug.title != title.to_launchpad:
        changes["title"] = title.to_launchpad
    if not set(add_tags) <= set(bug.tags):
        changes["tags"] = sorted({*bug.tags, *add_tags})
    return changes


def keep_refusals(work: Workspace, plan: ActionPlan, entry: Entry, refused: Mapping[str, str]) -> Entry:
    """Return the entry with the pushes that Launchpad refused, and why."""
    for merge in plan.merges:
        if merge.field in refused:
            entry = keep_refusal(
                work, entry, merge.field, merge.to_launchpad, refused[merge.field], seen=merge.launchpad
            )
    return entry


def keep_refusal(
    work: Workspace, entry: Entry, name: str, value: str | None, reason: str, *, seen: str | None = None
) -> Entry:
    """Return the entry with what Launchpad refused, so that it is not tried again unasked."""
    refusal = Refused(value, seen, work.gateway.account, reason)
    return replace(entry, refused={**entry.refused, name: refusal})


def drop_pushes(plan: ActionPlan, fields: Container[str] = FIELDS) -> ActionPlan:
    """Return the plan without its pushes of these fields."""
    kept = (merge for merge in plan.merges if not (merge.field in fields and merge.outcome is Outcome.PUSH))
    return replace(plan, merges=tuple(kept))


def _without(refused: Mapping[str, Refused], name: str) -> dict[str, Refused]:
    return {known: refusal for known, refusal in refused.items() if known != name}
