"""People and teams, and who is meant by a name; pure."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from tracker.recap.naming import fold

_LONGEST_NAME = 100
"""How much of a name is compared."""


@dataclass(frozen=True, slots=True)
class Person:
    """An entry of people.yaml: a person, or a team with members."""

    key: str
    name: str
    account: str | None = None
    """The Launchpad account, without `~`."""
    irc: tuple[str, ...] = ()
    email: str | None = None
    is_team: bool = False
    members: tuple[str, ...] = ()
    lead: str | None = None

    @property
    def aliases(self) -> tuple[str, ...]:
        """Everything that names this entry in a recap."""
        account = (self.account,) if self.account else ()
        return (self.key, self.name, *self.irc, *account)


class UnknownPersonError(LookupError):
    """Nobody has this name; `candidates` are the nearest that somebody has."""

    def __init__(self, name: str, candidates: list[str]) -> None:
        super().__init__(name)
        self.name = name
        self.candidates = candidates


class AmbiguousPersonError(LookupError):
    """Several entries have this name: their keys are `candidates`."""

    def __init__(self, name: str, candidates: list[str]) -> None:
        super().__init__(name)
        self.name = name
        self.candidates = candidates


@dataclass(frozen=True)
class People:
    """All people and teams of a repository."""

    entries: dict[str, Person] = field(default_factory=dict)

    @classmethod
    def of(cls, people: Iterable[Person]) -> "People":
        """Collect entries by their key."""
        return cls({person.key: person for person in people})

    @cached_property
    def _by_alias(self) -> dict[str, set[str]]:
        index: dict[str, set[str]] = {}
        for person in self.entries.values():
            for alias in person.aliases:
                index.setdefault(fold(alias), set()).add(person.key)
        return index

    @cached_property
    def _by_account(self) -> dict[str, str]:
        return {person.account: key for key, person in self.entries.items() if person.account}

    @cached_property
    def team_keys(self) -> tuple[str, ...]:
        """The keys of all teams, in the order of people.yaml."""
        return tuple(one.key for one in self.entries.values() if one.is_team)

    @cached_property
    def _teams(self) -> dict[str, set[str]]:
        teams: dict[str, set[str]] = {}
        for team in self.entries.values():
            for name in (*team.members, *([team.lead] if team.lead else [])):
                teams.setdefault(self.resolve(name, suggest=False), set()).add(team.key)
        return teams

    def resolve(self, name: str, *, suggest: bool = True) -> str:
        """Return the key that a name means, or `~account` for an account that no entry has.

        Raises UnknownPersonError, without candidates when not to `suggest` any, and AmbiguousPersonError.
        """
        if name.startswith("~"):
            return self.key_of_account(name[1:].casefold())
        keys = self._by_alias.get(fold(name), set())
        if len(keys) > 1:
            raise AmbiguousPersonError(name, sorted(keys))
        if not keys:
            raise UnknownPersonError(name, self._nearest(name) if suggest else [])
        return next(iter(keys))

    def key_of_account(self, account: str) -> str:
        """Return the key of the entry that has a Launchpad account, else `~account`."""
        return self._by_account.get(account, f"~{account}")

    def account_of(self, key: str) -> str | None:
        """Return the Launchpad account of a key, or of `~account`; None when it has none."""
        if key.startswith("~"):
            return key[1:]
        person = self.entries.get(key)
        return person.account if person else None

    def display_name(self, key: str) -> str:
        """Return the name to show for a key."""
        person = self.entries.get(key)
        return person.name if person else key

    def lead_of(self, team: str) -> str | None:
        """Return the key of who leads a team; None where nobody does, and of a person."""
        entry = self.entries.get(team)
        return self.resolve(entry.lead) if entry is not None and entry.lead else None

    def teams_of(self, key: str) -> frozenset[str]:
        """Return the keys of the teams of which somebody is a member, or the lead."""
        return frozenset(self._teams.get(key, ()))

    def find_by_part(self, name: str) -> list[str]:
        """Return the keys of those of whose name a word is a part: a first name, say."""
        return self._keys_of(sorted(alias for alias in self._by_alias if fold(name) in alias.split()))

    def _nearest(self, name: str) -> list[str]:
        """Return the keys of who may be meant: those with it as a part of theirs, else those with nearly it."""
        close = difflib.get_close_matches(fold(name)[:_LONGEST_NAME], self._by_alias, n=5, cutoff=0.6)
        return (self.find_by_part(name) or self._keys_of(close))[:3]

    def _keys_of(self, aliases: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(key for alias in aliases for key in sorted(self._by_alias[alias])))
