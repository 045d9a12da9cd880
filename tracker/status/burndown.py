"""How many actions of a cycle were open from day to day, and a chart of that; pure."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tracker.recap.carried import find_carried
from tracker.recap.model import Recap

_BLOCKS = " ▁▂▃▄▅▆▇█"
_HEIGHT = 10


@dataclass(frozen=True, slots=True)
class Burndown:
    """The open actions of a cycle, from its first session on."""

    cycle: str
    points: tuple[tuple[datetime.date, int], ...]
    """The days on which the number changed, with how many were open at their end; the last is today."""
    undated: int = 0
    """How many are closed, nobody knows since when: they are left out."""
    later: int = 0
    """How many belong to sessions after today, and are not counted yet."""
    until_later: int = 0
    """How many go on in a session after today, and count here until then."""


def build_burndown(
    recaps: Iterable[Recap], cycle: str, changed: Mapping[str, datetime.date], today: datetime.date
) -> Burndown:
    """Gather how many actions of a cycle were open from day to day.

    An action is open from its session's day on, until it is done or dropped: by full id `changed` has the day on
    which its status changed last. One that another goes on with is open until that one's session.
    """
    recaps = list(recaps)
    days = {recap.full_id(action): recap.date for recap in recaps for action in recap.actions}
    carried = find_carried(recaps)
    steps: dict[datetime.date, int] = {}
    undated = until_later = 0
    for recap in recaps:
        for action in recap.actions if recap.cycle == cycle and recap.date <= today else ():
            full_id = recap.full_id(action)
            end = None
            if not action.current_status.is_open:
                if full_id not in changed:
                    undated += 1
                    continue
                end = changed[full_id]
            elif full_id in carried:
                end = days[carried[full_id]]
                until_later += end > today
            steps[recap.date] = steps.get(recap.date, 0) + 1
            if end is not None:
                end = max(end, recap.date)
                steps[end] = steps.get(end, 0) - 1
    points: list[tuple[datetime.date, int]] = []
    left = 0
    for day in sorted(steps):
        left += steps[day]
        if day <= today and (steps[day] or not points):
            points.append((day, left))
    if points and points[-1][0] < today:
        points.append((today, points[-1][1]))
    later = sum(len(recap.actions) for recap in recaps if recap.cycle == cycle and recap.date > today)
    return Burndown(cycle, tuple(points), undated, later, until_later)


def draw_burndown(burndown: Burndown, width: int, *, blocks: bool) -> list[str]:
    """Draw a chart, `width` columns wide, with blocks or else with plain characters; at least one day is known."""
    first, last = burndown.points[0][0], burndown.points[-1][0]
    most = max(count for _, count in burndown.points)
    label = len(str(most))
    columns = width - label - 2
    span = (last - first).days
    values = [
        _open_on(burndown, first + datetime.timedelta(days=column * span // (columns - 1)))
        for column in range(columns)
    ]
    height = min(_HEIGHT, max(most, 1))
    lines = []
    for row in range(height, 0, -1):
        # The number that the top of the row stands for, where it is a whole one.
        number = str(most) if row == height else ""
        cells = "".join(_cell(value, row, height, most, blocks=blocks) for value in values)
        lines.append(f"{number:>{label}} |{cells}".rstrip())
    lines.append(f"{0:>{label}} +{'-' * columns}")
    days = f"{first}{'':{max(1, columns - 20)}}{last}"
    return [*lines, f"{'':{label + 2}}{days}"]


def _open_on(burndown: Burndown, day: datetime.date) -> int:
    return next(count for known, count in reversed(burndown.points) if known <= day)


def _cell(value: int, row: int, height: int, most: int, *, blocks: bool) -> str:
    """Return what stands in a row, counted from below, for a number of open actions."""
    eighths = 8 * value * height // most - 8 * (row - 1) if most else 0
    if row == 1 and value:
        eighths = max(eighths, 4)  # one that is open is seen
    eighths = min(max(eighths, 0), 8)
    return _BLOCKS[eighths] if blocks else "#" if eighths >= 4 else " "
