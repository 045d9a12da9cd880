"""Limits that stop a sync, as installed: nothing is written, and the flag that is named goes on."""

from tests.cli.sample import FINISHED, STARTED


def stopped(sample, *words):
    """Run a sync that a brake stops, and return its message."""
    before = {path: path.read_bytes() for path in (sample.folder / "sessions").rglob("*") if path.is_file()}
    answer = sample.run("sync", *words)
    assert answer.code == 1, answer.out + answer.err
    assert before == {path: path.read_bytes() for path in (sample.folder / "sessions").rglob("*") if path.is_file()}
    assert answer.err.count("error:") == 1
    return answer.err


def close_all(sample):
    sample.all_elsewhere(FINISHED)
    sample.sandbox.requests.clear()


def lose_tags(sample):
    for number in sample.bugs.values():
        sample.somebody.update_bug(sample.somebody.fetch_bug(number), tags=[])
    sample.sandbox.requests.clear()


def limit(sample, limits):
    settings = sample.folder / "sessions" / "tracker.yaml"
    settings.write_text(settings.read_text() + f"limits: {limits}\n")


def writes(sample):
    return [method for method, _, _ in sample.sandbox.requests if method != "GET"]


def test_a_pull_that_closes_too_many_stops_as_a_push_does(synced):
    close_all(synced)
    planned = synced.run("plan")
    assert planned.code == 0
    assert (
        "A sync would stop: the plan closes 6 of 6 actions, more than the limit of 25%; --force close goes on.\n"
        in planned.out
    )
    said = stopped(synced, "--yes")
    assert "the plan changes 6 of 6 actions, more than the limit of 50%" in said
    assert "close: ocata/neutron-server-next#review-ovo, " in said
    assert "--force change --force close" in said
    assert "--force close" in stopped(synced, "--yes", "--force", "change")
    forced = ["--force", "close", "--force", "change", "--force", "create"]
    assert "A sync would stop" not in synced.run("plan", *forced).out
    assert synced.run("sync", "--yes", *forced).code == 0
    assert synced.read().count("status: done") == 6


def test_a_push_that_closes_too_many_writes_nothing(synced):
    text = synced.read().replace("status: in progress", "").replace("    topic: ", "    status: done\n    topic: ")
    synced.path.write_text(text)
    assert "the plan closes 6 of 6 actions" in stopped(synced, "--yes")
    assert not writes(synced)


def test_a_repository_has_limits_of_its_own(synced):
    close_all(synced)
    limit(synced, "{close: 100%, change: 1}")
    assert synced.run("sync", "--yes").code == 0


def test_a_recap_that_was_put_back_is_told_of_as_undoing(synced):
    synced.replace("    status: in progress", "    #")
    synced.path.write_text(synced.read().replace("    topic: ", "    status: todo\n    topic: "))
    assert synced.run("sync", "--yes", "--force", "change").code == 0
    before = synced.read()
    synced.all_elsewhere(STARTED)
    assert synced.run("sync", "--yes", "--force", "change").code == 0
    assert synced.read() != before
    synced.path.write_text(before)
    planned = synced.run("plan").out
    assert "6 values to Launchpad undo what came from there: was a recap put back as it was?" in planned
    assert "bug 1: status In Progress -> Confirmed; this undoes what came from Launchpad" in planned
    said = stopped(synced, "--yes")
    assert (
        "the plan changes 6 of 6 actions, more than the limit of 50%; 6 of them undo what came from Launchpad" in said
    )


def test_a_search_that_shows_none_of_the_known_bugs_stops_every_command_that_rests_on_it(sample):
    sample.only_bugs()
    assert sample.run("sync", "--yes").code == 0
    lose_tags(sample)
    said = stopped(sample, "--yes")
    assert "Launchpad's search leaves out 6 of 6 bugs that are known in neutron" in said
    assert "missing: bug 1, bug 2, bug 3 and 3 more" in said
    for words in (["plan"], ["status", "--live"]):
        answer = sample.run(*words)
        assert answer.code == 1
        assert "leaves out 6 of 6" in answer.err
        assert answer.err.count("error:") == 1
    assert len(sample.sandbox.requests) == 3
    forced = sample.run("plan", "--force", "missing")
    assert (forced.code, forced.out) == (0, "Nothing to do: 6 actions in step.\n")
    assert sample.run("sync", "--yes", "--force", "missing").code == 0
    limit(sample, "{missing: 100%}")
    assert sample.run("sync", "--yes").code == 0


def test_a_plan_that_was_made_with_force_is_carried_out_as_it_was_agreed_to(synced):
    close_all(synced)
    assert synced.run("plan", "--out", "plan.json").code == 0
    assert "the plan closes 6 of 6" in stopped(synced, "--plan", "plan.json")
    assert synced.run("plan", "--force", "close", "--out", "plan.json").code == 0
    assert "--force change" in stopped(synced, "--plan", "plan.json")
    assert synced.run("sync", "--plan", "plan.json", "--force", "change").code == 0
    assert synced.read().count("status: done") == 6


def test_a_brake_that_is_none_is_a_usage_error(synced):
    for command in ("plan", "sync"):
        answer = synced.run(command, "--force", "everything")
        assert answer.code == 2
        assert '--force cannot be "everything"' in answer.err
        assert "create, change, close, reassign, missing" in answer.err
