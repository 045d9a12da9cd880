"""`tracker check --live` as installed, on the sample beside a sandbox that was filled for it."""

import json

TOP = "title: t\ndate: 2016-10-28\n"


def test_the_sample_names_what_is_there(sample):
    answer = sample.run("check", "--live")
    assert (answer.code, answer.out) == (0, "")
    assert answer.err == "asking sandbox\n1 recap checked: no problems\n"


def test_a_wrong_name_is_an_error_and_nothing_is_written(sample):
    sample.replace("owner: armando\n", "owner: ~armadno\n")
    before = {path: path.read_bytes() for path in (sample.folder / "sessions").rglob("*") if path.is_file()}
    sample.sandbox.requests.clear()
    answer = sample.run("check", "--live", "--format", "json")
    assert answer.code == 1
    (one,) = json.loads(answer.out)
    assert (one["rule"], one["severity"], one["path"]) == ("R103", "error", "sessions/ocata/neutron-server-next.yaml")
    assert one["message"] == 'Launchpad has no account "armadno"'
    assert {method for method, _target, _status in sample.sandbox.requests} == {"GET"}
    assert before == {path: path.read_bytes() for path in (sample.folder / "sessions").rglob("*") if path.is_file()}
    assert sample.run("check").code == 0


def test_without_an_account_it_asks_all_the_same(sample):
    (sample.folder / ".sandbox" / "credentials").unlink()
    answer = sample.run("check", "--live")
    assert (answer.code, answer.err) == (0, "asking sandbox without an account\n1 recap checked: no problems\n")


def test_a_rule_that_is_switched_off_finds_nothing(sample):
    sample.replace("owner: armando\n", "owner: ~armadno\n")
    settings = sample.folder / "sessions" / "tracker.yaml"
    settings.write_text(settings.read_text() + "ignore: [R103]\n")
    assert sample.run("check", "--live").code == 0


def put(tmp_path, settings, recap=TOP):
    (tmp_path / "sessions").mkdir()
    (tmp_path / "sessions" / "tracker.yaml").write_text(f"tag: summit\nproject: example\n{settings}")
    (tmp_path / "sessions" / "one.yaml").write_text(recap)


def test_a_launchpad_that_is_not_there_is_a_warning_beside_what_else_is_found(tracker, tmp_path):
    put(tmp_path, "service: sandbox\n", TOP + "tldr: a #b\n")
    answer = tracker("check", "--live", "--format", "github")
    assert answer.code == 0
    first, second = answer.out.splitlines()
    assert first.startswith("::warning file=sessions/tracker.yaml,line=3,col=10,endColumn=17,title=R101::")
    assert "title=R032" in second
    assert answer.err == "1 recap checked: 0 errors, 2 warnings\n"


def test_a_service_that_is_not_named_or_not_readable_is_one_message(tracker, tmp_path):
    put(tmp_path, "")
    answer = tracker("check", "--live")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("error: tracker.yaml names no service\n  help: ")
    (tmp_path / "sessions" / "tracker.yaml").write_text("service: sandbox\n")
    answer = tracker("check", "--live")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("error: tracker.yaml has errors, so Launchpad cannot be asked\n  help: ")
