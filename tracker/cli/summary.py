"""`tracker summary`: the mail of a recap, and the mail of what has moved since."""

import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.errors import ExitCode, TrackerError

if TYPE_CHECKING:
    from tracker.mail.moved import Moved
    from tracker.mail.summary import CycleSummary, Summary
    from tracker.recap.model import Recap
    from tracker.recap.parse import Settings
    from tracker.recap.people import People
    from tracker.recap.repository import Repository

FORMATS = ("text", "eml", "markdown", "html")
_TEMPLATES = {"text": "txt", "eml": "txt", "markdown": "md", "html": "html"}
_LAST = "last"


def summary(
    recap: Annotated[str | None, typer.Argument(metavar="ID", help="The recap, by id or file.")] = None,
    cycle: Annotated[
        str | None, typer.Option("--cycle", metavar="NAME", help="All recaps of a cycle in one mail.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", metavar="DATE|last", help="What has moved since a day, or since the last mail that was sent."
        ),
    ] = None,
    output_format: Annotated[
        str, typer.Option("--format", metavar="|".join(FORMATS), help="What to write.")
    ] = "text",
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Write a file; shown when left out.")
    ] = None,
    date: Annotated[
        str | None, typer.Option("--date", metavar="DATE", help="The day on which the mail is written; today.")
    ] = None,
    in_reply_to: Annotated[
        str | None,
        typer.Option(
            "--in-reply-to", metavar="ID", help="The Message-ID of the recap's mail, if send did not send it."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there already.")] = False,
) -> None:
    """Write the mail of a recap: outcome, links, topics, and next actions, each with owners and where it is tracked.

    With --since DATE it is the mail that follows: what was done, blocked, reassigned or postponed since, what is new
    or late, and what still looks for an owner.

    Example: tracker summary ocata/neutron-server-next --format eml -o recap.eml && tracker send recap.eml
    Example: tracker summary ocata/neutron-server-next --since last
    """
    from tracker.cli import mailing
    from tracker.cli.choosing import check_format, read_today
    from tracker.cli.output import err

    check_format(output_format, FORMATS)
    if (recap is None) == (cycle is None) or (cycle is not None and since is not None):
        raise TrackerError(
            "one recap or one cycle is needed, and `--since` goes with a recap",
            remedy="name a recap (tracker summary ocata/neutron-server-next), or a cycle with --cycle",
            exit_code=ExitCode.USAGE,
        )
    mailing.check_output(output, force=force)
    day = read_today(date)
    in_reply_to = _parse_message_id(in_reply_to)
    repository, settings, people = mailing.load([recap] if recap else [])
    mail: Summary | Moved | CycleSummary
    author = None
    if cycle is not None:
        kind, recap_id = "cycle", None
        mail = _build_cycle(cycle, repository, settings, people)
    else:
        one = _find_one(repository, recap or "")
        recap_id, author = one.id, one.author.key if one.author else None
        kind = "summary" if since is None else "since"
        if since is None:
            mail = _build(one, repository, settings, people)
        else:
            mail = _build_moved(one, since, day, repository, settings, people)
            in_reply_to = in_reply_to or _first_sent(repository, one.id)
            if in_reply_to is None and output_format == "eml":
                err("the recap's own mail is not known, so this one begins a thread of its own; see --in-reply-to")
    from tracker.mail.templates import render

    body = render(f"{kind}.{_TEMPLATES[output_format]}.j2", repository.folder, mail=mail)
    if output_format == "eml":
        from tracker.mail.envelope import Envelope, write_message

        sender = mailing.find_sender(settings, people, author)
        recipients = mailing.find_list(settings)
        if not recipients:
            err("the mail names no recipient: write the list's address as `list:` in tracker.yaml")
        envelope = Envelope(sender, recipients, day, in_reply_to)
        body = write_message(envelope, kind, mail.subject, body, recap_id).data.decode()
    elif output_format == "text":
        body = mailing.show(mail.subject, body)
    mailing.deliver(body, output)


def _find_one(repository: "Repository", name: str) -> "Recap":
    recaps = repository.recaps
    if len(recaps) != 1:
        raise TrackerError(f'"{name}" has {len(recaps)} recaps', remedy="name one of them", exit_code=ExitCode.USAGE)
    return recaps[0]


def _build(one: "Recap", repository: "Repository", settings: "Settings", people: "People") -> "Summary":
    from tracker.cli.remembered import require_web_root
    from tracker.mail.summary import build_summary

    return build_summary(one, people, require_web_root(repository), settings.mailing_list)


def _build_cycle(cycle: str, repository: "Repository", settings: "Settings", people: "People") -> "CycleSummary":
    from tracker.cli.choosing import choose_known
    from tracker.mail.summary import CycleSummary

    (cycle,) = choose_known([cycle], (one.cycle for one in repository.recaps), "cycle")
    recaps = (one for one in repository.recaps if (one.cycle or "").casefold() == cycle.casefold())
    return CycleSummary(cycle, tuple(_build(one, repository, settings, people) for one in recaps))


def _build_moved(
    one: "Recap",
    since: str,
    today: datetime.date,
    repository: "Repository",
    settings: "Settings",
    people: "People",
) -> "Moved":
    from tracker.cli.choosing import read_day
    from tracker.cli.remembered import load_dates, load_known, require_web_root
    from tracker.mail.moved import build_moved
    from tracker.mail.sent import find_last, load_sent
    from tracker.recap.carried import find_carried
    from tracker.recap.index import load_recaps

    if since == _LAST:
        last = find_last(load_sent(repository.folder), one.id)
        if last is None:
            raise TrackerError(
                f"no mail of {one.id} is known to have been sent",
                remedy="name the day: --since 2016-11-03",
                exit_code=ExitCode.USAGE,
            )
        day = last.date.date()
    else:
        day = read_day(since, "--since", None)
    return build_moved(
        one,
        people,
        require_web_root(repository),
        load_known(repository).get(one.id, {}),
        day,
        today,
        dates=load_dates(repository),
        # Later sessions are not among the recaps that were named.
        carried=find_carried(load_recaps(repository.folder).recaps),
        mailing_list=settings.mailing_list,
    )


def _first_sent(repository: "Repository", recap_id: str) -> str | None:
    """Return the Message-ID of the first mail of a recap that surely went out."""
    from tracker.mail.sent import load_sent

    sent = (one for one in load_sent(repository.folder) if one.recap == recap_id and one.kind == "summary")
    return next((one.message_id for one in sent if one.is_certain), None)


def _parse_message_id(written: str | None) -> str | None:
    """Return a Message-ID in `<>`, as a header has it; raises TrackerError for what is none."""
    from tracker.mail.envelope import is_message_id

    if written is None:
        return None
    plain = f"<{written.strip().strip('<>')}>"
    if not is_message_id(plain):
        raise TrackerError(
            f'`--in-reply-to`: "{written}" is no Message-ID',
            remedy="write it as <name@host>",
            exit_code=ExitCode.USAGE,
        )
    return plain
