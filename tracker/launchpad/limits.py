"""What Launchpad takes as a name, a title, a tag or a description; pure.

The figures are those of Launchpad's own validators, seen answering in July 2025.
"""

import re

MAX_BUG = 2**31 - 1
"""The greatest number that Launchpad's database holds."""
MAX_TITLE = 200
MAX_DESCRIPTION = 50_000
IMPORTANCES = ("Critical", "High", "Medium", "Low", "Wishlist", "Undecided")
"""What a person may set; `Unknown` belongs to bugs that are watched elsewhere."""
NO_IMPORTANCE = "Undecided"

NAME = r"[a-z0-9][a-z0-9+.\-]*"
"""The pattern of names."""
TAG = r"[a-z0-9][a-z0-9+.\-]+"
"""The pattern of tags."""

_LINE_BREAK = re.compile(r"[\r\n]")


def is_name(text: str) -> bool:
    """Tell whether a project, milestone or person can have this name."""
    return re.fullmatch(NAME, text) is not None


def is_tag(text: str) -> bool:
    """Tell whether a bug can have this tag: two or more lower-case letters, digits, `+`, `.`, `-`."""
    return re.fullmatch(TAG, text) is not None


def is_blueprint_name(text: str) -> bool:
    """Tell whether a blueprint can have this name: as a tag, it has two characters or more (seen July 2025)."""
    return is_tag(text)


def find_text_problem(text: str) -> str | None:
    """Say why Launchpad would refuse a text wherever it stands, or None.

    PostgreSQL, and so Launchpad, answers a NUL with an error of its own.
    """
    return "has a NUL character, which Launchpad cannot hold" if "\0" in text else None


def find_title_problem(title: str) -> str | None:
    """Say why Launchpad would refuse a bug's title, or None."""
    if not title.strip():
        return "is empty"
    if len(title) > MAX_TITLE:
        return f"has {len(title)} characters, more than the {MAX_TITLE} that Launchpad takes"
    if _LINE_BREAK.search(title):
        return "has a line break, which Launchpad refuses"
    return None


def find_work_item_problem(title: str) -> str | None:
    """Say why a title cannot be a line of a blueprint's work items, or None; blanks around it are left out there.

    Launchpad parts the lines at everything that Python calls a line boundary, and takes a `[` for the beginning of an
    assignee (source).
    """
    title = title.strip()
    if not title:
        return "is empty"
    if title.startswith("["):
        return 'begins with "[", which begins the assignee of a work item on Launchpad'
    if len(title.splitlines()) > 1:
        return "has a line break, and each line is another work item on Launchpad"
    return None
