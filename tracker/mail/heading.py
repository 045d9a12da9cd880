"""What the top of a text says of itself: title, day, author; and what tags, event and cycle there are; pure."""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass

from tracker.mail.days import find_date
from tracker.mail.lines import Line, heading_at, is_underline
from tracker.mail.words import PROJECTS

_FIELD = re.compile(r"(?:\.\. |:)?(title|date|author|subject|authors)\s*:\s*(.*)", re.IGNORECASE)
_STARTED = re.compile(r"Meeting started by (\S{1,40}) at ")
_TAG = re.compile(r"\[([^\[\]]{1,60})\]\s*")
_REPLY = re.compile(r"(?:(?:re|fwd?|aw|sv)\s*:\s*)+", re.IGNORECASE)
_LIST_TAG = re.compile(
    r"[\w.-]+-(?:dev|devel|discuss|announce|operators|users|list|sigs|tc|infra|security)", re.IGNORECASE
)
_NO_PROJECTS = frozenset(
    "ptg summit forum all ops recap summary meeting meetings minutes notes release sprint midcycle meetup vptg"
    " virtual design-summit design outcome report update followup follow-up election community event fwd re"
    " external action actions announce info pike-ptg ptl ptls sig important".split()
)
# Names of OpenStack's releases up to 2026, and its numbered ones (source: releases.openstack.org).
_CYCLES = (
    "Austin Bexar Cactus Diablo Essex Folsom Grizzly Havana Icehouse Juno Kilo Liberty Mitaka Newton Ocata Pike"
    " Queens Rocky Stein Train Ussuri Victoria Wallaby Xena Yoga Zed Antelope Bobcat Caracal Dalmatian Epoxy Flamingo"
    " Gazpacho Hibiscus"
).split()
_RELEASE = re.compile(rf"\b(?:{'|'.join(_CYCLES[12:])})\b")
_CYCLE = re.compile(
    r"\b(?:[Tt]he\s+)?([A-Z][a-z]{2,15}|20\d\d\.[12])\s+(?:cycle|release|series|(?P<event>v?PTG|[Ss]ummit))\b"
    r"|\b[Tt][Ll];?[Dd][Rr]:?\s+(?:for\s+)(?P<summed>[A-Z][a-z]{2,15})\b"
)
_CYCLE_BEHIND = re.compile(rf"\b(?:v?PTG|[Ss]ummit)\s+(?:for\s+)?({'|'.join(_CYCLES)}|20\d\d\.[12])\b")
_NO_CYCLES = frozenset(
    "this the next last each every our one first second short long current previous that design openstack virtual new"
    " stable old final during any a another whole same forum boston berlin barcelona austin vancouver tokyo paris"
    " atlanta denver dublin sydney shanghai forum opendev infra dev developer project team major minor".split()
)
_EVENT = re.compile(
    r"\b((?:(?:OpenStack|OpenInfra)\s+)?(?:[Vv]irtual\s+)?(?:[A-Z][\w-]+\s+|20\d\d\s+){0,2}(?:PTG|vPTG"
    r"|[Dd]esign [Ss]ummit|Summit|Forum|[Mm]id-?cycle|[Mm]eetup|[Ss]print)"
    r"(?:\s+(?:in|at)\s+[A-Z][\w-]+|\s+(?!in\b|at\b)[A-Z][a-z]+)?)"
)
_LONGEST_TITLE = 100
"""Characters of a line in which the day of the text is looked for."""


@dataclass(frozen=True, slots=True)
class Top:
    """What stands at the top of a text."""

    title: str | None = None
    date: datetime.date | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Tags:
    """What the tags of a subject say."""

    title: str
    projects: tuple[str, ...] = ()
    mailing_list: str | None = None


def read_top(lines: list[Line]) -> Top:
    """Read the front matter, or the first line when it is a title."""
    top = lines[:60]
    fields = _read_fields(top)
    title = fields.get("title") or fields.get("subject") or _first_title(top)
    day = find_date(fields["date"]) if fields.get("date") else None
    author = fields.get("author") or fields.get("authors")
    if author is None:
        started = next((match for line in top if (match := _STARTED.match(line.text[:200]))), None)
        author = started[1] if started else None
    if day is None:
        near = [line.text for line in top if not line.blank][:4]
        day = next((found for text in near if len(text) < _LONGEST_TITLE and (found := find_date(text))), None)
    return Top(" ".join((title or "").split()) or None, day, author or None)


def _read_fields(top: list[Line]) -> dict[str, str]:
    filled = [line for line in top if not line.blank]
    if not filled:
        return {}
    fenced = filled[0].bullet == "" and filled[0].text == "---"
    fields: dict[str, str] = {}
    for line in filled[1:] if fenced else filled:
        if fenced and line.text == "---":
            break
        match = _FIELD.fullmatch(line.text[:400])
        if match and (fenced or line.text.startswith((".. ", ":"))):
            fields.setdefault(match[1].casefold(), match[2].strip().strip("\"'"))
        elif not fenced and not line.text.startswith((".. ", ":")):
            break
    return fields


def _first_title(top: list[Line]) -> str | None:
    for index, line in enumerate(top):
        if line.blank or is_underline(line) or line.text == "---" or line.text.startswith(".. "):
            continue
        heading = heading_at(top, index)
        text = (heading.text if heading else line.text).strip()
        if line.bullet or len(text) > 120 or text.startswith((">", "http")):
            return None
        if heading is None and text.endswith((":", ".", ",", ";")):
            return None
        return text.strip("*").strip()
    return None


def read_tags(subject: str, mailing_list: str | None) -> Tags:
    """Take the tags off a subject: projects, and the list that the mail went to."""
    rest = subject.strip()
    projects: dict[str, None] = {}
    found = mailing_list
    first = True
    while True:
        rest = _REPLY.sub("", rest, count=1) if _REPLY.match(rest) else rest
        match = _TAG.match(rest)
        if match is None:
            break
        for tag in re.split(r"[,/|]\s*", match[1].strip()):
            if _is_list(tag, mailing_list) and first:
                found = found or tag
            elif tag and tag.casefold() not in _NO_PROJECTS and not tag.isdecimal():
                projects[tag] = None
        first = False
        rest = rest[match.end() :]
    return Tags(rest.strip() or subject.strip(), tuple(projects), found)


def _is_list(tag: str, mailing_list: str | None) -> bool:
    if mailing_list and tag.casefold() == mailing_list.casefold():
        return True
    return _LIST_TAG.fullmatch(tag) is not None


def find_cycle(
    subject: str | None, text: str, projects: Iterable[str] = (), *, is_tagged: bool = False
) -> str | None:
    """Find the release cycle that a mail speaks of: a release's name in its subject, else the one named most.

    `projects` are those that the mail is about: `Nova PTG` names a project, not a cycle. `is_tagged` says that its
    tags name all of them.
    """
    # What stands before `PTG` may be a project, where no tag says which these are.
    stated = {match[1] for match in _CYCLE.finditer(f"{subject or ''}\n{text[:3000]}") if not match["event"]}
    stated.update(_CYCLES)
    others = _NO_CYCLES | PROJECTS | {project.casefold() for project in projects}
    for source in (subject or "", text[:3000]):
        named = set(_RELEASE.findall(source)) if source is subject else set()
        if len(named) == 1:
            return str(named.pop()).lower()
        counts: dict[str, int] = {}
        for match in _CYCLE_BEHIND.finditer(source):
            counts[match[1]] = counts.get(match[1], 0) + 2
        for match in _CYCLE.finditer(source):
            name = match[1] or match["summed"]
            if match["event"] and not is_tagged and name not in stated and not name[0].isdecimal():
                continue
            if name.casefold() not in others:
                counts[name] = counts.get(name, 0) + (3 if match["summed"] else 1)
        if counts:
            return max(counts, key=lambda name: counts[name]).lower()
    return None


def find_event(subject: str | None, text: str) -> str | None:
    """Find the event that a mail reports of: `OpenStack Summit Barcelona`."""
    for source in (subject or "", text[:3000]):
        if match := _EVENT.search(source):
            return " ".join(match[1].split())
    return None
