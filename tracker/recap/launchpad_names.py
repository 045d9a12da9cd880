"""Ask Launchpad for the projects, accounts, milestones, blueprints and bugs that the files name; writes nothing."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tracker.errors import ExitCode, TrackerError
from tracker.launchpad.gateway import Gateway
from tracker.launchpad.links import parse_bug_link
from tracker.launchpad.snapshots import Elsewhere, Invisible
from tracker.recap.diagnostics import Finding, Place
from tracker.recap.document import Document, Scalar, Sequence
from tracker.recap.model import Action, BlueprintTarget, BugTarget, WorkItemTarget
from tracker.recap.repository import RecapFile, Repository


@dataclass(frozen=True, slots=True)
class _Mention:
    """Where a file names something."""

    document: Document
    place: Place


_Mentions = list[_Mention]
_PEOPLE = ("owner", "with")
"""The keys of an action that name people."""


@dataclass
class _Named:
    """Everything that the files name on Launchpad, with each place that does."""

    projects: dict[str, _Mentions] = field(default_factory=lambda: defaultdict(list))
    accounts: dict[str, _Mentions] = field(default_factory=lambda: defaultdict(list))
    milestones: dict[tuple[str, str], _Mentions] = field(default_factory=lambda: defaultdict(list))
    blueprints: dict[str, dict[str, _Mentions]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    """By project, then by name."""
    bugs: dict[str, dict[int, _Mentions]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    """By project, then by number."""
    new_blueprints: set[tuple[str, str]] = field(default_factory=set)
    """Project and name of those that a sync will register."""


def check_names(repository: Repository, connect: Callable[[], Gateway], report: Callable[[str], None]) -> None:
    """Ask Launchpad for each name that the files without errors have, once, and add what it lacks to their problems.

    A Launchpad that gives no answer is one warning, and what was found until then stays. Raises TrackerError when the
    service is not one that can be asked.
    """
    named = _collect(repository)
    try:
        _Asking(repository, connect(), report).ask(named)
    except TrackerError as error:
        if error.exit_code is not ExitCode.LAUNCHPAD:
            raise
        said = f"{error.message}: {error.details}" if error.details else error.message
        finding = Finding(("service",), "R101", f"names were not all looked for: {said}", error.remedy)
        repository.report(repository.settings_document, [finding])


class _Asking:
    """One round of questions, one request for each name; the tag's search and lists of blueprints save some."""

    def __init__(self, repository: Repository, gateway: Gateway, report: Callable[[str], None]) -> None:
        self._repository = repository
        self._gateway = gateway
        self._report = report
        self._login = "; what is private shows to an account: `tracker login`" if gateway.is_anonymous else ""

    def ask(self, named: _Named) -> None:
        self._ask_projects(named)
        self._ask_accounts(named)
        self._ask_milestones(named)
        self._ask_blueprints(named)
        self._ask_bugs(named)

    def _tell(self, mentions: _Mentions, rule: str, message: str, remedy: str) -> None:
        # A default project is named by one line for every action.
        for mention in {(id(one.document), one.place): one for one in mentions}.values():
            self._repository.report(mention.document, [Finding(mention.place, rule, message, remedy)])

    def _ask_projects(self, named: _Named) -> None:
        """Look for projects, and leave out what is named of those that are not there."""
        for project, mentions in named.projects.items():
            self._report(f"looking for project {project}")
            present = self._gateway.find_project(project)
            if present == project:
                continue
            if present is None:
                message, remedy = f'Launchpad shows no project "{project}"', f"correct its name{self._login}"
            else:
                message, remedy = f'project "{project}" is called "{present}" now', f'write "{present}"'
            self._tell(mentions, "R102", message, remedy)
            named.blueprints.pop(project, None)
            named.bugs.pop(project, None)
            for pair in [pair for pair in named.milestones if pair[0] == project]:
                del named.milestones[pair]

    def _ask_accounts(self, named: _Named) -> None:
        for account, mentions in named.accounts.items():
            self._report(f"looking for account {account}")
            present = self._gateway.find_account(account)
            if present is None:
                message = f'Launchpad has no account "{account}"'
                remedy = f"correct its name; it may have been renamed, or merged into another{self._login}"
                self._tell(mentions, "R103", message, remedy)
            elif present != account:
                message = f'account "{account}" is called "{present}" now'
                self._tell(mentions, "R103", message, f'write "{present}"')

    def _ask_milestones(self, named: _Named) -> None:
        for (project, milestone), mentions in named.milestones.items():
            self._report(f"looking for milestone {milestone} of {project}")
            if not self._gateway.has_milestone(project, milestone):
                message = f'project "{project}" has no milestone "{milestone}"'
                self._tell(mentions, "R104", message, "write one of the project's milestones, or leave it out")

    def _ask_blueprints(self, named: _Named) -> None:
        for project, mentioned in named.blueprints.items():
            names = {name: mentioned[name] for name in mentioned if (project, name) not in named.new_blueprints}
            self._report(f"looking for {len(names)} blueprints of {project}")
            for name, blueprint in self._gateway.read_blueprints(project, names).items():
                if blueprint is None:
                    message = f'Launchpad shows no blueprint "{name}" of project "{project}"'
                    self._tell(names[name], "R105", message, f"correct its name or its project{self._login}")

    def _ask_bugs(self, named: _Named) -> None:
        settings = self._repository.settings
        for project, numbers in named.bugs.items():
            self._report(f"looking for {len(numbers)} bugs of {project}")
            seen: set[int] = set()
            if settings is not None and len(numbers) > 1:
                seen = {task.bug for task in self._gateway.search(project, settings.tag)}
            for number in sorted(set(numbers) - seen):
                match self._gateway.fetch_task(project, number):
                    case Invisible():
                        message = f"Launchpad shows no bug {number}"
                        self._tell(numbers[number], "R106", message, f"correct the number{self._login}")
                    case Elsewhere(address=address):
                        link = parse_bug_link(address)
                        other = link.project if link else None
                        where = f'but of "{other}"' if other else "but of another"
                        remedy = f"give the action `project: {other}`" if other else "give the action its project"
                        message = f'bug {number} is not one of project "{project}", {where}'
                        self._tell(numbers[number], "R107", message, f"{remedy}, or correct the number")


def _collect(repository: Repository) -> _Named:
    named = _Named()
    if repository.settings is not None and repository.settings.project:
        named.projects[repository.settings.project].append(_Mention(repository.settings_document, ("project",)))
    if repository.people is not None and repository.people_document is not None:
        for key, person in repository.people.entries.items():
            if person.account:
                place: Place = ("teams" if person.is_team else "people", key, "launchpad")
                named.accounts[person.account].append(_Mention(repository.people_document, place))
    for file in repository.files:
        _collect_recap(file, repository.settings_document, named)
    return named


def _collect_recap(file: RecapFile, settings_document: Document, named: _Named) -> None:
    recap, document = file.recap, file.document
    if recap is None:
        return
    default = _Mention(document, ("project",))
    if document.node(("project",)) is None:
        default = _Mention(settings_document, ("project",))
    named.projects[recap.project].append(default)
    for place in (("author",), *(("actions", index, key) for index in range(len(recap.actions)) for key in _PEOPLE)):
        for account, where in _bare_accounts(document, place):
            named.accounts[account].append(_Mention(document, where))
    for index, action in enumerate(recap.actions):
        place = ("actions", index)
        own = document.node((*place, "project")) is not None
        named.projects[action.project].append(_Mention(document, (*place, "project")) if own else default)
        _collect_action(action, document, place, named)


def _collect_action(action: Action, document: Document, place: Place, named: _Named) -> None:
    if action.milestone:
        pair = (action.project, action.milestone)
        named.milestones[pair].append(_Mention(document, (*place, "milestone")))
    match action.target:
        case BugTarget(number=int() as number):
            named.bugs[action.project][number].append(_Mention(document, (*place, "bug")))
        case BlueprintTarget(name, create=True):
            named.new_blueprints.add((action.project, name))
        case BlueprintTarget(name):
            named.blueprints[action.project][name].append(_Mention(document, (*place, "blueprint")))
        case WorkItemTarget(name):
            named.blueprints[action.project][name].append(_Mention(document, (*place, "work_item")))


def _bare_accounts(document: Document, place: Place) -> Iterator[tuple[str, Place]]:
    """Yield the accounts that are named as `~account`, and where."""
    node = document.node(place)
    if isinstance(node, Scalar):
        name = node.text.strip()
        if name.startswith("~"):
            yield name[1:].removesuffix("?").rstrip().casefold(), place
    elif isinstance(node, Sequence):
        for index in range(len(node.items)):
            yield from _bare_accounts(document, (*place, index))
