"""The enumerations of the web service: each word is an item, known by the title that goes over the wire."""

from typing import Any

from lazr.enum import EnumeratedType, Item


def _enumeration(name: str, *titles: str) -> Any:
    """Make an enumeration whose items keep the order of `titles`, the order in which errors list them."""
    items = {"".join(c if c.isalnum() else "_" for c in title).upper(): Item(title) for title in titles}
    return type(EnumeratedType)(name, (EnumeratedType,), {"__module__": __name__, **items})


BUG_TASK_STATUS = _enumeration(
    "BugTaskStatus",
    "New",
    "Incomplete",
    "Opinion",
    "Invalid",
    "Won't Fix",
    "Expired",
    "Confirmed",
    "Triaged",
    "In Progress",
    "Deferred",
    "Fix Committed",
    "Fix Released",
    "Does Not Exist",
    "Unknown",
)

# A search knows two sorts of Incomplete, and not Unknown, although a task may be set to it.
BUG_TASK_STATUS_SEARCH = _enumeration(
    "BugTaskStatusSearch",
    *(item.title for item in BUG_TASK_STATUS.items if item.title != "Unknown"),
    "Incomplete (with response)",
    "Incomplete (without response)",
)

BUG_TASK_IMPORTANCE = _enumeration(
    "BugTaskImportance", "Unknown", "Undecided", "Critical", "High", "Medium", "Low", "Wishlist"
)

INFORMATION_TYPE = _enumeration(
    "InformationType",
    "Public",
    "Public Security",
    "Private Security",
    "Private",
    "Proprietary",
    "Embargoed",
)

NOTIFICATION_LEVEL = _enumeration("BugNotificationLevel", "Lifecycle", "Details", "Discussion")

LOCK_STATUS = _enumeration("BugLockStatus", "Unlocked", "Comment-only")
LOCKED_STATUS = _enumeration("BugLockedStatus", "Comment-only")

NOMINATION_STATUS = _enumeration("BugNominationStatus", "Nominated", "Approved", "Declined")

TAGS_COMBINATOR = _enumeration("BugTagsSearchCombinator", "Any", "All")

ACCOUNT_STATUS = _enumeration(
    "AccountStatus",
    "Placeholder",
    "Unactivated",
    "Active",
    "Deactivated",
    "Suspended",
    "Closed",
    "Deceased",
)

VISIBILITY = _enumeration("PersonVisibility", "Public", "Private")

MEMBERSHIP_POLICY = _enumeration(
    "TeamMembershipPolicy", "Open Team", "Delegated Team", "Moderated Team", "Restricted Team"
)

SERIES_STATUS = _enumeration(
    "SeriesStatus",
    "Experimental",
    "Active Development",
    "Pre-release Freeze",
    "Current Stable Release",
    "Supported",
    "Obsolete",
    "Future",
)

DEFINITION_STATUS = _enumeration(
    "SpecificationDefinitionStatus",
    "Approved",
    "Pending Approval",
    "Review",
    "Drafting",
    "Discussion",
    "New",
    "Superseded",
    "Obsolete",
)

IMPLEMENTATION_STATUS = _enumeration(
    "SpecificationImplementationStatus",
    "Unknown",
    "Not started",
    "Deferred",
    "Needs Infrastructure",
    "Blocked",
    "Started",
    "Slow progress",
    "Good progress",
    "Beta Available",
    "Needs Code Review",
    "Deployment",
    "Implemented",
    "Informational",
)

SPECIFICATION_PRIORITY = _enumeration(
    "SpecificationPriority", "Not", "Undefined", "Low", "Medium", "High", "Essential"
)

LIFECYCLE_STATUS = _enumeration("SpecificationLifecycleStatus", "Not started", "Started", "Complete")

WORK_ITEM_STATUSES = ("TODO", "DONE", "POSTPONED", "INPROGRESS", "BLOCKED")

ENDING_DEFINITIONS = ("Superseded", "Obsolete")
"""The definitions of a blueprint that nobody will work on any more; none is created so."""

PUBLIC_TYPES = ("Public", "Public Security")

ALLOWED_TYPES = ("Public", "Public Security", "Private Security", "Private")
"""What the bugs of a project may be that sells nothing, as all of the sandbox's (source)."""

OPEN_POLICIES = ("Open Team", "Delegated Team")
"""The teams that people may join without being asked; no private bug takes them as subscribers (source)."""

OPEN_STATUSES = (
    "New",
    "Incomplete",
    "Confirmed",
    "Triaged",
    "In Progress",
    "Fix Committed",
    "Deferred",
)
CLOSED_STATUSES = ("Fix Released", "Opinion", "Invalid", "Won't Fix", "Expired", "Does Not Exist")

SUPERVISED_STATUSES = ("Triaged", "Won't Fix", "Expired", "Deferred", "Does Not Exist")
"""What only a bug supervisor may set a task to."""

GUARDED_STATUSES = ("Won't Fix", "Deferred", "Does Not Exist")
"""What only a bug supervisor may take a task out of."""


def information_type(*, private: bool, security: bool) -> str:
    """Return what a bug is that is private or about security."""
    return ("Private" if private else "Public") + (" Security" if security else "")


def item(enumeration: Any, title: str) -> Any:
    """Return the item of `enumeration` that is written `title` over the wire."""
    return next(entry for entry in enumeration.items if entry.title == title)
