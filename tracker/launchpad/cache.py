"""Answers that only save requests, kept in the user's cache; losing them loses nothing."""

from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, cast

from lazr.restfulclient._browser import AtomicFileCache

if TYPE_CHECKING:
    from tracker.launchpad.services import Service


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


def sign_reader(service: "Service") -> str:
    """Return a sign of the account that a service's answers are shown to, which says nothing of its secrets."""
    key = service.account.key if service.account else ""
    return sha256(key.encode()).hexdigest()[:16] if key else "nobody"


def account_key(service: "Service") -> str:
    """Return under which key the name of a service's account is kept once the service has told it."""
    return f"account {service.root} {sign_reader(service)}"


def recall_account(service: "Service") -> str | None:
    """Return the name of a service's account without asking; None when the service has not told it yet."""
    kept = open_cache(service.cache).get(account_key(service)) if service.account else None
    return kept.decode("utf-8", "replace") if kept else None
