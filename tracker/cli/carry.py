"""`tracker carry`: what is still open, as the beginning of the next session's recap."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.check import count, has_errors, here
from tracker.errors import ExitCode, TrackerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tracker.recap.carrying import CarriedAction
    from tracker.recap.editor import Edit
    from tracker.recap.model import Recap
    from tracker.recap.repository import Repository

_AGAIN = "then run the same command again: it goes on where this one ended"


def carry(
    source: Annotated[str, typer.Option("--from", metavar="CYCLE|ID", help="The cycle, or one recap.")],
    target: Annotated[str, typer.Option("--to", metavar="ID", help="CYCLE/NAME of the recap that it begins.")],
    owner: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only what this person owns.")] = None,
    only: Annotated[list[str] | None, typer.Option(metavar="[RECAP#]ID", help="Only this action.")] = None,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="The next session's title.")] = None,
    day: Annotated[
        str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="The day of the next session; today.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Carry over without asking.")] = False,
) -> None:
    """Begin a recap with what is still open of a cycle, or of one recap, each action with `carried_from`.

    What an action is tracked as goes along: the old recap does not name it any more, and the next sync keeps what was
    agreed on. The rest of the old one stays, and so does what is done. No file is ever overwritten.

    Example: tracker carry --from ocata --to pike/neutron-server-next
    """
    from tracker.cli.output import confirm, err, is_interactive, out, safe
    from tracker.cli.recap_places import read_recap_id, require_free
    from tracker.recap.carrying import find_created, find_edits, find_left
    from tracker.recap.repository import find_folder, load_repository
    from tracker.sync.lock import locked

    folder = find_folder(here())
    recap_id = read_recap_id(target, folder)
    path = folder / f"{recap_id}.yaml"
    date = _read_date(day)
    with locked(folder):
        repository = load_repository(folder)
        drafts = _draft_all(repository)
        name, sources = _find_sources(source, recap_id, repository, drafts)
        begun = drafts.get(recap_id)
        actions = find_left(begun, sources) if begun is not None else []
        text = None
        if not actions:
            require_free(path, folder)
            values = {"title": f"open actions of {name}" if title is None else title, "date": date}
            actions, text = _begin(recap_id, sources, repository, drafts, owner, only, values)
        if not actions:
            err(safe(f"nothing is open in {name}" if not (owner or only) else "no open action matches"))
            return
        documents = {file.id: file.document for file in repository.files}
        edits = find_edits(actions, documents)
        if begun is not None and (created := find_created(begun, actions)):
            edits = {recap_id: created, **edits}
        _check_edits(repository, edits)
        state = "is to be made" if text is not None else "is there already"
        out(safe(f"{os.path.relpath(path)} {state}; it goes on with {count(len(actions), 'action')}:"))
        for one in actions:
            _show(one)
        if not yes and not is_interactive():
            raise TrackerError(
                "nobody is there to agree to that", remedy="look at it, then add --yes", exit_code=ExitCode.USAGE
            )
        if not (yes or confirm("Carry them over?")):
            err("nothing was changed")
            return
        _write(path, text, repository, edits)
    err(f"{count(len(actions), 'action')} carried over; `tracker plan` shows what a sync would do")


def _read_date(written: str | None) -> str:
    from tracker.cli.choosing import read_day
    from tracker.cli.new import today

    return (today() if written is None else read_day(written, "--date", None)).isoformat()


def _draft_all(repository: "Repository") -> "dict[str, Recap]":
    """Return the recaps, with those that name what another one names too; raises TrackerError when any has errors.

    A run that ended between the files has left two actions with one bug. Of a recap that cannot be read nobody knows
    which actions it goes on with: they would be carried a second time.
    """
    from tracker.recap.repository import Reader

    settings, people = repository.settings, repository.people
    if settings is None or people is None:
        raise has_errors("tracker.yaml or people.yaml")
    reader = Reader(repository.folder, settings, people)
    drafts = {}
    broken = [problem.path for problem in repository.hidden]
    for file in repository.files:
        draft, is_sound = (file.recap, True) if file.recap is not None else reader.read(file.path)
        if draft is not None and is_sound:
            drafts[file.id] = draft
        else:
            broken.append(file.document.path)
    _require_sound(broken)
    return drafts


def _find_sources(
    written: str, recap_id: str, repository: "Repository", drafts: "Mapping[str, Recap]"
) -> "tuple[str, list[Recap]]":
    """Find the cycle or the recap that is named, and its recaps; raises TrackerError for none and for both."""
    from tracker.cli.choosing import choose_known
    from tracker.recap.repository import select_paths

    recaps = {one.id: one for one in drafts.values() if one.id != recap_id}
    (path,) = select_paths(repository.folder, [written])
    path = Path(os.path.realpath(path.parent), path.name)
    file = next((file for file in repository.files if file.path == path and file.id in recaps), None)
    if file is not None and file.id != written:
        return file.id, [recaps[file.id]]
    if "/" in written and path.is_dir() and path.is_relative_to(repository.folder):
        written = f"{path.relative_to(repository.folder).as_posix()}/"
    cycles = {one.cycle for one in recaps.values() if one.cycle}
    if not recaps:
        raise TrackerError("there is no other recap to carry from", remedy="write one first: tracker new")
    known = cycles if written.endswith("/") else {*recaps, *cycles}
    (name,) = choose_known([written.removesuffix("/")], known, "cycle" if written.endswith("/") else "cycle or recap")
    of_cycle = [one for one in recaps.values() if one.cycle == name]
    if name not in recaps or written.endswith("/"):
        return name, of_cycle
    if name in cycles and of_cycle != [recaps[name]]:
        raise TrackerError(
            f'"{name}" is a recap and a cycle',
            remedy=f"write {name}.yaml for the recap, {name}/ for the cycle",
            exit_code=ExitCode.USAGE,
        )
    return name, [recaps[name]]


def _require_sound(broken: "Iterable[str]") -> None:
    if paths := ", ".join(broken):
        raise TrackerError(f"{paths}: not a sound recap", remedy="correct it first; `tracker check` shows all")


def _begin(
    recap_id: str,
    sources: "Iterable[Recap]",
    repository: "Repository",
    drafts: "Mapping[str, Recap]",
    owners: list[str] | None,
    only: list[str] | None,
    values: dict[str, str],
) -> "tuple[list[CarriedAction], str | None]":
    """Choose what goes on, and write the recap that it begins; raises TrackerError for what cannot be written."""
    from tracker.cli.choosing import resolve_owner
    from tracker.cli.fixing import remembered_ids
    from tracker.cli.recap_places import find_schema
    from tracker.recap.carrying import find_misread, find_open, name_carried, write_carried
    from tracker.recap.skeletons import find_recap_problem

    sources = list(sources)
    ids = {one.id for one in sources}
    _require_sound(file.document.path for file in repository.files if file.recap is None and file.id in ids)
    assert repository.settings is not None  # noqa: S101 - else there would be no drafts
    assert repository.people is not None  # noqa: S101 - likewise
    default, people = repository.settings.project, repository.people
    if "/" in recap_id:
        values["cycle"] = recap_id.partition("/")[0]
    for key, value in values.items():
        complete = {"title": "t", "date": "2000-01-01", "project": "p", key: value}
        if (problem := find_recap_problem(complete, recap_id, people, default)) is not None:
            raise TrackerError(f"`--{key}`: {problem.message}", remedy=problem.help, exit_code=ExitCode.USAGE)
    found = find_open(sources, drafts.values())
    keys = {resolve_owner(name, people) for name in owners or []}
    everything = found
    if keys:
        found = {
            full_id: (recap, index)
            for full_id, (recap, index) in found.items()
            if keys & {owner.key for owner in recap.actions[index].owners}
        }
    if only:
        chosen = {_choose(name, found, everything, keys) for name in only}
        found = {full_id: one for full_id, one in found.items() if full_id in chosen}
    if not found:
        return [], None
    actions = name_carried(found.values(), remembered_ids(repository.folder, recap_id))
    documents = {file.id: file.document for file in repository.files}
    schema = find_schema(repository.folder / f"{recap_id}.yaml", repository.folder)
    text = write_carried(values, actions, documents, default, schema)
    if (wrong := find_misread(text, recap_id, actions, people, default)) is not None:
        raise TrackerError(
            f"{recap_id} would not be a sound recap: {wrong}; nothing was changed",
            remedy="carry some of them: --only, --owner",
        )
    return actions, text


def _choose(
    name: str,
    found: "Mapping[str, tuple[Recap, int]]",
    everything: "Mapping[str, tuple[Recap, int]]",
    owners: "Iterable[str]",
) -> str:
    """Return the full id of an action that is named; raises TrackerError for one that is open and others' alone."""
    from tracker.sync.choice import find_action

    is_theirs = any(name in {full_id, full_id.partition("#")[2]} for full_id in found)
    chosen = find_action(name, found if is_theirs else everything, unknown="no open action")
    if chosen not in found:
        recap, index = everything[chosen]
        there = ", ".join(owner.key for owner in recap.actions[index].owners) or "nobody"
        raise TrackerError(
            f'"{chosen}" is open, and owned by {there}, not by {" or ".join(sorted(owners))}',
            remedy="leave --owner out, or that --only",
            exit_code=ExitCode.USAGE,
        )
    return chosen


def _check_edits(repository: "Repository", edits: "Mapping[str, list[Edit]]") -> None:
    """Raise TrackerError when one of the old recaps cannot be changed, before anything is written."""
    from tracker.recap.editor import EditError, apply_edits
    from tracker.recap.files import check_writable, explain_read_error

    for file in repository.files:
        try:
            if file.id in edits:
                apply_edits(file.document, edits[file.id])
                check_writable(file.path)
        except EditError as error:
            key = error.place[-1]
            line, _ = file.document.position(file.document.locate(error.place)[0])
            raise TrackerError(
                f"{file.document.path}:{line}: `{key}` cannot be changed alone; nothing was changed",
                remedy=f"write it as `{key}: VALUE` in a line of its own, then run the same command again",
            ) from None
        except OSError as error:
            reason, _ = explain_read_error(file.path, error)
            raise TrackerError(
                f"{file.document.path} cannot be written: {reason}; nothing was changed",
                remedy="give the right to write it",
            ) from None


def _show(one: "CarriedAction") -> None:
    from tracker.cli.output import out, safe

    target = one.action.target
    out(safe(f"  {one.id}: {one.action.title}"))
    out(safe(f"    from {one.full_id}, {f'with {target}' if target is not None else 'kept by hand'}"))


def _write(path: Path, text: str | None, repository: "Repository", edits: "Mapping[str, list[Edit]]") -> None:
    """Write the new recap, then the old ones: a run that ends in between has lost nothing, and is told of."""
    from tracker.cli.interrupting import interruptible
    from tracker.recap.files import create_file
    from tracker.recap.writer import WriteError, Writer

    if text is not None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            create_file(path, text.encode())
        except OSError as error:
            raise TrackerError(
                f"{os.path.relpath(path)} cannot be made: {error.strerror}; nothing was changed",
                remedy="name another, or give the right to",
            ) from None
    with interruptible("run the same command again: it goes on where this one ended"):
        files = {file.id: file for file in repository.files}
        for recap_id, changes in edits.items():
            try:
                Writer(files[recap_id]).write(changes)
            except WriteError as error:
                raise TrackerError(str(error), remedy=f"{error.remedy or 'look at it'}, {_AGAIN}") from None
