"""The pages of OAuth 1.0 before the web service: asking for a token, reviewing it in a browser, fetching it.

A program is answered with Launchpad's statuses and words (source). The page for people is the sandbox's own: there
are no passwords here, so whoever opens it says as whom to answer. It is reached from this machine alone, and what
remains to be kept out are other pages in that person's browser: they know no token's key, cannot read the value that
the form carries, cannot show the page in a frame, and are told by Host and Origin when they reach it all the same.

Requests that nobody answered are kept in memory: they are good for two hours, and for this server.
"""

import hashlib
import hmac
import json
import re
import secrets
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tracker.sandbox import tokens
from tracker.sandbox.access import AccessLevel
from tracker.sandbox.projects import find_project
from tracker.sandbox.seed import DRIVER
from tracker.sandbox.store import Store

VALIDITY = timedelta(hours=2)
"""For how long a request token can be reviewed and exchanged (source)."""

Environment = dict[str, Any]
Response = tuple[str, list[tuple[str, str]], list[bytes]]

_LOOPBACK = re.compile(r"(?:127(?:\.[0-9]{1,3}){3}|localhost|\[::1\])(?::[0-9]{1,5})?")
# A `*` would be every host in the policy of a page.
_NETLOC = re.compile(r"(?:[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_LONGEST_FORM = 64 * 1024
_MOST_FIELDS = 100
_MOST_WAITING = 1000
_CHALLENGE = ("WWW-Authenticate", 'OAuth realm="https://api.launchpad.net"')
_STATUSES = {
    200: "OK", 303: "See Other", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 409: "Conflict", 410: "Gone", 413: "Content Too Large",
}  # fmt: skip

# Launchpad's names of the levels on its page (source).
_TITLES = {
    AccessLevel.READ_PUBLIC: "Read Non-Private Data",
    AccessLevel.WRITE_PUBLIC: "Change Non-Private Data",
    AccessLevel.READ_PRIVATE: "Read Anything",
    AccessLevel.WRITE_PRIVATE: "Change Anything",
}
_MEANINGS = {
    AccessLevel.READ_PUBLIC: "It sees what everybody may see, and changes nothing.",
    AccessLevel.WRITE_PUBLIC: "It sees and changes what everybody may see. Private bugs do not exist for it.",
    AccessLevel.READ_PRIVATE: "It sees what you may see, private bugs too, and changes nothing.",
    AccessLevel.WRITE_PRIVATE: "It sees and changes what you may, private bugs too.",
}
_DESKTOP = {
    "": ("Until I Disable It", None),
    "Hour": ("For One Hour", timedelta(hours=1)),
    "Day": ("For One Day", timedelta(days=1)),
    "Week": ("For One Week", timedelta(weeks=1)),
}
_NO_ACCESS = "UNAUTHORIZED"

_STYLE = (
    "body{font:1rem/1.5 sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}"
    "label,legend{font-weight:bold}fieldset span{display:block}"
    "fieldset{border:1px solid #666;padding:.5rem 1rem;margin:1rem 0}"
    "select,button{font:inherit;padding:.4rem .8rem}p{margin:.5rem 0}code{overflow-wrap:anywhere}"
)
_STYLE_HASH = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()


@dataclass
class _Request:
    """A request token, from the program that asks for it to the exchange."""

    consumer: str
    key: str
    secret: str = field(repr=False)
    created: datetime
    callback: str | None
    form_key: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    person: int | None = None
    level: AccessLevel | None = None
    """None once reviewed: declined."""
    duration: timedelta | None = None
    context: str | None = None
    is_reviewed: bool = False

    @property
    def is_desktop(self) -> bool:
        """Whether a whole computer asks, not one program (source)."""
        return self.consumer.startswith("System-wide: ")


class _PageError(Exception):
    """A page for people that says what is wrong."""

    def __init__(self, status: int, heading: str, text: str) -> None:
        super().__init__(heading)
        self.response = _page(status, heading, f"<p>{_show(text)}</p>")


class Pages:
    """What is answered at the three addresses."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._requests: dict[str, _Request] = {}
        self._lock = Lock()

    def answer(self, environ: Environment) -> Response | None:
        """Answer a request; None when its address is none of these."""
        page = {
            "/+request-token": self._request_token,
            "/+authorize-token": self._authorize_token,
            "/+access-token": self._access_token,
        }.get(environ.get("PATH_INFO", ""))
        if page is None:
            return None
        try:
            _keep_out(environ)
            with self._lock:
                return page(environ)
        except _PageError as error:
            return error.response

    def _request_token(self, environ: Environment) -> Response:
        """Make a request token; whoever asks becomes a consumer."""
        form = _posted(environ)
        consumer = form.get("oauth_consumer_key", "")
        if not consumer:
            return _text(401)
        if form.get("oauth_signature_method") != "PLAINTEXT":
            return _text(400)
        if form.get("oauth_signature") != "&":
            return _text(401)
        now = self._store.clock()
        self._requests = {key: one for key, one in self._requests.items() if now < one.created + VALIDITY}
        while len(self._requests) >= _MOST_WAITING:
            del self._requests[next(iter(self._requests))]
        key, secret = tokens.make_pair()
        made = _Request(consumer, key, secret, now, _safe_callback(form.get("oauth_callback")))
        self._requests[key] = made
        if environ.get("HTTP_ACCEPT") == "application/json":
            levels = [{"value": _NO_ACCESS, "title": "No Access"}]
            levels += [{"value": level.value, "title": title} for level, title in _TITLES.items()]
            told = {
                "oauth_token": key,
                "oauth_token_consumer": consumer,
                "oauth_token_secret": secret,
                "access_levels": levels,
            }
            return _respond(200, json.dumps(told), "application/json")
        return _text(200, f"oauth_token={key}&oauth_token_secret={secret}")

    def _access_token(self, environ: Environment) -> Response:
        """Exchange a reviewed request token, once."""
        form = _posted(environ)
        consumer = form.get("oauth_consumer_key")
        if not self._is_known(consumer):
            return _text(401)
        found = self._requests.get(form.get("oauth_token", ""))
        if found is None or found.consumer != consumer:
            return _text(401, "No request token specified.")
        if form.get("oauth_signature_method") != "PLAINTEXT":
            return _text(400, "Invalid OAuth signature.")
        if not hmac.compare_digest(form.get("oauth_signature", "").encode(), f"&{found.secret}".encode()):
            return _text(401, "Invalid OAuth signature.")
        if not found.is_reviewed:
            return _text(401, "Request token has not yet been reviewed. Try again later.")
        if found.level is None or found.person is None:
            return _text(403, "End-user refused to authorize request token.")
        if self._is_expired(found):
            return _text(403, "This request token has expired and can no longer be exchanged for an access token.")
        with self._store.transaction():
            expires = self._store.now() + found.duration if found.duration else None
            key, secret = tokens.issue(self._store, found.person, found.level, expires, found.consumer)
        del self._requests[found.key]
        return _text(200, f"oauth_token={key}&oauth_token_secret={secret}&lp.context={found.context}")

    def _is_known(self, consumer: str | None) -> bool:
        """Tell whether a consumer has asked before."""
        if any(one.consumer == consumer for one in self._requests.values()):
            return True
        with self._store.transaction():
            return self._store.value("SELECT 1 FROM token WHERE consumer = ?", consumer) is not None

    def _is_expired(self, request: _Request) -> bool:
        return self._store.clock() >= request.created + VALIDITY

    def _authorize_token(self, environ: Environment) -> Response:
        """Show a request to the person, or take the answer."""
        method = environ["REQUEST_METHOD"]
        if method not in {"GET", "HEAD", "POST"}:
            return _respond(405, "", "text/plain", ("Allow", "GET, HEAD, POST"))
        query = _parse(environ.get("QUERY_STRING", ""))
        request = self._find(query.get("oauth_token", [""])[0])
        context = self._find_context(query.get("lp.context", [""])[0])
        choices = _choices(request, query.get("allow_permission", []))
        people = self._people()
        if method == "POST":
            return self._review(request, _posted(environ), choices, people, context)
        return _review_page(request, choices, people, context)

    def _find(self, key: str) -> _Request:
        found = self._requests.get(key)
        again = "Go back to the program, and let it ask again."
        if found is None:
            raise _PageError(404, "No such request", f"There is no request to let a program in here. {again}")
        if found.is_reviewed:
            raise _PageError(409, "Answered already", "This request has been answered; that cannot be changed here.")
        if self._is_expired(found):
            raise _PageError(410, "Too late", f"This request has expired after two hours. {again}")
        return found

    def _find_context(self, name: str) -> str | None:
        """Return the project that a token is to be limited to; the web service here does not hold it to that."""
        if not name:
            return None
        with self._store.transaction():
            found = find_project(self._store, name)
            if getattr(found, "name", None) != name:
                raise _PageError(400, "Unknown context", f'There is no project "{name}" here.')
        return name

    def _people(self) -> dict[str, tuple[int, str]]:
        """Return who can answer: by their names, with their rows and the names that they show."""
        with self._store.transaction():
            rows = self._store.rows(
                "SELECT id, name, display_name FROM person WHERE NOT is_team AND account_status = 'Active'"
                " AND merged IS NULL ORDER BY name != ?, name",
                DRIVER,
            )
        return {row["name"]: (row["id"], row["display_name"]) for row in rows}

    def _review(
        self,
        request: _Request,
        form: dict[str, str],
        choices: "_Choices",
        people: dict[str, tuple[int, str]],
        context: str | None,
    ) -> Response:
        if not hmac.compare_digest(form.get("form_key", "").encode(), request.form_key.encode()):
            raise _PageError(403, "Not from this page", "The answer did not come from the page. Open it again.")
        permission, person = form.get("permission", ""), people.get(form.get("person", ""))
        if permission != _NO_ACCESS and (permission not in choices or person is None):
            raise _PageError(400, "Not one of the answers", "Open the page again, and pick one of its answers.")
        request.is_reviewed = True
        if permission != _NO_ACCESS and person is not None:
            request.person, request.context = person[0], context
            request.level, _, _, request.duration = choices[permission]
        if request.callback:
            return _respond(303, "", "text/plain", ("Location", request.callback))
        name = _show(request.consumer)
        done = f"<p><strong>{name}</strong> has no access.</p>"
        if request.level is not None:
            done = f"<p><strong>{name}</strong> now acts as <strong>{escape(form['person'])}</strong>.</p>"
        return _page(200, "Answered", f"{done}<p>You can close this page, and go back to the program.</p>")


_Choices = dict[str, tuple[AccessLevel, str, str, timedelta | None]]
"""What a person can allow, by the form's value: the level, its title, its meaning, how long it lasts."""


def _choices(request: _Request, asked: list[str]) -> _Choices:
    """Return what the program wants to be allowed, as Launchpad understands that (source).

    A whole computer asks for everything, and nothing else; a program for one or more of the levels, and where it
    asks for none of them it is given the choice among all.
    """
    desktop = AccessLevel.DESKTOP_INTEGRATION
    wanted = {level for level in AccessLevel if level in asked}
    if wanted == {desktop}:
        if not request.is_desktop:
            raise _PageError(
                401, "Not a computer", f'"{request.consumer}" asks for a whole computer, and does not say for which.'
            )
        return {f"{desktop}{name}": (desktop, title, "", lasts) for name, (title, lasts) in _DESKTOP.items()}
    if request.is_desktop:
        raise _PageError(401, "Not supported", "A whole computer can be let in with DESKTOP_INTEGRATION alone.")
    levels = [level for level in _TITLES if level in wanted] or list(_TITLES)
    return {level.value: (level, _TITLES[level], _MEANINGS[level], None) for level in levels}


def _review_page(
    request: _Request, choices: _Choices, people: dict[str, tuple[int, str]], context: str | None
) -> Response:
    name = _show(request.consumer)
    options = "".join(
        f'<option value="{escape(one)}">{_show(shown)} ({escape(one)})</option>' for one, (_, shown) in people.items()
    )
    buttons = "".join(
        f'<p><button name="permission" value="{value}" aria-describedby="about-{value}">{title}</button>'
        f' <span id="about-{value}">{meaning}</span></p>'
        if meaning
        else f'<p><button name="permission" value="{value}">{title}</button></p>'
        for value, (_, title, meaning, _) in choices.items()
    )
    limited = f"<p>It asks for the project <strong>{escape(context)}</strong> alone.</p>" if context else ""
    after = f"<p>Your answer leads to <code>{escape(request.callback)}</code>.</p>" if request.callback else ""
    body = (
        f"<p>The program <strong>{name}</strong> asks to act on this sandbox for somebody. There are no passwords"
        " here: you say for whom.</p>"
        f'{limited}{after}<form method="post">'
        f'<input type="hidden" name="form_key" value="{request.form_key}">'
        f'<p><label for="person">Answer as</label><br><select id="person" name="person">{options}</select></p>'
        f"<fieldset><legend>Allow {name} to</legend>{buttons}</fieldset>"
        f'<p><button name="permission" value="{_NO_ACCESS}">No Access</button> {name} is not let in.</p></form>'
    )
    return _page(200, "Let a program in?", body, request.callback)


def _show(text: str) -> str:
    """Return text for a page, in which letters that nobody sees, or that reorder others, show as their numbers."""
    return escape("".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in text))


def _page(status: int, heading: str, body: str, callback: str | None = None) -> Response:
    """Return a page that runs nothing, loads nothing and is shown in no other."""
    # A browser takes also where a form's answer leads for an action of the form.
    forms = f"'self' {_origin(callback)}" if callback else "'self'"
    policy = (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action {forms};"
        " frame-ancestors 'none'; base-uri 'none'"
    )
    text = (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{heading} - Launchpad sandbox</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><main><h1>{heading}</h1>{body}</main></body></html>"
    )
    return _respond(status, text, "text/html", ("Content-Security-Policy", policy), ("X-Frame-Options", "DENY"))


def _text(status: int, text: str = "") -> Response:
    return _respond(status, text, "text/plain", *([_CHALLENGE] if status == 401 else []))


def _respond(status: int, text: str, kind: str, *more: tuple[str, str]) -> Response:
    body = text.encode()
    headers = [
        ("Content-Type", kind if kind == "application/json" else f"{kind}; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        # With "no-referrer" browsers would say Origin: null of the page's own form.
        ("Referrer-Policy", "same-origin"),
        ("X-Content-Type-Options", "nosniff"),
        *more,
    ]
    return f"{status} {_STATUSES[status]}", headers, [body]


def _keep_out(environ: Environment) -> None:
    """Refuse what comes from another page in the browser of the person who uses the sandbox."""
    host = environ.get("HTTP_HOST", "")
    # A name that leads here all the same is how a page elsewhere gets to read this one.
    if not _LOOPBACK.fullmatch(host.lower()):
        raise _PageError(400, "Not here", "The sandbox answers to addresses of this machine alone.")
    origin, site = environ.get("HTTP_ORIGIN"), environ.get("HTTP_SEC_FETCH_SITE", "none")
    is_foreign = origin is not None and origin.lower() != f"http://{host.lower()}"
    if is_foreign or (environ["REQUEST_METHOD"] == "POST" and site not in {"same-origin", "none"}):
        raise _PageError(403, "Not from this page", "Another page has sent this. Nothing was done.")


def _posted(environ: Environment) -> dict[str, str]:
    """Return what a form says, the first value of each name."""
    if environ["REQUEST_METHOD"] != "POST":
        raise _PageError(405, "Not by this method", "This address takes a form by POST.")
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > _LONGEST_FORM:
        raise _PageError(413, "Too much", "The form is too large.")
    text = environ["wsgi.input"].read(int(length)).decode("utf-8", "replace")
    return {name: values[0] for name, values in _parse(text).items()}


def _parse(text: str) -> dict[str, list[str]]:
    try:
        return parse_qs(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="replace")
    except ValueError:
        raise _PageError(400, "Too many fields", "The form has too many fields.") from None


def _safe_callback(address: str | None) -> str | None:
    """Return an address that a person can be sent to: of the web, and written so that it is one thing alone."""
    if not address or not re.fullmatch(r"[!-~]+", address) or re.search(r"[\\\"'<>;,]", address):
        return None
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises for one that is too large
    except ValueError:
        return None
    return address if parts.scheme in {"http", "https"} and _NETLOC.fullmatch(parts.netloc) else None


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
