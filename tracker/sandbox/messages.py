"""What people say about bugs."""

from typing import Any

from zope.interface import implementer

from tracker.sandbox.access import require, visit
from tracker.sandbox.bug_interfaces import IMessage
from tracker.sandbox.store import Column, Link, Record, moment


@implementer(IMessage)
class Message(Record, table="message"):
    """A comment on a bug; the first is what its description was when it was filed."""

    owner = Link("person")
    subject: Column[str] = Column()
    content: Column[str] = Column()
    date_created = moment()
    date_last_edited = moment()
    date_deleted = moment()
    parent = None
    visible = True

    @property
    def path(self) -> str:
        """The address below the service root, in the bug's first project."""
        bug = self.store.get("bug", self.row["bug"])
        return f"{bug.default_task.path}/comments/{self.row['position']}"

    def edit_content(self, new_content: str) -> None:
        """Say something else; no stamp of the bug shows it (source)."""
        self._require_owner("editContent")
        self.write(content=new_content, date_last_edited=self.store.now())

    def delete_content(self) -> None:
        """Leave an empty comment behind."""
        self._require_owner("deleteContent")
        self.write(content="", date_deleted=self.store.now())

    def _require_owner(self, name: str) -> None:
        person = visit().person
        require("Edit", self, name, allowed=person is not None and person.id == self.row["owner"])


def add_message(bug: Any, owner: Record, content: str, subject: str) -> Any:
    """Store a comment, or the description as the first one; it stamps the bug."""
    now = bug.store.now()
    number = bug.store.insert(
        "message",
        bug=bug,
        position=bug.message_count,
        owner=owner,
        subject=subject,
        content=content,
        date_created=now,
    )
    bug.write(date_last_message=now, date_last_updated=now)
    return bug.store.get("message", number)
