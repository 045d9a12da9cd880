"""Tables of actions, with a column for what is to be done and one for who does it; pure."""

import re

from tracker.mail.items import Item
from tracker.mail.lines import Line

_OWNERS = re.compile(r"(?:owners?|who|assignees?|assigned(?: to)?|responsible|person|names?|leads?|volunteers?)\??")
_ACTIONS = re.compile(r"(?:next |follow-?up )?(?:actions?|action items?|to-?dos?|next steps?)")
_THINGS = re.compile(r"(?:tasks?|what|items?|steps?|things?)\??")
_STATES = re.compile(r"status|state|done\??")
_RULE = re.compile(r"[|+:=\s-]+")
_DONE = re.compile(r"(?:done|completed?|finished|closed|yes|x|[\u2713\u2714\u2705])", re.IGNORECASE)
_MOST = 1000


def read_table(lines: list[Line], index: int, *, announced: bool) -> tuple[list[Item], int]:
    """Read the table of actions whose first row a line is; return its items, and the index behind it.

    A table without both columns has none, and the index is 0; `announced` says that any thing in it is to be done.
    """
    named = [_plain(cell) for cell in _cells(lines[index])]
    header = [cell.casefold() for cell in named]
    owners = next((at for at, cell in enumerate(header) if _OWNERS.fullmatch(cell)), None)
    things = [at for at, cell in enumerate(header) if announced and _THINGS.fullmatch(cell)]
    actions = next((at for at, cell in enumerate(header) if _ACTIONS.fullmatch(cell)), next(iter(things), None))
    below = lines[index + 1] if index + 1 < len(lines) else None
    if owners is None or actions is None or below is None or not _RULE.fullmatch(_text(below)):
        return [], 0
    items: list[Item] = []
    behind = index + 1
    while behind < len(lines) and _text(lines[behind])[:1] in {"|", "+"} and len(items) < _MOST:
        line = lines[behind]
        behind += 1
        cells = [] if _RULE.fullmatch(_text(line)) else _cells(line)
        if cells and not line.bullet:  # what is empty at a row's end may be missing
            cells += [""] * (len(header) - len(cells))
        if len(cells) != len(header) or not cells[actions]:
            continue
        others = [at for at in range(len(cells)) if at not in {owners, actions} and cells[at]]
        states = [at for at in others if _STATES.fullmatch(header[at])]
        done = any(_DONE.fullmatch(cells[at]) for at in states)
        notes = [
            Item(f"{named[at]}: {cells[at]}", line.number, last=line.number) for at in others if at not in states
        ]
        text = cells[actions] + (" - DONE" if done else "")
        items.append(Item(text, line.number, names=cells[owners] or None, nested=notes, last=line.number))
    return items, behind


def _text(line: Line) -> str:
    return f"{line.bullet} {line.text}".strip() if line.bullet else line.text


def _cells(line: Line) -> list[str]:
    return [cell.strip() for cell in line.text.strip().removeprefix("|").removesuffix("|").split("|")]


def _plain(cell: str) -> str:
    return cell.strip(" *_:")
