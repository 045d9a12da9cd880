"""A mail as a file that can be sent as it is: headers, and text that flows; pure.

The same facts give the same bytes: dates are given, and the Message-ID is made of what is said.
"""

import datetime
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from email import policy
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from tracker.errors import TrackerError
from tracker.mail.plain import as_flowed, one_line

KIND_HEADER = "X-Tracker"
"""What a mail of the tracker is, and of which recap: `summary ocata/neutron-server-next`."""
_LONGEST_LINE = 998


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who a mail is from and to, and what it answers."""

    sender: Address
    recipients: tuple[Address, ...]
    day: datetime.date
    """The day in its Date header, at noon UTC: everywhere but at the date line that is the same day."""
    in_reply_to: str | None = None
    """The Message-ID of the mail in whose thread it belongs."""


def write_message(
    envelope: Envelope, kind: str, subject: str, body: str, recap_id: str | None = None
) -> EmailMessage:
    """Return a mail; lines of `body` that end in a blank flow."""
    message = EmailMessage(policy=policy.default)
    message["From"] = envelope.sender
    if envelope.recipients:
        message["To"] = envelope.recipients
    message["Subject"] = one_line(subject)
    noon = datetime.datetime.combine(envelope.day, datetime.time(12), datetime.UTC)
    message["Date"] = format_datetime(noon)
    flowed = as_flowed(body)
    message["Message-ID"] = make_message_id(envelope, kind, subject, flowed, recap_id)
    if envelope.in_reply_to:
        message["In-Reply-To"] = envelope.in_reply_to
        message["References"] = envelope.in_reply_to
    message[KIND_HEADER] = f"{kind} {recap_id}" if recap_id else kind
    longest = max(len(line) for line in flowed.encode().splitlines() or [b""])
    encoding = "quoted-printable" if longest > _LONGEST_LINE else "7bit" if flowed.isascii() else "8bit"
    message.set_content(flowed, charset="utf-8", cte=encoding, params={"format": "flowed"})
    return message


def make_message_id(envelope: Envelope, kind: str, subject: str, body: str, recap_id: str | None) -> str:
    """Return the Message-ID of a mail: of what it says to whom, not of the day on which it is written."""
    said = [kind, recap_id or "", str(envelope.sender), *map(str, envelope.recipients), subject, body]
    digest = hashlib.sha256("\0".join(said).encode("utf-8", "surrogatepass")).hexdigest()[:40]
    return f"<tracker.{digest}@{envelope.sender.domain}>"


def parse_address(written: str, where: str, name: str | None = None) -> Address:
    """Read an address, `Name <a@b>` or plain; `name` is shown where it has none of its own.

    Raises TrackerError for what is no address; `where` is the place to correct.
    """
    own, plain = parseaddr(one_line(written))
    try:
        if one_line(written) != written or plain.count("@") != 1:
            raise ValueError(written)
        address = Address(one_line(own or name or ""), addr_spec=plain)
        address.addr_spec.encode("ascii")
    except (ValueError, IndexError, HeaderParseError, UnicodeError):
        raise TrackerError(
            f'{where}: "{one_line(written)}" is no mail address', remedy="write name@host, or Name <name@host>"
        ) from None
    return address


def as_mbox(messages: Iterable[EmailMessage]) -> bytes:
    """Return mails as an mbox; a line that begins with `From ` cannot be in one, and flowed text has none."""
    pieces = []
    for message in messages:
        sent = message["Date"].datetime.strftime("%a %b %e %H:%M:%S %Y")
        pieces.append(f"From {message['From'].addresses[0].addr_spec} {sent}\n".encode() + message.as_bytes() + b"\n")
    return b"".join(pieces)
