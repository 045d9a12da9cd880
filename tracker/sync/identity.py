"""How a bug tells which action it tracks; pure."""

import re

from tracker.launchpad.limits import MAX_DESCRIPTION
from tracker.recap.model import Action, Recap
from tracker.recap.people import People

_LINE = re.compile(r"^summit-tracker action: (\S+#\S+)[ \t\r]*$", re.MULTILINE)
_CUT = "\n(cut here; the recap has the whole text)"
_UNSENDABLE = re.compile(r"[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def identity_line(full_id: str) -> str:
    """Return the line that ends the description of an action's bug."""
    return f"summit-tracker action: {full_id}"


def read_identity(description: str) -> str | None:
    """Return the action's full id that a bug's description names, the last if there are several."""
    found = _LINE.findall(description)
    return found[-1] if found else None


def write_description(recap: Recap, action: Action, people: People) -> str:
    """Write the description that a new bug is created with; Launchpad keeps it from then on."""
    occasion = ", ".join(part for part in (recap.event, recap.date.isoformat()) if part)
    parts = [f'Agreed in the session "{recap.title}" ({occasion}).']
    if action.topic:
        parts.append(f"Topic: {action.topic}")
    if action.notes:
        parts.append(action.notes.strip())
    named = [("Owners", action.owners), ("With", action.collaborators)]
    people_lines = [
        f"{label}: " + ", ".join(people.display_name(one.key) + (" (?)" if one.tentative else "") for one in several)
        for label, several in named
        if several
    ]
    link_lines = [f"{name}: {address}" for name, address in recap.links.items()]
    parts += ["\n".join(lines) for lines in (people_lines, link_lines) if lines]
    end = "\n\n" + identity_line(recap.full_id(action))
    text = _UNSENDABLE.sub("", "\n\n".join(parts).replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) + len(end) > MAX_DESCRIPTION:
        text = text[: MAX_DESCRIPTION - len(end) - len(_CUT)] + _CUT
    return text + end
