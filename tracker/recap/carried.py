"""Which actions another one goes on with, as `carried_from` says; pure."""

from collections.abc import Container, Iterable

from tracker.recap.model import Action, Recap, Status

CARRIED = "carried"
"""How an open action reads that another one goes on with: it is not open any more. What is done stays done."""
STATUSES: tuple[str, ...] = (*Status, CARRIED)
"""All that an action can read, in the order in which they are told."""


def is_open_here(recap: Recap, action: Action, carried: Container[str]) -> bool:
    """Tell whether a recap's action is open, and not `carried` (full ids): not as another action."""
    return action.current_status.is_open and recap.full_id(action) not in carried


def find_carried(recaps: Iterable[Recap]) -> dict[str, str]:
    """Return which actions are carried: the full id of each, and that of the one that goes on with it.

    Of several that go on with one action the first is told.
    """
    carried: dict[str, str] = {}
    for heir, origin in find_origins(recaps).items():
        carried.setdefault(origin, heir)
    return carried


def find_origins(recaps: Iterable[Recap]) -> dict[str, str]:
    """Return what actions go on with: the full id of each, and that of the one which it names as `carried_from`.

    An id that an action had before names it too. Left out are names of no action, and actions that would go on with
    themselves, however many others are between: nothing would be open of those.
    """
    recaps = list(recaps)
    if not any(action.carried_from for recap in recaps for action in recap.actions):
        return {}  # which is most often so, and soon seen
    known: dict[str, str] = {}
    for recap in recaps:
        for action in recap.actions:
            known |= dict.fromkeys((f"{recap.id}#{one}" for one in action.previously), recap.full_id(action))
    known |= {full_id: full_id for recap in recaps for full_id in map(recap.full_id, recap.actions)}
    origins = {
        recap.full_id(action): known[action.carried_from]
        for recap in recaps
        for action in recap.actions
        if action.carried_from in known
    }
    return {heir: origin for heir, origin in origins.items() if not _comes_back(heir, origins)}


def _comes_back(start: str, origins: dict[str, str]) -> bool:
    passed: set[str] = set()
    one = origins.get(start)
    while one is not None and one not in passed:
        if one == start:
            return True
        passed.add(one)
        one = origins.get(one)
    return False
