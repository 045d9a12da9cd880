"""Who does an action, as this project and as a meeting bot read it: the same lines, with the owners read by hand.

The bot is hcoop-meetbot, which credits an action to each attendee whose nick or alias stands in its line. Both are
told of everybody who owns anything in the mail, so that what is compared is how a line is read.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hcoopmeetbotlogic.writer import _AliasMatcher

from tracker.mail.names import gather_names
from tracker.mail.owners import read_action


@dataclass(frozen=True)
class Line:
    """A line that lists an action, who was there, and the owners that are right."""

    text: str
    people: tuple[str, ...]
    readings: tuple[frozenset[str], ...]


def read_lines(folder: Path) -> Iterator[Line]:
    """Read the lines of all mails in a folder, but for those whose owners the line itself does not name."""
    for path in sorted(folder.glob("*.expected.json")):
        expected = json.loads(path.read_text(encoding="utf-8"))
        for message in expected.get("messages", [expected]):
            actions = [action for action in message["actions"] if action["required"]]
            people = tuple(dict.fromkeys(owner for action in actions for owner in action["owners"]))
            for action in actions:
                if all(owner in action["text"] for owner in action["owners"]):
                    readings = [action["owners"], *action.get("accept", {}).get("owners", [])]
                    yield Line(action["text"], people, tuple(frozenset(owners) for owners in readings))


def owners_by_tracker(line: Line, *, told: bool) -> frozenset[str]:
    """Return the owners that this project finds; `told` says whether it knows who was there."""
    names = gather_names(f"Attendees: {', '.join(line.people)}\n" if told else "", None, ())
    return frozenset(owner.text for owner in read_action(line.text, names).owners)


def owners_by_meetbot(line: Line) -> frozenset[str]:
    """Return those to whom the bot credits the action; `Ann Lee (alee)` is the nick with the name as its alias."""
    return frozenset(person for person in line.people if _AliasMatcher(*_nick_and_alias(person)).matches(line.text))


def _nick_and_alias(person: str) -> tuple[str, str | None]:
    name, bracket, nick = person.removesuffix(")").partition(" (")
    return (nick, name) if bracket else (name, None)


def count_right(lines: list[Line]) -> dict[str, dict[str, int]]:
    """Count, for each reader, the lines that are right: all, those with owners, those without."""
    readers: dict[str, Any] = {
        "tracker": lambda line: owners_by_tracker(line, told=True),
        "tracker, told of nobody": lambda line: owners_by_tracker(line, told=False),
        "hcoop-meetbot": owners_by_meetbot,
    }
    counts = {}
    for name, read in readers.items():
        right = [line for line in lines if read(line) in line.readings]
        counts[name] = {
            "all": len(right),
            "owned": sum(bool(line.readings[0]) for line in right),
            "unowned": sum(not line.readings[0] for line in right),
        }
    return counts
