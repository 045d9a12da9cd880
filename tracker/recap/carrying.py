"""Open actions of one session as the beginning of the next one's recap, and what leaves the old recaps for it; pure.

What an action is tracked as goes along; the rest of the old one stays, as what its session agreed on.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest

from tracker.recap.carried import find_carried, find_origins, is_open_here
from tracker.recap.document import Document, Scalar
from tracker.recap.editor import Edit
from tracker.recap.model import Action, BlueprintTarget, BugTarget, Recap, Target
from tracker.recap.parse import draft_recap
from tracker.recap.people import People
from tracker.recap.quoting import write_list, write_scalar
from tracker.recap.reader import read_document
from tracker.recap.rules import write_target
from tracker.recap.skeletons import write_recap

_INDENT = "    "


@dataclass(frozen=True, slots=True)
class CarriedAction:
    """An action, and the id under which it goes on in the next recap."""

    recap: Recap
    index: int
    """Its place in its recap."""
    id: str
    previously: tuple[str, ...] = ()
    """Ids that it had before, and that no other action of the next recap has."""

    @property
    def action(self) -> Action:
        """The action as its recap has it."""
        return self.recap.actions[self.index]

    @property
    def full_id(self) -> str:
        """The id of the action that is carried."""
        return self.recap.full_id(self.action)


def find_open(recaps: Iterable[Recap], everything: Iterable[Recap]) -> dict[str, tuple[Recap, int]]:
    """Return the open actions of some recaps that no other one goes on with, by full id."""
    carried = find_carried(everything)
    return {
        recap.full_id(action): (recap, index)
        for recap in recaps
        for index, action in enumerate(recap.actions)
        if is_open_here(recap, action, carried)
    }


def name_carried(actions: Iterable[tuple[Recap, int]], taken: Collection[str] = ()) -> list[CarriedAction]:
    """Give actions the ids of the next recap: their own, with a number where it or another recap has that already."""
    ids = set(taken)
    named: list[CarriedAction] = []
    for recap, index in actions:
        own = recap.actions[index].id
        names = (own, *(f"{own}-{number}" for number in range(2, len(ids) + 3)))
        name = next(one for one in names if one not in ids)
        ids.add(name)
        named.append(CarriedAction(recap, index, name))
    complete = []
    for one in named:
        kept = tuple(former for former in one.action.previously if former not in ids)
        ids |= set(kept)
        complete.append(replace(one, previously=kept))
    return complete


def find_left(heirs: Recap, recaps: Iterable[Recap]) -> list[CarriedAction]:
    """Return the actions that a recap goes on with, and that still name what it names, as after a run that ended.

    Where a sync came in between, they name what it has created.
    """
    recaps = [one for one in recaps if one.id != heirs.id]
    origins = find_origins([heirs, *recaps])
    by_id = {recap.full_id(action): (recap, index) for recap in recaps for index, action in enumerate(recap.actions)}
    left = []
    for action in heirs.actions:
        origin = by_id.get(origins.get(heirs.full_id(action), ""))
        if origin is not None and _is_still_named(action.target, origin[0].actions[origin[1]]):
            left.append(CarriedAction(*origin, action.id))
    return left


def _is_still_named(target: Target | None, origin: Action) -> bool:
    """Tell whether an action still names what the one that goes on with it does, or what was created for that."""
    match target, origin.target:
        case BugTarget(None), BugTarget(int()):
            return origin.current_status.is_open  # else it is a follow-up, which gets a bug of its own
        case BlueprintTarget(name, create=True), BlueprintTarget(other, create=False):
            return name == other
    return target is not None and target == origin.target


def find_created(heirs: Recap, left: Iterable[CarriedAction]) -> list[Edit]:
    """Return what a recap is to name where a sync has created it for the actions that are left."""
    targets = {one.id: one.action.target for one in left}
    edits = []
    for index, action in enumerate(heirs.actions):
        target = targets.get(action.id)
        if target is not None and target != action.target:
            key, value = write_target(target)
            edits.append(Edit(("actions", index, key), value))
    return edits


def write_carried(
    values: Mapping[str, str],
    actions: Iterable[CarriedAction],
    documents: Mapping[str, Document],
    default_project: str | None,
    schema: str | None = None,
) -> str:
    """Write the next recap; `values` and `schema` are as for `write_recap`, `documents` the old ones by recap id."""
    actions = list(actions)
    projects = Counter(one.action.project for one in actions)
    project = default_project
    if default_project is None or default_project not in projects:
        project = projects.most_common(1)[0][0]
        values = {**values, "project": project}
    lines = [line for one in actions for line in _write_action(one, documents[one.recap.id], project)]
    return write_recap(values, schema, "".join(f"{line}\n" for line in lines))


def find_misread(
    text: str, recap_id: str, actions: Iterable[CarriedAction], people: People, default_project: str | None
) -> str | None:
    """Say what would be wrong with the next recap when its text is read; None when it says what is meant."""
    document = read_document(text.encode(), "")
    recap = draft_recap(document, recap_id, people, default_project)
    if error := next((one for one in document.diagnostics if one.is_error), None):
        return error.message
    meant = [
        replace(one.action, id=one.id, previously=one.previously, carried_from=one.full_id, topic=None, evidence=())
        for one in actions
    ]
    read = list(recap.actions) if recap is not None else []
    wrong = next((one for one, there in zip_longest(meant, read) if one != there), None)
    return None if read == meant else f'"{wrong.id if wrong else recap_id}" would not read as it does now'


def find_edits(actions: Iterable[CarriedAction], documents: Mapping[str, Document]) -> dict[str, list[Edit]]:
    """Return what is to be taken out of the old recaps, by recap id: what the actions are tracked as."""
    edits: dict[str, list[Edit]] = {}
    for one in actions:
        if one.action.target is not None:
            place = ("actions", one.index, write_target(one.action.target)[0])
            assert documents[one.recap.id].node(place) is not None  # noqa: S101 - it was read from there
            edits.setdefault(one.recap.id, []).append(Edit(place, None))
    return edits


def _write_action(carried: CarriedAction, document: Document, project: str | None) -> list[str]:
    action = carried.action
    values: dict[str, str | tuple[str, ...] | None] = {
        "title": action.title,
        "owner": tuple(map(str, action.owners)),
        "with": tuple(map(str, action.collaborators)),
    }
    target_key, target_value = write_target(action.target) if action.target is not None else ("", "")
    if target_key:
        values[target_key] = target_value
    values |= {
        "status": action.status,
        "milestone": action.milestone,
        "due": action.due.isoformat() if action.due else None,
        "importance": action.importance,
        "tags": action.tags,
        "project": action.project if action.project != project else None,
        "previously": carried.previously,
        "carried_from": carried.full_id,
    }
    lines = [f"  - id: {write_scalar(carried.id)}"]
    for key, value in values.items():
        if value:
            comment = _comment_behind(document, ("actions", carried.index, key)) if key == target_key else ""
            lines.append(f"{_INDENT}{key}: {_write_value(value, key)}{comment}")
    if action.notes:
        lines += _write_text("notes", action.notes)
    return lines


def _comment_behind(document: Document, place: tuple[str | int, ...]) -> str:
    """Return the comment on the line of a value that is to be taken out: it goes along, or it would be lost."""
    _, end = document.locate(place)
    rest = document.rest_of_line(end).strip()
    return f"  {rest}" if rest.startswith("#") else ""


def _write_value(value: str | tuple[str, ...], key: str) -> str:
    if isinstance(value, str):
        return write_scalar(value, key=key)
    return write_list(value, key=key) if len(value) > 1 else write_scalar(value[0], key=key)


def _write_text(key: str, text: str) -> list[str]:
    """Write a text in lines of its own where it has several and reads so as it is, else in quotes."""
    lines = text.removesuffix("\n").split("\n")
    depth = "2" if lines[0].startswith(" ") else ""
    header = f"{_INDENT}{key}: |{depth}{'' if text.endswith(chr(10)) else '-'}"
    block = [header, *(f"{_INDENT}  {line}" if line else "" for line in lines)]
    if len(lines) > 1 and _reads_as("- id: a\n" + "\n".join(line[2:] for line in block) + "\n", key, text):
        return block
    return [f"{_INDENT}{key}: {write_scalar(text)}"]


def _reads_as(source: str, key: str, text: str) -> bool:
    document = read_document(source.encode(), "")
    node = document.node((0, key))
    return not document.diagnostics and isinstance(node, Scalar) and node.text == text
