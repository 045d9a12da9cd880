"""Addresses of Gerrit's changes and queries, for what a recap writes of them; pure."""

import re
from urllib.parse import quote, unquote

ROOT = "https://review.opendev.org/"
"""The Gerrit of the projects that have theirs on OpenDev, as those of OpenStack do. Others are named by address."""

# OpenStack's Gerrit, of which a number is enough, as its old and its new address write it.
_CHANGE = re.compile(
    r"https?://review\.(?:openstack|opendev)\.org/(?:(?:#/)?c/(?:[\w./\-]+/\+/)?)?(?P<number>[0-9]{1,10})/?"
)


def review_url(written: str) -> str:
    """Return where a review is: an address is its own, a number is a change, anything else is a query."""
    if written.startswith(("http://", "https://")):
        return written
    return f"{ROOT}{written}" if written.isdecimal() else f"{ROOT}q/{quote(written, safe=':/+')}"


def review_value(url: str) -> str:
    """Return what a recap writes for an address: a number, a query, or the address."""
    if match := _CHANGE.fullmatch(url):
        return match["number"]
    query = unquote(url.removeprefix(f"{ROOT}q/"))
    return query if query != url and review_url(query) == url else url
