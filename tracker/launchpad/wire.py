"""Requests to a Launchpad through launchpadlib: authorised, timed, and never interactive.

Only launchpadlib's credentials and its authorised HTTP are used. Its objects follow redirects that mean "nothing
was written", repeat requests that create, sleep half a minute while Launchpad is busy, and cannot ask for pages
of 300.
"""

import http.client
import json
import logging
import ssl
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from html import unescape
from typing import Any
from urllib.parse import urlencode

import httplib2
from launchpadlib.credentials import AccessToken, AnonymousAccessToken, Consumer, Credentials
from launchpadlib.launchpad import LaunchpadOAuthAwareHttp
from wadllib.application import Application

from tracker.errors import ExitCode, TrackerError
from tracker.launchpad.accounts import Account, redact
from tracker.launchpad.cache import open_cache
from tracker.launchpad.links import SANDBOX
from tracker.launchpad.services import START_SANDBOX, VERSION, Service

TIMEOUT = 60.0
"""Seconds that Launchpad may stay silent; launchpadlib itself would wait for ever."""
CONSUMER = "summit-tracker"
REDIRECTS = frozenset({301, 302, 303, 307, 308})

_log = logging.getLogger(__name__)
_JSON = "application/json"
_WADL = "application/vnd.sun.wadl+xml"
_RETRIED = (502, 503)
_PAUSES = (0.5, 2.0, 5.0)
_LONGEST_REASON = 200
# Everything that a connection fails with; a body that is cut short is none of the first two.
_FAILURES = (OSError, httplib2.HttpLib2Error, http.client.HTTPException)
# How Launchpad begins a 401 that means the token, not the permission (source, and seen July 2025).
_BAD_TOKEN = (
    "Expired token",
    "Invalid token",
    "Unauthorized token",
    "Unknown access token",
    "Invalid signature",
    "Unknown consumer",
    "No consumer key",
    "Inactive account",
)


class UnreachableError(TrackerError):
    """Launchpad gave no usable answer."""

    def __init__(self, message: str, *, remedy: str = "try again later") -> None:
        super().__init__(message, remedy=remedy, exit_code=ExitCode.LAUNCHPAD)


class LoginError(TrackerError):
    """Launchpad does not accept the account's token."""

    def __init__(self, service: Service, answer: str) -> None:
        super().__init__(
            f"{service.name} does not accept the credentials in {service.account.place if service.account else '-'}",
            details=_plain(answer).split("(")[0].strip(),  # the token's key stands in brackets
            remedy=f"log in again: tracker login --service {service.setting}",
            exit_code=ExitCode.LAUNCHPAD,
        )


class UnansweredError(Exception):
    """A request that creates was sent, and no answer came: it may have been carried out."""


class Answer:
    """What Launchpad answered, whatever its status."""

    def __init__(self, response: httplib2.Response, content: bytes) -> None:
        self.status: int = response.status
        self.location: str | None = response.get("location")
        self.failure: str | None = response.get("x-lazr-oopsid")
        """The number of Launchpad's own report of a failure; its transaction was undone."""
        self.date: datetime | None = _parse_date(response.get("date"))
        """When Launchpad answered, by its own clock, in whole seconds; None when it does not say."""
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
        said = "" if self.text.lstrip().startswith("<") else shorten(self.text)
        return said or f"HTTP status {self.status}"

    def json(self) -> Any:
        """Return the body as values; raises UnreachableError when it is cut short or no JSON."""
        try:
            return json.loads(self.content)
        except ValueError:
            raise UnreachableError("Launchpad's answer was cut short or is no JSON") from None


class _NotSentError(OSError):
    """No connection was made, so that nothing can have been carried out."""


class _Once:
    """A connection that sends one request and never a second.

    httplib2 connects and sends again when a server closes the connection without an answer, even a request
    that creates.
    """

    _sent = False

    def connect(self) -> None:
        self._check()
        try:
            super().connect()  # type: ignore[misc]
        except _FAILURES as error:
            raise _NotSentError(_reason(error)) from None

    def request(self, *args: Any, **options: Any) -> None:
        self._check()
        self._sent = True
        super().request(*args, **options)  # type: ignore[misc]

    def _check(self) -> None:
        if self._sent:
            raise ConnectionResetError("the server closed the connection without an answer")


class _OnceHTTP(_Once, httplib2.HTTPConnectionWithTimeout):  # type: ignore[misc]
    pass


class _OnceHTTPS(_Once, httplib2.HTTPSConnectionWithTimeout):  # type: ignore[misc]
    pass


class Wire:
    """A connection to one Launchpad, for one account or for nobody."""

    def __init__(
        self, service: Service, *, timeout: float = TIMEOUT, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """Connect; raises UnreachableError and LoginError. No browser and no prompt ever appears."""
        self.service = service
        self.is_anonymous = service.account is None
        self.root = f"{service.root}{VERSION}/"
        self._sleep = sleep
        credentials = _build_credentials(service.account)
        self._cache = open_cache(service.cache)
        # Without an engine launchpadlib cannot become interactive.
        self._http = LaunchpadOAuthAwareHttp(None, None, credentials, self._cache, timeout)
        # A redirect on a write means that nothing was written; one to another host would take the token there;
        # and httplib2 would replay a permanent one from its cache.
        self._http.follow_redirects = False
        # A write is conditional on what its caller read, never on what happens to lie in the cache.
        self._http.optimistic_concurrency_methods = []
        try:
            self._wadl = self._describe()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close every connection; the next request opens one anew."""
        for connection in self._http.connections.values():
            connection.close()
        self._http.connections.clear()

    def words(self, representation: str, field: str) -> list[str]:
        """Return the words that the service's WADL lists for a field, at least one."""
        definition = self._wadl.representation_definitions.get(f"{representation}-full")
        resource = self._wadl.get_resource_by_path("")
        for parameter in definition.params(resource) if definition else ():
            if parameter.name == field and parameter.options:
                return [option.value for option in parameter.options]
        raise UnreachableError(
            f"{self.root} does not say which words a {representation} can have as {field}",
            remedy="check `service` in tracker.yaml",
        )

    def get(self, url: str, *, keep: bool = True) -> Answer:
        """Read; tried again when Launchpad is busy or the connection breaks.

        `keep` puts the answer into the cache, where its ETag can save reading it again; a search's answer has none.
        """
        headers = {} if keep else {"Cache-Control": "no-store"}
        return self._repeat(lambda: self._send(url, "GET", headers=headers))

    @property
    def reader(self) -> str:
        """A sign of the account that answers are shown to, which says nothing of its secrets."""
        token = self._http.authorizer.access_token
        return sha256(token.key.encode()).hexdigest()[:16] if token.key else "nobody"

    def recall(self, key: str) -> bytes | None:
        """Return what `keep` put into the cache, if it is still there."""
        return self._cache.get(key)

    def keep(self, key: str, value: bytes) -> None:
        """Put something into the cache that saves requests."""
        self._cache.set(key, value)

    def patch(self, url: str, changes: Mapping[str, Any], etag: str | None) -> Answer:
        """Write under If-Match, which makes a repeated request harmless."""
        body = json.dumps(changes).encode()
        headers = {"Content-Type": _JSON}
        if etag is not None:
            headers["If-Match"] = etag
        return self._repeat(lambda: self._send(url, "PATCH", body, headers))

    def post(self, url: str, operation: str, **values: Any) -> Answer:
        """Send a request that creates: once. Raises UnansweredError when it may or may not have worked."""
        form = {"ws.op": operation, **{name: json.dumps(value) for name, value in values.items()}}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        kind = _OnceHTTPS if url.startswith("https:") else _OnceHTTP
        self.close()
        try:
            answer = self._send(url, "POST", urlencode(form).encode(), headers, connection_type=kind)
        except _NotSentError as error:
            raise self._unreachable(error) from None
        except _FAILURES as error:
            raise UnansweredError(_reason(error)) from None
        finally:
            self.close()
        if answer.status == 503 or answer.failure:  # the server says that it undid its transaction
            raise _failed(answer)
        if answer.status >= 500:
            raise UnansweredError(f"a proxy answered {answer.status}")
        return answer

    def _describe(self) -> Application:
        """Read the service's description of itself, which stays in the cache for an hour."""
        answer = self._repeat(lambda: self._send(self.root, "GET", accept=_WADL))
        remedy = "check `service` in tracker.yaml"
        if answer.status in REDIRECTS:
            raise UnreachableError(f"{self.root} leads to {answer.location}", remedy=remedy)
        if answer.status != 200:
            raise UnreachableError(f"{self.root} answered {answer.status} instead of a web service", remedy=remedy)
        try:
            wadl = Application(self.root, answer.content)
            wadl.get_resource_by_path("")
        except Exception:  # noqa: BLE001 - wadllib's parser raises what it likes on a foreign page
            self._cache.delete(self.root)
            raise UnreachableError(
                f"{self.root} is no Launchpad: it does not describe a web service", remedy=remedy
            ) from None
        return wadl

    def _repeat(self, send: Callable[[], Answer]) -> Answer:
        for pause in (*_PAUSES, None):
            try:
                answer = send()
            except _FAILURES as error:
                hopeless = isinstance(
                    error, httplib2.ServerNotFoundError | ConnectionRefusedError | ssl.SSLCertVerificationError
                )
                if pause is None or hopeless:
                    raise self._unreachable(error) from None
            else:
                if answer.status not in _RETRIED:
                    if answer.status >= 500:
                        raise _failed(answer)
                    return answer
                if pause is None:
                    raise UnreachableError(f"Launchpad is busy: it answered {answer.status} again and again")
            self._sleep(pause)
        raise AssertionError("unreachable")  # the last turn of the loop returns or raises

    def _send(
        self,
        url: str,
        method: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        accept: str = _JSON,
        connection_type: type | None = None,
    ) -> Answer:
        if not url.startswith(self.root):  # the next page's address is the server's word
            raise UnreachableError(f"{self.root} leads to {_plain(url)}, where the account's token must not go")
        started = time.monotonic()
        sent = {"Accept": accept, "User-Agent": CONSUMER, **(headers or {})}
        try:
            response, content = self._http.request(
                url, method=method, body=body, headers=sent, connection_type=connection_type
            )
        except BaseException:  # also Ctrl-C, which must not leave half an answer for the next request to read
            self.close()
            raise
        answer = Answer(response, content)
        if answer.status == 304:  # the cached representation, found to be current
            answer.status = 200
        # Only method, address and status: headers hold the account's secrets.
        _log.debug("%s %s: %s in %.2f s", method, url, answer.status, time.monotonic() - started)
        if answer.status == 401 and answer.text.startswith(_BAD_TOKEN):
            raise LoginError(self.service, answer.text)
        return answer

    def _unreachable(self, error: Exception) -> UnreachableError:
        remedy = "try again later"
        if self.service.name == SANDBOX:
            remedy = START_SANDBOX
        elif isinstance(error, httplib2.ServerNotFoundError):
            remedy = "check the network, and `service` in tracker.yaml"
        return UnreachableError(f"{self.service.root} cannot be reached: {_reason(error)}", remedy=remedy)


def send_form(url: str, form: Mapping[str, str], *, timeout: float = TIMEOUT) -> Answer:
    """POST a form as nobody, once; raises UnreachableError, and the form may have been taken all the same."""
    connection = _OnceHTTPS if url.startswith("https:") else _OnceHTTP
    http = httplib2.Http(timeout=timeout)
    http.follow_redirects = False
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Referer": url.rpartition("/")[0] + "/",  # Launchpad wants one with every form (source)
        "User-Agent": CONSUMER,
    }
    started = time.monotonic()
    problem = None
    try:
        answered = http.request(url, method="POST", body=urlencode(form), headers=headers, connection_type=connection)
    except _FAILURES as error:
        problem, unsent = _reason(error), isinstance(error, _NotSentError)
    finally:
        http.close()
    if problem is not None:
        remedy = "check the network, and the service's address" if unsent else "try again later"
        raise UnreachableError(f"{url} cannot be reached: {problem}", remedy=remedy)
    answer = Answer(*answered)
    _log.debug("POST %s: %s in %.2f s", url, answer.status, time.monotonic() - started)
    return answer


def _failed(answer: Answer) -> UnreachableError:
    report = f", {answer.failure}" if answer.failure else ""
    return UnreachableError(f"Launchpad failed with {answer.status} ({answer.reason}{report})")


def _build_credentials(account: Account | None) -> Credentials:
    credentials = Credentials()
    if account is None:
        credentials.consumer = Consumer(CONSUMER, "", "")
        credentials.access_token = AnonymousAccessToken()
    else:
        credentials.consumer = Consumer(account.consumer, "", "")
        credentials.access_token = AccessToken(account.key, account.secret)
    return credentials


def _parse_date(header: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(header or "")
    except ValueError:
        return None
    return date.astimezone(UTC) if date.tzinfo else None


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, http.client.IncompleteRead):
        return "the answer was cut short"
    return _plain(getattr(error, "strerror", None) or str(error) or type(error).__name__)


def shorten(text: str) -> str:
    """Return text on one line, without what a terminal would obey, and not too long for a message."""
    text = _plain(text)
    return text if len(text) <= _LONGEST_REASON else f"{text[: _LONGEST_REASON - 3]}..."


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
