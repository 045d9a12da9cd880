"""Which recap holds an action now that another one held when it was last synced; pure.

A recap whose file was moved or renamed has another id, and so has an action that was cut out of one recap and put
into another. What was agreed on goes with them, as does the id that their bugs' identity lines name.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace

from tracker.recap.model import Action, BugTarget, Recap
from tracker.sync.entries import Entries, Entry
from tracker.sync.plan import Problem, Remark


@dataclass(frozen=True)
class Located:
    """The base by the recaps that hold the actions now, and what is to be told of that."""

    entries: dict[str, Entries]
    remarks: tuple[tuple[str, Remark], ...] = ()
    """By the id of a recap, or an action's full id."""


def locate_entries(recaps: Iterable[Recap], base: Mapping[str, Entries], gone: Container[str]) -> Located:
    """Bring what the base knows under the recaps that hold the actions now.

    `gone` tells which recaps of the base have no file any more. An action that stands where the base knows it stays
    there, whatever another recap says: a copy takes nothing away.
    """
    recaps = list(recaps)
    entries = {recap_id: dict(known) for recap_id, known in base.items()}
    remarks: list[tuple[str, Remark]] = []
    present = {recap.id: recap for recap in recaps}
    for former in sorted(base):
        if former in present:
            homeless = _unclaimed(present[former], base[former])
        elif former in gone:
            homeless = base[former]
        else:
            continue  # this run is not about it
        homes = _find_homes(former, homeless, recaps, entries, by_number_alone=former in present)
        for action_id, recap_id in homes.items():
            _move(entries, former, recap_id, action_id)
            if former in present:
                text = f"moved from {former}#{action_id}; what was agreed on comes with it"
                remarks.append((f"{recap_id}#{action_id}", Remark(Problem.NOTE, text)))
        if former in gone:
            remarks += _tell_moved(former, homes, base[former], entries[former])
    return Located(entries, tuple(remarks))


def _tell_moved(former: str, homes: Mapping[str, str], known: Entries, left: Entries) -> Iterable[tuple[str, Remark]]:
    for recap_id, count in sorted(Counter(homes.values()).items()):
        part = "" if count == len(known) else f" {count} of {len(known)} actions"
        text = f"moved from {former}{':' if part else ''}{part}; what was agreed on comes with it"
        yield recap_id, Remark(Problem.NOTE, text)
    for action_id, entry in sorted(left.items()):
        tracked = f"; bug {entry.bug} stays as it is" if entry.bug else ""
        yield f"{former}#{action_id}", Remark(Problem.NOTE, f"there is no such recap any more{tracked}")


def _unclaimed(recap: Recap, known: Entries) -> Entries:
    """Return what the base knows of actions that a recap has no more."""
    ids = {one for action in recap.actions for one in (action.id, *action.previously)}
    numbers = {_number(action) for action in recap.actions}
    return {key: entry for key, entry in known.items() if key not in ids and entry.bug not in numbers}


def _find_homes(
    former: str, homeless: Entries, recaps: Iterable[Recap], entries: Mapping[str, Entries], *, by_number_alone: bool
) -> dict[str, str]:
    """Return under which recap each entry belongs now; of a recap that is gone all go with those that are found."""
    by_number = {entry.bug: key for key, entry in homeless.items() if entry.bug is not None}
    by_id = {} if by_number_alone else {one: key for key, entry in homeless.items() for one in (*entry.formerly, key)}
    homes: dict[str, str] = {}
    for recap in recaps if homeless else ():
        known = entries.get(recap.id, {})
        for action in recap.actions:
            if recap.id == former or not isinstance(action.target, BugTarget):
                continue
            if action.target.number is not None:
                key = by_number.get(action.target.number)
            else:
                key = _find_same(recap, action, homeless, by_id)
            if key is not None and key not in homes and _is_free(action, homeless[key], known):
                homes[key] = recap.id
    if homes and not by_number_alone:
        most = Counter(homes.values()).most_common(1)[0][0]
        homes |= {key: most for key in homeless if key not in homes and key not in entries.get(most, {})}
    return homes


def _find_same(recap: Recap, action: Action, homeless: Entries, by_id: Mapping[str, str]) -> str | None:
    """Find the entry of an action without a number: by an id that it had here, or by its own and the title."""
    for one in (action.id, *action.previously):
        if f"{recap.id}#{one}" in by_id:
            return by_id[f"{recap.id}#{one}"]
        title = homeless[one].fields.get("title") if one in by_id else None
        if title is not None and title.recap == action.title:
            return one
    return None


def _is_free(action: Action, entry: Entry, known: Entries) -> bool:
    """Tell whether a recap's own base says nothing against an entry: it may hold the same already."""
    ids = {action.id, *action.previously, entry.action}
    bare = replace(entry, formerly=())
    present = [known[one] for one in ids if one in known]
    return all((one.bug or 0) == entry.bug or replace(one, formerly=()) == bare for one in present)


def _number(action: Action) -> int | None:
    return action.target.number if isinstance(action.target, BugTarget) else None


def _move(entries: dict[str, Entries], former: str, recap_id: str, action_id: str) -> None:
    entry = entries[former].pop(action_id)
    home = entries.setdefault(recap_id, {})
    # A run that ended between writing the one file and removing the other has left both.
    present = home.get(action_id, entry)
    formerly = {*present.formerly, *entry.formerly, f"{former}#{action_id}"} - {f"{recap_id}#{action_id}"}
    home[action_id] = replace(present, formerly=tuple(sorted(formerly)))
