"""The hook that recap repositories use, run by pre-commit itself in real git repositories."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT

BIN = Path(sys.executable).parent
GOOD = "title: t\ndate: 2016-10-28\n"
UNFIXED = GOOD + "actions:\n- title: push notifications\n  status: Done\n"


@pytest.fixture(autouse=True)
def _environment(tmp_path, monkeypatch):
    for name in ("GIT_AUTHOR", "GIT_COMMITTER"):
        monkeypatch.setenv(f"{name}_NAME", "Nobody")
        monkeypatch.setenv(f"{name}_EMAIL", "nobody@example.org")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "pre-commit"))
    monkeypatch.setenv("PATH", f"{BIN}{os.pathsep}{os.environ['PATH']}")


def git(folder, *words):
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def make_repository(folder):
    folder.mkdir(exist_ok=True)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "a commit")
    return git(folder, "rev-parse", "HEAD")


class RecapRepository:
    """A recap repository with the hook."""

    def __init__(self, folder, hooks, revision, *args):
        self.folder = folder
        make_repository(folder)
        hook = f"{{id: tracker-check, args: [{', '.join(args)}]}}"
        self.put(".pre-commit-config.yaml", f"repos:\n- repo: {hooks}\n  rev: {revision}\n  hooks: [{hook}]\n")
        self.put("sessions/tracker.yaml", "tag: summit\nproject: example\n")
        self.put("sessions/ocata/one.yaml", GOOD)

    def put(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        git(self.folder, "add", name)

    def run(self):
        done = subprocess.run(
            [BIN / "pre-commit", "run", "--color", "never"],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def recaps(tmp_path):
    """Make a recap repository whose hook is the installed command, so that nothing is installed for it."""

    def make(*args):
        hooks = tmp_path / "hooks"
        hooks.mkdir()
        text = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
        assert "language: python\n" in text
        (hooks / ".pre-commit-hooks.yaml").write_text(text.replace("language: python\n", "language: system\n"))
        return RecapRepository(tmp_path / "recaps", hooks, make_repository(hooks), *args)

    return make


def test_a_commit_with_a_bad_recap_is_refused_with_its_problem(recaps):
    repository = recaps()
    code, said = repository.run()
    assert (code, "Passed" in said) == (0, True), said
    repository.put("sessions/ocata/one.yaml", "title: t\n")
    code, said = repository.run()
    assert code == 1
    assert "sessions/ocata/one.yaml:1:1: error[R011]: `date` is missing" in said


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sessions/people.yaml", "people: {a: {}}\n"),
        ("sessions/ocata/one.yml", GOOD),
        ("sessions/.synced/production/ocata/one.jsonl", "<<<<<<< HEAD\n"),
    ],
)
def test_every_file_that_check_reads_is_looked_at(recaps, name, text):
    repository = recaps()
    git(repository.folder, "commit", "-q", "-m", "good")
    repository.put(name, text)
    code, said = repository.run()
    assert (code, "error[" in said) == (1, True), said


def test_a_commit_of_something_else_is_not_looked_at(recaps):
    repository = recaps()
    git(repository.folder, "commit", "-q", "-m", "good")
    repository.put("docs/notes.yaml", "a: b\n")
    code, said = repository.run()
    assert (code, "Skipped" in said) == (0, True), said


def test_flags_can_be_given_to_it(recaps):
    repository = recaps("--fix", "--changed")
    repository.put("sessions/ocata/one.yaml", UNFIXED)
    code, said = repository.run()
    assert (code, "files were modified by this hook" in said) == (1, True), said
    assert "fixed sessions/ocata/one.yaml:4:3: id: push-notifications" in said
    git(repository.folder, "add", "-A")
    assert repository.run()[0] == 0


@pytest.mark.slow  # pip fetches what the tracker needs
def test_pre_commit_installs_it_from_this_repository(tmp_path):
    hooks = tmp_path / "hooks"
    for name in ("tracker", "sessions"):
        shutil.copytree(ROOT / name, hooks / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, hooks / name)
    repository = RecapRepository(tmp_path / "recaps", hooks, make_repository(hooks))
    code, said = repository.run()
    assert (code, "Passed" in said) == (0, True), said
    repository.put("sessions/ocata/one.yaml", "title: t\n")
    code, said = repository.run()
    assert code == 1
    assert "error[R011]" in said
