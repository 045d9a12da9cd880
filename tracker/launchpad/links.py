"""Addresses of Launchpad's things, on the web and in its web service; pure."""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

SERVICE_ROOTS = {
    "production": "https://api.launchpad.net/",
    "qastaging": "https://api.qastaging.launchpad.net/",
    "staging": "https://api.staging.launchpad.net/",
}
"""The web services that Canonical runs, by the names that launchpadlib gives them."""
SANDBOX = "sandbox"
"""The name of the Launchpad on this machine."""

# Other trackers have addresses like these too: https://sourceforge.net/p/NAME/bugs/7.
_HOST = re.compile(r"(?:.+\.)?launchpad\.(?:net|test|dev)|localhost|127\.0\.0\.1|::1")
_HERE = re.compile(r"localhost|127\.0\.0\.1|::1")
_BUG_PATH = re.compile(r"(?:/(?P<target>.+?))?/(?:bugs|\+bug)/(?P<number>[0-9]{1,12})(?:/.*)?")
# As commit messages and changelogs write it: LP#7, LP: #7, Launchpad bug 7.
_SHORT_BUG = re.compile(r"(?:(?:lp|launchpad)[ :]*)?(?:bug[ :]*)?#?(?P<number>[0-9]{1,10})", re.IGNORECASE)
_BLUEPRINT_PATH = re.compile(r"/(?P<target>.+?)/\+spec/(?P<name>[^/]+)(?:/.*)?")
# Launchpad has the pages of blueprints and bugs on hosts of their own, a sandbox has not.
_PAGE_HOST = re.compile(r"://(?=(?:[^/]+\.)?launchpad\.(?:net|test|dev)[:/])")
_MILESTONE_PATH = re.compile(r".*/\+milestone/(?P<name>[^/]+)")


@dataclass(frozen=True, slots=True)
class BugLink:
    """A bug, and the project whose task the address is of, when it names one."""

    number: int
    project: str | None = None


@dataclass(frozen=True, slots=True)
class BlueprintLink:
    """A blueprint, and the project it belongs to."""

    name: str
    project: str


def parse_bug_link(text: str) -> BugLink | None:
    """Read a bug's address, as the web pages or the web service write it; None when it is not one."""
    path = _launchpad_path(text)
    match = _BUG_PATH.fullmatch(path) if path else None
    if match is None:
        return None
    target = match["target"]
    # A version stands first in the web service's own addresses.
    project = re.sub(r"^(?:devel|beta|1\.0)(?:/|$)", "", target).split("/")[0] if target else ""
    return BugLink(int(match["number"]), project or None)


def parse_short_bug(text: str) -> int | None:
    """Read the number of a bug as commit messages write it, `LP: #7`; None when it is not one."""
    match = _SHORT_BUG.fullmatch(text)
    return int(match["number"]) if match else None


def parse_blueprint_link(text: str) -> BlueprintLink | None:
    """Read a blueprint's address; None when it is not one."""
    path = _launchpad_path(text)
    match = _BLUEPRINT_PATH.fullmatch(path) if path else None
    if match is None:
        return None
    project = re.sub(r"^(?:devel|beta|1\.0)/", "", match["target"]).split("/")[0]
    return BlueprintLink(unquote(match["name"]), project)


def is_sandbox_link(text: str) -> bool:
    """Tell whether an address is that of a bug or a blueprint of a Launchpad on this machine."""
    if parse_bug_link(text) is None and parse_blueprint_link(text) is None:
        return False
    return bool(_HERE.fullmatch(urlsplit(text).hostname or ""))


def milestone_name(link: str | None) -> str | None:
    """Return the name that a milestone's link ends in."""
    match = _MILESTONE_PATH.fullmatch(link) if link else None
    return unquote(match["name"]) if match else None


def person_name(link: str | None) -> str | None:
    """Return the account that a person's link ends in."""
    return unquote(link.rsplit("/~", 1)[1]) if link and "/~" in link else None


def bug_number(link: str) -> int:
    """Return the number that a bug's or a bug task's link ends in."""
    return int(link.rstrip("/").rpartition("/")[2])


def project_url(root: str, project: str) -> str:
    """Return the web service's address of a project; `root` ends in the version and a slash."""
    return f"{root}{quote(project)}"


def bug_url(root: str, number: int) -> str:
    """Return the web service's address of a bug."""
    return f"{root}bugs/{number}"


def task_url(root: str, project: str, number: int) -> str:
    """Return the web service's address of a bug's task in a project."""
    return f"{root}{quote(project)}/+bug/{number}"


def milestone_url(root: str, project: str, name: str) -> str:
    """Return the web service's address of a project's milestone."""
    return f"{root}{quote(project)}/+milestone/{quote(name)}"


def person_url(root: str, account: str) -> str:
    """Return the web service's address of an account."""
    return f"{root}~{quote(account)}"


def blueprint_url(root: str, project: str, name: str) -> str:
    """Return the web service's address of a project's blueprint."""
    return f"{root}{quote(project)}/+spec/{quote(name)}"


def blueprint_page(web_root: str, project: str, name: str) -> str:
    """Return the address of a blueprint's page for people; `web_root` is where a service has those."""
    return _PAGE_HOST.sub("://blueprints.", web_root, count=1) + f"{quote(project)}/+spec/{quote(name)}"


def bug_page(web_root: str, project: str, number: int) -> str:
    """Return the address of a bug's page for people, as a project's."""
    return _PAGE_HOST.sub("://bugs.", web_root, count=1) + f"{quote(project)}/+bug/{number}"


def is_task_of(link: str, project: str) -> bool:
    """Tell whether a task's address in the web service is that of the project itself."""
    parts = unquote(urlsplit(link).path).split("/")
    return len(parts) == 5 and parts[2:4] == [project, "+bug"]  # /VERSION/PROJECT/+bug/NUMBER


def is_blueprint_of(link: str, project: str) -> bool:
    """Tell whether a blueprint's address in the web service is that of the project itself."""
    parts = unquote(urlsplit(link).path).split("/")
    return len(parts) == 5 and parts[2:4] == [project, "+spec"]  # /VERSION/PROJECT/+spec/NAME


def _launchpad_path(text: str) -> str | None:
    if not text.startswith(("http://", "https://")):
        return None
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:  # brackets that hold no address
        return None
    return unquote(parts.path).rstrip("/") if host and _HOST.fullmatch(host) else None
