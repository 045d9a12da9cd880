"""`tracker init` as installed: a repository to begin with, which overwrites nothing and passes `tracker check`."""

import fnmatch
import os
import re
import signal

import pytest
import yaml

from tests.cli.test_terminal import terminal
from tracker.cli import init as command
from tracker.errors import TrackerError
from tracker.launchpad.services import SANDBOX_FOLDER
from tracker.recap import files
from tracker.sync import lock

SCHEMAS = [f"sessions/.schema/{file}.json" for file in ("recap", "people", "tracker")]
FILES = ["sessions/tracker.yaml", "sessions/people.yaml", *SCHEMAS, ".gitignore", ".pre-commit-config.yaml"]


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def uncomment(text):
    """Take the sign off the examples: what goes on as YAML does, and not as prose, `# a word`."""
    return re.sub(r"^#(?! \S)", "", text, flags=re.MULTILINE)


def test_a_new_repository_says_what_it_has_and_passes_the_check(tracker, tmp_path, golden):
    answer = tracker("init", "--project", "neutron", "--tag", "summit-actions")
    assert answer.code == 0
    made = "\n".join(f"=== {name}\n{(tmp_path / name).read_text()}" for name in FILES if name not in SCHEMAS)
    golden("init.txt", f"{answer.out}--- stderr\n{answer.err}{made}")
    assert sorted(contents(tmp_path)) == sorted(FILES)
    assert (tracker("check").code, tracker("check").err) == (0, "0 recaps checked: no problems\n")


def test_every_example_in_the_files_counts_when_its_sign_is_taken_off(tracker, tmp_path):
    tracker("init")
    for name in ("tracker.yaml", "people.yaml"):
        path = tmp_path / "sessions" / name
        before = path.read_text()
        path.write_text(uncomment(before))
        assert path.read_text() != before
    answer = tracker("check")
    assert (answer.code, answer.out) == (0, "")
    assert "mara" in tracker("people").out


def test_an_editor_is_told_where_the_schema_of_each_file_is(tracker, tmp_path):
    tracker("init")
    for name in ("tracker", "people"):
        path = tmp_path / "sessions" / f"{name}.yaml"
        (schema,) = re.findall(r"^# yaml-language-server: \$schema=(.+)$", path.read_text(), re.MULTILINE)
        assert (path.parent / schema).read_text() == tracker("schema", name).out
    assert (tmp_path / SCHEMAS[0]).read_text() == tracker("schema", "recap").out


def test_a_second_run_changes_nothing(tracker, tmp_path):
    tracker("init")
    before = contents(tmp_path)
    answer = tracker("init")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines() == [f"stays  {name}" for name in FILES]
    assert contents(tmp_path) == before


@pytest.mark.parametrize("present", [FILES, *([name] for name in FILES)], ids="+".join)
def test_what_is_there_stays_as_it_is_and_is_said_so(tracker, tmp_path, present):
    for name in present:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("# mine\n")
    answer = tracker("init")
    assert answer.code == 0
    lines = answer.out.splitlines()
    for name in FILES:
        assert f"{'stays' if name in present else 'made '}  {name}" in lines
        assert ((tmp_path / name).read_text() == "# mine\n") == (name in present)
    assert ("Add to .gitignore:" in lines) == (".gitignore" in present)
    assert any(line.startswith("Add to `repos` in") for line in lines) == (".pre-commit-config.yaml" in present)


def test_a_link_to_nothing_stays(tracker, tmp_path):
    (tmp_path / "sessions").mkdir()
    (tmp_path / "sessions" / "people.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    assert "stays  sessions/people.yaml" in tracker("init").out
    assert not (tmp_path / "elsewhere.yaml").exists()


def test_only_the_lines_that_are_missing_are_asked_for(tracker, tmp_path):
    (tmp_path / ".gitignore").write_text("build/\n.sandbox/\n")
    (tmp_path / ".pre-commit-config.yaml").write_text(
        "repos:\n  - hooks:\n      - entry: tracker check --format text\n"
    )
    out = tracker("init").out
    assert "Add to .gitignore:\n\n.tracker.lock\n.tracker-*.tmp\n" in out
    assert "`repos`" not in out


def test_options_that_are_not_used_are_told(tracker):
    tracker("init", "--tag", "first-tag")
    answer = tracker("init", "--tag", "second-tag", "--list", "dev")
    assert answer.code == 0
    assert "`--tag` is not used: sessions/tracker.yaml is there already" in answer.err
    assert "`--list` is not used" in answer.err


def test_without_a_terminal_it_takes_the_options_and_the_defaults_and_never_waits(tracker, tmp_path):
    answer = tracker("init", "recaps/here", "--list", "yes: #dev", "--service", "https://lp.example.org/")
    assert answer.code == 0
    settings = (tmp_path / "recaps" / "here" / "sessions" / "tracker.yaml").read_text()
    for line in ('list: "yes: #dev"', "service: https://lp.example.org/", "tag: summit-actions", "#project: example"):
        assert f"\n{line}\n" in settings
    assert tracker("check", cwd=tmp_path / "recaps" / "here").code == 0
    tracker("init", "other")
    assert "\nservice: production\n" in (tmp_path / "other" / "sessions" / "tracker.yaml").read_text()


@pytest.mark.parametrize(
    "options",
    [
        ["--tag", "X"],
        ["--tag", ""],
        ["--project", "Not A Name"],
        ["--list", "  "],
        ["--list", "a\nb"],
        ["--list", "caf\udce9"],
        ["--service", "prod"],
        ["--service", "http://launchpad.example.org/"],
        ["--service", "https://launchpad.example.org/path"],
    ],
)
def test_a_wrong_option_makes_nothing_and_says_what_to_do(tracker, tmp_path, options):
    answer = tracker("init", *options)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"error: `{options[0]}`: ")
    assert "  help: " in answer.err
    assert contents(tmp_path) == {}


def test_the_ignored_lines_are_what_the_program_leaves():
    left = [SANDBOX_FOLDER, lock.FILE_NAME, f"{files._PREFIX}abc{files._SUFFIX}"]
    for name in left:
        assert any(fnmatch.fnmatch(name, line.rstrip("/")) for line in command._IGNORED), name


def test_the_hook_runs_for_every_file_of_a_repository(tracker, tmp_path):
    tracker("init")
    config = yaml.safe_load((tmp_path / ".pre-commit-config.yaml").read_text())
    (hook,) = config["repos"][0]["hooks"]
    assert (hook["entry"], hook["pass_filenames"]) == ("tracker check", False)
    for name in ("sessions/tracker.yaml", "sessions/ocata/next.yaml"):
        assert re.search(hook["files"], name)
    assert not re.search(hook["files"], "docs/sessions.md")


# On a terminal


def test_on_a_terminal_it_asks_for_what_no_option_says_and_again_after_a_wrong_answer(tmp_path):
    with terminal(tmp_path, "init", "--service", "sandbox") as at:
        at.wait_for("Tag of all bugs of this repository [summit-actions]:")
        at.answer("Not A Tag\n")
        at.wait_for("tags are two or more lower-case letters")
        at.answer("ocata-actions\n")
        at.wait_for("Project on Launchpad")
        at.answer("neutron\n")
        at.wait_for("Mailing list")
        at.answer("\n")
        at.wait_for("made   sessions/tracker.yaml")
        assert at.process.wait(10) == 0
    assert "Service" not in at.shown
    settings = (tmp_path / "sessions" / "tracker.yaml").read_text()
    for line in ("service: sandbox", "tag: ocata-actions", "project: neutron", "#list: example-dev"):
        assert f"\n{line}\n" in settings


@pytest.mark.parametrize("how", ["Ctrl-C", "end of input"])
def test_an_interrupt_at_a_question_leaves_nothing(tmp_path, how):
    with terminal(tmp_path, "init") as at:
        at.wait_for("Tag of all bugs" if how == "Ctrl-C" and at.answer("\n") is None else "Service")
        if how == "Ctrl-C":
            os.killpg(at.process.pid, signal.SIGINT)
        else:
            at.answer("\x04")
        assert at.process.wait(10) == 130
        assert "Traceback" not in at.shown
    assert contents(tmp_path) == {}
    assert not (tmp_path / "sessions").exists()


# What goes wrong


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
@pytest.mark.parametrize("after", range(3))
def test_whatever_ends_it_leaves_all_files_or_none(tmp_path, monkeypatch, error, after):
    create, made = files.create_file, []

    def fail_later(path, data):
        if len(made) == after:
            raise error
        create(path, data)
        made.append(path)

    monkeypatch.setattr(files, "create_file", fail_later)
    root = tmp_path / "new" / "folder"
    with pytest.raises((KeyboardInterrupt, TrackerError)) as caught:
        command._make({root / "sessions" / "one": "1", root / "two": "2", root / "three": "3", root / "four": "4"})
    if caught.type is TrackerError:
        assert "cannot be made: No space left on device" in caught.value.message
    assert not (tmp_path / "new").exists()


def test_a_file_where_a_folder_should_be_is_one_message(tracker, tmp_path):
    (tmp_path / "sessions").write_text("mine\n")
    answer = tracker("init")
    assert (answer.code, answer.out) == (2, "")
    assert "error: sessions" in answer.err
    assert contents(tmp_path) == {"sessions": b"mine\n"}


@pytest.mark.parametrize("folder", ["sessions", "sessions/ocata"])
def test_no_repository_is_made_inside_the_files_of_another(tracker, tmp_path, folder):
    tracker("init")
    (tmp_path / "sessions" / "ocata").mkdir()
    before = contents(tmp_path)
    answer = tracker("init", cwd=tmp_path / folder)
    assert (answer.code, answer.out) == (2, "")
    assert f"is inside the recap repository {tmp_path}" in answer.err
    assert contents(tmp_path) == before


def test_a_repository_above_is_told(tracker, tmp_path):
    tracker("init")
    answer = tracker("init", "inner")
    assert answer.code == 0
    assert f"there is a recap repository above: {tmp_path}/sessions" in answer.err
