"""Who follows bugs; for a private one that is also who sees it."""

from typing import Any

from zope.interface import implementer

from tracker.sandbox import words
from tracker.sandbox.access import RefusedError, is_admin, is_in, refusal, require, visit
from tracker.sandbox.bug_interfaces import ISubscription
from tracker.sandbox.store import Link, Record, moment, word


@implementer(ISubscription)
class Subscription(Record, table="subscription"):
    """That a person or team follows a bug."""

    bug = Link("bug")
    person = Link("person")
    subscribed_by = Link("person")
    date_created = moment()
    bug_notification_level = word(words.NOTIFICATION_LEVEL, "level")

    @property
    def path(self) -> str:
        """The address below the service root."""
        return f"{self.bug.path}/+subscription/{self.person.name}"

    def before_change(self, name: str) -> None:
        """Let subscribers choose what they hear of, and for a team its owner (source)."""
        owner = self.store.get("person", self.person.row["owner"]) if self.person.is_team else self.person
        require("Edit", self, name, allowed=is_in(visit().person, owner))

    def can_be_unsubscribed(self) -> bool:
        """Tell whether the person who asks may end it: their own, their team's, and what they began."""
        person = visit().person
        return person is not None and (
            is_in(person, self.person) or self.row["subscribed_by"] == person.id or is_admin(person)
        )


def find_subscription(bug: Record, person: Record) -> Any:
    """Find a person's subscription."""
    return bug.store.find("subscription", "bug = ? AND person = ?", bug, person)


def subscribe(bug: Any, person: Any, subscribed_by: Record, level: Any = None) -> Any:
    """Subscribe somebody, or change their level; it does not stamp the bug.

    Raises RefusedError for a team that anybody may join and a private bug (source).
    """
    if bug.private and person.is_team and person.membership_policy.title in words.OPEN_POLICIES:
        raise RefusedError("Open and delegated teams cannot be subscribed to private bugs.")
    found = find_subscription(bug, person)
    if found is not None:
        if level is not None:
            found.write(level=level)
        return found
    number = bug.store.insert(
        "subscription",
        bug=bug,
        person=person,
        subscribed_by=subscribed_by,
        level=level or "Discussion",
        date_created=bug.store.now(),
    )
    return bug.store.get("subscription", number)


def unsubscribe(bug: Any, person: Any, unsubscribed_by: Any) -> None:
    """End a subscription if there is one."""
    found = find_subscription(bug, person)
    if found is None:
        return
    if not found.can_be_unsubscribed():
        raise refusal(
            f"{unsubscribed_by.display_name} does not have permission to unsubscribe {person.display_name}."
        )
    bug.store.delete(found)


def hide(bug: Any, hidden_by: Record) -> None:
    """Leave a bug that becomes private to its reporter and who hides it, and to those who see it anyway (source).

    The first two are subscribed where they would not see it; others who followed it no longer do.
    """
    owners = [task.pillar.owner for task in bug.store.select("bug_task", "bug = ?", bug)]

    def sees(person: Any) -> bool:
        return is_admin(person) or any(is_in(person, owner) for owner in owners)

    insiders = (hidden_by, bug.owner)
    for subscription in bug.store.select("subscription", "bug = ?", bug):
        if subscription.row["person"] not in {person.id for person in insiders} and not sees(subscription.person):
            bug.store.delete(subscription)
    for person in insiders:
        if not sees(person):
            subscribe(bug, person, hidden_by)
