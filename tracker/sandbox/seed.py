"""What a sandbox holds for a recap repository: everything that its recaps and their base name; pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tracker.launchpad.limits import NO_IMPORTANCE
from tracker.launchpad.statuses import DEFAULT_BUG_STATUS, bug_status_to_send
from tracker.recap.model import Action, BugTarget, Recap
from tracker.recap.parse import Settings
from tracker.recap.people import People, Person
from tracker.sandbox.world import BugEntry, MilestoneEntry, PersonEntry, ProjectEntry, TaskEntry, TeamEntry, World

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
) -> World:
    """Describe a Launchpad on which everything that these recaps name exists, with their bugs.

    By an action's full id, `agreed` has the words that the base holds, if it knows the action, and `descriptions`
    the text of its bug. Without settings there are no bugs.
    """
    bugs = () if settings is None else tuple(_bugs(recaps, people, settings, agreed, descriptions))
    teams = {person.account: person for person in people.entries.values() if person.is_team and person.account}
    return World(
        people=tuple(_people(recaps, people, teams, bugs)),
        teams=tuple(
            TeamEntry(name=account, display_name=team.name, owner=DRIVER, members=_members(team, people))
            for account, team in sorted(teams.items())
        ),
        projects=tuple(_projects(recaps, bugs)),
        bugs=bugs,
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


def _task(action: Action, people: People, settings: Settings, words: Words) -> TaskEntry:
    lead = action.lead if action.lead and not action.lead.tentative else None
    sent = bug_status_to_send(action.status, settings.statuses) if action.status else DEFAULT_BUG_STATUS
    return TaskEntry(
        project=action.project,
        status=words.get("status") or sent,
        importance=words.get("importance") or action.importance or NO_IMPORTANCE,
        assignee=words.get("lead", people.account_of(lead.key) if lead else None),
        milestone=words.get("milestone", action.milestone),
    )


def _people(
    recaps: Iterable[Recap], people: People, teams: Mapping[str, Person], bugs: Iterable[BugEntry]
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
    accounts.update(task.assignee for bug in bugs for task in bug.tasks if task.assignee)
    for account in sorted(accounts - set(teams) - {DRIVER, SOMEBODY}):
        person = persons.get(account)
        yield PersonEntry(
            name=account,
            display_name=person.name if person else account,
            irc_nicknames=person.irc if person else (),
        )


def _projects(recaps: Iterable[Recap], bugs: Iterable[BugEntry]) -> Iterator[ProjectEntry]:
    milestones: dict[str, set[str]] = {}
    for recap in recaps:
        milestones.setdefault(recap.project, set())
        for action in recap.actions:
            milestones.setdefault(action.project, set()).update([action.milestone] if action.milestone else [])
    for bug in bugs:
        for task in bug.tasks:
            milestones.setdefault(task.project, set()).update([task.milestone] if task.milestone else [])
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
