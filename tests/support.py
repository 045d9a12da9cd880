"""What tests of every folder import: where things are, what a command answers, and somebody who lets programs in."""

import http.client
import re
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

TESTS = Path(__file__).parent
ROOT = TESTS.parent
TRACKER = str(Path(sys.executable).parent / "tracker")
"""The installed command."""


@dataclass(frozen=True)
class Answer:
    """What a command printed and answered."""

    code: int
    out: str
    err: str


Tracker = Callable[..., Answer]


def review(address: str, permission: str, person: str) -> int:
    """Answer on a sandbox's page, as somebody, whether a program may come in; returns the status."""
    parts = urlsplit(address)
    path = f"{parts.path}?{parts.query}"
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    try:
        connection.request("GET", path)
        (form_key,) = re.findall(r'name="form_key" value="([^"]+)"', connection.getresponse().read().decode())
        form = urlencode({"form_key": form_key, "permission": permission, "person": person})
        connection.request("POST", path, form, {"Content-Type": "application/x-www-form-urlencoded"})
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()


def make_browser(folder: Path, permission: str, person: str) -> str:
    """Make a program that answers on the page that it is started with; returns it as BROWSER takes it."""
    script = folder / "browser"
    script.write_text(
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom tests.support import review\n"
        f"review(sys.argv[1], {permission!r}, {person!r})\n"
    )
    return f"{shlex.quote(sys.executable)} {shlex.quote(str(script))} %s"
