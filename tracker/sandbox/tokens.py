"""OAuth tokens: made here, kept in the database, checked on every request."""

import secrets
from datetime import datetime
from urllib.parse import unquote

from tracker.sandbox import access
from tracker.sandbox.access import AccessLevel
from tracker.sandbox.store import Store

CONSUMER = "summit-tracker"


def make_pair() -> tuple[str, str]:
    """Return a key of 20 and a secret of 80 letters, as Launchpad's are (source)."""
    return secrets.token_hex(10), secrets.token_hex(40)


def issue(
    store: Store, person: int, level: AccessLevel, expires: datetime | None, consumer: str = CONSUMER
) -> tuple[str, str]:
    """Make a token for a person; returns its key and its secret."""
    key, secret = make_pair()
    store.insert(
        "token",
        key=key,
        secret=secret,
        consumer=consumer,
        person=person,
        level=level.value,
        date_created=store.now(),
        date_expires=expires,
    )
    return key, secret


def find_holder(store: Store, key: str, secret: str) -> tuple[str, AccessLevel] | None:
    """Return whose token it is, by name, and what it lets a program do; None when it is no good here."""
    with store.transaction():
        found = store.rows(
            "SELECT name, level, secret, date_expires FROM token JOIN person ON person.id = person WHERE key = ?",
            key,
        )
        if not found or found[0]["secret"] != secret:
            return None
        expires = found[0]["date_expires"]
        if expires is not None and datetime.fromisoformat(expires) <= store.now():
            return None
        return found[0]["name"], AccessLevel(found[0]["level"])


def render_credentials(key: str, secret: str) -> str:
    """Return launchpadlib's credentials file for a token of the tracker's."""
    return f"[1]\nconsumer_key = {CONSUMER}\nconsumer_secret = \naccess_token = {key}\naccess_secret = {secret}\n\n"


def parse_header(header: str) -> dict[str, str] | None:
    """Return the parameters of an OAuth header, or None for another scheme, which Launchpad takes as anonymous.

    A garbled one is a 500 (seen on Launchpad, July 2025).
    """
    scheme, _, rest = header.partition(" ")
    if scheme.lower() != "oauth":
        return None
    parameters = {}
    for part in rest.split(","):
        name, equals, value = part.strip().partition("=")
        if not equals:
            raise ValueError("garbled OAuth header")
        parameters[name] = unquote(value.strip('"'))
    return parameters


def authenticate(store: Store, header: str | None) -> None:
    """Find out who makes the present request, or refuse its token in Launchpad's words.

    An unknown consumer without a token is an anonymous client. Timestamps and nonces are not looked at:
    Launchpad accepts stale ones.
    """
    parameters = None if header is None else parse_header(header)
    if parameters is None or "oauth_consumer_key" not in parameters:
        return
    consumer, key = parameters["oauth_consumer_key"], parameters.get("oauth_token", "")
    if not consumer:
        raise access.refusal("No consumer key specified.")
    if not key:
        return
    if store.value("SELECT 1 FROM token WHERE consumer = ?", consumer) is None:
        raise access.refusal(f"Unknown consumer ({consumer}).")
    found = store.rows("SELECT * FROM token WHERE consumer = ? AND key = ?", consumer, key)
    if not found:
        raise access.refusal(f"Unknown access token ({key}).")
    token = found[0]
    expires = token["date_expires"]
    if expires is not None and datetime.fromisoformat(expires) <= store.now():
        raise access.refusal(f"Expired token ({key}).")
    signature = parameters.get("oauth_signature", "")
    if unquote(signature) != f"&{token['secret']}":
        raise access.refusal("Invalid signature.")
    access.identify(store.get("person", token["person"]), AccessLevel(token["level"]))
