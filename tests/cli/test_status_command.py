"""`tracker status` as installed, on the sample."""

import csv
import io
import json

import pytest
import tabulate

from tests.cli.sample import plain
from tests.support import TRACKER


@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_the_table_fits_the_terminal(sample, golden, columns):
    answer = sample.run("status", "--all", COLUMNS=str(columns))
    assert answer.code == 0
    golden(f"status-{columns}.txt", plain(answer.out))
    assert max(map(len, answer.out.splitlines())) <= max(columns, 76)  # narrower, words would be cut


def test_status_asks_no_server(sample):
    sample.sandbox.requests.clear()
    assert sample.run("status").code == 0
    assert sample.sandbox.requests == []


def test_what_was_synced_shows_its_bug_and_its_last_change(synced, golden):
    golden("status-synced.txt", plain(synced.run("status", COLUMNS="120").out))


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        (["--owner", "Ihar Hrachyshka"], ["forbid-contract-migrations", "model-live-migration"]),
        (["--owner", "ihrachys", "--owner", "armando"],
         ["forbid-contract-migrations", "model-live-migration", "neutron-lib-compatibility"]),
        (["--status", "in progress"], ["push-notifications"]),
        (["--cycle", "ocata", "--owner", "neutron-core"], ["review-ovo", "review-pecan"]),
        (["--session", "ocata/neutron-server-next", "--status", "done"], []),
    ],
)  # fmt: skip
def test_filters_combine(sample, filters, ids):
    answer = sample.run("status", *filters, "--format", "json")
    assert [row["id"] for row in json.loads(answer.out)] == ids


def test_open_actions_are_shown_unless_all_are_asked_for(sample):
    sample.replace("status: in progress ", "status: done ")
    assert "push-notifications" not in {row["id"] for row in json.loads(sample.run("status", "--format", "json").out)}
    every = json.loads(sample.run("status", "--all", "--format", "json").out)
    assert "push-notifications" in {row["id"] for row in every}


@pytest.mark.parametrize("table_format", sorted(tabulate.tabulate_formats))
def test_every_table_format_of_tabulate_works(sample, table_format):
    answer = sample.run("status", "--format", table_format)
    assert answer.code == 0
    assert "live" in answer.out


TARGETS = ("tracked_as", "bug", "blueprint", "work_item")


def targets(sample):
    rows = json.loads(sample.run("status", "--all", "--format", "json").out)
    return {row["id"]: tuple(row[key] for key in TARGETS) for row in rows}


def test_what_an_action_is_tracked_as_stands_under_the_key_of_the_recap(sample):
    before = targets(sample)
    assert before["review-pecan"] == ("bug: new", None, None, None)
    assert before["push-notifications"] == ("blueprint: new push-notifications", None, "push-notifications", None)
    assert before["model-live-migration"] == ("work item of online-upgrades", None, None, "online-upgrades")
    assert before["test-conversion-bugs"] == (None, None, None, None)
    assert sample.run("sync", "--yes").code == 0
    number = sample.bugs["review-pecan"]
    after = targets(sample)
    assert after["review-pecan"] == (f"bug {number}", number, None, None)
    assert after["push-notifications"] == ("blueprint push-notifications", None, "push-notifications", None)
    assert after["model-live-migration"] == before["model-live-migration"]


def test_csv_has_a_line_an_action(sample):
    rows = list(csv.DictReader(io.StringIO(sample.run("status", "--format", "csv").out)))
    assert len(rows) == 7
    assert rows[3]["owner"] == "artur, ihar"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--format", "excel"], 'unknown format "excel"'),
        (["--owner", "kevn"], 'unknown owner "kevn"'),
        (["--status", "finished"], 'unknown status "finished"'),
        (["--session", "ocata/none"], 'no recap "ocata/none"'),
        (["--cycle", "pike"], 'no cycle "pike"'),
    ],
)
def test_what_is_not_understood_is_one_message(sample, words, said):
    answer = sample.run("status", *words)
    assert answer.code == 2
    assert said in answer.err
    assert "help:" in answer.err


def test_wide_characters_are_aligned(sample, golden):
    sample.replace("proceed with push notifications", "推送通知を進める")
    golden("status-wide.txt", plain(sample.run("status", COLUMNS="100").out))


def test_a_closed_pipe_is_quiet(sample):
    import subprocess

    pipe = ["bash", "-c", f"{TRACKER} status | head -n 1"]
    done = subprocess.run(pipe, cwd=sample.folder, capture_output=True, text=True, check=False)
    assert done.stderr == ""


@pytest.mark.parametrize("name", ["people.yaml", "tracker.yaml"])
def test_a_file_with_errors_is_told_of(sample, name):
    path = sample.folder / "sessions" / name
    path.write_text(path.read_text() + "\nnonsense: 1\n")
    answer = sample.run("status")
    assert answer.code == 1
    assert f"sessions/{name}; `tracker check` shows them" in answer.err


def test_an_owner_is_not_looked_for_among_people_who_cannot_be_read(sample):
    path = sample.folder / "sessions" / "people.yaml"
    path.write_text(path.read_text() + "\nnonsense: 1\n")
    answer = sample.run("status", "--owner", "ihar")
    assert answer.code == 1
    assert "people.yaml has errors" in answer.err
