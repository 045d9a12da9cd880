"""Accounts that were renamed or merged on Launchpad, while people.yaml still has the old name."""

from collections.abc import Iterable, Iterator, Mapping

from tracker.launchpad.gateway import Gateway
from tracker.launchpad.snapshots import TaskSnapshot
from tracker.recap.model import Recap
from tracker.recap.people import People
from tracker.sync.entries import Entries
from tracker.sync.plan import Observed


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
    tasks = [task for task in observed.tasks.values() if isinstance(task, TaskSnapshot)]
    assigned = {task.bug: task.assignee for task in tasks}
    for recap in recaps:
        for entry in base.get(recap.id, {}).values():
            agreed = entry.fields.get("lead")
            old = agreed.launchpad if agreed else None
            new = assigned.get(entry.bug or 0)
            if old in known and old is not None and new is not None and new != old and new not in known:
                yield old
