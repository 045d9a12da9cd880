"""What of a recap can be put right without asking: ids that are missing, and words written in another way; pure.

Nothing here changes what a recap means: only an id that no action could have had gets another.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tracker.recap.diagnostics import Place
from tracker.recap.document import Document, Mapping, Scalar, Sequence
from tracker.recap.editor import Edit, EditError, apply_edits
from tracker.recap.model import Status, is_action_id
from tracker.recap.naming import derive_id
from tracker.recap.rules import TARGET_KEYS, find_meant_bug, parse_target, write_target

_STATUSES = {re.sub("[^a-z]", "", status): str(status) for status in Status}
_NOT_A_LETTER = re.compile(r"[\W_]")


@dataclass(frozen=True, slots=True)
class Fix:
    """One value to be written in another way, or an id to be added."""

    place: Place
    before: str | None
    """None where there is no value."""
    after: str

    @property
    def edit(self) -> Edit:
        """The change of the file."""
        return Edit(self.place, self.after)


def find_fixes(document: Document, default_project: str | None, remembered: Iterable[str] = ()) -> list[Fix]:
    """Return what can be put right in a recap, in the file's order.

    `remembered` are ids that no new action may get: those that the base knows belong to something on Launchpad, also
    when no action has them any more. Nothing can be put right in a file that cannot be read, or has a key twice.
    """
    actions = document.node(("actions",))
    count = len(actions.items) if isinstance(actions, Sequence) else 0
    places: list[Place] = [("actions", index) for index in range(count)]
    taken = {*remembered, *_ids(document, places)}
    recap_project = _text(document, ("project",)) or default_project
    fixes: list[Fix] = []
    for place in places:
        if not isinstance(document.node(place), Mapping):
            continue
        found = [
            *_fix_id(document, place, taken),
            *_fix_status(document, place),
            *_fix_targets(document, place, _text(document, (*place, "project")) or recap_project),
        ]
        taken |= {fix.after for fix in found if fix.place[-1] == "id"}
        fixes += sorted(found, key=lambda fix: document.locate(fix.place))
    return fixes if _can_be_made(document, fixes) else [fix for fix in fixes if _can_be_made(document, [fix])]


def apply_fixes(document: Document, fixes: Iterable[Fix]) -> str:
    """Return the document's text, without byte order mark, with these put right; raises EditError."""
    return apply_edits(document, [fix.edit for fix in fixes])


def _can_be_made(document: Document, fixes: list[Fix]) -> bool:
    try:
        apply_fixes(document, fixes)
    except EditError:  # however it is written, it takes a person
        return False
    return True


def _ids(document: Document, actions: Iterable[Place]) -> Iterator[str]:
    """Yield the ids that actions have, and those that they had before."""
    for place in actions:
        yield _text(document, (*place, "id")) or ""
        former = document.node((*place, "previously"))
        for node in former.items if isinstance(former, Sequence) else [former]:
            if isinstance(node, Scalar):
                yield node.text


def _fix_id(document: Document, place: Place, taken: set[str]) -> Iterator[Fix]:
    place_of_id = (*place, "id")
    node = document.node(place_of_id)
    if node is not None and not isinstance(node, Scalar):
        return
    written = node.text if node is not None else ""
    if is_action_id(written):
        return
    source = written.strip() or (_text(document, (*place, "title")) or "").strip()
    if source:
        yield Fix(place_of_id, written or None, derive_id(source, taken))


def _fix_status(document: Document, place: Place) -> Iterator[Fix]:
    written = _text(document, (*place, "status"))
    meant = _STATUSES.get(_NOT_A_LETTER.sub("", written).casefold()) if written else None
    if written and meant and meant != written:
        yield Fix((*place, "status"), written, meant)


def _fix_targets(document: Document, place: Place, project: str | None) -> Iterator[Fix]:
    """Write a target's number or name for its address; one of another project is left to a person."""
    for key in TARGET_KEYS:
        written = _text(document, (*place, key))
        if written is None or project is None:
            continue
        target, _ = parse_target(key, written, project, (*place, key))
        if target is not None:
            plain = write_target(target)[1]
        else:
            meant = find_meant_bug(written) if key == "bug" else None
            plain = str(meant) if meant else written
        if plain != written:
            yield Fix((*place, key), written, plain)


def _text(document: Document, place: Place) -> str | None:
    node = document.node(place)
    return node.text if isinstance(node, Scalar) and node.text else None
