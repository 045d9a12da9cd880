"""A recap as YAML out of what a mail says; pure.

What only a person can know stands as it was found, or empty, with a comment `# import: …` behind it.
"""

import re
import textwrap
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from tracker.launchpad.limits import is_name
from tracker.launchpad.links import parse_blueprint_link, parse_bug_link
from tracker.mail.gerrit import review_value
from tracker.mail.notes import FoundAction, FoundLink, FoundTopic, Notes
from tracker.recap.model import is_recap_id
from tracker.recap.naming import derive_id
from tracker.recap.people import AmbiguousPersonError, People, UnknownPersonError
from tracker.recap.quoting import write_list, write_scalar

MARK = "# import:"
"""How a comment begins that asks a person for something."""

_UNSHOWN = re.compile(r"[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_ABOUT_A_RECAP = {"etherpad", "schedule"}
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

    recap_id: str
    """CYCLE/NAME, as far as the mail says the cycle."""
    text: str
    places: tuple[OpenPlace, ...]
    people: tuple[tuple[str, str], ...]
    """Those whom people.yaml lacks: a key that is free there, and the name as it was found."""

    @property
    def people_lines(self) -> str:
        """The lines that people.yaml would have of them."""
        return "".join(f"  {key}:\n    name: {write_scalar(name)}\n" for key, name in self.people)


def write_draft(notes: Notes, people: People, project: str | None = None) -> Draft:
    """Write the recap of a message; `project` is the repository's own, for mails that name none."""
    writer = _Writer(people)
    writer.require("title", notes.title, "what was the session called?")
    found = next((tag.casefold() for tag in notes.project_tags if is_name(tag.casefold())), None)
    if found or project is None:
        writer.require("project", found, "which project on Launchpad?")
    cycle = notes.cycle if notes.session_date or not notes.cycle else notes.cycle.casefold()
    writer.add("cycle", cycle)
    writer.add("event", notes.event)
    if notes.session_date:
        writer.put("date", notes.session_date.isoformat())
    else:
        day = notes.date.isoformat() if notes.date else ""
        writer.put("date", day, "on which day was the session?" + (" this is the mail's" if day else ""))
    if notes.author and _plain_name(notes.author):
        writer.put("author", *writer.name(notes.author))
    # A mail that states the day was written out of a recap, and has all that this had.
    topics = list(notes.topics) if notes.session_date else _distinct(notes.topics)
    of_topics = {link.url for topic in topics for link in topic.links if link.kind not in _ABOUT_A_RECAP}
    of_session = [link for link in notes.links if link.url not in of_topics]
    writer.links(of_session if notes.session_links is None else notes.session_links)
    # Where it is known to be as the recap had it, it stays.
    filled = textwrap.fill(notes.tldr or "", 100, break_long_words=False, break_on_hyphens=False)
    writer.block("tldr", notes.tldr if notes.session_date else filled)
    for topic in topics:
        writer.topic(topic, found or project)
    titles = {topic.title for topic in topics}
    taken: set[str] = set()
    for action in notes.actions:
        action_id = derive_id(action.title or action.text, taken)
        taken.add(action_id)
        writer.action(action_id, action, titles)
    slug = derive_id(notes.title or "recap", ())
    recap_id = f"{cycle}/{slug}" if cycle and is_recap_id(cycle) else slug
    return Draft(recap_id, "\n".join(writer.lines) + "\n", tuple(writer.places), tuple(writer.unknown.items()))


def _distinct(topics: Iterable[FoundTopic]) -> list[FoundTopic]:
    """Return topics that have anything to say, each title once: actions name them by it."""
    kept: dict[str, FoundTopic] = {}
    for topic in topics:
        title = _line(topic.title)
        if title and (topic.notes.strip() or topic.links):
            kept.setdefault(title, FoundTopic(title, topic.notes, topic.links))
    return list(kept.values())


class _Writer:
    """Lines of a recap, and the places in them that a person has to look at."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.lines: list[str] = []
        self.places: list[OpenPlace] = []
        self.unknown: dict[str, str] = {}
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
        if value and (text := _line(value)):
            self.put(key, write_scalar(text, key=key), indent=indent)

    def require(self, key: str, value: str | None, question: str) -> None:
        """Write a text, or ask for it."""
        text = _line(value or "")
        self.put(key, write_scalar(text, key=key) if text else "", None if text else question)

    def block(self, key: str, value: str | None, indent: str = "") -> None:
        """Write a text of several lines."""
        lines = [line.rstrip() for line in _clean(value or "").replace("\t", "    ").split("\n")]
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

    def name(self, found: str) -> tuple[str, str | None]:
        """Return how a name is written in the recap, and what there is to ask about it."""
        text = _plain_name(found)
        try:
            return write_scalar(self.people.resolve(text, suggest=False)), None
        except AmbiguousPersonError as error:
            return write_scalar(text), f"{text} may be {' or '.join(error.candidates)}"
        except UnknownPersonError:
            self._note_unknown(text)
            return write_scalar(text), f"people.yaml has no {text}"

    def _note_unknown(self, name: str) -> None:
        """Remember somebody for people.yaml: `Kevin` and `Kevin Benton` are one, under the key `kevin`."""
        first = name.split(maxsplit=1)[0].casefold()
        known = self.unknown.get(first)
        if known is not None and known.split()[0].casefold() == first and _is_longer(known, name):
            self.unknown[first] = max(known, name, key=len)
        elif name not in self.unknown.values():
            taken = {*self.people.entries, *self.unknown}
            is_good = _KEY.fullmatch(first) is not None and first not in taken and name.istitle()
            self.unknown[first if is_good else derive_id(name, taken)] = name

    def names(self, key: str, found: Sequence[str], indent: str, unsure: Container[str] = ()) -> None:
        """Write owners or those who help, each once; those who are `unsure` with a question mark."""
        written: dict[str, None] = {}
        questions = []
        for one in filter(_plain_name, found):
            text, question = self.name(one)
            plain = text.strip("\"'")
            written[plain + "?" if one in unsure else plain] = None
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
            url = _line(link.url)
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
        self.block("notes", topic.notes, "    ")
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

    def action(self, action_id: str, action: FoundAction, topics: set[str]) -> None:
        """Write a next action."""
        self._open("actions")
        indent = "    "
        self.lines.append(f"  - id: {write_scalar(action_id)}")
        title = _line(action.title) or _line(action.text)
        self.put("title", write_scalar(title) if title else "", None if title else "what is to be done?", indent)
        self.names("owner", action.owners, indent, action.unsure or (action.owners if action.tentative else ()))
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
        topic = _line(action.topic or "")
        self.add("topic", topic if topic in topics else None, indent)
        self.block("notes", "\n".join(action.notes), indent)
        if action.target is not None:
            return
        if action.bug is not None:
            self._suggest(f"it names bug {action.bug}; `bug: {action.bug}` tracks it there")
        elif action.blueprint is not None:
            name = action.blueprint
            self._suggest(f"it names blueprint {name}; `blueprint: {name}` or `work_item: {name}` tracks it there")

    def _suggest(self, text: str) -> None:
        self.places.append(OpenPlace(len(self.lines) + 1, text))
        self.lines.append(f"    {MARK} {_line(text)}")


def _plain_name(found: str) -> str:
    """Return a name without what would mean something in a recap: `~` an account, `?` one not agreed yet."""
    name = _line(found)
    return name if is_name(name[1:]) and name[0] == "~" else name.strip("~? ")


def _is_longer(one: str, other: str) -> bool:
    """Tell whether one of two names is the other with more behind it."""
    short, long = sorted((one.casefold(), other.casefold()), key=len)
    return long == short or long.startswith(f"{short} ")


def _clean(text: str) -> str:
    """Return a text without what YAML cannot show as it is."""
    unified = re.sub(r"\r\n|[\r\v\f\x85\u2028\u2029]", "\n", text)
    return _UNSHOWN.sub("", unified)


def _line(text: str) -> str:
    return " ".join(_clean(text).split())
