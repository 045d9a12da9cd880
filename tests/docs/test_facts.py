"""The page of Launchpad's facts names every contract test, and nothing that is not there."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.support import ROOT, TESTS

PAGE = ROOT / "docs" / "launchpad-facts.md"
DEVELOPMENT = ROOT / "docs" / "development.md"
ROW = re.compile(r"^\| (?P<fact>.+?) \| (?P<modules>.+?) \| (?P<tests>.+?) \|$", re.MULTILINE)
HEADS = {"fact", "---"}


def rows():
    return [match for match in ROW.finditer(PAGE.read_text(encoding="utf-8")) if match["fact"] not in HEADS]


def named_tests():
    return [name for row in rows() for name in re.findall(r"`(\w+\.py::\w+)`", row["tests"])]


def written_tests(pattern):
    for path in (TESTS / "launchpad").glob(pattern):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield f"{path.name}::{node.name}"


def test_every_contract_test_holds_a_fact_of_the_page():
    assert set(written_tests("test_contract_*.py")) - set(named_tests()) == set()


def test_every_test_that_the_page_names_is_there_and_is_named_once():
    named = named_tests()
    assert set(named) - set(written_tests("test_*.py")) == set()
    assert sorted(named) == sorted(set(named))


def test_every_module_that_the_page_names_is_there():
    for row in rows():
        modules = re.findall(r"`([\w.]+)`", row["modules"])
        assert ", ".join(f"`{module}`" for module in modules) == row["modules"]
        for module in modules:
            assert (ROOT / "tracker" / f"{module.replace('.', '/')}.py").is_file(), module


def test_the_page_is_found_from_that_of_working_on_it():
    assert "](launchpad-facts.md)" in DEVELOPMENT.read_text(encoding="utf-8")


def test_the_contract_tests_run_against_a_service_of_its_own_as_the_page_says():
    (line,) = re.findall(r"^ +(\.venv/bin/python -m tests\.launchpad\.contract .+)$", DEVELOPMENT.read_text(), re.M)
    # One file stands for all, and this environment for .venv.
    command = line.replace("test_contract_*.py", "test_contract_authorizing.py").replace(
        ".venv/bin", str(Path(sys.executable).parent)
    )
    assert command != line
    # A run of the tests within one is not to be measured with it.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert " passed in " in done.stdout
