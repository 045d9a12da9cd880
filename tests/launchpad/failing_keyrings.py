"""Keyrings as no library has them ready: what PYTHON_KEYRING_BACKEND can name in a test."""

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked


class Locked(KeyringBackend):
    """One that its user does not open."""

    priority = 0.1  # too low to be taken where it is not named

    def get_password(self, service, username):
        raise KeyringLocked("Failed to unlock the collection!")

    def set_password(self, service, username, password):
        raise KeyringLocked("Failed to unlock the collection!")

    delete_password = get_password


class Broken(Locked):
    """One that fails, and quotes what it was given."""

    def get_password(self, service, username):
        raise OSError(f"no bus for {service} {username}")

    def set_password(self, service, username, password):
        raise RuntimeError(f"cannot store {password}")

    delete_password = get_password
