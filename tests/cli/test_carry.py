"""`tracker carry` as installed: the next recap begins with what is open, and nothing is lost or tracked twice."""

import re
import signal
import subprocess
import sys

import pytest

from tests.cli.test_init import contents
from tests.cli.test_terminal import terminal
from tracker.cli.remembered import load_known
from tracker.recap.repository import load_repository

PEOPLE = "people:\n  mara: {name: Mara Example, irc: mara_}\n  jon: {name: Jon Example}\n"
ONE = """\
title: logging
date: 2026-04-14
actions:
  - id: default-format
    title: make structured logs the default
    owner: [mara, jon?]
    bug: 12
    milestone: next-1
  - id: old-format
    title: write down when the old format goes
    owner: jon
    bug: new
    status: done
"""
TWO = """\
title: metrics
date: 2026-04-15
project: tower
actions:
  - id: default-format
    title: choose a format for metrics
    work_item: metrics  # with those of others
  - id: names
    title: agree on names
    owner: jon
"""
CARRY = ("carry", "--from", "zircon", "--to", "agate/next", "--date", "2026-10-12")


@pytest.fixture
def sessions(tmp_path):
    folder = tmp_path / "sessions"
    (folder / "zircon").mkdir(parents=True)
    (folder / "tracker.yaml").write_text("tag: summit\nproject: lighthouse\n")
    (folder / "people.yaml").write_text(PEOPLE)
    (folder / "zircon" / "logging.yaml").write_text(ONE)
    (folder / "zircon" / "metrics.yaml").write_text(TWO)
    return folder


def recaps(sessions):
    return {one.id: {action.id: action for action in one.actions} for one in load_repository(sessions).recaps}


SHOWN = """\
sessions/agate/next.yaml is to be made; it goes on with 3 actions:
  default-format: make structured logs the default
    from zircon/logging#default-format, with bug 12
  default-format-2: choose a format for metrics
    from zircon/metrics#default-format, with work item of metrics
  names: agree on names
    from zircon/metrics#names, kept by hand
"""


def test_the_open_actions_of_a_cycle_begin_the_next_recap(tracker, sessions):
    answer = tracker(*CARRY, "--title", "logs, metrics", "--yes")
    done = "3 actions carried over; `tracker plan` shows what a sync would do\n"
    assert (answer.code, answer.out, answer.err) == (0, SHOWN, done)
    new = recaps(sessions)["agate/next"]
    assert {key: (action.carried_from, str(action.target), action.project) for key, action in new.items()} == {
        "default-format": ("zircon/logging#default-format", "bug 12", "lighthouse"),
        "default-format-2": ("zircon/metrics#default-format", "work item of metrics", "tower"),
        "names": ("zircon/metrics#names", "None", "tower"),
    }
    assert (sessions / "zircon" / "logging.yaml").read_text() == ONE.replace("    bug: 12\n", "")
    kept = TWO.replace("    work_item: metrics  # with those of others\n", "")
    assert (sessions / "zircon" / "metrics.yaml").read_text() == kept
    text = (sessions / "agate" / "next.yaml").read_text()
    assert text.startswith("title: logs, metrics\ncycle: agate\ndate: 2026-10-12\n")
    assert "work_item: metrics  # with those of others\n" in text
    assert tracker("check").err == "3 recaps checked: no problems\n"


def test_nothing_is_written_before_somebody_agrees(tracker, sessions):
    before = contents(sessions)
    answer = tracker(*CARRY)
    assert (answer.code, answer.out) == (2, SHOWN)
    assert answer.err == "error: nobody is there to agree to that\n  help: look at it, then add --yes\n"
    assert contents(sessions) == before
    with terminal(sessions.parent, *CARRY) as at:
        at.wait_for("Carry them over? [y/N]")
        at.answer("n\n")
        at.wait_for("nothing was changed")
        assert at.process.wait(10) == 0
    assert contents(sessions) == before


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        (("--owner", "mara_"), ["zircon/logging#default-format"]),
        (("--owner", "Jon Example"), ["zircon/logging#default-format", "zircon/metrics#names"]),
        (("--only", "names"), ["zircon/metrics#names"]),
        (("--only", "zircon/metrics#default-format", "--only", "names"),
         ["zircon/metrics#default-format", "zircon/metrics#names"]),
    ],
)  # fmt: skip
def test_only_what_is_chosen_goes_on(tracker, sessions, words, kept):
    assert tracker(*CARRY, *words, "--yes").code == 0
    assert [action.carried_from for action in recaps(sessions)["agate/next"].values()] == kept


def test_one_recap_can_be_carried_alone_and_what_went_on_does_not_go_again(tracker, sessions):
    assert tracker("carry", "--from", "zircon/metrics", "--to", "agate/metrics", "--yes").code == 0
    assert tracker(*CARRY, "--yes").code == 0
    assert list(recaps(sessions)["agate/next"]) == ["default-format"]
    before = contents(sessions)
    again = tracker("carry", "--from", "zircon", "--to", "agate/more", "--yes")
    assert (again.code, again.out, again.err) == (0, "", "nothing is open in zircon\n")
    assert contents(sessions) == before


def test_what_was_carried_can_be_carried_on(tracker, sessions):
    assert tracker(*CARRY, "--yes").code == 0
    assert tracker("carry", "--from", "agate", "--to", "beryl/next", "--yes").code == 0
    assert recaps(sessions)["beryl/next"]["default-format"].carried_from == "agate/next#default-format"
    named = [one.target for actions in recaps(sessions).values() for one in actions.values() if one.target]
    assert sorted(map(str, named)) == ["bug 12", "bug: new", "work item of metrics"]


@pytest.mark.parametrize("to", ["agate/next", "aaa/next"])
@pytest.mark.parametrize("left", [["logging"], ["metrics"], ["logging", "metrics"]])
@pytest.mark.parametrize("bug", ["12", "new"])
def test_a_run_that_was_killed_between_the_files_goes_on(tracker, sessions, to, left, bug):
    """Whichever of the recaps comes first; until then neither `check` nor a sync takes both for good."""
    path = sessions / "zircon" / "logging.yaml"
    path.write_text(ONE.replace("bug: 12", f"bug: {bug}"))
    texts = {name: (sessions / "zircon" / f"{name}.yaml").read_text() for name in left}
    words = ("carry", "--from", "zircon", "--to", to, "--yes")
    assert tracker(*words).code == 0
    whole = contents(sessions)
    for name, text in texts.items():
        (sessions / "zircon" / f"{name}.yaml").write_text(text)
    assert tracker("check").code == 1
    answer = tracker(*words)
    assert answer.code == 0, answer.err
    assert f"sessions/{to}.yaml is there already; it goes on with {len(left)} action" in answer.out
    assert contents(sessions) == whole
    assert tracker("check").code == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [("bug: new", "bug: 4"), ("blueprint: new metrics", "blueprint: metrics")],
)
def test_what_a_sync_created_in_between_goes_along(tracker, sessions, before, after):
    """The old recap names it by now; the new one is still to get one, and would get a second."""
    path = sessions / "zircon" / "logging.yaml"
    path.write_text(ONE.replace("bug: 12", before))
    assert tracker(*CARRY, "--yes").code == 0
    path.write_text(ONE.replace("bug: 12", after))
    answer = tracker(*CARRY, "--yes")
    assert answer.code == 0, answer.err
    assert path.read_text() == ONE.replace("    bug: 12\n", "")
    assert f"    {after}\n" in (sessions / "agate" / "next.yaml").read_text()
    assert tracker("check").err == "3 recaps checked: no problems\n"


def test_a_follow_up_of_something_done_does_not_take_its_bug(tracker, sessions):
    new = sessions / "agate" / "next.yaml"
    new.parent.mkdir()
    head = "title: t\ndate: 2026-10-12\nactions:\n  - id: a\n    title: more\n    bug: new\n"
    new.write_text(f"{head}    carried_from: zircon/logging#old-format\n")
    (sessions / "zircon" / "logging.yaml").write_text(ONE.replace("bug: new", "bug: 4"))
    before = contents(sessions)
    assert tracker(*CARRY, "--yes").code == 2
    assert contents(sessions) == before


_KILLING = """
import os, signal, sys
from tracker.recap import writer
real, left = writer.Writer.write, [{left}]
def write(self, edits):
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    left[0] -= 1
    real(self, edits)
writer.Writer.write = write
sys.argv = ["tracker", *{words!r}]
from tracker.cli import main
main()
"""


@pytest.mark.parametrize("left", [0, 1])
def test_a_kill_loses_nothing(tracker, sessions, left):
    script = _KILLING.format(left=left, words=[*CARRY, "--yes"])
    done = subprocess.run([sys.executable, "-c", script], cwd=sessions.parent, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(recaps(sessions)) < 3 or left  # two that name one bug are not both taken
    answer = tracker(*CARRY, "--yes")
    assert answer.code == 0, answer.err
    named = [str(one.target) for actions in recaps(sessions).values() for one in actions.values() if one.target]
    assert sorted(named) == ["bug 12", "bug: new", "work item of metrics"]
    assert tracker("check").err == "3 recaps checked: no problems\n"
    assert not list(sessions.glob(".tracker.lock"))


def test_a_recap_that_is_there_is_never_written_over(tracker, sessions):
    path = sessions / "agate" / "next.yaml"
    path.parent.mkdir()
    path.write_text("title: mine\ndate: 2026-10-01\n")
    before = contents(sessions)
    answer = tracker(*CARRY, "--yes")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("error: sessions/agate/next.yaml is there already\n  help: ")
    assert contents(sessions) == before


def test_what_cannot_be_taken_out_has_one_remedy_that_keeps_it(tracker, sessions):
    path = sessions / "zircon" / "metrics.yaml"
    path.write_text(TWO.replace("work_item: metrics ", "? work_item\n    : metrics "))
    answer = tracker(*CARRY, "--yes")
    assert (answer.code, answer.err) == (
        1,
        "error: sessions/zircon/metrics.yaml:8: `work_item` cannot be changed alone; nothing was changed\n"
        "  help: write it as `work_item: VALUE` in a line of its own, then run the same command again\n",
    )


@pytest.mark.parametrize("what", ["read-only", "braces"])
def test_an_old_recap_that_cannot_be_changed_keeps_all_as_it_is(tracker, sessions, what):
    path = sessions / "zircon" / "metrics.yaml"
    if what == "braces":
        path.write_text(TWO.partition("actions:")[0] + "actions: [{id: a,\n  # one\n  title: b, bug: 7}]\n")
        path.write_text(path.read_text().replace("title: b, bug", "title: b, # two\n  bug"))
    else:
        path.chmod(0o444)
    before = contents(sessions)
    answer = tracker(*CARRY, "--yes")
    assert answer.code == 1
    assert "nothing was changed" in answer.err
    assert "help: " in answer.err
    assert contents(sessions) == before


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("ZIRCON", ["logging#default-format", "metrics#default-format", "metrics#names"]),
        ("zircon/", ["logging#default-format", "metrics#default-format", "metrics#names"]),
        ("sessions/zircon", ["logging#default-format", "metrics#default-format", "metrics#names"]),
        ("./sessions/zircon/", ["logging#default-format", "metrics#default-format", "metrics#names"]),
        ("sessions/zircon/metrics.yaml", ["metrics#default-format", "metrics#names"]),
        ("zircon/metrics.yaml", ["metrics#default-format", "metrics#names"]),
        ("Zircon/Metrics", ["metrics#default-format", "metrics#names"]),
    ],
)
def test_what_is_carried_is_named_as_elsewhere(tracker, sessions, name, kept):
    assert tracker("carry", "--from", name, "--to", "agate/next", "--yes").code == 0
    origins = [action.carried_from for action in recaps(sessions)["agate/next"].values()]
    assert origins == [f"zircon/{one}" for one in kept]


def test_what_names_a_recap_and_a_cycle_is_ambiguous(tracker, sessions):
    (sessions / "zircon.yaml").write_text(f"{TWO.partition('actions:')[0]}actions:\n  - id: own\n    title: own\n")
    before = contents(sessions)
    answer = tracker(*CARRY, "--yes")
    assert (answer.code, answer.err) == (
        2,
        'error: "zircon" is a recap and a cycle\n  help: write zircon.yaml for the recap, zircon/ for the cycle\n',
    )
    assert contents(sessions) == before
    assert tracker("carry", "--from", "zircon/", "--to", "agate/cycle", "--yes").code == 0
    assert tracker("carry", "--from", "zircon.yaml", "--to", "agate/recap", "--yes").code == 0
    assert list(recaps(sessions)["agate/recap"]) == ["own"]
    assert len(recaps(sessions)["agate/cycle"]) == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--from", "zirkon"), 'no cycle or recap "zirkon"\n  help: did you mean "zircon"'),
        (("--from", "zircon/loging"), 'no cycle or recap "zircon/loging"\n  help: did you mean "zircon/logging'),
        (("--to", "agate"), None),
        (("--to", "zircon"), '"zircon" is the folder of a cycle'),
        (("--to", "a b"), '"a b" cannot be a recap\'s id'),
        (("--date", "soon"), '--date: "soon" is no day'),
        (("--date", ""), '--date: "" is no day'),
        (("--date", "20261103"), '--date: "20261103" is no day'),
        (("--title", ""), "`--title`: `title` is empty"),
        (("--owner", "zorro"), 'unknown owner "zorro"'),
        (("--only", "old-format"), 'no open action "old-format"'),
        (("--only", "default-format"), '"default-format" means several actions'),
        (("--owner", "mara", "--only", "names"),
         '"zircon/metrics#names" is open, and owned by jon, not by mara'),
    ],
)  # fmt: skip
def test_what_is_asked_for_wrongly_is_one_message(tracker, sessions, words, message):
    before = contents(sessions)
    answer = tracker(*CARRY, "--yes", *words)
    if message is None:
        assert answer.code == 0
        return
    assert answer.code == 2
    assert answer.err.startswith(f"error: {message}")
    assert "  help: " in answer.err
    assert contents(sessions) == before


def test_a_recap_with_errors_is_not_carried(tracker, sessions):
    path = sessions / "zircon" / "metrics.yaml"
    path.write_text(TWO.replace("owner: jon", "owner: jonn"))
    before = contents(sessions)
    answer = tracker(*CARRY, "--yes")
    assert answer.code == 1
    assert answer.err.startswith("error: sessions/zircon/metrics.yaml: not a sound recap\n  help: ")
    assert contents(sessions) == before


def test_while_a_recap_has_errors_nothing_is_carried_a_second_time(tracker, sessions):
    assert tracker(*CARRY, "--yes").code == 0
    new = sessions / "agate" / "next.yaml"
    new.write_text(new.read_text().replace("owner: jon", "owner: jonn"))
    before = contents(sessions)
    answer = tracker("carry", "--from", "zircon", "--to", "agate/more", "--yes")
    assert answer.code == 1
    assert answer.err.startswith("error: sessions/agate/next.yaml: not a sound recap\n  help: ")
    assert contents(sessions) == before


def test_what_is_switched_off_keeps_nothing_from_being_carried(tracker, sessions):
    path = sessions / "zircon" / "logging.yaml"
    path.write_text(ONE.replace("[mara, jon?]", "[mara, mara]"))
    assert tracker(*CARRY, "--yes").code == 1
    (sessions / "tracker.yaml").write_text("tag: summit\nproject: lighthouse\nignore: [R027]\n")
    assert tracker(*CARRY, "--yes").code == 0


def test_a_sync_that_runs_is_not_disturbed(tracker, sessions):
    from tracker.sync.lock import locked

    with locked(sessions):
        answer = tracker(*CARRY, "--yes")
    assert answer.code == 1
    assert "another command is at work in " in answer.err
    assert not (sessions / "agate").exists()


def test_a_recap_that_could_not_be_read_again_is_not_written(tracker, sessions):
    """It would be too large."""
    for name in ("logging", "metrics"):
        path = sessions / "zircon" / f"{name}.yaml"
        path.write_text(path.read_text() + f"  - id: long\n    title: long\n    notes: {'word ' * 110_000}\n")
    before = contents(sessions)
    answer = tracker(*CARRY, "--yes")
    assert answer.code == 1
    assert re.fullmatch(
        r"error: agate/next would not be a sound recap: the file has 1,[0-9,]+ bytes, more than 1,000,000;"
        r" nothing was changed\n  help: carry some of them: --only, --owner\n",
        answer.err,
    )
    assert contents(sessions) == before


def test_a_recap_that_would_read_otherwise_is_not_written(tracker, sessions, monkeypatch, capsys):
    from tracker.cli import main
    from tracker.recap import carrying

    before = contents(sessions)
    real = carrying.write_carried
    monkeypatch.setattr(carrying, "write_carried", lambda *args: real(*args).replace("agree on", "agree"))
    monkeypatch.chdir(sessions.parent)
    monkeypatch.setattr(sys, "argv", ["tracker", *CARRY, "--yes"])
    with pytest.raises(SystemExit):
        main()
    assert 'agate/next would not be a sound recap: "names" would not read as it does now' in capsys.readouterr().err
    assert contents(sessions) == before


def test_titles_do_nothing_to_the_terminal(tracker, sessions):
    path = sessions / "zircon" / "metrics.yaml"
    path.write_text(TWO.replace("agree on names", '"agree \\e[2J on names"'))
    assert "agree \\x1b[2J on names" in tracker(*CARRY).out


def test_after_carrying_a_plan_has_nothing_to_do_and_a_sync_keeps_what_was_agreed(sample):
    assert sample.run("sync", "--yes").code == 0
    bug = sample.bugs["review-pecan"]
    answer = sample.run("carry", "--from", "ocata", "--to", "pike/next", "--yes")
    assert answer.code == 0, answer.err
    planned = sample.run("plan", "--exit-code")
    assert planned.code == 0, planned.err
    assert "Nothing to do" in planned.out
    sample.sandbox.requests.clear()
    synced = sample.run("sync", "--yes")
    assert synced.code == 0, synced.err
    assert {method for method, _, _ in sample.sandbox.requests} == {"GET"}
    new = sample.folder / "sessions" / "pike" / "next.yaml"
    assert f"bug: {bug}\n" in new.read_text()
    new.write_text(new.read_text().replace(f"bug: {bug}\n", f"bug: {bug}\n    status: done\n"))
    assert sample.run("sync", "--yes").out.splitlines()[-1] == (
        f"done     pike/next#review-pecan: bug {bug}: status New -> Fix Released"
    )
    rehearsed = sample.run("rehearse")
    assert rehearsed.code == 0, rehearsed.err
    known = sample.folder / "sessions" / ".synced" / "sandbox"
    assert [path.relative_to(known).as_posix() for path in known.rglob("*.jsonl")] == ["pike/next.jsonl"]


def test_the_new_recap_can_be_synced_alone(sample):
    assert sample.run("sync", "--yes").code == 0
    bug = sample.bugs["review-pecan"]
    for source, target in (("ocata", "pike/next"), ("pike", "queens/next")):
        assert sample.run("carry", "--from", source, "--to", target, "--yes").code == 0
    new = sample.folder / "sessions" / "queens" / "next.yaml"
    new.write_text(new.read_text().replace(f"bug: {bug}\n", f"bug: {bug}\n    status: done\n"))
    synced = sample.run("sync", "queens/next", "--yes")
    assert synced.code == 0, synced.err
    assert synced.out.splitlines()[-1] == (
        f"done     queens/next#review-pecan: bug {bug}: status New -> Fix Released"
    )
    known = sample.folder / "sessions" / ".synced" / "sandbox"
    assert [path.relative_to(known).as_posix() for path in known.rglob("*.jsonl")] == ["queens/next.jsonl"]
    assert sample.run("plan", "--exit-code").code == 0


def test_what_syncs_saw_is_told_of_the_one_that_goes_on_before_the_next_sync_too(sample):
    """And of one whose id was changed since."""
    assert sample.run("sync", "--yes").code == 0
    number = sample.bugs["review-pecan"]
    sample.replace("id: review-ovo", "id: ovo-reviews\n    previously: review-ovo")

    def last_changes(session):
        words = ("--columns", "id,last-change", "--format", "csv", "--session", session)
        lines = sample.run("status", *words).out.splitlines()[1:]
        return dict(line.partition("#")[2].split(",") for line in lines)

    known = last_changes("ocata/neutron-server-next")
    assert known["ovo-reviews"] == known["review-pecan"] != ""
    assert sample.run("carry", "--from", "ocata", "--to", "pike/next", "--yes").code == 0
    assert last_changes("pike/next") == known
    folder = sample.folder / "sessions"
    for paths in ([], [folder / "pike" / "next.yaml"]):
        moved = load_known(load_repository(folder, paths))["pike/next"]
        assert {one for one, when in moved.items() if when.first} == {one for one, day in known.items() if day}
    told = sample.run("status", "pike/next#review-pecan").out
    assert "not synced yet" not in told
    assert f"the tracker made bug {number}" in told
    new = sample.folder / "sessions" / "pike" / "next.yaml"
    new.write_text(new.read_text().replace("id: review-pecan", "id: pecan-reviews\n    previously: review-pecan"))
    new.write_text(new.read_text().replace(f"bug: {number}\n", f"bug: {number}\n    status: done\n"))
    assert sample.run("stats", "--burndown", "pike").err == ""
