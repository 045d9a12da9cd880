"""Addresses in a text, by kind; pure."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from tracker.launchpad.links import parse_blueprint_link, parse_bug_link
from tracker.mail.notes import FoundLink

_URL = re.compile(r"https?://[^\s<>\"`\\^{}]{3,2000}", re.IGNORECASE)
_CLOSING = {")": "(", "]": "["}
# What markup and sentences put behind an address.
_TRAILING = ".,;:!?'*_|\u2019\u201d\u00bb\u2026"

_REVIEW_PATH = re.compile(r"/(?:#/)?(?:c/|q/|q,|[0-9]+|dashboard/|r/)")
_ISSUE_PATH = re.compile(r"/[^/]+/[^/]+/(?:-/)?issues/[0-9]+")
_SPEC_PATH = re.compile(r"/[\w.-]+-specs?/|/specs/")
_SPEC_SOURCES = re.compile(r"github\.com|gitlab\.com|opendev\.org|git\.openstack\.org|.*\.readthedocs\.io")
# A scheduler is a part of some projects.
_SCHEDULE_PATH = re.compile(r"schedule(?!r)", re.IGNORECASE)
_SCHEDULE_HOST = re.compile(r"(?:.+\.)?sched(?:ule)?\.(?:com|org)|schedule\..+")


def find_urls(text: str) -> list[str]:
    """Find the web addresses in a text, once each, in order; what closes a sentence or a bracket stays behind.

    An address of a host without a dot, as in a sample of code, is none.
    """
    found: dict[str, None] = {}
    for match in _URL.finditer(text):
        url = _trim(match.group())
        # Markdown's `[https://a](https://a)` is one word.
        url = _trim(url.split("](")[0])
        if "." in (_host(url) or ""):
            found[url] = None
    return list(found)


def _trim(url: str) -> str:
    opened = {bracket: url.count(bracket) for bracket in "()[]"}
    end = len(url)
    while end:
        last = url[end - 1]
        if last in _CLOSING:
            if opened[last] <= opened[_CLOSING[last]]:
                break
            opened[last] -= 1
        elif last not in _TRAILING:
            break
        end -= 1
    return url[:end]


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:  # brackets that hold no address
        return None


def classify(url: str) -> str:
    """Tell what an address leads to, in the words of FoundLink."""
    if parse_blueprint_link(url):
        return "blueprint"
    if parse_bug_link(url):
        return "bug"
    host = _host(url) or ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "other"
    path = parts.path + ("#" + parts.fragment if parts.fragment else "")
    if host.startswith(("etherpad.", "pad.")) or (".etherpad." in f".{host}." and "/p/" in path):
        return "etherpad"
    if host.startswith("review.") and _REVIEW_PATH.match(path):
        return "review"
    if _is_bug(host, path, parts.query):
        return "bug"
    if host.startswith("specs.") or (_SPEC_SOURCES.fullmatch(host) and _SPEC_PATH.search(path + "/")):
        return "spec"
    if _SCHEDULE_HOST.fullmatch(host) or _SCHEDULE_PATH.search(path):
        return "schedule"
    return "other"


def _is_bug(host: str, path: str, query: str) -> bool:
    if host.startswith("storyboard."):
        return "/story/" in path
    if host.startswith("bugzilla."):
        return path.startswith(("/show_bug", "/buglist")) or query.isdecimal() or path.strip("/").isdecimal()
    if host.startswith("bugs."):  # Launchpad's that name no bug are lists of bugs
        return path.strip("/").isdecimal() or "bugreport" in path
    return host in {"github.com", "gitlab.com"} and _ISSUE_PATH.fullmatch(path) is not None


def classify_all(urls: Iterable[str]) -> tuple[FoundLink, ...]:
    """Return the addresses with their kinds, once each."""
    return tuple(FoundLink(classify(url), url) for url in dict.fromkeys(urls))
