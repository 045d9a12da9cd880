"""`tracker people`: who is in people.yaml, who is on Launchpad, and whether the two fit."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tracker.cli.check import count, has_errors, here
from tracker.cli.login import ServiceOption, locate
from tracker.cli.sandbox import repository_here
from tracker.errors import ExitCode, TrackerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.cli.output import Progress
    from tracker.launchpad.services import Service
    from tracker.launchpad.snapshots import AccountSnapshot
    from tracker.recap.comparison import Difference
    from tracker.recap.document import Document
    from tracker.recap.people import People, Person

app = typer.Typer(invoke_without_command=True, add_completion=False)

LIMIT = 20
"""How many accounts `find` shows."""
LONGEST = 200
"""How many characters `find` asks for at most: they stand in the address, which servers let grow only so far."""

FormatOption = Annotated[
    str, typer.Option("--format", metavar="FORMAT", help="json, csv, or any table format of tabulate.")
]


@dataclass(frozen=True)
class Table:
    """Rows to show, and the same for JSON."""

    headers: tuple[str, ...]
    cells: list[list[str]]
    values: list[dict[str, Any]]
    wrapped: tuple[str, ...]


@app.callback()
def people(context: typer.Context, table_format: FormatOption = "simple") -> None:
    """List the people and teams of people.yaml; `find` and `check` ask Launchpad about accounts.

    Example: tracker people --format csv
    """
    if context.invoked_subcommand is not None:
        if table_format != "simple":
            raise TrackerError(
                f"`--format` before `{context.invoked_subcommand}` is that of the list",
                remedy="leave it out, or write it at the end",
                exit_code=ExitCode.USAGE,
            )
        return
    from tracker.cli.output import err
    from tracker.cli.tables import check_table_format
    from tracker.recap.repository import find_folder, load_repository

    check_table_format(table_format)
    everybody = load_repository(find_folder(here())).people
    if everybody is None:
        raise has_errors("people.yaml")
    if not everybody.entries:
        err("people.yaml names nobody yet")
    _show(_list(everybody), table_format)


@app.command()
def find(
    text: Annotated[
        list[str], typer.Argument(metavar="TEXT...", help="Words of a name or account, or how an address begins.")
    ],
    service: ServiceOption = None,
    table_format: FormatOption = "simple",
) -> None:
    """Look for accounts on Launchpad, and show the line that people.yaml would have for each.

    Asks as nobody. Launchpad takes whole words, and finds nobody by an IRC nick. Which account is meant, you decide.

    Example: tracker people find Kevin Benton
    """
    from tracker.cli.output import err, out, progress, safe
    from tracker.cli.tables import check_table_format, is_for_reading
    from tracker.launchpad.directory import Directory
    from tracker.launchpad.wire import Wire

    check_table_format(table_format)
    wanted = " ".join(" ".join(text).split())
    problem = _find_text_problem(wanted)
    if problem is not None:
        raise TrackerError(problem, remedy="say a name: tracker people find Kevin", exit_code=ExitCode.USAGE)
    known = _known_people()
    wire = Wire(locate(service)[0])  # which is nobody's
    try:
        with progress() as shown:
            shown.step(f"asking {wire.service.name}")
            found, is_cut = Directory(wire).find(wanted, LIMIT)
    finally:
        wire.close()
    if not found:
        err(f'{safe(wire.service.name)} finds nobody by "{safe(wanted)}"')
    _show(_candidates(found, known), table_format)
    if is_cut:
        err(f"there are more than these {LIMIT}: add a word of the name")
    if is_for_reading(table_format):
        for group, is_team in (("people", False), ("teams", True)):
            new = [one for one in found if one.is_team == is_team and _key_of(one, known) is None]
            if new:
                out(f"\n{'Each' if len(new) > 1 else 'This'} as a line below `{group}:` in people.yaml:")
            for one in new:
                out(f"  {safe(_line(one, known))}")


@app.command()
def check() -> None:
    """Compare the accounts of people.yaml with Launchpad, which must have them, in use and not hidden.

    Answers 1 when one is not. A warning tells of a person whom Launchpad calls by another name altogether.

    Example: tracker people check
    """
    from tracker.cli.output import err, progress, safe, show_error
    from tracker.launchpad.services import find_service
    from tracker.recap.repository import find_folder, load_repository

    repository = load_repository(find_folder(here()))
    if repository.people is None:
        raise has_errors("people.yaml")
    if repository.settings is None:
        raise has_errors("tracker.yaml")
    everybody = repository.people.entries.values()
    service = find_service(repository.settings.service, repository.folder)
    results: list[tuple[Person, Difference | None]] = []
    failure = None
    try:
        with progress() as shown:
            for result in _compare(service, [person for person in everybody if person.account], shown):
                results.append(result)  # noqa: PERF402 - what was seen before a failure counts
    except TrackerError as error:
        failure = error
    found = [(person, difference) for person, difference in results if difference is not None]
    for person, difference in found:
        _tell(repository.people_document, person, difference)
    errors = sum(difference.is_error for _, difference in found)
    if results or failure is None:
        told = f"{count(errors, 'error')}, {count(len(found) - errors, 'warning')}" if found else "no problems"
        err(f"{count(len(results), 'account')} compared with {safe(service.name)}: {told}")
    if without := sum(not person.account for person in everybody):
        err(f"without an account: {without}")
    if failure is not None and not errors:
        raise failure
    if failure is not None:
        show_error(failure)
    if errors:
        raise typer.Exit(ExitCode.PROBLEMS)


def _compare(
    service: "Service", entries: "list[Person]", shown: "Progress"
) -> "Iterator[tuple[Person, Difference | None]]":
    """Ask about each entry, one after the other."""
    from tracker.launchpad.directory import Directory
    from tracker.launchpad.wire import Wire
    from tracker.recap.comparison import compare_account

    if not entries:
        return
    shown.tell(
        f"connecting to {service.name}{'' if service.account else ' without an account: only public teams show'}"
    )
    wire = Wire(service)
    directory = Directory(wire)
    try:
        for number, person in enumerate(entries, 1):
            shown.step(f"~{person.account}, {number} of {len(entries)}")
            yield person, compare_account(person, directory.fetch(person.account or ""))
    finally:
        wire.close()


def _tell(document: "Document | None", person: "Person", difference: "Difference") -> None:
    from tracker.cli.output import out, paint, safe

    colour, severity = (typer.colors.RED, "error") if difference.is_error else (typer.colors.YELLOW, "warning")
    assert document is not None  # noqa: S101 - somebody was found in it
    place = ("teams" if person.is_team else "people", person.key, "launchpad")
    line, column = document.position(document.locate(place)[0])
    where = f"{safe(document.path)}:{line}:{column}"
    out(f"{where}: {paint(severity, colour, bold=True)}: {safe(person.key)}: {safe(difference.text)}")
    out(f" help: {safe(difference.remedy)}")


def _find_text_problem(text: str) -> str | None:
    """Say why there is no asking for a text."""
    if not text:
        return "there is nobody to look for"
    if len(text) > LONGEST:
        return f"the text has {len(text)} characters, more than the {LONGEST} of any name"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "the text is not UTF-8, which names on Launchpad are written in"
    return None


def _known_people() -> "People":
    """Return the people of the repository here; nobody outside of one."""
    from tracker.cli.output import err
    from tracker.recap.people import People
    from tracker.recap.repository import load_repository

    folder = repository_here()
    if folder is None:
        return People()
    known = load_repository(folder).people
    if known is None:
        err("people.yaml has errors, so those whom it has are not told from others")
    return known or People()


def _list(everybody: "People") -> Table:
    cells, values = [], []
    for person in everybody.entries.values():
        teams = sorted(everybody.teams_of(person.key), key=everybody.team_keys.index)
        led = [team for team in teams if everybody.lead_of(team) == person.key]
        kind = "team" if person.is_team else "person"
        named = [f"{team} (lead)" if team in led else team for team in teams]
        cells.append([person.key, person.name, kind, person.account or "", ", ".join(person.irc), ", ".join(named)])
        values.append(
            {
                "key": person.key,
                "name": person.name,
                "kind": kind,
                "launchpad": person.account,
                "irc": list(person.irc),
                "email": person.email,
                "member_of": teams,
                "lead_of": led,
            }
        )
    return Table(("key", "name", "kind", "account", "irc", "member of"), cells, values, ("name", "irc", "member of"))


def _candidates(found: "list[AccountSnapshot]", known: "People") -> Table:
    cells, values = [], []
    for one in found:
        key, kind = _key_of(one, known), "team" if one.is_team else "person"
        karma = "" if one.is_team else str(one.karma)
        cells.append([one.name, one.display_name, karma, kind, key or ""])
        values.append(
            {
                "account": one.name,
                "display_name": one.display_name,
                "karma": one.karma,
                "kind": kind,
                "in_people_as": key,
            }
        )
    return Table(("account", "name", "karma", "kind", "in people.yaml as"), cells, values, ("name",))


def _key_of(one: "AccountSnapshot", known: "People") -> str | None:
    """Return the key of the entry that has an account; None when none has."""
    key = known.key_of_account(one.name)
    return None if key.startswith("~") else key


def _line(one: "AccountSnapshot", known: "People") -> str:
    """Write the entry that people.yaml would have for an account, under a key that means nobody else there."""
    from tracker.cli.output import safe
    from tracker.recap.quoting import write_scalar

    taken = {alias.casefold() for person in known.entries.values() for alias in person.aliases}
    keys = (one.name, *(f"{one.name}-{number}" for number in range(2, len(taken) + 3)))
    key = next(key for key in keys if key.casefold() not in taken)
    name = " ".join(one.display_name.split()) or one.name
    # What the terminal must not get is shown as an escape, and only within quotes YAML reads that as one.
    written = write_scalar(name, flow=True, quote="" if safe(name) == name else '"')
    return f"{write_scalar(key)}: {{name: {written}, launchpad: {write_scalar(one.name, flow=True)}}}"


def _show(table: Table, table_format: str) -> None:
    from tracker.cli.output import out, render_csv, render_json
    from tracker.cli.tables import render_table

    if table_format == "json":
        out(render_json(table.values))
    elif table_format == "csv":
        out(render_csv(table.headers, table.cells))
    elif table.cells:
        out(render_table(table.headers, table.cells, table_format, wrapped=dict.fromkeys(table.wrapped, 0)))
