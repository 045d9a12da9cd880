"""What a recap must keep to beyond its tables, each rule a function; pure."""

import difflib
import re
from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from tracker.launchpad.limits import MAX_BUG, find_work_item_problem, is_blueprint_name
from tracker.launchpad.links import parse_blueprint_link, parse_bug_link, parse_short_bug
from tracker.recap.carried import find_origins
from tracker.recap.diagnostics import Finding, Place
from tracker.recap.model import (
    Action,
    BlueprintTarget,
    BugTarget,
    Owner,
    Recap,
    Target,
    WorkItemTarget,
    is_action_id,
    is_recap_id,
)

_LONGEST_NAME = 100
"""How much of a name is compared."""

TARGET_KEYS = ("bug", "blueprint", "work_item")


def parse_target(key: str, written: str, project: str | None, place: Place) -> tuple[Target | None, Finding | None]:
    """Read the value of `bug`, `blueprint` or `work_item`; a name, a number and an address are all taken.

    Without the action's `project` (it could not be read) an address of any project is good.
    """
    if key == "bug":
        return _parse_bug(written, project, place)
    name = written.strip()
    if key == "blueprint" and name == "new":
        return None, Finding(
            place, "R024", "the new blueprint has no name", "write `new NAME`: new push-notifications"
        )
    create = key == "blueprint" and name.startswith("new ")
    if create:
        name = name[4:].strip()
    if link := parse_blueprint_link(name):
        if project and link.project != project:
            return None, _other_project(place, link.project, project)
        name = link.name
    if not is_blueprint_name(name):
        remedy = "write the blueprint's name or address" + (", or `new NAME`" if key == "blueprint" else "")
        remedy += "; names are two or more lower-case letters, digits, `+`, `.` and `-`"
        return None, Finding(place, "R024", f'"{written}" is no blueprint', remedy)
    return (BlueprintTarget(name, create) if key == "blueprint" else WorkItemTarget(name)), None


def write_target(target: Target) -> tuple[str, str]:
    """Return the key and the value by which a recap of the target's project names it; `parse_target` reads them."""
    match target:
        case BugTarget(number):
            return "bug", "new" if number is None else str(number)
        case BlueprintTarget(name, create):
            return "blueprint", f"new {name}" if create else name
        case WorkItemTarget(name):
            return "work_item", name


def _parse_bug(written: str, project: str | None, place: Place) -> tuple[Target | None, Finding | None]:
    word = written.strip().removeprefix("#")
    if word.casefold() == "new":
        return BugTarget(), None
    if re.fullmatch("[0-9]{1,10}", word) and 0 < int(word) <= MAX_BUG:
        return BugTarget(int(word)), None
    link = parse_bug_link(word)
    if link is None or not 0 < link.number <= MAX_BUG:
        meant = find_meant_bug(word)
        remedy = f"write the number alone: {meant}" if meant else "write `new`, the bug's number or its address"
        return None, Finding(place, "R024", f'"{written}" is no bug', remedy)
    if project and link.project is not None and link.project != project:
        return None, _other_project(place, link.project, project)
    return BugTarget(link.number), None


def find_meant_bug(written: str) -> int | None:
    """Return the number of a bug that is written as in commit messages, which a recap does not take."""
    number = parse_short_bug(written.strip())
    return number if number is not None and 0 < number <= MAX_BUG else None


def _other_project(place: Place, found: str, expected: str) -> Finding:
    message = f'the address is of project "{found}", but the action\'s is "{expected}"'
    return Finding(place, "R024", message, f"give the action `project: {found}`, or correct the address")


def distinct_owners(owners: Iterable[tuple[Place, Owner]]) -> Iterator[Finding]:
    """Nobody owns an action twice."""
    seen: set[str] = set()
    for place, owner in owners:
        if owner.key in seen:
            yield Finding(place, "R027", f'"{owner.key}" owns this action already', "name each owner once")
        seen.add(owner.key)


def commented_number(key: str, place: Place, rest: str) -> Iterator[Finding]:
    """`bug: #123` has no value: `rest` is what stands behind the colon."""
    if match := re.match(r"[ \t]+#([0-9]+)", rest):
        message = f"`{key}` has no value: #{match[1]} is a comment"
        yield Finding(place, "R030", message, f"write {match[1]}, without `#`", at_key=True)


def cut_value(key: str, place: Place, rest: str, remedy: str) -> Iterator[Finding]:
    """`title: fix bug #123 in neutron` ends before the `#`: `rest` is what stands behind the value.

    A comment is taken for one when a blank follows its `#`.
    """
    if match := re.match(r"[ \t]+(#\w.*)", rest):
        message = f"`{key}` ends before {match[1].rstrip()}, which is a comment"
        otherwise = "if it is one, put a blank after the #"
        yield Finding(place, "R032", message, f"{remedy}; {otherwise}")


Rule = Callable[[Recap], Iterator[Finding]]


def check_recap(recap: Recap) -> list[Finding]:
    """Hold a recap against every rule; an action may lack id and title, which are then empty."""
    return [finding for rule in _REGISTRY for finding in rule(recap)]


def unique_ids(recap: Recap) -> Iterator[Finding]:
    """No two actions have the same id, nor one that another had before."""
    taken: dict[str, int] = {}
    for index, action in enumerate(recap.actions):
        if action.id in taken:
            place = ("actions", index, "id")
            first = recap.actions[taken[action.id]].title
            holder = f'the action "{first}"' if first else "another action"
            message = f'{holder} has the id "{action.id}" too'
            yield Finding(place, "R022", message, "ids are unique in a recap")
        elif action.id:
            taken[action.id] = index
    formers: dict[str, str] = {}
    for index, action in enumerate(recap.actions):
        place = ("actions", index, "previously")
        for former in action.previously:
            if former in taken:
                yield Finding(place, "R022", f'"{former}" is still the id of an action', "name ids that are gone")
            elif formers.setdefault(former, action.id) != action.id:
                message = f'"{former}" is given as a former id of "{formers[former]}" too'
                yield Finding(place, "R022", message, "an action went on under one id: keep it there alone")


def unique_targets(recap: Recap) -> Iterator[Finding]:
    """One bug, blueprint or work item tracks one action of a recap."""
    seen: dict[Hashable, Action] = {}
    for claim in _claims(recap):
        first = seen.setdefault(claim.thing, claim.action)
        if first is not claim.action:
            yield claim.refuse(first.id or first.title)


def shared_targets(recaps: Iterable[Recap]) -> Iterator[tuple[int, Finding]]:
    """One of them tracks one action over all recaps: yield the later recap's index, and what is found there.

    What one recap says twice is left to `unique_targets`.
    """
    recaps = list(recaps)
    origins = find_origins(recaps)
    seen: dict[Hashable, tuple[int, str]] = {}
    for index, recap in enumerate(recaps):
        for claim in _claims(recap):
            own = recap.full_id(claim.action)
            holder, name = seen.setdefault(claim.thing, (index, own))
            if holder == index:
                continue
            finding = claim.refuse(name)
            if own == origins.get(name) or name == origins.get(own):
                finding = replace(finding, help=f'take it out of "{own if own == origins.get(name) else name}"')
            yield index, finding


def known_origins(recaps: Iterable[Recap], unread: Container[str] = ()) -> Iterator[tuple[int, Finding]]:
    """`carried_from` names another action, which has no bug any more when this one is to get one.

    Yields the recap's index, and what is found there; of the `unread` recaps nothing is known.
    """
    recaps = list(recaps)
    origins = find_origins(recaps)
    actions = {recap.full_id(action): action for recap in recaps for action in recap.actions}
    for index, recap in enumerate(recaps):
        for number, action in enumerate(recap.actions):
            if action.carried_from is None:
                continue
            session, _, action_id = action.carried_from.partition("#")
            if session in unread or not (is_recap_id(session) and is_action_id(action_id)):
                continue  # which is told already
            name = origins.get(recap.full_id(action))
            if name is None:
                place = ("actions", number, "carried_from")
                nearest = _nearest_origin(action.carried_from, recap.full_id(action), actions, origins)
                meant = f'did you mean "{nearest}"?' if nearest else "write RECAP#ID of an action that is there,"
                message = f'"{action.carried_from}" is no other action; until that is corrected, both count'
                remedy = f"{meant} or take the key out and tell of it in `notes`"
                yield index, Finding(place, "R038", message, remedy)
            elif action.target == BugTarget() and _has_bug(actions[name]):
                place = ("actions", number, "bug")
                message = f'"{name}", which this goes on with, has a bug or is to get one'
                yield index, Finding(place, "R025", message, f'take `bug` out of "{name}", and keep its value here')


def _nearest_origin(written: str, heir: str, actions: Mapping[str, Action], origins: Mapping[str, str]) -> str | None:
    """Return the action that may be meant: one of this id, whose recap has another name now, or another of the recap.

    Not one that is carried already, nor one that goes on with this one.
    """
    session, _, action_id = written.partition("#")
    taken = {heir, *origins.values()}
    named, there = {}, {}
    for full_id in actions:
        if full_id not in taken and heir not in _chain(full_id, origins):
            recap_id, _, one = full_id.partition("#")
            if one == action_id:
                named[recap_id] = full_id
            if recap_id == session:
                there[one] = full_id
    if len(named) == 1:
        return next(iter(named.values()))
    for word, known in ((session, named), (action_id, there)):
        if close := difflib.get_close_matches(word[:_LONGEST_NAME], known, n=1, cutoff=0.5):
            return known[close[0]]
    return None


def _chain(heir: str, origins: Mapping[str, str]) -> Iterator[str]:
    while (origin := origins.get(heir)) is not None:
        yield origin
        heir = origin


def _has_bug(action: Action) -> bool:
    return isinstance(action.target, BugTarget) and action.current_status.is_open


def claimed_things(recap: Recap) -> Iterator[Hashable]:
    """Yield what on Launchpad a recap's actions track, each for itself alone."""
    return (claim.thing for claim in _claims(recap))


@dataclass(frozen=True, slots=True)
class _Claim:
    """What on Launchpad an action names as its own."""

    thing: Hashable
    action: Action
    place: Place
    rule: str
    taken: str
    """What to say when another action has it, with its name to be filled in."""
    remedy: str

    def refuse(self, holder: str) -> Finding:
        return Finding(self.place, self.rule, self.taken.format(f'"{holder}"'), self.remedy)


def _claims(recap: Recap) -> Iterator[_Claim]:
    for index, action in enumerate(recap.actions):
        place = ("actions", index)
        match action.target:
            case BugTarget(int() as number):
                taken, remedy = f"bug {number} tracks {{}} already", "give each action a bug of its own"
                yield _Claim(number, action, (*place, "bug"), "R025", taken, remedy)
            # Of another project it is another one; a project or a title that could not be read is empty.
            case BlueprintTarget(name) if action.project:
                taken = f'blueprint "{name}" is {{}} already'
                remedy = f"one action is the blueprint, others can be work items of it: `work_item: {name}`"
                yield _Claim((action.project, name), action, (*place, "blueprint"), "R034", taken, remedy)
            case WorkItemTarget(name) if action.project and action.title.strip():
                taken = f'blueprint "{name}" has a work item of this title already, {{}}'
                remedy = "work items are known by their titles: give each one of its own"
                thing = (action.project, name, action.title.strip())
                yield _Claim(thing, action, (*place, "title"), "R035", taken, remedy)


def titles_of_work_items(recap: Recap) -> Iterator[Finding]:
    """A work item is a line of text, and its title has to be told from the rest of it."""
    for index, action in enumerate(recap.actions):
        if isinstance(action.target, WorkItemTarget) and action.title:
            problem = find_work_item_problem(action.title)
            if problem is not None:
                remedy = "say it in one line that does not begin with a bracket, or track the action as a bug"
                yield Finding(("actions", index, "title"), "R036", f"the title {problem}", remedy)


def known_topics(recap: Recap) -> Iterator[Finding]:
    """An action's topic is one of the recap's."""
    titles = {topic.title for topic in recap.topics}
    for index, action in enumerate(recap.actions):
        if action.topic is not None and action.topic not in titles:
            place = ("actions", index, "topic")
            remedy = "write the topic's title as it stands under `topics`"
            yield Finding(place, "R026", f'no topic is titled "{action.topic}"', remedy)


def known_origin(recap: Recap) -> Iterator[Finding]:
    """`carried_from` has the form RECAP#ID."""
    for index, action in enumerate(recap.actions):
        if action.carried_from is not None:
            session, _, action_id = action.carried_from.partition("#")
            if not (is_recap_id(session) and is_action_id(action_id)):
                place = ("actions", index, "carried_from")
                remedy = "write RECAP#ID: ocata/neutron-server-next#push-notifications"
                yield Finding(place, "R015", f'"{action.carried_from}" names no action', remedy)


_REGISTRY: tuple[Rule, ...] = (unique_ids, unique_targets, titles_of_work_items, known_topics, known_origin)
