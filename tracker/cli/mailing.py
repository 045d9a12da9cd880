"""What `summary` and `digest` share: what they read, and where a mail goes."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.cli.check import has_errors, here
from tracker.errors import ExitCode, TrackerError

if TYPE_CHECKING:
    from email.headerregistry import Address

    from tracker.recap.parse import Settings
    from tracker.recap.people import People
    from tracker.recap.repository import Repository

STDOUT = "-"


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
        raise has_errors("tracker.yaml or people.yaml")
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


def find_sender(settings: "Settings", people: "People", author: str | None) -> "Address":
    """Return who a mail is from: the recap's author where people.yaml has an address, else tracker.yaml's."""
    from tracker.mail.envelope import parse_address

    person = people.entries.get(author or "")
    if person is not None and person.email:
        return parse_address(person.email, f'people.yaml, "{person.key}"', person.name)
    if settings.mail.sender:
        return parse_address(settings.mail.sender, "tracker.yaml, `mail: from`")
    of_author = "give the recap's author an `email` in people.yaml, or " if author else ""
    raise TrackerError(
        "nobody is named whom the mail could be from",
        remedy=f"{of_author}write `mail:` with `from:` in tracker.yaml",
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
