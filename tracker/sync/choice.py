"""What of a plan a run is about, when a person wants only some of it; pure."""

import difflib
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace

from tracker.errors import ExitCode, TrackerError
from tracker.recap.carried import find_carried
from tracker.recap.model import Recap
from tracker.sync.merge import FIELDS
from tracker.sync.plan import ActionPlan, Plan, Problem, Remark

FIELD_NAMES = {"owner" if field == "lead" else field: field for field in FIELDS}
"""What a person calls the fields: as the recap's keys."""

_LONGEST_NAME = 100
"""How much of a name is compared."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The actions, by full id, and the fields that a run is about; None is all of them."""

    actions: frozenset[str] | None = None
    fields: frozenset[str] | None = None


EVERYTHING = Choice()


def read_choice(recaps: Iterable[Recap], only: Iterable[str], fields: Iterable[str]) -> Choice:
    """Read what a person chose: actions by full id, or by their own where one recap alone has it, and field names.

    Raises TrackerError with the nearest that is known, or all that are meant.
    """
    recaps = list(recaps)
    known = [recap.full_id(action) for recap in recaps for action in recap.actions]
    carried = find_carried(recaps)
    actions = frozenset(find_action(name, known, carried=carried) for name in only)
    chosen = frozenset(_read_field(name) for name in fields)
    return Choice(actions or None, chosen or None)


def find_action(name: str, known: Iterable[str], unknown: str = "no action", carried: Container[str] = ()) -> str:
    """Find the full id that a name means; an action's own id means none that is `carried` where it means another.

    Raises TrackerError, which begins with `unknown` when none is, with the nearest that are known.
    """
    known = sorted(known)
    if name in known:
        return name
    meant = [full_id for full_id in known if full_id.partition("#")[2] == name]
    if len(meant) > 1:
        meant = [full_id for full_id in meant if full_id not in carried] or meant
    if len(meant) > 1:
        raise TrackerError(
            f'"{name}" means several actions: {", ".join(meant)}',
            remedy="write the full id of one",
            exit_code=ExitCode.USAGE,
        )
    if not meant:
        raise TrackerError(f'{unknown} "{name}"', remedy=_nearest_actions(name, known), exit_code=ExitCode.USAGE)
    return meant[0]


def choose(plan: Plan, choice: Choice) -> Plan:
    """Return the plan without what was not chosen.

    It is made of all actions before, so that which bug is whose does not depend on the choice. With fields, an action
    gets no bug and no other one, for that would settle all of its fields.
    """
    actions = plan.actions
    if choice.actions is not None:
        actions = tuple(action for action in actions if action.full_id in choice.actions)
    if choice.fields is not None:
        actions = tuple(_choose_fields(action, choice.fields) for action in actions)
    return Plan(actions, plan.remarks if choice == EVERYTHING else ())


def _choose_fields(plan: ActionPlan, fields: frozenset[str]) -> ActionPlan:
    if plan.create or plan.write_number is not None or plan.write_name is not None:
        named = plan.write_name or f"bug {plan.write_number}"
        missing = f"{_new_thing(plan)} is created" if plan.create else f"{named} is written into the recap"
        remark = Remark(Problem.NOTE, f"{missing} only in a run without --field")
        kept = tuple(one for one in plan.remarks if one.kind not in {Problem.REFUSED, Problem.NOTE})
        return ActionPlan(plan.recap, plan.action, plan.index, plan.entry, remarks=(*kept, remark))
    return replace(
        plan,
        fields=fields,
        merges=tuple(merge for merge in plan.merges if merge.field in fields),
        refused={field: refused for field, refused in plan.refused.items() if field in fields},
        add_tags=(),
        subscribe=plan.subscribe if "lead" in fields else (),
        comment=plan.comment if "status" in fields else None,
        link=(),
        duplicates=(),
        remarks=tuple(one for one in plan.remarks if one.field not in FIELDS or one.field in fields),
    )


def _new_thing(plan: ActionPlan) -> str:
    return "a bug" if plan.thing is None else f"a {plan.thing.kind}"


def _read_field(name: str) -> str:
    if name not in FIELD_NAMES:
        nearest = difflib.get_close_matches(name[:_LONGEST_NAME], [*FIELD_NAMES, *FIELDS], n=1, cutoff=0.5)
        guess = f'did you mean "{"owner" if nearest[0] == "lead" else nearest[0]}"? ' if nearest else ""
        raise TrackerError(
            f'no field "{name}"',
            remedy=f"{guess}it is one of {', '.join(FIELD_NAMES)}",
            exit_code=ExitCode.USAGE,
        )
    return FIELD_NAMES[name]


def _nearest_actions(name: str, known: list[str]) -> str:
    by_short: dict[str, list[str]] = {}
    for full_id in known:
        by_short.setdefault(full_id.partition("#")[2], []).append(full_id)
    words = [*known, *by_short]
    close = difflib.get_close_matches(name[:_LONGEST_NAME], words, n=3, cutoff=0.5)
    nearest = dict.fromkeys(full_id for word in close for full_id in by_short.get(word, [word]))
    if not nearest:
        return "write RECAP#ACTION, as a plan shows them"
    return "did you mean " + " or ".join(f'"{one}"' for one in list(nearest)[:3]) + "?"
