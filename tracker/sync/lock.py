"""Keep two syncs of one folder apart."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tracker.errors import TrackerError


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder while syncing; the system lets go of it however the process ends.

    Raises TrackerError when another sync holds it.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise TrackerError(
            f"{folder} cannot be opened: {error.strerror}", remedy="give the right to read it"
        ) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TrackerError(f"another sync of {folder} is running", remedy="wait until it is done") from None
        except OSError as error:
            raise TrackerError(
                f"{folder} cannot be locked: {error.strerror}", remedy="put it on a file system that knows locks"
            ) from None
        yield
    finally:
        os.close(descriptor)
