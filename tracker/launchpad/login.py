"""Logging in: OAuth 1.0 as Launchpad speaks it, in which a person's answer in a browser makes a token.

The tracker asks for a request token, the person reviews it on one of Launchpad's pages, and the tracker exchanges it
for an access token. Passwords never come here, and of the tokens only a key, no secret, is ever in an address.

launchpadlib's own login waits without end for a silent server, sends requests twice, and takes a request that has
expired for a refusal.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qs, urlencode

from tracker.errors import ExitCode, TrackerError
from tracker.launchpad import links
from tracker.launchpad.accounts import Account, conceal, is_token, redact
from tracker.launchpad.services import Service
from tracker.launchpad.wire import CONSUMER, REDIRECTS, Answer, UnreachableError, Wire, send_form

LEVELS = ("WRITE_PRIVATE", "WRITE_PUBLIC")
"""What a person is asked to let the tracker do, one of these.

Both write. To the second, private bugs do not exist, so that it cannot tell of them; one that only reads could file
bugs all the same (seen on Launchpad, July 2025), and do nothing else that a sync needs.
"""
PATIENCE = 15 * 60
"""Seconds that a person has, as with launchpadlib; Launchpad itself forgets a request after two hours (source)."""

_PAUSE = 1.0
_TIMEOUT = 30.0
_TRIES = 5
# How Launchpad's answers to an exchange begin (source).
_NOT_YET = "Request token has not yet been reviewed"
_DECLINED = "End-user refused"


@dataclass(frozen=True, slots=True)
class RequestToken:
    """A request to be let in, which a person reviews."""

    key: str
    secret: str = field(repr=False)
    page: str
    """The address where it is reviewed; it holds no secret."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Whose account it is."""

    account: str
    display_name: str


def request_token(service: Service) -> RequestToken:
    """Ask a service for a request token; raises UnreachableError."""
    url = f"{service.web_root}+request-token"
    answer = send_form(url, _form(), timeout=_TIMEOUT)
    key, secret = _read_token(url, answer)
    levels = [("allow_permission", level) for level in LEVELS]
    page = f"{service.web_root}+authorize-token?{urlencode([('oauth_token', key), *levels])}"
    return RequestToken(key, secret, page)


def await_account(
    service: Service,
    token: RequestToken,
    *,
    patience: float = PATIENCE,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
    report: Callable[[float], None] = lambda _: None,
) -> Account:
    """Wait until a person has reviewed a request, and return the account, which is kept nowhere yet.

    `report` is told the seconds that are left. Raises TrackerError when the person declines or takes more than
    `patience` seconds, and when the service does not answer several times in a row.
    """
    url = f"{service.web_root}+access-token"
    form = _form(oauth_token=token.key, oauth_signature=f"&{token.secret}")
    end = clock() + patience
    failures = 0
    while (left := end - clock()) > 0:
        report(left)
        sleep(min(_PAUSE, left))
        try:
            answer = send_form(url, form, timeout=_TIMEOUT)
            if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise UnreachableError(f"{url} failed: {answer.reason}")
        except UnreachableError:
            failures += 1
            if failures == _TRIES:
                raise
            continue
        failures = 0
        if answer.status == HTTPStatus.UNAUTHORIZED and answer.text.startswith(_NOT_YET):
            continue
        if answer.status == HTTPStatus.FORBIDDEN and answer.text.startswith(_DECLINED):
            raise _failed("the access was declined", "run `tracker login` again if that was not meant")
        if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise _failed(
                f"{service.name} no longer knows this request: {answer.reason}", "run `tracker login` again"
            )
        key, secret = _read_token(url, answer)
        return Account(CONSUMER, key, secret, "memory")
    raise _failed(
        f"nobody answered on the page within {patience:g} seconds",
        "run `tracker login` again; --timeout gives more time",
    )


def fetch_profile(wire: Wire, account: str) -> Profile:
    """Ask for the name that an account shows. One request."""
    answer = wire.get(links.person_url(wire.root, account))
    shown = answer.json() if answer.status == HTTPStatus.OK else None
    name = shown.get("display_name") if isinstance(shown, dict) else None
    return Profile(account, name if isinstance(name, str) else account)


def _form(**more: str) -> dict[str, str]:
    return {
        "oauth_consumer_key": CONSUMER,
        "oauth_signature_method": "PLAINTEXT",
        "oauth_signature": "&",
        **more,
    }


def _read_token(url: str, answer: Answer) -> tuple[str, str]:
    remedy = "check the service's address"
    if answer.status in REDIRECTS:
        raise UnreachableError(f"{url} leads to {redact(answer.location or 'nowhere')}", remedy=remedy)
    if answer.status != HTTPStatus.OK:
        raise UnreachableError(f"{url} gave no token: {answer.reason}", remedy=remedy)
    try:
        values = parse_qs(answer.content.decode("ascii"), max_num_fields=10)
    except ValueError:
        values = {}
    found = [values.get(name, []) for name in ("oauth_token", "oauth_token_secret")]
    key, secret = (one[0] if len(one) == 1 and is_token(one[0]) else "" for one in found)
    conceal(secret)
    if not key or not secret:
        raise UnreachableError(f"{url} is no Launchpad: it gave no token", remedy=remedy)
    return key, secret


def _failed(message: str, remedy: str) -> TrackerError:
    return TrackerError(message, remedy=remedy, exit_code=ExitCode.LAUNCHPAD)
