"""Rows in groups, with how many there are of each kind; pure."""

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass

from tracker.recap.carried import STATUSES
from tracker.status.rows import Row

Labels = Callable[[Row], Iterable[str | None]]

_LABELS: dict[str, Labels] = {
    "owner": lambda row: (owner.key for owner in row.action.owners),
    "with": lambda row: (one.key for one in row.action.collaborators),
    "project": lambda row: [row.action.project],
    "cycle": lambda row: [row.cycle],
    "session": lambda row: [row.session],
    "topic": lambda row: [row.action.topic],
    "status": lambda row: [row.status],
    "milestone": lambda row: [row.action.milestone],
    "tag": lambda row: row.action.tags,
    "target": lambda row: [row.target],
    "due": lambda row: [row.due_on.isoformat() if row.due_on else None],
    "unowned": lambda row: ["unowned" if row.is_unowned else None],
    "tentative": lambda row: ["tentative" if row.is_tentative else None],
    "late": lambda row: ["late" if row.is_late else None],
}
GROUPINGS = ("owner", "with", "team", *list(_LABELS)[2:])
"""What rows can be grouped by."""

_NOTHING = {"owner": "nobody", "with": "nobody", "unowned": "not unowned", "late": "not late", "due": "no day",
            "tentative": "not tentative"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """The rows that have something in common."""

    name: str | None
    """What that is; None for those that have nothing of the kind."""
    title: str
    """The name, or words for none."""
    rows: tuple[Row, ...]

    @property
    def kinds(self) -> dict[str, int]:
        """How many wait for somebody, by why: late, unowned, tentative."""
        return {
            "late": sum(row.is_late for row in self.rows),
            "unowned": sum(row.is_unowned for row in self.rows),
            "tentative": sum(row.is_tentative for row in self.rows),
        }

    @property
    def counts(self) -> str:
        """How many there are, and of what kinds, in words."""
        told = [f"{number} {kind}" for kind, number in self.kinds.items() if number]
        return ", ".join([f"{len(self.rows)} action{'s' * (len(self.rows) != 1)}", *told])


def group_rows(rows: Iterable[Row], by: str, teams: Container[str] = ()) -> list[Group]:
    """Return rows grouped by one of GROUPINGS, in the order of the groups' names, those without one at the end.

    A row with several owners, helpers or tags is in several groups. `teams` are the keys that are teams'.
    """
    found: dict[str | None, list[Row]] = {}
    for row in rows:
        labels = _LABELS["owner" if by == "team" else by](row)
        names = [name for name in labels if name and (by != "team" or name in teams)]
        for name in dict.fromkeys(names) or (None,):
            found.setdefault(name, []).append(row)
    nothing = _NOTHING.get(by, f"no {by}")
    return [
        Group(name, nothing if name is None else name, tuple(found[name]))
        for name in sorted(found, key=lambda name: (name is None, _place(name or "", by)))
    ]


def _place(name: str, by: str) -> tuple[int, str, str]:
    return (STATUSES.index(name) if by == "status" else 0, name.casefold(), name)
