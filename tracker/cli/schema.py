"""`tracker schema`: what the files may hold, for editors."""

from typing import Annotated

import typer

from tracker.errors import ExitCode, TrackerError


def schema(
    file: Annotated[
        str, typer.Argument(metavar="[recap|people|tracker]", help="Which file's; a recap's if left out.")
    ] = "recap",
) -> None:
    """Show what a file may hold as JSON Schema 2020-12, by which editors complete keys and mark slips.

    Example: tracker schema recap > sessions/.schema/recap.json
    """
    from tracker.cli.output import out, render_json
    from tracker.recap.json_schema import FILES, build_schema

    if file not in FILES:
        raise TrackerError(
            f'no file "{file}" has a schema', remedy="it is one of " + ", ".join(FILES), exit_code=ExitCode.USAGE
        )
    out(render_json(build_schema(file)))
