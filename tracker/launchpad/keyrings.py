"""The system's keyring, as far as there is one that may be used.

It is the one that the library `keyring` (the extra of that name) recommends, or that its user chose for it.
It is left alone where the environment has CI set, since some ask for a password.
"""

import os
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyring.backend import KeyringBackend

T = TypeVar("T")


def find_password(service: str, user: str) -> tuple[str | None, str]:
    """Return what a keyring keeps for somebody, and why it cannot tell, when it cannot."""
    return ask_keyring(lambda keyring: keyring.get_password(service, user))


def ask_keyring(use: "Callable[[KeyringBackend], T]") -> tuple[T | None, str]:
    """Return what the keyring answers, None where there is none, and why it cannot be used, when it cannot."""
    try:
        keyring = _open_keyring()
        return (None if keyring is None else use(keyring)), ""
    except Exception as error:  # noqa: BLE001 - backends raise what they like, and may quote what they were given
        name = type(error).__name__
        return None, "it is locked" if name in {"KeyringLocked", "InitError"} else f"it fails with {name}"


def _open_keyring() -> "KeyringBackend | None":
    if os.environ.get("CI"):
        return None
    try:
        from keyring import core
        from keyring.backends import fail, null
    except ImportError:
        return None
    # Of itself the library would also take one that keeps secrets in files for everybody to read.
    core.init_backend(core.recommended)
    keyring = core.get_keyring()
    return None if isinstance(keyring, fail.Keyring | null.Keyring) else keyring
