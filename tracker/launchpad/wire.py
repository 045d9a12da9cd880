"""Requests to a Launchpad through launchpadlib: authorised, timed, and never interactive.

Only launchpadlib's credentials and its authorised HTTP are used. Its objects follow redirects that mean "nothing
was written", repeat requests that create, sleep half a minute while Launchpad is busy, and cannot ask for pages
of 300.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlencode, urlsplit

import httplib2
from launchpadlib.credentials import AccessToken, AnonymousAccessToken, Consumer, Credentials
from launchpadlib.launchpad import LaunchpadOAuthAwareHttp
from wadllib.application import Application

from tracker.launchpad.accounts import Account
from tracker.launchpad.cache import open_cache, sign_reader
from tracker.launchpad.connections import (
    FAILURES,
    HOPELESS,
    ForeignError,
    NotSentError,
    UnreadableError,
    explain,
    plain,
    reading,
    sending,
    sending_once,
)
from tracker.launchpad.links import SANDBOX
from tracker.launchpad.patience import BUDGET, IN_A_ROW, PAUSES, Patience
from tracker.launchpad.replies import (
    REDIRECTS,
    Answer,
    LoginError,
    UnansweredError,
    UnreachableError,
    UnsentError,
    shorten,
)
from tracker.launchpad.services import START_SANDBOX, VERSION, Service

if TYPE_CHECKING:
    from tracker.errors import TrackerError

TIMEOUT = 60.0
"""Seconds that Launchpad may stay silent; launchpadlib itself would wait for ever."""
CONSUMER = "summit-tracker"

_log = logging.getLogger(__name__)
_JSON = "application/json"
_WADL = "application/vnd.sun.wadl+xml"
# What a busy Launchpad, or the servers before it, answer; any other failure is repeated once.
_BUSY = frozenset({429, 502, 503, 504})
# What the servers before Launchpad say, by a page, of a request that is malformed or too long (seen July 2025).
_MALFORMED = frozenset({400, 413, 414, 431})
_READ, _CHANGE, _ADDITION = "reads", "changes", "additions"
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


class Wire:
    """A connection to one Launchpad, for one account or for nobody, through one run.

    Whatever fails is repeated where that does no harm, with pauses, out of the run's one budget. When that is spent,
    the token is refused, or Launchpad wants to be left alone for longer, every further request fails at once.
    """

    def __init__(
        self,
        service: Service,
        *,
        timeout: float = TIMEOUT,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Connect; raises UnreachableError and LoginError. No browser and no prompt ever appears."""
        self.service = service
        self.is_anonymous = service.account is None
        self.root = f"{service.root}{VERSION}/"
        self._patience = Patience(sleep=sleep, clock=clock)
        self._ended: TrackerError | None = None
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
        self._cache.delete(self.root)
        raise UnreachableError(
            f"{self.root} does not say which words a {representation} can have as {field}",
            remedy="check `service` in tracker.yaml",
        )

    def get(self, url: str, *, keep: bool = True) -> Answer:
        """Read; tried again when Launchpad fails or the connection breaks.

        `keep` puts the answer into the cache, where its ETag can save reading it again; a search's answer has none.
        """
        headers = {} if keep else {"Cache-Control": "no-store"}
        return self._repeat(_READ, lambda: self._send(url, "GET", headers=headers))

    @property
    def reader(self) -> str:
        """A sign of the account that answers are shown to, which says nothing of its secrets."""
        return sign_reader(self.service)

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
        return self._repeat(_CHANGE, lambda: self._send(url, "PATCH", body, headers))

    def wait(self, seconds: float) -> None:
        """Wait out of the run's budget; raises UnreachableError when it does not have that."""
        if not self._patience.wait(seconds):
            self._end_spent()

    def post(self, url: str, operation: str, *, harmless: bool = False, **values: Any) -> Answer:
        """Send a request that creates: once. Raises UnansweredError when it may or may not have worked.

        `harmless` says that it changes nothing when it is carried out twice, so that it is tried again like a read.
        """
        form = {"ws.op": operation, **{name: json.dumps(value) for name, value in values.items()}}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(form).encode()
        if harmless:
            return self._repeat(_ADDITION, lambda: self._send(url, "POST", body, headers))
        self._begin(_ADDITION)
        started = self._patience.now()
        self.close()
        try:
            answer = self._send(url, "POST", body, headers, connection_type=sending_once(url))
        except FAILURES as error:
            failure = self._unreachable(error)
            self._count(_ADDITION, started, alive=False)
            if isinstance(error, NotSentError):
                raise failure from None
            raise UnansweredError(explain(error)) from None
        finally:
            self.close()
        if answer.status in _BUSY or answer.status >= 500:
            self._count(_ADDITION, started, alive=answer.failure is not None)
            self._heed(answer)
        else:
            self._patience.succeed(_ADDITION)
        if answer.status == 503 or answer.failure:  # the server says that it undid its transaction
            raise _failed(answer)
        if answer.status >= 500:
            raise UnansweredError(f"a proxy answered {answer.status}")
        return answer

    def _describe(self) -> Application:
        """Read the service's description of itself, which stays in the cache for an hour."""
        answer = self._repeat(_READ, lambda: self._send(self.root, "GET", accept=_WADL))
        remedy = "check the network, and `service` in tracker.yaml"
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

    def _repeat(self, kind: str, send: Callable[[], Answer]) -> Answer:
        for pause in (*PAUSES, None):
            self._begin(kind)
            started = self._patience.now()
            try:
                answer = send()
            except FAILURES as error:
                failure, alive = self._unreachable(error), False
                hopeless = isinstance(error, HOPELESS)
            else:
                if answer.status < 500 and answer.status not in _BUSY:
                    self._patience.succeed(kind)
                    return answer
                failure, alive = _failed(answer), answer.failure is not None
                hopeless = answer.status not in _BUSY and pause != PAUSES[0]
                self._heed(answer)
            if pause is None or hopeless:
                self._count(kind, started, alive=alive)
                raise failure
            self._patience.spend_since(started)
            self.wait(pause)
        raise AssertionError("unreachable")  # the last turn of the loop returns or raises

    def _begin(self, kind: str) -> None:
        """Wait until a request may be sent; raises when none may in this run."""
        if self._ended:
            raise self._ended
        if self._patience.has_given_up(kind):
            raise UnsentError(f"not tried, for {IN_A_ROW} {kind} in a row had no answer")
        if self._patience.is_spent or not self._patience.wait():
            self._end_spent()

    def _count(self, kind: str, started: float, *, alive: bool) -> None:
        self._patience.spend_since(started)
        if not alive:  # a failure that Launchpad itself reports says that it is there
            self._patience.fail(kind)

    def _heed(self, answer: Answer) -> None:
        """Leave Launchpad alone for as long as it asks to; when that is too long, for the rest of the run.

        With a report of its own it means the one request that took too long, and always says a quarter of an hour,
        which is its guess (source).
        """
        if answer.retry_after is None or answer.failure or self._patience.hold(answer.retry_after):
            return
        back = (answer.date or datetime.now(UTC)) + timedelta(seconds=answer.retry_after)
        self._ended = UnsentError(
            f"Launchpad answered {answer.status} and is not to be asked again before {back:%Y-%m-%d %H:%M} UTC",
            remedy=f"come back after {back:%Y-%m-%d %H:%M} UTC",
        )

    def _end_spent(self) -> NoReturn:
        self._ended = self._ended or UnsentError(
            f"not tried, for {BUDGET / 60:g} minutes of this run went into waiting for Launchpad"
        )
        raise self._ended

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
            raise UnreachableError(f"{self.root} leads to {plain(url)}, where the account's token must not go")
        started = time.monotonic()
        sent = {"Accept": accept, "User-Agent": CONSUMER, **(headers or {})}
        try:
            with reading():
                response, content = self._http.request(
                    url, method=method, body=body, headers=sent, connection_type=connection_type or sending(url)
                )
        except UnreadableError:
            self._cache.delete(url)  # where it may have come from
            self.close()
            raise
        except BaseException:  # also Ctrl-C, which must not leave half an answer for the next request to read
            self.close()
            raise
        answer = Answer(response, content, lambda: self._cache.delete(url))
        if answer.status == 304:  # the cached representation, found to be current
            answer.status = 200
        # Only method, address and status: headers hold the account's secrets.
        _log.debug("%s %s: %s in %.2f s", method, url, answer.status, time.monotonic() - started)
        if answer.status == 401 and answer.text.startswith(_BAD_TOKEN):
            self._ended = LoginError(self.service, answer.text)
            raise self._ended
        if accept == _JSON:  # of its description is told more
            self._check_origin(answer)
        return answer

    def _check_origin(self, answer: Answer) -> None:
        """See that it is Launchpad that refuses or redirects; raises ForeignError when another server does."""
        if answer.status in REDIRECTS and not self._is_below_root(answer.location or ""):
            raise ForeignError(f"another server leads to {shorten(answer.location or 'nowhere')}")
        if answer.is_page and 400 <= answer.status < 500 and answer.status not in _BUSY | _MALFORMED:
            raise ForeignError(f"another server answered {answer.status} with a web page")

    def _is_below_root(self, address: str) -> bool:
        # By host and path alone: a server behind another may not know by which scheme and port it is asked.
        here = urlsplit(self.root)
        with suppress(ValueError):  # no address at all
            there = urlsplit(address)
            return there.hostname == here.hostname and there.path.startswith(here.path)
        return False

    def _unreachable(self, error: Exception) -> UnreachableError:
        remedy = "try again later"
        if self.service.name == SANDBOX:
            remedy = START_SANDBOX
        elif isinstance(error, httplib2.ServerNotFoundError):
            remedy = "check the network, and `service` in tracker.yaml"
        elif isinstance(error, ForeignError):
            remedy = "check the network, which may want a login of its own, and `service` in tracker.yaml"
        kind = UnsentError if isinstance(error, NotSentError) else UnreachableError
        return kind(f"{self.service.root} cannot be reached: {explain(error)}", remedy=remedy)


def send_form(url: str, form: Mapping[str, str], *, timeout: float = TIMEOUT) -> Answer:
    """POST a form as nobody, once; raises UnreachableError, and the form may have been taken all the same."""
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
        with reading():
            answered = http.request(
                url, method="POST", body=urlencode(form), headers=headers, connection_type=sending_once(url)
            )
    except FAILURES as error:
        problem, unsent = explain(error), isinstance(error, NotSentError)
    finally:
        http.close()
    if problem is not None:
        remedy = "check the network, and the service's address" if unsent else "try again later"
        raise UnreachableError(f"{url} cannot be reached: {problem}", remedy=remedy)
    answer = Answer(*answered)
    _log.debug("POST %s: %s in %.2f s", url, answer.status, time.monotonic() - started)
    return answer


def _failed(answer: Answer) -> UnreachableError:
    if answer.status in _BUSY and not answer.failure:
        return UnreachableError(f"Launchpad is busy: it answered {answer.status}")
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
