"""`tracker completion`: what a shell completes. It asks with every Tab, so as little is read as it takes."""

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from tracker.errors import ExitCode, TrackerError

SHELLS = ("bash", "zsh", "fish")

_Values = Callable[[Path, str], Iterable[str]]

# Shells evaluate what they are given: nothing is offered that is more than a plain word, whatever the files say.
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+/\-]*(?:#[A-Za-z0-9._+\-]*)?")
# What stands in the help of a parameter that takes one of some words.
_WORDS = re.compile(r"[a-z-]+(?:\|[a-z-]+)+")


def completion(
    shell: Annotated[str, typer.Argument(metavar="|".join(SHELLS), help="The shell that is to complete.")],
) -> None:
    """Print a script that lets a shell complete commands, options, recaps, actions, owners and cycles.

    Example: tracker completion fish > ~/.config/fish/completions/tracker.fish
    Example: source <(tracker completion bash)
    """
    from typer.completion import get_completion_script  # type: ignore[attr-defined] # what --show-completion prints

    from tracker.cli.commands import ASKING
    from tracker.cli.output import out

    if shell not in SHELLS:
        raise TrackerError(
            f'unknown shell "{shell}"', remedy=f"it is one of {', '.join(SHELLS)}", exit_code=ExitCode.USAGE
        )
    out(get_completion_script(prog_name="tracker", complete_var=ASKING, shell=shell))


def answer(app: typer.Typer) -> None:
    """Answer a shell that asks what to complete, and end; whatever is broken, it hears of nothing."""
    from typer.completion import completion_init  # type: ignore[attr-defined] # what add_completion does
    from typer.main import get_command

    completion_init()
    command: Any = get_command(app)
    command.commands.prepare = _add_values
    sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - until the process ends
    try:
        command(prog_name="tracker")
    except Exception:  # noqa: BLE001 - a shell that waits for words has no use for a message, nor for a trace's file
        sys.exit(ExitCode.PROBLEMS)


def _recaps(folder: Path, _incomplete: str) -> Iterator[str]:
    from tracker.recap.repository import walk_recaps

    yield from (path.relative_to(folder).with_suffix("").as_posix() for path in walk_recaps(folder))


def _cycles(folder: Path, _incomplete: str) -> Iterator[str]:
    yield from {recap.partition("/")[0] for recap in _recaps(folder, "") if "/" in recap}


def _cycles_and_recaps(folder: Path, _incomplete: str) -> Iterator[str]:
    yield from _cycles(folder, "")
    yield from _recaps(folder, "")


def _actions(folder: Path, incomplete: str) -> Iterator[str]:
    """Yield the actions of a recap when it is told which; before that the recaps."""
    from tracker.recap.document import Scalar, Sequence
    from tracker.recap.files import read_file
    from tracker.recap.reader import MAX_BYTES, read_document

    recap, is_told, _ = incomplete.partition("#")
    meant = [one for one in _recaps(folder, "") if (one == recap if is_told else one.startswith(recap))]
    if len(meant) != 1:
        yield from (f"{one}#" for one in meant)
        return
    data, _ = read_file(folder / f"{meant[0]}.yaml", MAX_BYTES)
    document = read_document(data, "")
    actions = document.node(("actions",))
    for index in range(len(actions.items)) if isinstance(actions, Sequence) else ():
        name = document.node(("actions", index, "id"))
        if isinstance(name, Scalar):
            yield f"{meant[0]}#{name.text}"


def _owners(folder: Path, _incomplete: str) -> Iterator[str]:
    from tracker.recap.document import Mapping
    from tracker.recap.files import read_file
    from tracker.recap.reader import MAX_BYTES, read_document
    from tracker.recap.repository import PEOPLE_FILE

    document = read_document(read_file(folder / PEOPLE_FILE, MAX_BYTES)[0], PEOPLE_FILE)
    for group in ("people", "teams"):
        entries = document.node((group,))
        yield from entries.entries if isinstance(entries, Mapping) else ()


def _statuses(_folder: Path, _incomplete: str) -> Iterable[str]:
    from tracker.recap.carried import STATUSES

    return STATUSES


def _fields(_folder: Path, _incomplete: str) -> Iterable[str]:
    from tracker.sync.choice import FIELD_NAMES

    return FIELD_NAMES


def _groupings(_folder: Path, _incomplete: str) -> Iterable[str]:
    from tracker.status.groups import GROUPINGS

    return GROUPINGS


def _columns(_folder: Path, _incomplete: str) -> Iterable[str]:
    from tracker.status.columns import COLUMNS

    return COLUMNS


_VALUES: dict[str, _Values] = {
    "paths": _recaps,
    "recap": _recaps,
    "session": _recaps,
    "cycle": _cycles,
    "burndown": _cycles,
    "source": _cycles_and_recaps,
    "only": _actions,
    "action": _actions,
    "which": _actions,
    "owner": _owners,
    "owners": _owners,
    "team": _owners,
    "helper": _owners,
    "field": _fields,
    "with_status": _statuses,
    "group_by": _groupings,
    "sort": _columns,
}
"""What a parameter takes, by its name, which means the same in every command."""
_BEGINNING_A_RECAP = {"new", "import"}
"""Commands whose `recap` is one that is not there yet."""


def _add_values(command: Any) -> None:
    """Let the parameters of a command, and of those below it, offer what they take."""
    for one in getattr(command, "commands", {}).values():
        _add_values(one)
    for parameter in command.params:
        values = _VALUES.get(parameter.name)
        if _WORDS.fullmatch(parameter.metavar or ""):
            parameter._custom_shell_complete = partial(_offer_words, parameter.metavar.split("|"))  # noqa: SLF001
        elif values is not None and not (parameter.name == "recap" and command.name in _BEGINNING_A_RECAP):
            # As `autocompletion` of each of them would, which every command had to be told of and load.
            parameter._custom_shell_complete = partial(_offer, values)  # noqa: SLF001


def _offer(values: _Values, _context: object, _parameter: object, incomplete: str) -> list[str]:
    """Return the words that go on from what was typed."""
    from tracker.cli.check import here
    from tracker.recap.repository import find_folder

    return _offer_words(set(values(find_folder(here()), incomplete)), None, None, incomplete)


def _offer_words(words: Iterable[str], _context: object, _parameter: object, incomplete: str) -> list[str]:
    return sorted(one for one in words if one.startswith(incomplete) and _WORD.fullmatch(one))
