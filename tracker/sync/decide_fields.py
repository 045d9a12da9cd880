"""Decide about the fields of one action, whatever it is tracked as; pure."""

from dataclasses import replace
from hashlib import sha256

from tracker.launchpad.links import SANDBOX
from tracker.launchpad.snapshots import TaskSnapshot
from tracker.recap.model import Action
from tracker.sync.entries import Entry, Refused
from tracker.sync.merge import FieldMerge, Outcome, Shown, merge_action, new_owners
from tracker.sync.plan import ActionPlan, Context, Observed, Problem, Remark


def plan_fields(plan: ActionPlan, shown: Shown, context: Context) -> ActionPlan:
    """Decide anew about the fields of one action, resting on this read of what it is tracked as."""
    entry = plan.entry
    merges = tuple(
        merge
        for merge in merge_action(
            plan.action,
            shown,
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
        and (earlier := refused_before(entry, merge.field, merge.to_launchpad, context, seen=merge.launchpad))
    }
    notes = tuple(Remark(Problem.NOTE, merge.note, merge.field) for merge in merges if merge.note)
    notes += gone
    if entry.created and isinstance(shown, TaskSnapshot) and shown.title is None:
        text = f"the title of bug {shown.bug} cannot be read, so it is not kept in step now"
        notes += (Remark(Problem.NOTE, text, "title"),)
    return replace(plan, shown=shown, merges=merges, refused=refused, remarks=plan.remarks + notes)


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


def plan_fields_again(plan: ActionPlan, shown: Shown, context: Context) -> ActionPlan:
    """Decide once more, since somebody wrote meanwhile: what a person chose to settle was what the plan showed."""
    again = plan_fields(replace(plan, remarks=()), shown, replace(context, prefer=None))
    return replace(again, merges=keep_settled(plan, again))


def keep_settled(before: ActionPlan, now: ActionPlan) -> tuple[FieldMerge, ...]:
    """Return how fields merge now, those in conflict as a person settled them while Launchpad says the same."""
    settled = {merge.field: merge for merge in before.merges}

    def of(merge: FieldMerge) -> FieldMerge:
        earlier = settled.get(merge.field, merge)
        is_same = earlier.launchpad == merge.launchpad
        return earlier if merge.outcome is Outcome.CONFLICT and is_same else merge

    return tuple(of(merge) for merge in now.merges)


def without_project(plan: ActionPlan, observed: Observed, context: Context) -> ActionPlan:
    """Leave an action whose project Launchpad does not show."""
    text = f"{observed.absent_projects[plan.action.project]}; correct `project`"
    if context.settings.service == SANDBOX:
        text += ", or serve the sandbox anew: it has what the recaps named when it began"
    return replace(plan, remarks=(*plan.remarks, Remark(Problem.INPUT, text, "project")))


def creation_request(action: Action, description: str) -> str:
    """Return a short sign of a creating request, which tells whether a refused one would be sent anew."""
    sent = "\n".join((action.project, action.title, *action.tags, description))
    return sha256(sent.encode()).hexdigest()[:16]


def add_subscriptions(plan: ActionPlan, context: Context) -> ActionPlan:
    """Subscribe co-owners, each once for all time; what Launchpad refused before is told instead."""
    people = context.people
    owners = plan.action.owners
    for pull in plan.pulls:
        if pull.field == "lead":
            owners = new_owners(owners, pull.launchpad, people)
    accounts = [people.account_of(owner.key) for owner in owners]
    wanted = [account for account, owner in zip(accounts[1:], owners[1:], strict=True) if not owner.tentative]
    done = {None, *accounts[:1], *plan.entry.subscribed}
    subscribe, remarks = [], list(plan.remarks)
    for account in dict.fromkeys(account for account in wanted if account is not None and account not in done):
        if refused := refused_before(plan.entry, f"subscribe {account}", account, context):
            remarks.append(not_again(f"subscribing ~{account}", refused))
        else:
            subscribe.append(account)
    return replace(plan, subscribe=tuple(subscribe), remarks=tuple(remarks))


def not_again(what: str, refused: Refused) -> Remark:
    """Say that something is not tried again, and why."""
    return Remark(Problem.REFUSED, f"{what} is not tried again; Launchpad refused it: {refused.reason}")


def refused_before(
    entry: Entry, name: str, value: str | None, context: Context, *, seen: str | None = None
) -> Refused | None:
    """Return the refusal that keeps a write from being tried again, if there is one."""
    refused = entry.refused.get(name)
    if refused is None or context.retry_refused or (refused.value, refused.seen) != (value, seen):
        return None
    # Without an account it was Launchpad that failed: whoever comes next tries again.
    return refused if refused.account and refused.account == (context.account or refused.account) else None
