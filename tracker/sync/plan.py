"""What a sync would do, as data: built in one step from the recaps, the base and what Launchpad showed; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from tracker.launchpad.snapshots import (
    BugSnapshot,
    Elsewhere,
    Invisible,
    TaskAnswer,
    TaskSnapshot,
    created_task,
)
from tracker.launchpad.statuses import DEFAULT_BUG_STATUS
from tracker.recap.model import Action, BugTarget, Recap, Status
from tracker.recap.parse import Settings
from tracker.recap.people import People
from tracker.sync.base import Agreed, Entries, Entry, Refused
from tracker.sync.identity import read_identity
from tracker.sync.merge import FieldMerge, Outcome, Prefer, merge_action


@dataclass(frozen=True)
class Observed:
    """What Launchpad showed: tasks by project and number, bugs that were read alone, and to whom."""

    tasks: Mapping[tuple[str, int], TaskAnswer]
    bugs: Mapping[int, BugSnapshot]
    account: str | None = None
    """The account, when it was asked for."""

    def tracking(self, full_ids: Iterable[str]) -> list[int]:
        """Return the bugs that name one of these actions in their description, and are no duplicates."""
        wanted = set(full_ids)
        return sorted(
            number
            for number, bug in self.bugs.items()
            if bug.duplicate_of is None and read_identity(bug.description) in wanted
        )


@dataclass(frozen=True)
class Context:
    """What deciding rests on besides the action itself."""

    people: People
    settings: Settings
    prefer: Prefer | None = None
    retry_refused: bool = False
    account: str | None = None


class Problem(StrEnum):
    """Why an action is left as it is."""

    INPUT = "input"
    """The recap asks for something that is not there."""
    WARNING = "warning"
    """Launchpad shows something that a person should look at."""
    NOTE = "note"
    """Worth knowing, nothing to do."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to tell about an action that is no change."""

    kind: Problem
    text: str
    field: str | None = None


@dataclass(frozen=True)
class ActionPlan:
    """What would be done for one action."""

    recap: Recap
    action: Action
    index: int
    """The action's place in its recap."""
    entry: Entry
    """What the base holds, or would hold before this is carried out."""
    task: TaskSnapshot | None = None
    """The read that this rests on; None when nothing can be done."""
    create: bool = False
    write_number: int | None = None
    """The bug that the recap is to name, when it names another or none."""
    merges: tuple[FieldMerge, ...] = ()
    refused: Mapping[str, Refused] = field(default_factory=dict)
    """Pushes that Launchpad refused before and that are not tried again."""
    add_tags: tuple[str, ...] = ()
    subscribe: tuple[str, ...] = ()
    comment: str | None = None
    duplicates: tuple[int, ...] = ()
    """Bugs with the same identity, to be marked as duplicates of this one."""
    remarks: tuple[Remark, ...] = ()

    @property
    def full_id(self) -> str:
        """The action's id over all recaps."""
        return self.recap.full_id(self.action)

    @property
    def bug(self) -> int | None:
        """The bug, unless it is yet to be created."""
        return self.task.bug if self.task is not None and not self.create else None

    def of(self, outcome: Outcome) -> list[FieldMerge]:
        """Return the fields with this outcome; refused pushes are not among them."""
        return [merge for merge in self.merges if merge.outcome is outcome and merge.field not in self.refused]

    @property
    def pushes(self) -> list[FieldMerge]:
        """Fields to write on Launchpad."""
        return self.of(Outcome.PUSH)

    @property
    def pulls(self) -> list[FieldMerge]:
        """Fields to write into the recap."""
        return self.of(Outcome.PULL)

    @property
    def conflicts(self) -> list[FieldMerge]:
        """Fields that a person must settle."""
        return self.of(Outcome.CONFLICT)

    @property
    def has_changes(self) -> bool:
        """Whether anything would be written on Launchpad or in the recap."""
        return bool(
            self.create
            or self.write_number
            or self.pushes
            or self.pulls
            or self.add_tags
            or self.subscribe
            or self.comment
            or self.duplicates
        )


@dataclass(frozen=True)
class Plan:
    """Everything that a sync would do, in the order of recaps and actions."""

    actions: tuple[ActionPlan, ...]
    remarks: tuple[tuple[str, Remark], ...] = ()
    """What is to be told of ids that no recap has any more."""

    @property
    def creations(self) -> list[ActionPlan]:
        """The actions that would get a new bug."""
        return [action for action in self.actions if action.create]

    @property
    def changed(self) -> list[ActionPlan]:
        """The actions for which anything would be written."""
        return [action for action in self.actions if action.has_changes]

    @property
    def conflicts(self) -> int:
        """How many fields a person must settle."""
        return sum(len(action.conflicts) for action in self.actions)

    @property
    def has_input_problems(self) -> bool:
        """Whether a recap asks for something that Launchpad does not have."""
        return any(remark.kind is Problem.INPUT for action in self.actions for remark in action.remarks)


def build_plan(recaps: Iterable[Recap], base: Mapping[str, Entries], observed: Observed, context: Context) -> Plan:
    """Decide what a sync of these recaps would do."""
    claimed: dict[int, str] = {}
    plans: list[ActionPlan] = []
    remarks: list[tuple[str, Remark]] = []
    for recap in recaps:
        entries = base.get(recap.id, {})
        mentioned: set[str] = set()
        for index, action in enumerate(recap.actions):
            mentioned.update((action.id, *action.previously))
            if action.target is None:
                continue
            plan = ActionPlan(recap, action, index, _entry(action, entries))
            if isinstance(action.target, BugTarget):
                plans.append(_claim(_plan_bug(plan, observed, context), claimed))
            else:
                text = f"{action.target}: blueprints are not kept in step by this version"
                plans.append(replace(plan, remarks=(Remark(Problem.NOTE, text),)))
        for gone in sorted(set(entries) - mentioned):
            tracked = f"; bug {entries[gone].bug} stays as it is" if entries[gone].bug else ""
            text = f"the recap has no such action any more{tracked}"
            remarks.append((f"{recap.id}#{gone}", Remark(Problem.NOTE, text)))
    return Plan(tuple(plans), tuple(remarks))


def plan_task(plan: ActionPlan, task: TaskSnapshot, context: Context) -> ActionPlan:
    """Decide anew about the fields of one action, resting on this read of its bug's task."""
    entry = plan.entry
    merges = tuple(
        merge_action(
            plan.action,
            task,
            entry.fields,
            people=context.people,
            chosen=context.settings.statuses,
            with_title=entry.created,
            prefer=context.prefer,
        )
    )
    refused = {
        merge.field: earlier
        for merge in merges
        if merge.outcome is Outcome.PUSH
        and (earlier := _refused_before(entry, merge.field, merge.to_launchpad, context, seen=merge.launchpad))
    }
    notes = tuple(Remark(Problem.NOTE, merge.note, merge.field) for merge in merges if merge.note)
    return replace(plan, task=task, merges=merges, refused=refused, remarks=plan.remarks + notes)


def creation_fields(title: Agreed | None = None) -> dict[str, Agreed]:
    """Return the base that creating a bug gives it, with the title sent; what is empty on both sides needs none."""
    fields = {"status": Agreed(Status.TODO, DEFAULT_BUG_STATUS)}
    return fields if title is None else {"title": title, **fields}


def _entry(action: Action, entries: Entries) -> Entry:
    for key in (action.id, *action.previously):
        if key in entries:
            return replace(entries[key], action=action.id)
    return Entry(action.id)


def _claim(plan: ActionPlan, claimed: dict[int, str]) -> ActionPlan:
    """Let one action have a bug; a second one that names it is a problem of the input."""
    if plan.bug is None:
        return plan
    if plan.bug in claimed:
        text = f"bug {plan.bug} tracks {claimed[plan.bug]} already; give each action a bug of its own"
        return ActionPlan(plan.recap, plan.action, plan.index, plan.entry, remarks=(Remark(Problem.INPUT, text),))
    claimed[plan.bug] = plan.full_id
    return plan


def _plan_bug(plan: ActionPlan, observed: Observed, context: Context) -> ActionPlan:
    action, entry = plan.action, plan.entry
    assert isinstance(action.target, BugTarget)  # noqa: S101 - the caller looked
    number = action.target.number
    twins = observed.tracking(f"{plan.recap.id}#{one}" for one in (action.id, *action.previously))
    if number is None:
        number = entry.bug or (twins[0] if twins else None)
        if number is None:
            return _plan_creation(plan, context)
        if entry.bug is None:
            entry = found_entry(action, number, sent_title=entry.fields.get("title"))
        plan = replace(plan, entry=entry, write_number=number)
    elif entry.bug is not None and entry.bug != number:
        # The recap names another bug now: what was agreed on the former says nothing of it.
        entry = Entry(action.id)
        plan = replace(plan, entry=entry)
    if twins and entry.created and twins[0] < number:
        entry = found_entry(action, twins[0])
        plan = replace(plan, entry=entry, write_number=twins[0], duplicates=(number,))
        number = twins[0]
    return _plan_tracked(plan, number, twins, observed, context)


def found_entry(action: Action, number: int, sent_title: Agreed | None = None) -> Entry:
    """Return the entry of a bug that was found by its identity: nothing but its creation was agreed on.

    Which title was sent is known only from an intent; without one, two titles that differ are for a person.
    """
    return Entry(action.id, bug=number, created=True, fields=creation_fields(sent_title))


def _plan_creation(plan: ActionPlan, context: Context) -> ActionPlan:
    action = plan.action
    fields = creation_fields(Agreed(action.title, action.title))
    entry = Entry(action.id, created=True, creating=plan.entry.creating, fields=fields)
    task = created_task(0, action.project, action.title)
    plan = replace(plan, entry=entry, create=True)
    plan = plan_task(plan, task, context)
    return _add_tags_and_subscribe(plan, set(), context)


def _plan_tracked(
    plan: ActionPlan, number: int, twins: list[int], observed: Observed, context: Context
) -> ActionPlan:
    action, project = plan.action, plan.action.project
    bug = observed.bugs.get(number)
    if bug is not None and bug.duplicate_of is not None:
        master = bug.duplicate_of
        remark = Remark(Problem.WARNING, f"bug {number} is a duplicate of bug {master}, which is followed")
        entry = Entry(action.id)
        if master in twins:
            entry = found_entry(action, master)
        plan = replace(plan, entry=entry, write_number=master, remarks=(*plan.remarks, remark))
        number, bug = master, observed.bugs.get(master)
    answer = observed.tasks.get((project, number), Invisible(number))
    if not isinstance(answer, TaskSnapshot):
        return _plan_absent(plan, answer)
    plan = replace(plan, entry=replace(plan.entry, bug=number))
    plan = plan_task(plan, answer, context)
    wanted = {context.settings.tag, *action.tags}
    present = set(plan.entry.tags) | set(bug.tags if bug is not None else (context.settings.tag,))
    others = tuple(twin for twin in twins if twin > number and plan.entry.created)
    plan = _add_tags_and_subscribe(plan, wanted - present, context)
    return replace(
        plan,
        comment=_comment(plan),
        duplicates=plan.duplicates + tuple(twin for twin in others if twin not in plan.duplicates),
    )


def _plan_absent(plan: ActionPlan, answer: Elsewhere | Invisible) -> ActionPlan:
    known = plan.entry.bug is not None
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


def _add_tags_and_subscribe(plan: ActionPlan, missing_tags: set[str], context: Context) -> ActionPlan:
    """Add what is written once and then remembered; what Launchpad refused before is told instead."""
    lead, *others = plan.action.owners or (None,)
    assigned = context.people.account_of(lead.key) if lead else None
    accounts = [context.people.account_of(owner.key) for owner in others if owner and not owner.tentative]
    done = {*plan.entry.subscribed, assigned}
    tags, subscribe, remarks = sorted(missing_tags), [], list(plan.remarks)
    if tags and (refused := _refused_before(plan.entry, "tags", " ".join(tags), context)):
        remarks.append(Remark(Problem.NOTE, f"tagging is not tried again; Launchpad refused it: {refused.reason}"))
        tags = []
    for account in dict.fromkeys(account for account in accounts if account and account not in done):
        if refused := _refused_before(plan.entry, f"subscribe {account}", account, context):
            text = f"subscribing ~{account} is not tried again; Launchpad refused it: {refused.reason}"
            remarks.append(Remark(Problem.NOTE, text))
        else:
            subscribe.append(account)
    return replace(plan, add_tags=tuple(tags), subscribe=tuple(subscribe), remarks=tuple(remarks))


def _refused_before(
    entry: Entry, name: str, value: str | None, context: Context, *, seen: str | None = None
) -> Refused | None:
    """Return the refusal that keeps a write from being tried again, if there is one."""
    refused = entry.refused.get(name)
    if refused is None or context.retry_refused or (refused.value, refused.seen) != (value, seen):
        return None
    return refused if refused.account == (context.account or refused.account) else None


def _comment(plan: ActionPlan) -> str | None:
    action = plan.action
    known = plan.entry.fields.get("status")
    # Only an action that becomes done says so; one that was done when it was first seen has been told of.
    becomes_done = action.status is Status.DONE and known is not None and known.recap != Status.DONE
    pushed = any(merge.field == "status" and merge.outcome is not Outcome.CONFLICT for merge in plan.merges)
    if not (becomes_done and pushed and action.evidence and not plan.entry.commented):
        return None
    return "Done, as these show:\n" + "\n".join(action.evidence)
