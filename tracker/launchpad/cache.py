"""Answers that only save requests, kept in the user's cache; losing them loses nothing."""

from contextlib import suppress
from pathlib import Path
from typing import cast

from lazr.restfulclient._browser import AtomicFileCache


class Cache(AtomicFileCache):  # type: ignore[misc]
    """A cache that forgets where its disk fails: it only saves requests."""

    def get(self, key: str) -> bytes | None:
        """Return what is kept under a key; None when that is nothing, or cannot be read."""
        with suppress(OSError):
            if Path(self._get_key_path(key)).is_file():  # a pipe would be waited for
                return cast("bytes | None", super().get(key))
        return None

    def set(self, key: str, value: bytes) -> None:
        """Keep a value, if there is room."""
        with suppress(OSError):
            super().set(key, value)

    def delete(self, key: str) -> None:
        """Forget what is kept under a key."""
        with suppress(OSError):
            super().delete(key)


class NoCache:
    """A cache that keeps nothing."""

    def get(self, key: str) -> None:
        """Return nothing."""

    def set(self, key: str, value: bytes) -> None:
        """Keep nothing."""

    def delete(self, key: str) -> None:
        """Forget nothing."""


def open_cache(folder: Path) -> Cache | NoCache:
    """Open the cache, which may hold private bugs, for this user alone; where that cannot be, none is used."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        return Cache(str(folder))
    except OSError:
        return NoCache()
