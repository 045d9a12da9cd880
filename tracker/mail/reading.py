"""Bytes of a mail, a mailbox, minutes or a pad, to what they say of a session: one Notes for each message; pure."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from types import MappingProxyType

from tracker.launchpad.links import parse_blueprint_link, parse_bug_link
from tracker.mail.chatlog import is_chat_log, read_chat_log
from tracker.mail.heading import Tags, Top, find_cycle, find_event, read_tags, read_top
from tracker.mail.heads import has_cue, is_nothing, read_mark
from tracker.mail.items import Item, ListHead
from tracker.mail.layout import find_items
from tracker.mail.leftovers import find_left_out
from tracker.mail.lines import NUMBERED_RANK, UNMARKED_RANK, Line, split_lines
from tracker.mail.links import classify_all, find_urls
from tracker.mail.margins import Margins, find_margins
from tracker.mail.message import Message, read_messages
from tracker.mail.names import Likeness, Names, gather_names
from tracker.mail.notes import FoundAction, FoundTopic, Notes
from tracker.mail.own import read_own
from tracker.mail.owners import Reading, begins_with_owner, read_action, resolve_first_person
from tracker.mail.topics import Place, find_tldr, locate_topics, topic_at

_QUOTED = re.compile(r"^[ ]?>.*$", re.MULTILINE)
_SPEAKERS = re.compile(r"\(\w[\w|`^-]{1,30}\)[ =]*$", re.MULTILINE)
_MINUTES = re.compile(r"^Meeting started by \S", re.MULTILINE)
_BUG = re.compile(r"\b(?:bugs?|LP)[ :#]{1,3}#?(\d{3,9})\b", re.IGNORECASE)
_LONG_TITLE = 25
_LONGEST_HEAD = 40
_MOST_ITEMS = 5000


def read_notes(data: bytes, *, people: Iterable[str] = (), projects: Iterable[str] = ()) -> list[Notes]:
    """Read a file; a mailbox gives one Notes for each of its messages. Nothing that it holds raises.

    `people` and `projects` are names that are known to be such, whatever a message shows.
    """
    people, projects = tuple(people), tuple(projects)
    return [read_own(message) or _read_any(message, people, projects) for message in read_messages(data)]


def _read_any(message: Message, people: Iterable[str], projects: Iterable[str]) -> Notes:
    text = _QUOTED.sub("", message.text) if message.is_mail else message.text
    lines = split_lines(text)
    log = read_chat_log(text) if is_chat_log(text) else None
    top = Top(log.name, log.day, log.chair) if log else read_top(lines) if message.subject is None else Top()
    subject = message.subject or top.title
    author = message.author or top.author
    tags = read_tags(subject, message.mailing_list) if subject else Tags("", mailing_list=message.mailing_list)
    projects = (*tags.projects, *projects)
    names = gather_names(text, author, projects, people)
    margins = Margins() if log else find_margins(lines, author)
    lines = margins.without(lines)
    items = log.items if log else find_items(lines, lambda line: begins_with_owner(line, names))
    if log:
        places = [Place(number, NUMBERED_RANK, FoundTopic(title, "")) for title, number in log.topics]
    else:
        heads = frozenset(item.head.line for item in items if item.head)
        listed = _listed(items, lines)
        title = top.title or message.subject
        places = locate_topics(lines, title=title, heads=heads, listed=listed, margins=margins)
    actions = _read_actions(items, names, author, text, places, margins)
    if not log and (closing := _closing_list(items, places)):
        apart = _lines_of(item for item in _items_of(actions, items) if item.head == closing)
        places = locate_topics(lines, title=title, heads=heads, listed=listed, apart=apart, margins=margins)
    if log:  # what was said of a topic is not read, so without actions there is nothing of it
        named = {action.topic for action in actions}
        places = [place for place in places if place.topic and place.topic.title in named]
    tldr = find_tldr(lines)
    return Notes(
        subject=subject,
        title=tags.title or None,
        date=message.date or top.date,
        author=author,
        project_tags=tags.projects,
        mailing_list=tags.mailing_list,
        event=find_event(subject, text),
        cycle=find_cycle(subject, text, projects, is_tagged=bool(tags.projects)),
        tldr=tldr.text if tldr else None,
        topics=tuple(place.topic for place in places if place.topic),
        links=classify_all([*find_urls(text), *find_urls("\n".join(message.urls))]),
        actions=tuple(_without_repeats(actions, minutes=_MINUTES.search(text) is not None)),
        is_cut=message.is_cut,
        left_out=find_left_out(
            message.text,
            lines,
            _items_of(actions, items),
            places,
            tldr=tldr.lines if tldr else range(0),
            margins=margins,
            top=top,
            dropped=message.dropped,
        ),
        above=message.above,
        address=message.address if message.author else None,
    )


def _items_of(actions: Iterable[FoundAction], items: Iterable[Item]) -> list[Item]:
    """Return the items that became actions, if only in what is nested in them."""
    begun = sorted(action.line for action in actions)
    found = []
    for item in items:
        index = bisect_left(begun, item.line)
        if index < len(begun) and begun[index] <= max(item.line, item.last):
            found.append(item)
    return found


def _listed(items: list[Item], lines: list[Line]) -> frozenset[int]:
    """Return the numbers of the lines that are actions, or announce them and say nothing else."""
    sure = [item for item in items if item.weak is None]
    heads = {item.head.line for item in sure if item.head}
    alone = frozenset(
        number for number in heads if len(lines[number - 1].text) <= _LONGEST_HEAD and _begins(lines, number - 1)
    )
    return alone | _lines_of(sure)


def _lines_of(items: Iterable[Item]) -> frozenset[int]:
    return frozenset(number for item in items for number in range(item.line, item.last + 1))


def _begins(lines: list[Line], index: int) -> bool:
    """Tell whether a line goes on with none."""
    return index == 0 or lines[index - 1].blank or bool(lines[index].bullet)


_Said = tuple[str, str | None, str | None]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An item, with what its surroundings say of it."""

    item: Item
    text: str
    head: ListHead | None
    marked: str | None
    inherited: str | None
    is_command: bool = False
    notes: tuple[str, ...] = ()

    @property
    def said(self) -> _Said:
        """All of the text that its reading rests on."""
        return self.text, self.marked, self.inherited


def _read_actions(
    items: list[Item], names: Names, author: str | None, text: str, places: list[Place], margins: Margins
) -> list[FoundAction]:
    items = items[:_MOST_ITEMS]
    # Owners of one item are names in another.
    first = _read_items(items, names, text)
    owners = (owner for _, reading in first for owner in reading.owners if not owner.group)
    names = names.with_known(owner.text for owner in owners if not names.is_listed(owner.text))
    lists = {each.item.weak for each, reading in first if reading.owners}
    readings = _read_items(items, names, text, {each.said: reading for each, reading in first}, lists)
    owned = {each.item.weak for each, reading in readings if reading.owners}
    closing = _closing_list(items, places)
    found = []
    for each, reading in readings:
        if each.item.weak is not None and each.item.weak not in owned:
            continue
        topic = None if each.head and each.head == closing else topic_at(places, each.head, each.item.line)
        found.append(_as_action(each, reading, author, topic, margins))
    return found


def _read_items(
    items: list[Item],
    names: Names,
    text: str,
    earlier: Mapping[_Said, Reading] = MappingProxyType({}),
    lists: AbstractSet[int | None] = frozenset(),
) -> list[tuple[_Candidate, Reading]]:
    """Read each item; those read earlier again only where they may name who was not known then.

    `lists` are those under doubtful headings that turned out to be of actions.
    """
    listed = [each.text for item in items for each in (item, *item.nested)]
    spoken = len(_SPEAKERS.findall(text)) > 1 + sum(_SPEAKERS.search(one) is not None for one in listed)
    found = []
    for each in _flatten(items, names):
        reading = earlier.get(each.said)
        if reading is None or each.item.weak in lists - {None} or names.is_news(" ".join(filter(None, each.said))):
            reading = read_action(
                each.text,
                names,
                marked=each.marked,
                inherited=each.inherited,
                is_command=each.is_command,
                listed=each.item.weak is None or each.item.weak in lists,
                round_tails=not spoken,
            )
        found.append((each, reading))
    return found


def _closing_list(items: list[Item], places: list[Place]) -> ListHead | None:
    """Find the one list of a text when it stands behind all of several topics, for it is the list of them all."""
    heads = {item.head for item in items if item.head}
    head = heads.pop() if len(heads) == 1 else None
    several = sum(place.topic is not None for place in places) > 1
    if head and several and head.rank == UNMARKED_RANK and head.line > places[-1].line:
        return head
    return None


def _flatten(
    items: Iterable[Item], names: Names, inherited: str | None = None, above: ListHead | None = None
) -> Iterator[_Candidate]:
    """Yield the items that are actions: those below `Kevin:` are Kevin's."""
    for item in items:
        mark = read_mark(item.text) if has_cue(item.text) else None
        head = item.head or above
        text = mark.text if mark else item.text
        marked = (mark.names if mark else None) or item.names
        bare = re.sub(r"^\[[ xX]?\]\s*|[:\s]+$", "", text)
        if is_nothing(bare) or not bare.strip("*"):
            continue
        person = bool(item.nested) and _is_person(bare, names, expected=item.is_by_person)
        if item.nested and (text.endswith(":") or person or _is_nobody(bare)):
            yield from _flatten(item.nested, names, bare if person else inherited, head)
            continue
        own = [child for child in item.nested if read_mark(child.text) or _has_sure_owner(child.text, names)]
        notes = tuple(child.text for child in item.nested if child not in own)
        by = (mark.by if mark else None) or item.by or inherited
        is_command = item.is_command or (mark is not None and mark.is_command)
        yield _Candidate(item, text, head, marked, by, is_command, notes)
        yield from _flatten(own, names, inherited, head)


def _is_nobody(text: str) -> bool:
    return text.strip("*").casefold() == "unassigned"


def _is_person(text: str, names: Names, *, expected: bool) -> bool:
    if _is_nobody(text):
        return False
    found = names.parse_list(text, least=Likeness.WORD)
    return bool(found) and all(expected or names.knows(name.text) or name.group for name in found)


def _has_sure_owner(text: str, names: Names) -> bool:
    owners = read_action(text, names).owners if begins_with_owner(text, names) else ()
    return bool(owners) and all(owner.likeness is Likeness.STRONG for owner in owners)


def _as_action(
    each: _Candidate, reading: Reading, author: str | None, topic: str | None, margins: Margins
) -> FoundAction:
    cited = margins.cited_in("\n".join([each.text, *each.notes]), each.item.line)
    urls = find_urls("\n".join([each.text, *(note.text for note in cited)]))
    bugs = {link.number for url in urls if (link := parse_bug_link(url))}
    bugs |= {int(number) for number in _BUG.findall(each.text)}
    blueprints = {spec.name for url in urls if (spec := parse_blueprint_link(url))}
    return FoundAction(
        text=reading.text.replace("**", ""),
        title=reading.title,
        line=each.item.line,
        owners=resolve_first_person(reading.owners, each.item.speaker or author),
        collaborators=reading.collaborators,
        tentative=reading.tentative or each.item.tentative,
        group=reading.group,
        done=reading.done,
        notes=(*each.notes, *(note.text for note in cited)),
        topic=topic,
        bug=bugs.pop() if len(bugs) == 1 else None,
        blueprint=blueprints.pop() if len(blueprints) == 1 else None,
    )


def _without_repeats(actions: Iterable[FoundAction], *, minutes: bool) -> list[FoundAction]:
    """Keep each action once, where a mail has it in its minutes, in a list, and by person.

    `Kevin to look into it` may be said of two things, so outside minutes a short one is the same within
    its topic alone. Minutes repeat an item word by word.
    """
    kept: dict[tuple[str, ...], FoundAction] = {}
    for action in actions:
        title, owners = _plain(action.title), sorted(owner.casefold() for owner in action.owners)
        if minutes:
            key: tuple[str, ...] = (_plain(action.text),)
        elif len(title) < _LONG_TITLE:
            key = (title, *owners, f"\0{action.topic}")
        else:
            key = (title, *owners)
        kept.setdefault(key, action)
    return list(kept.values())


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", text).casefold().split())
