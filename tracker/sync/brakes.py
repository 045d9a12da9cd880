"""What stops a sync before it writes anything: more than the repository's limits allow; pure."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from tracker.errors import TrackerError
from tracker.launchpad.statuses import Vocabulary
from tracker.recap.model import Status
from tracker.recap.parse import Limits
from tracker.sync.describe import say_creations, undoes_pull
from tracker.sync.merge import FieldMerge, vocabulary_of
from tracker.sync.plan import ActionPlan, Plan

BRAKES = ("create", "change", "close", "reassign", "missing")
"""The names of all brakes, by which a person goes on."""
HANDFUL = 5
"""So many of anything stop no sync, whatever their share."""
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Brake:
    """A limit that is exceeded."""

    name: str
    text: str
    """How many of how many there are."""
    examples: tuple[str, ...]
    """All that were counted."""


def find_brakes(plan: Plan, limits: Limits) -> list[Brake]:
    """Return the limits that a plan exceeds.

    The shares are of the actions that are tracked. Those that get a new bug or blueprint are counted by `create`
    alone, a new line among work items by none: it can be taken out again.
    """
    creations = [action.full_id for action in plan.creations]
    brakes = []
    if len(creations) > limits.create:
        text = f"the plan creates {say_creations(plan.creations)}, more than the limit of {limits.create}"
        brakes.append(Brake("create", text, tuple(creations)))
    tracked = [action for action in plan.actions if action.shown is not None and not action.create]
    counted = (
        ("change", "changes", limits.change, [one for one in tracked if one.has_changes]),
        ("close", "closes", limits.close, [one for one in tracked if _closes(one)]),
        ("reassign", "replaces the lead of", limits.reassign, [one for one in tracked if _reassigns(one)]),
    )
    for name, verb, share, found in counted:
        if _exceeds(len(found), len(tracked), share):
            text = f"the plan {verb} {len(found)} of {len(tracked)} actions, more than the limit of {_percent(share)}"
            if undoing := sum(any(undoes_pull(push) for push in action.pushes) for action in found):
                text += f"; {undoing} of them undo what came from Launchpad"
            brakes.append(Brake(name, text, tuple(action.full_id for action in found)))
    return brakes


def find_missing(project: str, known: Iterable[int], shown: Container[int], share: float) -> Brake | None:
    """Return the brake on an answer that came short: which of a project's known bugs a search did not show.

    One that lost its tag, became private, a duplicate or moved is missing too; of those there are few at once.
    """
    known = sorted(known)
    missing = [number for number in known if number not in shown]
    if not _exceeds(len(missing), len(known), share):
        return None
    text = (
        f"Launchpad's search leaves out {len(missing)} of {len(known)} bugs that are known in {project},"
        f" more than the limit of {_percent(share)}"
    )
    return Brake("missing", text, tuple(f"bug {number}" for number in missing))


def brake_error(brakes: Sequence[Brake]) -> TrackerError:
    """Return the failure that tells a person of these brakes, and how to go on."""
    flags = " ".join(f"--force {brake.name}" for brake in brakes)
    if brakes[0].name == "missing":
        remedy = f"try again, and look at the bugs; {flags} of plan and sync reads each alone"
    else:
        # The others are shares, of fewer actions then.
        fewer = ", name fewer recaps," if [brake.name for brake in brakes] == ["create"] else ""
        remedy = f"look at the plan; then add {flags}{fewer} or raise `limits` in tracker.yaml"
    return TrackerError(
        "; ".join(brake.text for brake in brakes),
        details="; ".join(
            ["nothing was changed", *(f"{brake.name}: {_name_some(brake.examples)}" for brake in brakes)]
        ),
        remedy=remedy,
    )


def _exceeds(count: int, of: int, share: float) -> bool:
    return count > HANDFUL and count > share * of


def _closes(plan: ActionPlan) -> bool:
    if plan.shown is None:
        return False
    words = vocabulary_of(plan.shown)
    return any(merge.field == "status" and _closes_status(merge, words) for merge in plan.pushes + plan.pulls)


def _closes_status(merge: FieldMerge, words: Vocabulary) -> bool:
    recap, launchpad = merge.agreed_words
    in_recap = _is_open(merge.recap or Status.TODO) and not _is_open(recap or Status.TODO)
    on_launchpad = _is_open(words.read(merge.launchpad or "")) and not _is_open(words.read(launchpad or ""))
    return in_recap or on_launchpad


def _is_open(word: str | None) -> bool:
    return word is not None and Status(word).is_open


def _reassigns(plan: ActionPlan) -> bool:
    """Tell whether somebody loses the lead; giving it to somebody where nobody had it is no such change."""
    return any(push.field == "lead" and push.launchpad is not None for push in plan.pushes) or any(
        pull.field == "lead" and pull.recap not in {None, f"{pull.to_recap}?"} for pull in plan.pulls
    )


def _percent(share: float) -> str:
    return f"{100 * share:g}%"


def _name_some(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
