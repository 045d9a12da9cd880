"""The commands: flags in, text out. Each is a function; what it needs is imported when it runs."""

import sys
from typing import Annotated

import typer

from tracker import __version__
from tracker.errors import TrackerError

app = typer.Typer(
    name="tracker",
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


def _register() -> None:
    from tracker.cli import check, demo, sandbox, status, sync

    app.command()(check.check)
    app.command()(sync.plan)
    app.command()(sync.sync)
    app.command()(status.status)
    app.command()(demo.demo)
    app.add_typer(sandbox.app, name="sandbox")


_register()


def main() -> None:
    """Run the `tracker` command; every failure is one message."""
    from tracker.cli import output

    output.prepare_streams()
    try:
        app()
    except TrackerError as error:
        output.show_error(error)
        sys.exit(error.exit_code)
