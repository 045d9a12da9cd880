"""Reads the mails that `tracker summary` writes, and gives back the recap that they were made of; pure.

A mail that does not keep to the form all the way, because a person changed it or a team has templates of its own, is
left to the rules for mails of any layout.
"""

import itertools
import re
from collections.abc import Callable, Iterable

from tracker.mail.links import classify
from tracker.mail.message import Message
from tracker.mail.names import Names
from tracker.mail.notes import FoundAction, FoundLink, FoundTopic, Notes
from tracker.mail.plain import fill_text, unguard
from tracker.mail.sentences import Item, read_item
from tracker.mail.summary import TITLE_END, list_name, read_day, subject_tags
from tracker.recap.model import BlueprintTarget, BugTarget, Status
from tracker.recap.rules import parse_target, write_target

_BEGINS = "this is the recap of the "
_INTRO = re.compile(
    rf"{_BEGINS}(?P<project>\S+) session on (?P<day>\w+, \d+ \w+ \d+)"
    r"(?:, at (?P<event>.+?))?(?:, in the (?P<cycle>(?:(?!, in the ).)+) cycle)?\."
)
_FENCE = "==="
_LINK = re.compile(r"(?P<name>\S.*?): (?P<url>\S+)")
_UNDERLINE = re.compile(r"-{3,}")
_ACTIONS = "Next actions:"
_WIDTH = 100


def read_own(message: Message) -> Notes | None:
    """Read a mail of a recap; None when it does not keep to the form."""
    lines = [line.rstrip() for line in message.text.split("\n")]
    start = next((index for index, line in enumerate(lines[:60]) if line.startswith(_BEGINS)), None)
    if start is None or message.subject is None:
        return None
    end = _find(lines, start, lambda line: not line)
    intro = _INTRO.fullmatch(" ".join(" ".join(lines[start:end]).split()))
    day = read_day(intro["day"]) if intro else None
    title = _read_title(message.subject, intro["project"]) if intro else None
    if intro is None or day is None or title is None:
        return None
    tldr, end = _read_tldr(lines, _skip_blank(lines, end))
    actions_at = _find(lines, end, lambda line: line in {_ACTIONS, f"{_ACTIONS} none."})
    heads = _find_headings(lines, end, actions_at)
    links = _read_links([line for line in lines[end : heads[0][0] if heads else actions_at] if line])
    items = _read_items(lines, actions_at + 1)
    if actions_at == len(lines) or links is None or items is None:
        return None
    topics = [
        _read_topic(lines, heading, following[0])
        for heading, following in itertools.pairwise([*heads, (actions_at, 0)])
    ]
    names = Names(projects=[intro["project"]])
    actions = [_as_action(item, names, intro["project"], line) for item, line in items[0]]
    found = [*links, *(link for topic in topics for link in topic.links)]
    return Notes(
        subject=message.subject,
        title=title[1],
        date=message.date or day,
        session_date=day,
        author=next((line for line in lines[items[1] :] if line), None),
        project_tags=(intro["project"],),
        mailing_list=title[0] or message.mailing_list,
        event=intro["event"],
        cycle=intro["cycle"],
        tldr=tldr,
        topics=tuple(topics),
        links=tuple({link.url: link for link in reversed(found)}.values())[::-1],
        session_links=tuple(links),
        actions=tuple(actions),
        is_cut=message.is_cut,
    )


def _find(lines: list[str], start: int, fits: Callable[[str], bool]) -> int:
    return next((index for index in range(start, len(lines)) if fits(lines[index])), len(lines))


def _skip_blank(lines: list[str], start: int) -> int:
    return _find(lines, start, bool)


def _read_title(subject: str, project: str) -> tuple[str | None, str] | None:
    """Return the list and the title that a subject names."""
    plain = re.sub(r"^(?:(?:re|fwd?)\s*:\s*)+", "", subject, flags=re.IGNORECASE).removesuffix(TITLE_END)
    tags = re.match(r"\[([^\[\]]+)\] ", plain)
    mailing_list = list_name(tags[1]) if tags else None
    for name in (mailing_list, None):
        if plain.startswith(start := subject_tags(name, project)):
            return name, plain.removeprefix(start)
    return None


def _read_tldr(lines: list[str], start: int) -> tuple[str | None, int]:
    """Return the text between two fences, and where what follows begins."""
    first = _skip_blank(lines, start + 1)
    if (
        start >= len(lines)
        or lines[start] != _FENCE
        or not lines[first : first + 1]
        or not lines[first].startswith("tl;dr")
    ):
        return None, start
    end = _find(lines, first, lambda line: line == _FENCE)
    text = _text([re.sub(r"^tl;dr ?", "", lines[first]), *lines[first + 1 : end]])
    return text or None, end + 1


def _text(lines: Iterable[str]) -> str:
    """Return a text as a recap has it: a program that flows lines makes one of each paragraph."""
    return "\n".join(fill_text("\n".join(map(unguard, lines)).strip("\n"), width=_WIDTH, soft=False))


def _find_headings(lines: list[str], start: int, end: int) -> list[tuple[int, int]]:
    """Return where each heading begins, and where what stands below its underline does: a paragraph has one."""
    found = []
    first: int | None = None
    for index in range(start, end):
        if not lines[index]:
            first = None
        elif index == start or not lines[index - 1]:
            first = index
        elif first is not None and _UNDERLINE.fullmatch(lines[index]):
            found.append((first, index + 1))
            first = None
    return found


def _read_links(lines: list[str]) -> list[FoundLink] | None:
    links = []
    for line in lines:
        match = _LINK.fullmatch(line)
        if match is None:
            return None
        links.append(FoundLink(classify(match["url"]), match["url"], match["name"]))
    return links


def _read_topic(lines: list[str], heading: tuple[int, int], end: int) -> FoundTopic:
    first, below = heading
    title = " ".join(" ".join(map(unguard, lines[first : below - 1])).split())
    blank = _find(lines, below, lambda line: not line)
    links = _read_links(lines[below : min(blank, end)]) or []
    return FoundTopic(title, _text(lines[below + len(links) : end]), tuple(links))


def _read_items(lines: list[str], start: int) -> tuple[list[tuple[Item, int]], int] | None:
    """Return the items with their lines' numbers, and where the list ends; None when something else is in it."""
    items: list[tuple[Item, int]] = []
    index = start
    while index < len(lines):
        following = _skip_blank(lines, index)
        if following < len(lines) and lines[following].startswith("- "):
            end = following + 1
            while end < len(lines) and (not lines[end] or lines[end].startswith(" ")):
                end += 1
            while not lines[end - 1]:
                end -= 1
            item = read_item(lines[following:end])
            if item is None:
                return None
            items.append((item, following + 1))
            index = end
        else:
            break
    return items, index


def _as_action(item: Item, names: Names, project: str, line: int) -> FoundAction:
    parsed = [names.parse(owner.name) for owner in item.owners]
    target = next(
        (found for label, url in item.links if (found := _target(label, url, item.project or project))), None
    )
    if item.creates:
        target = write_target(BugTarget() if item.creates == "bug" else BlueprintTarget(item.creates, create=True))
    return FoundAction(
        text=item.sentence,
        title=item.title,
        line=line,
        owners=tuple(owner.name for owner in item.owners),
        collaborators=tuple(str(one.name) for one in item.collaborators),
        tentative=bool(item.owners) and item.owners[0].tentative,
        unsure=tuple(one.name for one in item.owners if one.tentative),
        unsure_collaborators=tuple(one.name for one in item.collaborators if one.tentative),
        group=bool(parsed) and all(name is not None and name.group for name in parsed),
        done=item.status is Status.DONE,
        notes=(item.notes,) if item.notes else (),
        status=item.status if item.status is not Status.TODO else None,
        target=target,
        milestone=item.milestone,
        due=item.due,
        project=item.project,
        evidence=tuple(url for label, url in item.links if label == "shown by"),
    )


_KEYS = {"bug": "bug", "blueprint": "blueprint", "work item of": "work_item"}
"""The keys of a recap for what a mail calls them."""


def _target(label: str, url: str, project: str) -> tuple[str, str] | None:
    """Return the key and the value by which a recap tracks an action; one of another project keeps its address."""
    key = _KEYS.get(label)
    if key is None:
        return None
    target, _ = parse_target(key, url, project, ())
    return write_target(target) if target is not None else (key, url)
