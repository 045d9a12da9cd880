"""Read a project's blueprints: each alone, or out of the project's list, whichever takes fewer requests."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from tracker.launchpad import links
from tracker.launchpad.answers import HIDDEN, expect, read_blueprint, understood
from tracker.launchpad.reading import list_is_fewer
from tracker.launchpad.replies import REDIRECTS, Answer
from tracker.launchpad.searches import PAGE_SIZE, NoProjectError
from tracker.launchpad.snapshots import BlueprintSnapshot
from tracker.launchpad.wire import Wire

Found = dict[str, BlueprintSnapshot | None]
"""Blueprints by name; None for one that this account is not shown."""


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of a project's list."""

    rows: dict[str, BlueprintSnapshot]
    length: int
    total: int
    """How many rows the whole list has."""
    date: datetime | None


class Blueprints:
    """The blueprints of one Launchpad, as one account sees them."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def read(self, project: str, names: Iterable[str]) -> tuple[Found, datetime | None]:
        """Return the blueprints of these names, and when Launchpad showed the first of them, if it said so.

        A blueprint that is read alone is not sent again when it did not change; the list always is. What the list
        does not show is read alone, so a page that shifted hides nothing. Raises NoProjectError and UnreachableError.
        """
        missing = set(names)
        found: Found = {}
        dates: list[datetime | None] = []
        seen, total = 0, self._known_total(project)
        while missing and list_is_fewer(len(missing), total, page_size=PAGE_SIZE, seen=seen):
            page = self._read_page(project, seen)
            dates.append(page.date)
            total = page.total
            seen = seen + page.length if page.length else total
            found |= {name: page.rows[name] for name in missing & set(page.rows)}
            missing -= set(page.rows)
        for name in sorted(missing):
            answer = self._get(project, name)
            dates.append(answer.date)
            found[name] = _read(answer, project)
        return found, next(iter(dates), None)

    def fetch(self, project: str, name: str) -> BlueprintSnapshot | None:
        """Read a blueprint; None when this account is shown none under that address."""
        return _read(self._get(project, name), project)

    def _get(self, project: str, name: str) -> Answer:
        return self._wire.get(links.blueprint_url(self._wire.root, project, name))

    def _read_page(self, project: str, start: int) -> _Page:
        """Read a page of the project's list."""
        query = urlencode({"ws.start": start, "ws.size": PAGE_SIZE})
        answer = self._wire.get(f"{self._wire.root}{project}/all_specifications?{query}", keep=False)
        remedy = "correct `project` in the recap or in tracker.yaml"
        if answer.status in HIDDEN or answer.status in REDIRECTS:
            raise NoProjectError(f'Launchpad shows no project "{project}"', remedy=remedy)
        with understood():
            page = expect(answer, 200).json()
            own = [entry for entry in page["entries"] if links.is_blueprint_of(entry["self_link"], project)]
            read = (read_blueprint(entry, project) for entry in own)
            rows = {one.name: one for one in read if one is not None}
            total = int(page["total_size"])
        self._wire.keep(self._key(project), str(total).encode())
        return _Page(rows, len(page["entries"]), total, answer.date)

    def _known_total(self, project: str) -> int | None:
        """Return how many blueprints the project had when its list was read last."""
        with suppress(ValueError):
            return int(self._wire.recall(self._key(project)) or "")
        return None

    def _key(self, project: str) -> str:
        return f"blueprints {self._wire.root} {project} {self._wire.reader}"


def _read(answer: Answer, project: str) -> BlueprintSnapshot | None:
    if answer.status in HIDDEN or answer.status in REDIRECTS:  # it lives elsewhere, under another name
        return None
    with understood(answer):
        return read_blueprint(expect(answer, 200).json(), project)
