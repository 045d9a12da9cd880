"""Where the account on a service is kept: in a file of its owner's alone, or in the system's keyring.

What is no plain file in the file's place is neither opened nor replaced, and what a link leads to is only read: it
may be kept, copied or shared by something else.

A file is looked for first. Logging in leaves the account in one place: in the keyring where there is one, and then no
file, else in the file. So what lies in a file is the newer, and a keyring is opened only where there is no file.
"""

import configparser
import json
import os
import re
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.errors import ExitCode, TrackerError
from tracker.launchpad.keyrings import ask_keyring
from tracker.launchpad.secrets import conceal

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

# Under which the accounts stand in a keyring, by the root of their service.
_KEYRING_SERVICE = "summit-tracker"
_SECTION = "1"
_NAMES = ("consumer_key", "access_token", "access_secret")
# What can stand in a header, where it goes, and in an address. A consumer may be a "System-wide: Ubuntu (name)".
_TOKEN = re.compile(r"[!-~]+")
_CONSUMER = re.compile(r"[ -~]+")


@dataclass(frozen=True, slots=True)
class Account:
    """What shows a service whose request it is; it is shown to nobody else."""

    consumer: str
    key: str = field(repr=False)
    secret: str = field(repr=False)
    place: str
    """Where it is kept, in words."""

    def __post_init__(self) -> None:
        conceal(self.key, self.secret)


@dataclass(frozen=True, slots=True)
class AccountStore:
    """The place of the account on one service."""

    root: str
    """The service's."""
    file: Path
    given: Path | None = None
    """A file that the environment names in its stead, which is only read."""
    uses_keyring: bool = True

    @property
    def skips_keyring(self) -> bool:
        """Whether an account in a keyring would not be seen, because the environment has CI set."""
        return self.uses_keyring and bool(os.environ.get("CI")) and find_spec("keyring") is not None

    def find(self) -> Account | None:
        """Return the account, or None when nobody is logged in.

        Raises TrackerError when there is one that cannot be used, and when the keyring cannot tell.
        """
        if self.given is not None:
            return self._read_given(self.given)
        if _check_file(self.file):
            return read_account(self.file)
        if not self.uses_keyring:
            return None

        def get(keyring: "KeyringBackend") -> tuple[str, str] | None:
            entry = keyring.get_password(_KEYRING_SERVICE, self.root)
            return None if entry is None else (entry, keyring.name)

        found, problem = ask_keyring(get)
        if problem:
            raise _unusable(problem)
        return _parse_entry(*found, self.root) if found else None

    def try_place(self) -> None:
        """Raise TrackerError when `save` could not keep an account; what was tried leaves nothing behind."""
        self._check_replaceable()

        def open_it(keyring: "KeyringBackend") -> str:
            keyring.get_password(_KEYRING_SERVICE, self.root)
            return keyring.name

        try:
            # A file that could not be deleted would be found before the keyring.
            if self.uses_keyring and not self.file.exists() and ask_keyring(open_it)[0]:
                return
            _try_folder(self.file.parent)
        except OSError as error:
            raise self._unwritable(error) from None

    def save(self, account: Account) -> Account:
        """Keep an account in the place of the one before; returns it with its place.

        Raises TrackerError when that cannot be written; what was kept before is still there then.
        """
        self._check_replaceable()
        problem = None
        if self.uses_keyring:
            entry = json.dumps({"consumer": account.consumer, "key": account.key, "secret": account.secret})

            def put(keyring: "KeyringBackend") -> str | None:
                keyring.set_password(_KEYRING_SERVICE, self.root, entry)
                # One that keeps nothing says nothing of it.
                return keyring.name if keyring.get_password(_KEYRING_SERVICE, self.root) == entry else None

            name, problem = ask_keyring(put)
            if name:
                self._remove_file()
                return replace(account, place=_name_keyring(name))
        self._write(account)
        reason = f" (the keyring cannot be used: {problem})" if problem else ""
        return replace(account, place=f"{self.file}{reason}")

    def forget(self) -> tuple[list[str], TrackerError | None]:
        """Forget the account; a file that the environment names stays.

        Returns where it was kept, and what is to be told when another may be left in the keyring. Raises TrackerError
        when nothing was forgotten.
        """
        self._check_replaceable()
        forgotten = [str(self.file)] if self._remove_file() else []
        if self.uses_keyring:

            def drop(keyring: "KeyringBackend") -> str | None:
                if keyring.get_password(_KEYRING_SERVICE, self.root) is None:
                    return None
                keyring.delete_password(_KEYRING_SERVICE, self.root)
                return keyring.name

            name, problem = ask_keyring(drop)
            if problem:
                return forgotten, _unusable(problem)
            forgotten += [_name_keyring(name)] if name else []
        return forgotten, None

    def _read_given(self, path: Path) -> Account:
        problem = None
        try:
            if not _check_file(path):
                problem = "is not there"
        except _NoFileError:
            problem = "is no file"
        if problem:
            raise TrackerError(
                f"TRACKER_CREDENTIALS names {path}, which {problem}",
                remedy="name a credentials file of launchpadlib",
                exit_code=ExitCode.USAGE,
            )
        return replace(read_account(path), place=f"{path}, which TRACKER_CREDENTIALS names")

    def _check_replaceable(self) -> None:
        """Raise TrackerError when something is in the file's place that is not the tracker's to delete."""
        try:
            mode = self.file.lstat().st_mode
        except OSError:  # none is there, or whoever writes or deletes it hears of the problem
            return
        if stat.S_ISLNK(mode):
            target = os.path.realpath(self.file)
            raise TrackerError(
                f"{self.file} is a link",
                details=f"the account in {target}, where it leads, is read, but neither replaced nor deleted",
                remedy=f"delete what is not needed there, and the link: rm {self.file}",
            )
        if not stat.S_ISREG(mode):
            raise _NoFileError(self.file)

    def _unwritable(self, error: OSError) -> TrackerError:
        return TrackerError(
            f"{self.file} cannot be written: {error.strerror}",
            remedy="make its folder yours, with room on its disk, or name another with XDG_CONFIG_HOME",
        )

    def _remove_file(self) -> bool:
        try:
            self.file.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise TrackerError(
                f"{self.file} cannot be deleted: {error.strerror}", remedy="delete it: it holds an account"
            ) from None
        return True

    def _write(self, account: Account) -> None:
        """Write the file beside its place, for its owner alone from the first byte, and move it there whole."""
        values = f"consumer_key = {account.consumer}\nconsumer_secret = \naccess_token = {account.key}\n"
        text = f"[{_SECTION}]\n{values}access_secret = {account.secret}\n\n"
        try:
            _make_folder(self.file.parent, [])
            descriptor, name = tempfile.mkstemp(prefix=f".{self.file.name}.", dir=self.file.parent)
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                Path(name).replace(self.file)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise self._unwritable(error) from None


class _NoFileError(TrackerError):
    """A device, a folder, or something else that no account can be in."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is no file", remedy="move it out of the way, or delete it")


def _try_folder(folder: Path) -> None:
    """Raise OSError when no file can be written in a folder, or no such folder be made; what was tried is undone."""
    made: list[Path] = []
    try:
        _make_folder(folder, made)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(4096))
    finally:
        for one in reversed(made):
            with suppress(OSError):  # somebody else has found a use for it
                one.rmdir()


def _make_folder(folder: Path, made: list[Path]) -> None:
    """Make a folder for its owner alone, with those above it; `made` is told which were missing."""
    for one in reversed([folder, *folder.parents]):
        with suppress(FileExistsError):
            one.mkdir(mode=0o700)
            made.append(one)


def read_account(path: Path) -> Account:
    """Read a credentials file of launchpadlib's; raises TrackerError, which quotes nothing of it."""
    values, problem = _parse_file(path)
    if values is None:  # not raised where it was found, because errors there hold the file's lines
        raise TrackerError(
            f"{path} {problem}",
            remedy="log in again with `tracker login`, or put a file there that launchpadlib wrote",
            exit_code=ExitCode.LAUNCHPAD,
        )
    return Account(*values, str(path))


def _parse_file(path: Path) -> tuple[tuple[str, str, str] | None, str]:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        if path.exists() and not path.is_file():
            return None, "is no file"
        parser.read_string(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        return None, f"cannot be read: {error.strerror}"
    except UnicodeError:
        return None, "is no credentials file: it is no text"
    except configparser.MissingSectionHeaderError:
        return None, f"is no credentials file: it does not begin with a line [{_SECTION}]"
    except configparser.DuplicateSectionError:
        return None, "is no credentials file: it holds a section twice"
    except configparser.DuplicateOptionError:
        return None, "is no credentials file: it holds a key twice"
    except configparser.Error:
        return None, "is no credentials file: it has a line that is not `key = value`"
    if not parser.has_section(_SECTION):
        return None, f"is no credentials file: it has no line [{_SECTION}]"
    section = parser[_SECTION]
    missing = [f"`{name}`" for name in _NAMES if name not in section]
    if missing:
        return None, f"is no credentials file: it lacks {', '.join(missing)}"
    values = section["consumer_key"], section["access_token"], section["access_secret"]
    # Launchpad takes an empty key for nobody, and would show only public things without a word.
    if not values[0] or not values[1]:
        return None, "holds no access token"
    return (values, "") if _is_sound(*values) else (None, "is no credentials file: a value in it is no token")


def is_token(text: str) -> bool:
    """Tell whether a text can be a token's key or secret."""
    return _TOKEN.fullmatch(text) is not None


def _is_sound(consumer: str, key: str, secret: str) -> bool:
    return _CONSUMER.fullmatch(consumer) is not None and is_token(key) and is_token(secret)


def _parse_entry(entry: str, keyring: str, root: str) -> Account:
    consumer: Any = None
    key: Any = None
    secret: Any = None
    with suppress(ValueError, TypeError, KeyError, RecursionError):
        told = json.loads(entry)
        consumer, key, secret = told["consumer"], told["key"], told["secret"]
    if not all(isinstance(value, str) for value in (consumer, key, secret)) or not _is_sound(consumer, key, secret):
        raise TrackerError(
            f"what the keyring keeps for {root} is no account",
            remedy="log in again with `tracker login`",
            exit_code=ExitCode.LAUNCHPAD,
        )
    return Account(consumer, key, secret, _name_keyring(keyring))


def _name_keyring(name: str) -> str:
    return f"the keyring ({name})"


def _unusable(problem: str) -> TrackerError:
    return TrackerError(
        f"the keyring cannot be used: {problem}",
        details="an account may be in it",
        remedy="unlock it, or do without: PYTHON_KEYRING_BACKEND=keyring.backends.null.Keyring",
    )


def _check_file(path: Path) -> bool:
    """Tell whether an account's file is there; raises TrackerError when it is no file, or others can read it."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return False
    except OSError as error:
        # An account that is there must not silently become nobody, to whom private bugs are absent.
        raise TrackerError(f"{path} cannot be read: {error.strerror}", remedy="make it readable to you") from None
    if not stat.S_ISREG(mode):
        raise _NoFileError(path)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise TrackerError(
            f"{path} can be read by others",
            details="it holds the secrets of an account on Launchpad",
            remedy=f"chmod 600 {path}",
        )
    return True
