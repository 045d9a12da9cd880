"""When milestones are due: what is asked for it, what is kept, and what is wrong with the file."""

from datetime import date, datetime, timedelta

import pytest

from tracker.errors import TrackerError
from tracker.recap.diagnostics import MAX_SHOWN
from tracker.recap.model import Action
from tracker.sync.base import find_problems
from tracker.sync.milestone_dates import MilestoneFile, refresh_dates


class Clock(datetime):
    """The machine's clock, which a test moves: nothing of the project is shown here, so Launchpad's is not known."""

    ahead = timedelta()

    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + cls.ahead


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setattr("tracker.launchpad.gateway.datetime", Clock)
    monkeypatch.setattr(Clock, "ahead", timedelta())
    return Clock


@pytest.fixture
def file(bench, clock):
    return MilestoneFile(bench.folder, "sandbox")


def act(bench, *names):
    return [Action(f"a{index}", "x", bench.project, milestone=name) for index, name in enumerate(names)]


def refresh(bench, file, *names):
    """Refresh, and return how many requests that took."""
    before = len(bench.requests)
    refresh_dates(bench.gateway, file, act(bench, *names))
    asked = [target for _, target, _ in bench.requests[before:]]
    assert all(f"/{bench.project}/all_milestones?" in target for target in asked)
    return len(asked)


def give_date(bench, name, day):
    url = f"{bench.others._root}{bench.project}/+milestone/{name}"
    assert bench.others._wire.patch(url, {"date_targeted": day}, None).status == 209


def test_dates_are_kept_a_line_each_and_sorted(bench, file):
    give_date(bench, "ocata-2", "2016-12-15")
    give_date(bench, "newton", "2016-10-06")  # an inactive one
    assert refresh(bench, file, "ocata-2", "newton", "ocata-1", None) == 1
    assert file.path.read_text() == f"{bench.project} newton 2016-10-06\n{bench.project} ocata-2 2016-12-15\n"
    assert file.load() == {
        (bench.project, "newton"): date(2016, 10, 6),
        (bench.project, "ocata-2"): date(2016, 12, 15),
    }


def test_no_milestone_no_request_and_no_file(bench, file):
    assert refresh(bench, file, None) == 0
    assert not file.path.exists()


def test_many_actions_are_one_request_and_then_none(bench, file):
    give_date(bench, "ocata-1", "2016-11-17")
    names = ["ocata-1", "ocata-2", "no-such", "ocata-1"] * 30
    assert [refresh(bench, file, *names) for _ in range(3)] == [1, 0, 0]


def test_a_name_that_was_never_heard_of_is_asked_for_once(bench, file):
    refresh(bench, file, "ocata-1")
    assert [refresh(bench, file, "ocata-1", "pike-1") for _ in range(2)] == [1, 0]


def test_a_date_that_moved_is_seen_within_a_week(bench, file, clock):
    give_date(bench, "ocata-1", "2016-11-17")
    refresh(bench, file, "ocata-1")
    give_date(bench, "ocata-1", "2016-11-24")
    clock.ahead = timedelta(days=6, hours=23)
    assert refresh(bench, file, "ocata-1") == 0
    clock.ahead = timedelta(days=7, hours=1)
    assert refresh(bench, file, "ocata-1") == 1
    assert file.load() == {(bench.project, "ocata-1"): date(2016, 11, 24)}
    give_date(bench, "ocata-1", None)
    clock.ahead = timedelta(days=15)
    assert refresh(bench, file, "ocata-1") == 1
    assert not file.path.exists()


def test_what_somebody_else_saw_since_is_not_taken_back_and_what_git_lost_comes_back(bench, file):
    give_date(bench, "ocata-1", "2016-11-17")
    refresh(bench, file, "ocata-1")
    file.path.write_text(f"{bench.project} ocata-1 2016-11-24\n")  # pulled from another clone
    assert refresh(bench, file, "ocata-1") == 0
    assert file.load() == {(bench.project, "ocata-1"): date(2016, 11, 24)}
    file.path.unlink()
    assert refresh(bench, file, "ocata-1") == 0
    assert file.load() == {(bench.project, "ocata-1"): date(2016, 11, 17)}


def test_a_project_that_is_not_shown_takes_nothing_away_and_is_not_asked_for_again(bench, file):
    file.path.parent.mkdir(parents=True)
    file.path.write_text("nowhere next 2016-11-17\n")
    before = len(bench.requests)
    for _ in range(2):
        refresh_dates(bench.gateway, file, [Action("a", "x", "nowhere", milestone="next")])
    assert len(bench.requests) == before + 1
    assert file.path.read_text() == "nowhere next 2016-11-17\n"


def test_lines_of_milestones_that_nothing_names_now_stay(bench, file):
    file.path.parent.mkdir(parents=True)
    file.path.write_text("another old-1 2015-01-01\n")
    give_date(bench, "ocata-1", "2016-11-17")
    refresh(bench, file, "ocata-1")
    assert "another old-1 2015-01-01\n" in file.path.read_text()


@pytest.mark.parametrize("kept", [b"", b"[]", b"[1, 2]", b'["2016-01-01", {}]', b'["x", {"ocata-1": 7}]', b"\xff"])
def test_without_a_sound_cache_they_are_read_anew(bench, file, kept):
    give_date(bench, "ocata-1", "2016-11-17")
    refresh(bench, file, "ocata-1")
    milestones = bench.gateway._milestones
    bench.gateway._wire.keep(milestones._key(bench.project), kept)
    assert refresh(bench, file, "ocata-1") == 1


def test_all_pages_are_read(bench, file, launchpad, monkeypatch):
    monkeypatch.setattr("tracker.launchpad.milestones.PAGE_SIZE", 2)
    for index in range(5):
        launchpad.add_milestone(bench.project, f"m{index}", date=date(2016, 11, 1 + index))
    assert refresh(bench, file, "m0", "m4") == 4
    assert len(file.load()) == 2


@pytest.mark.parametrize(
    ("text", "line", "rule", "said"),
    [
        ("neutron ocata-1 2016-11-17\nneutron ocata-2\n", 2, "R031", "PROJECT MILESTONE DATE"),
        ("neutron ocata-1 2016-02-30\n", 1, "R031", "PROJECT MILESTONE DATE"),
        (
            "neutron ocata-1 2016-11-17\nneutron ocata-1 2016-11-24\n",
            2,
            "R031",
            'a second line of milestone "ocata-1"',
        ),
        (
            "<<<<<<< HEAD\nneutron a 2016-11-17\n=======\nneutron a 2016-11-24\n>>>>>>> x\n",
            1,
            "R008",
            "conflict mark",
        ),
    ],
)
def test_what_is_wrong_with_the_file_is_told_where_it_stands(file, text, line, rule, said):
    file.path.parent.mkdir(parents=True)
    file.path.write_text(text)
    (problem,) = find_problems(file.path.parent.parent.parent)
    assert (problem.line, problem.rule) == (line, rule)
    assert said in problem.message
    with pytest.raises(TrackerError, match=f"milestones.txt:{line}: "):
        file.load()


def test_bytes_that_are_no_text_are_told(file):
    file.path.parent.mkdir(parents=True)
    file.path.write_bytes(b"neutron a 2016-11-17\n\xff\n")
    with pytest.raises(TrackerError, match=":2: not UTF-8"):
        file.load()
    file.path.write_text("x\n" * (MAX_SHOWN + 50))
    assert len(find_problems(file.path.parent.parent.parent)) <= MAX_SHOWN + 1


def test_a_file_that_git_changed_meanwhile_is_not_written_over(file):
    file.load()
    file.path.parent.mkdir(parents=True)
    file.path.write_text("neutron a 2016-11-17\n")
    with pytest.raises(TrackerError, match="was changed meanwhile"):
        file.save({("neutron", "b"): date(2016, 11, 17)})
    assert file.path.read_text() == "neutron a 2016-11-17\n"
