"""Which Launchpad is meant, and where the account on it is kept."""

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tracker.errors import ExitCode, TrackerError

VERSION = "devel"
"""The web service's version. Blueprints and many fields exist in this one alone."""

SANDBOX = "sandbox"
SANDBOX_FOLDER = ".sandbox"
"""Where a sandbox that is served beside `sessions/` keeps its address, its data and its credentials."""

_ROOTS = {
    "production": "https://api.launchpad.net/",
    "qastaging": "https://api.qastaging.launchpad.net/",
    "staging": "https://api.staging.launchpad.net/",
}


@dataclass(frozen=True, slots=True)
class Service:
    """A Launchpad: its name in files and messages, its root without version, and the account's file."""

    name: str
    root: str
    credentials: Path | None
    """None when nobody has logged in: then only public things can be read."""


def find_service(setting: str | None, folder: Path) -> Service:
    """Find the service that tracker.yaml names, and the account on it.

    Raises TrackerError when none is named, when a sandbox is not running, and when the account's file can be
    read by others.
    """
    if setting is None:
        raise TrackerError(
            "tracker.yaml names no service",
            remedy="add `service: production`, or another of: qastaging, staging, sandbox, an address",
        )
    if setting == SANDBOX:
        return _sandbox(folder)
    root = _ROOTS.get(setting, setting)
    parts = urlsplit(root)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise TrackerError(
            f'unknown service "{setting}"',
            remedy="it is one of production, qastaging, staging, sandbox, or an address that begins with https://",
        )
    name = service_name(setting)
    return Service(name, root if root.endswith("/") else f"{root}/", _credentials(name))


def service_name(setting: str) -> str:
    """Return the name that a service has in file names: its own, or its host's."""
    if setting in _ROOTS or setting == SANDBOX:
        return setting
    return re.sub(r"[^A-Za-z0-9.\-]", "-", urlsplit(setting).netloc or setting)


def default_credentials_file(name: str) -> Path:
    """Return where the account on a service is kept."""
    config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(config) / "summit-tracker" / f"{name}.credentials"


def cache_folder(name: str) -> Path:
    """Return where answers that only save requests are kept; safe to delete."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "summit-tracker" / name


def _sandbox(folder: Path) -> Service:
    home = folder.parent / SANDBOX_FOLDER
    try:
        root = (home / "address").read_text(encoding="utf-8").strip()
    except OSError:
        raise TrackerError(
            "the sandbox is not running",
            details=f"there is no {SANDBOX_FOLDER}/address in {folder.parent}",
            remedy="start it in another terminal: tracker sandbox serve",
            exit_code=ExitCode.LAUNCHPAD,
        ) from None
    return Service(SANDBOX, root, _credentials(SANDBOX, home / "credentials"))


def _credentials(name: str, kept: Path | None = None) -> Path | None:
    given = os.environ.get("TRACKER_CREDENTIALS")
    path = Path(given) if given else kept or default_credentials_file(name)
    try:
        mode = path.stat().st_mode
    except OSError as error:
        if given:
            raise TrackerError(
                f"TRACKER_CREDENTIALS names {given}, which cannot be read: {error.strerror}",
                remedy="name a credentials file of launchpadlib",
                exit_code=ExitCode.USAGE,
            ) from None
        return None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise TrackerError(
            f"{path} can be read by others",
            details="it holds the secrets of an account on Launchpad",
            remedy=f"chmod 600 {path}",
        )
    return path
