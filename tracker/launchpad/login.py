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
from tracker.launchpad.accounts import Account, is_token
from tracker.launchpad.replies import REDIRECTS, Answer, UnreachableError
from tracker.launchpad.secrets import conceal
from tracker.launchpad.services import Service
from tracker.launchpad.wire import CONSUMER, Wire, send_form

LEVELS = ("WRITE_PRIVATE", "WRITE_PUBLIC")
"""What a person is asked to let the tracker do, one of these.

Both write. To the second, private bugs do not exist, so that it cannot tell of them; one that only reads could file
bugs all the same (seen on Launchpad, July 2025), and do nothing else that a sync needs.
"""
PATIENCE = 15 * 60
"""Seconds that a person has, as with launchpadlib; Launchpad itself forgets a request after two hours (source)."""

_PAUSE = 1.0
_PAUSE_IN_TROUBLE = 5.0
_TIMEOUT = 30.0
# How Launchpad's answers to an exchange begin (source).
_NOT_YET = "Request token has not yet been reviewed"
_DECLINED = "End-user refused"
_REFUSALS = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


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
    report: Callable[[float, str | None], None] = lambda _, __: None,
) -> Account:
    """Wait until a person has reviewed a request, and return the account, which is kept nowhere yet.

    `report` is told the seconds that are left, and why the service gives no usable answer at the moment, when it does
    not. Raises TrackerError when the person declines or takes more than `patience` seconds, and when the service no
    longer knows the request. A service that cannot be reached may be there again before the person's time is up.
    """
    url = f"{service.web_root}+access-token"
    form = _form(oauth_token=token.key, oauth_signature=f"&{token.secret}")
    end = clock() + patience
    pause, trouble = _PAUSE, None
    while (left := end - clock()) > 0:
        report(left, trouble)
        sleep(min(pause, left))
        try:
            answer = send_form(url, form, timeout=_TIMEOUT)
            if (account := _read_exchange(service, url, answer)) is not None:
                return account
        except UnreachableError as error:
            pause, trouble = _PAUSE_IN_TROUBLE, error.message
        else:
            pause, trouble = _PAUSE, None
    raise _failed(
        f"nobody answered on the page within {patience:g} seconds",
        "run `tracker login` again; --timeout gives more time",
        details=trouble and f"the last that was heard: {trouble}",
    )


def _read_exchange(service: Service, url: str, answer: Answer) -> Account | None:
    """Return the account that an exchange gave, None when nobody has reviewed the request yet.

    Raises TrackerError when the answer ends it, UnreachableError when it may be another the next time: of a server
    that is busy, or of a network that wants its own page to be read first.
    """
    if answer.status == HTTPStatus.UNAUTHORIZED and answer.text.startswith(_NOT_YET):
        return None
    if answer.status == HTTPStatus.FORBIDDEN and answer.text.startswith(_DECLINED):
        raise _failed("the access was declined", "run `tracker login` again if that was not meant")
    # Launchpad says what it refuses in plain text (source), others in pages.
    if answer.status in _REFUSALS and not answer.text.lstrip().startswith("<"):
        raise _failed(f"{service.name} no longer knows this request: {answer.reason}", "run `tracker login` again")
    key, secret = _read_token(url, answer)
    return Account(CONSUMER, key, secret, "memory")


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
        raise UnreachableError(f"{url} leads to {answer.location or 'nowhere'}", remedy=remedy)
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


def _failed(message: str, remedy: str, *, details: str | None = None) -> TrackerError:
    return TrackerError(message, details=details, remedy=remedy, exit_code=ExitCode.LAUNCHPAD)
