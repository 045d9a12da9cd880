"""`tracker plan` and `tracker sync` as installed, on the sample."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from tests.cli.sample import plain
from tests.support import ROOT, TRACKER
from tracker.errors import ExitCode
from tracker.launchpad.services import default_credentials_file, service_name


def test_a_first_sync_shows_its_plan_and_creates_bugs(sample, golden):
    planned = sample.run("plan")
    assert planned.code == 0
    golden("plan-first.txt", plain(planned.out))
    synced = sample.run("sync", "--yes")
    assert synced.code == 0
    golden("sync-first.txt", plain(synced.out))
    assert synced.err.splitlines()[-1] == "14 steps carried out"
    again = sample.run("sync", "--yes")
    assert (again.code, again.out) == (0, "Nothing to do: 6 actions in step.\n")


def test_plan_writes_nothing_anywhere(sample):
    before = {path: path.read_bytes() for path in (sample.folder / "sessions").rglob("*") if path.is_file()}
    sample.sandbox.requests.clear()
    sample.run("plan")
    after = {path: path.read_bytes() for path in (sample.folder / "sessions").rglob("*") if path.is_file()}
    assert before == after
    assert {method for method, _, _ in sample.sandbox.requests} == {"GET"}


def test_an_unchanged_sync_is_one_search_and_one_list_of_blueprints(sample):
    sample.run("sync", "--yes")
    sample.sandbox.requests.clear()
    sample.run("sync", "--yes")
    paths = [path for _, path, _ in sample.sandbox.requests]
    assert len(paths) == 2, paths
    assert "searchTasks" in paths[0]
    assert "all_specifications" in paths[1]


def test_a_conflict_is_shown_with_three_values_and_both_places(sample, golden):
    sample.run("sync", "--yes")
    sample.replace("status: in progress ", "status: done ")
    sample.elsewhere("push-notifications", status="Deferred")
    sample.replace("id: forbid-contract-migrations\n", "id: forbid-contract-migrations\n    status: done\n")
    sample.elsewhere("forbid-contract-migrations", status="Invalid")
    sample.elsewhere("review-pecan", status="In Progress", lead="armando")
    sample.replace("    # kept by hand until", "    due: 2016-11-30\n    # kept by hand until")
    answer = sample.run("sync", "--yes")
    assert answer.code == 4
    golden("sync-conflict.txt", plain(answer.out))
    assert "status: done " in sample.read()
    assert sample.run("plan").code == 0
    assert sample.run("plan", "--exit-code").code == 4
    settled = sample.run("sync", "--yes", "--prefer", "launchpad")
    assert settled.code == 0
    assert "status: dropped" in sample.read()
    assert "status: postponed " in sample.read()
    assert sample.run("plan", "--exit-code").code == 0


def test_exit_code_3_says_that_changes_wait(sample):
    assert sample.run("plan", "--exit-code").code == 3
    assert sample.run("plan").code == 0


def test_nobody_is_asked_where_nobody_can_answer(sample):
    answer = sample.run("sync")
    assert answer.code == 2
    assert "add --yes" in answer.err
    assert not [1 for method, _, _ in sample.sandbox.requests if method != "GET"]


def test_one_recap_can_be_named_by_its_id(sample):
    answer = sample.run("plan", "ocata/neutron-server-next")
    assert "3 bugs and 1 blueprint to create, 2 work items to add" in answer.out
    missing = sample.run("plan", "ocata/neutron")
    assert missing.code == 2
    assert "does not exist" in missing.err


def test_a_recap_with_errors_is_left_out_and_the_rest_goes_on(sample):
    other = sample.path.with_name("other.yaml")
    other.write_text("title: other\ndate: 2016-13-01\nactions:\n  - {id: a, title: b, bug: new}\n")
    answer = sample.run("sync", "--yes")
    assert answer.code == 1
    assert "other.yaml:2:7: error[R015]" in answer.err
    assert "created bug 3" in answer.out
    assert "bug: new" in other.read_text()


def test_a_limit_stops_before_anything_is_written(sample):
    settings = sample.folder / "sessions" / "tracker.yaml"
    settings.write_text(settings.read_text() + "limits: {create: 3}\n")
    answer = sample.run("sync", "--yes")
    assert answer.code == 1
    assert "creates 3 bugs and 1 blueprint, more than the limit of 3" in answer.err
    assert "--force create" in answer.err
    assert not [1 for method, _, _ in sample.sandbox.requests if method != "GET"]
    assert sample.run("sync", "--yes", "--force", "create").code == 0
    assert sample.run("sync", "--yes", "--force", "everything").code == 2


def test_refused_fields_answer_5_and_are_not_news_the_next_time(sample):
    sample.replace("id: review-pecan\n", "id: review-pecan\n    milestone: pike-9\n")
    answer = sample.run("sync", "--yes")
    assert answer.code == 5
    assert "refused  ocata/neutron-server-next#review-pecan: milestone" in answer.out
    assert "  help: correct in the recap what was refused, or try it again with --retry-refused\n" in answer.err
    again = sample.run("sync", "--yes")
    assert again.code == 0
    assert "is not tried again" in again.out
    assert again.out.endswith(
        "1 left as told above.\n"
        "What Launchpad refused before: correct it in the recap, or try it again with --retry-refused.\n"
    )
    sample.replace("    milestone: pike-9\n", "")
    assert "refused" not in sample.run("plan").out


def test_without_an_account_plan_works_and_sync_refuses(sample):
    (sample.folder / ".sandbox" / "credentials").unlink()
    assert sample.run("plan").code == 0
    answer = sample.run("sync", "--yes")
    assert answer.code == 5
    assert "nobody is logged in" in answer.err
    assert not [1 for method, _, _ in sample.sandbox.requests if method != "GET"]


def test_a_bad_token_is_one_message_without_a_browser(sample):
    path = sample.folder / ".sandbox" / "credentials"
    text = path.read_text()
    secret = next(line.split("= ")[1] for line in text.splitlines() if line.startswith("access_secret"))
    path.write_text(text.replace(secret, "no-such-secret"))
    answer = sample.run("--debug", "plan")
    assert answer.code == 5
    assert "does not accept the credentials" in answer.err
    assert "no-such-secret" not in answer.out + answer.err


def test_secrets_never_appear(sample):
    text = (sample.folder / ".sandbox" / "credentials").read_text()
    secrets = [
        line.split("= ")[1] for line in text.splitlines() if line.startswith(("access_secret", "access_token"))
    ]
    answer = sample.run("--debug", "sync", "--yes")
    assert "GET http" in answer.err
    for secret in secrets:
        assert secret not in answer.out + answer.err


def test_launchpad_out_of_reach_is_one_message(sample):
    (sample.folder / ".sandbox" / "address").write_text("http://127.0.0.1:9/\n")
    answer = sample.run("plan")
    assert answer.code == 5
    assert answer.err.count("error:") == 1
    assert "cannot be reached" in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    ("setting", "said"),
    [("elsewhere", "unknown service"), ("", "names no service"), ("ftp://example.org/", "unknown service")],
)
def test_a_service_that_is_none_is_one_message(sample, setting, said):
    settings = sample.folder / "sessions" / "tracker.yaml"
    settings.write_text(settings.read_text().replace("service: sandbox", f"service: {setting}"))
    answer = sample.run("plan")
    assert answer.code == 1
    assert said in answer.err


def test_hostile_text_from_launchpad_cannot_move_the_cursor(sample):
    sample.run("sync", "--yes")
    bug = sample.somebody.fetch_bug(sample.bugs["forbid-contract-migrations"])
    sample.somebody.update_bug(bug, title="red \x1b[31m alert \u202e ltr \x07")
    answer = sample.run("sync", "--yes")
    assert answer.code == 0
    assert "\x1b" not in answer.out
    assert "\u202e" not in answer.out
    assert sample.run("check").code == 0
    table = sample.run("status").out
    assert "\x1b" not in table
    assert "\\x1b[31m alert" in table
    values = json.loads(sample.run("status", "--format", "json").out)
    assert values[2]["title"] == "red \x1b[31m alert \u202e ltr \x07"


def test_the_demo_plays_the_whole_story(tracker, tmp_path, golden):
    answer = tracker("demo", "played", PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    assert answer.code == 0, answer.err
    golden("demo.txt", plain(answer.out))
    assert answer.out.count("[sandbox-somebody] write down how to upgrade: TODO\n") == 2  # before a sync, and after
    assert tracker("status", cwd=tmp_path / "played").code == 0
    again = tracker("demo", "played")
    assert again.code == 2
    assert again.err == (
        "error: played is not empty\n  help: name a folder that is new or empty: tracker demo OTHER\n"
    )
    assert (ROOT / "sessions").is_dir()


def test_actions_that_are_gone_are_told_also_when_none_is_left(sample):
    sample.run("sync", "--yes")
    head, _, _ = sample.read().partition("actions:")
    sample.path.write_text(head + "actions:\n  - {id: by-hand, title: kept by hand}\n")
    answer = sample.run("plan")
    assert answer.code == 0
    assert "push-notifications" in answer.out
    assert "the recap has no such action any more; bug" in answer.out


def test_a_conflict_that_comes_up_while_writing_answers_4(sample, monkeypatch, capsys):
    from tracker.cli.sync import sync
    from tracker.sync import apply
    from tracker.sync.events import Event, Kind

    def leave(work, _plan):
        work.gateway.close()
        yield Event(Kind.CONFLICT, "a#b", "status was left")

    monkeypatch.chdir(sample.folder)
    monkeypatch.setattr(apply, "apply_plan", leave)
    with pytest.raises(typer.Exit) as ended:
        sync(yes=True)
    assert ended.value.exit_code == ExitCode.CONFLICTS
    assert "1 conflict left: correct a side, or add --prefer recap or --prefer launchpad\n" in capsys.readouterr().err


def test_a_first_sync_says_once_that_what_it_remembers_belongs_into_git(sample):
    said = "commit sessions/.synced with the recaps: it has what both sides agreed on, for whoever syncs next\n"
    chosen = ("sync", "--yes", "--only", "review-pecan")
    assert said not in sample.run(*chosen).err  # the sandbox is on this machine alone
    settings = sample.folder / "sessions" / "tracker.yaml"
    settings.write_text(settings.read_text().replace("service: sandbox", f"service: {sample.sandbox.root}"))
    account = default_credentials_file(service_name(sample.sandbox.root))
    account.parent.mkdir(parents=True)
    shutil.copy(sample.folder / ".sandbox" / "credentials", account)
    shutil.rmtree(sample.folder / "sessions" / ".synced")
    assert sample.run(*chosen).err.count(said) == 1
    sample.elsewhere("review-pecan", status="In Progress")
    assert said not in sample.run(*chosen).err
    assert "status: in progress" in sample.read()


def test_what_is_left_is_not_counted_as_in_step(sample):
    sample.run("sync", "--yes")
    sample.replace("bug: 3", "bug: 3333")
    answer = sample.run("plan")
    assert answer.code == 1
    assert "does not show bug 3333" in answer.out
    assert "Nothing to do: 5 actions in step, 1 left as told above." in answer.out


def test_the_text_of_new_bugs_can_be_read_before_it_is_sent(sample):
    short = sample.run("plan")
    assert "--texts shows" in short.out
    full = sample.run("plan", "--texts")
    assert "      | Agreed in the session" in full.out
    assert "      | summit-tracker action: ocata/neutron-server-next#review-pecan" in full.out
    assert "      | summit-tracker action: ocata/neutron-server-next#push-notifications" in full.out


def test_the_demo_keeps_the_account_of_another_service_out(tracker, tmp_path):
    account = tmp_path / "production.credentials"
    account.write_text("[1]\nconsumer_key = a\nconsumer_secret =\naccess_token = b\naccess_secret = c\n")
    account.chmod(0o600)
    answer = tracker("demo", "a folder", TRACKER_CREDENTIALS=str(account))
    assert answer.code == 0, answer.err
    assert "cd 'a folder' && " in answer.out


def test_a_sync_whose_reader_leaves_goes_on_to_its_end(sample):
    script = f"{TRACKER} sync --yes | head -n 1"
    done = subprocess.run(["bash", "-c", script], cwd=sample.folder, capture_output=True, text=True, check=False)
    assert done.stdout == "ocata/neutron-server-next\n"
    assert "Traceback" not in done.stderr
    assert "bug: new" not in sample.read()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("where", [">/dev/full", ">&-"])
def test_an_output_that_takes_nothing_is_no_trace(sample, where):
    script = f"{TRACKER} status {where}"
    done = subprocess.run(["bash", "-c", script], cwd=sample.folder, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert ("cannot be written" in done.stderr) == (where == ">/dev/full")
