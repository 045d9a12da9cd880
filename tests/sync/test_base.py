"""The base on disk: a line an action, sorted, and untouched while nothing changes."""

import json
import os
import socket

import pytest

from tracker.errors import TrackerError
from tracker.sync.base import Base, find_problems
from tracker.sync.entries import Agreed, Entry, Refused

FULL = Entry(
    "first",
    bug=7,
    created=True,
    fields={
        "status": Agreed("todo", "New", "2016-11-03T18:50:08Z"),
        "lead": Agreed(None, "x", "2016-11-04T00:00:00Z", ("artur", "ihar")),
    },
    refused={"milestone": Refused("ocata-1", None, "driver", "no")},
    subscribed=("artur",),
    tags=("a-tag",),
    commented=True,
    formerly=("ocata/earlier#first",),
)


@pytest.fixture
def base(tmp_path):
    return Base(tmp_path, "sandbox")


def test_what_is_saved_is_loaded(base):
    entries = {
        "first": FULL,
        "second": Entry("second", creating="2016-11-03T18:50:08Z", sought="neutron neutron-summit"),
        "third": Entry("third", blueprint="neutron/push", linked=(7, 8)),
        "fourth": Entry("fourth", work_item="neutron/push", fields={"title": Agreed("t", "t")}),
    }
    base.save("ocata/session", entries)
    assert base.load("ocata/session") == entries
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


@pytest.mark.parametrize("mark", ["<<<<<<< HEAD", "=======", ">>>>>>> theirs", "||||||| base"])
def test_gits_conflict_marks_are_told_with_their_line(base, mark):
    base.save("s", {"a": FULL})
    path = base.path("s")
    path.write_text(path.read_text() + mark + "\n")
    with pytest.raises(TrackerError, match=r"s\.jsonl:2: git's conflict mark") as caught:
        base.load("s")
    assert caught.value.remedy


def test_each_conflict_is_told_once_at_its_first_line_whatever_is_in_it(base, tmp_path):
    ours, theirs = '{"action": "a", "bug": 1}\n', '{"action": "a", "bug": 2}\nnonsense\n'
    conflict = f"<<<<<<< HEAD\n{ours}||||||| base\n=======\n{theirs}>>>>>>> theirs\n"
    base.save("s", {"a": FULL})
    base.path("s").write_text(f'{conflict}{{"action": "b"}}\r\n{conflict}=======\n{theirs}>>>>>>> x\n')
    assert [(one.line, one.rule) for one in find_problems(tmp_path)] == [(1, "R008"), (9, "R008"), (16, "R008")]
    with pytest.raises(TrackerError, match=r"s\.jsonl:1: git's conflict mark; there are more"):
        base.load_all()


def test_everything_wrong_in_all_files_is_found_at_once(base, tmp_path):
    base.save("a", {"a": FULL})
    base.save("b/c", {"a": FULL})
    base.path("a").write_text("<<<<<<< HEAD\n{}\n=======\n")
    base.path("b/c").write_bytes(b"\xff")
    found = find_problems(tmp_path)
    assert [(one.path.rsplit("/", 1)[1], one.line, one.rule) for one in found] == [
        ("a.jsonl", 1, "R008"),
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
        '{"action": "a", "creating": "2016-13-03T18:50:08Z"}',
        '{"action": "a", "fields": {"status": {"since": "2016"}}}',
        '{"action": "a", "fields": {"status": {"since": null}}}',
        '{"action": "a", "fields": {"status": {"recap": "doing"}}}',
        '{"action": "a", "fields": {"lead": []}}',
        '{"action": "a", "refused": {"lead": {"account": null}}}',
        '{"action": "a", "subscribed": "artur"}',
        '{"action": "a", "created": "no"}',
        '{"action": "a", "commented": 1}',
        '{"action": "a", "bug": 0}',
        '{"action": "a", "bug": 1.0}',
        '{"action": "a", "bug": NaN}',
        '{"action": "a", "bug": 2147483648}',
        '{"action": "a", "bug": ' + "9" * 5000 + "}",
        '{"action": "a", "bug": 1, "bug": 2}',
        '{"action": "a", "sought": 7}',
        '{"action": "a", "sought": "neutron"}',
        '{"action": "a", "blueprint": "push"}',
        '{"action": "a", "work_item": "neutron/Push it"}',
        '{"action": "a", "blueprint": "neutron/push", "bug": 1}',
        '{"action": "a", "linked": ["1"]}',
        '{"action": "a", "linked": [0]}',
        '{"action": "../a"}',
        '{"action": "a", "tags": ["\\ud800"]}',
        '{"action": "a", "fields": {"\\udfff": {}}}',
        '\ufeff{"action": "a"}',
        "[" * 100_000,
        '{"a":' * 100_000,
    ],
)
def test_a_line_that_is_none_is_told_with_its_place(base, line):
    base.save("s", {"a": FULL})
    path = base.path("s")
    path.write_text(f"\n{line}\n")
    with pytest.raises(TrackerError, match=r"s\.jsonl:2: not a line of the base") as caught:
        base.load("s")
    assert "__init__" not in caught.value.message
    assert len(caught.value.message) < 700


@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_base_is_read_whatever_ends_its_lines(base, start, end):
    base.save("s", {"a": FULL, "b": Entry("b", bug=1, tags=("half\u2028line",))})
    known = base.load("s")
    text = base.path("s").read_text(encoding="utf-8")
    base.path("s").write_bytes((start + text.replace("\n", end)).encode())
    assert base.load("s") == known


def test_where_a_line_is_no_json_is_told(base, tmp_path):
    base.save("s", {"a": FULL})
    base.path("s").write_text('{"action": "a"}\n{"action": b}\n')
    (problem,) = find_problems(tmp_path)
    assert (problem.line, problem.column) == (2, 12)
    assert problem.message == "not a line of the base: no JSON, expecting value"


def test_a_file_without_any_entry_is_one_problem(base, tmp_path):
    base.save("s", {"a": FULL})
    base.path("s").write_text("title: t\ndate: 2016-10-28\nactions: []\n")
    assert [(one.line, one.rule) for one in find_problems(tmp_path)] == [(1, "R031")]


def test_of_very_many_problems_in_a_file_the_first_are_told_and_that_there_are_more(base, tmp_path):
    base.save("s", {"a": FULL})
    base.path("s").write_text('{"action": "a"}\n' * 300)
    assert [one.rule for one in find_problems(tmp_path)] == ["R031"] * 100 + ["R033"]


# Whatever stands there in place of a base.


def test_a_base_that_is_too_large_is_refused_unread(base, tmp_path, monkeypatch):
    monkeypatch.setattr("tracker.sync.synced_files.MAX_BYTES", 20)
    base.save("s", {"a": FULL})
    (problem,) = find_problems(tmp_path)
    assert (problem.rule, problem.line) == ("R003", 1)
    with pytest.raises(TrackerError, match="more than 20"):
        base.load_all()


@pytest.mark.parametrize("kind", ["pipe", "socket", "device", "loop", "dangling link"])
def test_what_is_no_file_is_told_and_not_waited_for(base, tmp_path, monkeypatch, kind):
    path = base.path("s")
    path.parent.mkdir(parents=True)
    monkeypatch.chdir(path.parent)
    with socket.socket(socket.AF_UNIX) as listening:
        match kind:
            case "pipe":
                os.mkfifo(path)
            case "socket":
                listening.bind(path.name)  # as a whole path it may be too long
            case "device":
                path.symlink_to("/dev/zero")
            case "loop":
                path.symlink_to(path.name)
            case _:
                path.symlink_to("gone")
        (problem,) = find_problems(tmp_path)
        assert problem.rule == "R031"
        assert problem.message.startswith("the file cannot be read: ")
        assert problem.help
        with pytest.raises(TrackerError, match="the file cannot be read"):
            base.load_all()


def test_a_folder_that_cannot_be_looked_into_does_not_pass_for_an_empty_base(base, tmp_path, monkeypatch):
    base.save("b/c", {"a": FULL})
    look = os.scandir

    def refuse(path):
        if str(path).endswith("b"):
            raise PermissionError(13, "Permission denied", str(path))
        return look(path)

    monkeypatch.setattr(os, "scandir", refuse)
    (problem,) = find_problems(tmp_path)
    assert (problem.rule, problem.message) == ("R031", "the folder cannot be read: permission denied")
    with pytest.raises(TrackerError, match="b cannot be read: permission denied"):
        base.load_all()


def test_a_file_in_the_place_of_the_folder_does_not_pass_for_an_empty_base(base, tmp_path):
    (tmp_path / ".synced").mkdir()
    (tmp_path / ".synced" / "sandbox").write_text("")
    with pytest.raises(TrackerError, match="sandbox cannot be read: not a directory"):
        base.load_all()
    (tmp_path / ".synced" / "sandbox").unlink()
    assert base.load_all() == {}


def test_an_unreadable_base_is_one_message(base):
    base.save("s", {"a": FULL})
    base.path("s").write_bytes(b"\xff\n")
    with pytest.raises(TrackerError, match=r"s\.jsonl:1: not UTF-8: byte 0xff cannot stand here"):
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


@pytest.mark.parametrize("known", [{"a": Entry("a", bug=1)}, {}])
def test_a_base_that_git_has_changed_since_it_was_read_is_not_written_over(tmp_path, known):
    base = Base(tmp_path, "sandbox")
    base.save("s", known)
    base = Base(tmp_path, "sandbox")
    base.load_all()
    Base(tmp_path, "sandbox").save("s", {"b": Entry("b", bug=2)})
    for entries in ({"a": Entry("a", bug=3)}, {}):
        with pytest.raises(TrackerError, match="was changed meanwhile; it was not written over") as told:
            base.save("s", entries)
        assert told.value.remedy == "sync again: it reads what is there now"
    assert Base(tmp_path, "sandbox").load("s") == {"b": Entry("b", bug=2)}
    base.save("s", {"b": Entry("b", bug=2)})
    base.save("s", {"b": Entry("b", bug=4)})
    assert Base(tmp_path, "sandbox").load("s") == {"b": Entry("b", bug=4)}
