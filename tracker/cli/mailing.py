"""What `summary` and `digest` share: what they read, and where a mail goes."""

import datetime
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.cli.check import here
from tracker.errors import ExitCode, TrackerError

if TYPE_CHECKING:
    from email.headerregistry import Address

    from tracker.mail.moved import Known
    from tracker.recap.lateness import Dates
    from tracker.recap.parse import Settings
    from tracker.recap.people import People
    from tracker.recap.repository import Repository

STDOUT = "-"
_PAGES = "https://launchpad.net/"


def load(names: list[str]) -> "tuple[Repository, Settings, People]":
    """Read the recaps that are named, or all; raises TrackerError when one has errors, or what it rests on."""
    from tracker.recap.repository import find_folder, load_repository, select_paths

    folder = find_folder(here())
    paths = select_paths(folder, names)
    for name, path in zip(names, paths, strict=True):
        if not os.path.lexists(path):
            raise _unknown(name, [file.id for file in load_repository(folder).files])
    repository = load_repository(folder, paths)
    if repository.settings is None or repository.people is None:
        raise TrackerError("tracker.yaml or people.yaml has errors", remedy="correct them; `tracker check` shows all")
    broken = [file.document.path for file in repository.files if file.recap is None]
    if broken:
        raise TrackerError(
            f"{', '.join(broken)}: not a sound recap", remedy="correct it first; `tracker check` shows all"
        )
    return repository, repository.settings, repository.people


def _unknown(name: str, ids: list[str]) -> TrackerError:
    from difflib import get_close_matches

    # A recap is often named without its cycle.
    ends = {one.rpartition("/")[2]: one for one in ids}
    near = get_close_matches(name, ids, n=3) or [ends[end] for end in get_close_matches(name, ends, n=3)]
    remedy = f"did you mean {' or '.join(near)}?" if near else "name it by its id, CYCLE/NAME, or by its file"
    return TrackerError(f'no recap "{name}"', remedy=remedy, exit_code=ExitCode.USAGE)


def web_root(repository: "Repository") -> str:
    """Return where the service has its pages for people; Launchpad's own where none is named or a sandbox is down."""
    from tracker.launchpad.services import locate_service

    with suppress(TrackerError):
        if repository.settings and repository.settings.service:
            return locate_service(repository.settings.service, repository.folder)[0].web_root
    return _PAGES


def load_known(repository: "Repository") -> "dict[str, dict[str, Known]]":
    """Return what the base knows of when actions changed, by recap and action id."""
    from tracker.launchpad.services import service_name
    from tracker.mail.moved import Known
    from tracker.sync.base import Base

    if repository.settings is None or repository.settings.service is None:
        return {}
    base = Base(repository.folder, service_name(repository.settings.service))
    known: dict[str, dict[str, Known]] = {}
    for recap_id, entries in base.load_all().items():
        for entry in entries.values():
            changed = {name: agreed.since for name, agreed in entry.fields.items() if agreed.since}
            lead = entry.fields.get("lead")
            former = lead.pulled_over[-1].removesuffix("?") if lead and lead.pulled_over else None
            pulled = frozenset(name for name, agreed in entry.fields.items() if agreed.pulled_over)
            first = min(changed.values(), default="")
            known.setdefault(recap_id, {})[entry.action] = Known(first, changed, pulled, former)
    return known


def is_synced(repository: "Repository") -> bool:
    """Tell whether anything was ever synced; what reads that is imported only then."""
    from tracker.recap.repository import SYNCED_FOLDER

    return os.path.lexists(repository.folder / SYNCED_FOLDER)


def load_dates(repository: "Repository") -> "Dates":
    """Return when milestones are due, as the last sync saw it."""
    from tracker.launchpad.services import service_name

    if repository.settings is None or repository.settings.service is None or not is_synced(repository):
        return {}
    from tracker.sync.milestone_dates import MilestoneFile

    return MilestoneFile(repository.folder, service_name(repository.settings.service)).load()


def read_date(written: str | None, option: str) -> datetime.date:
    """Read a day, today when none is given; raises TrackerError."""
    if written is None:
        return datetime.datetime.now(datetime.UTC).date()
    try:
        return datetime.date.fromisoformat(written)
    except ValueError:
        raise TrackerError(
            f'{option}: "{written}" is no day', remedy="write it as 2016-11-03", exit_code=ExitCode.USAGE
        ) from None


def check_format(written: str, formats: tuple[str, ...]) -> None:
    """Raise TrackerError for a format that there is not."""
    if written not in formats:
        raise TrackerError(
            f'unknown format "{written}"', remedy=f"it is one of {', '.join(formats)}", exit_code=ExitCode.USAGE
        )


def find_sender(settings: "Settings", people: "People", author: str | None) -> "Address":
    """Return who a mail is from: the recap's author where people.yaml has an address, else tracker.yaml's."""
    from tracker.mail.envelope import parse_address

    person = people.entries.get(author or "")
    if person is not None and person.email:
        return parse_address(person.email, f'people.yaml, "{person.key}"', person.name)
    if settings.mail.sender:
        return parse_address(settings.mail.sender, "tracker.yaml, `mail: from`")
    raise TrackerError(
        "nobody is named whom the mail could be from",
        remedy="give the recap's author an `email` in people.yaml, or write `mail:` with `from:` in tracker.yaml",
    )


def find_list(settings: "Settings") -> "tuple[Address, ...]":
    """Return the list's address, where tracker.yaml has it."""
    from tracker.mail.envelope import parse_address

    written = settings.mailing_list or ""
    return (parse_address(written, "tracker.yaml, `list`"),) if "@" in written else ()


def check_output(output: str | None, *, force: bool) -> None:
    """Raise TrackerError for a place where a mail cannot go, or where something is already."""
    from tracker.cli.places import check_place

    if output is None or output == STDOUT:
        return
    path = Path(output)
    check_place(path)
    if os.path.lexists(path) and not force:  # unlike Path's own question answered too where one may not look
        raise TrackerError(
            f"{output} is there already", remedy="name another file, or add --force", exit_code=ExitCode.USAGE
        )


def show(subject: str, body: str) -> str:
    """Return a mail for people: its subject and its text."""
    from tracker.mail.envelope import in_header
    from tracker.mail.plain import as_text, one_line

    return f"Subject: {in_header(one_line(subject))}\n\n{as_text(body)}"


def deliver(text: str, output: str | None) -> None:
    """Write what was made into a file, or show it."""
    from tracker.cli.output import err, out, safe
    from tracker.recap.files import replace_file

    if output is None or output == STDOUT:
        out(text.removesuffix("\n"))
        return
    try:
        replace_file(Path(output), text.encode())
    except OSError as error:
        raise TrackerError(
            f"{output} cannot be written: {error.strerror or type(error).__name__}", remedy="name another place"
        ) from None
    err(safe(f"written: {output}"))
