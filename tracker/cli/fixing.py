"""`tracker check --fix`: put right what needs no asking, and show it."""

from collections.abc import Iterable
from difflib import unified_diff
from pathlib import Path

from tracker.cli.output import err, out, paint, safe
from tracker.recap.document import Document
from tracker.recap.fixes import Fix, apply_fixes, find_fixes
from tracker.recap.repository import SYNCED_FOLDER, Repository
from tracker.recap.writer import WriteError, Writer
from tracker.sync.base import Base


def fix(repository: Repository) -> bool:
    """Write what can be put right, and show each change; tell whether every file took it."""
    complete = True
    for writer, fixes in _find_all(repository):
        document = writer.document
        try:
            writer.write([one.edit for one in fixes])
        except WriteError as error:
            complete = False
            err(safe(f"not fixed: {error}"))
            if error.remedy:
                err(safe(f"  help: {error.remedy}"))
            continue
        for one in fixes:
            err(f"fixed {_describe(document, one)}")
    return complete


def show_fixes(repository: Repository) -> int:
    """Show what `fix` would change as a diff, and return in how many files."""
    shown = 0
    for writer, fixes in _find_all(repository):
        document = writer.document
        shown += 1
        before, after = (text.splitlines(keepends=True) for text in (document.text, apply_fixes(document, fixes)))
        for line in unified_diff(before, after, document.path, document.path):
            text = line.rstrip("\r\n")
            colour = None if text.startswith(("+++", "---")) else {"+": "green", "-": "red"}.get(text[:1])
            out(paint(safe(text), colour))
    return shown


def _find_all(repository: Repository) -> Iterable[tuple[Writer, list[Fix]]]:
    settings = repository.settings
    for file in repository.files:
        remembered = remembered_ids(repository.folder, file.id)
        if fixes := find_fixes(file.document, settings.project if settings else None, remembered):
            yield Writer(file), fixes


def remembered_ids(folder: Path, recap_id: str) -> set[str]:
    """Return the ids that any service's base has of a recap; raises TrackerError for one that cannot be read."""
    synced = folder / SYNCED_FOLDER
    services = [path.name for path in synced.iterdir() if path.is_dir()] if synced.is_dir() else []
    return {action for service in services for action in Base(folder, service).load(recap_id)}


def _describe(document: Document, one: Fix) -> str:
    line, column = document.position(document.locate(one.place)[0])
    before = f'"{one.before}" -> ' if one.before is not None else ""
    return safe(f"{document.path}:{line}:{column}: {one.place[-1]}: {before}{one.after}")
