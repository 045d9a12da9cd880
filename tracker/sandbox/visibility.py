"""Which bugs and blueprints exist for whom: a private one is absent for others, 404, and missing from lists."""

from typing import Any

from zope.interface import provider
from zope.security.interfaces import ISecurityPolicy
from zope.security.proxy import removeSecurityProxy
from zope.security.simplepolicies import PermissiveSecurityPolicy

from tracker.sandbox import words
from tracker.sandbox.access import is_admin, team_ids, visit
from tracker.sandbox.conditions import Conditions
from tracker.sandbox.store import Store


def visible(conditions: Conditions) -> None:
    """Leave out the bugs that the person who asks may not see, whatever the token.

    A private bug is seen by its subscribers, by the owner of a project that it is in, and by administrators
    (source).
    """
    person = visit().person
    public = f"bug.information_type IN ({', '.join(repr(title) for title in words.PUBLIC_TYPES)})"
    if person is None:
        conditions.add(public)
    elif not is_admin(person):
        mine = ", ".join(str(number) for number in [person.id, *team_ids(person)])
        conditions.add(
            f"{public} OR EXISTS"  # noqa: S608 (numbers of ours)
            f" (SELECT 1 FROM subscription WHERE subscription.bug = bug.id AND person IN ({mine}))"
            " OR EXISTS (SELECT 1 FROM bug_task AS any_task JOIN project ON project.id = any_task.project"
            f" WHERE any_task.bug = bug.id AND project.owner IN ({mine}))"
        )


def visible_specifications(conditions: Conditions) -> None:
    """Leave out the blueprints that the person who asks may not see, whatever the token.

    A private blueprint is seen by its subscribers and by the owner of its project; administrators see it no more
    than others (source).
    """
    person = visit().person
    public = f"specification.information_type IN ({', '.join(repr(title) for title in words.PUBLIC_TYPES)})"
    if person is None:
        conditions.add(public)
        return
    mine = ", ".join(str(number) for number in [person.id, *team_ids(person)])
    conditions.add(
        f"{public} OR EXISTS (SELECT 1 FROM specification_subscription AS follower"  # noqa: S608 (numbers of ours)
        f" WHERE follower.specification = specification.id AND follower.person IN ({mine}))"
        " OR EXISTS (SELECT 1 FROM project"
        f" WHERE project.id = specification.project AND project.owner IN ({mine}))"
    )


def sees_specification(record: Any) -> bool:
    """Tell whether a blueprint exists for the person who asks and their token."""
    if record.row["information_type"] in words.PUBLIC_TYPES:
        return True
    if not visit().level.sees_private:
        return False
    conditions = Conditions()
    conditions.add("specification.id = ?", record)
    visible_specifications(conditions)
    found = record.store.rows(f"SELECT 1 FROM specification WHERE {conditions.text}", *conditions.values)  # noqa: S608
    return bool(found)


def sees(store: Store, number: int) -> bool:
    """Tell whether a bug exists for the person who asks and their token: one of a public level sees none private."""
    bug = store.get("bug", number)
    if bug is None or not bug.private:
        return bug is not None
    if not visit().level.sees_private:
        return False
    conditions = Conditions()
    conditions.add("bug.id = ?", number)
    visible(conditions)
    return bool(store.rows(f"SELECT 1 FROM bug WHERE {conditions.text}", *conditions.values))  # noqa: S608


@provider(ISecurityPolicy)
class ListingPolicy(PermissiveSecurityPolicy):  # type: ignore[misc]
    """What of a page of a collection is shown.

    What is not is left out of the page, and the collection's total still counts it (Launchpad's own tests).
    """

    def checkPermission(  # noqa: N802 (the framework's name)
        self,
        permission: Any,
        object: Any,  # noqa: A002 (the framework's name)
    ) -> bool:
        """Leave out bugs, tasks of bugs and blueprints that do not exist for whoever asks, and private teams."""
        del permission
        record = removeSecurityProxy(object)
        match getattr(record, "table", None):
            case "bug":
                return sees(record.store, record.id)
            case "bug_task":
                return sees(record.store, record.row["bug"])
            case "specification":
                return sees_specification(record)
            case "person":
                return bool(record.is_seen)
            case _:
                return True
