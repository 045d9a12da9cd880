"""A plan as values that are kept in a file, and what differs between two of them; pure.

A kept plan has what would be written, with both sides' words before and after, and whose words they are: the service,
the account, the repository's tag. It has no times and no ETags, so the same plan is the same file.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import unified_diff
from hashlib import sha256
from itertools import islice
from typing import Any, TypeGuard

from tracker import __version__
from tracker.launchpad.snapshots import WorkItemSnapshot
from tracker.recap.model import BugTarget
from tracker.recap.parse import Settings
from tracker.recap.people import People
from tracker.sync.brakes import BRAKES
from tracker.sync.describe import recap_name, undoes_pull
from tracker.sync.entry_lines import refuse_repeated_keys
from tracker.sync.merge import FieldMerge, Outcome, Prefer, new_owners
from tracker.sync.plan import ActionPlan, Plan

KIND = "plan of summit-tracker"

_DIGITS = 18
_PLACES = frozenset({"bug", "blueprint", "work_item", "outcome", "project"})

Step = Mapping[str, Any]
"""What one step does: its `outcome`, and words, numbers, truths, nothing or lists of them by name."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a plan was asked for with."""

    recaps: tuple[str, ...] | None = None
    """The ids of the recaps that were named; None is all."""
    only: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    prefer: Prefer | None = None
    retry_refused: bool = False
    force: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """A plan, and for whom and what it was made."""

    service: str
    tag: str
    project: str | None
    account: str
    """Empty when nobody was logged in."""
    options: Options
    actions: Mapping[str, Mapping[str, Step]]
    """The steps of each action by its full id, by the field or the kind of step."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A step that one of two plans lacks, or that differs in them."""

    action: str
    step: str
    before: Step | None
    after: Step | None


def keep_plan(
    plan: Plan, options: Options, *, settings: Settings, people: People, service: str, account: str
) -> KeptPlan:
    """Return a plan as it is kept."""
    actions = {action.full_id: dict(_steps(action, settings.tag, people)) for action in plan.actions}
    told = {name: steps for name, steps in actions.items() if steps}
    return KeptPlan(service, settings.tag, settings.project, account, options, told)


def dump_plan(kept: KeptPlan) -> dict[str, Any]:
    """Return what a file holds of a plan, in order, with a digest over it."""
    options = {field.name: _plain(getattr(kept.options, field.name)) for field in fields(Options)}
    values: dict[str, Any] = {
        "kind": KIND,
        "version": __version__,
        "service": kept.service,
        "tag": kept.tag,
        "project": kept.project,
        "account": kept.account,
        "options": options,
        "actions": kept.actions,
    }
    ordered: dict[str, Any] = _sorted({**values, "digest": _digest(values)})
    return ordered


def is_plan(text: str) -> bool:
    """Tell whether a text is that of a plan, whether or not it can be used."""
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(values, dict) and values.get("kind") == KIND


def parse_plan(text: str) -> KeptPlan:
    """Read the text of a file.

    Raises ValueError, which says why it is none that this version wrote, and RecursionError for one nested too deep.
    """
    try:
        values = json.loads(text, object_pairs_hook=refuse_repeated_keys, parse_int=_read_number)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is no JSON from line {error.lineno} on") from None
    if not isinstance(values, dict) or values.get("kind") != KIND:
        raise ValueError("it is no plan")
    if values.get("version") != __version__:
        raise ValueError(
            f'version {_shown(values.get("version"))} of the tracker made it, and this is "{__version__}"'
        )
    if values.pop("digest", None) != _digest(values):
        raise ValueError("it was altered: what it holds is not what its digest was made of")
    kept = KeptPlan(
        service=_take(values, "service", str),
        tag=_take(values, "tag", str),
        project=_take(values, "project", str | None),
        account=_take(values, "account", str),
        options=_read_options(_take(values, "options", dict)),
        actions=_take(values, "actions", dict),
    )
    if not _are_actions(kept.actions):
        raise ValueError("its `actions` are none that the tracker writes")
    return kept


def compare_plans(before: KeptPlan, after: KeptPlan) -> list[Difference]:
    """Return every step that differs between two plans, by action and step; none when they do the same."""
    differences = []
    for action in sorted({*before.actions, *after.actions}):
        old, new = before.actions.get(action, {}), after.actions.get(action, {})
        differences += [
            Difference(action, step, old.get(step), new.get(step))
            for step in sorted({*old, *new})
            if old.get(step) != new.get(step)
        ]
    return differences


def say_step(name: str, step: Step) -> str:
    """Say what a kept step does, in a line."""
    thing = _said_thing(step)
    bug = f"{thing}: " if thing else ""
    match step:
        case {"outcome": "create", "work_item": _, "title": title}:
            return f"add a {thing}: {_shown(title)}"
        case {"outcome": "create", "project": project, "title": title}:
            return f"create {thing or 'a bug'} in {_shown(project, bare=True)}: {_shown(title)}"
        case {"outcome": "conflict", "recap": recap, "launchpad": launchpad}:
            return f"{bug}conflict in {name}: recap {_shown(recap)}, Launchpad {_shown(launchpad)}"
        case {"outcome": "push", "launchpad": old, "launchpad_after": new}:
            undone = "; this undoes what came from Launchpad" if step.get("undoes_pull") else ""
            return f"{bug}{name} on Launchpad {_shown(old)} -> {_shown(new)}{undone}"
        case {"outcome": "pull", "recap": old, "recap_after": new}:
            return f"{bug}{name} in the recap {_shown(old)} -> {_shown(new)}"
    values = [_shown(value) for key, value in sorted(step.items()) if key not in _PLACES]
    return f"{bug}{name}: {', '.join(values)}"


def _said_thing(step: Step) -> str:
    named = (("bug", "bug"), ("blueprint", "blueprint"), ("work_item", "work item of"))
    return next((f"{noun} {_shown(step[key], bare=True)}" for key, noun in named if step.get(key)), "")


def say_difference(difference: Difference) -> Iterator[tuple[str, str]]:
    """Say a difference: a sign (`-` what the first plan has, `+` what the second has) and a sentence, each."""
    name, before, after = difference.step, difference.before, difference.after
    said = ["" if step is None else say_step(name, step) for step in (before, after)]
    if said[0] != said[1]:
        yield from ((sign, text) for sign, text in zip("-+", said, strict=True) if text)
    if before is None or after is None:
        return
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        if old == new or (said[0] != said[1] and key != "description"):
            continue
        what = f"{name}, {key.replace('_', ' ')}:"
        if isinstance(old, list) and isinstance(new, list):
            for line in islice(unified_diff(_lines(old), _lines(new), n=0, lineterm=""), 2, None):
                if not line.startswith("@@"):
                    yield line[0], f"{what} {line[1:]}"
        else:
            yield "-", f"{what} {_shown(old)}"
            yield "+", f"{what} {_shown(new)}"


def _steps(plan: ActionPlan, tag: str, people: People) -> Iterator[tuple[str, Step]]:
    """Yield the steps of an action: whatever is written, and the conflicts that are left."""
    where: dict[str, Any] = {"project": plan.action.project}
    if plan.bug is not None:
        where["bug"] = plan.bug
    elif plan.thing is not None:
        where[plan.thing.key] = plan.thing.name.partition("/")[2]
    if plan.create:
        step = {**where, "outcome": "create", "title": plan.action.title}
        if plan.thing is None:
            step["tags"] = sorted({tag, *plan.action.tags})
        if plan.description:
            step["description"] = plan.description.split("\n")
        yield "create", step
    elif plan.write_name is not None:
        yield "blueprint", {**where, "outcome": "pull", "recap": "new", "recap_after": plan.write_name}
    elif plan.write_number is not None:
        named = plan.action.target.number if isinstance(plan.action.target, BugTarget) else None
        yield "bug", {**where, "outcome": "pull", "recap": named or "new", "recap_after": plan.write_number}
    for merge in plan.pushes + plan.pulls + plan.conflicts:
        yield recap_name(merge.field), {**where, **_field_step(plan, merge, people)}
    written: dict[str, Sequence[Any]] = {
        "tags": plan.add_tags,
        "subscribe": plan.subscribe,
        "link": plan.link,
        "reduce": [plan.shown.count] if isinstance(plan.shown, WorkItemSnapshot) and plan.stands_twice else (),
        "comment": plan.comment.split("\n") if plan.comment else (),
        "duplicates": plan.duplicates,
    }
    for name, items in written.items():
        if items:
            yield name, {**where, "outcome": "push", "add": list(items)}


def _field_step(plan: ActionPlan, merge: FieldMerge, people: People) -> Step:
    step: dict[str, Any] = {"outcome": str(merge.outcome), "recap": merge.recap, "launchpad": merge.launchpad}
    if merge.outcome is Outcome.CONFLICT:
        if merge.base is not None:
            step |= {"agreed_recap": merge.base.recap, "agreed_launchpad": merge.base.launchpad}
        return step
    step["recap_after"], step["launchpad_after"] = merge.agreed_words
    if merge.field == "lead" and merge.outcome is Outcome.PULL:
        # Co-owners may change places with the lead.
        step["owners"] = [str(owner) for owner in plan.action.owners]
        step["owners_after"] = [str(owner) for owner in new_owners(plan.action.owners, merge.launchpad, people)]
    if undoes_pull(merge) and merge.outcome is Outcome.PUSH:
        step["undoes_pull"] = True
    return step


def _read_options(values: dict[str, Any]) -> Options:
    if set(values) != {field.name for field in fields(Options)}:
        raise ValueError("its `options` are none that the tracker writes")
    prefer = _take(values, "prefer", str | None)
    force = _take_words(values, "force")
    if (prefer is not None and prefer not in set(Prefer)) or not set(force) <= set(BRAKES):
        raise ValueError("its `options` are none that this version knows")
    return Options(
        recaps=None if values["recaps"] is None else _take_words(values, "recaps"),
        only=_take_words(values, "only"),
        fields=_take_words(values, "fields"),
        prefer=None if prefer is None else Prefer(prefer),
        retry_refused=_take(values, "retry_refused", bool),
        force=force,
    )


def _take(values: Mapping[str, Any], key: str, kind: Any) -> Any:
    if not isinstance(values.get(key), kind):
        raise ValueError(f"its `{key}` is none that the tracker writes")
    return values.get(key)


def _take_words(values: Mapping[str, Any], key: str) -> tuple[str, ...]:
    words = _take(values, key, list)
    if not all(isinstance(word, str) for word in words):
        raise ValueError(f"its `{key}` are none that the tracker writes")
    return tuple(words)


def _are_actions(values: Mapping[str, Any]) -> bool:
    steps = [steps for steps in values.values() if isinstance(steps, dict)]
    single = [step for group in steps for step in group.values()]
    return len(steps) == len(values) and all(_is_step(step) for step in single)


def _is_step(step: Any) -> TypeGuard[Step]:
    return isinstance(step, dict) and all(
        all(_is_word(item) for item in value) if isinstance(value, list) else _is_word(value)
        for value in step.values()
    )


def _is_word(value: Any) -> bool:
    return value is None or isinstance(value, str | int)


def _read_number(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise ValueError(f"a number in it has more than {_DIGITS} digits")
    return int(digits)


def _digest(values: Mapping[str, Any]) -> str:
    return sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def _sorted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return value


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _lines(items: list[Any]) -> list[str]:
    return [_shown(item, bare=True) for item in items]


def _shown(value: Any, *, bare: bool = False) -> str:
    match value:
        case None:
            return "nothing"
        case str():
            return value if bare else f'"{value}"'
        case list() | tuple():
            return ", ".join(_shown(item) for item in value)
    return str(value)
