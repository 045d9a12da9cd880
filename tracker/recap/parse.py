"""Make a recap, the people and the settings out of documents; pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from tracker.launchpad.limits import is_name
from tracker.launchpad.statuses import BUG_STATUSES
from tracker.recap import schema
from tracker.recap.diagnostics import Finding, Place
from tracker.recap.document import Document, Scalar, Sequence
from tracker.recap.document import Mapping as MappingNode
from tracker.recap.keys import Findings, is_crowded, read_mapping
from tracker.recap.mail_settings import MailSettings, Security
from tracker.recap.marks import report_open_marks
from tracker.recap.model import Action, Owner, Recap, Status, Target, Topic
from tracker.recap.people import AmbiguousPersonError, People, Person, UnknownPersonError
from tracker.recap.rules import TARGET_KEYS, check_recap, commented_number, cut_value, distinct_owners, parse_target
from tracker.recap.syntax import quote
from tracker.recap.values import Name

# A colon, blanks, and what is meant as a bug's number.
_COMMENTED_NUMBER = re.compile(r":[ \t]+#[0-9]")
# What may be meant as text: a comment has a blank after its sign. The sign comes first, so that the search need not
# stop at every blank.
_GLUED_COMMENT = re.compile(r"#(?<=[ \t]#)\w")
_PROSE = {
    "": ("title", "event", "tldr"),
    "topics": ("title", "notes"),
    "actions": ("title", "notes"),
    "people": ("name",),
    "teams": ("name",),
}
"""Keys of each group whose values are prose."""
_NOBODY = {"tbd", "tba", "todo", "nobody", "none", "no one", "unassigned", "unowned", "volunteer", "n/a"}
_SEVERAL = re.compile(r"[,;&/]| and ")


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a sync stops and asks."""

    create: int = 20
    """How many bugs one run may create."""
    change: float = 0.5
    """The share of the tracked actions that one run may change, on either side."""
    close: float = 0.25
    """The share of them that it may close."""
    reassign: float = 0.25
    """The share of them whose lead it may replace."""
    missing: float = 0.25
    """The share of a project's known bugs that the search may leave out."""
    settle: int = 60
    """Seconds during which a bug is looked for whose creation was not answered."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What tracker.yaml says."""

    tag: str
    service: str | None = None
    project: str | None = None
    mailing_list: str | None = None
    statuses: Mapping[str, str] = field(default_factory=dict)
    """Launchpad's word to send for a recap's, where it is not the default."""
    limits: Limits = Limits()
    link_bugs: bool = False
    """Whether a recap's bugs are linked to the blueprints that are made for it."""
    mail: MailSettings = field(default_factory=MailSettings)
    ignored: frozenset[str] = frozenset()
    """The ids of rules that are switched off."""


def parse_settings(document: Document) -> Settings | None:
    """Read tracker.yaml; None when it has errors, which are then in the document's diagnostics."""
    if document.root is None:
        return None
    findings: Findings = []
    values = read_mapping(document.root, schema.TRACKER, (), findings)
    statuses: dict[str, str] = values.get("statuses", {})
    for word, sent in statuses.items():
        words = BUG_STATUSES.get(word)
        if words is None:
            remedy = "it is one of " + ", ".join(BUG_STATUSES)
            findings.append(Finding(("statuses", word), "R016", f'unknown status "{word}"', remedy, at_key=True))
        elif sent not in words.agrees:
            remedy = "it can be " + ", ".join(sorted(words.agrees))
            findings.append(Finding(("statuses", word), "R029", f'"{sent}" does not say {word}', remedy))
    if not _report(document, findings):
        return None
    return Settings(
        tag=values["tag"],
        service=values.get("service"),
        project=values.get("project"),
        mailing_list=values.get("list"),
        statuses=statuses,
        limits=Limits(**values.get("limits", {})),
        link_bugs=values.get("link_bugs", False),
        mail=_mail(values.get("mail", {})),
        ignored=frozenset(values.get("ignore", ())),
    )


def _mail(values: dict[str, Any]) -> MailSettings:
    return MailSettings(
        sender=values.get("from"),
        server=values.get("server"),
        security=Security(values.get("security", Security.STARTTLS)),
        user=values.get("user"),
        sendmail=values.get("sendmail"),
    )


def parse_people(document: Document) -> People | None:
    """Read people.yaml; None when it has errors, which are then in the document's diagnostics."""
    if document.root is None:
        return None
    findings: Findings = []
    values = read_mapping(document.root, schema.PEOPLE, (), findings)
    people: dict[str, Person] = {}
    accounts: dict[str, str] = {}
    for group in ("people", "teams"):
        for key, entry in values.get(group, {}).items():
            place: Place = (group, key)
            if key in people:
                message = f'"{key}" is a person and a team'
                findings.append(Finding(place, "R028", message, "give one of them another key", at_key=True))
            if key.startswith("~") or key.endswith("?") or not key.strip():
                remedy = "`~` begins a Launchpad account, `?` ends a tentative owner"
                findings.append(Finding(place, "R020", f'"{key}" cannot be a key', remedy, at_key=True))
            account: str | None = entry.get("launchpad")
            if account is not None and account in accounts:
                message = f'"{accounts[account]}" has the account "{account}" too'
                findings.append(Finding((*place, "launchpad"), "R028", message, "an account belongs to one entry"))
            if account:
                accounts[account] = key
            people[key] = Person(
                key=key,
                name=entry.get("name") or key,
                account=account,
                irc=entry.get("irc", ()),
                email=entry.get("email"),
                is_team=group == "teams",
                members=tuple(member.text for member in entry.get("members", ())),
                lead=entry["lead"].text if entry.get("lead") else None,
            )
    everybody = People(people)
    for entry in values.get("teams", {}).values():
        for name in (*entry.get("members", ()), entry.get("lead")):
            if name is not None:
                _resolve(name, everybody, findings)
    _add_cut_values(document, findings)
    return everybody if _report(document, findings) else None


def draft_recap(
    document: Document, recap_id: str, people: People | None, default_project: str | None
) -> Recap | None:
    """Read a recap as far as it can be read, with what is wrong in the document's diagnostics.

    With errors it is good for nothing but further checks: what could not be read is empty in it, and every
    action keeps its number. None when the file is no YAML at all.

    Without `people` (their file has errors of its own) names stand for themselves. An empty default project is
    one that is not known (the settings have errors), None one that is not given.
    """
    if document.root is None:
        return None
    findings: Findings = []
    values = read_mapping(document.root, schema.RECAP, (), findings)
    project: str | None = values.get("project", default_project)
    if project is None and "project" not in values and isinstance(document.root, MappingNode):
        remedy = "add `project:` here, or a default to tracker.yaml"
        findings.append(Finding((), "R011", "`project` is missing", remedy))
    recap = Recap(
        id=recap_id,
        title=values.get("title") or "",
        project=project or "",
        date=values.get("date") or date.min,
        cycle=values.get("cycle") or (recap_id.split("/", maxsplit=1)[0] if "/" in recap_id else None),
        event=values.get("event"),
        author=_owner(values["author"], people, findings) if values.get("author") else None,
        links=values.get("links", {}),
        tldr=values.get("tldr"),
        topics=tuple(Topic(**{**topic, "title": topic.get("title") or ""}) for topic in values.get("topics", ())),
        actions=tuple(
            _action(entry, ("actions", index), project, people, findings)
            for index, entry in enumerate(values.get("actions", ()))
        ),
    )
    findings.extend(check_recap(recap))
    findings.extend(_commented_numbers(document))
    _add_cut_values(document, findings)
    _report(document, findings)
    report_open_marks(document)
    return recap


def _commented_numbers(document: Document) -> Iterator[Finding]:
    if _COMMENTED_NUMBER.search(document.text) is None:
        return
    for group, keys in (("actions", ("bug",)), ("topics", ("bugs", "reviews"))):
        items = document.node((group,))
        for index in range(len(items.items) if isinstance(items, Sequence) else 0):
            for key in keys:
                place = (group, index, key)
                node = document.node(place)
                if isinstance(node, Scalar) and node.is_empty:
                    yield from commented_number(key, place, document.rest_of_line(node.start))


def _add_cut_values(document: Document, findings: Findings) -> None:
    """Say where a comment may be meant as text; a value that is missing for it is one problem, not two."""
    missing = {one.place: index for index, one in enumerate(findings) if one.rule == "R011"}
    for cut in _cut_values(document):
        if cut.place in missing:
            index = missing[cut.place]
            findings[index] = replace(findings[index], help=cut.help)
        else:
            findings.append(cut)


def _cut_values(document: Document) -> Iterator[Finding]:
    if _GLUED_COMMENT.search(document.text) is None:
        return
    for group, keys in _PROSE.items():
        for place in _places(document, group):
            for key in keys:
                node = document.node((*place, key))
                if isinstance(node, Scalar) and node.plain:
                    rest = document.rest_of_line(node.end)
                    start = node.start if node.text else node.start + len(rest) - len(rest.lstrip(" \t"))
                    yield from cut_value(key, (*place, key), rest, quote(document.text, start))


def _places(document: Document, group: str) -> Iterator[Place]:
    """Yield where the entries of a group stand; the group without a name is the file itself."""
    node = document.node((group,)) if group else None
    if not group:
        yield ()
    elif isinstance(node, Sequence):
        yield from ((group, index) for index in range(len(node.items)))
    elif isinstance(node, MappingNode):
        yield from ((group, name) for name in node.entries)


def _action(
    entry: dict[str, Any], place: Place, default_project: str | None, people: People | None, findings: Findings
) -> Action:
    project: str | None = entry.get("project", default_project)
    return Action(
        id=entry.get("id") or "",
        title=entry.get("title") or "",
        project=project or "",
        owners=_owners(entry.get("owner", ()), people, findings),
        collaborators=_owners(entry.get("with", ()), people, findings),
        target=_target(entry, place, project, findings),
        status=Status(entry["status"]) if entry.get("status") else None,
        milestone=entry.get("milestone"),
        due=entry.get("due"),
        importance=entry.get("importance"),
        tags=tuple(dict.fromkeys(entry.get("tags", ()))),
        topic=entry.get("topic"),
        notes=entry.get("notes"),
        evidence=entry.get("evidence", ()),
        previously=entry.get("previously", ()),
        carried_from=entry.get("carried_from"),
    )


def _target(entry: dict[str, Any], place: Place, project: str | None, findings: Findings) -> Target | None:
    present = [key for key in TARGET_KEYS if entry.get(key) is not None]
    if len(present) > 1:
        both = " and ".join(f"`{key}`" for key in present)
        remedy = "an action is tracked in one place: keep one of them"
        findings.append(Finding((*place, present[1]), "R023", f"{both} on one action", remedy, at_key=True))
        return None
    if not present:
        return None
    key = present[0]
    target, finding = parse_target(key, entry[key], project, (*place, key))
    if finding is not None:
        findings.append(finding)
    return target


def _owners(names: tuple[Name, ...], people: People | None, findings: Findings) -> tuple[Owner, ...]:
    found = [(name.place, owner) for name in names if (owner := _owner(name, people, findings)) is not None]
    findings.extend(distinct_owners(found))
    distinct: dict[str, Owner] = {}
    for _, owner in found:
        distinct.setdefault(owner.key, owner)
    return tuple(distinct.values())


def _owner(name: Name, people: People | None, findings: Findings) -> Owner | None:
    key = _resolve(name, people, findings) if people is not None else name.text
    return Owner(key, name.tentative) if key else None


def _resolve(name: Name, people: People, findings: Findings) -> str | None:
    role = "owner" if "owner" in name.place else "person"
    try:
        key = people.resolve(name.text, suggest=not is_crowded(findings))
    except UnknownPersonError as error:
        nearest = " or ".join(f'"{key}"' for key in error.candidates)
        otherwise = f'add "{name.text}" to people.yaml'
        if name.text.casefold() in _NOBODY:
            nearest, otherwise = "", "leave the key out until somebody takes it"
        elif name.text.endswith("(?)"):
            nearest, otherwise = "", f'write "{name.text[:-3].rstrip()}?" for somebody not yet confirmed'
        elif _SEVERAL.search(name.text):
            nearest, otherwise = "", "write several people as a list: [artur, ihar]"
        remedy = f"did you mean {nearest}? otherwise {otherwise}" if nearest else otherwise
        findings.append(Finding(name.place, "R012", f'unknown {role} "{name.text}"', remedy))
        return None
    except AmbiguousPersonError as error:
        several = ", ".join(f'"{key}"' for key in error.candidates)
        message = f'"{name.text}" means several people: {several}'
        findings.append(Finding(name.place, "R013", message, "write the full name, or `~` and the Launchpad account"))
        return None
    if key.startswith("~") and not is_name(key[1:]):
        remedy = "accounts are lower-case letters, digits, `+`, `.` and `-`"
        findings.append(Finding(name.place, "R017", f'"{name.text}" cannot be an account on Launchpad', remedy))
        return None
    return key


def is_sound(document: Document) -> bool:
    """Tell whether a document is free of errors."""
    return not any(diagnostic.is_error for diagnostic in document.diagnostics)


def _report(document: Document, findings: Findings) -> bool:
    """Add findings to a document's diagnostics; tell whether it is free of errors."""
    document.report(findings)
    return is_sound(document)
