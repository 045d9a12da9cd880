"""People and teams, and the set that finds them."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from zope.interface import implementer

from tracker.sandbox import words
from tracker.sandbox.access import GoneError, RefusedError, is_admin, is_in, refusal, require, visit
from tracker.sandbox.conditions import Conditions
from tracker.sandbox.interfaces import IIrcNickname, IPeople, IPerson, ITeam
from tracker.sandbox.search import search_tasks
from tracker.sandbox.specification_lists import list_specifications
from tracker.sandbox.store import Column, IPublished, Link, Record, Redirect, Rows, Store, flag, moment, word


@implementer(IPerson)
class Person(Record, table="person"):
    """A person, or a team, which is a person on Launchpad, too."""

    name: Column[str] = Column()
    display_name: Column[str] = Column()
    is_team = flag()
    karma: Column[int] = Column()
    account_status = word(words.ACCOUNT_STATUS)
    date_created = moment()
    visibility = word(words.VISIBILITY)

    @classmethod
    def of_row(cls, store: Store, row: Mapping[str, Any]) -> "Person":
        """Return a person or a team, as the row says."""
        return Team(store, row) if row["is_team"] else Person(store, row)

    @property
    def path(self) -> str:
        """The address below the service root; that of a private team is a secret, and links to it read redacted."""
        if not self.is_seen:
            raise refusal(f"({self!r}, 'name', 'launchpad.LimitedView')")
        return f"~{self.name}"

    @property
    def private(self) -> bool:
        """Whether only some see it: a team may be private."""
        return bool(self.row["visibility"] == "Private")

    @property
    def is_seen(self) -> bool:
        """Whether it exists for the person who asks: of a private team for its members and owner alone."""
        if not self.private:
            return True
        present = visit()
        owner = self.store.get("person", self.row["owner"])
        seen = is_in(present.person, self) or is_in(present.person, owner) or is_admin(present.person)
        return present.level.sees_private and seen

    @property
    def is_valid(self) -> bool:
        """Whether the account can be given work: active, with an address; a team always is valid."""
        address = self.store.value("SELECT address FROM email WHERE person = ?", self)
        return bool(self.is_team) or (self.account_status.title == "Active" and address is not None)

    @property
    def irc_nicknames(self) -> Rows:
        """The names on IRC, which no search finds."""
        found = self.store.rows("SELECT id FROM irc_nickname WHERE person = ? ORDER BY id", self)
        return Rows(self.store, "irc_nickname", [row["id"] for row in found])

    @property
    def super_teams(self) -> Rows:
        """The teams that this is in directly."""
        return self._members("SELECT team FROM membership JOIN person ON id = team WHERE member = ?")

    @property
    def members(self) -> Rows:
        """The direct members: none, for a person."""
        return self._members("SELECT member FROM membership JOIN person ON id = member WHERE team = ?")

    @property
    def participants(self) -> Rows:
        """The people and teams below a team, on any level."""
        return self._members(
            "SELECT person.id FROM person JOIN (WITH RECURSIVE under(id) AS (SELECT member FROM membership"
            " WHERE team = ? UNION SELECT member FROM membership JOIN under ON team = under.id)"
            " SELECT id FROM under) AS found ON found.id = person.id WHERE 1"
        )

    def _members(self, sql: str) -> Rows:
        found = self.store.rows(f"{sql} ORDER BY display_name, name", self)
        return Rows(self.store, "person", [row[0] for row in found])

    @property
    def all_specifications(self) -> Rows:
        """The blueprints in which this person has a part."""
        return self._specifications(valid=False)

    @property
    def valid_specifications(self) -> Rows:
        """Those of them that somebody still has to work on."""
        return self._specifications(valid=True)

    def _specifications(self, *, valid: bool) -> Rows:
        scope = (
            "? IN (owner, assignee, drafter, approver) OR EXISTS (SELECT 1 FROM specification_subscription AS mine"
            " WHERE mine.specification = specification.id AND mine.person = ?)"
        )
        return list_specifications(self.store, scope, self, self, valid=valid)

    def child(self, name: str, more: Callable[[], str | None]) -> Any:
        """Find an IRC nickname."""
        if name != "+ircnick":
            return None
        nickname = more()
        return self.store.find("irc_nickname", "person = ? AND id = ?", self, nickname)

    def before_change(self, name: str) -> None:
        """Let people change themselves, and owners their team."""
        person = visit().person
        allowed = is_in(person, self.store.get("person", self.row["owner"] or self.id)) or is_admin(person)
        require("Edit", self, name, allowed=allowed)

    def set_account_status(self, status: Any, comment: str) -> None:
        """Suspend an account, say; for administrators."""
        del comment
        require("Moderate", self, "setAccountStatus", allowed=is_admin(visit().person))
        self.write(account_status=status)

    def search_tasks(self, **parameters: Any) -> Rows:
        """Find the tasks that are assigned to, reported, commented or subscribed by this person."""
        scope = (
            "? IN (task.assignee, task.owner, bug.owner)"
            " OR EXISTS (SELECT 1 FROM message WHERE bug = bug.id AND message.owner = ?)"
            " OR EXISTS (SELECT 1 FROM subscription WHERE bug = bug.id AND person = ?)"
        )
        return search_tasks(self.store, scope, [self, self, self], **parameters)


@implementer(ITeam)
class Team(Person):
    """A team."""

    team_owner = Link("person", "owner")
    membership_policy = word(words.MEMBERSHIP_POLICY)


@implementer(IIrcNickname)
class IrcNickname(Record, table="irc_nickname"):
    """A name on an IRC network."""

    person = Link("person")
    network: Column[str] = Column()
    nickname: Column[str] = Column()

    @property
    def path(self) -> str:
        """The address below the service root."""
        return f"{self.person.path}/+ircnick/{self.id}"

    def before_change(self, name: str) -> None:
        """Let people change what they are called."""
        self.person.before_change(name)


def find_account(store: Store, name: str) -> Any:
    """Find what `~name` leads to: a person or team, another address, or nothing.

    Names are lower case, others lead there by 301; a merged account is gone without a trace, a suspended one is
    410 (Launchpad's source).
    """
    if name != name.lower():
        return Redirect(f"~{name.lower()}")
    person = store.find("person", "name = ? AND merged IS NULL", name)
    if person is not None and person.account_status.title == "Suspended" and not is_admin(visit().person):
        raise GoneError(f"User is suspended: {name}")
    return person if person is not None and person.is_seen else None


@implementer(IPeople, IPublished)
class People:
    """All people and teams."""

    path = "people"

    def __init__(self, store: Store) -> None:
        self._store = store

    def child(self, name: str, more: Callable[[], str | None]) -> Any:
        """Find `people/+me`, which leads to the person who asks."""
        del more
        if name != "+me":
            return None
        if visit().person is None:
            raise refusal("You need to be logged in to view this URL.")
        return Redirect(visit().person.path, 303)

    def everybody(self) -> Rows:
        """Return all active people and teams."""
        return self._search(Conditions())

    def get_by_email(self, email: str) -> Any:
        """Find the account with an address, whatever its case."""
        if "@" not in email:
            raise RefusedError(f"email: Invalid email '{email}'.")
        person = self._store.value("SELECT person FROM email WHERE address = ?", email)
        return self._store.get("person", person)

    def find(self, text: str) -> Rows:
        """Find people and teams by words of name and display name, or the start of an address."""
        return self._search(Conditions(), text) if text else Rows(self._store, "person", [])

    def find_person(self, text: str, created_after: Any = None, created_before: Any = None) -> Rows:
        """Find people; everybody, for an empty text."""
        conditions = Conditions()
        conditions.add("NOT is_team")
        if created_after is not None:
            conditions.add("date_created > ?", created_after)
        if created_before is not None:
            conditions.add("date_created < ?", created_before)
        return self._search(conditions, text)

    def find_team(self, text: str) -> Rows:
        """Find teams."""
        conditions = Conditions()
        conditions.add("is_team")
        return self._search(conditions, text)

    def _search(self, conditions: Conditions, text: str = "") -> Rows:
        conditions.add("merged IS NULL AND account_status = 'Active'")
        found = self._store.select("person", f"{conditions.text} ORDER BY display_name, name", *conditions.values)
        if text:
            found = self._matching(found, text)
        return Rows(self._store, "person", [person.id for person in found if person.is_seen])

    def _matching(self, people: Iterable[Any], text: str) -> list[Any]:
        """Return those who have all words of a text in name and display name, or an address that begins with it.

        The words are whole ones, since Launchpad asks PostgreSQL's full-text search (source), which takes other forms
        of an English word for the same; the sandbox does not.
        """
        addressed = {
            row["person"]
            for row in self._store.rows("SELECT person FROM email WHERE instr(lower(address), ?) = 1", text.lower())
        }
        wanted = _words(text)
        return [
            person
            for person in people
            if person.id in addressed or (wanted and wanted <= _words(f"{person.name} {person.display_name}"))
        ]


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))
