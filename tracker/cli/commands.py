"""Which commands there are, and by what a shell asks for words that complete them."""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

ASKING = "_TRACKER_COMPLETE"
"""The variable by which the scripts of `tracker completion` ask, as typer has it."""

_PLACES = {
    "init": ("init", "init"),
    "new": ("new", "new"),
    "carry": ("carry", "carry"),
    "people": ("people", "app"),
    "check": ("check", "check"),
    "schema": ("schema", "schema"),
    "import": ("importing", "import_notes"),
    "plan": ("sync", "plan"),
    "sync": ("sync", "sync"),
    "status": ("status", "status"),
    "mine": ("views", "mine"),
    "late": ("views", "late"),
    "unowned": ("views", "unowned"),
    "meeting": ("meeting", "meeting"),
    "stats": ("stats", "stats"),
    "summary": ("summary", "summary"),
    "digest": ("digest", "digest"),
    "forget": ("forget", "forget"),
    "send": ("send", "send"),
    "login": ("login", "login"),
    "whoami": ("login", "whoami"),
    "logout": ("login", "logout"),
    "demo": ("demo", "demo"),
    "rehearse": ("rehearse", "rehearse"),
    "sandbox": ("sandbox", "app"),
    "completion": ("completion", "completion"),
}
"""The module and the name of each command, in the order of the help."""


class Commands(Mapping[str, Any]):
    """The commands by name. Each is imported when it is asked for, since a run needs one of them."""

    def __init__(self) -> None:
        self._made: dict[str, Any] = {}
        self.prepare: Callable[[Any], None] = lambda _command: None
        """What is done with a command once it is there."""

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            module, attribute = _PLACES[name]
            found = getattr(import_module(f"tracker.cli.{module}"), attribute)
            if not isinstance(found, typer.Typer):
                alone = typer.Typer(add_completion=False)
                alone.command()(found)
                found = alone
            command = self._made[name] = get_command(found)
            command.name = name
            self.prepare(command)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_PLACES)

    def __len__(self) -> int:
        return len(_PLACES)


class CommandGroup(TyperGroup):
    """All of them."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = Commands()  # type: ignore[assignment] # nobody adds one
