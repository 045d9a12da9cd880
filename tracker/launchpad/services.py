"""Which Launchpad is meant, and where the account on it is kept.

Launchpad's signatures are plain text: the first request gives the account's secrets to whatever host tracker.yaml
names, and that file may be a stranger's. So an account is used on no other service than the one it was kept for:

- production, qastaging and staging: the file that TRACKER_CREDENTIALS names, else `NAME.credentials` in the user's
  `~/.config/summit-tracker/` (or XDG_CONFIG_HOME's), else the keyring's entry for the service's root;
- an address: that file, under the name that `service_name` gives the address, or the keyring's entry for its root
  alone. TRACKER_CREDENTIALS does not apply, since it does not say which host it is for;
- the sandbox: its own `.sandbox/credentials` alone, and only on this machine.

Where none is, nobody is logged in, also when TRACKER_CREDENTIALS is set and does not apply.
"""

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tracker.errors import ExitCode, TrackerError
from tracker.launchpad.links import SANDBOX, SERVICE_ROOTS

if TYPE_CHECKING:
    from tracker.launchpad.accounts import Account, AccountStore

VERSION = "devel"
"""The web service's version. Blueprints and many fields exist in this one alone."""

SANDBOX_FOLDER = ".sandbox"
"""Where a sandbox that is served beside `sessions/` keeps its address, its data and its credentials."""
START_SANDBOX = "start it in another terminal: tracker sandbox serve"

_NAMED = frozenset({*SERVICE_ROOTS, SANDBOX})
_LABEL = r"[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?"
# Nothing else, because other letters would become the same in a file's name.
_NETLOC = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:.]+\])(?::[0-9]+)?")
_ROOT_PATH = re.compile(r"(?:/(?:devel|beta|1\.0))?/?")
# Where Launchpad's own services have their pages for people: parts of the site are on hosts of their own (source).
_PAGES = re.compile(
    r"https://(?:(?:answers|blueprints|bugs|code|translations|www)\.)?((?:qastaging\.|staging\.)?launchpad\.net/)"
)


@dataclass(frozen=True, slots=True)
class Service:
    """A Launchpad: its name in files and messages, its root without version, and the account on it."""

    name: str
    root: str
    account: "Account | None"
    """None when nobody has logged in: then only public things can be read."""
    cache: Path
    """Where answers that only save requests are kept; safe to delete."""

    @property
    def setting(self) -> str:
        """What tracker.yaml and --service call it."""
        return self.name if self.name in _NAMED else self.root

    @property
    def web_root(self) -> str:
        """Where its pages for people are: on the host without the `api.` before it (source)."""
        return re.sub(r"(?<=://)api\.", "", self.root, count=1)


def find_service(setting: str | None, folder: Path) -> Service:
    """Find the service that tracker.yaml names, and the account on it.

    Raises TrackerError when none is named, when a sandbox is not running, when the address would show the
    account's secrets to others, and when the account cannot be used: others can read its file, say.
    """
    service, accounts = locate_service(setting, folder)
    return replace(service, account=accounts.find())


def locate_service(setting: str | None, folder: Path) -> "tuple[Service, AccountStore]":
    """Find a service as nobody, and the place of the account on it; raises TrackerError as `find_service` does."""
    if setting is None:
        raise TrackerError(
            "tracker.yaml names no service",
            remedy="add `service: production`, or another of: qastaging, staging, sandbox, an address",
        )
    if setting == SANDBOX:
        return _sandbox(folder)
    root = SERVICE_ROOTS.get(setting) or _parse_root(setting)
    if root is None:
        raise TrackerError(
            f'unknown service "{without_login(setting)}"',
            remedy="it is one of production, qastaging, staging, sandbox, or https://HOST/ without a path",
        )
    if not _is_safe(root):
        raise TrackerError(
            f'"{without_login(setting)}" would send the account\'s secrets where others can read them',
            details="each request carries them in plain text, and http:// does not hide it",
            remedy="write the address with https://; http:// is for this machine and for hosts under .test",
        )
    name = service_name(setting)
    given = os.environ.get("TRACKER_CREDENTIALS") if name in SERVICE_ROOTS else None
    from tracker.launchpad.accounts import AccountStore  # not for those who only ask for a service's name

    accounts = AccountStore(root, default_credentials_file(name), Path(given) if given else None)
    return Service(name, root, None, _cache_folder(name)), accounts


def without_login(setting: str) -> str:
    """Return a setting as it can be shown: without the name and the password that an address may hold."""
    return re.sub(r"^(\w+:/*)?.*@", r"\1...@", setting, flags=re.DOTALL)


def service_name(setting: str) -> str:
    """Return the name that a service has in file names: its own, however it is written, or its address's.

    No two addresses have the same one: HOST, HOST_PORT, HOST_http or HOST_PORT_http, since no host's name holds a `_`
    or begins with a dash, as one that stands in brackets does here. A host that is called as a service is
    (`https://production/`) gets a dash behind it, as no host's name has, and what is no address a `_`.
    """
    if setting in _NAMED:
        return setting
    root = _parse_root(setting)
    own = next((name for name, known in SERVICE_ROOTS.items() if known == root), None)
    if own:
        return own
    if root is None:
        return re.sub(r"[^a-z0-9.\-]", "-", without_login(setting).lower()).lstrip(".") + "_"
    parts = urlsplit(root)
    name = re.sub(r"[\[\]:]", "-", re.sub(r":([0-9]+)$", r"_\1", parts.netloc))
    name = f"{name}-" if name in _NAMED else name
    return name if parts.scheme == "https" else f"{name}_http"


def _parse_root(setting: str) -> str | None:
    """Read an address as the root of a web service: without a version, ending in a slash; None when it is not one.

    An address that holds a name and a password, or a query, is none: it would show in messages and file names. Nor is
    one with a path: no Launchpad has one, and links are told apart by their place below the root.

    The pages that people know Launchpad by stand for its web service.
    """
    try:
        parts = urlsplit(setting)
        _ = parts.port  # raises for one that is no number
    except ValueError:
        return None
    host = parts.netloc.lower()
    if parts.scheme not in {"http", "https"} or not _NETLOC.fullmatch(host) or parts.query or parts.fragment:
        return None
    if not _ROOT_PATH.fullmatch(parts.path):
        return None
    root = f"{parts.scheme}://{host}/"
    page = _PAGES.fullmatch(root)
    return f"https://api.{page[1]}" if page else root


def _is_safe(root: str) -> bool:
    """Tell whether what is sent to a root stays unseen: encrypted, on this machine, or under a name of nobody's."""
    parts = urlsplit(root)
    return parts.scheme == "https" or _is_here(root) or (parts.hostname or "").endswith(".test")


def _is_here(root: str) -> bool:
    """Tell whether a root is on this machine."""
    import ipaddress

    host = urlsplit(root).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name
        return False


def default_credentials_file(name: str) -> Path:
    """Return where the account on a service is kept without a keyring."""
    return _user_folder("XDG_CONFIG_HOME", ".config") / f"{name}.credentials"


def cache_home() -> Path:
    """Return the folder for what can be read or made again; raises TrackerError without a home."""
    return _user_folder("XDG_CACHE_HOME", ".cache")


def _cache_folder(name: str) -> Path:
    return cache_home() / name


def _user_folder(variable: str, usual: str) -> Path:
    """Return the tracker's folder below a base directory of the user, as the XDG specification has it."""
    named = Path(os.environ.get(variable, ""))
    base = named if named.is_absolute() else _home() / usual  # a relative one is to be ignored
    return base / "summit-tracker"


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:  # a user whom the system does not know, as in a container
        raise TrackerError("there is no home folder", remedy="name one with HOME") from None


def _sandbox(folder: Path) -> "tuple[Service, AccountStore]":
    home = folder.parent / SANDBOX_FOLDER
    problem = f"there is no {SANDBOX_FOLDER}/address in {folder.parent}"
    try:
        root = _parse_root((home / "address").read_text(encoding="utf-8").strip())
    except (OSError, UnicodeError):
        root = None
    if root and not _is_here(root):  # a file that came with the repository, not from a sandbox
        root, problem = None, f"{SANDBOX_FOLDER}/address in {folder.parent} is not of this machine"
    if root is None:
        raise TrackerError(
            "the sandbox is not running", details=problem, remedy=START_SANDBOX, exit_code=ExitCode.LAUNCHPAD
        )
    path = home / "credentials"
    if path.is_symlink():
        raise TrackerError(
            f"{path} is a link", details="the sandbox uses no account but its own", remedy=f"rm {path}"
        )
    from tracker.launchpad.accounts import AccountStore

    return Service(SANDBOX, root, None, home / "cache"), AccountStore(root, path, uses_keyring=False)
