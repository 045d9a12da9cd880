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
START_SANDBOX = "start it in another terminal: tracker sandbox serve"

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
    cache: Path
    """Where answers that only save requests are kept; safe to delete."""


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
    root = _ROOTS.get(setting) or _parse_root(setting)
    if root is None:
        raise TrackerError(
            f'unknown service "{setting}"',
            remedy="it is one of production, qastaging, staging, sandbox, or an address that begins with https://",
        )
    if re.match(r"http://(?:[^/:]+\.)?launchpad\.net[/:]", root):
        # Launchpad's signatures are plain text, so that every request carries the account's secrets.
        raise TrackerError(
            f'"{setting}" would send the account\'s secrets where others can read them',
            remedy="write the service's address with https://",
        )
    name = service_name(setting)
    return Service(name, root, _credentials(name), _cache_folder(name))


def service_name(setting: str) -> str:
    """Return the name that a service has in file names: its own, however it is written, or its host's."""
    if setting in _ROOTS or setting == SANDBOX:
        return setting
    root = _parse_root(setting)
    own = next((name for name, known in _ROOTS.items() if known == root), None)
    return own or re.sub(r"[^a-z0-9.\-]", "-", urlsplit(root).netloc if root else setting.lower()).lstrip(".")


def _parse_root(setting: str) -> str | None:
    """Read an address as the root of a web service: without a version, ending in a slash; None when it is not one.

    An address that holds a name and a password, or a query, is none: it would show in messages and file names.
    """
    try:
        parts = urlsplit(setting)
        _ = parts.port  # raises for one that is no number
    except ValueError:
        return None
    odd = parts.username is not None or parts.query or parts.fragment
    if parts.scheme not in {"http", "https"} or not parts.hostname or odd:
        return None
    path = re.sub(r"/(?:devel|beta|1\.0)?/?$", "", parts.path)
    return f"{parts.scheme}://{parts.netloc.lower()}{path}/"


def default_credentials_file(name: str) -> Path:
    """Return where the account on a service is kept."""
    config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(config) / "summit-tracker" / f"{name}.credentials"


def _cache_folder(name: str) -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "summit-tracker" / name


def _sandbox(folder: Path) -> Service:
    home = folder.parent / SANDBOX_FOLDER
    try:
        root = _parse_root((home / "address").read_text(encoding="utf-8").strip())
    except (OSError, UnicodeError):
        root = None
    if root is None:
        raise TrackerError(
            "the sandbox is not running",
            details=f"there is no {SANDBOX_FOLDER}/address in {folder.parent}",
            remedy=START_SANDBOX,
            exit_code=ExitCode.LAUNCHPAD,
        )
    return Service(SANDBOX, root, _credentials(SANDBOX, home / "credentials"), home / "cache")


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
        if isinstance(error, FileNotFoundError):
            return None
        # An account that is there must not silently become nobody, to whom private bugs are absent.
        raise TrackerError(f"{path} cannot be read: {error.strerror}", remedy="make it readable to you") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise TrackerError(
            f"{path} can be read by others",
            details="it holds the secrets of an account on Launchpad",
            remedy=f"chmod 600 {path}",
        )
    return path
