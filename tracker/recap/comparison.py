"""People.yaml beside the accounts that Launchpad shows; pure."""

import re
from dataclasses import dataclass

from tracker.launchpad.snapshots import Absence, AccountAnswer, Renamed
from tracker.recap.people import Person


@dataclass(frozen=True, slots=True)
class Difference:
    """What does not fit about an entry's account, and what to do."""

    text: str
    remedy: str
    is_error: bool = True
    """False when it may be right all the same."""


def compare_account(person: Person, answer: AccountAnswer) -> Difference | None:
    """Say what does not fit between an entry's account and what Launchpad shows of it; None when all does."""
    account, noun = f"~{person.account}", "team" if person.is_team else "account"
    look = "look for the right one: tracker people find NAME"
    if answer is Absence.MISSING:
        reason = "it was renamed, merged or deleted" + (", or is private" if person.is_team else "")
        return Difference(f"Launchpad shows no {noun} {account}: {reason}", look)
    if answer is Absence.SUSPENDED:
        remedy = "take `launchpad` out, or look for another account: tracker people find NAME"
        return Difference(f"{account} is suspended on Launchpad", remedy)
    if isinstance(answer, Absence):
        return Difference(f"Launchpad does not show {account} to you", "ask somebody who sees it, or take it out")
    if isinstance(answer, Renamed):
        return Difference(f"{account} is called ~{answer.name} now", f"write `launchpad: {answer.name}`")
    if answer.is_team != person.is_team:
        found, group = ("a team", "teams") if answer.is_team else ("a person", "people")
        return Difference(f"{account} is {found} on Launchpad", f"move the entry below `{group}:`, or {look}")
    if answer.private:
        remedy = "name a public team: others cannot see what this one is assigned"
        return Difference(f"{account} is a private team on Launchpad", remedy)
    if not answer.is_valid:
        reason = "it was deactivated, or has no confirmed mail address"
        return Difference(f"{account} can be assigned nothing on Launchpad: {reason}", look)
    if not person.is_team and not _words(person.name) & _words(answer.display_name):
        text = f'{account} is called "{answer.display_name}" on Launchpad, and here "{person.name}"'
        return Difference(text, "see that it is the right account", is_error=False)
    return None


def _words(name: str) -> set[str]:
    return set(re.findall(r"\w+", name.casefold()))
