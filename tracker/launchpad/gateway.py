"""What the tracker asks of Launchpad and tells it; values go in, frozen snapshots come out."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from tracker.errors import ExitCode, TrackerError
from tracker.launchpad import links, statuses
from tracker.launchpad.answers import HIDDEN, expect, read_bug, read_task, understood
from tracker.launchpad.blueprints import Blueprints
from tracker.launchpad.cache import account_key
from tracker.launchpad.milestones import MilestoneDates, Milestones
from tracker.launchpad.replies import REDIRECTS, Answer, UnansweredError, UnreachableError, shorten
from tracker.launchpad.searches import Searches
from tracker.launchpad.snapshots import BlueprintSnapshot, BugSnapshot, Elsewhere, Invisible, TaskAnswer, TaskSnapshot
from tracker.launchpad.wire import Wire

# Client errors that say nothing of what was asked: waited too long, too early, too often.
_PASSING = {408, 425, 429}
# What is private is as what was never there (seen July 2025).
_GONE = {404, 410}
_FIELDS = {"title": "title", "status": "status", "importance": "importance"}
_LINKS = {"lead": "assignee_link", "milestone": "milestone_link"}
_FIELD_OF = {wire: field for field, wire in {**_FIELDS, **_LINKS, "tags": "tags"}.items()} | {
    "definition_status": "status",
    "implementation_status": "status",
    "workitems_text": "work_items",
}
_REFUSED_VALUE = re.compile(r"(?P<name>[a-z_]+): (?P<reason>.*)")
# A right that is missing as such: `(<Bug object>, 'title', 'launchpad.Edit')`.
_REFUSED_RIGHT = re.compile(r"\(.*, '(?P<name>\w+)', '[\w.]+'\)\s*", re.S)
# Permission refusals name the field in prose, refused values by its name (seen July 2025).
_REFUSED_FIELD = (
    (re.compile(r"milestone", re.I), "milestone"),
    (re.compile(r"importance", re.I), "importance"),
    (re.compile(r"assign", re.I), "lead"),
    (re.compile(r"status", re.I), "status"),
    (re.compile(r"\btitle\b", re.I), "title"),
    (re.compile(r"\btags\b", re.I), "tags"),
    (re.compile(r"work ?items", re.I), "work_items"),
)


class RefusedError(Exception):
    """Launchpad took nothing of a write: a field's value or the account's right was not enough.

    `fields` maps the fields that it named to its reasons; empty when it named none that is known.
    """

    def __init__(self, reason: str, fields: Mapping[str, str]) -> None:
        super().__init__(reason)
        self.reason = reason
        self.fields = dict(fields)


class StaleError(Exception):
    """Somebody else wrote since the read that this write rested on; nothing was written."""


class MovedError(Exception):
    """The bug's task lives at another address; nothing was written."""


class HiddenError(TrackerError):
    """Launchpad does not show this account what was to be written, or not any more; nothing was written."""

    def __init__(self, thing: str) -> None:
        super().__init__(
            f"Launchpad does not show {thing} any more; what was not written yet was left",
            remedy="look at it: it may be private now",
            exit_code=ExitCode.LAUNCHPAD,
        )


class Gateway:
    """One Launchpad, as one account sees it."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._root = wire.root
        self._searches = Searches(wire)
        self._blueprints = Blueprints(wire)
        self._milestones = Milestones(wire)
        self._shown: dict[str, datetime | None] = {}

    def close(self) -> None:
        """Close the connection; the next request opens one anew."""
        self._wire.close()

    @property
    def service(self) -> str:
        """The service's name."""
        return self._wire.service.name

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody is logged in, so that only public things show."""
        return self._wire.is_anonymous

    @cached_property
    def account(self) -> str:
        """The account's name; empty when nobody is logged in. One request, once."""
        if self.is_anonymous:
            return ""
        answer = self._wire.get(f"{self._root}people/+me")
        name = links.person_name(answer.location) if answer.status in REDIRECTS else None
        if name is None:
            raise UnreachableError(f"Launchpad does not say whose account this is: {answer.reason}")
        self._wire.keep(account_key(self._wire.service), name.encode())
        return name

    def wait(self, seconds: float) -> None:
        """Wait for Launchpad, out of what the run has for that; raises UnreachableError when nothing is left."""
        self._wire.wait(seconds)

    # Reading

    def search(self, project: str, tag: str, *, private: bool = False) -> list[TaskSnapshot]:
        """Return the project's tasks of all bugs that carry a tag, whatever their status, in the order of numbers.

        Only of public bugs: what is private is read alone, where `fetch_bug` says that it is. With `private`, only of
        the private bugs that the account sees: one of them may be an action's, which must not be created again.
        Launchpad leaves duplicates out. One request, or two and one for each further page of 300 that changed since
        the last read. Raises NoProjectError and UnreachableError.
        """
        if private:
            return [] if self.is_anonymous else self._searches.private(project, tag)
        tasks, self._shown[project] = self._searches.public(project, tag)
        return tasks

    def shown_at(self, project: str) -> datetime | None:
        """Return when Launchpad, by its own clock, showed what was read first of a project."""
        return self._shown.get(project)

    def fetch_task(self, project: str, number: int) -> TaskAnswer:
        """Read a bug's task in a project."""
        answer = self._wire.get(links.task_url(self._root, project, number))
        if answer.status in REDIRECTS:
            return Elsewhere(number, project, answer.location or "")
        if answer.status in HIDDEN:
            return Invisible(number)
        with understood(answer):
            return read_task(expect(answer, 200).json(), project) or Invisible(number)

    def fetch_bug(self, number: int) -> BugSnapshot | None:
        """Read a bug; None when this account is not shown it."""
        answer = self._wire.get(links.bug_url(self._root, number))
        if answer.status in HIDDEN:
            return None
        with understood(answer):
            return read_bug(expect(answer, 200).json())

    def read_blueprints(self, project: str, names: Iterable[str]) -> dict[str, BlueprintSnapshot | None]:
        """Return a project's blueprints by name, None for one that this account is not shown.

        One request each, or those that the project's list takes, whichever is fewer. Raises NoProjectError.
        """
        found, shown = self._blueprints.read(project, names)
        self._shown.setdefault(project, shown)
        return found

    def fetch_blueprint(self, project: str, name: str) -> BlueprintSnapshot | None:
        """Read a blueprint; None when this account is not shown it."""
        return self._blueprints.fetch(project, name)

    def has_milestone(self, project: str, name: str) -> bool:
        """Tell whether a project has a milestone, active or not."""
        return self._wire.get(links.milestone_url(self._root, project, name)).status not in HIDDEN

    def read_milestones(self, project: str, names: Collection[str]) -> MilestoneDates:
        """Return when a project's milestones are due, of which `names` are wanted; seldom a request.

        See `milestones.Milestones.read`. Raises UnreachableError.
        """
        return self._milestones.read(project, names, self._shown.get(project) or datetime.now(UTC))

    def find_project(self, name: str) -> str | None:
        """Return what a project is called now; None when this account is shown none of this name.

        A project that was renamed keeps its former name as an alias, which leads to the new one (source).
        """
        answer = self._wire.get(links.project_url(self._root, name))
        if answer.status in REDIRECTS and answer.location:
            return unquote(answer.location.rstrip("/").rpartition("/")[2])
        if answer.status in HIDDEN:
            return None
        expect(answer, 200)
        return name

    def find_account(self, name: str) -> str | None:
        """Return what an account is called now; None when Launchpad has none of this name any more.

        A name that was given up, or whose account was merged into another, leads nowhere (source).
        """
        answer = self._wire.get(links.person_url(self._root, name))
        if answer.status in REDIRECTS:
            return links.person_name(answer.location)
        if answer.status in HIDDEN:
            return None if answer.status == 404 else name
        expect(answer, 200)
        return name

    # Writing

    def create_bug(self, project: str, title: str, description: str, tags: Iterable[str]) -> int:
        """File a bug and return its number.

        The request is sent once. Raises UnansweredError when no answer came, RefusedError when Launchpad
        would not have it.
        """
        answer = self._wire.post(
            f"{self._root}bugs",
            "createBug",
            target=f"{self._root}{project}",
            title=title,
            description=description,
            tags=sorted(set(tags)),
        )
        created = links.parse_bug_link(answer.location or "") if answer.status == 201 else None
        if created is None:
            raise _refusal(answer)
        return created.number

    def update_task(self, task: TaskSnapshot, changes: Mapping[str, str | None]) -> TaskSnapshot:
        """Write fields of a task (`lead`, `status`, `milestone`, `importance`) at once, and return it as it is then.

        All of them are written or none. Raises StaleError, MovedError, HiddenError and RefusedError.
        """
        body: dict[str, Any] = {}
        for field, value in changes.items():
            if field == "lead":
                body[_LINKS[field]] = links.person_url(self._root, value) if value else None
            elif field == "milestone":
                body[_LINKS[field]] = links.milestone_url(self._root, task.project, value) if value else None
            else:
                body[_FIELDS[field]] = value
        answer = self._wire.patch(links.task_url(self._root, task.project, task.bug), body, task.etag)
        with understood():
            return read_task(_written(answer, f"bug {task.bug}").json(), task.project) or task

    def update_bug(self, bug: BugSnapshot, **changes: Any) -> None:
        """Write a bug's own fields (`title`, `tags`, `duplicate_of_link`) at once.

        Raises StaleError, MovedError, HiddenError and RefusedError.
        """
        answer = self._wire.patch(links.bug_url(self._root, bug.number), changes, bug.etag)
        _written(answer, f"bug {bug.number}")

    def create_blueprint(self, project: str, name: str, title: str, summary: str) -> None:
        """Register a blueprint.

        The request is sent once. Launchpad answers 500 when the project has the name already (seen July 2025), as to
        any failure of its own, so whoever gets UnansweredError looks. Raises RefusedError when Launchpad would not
        have it.
        """
        answer = self._wire.post(
            f"{self._root}specs",
            "createSpecification",
            target=f"{self._root}{project}",
            name=name,
            title=title,
            summary=summary,
            definition_status="New",
        )
        if answer.status != 201:
            raise _refusal(answer)

    def update_blueprint(self, blueprint: BlueprintSnapshot, changes: Mapping[str, str | None]) -> None:
        """Write fields of a blueprint (`lead`, `status`, `milestone`, `work_items`) at once, all of them or none.

        Work items are rows of their own: somebody else's write at the same moment may stand beside this one, which
        the answer does not show (seen July 2025), so read the blueprint again. Raises StaleError, MovedError,
        HiddenError and RefusedError.
        """
        body: dict[str, Any] = {}
        for field, value in changes.items():
            if field == "lead":
                body["assignee_link"] = links.person_url(self._root, value) if value else None
            elif field == "milestone":
                body["milestone_link"] = links.milestone_url(self._root, blueprint.project, value) if value else None
            elif field == "status":
                body |= statuses.blueprint_changes(value or "", blueprint.definition_status)
            else:
                body["workitems_text"] = value
        address = links.blueprint_url(self._root, blueprint.project, blueprint.name)
        _written(self._wire.patch(address, body, blueprint.etag), f"blueprint {blueprint.name}")

    def link_bug(self, project: str, name: str, number: int) -> None:
        """Link a bug to a blueprint; a second time changes nothing. Raises as `subscribe`."""
        address = links.blueprint_url(self._root, project, name)
        bug = links.bug_url(self._root, number)
        _accepted(self._wire.post(address, "linkBug", harmless=True, bug=bug), f"blueprint {name}")

    def mark_duplicate(self, bug: BugSnapshot, master: int) -> None:
        """Mark a bug as a duplicate of another; raises as `update_bug`."""
        self.update_bug(bug, duplicate_of_link=links.bug_url(self._root, master))

    def subscribe(self, number: int, account: str) -> None:
        """Subscribe an account to a bug; a second time changes nothing.

        Raises HiddenError, RefusedError and UnreachableError.
        """
        self._subscribe(links.bug_url(self._root, number), account, f"bug {number}")

    def subscribe_to_blueprint(self, project: str, name: str, account: str) -> None:
        """Subscribe an account to a blueprint; a second time changes nothing. Raises as `subscribe`."""
        self._subscribe(links.blueprint_url(self._root, project, name), account, f"blueprint {name}")

    def _subscribe(self, address: str, account: str, thing: str) -> None:
        person = links.person_url(self._root, account)
        _accepted(self._wire.post(address, "subscribe", harmless=True, person=person), thing)

    def comment(self, number: int, text: str) -> None:
        """Add a comment to a bug, once; raises HiddenError, RefusedError and UnansweredError."""
        answer = self._wire.post(links.bug_url(self._root, number), "newMessage", content=text)
        if answer.status != 201:
            raise _rejection(answer, f"bug {number}")


def _accepted(answer: Answer, thing: str) -> None:
    """An operation that may be repeated was carried out."""
    if answer.status not in {200, 201}:
        raise _rejection(answer, thing)
    if answer.content:
        answer.json()  # else it is a page of something in between


def _written(answer: Answer, thing: str) -> Answer:
    """Only 209 means that something was written."""
    if answer.status == 209:
        return answer
    if answer.status == 412:
        raise StaleError
    if answer.status in REDIRECTS:
        raise MovedError(answer.location)
    if answer.status < 400:  # a page of something in between, which is not Launchpad
        raise UnreachableError(f"Launchpad answered {answer.status}: {answer.reason}")
    raise _rejection(answer, thing)


def _rejection(answer: Answer, thing: str) -> Exception:
    """Read why something that is there was not written; a right that is missing is 401 (seen July 2025)."""
    return HiddenError(thing) if answer.status in _GONE else _refusal(answer)


def _refusal(answer: Answer) -> Exception:
    """Read whose fault a refused write was.

    400 has a line `field: reason` for each problem; 401 is a sentence about the first field that the account may
    not change; 403 stands for teams that cannot be linked (seen July 2025).
    """
    if 200 <= answer.status < 300:  # another success than the one that says what was done
        return UnansweredError(f"the answer was {answer.status}: {answer.reason}")
    if not 400 <= answer.status < 500 or answer.status in _PASSING:
        return UnreachableError(f"Launchpad answered {answer.status}: {answer.reason}")
    fields = _refused_values(answer.text)
    if not fields and answer.status in {401, 403}:
        right = _REFUSED_RIGHT.fullmatch(answer.text)
        # What stands before the attribute may be anybody's name.
        said = right["name"] if right else answer.text
        named = next((field for pattern, field in _REFUSED_FIELD if pattern.search(said)), None)
        if named:
            fields[named] = answer.reason
    return RefusedError(answer.reason, fields)


def _refused_values(text: str) -> dict[str, str]:
    """Read the lines `field: reason`; a reason may begin on the line after."""
    fields: dict[str, str] = {}
    present = None
    for line in text.splitlines():
        reason = line
        match = _REFUSED_VALUE.fullmatch(line)
        if match and (match["name"] in _FIELD_OF or match["name"].endswith("_link")):
            present, reason = _FIELD_OF.get(match["name"]), match["reason"]
        if present:
            fields[present] = shorten(f"{fields.get(present, '')} {reason}")
    return fields
