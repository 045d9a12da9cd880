"""What tracker.yaml says of mails: who they are from, and what takes them; pure."""

import re
from dataclasses import dataclass
from enum import StrEnum

ADDRESS = r"[A-Za-z0-9!#-'*+/=?^_`{|}~.\-]+@[A-Za-z0-9](?:[A-Za-z0-9.\-]*[A-Za-z0-9])?"
"""The pattern of mail addresses: without quotes, comments and literals, as nearly all are written."""
SENDER = rf"{ADDRESS}|[^\x00-\x1f\x7f()<>\[\]:;@\\,\"]*<{ADDRESS}>"
"""The pattern of an address, alone or behind a name: `Name <a@b>`."""

_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.\-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]"
_PORT = r"6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}"
SERVER = rf"(?:{_HOST})(?::(?:{_PORT}))?"
"""The pattern of HOST and HOST:PORT."""


class Security(StrEnum):
    """How a connection to a mail server is kept from others."""

    STARTTLS = "starttls"
    """It begins in the open, and nothing but the question for TLS is said there."""
    TLS = "tls"
    NONE = "none"


PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}
"""Where servers listen when nothing else is said (RFC 6409, RFC 8314, RFC 5321)."""


@dataclass(frozen=True, slots=True)
class MailSettings:
    """Who mails are from, and what takes them."""

    sender: str | None = None
    """An address, alone or behind a name: who mails are from when a recap's author has none."""
    server: str | None = None
    """HOST or HOST:PORT."""
    security: Security = Security.STARTTLS
    user: str | None = None
    """Who logs in on the server; nobody does without."""
    sendmail: str | None = None
    """The path of a program that takes mails as sendmail does, in the server's stead."""

    @property
    def host(self) -> str:
        """The server's name or address, without port and brackets; empty without a server."""
        return re.sub(r":\d+$", "", self.server or "").strip("[]")

    @property
    def port(self) -> int:
        """The server's port."""
        written = re.search(r"(?<=:)\d+$", (self.server or "").rpartition("]")[2])
        return int(written.group()) if written else PORTS[self.security]


def is_address(text: str) -> bool:
    """Tell whether a text is a mail address that can be sent to."""
    return re.fullmatch(ADDRESS, text) is not None
