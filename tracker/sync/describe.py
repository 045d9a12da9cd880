"""The words for what a sync would do or did; pure."""

from collections.abc import Iterator

from tracker.sync.entries import Entry
from tracker.sync.merge import FieldMerge
from tracker.sync.plan import ActionPlan

_RECAP_NAMES = {"lead": "owner"}
_LAUNCHPAD_NAMES = {"lead": "assignee"}


def recap_name(field: str) -> str:
    """Return what a recap calls a field: the key it stands under."""
    return _RECAP_NAMES.get(field, field)


def say_push(merge: FieldMerge) -> str:
    """Say what a push writes on Launchpad."""
    if merge.field == "lead":
        if merge.to_launchpad is None:
            return f"unassign ~{merge.launchpad}"
        instead = f" in place of ~{merge.launchpad}" if merge.launchpad else ""
        return f"assign ~{merge.to_launchpad}{instead}"
    return f"{merge.field} {_from_to(merge.launchpad, merge.to_launchpad)}"


def say_pull(merge: FieldMerge) -> str:
    """Say what a pull writes into the recap."""
    return f"{recap_name(merge.field)} {_from_to(merge.recap, merge.to_recap)}"


def undoes_pull(merge: FieldMerge) -> bool:
    """Tell whether a push takes back what an earlier sync brought from Launchpad."""
    return merge.base is not None and (merge.recap or "") in merge.base.pulled_over


def say_steps(plan: ActionPlan) -> Iterator[tuple[str, str]]:
    """Say an action's steps: a sign (`+` create, `>` to Launchpad, `<` to the recap, `-` refused) and a sentence."""
    number = f"bug {plan.bug}" if plan.bug else "its bug"
    if plan.create:
        yield "+", f'create a bug in {plan.action.project}: "{plan.action.title}"'
        if plan.action.tags:
            yield ">", f"{number}: add the tag {', '.join(plan.action.tags)}"
    elif plan.write_number is not None:
        yield "<", f"write bug {plan.write_number} into the recap, which tracks this action"
    for push in plan.pushes:
        undone = "; this undoes what came from Launchpad" if undoes_pull(push) else ""
        yield ">", f"{number}: {say_push(push)}{undone}"
    if plan.add_tags:
        yield ">", f"{number}: add the tag {', '.join(plan.add_tags)}"
    for account in plan.subscribe:
        yield ">", f"{number}: subscribe ~{account}"
    if plan.comment:
        yield ">", f"{number}: comment with the evidence"
    for duplicate in plan.duplicates:
        yield ">", f"bug {duplicate}: mark as a duplicate of {number}"
    for pull in plan.pulls:
        yield "<", f"recap: {say_pull(pull)}"
    for field, refusal in plan.refused.items():
        name = _LAUNCHPAD_NAMES.get(field, field)
        yield "-", f"{number}: {name} is not tried again; Launchpad refused it: {refusal.reason}"


def say_entry(entry: Entry) -> Iterator[str]:
    """Say what the base holds of an action."""
    if entry.bug is not None:
        yield f"bug {entry.bug}, which the tracker {'made' if entry.created else 'adopted'}"
    for field, agreed in entry.fields.items():
        words = dict.fromkeys((agreed.recap or "nothing", agreed.launchpad or "nothing"))
        yield f"{recap_name(field)}: agreed on {' / '.join(words)}"
    for name, refused in entry.refused.items():
        yield f"{recap_name(name)}: refused, {refused.reason}"
    if entry.subscribed:
        yield f"subscribed once: {', '.join(f'~{account}' for account in entry.subscribed)}"
    if entry.commented:
        yield "commented with the evidence"


def _from_to(before: str | None, after: str | None) -> str:
    if after is None:
        return f"{_value(before)} taken out"
    return f"{_value(before)} -> {_value(after)}" if before is not None else f"set to {_value(after)}"


def _value(word: str | None) -> str:
    if word is None:
        return "nothing"
    return f'"{word}"' if len(word.split()) > 3 else word
