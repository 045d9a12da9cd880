"""The set of all blueprints: how one is registered."""

from collections.abc import Callable
from typing import Any

from zope.interface import implementer

from tracker.sandbox import words
from tracker.sandbox.access import visit
from tracker.sandbox.specification_interfaces import ISpecifications
from tracker.sandbox.specifications import Specification, check_target, check_url
from tracker.sandbox.store import IPublished, Rows, Store


class NoneError(Exception):
    """What an anonymous createSpecification ends in: 500, never 401 (seen on Launchpad, July 2025)."""


class UniqueViolation(Exception):  # noqa: N818 (a server error is answered with its name)
    """What a second blueprint of a name ends in: nothing looks before the database does (seen, July 2025)."""


def register_specification(store: Store, owner: Any, target: Any, name: str, **values: object) -> Specification:
    """Register a blueprint; unlike a bug, nobody follows it for that."""
    if store.value("SELECT 1 FROM specification WHERE project = ? AND name = ?", target, name):
        raise UniqueViolation
    number = store.insert("specification", project=target, name=name, owner=owner, date_created=store.now(), **values)
    found: Specification = store.get("specification", number)
    return found


@implementer(ISpecifications, IPublished)
class Specifications:
    """All blueprints.

    The service says that they are at its root, where nothing can be created: 405. They are at `/specs` (seen on
    Launchpad, July 2025).
    """

    path = ""

    def __init__(self, store: Store) -> None:
        self._store = store

    def child(self, name: str, more: Callable[[], str | None]) -> None:
        """Find nothing: blueprints are published in their projects."""
        del name, more

    def nothing(self) -> Rows:
        """Return what a plain GET of the set lists."""
        return Rows(self._store, "specification", [])

    def check_name(self, name: str) -> None:
        """Refuse no name: which are in use depends on the project, which is not known here."""

    def check_url(self, url: str) -> None:
        """Refuse the address of another blueprint's text."""
        check_url(self._store, url)

    def create_specification(
        self,
        *,
        target: Any,
        name: str,
        title: str,
        summary: str,
        specurl: str | None = None,
        definition_status: Any = None,
        assignee: Any = None,
        drafter: Any = None,
        whiteboard: str | None = None,
    ) -> Specification:
        """Register a blueprint for the person who asks, even by a token that only reads.

        Raises what Launchpad fails with, for no person, an ending definition, a series, a name in use (seen, July
        2025).
        """
        person = visit().person
        if person is None:
            raise NoneError
        status = "New" if definition_status is None else definition_status.title
        if status in words.ENDING_DEFINITIONS:
            raise AssertionError
        check_target(target)
        return register_specification(
            self._store,
            person,
            target,
            name,
            title=title,
            summary=summary,
            specurl=specurl,
            definition_status=status,
            assignee=assignee,
            drafter=drafter,
            whiteboard=whiteboard,
        )
