"""`tracker status`: who owes what."""

from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.check import has_errors, here
from tracker.errors import ExitCode, TrackerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from tracker.cli.rows_shown import Look
    from tracker.recap.people import People
    from tracker.recap.repository import Repository
    from tracker.status.filters import Wanted
    from tracker.status.rows import Row

FAILURES = ("late", "unowned", "tentative", "any")
"""What `--fail-on` takes; `any` is whatever row is asked for."""

Words = list[str] | None
SessionOption = Annotated[Words, typer.Option(metavar="ID", help="Only this recap.")]
CycleOption = Annotated[Words, typer.Option(metavar="NAME", help="Only this cycle.")]
ProjectOption = Annotated[Words, typer.Option(metavar="NAME", help="Only what is of this project.")]
FormatOption = Annotated[
    str, typer.Option("--format", metavar="FORMAT", help="json, csv, or any table format of tabulate.")
]
LiveOption = Annotated[
    bool, typer.Option("--live", help="Ask Launchpad first, without an account if there is none; write nothing.")
]
GroupOption = Annotated[
    str | None,
    typer.Option(
        "--group-by",
        metavar="WHAT",
        help="owner, with, team, project, cycle, session, topic, status, milestone, tag, target, due, unowned, "
        "tentative or late.",
    ),
]
ColumnsOption = Annotated[
    str | None, typer.Option(metavar="A,B", help="The columns of tables and csv; a wrong one shows which there are.")
]
SortOption = Annotated[
    str | None, typer.Option(metavar="[-]COLUMN", help="Sort by a column, with - the other way round.")
]
LimitOption = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="At most so many rows; says how many more there are.")
]
FailOption = Annotated[
    Words,
    typer.Option(
        "--fail-on", metavar="|".join(FAILURES), help="Answer 1 when a row is that; any: when there is a row."
    ),
]
DateOption = Annotated[
    str | None, typer.Option("--date", metavar="DATE", help="The day for which it is told; today.")
]


def status(
    which: Annotated[
        str | None,
        typer.Argument(metavar="[RECAP[#ID]]", help="One action, shown whole; or the actions of one recap."),
    ] = None,
    owner: Annotated[Words, typer.Option(metavar="NAME", help="Only what this person or team owns.")] = None,
    teams: Annotated[bool, typer.Option("--teams", help="With --owner: also what their teams own.")] = False,
    team: Annotated[Words, typer.Option(metavar="NAME", help="Only what this team owns.")] = None,
    helper: Annotated[Words, typer.Option("--with", metavar="NAME", help="Only where they help.")] = None,
    project: ProjectOption = None,
    cycle: CycleOption = None,
    session: SessionOption = None,
    topic: Annotated[Words, typer.Option(metavar="TITLE", help="Only this topic.")] = None,
    with_status: Annotated[
        Words, typer.Option("--status", metavar="WORD", help="Only this status; also carried, to another action.")
    ] = None,
    milestone: Annotated[Words, typer.Option(metavar="NAME", help="Only this milestone.")] = None,
    tag: Annotated[Words, typer.Option(metavar="NAME", help="Only with this tag.")] = None,
    target: Annotated[
        Words, typer.Option(metavar="bug|blueprint|work-item|none", help="Only what is tracked as this.")
    ] = None,
    unowned: Annotated[bool, typer.Option("--unowned", help="Only what nobody has taken.")] = False,
    tentative: Annotated[bool, typer.Option("--tentative", help="Only with an owner who is not confirmed.")] = False,
    late: Annotated[bool, typer.Option("--late", help="Only what was due before today.")] = False,
    due_before: Annotated[
        str | None, typer.Option(metavar="DATE|14d", help="Only what is due before a day, or the end of a span.")
    ] = None,
    quiet_for: Annotated[
        str | None, typer.Option(metavar="14d", help="Only what nobody changed for so long.")
    ] = None,
    text: Annotated[str | None, typer.Option(metavar="TEXT", help="Only with this in title or notes.")] = None,
    closed_too: Annotated[bool, typer.Option("--all", help="Also what is done, dropped or carried.")] = False,
    group_by: GroupOption = None,
    sort: SortOption = None,
    columns: ColumnsOption = None,
    limit: LimitOption = None,
    fail_on: FailOption = None,
    table_format: FormatOption = "simple",
    live: LiveOption = False,
    date: DateOption = None,
) -> None:
    """Show a row for each open action: who owns it, what it is tracked as, and where it stands.

    Reads the recaps and what the last sync saw, and asks no server. All filters must hold; one that is given several
    times holds for any of its values.

    With --live each row says what its recap would say after a sync, and is chosen by that.

    Example: tracker status --owner ihar --format json
    Example: tracker status --cycle ocata --late --group-by owner --sort due
    Example: tracker status ocata/neutron-server-next#push-notifications
    """
    from dataclasses import replace

    from tracker.cli.choosing import read_today
    from tracker.cli.rows_read import ask_launchpad, finish, load_rows
    from tracker.cli.tables import check_table_format
    from tracker.recap.repository import find_folder

    check_table_format(table_format)
    today = read_today(date)
    look = _read_look(columns, group_by, table_format, live=live)
    key, descending = _read_sort(sort)
    for failure in fail_on or []:
        _choose_one(failure, FAILURES, "--fail-on")
    narrowing = owner if not (project or cycle or session or topic or milestone or tag or which) else None
    repository = _load(find_folder(here()), narrowing or [], teams=teams, whole=live)
    named = {"owner": owner, "with": helper, "team": team, "project": project, "cycle": cycle, "topic": topic,
             "status": with_status, "milestone": milestone, "tag": tag, "target": target,
             "session": session}  # fmt: skip
    if which is not None:
        from tracker.cli.action import find_action, show_action

        full_id = find_action(repository, which)
        others = {**named, "teams": teams, "unowned": unowned, "tentative": tentative, "late": late,
                  "due-before": due_before, "quiet-for": quiet_for, "text": text, "all": closed_too,
                  "group-by": group_by, "sort": sort, "columns": columns, "limit": limit}  # fmt: skip
        _refuse_beside(which, others if full_id is not None else {"session": session})
        if full_id is not None:
            row, seen = show_action(repository, full_id, today, table_format, live=live)
            finish(repository, [row], seen, table_format, failed=_tell_failures([row], fail_on or []))
            return
        named["session"] = [which]
    wanted = _read_wanted(repository, today, named, due_before, quiet_for, text or "", teams=teams)
    wanted = replace(wanted, unowned=unowned, tentative=tentative, late=late, closed_too=closed_too)
    seen = ask_launchpad(repository) if live else None
    every = load_rows(repository, today, seen)
    rows = wanted.choose(every, today)
    if key is not None:
        from tracker.status.columns import sort_rows

        rows = sort_rows(rows, key, descending=descending)
    closed = 0 if rows else len(replace(wanted, closed_too=True).choose(every, today))
    _show(repository, rows, look, limit, closed)
    failed = _tell_failures(rows, fail_on or [])
    finish(repository, rows, seen, look.table_format, failed=failed)


def _load(folder: "Path", owners: list[str], *, teams: bool, whole: bool) -> "Repository":
    """Read what the question needs: where it is for some owners alone, their recaps out of the index."""
    from tracker.cli.choosing import resolve_owner
    from tracker.recap.repository import load_repository

    if whole:
        return load_repository(folder)
    from tracker.recap.index import load_recaps

    def choose(people: "People") -> frozenset[str]:
        keys = {resolve_owner(name, people) for name in owners}
        return frozenset(keys.union(*(people.teams_of(key) for key in keys if teams)))

    return load_recaps(folder, choose)


def _refuse_beside(which: str, others: "Mapping[str, object]") -> None:
    """Raise TrackerError for options that have nothing to choose among, or that would choose otherwise."""
    given = [f"--{name}" for name, value in others.items() if value]
    if given:
        raise TrackerError(
            f'{" and ".join(given)} cannot go with "{which}"', remedy="leave one out", exit_code=ExitCode.USAGE
        )


def _show(repository: "Repository", rows: "list[Row]", look: "Look", limit: int | None, closed: int) -> None:
    from tracker.cli.output import err
    from tracker.cli.rows_shown import show_rows
    from tracker.status.groups import Group, group_rows

    teams = repository.people.team_keys if repository.people else ()
    groups = group_rows(rows, look.group_by, teams) if look.group_by else [Group(None, "", tuple(rows))]
    left, shown = limit if limit is not None else len(rows) * len(groups), []
    for group in groups:
        shown.append(group.rows[:left])
        left -= len(shown[-1])
    if rows or look.table_format in {"json", "csv"}:
        show_rows(groups, shown, look)
    elif closed:
        err(f"no open action matches; --all also looks at what is closed or carried, and finds {closed}")
    elif repository.files:
        err("no action matches")
    else:
        err("there is no recap yet; `tracker new` or `tracker import` makes one")
    hidden = sum(len(group.rows) for group in groups) - sum(map(len, shown))
    if hidden:
        err(f"{hidden} more; leave --limit out, or raise it")


def _tell_failures(rows: "list[Row]", wanted: list[str]) -> bool:
    """Say which of what must not be is there."""
    from tracker.cli.check import count
    from tracker.cli.output import err
    from tracker.status.groups import Group

    found = {**Group(None, "", tuple(rows)).kinds, "any": len(rows)}
    failed = [name for name in dict.fromkeys(wanted) if found[name]]
    for name in failed:
        err(f"failed on {name}: {count(found[name], 'action')}")
    return bool(failed)


def _read_look(columns: str | None, group_by: str | None, table_format: str, *, live: bool) -> "Look":
    from tracker.cli.rows_shown import Look
    from tracker.cli.tables import is_for_reading
    from tracker.status.columns import COLUMNS, USUAL, USUAL_LIVE
    from tracker.status.groups import GROUPINGS

    names: tuple[str, ...] = USUAL_LIVE if live else USUAL
    if is_for_reading(table_format):
        names = tuple(name for name in names if name != "as-of")  # stands below the table
    if columns is not None:
        written = [name.strip().replace(" ", "-").casefold() for name in columns.split(",")]
        names = tuple(dict.fromkeys(_choose_one(name, COLUMNS, "--columns") for name in written))
    if group_by is not None:
        _choose_one(group_by, GROUPINGS, "--group-by")
    return Look(table_format, names, columns is not None, group_by, live)


def _read_sort(written: str | None) -> tuple[str | None, bool]:
    from tracker.status.columns import COLUMNS

    if written is None:
        return None, False
    name = written.removeprefix("-").replace(" ", "-").casefold()
    return _choose_one(name, COLUMNS, "--sort"), written.startswith("-")


def _read_wanted(
    repository: "Repository",
    today: "date",
    named: dict[str, Words],
    due_before: str | None,
    quiet_for: str | None,
    text: str,
    *,
    teams: bool,
) -> "Wanted":
    """Read what is asked for against what the recaps have; raises TrackerError for what they do not."""
    from tracker.cli.choosing import choose_known, choose_recap, choose_teams, read_day, read_span, resolve_owner
    from tracker.recap.carried import STATUSES
    from tracker.status.filters import TARGETS, Wanted

    people, recaps = repository.people, repository.recaps
    if people is None and (named["owner"] or named["with"] or named["team"]):
        raise has_errors("people.yaml")
    actions = [action for recap in recaps for action in recap.actions]
    owners = {resolve_owner(name, people) for name in named["owner"] or []}
    if teams and not owners:
        raise TrackerError(
            "--teams goes with --owner", remedy="name whose teams: --owner ihar --teams", exit_code=ExitCode.USAGE
        )
    if teams and people is not None:
        owners = owners.union(*(people.teams_of(key) for key in owners))
    return Wanted(
        owners=frozenset(owners),
        helpers=frozenset(resolve_owner(name, people, "person") for name in named["with"] or []),
        teams=choose_teams(named["team"], people),
        projects=choose_known(named["project"], (one.project for one in actions), "project"),
        cycles=choose_known(named["cycle"], (recap.cycle for recap in recaps), "cycle"),
        sessions=frozenset(choose_recap(one, repository) for one in named["session"] or []),
        topics=choose_known(named["topic"], (topic.title for recap in recaps for topic in recap.topics), "topic"),
        statuses=frozenset(_read_status(word, STATUSES) for word in named["status"] or []),
        milestones=choose_known(named["milestone"], (one.milestone for one in actions), "milestone"),
        tags=choose_known(named["tag"], (tag for one in actions for tag in one.tags), "tag"),
        targets=frozenset(_choose_one(word, TARGETS, "--target") for word in named["target"] or []),
        due_before=read_day(due_before, "--due-before", today) if due_before is not None else None,
        quiet_for=read_span(quiet_for, "--quiet-for") if quiet_for is not None else None,
        text=text,
    )


def _choose_one(written: str, known: "Iterable[str]", option: str) -> str:
    from tracker.cli.choosing import choose_one

    return choose_one(written, known, option)


def _read_status(word: str, known: "Iterable[str]") -> str:
    if word.casefold() not in known:
        raise TrackerError(
            f'unknown status "{word}"', remedy="it is one of " + ", ".join(known), exit_code=ExitCode.USAGE
        )
    return word.casefold()
