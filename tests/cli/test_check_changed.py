"""`tracker check --changed` as installed, in real git repositories."""

import subprocess

import pytest

TOP = "title: t\ndate: 2016-10-28\n"
BAD = "title: t\n"


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A git repository whose commit has two bad recaps and the files beside them."""
    for name in ("GIT_AUTHOR", "GIT_COMMITTER"):
        monkeypatch.setenv(f"{name}_NAME", "Nobody")
        monkeypatch.setenv(f"{name}_EMAIL", "nobody@example.org")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    git(tmp_path, "init", "-q", "-b", "main")
    put(tmp_path, "tracker.yaml", "tag: summit\nproject: neutron\n")
    put(tmp_path, "people.yaml", "people: {ihar: {name: Ihar}}\n")
    put(tmp_path, "ocata/old.yaml", BAD)
    put(tmp_path, "ocata/other.yaml", BAD)
    commit(tmp_path)
    return tmp_path


def git(folder, *words):
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def put(folder, name, text):
    path = folder / "sessions" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def commit(folder, message="a commit"):
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)


def found(answer):
    return [line.split(":")[0] for line in answer.out.splitlines() if "error[" in line]


def test_without_a_change_no_recap_is_checked(tracker, repository):
    answer = tracker("check", "--changed")
    assert (answer.code, answer.out, answer.err) == (0, "", "0 recaps checked: no problems\n")


def test_staged_unstaged_and_untracked_recaps_are_checked_and_no_others(tracker, repository):
    put(repository, "ocata/old.yaml", BAD + "tldr: x\n")
    put(repository, "ocata/staged name.yaml", BAD)
    git(repository, "add", "sessions/ocata/staged name.yaml")
    put(repository, "pike/new.yaml", BAD)
    put(repository, "templates/t.yaml", BAD)
    put(repository, ".hidden/t.yaml", BAD)
    put(repository, "pike/notes.md", BAD)
    answer = tracker("check", "--changed")
    names = ["ocata/old", "ocata/staged name", "pike/new"]
    assert sorted(set(found(answer))) == [f"sessions/{name}.yaml" for name in names]
    assert answer.err.startswith("3 recaps checked: ")


def test_what_git_ignores_is_not_checked(tracker, repository):
    put(repository, "ocata/draft.yaml", BAD)
    (repository / ".gitignore").write_text("draft.yaml\n")
    assert tracker("check", "--changed").err.startswith("0 recaps checked")


def test_a_renamed_recap_is_checked_by_its_new_name_and_a_deleted_one_is_not(tracker, repository):
    git(repository, "mv", "sessions/ocata/old.yaml", "sessions/ocata/new.yaml")
    git(repository, "rm", "-q", "sessions/ocata/other.yaml")
    assert found(tracker("check", "--changed")) == ["sessions/ocata/new.yaml"]


@pytest.mark.parametrize("where", ["sessions", "sessions/ocata", "docs"])
def test_it_works_from_any_folder(tracker, repository, where):
    put(repository, "pike/new.yaml", BAD)
    (repository / where).mkdir(exist_ok=True)
    answer = tracker("check", "--changed", cwd=repository / where)
    assert answer.err == "1 recap checked: 1 error, 0 warnings\n"


def test_it_works_in_a_hook_of_git(tracker, repository):
    put(repository, "pike/new.yaml", BAD)
    hook = {"GIT_DIR": ".git", "GIT_INDEX_FILE": ".git/index.lock", "GIT_PREFIX": ""}
    assert tracker("check", "--changed", **hook).err == "1 recap checked: 1 error, 0 warnings\n"


def test_sessions_may_lie_deeper_in_the_repository(tracker, repository):
    (repository / "docs").mkdir()
    git(repository, "mv", "sessions", "docs/sessions")
    commit(repository)
    path = repository / "docs" / "sessions" / "ocata" / "old.yaml"
    path.write_text(BAD + "tldr: x\n")
    assert found(tracker("check", "--changed", cwd=repository / "docs")) == ["sessions/ocata/old.yaml"]


def test_since_a_commit_what_was_committed_later_is_checked_too(tracker, repository):
    put(repository, "pike/new.yaml", BAD)
    commit(repository)
    put(repository, "pike/newer.yaml", BAD)
    assert found(tracker("check", "--changed")) == ["sessions/pike/newer.yaml"]
    assert found(tracker("check", "--changed", "HEAD~1")) == ["sessions/pike/new.yaml", "sessions/pike/newer.yaml"]


def test_of_a_branch_only_its_own_changes_are_checked(tracker, repository):
    git(repository, "checkout", "-q", "-b", "topic")
    put(repository, "pike/new.yaml", BAD)
    commit(repository)
    git(repository, "checkout", "-q", "main")
    put(repository, "ocata/old.yaml", BAD + "tldr: x\n")
    commit(repository)
    git(repository, "checkout", "-q", "topic")
    assert found(tracker("check", "--changed", "main")) == ["sessions/pike/new.yaml"]


@pytest.mark.parametrize("name", ["people.yaml", "tracker.yaml"])
@pytest.mark.parametrize("is_deleted", [False, True])
def test_what_all_recaps_rest_on_makes_all_of_them_checked(tracker, repository, name, is_deleted):
    path = repository / "sessions" / name
    path.write_text(path.read_text() + "# more\n")
    if is_deleted:
        path.unlink()
    assert tracker("check", "--changed").err.startswith("2 recaps checked")


def test_a_changed_recap_is_held_against_all_others(tracker, repository):
    action = "actions: [{{id: a, title: {}, bug: 7}}]\n"
    put(repository, "ocata/old.yaml", TOP + action.format("first"))
    put(repository, "zulu/last.yaml", TOP + action.format("last"))
    commit(repository)
    put(repository, "ocata/old.yaml", TOP + action.format("again"))
    answer = tracker("check", "--changed")
    assert found(answer) == ["sessions/ocata/old.yaml"]
    assert 'bug 7 tracks "zulu/last#a" already' in answer.out


def test_of_a_changed_repository_within_all_recaps_are_checked(tracker, repository):
    for name in ("pike", ".hidden", "templates"):
        within = repository / "sessions" / name
        put(repository, f"{name}/one.yaml", BAD)
        git(within, "init", "-q")
        commit(within)
    git(repository, "-c", "advice.addEmbeddedRepo=false", "add", "-A")  # as a submodule is kept
    git(repository, "commit", "-q", "-m", "within")
    assert found(tracker("check", "--changed")) == []
    for name in ("pike", ".hidden", "templates"):
        put(repository, f"{name}/two.yaml", BAD)
    assert found(tracker("check", "--changed")) == ["sessions/pike/one.yaml", "sessions/pike/two.yaml"]


def test_in_a_repository_without_a_commit_everything_is_new(tracker, tmp_path):
    git(tmp_path, "init", "-q")
    put(tmp_path, "tracker.yaml", "tag: summit\nproject: neutron\n")
    put(tmp_path, "ocata/new.yaml", BAD)
    git(tmp_path, "add", "-A")
    assert found(tracker("check", "--changed")) == ["sessions/ocata/new.yaml"]


def refused(answer):
    assert (answer.code, answer.out) == (2, "")
    lines = answer.err.splitlines()
    assert lines[0].startswith("error: ")
    assert lines[-1].startswith("  help: ")
    assert len(lines) <= 3
    return lines[0]


def test_without_git_it_is_one_message(tracker, tmp_path):
    put(tmp_path, "tracker.yaml", "tag: summit\n")
    assert refused(tracker("check", "--changed")) == (
        f"error: git cannot tell what has changed in {tmp_path / 'sessions'}"
    )
    assert refused(tracker("check", "--changed", PATH="/nowhere")) == (
        "error: git cannot be started: No such file or directory"
    )


@pytest.mark.parametrize("name", ["nowhere", "--since=yesterday", "main..HEAD", ""])
def test_a_commit_that_is_not_there_is_one_message(tracker, repository, name):
    assert refused(tracker("check", "--changed", "--", name)).startswith("error: git knows no commit ")


def test_a_branch_without_a_common_commit_is_one_message(tracker, repository):
    git(repository, "checkout", "-q", "--orphan", "other")
    commit(repository, "another")
    assert refused(tracker("check", "--changed", "main")) == 'error: "main" and HEAD have no commit in common'


def test_recaps_are_not_named_beside_it(tracker, repository):
    assert refused(tracker("check", "--changed", "main", "ocata/old")) == (
        "error: `--changed` takes one commit, not 2 names"
    )
