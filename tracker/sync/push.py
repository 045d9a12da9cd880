"""Write on Launchpad what a plan pushes: each resource once, with all its changes, under If-Match."""

from collections.abc import Generator, Mapping
from dataclasses import replace

from tracker.launchpad.gateway import MovedError, RefusedError, StaleError
from tracker.launchpad.snapshots import BugSnapshot, TaskSnapshot
from tracker.launchpad.wire import UnansweredError
from tracker.sync.base import Entry, Refused
from tracker.sync.describe import say_push
from tracker.sync.events import Event, Kind
from tracker.sync.merge import FieldMerge, Outcome
from tracker.sync.plan import ActionPlan, plan_task
from tracker.sync.workspace import Workspace, done, failed

Pushed = Generator[Event, None, tuple[ActionPlan, Entry]]
"""Steps whose value is the plan with only those pushes that were carried out, and the entry as it is then."""


def without_pushes(plan: ActionPlan, *, title: bool = True, others: bool = True) -> ActionPlan:
    """Return the plan without its pushes of the title, of the other fields, or of both."""
    return _drop(plan, {push.field for push in plan.pushes if (title if push.field == "title" else others)})


def push_task(work: Workspace, plan: ActionPlan) -> Pushed:
    """Write the fields of the bug's task; the title, which is the bug's, stays in the plan untouched."""
    for attempt in (1, 2):
        task = plan.task
        assert task is not None  # noqa: S101 - the caller looked
        changes = {push.field: push.to_launchpad for push in plan.pushes if push.field != "title"}
        if not changes:
            break
        try:
            refused = _update_task(work, task, changes)
        except StaleError:
            fresh = work.gateway.fetch_task(task.project, task.bug)
            if attempt == 1 and isinstance(fresh, TaskSnapshot):
                plan = plan_task(replace(plan, remarks=()), fresh, work.context)
                continue
            yield failed(plan, f"bug {task.bug} keeps being changed by somebody else; nothing was written")
            return without_pushes(plan, title=False), plan.entry
        except MovedError:
            yield failed(plan, f"bug {task.bug} was moved to another project; nothing was written")
            return without_pushes(plan), plan.entry
        for push in plan.pushes:
            if push.field in refused:
                yield Event(Kind.REFUSED, plan.full_id, f"{say_push(push)}: {refused[push.field]}")
            elif push.field in changes:
                yield done(plan, f"bug {task.bug}: {say_push(push)}")
        return _drop(plan, refused), _refuse(work, plan, plan.entry, refused)
    return plan, plan.entry


def push_bug(work: Workspace, plan: ActionPlan, entry: Entry) -> Pushed:
    """Write title and tags, which belong to the bug itself, in one request."""
    title = next((push for push in plan.pushes if push.field == "title"), None)
    tagged = replace(entry, tags=tuple(sorted({*entry.tags, *work.tags(plan)})))
    if title is None and not plan.add_tags:
        return plan, tagged
    assert plan.task is not None  # noqa: S101 - the caller looked
    for _ in (1, 2):
        bug = work.gateway.fetch_bug(plan.task.bug)
        changes = _bug_changes(bug, title, plan.add_tags) if bug else {}
        if bug is None or (title is not None and "title" not in changes):
            break
        try:
            if changes:
                work.gateway.update_bug(bug, **changes)
        except StaleError:
            continue
        except RefusedError as error:
            yield Event(Kind.REFUSED, plan.full_id, f"title and tags: {error.reason}")
            entry = _refuse(work, plan, entry, {"title": error.reason} if title else {})
            if plan.add_tags:
                entry = _keep_refusal(work, entry, "tags", " ".join(plan.add_tags), error.reason)
            return without_pushes(plan, others=False), entry
        if title is not None:
            yield done(plan, f"bug {bug.number}: {say_push(title)}")
        if "tags" in changes:
            yield done(plan, f"bug {bug.number}: tagged {', '.join(plan.add_tags)}")
        return plan, tagged
    yield failed(plan, f"bug {plan.task.bug} was changed meanwhile; its title and tags were not written")
    return without_pushes(plan, others=False), entry


def subscribe(work: Workspace, plan: ActionPlan, entry: Entry) -> Generator[Event, None, Entry]:
    """Subscribe co-owners, each once for all time; the generator's value is the entry as it is then."""
    assert plan.task is not None  # noqa: S101 - the caller looked
    for account in plan.subscribe:
        try:
            work.gateway.subscribe(plan.task.bug, account)
        except RefusedError as error:
            yield Event(Kind.REFUSED, plan.full_id, f"subscribe ~{account}: {error.reason}")
            entry = _keep_refusal(work, entry, f"subscribe {account}", account, error.reason)
        except UnansweredError as error:
            yield failed(plan, f"subscribing ~{account} had no answer ({error})")
        else:
            yield done(plan, f"bug {plan.task.bug}: subscribed ~{account}")
            entry = replace(entry, subscribed=tuple(sorted({*entry.subscribed, account})))
    return entry


def comment(work: Workspace, plan: ActionPlan, entry: Entry) -> Generator[Event, None, Entry]:
    """Say in one comment what shows that the action is done; the generator's value is the entry as it is then."""
    assert plan.task is not None  # noqa: S101 - the caller looked
    if plan.comment is None:
        return entry
    try:
        work.gateway.comment(plan.task.bug, plan.comment)
    except RefusedError as error:
        yield Event(Kind.REFUSED, plan.full_id, f"comment: {error.reason}")
        return entry
    except UnansweredError as error:
        # A comment that may stand already is not made again: twice would be worse than never.
        yield Event(Kind.NOTE, plan.full_id, f"the comment on bug {plan.task.bug} had no answer ({error})")
    else:
        yield done(plan, f"bug {plan.task.bug}: commented with the evidence")
    return replace(entry, commented=True)


def _update_task(work: Workspace, task: TaskSnapshot, changes: Mapping[str, str | None]) -> dict[str, str]:
    """Write what Launchpad takes of these changes; return the refused fields with the reasons."""
    remaining = dict(changes)
    refused: dict[str, str] = {}
    while remaining:
        try:
            work.gateway.update_task(task, remaining)
        except RefusedError as error:
            named = {name: reason for name, reason in error.fields.items() if name in remaining}
            if not named and len(remaining) > 1:
                return refused | _update_one_by_one(work, task, remaining)
            refused |= named or dict.fromkeys(remaining, error.reason)
            remaining = {name: value for name, value in remaining.items() if name not in refused}
        else:
            break
    return refused


def _update_one_by_one(work: Workspace, task: TaskSnapshot, changes: Mapping[str, str | None]) -> dict[str, str]:
    """Write fields each alone, because a refusal does not say which it means."""
    refused: dict[str, str] = {}
    for name, value in changes.items():
        try:
            task = work.gateway.update_task(task, {name: value})
        except RefusedError as error:
            refused[name] = error.reason
    return refused


def _bug_changes(bug: BugSnapshot, title: FieldMerge | None, add_tags: tuple[str, ...]) -> dict[str, object]:
    changes: dict[str, object] = {}
    if title is not None and bug.title == title.launchpad:  # else somebody renamed it since the plan was made
        changes["title"] = title.to_launchpad
    if not set(add_tags) <= set(bug.tags):
        changes["tags"] = sorted({*bug.tags, *add_tags})
    return changes


def _refuse(work: Workspace, plan: ActionPlan, entry: Entry, refused: Mapping[str, str]) -> Entry:
    for merge in plan.merges:
        if merge.field in refused:
            entry = _keep_refusal(
                work, entry, merge.field, merge.to_launchpad, refused[merge.field], seen=merge.launchpad
            )
    return entry


def _keep_refusal(
    work: Workspace, entry: Entry, name: str, value: str | None, reason: str, *, seen: str | None = None
) -> Entry:
    refusal = Refused(value, seen, work.gateway.account, reason)
    return replace(entry, refused={**entry.refused, name: refusal})


def _drop(plan: ActionPlan, fields: Mapping[str, object] | set[str]) -> ActionPlan:
    kept = (merge for merge in plan.merges if not (merge.field in fields and merge.outcome is Outcome.PUSH))
    return replace(plan, merges=tuple(kept))
