"""Which line of the base is which action's, when a recap's ids have changed since it was last synced; pure."""

from collections.abc import Mapping
from dataclasses import replace

from tracker.recap.model import Action, Recap
from tracker.sync.entries import Entries, Entry
from tracker.sync.things import Trace, thing_of, trace_of


def rename_entries(recap: Recap, entries: Entries) -> Entries:
    """Return a recap's entries under the ids that its actions have now; those of none stay under their own.

    What an action names (a bug's number, a blueprint) tells more than its id. All of them are renamed at once, so
    that ids which moved on from one action to the next overwrite nothing.
    """
    sources = _find_sources(recap, entries)
    named = {}
    for action in recap.actions:
        if (key := sources.get(action.id)) is not None:
            known = {*entries[key].formerly, f"{recap.id}#{key}"} - {recap.full_id(action)}
            named[action.id] = replace(entries[key], action=action.id, formerly=tuple(sorted(known)))
    return {**{key: entry for key, entry in entries.items() if key not in sources.values()}, **named}


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
    for action in recap.actions:
        trace = trace_of(action)
        if trace is not None and trace in by_trace:
            own = entries.get(action.id)
            sources[action.id] = action.id if own is not None and own.trace == trace else by_trace[trace]
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

    Its id says so, unless it has another title than that bug.
    """
    title = entries[key].fields.get("title")
    return key == action.id and (title is None or title.recap == action.title)


def may_be(action: Action, entry: Entry) -> bool:
    """Tell whether an entry can be that of an action: what the action names says nothing against it."""
    thing = thing_of(action)
    return thing is None or entry.thing is None or entry.thing == thing
