"""A plan that is kept, reviewed, and carried out as it was: `plan --out` and `sync --plan`, as installed."""

import json
import os
import re

import pytest
from typer.testing import CliRunner

from tests.cli.sample import plain
from tracker.cli import app
from tracker.errors import TrackerError


@pytest.fixture
def kept(synced):
    """The sample, synced, then moved on both sides, with the plan of that kept."""
    synced.replace("status: in progress ", "status: done ")
    synced.elsewhere("forbid-contract-migrations", status="In Progress", lead="armando")
    assert synced.run("plan", "--out", "plan.json").code == 0
    return synced


def writes(sample):
    return [(method, path) for method, path, _ in sample.sandbox.requests if method != "GET"]


def files(sample):
    return {path: path.read_bytes() for path in (sample.folder / "sessions").rglob("*") if path.is_file()}


def refused(sample, *words, code=1):
    """Run a sync that must not do anything, and return what it says."""
    before = files(sample)
    sample.sandbox.requests.clear()
    answer = sample.run("sync", *words)
    assert answer.code == code, answer.out + answer.err
    assert not writes(sample)
    assert files(sample) == before
    assert answer.err.count("error:") == 1
    assert "Traceback" not in answer.err
    return answer.out + answer.err


def path_of(sample):
    return sample.folder / "plan.json"


def test_a_first_plan_can_be_read_in_a_file(sample, golden):
    answer = sample.run("plan", "--out", "plan.json")
    assert answer.code == 0
    text = path_of(sample).read_text()
    golden("plan-file.json", re.sub('"digest": "[0-9a-f]{64}"', '"digest": "DIGEST"', plain(text)))
    assert text.endswith("}\n")
    assert "tracker sync --plan plan.json" in answer.err
    golden("plan-first.txt", plain(answer.out))


def test_a_reviewed_plan_is_carried_out_without_asking(kept):
    answer = kept.run("sync", "--plan", "plan.json")
    assert answer.code == 0, answer.err
    assert "< recap: owner ihar -> armando" in answer.out
    done = "done     ocata/neutron-server-next#push-notifications: "
    assert f"{done}blueprint push-notifications: status Started -> Implemented" in answer.out
    assert kept.run("plan", "--exit-code").code == 0


def test_the_same_plan_is_the_same_file(kept):
    first = path_of(kept).read_bytes()
    kept.run("plan", "--out", "plan.json")
    assert path_of(kept).read_bytes() == first
    assert kept.run("plan", "--out", "-").out.encode() == first


def test_a_plan_that_holds_no_more_is_shown_step_by_step_and_nothing_is_written(kept, golden):
    kept.elsewhere("push-notifications", status="Blocked")
    kept.elsewhere("forbid-contract-migrations", status="Fix Committed", lead="artur")
    kept.replace("    title: clarify if an older", "    importance: High\n    title: clarify if an older")
    kept.replace("    # kept by hand until", "    bug: new\n    # kept by hand until")
    said = refused(kept, "--plan", "plan.json", code=3)
    golden("plan-differs.txt", plain(said))
    assert "nothing was changed" in said


def test_a_plan_that_was_carried_out_is_not_carried_out_again(kept):
    assert kept.run("sync", "--plan", "plan.json").code == 0
    assert "only" not in refused(kept, "--plan", "plan.json", "--yes", code=3)


def test_a_plan_of_nothing_is_a_plan_too(synced):
    assert synced.run("plan", "--out", "plan.json").code == 0
    answer = synced.run("sync", "--plan", "plan.json")
    assert (answer.code, answer.out) == (0, "Nothing to do: 6 actions in step.\n")
    synced.elsewhere("forbid-contract-migrations", status="In Progress")
    refused(synced, "--plan", "plan.json", code=3)


def test_a_change_of_a_new_bugs_text_is_a_difference(sample):
    sample.run("plan", "--out", "plan.json")
    sample.replace("    topic: Push notifications\n", "    topic: Push notifications\n    notes: one line more\n")
    said = refused(sample, "--plan", "plan.json", code=3)
    assert "+ create, description: one line more" in said


def test_a_file_that_was_altered_is_refused(kept):
    text = path_of(kept).read_text()
    path_of(kept).write_text(text.replace('"Implemented"', '"Invalid"', 1))
    assert "it was altered" in refused(kept, "--plan", "plan.json")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "it is no JSON"),
        (b"\xff\xfe{}", "it is not UTF-8"),
        (b'{"a":' * 100_000, "it is nested too deep"),
        (b" " * 32_000_001, "it has 32,000,001 bytes, more than 32,000,000"),
    ],
    ids=["empty", "UTF-16", "deep", "large"],
)
def test_a_file_that_is_no_plan_is_refused(tracker, tmp_path, data, said):
    (tmp_path / "sessions").mkdir()
    (tmp_path / "plan.json").write_bytes(data)
    answer = tracker("sync", "--plan", "plan.json")
    assert answer.code == 1
    assert answer.err.count("error:") == 1
    assert f'the plan "plan.json" cannot be carried out: {said}' in answer.err


def test_a_file_that_cannot_be_read_is_refused(sample):
    remedy = "help: name the file that `tracker plan --out` wrote"
    missing = refused(sample, "--plan", "plan.json", code=2)
    path_of(sample).mkdir()
    folder = refused(sample, "--plan", "plan.json")
    assert ("does not exist" in missing, "cannot be read: is a directory" in folder) == (True, True)
    assert (remedy in missing, remedy in folder) == (True, True)


@pytest.mark.parametrize("words", [("send", "kept"), ("sync", "--plan", "kept")])
def test_a_file_that_may_not_be_read_is_one_message_of_the_trackers_own(tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sessions").mkdir()
    (tmp_path / "sessions" / "tracker.yaml").write_text("tag: summit\n")
    (tmp_path / "kept").write_text("x\n")
    # As for anybody but root, who may read everything.
    monkeypatch.setattr(os, "access", lambda path, mode: path != "kept" or not mode & os.R_OK)
    told = CliRunner().invoke(app, words).exception
    assert isinstance(told, TrackerError)
    assert told.remedy


def test_a_plan_of_another_repository_is_refused(kept):
    settings = kept.folder / "sessions" / "tracker.yaml"
    text = settings.read_text()
    tag = re.search("^tag: ([a-z-]+)", text, re.MULTILINE)[1]
    settings.write_text(text.replace(f"tag: {tag}", "tag: another-tag"))
    assert f'it is of tag "{tag}", and this is "another-tag"' in refused(kept, "--plan", "plan.json")
    settings.write_text(text.replace("project: neutron", "project: nova"))
    assert 'it is of project "neutron", and this is "nova"' in refused(kept, "--plan", "plan.json")


def rewrite(sample, **changes):
    """Make the file one that the tracker could have written elsewhere."""
    from tracker.sync.plan_file import _digest

    values = {**json.loads(path_of(sample).read_text()), **changes}
    del values["digest"]
    path_of(sample).write_text(json.dumps({**values, "digest": _digest(values)}))


def test_a_plan_of_another_service_is_refused(kept):
    rewrite(kept, service="production")
    assert 'it is of service "production", and this is "sandbox"' in refused(kept, "--plan", "plan.json")


def test_a_plan_of_another_account_is_refused(kept):
    rewrite(kept, account="somebody-else")
    assert 'it is of account "somebody-else"' in refused(kept, "--plan", "plan.json")


def test_a_plan_that_nobody_made_is_for_everybody(kept):
    account = kept.folder / ".sandbox" / "credentials"
    secret = account.read_bytes()
    account.unlink()
    assert "nobody is logged in" in refused(kept, "--plan", "plan.json", code=5)
    kept.run("plan", "--out", "plan.json")
    assert json.loads(path_of(kept).read_text())["account"] == ""
    assert "nobody is logged in" in refused(kept, "--plan", "plan.json", code=5)
    account.write_bytes(secret)
    account.chmod(0o600)
    assert kept.run("sync", "--plan", "plan.json").code == 0


def test_hostile_steps_of_a_file_cannot_move_the_cursor(kept):
    rewrite(kept, actions={"a#b\x1b[31m": {"x\x1b]0;": {"outcome": "\x07", "\x9b": ["\u202e", None, 1]}, "y": {}}})
    said = refused(kept, "--plan", "plan.json", code=3)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", said)
    assert "a#b\\x1b[31m" in said


def test_what_came_from_launchpad_cannot_hide_in_a_plan_file(kept):
    bug = kept.somebody.fetch_bug(kept.bugs["forbid-contract-migrations"])
    kept.somebody.update_bug(bug, title="red \x1b[31m ##[error] \u202e ltr")
    kept.run("plan", "--out", "plan.json")
    text = path_of(kept).read_text()
    assert "red \\u001b[31m ##\\u005berror] \\u202e ltr" in text
    assert kept.run("sync", "--plan", "plan.json").code == 0


def test_a_plan_has_the_recaps_and_options_that_it_was_made_with(kept):
    other = kept.path.with_name("other.yaml")
    other.write_text("title: other\ndate: 2016-10-28\nactions:\n  - {id: a, title: b, bug: new}\n")
    kept.elsewhere("push-notifications", status="Deferred")
    made = kept.run("plan", "ocata/neutron-server-next", "--prefer", "launchpad", "--out", "plan.json")
    assert made.code == 0
    answer = kept.run("sync", "--plan", "plan.json")
    assert answer.code == 0, answer.out + answer.err
    assert "status: postponed" in kept.read()
    assert "bug: new" in other.read_text()


def test_a_plan_of_chosen_actions_and_fields_is_carried_out_for_those_alone(kept):
    made = kept.run("plan", "--only", "push-notifications", "--field", "status", "--out", "plan.json")
    assert made.code == 0, made.err
    answer = kept.run("sync", "--plan", "plan.json")
    assert answer.code == 0, answer.out + answer.err
    assert "1 step carried out" in answer.err
    assert kept.read().count("owner: armando") == 1


def test_beside_a_plan_nothing_else_is_named(kept):
    others = (["ocata/neutron-server-next"], ["--prefer", "recap"], ["--retry-refused"], ["--only", "a"])
    for words in (*others, ["--field", "owner"]):
        assert "--plan stands alone" in refused(kept, "--plan", "plan.json", *words, code=2)


def test_a_recap_that_is_gone_is_a_difference(kept):
    kept.run("plan", "ocata/neutron-server-next", "--out", "plan.json")
    kept.path.rename(kept.path.with_suffix(".txt"))
    assert "is not what a sync would do now" in refused(kept, "--plan", "plan.json", code=3)


def test_a_plan_is_written_over_a_plan_and_over_nothing_else(sample):
    for data in (b"title: a recap\n", b"{}", b'{"kind": 1}', b"\xff"):
        path_of(sample).write_bytes(data)
        answer = sample.run("plan", "--out", "plan.json")
        assert answer.code == 2
        assert "what stands there is no plan" in answer.err
        assert path_of(sample).read_bytes() == data
    for data in (b"", b'{"kind": "plan of summit-tracker"}'):
        path_of(sample).write_bytes(data)
        assert sample.run("plan", "--out", "plan.json").code == 0
        assert json.loads(path_of(sample).read_text())["digest"]


def test_a_place_for_no_plan_is_one_message(sample):
    os.mkfifo(sample.folder / "pipe")
    (sample.folder / "note.txt").write_text("x")
    for target in ("cache", "pipe", "no/such/folder/plan.json", "note.txt/x"):
        answer = sample.run("plan", "--out", target)
        assert answer.code == 2
        assert answer.err.count("error:") == 1
        assert "cannot be written" in answer.err


@pytest.mark.parametrize(
    "target",
    [
        "sessions/.synced/sandbox/ocata/new.jsonl",
        "sessions/ocata/new.yaml",
        "sessions/.tracker.lock",
        "sessions/.tracker-x.tmp",
        "sessions/plan.json",
        "sessions",
        "link/new.yaml",
        "plan-link.json",
        "other/sessions/new.yaml",
        "linked/sessions/new.yaml",
        "no/../sessions/new.yaml",
    ],
)
def test_no_plan_is_kept_among_recaps(sample, target):
    (sample.folder / "link").symlink_to(sample.path.parent)
    (sample.folder / "plan-link.json").symlink_to(sample.path.with_name("new.yaml"))
    for other in (sample.folder / "other" / "sessions", sample.folder / "kept-elsewhere"):
        other.mkdir(parents=True)
        (other / "tracker.yaml").write_text("tag: other\n")
    (sample.folder / "linked").mkdir()
    (sample.folder / "linked" / "sessions").symlink_to(sample.folder / "kept-elsewhere")
    before = sorted(sample.folder.rglob("*"))
    answer = sample.run("plan", "--out", target)
    assert (answer.code, answer.out) == (2, "")
    assert f'error: "{target}" cannot be used: ' in answer.err
    assert "is for recaps alone" in answer.err
    assert "help: name a place outside of that folder" in answer.err
    assert sorted(sample.folder.rglob("*")) == before


def test_recaps_that_are_kept_elsewhere_are_kept_from_plans_too(sample):
    real = sample.folder / "somewhere"
    (sample.folder / "sessions").rename(real)
    (sample.folder / "sessions").symlink_to(real)
    for target in ("sessions/plan.json", "somewhere/plan.json", "somewhere/ocata/plan.json"):
        assert sample.run("plan", "--out", target).code == 2
    assert sample.run("plan", "--out", "plan.json").code == 0


def test_within_the_recaps_a_plan_is_kept_outside_of_them(sample):
    assert sample.run("plan", "--out", "../plan.json", cwd=sample.folder / "sessions").code == 0
    assert json.loads(path_of(sample).read_text())["digest"]


def test_a_plan_without_an_action_is_kept(sample):
    sample.path.unlink()
    assert sample.run("plan", "--out", "plan.json").code == 0
    assert sample.run("sync", "--plan", "plan.json").code == 0
