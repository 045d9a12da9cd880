"""Requests to a Launchpad through launchpadlib: authorised, timed, and never interactive.

Requests are built here rather than by launchpadlib's objects, because those follow redirects that mean "nothing
was written", repeat requests that create, and cannot ask for pages of 300.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httplib2
from launchpadlib.credentials import AnonymousAccessToken, Consumer, Credentials
from launchpadlib.launchpad import Launchpad
from lazr.restfulclient.errors import HTTPError

from tracker.errors import ExitCode, TrackerError
from tracker.launchpad.services import VERSION, Service, cache_folder

TIMEOUT = 60.0
"""Seconds that one request may take; launchpadlib itself would wait for ever."""
CONSUMER = "summit-tracker"

_log = logging.getLogger(__name__)
_RETRIED = (502, 503)
_PAUSES = (0.5, 2.0, 5.0)
# How Launchpad begins a 401 that means the token, not the permission (seen July 2025).
_BAD_TOKEN = (
    "Expired token",
    "Invalid token",
    "Unknown access token",
    "Invalid signature",
    "Unknown consumer",
)


class UnreachableError(TrackerError):
    """Launchpad gave no usable answer."""

    def __init__(self, message: str, *, remedy: str = "try again later") -> None:
        super().__init__(message, remedy=remedy, exit_code=ExitCode.LAUNCHPAD)


class LoginError(TrackerError):
    """Launchpad does not accept the account's token."""

    def __init__(self, service: Service, answer: str) -> None:
        super().__init__(
            f"{service.name} does not accept the credentials in {service.credentials}",
            details=_plain(answer).split("(")[0].strip(),
            remedy="put a valid credentials file there, or name one with TRACKER_CREDENTIALS",
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
        self.content = content

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """Return the body as values; raises UnreachableError when it is cut short or no JSON."""
        try:
            return json.loads(self.content)
        except ValueError:
            raise UnreachableError("Launchpad's answer was cut short or is no JSON") from None


class _Once:
    """A connection that sends one request and never a second.

    httplib2 sends again when a server closes the connection without an answer, even a request that creates.
    """

    _sent = False

    def request(self, *args: Any, **options: Any) -> None:
        if self._sent:
            raise ConnectionResetError("the server closed the connection without an answer")
        self._sent = True
        super().request(*args, **options)  # type: ignore[misc]


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
        self.is_anonymous = service.credentials is None
        self._sleep = sleep
        cache = cache_folder(service.name)
        cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            # Without an engine and a store launchpadlib cannot become interactive.
            self._launchpad = Launchpad(
                _load_credentials(service.credentials),
                None,
                None,
                service_root=service.root,
                cache=str(cache),
                timeout=timeout,
                version=VERSION,
            )
        except HTTPError as error:
            answer = Answer(error.response, error.content)
            raise self._login_error(answer) or UnreachableError(
                f"{service.root} answered {answer.status} instead of a web service",
                remedy="check `service` in tracker.yaml",
            ) from None
        except (OSError, httplib2.HttpLib2Error) as error:
            raise UnreachableError(f"{service.root} cannot be reached: {_reason(error)}") from None
        except Exception as error:  # noqa: BLE001 - wadllib's parser raises what it likes on a foreign page
            raise UnreachableError(
                f"{service.root} is no Launchpad: {type(error).__name__}",
                remedy="check `service` in tracker.yaml",
            ) from None
        self._http = self._launchpad._browser._connection  # noqa: SLF001 - the only way to set ws.size
        # A redirect on a write means that nothing was written, and httplib2 would replay it from its cache.
        self._http.follow_redirects = False
        self.root = f"{service.root}{VERSION}/"

    def words(self, representation: str, field: str) -> list[str]:
        """Return the words that the service's WADL lists for a field."""
        definition = self._launchpad._wadl.representation_definitions[f"{representation}-full"]  # noqa: SLF001
        for parameter in definition.tag:
            if parameter.get("name") == field:
                return [option.get("value") for option in parameter if option.get("value")]
        return []

    def get(self, url: str) -> Answer:
        """Read; tried again when Launchpad is busy or the connection breaks."""
        return self._repeat(lambda: self._send(url, "GET"))

    def patch(self, url: str, changes: Mapping[str, Any], etag: str | None) -> Answer:
        """Write under If-Match, which makes a repeated request harmless."""
        body = json.dumps(changes).encode()
        headers = {"Content-Type": "application/json"}
        if etag is not None:
            headers["If-Match"] = etag
        return self._repeat(lambda: self._send(url, "PATCH", body, headers))

    def post(self, url: str, operation: str, **values: Any) -> Answer:
        """Send a request that creates: once. Raises UnansweredError when it may or may not have worked."""
        form = {"ws.op": operation, **{name: json.dumps(value) for name, value in values.items()}}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        kind = _OnceHTTPS if url.startswith("https:") else _OnceHTTP
        self._disconnect()
        try:
            answer = self._send(url, "POST", urlencode(form).encode(), headers, connection_type=kind)
        except (OSError, httplib2.HttpLib2Error) as error:
            if isinstance(error, ConnectionRefusedError | httplib2.ServerNotFoundError):
                raise UnreachableError(f"{self.service.root} cannot be reached: {_reason(error)}") from None
            raise UnansweredError(_reason(error)) from None
        finally:
            self._disconnect()
        if answer.status == 503 or answer.failure:  # the server says that it undid its transaction
            raise UnreachableError(f"Launchpad failed with {answer.status} ({_plain(answer.text)[:80]})")
        if answer.status >= 500:
            raise UnansweredError(f"a proxy answered {answer.status}")
        return answer

    def _disconnect(self) -> None:
        for connection in self._http.connections.values():
            connection.close()
        self._http.connections.clear()

    def _repeat(self, send: Callable[[], Answer]) -> Answer:
        for pause in (*_PAUSES, None):
            try:
                answer = send()
            except (OSError, httplib2.HttpLib2Error) as error:
                if pause is None or isinstance(error, httplib2.ServerNotFoundError | ConnectionRefusedError):
                    raise UnreachableError(f"{self.service.root} cannot be reached: {_reason(error)}") from None
            else:
                if answer.status not in _RETRIED:
                    if answer.status >= 500:
                        raise UnreachableError(f"Launchpad failed with {answer.status} ({_plain(answer.text)[:80]})")
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
        connection_type: type | None = None,
    ) -> Answer:
        started = time.monotonic()
        # The cache keeps representations of several media types apart by this attribute.
        self._http.cache.request_media_type = "application/json"
        sent = {"Accept": "application/json", "User-Agent": CONSUMER, **(headers or {})}
        response, content = self._http.request(
            url, method=method, body=body, headers=sent, connection_type=connection_type
        )
        answer = Answer(response, content)
        if answer.status == 304:  # the cached representation, found to be current
            answer.status = 200
        # Only method, address and status: headers hold the account's secrets.
        _log.debug("%s %s: %s in %.2f s", method, url, answer.status, time.monotonic() - started)
        if error := self._login_error(answer):
            raise error
        return answer

    def _login_error(self, answer: Answer) -> LoginError | None:
        bad = answer.status == 401 and answer.text.startswith(_BAD_TOKEN)
        return LoginError(self.service, answer.text) if bad else None


def _load_credentials(path: Path | None) -> Credentials:
    if path is None:
        credentials = Credentials()
        credentials.consumer = Consumer(CONSUMER, "", "")
        credentials.access_token = AnonymousAccessToken()
        return credentials
    try:
        credentials = Credentials.load_from_path(str(path))
    except Exception as error:  # noqa: BLE001 - configparser's errors may quote the file's secrets
        raise TrackerError(
            f"{path} is no credentials file ({type(error).__name__})",
            remedy="it is the file that launchpadlib's Credentials.save_to_path writes",
            exit_code=ExitCode.LAUNCHPAD,
        ) from None
    if credentials.access_token is None:
        raise TrackerError(f"{path} holds no access token", exit_code=ExitCode.LAUNCHPAD)
    return credentials


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return _plain(getattr(error, "strerror", None) or str(error) or type(error).__name__)


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
