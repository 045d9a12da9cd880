"""Who asks, and what they may do; the one place that words a refusal.

Launchpad refuses with 401 both a bad token and a missing right, as plain text and without a WWW-Authenticate
header (seen in July 2025); what is invisible is absent, 404.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from lazr.restful.declarations import error_status
from zope.security.interfaces import Unauthorized

from tracker.sandbox.store import Record, Store

ADMINS = "admins"
"""The team whose members may do everything."""


class AccessLevel(StrEnum):
    """What the owner of a token let its holder do."""

    READ_PUBLIC = "READ_PUBLIC"
    WRITE_PUBLIC = "WRITE_PUBLIC"
    READ_PRIVATE = "READ_PRIVATE"
    WRITE_PRIVATE = "WRITE_PRIVATE"
    DESKTOP_INTEGRATION = "DESKTOP_INTEGRATION"

    @property
    def writes(self) -> bool:
        """Whether permissions to change something come with it."""
        return self not in (AccessLevel.READ_PUBLIC, AccessLevel.READ_PRIVATE)

    @property
    def sees_private(self) -> bool:
        """Whether private bugs exist for it."""
        return self not in (AccessLevel.READ_PUBLIC, AccessLevel.WRITE_PUBLIC)


class Someone(Protocol):
    """What access needs to know of a person."""

    store: Store

    @property
    def id(self) -> int:
        """The person's row."""


@dataclass(frozen=True)
class Visit:
    """One request: who makes it (nobody, when anonymous), with what token, and under which address."""

    store: Store
    root: str
    person: Any = None
    level: AccessLevel = AccessLevel.READ_PUBLIC


_visit: ContextVar[Visit] = ContextVar("visit")


def visit() -> Visit:
    """Return the request that is being answered."""
    return _visit.get()


@contextmanager
def visiting(one: Visit) -> Iterator[None]:
    """Answer a request."""
    token = _visit.set(one)
    try:
        yield
    finally:
        _visit.reset(token)


def identify(person: Any, level: AccessLevel) -> None:
    """Put down who makes the present request, once the token is known to be good."""
    present = visit()
    _visit.set(Visit(present.store, present.root, person, level))


@error_status(410)
class GoneError(Exception):
    """A suspended account."""


@error_status(400)
class RefusedError(Exception):
    """A request that makes no sense, answered with its text."""


def refusal(text: str) -> Exception:
    """Return the exception that answers 401 with a text."""
    return Unauthorized(text)  # type: ignore[no-any-return]


def require(permission: str, record: Record, name: str, *, allowed: bool = True) -> Any:
    """Return the person who asks, or refuse the permission to change `name` of a record.

    Nobody gets a permission to write anonymously or by a token that only reads.
    """
    present = visit()
    if present.person is None or not present.level.writes or not allowed:
        raise refusal(f"({record!r}, {name!r}, 'launchpad.{permission}')")
    return present.person


def is_in(person: Someone | None, team: Someone | None) -> bool:
    """Tell whether a person is a team, or is in it, directly or through other teams."""
    if person is None or team is None:
        return False
    return person.id == team.id or team.id in team_ids(person)


def team_ids(person: Someone) -> list[int]:
    """Return the rows of all teams that a person is in, directly or through other teams."""
    found = person.store.rows(
        "WITH RECURSIVE over(id) AS (SELECT team FROM membership WHERE member = ?"
        " UNION SELECT team FROM membership JOIN over ON member = over.id) SELECT id FROM over",
        person.id,
    )
    return [row["id"] for row in found]


def is_admin(person: Someone | None) -> bool:
    """Tell whether a person is one of Launchpad's administrators."""
    return person is not None and is_in(person, person.store.find("person", "name = ?", ADMINS))


def drives(person: Someone | None, target: Any) -> bool:
    """Tell whether a person owns or drives a project, drives a series of it, or is an administrator."""
    pillar = target.pillar
    return is_admin(person) or any(is_in(person, role) for role in (pillar.owner, pillar.driver, target.driver))


def supervises(person: Someone | None, target: Any) -> bool:
    """Tell whether a person has bug supervisor rights: who drives a project or series, or supervises its bugs."""
    return drives(person, target) or is_in(person, target.pillar.bug_supervisor)
