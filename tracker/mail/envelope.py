"""A mail as a file that can be sent as it is: headers, and text that flows; pure.

The same facts give the same bytes: dates are given, and the Message-ID is made of what is said.
"""

import datetime
import hashlib
import quopri
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import Address
from email.utils import format_datetime, formataddr

from tracker.errors import TrackerError
from tracker.mail.plain import as_flowed, one_line
from tracker.recap.mail_settings import is_address

KIND_HEADER = "X-Tracker"
"""What a mail of the tracker is, and of which recap: `summary ocata/neutron-server-next`."""
MAX_LINE = 998
"""The longest line, without its end (RFC 5322, 2.1.1); servers break longer ones, or refuse them."""
_LONGEST_WORD = 76
"""What stands in a header as it is; what is longer is encoded, since encoded words can be folded anywhere."""
_MESSAGE_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who a mail is from and to, and what it answers."""

    sender: Address
    recipients: tuple[Address, ...]
    day: datetime.date
    """The day in its Date header, at noon UTC: everywhere but at the date line that is the same day."""
    in_reply_to: str | None = None
    """The Message-ID of the mail in whose thread it belongs."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that is written."""

    data: bytes
    """All of it, lines ended by LF."""
    sender: str
    """The plain address of who it is from."""
    day: datetime.date


def write_message(envelope: Envelope, kind: str, subject: str, body: str, recap_id: str | None = None) -> Letter:
    """Return a mail; lines of `body` that end in a blank flow."""
    subject = in_header(one_line(subject))
    flowed = as_flowed(body)
    text = flowed.encode()
    is_long = max(map(len, text.splitlines()), default=0) > MAX_LINE
    noon = datetime.datetime.combine(envelope.day, datetime.time(12), datetime.UTC)
    # Written by hand: the email package folds by other rules in each version of Python, and loses blanks.
    headers = {
        "From": _write_address("From", envelope.sender),
        "To": ", ".join(_write_address("To", one) for one in envelope.recipients),
        "Subject": _fold("Subject", subject),
        "Date": format_datetime(noon),
        "Message-ID": make_message_id(envelope, kind, subject, flowed, recap_id),
        "In-Reply-To": envelope.in_reply_to,
        "References": envelope.in_reply_to,
        KIND_HEADER: f"{kind} {recap_id}" if recap_id else kind,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8; format=flowed",
        "Content-Transfer-Encoding": "quoted-printable" if is_long else "7bit" if text.isascii() else "8bit",
    }
    head = "".join(f"{name}: {value}\n" for name, value in headers.items() if value)
    data = head.encode("ascii") + b"\n" + (quopri.encodestring(text) if is_long else text)
    return Letter(data, envelope.sender.addr_spec, envelope.day)


def in_header(text: str) -> str:
    """Return a text as a header can have it: what looks like an encoded word (RFC 2047) would be read as one."""
    return text.replace("=?", "= ?")


def _fold(name: str, text: str) -> str:
    """Return the value of a header of one line of text, encoded where it has to be, and folded."""
    is_plain = text.isascii() and max(map(len, text.split(" "))) < _LONGEST_WORD
    return Header(text, "us-ascii" if is_plain else "utf-8", header_name=name).encode()


def _write_address(header: str, address: Address) -> str:
    name = in_header(address.display_name)
    if name.isascii() and len(name) < _LONGEST_WORD:
        return formataddr((name, address.addr_spec))
    return f"{Header(name, 'utf-8', header_name=header).encode()} <{address.addr_spec}>"


def make_message_id(envelope: Envelope, kind: str, subject: str, body: str, recap_id: str | None) -> str:
    """Return the Message-ID of a mail: of what it says to whom, not of the day on which it is written."""
    said = [kind, recap_id or "", str(envelope.sender), *map(str, envelope.recipients), subject, body]
    digest = hashlib.sha256("\0".join(said).encode("utf-8", "surrogatepass")).hexdigest()[:40]
    return f"<tracker.{digest}@{envelope.sender.domain}>"


def is_message_id(text: str) -> bool:
    """Tell whether a text is a Message-ID that every program reads alike: printable ASCII around an `@`, in `<>`."""
    return _MESSAGE_ID.fullmatch(text) is not None


def parse_address(written: str, where: str, name: str | None = None) -> Address:
    """Read an address, `Name <a@b>` or plain; `name` is shown where it has none of its own.

    Raises TrackerError for what is no address; `where` is the place to correct.
    """
    behind_name = re.fullmatch(r"(?P<name>[^<>@]*)<(?P<plain>[^<>]*)>", written)
    own, plain = (behind_name["name"].strip(' "'), behind_name["plain"]) if behind_name else ("", written)
    try:
        if one_line(written) != written or not is_address(plain):
            raise ValueError(written)
        address = Address(own or one_line(name or ""), addr_spec=plain)
    except (ValueError, IndexError, HeaderParseError):
        raise TrackerError(
            f'{where}: "{one_line(written)}" is no mail address', remedy="write name@host, or Name <name@host>"
        ) from None
    return address


def as_mbox(letters: Iterable[Letter]) -> bytes:
    """Return mails as an mbox; flowed text has no line that begins with `From `, as the next mail would."""
    return b"".join(
        f"From {letter.sender} {letter.day.ctime().replace(' 00:', ' 12:')}\n".encode() + letter.data + b"\n"
        for letter in letters
    )
