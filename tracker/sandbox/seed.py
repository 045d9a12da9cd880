"""What a sandbox holds for a recap repository: everything that its recaps and their base name; pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from tracker.launchpad.limits import NO_IMPORTANCE, find_work_item_problem
from tracker.launchpad.statuses import BLUEPRINTS, DEFAULT_BUG_STATUS, WORK_ITEMS, bug_status_to_send
from tracker.recap.model import Action, BlueprintTarget, BugTarget, Recap, WorkItemTarget
from tracker.recap.parse import Settings
from tracker.recap.people import People, Person
from tracker.sandbox.world import (
    BugEntry,
    MilestoneEntry,
    PersonEntry,
    ProjectEntry,
    SpecificationEntry,
    TaskEntry,
    TeamEntry,
    WorkItemEntry,
    World,
)

DRIVER = "sandbox-driver"
"""The account that syncs: it drives every project."""
SOMEBODY = "sandbox-somebody"
"""An account without any role, for what others do."""

Words = Mapping[str, str | None]
"""Launchpad's words by the name of the field; None is empty."""


def world_of(
    recaps: Sequence[Recap],
    people: People,
    settings: Settings | None,
    agreed: Mapping[str, Words],
    descriptions: Mapping[str, str],
    lines: Mapping[str, Sequence[Words]],
) -> World:
    """Describe a Launchpad on which everything that these recaps name exists, with their bugs and blueprints.

    By an action's full id, `agreed` has the words that the base holds, if it knows the action, and `descriptions`
    the text of its bug, or of the blueprint that was made for it. `lines` has the blueprints that the base has seen,
    by PROJECT/NAME, with the words of the work items that it knows; others are yet to be added. Without settings
    there are no bugs and no blueprints.
    """
    bugs = () if settings is None else tuple(_bugs(recaps, people, settings, agreed, descriptions))
    specifications = () if settings is None else tuple(_specifications(recaps, people, agreed, descriptions, lines))
    teams = {person.account: person for person in people.entries.values() if person.is_team and person.account}
    return World(
        people=tuple(_people(recaps, people, teams, [*_assignees(bugs, specifications)])),
        teams=tuple(
            TeamEntry(name=account, display_name=team.name, owner=DRIVER, members=_members(team, people))
            for account, team in sorted(teams.items())
        ),
        projects=tuple(_projects(recaps, bugs, specifications)),
        bugs=bugs,
        specifications=specifications,
    )


def _bugs(
    recaps: Iterable[Recap],
    people: People,
    settings: Settings,
    agreed: Mapping[str, Words],
    descriptions: Mapping[str, str],
) -> Iterator[BugEntry]:
    """Yield the bugs that the recaps name, with the values that the base holds, else the recap's."""
    for recap in recaps:
        for action in recap.actions:
            if not isinstance(action.target, BugTarget) or action.target.number is None:
                continue
            full_id = recap.full_id(action)
            words = agreed.get(full_id, {})
            yield BugEntry(
                title=words.get("title") or action.title,
                description=descriptions[full_id],
                owner=DRIVER,
                tasks=(_task(action, people, settings, words),),
                number=action.target.number,
                tags=(settings.tag, *action.tags),
            )


def _lead(action: Action, people: People, words: Words) -> str | None:
    lead = action.lead if action.lead and not action.lead.tentative else None
    return words.get("lead", people.account_of(lead.key) if lead else None)


def _task(action: Action, people: People, settings: Settings, words: Words) -> TaskEntry:
    sent = bug_status_to_send(action.status, settings.statuses) if action.status else DEFAULT_BUG_STATUS
    return TaskEntry(
        project=action.project,
        status=words.get("status") or sent,
        importance=words.get("importance") or action.importance or NO_IMPORTANCE,
        assignee=_lead(action, people, words),
        milestone=words.get("milestone", action.milestone),
    )


def _specifications(
    recaps: Iterable[Recap],
    people: People,
    agreed: Mapping[str, Words],
    descriptions: Mapping[str, str],
    lines: Mapping[str, Sequence[Words]],
) -> Iterator[SpecificationEntry]:
    """Yield the blueprints that recaps name or the base has seen; none that an action is to create."""
    named: dict[str, SpecificationEntry | None] = dict.fromkeys(lines)
    awaited = set()
    for recap in recaps:
        for action in recap.actions:
            full_id = recap.full_id(action)
            match action.target:
                case WorkItemTarget(name):
                    named.setdefault(f"{action.project}/{name}")
                case BlueprintTarget(name, create):
                    key = f"{action.project}/{name}"
                    awaited |= {key} if create and key not in lines else set()
                    entry = _specification(action, name, people, agreed.get(full_id, {}), descriptions.get(full_id))
                    named[key] = named.get(key) or entry
    for key in [one for one in named if one not in awaited]:
        project, _, name = key.partition("/")
        entry = named[key] or SpecificationEntry(project=project, name=name, title=name, owner=DRIVER)
        yield replace(entry, work_items=tuple(_work_items(lines.get(key, ()))))


def _specification(
    action: Action, name: str, people: People, words: Words, summary: str | None
) -> SpecificationEntry:
    """Describe the blueprint that an action is, with the values that the base holds, else the recap's."""
    sent = BLUEPRINTS.to_send(action.status, {}) if action.status else BLUEPRINTS.default
    definition, implementation = _statuses(words.get("status") or sent)
    return SpecificationEntry(
        project=action.project,
        name=name,
        title=words.get("title") or action.title,
        summary=summary or "",
        owner=DRIVER,
        definition_status=definition,
        implementation_status=implementation,
        assignee=_lead(action, people, words),
        milestone=words.get("milestone", action.milestone),
    )


def _statuses(word: str) -> tuple[str, str]:
    """Return a definition and an implementation status of which `statuses.blueprint_status` makes a word."""
    first, _, second = word.partition(", ")
    if first == "Informational":
        return "New" if second else "Approved", first
    return (first, second or BLUEPRINTS.default) if first in ("Obsolete", "Superseded") else ("New", first)


def _work_items(lines: Iterable[Words]) -> Iterator[WorkItemEntry]:
    """Yield a blueprint's work items, each title once: two entries of a base may be of one line."""
    titles = set()
    for words in lines:
        title = (words.get("title") or "").strip()
        if title not in titles and find_work_item_problem(title) is None:
            titles.add(title)
            yield WorkItemEntry(
                title=title,
                status=words.get("status") or WORK_ITEMS.default,
                assignee=words.get("lead"),
                milestone=words.get("milestone"),
            )


def _assignees(bugs: Iterable[BugEntry], specifications: Iterable[SpecificationEntry]) -> Iterator[str | None]:
    for bug in bugs:
        yield from (task.assignee for task in bug.tasks)
    for specification in specifications:
        yield specification.assignee
        yield from (item.assignee for item in specification.work_items)


def _people(
    recaps: Iterable[Recap], people: People, teams: Mapping[str, Person], assignees: Iterable[str | None]
) -> Iterator[PersonEntry]:
    """Yield the two accounts of the sandbox's own, and everybody who is named anywhere and is no team."""
    yield PersonEntry(name=DRIVER, display_name="The one who syncs")
    yield PersonEntry(name=SOMEBODY, display_name="Somebody else")
    persons = {person.account: person for person in people.entries.values() if person.account}
    accounts = set(persons)
    for recap in recaps:
        for action in recap.actions:
            owners = (*action.owners, *action.collaborators)
            accounts.update(account for owner in owners if (account := people.account_of(owner.key)))
    for team in teams.values():
        accounts.update(_members(team, people))
    accounts.update(account for account in assignees if account)
    for account in sorted(accounts - set(teams) - {DRIVER, SOMEBODY}):
        person = persons.get(account)
        yield PersonEntry(
            name=account,
            display_name=person.name if person else account,
            irc_nicknames=person.irc if person else (),
        )


def _projects(
    recaps: Iterable[Recap], bugs: Iterable[BugEntry], specifications: Iterable[SpecificationEntry]
) -> Iterator[ProjectEntry]:
    milestones: dict[str, set[str]] = {}
    for recap in recaps:
        milestones.setdefault(recap.project, set())
        for action in recap.actions:
            milestones.setdefault(action.project, set()).update([action.milestone] if action.milestone else [])
    for bug in bugs:
        for task in bug.tasks:
            milestones.setdefault(task.project, set()).update([task.milestone] if task.milestone else [])
    for specification in specifications:
        named = {specification.milestone, *(item.milestone for item in specification.work_items)}
        milestones.setdefault(specification.project, set()).update(name for name in named if name)
    for project, names in sorted(milestones.items()):
        yield ProjectEntry(
            name=project,
            display_name=project,
            owner=DRIVER,
            milestones=tuple(MilestoneEntry(name=name) for name in sorted(names)),
        )


def _members(team: Person, people: People) -> tuple[str, ...]:
    keys = (people.resolve(member) for member in team.members)
    return tuple(account for key in keys if (account := people.account_of(key)))
