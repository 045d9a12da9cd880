"""Which recap holds an action now that another one held when it was last synced; pure.

A recap whose file was moved or renamed has another id, and so has an action that was cut out of one recap and put
into another, or that another one goes on with (`carried_from`). What was agreed on goes with them, as does the id
that their bugs' identity lines name.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from tracker.recap.carried import find_origins
from tracker.recap.model import Action, BugTarget, Recap
from tracker.sync.entries import Entries, Entry
from tracker.sync.plan import Problem, Remark
from tracker.sync.renames import may_be, rename_entries, set_aside
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
    there, whatever another recap says: a copy takes nothing away. What an action names is followed first, out of all
    recaps at once, since several may have taken each other's places.
    """
    recaps = list(recaps)
    present = {recap.id: recap for recap in recaps}
    named = _find_named(recaps, {one: known for one, known in base.items() if one in present or one in gone})
    entries: dict[str, Entries] = {}
    remarks: list[tuple[str, Remark]] = []
    for recap_id, known in base.items():
        left = {key: entry for key, entry in known.items() if (recap_id, key) not in named}
        entries[recap_id] = rename_entries(present[recap_id], left) if recap_id in present else left
    for (former, key), home in named.items():
        _place(entries, base[former][key], f"{former}#{key}", home, present)
    heirs = _find_heirs(recaps)
    seeking = [(recap, action) for recap in recaps for action in recap.actions if _is_seeking(action)]
    for former in sorted(one for one in base if one in present or one in gone):  # this run is about no other
        carried = _find_carried(former, heirs, entries, present)
        for key, home in carried.items():
            _place(entries, entries[former].pop(key), f"{former}#{key}", home, present)
        left = entries[former]
        homeless = _find_homeless(present[former], left) if former in present else dict(left)
        homes = [(key, home) for (recap_id, key), home in named.items() if recap_id == former]
        homes += carried.items()
        further = _find_homes(former, homeless, seeking, entries)
        if former in gone:
            further |= _follow_most([*(home for _, home in homes), *further.values()], homeless, further, entries)
        for key, home in further.items():
            _place(entries, entries[former].pop(key), f"{former}#{key}", home, present)
        homes += further.items()
        if former in present:
            for key, home in homes:
                text = f"moved from {former}#{key}; what was agreed on comes with it"
                remarks.append((home.full_id, Remark(Problem.NOTE, text)))
        else:
            remarks += _tell_moved(former, [home for _, home in homes], base[former], entries[former])
            for recap_id in {home.recap for _, home in homes}:
                _remember_move(former, present[recap_id], entries[recap_id])
    _remember_carried(heirs, present, entries)
    return Located(entries, tuple(remarks))


def _find_named(recaps: Iterable[Recap], base: Mapping[str, Entries]) -> dict[tuple[str, str], _Home]:
    """Return the home of each entry, by recap and id, whose thing an action of another recap names, and none here."""
    homes: dict[Trace, _Home] = {}
    here: dict[str, set[Trace]] = {}
    for recap in recaps:
        for action in recap.actions:
            if (trace := trace_of(action)) is not None:
                homes.setdefault(trace, _Home(recap.id, action.id))
                here.setdefault(recap.id, set()).add(trace)
    return {
        (recap_id, key): homes[entry.trace]
        for recap_id, known in base.items()
        for key, entry in known.items()
        if entry.trace in homes and entry.trace not in here.get(recap_id, ())
    }


def _find_heirs(recaps: Iterable[Recap]) -> dict[tuple[str, str], _Home]:
    """Return which action is now what another one was tracked as, by that one's recap and id.

    The other one is carried and names no target any more, and so does any between the two; or its recap is gone.
    """
    recaps = list(recaps)
    actions = {recap.full_id(action): action for recap in recaps for action in recap.actions}
    present = {recap.id for recap in recaps}
    origins = find_origins(recaps)
    heirs: dict[tuple[str, str], _Home] = {}
    for recap in recaps:
        for action in recap.actions:
            if action.target is None:
                continue
            one = recap.full_id(action)
            while (origin := origins.get(one)) is not None and actions[origin].target is None:
                recap_id, _, key = origin.partition("#")
                heirs.setdefault((recap_id, key), _Home(recap.id, action.id))
                one = origin
            recap_id, _, key = (actions[one].carried_from or "").partition("#")
            if origin is None and key and recap_id not in present:
                heirs.setdefault((recap_id, key), _Home(recap.id, action.id))
    return heirs


def _find_carried(
    former: str,
    heirs: Mapping[tuple[str, str], _Home],
    entries: Mapping[str, Entries],
    recaps: Mapping[str, Recap],
) -> dict[str, _Home]:
    """Return where the entries of a recap go whose actions are carried, as far as the new ones are the same thing."""
    found: dict[str, _Home] = {}
    for key, entry in entries[former].items():
        home = heirs.get((former, key))
        if home is None or entry.says_nothing:
            continue
        (action,) = (one for one in recaps[home.recap].actions if one.id == home.action)
        names_it = thing_of(action) is not None
        is_free = _is_free(entries.get(home.recap, {}).get(home.action), entry, names_it=names_it)
        if is_free and may_be(action, entry):
            found[key] = home
    return found


def _remember_carried(
    heirs: Mapping[tuple[str, str], _Home], recaps: Mapping[str, Recap], entries: dict[str, Entries]
) -> None:
    """Note which ids actions had whose bugs are yet to be created: that may have been done before."""
    for (recap_id, key), home in heirs.items():
        (action,) = (one for one in recaps[home.recap].actions if one.id == home.action)
        if action.target == BugTarget():
            here = entries.setdefault(home.recap, {})
            entry = here.get(home.action, Entry(home.action))
            here[home.action] = replace(entry, formerly=tuple(sorted({*entry.formerly, f"{recap_id}#{key}"})))


def _tell_moved(former: str, homes: Iterable[_Home], known: Entries, left: Entries) -> Iterator[tuple[str, Remark]]:
    for recap_id, count in sorted(Counter(home.recap for home in homes).items()):
        part = "" if count == len(known) else f" {count} of {len(known)} actions"
        text = f"moved from {former}{':' if part else ''}{part}; what was agreed on comes with it"
        yield recap_id, Remark(Problem.NOTE, text)
    for action_id, entry in sorted(left.items()):
        tracked = f"; {entry.thing} stays as it is" if entry.thing else ""
        yield f"{former}#{action_id}", Remark(Problem.NOTE, f"there is no such recap any more{tracked}")


def _find_homeless(recap: Recap, known: Entries) -> Entries:
    """Return what the base knows of actions that a recap has no more."""
    actions = {action.id: action for action in recap.actions}
    return {key: entry for key, entry in known.items() if key not in actions or not may_be(actions[key], entry)}


def _is_seeking(action: Action) -> bool:
    """Tell whether an action is to be tracked, and only its id and title tell what as."""
    thing = thing_of(action)
    return action.target is not None and (thing is None or thing.kind is Kind.WORK_ITEM)


def _find_homes(
    former: str, homeless: Entries, seeking: Iterable[tuple[Recap, Action]], entries: Mapping[str, Entries]
) -> dict[str, _Home]:
    """Return to which action each entry belongs now that none names, as far as ids and titles tell."""
    by_id = {one: key for key, entry in homeless.items() for one in (*entry.formerly, key)}
    homes: dict[str, _Home] = {}
    for recap, action in seeking if homeless else ():
        if recap.id == former:
            continue
        key = _find_same(recap, action, homeless, by_id)
        if key is None or key in homes or not may_be(action, homeless[key]):
            continue
        names_it = thing_of(action) is not None
        if _is_free(entries.get(recap.id, {}).get(action.id), homeless[key], names_it=names_it):
            homes[key] = _Home(recap.id, action.id)
    return homes


def _follow_most(
    homes: Iterable[_Home], homeless: Entries, found: Container[str], entries: Mapping[str, Entries]
) -> dict[str, _Home]:
    """Let all that a recap had go with most of it, so that what is missing there is told there."""
    homes = list(homes)
    if not homes:
        return {}
    most = Counter(home.recap for home in homes).most_common(1)[0][0]
    taken = {*entries.get(most, {}), *(home.action for home in homes if home.recap == most)}
    return {key: _Home(most, key) for key in homeless if key not in found and key not in taken}


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


def _place(entries: dict[str, Entries], entry: Entry, former: str, home: _Home, recaps: Mapping[str, Recap]) -> None:
    """Put an entry where its action is now; `former` is the full id under which the base has it."""
    there = entries.setdefault(home.recap, {})
    present = there.pop(home.action, None)
    if present is not None and present.thing == entry.thing and not present.says_nothing:
        entry = replace(present, formerly=(*present.formerly, *entry.formerly))
        # A run that ended between writing the one file and removing the other has left both.
    elif present is not None and present.thing is not None:
        set_aside(there, present, home.full_id, {action.id for action in recaps[home.recap].actions})
    formerly = {*entry.formerly, former} - {home.full_id}
    there[home.action] = replace(entry, action=home.action, formerly=tuple(sorted(formerly)))


def keep_moved(recap_id: str, known: Entries, entries: Mapping[str, Entries]) -> Entries:
    """Return a recap's entries, and what of its former ones another recap has now.

    So nothing is lost when the run ends before that one's file is written.
    """
    here = dict(entries[recap_id])
    others = (of for other, of in entries.items() if other != recap_id)
    elsewhere = {one for of in others for entry in of.values() for one in entry.formerly}
    traces = {entry.trace for entry in here.values()}
    for key, entry in known.items():
        full_id = f"{recap_id}#{key}"
        if full_id in elsewhere and key not in here:
            here[key] = entry
        elif full_id in elsewhere and entry.trace not in traces:
            set_aside(here, entry, full_id, ())
    return here


def _remember_move(former: str, recap: Recap, known: Entries) -> None:
    """Note which ids actions that the base does not know had in the recap's former place.

    Somebody else may have created their bugs before the move.
    """
    for action in recap.actions:
        if action.id not in known:
            formerly = (f"{former}#{one}" for one in (action.id, *action.previously))
            known[action.id] = Entry(action.id, formerly=tuple(sorted(formerly)))
