"""Decide what a sync would do, in one step from the recaps, the base and what Launchpad showed; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256

from tracker.launchpad.links import SANDBOX
from tracker.launchpad.snapshots import Elsewhere, Invisible, TaskSnapshot, created_task
from tracker.launchpad.statuses import DEFAULT_BUG_STATUS
from tracker.recap.model import Action, BugTarget, Recap, Status
from tracker.sync.entries import Agreed, Entries, Entry, Refused
from tracker.sync.identity import write_description
from tracker.sync.merge import FieldMerge, Outcome, merge_action, new_owners
from tracker.sync.plan import ActionPlan, Context, Observed, Plan, Problem, Remark


def build_plan(recaps: Iterable[Recap], base: Mapping[str, Entries], observed: Observed, context: Context) -> Plan:
    """Decide what a sync of these recaps would do."""
    recaps = list(recaps)
    plans: list[ActionPlan] = []
    remarks: list[tuple[str, Remark]] = []
    for recap in recaps:
        entries = base.get(recap.id, {})
        former = _former_ids(recap, entries)
        mentioned = {one for action in recap.actions for one in (action.id, *former[action.id])}
        for index, action in enumerate(recap.actions):
            entry, formerly = _entry(recap, action, former[action.id], entries)
            plan = ActionPlan(recap, action, index, entry, former=former[action.id], formerly=formerly)
            if action.target is None:
                if entry.bug is not None:
                    text = f"it tracked bug {entry.bug} until now and names none; the bug stays as it is"
                    plans.append(replace(plan, remarks=(Remark(Problem.WARNING, text, "bug"),)))
            elif isinstance(action.target, BugTarget):
                plans.append(_plan_bug(plan, observed, context))
            else:
                text = f"{action.target}: blueprints are not kept in step by this version"
                plans.append(replace(plan, remarks=(Remark(Problem.NOTE, text),)))
        for gone in sorted(set(entries) - mentioned):
            tracked = f"; bug {entries[gone].bug} stays as it is" if entries[gone].bug else ""
            text = f"the recap has no such action any more{tracked}"
            remarks.append((f"{recap.id}#{gone}", Remark(Problem.NOTE, text)))
    present = {recap.id for recap in recaps}
    here = {entry.bug for recap in recaps for entry in base.get(recap.id, {}).values()}
    others = {
        entry.bug: f"{recap_id}#{entry.action}"
        for recap_id, entries in base.items()
        if recap_id not in present
        for entry in entries.values()
        if entry.bug is not None and entry.bug not in here
    }
    return Plan(tuple(_share_out(plans, others)), tuple(remarks))


def plan_task(plan: ActionPlan, task: TaskSnapshot, context: Context) -> ActionPlan:
    """Decide anew about the fields of one action, resting on this read of its bug's task."""
    entry = plan.entry
    merges = tuple(
        merge
        for merge in merge_action(
            plan.action,
            task,
            entry.fields,
            people=context.people,
            chosen=context.settings.statuses,
            with_title=entry.created,
            prefer=context.prefer,
        )
        if plan.fields is None or merge.field in plan.fields
    )
    merges, gone = _hold_renamed(merges, context)
    refused = {
        merge.field: earlier
        for merge in merges
        if merge.outcome is Outcome.PUSH
        and (earlier := _refused_before(entry, merge.field, merge.to_launchpad, context, seen=merge.launchpad))
    }
    notes = tuple(Remark(Problem.NOTE, merge.note, merge.field) for merge in merges if merge.note)
    notes += gone
    if entry.created and task.title is None:
        text = f"the title of bug {task.bug} cannot be read, so it is not kept in step now"
        notes += (Remark(Problem.NOTE, text, "title"),)
    return replace(plan, task=task, merges=merges, refused=refused, remarks=plan.remarks + notes)


def _hold_renamed(
    merges: tuple[FieldMerge, ...], context: Context
) -> tuple[tuple[FieldMerge, ...], tuple[Remark, ...]]:
    """Hold an assignee who may be the one that people.yaml has under a name that Launchpad knows no more."""
    for index, merge in enumerate(merges):
        old = (merge.base.launchpad or "") if merge.base else ""
        if merge.field != "lead" or merge.outcome is not Outcome.PULL or merge.launchpad is None:
            continue
        if old not in context.gone_accounts or not context.people.key_of_account(merge.launchpad).startswith("~"):
            continue
        if context.gone_accounts[old] == merge.launchpad:
            text = f"~{old} is now ~{merge.launchpad} on Launchpad; correct `launchpad: {old}` in people.yaml"
        else:
            text = (
                f"~{merge.launchpad} is assigned, and Launchpad has no ~{old} any more, so nobody is changed; correct"
                f" `launchpad: {old}` in people.yaml, or take it out when these are two people"
            )
        held = replace(merge, outcome=Outcome.HELD, note=None)
        return (*merges[:index], held, *merges[index + 1 :]), (Remark(Problem.WARNING, text, "lead"),)
    return merges, ()


def creation_fields(title: Agreed | None = None) -> dict[str, Agreed]:
    """Return the base that creating a bug gives it, with the title sent; what is empty on both sides needs none."""
    fields = {"status": Agreed(Status.TODO, DEFAULT_BUG_STATUS)}
    return fields if title is None else {"title": title, **fields}


def _former_ids(recap: Recap, entries: Entries) -> dict[str, tuple[str, ...]]:
    """Return for each action the ids under which the base may hold it.

    An id that no action claims is also a former one of that which names its bug now, or which, without a number, has
    an id that it had before: what was agreed stays agreed. Two ids that stay and exchange their bugs keep nothing.
    """
    present = {action.id: _number(action) for action in recap.actions}
    free = {key: entry for key, entry in entries.items() if present.get(key, 0) not in {None, entry.bug}}
    by_number = {entry.bug: key for key, entry in free.items() if entry.bug is not None}
    by_id = {one: key for key, entry in free.items() if key not in present for one in entry.formerly}
    former = {}
    for action in recap.actions:
        number, known = _number(action), entries.get(action.id)
        key = by_number.get(number) if number is not None else by_id.get(recap.full_id(action))
        if known is not None and (number in {None, known.bug} or key in present):
            key = None
        if key is None or not isinstance(action.target, BugTarget):
            former[action.id] = action.previously
        else:
            former[action.id] = tuple(dict.fromkeys((*action.previously, key)))
    return former


def _number(action: Action) -> int | None:
    return action.target.number if isinstance(action.target, BugTarget) else None


def _entry(recap: Recap, action: Action, former: tuple[str, ...], entries: Entries) -> tuple[Entry, tuple[str, ...]]:
    """Return what the base holds of an action, and the full ids that it had before."""
    keys = [key for key in (action.id, *former) if key in entries]
    if not keys:
        return Entry(action.id), ()
    number = _number(action)
    key = next((one for one in keys if number is not None and entries[one].bug == number), keys[0])
    entry = replace(entries[key], action=action.id)
    known = {*entry.formerly, f"{recap.id}#{key}"} - {recap.full_id(action)}
    return entry, tuple(sorted(known))


def _share_out(plans: list[ActionPlan], others: Mapping[int, str]) -> list[ActionPlan]:
    """Let one action have a bug: the first that names it, before any that would only be led to it.

    `others` has the bugs of recaps that this plan is not about.
    """
    claimed = dict(others)
    for plan in plans:
        if plan.bug is not None and plan.write_number is None:
            claimed.setdefault(plan.bug, plan.full_id)
    shared = []
    for plan in plans:
        if plan.bug is None:
            shared.append(plan)
            continue
        holder = claimed.setdefault(plan.bug, plan.full_id)
        is_elsewhere = plan.bug in others
        shared.append(plan if holder == plan.full_id else _without_bug(plan, holder, is_elsewhere=is_elsewhere))
    return shared


def _without_bug(plan: ActionPlan, holder: str, *, is_elsewhere: bool) -> ActionPlan:
    if plan.write_number is not None:
        remark = Remark(
            Problem.WARNING, f"bug {plan.bug} tracks {holder} already, so nothing was changed here", "bug"
        )
        remarks = (*(one for one in plan.remarks if one.kind is Problem.WARNING), remark)
    else:
        text = f"bug {plan.bug} tracks {holder} already"
        text += ", which this run is not about; name its recap too, or" if is_elsewhere else ";"
        remarks = (Remark(Problem.INPUT, f"{text} give each action a bug of its own", "bug"),)
    return ActionPlan(plan.recap, plan.action, plan.index, plan.entry, remarks=remarks)


def _plan_bug(plan: ActionPlan, observed: Observed, context: Context) -> ActionPlan:
    action, entry = plan.action, plan.entry
    assert isinstance(action.target, BugTarget)  # noqa: S101 - the caller looked
    if foreign := _foreign_service(plan, context):
        text = (
            f"bug {action.target.number} was synced on {foreign}, and this is {context.settings.service}; say"
            f" `service: {foreign}` again, or write `bug: new` or the number that it has here"
        )
        return replace(plan, remarks=(Remark(Problem.INPUT, text, "bug"),))
    if action.project in observed.absent_projects:
        text = f"{observed.absent_projects[action.project]}; correct `project`"
        if context.settings.service == SANDBOX:
            text += ", or serve the sandbox anew: it has what the recaps named when it began"
        remark = Remark(Problem.INPUT, text, "project")
        return replace(plan, remarks=(remark,))
    named = action.target.number
    twins = observed.tracking(plan.full_ids)
    number = named or entry.bug or (twins[0] if twins else None)
    if number is None:
        return _plan_creation(plan, context)
    if number != entry.bug:
        # What was agreed on another bug says nothing of this one.
        plan = replace(plan, entry=_first_entry(plan, number, twins))
    if named is None:
        plan = replace(plan, write_number=number)
    bug = observed.bugs.get(number)
    if bug is not None and bug.duplicate_of is not None:
        plan = _follow(plan, number, bug.duplicate_of, twins)
        number = bug.duplicate_of
    plan, number = _settle_twins(plan, number, twins, observed)
    return _plan_tracked(plan, number, observed, context)


def _foreign_service(plan: ActionPlan, context: Context) -> str | None:
    """Return the service that an action's number belongs to, when it was synced there and never here."""
    number = _number(plan.action)
    if number is None or number == plan.entry.bug:
        return None
    names = (name for name, bugs in context.foreign.items() if any(bugs.get(one) == number for one in plan.full_ids))
    return next(names, None)


def _first_entry(plan: ActionPlan, number: int, twins: list[int]) -> Entry:
    """Return the entry of a bug that the base does not know as this action's."""
    begun = plan.entry.creating is not None
    if number in twins and (begun or plan.action.target == BugTarget()):
        return found_entry(plan.action, number, plan.entry.fields.get("title") if begun else None)
    return Entry(plan.action.id, created=number in twins)


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


def creation_request(action: Action, description: str) -> str:
    """Return a short sign of a creating request, which tells whether a refused one would be sent anew."""
    sent = "\n".join((action.project, action.title, *action.tags, description))
    return sha256(sent.encode()).hexdigest()[:16]


def found_entry(action: Action, number: int, sent_title: Agreed | None = None) -> Entry:
    """Return the entry of a bug that was found by its identity: nothing but its creation was agreed on.

    Which title was sent is known only from an intent; without one, two titles that differ are for a person.
    """
    return Entry(action.id, bug=number, created=True, fields=creation_fields(sent_title))


def _plan_creation(plan: ActionPlan, context: Context) -> ActionPlan:
    action = plan.action
    description = write_description(plan.recap, action, context.people)
    request = creation_request(action, description)
    if refused := _refused_before(plan.entry, "create", request, context):
        return replace(plan, remarks=(*plan.remarks, _not_again("creating a bug", refused)))
    # An intent knows which title was sent; it may have been reworded since.
    fields = creation_fields(plan.entry.fields.get("title"))
    entry = Entry(action.id, created=True, creating=plan.entry.creating, fields=fields)
    task = created_task(0, action.project, action.title)
    plan = replace(plan, entry=entry, create=True, description=description)
    plan = plan_task(plan, task, context)
    return _add_tags_and_subscribe(plan, set(), context)


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
    plan = plan_task(plan, answer, context)
    plan = _add_tags_and_subscribe(plan, wanted - present, context)
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


def _add_tags_and_subscribe(plan: ActionPlan, missing_tags: set[str], context: Context) -> ActionPlan:
    """Add what is written once and then remembered; what Launchpad refused before is told instead."""
    people = context.people
    owners = plan.action.owners
    for pull in plan.pulls:
        if pull.field == "lead":
            owners = new_owners(owners, pull.launchpad, people)
    accounts = [people.account_of(owner.key) for owner in owners]
    wanted = [account for account, owner in zip(accounts[1:], owners[1:], strict=True) if not owner.tentative]
    done = {None, *accounts[:1], *plan.entry.subscribed}
    tags, subscribe, remarks = sorted(missing_tags), [], list(plan.remarks)
    if tags and (refused := _refused_before(plan.entry, "tags", " ".join(tags), context)):
        remarks.append(_not_again("tagging", refused))
        tags = []
    for account in dict.fromkeys(account for account in wanted if account is not None and account not in done):
        if refused := _refused_before(plan.entry, f"subscribe {account}", account, context):
            remarks.append(_not_again(f"subscribing ~{account}", refused))
        else:
            subscribe.append(account)
    return replace(plan, add_tags=tuple(tags), subscribe=tuple(subscribe), remarks=tuple(remarks))


def _not_again(what: str, refused: Refused) -> Remark:
    return Remark(Problem.NOTE, f"{what} is not tried again; Launchpad refused it: {refused.reason}")


def _refused_before(
    entry: Entry, name: str, value: str | None, context: Context, *, seen: str | None = None
) -> Refused | None:
    """Return the refusal that keeps a write from being tried again, if there is one."""
    refused = entry.refused.get(name)
    if refused is None or context.retry_refused or (refused.value, refused.seen) != (value, seen):
        return None
    return refused if refused.account == (context.account or refused.account) else None


def evidence_comment(plan: ActionPlan) -> str | None:
    """Return the comment that says why the action is done, when it is due."""
    action = plan.action
    pulled = next((merge.to_recap for merge in plan.pulls if merge.field == "status"), None)
    if (pulled or action.status) != Status.DONE or not action.evidence or plan.entry.commented:
        return None
    if any(conflict.field == "status" for conflict in plan.conflicts):
        return None
    known = plan.entry.fields.get("status")
    # Only an action that becomes done says so; one that was done when it was first seen has been told of.
    becomes_done = known is not None and known.recap != Status.DONE
    if not becomes_done and "comment" not in plan.entry.refused:
        return None
    return "Done, as these show:\n" + "\n".join(action.evidence)


def _check_comment(plan: ActionPlan, context: Context) -> ActionPlan:
    refused = _refused_before(plan.entry, "comment", plan.comment, context)
    if plan.comment is None or refused is None:
        return plan
    return replace(plan, comment=None, remarks=(*plan.remarks, _not_again("commenting", refused)))
