"""When an action is due, and whether it is late; pure."""

from collections.abc import Mapping
from datetime import date

from tracker.recap.model import Action

Dates = Mapping[tuple[str, str], date]
"""The date of each milestone that is known, by project and name."""


def due_date(action: Action, dates: Dates) -> date | None:
    """Return the day an action is for: its own, else its milestone's as last seen; None when neither is known."""
    if action.due is not None:
        return action.due
    return dates.get((action.project, action.milestone)) if action.milestone else None


def is_late(action: Action, today: date, dates: Dates) -> bool:
    """Tell whether an open action's day is before today."""
    due = due_date(action, dates)
    return action.current_status.is_open and due is not None and due < today
