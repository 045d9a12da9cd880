"""What a Launchpad answers over HTTP, and what it means that no usable answer came."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from typing import TYPE_CHECKING, Any

from tracker.errors import ExitCode, TrackerError
from tracker.launchpad.connections import plain
from tracker.launchpad.patience import parse_retry_after
from tracker.launchpad.secrets import redact
from tracker.launchpad.services import Service

if TYPE_CHECKING:
    import httplib2

REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LONGEST_REASON = 200


class UnreachableError(TrackerError):
    """Launchpad gave no usable answer."""

    def __init__(self, message: str, *, remedy: str = "try again later") -> None:
        super().__init__(message, remedy=remedy, exit_code=ExitCode.LAUNCHPAD)


class UnsentError(UnreachableError):
    """The request was not sent, so that Launchpad cannot have carried it out."""


class LoginError(TrackerError):
    """Launchpad does not accept the account's token."""

    def __init__(self, service: Service, answer: str) -> None:
        super().__init__(
            f"{service.name} does not accept the credentials in {service.account.place if service.account else '-'}",
            details=plain(answer).split("(")[0].strip(),  # the token's key stands in brackets
            remedy=f"log in again: tracker login --service {service.setting}",
            exit_code=ExitCode.LAUNCHPAD,
        )


class UnansweredError(Exception):
    """A request that creates was sent, and no answer came: it may have been carried out."""


class Answer:
    """What Launchpad answered, whatever its status."""

    def __init__(
        self, response: "httplib2.Response", content: bytes, forget: Callable[[], None] = lambda: None
    ) -> None:
        self.forget = forget
        """Takes the answer out of the cache, where its ETag would bring it back, for it cannot be used."""
        self.status: int = response.status
        self.is_page = "html" in response.get("content-type", "").lower() or content.lstrip().startswith(b"<")
        """Whether this is a web page; the web service's own answers are plain text or JSON (seen July 2025)."""
        self.location: str | None = response.get("location")
        failure = response.get("x-lazr-oopsid")
        self.failure: str | None = failure and redact(failure)
        """The number of Launchpad's own report of a failure; its transaction was undone."""
        self.date: datetime | None = _parse_date(response.get("date"))
        """When Launchpad answered, by its own clock, in whole seconds; None when it does not say."""
        self.retry_after = parse_retry_after(response.get("retry-after"), self.date or datetime.now(UTC))
        """After how many seconds Launchpad wants to be asked again; None when it does not say."""
        self.content = content

    @property
    def text(self) -> str:
        """The body as text, which Launchpad escapes as HTML when a validator's message is in it.

        It shows in messages, so a server that answers with the request does not make the account's secrets show.
        """
        return redact(unescape(self.content.decode("utf-8", "replace")))

    @property
    def reason(self) -> str:
        """What the body says, on one line; a front server's web page says nothing but its status."""
        said = "" if self.is_page else shorten(self.text)
        return said or f"HTTP status {self.status}"

    def json(self) -> Any:
        """Return the body as values; raises UnreachableError when it is cut short or no JSON."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            self.forget()
            raise UnreachableError("Launchpad's answer was cut short or is no JSON") from None


def shorten(text: str) -> str:
    """Return text on one line, without what a terminal would obey, and not too long for a message."""
    text = plain(text)
    return text if len(text) <= _LONGEST_REASON else f"{text[: _LONGEST_REASON - 3]}..."


def _parse_date(header: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(header or "")
    except ValueError:
        return None
    return date.astimezone(UTC) if date.tzinfo else None
