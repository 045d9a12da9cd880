"""The documentation says what is: tables come from the program, and what it quotes is what it prints."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.support import TRACKER
from tracker.launchpad.statuses import BLUEPRINT_STATUSES, BUG_STATUSES, WORK_ITEM_STATUSES
from tracker.recap import schema
from tracker.recap.keys import Table

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")])
TABLES = {
    "recap": schema.RECAP,
    "topic": schema.TOPIC,
    "action": schema.ACTION,
    "person": schema.PERSON,
    "team": schema.TEAM,
    "tracker": schema.TRACKER,
    "limits": schema.LIMITS,
    "mail": schema.MAIL,
}


def render_keys(table: Table) -> str:
    rows = [f"| `{name}` | {key.meaning}{' (required)' if key.required else ''} |" for name, key in table.items()]
    return "\n".join(["| key | holds |", "| --- | --- |", *rows])


def test_the_tables_of_keys_are_those_of_the_program(request):
    path = ROOT / "docs" / "recaps.md"
    text = path.read_text(encoding="utf-8")
    expected = text
    for name, content in ((name, render_keys(table)) for name, table in TABLES.items()):
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(\n<!-- end -->)", re.DOTALL)
        expected, found = pattern.subn(lambda match, c=content: f"{match[1]}{c}{match[2]}", expected)
        assert found == 1, name
    if request.config.getoption("--rewrite-golden"):
        path.write_text(expected, encoding="utf-8")
        text = expected
    assert text == expected


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_schemas_are_kept_where_the_page_says_and_as_it_says(tmp_path):
    from tracker.recap.json_schema import FILES, build_schema

    page = (ROOT / "docs" / "recaps.md").read_text(encoding="utf-8")
    commands = "\n".join(re.findall(r"^    (mkdir .+|for file .+)$", page, re.MULTILINE))
    environment = {**os.environ, "PATH": f"{Path(TRACKER).parent}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(["bash", "-ec", commands], cwd=tmp_path, env=environment, check=True)
    (folder,) = set(re.findall(r"yaml-language-server: \$schema=\.\./(\.\w+)/recap\.json$", page, re.MULTILINE))
    kept = {path.name: json.loads(path.read_text()) for path in (tmp_path / "sessions" / folder).iterdir()}
    assert kept == {f"{file}.json": build_schema(file) for file in FILES}


def test_the_hook_of_the_page_is_one_that_this_repository_has():
    page = (ROOT / "docs" / "recaps.md").read_text(encoding="utf-8")
    hooks = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    assert re.findall(r"^ +- id: (.+)$", page, re.MULTILINE) == re.findall(r"^- id: (.+)$", hooks, re.MULTILINE)


def test_the_readme_shows_what_the_demo_prints():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    screen = re.search(r"<!-- screen -->\n```console\n\$ tracker sync --yes\n(.*?)```", readme, re.DOTALL)
    assert screen is not None
    assert screen[1] in (ROOT / "tests" / "golden" / "demo.txt").read_text(encoding="utf-8")


def test_the_readme_lists_every_command(tracker):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `tracker (\w+)", readme, re.MULTILINE))
    shown = set(re.findall(r"^│ (\w+) ", tracker("--help", TERM="dumb").out, re.MULTILINE))
    assert listed == shown


def test_the_exit_codes_are_those_of_the_program():
    from tracker.errors import ExitCode

    page = (ROOT / "docs" / "syncing.md").read_text(encoding="utf-8")
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)} == set(ExitCode)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (said,) = re.findall(r"^For scripts, each command answers (.+?);", readme, re.MULTILINE | re.DOTALL)
    assert [int(code) for code in re.findall(r"\b\d+\b", said)] == sorted(ExitCode)


def test_the_brakes_and_their_limits_are_those_of_the_program():
    from tracker.recap.parse import Limits
    from tracker.sync.brakes import BRAKES

    page = (ROOT / "docs" / "syncing.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| .* \| (\d+%?) \|$", page, re.MULTILINE)
    limits = {name: getattr(Limits(), name) for name in BRAKES}
    assert dict(rows) == {
        name: f"{limit:.0%}" if isinstance(limit, float) else str(limit) for name, limit in limits.items()
    }


@pytest.mark.parametrize(
    ("of", "statuses"),
    [("bug", BUG_STATUSES), ("blueprint", BLUEPRINT_STATUSES), ("work item", WORK_ITEM_STATUSES)],
    ids=["bug", "blueprint", "work item"],
)
def test_the_status_tables_are_those_of_the_program(of, statuses):
    page = (ROOT / "docs" / "syncing.md").read_text(encoding="utf-8")
    head = f"| recap | agrees with, of a {of} | sent |\n| --- | --- | --- |\n"
    table = page.partition(head)[2].partition("\n\n")[0]
    rows = {word: (agrees, sent) for word, agrees, sent in re.findall(r"^\| (.+) \| (.+) \| (.+) \|$", table, re.M)}
    assert rows.keys() == statuses.keys()
    for word, words in statuses.items():
        agrees, sent = rows[word]
        assert sent == words.sent
        if words.leaves_on:
            assert set(re.split(r", | or ", agrees.split("changes to ")[1])) == words.leaves_on
        else:
            said = re.sub(r" \((\w+)\)", r"/\1", agrees).split(", ")
            assert {one.replace("/", ", ") for one in said} == words.agrees
