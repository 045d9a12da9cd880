"""What Launchpad's answers say, read into snapshots."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from tracker.launchpad import links
from tracker.launchpad.replies import Answer, UnreachableError
from tracker.launchpad.snapshots import BlueprintSnapshot, BugSnapshot, TaskSnapshot

HIDDEN = frozenset({401, 403, 404, 410})
"""How Launchpad answers for a thing that this account is not shown. A suspended account's is 410."""

_PUBLIC = frozenset({"Public", "Public Security"})
_REDACTED = "tag:launchpad.net:2008:redacted"
"""What a link reads as when it leads to what this account may not see: a private team, say."""
_Kind = TypeVar("_Kind")


def read_task(entry: Mapping[str, Any], project: str) -> TaskSnapshot | None:
    """Read a task; None when it is not shown as it is, which must not be taken for empty."""
    assignee, milestone = _link(entry, "assignee_link"), _link(entry, "milestone_link")
    if _REDACTED in {assignee, milestone}:
        return None
    number = links.bug_number(_value(entry, "bug_link", str))
    return TaskSnapshot(
        bug=number,
        project=project,
        title=_bug_title(_value(entry, "title", str), number, _value(entry, "bug_target_display_name", str)),
        status=_value(entry, "status", str),
        importance=_value(entry, "importance", str),
        assignee=_named(assignee, links.person_name),
        milestone=_named(milestone, links.milestone_name),
        etag=_value(entry, "http_etag", str),
        page=_value(entry, "web_link", str),
        closed=_time(entry, "date_closed"),
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
    master = _link(entry, "duplicate_of_link")
    return BugSnapshot(
        number=_value(entry, "id", int),
        title=_value(entry, "title", str),
        description=_value(entry, "description", str),
        tags=tuple(_of_kind(tag, "tags", str) for tag in _value(entry, "tags", list)),
        duplicate_of=None if master is None else links.bug_number(master),
        private=_value(entry, "private", bool),
        etag=_value(entry, "http_etag", str),
    )


def read_blueprint(entry: Mapping[str, Any], project: str) -> BlueprintSnapshot | None:
    """Read a blueprint; None when it is not shown as it is, which must not be taken for empty."""
    assignee, milestone = _link(entry, "assignee_link"), _link(entry, "milestone_link")
    work_items = _text(entry, "workitems_text")
    if _REDACTED in {assignee, milestone, work_items}:
        return None
    return BlueprintSnapshot(
        project=project,
        name=_value(entry, "name", str),
        title=_value(entry, "title", str),
        summary=_text(entry, "summary"),
        definition_status=_value(entry, "definition_status", str),
        implementation_status=_value(entry, "implementation_status", str),
        priority=_value(entry, "priority", str),
        assignee=_named(assignee, links.person_name),
        milestone=_named(milestone, links.milestone_name),
        work_items=work_items,
        private=_value(entry, "information_type", str) not in _PUBLIC,
        etag=_value(entry, "http_etag", str),
        page=_value(entry, "web_link", str),
        closed=_time(entry, "date_completed"),
    )


def _value(entry: Mapping[str, Any], key: str, kind: type[_Kind]) -> _Kind:
    """Return a value of the kind that every Launchpad gives; raises TypeError when it is of another."""
    return _of_kind(entry[key], key, kind)


def _of_kind(value: object, key: str, kind: type[_Kind]) -> _Kind:
    if not isinstance(value, kind):
        raise TypeError(f"{key} is {type(value).__name__}")
    return value


def _link(entry: Mapping[str, Any], key: str) -> str | None:
    return None if entry[key] is None else _value(entry, key, str)


def _named(link: str | None, read: Callable[[str], str | None]) -> str | None:
    """Return the name in a link; one that has none must not be taken for no link."""
    if link is None:
        return None
    name = read(link)
    if name is None:
        raise ValueError("a link without a name")
    return name


def _text(entry: Mapping[str, Any], key: str) -> str:
    """Return a text that may be missing."""
    return "" if entry[key] is None else _value(entry, key, str)


def _time(entry: Mapping[str, Any], key: str) -> str | None:
    """Return a time that may be missing."""
    return None if entry[key] is None else datetime.fromisoformat(_value(entry, key, str)).isoformat()


@contextmanager
def understood(answer: Answer | None = None) -> Iterator[None]:
    """Tell in one message, an UnreachableError, of an answer that lacks what every Launchpad gives.

    One that is given is not kept in the cache then, so that it is read anew.
    """
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        if answer:
            answer.forget()
        raise UnreachableError(f"Launchpad's answer is not what the tracker knows ({error!r})") from None


def expect(answer: Answer, status: int) -> Answer:
    """Return an answer that has a status; raises UnreachableError for any other."""
    if answer.status != status:
        raise UnreachableError(f"Launchpad answered {answer.status}: {answer.reason}")
    return answer
