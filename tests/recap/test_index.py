"""The index of recaps answers as reading all of them does, whatever has happened to it and to them."""

import multiprocessing
import os
import sqlite3
import stat
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracker.errors import TrackerError
from tracker.recap import index
from tracker.recap.compact import dump_actions, load_actions
from tracker.recap.index import load_recaps
from tracker.recap.model import Topic
from tracker.recap.repository import load_repository

TRACKER = "tag: summit-actions\nproject: example\n"
PEOPLE = "people:\n  mara: {name: Mara Example}\n  jon: {name: Jon Example}\nteams:\n  core: {name: core}\n"
ACTION = """\
  - id: {id}
    title: "do: it # {id}"
    owner: {owner}
    with: [core?]
    {target}
    status: blocked
    milestone: m-1
    due: 2016-11-03
    importance: High
    tags: [gate]
    topic: a
    notes: |
      two
      lines
    evidence: [https://example.org/a]
    previously: before-{id}
    {carries}
"""
HEAD = "title: a {name}\ndate: 2016-10-28\ncycle: ocata\nauthor: jon\nevent: e\ntopics:\n  - title: a\nactions:\n"


@pytest.fixture(autouse=True)
def _used_for_few(monkeypatch, tmp_path):
    monkeypatch.setattr(index, "WORTHWHILE", 1)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def sessions(tmp_path):
    folder = tmp_path / "sessions"
    (folder / "ocata").mkdir(parents=True)
    (folder / "tracker.yaml").write_text(TRACKER)
    (folder / "people.yaml").write_text(PEOPLE)
    write(folder, "ocata/a", [("one", "mara", "bug: 1"), ("two", "[jon?, mara]", "work_item: plug")])
    write(folder, "ocata/b", [("one", "jon", "bug: new"), ("two", "core", "blueprint: new plug-in")])
    write(folder, "c", [("one", "~somebody", "blueprint: known")])
    return folder


def write(folder, recap_id, actions, carries=""):
    text = HEAD.format(name=recap_id) + "".join(
        ACTION.format(id=one, owner=owner, target=target, carries=carries) for one, owner, target in actions
    )
    (folder / f"{recap_id}.yaml").write_text(text)


def whole(folder):
    """Return what reading everything gives."""
    return told(load_repository(folder))


def asked(folder, *owners):
    return told(load_recaps(folder, lambda _people: frozenset(owners)))


def told(repository):
    """Return the recaps, the ids of all, and which files have errors."""
    broken = list(dict.fromkeys(one.path for one in repository.diagnostics if one.is_error))
    return plain(repository.recaps), [file.id for file in repository.files], broken


def plain(recaps):
    """Return recaps without what the index leaves out."""
    return [
        replace(recap, links={}, tldr=None, topics=tuple(Topic(topic.title) for topic in recap.topics))
        for recap in recaps
    ]


def test_a_recap_is_the_same_out_of_the_index(sessions):
    for recap in whole(sessions)[0]:
        assert load_actions(recap.id, dump_actions(recap)) == recap


def test_the_answer_is_that_of_reading_all_the_first_time_and_later(sessions):
    for _ in range(3):
        assert asked(sessions) == whole(sessions)


def test_nothing_is_read_again_that_is_as_it_was(sessions, monkeypatch):
    asked(sessions)
    read = []
    real = index.Reader.read
    monkeypatch.setattr(index.Reader, "read", lambda self, path: read.append(path.name) or real(self, path))
    asked(sessions, "mara")
    assert read == []
    write(sessions, "c", [("one", "mara", "")])
    asked(sessions)
    assert read == ["c.yaml"]


def test_only_recaps_in_which_somebody_owns_something_are_answered_with(sessions):
    assert [recap.id for recap in asked(sessions, "mara")[0]] == ["ocata/a"]
    assert [recap.id for recap in asked(sessions, "jon", "~somebody")[0]] == ["c", "ocata/a", "ocata/b"]
    assert asked(sessions, "nobody") == ([], ["c", "ocata/a", "ocata/b"], [])


def test_a_recap_that_goes_on_with_somebodys_action_is_there_too(sessions):
    write(sessions, "c", [("one", "~somebody", "")], carries="carried_from: ocata/a#one")
    assert [recap.id for recap in asked(sessions, "mara")[0]] == ["c", "ocata/a"]
    assert [recap.id for recap in asked(sessions, "~somebody")[0]] == ["c", "ocata/a"]
    assert asked(sessions)[0][0].actions[0].carried_from == "ocata/a#one"


def test_somebody_whom_nobody_knows_is_told_as_without_the_index(sessions):
    def choose(people):
        raise TrackerError("unknown")

    assert [file.id for file in load_recaps(sessions, choose).files] == ["c", "ocata/a", "ocata/b"]


def test_a_change_of_people_or_settings_is_seen(sessions):
    asked(sessions)
    (sessions / "people.yaml").write_text(PEOPLE.replace("mara:", "mary:"))
    assert asked(sessions) == whole(sessions)
    assert asked(sessions)[2]
    (sessions / "people.yaml").write_text(PEOPLE)
    (sessions / "tracker.yaml").write_text(TRACKER.replace("example", "other"))
    assert {action.project for recap in asked(sessions)[0] for action in recap.actions} == {"other"}


def test_recaps_with_errors_are_named_and_so_is_the_later_of_two_that_track_one_bug(sessions):
    write(sessions, "ocata/b", [("one", "jon", "bug: 1")])
    (sessions / "d.yaml").write_text("title: [\n")
    for _ in range(2):
        broken = asked(sessions)[2]
        assert asked(sessions) == whole(sessions)
        assert [os.path.basename(path) for path in broken] == ["d.yaml", "b.yaml"]  # noqa: PTH119


@pytest.mark.parametrize("origin", ["ocata/b#one", "ocata/b#before-one"])
def test_one_that_is_to_get_the_bug_of_what_it_goes_on_with_is_an_error_here_too(sessions, origin):
    write(sessions, "ocata/b", [("one", "jon", "bug: 99")])
    write(sessions, "c", [("one", "mara", "bug: new")], carries=f"carried_from: {origin}")
    for _ in range(2):
        assert asked(sessions, "mara") == whole(sessions)
        assert [os.path.basename(path) for path in asked(sessions)[2]] == ["c.yaml"]  # noqa: PTH119
    write(sessions, "ocata/b", [("one", "jon", "")])
    assert asked(sessions) == whole(sessions)
    assert asked(sessions)[2] == []


def test_with_errors_in_people_everything_is_read(sessions):
    (sessions / "people.yaml").write_text("people: [\n")
    assert asked(sessions) == whole(sessions)


def test_a_link_is_judged_by_where_it_leads(sessions, tmp_path):
    asked(sessions)
    (tmp_path.parent / "elsewhere.yaml").write_text((sessions / "c.yaml").read_text())
    (sessions / "c.yaml").unlink()
    (sessions / "c.yaml").symlink_to(tmp_path.parent / "elsewhere.yaml")
    assert asked(sessions) == whole(sessions)
    assert len(asked(sessions)[2]) == 1


def index_file(tmp_path):
    (path,) = (tmp_path / "cache" / "summit-tracker" / "recaps").glob("*.sqlite")
    return path


@pytest.mark.parametrize("damage", [b"", b"no database at all" * 100])
def test_a_damaged_index_is_made_anew(sessions, tmp_path, damage):
    asked(sessions)
    index_file(tmp_path).write_bytes(damage)
    for _ in range(2):
        assert asked(sessions) == whole(sessions)
    assert index_file(tmp_path).stat().st_size > len(damage)


def test_an_index_that_holds_nonsense_is_not_answered_with(sessions, tmp_path):
    asked(sessions)
    with sqlite3.connect(index_file(tmp_path)) as base:
        base.execute("update actions set text = '[]'")
    base.close()
    assert asked(sessions) == whole(sessions)


def test_where_the_cache_cannot_be_written_everything_is_read(sessions, tmp_path):
    (tmp_path / "cache").write_text("a file")
    assert asked(sessions) == whole(sessions)


def test_others_cannot_look_into_the_index(sessions, tmp_path):
    asked(sessions)
    assert stat.S_IMODE(index_file(tmp_path).parent.stat().st_mode) == 0o700


def test_an_index_that_another_process_writes_is_waited_for_or_done_without(sessions, tmp_path, monkeypatch):
    monkeypatch.setattr(index, "_WAIT", 0.01)
    asked(sessions)
    write(sessions, "c", [("one", "mara", "")])
    base = sqlite3.connect(index_file(tmp_path), isolation_level=None)
    base.execute("begin immediate")
    assert asked(sessions) == whole(sessions)
    base.execute("rollback")
    base.close()


def test_two_processes_at_once_get_whole_answers(sessions):
    with multiprocessing.get_context("fork").Pool(4) as pool:
        answers = pool.map(_ask_often, [sessions] * 4)
    assert all(answer == whole(sessions) for each in answers for answer in each)


def _ask_often(folder):
    return [asked(folder) for _ in range(5)]


def test_what_no_recap_says_any_more_is_forgotten_in_the_end(sessions, tmp_path):
    for number in range(20):
        write(sessions, "c", [(f"one-{number}", "mara", "")])
        asked(sessions)
    with sqlite3.connect(index_file(tmp_path)) as base:
        assert base.execute("select count(*) from recap").fetchone()[0] <= 3 * 3 + 1
    base.close()


def test_a_small_repository_needs_no_index(sessions, tmp_path, monkeypatch):
    monkeypatch.setattr(index, "WORTHWHILE", 300)
    assert asked(sessions) == whole(sessions)
    assert not (tmp_path / "cache").exists()


GOES_ON = "bug: new\n    carried_from: ocata/a#one"
owners = st.sampled_from(["mara", "jon", "[jon?, mara]", "core", "nobody-known", "~somebody"])
targets = st.sampled_from(["", "bug: 1", "bug: 2", "bug: new", "blueprint: known", "bug: nonsense", GOES_ON])
edits = st.tuples(
    st.sampled_from(["ocata/a", "ocata/b", "c", "ocata-b/x"]),
    st.none() | st.lists(st.tuples(st.sampled_from(["one", "two"]), owners, targets), max_size=2),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.lists(edits, max_size=4))
def test_whatever_is_edited_the_answer_is_that_of_reading_all(sessions, changes):
    (sessions / "ocata-b").mkdir(exist_ok=True)
    for recap_id, actions in changes:
        if actions is None:
            (sessions / f"{recap_id}.yaml").unlink(missing_ok=True)
        else:
            write(sessions, recap_id, actions)
        recaps, ids, broken = whole(sessions)
        assert asked(sessions) == (recaps, ids, broken)
        of_mara = {one.id for one in recaps for each in one.actions if "mara" in {owner.key for owner in each.owners}}
        heirs = {one.id for one in recaps for each in one.actions if each.carried_from}
        chosen = of_mara | heirs | ({"ocata/a"} if heirs else set())
        own = [one for one in recaps if one.id in chosen]
        assert [one for one in asked(sessions, "mara")[0] if not broken] == [one for one in own if not broken]
