"""Which actions another one goes on with; pure."""

from collections.abc import Iterable

from tracker.recap.model import Recap

CARRIED = "carried"
"""How an action reads that another one goes on with: it is not open any more, whatever its own status."""


def find_carried(recaps: Iterable[Recap]) -> dict[str, str]:
    """Return which action goes on with which, by the full id of the one that was carried.

    `carried_from` may name an action by an id that it had before. Of several that go on with one the first is told.
    """
    recaps = list(recaps)
    former = {
        f"{recap.id}#{before}": recap.full_id(action)
        for recap in recaps
        for action in recap.actions
        for before in action.previously
    }
    present = {recap.full_id(action) for recap in recaps for action in recap.actions}
    carried: dict[str, str] = {}
    for recap in recaps:
        for action in recap.actions:
            named, own = action.carried_from, recap.full_id(action)
            if named is not None:
                origin = named if named in present else former.get(named, named)
                if origin != own:
                    carried.setdefault(origin, own)
    return carried
