"""Everything that is printed goes through here; stdout carries the product, stderr the rest."""

import csv
import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TextIO

import typer

from tracker.errors import ExitCode, TrackerError
from tracker.launchpad.secrets import redact

# What could move the cursor, change colours or reorder a line: C0, C1, line separators and direction marks; and what
# a build server obeys wherever on a line it stands: `##[` (source of GitHub's runner).
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]|(?<=##)\[")


def prepare_streams() -> None:
    """Let no character that the terminal lacks, and no stream that was closed, end a command."""
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - open until the process ends


def finish() -> None:
    """Write out what is still held back; raises TrackerError when it cannot be written."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stdout = _nowhere()
    except OSError as error:
        sys.stdout = _nowhere()
        raise _unwritable(error) from None


def _unwritable(error: OSError) -> TrackerError:
    return TrackerError(f"the output cannot be written: {error.strerror}", remedy="make room, or send it elsewhere")


def safe(text: str) -> str:
    """Return text that can do nothing to a terminal but be read, on one line."""
    return _UNSAFE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    if character in "\t\n":
        return " "
    code = ord(character)
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"


def out(text: str = "") -> None:
    """Print a line of the product. Work goes on when nobody reads it any more, as in `tracker sync | head`."""
    try:
        print(redact(text))  # noqa: T201 - the one place
    except BrokenPipeError:
        sys.stdout = _nowhere()
    except OSError as error:
        sys.stdout = _nowhere()
        raise _unwritable(error) from None


def err(text: str = "") -> None:
    """Print a line for the person who watches; where it cannot be written, work goes on unwatched."""
    finish()
    try:
        print(redact(text), file=sys.stderr, flush=True)  # noqa: T201 - the one place
    except OSError:
        sys.stderr = _nowhere()


def paint(text: str, colour: str | None = None, *, bold: bool = False, stream: TextIO | None = None) -> str:
    """Colour text where its stream is a terminal that wants colours."""
    return typer.style(text, fg=colour, bold=bold) if wants_escapes(stream or sys.stdout) else text


def wants_escapes(stream: TextIO) -> bool:
    """Tell whether a stream is a terminal that wants colours and links: not a dumb one, and without NO_COLOR."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and stream.isatty()


def show_error(error: TrackerError) -> None:
    """Print a failure: what happened, what was found, what to do."""
    err(f"{paint('error:', typer.colors.RED, bold=True, stream=sys.stderr)} {safe(error.message)}")
    if error.details:
        err(f"  {safe(error.details)}")
    if error.remedy:
        err(f"  help: {safe(error.remedy)}")


def render_csv(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Render rows as comma-separated values."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(headers)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return buffer.getvalue().rstrip("\n")


def render_json(values: Sequence[Mapping[str, Any]] | Mapping[str, Any]) -> str:
    """Render values as JSON; what a terminal must not see is escaped."""
    text = json.dumps(values, ensure_ascii=False, indent=2)
    return _UNSAFE.sub(lambda match: "\n" if match.group() == "\n" else f"\\u{ord(match.group()):04x}", text)


def confirm(question: str) -> bool:
    """Ask on the terminal; no is the default, and Ctrl-C or the end of input interrupts."""
    sys.stdout.flush()
    try:
        return typer.confirm(question, default=False, err=True)
    except typer.Abort:
        err()
        raise typer.Exit(ExitCode.INTERRUPTED) from None


def ask(question: str, default: str = "") -> str:
    """Ask for a text on the terminal; Enter takes the default, and Ctrl-C or the end of input interrupts."""
    sys.stdout.flush()
    try:
        return str(typer.prompt(question, default=default, show_default=bool(default), err=True)).strip()
    except typer.Abort:
        err()
        raise typer.Exit(ExitCode.INTERRUPTED) from None


def tell_slip(message: str, remedy: str | None) -> None:
    """Say what is wrong with an answer, before it is asked for again."""
    err(safe(message))
    if remedy:
        err(f"  help: {safe(remedy)}")


def ask_password(question: str) -> str:
    """Ask on the terminal for what is not to be seen there; Ctrl-C or the end of input interrupts."""
    sys.stdout.flush()
    try:
        return str(typer.prompt(question, hide_input=True, err=True))
    except typer.Abort:
        err()
        raise typer.Exit(ExitCode.INTERRUPTED) from None


def is_interactive() -> bool:
    """Whether a person can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


class Progress:
    """What is going on: one moving line on a terminal; elsewhere a plain line for what takes time."""

    def __init__(self, show: Callable[[str], None] | None) -> None:
        self._show = show

    def tell(self, text: str) -> None:
        """Say what begins."""
        (self._show or err)(redact(safe(text)))

    def step(self, text: str) -> None:
        """Say how far it is, where a moving line can."""
        if self._show is not None:
            self._show(redact(safe(text)))


@contextmanager
def progress() -> Iterator[Progress]:
    """Show progress on stderr for as long as this lasts."""
    if not sys.stderr.isatty():
        yield Progress(None)
        return
    from rich.console import Console
    from rich.live import Live
    from rich.spinner import Spinner
    from rich.text import Text

    # Lines for a terminal are printed above the moving one; those for a file must not come here at all.
    console = Console(stderr=True)
    spinner = Spinner("dots")
    with Live(spinner, console=console, transient=True, redirect_stdout=sys.stdout.isatty()):
        yield Progress(lambda text: spinner.update(text=Text(text, overflow="ellipsis", no_wrap=True)))
