"""Read what deciding needs from Launchpad, in as few requests as it takes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from tracker.launchpad.gateway import Gateway
from tracker.launchpad.searches import NoProjectError
from tracker.launchpad.snapshots import BugSnapshot, TaskAnswer, TaskSnapshot
from tracker.recap.model import BugTarget, Recap
from tracker.recap.people import People
from tracker.sync import brakes
from tracker.sync.entries import Entries, Entry
from tracker.sync.gather_blueprints import gather_blueprints
from tracker.sync.identity import read_identity
from tracker.sync.plan import Observed

Report = Callable[[str], None]


def gather(
    gateway: Gateway,
    recaps: Iterable[Recap],
    base: Mapping[str, Entries],
    people: People,
    tag: str,
    report: Report = lambda _text: None,
    *,
    missing: float,
) -> Observed:
    """Read the tasks and blueprints of all tracked actions.

    One search a project by the repository's tag. Read alone are only bugs that the search should have shown and
    did not, bugs it showed that no recap and no base knows, which may carry an action's identity, and the bug of
    an action that another one names too.

    `missing` is the share of a project's known bugs that its search may leave out; above it an answer is taken for
    one that came short. Raises the brake's TrackerError then, before any bug is read alone.
    """
    recaps = list(recaps)
    tracked = list(_tracked(recaps, base, tag))
    numbers = {action.number for action in tracked} | _remembered(base)
    tasks: dict[tuple[str, int], TaskAnswer] = {}
    bugs: dict[int, BugSnapshot] = {}
    absent: dict[str, str] = {}
    for project in sorted({action.project for action in tracked}):
        report(f"reading {project}")
        try:
            found = gateway.search(project, tag)
        except NoProjectError as error:
            absent[project] = error.message
            continue
        shown = {task.bug for task in found}
        if brake := brakes.find_missing(project, _tagged(tracked, project), shown, missing):
            raise brakes.brake_error([brake])
        if any(action.project == project and action.number is None for action in tracked):
            # A bug that names an action to be created for may have become private meanwhile.
            found += [task for task in gateway.search(project, tag, private=True) if task.bug not in numbers]
        for task in found:
            tasks[project, task.bug] = task
            if task.bug not in numbers:
                _read_bug(gateway, task.bug, bugs)
    named = {read_identity(bug.description) for bug in bugs.values()}
    for action in tracked:
        if action.number is None or action.project in absent:
            continue
        if (action.project, action.number) not in tasks:
            report(f"reading bug {action.number}")
            _read_alone(gateway, action.project, action.number, tasks, bugs)
        elif action.news or action.full_ids & named:
            _read_bug(gateway, action.number, bugs)  # is it the tracker's, too?
    refused = any(entry.refused for entries in base.values() for entry in entries.values())
    observed = gather_blueprints(gateway, recaps, base, people, report)
    return replace(
        observed,
        tasks=tasks,
        bugs=bugs,
        absent_projects={**observed.absent_projects, **absent},
        account=gateway.account if refused else None,
    )


def _read_alone(
    gateway: Gateway,
    project: str,
    number: int,
    tasks: dict[tuple[str, int], TaskAnswer],
    bugs: dict[int, BugSnapshot],
) -> None:
    """Read a bug that the search did not show: without the tag, a duplicate, moved, or private."""
    answer = gateway.fetch_task(project, number)
    tasks[project, number] = answer
    if not isinstance(answer, TaskSnapshot):
        return
    bug = _read_bug(gateway, number, bugs)
    if bug is not None and bug.duplicate_of is not None and (project, bug.duplicate_of) not in tasks:
        tasks[project, bug.duplicate_of] = gateway.fetch_task(project, bug.duplicate_of)
        _read_bug(gateway, bug.duplicate_of, bugs)


def _read_bug(gateway: Gateway, number: int, bugs: dict[int, BugSnapshot]) -> BugSnapshot | None:
    bug = bugs.get(number) or gateway.fetch_bug(number)
    if bug is not None:
        bugs[number] = bug
    return bug


@dataclass(frozen=True, slots=True)
class _Tracked:
    """An action that has a bug, or is to get one."""

    project: str
    number: int | None
    full_ids: frozenset[str]
    news: bool
    """Whether the base does not know the bug as this action's, so that only its description tells who made it."""
    tagged: bool
    """Whether the base knows that this bug had the repository's tag."""


def _tracked(recaps: Iterable[Recap], base: Mapping[str, Entries], tag: str) -> Iterator[_Tracked]:
    for recap in recaps:
        entries = base.get(recap.id, {})
        for action in recap.actions:
            if isinstance(action.target, BugTarget):
                known = entries.get(action.id, Entry(action.id))
                number = action.target.number or known.bug
                own = (f"{recap.id}#{one}" for one in (action.id, *action.previously))
                yield _Tracked(
                    action.project,
                    number,
                    frozenset({*own, *known.formerly}),
                    news=known.creating is not None or known.bug != number,
                    tagged=known.bug == number and tag in known.tags,
                )


def _tagged(tracked: Iterable[_Tracked], project: str) -> set[int]:
    return {
        action.number
        for action in tracked
        if action.project == project and action.tagged and action.number is not None
    }


def _remembered(base: Mapping[str, Entries]) -> set[int | None]:
    return {entry.bug for entries in base.values() for entry in entries.values()}
