"""Where what a user asks for may be put: not among the recaps."""

import os
from contextlib import suppress
from pathlib import Path

from tracker.errors import ExitCode, TrackerError
from tracker.recap.repository import FOLDER, SETTINGS_FILE


def check_place(place: Path, sessions: Path | None = None) -> None:
    """Raise TrackerError for a place in `sessions`, or in the `sessions/` of whatever repository; links are followed.

    What stands there is taken for a recap, or for what the tracker itself keeps.
    """
    # As it is written too: a repository's folder may be a link to one that is called otherwise.
    written = Path(os.path.normpath(place.absolute()))
    real = Path(os.path.realpath(place))
    for path in (written, *written.parents, real, *real.parents):
        if _is_sessions(path, sessions):
            raise TrackerError(
                f'"{place}" cannot be used: {path} is for recaps alone',
                details="a sync could take what is put there for a recap, or for what it remembers",
                remedy="name a place outside of that folder",
                exit_code=ExitCode.USAGE,
            )


def _is_sessions(path: Path, sessions: Path | None) -> bool:
    with suppress(OSError):
        if sessions is not None and path.samefile(sessions):
            return True
    # Unlike Path's own question this is answered too where one may not look.
    return path.name == FOLDER and os.path.isfile(path / SETTINGS_FILE)  # noqa: PTH113
