"""Accounts that were renamed or merged on Launchpad, while people.yaml still has the old name."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from tracker.launchpad.gateway import Gateway
from tracker.launchpad.snapshots import TaskSnapshot
from tracker.launchpad.workitems import read_items
from tracker.recap.model import Recap
from tracker.recap.people import People
from tracker.sync.entries import Entries, Entry
from tracker.sync.plan import Observed
from tracker.sync.things import Kind, Thing, Trace, bug


def find_gone_accounts(
    gateway: Gateway, recaps: Iterable[Recap], base: Mapping[str, Entries], observed: Observed, people: People
) -> dict[str, str | None]:
    """Return the former assignees whom Launchpad does not have any more, and their names now if it says so.

    Every bug of an account that is renamed or merged shows the other name, as if somebody had been assigned. So an
    account of people.yaml in whose place stands one that people.yaml lacks is asked for: one request for each.
    """
    present = {old: gateway.find_account(old) for old in sorted(set(_replaced(recaps, base, observed, people)))}
    return {old: name for old, name in present.items() if name != old}


def _replaced(
    recaps: Iterable[Recap], base: Mapping[str, Entries], observed: Observed, people: People
) -> Iterator[str]:
    known = {person.account for person in people.entries.values()}
    assigned = dict(_assigned(observed))
    for recap in recaps:
        for action in recap.actions:
            entry = base.get(recap.id, {}).get(action.id, Entry(action.id))
            agreed = entry.fields.get("lead")
            old = agreed.launchpad if agreed else None
            new = assigned.get((action.project, entry.trace))
            if old in known and old is not None and new is not None and new != old and new not in known:
                yield old


def _assigned(observed: Observed) -> Iterator[tuple[tuple[str, Trace | None], str | None]]:
    """Yield who is assigned to each thing that Launchpad showed, by project: a bug has a task in each."""
    for task in observed.tasks.values():
        if isinstance(task, TaskSnapshot):
            yield (task.project, (bug(task.bug), None)), task.assignee
    for name, blueprint in observed.blueprints.items():
        if blueprint is None:
            continue
        yield (blueprint.project, (Thing(Kind.BLUEPRINT, name), None)), blueprint.assignee
        with suppress(ValueError):  # it is told where the lines are looked for
            for item in read_items(blueprint.work_items):
                yield (blueprint.project, (Thing(Kind.WORK_ITEM, name), item.title.strip())), item.assignee
