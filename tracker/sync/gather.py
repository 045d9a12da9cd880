"""Read what deciding needs from Launchpad, in as few requests as it takes."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from tracker.launchpad.gateway import Gateway
from tracker.launchpad.snapshots import BugSnapshot, TaskAnswer, TaskSnapshot
from tracker.recap.model import BugTarget, Recap
from tracker.sync.base import Entries
from tracker.sync.plan import Observed

Report = Callable[[str], None]


def gather(
    gateway: Gateway,
    recaps: Iterable[Recap],
    base: Mapping[str, Entries],
    tag: str,
    report: Report = lambda _text: None,
) -> Observed:
    """Read the tasks of all tracked actions.

    One search a project by the repository's tag. Read alone are only bugs that the search should have shown and
    did not, and bugs it showed that no recap and no base knows: those may carry an action's identity.
    """
    tracked = list(_tracked(recaps, base))
    numbers = {number for _, number in tracked} | _remembered(base)
    tasks: dict[tuple[str, int], TaskAnswer] = {}
    bugs: dict[int, BugSnapshot] = {}
    for project in sorted({project for project, _ in tracked}):
        report(f"reading {project}")
        for task in gateway.search(project, tag):
            tasks[project, task.bug] = task
            if task.bug not in numbers:
                _read_bug(gateway, task.bug, bugs)
    for project, number in tracked:
        if number is not None and (project, number) not in tasks:
            report(f"reading bug {number}")
            _read_alone(gateway, project, number, tasks, bugs)
    refused = any(entry.refused for entries in base.values() for entry in entries.values())
    return Observed(tasks, bugs, gateway.account if refused else None)


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


def _tracked(recaps: Iterable[Recap], base: Mapping[str, Entries]) -> Iterator[tuple[str, int | None]]:
    """Yield project and number of every action that has a bug, or is to get one."""
    for recap in recaps:
        entries = base.get(recap.id, {})
        for action in recap.actions:
            if isinstance(action.target, BugTarget):
                known = entries.get(action.id)
                yield action.project, action.target.number or (known.bug if known else None)


def _remembered(base: Mapping[str, Entries]) -> set[int | None]:
    return {entry.bug for entries in base.values() for entry in entries.values()}
