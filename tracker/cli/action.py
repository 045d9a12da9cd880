"""One action whole, for `tracker status RECAP#ID`: what it says, both sides, and what became of it."""

from datetime import date
from typing import TYPE_CHECKING, Any

from tracker.errors import ExitCode, TrackerError

if TYPE_CHECKING:
    from tracker.cli.live import Seen
    from tracker.recap.model import Recap
    from tracker.recap.people import People
    from tracker.recap.repository import Repository
    from tracker.status.rows import Row
    from tracker.sync.entries import Entry

_FORMATS = ("simple", "json")


def show_action(
    repository: "Repository", full_id: str, today: date, output_format: str, *, live: bool
) -> "tuple[Row, Seen | None]":
    """Show an action; returns its row, and what Launchpad showed if it was asked."""
    from tracker.cli.output import out, render_json
    from tracker.cli.rows_read import ask_launchpad, load_rows

    if output_format not in _FORMATS:
        raise TrackerError(
            f'one action cannot be shown as "{output_format}"',
            remedy="leave --format out, or write --format json",
            exit_code=ExitCode.USAGE,
        )
    seen = ask_launchpad(repository) if live else None
    (row,) = (one for one in load_rows(repository, today, seen) if one.full_id == full_id)
    recap = next(one for one in repository.recaps if one.id == row.session)
    entry = _find_entry(repository, row)
    if output_format == "json":
        from tracker.cli.rows_shown import row_values

        out(render_json({**row_values(row, with_live=live), "base": _entry_values(entry)}))
    else:
        _show(row, recap, entry, repository.people, seen)
    return row, seen


def find_action(repository: "Repository", written: str) -> str | None:
    """Return the full id of the action that is meant; None where a recap is named, or nothing.

    It is meant by RECAP#ID, also with an id that it had before, or by its own id where no other recap has that.
    Raises TrackerError.
    """
    from tracker.cli.choosing import choose_known, choose_recap

    written = written.removeprefix("#")
    if "#" not in written:
        from tracker.recap.carried import find_carried
        from tracker.sync.choice import find_action as find_by_own_id

        if written in {file.id for file in repository.files}:
            return None
        actions = [(recap, one) for recap in repository.recaps for one in recap.actions]
        here = [recap.full_id(one) for recap, one in actions if one.id == written]
        if not here:
            here = [recap.full_id(one) for recap, one in actions if written in one.previously]
            written = here[0] if len(here) == 1 else written
        return find_by_own_id(written, here, carried=find_carried(repository.recaps)) if here else None
    session, _, action_id = written.partition("#")
    session = choose_recap(session, repository)
    recap = next((one for one in repository.recaps if one.id == session), None)
    if recap is None:
        raise TrackerError(f"{session} has errors, so its actions are not known", remedy="see `tracker check`")
    former = {before: action.id for action in recap.actions for before in action.previously}
    known = [action.id for action in recap.actions]
    if action_id not in known and action_id in former:
        return f"{session}#{former[action_id]}"
    (action_id,) = choose_known([action_id], known, "action")
    return f"{session}#{action_id}"


def _find_entry(repository: "Repository", row: "Row") -> "Entry | None":
    from tracker.cli.remembered import load_entries

    entry = load_entries(repository).get(row.session, {}).get(row.action.id)
    return None if entry is None or entry.says_nothing else entry


def _show(row: "Row", recap: "Recap", entry: "Entry | None", people: "People | None", seen: "Seen | None") -> None:
    from tracker.cli.output import out, paint, safe
    from tracker.cli.tables import Link, link, render_table

    out(paint(safe(row.full_id), bold=True))
    out(safe(row.action.title))
    out()
    facts = [(name, value) for name, value in _facts(row, recap, people) if value]
    width = max(len(name) for name, _ in facts)
    for name, value in facts:
        lines = value.splitlines() if name == "notes" else [value]
        for index, line in enumerate(lines):
            is_address = line.startswith(("https://", "http://")) and not any(map(str.isspace, line))
            shown = link(Link(line, line)) if is_address else safe(line)
            out(f"{'' if index else name:{width}}  {shown}".rstrip())
    sides = _sides(row, entry)
    if sides:
        out()
        headers = ["", "recap now", "recap then", "Launchpad then", "Launchpad now", "since"]
        out(render_table(headers, sides, "simple", wrapped=dict.fromkeys(headers[1:5], 0)))
    for title, lines in (("history", _history(entry)), ("refused", _refused(entry))):
        if lines:
            out(f"\n{title}")
            for line in lines:
                out(f"  {safe(line)}")
    if seen is None and entry is None and row.action.target is not None:
        out("\nnot synced yet")


def _facts(row: "Row", recap: "Recap", people: "People | None") -> "list[tuple[str, str]]":
    action = row.action
    milestone = action.milestone or ""
    if milestone and row.due_on and not action.due:
        milestone += f", {row.due_on.isoformat()}"
    return [
        ("session", ", ".join(part for part in (recap.title, recap.event, recap.date.isoformat()) if part)),
        ("project", action.project),
        ("cycle", recap.cycle or ""),
        ("topic", action.topic or ""),
        ("owner", ", ".join(_say(one.key, str(one), people) for one in action.owners) or "nobody"),
        ("with", ", ".join(_say(one.key, str(one), people) for one in action.collaborators)),
        ("status", f"{row.status} to {row.carried_to}" if row.carried_to else row.status),
        ("due", action.due.isoformat() if action.due else ""),
        ("milestone", milestone),
        ("late", f"since {row.due_on.isoformat()}" if row.is_late and row.due_on else ""),
        ("importance", action.importance or ""),
        ("tags", ", ".join(action.tags)),
        ("tracked as", row.tracked_as or "nothing: it is kept by hand"),
        ("page", row.page or ""),
        *(("evidence", url) for url in action.evidence),
        ("goes on with", action.carried_from or ""),
        ("formerly", ", ".join(action.previously)),
        ("notes", action.notes or ""),
        ("on Launchpad", (row.live.problem or "") if row.live else ""),
    ]


def _say(key: str, written: str, people: "People | None") -> str:
    name = people.display_name(key) if people else key
    return f"{written} ({name})" if name.casefold() != key.casefold() else written


def _sides(row: "Row", entry: "Entry | None") -> list[list[str]]:
    """Return a line for each field: what the recap says, what both sides said when they last agreed, and now."""
    from tracker.sync.describe import recap_name

    action, live = row.action, row.live
    now = {
        "title": action.title,
        "lead": str(action.lead or ""),
        "status": action.current_status.value,
        "milestone": action.milestone or "",
        "importance": action.importance or "",
    }
    shown = {"lead": live.assignee, "status": live.status, "milestone": live.milestone} if live else {}
    fields = entry.fields if entry else {}
    return [
        [
            recap_name(name),
            now[name],
            (fields[name].recap or "-") if name in fields else "",
            (fields[name].launchpad or "-") if name in fields else "",
            (shown[name] or "-") if name in shown and live and live.status is not None else "",
            fields[name].since.replace("T", " ") if name in fields else "",
        ]
        for name in now
        if name in fields or (name in shown and live and live.status is not None)
    ]


def _history(entry: "Entry | None") -> list[str]:
    """Return what the base knows to have happened, the latest first."""
    from tracker.sync.describe import recap_name

    if entry is None:
        return []
    told = []
    for name, agreed in sorted(entry.fields.items(), key=lambda pair: (pair[1].since, pair[0]), reverse=True):
        before = (
            f", after {', '.join(word or 'nothing' for word in agreed.pulled_over)}" if agreed.pulled_over else ""
        )
        words = f"{recap_name(name)}: {agreed.recap or 'nothing'}"
        told.append(f"{agreed.since.replace('T', ' ') or 'at its creation'}  {words}{before}")
    thing = entry.thing
    if entry.creating:
        told.append(f"{entry.creating.replace('T', ' ')}  a creation was begun whose outcome is not known")
    if entry.created and thing:
        told.append(f"the tracker made {thing}")
    if entry.subscribed:
        told.append(f"subscribed once: {', '.join(entry.subscribed)}")
    if entry.commented:
        told.append("its evidence was told in a comment")
    if entry.formerly:
        told.append(f"formerly {', '.join(entry.formerly)}")
    return told


def _refused(entry: "Entry | None") -> list[str]:
    from tracker.sync.describe import recap_name

    if entry is None:
        return []
    return [
        f"{recap_name(name)}: {one.value or 'nothing'}, {one.reason or 'without a reason'}"
        for name, one in sorted(entry.refused.items())
    ]


def _entry_values(entry: "Entry | None") -> dict[str, Any] | None:
    from dataclasses import asdict

    return {key: value for key, value in asdict(entry).items() if value} if entry else None
