"""Which recap holds an action now that another one held when it was last synced; pure.

A recap whose file was moved or renamed has another id, and so has an action that was cut out of one recap and put
into another. What was agreed on goes with them, as does the id that their bugs' identity lines name.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from tracker.recap.model import Action, Recap
from tracker.sync.entries import Entries, Entry
from tracker.sync.plan import Problem, Remark
from tracker.sync.renames import may_be, rename_entries
from tracker.sync.things import Kind, Trace, thing_of, trace_of


@dataclass(frozen=True)
class Located:
    """The base by the recaps that hold the actions now, and what is to be told of that."""

    entries: dict[str, Entries]
    remarks: tuple[tuple[str, Remark], ...] = ()
    """By the id of a recap, or an action's full id."""


@dataclass(frozen=True, slots=True)
class _Home:
    """The action that an entry belongs to now."""

    recap: str
    action: str

    @property
    def full_id(self) -> str:
        return f"{self.recap}#{self.action}"


def locate_entries(recaps: Iterable[Recap], base: Mapping[str, Entries], gone: Container[str]) -> Located:
    """Bring what the base knows under the recaps and ids that the actions have now.

    `gone` tells which recaps of the base have no file any more. An action that stands where the base knows it stays
    there, whatever another recap says: a copy takes nothing away.
    """
    recaps = list(recaps)
    present = {recap.id: recap for recap in recaps}
    entries = {
        recap_id: rename_entries(present[recap_id], known) if recap_id in present else dict(known)
        for recap_id, known in base.items()
    }
    named = {trace: recap.id for recap in recaps for action in recap.actions if (trace := trace_of(action))}
    remarks: list[tuple[str, Remark]] = []
    for former in sorted(base):
        if former in present:
            homeless = _find_homeless(present[former], entries[former], named)
        elif former in gone:
            homeless = dict(entries[former])
        else:
            continue  # this run is not about it
        homes = _find_homes(former, homeless, recaps, entries)
        if former in gone:
            homes |= _follow_most(homes, homeless, entries)
        for key, home in homes.items():
            remarks += _move(entries, former, key, home)
            if former in present:
                text = f"moved from {former}#{key}; what was agreed on comes with it"
                remarks.append((home.full_id, Remark(Problem.NOTE, text)))
        if former in gone:
            remarks += _tell_moved(former, homes, base[former], entries[former])
            for recap_id in {home.recap for home in homes.values()}:
                _remember_move(former, present[recap_id], entries[recap_id])
    return Located(entries, tuple(remarks))


def _tell_moved(
    former: str, homes: Mapping[str, _Home], known: Entries, left: Entries
) -> Iterator[tuple[str, Remark]]:
    for recap_id, count in sorted(Counter(home.recap for home in homes.values()).items()):
        part = "" if count == len(known) else f" {count} of {len(known)} actions"
        text = f"moved from {former}{':' if part else ''}{part}; what was agreed on comes with it"
        yield recap_id, Remark(Problem.NOTE, text)
    for action_id, entry in sorted(left.items()):
        tracked = f"; {entry.thing} stays as it is" if entry.thing else ""
        yield f"{former}#{action_id}", Remark(Problem.NOTE, f"there is no such recap any more{tracked}")


def _find_homeless(recap: Recap, known: Entries, named: Mapping[Trace, str]) -> Entries:
    """Return what the base knows of actions that a recap has no more, or that another one names by their numbers."""
    actions = {action.id: action for action in recap.actions}
    return {
        key: entry
        for key, entry in known.items()
        if key not in actions
        or not may_be(actions[key], entry)
        or (
            thing_of(actions[key]) is None
            and entry.trace is not None
            and named.get(entry.trace, recap.id) != recap.id
        )
    }


def _find_homes(
    former: str, homeless: Entries, recaps: Iterable[Recap], entries: Mapping[str, Entries]
) -> dict[str, _Home]:
    """Return which action each entry belongs to now."""
    by_trace = {entry.trace: key for key, entry in homeless.items() if entry.trace is not None}
    by_id = {one: key for key, entry in homeless.items() for one in (*entry.formerly, key)}
    homes: dict[str, _Home] = {}
    for recap in recaps if homeless else ():
        known = entries.get(recap.id, {})
        for action in recap.actions:
            if recap.id == former or action.target is None:
                continue
            thing, trace = thing_of(action), trace_of(action)
            key = by_trace.get(trace) if trace is not None else None
            if key is None and (thing is None or thing.kind is Kind.WORK_ITEM):
                key = _find_same(recap, action, homeless, by_id)
            if key is None or key in homes or not may_be(action, homeless[key]):
                continue
            if _is_free(known.get(action.id), homeless[key], names_it=thing is not None):
                homes[key] = _Home(recap.id, action.id)
    return homes


def _follow_most(homes: Mapping[str, _Home], homeless: Entries, entries: Mapping[str, Entries]) -> dict[str, _Home]:
    """Let all that a recap had go with most of it, so that what is missing there is told there."""
    if not homes:
        return {}
    most = Counter(home.recap for home in homes.values()).most_common(1)[0][0]
    taken = {*entries.get(most, {}), *(home.action for home in homes.values() if home.recap == most)}
    return {key: _Home(most, key) for key in homeless if key not in homes and key not in taken}


def _find_same(recap: Recap, action: Action, homeless: Entries, by_id: Mapping[str, str]) -> str | None:
    """Find the entry of an action that nothing else tells: by an id that it had here, or by its own and the title."""
    for one in (action.id, *action.previously):
        if f"{recap.id}#{one}" in by_id:
            return by_id[f"{recap.id}#{one}"]
        entry = homeless.get(one)
        if entry is None:
            continue
        title = entry.fields.get("title")
        is_same_thing = entry.thing is not None and entry.thing == thing_of(action)
        if is_same_thing or (title is not None and title.recap == action.title):
            return one
        if one in action.previously and entry.creating is not None:  # a person says that it is the same
            return one
    return None


def _is_free(present: Entry | None, entry: Entry, *, names_it: bool) -> bool:
    """Tell whether what a recap's own base has of an action says nothing against an entry: it may hold the same."""
    if present is None or present.says_nothing or (present.thing is not None and present.thing == entry.thing):
        return True
    return names_it and present.thing != entry.thing


def _move(entries: dict[str, Entries], former: str, key: str, home: _Home) -> Iterator[tuple[str, Remark]]:
    entry = entries[former].pop(key)
    there = entries.setdefault(home.recap, {})
    present = there.get(home.action)
    if present is not None and present.thing != entry.thing and present.thing is not None:
        text = f"{present.thing}, which an action of this id had before, stays as it is"
        yield home.full_id, Remark(Problem.NOTE, text)
    if present is not None and present.thing == entry.thing and not present.says_nothing:
        entry = replace(present, formerly=(*present.formerly, *entry.formerly))
        # A run that ended between writing the one file and removing the other has left both.
    formerly = {*entry.formerly, f"{former}#{key}"} - {home.full_id}
    there[home.action] = replace(entry, action=home.action, formerly=tuple(sorted(formerly)))


def _remember_move(former: str, recap: Recap, known: Entries) -> None:
    """Note which ids actions that the base does not know had in the recap's former place.

    Somebody else may have created their bugs before the move.
    """
    for action in recap.actions:
        if action.id not in known:
            formerly = (f"{former}#{one}" for one in (action.id, *action.previously))
            known[action.id] = Entry(action.id, formerly=tuple(sorted(formerly)))
