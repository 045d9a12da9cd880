"""A recap as YAML out of what a mail says; pure.

What only a person can know stands as it was found, or empty, with a comment `# import: …` behind it.
"""

import re
import textwrap
from collections.abc import Container, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from tracker.launchpad.limits import MAX_TITLE, is_name
from tracker.launchpad.links import parse_blueprint_link, parse_bug_link
from tracker.mail.gerrit import review_value
from tracker.mail.notes import FoundAction, FoundLink, FoundTopic, Notes
from tracker.mail.plain import clean, one_line
from tracker.recap.mail_settings import is_address
from tracker.recap.marks import MARK
from tracker.recap.model import is_recap_id
from tracker.recap.naming import derive_id
from tracker.recap.people import AmbiguousPersonError, People, Person, UnknownPersonError
from tracker.recap.quoting import write_list, write_scalar
from tracker.recap.skeletons import name_schema

_ABOUT_A_RECAP = {"etherpad", "schedule"}
_ROUND_A_LINK = " \t-*\u2022\u00b7<>()[].,;"
_WITH_NICK = re.compile(r"(?P<name>[^()]*[^()\s]) \((?P<nick>[^()\s~?]+)\)")
_URL = re.compile(r"https?://[^\s()<>]*|\[\d{1,3}\]", re.IGNORECASE)
_KEY = re.compile(r"[a-z0-9][a-z0-9._\-]*")


@dataclass(frozen=True, slots=True)
class OpenPlace:
    """Where a person has to say something."""

    line: int
    """In the draft, counted from 1."""
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A recap that was written out of a mail."""

    text: str
    places: tuple[OpenPlace, ...]
    newcomers: tuple[Person, ...]
    """Those whom people.yaml lacks: each with a key that is free there, and the name as it was found."""


def derive_recap_id(notes: Notes) -> str:
    """Return the id of a message's recap: CYCLE/NAME, as far as the message says the cycle."""
    cycle = (notes.cycle or "").casefold()
    name = derive_id(_without_urls(notes.title or ""), (), default="recap")
    return f"{cycle}/{name}" if is_recap_id(cycle) else name


def write_draft(
    notes: Notes,
    people: People,
    project: str | None = None,
    *,
    cycle: str | None = None,
    taken: AbstractSet[str] = frozenset(),
    schema: str | None = None,
) -> Draft:
    """Write the recap of a message.

    `project` is the repository's own, for mails that name none; `cycle` the one that a person says; `taken` are ids
    that no action may get; `schema` is where an editor finds what a recap may hold.
    """
    writer = _Writer(people)
    if schema is not None:
        writer.lines.append(name_schema(schema))
    writer.require("title", notes.title, "what was the session called?")
    found = next((tag.casefold() for tag in notes.project_tags if is_name(tag.casefold())), None)
    if found or project is None:
        writer.require("project", found, "which project on Launchpad?")
    found_cycle = notes.cycle if notes.session_date or not notes.cycle else notes.cycle.casefold()
    writer.add("cycle", cycle or found_cycle)
    writer.add("event", notes.event)
    if notes.session_date:
        writer.put("date", notes.session_date.isoformat())
    else:
        day = notes.date.isoformat() if notes.date else ""
        writer.put("date", day, "on which day was the session?" + (" this is the mail's" if day else ""))
    if notes.author and _plain_name(notes.author):
        author, question = writer.author(notes.author, notes.address)
        writer.put("author", write_scalar(author), question)
    # A mail that states the day was written out of a recap, and has all that this had.
    topics = (
        list(notes.topics)
        if notes.session_date
        else _distinct(notes.topics, {action.topic for action in notes.actions})
    )
    of_topics = {link.url for topic in topics for link in topic.links if link.kind not in _ABOUT_A_RECAP}
    of_session = [link for link in notes.links if link.url not in of_topics]
    writer.links(of_session if notes.session_links is None else notes.session_links)
    # Where it is known to be as the recap had it, it stays.
    filled = textwrap.fill(notes.tldr or "", 100, break_long_words=False, break_on_hyphens=False)
    writer.block("tldr", notes.tldr if notes.session_date else filled)
    for topic in topics:
        writer.topic(topic, found or project)
    titles = {topic.title for topic in topics}
    ids = set(taken)
    for action in notes.actions:
        action_id = derive_id(_without_urls(action.title) or _without_urls(action.text), ids)
        ids.add(action_id)
        writer.action(action_id, action, titles)
    return Draft("\n".join(writer.lines) + "\n", tuple(writer.places), tuple(writer.newcomers.values()))


def _distinct(topics: Iterable[FoundTopic], named: Container[str | None]) -> list[FoundTopic]:
    """Return topics that have anything to say or that actions name; those of one title, which names them, as one."""
    kept: dict[str, FoundTopic] = {}
    for topic in topics:
        title = one_line(topic.title)
        if title and (topic.notes.strip() or topic.links or topic.title in named):
            before = kept.get(title, FoundTopic(title, ""))
            notes = "\n\n".join(filter(str.strip, (before.notes, topic.notes)))
            kept[title] = FoundTopic(title, notes, tuple(dict.fromkeys((*before.links, *topic.links))))
    return list(kept.values())


class _Writer:
    """Lines of a recap, and the places in them that a person has to look at."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.lines: list[str] = []
        self.places: list[OpenPlace] = []
        self.newcomers: dict[str, Person] = {}
        self._sections: set[str] = set()

    # Single values

    def put(self, key: str, written: str, question: str | None = None, indent: str = "") -> None:
        """Write a line, with a question behind it if there is one."""
        line = f"{indent}{key}: {written}".rstrip()
        if question:
            self.places.append(OpenPlace(len(self.lines) + 1, question))
            line += f"  {MARK} {question}"
        self.lines.append(line)

    def add(self, key: str, value: str | None, indent: str = "") -> None:
        """Write a text, if there is one."""
        if value and (text := one_line(value)):
            self.put(key, write_scalar(text, key=key), indent=indent)

    def require(self, key: str, value: str | None, question: str) -> None:
        """Write a text, or ask for it."""
        text = one_line(value or "")
        self.put(key, write_scalar(text, key=key) if text else "", None if text else question)

    def block(self, key: str, value: str | None, indent: str = "") -> None:
        """Write a text of several lines."""
        lines = [line.rstrip() for line in clean(value or "").split("\n")]
        while lines and not lines[0]:
            del lines[0]
        while lines and not lines[-1]:
            del lines[-1]
        if not lines:
            return
        # Where the first line begins with a blank, YAML has to be told how deep the text stands.
        depth = "2" if lines[0].startswith(" ") else ""
        self.lines.append(f"{indent}{key}: |{depth}")
        self.lines += [f"{indent}  {line}".rstrip() for line in lines]

    # People

    def name(self, found: str, *, is_team: bool = False) -> tuple[str, str | None]:
        """Return what the recap calls somebody, and what there is to ask about it."""
        name, nick = _split_nick(_plain_name(found))
        question = None
        for called in filter(None, (nick, name)):
            try:
                return self.people.resolve(called, suggest=False), None
            except AmbiguousPersonError as error:
                question = f"{called} may be {' or '.join(error.candidates)}"
            except UnknownPersonError:
                if keys := self.people.find_by_part(called):
                    question = f"{called} may be {' or '.join(keys)}"
        if question is None:
            self._note_newcomer(name, nick, is_team=is_team)
        return name, question or f"people.yaml has no {name}"

    def author(self, found: str, address: str | None) -> tuple[str, str | None]:
        """Return what the recap calls the author, whom the address tells too, and what there is to ask about it."""
        name, question = self.name(found)
        if address is None or question is None or not is_address(address):
            return name, question
        owners = [
            one.key for one in self.people.entries.values() if (one.email or "").casefold() == address.casefold()
        ]
        known = self._find_newcomer(*_split_nick(_plain_name(found)))
        if len(owners) == 1:
            self.newcomers.pop(known.key if known else "", None)
            return owners[0], None
        if known is not None:
            self.newcomers[known.key] = replace(known, email=address)
        return name, question

    def _note_newcomer(self, name: str, nick: str | None, *, is_team: bool) -> None:
        """Remember somebody for people.yaml: `Kevin` and `Kevin Benton` are one, under the key `kevin`."""
        known = self._find_newcomer(name, nick)
        is_team = known.is_team if known is not None else is_team
        is_new = nick is not None and nick.casefold() not in self._aliases(self.newcomers.values())
        irc = (nick,) if nick and is_new and not is_team else ()
        if known is not None:
            longer = max(known.name, name, key=len) if _is_longer(known.name, name) else name
            self.newcomers[known.key] = replace(known, name=longer, irc=known.irc + irc)
        elif name.casefold() not in self._aliases(self.newcomers.values()):
            taken = self._aliases([*self.people.entries.values(), *self.newcomers.values()])
            first = name.split(maxsplit=1)[0].casefold()
            is_good = _KEY.fullmatch(first) is not None and first not in taken and name.istitle() and not is_team
            key = first if is_good else derive_id(name, taken, default="somebody")
            self.newcomers[key] = Person(key, name, irc=irc, is_team=is_team)

    def _find_newcomer(self, name: str, nick: str | None) -> Person | None:
        """Return who was remembered under a longer or a shorter name, or by the nick alone."""
        for called in filter(None, (nick, name)):
            for one in self.newcomers.values():
                if one.name.casefold() == called.casefold():
                    return one
        first = name.split(maxsplit=1)[0].casefold()
        known = self.newcomers.get(first)
        if known is not None and known.name.split()[0].casefold() == first and _is_longer(known.name, name):
            return known
        return None

    @staticmethod
    def _aliases(people: Iterable[Person]) -> set[str]:
        return {alias.casefold() for one in people for alias in one.aliases}

    def names(
        self, key: str, found: Sequence[str], indent: str, unsure: Container[str] = (), *, are_teams: bool = False
    ) -> None:
        """Write owners or those who help, each once; those who are `unsure` with a question mark."""
        written: dict[str, None] = {}
        questions = []
        for one in filter(_plain_name, found):
            name, question = self.name(one, is_team=are_teams)
            written[name + "?" if one in unsure else name] = None
            questions += [question] if question else []
        if not written:
            return
        names = tuple(written)
        listed = write_list(names) if len(names) > 1 else write_scalar(names[0])
        self.put(key, listed, "; ".join(dict.fromkeys(questions)) or None, indent)

    # Parts of a recap

    def links(self, links: Sequence[FoundLink]) -> None:
        """Write the links of the recap by name; a second one of a kind is numbered."""
        self._named_links(links, "")

    def _named_links(self, links: Sequence[FoundLink], indent: str) -> None:
        names: dict[str, str] = {}
        for link in links:
            url = one_line(link.url)
            if link.name and link.name not in names:
                names[link.name] = url
                continue
            if url in names.values():
                continue
            number = sum(name.rpartition("-")[0] == link.kind or name == link.kind for name in names) + 1
            names[link.kind if number == 1 else f"{link.kind}-{number}"] = url
        if names:
            self.lines.append(f"{indent}links:")
            for name, url in names.items():
                self.lines.append(f"{indent}  {write_scalar(name)}: {write_scalar(url)}")

    def _open(self, section: str) -> None:
        if section not in self._sections:
            self._sections.add(section)
            self.lines.append(f"{section}:")
        else:
            self.lines.append("")

    def topic(self, topic: FoundTopic, project: str | None) -> None:
        """Write a topic, its links by what they are."""
        self._open("topics")
        self.lines.append(f"  - title: {write_scalar(topic.title)}")
        self.block("notes", _without_links(topic), "    ")
        kinds: dict[str, dict[str, None]] = {"blueprints": {}, "bugs": {}, "reviews": {}}
        rest = []
        for link in topic.links:
            bug, blueprint = parse_bug_link(link.url), parse_blueprint_link(link.url)
            kind = link.name or link.kind
            if kind == "blueprint" and blueprint is not None:
                kinds["blueprints"][blueprint.name if blueprint.project == project else link.url] = None
            elif kind == "bug" and bug is not None:
                kinds["bugs"][str(bug.number)] = None
            elif kind == "review":
                kinds["reviews"][review_value(link.url)] = None
            elif link.name or link.kind not in _ABOUT_A_RECAP:
                rest.append(link)
        self._named_links(rest, "    ")
        for key, values in kinds.items():
            if len(values) == 1 or all(len(value) < 40 for value in values):
                self.lines += [f"    {key}: {write_list(tuple(values), key=key)}"] if values else []
            else:
                self.lines.append(f"    {key}:")
                self.lines += [f"      - {write_scalar(value, key=key)}" for value in values]

    def action(self, action_id: str, action: FoundAction, topics: AbstractSet[str]) -> None:
        """Write a next action."""
        self._open("actions")
        indent = "    "
        self.lines.append(f"  - id: {write_scalar(action_id)}")
        whole = one_line(action.title) or one_line(action.text)
        title = whole if len(whole) <= MAX_TITLE else _shorten(whole)
        question = "this is cut, and whole in notes: what is it in short?" if title != whole else None
        self.put("title", write_scalar(title) if title else "", question if title else "what is to be done?", indent)
        unsure = action.unsure or (action.owners if action.tentative else ())
        self.names("owner", action.owners, indent, unsure, are_teams=action.group)
        self.names("with", action.collaborators, indent, action.unsure_collaborators)
        if action.target is not None:
            key, value = action.target
            self.put(key, write_scalar(value, key=key), indent=indent)
        if action.done or action.status:
            self.put("status", "done" if action.done else str(action.status), indent=indent)
        self.add("milestone", action.milestone, indent)
        self.add("due", action.due.isoformat() if action.due else None, indent)
        self.add("project", action.project, indent)
        if action.evidence:
            self.put("evidence", write_list(action.evidence), indent=indent)
        topic = one_line(action.topic or "")
        self.add("topic", topic if topic in topics else None, indent)
        self.block("notes", "\n".join([whole, *action.notes] if title != whole else action.notes), indent)
        if action.target is not None:
            return
        if action.bug is not None:
            self._suggest(f"it names bug {action.bug}; `bug: {action.bug}` tracks it there")
        elif action.blueprint is not None:
            name = action.blueprint
            self._suggest(f"it names blueprint {name}; `blueprint: {name}` or `work_item: {name}` tracks it there")

    def _suggest(self, text: str) -> None:
        self.places.append(OpenPlace(len(self.lines) + 1, text))
        self.lines.append(f"    {MARK} {one_line(text)}")


def _without_links(topic: FoundTopic) -> str:
    """Return a topic's notes without the lines that are links and no more: those stand in lists of their own."""
    # Links that have names stood in a list of their own in the mail, too.
    urls = {link.url for link in topic.links if link.name is None and link.kind not in _ABOUT_A_RECAP}
    lines = [line for line in clean(topic.notes).split("\n") if line.strip(_ROUND_A_LINK) not in urls]
    return re.sub(r"\n{3,}", "\n\n", textwrap.dedent("\n".join(lines)))


def _without_urls(text: str) -> str:
    """Return a text without addresses and numbers of footnotes, which tell nothing in an id."""
    return _URL.sub(" ", text).strip()


def _shorten(title: str) -> str:
    """Return the beginning of a title, as long as a bug's may be."""
    return title[: MAX_TITLE - 4].rsplit(" ", 1)[0] + " ..."


def _plain_name(found: str) -> str:
    """Return a name without what would mean something in a recap: `~` an account, `?` one not agreed yet."""
    name = one_line(found)
    return name if is_name(name[1:]) and name[0] == "~" else name.strip("~? ")


def _split_nick(name: str) -> tuple[str, str | None]:
    """Take `Kevin Benton (kevinbenton)` apart."""
    match = _WITH_NICK.fullmatch(name)
    return (match["name"], match["nick"]) if match else (name, None)


def _is_longer(one: str, other: str) -> bool:
    """Tell whether one of two names is the other with more behind it."""
    short, long = sorted((one.casefold(), other.casefold()), key=len)
    return long == short or long.startswith(f"{short} ")
