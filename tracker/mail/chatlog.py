"""A raw log of a meeting that MeetBot kept minutes of; pure."""

import re
from dataclasses import dataclass, field
from datetime import date

from tracker.mail.days import make_date
from tracker.mail.items import LONGEST_ITEM, Item

_SAID = re.compile(
    r"\s{0,8}[\[(]?(?:\d{4}-\d\d-\d\d[T ]\s?)?\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?(?:\s?[AP]M)?Z?"
    r"(?:[+-]\d\d:?\d\d)?[\])]?\s{1,12}<[@+ ~&%]?(?P<nick>[^<>\s]{1,40})>\s(?P<text>.*)",
    re.DOTALL,
)
_COMMAND = re.compile(r"\s*#(?P<command>[a-zA-Z]{2,20})\b\s*:?\s*(?P<text>.*)", re.DOTALL)
_STARTED = re.compile(r"Meeting started \w{3} (\w{3})\s+(\d{1,2}) [\d:]{5,8} (\d{4})\b")
_CHAIR = re.compile(r"The chair is (\S{1,40}?)\.(?:\s|$)")
_DAY = re.compile(r"\s{0,8}[\[(]?(\d{4})-(\d\d)-(\d\d)[T ]")
_ALIASES = {"agree": "agreed", "halp": "help", "note": "info"}
# The commands that leave something in the minutes, which `#undo` takes out again (source of MeetBot).
_KEPT = {"action", "agreed", "info", "idea", "help", "link", "topic", "accepted", "rejected"}


@dataclass(slots=True)
class ChatLog:
    """What the commands in a log left in its minutes."""

    name: str | None = None
    chair: str | None = None
    day: date | None = None
    items: list[Item] = field(default_factory=list)
    topics: list[tuple[str, int]] = field(default_factory=list)
    """Titles, with the lines on which they begin."""


def is_chat_log(text: str) -> bool:
    """Tell whether most of the first lines say who said something when."""
    lines = [line[:200] for line in text[:20_000].split("\n")[:60] if line.strip()]
    said = sum(_SAID.match(line) is not None for line in lines)
    return said >= 1 and said * 2 >= len(lines)


def read_chat_log(text: str) -> ChatLog:
    """Carry out the commands of a log: what `#undo` took back is not there."""
    log = ChatLog()
    kept: list[tuple[str, Item | tuple[str, int]]] = []
    for number, line in enumerate(text.split("\n"), 1):
        match = _SAID.match(line)
        if match is None:
            continue
        said = match["text"][:LONGEST_ITEM].strip()
        if started := _STARTED.match(said):
            _read_start(log, started, said)
        command = _COMMAND.match(said)
        word, rest = (command["command"].lower(), command["text"].strip()) if command else ("", said)
        word = _ALIASES.get(word, word)
        if word == "startmeeting":
            log.name = rest or log.name
            log.chair = log.chair or match["nick"]
            day = _DAY.match(line)
            log.day = log.day or (make_date(day[1], day[2], day[3]) if day else None)
        elif word == "meetingname":
            log.name = rest or log.name
        elif word == "undo" and kept:
            kept.pop()
        elif word == "action" and rest:
            kept.append((word, Item(rest, number, speaker=match["nick"], is_command=True)))
        elif word == "topic":
            kept.append((word, (rest, number)))
        elif word in _KEPT or (not word and said.startswith(("http://", "https://"))):
            kept.append(("", ("", number)))
    log.items = [thing for _, thing in kept if isinstance(thing, Item)]
    log.topics = [thing for word, thing in kept if word == "topic" and isinstance(thing, tuple)]
    return log


def _read_start(log: ChatLog, started: re.Match[str], said: str) -> None:
    log.day = make_date(started[3], started[1], started[2]) or log.day
    if chair := _CHAIR.search(said):
        log.chair = chair[1]
