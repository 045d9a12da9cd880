"""The three-way merge of one field, and of all fields of an action; pure.

A field's two sides speak different words: a status of the recap agrees with several of Launchpad's, an owner's
key stands for an account. So each outcome carries the words that both sides have once it is carried out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from tracker.launchpad import limits, statuses
from tracker.launchpad.snapshots import BlueprintSnapshot, TaskSnapshot, WorkItemSnapshot
from tracker.launchpad.statuses import Vocabulary
from tracker.recap.model import Action, Owner, Status
from tracker.recap.people import People
from tracker.sync.entries import Agreed

FIELDS = ("title", "lead", "status", "milestone", "importance")
"""What is kept in step of a bug, by the names that merges have; of a blueprint and a work item it is less."""

Shown = TaskSnapshot | BlueprintSnapshot | WorkItemSnapshot
"""What Launchpad shows of an action."""


class Outcome(StrEnum):
    """What is to happen to a field."""

    AGREED = "agreed"
    """Nothing: both sides say the same."""
    PUSH = "push"
    """The recap moved: Launchpad follows."""
    PULL = "pull"
    """Launchpad moved: the recap follows."""
    CONFLICT = "conflict"
    """Both moved apart: a person decides."""
    HELD = "held"
    """The recap's word cannot be sent, and Launchpad's stays."""


@dataclass(frozen=True, slots=True)
class FieldMerge:
    """What is to happen to one field, with both sides' present words and those they will have."""

    field: str
    outcome: Outcome
    recap: str | None
    launchpad: str | None
    base: Agreed | None
    to_recap: str | None
    """The recap's word once a pull is carried out."""
    to_launchpad: str | None
    """Launchpad's word once a push is carried out."""
    note: str | None = None

    @property
    def agreed_words(self) -> tuple[str | None, str | None]:
        """Both sides' words once this is carried out."""
        if self.outcome is Outcome.PUSH:
            return self.recap, self.to_launchpad
        if self.outcome is Outcome.PULL:
            return self.to_recap, self.launchpad
        return self.recap, self.launchpad


class Prefer(StrEnum):
    """Which side a person chose for all conflicts of a run."""

    RECAP = "recap"
    LAUNCHPAD = "launchpad"


def vocabulary_of(shown: Shown) -> Vocabulary:
    """Return the words in which Launchpad says where such a thing stands."""
    if isinstance(shown, TaskSnapshot):
        return statuses.BUGS
    return statuses.WORK_ITEMS if isinstance(shown, WorkItemSnapshot) else statuses.BLUEPRINTS


def merge_action(
    action: Action,
    shown: Shown,
    base: Mapping[str, Agreed],
    *,
    people: People,
    chosen: Mapping[str, str],
    with_title: bool,
    prefer: Prefer | None = None,
) -> list[FieldMerge]:
    """Merge every field of an action with what Launchpad shows of it.

    `base` has the fields that once agreed; `chosen` the repository's own words to send for a bug's status;
    `with_title` tells whether the title is kept in step, as it is for bugs that the tracker made. A work item has no
    other name than its title, so that is always kept in step, and a blueprint's never.
    """
    words = vocabulary_of(shown)
    is_bug = isinstance(shown, TaskSnapshot)
    merges = []
    if isinstance(shown, WorkItemSnapshot):
        merges.append(merge_plain("title", action.title.strip(), shown.title.strip(), base.get("title")))
    elif is_bug and with_title and shown.title is not None:
        merges.append(merge_plain("title", action.title, shown.title, base.get("title")))
    merges.append(merge_lead(action, shown.assignee, base.get("lead"), people))
    merges.append(merge_status(action.status, shown.status, base.get("status"), words, chosen if is_bug else {}))
    merges.append(merge_plain("milestone", action.milestone, shown.milestone, base.get("milestone")))
    if isinstance(shown, TaskSnapshot):
        merges.append(merge_importance(action.importance, shown.importance, base.get("importance")))
    return [_prefer(merge, prefer, words) for merge in merges]


def merge_plain(field: str, recap: str | None, launchpad: str | None, base: Agreed | None) -> FieldMerge:
    """Merge a field whose words are the same on both sides; None is empty."""
    outcome = Outcome.AGREED if recap == launchpad else _three_way(recap, launchpad, base)
    return FieldMerge(field, outcome, recap, launchpad, base, to_recap=launchpad, to_launchpad=recap)


def merge_importance(recap: str | None, launchpad: str, base: Agreed | None) -> FieldMerge:
    """Merge the importance. A recap that gives none takes Launchpad's, unless that is the default."""
    shown = limits.NO_IMPORTANCE if launchpad not in limits.IMPORTANCES else launchpad
    if recap is None:
        outcome = Outcome.AGREED if shown == limits.NO_IMPORTANCE else Outcome.PULL
    elif recap == shown:
        outcome = Outcome.AGREED
    else:
        empty = None if shown == limits.NO_IMPORTANCE and base is None else shown
        outcome = _three_way(recap, empty, base)
    filled = None if shown == limits.NO_IMPORTANCE else shown
    return FieldMerge("importance", outcome, recap, shown, base, to_recap=filled, to_launchpad=recap)


def merge_status(
    recap: Status | None, launchpad: str, base: Agreed | None, words: Vocabulary, chosen: Mapping[str, str]
) -> FieldMerge:
    """Merge the status: Launchpad has moved only when its word changed and no longer agrees."""
    previous = base.launchpad if base else None
    reading = words.read(launchpad)
    if recap is None:
        return _fill_status(launchpad, base, reading, words)
    if reading is None:
        note = f'Launchpad\'s status "{launchpad}" says nothing of the action'
        return FieldMerge("status", Outcome.HELD, recap, launchpad, base, recap, launchpad, note)
    sent = words.to_send(recap, chosen)
    if words.agrees(recap, launchpad, previous):
        outcome = Outcome.AGREED
    elif base is None:
        outcome = Outcome.PUSH if launchpad == words.default else Outcome.CONFLICT
    else:
        recap_moved = recap != base.recap
        launchpad_moved = launchpad != base.launchpad and not words.agrees(
            base.recap or Status.TODO, launchpad, base.launchpad
        )
        outcome = _moved(recap_moved, launchpad_moved)
    return FieldMerge("status", outcome, recap, launchpad, base, to_recap=reading, to_launchpad=sent)


def _fill_status(launchpad: str, base: Agreed | None, reading: str | None, words: Vocabulary) -> FieldMerge:
    """A recap without a status takes Launchpad's, or what both last agreed on while Launchpad stands by it."""
    word = reading or Status.TODO
    if base and base.recap and words.agrees(base.recap, launchpad, base.launchpad):
        word = base.recap
    outcome = Outcome.AGREED if word == Status.TODO else Outcome.PULL
    return FieldMerge("status", outcome, Status.TODO, launchpad, base, to_recap=word, to_launchpad=launchpad)


def merge_lead(action: Action, assignee: str | None, base: Agreed | None, people: People) -> FieldMerge:
    """Merge the lead with the assignee. Only a lead who is confirmed and has an account makes a claim."""
    lead = action.lead
    word = str(lead) if lead else None
    account = people.account_of(lead.key) if lead else None
    claim = account if lead and not lead.tentative else None
    note = _unsent(lead, account)
    known = base.launchpad if base else None
    if claim == assignee:
        outcome = Outcome.AGREED
    elif claim is None and lead is not None:
        outcome = _unclaimed(word, base, assignee, confirms=account == assignee)
        if outcome is Outcome.HELD:
            note = f"{note}, so ~{assignee} stays assigned" if note else None
    elif base is None:
        outcome = _three_way(claim, assignee, None)
    else:
        outcome = _moved(claim != known, assignee != known)
    new_lead = new_owners(action.owners, assignee, people)[:1]
    return FieldMerge(
        "lead",
        outcome,
        word,
        assignee,
        base,
        to_recap=str(new_lead[0]) if new_lead else None,
        to_launchpad=claim,
        note=note if outcome in {Outcome.AGREED, Outcome.HELD} else None,
    )


def _unclaimed(word: str | None, base: Agreed | None, assignee: str | None, *, confirms: bool) -> Outcome:
    """Decide about a lead who cannot be sent, while somebody is assigned."""
    if base is not None and assignee == base.launchpad:
        return Outcome.HELD
    if confirms or (base is not None and word == base.recap):
        return Outcome.PULL
    return Outcome.CONFLICT


def new_owners(owners: tuple[Owner, ...], assignee: str | None, people: People) -> tuple[Owner, ...]:
    """Return an action's owners after Launchpad's assignee changed.

    The assignee takes the lead's place, and a co-owner who becomes it swaps with the lead. Without an assignee
    the lead stays, tentative, so that nobody is assigned back.
    """
    if assignee is None:
        return tuple(Owner(owner.key, index == 0 or owner.tentative) for index, owner in enumerate(owners))
    assigned = Owner(people.key_of_account(assignee))
    if not owners:
        return (assigned,)
    changed = list(owners)
    for index, owner in enumerate(owners):
        if owner.key == assigned.key:
            changed[index] = owners[0]
            break
    changed[0] = assigned
    return tuple(changed)


def _unsent(lead: Owner | None, account: str | None) -> str | None:
    if lead is None:
        return None
    if lead.tentative:
        return f"{lead.key} is tentative and not assigned"
    return f"{lead.key} has no Launchpad account and is not assigned" if account is None else None


def _three_way(recap: str | None, launchpad: str | None, base: Agreed | None) -> Outcome:
    """Decide between two words that differ."""
    if base is None:
        if recap is None:
            return Outcome.PULL
        return Outcome.PUSH if launchpad is None else Outcome.CONFLICT
    return _moved(recap != base.recap, launchpad != base.launchpad)


def _moved(recap: bool, launchpad: bool) -> Outcome:
    if recap and launchpad:
        return Outcome.CONFLICT
    if recap:
        return Outcome.PUSH
    return Outcome.PULL if launchpad else Outcome.HELD


def _prefer(merge: FieldMerge, prefer: Prefer | None, words: Vocabulary) -> FieldMerge:
    if merge.outcome is not Outcome.CONFLICT or prefer is None:
        return merge
    if prefer is Prefer.LAUNCHPAD:
        return replace(merge, outcome=Outcome.PULL)
    if merge.field == "lead" and merge.recap is not None and merge.to_launchpad is None:
        # A lead who cannot be sent takes nobody's place.
        note = f"{merge.recap} is not assigned, so ~{merge.launchpad} stays assigned"
        return replace(merge, outcome=Outcome.AGREED, note=note)
    if merge.field == "status" and words.agrees(merge.recap or Status.TODO, merge.launchpad or ""):
        return replace(merge, outcome=Outcome.AGREED)  # Launchpad's finer word stands
    return replace(merge, outcome=Outcome.PUSH)
