"""The set of all bugs: how they are filed, found by number or nickname, and searched."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from zope.interface import implementer

from tracker.sandbox import words
from tracker.sandbox.access import RefusedError, visit
from tracker.sandbox.bug_interfaces import IBugs
from tracker.sandbox.bugs import Bug
from tracker.sandbox.messages import add_message
from tracker.sandbox.search import search_tasks
from tracker.sandbox.store import IPublished, Rows, Store
from tracker.sandbox.subscriptions import subscribe
from tracker.sandbox.tasks import add_task
from tracker.sandbox.visibility import sees


class NoStoreError(Exception):
    """What an anonymous createBug ends in: 500, never 401 (seen on Launchpad, July 2025)."""


def file_bug(
    store: Store,
    owner: Any,
    target: Any,
    title: str,
    description: str,
    *,
    number: int | None = None,
    tags: Sequence[str] = (),
    information_type: str = "Public",
    task: Mapping[str, object] | None = None,
) -> Bug:
    """File a bug: its description is the first message, and its reporter follows it."""
    now = store.now()
    hidden = information_type not in words.PUBLIC_TYPES
    values: dict[str, object] = {} if number is None else {"id": number}
    row = store.insert(
        "bug",
        **values,
        title=title,
        description=description,
        owner=owner,
        information_type=information_type,
        date_created=now,
        date_last_updated=now,
        date_made_private=now if hidden else None,
        who_made_private=owner if hidden else None,
    )
    bug: Bug = store.get("bug", row)
    bug.set_tags(tags)
    add_task(bug, target, owner, **(task or {}))
    add_message(bug, owner, description, title)
    bug.write(date_last_updated=now)
    subscribe(bug, owner, owner)
    return bug


@implementer(IBugs, IPublished)
class Bugs:
    """All bugs."""

    path = "bugs"

    def __init__(self, store: Store) -> None:
        self._store = store

    def child(self, name: str, more: Callable[[], str | None]) -> Any:
        """Find a bug by number or nickname; one that the person may not see is absent."""
        del more
        where = "id = ?" if name.isdecimal() else "name = ?"
        bug = self._store.find("bug", where, name)
        return bug if bug is not None and sees(self._store, bug.id) else None

    def nothing(self) -> Rows:
        """Return what a plain GET of the set lists."""
        return Rows(self._store, "bug", [])

    def create_bug(
        self,
        *,
        target: Any,
        title: str,
        description: str,
        tags: Sequence[str] | None = None,
        information_type: Any = None,
        private: bool | None = None,
        security_related: bool | None = None,
    ) -> Bug:
        """File a bug for the person who asks, even by a token that only reads (seen on Launchpad, July 2025).

        Raises RefusedError for a series, and for a type that the project does not have (source).
        """
        person = visit().person
        if person is None:
            raise NoStoreError
        if target.pillar is not target:
            raise RefusedError(
                "Can't create a bug on a series. Create it with a non-series task instead,"
                " and target it to the series afterwards."
            )
        kind = words.information_type(private=bool(private), security=bool(security_related))
        if information_type is not None:
            kind = information_type.title
        if kind not in words.ALLOWED_TYPES:
            raise RefusedError(f"{target.display_name} doesn't allow {kind} bugs.")
        return file_bug(
            self._store,
            person,
            target,
            title,
            description,
            tags=tags or (),
            information_type=kind,
        )

    def search_tasks(self, **parameters: Any) -> Rows:
        """Find bug tasks of all projects: the search that also finds retargeted ones."""
        return search_tasks(self._store, **parameters)
