"""What a sandbox holds for a recap repository: the people, projects and milestones that its recaps name; pure."""

from collections.abc import Iterable

from tracker.recap.model import Recap
from tracker.recap.people import People
from tracker.sandbox.world import BugEntry, MilestoneEntry, PersonEntry, ProjectEntry, TeamEntry, World

DRIVER = "sandbox-driver"
"""The account that syncs: it drives every project."""
SOMEBODY = "sandbox-somebody"
"""An account without any role, for what others do."""


def world_of(recaps: Iterable[Recap], people: People, bugs: Iterable[BugEntry] = ()) -> World:
    """Describe a Launchpad on which everything that these recaps name exists."""
    milestones: dict[str, set[str]] = {}
    accounts: set[str] = set()
    for recap in recaps:
        milestones.setdefault(recap.project, set())
        for action in recap.actions:
            names = milestones.setdefault(action.project, set())
            if action.milestone:
                names.add(action.milestone)
            owners = (*action.owners, *action.collaborators)
            accounts.update(account for owner in owners if (account := people.account_of(owner.key)))
    teams = {person.account: person for person in people.entries.values() if person.is_team and person.account}
    persons = {person.account: person for person in people.entries.values() if person.account not in teams}
    named = [
        PersonEntry(
            name=account,
            display_name=person.name if (person := persons.get(account)) else account,
            irc_nicknames=person.irc if person else (),
        )
        for account in sorted((accounts | {account for account in persons if account}) - set(teams))
    ]
    own = [PersonEntry(name=DRIVER, display_name="The one who syncs")]
    own.append(PersonEntry(name=SOMEBODY, display_name="Somebody else"))
    return World(
        people=(*own, *named),
        teams=tuple(
            TeamEntry(
                name=account, display_name=team.name, owner=DRIVER, members=_member_accounts(team.members, people)
            )
            for account, team in sorted(teams.items())
        ),
        projects=tuple(
            ProjectEntry(
                name=project,
                display_name=project,
                owner=DRIVER,
                milestones=tuple(MilestoneEntry(name=name) for name in sorted(names)),
            )
            for project, names in sorted(milestones.items())
        ),
        bugs=tuple(bugs),
    )


def _member_accounts(members: Iterable[str], people: People) -> tuple[str, ...]:
    keys = (people.resolve(member) for member in members)
    return tuple(account for key in keys if (account := people.account_of(key)))
