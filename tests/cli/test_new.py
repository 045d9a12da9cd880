"""`tracker new` as installed: a recap to begin with, which teaches the format and passes `tracker check`."""

import os
import re
import signal
from datetime import date

import pytest

from tests.cli.test_init import contents, uncomment
from tests.cli.test_terminal import terminal
from tracker.cli import new as command
from tracker.errors import TrackerError
from tracker.recap.repository import load_repository

PEOPLE = "people:\n  mara: {name: Mara Example}\n  jon: {name: Jon Example}\n"


@pytest.fixture
def sessions(tmp_path):
    folder = tmp_path / "sessions"
    folder.mkdir()
    (folder / "tracker.yaml").write_text("tag: summit\nproject: neutron\n")
    (folder / "people.yaml").write_text(PEOPLE)
    return folder


FLAGS = ("--title", "Next steps", "--date", "2016-10-28")


def test_a_new_recap_teaches_the_format_and_passes_the_check(tracker, sessions, golden):
    answer = tracker("new", "ocata/neutron-next", *FLAGS, "--event", "Barcelona", "--author", "Mara Example")
    assert (answer.code, answer.out) == (0, "sessions/ocata/neutron-next.yaml\n")
    golden("new.yaml", (sessions / "ocata" / "neutron-next.yaml").read_text())
    assert tracker("check").err == "1 recap checked: no problems\n"


def test_every_example_in_it_counts_when_its_sign_is_taken_off(tracker, sessions):
    tracker("new", "ocata/next", *FLAGS)
    path = sessions / "ocata" / "next.yaml"
    path.write_text(uncomment(path.read_text()))
    answer = tracker("check")
    assert (answer.code, answer.out) == (0, "")
    shown = tracker("status", "--format", "csv").out
    for title in re.findall(r"^    title: (.+)$", path.read_text().partition("\nactions:")[2], re.MULTILINE):
        assert title in shown


@pytest.mark.parametrize(
    ("written", "where", "made"),
    [
        ("ocata/next", ".", "ocata/next"),
        ("next", ".", "next"),
        ("ocata/next.yaml", ".", "ocata/next"),
        ("ocata/next.yml", ".", "ocata/next"),
        ("ocata/v1.2", ".", "ocata/v1.2"),
        ("sessions/ocata/next", ".", "ocata/next"),
        ("sessions/ocata/next.yaml", ".", "ocata/next"),
        ("sessions/ocata/next.yaml", "sessions/ocata", "ocata/next"),
        ("./next.yaml", "sessions/ocata", "ocata/next"),
        ("../pike/next", "sessions/ocata", "pike/next"),
        ("ocata/next", "sessions/ocata", "ocata/next"),
    ],
)
def test_a_recap_is_named_by_id_or_by_file(tracker, sessions, tmp_path, written, where, made):
    (sessions / "ocata").mkdir()
    answer = tracker("new", written, *FLAGS, cwd=tmp_path / where)
    assert answer.code == 0, answer.err
    assert (sessions / f"{made}.yaml").is_file()
    assert (tmp_path / where / answer.out.strip()).resolve() == sessions / f"{made}.yaml"
    cycle = made.partition("/")[0] if "/" in made else None
    assert (f"\ncycle: {cycle}\n" in (sessions / f"{made}.yaml").read_text()) == (cycle is not None)


def test_an_absolute_path_is_understood(tracker, sessions):
    assert tracker("new", str(sessions / "ocata" / "next.yaml"), *FLAGS).code == 0
    assert (sessions / "ocata" / "next.yaml").is_file()


@pytest.mark.parametrize(
    "written",
    ["", ".", "/", "ocata/", "ocata//", "Next steps", "ocata/.next", "-x/y", "../next", "/elsewhere/next",
     "a/../../b", "ocata/é", "people", "tracker.yaml", "sessions/people.yaml", "templates/next",
     "ocata/templates/next", "a\nb", "sessions"],
)  # fmt: skip
def test_what_cannot_be_a_recap_is_refused_and_nothing_is_made(sessions, tmp_path, monkeypatch, written):
    monkeypatch.chdir(tmp_path)
    (sessions / "people.yaml").unlink()  # which a repository may do without
    before = contents(tmp_path)
    with pytest.raises(TrackerError) as caught:
        command.new(written, title="t", day="2016-10-28")
    assert (caught.value.exit_code, bool(caught.value.remedy)) == (2, True)
    assert contents(tmp_path) == before


def test_the_folder_of_a_cycle_is_no_recaps_name(tracker, sessions):
    (sessions / "hibiscus").mkdir()
    for help_text in ("name it hibiscus/NAME", "give it a name there, as hibiscus/image-cache has"):
        answer = tracker("new", "hibiscus", *FLAGS)
        assert (answer.code, answer.out) == (2, "")
        said = 'error: "hibiscus" is the folder of a cycle, and a recap is named CYCLE/NAME'
        assert answer.err == f"{said}\n  help: {help_text}\n"
        (sessions / "hibiscus" / "image-cache.yaml").write_text("title: the image cache\n")
    assert tracker("new", "retro", *FLAGS).out == "sessions/retro.yaml\n"


@pytest.mark.parametrize("name", ["next.yaml", "next.yml"])
def test_no_recap_is_ever_overwritten(tracker, sessions, name):
    (sessions / "ocata").mkdir()
    (sessions / "ocata" / name).write_text("mine\n")
    answer = tracker("new", "ocata/next", *FLAGS)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"error: sessions/ocata/{name} is there already\n")
    assert (sessions / "ocata" / name).read_text() == "mine\n"
    assert len(list((sessions / "ocata").iterdir())) == 1


def test_a_link_to_nothing_is_not_written_through(tracker, sessions, tmp_path):
    (sessions / "next.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    assert tracker("new", "next", *FLAGS).code == 2
    assert not (tmp_path / "elsewhere.yaml").exists()


def test_the_folder_of_recaps_may_itself_be_a_link(tracker, sessions, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "sessions").symlink_to(sessions)
    answer = tracker("new", "ocata/next", *FLAGS, cwd=elsewhere)
    assert (answer.code, answer.out) == (0, "sessions/ocata/next.yaml\n"), answer.err
    assert tracker("check", cwd=elsewhere).err == "1 recap checked: no problems\n"


def test_no_recap_is_made_where_none_would_be_read(tracker, sessions, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (sessions / "ocata").symlink_to(tmp_path / "elsewhere")
    answer = tracker("new", "ocata/next", *FLAGS)
    assert answer.code == 2
    assert "sessions/ocata is a link" in answer.err
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize(
    "title", ["a: b", "x #y", "- a", "yes", '"quoted"', "l'été ☃", "{}", "2016-10-28", "# a", "\u202ehidden", "a\tb"]
)
def test_a_title_stays_the_text_that_was_given(sessions, monkeypatch, title):
    monkeypatch.chdir(sessions)
    command.new("a", title=title, day="2016-10-28")
    (recap,) = load_repository(sessions).recaps
    assert recap.title == title


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--title", "a\nb"], "`--title`: "),
        (["--title", " "], "`--title`: "),
        (["--title", "t", "--date", "28 October"], '`--date`: "28 October" is no date'),
        (["--title", "t", "--date", "2016-02-30"], "`--date`: "),
        (["--title", "t", "--author", "jonn"], '`--author`: unknown person "jonn"'),
        (["--title", "t", "--project", "Not A Name"], "`--project`: "),
        (["--title", "t", "--event", "a\nb"], "`--event`: "),
        (["--title", "caf\udce9"], "`--title`: the text is not UTF-8"),
        (["--title", "t", "--date", "2016-10-2\udce9"], "`--date`: the text is not UTF-8"),
        ([], "`--title` is missing"),
    ],
)
def test_a_wrong_option_makes_nothing_and_says_what_to_do(tracker, sessions, flags, said):
    answer = tracker("new", "ocata/next", *flags)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert "  help: " in answer.err
    assert not (sessions / "ocata").exists()


def test_without_a_default_the_project_is_required(tracker, sessions):
    (sessions / "tracker.yaml").write_text("tag: summit\n")
    answer = tracker("new", "next", *FLAGS)
    assert (answer.code, answer.err.splitlines()[0]) == (2, "error: `--project` is missing")
    assert tracker("new", "next", *FLAGS, "--project", "nova").code == 0
    assert "\nproject: nova\n" in (sessions / "next.yaml").read_text()
    assert tracker("check").code == 0


def test_a_recap_is_of_today_when_nobody_says_a_day(sessions, monkeypatch, capsys):
    monkeypatch.chdir(sessions)
    monkeypatch.setattr(command, "today", lambda: date(2017, 2, 24))
    command.new("next", title="t")
    assert "\ndate: 2017-02-24\n" in (sessions / "next.yaml").read_text()
    assert capsys.readouterr().out == "next.yaml\n"


def test_a_disk_that_takes_nothing_is_one_message(sessions, monkeypatch):
    def refuse(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.chdir(sessions)
    monkeypatch.setattr("tracker.recap.files.create_file", refuse)
    with pytest.raises(TrackerError, match="cannot be made: No space left on device"):
        command.new("next", title="t")


def test_where_the_schema_is_kept_an_editor_is_told_of_it(tracker, sessions):
    (sessions / ".schema").mkdir()
    (sessions / ".schema" / "recap.json").write_text(tracker("schema", "recap").out)
    tracker("new", "ocata/next", *FLAGS)
    first = (sessions / "ocata" / "next.yaml").read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=../.schema/recap.json"
    assert tracker("check").code == 0


def test_with_broken_settings_nothing_is_made(tracker, sessions):
    (sessions / "tracker.yaml").write_text("tag: X\n")
    answer = tracker("new", "next", *FLAGS)
    assert answer.code == 1
    assert "tracker.yaml has errors" in answer.err
    assert not (sessions / "next.yaml").exists()


# On a terminal


def test_on_a_terminal_it_asks_for_what_no_option_says_and_again_after_a_wrong_answer(tmp_path, sessions):
    with terminal(tmp_path, "new", "ocata/next", "--event", "Barcelona") as at:
        at.wait_for("Title of the session:")
        at.answer("Next steps\n")
        at.wait_for(f"Day of the session [{date.today():%Y-}")
        at.answer("yesterday\n")
        at.wait_for('"yesterday" is no date')
        at.wait_for("  help: ")
        at.answer("2016-10-28\n")
        at.wait_for("Who writes the recap")
        at.answer("\n")
        at.wait_for("sessions/ocata/next.yaml")
        assert at.process.wait(10) == 0
    assert "Summit, sprint or PTG" not in at.shown
    assert "Its project" not in at.shown
    text = (sessions / "ocata" / "next.yaml").read_text()
    assert text.startswith("title: Next steps\ncycle: ocata\nevent: Barcelona\ndate: 2016-10-28\n#links:")


def test_ctrl_c_at_a_question_leaves_nothing(tmp_path, sessions):
    with terminal(tmp_path, "new", "ocata/next") as at:
        at.wait_for("Title of the session:")
        os.killpg(at.process.pid, signal.SIGINT)
        assert at.process.wait(10) == 130
        assert "Traceback" not in at.shown
    assert not (sessions / "ocata").exists()
