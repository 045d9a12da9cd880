"""`tracker send`: hand mails of files to a mail server, each once."""

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.check import count, has_errors, here
from tracker.errors import ExitCode, TrackerError

if TYPE_CHECKING:
    from tracker.mail.outgoing import Mail
    from tracker.mail.sent import Sent
    from tracker.recap.mail_settings import MailSettings

_NOTHING_SENT = "nothing was sent"
_LINKS_HERE = "its links lead to the sandbox on this machine"
_KEYRING_SERVICE = "summit-tracker smtp {}"


def send(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="Mails (.eml), or mailboxes of them.",
            readable=False,  # which reading it tells, with a remedy
        ),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be sent, and send nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Send without asking.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Send also what may have gone out already: look for it first.")
    ] = False,
) -> None:
    """Show mails and whom they go to, ask, and send them; none that was sent goes out again.

    The server is that of `mail` in tracker.yaml, the password that of TRACKER_SMTP_PASSWORD or the keyring.

    Example: tracker send summary.eml
    Example: tracker send --dry-run digest.mbox
    """
    from tracker.cli.interrupting import interruptible
    from tracker.cli.output import err
    from tracker.recap.repository import find_folder
    from tracker.sync.lock import locked

    folder = find_folder(here())
    with interruptible(_NOTHING_SENT):
        settings = _load_settings(folder)
        mails = _read_files(files)
    if dry_run:
        with interruptible(_NOTHING_SENT):
            _select(folder, mails, settings, again=again, yes=False)
        err(f"{_NOTHING_SENT}: --dry-run")
        return
    with locked(folder):
        with interruptible(_NOTHING_SENT):
            chosen = _select(folder, mails, settings, again=again, yes=yes)
            if not chosen:
                err(f"{_NOTHING_SENT}: all were sent before")
                return
            if not _is_agreed_to(chosen, settings, yes=yes):
                err(_NOTHING_SENT)
                return
            password = _find_password(settings)
        _send_all(folder, chosen, settings, password)


def _load_settings(folder: Path) -> "MailSettings":
    from tracker.recap.repository import load_settings

    _, settings = load_settings(folder)
    if settings is None:
        raise has_errors("tracker.yaml")
    return settings.mail


def _read_files(files: list[Path]) -> "dict[str, Mail]":
    """Read all mails, by where they are; one that is there twice is one."""
    from tracker.mail.outgoing import MAX_BYTES, read_mails
    from tracker.recap.files import explain_read_error, read_file

    found: dict[str, Mail] = {}
    known: set[str] = set()
    for file in files:
        try:
            data, size = read_file(file, MAX_BYTES)
        except OSError as error:
            reason, remedy = explain_read_error(file, error)
            if isinstance(error, FileNotFoundError) and not file.is_symlink():
                remedy = "name a file that `tracker summary -o` or `tracker digest -o` wrote"
            if isinstance(error, IsADirectoryError):
                remedy = f"name its files: {shlex.quote(str(file))}/*.eml"
            raise TrackerError(f'"{file}" cannot be read: {reason}', remedy=remedy) from None
        if size > MAX_BYTES:
            raise TrackerError(
                f'"{file}" has more than {MAX_BYTES // 1024**2} MB', remedy="send smaller mails, or a part of them"
            )
        mails = read_mails(data, str(file))
        for number, mail in enumerate(mails, start=1):
            if mail.message_id not in known:
                found[f"{file}, mail {number}" if len(mails) > 1 else str(file)] = mail
            known.add(mail.message_id)
    return found


def _select(
    folder: Path, mails: "dict[str, Mail]", settings: "MailSettings", *, again: bool, yes: bool
) -> "dict[str, Mail]":
    """Show all mails, and return those to send.

    Raises TrackerError when one of them may be out already, or has links of no use and nobody is asked.
    """
    from tracker.cli.output import err
    from tracker.mail.outgoing import leads_to_sandbox
    from tracker.mail.sent import find_sent

    chosen, uncertain, useless = {}, [], []
    for place, mail in mails.items():
        sent = find_sent(folder, mail.message_id)
        _show(place, mail, sent, again=again)
        if sent is None or not sent.is_certain:
            chosen[place] = mail
        if sent is not None and not sent.is_certain and not again:
            uncertain.append(place)
        if place in chosen and leads_to_sandbox(mail):
            err(f"warning: {_LINKS_HERE}, which nobody else can open")
            useless.append(place)
    if uncertain:
        raise _may_be_out(folder, uncertain[0], chosen[uncertain[0]])
    if useless and yes:
        raise TrackerError(
            f'"{useless[0]}": {_LINKS_HERE}; {_NOTHING_SENT}',
            remedy="sync with Launchpad and write it anew, or send it without --yes",
        )
    if chosen and settings.server is None and settings.sendmail is None:
        raise TrackerError(
            "tracker.yaml does not say what sends mails", remedy="add `server:` or `sendmail:` to `mail:` there"
        )
    return chosen


def _show(place: str, mail: "Mail", sent: "Sent | None", *, again: bool) -> None:
    from tracker.cli.output import out, paint, safe

    out(paint(safe(place), bold=True))
    rows = [
        ("from", mail.author),
        ("sender", "" if f" <{mail.author}>".endswith((f" <{mail.sender}>", f" <{mail.sender}>>")) else mail.sender),
        ("to", ", ".join(mail.to)),
        ("cc", ", ".join(mail.cc)),
        ("bcc", ", ".join(mail.bcc)),
        ("subject", mail.subject),
        ("size", f"{(len(mail.data) + 1023) // 1024} kB"),
    ]
    for name, value in rows:
        if value:
            out(f"  {name:<8} {safe(value)}")
    if sent is not None and sent.is_certain:
        out(f"  sent before: it is dated {sent.date:%Y-%m-%d}, and stays as it is")
    elif sent is not None:
        out(f"  may have gone out before{': --again sends it' if again else ''}")


def _may_be_out(folder: Path, place: str, mail: "Mail") -> TrackerError:
    from tracker.mail.sent import path_of

    path = os.path.relpath(path_of(folder, mail.message_id))
    return TrackerError(
        f'"{place}" may have gone out already: a server had all of it, and its answer is not known',
        details=f"its Message-ID is {mail.message_id}",
        remedy="look for it where it would have come, in the list's archive, say; if it is not there, add --again;"
        f' if it is, write "sent" for "begun" in {path}',
    )


def _is_agreed_to(mails: "dict[str, Mail]", settings: "MailSettings", *, yes: bool) -> bool:
    """Ask a person whether the mails go out; raises TrackerError when nobody is there."""
    from tracker.cli.output import confirm, err, is_interactive, safe

    people = {address for mail in mails.values() for address in mail.recipients}
    asked = f"{count(len(mails), 'mail')} to {count(len(people), 'recipient')}, {_say_way(settings)}"
    if yes:
        err(safe(asked))
        return True
    if not is_interactive():
        raise TrackerError(
            f"nobody is there to agree to {asked}; {_NOTHING_SENT}",
            remedy="look at it, then add --yes",
            exit_code=ExitCode.USAGE,
        )
    try:
        return confirm(safe(f"Send {asked}?"))
    except typer.Exit:  # Ctrl-C at the question: what came of it is told where every other Ctrl-C is
        raise KeyboardInterrupt from None


def _say_way(settings: "MailSettings") -> str:
    if settings.sendmail is not None:
        return f"through {settings.sendmail}"
    who = f" as {settings.user}" if settings.user else ""
    return f"through {settings.host}:{settings.port} ({settings.security}){who}"


def _find_password(settings: "MailSettings") -> str | None:
    """Return what the user logs in with on the server: from the environment, the keyring, or a person."""
    from tracker.cli.output import ask_password, is_interactive
    from tracker.launchpad.keyrings import find_password

    if settings.user is None or settings.sendmail is not None:
        return None
    if given := os.environ.get("TRACKER_SMTP_PASSWORD", "").rstrip("\r\n"):
        return given
    service = _KEYRING_SERVICE.format(settings.host)
    kept, problem = find_password(service, settings.user)
    if kept:
        return kept
    if is_interactive():
        try:
            return ask_password(f"Password of {settings.user} on {settings.host}")
        except typer.Exit:
            raise KeyboardInterrupt from None
    raise TrackerError(
        f"there is no password for {settings.user} on {settings.host}",
        details=f"the keyring cannot be used: {problem}" if problem else None,
        remedy=f"set TRACKER_SMTP_PASSWORD, or keep it in the keyring: keyring set '{service}' {settings.user}",
        exit_code=ExitCode.LAUNCHPAD,
    )


def _send_all(folder: Path, mails: "dict[str, Mail]", settings: "MailSettings", password: str | None) -> None:
    """Send one mail after the other, and stop at the first that is not taken."""
    from tracker.cli.output import err, out, progress, safe
    from tracker.mail.delivery import send_mail
    from tracker.mail.sent import Record, find_sent

    done = 0
    place, mail = "", None
    try:
        with progress() as shown:
            for place, mail in mails.items():
                shown.step(f"sending {place}")
                send_mail(mail, settings, Record(folder, mail), password=password)
                out(f"sent {safe(place)}: {safe(mail.subject)}")
                done += 1
    except KeyboardInterrupt:
        sent = find_sent(folder, mail.message_id) if mail is not None else None
        told = "" if sent is None or sent.is_certain else f"; {place} may have gone out"
        err(safe(f"interrupted: {done} of {count(len(mails), 'mail')} sent{told}"))
        raise typer.Exit(ExitCode.INTERRUPTED) from None
    except TrackerError as error:
        if len(mails) > 1:
            err(f"{done} of {count(len(mails), 'mail')} sent; sending the same files again goes on with the others")
        raise TrackerError(
            f'"{place}": {error.message}', details=error.details, remedy=error.remedy, exit_code=error.exit_code
        ) from None
    err(f"{count(done, 'mail')} sent; commit sessions/.sent, so that nobody sends the same again")
