"""Launchpad's people and teams: looking for somebody, and reading one account."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from tracker.launchpad import links
from tracker.launchpad.answers import HIDDEN, expect, understood
from tracker.launchpad.replies import REDIRECTS
from tracker.launchpad.snapshots import Absence, AccountAnswer, AccountSnapshot, Renamed
from tracker.launchpad.wire import Wire

_ABSENCES = {404: Absence.MISSING, 410: Absence.SUSPENDED}


class Directory:
    """The accounts of one Launchpad, as one account or nobody sees them."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def find(self, text: str, limit: int) -> tuple[list[AccountSnapshot], bool]:
        """Return the accounts that a text may mean, at most `limit`, and whether there are more. One request.

        Launchpad finds those that have all words of the text in name and display name, or a mail address that begins
        with it, in the order of their display names. Merged and inactive accounts are left out, and an empty text
        finds nobody (source). Raises UnreachableError.
        """
        query = urlencode({"ws.op": "find", "text": json.dumps(text), "ws.size": limit + 1})
        answer = self._wire.get(f"{self._wire.root}people?{query}", keep=False)
        with understood():
            found = [_read(entry) for entry in expect(answer, 200).json()["entries"]]
        return found[:limit], len(found) > limit

    def fetch(self, name: str) -> AccountAnswer:
        """Read an account; one request, which is answered without a body when it did not change. As `find` raises."""
        answer = self._wire.get(links.person_url(self._wire.root, name))
        if answer.status in REDIRECTS and (present := links.person_name(answer.location)):
            return Renamed(present)
        if answer.status in HIDDEN:
            return _ABSENCES.get(answer.status, Absence.HIDDEN)
        with understood():
            return _read(expect(answer, 200).json())


def _read(entry: Mapping[str, Any]) -> AccountSnapshot:
    return AccountSnapshot(
        name=str(entry["name"]),
        display_name=str(entry["display_name"]),
        is_team=bool(entry["is_team"]),
        is_valid=bool(entry["is_valid"]),
        karma=int(entry["karma"]),
        private=bool(entry["private"]),
    )
