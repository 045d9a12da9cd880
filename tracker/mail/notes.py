"""The values that reading a mail finds; pure."""

import datetime
from dataclasses import dataclass

from tracker.recap.model import Status


@dataclass(frozen=True, slots=True)
class FoundLink:
    """An address in a mail.

    `kind` is `etherpad`, `schedule`, `blueprint`, `review` (a Gerrit change or query), `bug`, `spec` or `other`.
    """

    kind: str
    url: str
    name: str | None = None
    """What the mail calls it, where that is to be kept."""


@dataclass(frozen=True, slots=True)
class FoundTopic:
    """A subject that was discussed: its heading, and what stands under it, links left in."""

    title: str
    notes: str
    links: tuple[FoundLink, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundAction:
    """A thing to do, as the mail has it."""

    text: str
    """All of the item, owners and all, on one line."""
    title: str
    """What is to be done, without who does it."""
    line: int
    """Where the item begins in the decoded text, counted from 1."""
    owners: tuple[str, ...] = ()
    """The names as written; who writes `I` is named by the mail's author."""
    collaborators: tuple[str, ...] = ()
    """Those with whom the owners do it."""
    tentative: bool = False
    """Whether the mail marks the owner as unsure: `Kevin (?)`, `Kevin might`, or a list of possible actions."""
    group: bool = False
    """Whether every owner is a group: `core reviewers`."""
    done: bool = False
    notes: tuple[str, ...] = ()
    """What stands below the item, a bullet deeper."""
    topic: str | None = None
    """The title of the topic in which it stands."""
    bug: int | None = None
    """The one bug that the item names."""
    blueprint: str | None = None
    """The one blueprint that the item names, by its address."""

    # What only the mails of `tracker summary` say.
    unsure: tuple[str, ...] = ()
    """Which owners alone are marked as unsure."""
    unsure_collaborators: tuple[str, ...] = ()
    status: Status | None = None
    target: tuple[str, str] | None = None
    """The key and the value by which a recap tracks it: `bug` and `1234`."""
    milestone: str | None = None
    due: datetime.date | None = None
    project: str | None = None
    """Its project, where that is another than the recap's."""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notes:
    """What one message says of a session. What it does not say is None or empty."""

    subject: str | None = None
    title: str | None = None
    """The subject without its tags."""
    date: datetime.date | None = None
    """The day on which it was written, where the author was."""
    author: str | None = None
    project_tags: tuple[str, ...] = ()
    mailing_list: str | None = None
    event: str | None = None
    cycle: str | None = None
    tldr: str | None = None
    topics: tuple[FoundTopic, ...] = ()
    links: tuple[FoundLink, ...] = ()
    actions: tuple[FoundAction, ...] = ()
    is_cut: bool = False
    """Whether the message goes on beyond what was read."""
    left_out: tuple[tuple[int, int], ...] = ()
    """The first and last lines, in the decoded text, of what is in none of this."""
    above: int | None = None
    """How many lines of the file stand above that text; None where its lines are not the file's."""
    address: str | None = None
    """The author's mail address."""

    # What only the mails of `tracker summary` say.
    session_date: datetime.date | None = None
    session_links: tuple[FoundLink, ...] | None = None
    """The links of the session itself, apart from those of its topics."""

    def file_line(self, number: int) -> int:
        """Return the number that a line of the text has in the file, where it stands in it as it is."""
        return number + (self.above or 0)
