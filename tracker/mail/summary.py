"""What the mail of a recap says, out of the recap; pure."""

import datetime
import re
from dataclasses import dataclass

from tracker.launchpad.links import blueprint_page, bug_page
from tracker.mail.days import MONTHS, make_date
from tracker.mail.gerrit import review_url
from tracker.mail.plain import clean, one_line
from tracker.mail.sentences import Item, Named, name_in_prose
from tracker.recap.model import Action, BlueprintTarget, BugTarget, Owner, Recap, Topic, WorkItemTarget
from tracker.recap.people import People

TITLE_END = ": session recap"
"""What stands behind a title in a subject."""

# As mails have them, whatever language the machine speaks.
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


@dataclass(frozen=True, slots=True)
class Link:
    """An address, and what it is of."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """A topic, its blueprints, bugs and reviews as addresses."""

    title: str
    notes: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """A recap as its mail tells it: people by their names, and everything tracked by its address."""

    recap_id: str
    title: str
    project: str
    day: str
    """The day of the session in words."""
    event: str | None
    cycle: str | None
    author: str | None
    tldr: str
    links: tuple[Link, ...]
    topics: tuple[TopicFacts, ...]
    actions: tuple[Item, ...]
    mailing_list: str | None = None
    """The name of the list, which its subjects carry."""

    @property
    def subject(self) -> str:
        """The subject: list, project and title."""
        return f"{subject_tags(self.mailing_list, self.project)}{self.heading}"

    @property
    def heading(self) -> str:
        """The title, and what this is of it; a title may say that itself, as those of imported mails do."""
        says_so = self.title.casefold().endswith(" recap") and not self.title.endswith(TITLE_END)
        return self.title if says_so else f"{self.title}{TITLE_END}"

    @property
    def intro(self) -> str:
        """Which session it is of, in a sentence."""
        event = f", at {self.event}" if self.event else ""
        cycle = f", in the {self.cycle} cycle" if self.cycle else ""
        return f"this is the recap of the {self.project} session on {self.day}{event}{cycle}."


@dataclass(frozen=True, slots=True)
class CycleSummary:
    """The recaps of all sessions of a cycle, for one mail."""

    cycle: str
    summaries: tuple[Summary, ...]

    @property
    def title(self) -> str:
        """What the mail is about."""
        return f"session recaps of the {self.cycle} cycle"

    @property
    def subject(self) -> str:
        """The subject: list, the project if all are of one, and cycle."""
        projects = {one.project for one in self.summaries}
        tags = subject_tags(self.summaries[0].mailing_list, projects.pop() if len(projects) == 1 else "")
        return f"{tags}{self.title}"


def build_summary(recap: Recap, people: People, web_root: str, mailing_list: str | None = None) -> Summary:
    """Gather what the mail of a recap says; `web_root` is where Launchpad has its pages for people.

    `mailing_list` may be the list's name or its address.
    """
    return Summary(
        recap_id=recap.id,
        title=one_line(recap.title),
        project=recap.project,
        day=say_day(recap.date),
        event=one_line(recap.event or "") or None,
        cycle=one_line(recap.cycle or "") or None,
        author=name_in_prose(people, recap.author.key) if recap.author else None,
        tldr=clean(recap.tldr or "").strip("\n"),
        links=tuple(_link(name, url) for name, url in recap.links.items()),
        topics=tuple(_topic(topic, recap.project, web_root) for topic in recap.topics),
        actions=tuple(build_item(action, recap.project, people, web_root) for action in recap.actions),
        mailing_list=list_name(mailing_list),
    )


def build_item(action: Action, project: str, people: People, web_root: str) -> Item:
    """Gather what a mail says of an action of a recap of this project."""
    target = action.target
    links = []
    creates = None
    match target:
        case BugTarget(int(number)):
            links.append(("bug", bug_page(web_root, action.project, number)))
        case BugTarget():
            creates = "bug"
        case BlueprintTarget(name, create):
            creates = name if create else None
            links += [] if create else [("blueprint", blueprint_page(web_root, action.project, name))]
        case WorkItemTarget(name):
            links.append(("work item of", blueprint_page(web_root, action.project, name)))
        case None:
            pass
    return Item(
        title=one_line(action.title),
        owners=_named(action.owners, people),
        collaborators=_named(action.collaborators, people),
        status=action.current_status,
        milestone=action.milestone,
        due=action.due,
        project=action.project if action.project != project else None,
        creates=creates,
        links=(*links, *(("shown by", _address(url)) for url in action.evidence)),
        notes=clean(action.notes or "").strip("\n"),
    )


def subject_tags(mailing_list: str | None, project: str) -> str:
    """Return what a subject begins with: `[list] [project] `."""
    return "".join(f"[{tag}] " for tag in (mailing_list, project) if tag)


def list_name(setting: str | None) -> str | None:
    """Return the name of a list that is given by name or by address, which may stand behind a name."""
    written = re.sub(r"[\[\]]", "", one_line(setting or ""))
    name, _, address = written.rpartition("<")
    return (address if name and "@" in address else written).partition("@")[0].strip() or None


def say_day(day: datetime.date) -> str:
    """Say a day in words: Friday, 28 October 2016."""
    return f"{_DAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year:04}"


def read_day(words: str) -> datetime.date | None:
    """Read what `say_day` says; None for anything else."""
    match = re.fullmatch(r"\w+, (\d{1,2}) (\w+) (\d{4})", words)
    return make_date(match[3], match[2], match[1]) if match and match[2] in MONTHS else None


def _named(owners: tuple[Owner, ...], people: People) -> tuple[Named, ...]:
    return tuple(Named(name_in_prose(people, owner.key), owner.tentative) for owner in owners)


def _topic(topic: Topic, project: str, web_root: str) -> TopicFacts:
    links = [_link(name, url) for name, url in topic.links.items()]
    links += [
        Link("blueprint", _blueprint_url(written, project, web_root)) for written in map(one_line, topic.blueprints)
    ]
    links += [Link("bug", _bug_url(written, project, web_root)) for written in map(one_line, topic.bugs)]
    links += [Link("review", _address(review_url(written))) for written in map(one_line, topic.reviews)]
    return TopicFacts(one_line(topic.title), clean(topic.notes or "").strip("\n"), tuple(links))


def _blueprint_url(written: str, project: str, web_root: str) -> str:
    if written.startswith(("http://", "https://")):
        return _address(written)
    return blueprint_page(web_root, project, written)


def _bug_url(written: str, project: str, web_root: str) -> str:
    if written.startswith(("http://", "https://")):
        return _address(written)
    number = written.removeprefix("#")
    return bug_page(web_root, project, int(number)) if number.isdecimal() else _address(f"{web_root}bugs/{number}")


def _link(name: str, url: str) -> Link:
    return Link(one_line(name), _address(url))


def _address(url: str) -> str:
    """Return an address as one word."""
    return re.sub(r"\s", "%20", clean(url).strip())
