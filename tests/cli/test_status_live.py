"""`tracker status --live` as installed, on the sample."""

import csv
import io
import json
import re
import shutil
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from tests.cli.sample import plain
from tracker.cli.live import Seen
from tracker.errors import ExitCode
from tracker.status.rows import Live

TIMES = re.compile(
    r"recaps as of (20\d\d-\d\d-\d\d \d\d:\d\d:\d\d) UTC, "
    r"sandbox as of (20\d\d-\d\d-\d\d \d\d:\d\d:\d\d) UTC by its own clock(, read without an account)?"
)


@pytest.fixture
def moved(synced):
    """The sample in step, then moved on both sides: some actions there alone, some apart."""
    synced.elsewhere("forbid-contract-migrations", status="In Progress", lead="armando")
    synced.edit_work_items("online-upgrades", lambda text: text.replace("TODO", "DONE"))
    synced.edit_work_items("adopt-oslo-versioned-objects-for-db", lambda text: text.replace("TODO", "BLOCKED"))
    synced.elsewhere("push-notifications", milestone=None)
    synced.replace("id: model-live-migration\n", "id: model-live-migration\n    status: in progress\n")
    return synced


def rows(answer):
    return {row["id"]: row for row in json.loads(answer.out)}


def files(sample):
    return {path: path.read_bytes() for path in sorted((sample.folder / "sessions").rglob("*")) if path.is_file()}


def test_the_table_shows_both_sides_and_of_when_they_are(moved, golden):
    answer = moved.run("status", "--live", COLUMNS="130")
    assert answer.code == 0
    golden("status-live.txt", re.sub(r"\d\d:\d\d:\d\d", "TIME", plain(answer.out)))
    recaps, launchpad, nobody = TIMES.fullmatch(answer.out.splitlines()[-1]).groups()
    for stamp in (recaps, launchpad):
        assert abs((datetime.now(UTC).replace(tzinfo=None) - datetime.fromisoformat(stamp)).total_seconds()) < 100
    assert nobody is None


def test_nothing_is_written(moved):
    before = files(moved)
    moved.sandbox.requests.clear()
    assert moved.run("status", "--live").code == 0
    assert files(moved) == before
    assert {method for method, _target, _status in moved.sandbox.requests} == {"GET"}


def test_without_an_account_what_is_public_is_shown(moved):
    (moved.folder / ".sandbox" / "credentials").unlink()
    answer = moved.run("status", "--live", "--format", "plain")
    assert answer.code == 0
    assert answer.out.endswith(", read without an account\n")
    assert "In Progress (changed: owner, status)" in answer.out


def test_filters_choose_by_what_a_sync_would_bring(moved):
    mine = ["status", "--owner", "armando", "--format", "json"]
    assert "forbid-contract-migrations" not in rows(moved.run(*mine))
    assert rows(moved.run(*mine, "--live"))["forbid-contract-migrations"]["status"] == "in progress"
    assert "forbid-contract-migrations" not in rows(
        moved.run("status", "--live", "--status", "todo", "--format", "json")
    )


def test_the_values_hold_launchpads_own_words(moved):
    found = rows(moved.run("status", "--live", "--format", "json"))
    seen = found["forbid-contract-migrations"]["launchpad"]
    assert datetime.fromisoformat(seen.pop("as_of")).tzinfo is not None
    assert seen == {
        "status": "In Progress", "assignee": "armando", "milestone": None,
        "changed": ["owner", "status"], "conflicts": [], "problem": None,
    }  # fmt: skip
    line = found["model-live-migration"]["launchpad"]
    assert (line["status"], line["conflicts"], line["changed"]) == ("DONE", ["status"], [])
    assert found["review-ovo"]["launchpad"]["status"] == "BLOCKED"
    assert found["review-ovo"]["status"] == "blocked"
    blueprint = found["push-notifications"]["launchpad"]
    assert (blueprint["status"], blueprint["milestone"], blueprint["changed"]) == ("Started", None, ["milestone"])
    assert found["push-notifications"]["milestone"] is None
    assert len({row["launchpad"].get("as_of") for row in found.values() if row["launchpad"]} - {None}) == 1
    assert found["model-live-migration"]["status"] == "in progress"
    assert found["test-conversion-bugs"]["launchpad"] is None
    assert all("launchpad" not in row for row in json.loads(moved.run("status", "--format", "json").out))


def test_what_is_not_created_yet_has_nothing_on_launchpad(sample):
    answer = sample.run("status", "--live", "--format", "json")
    assert {row["launchpad"] and row["launchpad"]["status"] for row in json.loads(answer.out)} == {None}
    assert answer.err.endswith("sandbox shows nothing of these actions\n")


def test_a_recap_of_blueprints_and_work_items_alone_has_its_time_too(moved):
    text = re.sub(r"^ +bug: .*\n", "", moved.read(), flags=re.M)
    moved.path.write_text(text)
    answer = moved.run("status", "--live", "--format", "csv")
    assert TIMES.fullmatch(answer.err.splitlines()[-1])
    shown = {row["action"]: row["on Launchpad"] for row in csv.DictReader(io.StringIO(answer.out))}
    assert shown["proceed with push notifications"] == "Started (changed: milestone)"
    assert set(shown.values()) == {
        "-",
        "Started (changed: milestone)",
        "DONE (conflict: status)",
        "BLOCKED (changed: status)",
    }


def test_csv_has_the_time_in_each_row(moved):
    answer = moved.run("status", "--live", "--format", "csv")
    read = list(csv.DictReader(io.StringIO(answer.out)))
    assert TIMES.fullmatch(answer.err.splitlines()[-1])
    for row in read:
        assert bool(row["as of"]) == (row["on Launchpad"] != "-")


def test_what_launchpad_closed_since_the_last_sync_is_shown(moved):
    moved.elsewhere("push-notifications", status="Implemented")
    open_rows = rows(moved.run("status", "--live", "--format", "json"))
    assert open_rows["push-notifications"]["status"] == "done"
    assert moved.run("sync", "--yes").code == ExitCode.CONFLICTS
    assert "push-notifications" not in rows(moved.run("status", "--live", "--format", "json"))


def test_a_number_that_launchpad_does_not_know_is_a_problem_in_the_input(moved):
    moved.replace("owner: kevin?\n", "owner: kevin?\n    bug: 4711\n")
    answer = moved.run("status", "--live", "--format", "json")
    assert answer.code == moved.run("plan").code == ExitCode.PROBLEMS
    assert rows(answer)["test-conversion-bugs"]["launchpad"]["problem"].startswith("Launchpad does not show bug 4711")


def test_nothing_of_launchpads_is_shown_as_a_terminal_would_obey_it(moved):
    recap = moved.folder / "sessions" / "ocata" / "e\x1b[31mvil.yaml"
    recap.write_text("nonsense: 1\n")
    for words in (["status"], ["status", "--live"]):
        answer = moved.run(*words)
        assert "\x1b" not in answer.out + answer.err
        assert r"e\x1b[31mvil" in answer.err


def test_what_launchpad_does_not_show_is_told(moved):
    moved.somebody.update_bug(moved.somebody.fetch_bug(moved.bugs["forbid-contract-migrations"]), private=True)
    answer = moved.run("status", "--live")
    assert answer.code == 0
    assert "#forbid-contract-migrations: bug 2 is private" in answer.err
    one = moved.run("status", "--live", "--owner", "kevin")
    assert "private" not in one.err


def test_what_is_only_worth_knowing_is_left_to_the_plan(moved):
    moved.replace("owner: armando\n", "owner: armando?\n")
    told = "armando is tentative"
    assert told in moved.run("plan").out
    assert told not in moved.run("status", "--live").err


def test_of_several_times_the_earliest_is_shown():
    times = [datetime(2016, 11, 3, hour, tzinfo=UTC) for hour in (14, 12, 13)]
    gateway = SimpleNamespace(service="production", is_anonymous=False)
    actions = {str(time): Live(None, time) for time in times}
    seen = Seen(SimpleNamespace(gateway=gateway), actions, datetime(2016, 11, 3, 15, tzinfo=UTC))
    assert "production as of 2016-11-03 12:00:00 UTC" in seen.times


def test_an_unreachable_launchpad_is_told_instead_of_a_table(moved):
    moved.sandbox.close()
    answer = moved.run("status", "--live")
    assert (answer.code, answer.out) == (ExitCode.LAUNCHPAD, "")
    assert "cannot be reached" in answer.err


def test_recaps_with_errors_are_left_out_and_told(moved):
    moved.replace("title: neutron-server", "titel: neutron-server")
    answer = moved.run("status", "--live")
    assert answer.code == ExitCode.PROBLEMS
    assert "left out because of errors: ocata/neutron-server-next.yaml" in answer.err.replace("sessions/", "")


def test_numbers_are_of_what_a_sync_would_bring(moved):
    (kept,) = json.loads(moved.run("stats", "--by", "cycle", "--format", "json").out)
    moved.elsewhere("forbid-contract-migrations", status="Fix Released")
    assert json.loads(moved.run("stats", "--by", "cycle", "--format", "json").out) == [kept]
    (seen,) = json.loads(moved.run("stats", "--by", "cycle", "--format", "json", "--live").out)
    assert (seen["done"], seen["open"]) == (kept["done"] + 1, kept["open"] - 1)
    assert TIMES.search(moved.run("stats", "--live").out)


def test_a_burndown_takes_launchpads_own_days(moved):
    moved.elsewhere("forbid-contract-migrations", status="Fix Released")
    moved.elsewhere("push-notifications", status="Implemented")
    burndown = ("stats", "--burndown", "ocata", "--format", "csv")

    def open_actions(answer):
        return [int(line.rpartition(",")[2]) for line in answer.out.splitlines()[1:]]

    (first, *_, last) = open_actions(moved.run(*burndown))
    assert last == first
    assert open_actions(moved.run(*burndown, "--live"))[-1] == last - 2
    moved.run("sync", "--yes", "--prefer", "launchpad")
    shutil.rmtree(moved.folder / "sessions" / ".synced")
    forgotten = moved.run(*burndown)
    assert "3 actions left out: closed, but no sync saw when; --live asks Launchpad\n" in forgotten.err
    asked = moved.run(*burndown, "--live")
    # Of a line among work items Launchpad keeps no day.
    assert "\n1 action left out: closed, but neither a sync nor Launchpad says when\n" in asked.err
    assert open_actions(asked)[0] == open_actions(forgotten)[0] + 2
