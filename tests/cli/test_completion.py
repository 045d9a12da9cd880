"""What shells complete, with the printed script: bash, and zsh and fish where they are installed."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.support import ROOT, TRACKER
from tracker.cli import app
from tracker.cli.completion import _BEGINNING_A_RECAP, _VALUES, SHELLS

PEOPLE = "people:\n  mara: {name: Mara Example}\n  jon: {name: Jon}\nteams:\n  makers: {name: makers}\n"
LOGGING = """\
title: logging
date: 2026-04-14
actions:
  - id: default-format
    title: make structured logs the default
  - title: write down when the old format goes
    id: "drop-format"   # soon
  - {title: collect dashboards, id: dashboards}
  #  - id: example
  - title: say what it is for
    notes: |
      id: fake
"""
ACTIONS = [f"zircon/logging#{one}" for one in ("dashboards", "default-format", "drop-format")]


@pytest.fixture
def sessions(tmp_path):
    folder = tmp_path / "sessions"
    (folder / "zircon").mkdir(parents=True)
    (folder / "agate").mkdir()
    (folder / "tracker.yaml").write_text("tag: summit\nproject: lighthouse\n")
    (folder / "people.yaml").write_text(PEOPLE)
    (folder / "zircon" / "logging.yaml").write_text(LOGGING)
    for name in ("zircon/metrics", "agate/logging"):
        (folder / f"{name}.yaml").write_text("title: t\ndate: 2026-04-14\n")
    return folder


def environment(**further):
    return {**os.environ, "PATH": f"{Path(TRACKER).parent}{os.pathsep}{os.environ['PATH']}", **further}


@cache
def printed():
    return subprocess.run([TRACKER, "completion", "bash"], capture_output=True, text=True, check=True).stdout


def in_bash(folder, line):
    """Complete a line in bash as Tab does, with the script that is printed; returns what it offers."""
    words = line.split(" ")
    script = (
        'eval "$SCRIPT"; cd "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))\n'
        '_tracker_completion tracker "${COMP_WORDS[COMP_CWORD]}"; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", script, "bash", folder, *words],
        env=environment(SCRIPT=printed(), TMPDIR=str(folder)), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert not list(folder.glob("tracker-*.txt"))
    return done.stdout.split("\n")[:-1]


def asked(folder, shell, line, *command, **further):
    """Ask as the scripts of zsh and fish do; returns the answer."""
    done = subprocess.run(
        command or ["tracker"], cwd=folder, capture_output=True, text=True, check=False, timeout=60,
        env=environment(_TRACKER_COMPLETE=f"complete_{shell}", _TYPER_COMPLETE_ARGS=line, **further),
    )  # fmt: skip
    assert done.stderr == ""
    return done


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("tracker forg", ["forget"]),
        ("tracker status --cyc", ["--cycle"]),
        ("tracker people f", ["find"]),
        ("tracker status --owner ", ["jon", "makers", "mara"]),
        ("tracker status --owner ma", ["makers", "mara"]),
        ("tracker digest ma", ["makers", "mara"]),
        ("tracker status --session z", ["zircon/logging", "zircon/metrics"]),
        ("tracker check z", ["zircon/logging", "zircon/metrics"]),
        ("tracker sync zircon/logging a", ["agate/logging"]),
        ("tracker summary zircon/m", ["zircon/metrics"]),
        ("tracker status --cycle ", ["agate", "zircon"]),
        ("tracker carry --from a", ["agate", "agate/logging"]),
        ("tracker plan --only z", ["zircon/logging#", "zircon/metrics#"]),
        ("tracker plan --only zircon/l", ACTIONS),
        ("tracker forget zircon/logging#", ACTIONS),
        ("tracker forget zircon/logging#d", ACTIONS),
        ("tracker forget zircon/logging#de", ACTIONS[1:2]),
        ("tracker status zircon/l", ACTIONS),
        ("tracker status zircon/logging#de", ACTIONS[1:2]),
        ("tracker status --team mak", ["makers"]),
        ("tracker status --with j", ["jon"]),
        ("tracker status --target b", ["blueprint", "bug"]),
        ("tracker status --status d", ["done", "dropped"]),
        ("tracker status --group-by te", ["team", "tentative"]),
        ("tracker stats --by ", ["cycle", "owner", "session", "team"]),
        ("tracker sync --prefer l", ["launchpad"]),
        ("tracker sync --field m", ["milestone"]),
        ("tracker completion f", ["fish"]),
        ("tracker new z", [""]),
        ("tracker nothing z", [""]),
    ],
)
def test_bash_completes_commands_options_and_values(sessions, line, offered):
    assert in_bash(sessions, line) == offered


def test_a_recap_whose_name_begins_like_anothers_is_told_by_its_sign(sessions):
    (sessions / "zircon" / "logging-2.yaml").write_text(LOGGING)
    assert in_bash(sessions, "tracker forget zircon/logging") == ["zircon/logging#", "zircon/logging-2#"]
    assert in_bash(sessions, "tracker forget zircon/logging#") == ACTIONS


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_zsh_and_fish_are_told_the_same(sessions, shell):
    answer = asked(sessions, shell, "tracker plan --only zircon/l", _TYPER_COMPLETE_FISH_ACTION="get-args")
    assert answer.returncode == 0
    for action in ACTIONS:
        assert action in answer.stdout


IN_ZSH = r"""
zmodload zsh/zpty
zpty shell "TERM=dumb zsh -f -i"
zpty -w shell "PS1=; autoload -Uz compinit; compinit -D; source <(tracker completion zsh)"
zpty -w shell "show() { BUFFER=\"print -r -- '<\$BUFFER>'\"; zle accept-line }; zle -N show"
zpty -w shell "bindkey '^I' complete-word '^X' show; print ready"
zpty -r shell answer "*ready*ready*"
zpty -w -n shell "$1"$'\t\x18'
zpty -r shell answer "*>'*<*>*"
print -r -- "${${answer##*<}%%>*}"
"""
"""Types a line, Tab, and a key that shows what became of the line, in a terminal of its own."""


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
@pytest.mark.parametrize(
    ("line", "completed"),
    [
        ("tracker forget zircon/logging#de", r"tracker forget zircon/logging\#default-format "),
        ("tracker stats --burn", "tracker stats --burndown "),
        ("tracker stats --burndown a", "tracker stats --burndown agate "),
        ("tracker status --owner j", "tracker status --owner jon "),
    ],
)
def test_zsh_completes_with_the_script(sessions, line, completed):
    done = subprocess.run(
        ["zsh", "-fc", IN_ZSH, "zsh", line],
        cwd=sessions, env=environment(), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == (f"{completed}\n", "")


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_fish_completes_with_the_script(sessions):
    script = "tracker completion fish | source; complete -C 'tracker plan --only zircon/l'"
    done = subprocess.run(
        ["fish", "-Nc", script], cwd=sessions, env=environment(), capture_output=True, text=True, check=False
    )
    assert (done.stdout.split(), done.stderr) == (ACTIONS, "")


HOSTILE = [
    "$(touch pwned)",
    "`touch pwned`",
    ";touch pwned",
    "*",
    "a b",
    "'",
    '"',
    "a\\",
    "-rf",
    "a\nb",
    "\x1b[2J",
    "a:b",
]


def test_what_a_shell_would_carry_out_is_not_offered(sessions):
    for word in HOSTILE:
        quoted = (
            '"' + word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\x1b", "\\e") + '"'
        )
        with (sessions / "people.yaml").open("a") as people:
            people.write(f"  {quoted}: {{name: x}}\n")
        with (sessions / "zircon" / "logging.yaml").open("a") as recap:
            recap.write(f"  - id: {quoted}\n    title: t\n")
        folder = sessions / word.replace("/", "")
        folder.mkdir()
        (folder / f"{word}.yaml").write_text("title: t\ndate: 2026-04-14\n")
    assert in_bash(sessions, "tracker status --owner ") == ["jon", "makers", "mara"]
    assert in_bash(sessions, "tracker check ") == ["agate/logging", "zircon/logging", "zircon/metrics"]
    assert in_bash(sessions, "tracker status --cycle ") == ["agate", "zircon"]
    offered = in_bash(sessions, "tracker forget zircon/logging#")
    assert set(ACTIONS) <= set(offered)
    assert all(one.startswith("zircon/logging#") and one[15:].replace("-", "").isalpha() for one in offered)
    for line in ("tracker status --owner ", "tracker check "):
        assert "pwned" not in asked(sessions, "zsh", line).stdout
    assert not list(sessions.parent.rglob("pwned"))


@pytest.mark.parametrize("broken", [b"people: [", b"\xff\xfe\0", b"people: 1\n", b"", b"x: " + b"[" * 100_000])
@pytest.mark.parametrize(
    "line", ["tracker status --owner ", "tracker forget zircon/logging#", "tracker plan --only zircon/l"]
)
def test_broken_files_are_nothing_to_complete_and_no_message(sessions, broken, line):
    (sessions / "people.yaml").write_bytes(broken)
    (sessions / "zircon" / "logging.yaml").write_bytes(broken)
    assert in_bash(sessions, line) == [""]


@pytest.mark.parametrize("line", ["tracker status --owner ", "tracker check ", "tracker forget x"])
def test_without_a_repository_nothing_is_offered(tmp_path, line):
    assert in_bash(tmp_path, line) == [""]


def test_nobody_waits_for_a_pipe(sessions):
    (sessions / "people.yaml").unlink()
    os.mkfifo(sessions / "people.yaml")
    assert in_bash(sessions, "tracker status --owner ") == [""]


@pytest.mark.parametrize("asking", ["complete_tcsh", "complete", "x_bash", ""])
def test_a_shell_that_asks_otherwise_hears_no_message(sessions, asking):
    done = subprocess.run(
        ["tracker"], cwd=sessions, capture_output=True, text=True, check=False,
        env=environment(_TRACKER_COMPLETE=asking, COMP_WORDS="tracker", COMP_CWORD="x"),
    )  # fmt: skip
    assert done.stderr == ""


def test_completing_reads_no_more_than_it_takes(sessions):
    """Each Tab waits for it."""
    (sessions / "zircon" / "metrics.yaml").write_text("title: [")
    command = [sys.executable, "-X", "importtime", "-m", "tracker"]
    for line in ("tracker plan --only zircon/logging#", "tracker status --owner ", "tracker check "):
        done = subprocess.run(
            command, cwd=sessions, capture_output=True, text=True, check=True,
            env=environment(_TRACKER_COMPLETE="complete_fish", _TYPER_COMPLETE_FISH_ACTION="get-args",
                            _TYPER_COMPLETE_ARGS=line),
        )  # fmt: skip
        assert done.stdout.strip()
        imported = {row.rpartition("|")[2].strip() for row in done.stderr.splitlines()}
        assert "tracker.cli.completion" in imported
        for heavy in ("launchpadlib", "httplib2", "rich", "tabulate", "tracker.sync.base", "tracker.launchpad.wire"):
            assert heavy not in imported, heavy


def parameters(command):
    for one in getattr(command, "commands", {}).values():
        yield from parameters(one)
    yield from ((command.name, parameter.name) for parameter in command.params)


def test_what_is_completed_are_parameters_of_commands():
    from typer.main import get_command

    known = set(parameters(get_command(app)))
    assert set(_VALUES) <= {name for _, name in known}
    for command in _BEGINNING_A_RECAP:
        assert (command, "recap") in known


def test_the_readme_says_how():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "source <(tracker completion bash)" in readme
    for shell in SHELLS:
        assert f"tracker completion {shell}" in readme


def test_help_is_not_cluttered(tracker):
    assert "completion" not in tracker("status", "--help", TERM="dumb").out
    assert "--install-completion" not in tracker("--help", TERM="dumb").out


def test_another_shell_is_a_usage_error(tracker):
    answer = tracker("completion", "tcsh")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == f'error: unknown shell "tcsh"\n  help: it is one of {", ".join(SHELLS)}\n'
