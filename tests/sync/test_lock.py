"""Two syncs of one folder are kept apart."""

import errno
import fcntl

import pytest

from tracker.errors import TrackerError
from tracker.sync.lock import locked


def test_a_second_sync_of_a_folder_is_told_to_wait(tmp_path):
    with locked(tmp_path), pytest.raises(TrackerError, match="another sync"), locked(tmp_path):
        pass
    with locked(tmp_path):
        pass


def test_a_folder_that_cannot_be_locked_is_one_message(tmp_path, monkeypatch):
    with pytest.raises(TrackerError, match="cannot be opened"), locked(tmp_path / "missing"):
        pass

    def refuse(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(TrackerError, match="cannot be locked: No locks available"), locked(tmp_path):
        pass
