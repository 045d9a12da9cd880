"""Mails as files hold them, made ready to be sent, and refused where a header is not sound; pure.

What goes out is what the file has, byte for byte, but for line ends (CRLF, RFC 5322), `Bcc`, which is left out, and
`Message-ID`, which is put in where it is missing.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.parser import BytesParser
from typing import Any

from tracker.errors import TrackerError
from tracker.launchpad.links import is_sandbox_link
from tracker.mail.envelope import KIND_HEADER, MAX_LINE, is_message_id
from tracker.mail.message import read_messages, split_mailbox
from tracker.recap.mail_settings import is_address
from tracker.recap.model import is_recap_id

MAX_BYTES = 25 * 1024 * 1024
"""The largest file that is read: few servers take larger mails, and few lists a hundredth of it."""
KINDS = ("summary", "since", "cycle", "digest")
"""What `X-Tracker` says a mail is that the tracker wrote."""

_MAX_HEADER = 100_000
_NAME_MAIL = "name a file that `tracker summary` or `tracker digest` wrote with --format, or another mail"
_HEADERS = re.compile(rb"^(?:from|to|subject)[ \t]*:", re.IGNORECASE | re.MULTILINE)
"""What a mail has some of, and nothing else begins with."""
_FIELD = re.compile(rb"(?P<name>[!-9;-~]+):[ \t]*(?P<value>[\t -~]*(?:\n[ \t][\t -~]*)*)\n")
# What RFC 5322 (3.6) and MIME let stand once.
_ONCE = {
    "from", "sender", "reply-to", "to", "cc", "bcc", "subject", "date", "message-id", "in-reply-to", "references",
    "mime-version", "content-type", "content-transfer-encoding", "x-tracker",
}  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")
Headers = dict[str, Any]
"""The headers' values, as the email package reads them: its types do not say what each has."""
_ADDRESS = re.compile(r"https?://[^\s<>\"()]*[^\s<>\"().,;]")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that can be sent."""

    data: bytes
    """All of it, as it goes out."""
    message_id: str
    sender: str
    """The address that a server is told, and that is told what cannot be delivered."""
    recipients: tuple[str, ...]
    """The addresses of all whom it goes to, each once."""
    author: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    subject: str
    date: datetime
    kind: str | None = None
    """One of KINDS; None when the tracker did not write it."""
    recap: str | None = None
    """The id of the recap that it is about; None when it is about several."""


class _Refusal(Exception):  # noqa: N818 - told as a TrackerError, which knows the place
    """Why a mail cannot be sent, and what to do."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason, self.remedy = reason, remedy


def read_mails(data: bytes, name: str) -> list[Mail]:
    """Read the mail of a file, or those of a mailbox; `name` is the file's.

    Raises TrackerError for a mail that is not sound, with its place: nothing of that file is to be sent then.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    is_mailbox = data.startswith(b"From ")
    pieces = [_take_out(piece) for piece in split_mailbox(data)] if is_mailbox else [data]
    mails = []
    for number, piece in enumerate(pieces, start=1):
        try:
            mails.append(_read_mail(piece))
        except _Refusal as refusal:
            place = f'"{name}", mail {number}' if is_mailbox else f'"{name}"'
            raise TrackerError(f"{place}: {refusal.reason}", remedy=refusal.remedy) from None
    return mails


def leads_to_sandbox(mail: Mail) -> bool:
    """Tell whether links of a mail lead to a Launchpad on this machine."""
    return any(
        is_sandbox_link(address)
        for message in read_messages(mail.data)
        for address in (*_ADDRESS.findall(message.text), *message.urls)
    )


def _take_out(piece: bytes) -> bytes:
    """Return a mail of a mailbox as it was before it was put there."""
    lines = re.sub(rb"^>(>*From )", rb"\1", piece.replace(b"\r\n", b"\n"), flags=re.MULTILINE)
    return lines.removesuffix(b"\n") if lines.endswith(b"\n\n") else lines


def _read_mail(data: bytes) -> Mail:
    data = data.replace(b"\r\n", b"\n")
    head, blank, body = data.partition(b"\n\n")
    head = head.removesuffix(b"\n") + b"\n"
    body = body.replace(b"\r", b"\n")
    if not data.strip():
        raise _Refusal("holds no mail", _NAME_MAIL)
    if not _HEADERS.search(data.lstrip().partition(b"\n\n")[0]):
        raise _Refusal("this is no mail", _NAME_MAIL)
    _check_bytes(head, body)
    fields = list(_split_fields(head))
    headers = _parse_fields(head)
    sender = _sender(headers)
    lists = {name: _addresses(headers, name) for name in ("To", "Cc", "Bcc")}
    recipients = tuple(dict.fromkeys(address for people in lists.values() for _, address in people))
    if not recipients:
        raise _Refusal("names nobody whom it goes to", "add an address to its header `To`")
    kept = [field for name, field in fields if name != "bcc"]
    message_id = _message_id(dict(fields).get("message-id"))
    if message_id is None:
        digest = hashlib.sha256(head + blank + body).hexdigest()
        message_id = f"<{digest[:40]}@{sender.rpartition('@')[2]}>"
        kept.append(f"Message-ID: {message_id}\n".encode())
    kind, recap = _origin(headers)
    return Mail(
        data=(b"".join(kept) + b"\n" + body).replace(b"\n", b"\r\n"),
        message_id=message_id,
        sender=sender,
        recipients=recipients,
        author=", ".join(shown for shown, _ in _addresses(headers, "From")),
        **{name.lower(): tuple(shown for shown, _ in people) for name, people in lists.items()},
        subject=str(headers.get("Subject", "")),
        date=_date(headers),
        kind=kind,
        recap=recap,
    )


def _check_bytes(head: bytes, body: bytes) -> None:
    """Refuse what a server might read otherwise than it was meant."""
    if len(head) > _MAX_HEADER:
        raise _Refusal("has a header of more than 100 kB", "take out what it does not need")
    if b"\0" in head or b"\0" in body:
        raise _Refusal("has a NUL character", "mails are text: take it out, or encode what is none")
    for number, line in enumerate(head.split(b"\n"), start=1):
        if b"\r" in line:
            raise _Refusal(f"line {number} of its header has a carriage return in it", "end lines with LF or CRLF")
        if not line.isascii():
            remedy = "write it as the `email` package of Python does: `=?utf-8?q?...?=`; addresses are ASCII alone"
            raise _Refusal(f"line {number} of its header has characters beyond ASCII", remedy)
    if any(len(line) > MAX_LINE for part in (head, body) for line in part.split(b"\n")):
        raise _Refusal(f"has a line of more than {MAX_LINE} bytes", "break it, or write the text as quoted-printable")


def _split_fields(head: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the header's fields: the name in lower case, and the bytes."""
    position, seen = 0, Counter[str]()
    while position < len(head):
        match = _FIELD.match(head, position)
        line = head.count(b"\n", 0, position) + 1
        if match is None or re.search(rb"\n[ \t]*\n", match.group()):
            raise _Refusal(
                f"line {line} of its header is none, or goes on with a line of blanks",
                "a header is a name, a colon and a value, lines that go on with it begin with a blank,"
                " and an empty line ends it",
            )
        name = match["name"].decode().lower()
        seen[name] += 1
        if name in _ONCE and seen[name] > 1:
            raise _Refusal(f"has the header `{_spell(name)}` twice", "leave one of them")
        position = match.end()
        yield name, match.group()


def _parse_fields(head: bytes) -> Headers:
    """Read the header, and refuse whatever of it has a defect."""
    message = BytesParser(policy=policy.default).parsebytes(head + b"\n", headersonly=True)
    headers: Headers = {}
    for name, raw in message.raw_items():
        try:
            value: Any = policy.default.header_fetch_parse(name, raw)
            defects = [str(defect) or type(defect).__name__ for defect in value.defects]
        except Exception as error:  # noqa: BLE001 - of hostile headers the package raises whatever it meets
            raise _Refusal(f"its header `{name}` cannot be read: {type(error).__name__}", "write it anew") from None
        # How programs write ids the package mostly calls obsolete; what is needed of one is looked at below.
        if defects and name.lower() != "message-id":
            raise _Refusal(f"its header `{name}` is not sound: {defects[0]}", "correct it")
        if _CONTROL.search(value):
            raise _Refusal(f"its header `{name}` hides a line break or another control character", "take it out")
        headers[_spell(name.lower())] = value
    if message.defects:
        raise _Refusal(f"its header is not sound: {type(message.defects[0]).__name__}", "correct it")
    return headers


def _spell(name: str) -> str:
    return "Message-ID" if name == "message-id" else name.title()


def _addresses(headers: Headers, name: str) -> list[tuple[str, str]]:
    """Return whom a header names, as it is shown and as an address."""
    header = headers.get(name)
    if header is None:
        return []
    found = []
    for one in header.addresses:
        if not is_address(one.addr_spec):
            remedy = "write it as NAME@HOST, in ASCII without quotes and blanks"
            raise _Refusal(f'its header `{name}` has "{one.addr_spec}", to which no mail can be sent', remedy)
        found.append((str(one), one.addr_spec))
    return found


def _sender(headers: Headers) -> str:
    authors = _addresses(headers, "From")
    if not authors:
        raise _Refusal("does not say whom it is from", "add its header `From`")
    senders = _addresses(headers, "Sender") or authors
    if len(senders) > 1:
        raise _Refusal("is from several people, and does not say who sends it", "add its header `Sender`")
    return senders[0][1]


def _message_id(field: bytes | None) -> str | None:
    if field is None:
        return None
    # As it is written: the package leaves out what is too much.
    written = field.decode().partition(":")[2].strip()
    if not is_message_id(written):
        raise _Refusal("its header `Message-ID` is not sound", "write <NAME@HOST>, or take it out: one is made then")
    return written


def _date(headers: Headers) -> datetime:
    header = headers.get("Date")
    if header is None or header.datetime is None:
        raise _Refusal("does not say when it was written", "add its header `Date`")
    date: datetime = header.datetime
    return date if date.tzinfo else date.replace(tzinfo=UTC)  # -0000 is UTC from nowhere (RFC 5322, 3.3)


def _origin(headers: Headers) -> tuple[str | None, str | None]:
    """Return which kind of the tracker's mails it is, and about which recap."""
    header = headers.get(KIND_HEADER)
    if header is None:
        return None, None
    kind, _, recap = str(header).strip().partition(" ")
    if kind not in KINDS or not (is_recap_id(recap) if recap else kind in {"cycle", "digest"}):
        raise _Refusal("its header `X-Tracker` is not one that the tracker writes", "take it out, or restore it")
    return kind, recap or None
