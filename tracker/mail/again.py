"""Whether a recap was made of a message before, also one whose file has errors; pure."""

from tracker.mail.notes import Notes
from tracker.recap.document import Document, Mapping, Node, Scalar, Sequence


def is_of(document: Document, notes: Notes) -> bool:
    """Tell whether a recap may be of this message: it has its title, and its day or half of its actions."""
    title = _line(notes.title or "").casefold()
    if not title or _text(document.root, "title").casefold() != title:
        return False
    day = _text(document.root, "date")
    if day and day in {str(notes.session_date), str(notes.date)}:
        return True
    listed = document.root.entries.get("actions") if isinstance(document.root, Mapping) else None
    items = listed.value.items if listed is not None and isinstance(listed.value, Sequence) else []
    titles = {_line(action.title) for action in notes.actions}
    shared = titles & {_text(item, "title") for item in items}
    return len(shared) > 1 and 2 * len(shared) >= len(titles)


def _text(node: Node | None, key: str) -> str:
    entry = node.entries.get(key) if isinstance(node, Mapping) else None
    return _line(entry.value.text) if entry is not None and isinstance(entry.value, Scalar) else ""


def _line(text: str) -> str:
    return " ".join(text.split())
