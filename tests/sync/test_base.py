"""The base on disk: a line an action, sorted, and untouched while nothing changes."""

import json

import pytest

from tracker.errors import TrackerError
from tracker.sync.base import Base, find_problems
from tracker.sync.entries import Agreed, Entry, Refused

FULL = Entry(
    "first",
    bug=7,
    created=True,
    fields={"status": Agreed("todo", "New", "2016-11-03T18:50:08Z"), "lead": Agreed(None, "x", "2016", "ihar")},
    refused={"milestone": Refused("ocata-1", None, "driver", "no")},
    subscribed=("artur",),
    tags=("a-tag",),
    commented=True,
)


@pytest.fixture
def base(tmp_path):
    return Base(tmp_path, "sandbox")


def test_what_is_saved_is_loaded(base):
    base.save("ocata/session", {"first": FULL, "second": Entry("second", creating="2016-11-03T18:50:08Z")})
    assert base.load("ocata/session") == {
        "first": FULL,
        "second": Entry("second", creating="2016-11-03T18:50:08Z"),
    }
    assert list(base.load_all()) == ["ocata/session"]


def test_lines_are_sorted_and_hold_only_what_is_known(base):
    base.save("s", {"b": Entry("b", bug=2), "a": Entry("a", bug=1)})
    assert base.path("s").read_text() == '{"action": "a", "bug": 1}\n{"action": "b", "bug": 2}\n'


def test_an_unchanged_base_is_not_written(base):
    base.save("s", {"a": FULL})
    path = base.path("s")
    before = path.stat()
    base.save("s", base.load("s"))
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert path.stat().st_ino == before.st_ino


def test_nothing_is_kept_of_a_recap_that_never_synced(base, tmp_path):
    base.save("s", {})
    assert not (tmp_path / ".synced").exists()


@pytest.mark.parametrize("mark", ["<<<<<<< HEAD", "=======", ">>>>>>> theirs"])
def test_gits_conflict_marks_are_told_with_their_line(base, mark):
    base.save("s", {"a": FULL})
    path = base.path("s")
    path.write_text(path.read_text() + mark + "\n")
    with pytest.raises(TrackerError, match=r"s\.jsonl:2: git's conflict mark") as caught:
        base.load("s")
    assert caught.value.remedy


def test_everything_wrong_in_all_files_is_found_at_once(base, tmp_path):
    base.save("a", {"a": FULL})
    base.save("b/c", {"a": FULL})
    base.path("a").write_text("<<<<<<< HEAD\n{}\n=======\n")
    base.path("b/c").write_bytes(b"\xff")
    found = find_problems(tmp_path)
    assert [(one.path.rsplit("/", 1)[1], one.line, one.rule) for one in found] == [
        ("a.jsonl", 1, "R008"),
        ("a.jsonl", 2, "R031"),
        ("a.jsonl", 3, "R008"),
        ("c.jsonl", 1, "R031"),
    ]
    assert all(one.help for one in found)


def test_two_lines_of_one_action_are_told(base):
    base.save("s", {"a": FULL})
    path = base.path("s")
    path.write_text(path.read_text() * 2)
    with pytest.raises(TrackerError, match=r"s\.jsonl:2: a second line of action"):
        base.load("s")


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "7",
        '{"bug": 1}',
        '{"action": "a", "fields": 3}',
        '{"action": "a", "x": 1}',
        '{"action": "a", "bug": "x"}',
        '{"action": "a", "bug": true}',
        '{"action": "a", "fields": {"status": {"recap": 5}}}',
        '{"action": "a", "refused": {"status": {"reason": []}}}',
        '{"action": "a", "subscribed": [7]}',
        '{"action": "a", "creating": "soon"}',
        '{"action": "a", "creating": 7}',
        '{"action": "a", "creating": "2016-11-03T18:50:08"}',
    ],
)
def test_a_line_that_is_none_is_told_with_its_place(base, line):
    base.save("s", {"a": FULL})
    path = base.path("s")
    path.write_text(f"\n{line}\n")
    with pytest.raises(TrackerError, match=r"s\.jsonl:2: not a line of the base"):
        base.load("s")


def test_an_unreadable_base_is_one_message(base):
    base.save("s", {"a": FULL})
    base.path("s").write_bytes(b"\xff\n")
    with pytest.raises(TrackerError, match="cannot be read"):
        base.load("s")


def test_a_field_keeps_its_time_while_both_words_stay():
    later = FULL.agree({"status": ("todo", "New")}, "2020")
    assert later.fields["status"].since == "2016-11-03T18:50:08Z"
    later = FULL.agree({"status": ("todo", "Confirmed")}, "2020")
    assert later.fields["status"] == Agreed("todo", "Confirmed", "2020")


def test_two_sides_that_were_always_empty_need_no_word():
    assert Entry("a").agree({"milestone": (None, None), "importance": (None, "Undecided")}, "2020").fields == {}
    cleared = Entry("a", fields={"milestone": Agreed("m", "m", "2016")}).agree({"milestone": (None, None)}, "2020")
    assert cleared.fields["milestone"] == Agreed(None, None, "2020")


def test_what_is_agreed_on_is_refused_no_more():
    assert FULL.agree({"milestone": ("m", "m")}, "2020").refused == {}


def test_the_time_of_an_unchanged_sync_is_nowhere(base):
    base.save("s", {"a": FULL.agree({"status": ("todo", "New")}, "2020")})
    assert "2020" not in base.path("s").read_text()
    assert json.loads(base.path("s").read_text())["action"] == "first"


def test_a_disk_that_does_not_take_it_is_one_message(base, tmp_path):
    (tmp_path / ".synced").write_text("a file where a folder should be")
    with pytest.raises(TrackerError, match="cannot be written"):
        base.save("s", {"a": FULL})


def test_a_file_that_cannot_be_compared_is_one_message(base, tmp_path):
    path = base.path("s")
    path.mkdir(parents=True)
    with pytest.raises(TrackerError, match="cannot be written"):
        base.save("s", {"a": FULL})


def test_a_refusal_is_forgotten_when_both_sides_are_empty():
    refused = Entry("a", refused={"milestone": Refused("m", None, "driver", "no")})
    assert refused.agree({"milestone": (None, None)}, "2020") == Entry("a")
