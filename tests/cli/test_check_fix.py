"""`tracker check --fix` and `--diff` as installed."""

import json

import pytest

TOP = "title: t\ndate: 2016-10-28\n"
RECAP = TOP + "actions:\n- title: push notifications   # on\n  status: Done.\n  topic: none\n"
FIXED = (
    TOP + "actions:\n- id: push-notifications\n  title: push notifications   # on\n  status: done\n  topic: none\n"
)


@pytest.fixture
def sessions(tmp_path):
    folder = tmp_path / "sessions"
    (folder / "ocata").mkdir(parents=True)
    (folder / "tracker.yaml").write_text("tag: summit\nproject: neutron\n")
    (folder / "ocata" / "one.yaml").write_text(RECAP)
    return folder


def read(sessions):
    return (sessions / "ocata" / "one.yaml").read_text()


def test_what_is_fixed_is_written_and_shown_and_the_rest_is_found(tracker, sessions):
    answer = tracker("check", "--fix")
    assert read(sessions) == FIXED
    assert answer.code == 0
    assert answer.err.splitlines() == [
        "fixed sessions/ocata/one.yaml:4:3: id: push-notifications",
        'fixed sessions/ocata/one.yaml:5:11: status: "Done." -> done',
        "1 recap checked: 0 errors, 1 warning",
    ]
    assert "warning[R026]" in answer.out


def test_whoever_has_not_heard_of_it_is_told_where_it_helps(tracker, sessions):
    told = "`tracker check --fix` corrects what takes no person to decide; --diff shows it first"
    assert tracker("check").err.splitlines() == ["1 recap checked: 2 errors, 1 warning", told]
    assert told not in tracker("check", "--fix").err
    (sessions / "ocata" / "one.yaml").write_text("title: t\n")
    assert told not in tracker("check").err


def test_fixes_are_told_in_the_order_of_the_file(tracker, sessions):
    action = "- bug: New\n  status: Done\n  title: x\n  project: nova\n  work_item: new\n"
    (sessions / "ocata" / "one.yaml").write_text(TOP + "actions:\n" + action)
    told = [line.split(":")[1] for line in tracker("check", "--fix").err.splitlines() if line.startswith("fixed")]
    assert told == sorted(told)
    assert len(told) == 3


def test_a_second_time_nothing_is_fixed(tracker, sessions):
    tracker("check", "--fix")
    answer = tracker("check", "--fix")
    assert answer.err == "1 recap checked: 0 errors, 1 warning\n"
    assert read(sessions) == FIXED


def test_the_diff_shows_it_and_writes_nothing(tracker, sessions):
    answer = tracker("check", "--diff")
    assert answer.code == 0
    assert answer.out.splitlines() == [
        "--- sessions/ocata/one.yaml",
        "+++ sessions/ocata/one.yaml",
        "@@ -1,6 +1,7 @@",
        " title: t",
        " date: 2016-10-28",
        " actions:",
        "-- title: push notifications   # on",
        "-  status: Done.",
        "+- id: push-notifications",
        "+  title: push notifications   # on",
        "+  status: done",
        "   topic: none",
    ]
    assert answer.err == "1 file to be fixed; nothing was written\n"
    assert read(sessions) == RECAP
    assert tracker("check", "--diff", "--fix").out == answer.out
    assert read(sessions) == RECAP


def test_formats_for_programs_show_what_is_left(tracker, sessions):
    answer = tracker("check", "--fix", "--format", "json")
    assert [one["rule"] for one in json.loads(answer.out)] == ["R026"]


def test_recaps_that_are_not_named_are_left(tracker, sessions):
    (sessions / "ocata" / "two.yaml").write_text(RECAP)
    assert tracker("check", "--fix", "ocata/two").code == 0
    assert read(sessions) == RECAP
    assert (sessions / "ocata" / "two.yaml").read_text() == FIXED


def test_an_id_that_a_sync_remembers_is_not_given_to_another_action(tracker, sessions):
    base = sessions / ".synced" / "production" / "ocata"
    base.mkdir(parents=True)
    (base / "one.jsonl").write_text('{"action":"push-notifications","bug":7}\n')
    (sessions / ".synced" / "README").write_text("not a service\n")
    answer = tracker("check", "--fix")
    assert "id: push-notifications-2\n" in read(sessions), answer


def test_a_file_that_cannot_be_read_is_left_byte_for_byte(tracker, sessions):
    broken = b"\xef\xbb\xbfactions:\n- title: a\n  title: b\n\xff"
    (sessions / "ocata" / "one.yaml").write_bytes(broken)
    assert tracker("check", "--fix").code == 1
    assert (sessions / "ocata" / "one.yaml").read_bytes() == broken


def test_a_byte_order_mark_and_line_ends_stay(tracker, sessions):
    path = sessions / "ocata" / "one.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + RECAP.replace("\n", "\r\n").encode())
    assert tracker("check", "--fix").code == 0
    assert path.read_bytes() == b"\xef\xbb\xbf" + FIXED.replace("\n", "\r\n").encode()


def test_a_read_only_file_is_left_and_said_so(tracker, sessions):
    path = sessions / "ocata" / "one.yaml"
    path.chmod(0o444)
    answer = tracker("check", "--fix")
    assert answer.code == 1
    assert read(sessions) == RECAP
    assert answer.err.splitlines()[:2] == [
        "not fixed: sessions/ocata/one.yaml cannot be written: it is read-only",
        "  help: make room or give the right to write it",
    ]
    assert "Traceback" not in answer.err


def test_what_could_not_be_fixed_is_a_failure_also_where_it_is_no_error(tracker, sessions):
    path = sessions / "ocata" / "one.yaml"
    path.write_text(TOP + "actions: [{id: a, title: t, bug: https://bugs.launchpad.net/neutron/+bug/7}]\n")
    assert tracker("check").code == 0
    path.chmod(0o444)
    answer = tracker("check", "--fix")
    assert (answer.code, answer.err.splitlines()[-1]) == (1, "1 recap checked: no problems")


def test_nothing_in_a_file_can_move_the_terminal(tracker, sessions):
    hostile = '- {title: "\\e[31mx\u202e", status: "\\e[2Jdone", id: "\\a"}\n'
    (sessions / "ocata" / "one.yaml").write_text(f"{TOP}actions:\n{hostile}", encoding="utf-8")
    for flag in ("--diff", "--fix"):
        answer = tracker("check", flag)
        assert "done" in answer.out + answer.err
        for text in (answer.out, answer.err):
            assert not [one for one in text if one != "\n" and not one.isprintable()]
