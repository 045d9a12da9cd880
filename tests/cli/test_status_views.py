"""`tracker status` with its filters and looks, one action whole, and the views, as installed and without a server."""

import csv
import io
import json
import os
import pty
import re
import subprocess

import pytest
from wcwidth import wcswidth

from tests.support import TRACKER
from tracker.mail.meeting import MAX_BYTES, cut_line

DAY = "2016-11-20"
PEOPLE = """\
people:
  mei: {name: 林美玲, launchpad: mei, email: mei@example.com}
  dov: {name: דוב לוי, launchpad: dov}
  zoe: {name: Zoé Ünal, launchpad: zoe}
teams:
  drivers: {name: drivers, launchpad: drivers, members: [mei], lead: zoe}
"""
RECAP = """\
title: what to do about the gate
project: marble
cycle: ocata
date: 2016-10-28
topics:
  - title: The gate
actions:
  - id: retry
    title: ゲートの再試行を減らす
    owner: mei
    bug: 12
    status: in progress
    due: 2016-11-18
    tags: [gate]
    topic: The gate
  - id: labels
    title: לתייג את התקלות הפתוחות
    owner: [dov, mei?]
    with: [zoe]
    blueprint: label-open-faults
    milestone: ocata-2
  - id: naive
    title: "re\\u0301pare\\u0301 le de\\u0301po\\u0302t nai\\u0308f, and a\\u030a\\u0323 more"
    work_item: label-open-faults
    notes: |
      First look at the mirror.
      Then ask again.
  - id: team-docs
    title: write down who may restart a job
    owner: drivers
    status: in progress
    milestone: ocata-1
  - id: old
    title: count the reruns
    owner: zoe
    due: 2016-11-01
  - id: gone
    title: rename the queue
    status: dropped
"""
NEXT = """\
title: the gate, once more
project: marble
cycle: pike
date: 2016-11-15
actions:
  - id: reruns
    title: count the reruns again
    owner: zoe
    carried_from: ocata/gate#old
"""


@pytest.fixture
def gate(tmp_path, tracker):
    """A repository that was synced; names are of several scripts."""
    sessions = tmp_path / "sessions"
    synced = sessions / ".synced" / "production"
    for folder in (sessions / "ocata", sessions / "pike", synced / "ocata"):
        folder.mkdir(parents=True)
    (sessions / "tracker.yaml").write_text("tag: marble-summit\nproject: marble\nservice: production\n")
    (sessions / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    (sessions / "ocata" / "gate.yaml").write_text(RECAP, encoding="utf-8")
    (sessions / "pike" / "gate.yaml").write_text(NEXT, encoding="utf-8")
    (synced / "milestones.txt").write_text("marble ocata-1 2016-11-17\nmarble ocata-2 2016-12-15\n")
    agreed = {
        "lead": {"recap": "mei", "launchpad": "mei", "since": "2016-10-29T10:00:00Z"},
        "status": {
            "recap": "in progress",
            "launchpad": "In Progress",
            "since": "2016-11-12T09:30:00Z",
            "pulled_over": ["todo"],
        },
    }
    refused = {"milestone": {"value": "ocata-1", "account": "mei", "reason": "no right to set it"}}
    entry = {"action": "retry", "bug": 12, "created": True, "fields": agreed, "refused": refused}
    (synced / "ocata" / "gate.jsonl").write_text(json.dumps(entry, sort_keys=True) + "\n")

    def run(*words, **environment):
        return tracker(
            *words, "--date", DAY, GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_SYSTEM=os.devnull, **environment
        )

    run.folder = tmp_path
    return run


def ids(answer):
    return [row["id"] for row in json.loads(answer.out)]


def find(gate, *words):
    return ids(gate("status", *words, "--format", "json"))


@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_names_of_every_script_stay_in_their_columns(gate, golden, columns):
    answer = gate("status", "--all", COLUMNS=str(columns))
    golden(f"status-scripts-{columns}.txt", answer.out)
    lines = answer.out.splitlines()
    assert max(map(wcswidth, lines)) <= columns


def test_a_table_of_chosen_columns_has_them_in_their_order(gate):
    answer = gate("status", "--columns", "due,id,late", "--sort", "due", "--format", "csv")
    assert list(csv.reader(io.StringIO(answer.out)))[:3] == [
        ["due", "id", "late"],
        ["ocata-1", "ocata/gate#team-docs", "late"],
        ["2016-11-18", "ocata/gate#retry", "late"],
    ]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["--late"], ["retry", "team-docs"]),
        (["--owner", "mei"], ["retry", "labels"]),
        (["--owner", "mei", "--teams"], ["retry", "labels", "team-docs"]),
        (["--owner", "ZOE", "--teams"], ["team-docs", "reruns"]),
        (["--team", "drivers"], ["team-docs"]),
        (["--with", "Zoé Ünal"], ["labels"]),
        (["--topic", "the gate"], ["retry"]),
        (["--tag", "gate", "--target", "bug"], ["retry"]),
        (["--target", "none", "--cycle", "pike"], ["reruns"]),
        (["--unowned"], ["naive"]),
        (["--tentative"], ["labels"]),
        (["--milestone", "OCATA-2"], ["labels"]),
        (["--due-before", "2016-12-15"], ["retry", "team-docs"]),
        (["--due-before", "26d"], ["retry", "labels", "team-docs"]),
        (["--quiet-for", "14d"], ["labels", "naive", "team-docs"]),
        (["--quiet-for", "1w"], ["retry", "labels", "naive", "team-docs"]),
        (["--text", "MIRROR"], ["naive"]),
        (["--status", "carried"], ["old"]),
        (["--status", "dropped", "--status", "in progress"], ["retry", "team-docs", "gone"]),
        (["pike/gate"], ["reruns"]),
        (["--session", "pike/gate", "--late"], []),
        (["--sort", "-action", "--cycle", "ocata", "--target", "none"], ["team-docs"]),
    ],
)  # fmt: skip
def test_each_option_chooses_what_it_says(gate, words, found):
    assert find(gate, *words) == found


@pytest.mark.parametrize(
    ("words", "said", "help_"),
    [
        (["--milestone", "ocata2"], 'no milestone "ocata2"', 'did you mean "ocata-2"'),
        (["--tag", "x"], 'no tag "x"', "there is gate"),
        (["--topic", "The gato"], 'no topic "The gato"', 'did you mean "The gate"?'),
        (["--project", "marbel"], 'no project "marbel"', 'did you mean "marble"?'),
        (["--team", "mei"], '"mei" is no team', "the teams of people.yaml are drivers"),
        (["--with", "zoo"], 'unknown person "zoo"', 'did you mean "zoe"?'),
        (["--target", "bugs"], '--target cannot be "bugs"', 'did you mean "bug"?'),
        (["--group-by", "owners"], '--group-by cannot be "owners"', 'did you mean "owner"?'),
        (["--sort", "-dew"], '--sort cannot be "dew"', 'did you mean "due"?'),
        (["--columns", "id,,due"], '--columns cannot be ""', "it is one of session, action"),
        (["--fail-on", "never"], '--fail-on cannot be "never"', "late, unowned, tentative, any"),
        (["--due-before", "soon"], '--due-before: "soon" is no day', "2016-11-03, or as 14d or 2w"),
        (["--quiet-for", "a week"], '--quiet-for: "a week" is no span', "write it as 14d or 2w"),
        (["--teams"], "--teams goes with --owner", "--owner ihar --teams"),
        (["ocata/gat"], 'no recap "ocata/gat"', 'did you mean "ocata/gate"?'),
        (["ocata/gate#retri"], 'no action "retri"', 'did you mean "retry"?'),
        (["ocata/"], '"ocata" is a cycle, and no recap', "write --cycle ocata"),
        (["ocata"], '"ocata" is a cycle, and no recap', "write --cycle ocata"),
        (["gate"], '"gate" means several recaps: ocata/gate, pike/gate', "write the id of one"),
        (["ocata/gate", "--session", "pike/gate"], '--session cannot go with "ocata/gate"', "leave one out"),
        (["ocata/gate#retry", "--late", "--sort", "due"], '--late and --sort cannot go with "ocata/gate#retry"',
         "leave one out"),
        (["ocata/gate#retry", "--format", "html"], 'one action cannot be shown as "html"', "--format json"),
    ],
)  # fmt: skip
def test_what_there_is_not_is_one_message_with_the_nearest(gate, words, said, help_):
    answer = gate("status", *words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert help_ in answer.err.partition("help: ")[2]


def test_groups_have_their_counts_and_say_what_is_left_out(gate, golden):
    golden("status-groups.txt", gate("status", "--group-by", "owner", COLUMNS="100").out)
    limited = gate("status", "--group-by", "owner", "--limit", "2")
    assert "nobody: 1 action, 1 unowned" in limited.out
    assert limited.err == "4 more; leave --limit out, or raise it\n"
    groups = json.loads(gate("status", "--group-by", "milestone", "--format", "json").out)
    assert [(one["group"], one["count"], one["late"]) for one in groups] == [
        ("ocata-1", 1, 1), ("ocata-2", 1, 0), (None, 3, 1),
    ]  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(gate("status", "--group-by", "late", "--format", "csv").out)))
    assert [row["by late"] for row in rows] == ["late"] * 2 + ["not late"] * 3


def test_limit_leaves_the_rest_out_and_says_how_many(gate):
    answer = gate("status", "--limit", "2", "--sort", "-due-on", "--format", "json")
    assert ids(answer) == ["labels", "retry"]
    assert answer.err == "3 more; leave --limit out, or raise it\n"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--fail-on", "late"], 1, "failed on late: 2 actions"),
        (["--fail-on", "late", "--session", "pike/gate"], 0, ""),
        (["--fail-on", "unowned", "--fail-on", "tentative"], 1, "unowned: 1 action\nfailed on tentative: 1"),
        (["--fail-on", "any", "--text", "shim"], 0, "no action matches"),
        (["--fail-on", "any", "--limit", "1"], 1, "failed on any: 5 actions"),
        (["ocata/gate#retry", "--fail-on", "late"], 1, "failed on late: 1 action"),
        (["ocata/gate#labels", "--fail-on", "late"], 0, ""),
    ],
)  # fmt: skip
def test_a_build_can_be_failed_by_what_there_is(gate, words, code, said):
    answer = gate("status", *words)
    assert answer.code == code
    assert said in answer.err


def test_one_action_is_shown_whole(gate, golden):
    parts = [gate("status", f"ocata/gate#{one}", COLUMNS="100") for one in ("retry", "labels", "naive", "old")]
    assert {part.code for part in parts} == {0}
    golden("status-action.txt", "\n".join(part.out for part in parts))
    (value,) = [json.loads(gate("status", "ocata/gate#retry", "--format", "json").out)]
    assert value["late"] is True
    assert value["base"]["fields"]["status"]["launchpad"] == "In Progress"


@pytest.mark.parametrize(
    "named", ["retry", "#retry", "again", "ocata/gate#again", "ocata/gate#retry", "sessions/ocata/gate.yaml#retry"]
)
def test_one_action_may_be_named_as_elsewhere(gate, named):
    recap = gate.folder / "sessions" / "ocata" / "gate.yaml"
    recap.write_text(
        RECAP.replace("    owner: mei\n", "    owner: mei\n    previously: again\n", 1), encoding="utf-8"
    )
    assert gate("status", named).out.startswith("ocata/gate#retry\n")


@pytest.mark.parametrize("named", ["ocata/gate", "Ocata/Gate", "sessions/ocata/gate.yaml"])
def test_a_recap_may_be_named_by_its_file(gate, named):
    assert find(gate, named) == find(gate, "--session", named) == ["retry", "labels", "naive", "team-docs"]


def test_what_shows_nothing_says_why(gate, tracker):
    answer = gate("status", "--text", "rename the queue")
    assert answer.err == "no open action matches; --all also looks at what is closed or carried, and finds 1\n"
    assert gate("status", "--all", "--text", "shim").err == "no action matches\n"
    for path in (gate.folder / "sessions").glob("*/gate.yaml"):
        path.unlink()
    assert gate("status").err == "there is no recap yet; `tracker new` or `tracker import` makes one\n"


def test_where_the_sandbox_is_down_its_bugs_are_not_taken_for_launchpads(gate):
    settings = gate.folder / "sessions" / "tracker.yaml"
    settings.write_text(settings.read_text().replace("production", "sandbox"))
    assert {row["page"] is None for row in json.loads(gate("status", "--format", "json").out)} == {True, False}
    synced = gate.folder / "sessions" / ".synced"
    (synced / "production").rename(synced / "sandbox")
    assert {row["page"] for row in json.loads(gate("status", "--format", "json").out)} == {None}
    for words in (
        ["meeting"],
        ["digest"],
        ["summary", "ocata/gate"],
        ["summary", "ocata/gate", "--since", "2016-11-01"],
    ):
        answer = gate(*words)
        assert (answer.code, answer.out) == (1, "")
        assert answer.err.startswith("error: the sandbox is not running, so where the pages of its bugs are")


def test_a_bug_that_was_synced_on_another_service_has_no_page_here(gate):
    assert [row["page"] for row in json.loads(gate("status", "--format", "json").out) if row["bug"]] != [None]
    synced = gate.folder / "sessions" / ".synced"
    (synced / "production").rename(synced / "qastaging")
    rows = json.loads(gate("status", "--format", "json").out)
    assert [row["page"] is None for row in rows if row["tracked_as"]] == [True, False, False]
    for words in (["meeting"], ["digest"], ["summary", "ocata/gate"]):
        answer = gate(*words)
        assert (answer.code, answer.out) == (1, "")
        assert answer.err.startswith("error: the bug of ocata/gate#retry was synced on qastaging, and tracker.yaml")


def test_letters_with_marks_are_the_same_however_they_are_written(gate):
    assert find(gate, "--owner", "Zoe\u0301 U\u0308nal", "--all") == ["old", "reruns"]
    assert find(gate, "--text", "r\u00e9par\u00e9 LE") == ["naive"]
    (gate.folder / "sessions" / "ocata" / "gate.yaml").write_text(RECAP.replace("The gate", "The g\u00e2te"))
    assert find(gate, "--topic", "the ga\u0302te") == ["retry"]


def test_a_title_without_blanks_is_broken_between_its_letters(gate):
    recap = gate.folder / "sessions" / "ocata" / "gate.yaml"
    title = "古い形式のログをいつ廃止するかを決めて、「新しい形式」の手引きを書く。" * 2
    recap.write_text(RECAP.replace("ゲートの再試行を減らす", title), encoding="utf-8")
    shown = gate("status", "--columns", "action,id", COLUMNS="70").out
    assert max(map(wcswidth, shown.splitlines())) <= 70
    assert not re.search(r"^[。、」]|「 |「$", shown, re.MULTILINE)
    assert "".join(re.findall(r"[\u3000-\u9fff]+", shown)).startswith(title)


@pytest.mark.parametrize(
    ("table_format", "written"), [("github", r"this\|that"), ("jira", r"this\|that"), ("mediawiki", "this&#124;that")]
)
def test_a_bar_does_not_end_a_cell(gate, table_format, written):
    recap = gate.folder / "sessions" / "ocata" / "gate.yaml"
    recap.write_text(RECAP.replace("count the reruns", '"this|that"'), encoding="utf-8")
    assert written in gate("status", "--all", "--format", table_format, "--columns", "action").out


def test_importance_is_sorted_by_its_weight_and_headers_name_columns_too(gate):
    recap = gate.folder / "sessions" / "ocata" / "gate.yaml"
    text = RECAP.replace("    owner: mei\n", "    owner: mei\n    importance: Low\n", 1)
    recap.write_text(
        text.replace("    owner: drivers\n", "    owner: drivers\n    importance: Critical\n"), encoding="utf-8"
    )
    assert find(gate, "--sort", "importance")[:2] == ["team-docs", "retry"]
    answer = gate("status", "--columns", "id,on Launchpad,Last Change", "--format", "csv")
    assert answer.out.startswith("id,on Launchpad,last change\n")


def at_terminal(gate, *words, **environment):
    """Return what a command prints to a terminal."""
    ours, theirs = pty.openpty()
    plain = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    process = subprocess.Popen(
        [TRACKER, *words], cwd=gate.folder, stdout=theirs, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
        env={**plain, "TERM": "xterm", "COLUMNS": "90", **environment},
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    try:
        while data := os.read(ours, 65536):
            shown += data
    except OSError:  # the terminal's end
        pass
    finally:
        process.wait(20)
        os.close(ours)
    return shown.decode().replace("\r\n", "\n")


LINK = re.compile(r"\x1b\]8;id=\w+;([^\x1b]*)\x1b\\(.*?)\x1b\]8;;\x1b\\")


def test_a_terminal_gets_links_that_take_no_room(gate):
    words = ("status", "--date", DAY)
    shown = at_terminal(gate, *words)
    assert ("https://bugs.launchpad.net/marble/+bug/12", "bug 12") in LINK.findall(shown)
    page = "https://blueprints.launchpad.net/marble/+spec/label-open-faults"
    parts = [text for url, text in LINK.findall(shown) if url == page]  # each line of a cell leads there
    assert "".join(parts).replace(" ", "") == "blueprintlabel-open-faultsworkitemoflabel-open-faults"
    assert len(parts) > 2
    plain = re.sub(r"\x1b\[[0-9;]*m", "", LINK.sub(r"\2", shown))
    assert "\x1b" not in plain
    assert plain == gate("status", COLUMNS="90").out


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_who_wants_none_gets_no_links(gate, environment):
    assert "\x1b" not in at_terminal(gate, "status", "--date", DAY, **environment)


def test_no_file_gets_links(gate):
    assert "\x1b" not in gate("status", TERM="xterm", FORCE_COLOR="1").out


def test_mine_is_what_i_and_my_teams_owe(gate):
    answer = gate("mine", "--owner", "mei", "--format", "json")
    assert ids(answer) == ["team-docs", "retry", "labels"]  # by when they are due


def git(gate, *words):
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", *words], cwd=gate.folder, check=True, capture_output=True, env=environment)


@pytest.mark.parametrize(("key", "value"), [("user.email", "MEI@example.com"), ("user.name", "林美玲")])
def test_mine_knows_who_git_says_that_i_am(gate, key, value):
    git(gate, "init", "-q")
    git(gate, "config", key, value)
    answer = gate("mine", "--format", "json")
    assert ids(answer) == ["team-docs", "retry", "labels"]
    assert answer.err == "you are mei\n"


def test_mine_says_what_to_do_where_nobody_is_known(gate):
    git(gate, "init", "-q")
    git(gate, "config", "user.name", "Somebody Else")
    answer = gate("mine")
    assert answer.code == 2
    assert "who you are is not known" in answer.err
    assert "--owner NAME" in answer.err


def test_mine_knows_the_account_that_logged_in(sample):
    people = sample.folder / "sessions" / "people.yaml"
    assert sample.run("mine", GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_SYSTEM=os.devnull).code == 2
    account = json.loads(sample.run("whoami", "--format", "json").out)["account"]
    people.write_text(people.read_text().replace("launchpad: kevin ", f"launchpad: {account} "))
    sample.sandbox.requests.clear()
    answer = sample.run("mine", "--format", "json")
    assert ids(answer) == ["push-notifications", "test-conversion-bugs"]
    assert sample.sandbox.requests == []


def test_late_and_unowned_are_those_filters(gate):
    assert ids(gate("late", "--format", "json")) == ["team-docs", "retry"]
    assert ids(gate("unowned", "--format", "json")) == ["naive"]
    assert gate("late", "--fail-on", "any").code == 1


def test_a_meeting_is_told_in_lines_for_irc(gate, golden):
    answer = gate("meeting", "--since", "2016-10-25")
    assert answer.code == 0
    golden("meeting.txt", answer.out)
    assert "begun" in gate("meeting", "--since", "8d").out
    assert "begun" not in gate("meeting").out


@pytest.mark.parametrize("since", ["soon", "2016-11-21", "99999w", "w"])
def test_a_meeting_cannot_have_been_at_no_day_or_later(gate, since):
    answer = gate("meeting", "--since", since)
    assert answer.code == 2
    assert f'"{since}"' in answer.err


def test_a_meeting_at_the_end_of_time_is_told(gate, tracker):
    assert tracker("meeting", "--since", "2000-01-01", "--date", "9999-12-01").code == 0


@pytest.mark.parametrize("letter", ["x", "é", "語", "e\u0301\u0323", "🙂"])
@pytest.mark.parametrize("url", ["", "https://bugs.launchpad.net/marble/+bug/12", "https://x/" + "y" * 500])
def test_no_line_is_longer_than_irc_takes(letter, url):
    for count in range(100, 420, 7):
        line = cut_line(letter * count, url)
        assert len(line.encode()) <= MAX_BYTES
        assert line.endswith(url) or len(url) > MAX_BYTES // 2
        kept = line.removesuffix(f" {url}" if url and len(url) < MAX_BYTES // 2 else "").removesuffix("...")
        assert kept == letter * (len(kept) // len(letter))
        assert len(letter.encode()) * count > MAX_BYTES // 4 or kept == letter * count
