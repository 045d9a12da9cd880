"""`tracker stats` as installed."""

import json

import pytest

from tests.support import ROOT

PEOPLE = """\
people:
  mara: {name: Mara Example}
  jon: {name: Jon Example}
teams:
  makers: {name: makers, members: [mara]}
"""
LOGGING = """\
title: logging
date: 2026-04-01
actions:
  - {id: a, title: one, owner: mara, due: 2026-04-20}
  - {id: b, title: two, owner: [jon, mara], status: done}
  - {id: c, title: three}
"""
TODAY = ("--date", "2026-05-01")


@pytest.fixture
def sessions(tmp_path):
    folder = tmp_path / "sessions"
    (folder / "zircon").mkdir(parents=True)
    (folder / "tracker.yaml").write_text("tag: summit\nproject: lighthouse\nservice: sandbox\n")
    (folder / "people.yaml").write_text(PEOPLE)
    (folder / "zircon" / "logging.yaml").write_text(LOGGING)
    (folder / "zircon" / "metrics.yaml").write_text(LOGGING.replace("04-01", "04-11").replace("jon", "makers"))
    return folder


def remember(sessions, action, since, recap="zircon/logging"):
    agreed = {"recap": "done", "launchpad": "Fix Released", "since": f"{since}T10:00:00Z"}
    path = sessions / ".synced" / "sandbox" / f"{recap}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"action": action, "bug": 7, "fields": {"status": agreed}}) + "\n")


SESSIONS = """\
session         open  done  carried  late  unowned  median age  share done
--------------  ----  ----  -------  ----  -------  ----------  ----------
zircon/logging  2     1     0        1     1        30          33%
zircon/metrics  2     1     0        1     1        20          33%
all             4     2     -        2     2        25          33%
"""


def test_sessions_are_counted_and_all_of_them(tracker, sessions):
    answer = tracker("stats", *TODAY)
    assert (answer.code, answer.out, answer.err) == (0, SESSIONS, "")
    assert tracker("stats", *TODAY, "--by", "session").out == SESSIONS


@pytest.mark.parametrize(
    ("by", "rows"),
    [
        (
            "owner",
            ["jon,0,1,-,0,0,-,100%", "makers,0,1,-,0,0,-,100%", "mara,2,2,-,2,0,25,50%", "nobody,2,0,-,0,2,25,0%"],
        ),
        ("team", ["makers,2,2,-,2,0,25,50%", "nobody,2,0,-,0,2,25,0%"]),
        ("cycle", ["zircon,4,2,0,2,2,25,33%"]),
    ],
)
def test_others_are_counted_by_as_well(tracker, sessions, by, rows):
    answer = tracker("stats", *TODAY, "--by", by, "--format", "csv")
    assert answer.out.splitlines() == [f"{by},open,done,carried,late,unowned,median age,share done", *rows]


def test_programs_get_numbers(tracker, sessions):
    assert json.loads(tracker("stats", *TODAY, "--by", "cycle", "--format", "json").out) == [
        {
            "cycle": "zircon",
            "open": 4,
            "done": 2,
            "carried": 0,
            "late": 2,
            "unowned": 2,
            "median_age": 25,
            "share_done": 0.3333,
        }
    ]


def test_a_burndown_is_drawn_from_what_syncs_saw(tracker, sessions):
    remember(sessions, "b", "2026-04-16")
    drawn = tracker("stats", "--burndown", "zircon", *TODAY)
    assert drawn.code == 0
    lines = drawn.out.splitlines()
    assert lines[0] == "open actions of zircon"
    assert lines[1].startswith("5 |")
    assert lines[-1] == "   2026-04-01                                     2026-05-01"
    assert max(map(len, lines)) == 60
    assert "█" in drawn.out
    assert drawn.err == "1 action left out: closed, but no sync saw when; --live asks Launchpad\n"
    plain = tracker("stats", "--burndown", "zircon", *TODAY, PYTHONIOENCODING="ascii")
    assert "#" in plain.out
    assert plain.out.isascii()
    points = tracker("stats", "--burndown", "zircon", *TODAY, "--format", "csv").out
    assert points == "date,open\n2026-04-01,3\n2026-04-11,5\n2026-04-16,4\n2026-05-01,4\n"
    values = json.loads(tracker("stats", "--burndown", "zircon", *TODAY, "--format", "json").out)
    assert values[0] == {"date": "2026-04-01", "open": 3}


def test_before_the_first_session_there_is_nothing_to_draw(tracker, sessions):
    answer = tracker("stats", "--burndown", "zircon", "--date", "2026-03-01")
    assert (answer.code, answer.out) == (0, "")
    assert answer.err == (
        "nothing of zircon was open until 2026-03-01, as far as it is known\n"
        "6 actions of sessions after 2026-03-01 not counted yet\n"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--by", "week"), '--by cannot be "week"'),
        (("--format", "xml"), 'unknown format "xml"'),
        (("--date", "soon"), '--date: "soon" is no day'),
        (("--burndown", "zirkon"), 'no cycle "zirkon"'),
    ],
)
def test_what_is_asked_for_wrongly_is_one_message(tracker, sessions, words, message):
    answer = tracker("stats", *words)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"error: {message}\n  help: ")


def test_a_recap_with_errors_is_left_out_and_told(tracker, sessions):
    (sessions / "zircon" / "metrics.yaml").write_text("title: [\n")
    answer = tracker("stats", *TODAY, "--format", "csv")
    assert answer.code == 1
    assert "metrics" not in answer.out
    assert answer.err.startswith("left out because of errors: sessions/zircon/metrics.yaml")


def test_without_actions_there_is_nothing_to_count(tracker, sessions):
    for name in ("logging", "metrics"):
        (sessions / "zircon" / f"{name}.yaml").write_text("title: t\ndate: 2026-04-01\n")
    answer = tracker("stats", *TODAY)
    assert (answer.code, answer.out, answer.err) == (0, "", "there is no action\n")


def test_the_readme_lists_what_is_counted_by():
    from tracker.status.stats import GROUPS

    (row,) = [one for one in (ROOT / "README.md").read_text().splitlines() if one.startswith("| `tracker stats`")]
    for by in GROUPS:
        assert by in row
