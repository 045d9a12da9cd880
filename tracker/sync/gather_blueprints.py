"""Read the blueprints that actions are tracked as, or among whose work items they are."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from tracker.launchpad.gateway import Gateway
from tracker.launchpad.searches import NoProjectError
from tracker.launchpad.snapshots import BlueprintSnapshot
from tracker.launchpad.workitems import read_items
from tracker.recap.model import Action, Recap, WorkItemTarget
from tracker.recap.people import People
from tracker.sync.decide_blueprint import wanted_name
from tracker.sync.entries import Entries
from tracker.sync.plan import Observed
from tracker.sync.things import Kind, thing_of


def gather_blueprints(
    gateway: Gateway,
    recaps: Iterable[Recap],
    base: Mapping[str, Entries],
    people: People,
    report: Callable[[str], None],
) -> Observed:
    """Read all blueprints that recaps name, a project after the other, and what their work items would newly name.

    A line that names an account or a milestone which Launchpad does not have makes it refuse all lines, so those that
    neither it nor the base has shown are asked for: one request for each name.
    """
    actions = [action for recap in recaps for action in recap.actions]
    names: dict[str, set[str]] = defaultdict(set)
    for action in actions:
        thing = thing_of(action)
        if thing is not None and thing.kind is not Kind.BUG:
            names[action.project].add(thing.name.partition("/")[2])
    blueprints: dict[str, BlueprintSnapshot | None] = {}
    absent: dict[str, str] = {}
    for project, wanted in sorted(names.items()):
        report(f"reading blueprints of {project}")
        try:
            found = gateway.read_blueprints(project, wanted)
        except NoProjectError as error:
            absent[project] = error.message
            continue
        blueprints |= {f"{project}/{name}": blueprint for name, blueprint in found.items()}
    known = {*_shown_names(blueprints.values()), *_agreed_names(recaps, base)}
    asked = {name for action in actions for name in _wanted_names(action, people)} - known
    missing = {name for name in sorted(asked) if not _is_there(gateway, name)}
    return Observed(blueprints=blueprints, absent_projects=absent, absent_names=frozenset(missing))


def _wanted_names(action: Action, people: People) -> Iterator[str]:
    """Yield the account and the milestone that an action's line is to name."""
    if not isinstance(action.target, WorkItemTarget):
        return
    lead = action.lead
    account = people.account_of(lead.key) if lead and not lead.tentative else None
    for field, value in (("lead", account), ("milestone", action.milestone)):
        if name := wanted_name(action, field, value):
            yield name


def _shown_names(blueprints: Iterable[BlueprintSnapshot | None]) -> Iterator[str]:
    for blueprint in blueprints:
        if blueprint is None:
            continue
        lines: list[tuple[str | None, str | None]] = [(blueprint.assignee, blueprint.milestone)]
        try:
            lines += [(item.assignee, item.milestone) for item in read_items(blueprint.work_items)]
        except ValueError:
            continue  # it will be told of where the line is looked for
        for assignee, milestone in lines:
            yield f"~{assignee}"
            yield f"{blueprint.project}/{milestone}"


def _agreed_names(recaps: Iterable[Recap], base: Mapping[str, Entries]) -> Iterator[str]:
    for recap in recaps:
        for action in recap.actions:
            entry = base.get(recap.id, {}).get(action.id)
            for field, agreed in entry.fields.items() if entry else ():
                if name := wanted_name(action, field, agreed.launchpad):
                    yield name


def _is_there(gateway: Gateway, name: str) -> bool:
    if name.startswith("~"):
        return gateway.find_account(name[1:]) == name[1:]
    project, _, milestone = name.partition("/")
    return gateway.has_milestone(project, milestone)
