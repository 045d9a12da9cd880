"""The command. Each of its commands is a function, imported when it is asked for; text comes in, text goes out."""

import gc
import os
import signal
import sys
from typing import Annotated

import typer

from tracker import __version__
from tracker.cli.commands import ASKING, CommandGroup
from tracker.errors import ExitCode, TrackerError

app = typer.Typer(
    name="tracker",
    cls=CommandGroup,
    help="Keep the actions of session recaps in step with Launchpad.",
    epilog="A recap repository is a folder sessions/, found from the working directory upwards.\n\n"
    "Example: tracker check && tracker plan",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from tracker.cli.output import out

        out(f"tracker {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Log each request, without secrets, to stderr.")] = False,
) -> None:
    if debug:
        import logging

        logging.basicConfig(stream=sys.stderr, format="%(name)s: %(message)s")
        # Only the tracker's own: other libraries log headers, and those hold secrets.
        logging.getLogger("tracker").setLevel(logging.DEBUG)


def main() -> None:
    """Run the `tracker` command; every failure is one message."""
    from tracker.cli import output

    # A command keeps nearly all that it reads until it ends, so looking for garbage would take a fifth of its time.
    gc.disable()
    output.prepare_streams()
    # What asks a process to end lets it leave things whole, like Ctrl-C.
    for signal_number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(signal_number) is not signal.SIG_IGN:  # as under nohup
            signal.signal(signal_number, signal.default_int_handler)
    try:
        try:
            if os.environ.get(ASKING):
                from tracker.cli import completion

                completion.answer(app)
            app()
        finally:
            output.finish()
            gc.freeze()  # nor need the end look through it
    except KeyboardInterrupt:
        sys.exit(ExitCode.INTERRUPTED)
    except TrackerError as error:
        output.show_error(error)
        sys.exit(error.exit_code)
    except Exception as error:  # noqa: BLE001 - the last resort, so that nobody meets a trace
        if isinstance(error.__cause__, KeyboardInterrupt):  # which Python wraps while it makes a class
            sys.exit(ExitCode.INTERRUPTED)
        output.show_error(_defect(error))
        sys.exit(ExitCode.PROBLEMS)


def _defect(error: Exception) -> TrackerError:
    """Keep the trace of a failure that nobody foresaw where it can be sent from, and say so."""
    import tempfile
    import traceback

    from tracker.launchpad.secrets import redact

    with tempfile.NamedTemporaryFile("w", prefix="tracker-", suffix=".txt", delete=False, encoding="utf-8") as file:
        file.write(f"tracker {__version__}, Python {sys.version}\n\n")
        # Libraries quote what they were given: a header that cannot be sent, say.
        file.write(redact("".join(traceback.format_exception(error))))
    return TrackerError(
        f"the tracker failed: {type(error).__name__}: {error}",
        details="this is a defect of the tracker, not of what you did",
        remedy=f"send {file.name} to those who keep it",
    )
