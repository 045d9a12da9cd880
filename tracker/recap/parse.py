"""Make a recap, the people and the settings out of documents; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tracker.launchpad.limits import is_name
from tracker.launchpad.statuses import BUG_STATUSES
from tracker.recap import schema
from tracker.recap.diagnostics import Finding, Place
from tracker.recap.document import Document
from tracker.recap.model import Action, Owner, Recap, Status, Target, Topic
from tracker.recap.people import AmbiguousPersonError, People, Person, UnknownPersonError
from tracker.recap.rules import TARGET_KEYS, check_recap, parse_target
from tracker.recap.schema import Findings, Name


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a sync stops and asks."""

    create: int = 20
    """How many bugs one run may create."""
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


def parse_settings(document: Document) -> Settings | None:
    """Read tracker.yaml; None when it has errors, which are then in the document's diagnostics."""
    if document.root is None:
        return None
    findings: Findings = []
    values = schema.read_mapping(document.root, schema.TRACKER, (), findings)
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
    )


def parse_people(document: Document) -> People | None:
    """Read people.yaml; None when it has errors, which are then in the document's diagnostics."""
    if document.root is None:
        return None
    findings: Findings = []
    values = schema.read_mapping(document.root, schema.PEOPLE, (), findings)
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
            if "name" not in entry:
                continue
            account: str | None = entry.get("launchpad")
            if account is not None and account in accounts:
                message = f'"{accounts[account]}" has the account "{account}" too'
                findings.append(Finding((*place, "launchpad"), "R028", message, "an account belongs to one entry"))
            if account:
                accounts[account] = key
            people[key] = Person(
                key=key,
                name=entry["name"],
                account=account,
                irc=entry.get("irc", ()),
                email=entry.get("email"),
                is_team=group == "teams",
                members=entry.get("members", ()),
                lead=entry.get("lead"),
            )
    everybody = People(people)
    for team in (person for person in people.values() if person.is_team):
        for index, member in enumerate(team.members):
            _resolve(Name(member, False, ("teams", team.key, "members", index)), everybody, findings)
        if team.lead:
            _resolve(Name(team.lead, False, ("teams", team.key, "lead")), everybody, findings)
    return everybody if _report(document, findings) else None


def parse_recap(
    document: Document, recap_id: str, people: People | None, default_project: str | None
) -> Recap | None:
    """Read a recap; None when it has errors, which are then in the document's diagnostics.

    Without `people` (their file has errors of its own) names stand for themselves.
    """
    if document.root is None:
        return None
    findings: Findings = []
    values = schema.read_mapping(document.root, schema.RECAP, (), findings)
    project = values.get("project") or default_project
    if project is None and not any(finding.place == ("project",) for finding in findings):
        remedy = "add `project:` here, or a default to tracker.yaml"
        findings.append(Finding((), "R011", "`project` is missing", remedy))
    actions = tuple(
        action
        for index, entry in enumerate(values.get("actions", ()))
        if (action := _action(entry, ("actions", index), project or "", people, findings)) is not None
    )
    author = _owner(values["author"], people, findings) if values.get("author") else None
    if not findings or not any(finding.place[:1] in {("title",), ("date",)} for finding in findings):
        title, date = values.get("title"), values.get("date")
    else:
        title = date = None
    recap = None
    if title is not None and date is not None:
        recap = Recap(
            id=recap_id,
            title=title,
            project=project or "",
            date=date,
            cycle=values.get("cycle") or (recap_id.split("/", maxsplit=1)[0] if "/" in recap_id else None),
            event=values.get("event"),
            author=author,
            links=values.get("links", {}),
            tldr=values.get("tldr"),
            topics=tuple(Topic(**topic) for topic in values.get("topics", ()) if topic.get("title")),
            actions=actions,
        )
        findings.extend(check_recap(recap))
    return recap if _report(document, findings) else None


def _action(
    entry: dict[str, Any], place: Place, default_project: str, people: People | None, findings: Findings
) -> Action | None:
    project = entry.get("project") or default_project
    target = _target(entry, place, project, findings)
    owners = _owners(entry.get("owner", ()), people, findings)
    collaborators = _owners(entry.get("with", ()), people, findings)
    if entry.get("id") is None or entry.get("title") is None:
        return None
    return Action(
        id=entry["id"],
        title=entry["title"],
        project=project,
        owners=owners,
        collaborators=collaborators,
        target=target,
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


def _target(entry: dict[str, Any], place: Place, project: str, findings: Findings) -> Target | None:
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
    found = (_owner(name, people, findings) for name in names)
    return tuple(owner for owner in found if owner is not None)


def _owner(name: Name, people: People | None, findings: Findings) -> Owner | None:
    key = _resolve(name, people, findings) if people is not None else name.text
    return Owner(key, name.tentative) if key else None


def _resolve(name: Name, people: People, findings: Findings) -> str | None:
    role = "owner" if "owner" in name.place else "person"
    try:
        key = people.resolve(name.text)
    except UnknownPersonError as error:
        nearest = " or ".join(f'"{key}"' for key in error.candidates)
        otherwise = f'add "{name.text}" to people.yaml'
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


def _report(document: Document, findings: Findings) -> bool:
    """Add findings to a document's diagnostics; tell whether it is free of errors."""
    document.diagnostics.extend(document.diagnose(finding) for finding in findings)
    document.diagnostics.sort()
    return not any(diagnostic.is_error for diagnostic in document.diagnostics)
