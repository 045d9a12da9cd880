"""`tracker digest`: a mail to each owner, of what is open over all sessions."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

import typer

from tracker.cli.check import count
from tracker.errors import ExitCode, TrackerError

if TYPE_CHECKING:
    from email.headerregistry import Address

    from tracker.mail.digest import Digest
    from tracker.mail.envelope import Letter
    from tracker.recap.people import People

FORMATS = ("text", "eml", "mbox")


def digest(
    owners: Annotated[
        list[str] | None, typer.Argument(metavar="OWNER...", help="Who is to be told; everybody who owns something.")
    ] = None,
    output_format: Annotated[
        str, typer.Option("--format", metavar="|".join(FORMATS), help="eml writes a file for each owner, mbox one.")
    ] = "text",
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="PLACE", help="The folder for eml, the file for mbox; shown otherwise."
        ),
    ] = None,
    date: Annotated[
        str | None, typer.Option("--date", metavar="DATE", help="The day for which it is told; today.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there already.")] = False,
) -> None:
    """Write a mail to each owner of open actions: what is late, then what is open, session by session, with links.

    Who leads a team in people.yaml is told of the team's actions too.

    Example: tracker digest ihar
    Example: tracker digest --format mbox -o owners.mbox && tracker send owners.mbox
    """
    from tracker.cli import mailing
    from tracker.cli.choosing import check_format, read_today, resolve_owner
    from tracker.cli.output import err, safe
    from tracker.cli.remembered import load_dates, require_web_root
    from tracker.mail.digest import build_digest, find_owners
    from tracker.mail.templates import render

    check_format(output_format, FORMATS)
    if output_format == "eml" and output in {None, mailing.STDOUT}:
        raise TrackerError(
            "mails to several owners are several files", remedy="name a folder: -o FOLDER", exit_code=ExitCode.USAGE
        )
    if output_format != "eml":
        mailing.check_output(output, force=force)
    today = read_today(date)
    repository, settings, people = mailing.load([])
    recaps = repository.recaps
    keys = [resolve_owner(name, people) for name in owners or []] or find_owners(recaps, people)
    root = require_web_root(repository)
    dates = load_dates(repository)
    digests = [build_digest(key, recaps, people, root, today, dates) for key in dict.fromkeys(keys)]
    digests = [one for one in digests if one.groups]
    if not digests:
        err("nobody has an open action" if not owners else "there is no open action of theirs")
        return
    bodies = [render("digest.txt.j2", repository.folder, mail=one) for one in digests]
    if output_format == "text":
        pieces = [mailing.show(one.subject, body) for one, body in zip(digests, bodies, strict=True)]
        mailing.deliver("\n\n".join(pieces), output)
        return
    from tracker.mail.envelope import Envelope, as_mbox, write_message

    sender = mailing.find_sender(settings, people, None)
    messages: dict[str, Letter] = {}
    for one, body in zip(digests, bodies, strict=True):
        address = _address(one, people)
        if address is not None:
            messages[one.key] = write_message(Envelope(sender, (address,), today), "digest", one.subject, body)
    for one in digests:
        if one.key not in messages and people.lead_of(one.key) not in messages:
            err(safe(f"no mail to {one.key}: people.yaml has no `email` of theirs"))
    if not messages:
        raise TrackerError("there is nobody to write to", remedy="give people an `email` in people.yaml")
    if output_format == "mbox":
        mailing.deliver(as_mbox(messages.values()).decode(), output)
    else:
        _write_files(messages, Path(output or ""), force=force)


def _write_files(messages: "dict[str, Letter]", folder: Path, *, force: bool) -> None:
    from tracker.cli import mailing
    from tracker.cli.output import err

    # A key of people.yaml may be any text, and must not lead out of the folder.
    places = {key: str(folder / f"{quote(key, safe='+@')}.eml") for key in messages}
    for place in places.values():
        mailing.check_output(place, force=force)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrackerError(
            f"{folder} cannot be made: {error.strerror or type(error).__name__}", remedy="name another folder"
        ) from None
    for key, message in messages.items():
        mailing.deliver(message.data.decode(), places[key])
    err(f"{count(len(messages), 'mail')} written")


def _address(one: "Digest", people: "People") -> "Address | None":
    from tracker.mail.envelope import parse_address

    person = people.entries.get(one.key)
    if person is None or not person.email:
        return None
    return parse_address(person.email, f'people.yaml, "{person.key}"', person.name)
