"""What a command knows without asking: what syncs remember, and where Launchpad has its pages."""

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from tracker.errors import TrackerError
from tracker.recap.repository import SYNCED_FOLDER

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.mail.moved import Known
    from tracker.recap.lateness import Dates
    from tracker.recap.repository import Repository
    from tracker.sync.base import Base
    from tracker.sync.entries import Entries

_PAGES = "https://launchpad.net/"


def open_base(repository: "Repository") -> "Base | None":
    """Return the base against the repository's service; None where none is named, or nothing was ever synced."""
    from tracker.launchpad.services import service_name

    if (setting := _service(repository)) is None:
        return None
    # What reads it is imported only then.
    from tracker.sync.base import Base

    return Base(repository.folder, service_name(setting))


def load_entries(repository: "Repository") -> "dict[str, Entries]":
    """Return what is remembered of actions, by the recaps and the ids that they have now, as a sync finds it.

    Of recaps that were not asked for nothing is read, but for what has moved from there.
    """
    if (base := open_base(repository)) is None:
        return {}
    from tracker.sync.base import find_gone
    from tracker.sync.moves import locate_entries

    recaps = [*repository.recaps, *repository.origins]
    present = {recap.id for recap in recaps}
    ids = base.recap_ids()
    gone = find_gone(repository.folder, {*ids} - {file.id for file in repository.files} - present)
    known = {one: base.load(one) for one in ids if one in present or one in gone}
    return locate_entries(recaps, known, gone).entries


def load_known(repository: "Repository") -> "dict[str, dict[str, Known]]":
    """Return what the base knows of when actions changed, by recap and action id."""
    from tracker.mail.moved import Known

    known: dict[str, dict[str, Known]] = {}
    for recap_id, entries in load_entries(repository).items():
        for entry in (one for one in entries.values() if not one.says_nothing):
            changed = {name: agreed.since for name, agreed in entry.fields.items() if agreed.since}
            lead = entry.fields.get("lead")
            former = lead.pulled_over[-1].removesuffix("?") if lead and lead.pulled_over else None
            pulled = frozenset(name for name, agreed in entry.fields.items() if agreed.pulled_over)
            first = min(changed.values(), default="")
            known.setdefault(recap_id, {})[entry.action] = Known(first, changed, pulled, former)
    return known


def load_dates(repository: "Repository") -> "Dates":
    """Return when milestones are due, as the last sync saw it."""
    from tracker.launchpad.services import service_name

    if (setting := _service(repository)) is None:
        return {}
    from tracker.sync.milestone_dates import MilestoneFile

    return MilestoneFile(repository.folder, service_name(setting)).load()


def web_root(repository: "Repository") -> str | None:
    """Return where the service has its pages for people; Launchpad's own where none is named.

    None where a sandbox is down with which something was synced: Launchpad's bugs of those numbers are strangers'.
    """
    from tracker.launchpad.links import SANDBOX
    from tracker.launchpad.services import locate_service

    with suppress(TrackerError):
        if repository.settings and repository.settings.service:
            return locate_service(repository.settings.service, repository.folder)[0].web_root
    is_of_sandbox = _service(repository) == SANDBOX and os.path.lexists(repository.folder / SYNCED_FOLDER / SANDBOX)
    return None if is_of_sandbox else _PAGES


def find_strangers(repository: "Repository") -> dict[str, str]:
    """Return the actions whose bugs were synced on another service alone, by full id, and that service.

    Here a bug of that number is some other one, if there is any.
    """
    from tracker.launchpad.services import service_name
    from tracker.recap.model import BugTarget

    setting = _service(repository)
    own = service_name(setting) if setting is not None else ""
    others: list[Path] = []
    with suppress(OSError):  # where nothing was ever synced
        others = [one for one in (repository.folder / SYNCED_FOLDER).iterdir() if one.name != own and one.is_dir()]
    if not others:
        return {}
    from tracker.sync.base import find_foreign

    base, foreign = open_base(repository), find_foreign(repository.folder, own)
    strangers = {}
    for recap in repository.recaps:
        known = {entry.bug for entry in base.load(recap.id).values()} if base else set()
        for action in recap.actions:
            number = action.target.number if isinstance(action.target, BugTarget) else None
            full_id = recap.full_id(action)
            service = next((name for name, bugs in foreign.items() if bugs.get(full_id) == number), None)
            if number is not None and number not in known and service is not None:
                strangers[full_id] = service
    return strangers


def require_web_root(repository: "Repository") -> str:
    """Return where the service has its pages for people; raises TrackerError where that is not known.

    That is so for bugs that were synced on another service, too.
    """
    for full_id, service in find_strangers(repository).items():
        raise TrackerError(
            f"the bug of {full_id} was synced on {service}, and tracker.yaml names another service",
            remedy="see `tracker plan`, which says what to do",
        )
    root = web_root(repository)
    if root is None:
        raise TrackerError(
            "the sandbox is not running, so where the pages of its bugs are is not known",
            remedy="start it: tracker sandbox serve",
        )
    return root


def _service(repository: "Repository") -> str | None:
    """Return the service that the repository names, if anything was ever synced."""
    is_synced = os.path.lexists(repository.folder / SYNCED_FOLDER)
    return repository.settings.service if repository.settings and is_synced else None
