"""What Launchpad's answers say, read into snapshots."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tracker.launchpad import links
from tracker.launchpad.snapshots import BugSnapshot, TaskSnapshot
from tracker.launchpad.wire import Answer, UnreachableError

HIDDEN = frozenset({401, 403, 404, 410})
"""How Launchpad answers for a thing that this account is not shown. A suspended account's is 410."""

_REDACTED = "tag:launchpad.net:2008:redacted"
"""What a link reads as when it leads to what this account may not see: a private team, say."""


def read_task(entry: Mapping[str, Any], project: str) -> TaskSnapshot | None:
    """Read a task; None when it is not shown as it is, which must not be taken for empty."""
    if _REDACTED in {entry["assignee_link"], entry["milestone_link"]}:
        return None
    number = links.bug_number(entry["bug_link"])
    return TaskSnapshot(
        bug=number,
        project=project,
        title=_bug_title(entry["title"], number, entry["bug_target_display_name"]),
        status=entry["status"],
        importance=entry["importance"],
        assignee=links.person_name(entry["assignee_link"]),
        milestone=links.milestone_name(entry["milestone_link"]),
        etag=entry["http_etag"],
        page=entry["web_link"],
    )


def _bug_title(task_title: str, number: int, target: str) -> str | None:
    """Take the bug's title out of a task's: `Bug #7 in Neutron: "the title"`, quotes inside unescaped."""
    head = f'Bug #{number} in {target}: "'
    if not (task_title.startswith(head) and task_title.endswith('"')):
        return None
    title = task_title[len(head) : -1]
    return title if title.strip() else None


def read_bug(entry: Mapping[str, Any]) -> BugSnapshot:
    """Read a bug."""
    master = entry["duplicate_of_link"]
    return BugSnapshot(
        number=entry["id"],
        title=entry["title"],
        description=entry["description"],
        tags=tuple(entry["tags"]),
        duplicate_of=links.bug_number(master) if master else None,
        private=bool(entry["private"]),
        etag=entry["http_etag"],
        page=entry["web_link"],
    )


@contextmanager
def understood() -> Iterator[None]:
    """Tell in one message, an UnreachableError, of an answer that lacks what every Launchpad gives."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreachableError(f"Launchpad's answer is not what the tracker knows ({error!r})") from None


def expect(answer: Answer, status: int) -> Answer:
    """Return an answer that has a status; raises UnreachableError for any other."""
    if answer.status != status:
        raise UnreachableError(f"Launchpad answered {answer.status}: {answer.reason}")
    return answer
