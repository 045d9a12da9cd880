"""A next action as an item of a mail: `Artur/Ihar to model the data, with Andreas`, and back; pure.

Whatever `write_item` writes, `read_item` reads as the same: where a title would be taken for more than itself it
stands in quotes.
"""

import datetime
import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from tracker.mail.plain import WIDTH, fill, fill_text, one_line
from tracker.recap.model import Status
from tracker.recap.people import AmbiguousPersonError, People, UnknownPersonError

NOBODY = "looking for an owner"
_DEEPER = "    "
_UNSURE = " (?)"
_PLAIN = r"[^\s/,():;\"?]+(?: (?!(?:to|with) )[^\s/,():;\"?]+)*"
_NAME = rf"(?:{_PLAIN}|\"[^\"]+\")(?: \(\?\))?"
_NAMES = rf"{_NAME}(?:/{_NAME})*"
_WHO = re.compile(rf"(?P<names>{_NAMES})(?: to|:) (?P<rest>.+)")
_TAIL = rf"(?:, with (?P<with>{_NAMES}))?(?: \((?P<details>[^()]+)\))?"
_PLAIN_TITLE = re.compile(rf"(?P<title>.+?){_TAIL}")
_QUOTED_TITLE = re.compile(rf"\"(?P<title>.+?)\"{_TAIL}")
_HELPERS = re.compile(_NAMES)
_MEETING = re.compile(
    r"\b(?:agree|chat|collaborate|cooperate|coordinate|discuss|follow up|in touch|liaise|meet|pair|sit|speak|sync"
    r"|talk|team|work)\b",
    re.IGNORECASE,
)
"""What is done with people, where `with` may be said of a tool elsewhere."""
_LINK = re.compile(r"(?P<label>bug|blueprint|work item of|shown by): (?P<url>https?://[^\s\"]+)")
_NEW_BUG = "bug to be filed"
_NEW_BLUEPRINT = re.compile(r"blueprint (\S+) to be registered")
_SAID = re.compile(r"(milestone|due|project) (\S+)")


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody, as a mail names them."""

    name: str
    tentative: bool = False

    def __str__(self) -> str:
        name = self.name if re.fullmatch(_PLAIN, self.name) else '"' + self.name.replace('"', "'") + '"'
        return name + (_UNSURE if self.tentative else "")


@dataclass(frozen=True, slots=True)
class Item:
    """What a mail says of an action."""

    title: str
    owners: tuple[Named, ...] = ()
    collaborators: tuple[Named, ...] = ()
    status: Status = Status.TODO
    milestone: str | None = None
    due: datetime.date | None = None
    project: str | None = None
    """Its project, where that is another than the recap's."""
    creates: str | None = None
    """What a sync is to create for it: `bug`, or a blueprint's name."""
    links: tuple[tuple[str, str], ...] = ()
    """What it is tracked as, and what shows that it is done: `bug`, `blueprint`, `work item of` or `shown by`, and an
    address."""
    notes: str = ""
    details: tuple[str, ...] = field(default=(), compare=False)
    """More to say of it, in words that are not read back."""
    names_nobody: bool = field(default=True, compare=False)
    """Whether a sentence says that nobody has it; where a heading says so it does not, and is not read back."""

    @property
    def sentence(self) -> str:
        """Who is to do what, and how far it is, on one line."""
        return self.compose()

    @property
    def who(self) -> str:
        """The owners in prose."""
        return "/".join(map(str, self.owners)) or NOBODY

    def compose(self, *, quoted: bool = False) -> str:
        """Return the sentence; in quotes its title is taken for nothing else."""
        title = f'"{self.title}"' if quoted else self.title
        # `Ihar to fix it`, but `Ihar: Fix it`, whose first letter stays.
        verb = " to" if self.owners and title[:1].islower() else ":"
        is_told = not self.collaborators or (not quoted and self.collaborators == _read_company(title))
        helped = "" if is_told else f", with {'/'.join(map(str, self.collaborators))}"
        details = [*self._read_back(), *self.details]
        said = f" ({'; '.join(details)})" if details else ""
        who = f"{self.who}{verb} " if self.owners or self.names_nobody else ""
        return f"{who}{title}{helped}{said}"

    def _read_back(self) -> list[str]:
        words = [str(self.status)] if self.status is not Status.TODO else []
        said = {"milestone": self.milestone, "due": self.due, "project": self.project}
        words += [f"{key} {value}" for key, value in said.items() if value]
        if self.creates:
            words.append(_NEW_BUG if self.creates == "bug" else f"blueprint {self.creates} to be registered")
        return words


def write_item(item: Item) -> list[str]:
    """Write an action as the lines of an item with a bullet."""
    lines = _write(item, item.sentence)
    # What is only for people is not there to be read.
    if not item.details and item.names_nobody and read_item(lines) != replace(item, notes=""):
        lines = _write(item, item.compose(quoted=True))
    notes = fill_text(item.notes, width=WIDTH - len(_DEEPER), soft=False)
    return lines + [f"{_DEEPER}{line}".rstrip() for line in notes]


def _write(item: Item, sentence: str) -> list[str]:
    return fill(sentence, "- ", "  ", soft=False) + [f"  {label}: {url}" for label, url in item.links]


def read_item(lines: list[str]) -> Item | None:
    """Read the lines of an item; None when it is none that `write_item` writes."""
    pieces: list[str] = []
    links: list[tuple[str, str]] = []
    notes: list[str] = []
    for line in lines:
        text = line.strip()
        if notes or line.startswith(_DEEPER):
            notes.append(line.removeprefix(_DEEPER).rstrip())
        elif pieces and (match := _LINK.fullmatch(text)):
            links.append((match["label"], match["url"]))
        elif links:
            return None
        else:
            pieces.append(text)
    found = _read_sentence(" ".join(pieces).removeprefix("- "))
    return Item(**found, links=tuple(links), notes="\n".join(notes).strip("\n")) if found else None


def _read_sentence(sentence: str) -> dict[str, Any] | None:
    who = _WHO.fullmatch(sentence)
    rest = sentence.removeprefix(f"{NOBODY}: ")
    names = "" if rest != sentence else who["names"] if who else None
    if names is None:
        return None
    if who and names:
        rest = who["rest"]
    for pattern in (_QUOTED_TITLE, _PLAIN_TITLE):
        match = pattern.fullmatch(rest)
        if match is None:
            continue
        details = _read_details(match["details"]) if match["details"] else {}
        if details is None:  # brackets of the title's own
            if pattern is _QUOTED_TITLE:
                continue
            return {"title": rest, "owners": _read_names(names)}
        helpers = _read_names(match["with"] or "")
        if not helpers and pattern is _PLAIN_TITLE:
            helpers = _read_company(match["title"])
        return {"title": match["title"], "owners": _read_names(names), "collaborators": helpers, **details}
    return None


def _read_company(title: str) -> tuple[Named, ...]:
    """Return those with whom a title itself ends: `discuss it with Andreas`; nobody where that may be no person."""
    before, _, written = title.rpartition(" with ")
    if not (_MEETING.search(before) and _HELPERS.fullmatch(written)):
        return ()
    names = _read_names(written)
    return () if any(word[0].islower() for one in names for word in one.name.split()) else names


def _read_details(text: str) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    for part in text.split("; "):
        if part in set(Status):
            found["status"] = Status(part)
        elif part == _NEW_BUG:
            found["creates"] = "bug"
        elif match := _NEW_BLUEPRINT.fullmatch(part):
            found["creates"] = match[1]
        elif match := _SAID.fullmatch(part):
            found[match[1]] = match[2]
        else:
            return None
    if "due" in found:
        try:
            found["due"] = datetime.date.fromisoformat(str(found["due"]))
        except ValueError:
            return None
    return found


def _read_names(text: str) -> tuple[Named, ...]:
    names = []
    for part in re.findall(_NAME, text):
        plain = part.removesuffix(_UNSURE)
        names.append(Named(plain.strip('"'), plain != part))
    return tuple(names)


def name_in_prose(people: People, key: str) -> str:
    """Return what a mail calls somebody: the given name where it names nobody else, else the name, else the key."""
    person = people.entries.get(key)
    if person is None:
        return one_line(key)
    whole = one_line(person.name)
    given = [] if person.is_team else whole.split()[:1]
    for name in (*given, whole, person.key):
        if re.fullmatch(_PLAIN, name) and _means(people, name) == key:
            return name
    return whole if _means(people, whole) == key else one_line(person.key)


def _means(people: People, name: str) -> str | None:
    with suppress(UnknownPersonError, AmbiguousPersonError):
        return people.resolve(name, suggest=False)
    return None
