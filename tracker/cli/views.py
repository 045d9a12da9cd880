"""`tracker mine`, `late` and `unowned`: what `tracker status` shows most often, under the names people use."""

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.check import has_errors, here
from tracker.cli.status import (
    ColumnsOption,
    CycleOption,
    DateOption,
    FailOption,
    FormatOption,
    GroupOption,
    LimitOption,
    LiveOption,
    ProjectOption,
    SessionOption,
    SortOption,
    status,
)
from tracker.errors import ExitCode, TrackerError

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.recap.parse import Settings
    from tracker.recap.people import People


def mine(
    owner: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who you are, where the tracker cannot tell.")
    ] = None,
    project: ProjectOption = None,
    cycle: CycleOption = None,
    session: SessionOption = None,
    group_by: GroupOption = None,
    sort: SortOption = "due",
    columns: ColumnsOption = None,
    limit: LimitOption = None,
    table_format: FormatOption = "simple",
    live: LiveOption = False,
    date: DateOption = None,
) -> None:
    """Show what you owe, and what your teams do, by when it is due.

    You are whose account was last logged in, if people.yaml has it, else whose address or name git knows.

    Example: tracker mine --cycle ocata
    """
    from tracker.cli.output import err, safe
    from tracker.recap.repository import find_folder

    if owner is None:
        owner = _find_me(find_folder(here()))
        err(safe(f"you are {owner}"))
    status(
        owner=[owner], teams=True, project=project, cycle=cycle, session=session, group_by=group_by, sort=sort,
        columns=columns, limit=limit, table_format=table_format, live=live, date=date,
    )  # fmt: skip


def late(
    owner: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only what this person or team owns.")
    ] = None,
    project: ProjectOption = None,
    cycle: CycleOption = None,
    session: SessionOption = None,
    group_by: GroupOption = None,
    sort: SortOption = "due",
    columns: ColumnsOption = None,
    limit: LimitOption = None,
    fail_on: FailOption = None,
    table_format: FormatOption = "simple",
    live: LiveOption = False,
    date: DateOption = None,
) -> None:
    """Show what is open although its day, else its milestone's, is past.

    Example: tracker late --group-by owner
    """
    status(
        late=True, owner=owner, project=project, cycle=cycle, session=session, group_by=group_by, sort=sort,
        columns=columns, limit=limit, fail_on=fail_on, table_format=table_format, live=live, date=date,
    )  # fmt: skip


def unowned(
    project: ProjectOption = None,
    cycle: CycleOption = None,
    session: SessionOption = None,
    group_by: GroupOption = None,
    sort: SortOption = None,
    columns: ColumnsOption = None,
    limit: LimitOption = None,
    fail_on: FailOption = None,
    table_format: FormatOption = "simple",
    live: LiveOption = False,
    date: DateOption = None,
) -> None:
    """Show what nobody has taken.

    Example: tracker unowned --cycle ocata
    """
    status(
        unowned=True, project=project, cycle=cycle, session=session, group_by=group_by, sort=sort, columns=columns,
        limit=limit, fail_on=fail_on, table_format=table_format, live=live, date=date,
    )  # fmt: skip


def _find_me(folder: "Path") -> str:
    """Return the key of who asks; raises TrackerError when that cannot be told. Asks no server."""
    from tracker.recap.repository import load_people, load_settings

    _, settings = load_settings(folder)
    _, people = load_people(folder, settings)
    if people is None:
        raise has_errors("people.yaml")
    account = _find_account(folder, settings)
    key = people.key_of_account(account) if account else None
    if key and not key.startswith("~"):
        return key
    return _find_in_git(folder, people) or key or _refuse()


def _refuse() -> str:
    raise TrackerError(
        "who you are is not known",
        details="no account is logged in that has told its name, and git has no address or name of people.yaml",
        remedy="say it: --owner NAME; or write `email` for you in people.yaml, as in git config user.email",
        exit_code=ExitCode.USAGE,
    )


def _find_account(folder: "Path", settings: "Settings | None") -> str | None:
    """Return the account that is kept for the service, if it has told its name before."""
    from tracker.launchpad.services import find_service

    if settings is None:
        return None
    with suppress(TrackerError):
        service = find_service(settings.service, folder)
        if service.account is not None:
            from tracker.launchpad.cache import recall_account

            return recall_account(service)
    return None


def _find_in_git(folder: "Path", people: "People") -> str | None:
    from tracker.recap.changed import run_git
    from tracker.recap.people import AmbiguousPersonError, UnknownPersonError

    with suppress(TrackerError):
        email, name = (run_git(folder, "config", key).stdout.strip() for key in ("user.email", "user.name"))
        keys = [
            one.key
            for one in people.entries.values()
            if email and not one.is_team and (one.email or "").casefold() == email.casefold()
        ]
        if len(keys) == 1:
            return keys[0]
        with suppress(UnknownPersonError, AmbiguousPersonError):
            return people.resolve(name, suggest=False) if name and not name.startswith("~") else None
    return None
