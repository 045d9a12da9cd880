"""Which mails went out: a small file for each in `sessions/.sent/`, so that git never has to merge two.

It says `begun` from just before the server has all of a mail until the server's answer is known, and `sent` ever
after. Who writes here holds the lock of the folder.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tracker.errors import TrackerError
from tracker.mail.outgoing import KINDS, Mail
from tracker.recap.files import explain_read_error, read_file, replace_file

FOLDER = ".sent"
_BEGUN, _SENT = "begun", "sent"
_MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Sent:
    """What is kept of a mail: nothing of its text."""

    message_id: str
    kind: str | None
    """One of KINDS; None when the tracker did not write it."""
    recap: str | None
    """The id of the recap that it was about."""
    date: datetime
    """When it was written, as its header `Date` says; it has a zone."""
    subject: str
    to: tuple[str, ...]
    """The addresses of all whom it went to."""
    is_certain: bool
    """Whether it surely went out; otherwise it may have."""


class Record:
    """What is kept of one mail while it is sent."""

    def __init__(self, folder: Path, mail: Mail) -> None:
        self.path = path_of(folder, mail.message_id)
        self._sent = Sent(
            mail.message_id, mail.kind, mail.recap, mail.date, mail.subject, mail.recipients, is_certain=False
        )

    def begin(self) -> None:
        """Write down that the mail may go out from now on; raises TrackerError, and it must not go out then."""
        try:
            self.path.parent.mkdir(exist_ok=True)
            replace_file(self.path, _write(self._sent))
        except OSError as error:
            raise TrackerError(
                f"{self.path} cannot be written: {error.strerror}",
                details="the mail was not sent: a further `tracker send` would not have known of it",
                remedy="give the right to write it, and make room",
            ) from None

    def finish(self) -> None:
        """Write down that it went out."""
        try:
            replace_file(self.path, _write(replace(self._sent, is_certain=True)))
        except OSError as error:
            raise TrackerError(
                f"{self.path} cannot be written: {error.strerror}",
                details="the mail was sent, and the file says that it may have been",
                remedy=f'write "{_SENT}" for "{_BEGUN}" in it',
            ) from None

    def withdraw(self) -> None:
        """Write down that it surely did not go out."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise TrackerError(
                f"{self.path} cannot be removed: {error.strerror}",
                details="the mail was refused, and the file says that it may have gone out",
                remedy="remove it",
            ) from None


def path_of(folder: Path, message_id: str) -> Path:
    """Return where a mail's file is in `sessions/`."""
    return folder / FOLDER / f"{hashlib.sha256(message_id.encode()).hexdigest()[:40]}.json"


def find_sent(folder: Path, message_id: str) -> Sent | None:
    """Return what is kept of a mail, None when it never went out; raises TrackerError when that cannot be told."""
    path = path_of(folder, message_id)
    sent = _load(path)
    if sent is not None and sent.message_id != message_id:
        raise _unreadable(path, "it is of another mail")
    return sent


def load_sent(folder: Path) -> list[Sent]:
    """Return what is kept of all mails, the oldest first; raises TrackerError for a file that cannot be read."""
    found = [sent for path in (folder / FOLDER).glob("*.json") if (sent := _load(path)) is not None]
    return sorted(found, key=lambda sent: (sent.date, sent.message_id))


def find_last(mails: Iterable[Sent], recap: str) -> Sent | None:
    """Return the last mail that the tracker wrote about a recap and that surely went out."""
    about = [one for one in mails if one.recap == recap and one.kind is not None and one.is_certain]
    return max(about, key=lambda sent: (sent.date, sent.message_id), default=None)


def _load(path: Path) -> Sent | None:
    try:
        data, size = read_file(path, _MAX_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(path, explain_read_error(path, error)[0]) from None
    if size > _MAX_BYTES:
        raise _unreadable(path, "it is larger than any")
    try:
        return _read(json.loads(data))
    except (ValueError, LookupError, TypeError, RecursionError):
        raise _unreadable(path, "it is none") from None


def _read(values: dict[str, Any]) -> Sent:
    """Read what `_write` wrote; raises one of several errors for anything else."""
    kind, recap, to = values["kind"], values["recap"], values["to"]
    date = datetime.fromisoformat(values["date"])
    texts = (values["message_id"], values["subject"], *to)
    is_sound = (
        all(isinstance(text, str) for text in texts)
        and (kind is None or kind in KINDS)
        and (recap is None or isinstance(recap, str))
        and isinstance(to, list)
        and values["state"] in {_BEGUN, _SENT}
    )
    if not is_sound:
        raise ValueError
    return Sent(
        values["message_id"],
        kind,
        recap,
        date if date.tzinfo else date.replace(tzinfo=UTC),
        values["subject"],
        tuple(to),
        is_certain=values["state"] == _SENT,
    )


def _write(sent: Sent) -> bytes:
    values = {**asdict(sent), "date": sent.date.isoformat(), "state": _SENT if sent.is_certain else _BEGUN}
    del values["is_certain"]
    return json.dumps(values, ensure_ascii=False, indent=2).encode(errors="backslashreplace") + b"\n"


def _unreadable(path: Path, problem: str) -> TrackerError:
    return TrackerError(
        f"{path} cannot be read as a record of a mail: {problem}",
        details="whether that mail went out cannot be told",
        remedy="restore it from git; or remove it, when you know that the mail did not go out",
    )
