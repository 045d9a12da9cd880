"""Which line of the base is which action's, when a recap's ids have changed since it was last synced; pure."""

from collections import defaultdict
from collections.abc import Container, Mapping
from dataclasses import replace

from tracker.recap.model import Action, Recap
from tracker.sync.entries import Entries, Entry
from tracker.sync.things import Kind, Thing, Trace, thing_of, trace_of


def rename_entries(recap: Recap, entries: Entries) -> Entries:
    """Return a recap's entries under the ids that its actions have now; those of none stay under their own.

    What an action names (a bug's number, a blueprint) tells more than its id. All of them are renamed at once, so
    that ids which moved on from one action to the next overwrite nothing. An entry of none whose id another action
    took is kept under an id of its own.
    """
    sources = _find_sources(recap, entries)
    named = {}
    for action in recap.actions:
        if (key := sources.get(action.id)) is not None:
            known = {*entries[key].formerly, f"{recap.id}#{key}"} - {recap.full_id(action)}
            named[action.id] = replace(entries[key], action=action.id, formerly=tuple(sorted(known)))
    renamed = dict(named)
    for key, entry in entries.items():
        if key in named and key not in sources.values():
            set_aside(renamed, entry, f"{recap.id}#{key}", {action.id for action in recap.actions})
        elif key not in sources.values():
            renamed[key] = entry
    return renamed


def set_aside(entries: Entries, entry: Entry, former: str, taken: Container[str]) -> None:
    """Keep an entry under an id that neither the entries nor `taken` have: its own one is another action's now.

    `former` is the full id that it had. Its bug carries that in its description, and would be taken for a second bug
    of that action if nobody knew it.
    """
    names = (f"{entry.action}-before{suffix}" for suffix in ("", *(f"-{number}" for number in range(2, 1000))))
    name = next(one for one in names if one not in entries and one not in taken)
    entries[name] = replace(entry, action=name, formerly=tuple(sorted({*entry.formerly, former})))


def _find_sources(recap: Recap, entries: Entries) -> dict[str, str]:
    """Return under which id the base has each action."""
    by_trace: dict[Trace | None, str] = {}
    by_former: dict[str, str] = {}
    present = {action.id for action in recap.actions}
    for key, entry in entries.items():
        by_trace.setdefault(entry.trace, key)
        if key not in present:
            by_former |= dict.fromkeys(entry.formerly, key)
    sources: dict[str, str] = {}
    steady = _find_steady(recap, entries)
    for action in recap.actions:
        trace = trace_of(action)
        if trace is not None and trace in by_trace:
            own = entries.get(action.id)
            is_own = own is not None and (own.trace == trace or trace[0] in steady)
            sources[action.id] = action.id if is_own else by_trace[trace]
    exchanged = {one for one in sources if _is_exchanged(one, sources)}
    sources = {one: key for one, key in sources.items() if one not in exchanged}
    taken = {*sources.values(), *exchanged}
    for action in recap.actions:
        if action.id in sources:
            continue
        for key in (action.id, *action.previously, by_former.get(recap.full_id(action), "")):
            if (
                key in entries
                and (key not in taken or _lost_number(action, key, entries))
                and may_be(action, entries[key])
            ):
                sources[action.id] = key
                taken.add(key)
                break
    return sources


def _find_steady(recap: Recap, entries: Entries) -> set[Thing]:
    """Return the blueprints whose lines are those of the same ids as ever: there an id tells more than a title."""
    present, known = defaultdict(set), defaultdict(set)
    for action in recap.actions:
        present[thing_of(action)].add(action.id)
    for key, entry in entries.items():
        known[entry.thing].add(key)
    return {thing for thing, ids in present.items() if thing and thing.kind is Kind.WORK_ITEM and ids == known[thing]}


def _is_exchanged(action_id: str, sources: Mapping[str, str]) -> bool:
    """Tell whether ids that stay have exchanged what they name: whose words were agreed on then is not known."""
    key: str | None = sources[action_id]
    passed = {action_id}
    while key is not None and key not in passed:
        passed.add(key)
        key = sources.get(key)
    return key == action_id and len(passed) > 1


def _lost_number(action: Action, key: str, entries: Entries) -> bool:
    """Tell whether an action is still the one that had a bug which another names now, rather than a new one.

    Its id and its title say so; one that has the id alone is to get a bug of its own.
    """
    title = entries[key].fields.get("title")
    return key == action.id and title is not None and title.recap == action.title


def may_be(action: Action, entry: Entry) -> bool:
    """Tell whether an entry can be that of an action: what the action names says nothing against it."""
    thing = thing_of(action)
    return thing is None or entry.thing is None or entry.thing == thing
