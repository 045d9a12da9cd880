"""What `tracker import` writes: recaps to go on with, and whom people.yaml lacks."""

import os
from collections.abc import Sequence
from pathlib import Path

from tracker.cli.check import count, here
from tracker.cli.output import err, out, safe
from tracker.errors import ExitCode, TrackerError
from tracker.mail.draft import Draft, write_draft
from tracker.mail.notes import Notes
from tracker.recap.files import create_file, explain_read_error, replace_file
from tracker.recap.newcomers import CrampedError, add_people, write_people
from tracker.recap.people import People
from tracker.recap.repository import PEOPLE_FILE, Repository, find_folder, load_repository

STDOUT = "-"


def write_drafts(messages: Sequence[Notes], output: str | None, *, force: bool, with_people: bool) -> None:
    """Write a recap of each message into `sessions/`, or of one to `output`, and tell what is left to a person.

    Raises TrackerError before anything is written when a file is there already, unless it may be replaced.
    """
    repository = _find_repository(needed=output is None or with_people)
    people = (repository.people if repository else None) or People()
    project = repository.settings.project if repository and repository.settings else None
    drafts = [write_draft(notes, people, project) for notes in messages]
    if output is not None and len(drafts) > 1:
        raise TrackerError(
            f"there are {len(drafts)} messages, and one place for a recap",
            remedy="choose one with --message, or leave --output out",
            exit_code=ExitCode.USAGE,
        )
    if output == STDOUT:
        out(drafts[0].text.rstrip("\n"))
        _tell(drafts[0], "the recap", is_written=False)
    else:
        places = [Path(output)] if output is not None else _choose_places(drafts, repository)
        for place in places:
            if os.path.lexists(place) and not force:
                raise TrackerError(
                    f"{place} is there already",
                    remedy="--output names another place, --force replaces it",
                    exit_code=ExitCode.USAGE,
                )
        for draft, place in zip(drafts, places, strict=True):
            _write(place, draft.text, force=force)
            out(safe(str(place)))
            _tell(draft, str(place), is_written=True)
    _tell_people(drafts, repository, add=with_people)


def _find_repository(*, needed: bool) -> Repository | None:
    try:
        return load_repository(find_folder(here()))
    except TrackerError:
        if needed:
            raise
        return None


def _choose_places(drafts: Sequence[Draft], repository: Repository | None) -> list[Path]:
    """Return where the recaps go, each its own file though two messages have one title."""
    assert repository is not None  # noqa: S101 - without one an output is named
    taken: dict[str, int] = {}
    places = []
    for draft in drafts:
        number = taken[draft.recap_id] = taken.get(draft.recap_id, 0) + 1
        name = draft.recap_id if number == 1 else f"{draft.recap_id}-{number}"
        places.append(Path(os.path.relpath(repository.folder / f"{name}.yaml")))
    return places


def _write(place: Path, text: str, *, force: bool) -> None:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        (replace_file if force else create_file)(place, text.encode())
    except OSError as error:
        reason, _ = explain_read_error(place, error)
        raise TrackerError(
            f"{place} cannot be written: {reason}", remedy="name another place with --output"
        ) from None


def _tell(draft: Draft, name: str, *, is_written: bool) -> None:
    for place in draft.places:
        err(safe(f"{name}:{place.line}: {place.text}"))
    todo = f"{count(len(draft.places), 'place')} for you to look at" if draft.places else "nothing is left to ask"
    err(safe(f"{name}: {todo}" + ("; `tracker check` tells what is wrong" if is_written and draft.places else "")))


def _tell_people(drafts: Sequence[Draft], repository: Repository | None, *, add: bool) -> None:
    """Show, or add, the lines of people.yaml for those whom it lacks."""
    lines: dict[str, str] = {}
    for draft in drafts:
        lines |= {key: name for key, name in draft.people if name not in lines.values()}
    if not lines:
        return
    if add and repository is not None:
        path = repository.folder / PEOPLE_FILE
        try:
            text = add_people(_read(path), lines)
        except CrampedError:
            raise TrackerError(
                f"{os.path.relpath(path)} has no room for further lines",
                details="its people stand in braces, or it is no YAML",
                remedy="add them by hand",
            ) from None
        _write(path, text, force=True)
        added = count(len(lines), "person") if len(lines) == 1 else f"{len(lines)} people"
        err(safe(f"{os.path.relpath(path)}: {added} added; whose account is whose is yours to say"))
        return
    err("people.yaml could have these; --add-people writes them:")
    for line in write_people(lines).splitlines():
        err(safe(line))


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        reason = explain_read_error(path, error)[0] if isinstance(error, OSError) else "it is not UTF-8"
        raise TrackerError(f"{path} cannot be read: {reason}", remedy="correct it, then import") from None
