"""`tracker import`: what a recap mail, minutes or a pad says, as a recap to go on with, or as facts."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tracker.cli.check import count
from tracker.errors import ExitCode, TrackerError

if TYPE_CHECKING:
    from tracker.mail.notes import FoundAction, FoundLink, Notes

FileArgument = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help="A mail, a mailbox, a page of a list archive, minutes or a pad; `-` for stdin.",
        readable=False,  # which reading it tells, with a remedy
    ),
]
_FORMATS = ("yaml", "json")


def import_notes(
    file: FileArgument,
    recap: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help="The recap's id, CYCLE/NAME; made of what the mail says when left out."),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Where the recap goes instead of below sessions/; `-` shows it."
        ),
    ] = None,
    output_format: Annotated[
        str, typer.Option("--format", metavar="yaml|json", help="yaml writes a recap, json prints what was found.")
    ] = "yaml",
    message: Annotated[
        int | None,
        typer.Option(
            "--message", min=1, metavar="N", help="Of a mailbox the Nth message; else all that list actions."
        ),
    ] = None,
    add_people: Annotated[
        bool, typer.Option("--add-people", help="Write those whom people.yaml lacks into it.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a file that is there already, but no recap that was synced.")
    ] = False,
) -> None:
    """Read a recap mail, minutes or a pad, and write the recap: links, topics, and actions with their owners.

    Nobody is made an owner who is not named as one. What only you can know is marked `# import:` and listed.

    Example: tracker import recap.eml ocata/neutron-server-next --add-people
    """
    from tracker.cli.choosing import check_format
    from tracker.cli.drafting import find_known, refuse_own_file, write_drafts
    from tracker.cli.output import err, out, render_json
    from tracker.mail.reading import read_notes

    check_format(output_format, _FORMATS)
    if output_format == "json" and (recap or output or add_people or force):
        raise TrackerError(
            "`--format json` prints what was found, and writes nothing",
            remedy="leave the recap's place and what is to be written out, or the format",
            exit_code=ExitCode.USAGE,
        )
    if recap is not None and output not in {None, "-"}:
        raise TrackerError(
            f'"{recap}" and "{output}" are two places for a recap',
            remedy="name its id, or where --output puts it",
            exit_code=ExitCode.USAGE,
        )
    refuse_own_file(file)
    people, projects = find_known()
    notes = read_notes(read_bytes(file), people=people, projects=projects)
    if message is not None:
        if message > len(notes):
            raise TrackerError(
                f'"{file}" has no message {message}',
                remedy=f"name one from 1 to {len(notes)}" if len(notes) > 1 else "it has one: leave --message out",
                exit_code=ExitCode.USAGE,
            )
        notes = [notes[message - 1]]
    if output_format == "json":
        out(render_json(as_json(notes)))
    else:
        if len(notes) > 1:
            notes = _choose_recaps(notes)
        write_drafts(notes, recap, output, source=file, force=force, with_people=add_people)
    if any(each.is_cut for each in notes):
        err("a message is longer than any recap: what it says beyond 2 MB was not read")
    if not any(each.actions for each in notes):
        err("no action list found, so the recap has no actions: they are yours to write")


def read_bytes(file: Path) -> bytes:
    """Read a file, or stdin for `-`.

    Raises TrackerError when it cannot be read, holds nothing, is no text, or is larger than any mailbox.
    """
    from tracker.mail.message import MAX_BYTES, is_text

    try:
        if str(file) == "-":
            data = sys.stdin.buffer.read(MAX_BYTES + 1) if sys.stdin is not None else b""
        else:
            with file.open("rb") as stream:
                data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise TrackerError(
            f'"{file}" cannot be read: {reason}', remedy="name a file that you can read, or `-` for stdin"
        ) from None
    if not data.strip():
        raise TrackerError(
            f'there is nothing in "{file}"' if str(file) != "-" else "there is nothing on stdin",
            remedy="name a file with a mail, minutes or a pad, or `-` and send it to stdin",
        )
    if len(data) > MAX_BYTES:
        raise TrackerError(
            f'"{file}" is larger than {MAX_BYTES // 1024 // 1024} MB',
            remedy="cut the messages that you want out of it",
        )
    if not is_text(data):
        raise TrackerError(
            f'"{file}" is no text' if str(file) != "-" else "what stdin has is no text",
            remedy="name a mail, minutes or a pad; unpack what is packed, and export a document as text first",
            exit_code=ExitCode.USAGE,
        )
    return data


def _choose_recaps(notes: "list[Notes]") -> "list[Notes]":
    """Return the messages that list actions: of a thread or a list the others are talk.

    Raises TrackerError when none does.
    """
    from tracker.cli.output import err

    chosen = [each for each in notes if each.actions]
    if not chosen:
        raise TrackerError(
            f"none of the {len(notes)} messages lists actions", remedy="import one all the same: --message N"
        )
    if len(chosen) < len(notes):
        numbers = [str(number) for number, each in enumerate(notes, 1) if not each.actions]
        named = ", ".join(numbers[:10]) + (", ..." if len(numbers) > 10 else "")
        err(f"without actions, and left: {count(len(numbers), 'message')} ({named}); --message N imports one")
    return chosen


def as_json(notes: "list[Notes]") -> dict[str, Any]:
    """Return what was found as plain values: of one message its facts, of several a list under `messages`."""
    messages = [_message_as_json(each) for each in notes]
    return messages[0] if len(messages) == 1 else {"messages": messages}


def _message_as_json(notes: "Notes") -> dict[str, Any]:
    return {
        "subject": notes.subject,
        "title": notes.title,
        "date": notes.date.isoformat() if notes.date else None,
        "author": notes.author,
        "project_tags": list(notes.project_tags),
        "list": notes.mailing_list,
        "event": notes.event,
        "cycle": notes.cycle,
        "tldr": notes.tldr,
        "left_out": [[notes.file_line(first), notes.file_line(last)] for first, last in notes.left_out],
        "topics": [
            {"title": topic.title, "notes": topic.notes, "links": list(map(_link_as_json, topic.links))}
            for topic in notes.topics
        ],
        "links": list(map(_link_as_json, notes.links)),
        "actions": [_action_as_json(action, notes.file_line(action.line)) for action in notes.actions],
    }


def _link_as_json(link: "FoundLink") -> dict[str, Any]:
    return {"kind": link.kind, "url": link.url}


def _action_as_json(action: "FoundAction", line: int) -> dict[str, Any]:
    key, value = action.target or (None, None)
    return {
        "text": action.text,
        "title": action.title,
        "owners": list(action.owners),
        "with": list(action.collaborators),
        "tentative": action.tentative,
        "group": action.group,
        "done": action.done,
        "status": action.status,
        "notes": list(action.notes),
        "topic": action.topic,
        "bug": action.bug,
        "blueprint": action.blueprint,
        "tracked_as": {"key": key, "value": value} if key else None,
        "milestone": action.milestone,
        "due": action.due.isoformat() if action.due else None,
        "project": action.project,
        "evidence": list(action.evidence),
        "line": line,
    }
