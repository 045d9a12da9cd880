"""Bugs: what is reported, over all projects that it concerns."""

from collections.abc import Callable, Sequence
from typing import Any

from zope.interface import implementer

from tracker.sandbox import words
from tracker.sandbox.access import RefusedError, is_admin, require, supervises, visit
from tracker.sandbox.bug_interfaces import IBug
from tracker.sandbox.messages import add_message
from tracker.sandbox.nominations import add_nomination, can_be_nominated, nominations
from tracker.sandbox.store import Column, Link, Record, Rows, moment, word
from tracker.sandbox.subscriptions import find_subscription, hide, subscribe, unsubscribe
from tracker.sandbox.tasks import add_task, task_ids


@implementer(IBug)
class Bug(Record, table="bug"):
    """A report, over all projects that it concerns."""

    name: Column[str | None] = Column()
    title: Column[str] = Column()
    description: Column[str] = Column()
    owner = Link("person")
    information_type = word(words.INFORMATION_TYPE)
    lock_status = word(words.LOCK_STATUS)
    date_created = moment()
    date_last_updated = moment()
    date_last_message = moment()
    date_made_private = moment()
    who_made_private = Link("person")
    _duplicate_of = Link("bug", "duplicate_of")
    _lock_reason: Column[str | None] = Column(column="lock_reason")

    @property
    def path(self) -> str:
        """The address below the service root."""
        return f"bugs/{self.id}"

    @property
    def default_task(self) -> Any:
        """The task that stands for the bug where one is wanted."""
        return self.store.find("bug_task", "bug = ? ORDER BY id", self)

    # What may be changed.

    def check_edit(self, record: Record, name: str) -> None:
        """Refuse a change of the bug or of one of its tasks.

        Any logged-in person may change a bug that they see; a locked one only those with a role in one of its
        projects.
        """
        person = visit().person
        locked = self.row["lock_status"] != "Unlocked"
        require("Edit", record, name, allowed=not locked or self._has_role(person))

    def _has_role(self, person: Any) -> bool:
        tasks = self.store.select("bug_task", "bug = ?", self)
        return is_admin(person) or any(supervises(person, task.target) for task in tasks)

    def before_change(self, name: str) -> None:
        """Check the rights."""
        self.check_edit(self, name)

    def _require_role(self, name: str) -> None:
        require("Moderate", self, name, allowed=self._has_role(visit().person))

    def after_change(self, name: str) -> None:
        """Stamp the change."""
        del name
        self.touch()

    def touch(self) -> None:
        """Stamp the bug as changed now."""
        self.write(date_last_updated=self.store.now())

    @property
    def tags(self) -> list[str]:
        """The tags, sorted, each once."""
        return [row["tag"] for row in self.store.rows("SELECT tag FROM bug_tag WHERE bug = ? ORDER BY tag", self)]

    @tags.setter
    def tags(self, new: Sequence[str]) -> None:
        self.before_change("tags")
        self.set_tags(new)
        self.touch()

    def set_tags(self, new: Sequence[str]) -> None:
        """Replace the tags."""
        self.store.execute("DELETE FROM bug_tag WHERE bug = ?", self)
        for tag in set(new or ()):
            self.store.insert("bug_tag", bug=self, tag=tag)

    @property
    def private(self) -> bool:
        """Whether only some see it."""
        return self.row["information_type"] not in words.PUBLIC_TYPES

    @private.setter
    def private(self, new: bool) -> None:
        self.before_change("setPrivate")
        self._set_information_type(words.information_type(private=new, security=self.security_related))
        self.touch()

    @property
    def security_related(self) -> bool:
        """Whether it is about security."""
        return str(self.row["information_type"]).endswith("Security")

    @security_related.setter
    def security_related(self, new: bool) -> None:
        self.before_change("setSecurityRelated")
        self._set_information_type(words.information_type(private=self.private, security=new))
        self.touch()

    def transition_to_information_type(self, information_type: Any) -> bool:
        """Change who may see the bug, and tell whether that changes anything; no stamp shows it (source)."""
        self.before_change("transitionToInformationType")
        if self.row["information_type"] == information_type.title:
            return False
        if information_type.title not in words.ALLOWED_TYPES:
            raise RefusedError("Forbidden by project policy.")
        self._set_information_type(information_type.title)
        return True

    def _set_information_type(self, title: str) -> None:
        hidden, person = title not in words.PUBLIC_TYPES, visit().person
        if hidden and not self.private:
            hide(self, person)
        self.write(
            information_type=title,
            date_made_private=self.store.now() if hidden else None,
            who_made_private=person if hidden else None,
        )

    @property
    def duplicate_of(self) -> Any:
        """The bug that this one repeats."""
        return self._duplicate_of

    @duplicate_of.setter
    def duplicate_of(self, new: Any) -> None:
        """Mark as a duplicate; the bug's own duplicates follow it to the new master, unstamped (source)."""
        self.before_change("markAsDuplicate")
        if new is not None:
            self.store.execute("UPDATE bug SET duplicate_of = ? WHERE duplicate_of = ?", new, self)
        self.write(duplicate_of=new)
        self.touch()

    def check_choice(self, name: str, value: Any) -> bool:
        """Refuse a duplicate that is no bug of its own; Launchpad's text is escaped as for a page."""
        del name
        if value.id == self.id:
            raise RefusedError("\nYou can&#x27;t mark a bug as a duplicate of itself.")
        if value.duplicate_of is not None:
            raise RefusedError(
                f"\nBug {value.id} is already a duplicate of bug {value.duplicate_of.id}. You\n"
                "can only mark a bug report as duplicate of one that\nisn&#x27;t a duplicate itself.\n"
            )
        return True

    def check_name(self, nickname: str) -> None:
        """Refuse a nickname that another bug has: it is unique over all of Launchpad."""
        if self.store.value("SELECT id FROM bug WHERE name = ? AND id != ?", nickname, self) is not None:
            raise RefusedError(f"{nickname} is already in use by another bug.")

    # What is counted.

    @property
    def message_count(self) -> int:
        """The comments, and the description."""
        return int(self.store.value("SELECT count(*) FROM message WHERE bug = ?", self))

    @property
    def number_of_duplicates(self) -> int:
        """The bugs that repeat this one."""
        return int(self.store.value("SELECT count(*) FROM bug WHERE duplicate_of = ?", self))

    users_affected_count = 1
    users_unaffected_count = 0

    @property
    def users_affected_count_with_dupes(self) -> int:
        """The reporters of the bug and of its duplicates."""
        return int(self.store.value("SELECT count(DISTINCT owner) FROM bug WHERE ? IN (id, duplicate_of)", self))

    @property
    def other_users_affected_count_with_dupes(self) -> int:
        """The same without the person who asks: why the first half of a bug's ETag differs between people."""
        me = visit().person
        return int(
            self.store.value(
                "SELECT count(DISTINCT owner) FROM bug WHERE ? IN (id, duplicate_of) AND owner IS NOT ?",
                self,
                me,
            )
        )

    @property
    def heat(self) -> int:
        """How much the bug moves people: duplicates, secrecy, who is affected and who follows."""
        followers = self.store.value(
            "SELECT count(DISTINCT person) FROM subscription JOIN bug ON bug.id = subscription.bug"
            " WHERE ? IN (bug.id, bug.duplicate_of)",
            self,
        )
        return int(
            6 * self.number_of_duplicates
            + 150 * self.private
            + 250 * self.security_related
            + 4 * self.users_affected_count_with_dupes
            + 2 * followers
        )

    # What belongs to it.

    def _rows(self, table: str, where: str) -> Rows:
        def ids() -> list[int]:
            return [row["id"] for row in self.store.rows(f"SELECT id FROM {table} WHERE {where}", self)]  # noqa: S608

        return Rows(self.store, table, ids)

    @property
    def bug_tasks(self) -> Rows:
        """The state in each project and series."""
        return Rows(self.store, "bug_task", lambda: task_ids(self))

    @property
    def messages(self) -> Rows:
        """The description, as it was first, and the comments."""
        return self._rows("message", "bug = ? ORDER BY position")

    @property
    def subscriptions(self) -> Rows:
        """Who follows it."""
        return self._rows("subscription", "bug = ? ORDER BY id")

    @property
    def duplicates(self) -> Rows:
        """The bugs that repeat this one."""
        return self._rows("bug", "duplicate_of = ? ORDER BY id")

    def child(self, name: str, more: Callable[[], str | None]) -> Any:
        """Find a subscription by its person's name, or a nomination by its number."""
        if name == "+subscription":
            person = self.store.find("person", "name = ?", more())
            return person and find_subscription(self, person)
        if name == "nominations":
            return self.store.find("nomination", "bug = ? AND id = ?", self, more())
        return None

    # What is done to it.

    def add_task(self, target: Any) -> Any:
        """Open a task in another project, or a series."""
        self.check_edit(self, "addTask")
        return add_task(self, target, visit().person)

    def can_be_nominated_for(self, target: Any) -> bool:
        """Tell whether it may be nominated for a series."""
        return can_be_nominated(self, target)

    def add_nomination(self, target: Any) -> Any:
        """Nominate it for a series; it does not stamp the bug."""
        self.check_edit(self, "addNomination")
        return add_nomination(self, visit().person, target)

    def get_nominations(self, target: Any = None) -> Rows:
        """List what it is nominated for."""
        return nominations(self, target)

    def new_message(self, content: str, subject: str | None = None, send_notifications: bool = True) -> Any:
        """Add a comment, the same text as often as it is sent; a locked bug takes it, too."""
        person = require("Append", self, "newMessage")
        if not send_notifications and not self._has_role(person):
            raise RefusedError(
                "Email notifications can only be disabled by admins, commercial admins, registry experts,"
                " or bug supervisors."
            )
        return add_message(self, person, content, subject or f"Re: {self.title}")

    def subscribe(self, person: Any, level: Any = None) -> Any:
        """Subscribe somebody, or change their level."""
        return subscribe(self, person, require("Append", self, "subscribe"), level)

    def unsubscribe(self, person: Any = None) -> None:
        """Take a person off, oneself by default."""
        me = require("Append", self, "unsubscribe")
        unsubscribe(self, person or me, me)

    def lock(self, status: Any, reason: str | None = None) -> None:
        """Leave everybody without a role only comments; no stamp shows it (source)."""
        self._require_role("lock")
        self.write(lock_status=status, lock_reason=reason or self.row["lock_reason"])

    def unlock(self) -> None:
        """Open the bug again; no stamp shows it (source)."""
        self._require_role("unlock")
        self.write(lock_status="Unlocked", lock_reason=None)

    @property
    def lock_reason(self) -> str | None:
        """Why it is locked."""
        return self._lock_reason

    @lock_reason.setter
    def lock_reason(self, new: str | None) -> None:
        self._require_role("setLockReason")
        if self.row["lock_status"] == "Unlocked":
            raise RefusedError("Lock reason cannot be set for an unlocked bug.")
        self.write(lock_reason=new)
        self.touch()
