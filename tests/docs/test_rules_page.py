"""The page of rules: it has every rule, and each wrong example breaks its rule alone and each right one none."""

import os
import re
import subprocess
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support import ROOT
from tracker.launchpad.gateway import Gateway
from tracker.launchpad.services import find_service
from tracker.launchpad.wire import Wire
from tracker.recap.launchpad_names import check_names
from tracker.recap.repository import load_repository
from tracker.recap.rule_table import OPTIONAL, RULES
from tracker.sync.base import find_problems

PAGE = ROOT / "docs" / "rules.md"
TEXT = PAGE.read_text(encoding="utf-8")
FENCE = re.compile(r"^```(?P<kind>yaml|sh|json)(?: (?P<path>[^\n]+))?\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
SECTION = re.compile(r"^## (?P<rule>R[0-9]{3})\n(?P<body>.*?)(?=^## R|\Z)", re.MULTILINE | re.DOTALL)
RECAP = "sessions/ocata/example.yaml"
NO_RIGHT = {"R031"}
"""Whose right example is no file that anybody writes."""


@dataclass(frozen=True)
class Example:
    rule: str
    kind: str
    path: str
    body: str
    is_right: bool


def read_fence(match, rule="", *, is_right=True):
    return Example(rule, match["kind"], match["path"] or RECAP, match["body"], is_right)


def examples():
    for section in SECTION.finditer(TEXT):
        wrong, _, right = section["body"].partition("\nRight:")
        for part, is_right in ((wrong, False), (right, True)):
            for match in FENCE.finditer(part):
                yield read_fence(match, section["rule"], is_right=is_right)


EXAMPLES = list(examples())
IGNORING, *WORLD = [read_fence(match) for match in FENCE.finditer(TEXT.partition("\n## ")[0])]


def render_table():
    rows = [
        f"| [{rule}](#{rule.lower()}) | {entry.severity} | {entry.says} |"
        f" {'yes' if entry.needed is None else f'no: without it {entry.needed}'} |"
        for rule, entry in RULES.items()
    ]
    return "\n".join(["| id | level | says | can be switched off |", "| --- | --- | --- | --- |", *rows])


def render_says(rule):
    entry = RULES[rule]
    fixed = "" if entry.needed is None else f"; cannot be switched off: without it {entry.needed}"
    return "\n".join(textwrap.wrap(f"**{entry.severity}**: {entry.says}{fixed}", 118))


def test_levels_and_meanings_are_those_of_the_program(request):
    expected = re.sub(
        r"(<!-- rules -->\n).*?(<!-- end -->)", lambda m: f"{m[1]}{render_table()}\n{m[2]}", TEXT, flags=re.DOTALL
    )
    expected = re.sub(
        r"(^## (R[0-9]{3})\n\n<!-- says -->\n).*?\n(?=\n)",
        lambda m: f"{m[1]}{render_says(m[2])}\n",
        expected,
        flags=re.MULTILINE | re.DOTALL,
    )
    if request.config.getoption("--rewrite-golden"):
        PAGE.write_text(expected, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == expected


def test_every_rule_is_reasoned():
    for section in SECTION.finditer(TEXT):
        said, _, _ = section["body"].partition("\nWrong:\n")
        _says, reason = said.strip().split("\n\n")
        assert reason.strip().endswith("."), section["rule"]


def test_every_rule_has_a_wrong_and_a_right_example():
    assert [one.rule for one in EXAMPLES if not one.is_right] == list(RULES)
    assert [one.rule for one in EXAMPLES if one.is_right] == [rule for rule in RULES if rule not in NO_RIGHT]


@pytest.fixture(scope="module")
def served():
    """Serve what the page says that Launchpad has."""
    from tracker.sandbox.server import Sandbox

    with Sandbox(None) as sandbox:
        sandbox.add_person("mara-example", "Mara Example")
        for number, project in enumerate(("example", "other"), start=1):
            sandbox.add_project(project, project.title(), owner="mara-example")
            sandbox.add_bug(project, "a bug", "what it is about", owner="mara-example", number=number)
        sandbox.add_milestone("example", "next-1")
        sandbox.add_specification("example", "structured-logs", owner="mara-example")
        yield sandbox


def ask(repository, served, folder):
    home = folder / ".sandbox"
    home.mkdir()
    (home / "address").write_text(served.root, encoding="utf-8")
    gateways = []

    def connect():
        gateways.append(Gateway(Wire(find_service(repository.settings.service, repository.folder))))
        return gateways[0]

    check_names(repository, connect, lambda _text: None)
    for gateway in gateways:
        gateway.close()


def write(folder, example):
    path = folder / example.path
    path.parent.mkdir(parents=True, exist_ok=True)
    if example.kind == "sh":
        environment = {**os.environ, "LC_ALL": "C"}
        subprocess.run(["bash", "-c", example.body], cwd=folder, env=environment, check=True, capture_output=True)
    else:
        path.write_text(example.body, encoding="utf-8")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: f"{one.rule}-{'right' if one.is_right else 'wrong'}")
def test_an_example_breaks_its_rule_alone_or_none(example, tmp_path, served, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for one in (*WORLD, example):
        write(tmp_path, one)
    repository = load_repository(tmp_path / "sessions")
    if example.rule > "R100":
        ask(repository, served, tmp_path)
    diagnostics = repository.diagnostics + find_problems(tmp_path / "sessions")
    found = {one.rule for one in diagnostics}
    if example.is_right:
        assert diagnostics == []
    elif example.rule == "R033":  # which takes a hundred others
        assert "R033" in found
    else:
        assert found == {example.rule}
        assert len(diagnostics) == 1
        assert diagnostics[0].help
        assert Path(diagnostics[0].path) == Path(example.path)


def test_what_the_page_switches_off_is_not_found(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (example,) = [one for one in EXAMPLES if one.rule == "R026" and not one.is_right]
    for one in (*WORLD, example):
        write(tmp_path, one)
    assert [one.rule for one in load_repository(tmp_path / "sessions").diagnostics] == ["R026"]
    write(tmp_path, IGNORING)
    assert load_repository(tmp_path / "sessions").diagnostics == []


@pytest.mark.parametrize("rule", OPTIONAL)
def test_every_rule_that_may_be_is_switched_off(rule, tmp_path, served, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (example,) = [one for one in EXAMPLES if one.rule == rule and not one.is_right]
    for one in (*WORLD, example):
        write(tmp_path, one)
    settings = tmp_path / "sessions" / "tracker.yaml"
    settings.write_text(f"{settings.read_text()}ignore: {rule.lower()}\n")
    repository = load_repository(tmp_path / "sessions")
    if rule > "R100":
        ask(repository, served, tmp_path)
    assert repository.diagnostics == []
    assert len(repository.recaps) == len(repository.files)
