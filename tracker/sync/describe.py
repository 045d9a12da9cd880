"""The words for what a sync would do or did; pure."""

from collections import Counter
from collections.abc import Iterable, Iterator

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


def say_creations(plans: Iterable[ActionPlan]) -> str:
    """Say how many bugs and blueprints these plans create."""
    counts = Counter("blueprint" if plan.is_blueprint else "bug" for plan in plans)
    return " and ".join(
        f"{counts[noun]} {noun}{'' if counts[noun] == 1 else 's'}" for noun in sorted(counts, reverse=True)
    )


def say_steps(plan: ActionPlan) -> Iterator[tuple[str, str]]:
    """Say an action's steps: a sign (`+` create, `>` to Launchpad, `<` to the recap, `-` refused) and a sentence."""
    name = str(plan.thing or "its bug")
    if plan.create:
        yield "+", _say_creation(plan)
        if plan.action.tags and plan.thing is None:
            yield ">", f"{name}: add the tag {', '.join(plan.action.tags)}"
    elif plan.write_name is not None:
        yield "<", f"write blueprint {plan.write_name} into the recap as one that is there"
    elif plan.write_number is not None:
        yield "<", f"write bug {plan.write_number} into the recap, which tracks this action"
    for push in plan.pushes:
        undone = "; this undoes what came from Launchpad" if undoes_pull(push) else ""
        yield ">", f"{name}: {say_push(push)}{undone}"
    yield from ((">", text) for text in _say_extras(plan, name))
    for pull in plan.pulls:
        yield "<", f"recap: {say_pull(pull)}"
    for field, refusal in plan.refused.items():
        on_launchpad = _LAUNCHPAD_NAMES.get(field, field)
        yield "-", f"{name}: {on_launchpad} is not tried again; Launchpad refused it: {refusal.reason}"


def _say_extras(plan: ActionPlan, name: str) -> Iterator[str]:
    """Say what is written on Launchpad beside the fields."""
    if plan.add_tags:
        yield f"{name}: add the tag {', '.join(plan.add_tags)}"
    for account in plan.subscribe:
        yield f"{name}: subscribe ~{account}"
    if plan.link:
        yield f"{name}: link the {'bug' if len(plan.link) == 1 else 'bugs'} of {', '.join(plan.link)}"
    if plan.stands_twice:
        yield f"{name}: take out the lines that it has there once more"
    if plan.comment:
        yield f"{name}: comment with the evidence"
    for duplicate in plan.duplicates:
        yield f"bug {duplicate}: mark as a duplicate of {name}"


def _say_creation(plan: ActionPlan) -> str:
    title = plan.action.title
    if plan.thing is None:
        return f'create a bug in {plan.action.project}: "{title}"'
    if plan.is_blueprint:
        return f'create {plan.thing} in {plan.action.project}: "{title}"'
    return f'add a {plan.thing}: "{title}"'


def say_entry(entry: Entry) -> Iterator[str]:
    """Say what the base holds of an action."""
    if entry.work_item is not None:
        yield f"a {entry.thing}"
    elif entry.thing is not None:
        yield f"{entry.thing}, which the tracker {'made' if entry.created else 'adopted'}"
    for field, agreed in entry.fields.items():
        words = dict.fromkeys((agreed.recap or "nothing", agreed.launchpad or "nothing"))
        yield f"{recap_name(field)}: agreed on {' / '.join(words)}"
    for name, refused in entry.refused.items():
        yield f"{recap_name(name)}: refused, {refused.reason}"
    if entry.subscribed:
        yield f"subscribed once: {', '.join(f'~{account}' for account in entry.subscribed)}"
    if entry.linked:
        yield f"bugs linked once: {', '.join(map(str, entry.linked))}"
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
