"""The page of status: its commands run, its options are all there are, and its columns those of the program."""

import inspect
import re
import shlex
import shutil
import textwrap
import typing

import pytest

from tests.support import ROOT
from tracker.cli.status import FAILURES, status
from tracker.mail.meeting import MAX_BYTES
from tracker.status.columns import COLUMNS
from tracker.status.groups import GROUPINGS

PAGE = ROOT / "docs" / "status.md"
TEXT = PAGE.read_text(encoding="utf-8")
COMMANDS = re.findall(r"(?:\| `|^    )tracker ([^`\n]+)", TEXT, re.MULTILINE)


def render_columns():
    return textwrap.fill(
        ", ".join(f"`{name}`" for name in COLUMNS) + ".",
        116,
        initial_indent="  ",
        subsequent_indent="  ",
        break_on_hyphens=False,
    )


def options():
    for name, hint in typing.get_type_hints(status, include_extras=True).items():
        if name not in {"return", "which"}:
            declared = hint.__metadata__[0].default  # where typer finds what stands first in it
            yield declared if isinstance(declared, str) else f"--{name.replace('_', '-')}"


def test_the_columns_are_those_of_the_program(request):
    pattern = r"(  <!-- columns -->\n).*?(<!-- end -->)"
    expected = re.sub(pattern, lambda match: f"{match[1]}{render_columns()}{match[2]}", TEXT, flags=re.DOTALL)
    if request.config.getoption("--rewrite-golden"):
        PAGE.write_text(expected, encoding="utf-8")
        return
    assert expected == TEXT


def test_the_page_names_every_option_and_no_other():
    assert set(inspect.signature(status).parameters) > {"which"}
    of_others = {"--since", "--by", "--burndown"}
    assert set(re.findall(r"--[a-z][a-z-]*", TEXT)) - of_others == set(options())


def test_the_page_names_every_grouping_and_failure():
    words = " ".join(TEXT.split())
    assert f"It takes {', '.join(GROUPINGS[:-1])} and {GROUPINGS[-1]}." in words
    assert all(f"`--fail-on {name}`" in TEXT or f"`{name}`" in TEXT for name in FAILURES)
    assert f"none longer than {MAX_BYTES} bytes" in words


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_page_is_understood(tracker, tmp_path, command):
    shutil.copytree(ROOT / "sessions", tmp_path / "sessions", ignore=shutil.ignore_patterns(".*"))
    words = shlex.split(command)
    if words == ["mine"]:
        words += ["--owner", "ihar"]
    answer = tracker(*words)
    assert answer.code == 0, answer.err


def test_there_are_commands():
    assert len(COMMANDS) > 10
