"""`tracker summary` as installed: the mail of a recap, what has moved since, and a cycle's, in every format."""

import json
import os
import subprocess
from email import policy
from email.parser import BytesParser

import pytest

from tests.cli.mailed import RECAP, change, make_repository, track
from tests.support import TRACKER
from tracker.mail.sent import path_of

DAY = ("--date", "2016-11-03")
LATER = ("--date", "2016-12-01")
NAME = "\\u202E=?utf-8?q?a=0AB?= \\x85<b>, \\\\" + "x" * 1200
LINE = "a\\nBcc: x@example.org"


@pytest.fixture
def recap(tmp_path):
    """The recap's file in a repository of the sample."""
    return make_repository(tmp_path)


def parsed(text):
    for form in (policy.default, policy.SMTP, policy.strict):
        message = BytesParser(policy=form).parsebytes(text.encode())
        assert message.defects == []
        assert [defect for value in message.values() for defect in value.defects] == []
    return message


@pytest.mark.parametrize(("form", "suffix"), [("text", "txt"), ("eml", "eml"), ("markdown", "md"), ("html", "html")])
def test_the_mail_of_the_sample_is_as_it_was(tracker, golden, recap, form, suffix):
    answer = tracker("summary", RECAP, "--format", form, *DAY)
    assert (answer.code, answer.err) == (0, "")
    golden(f"mail-recap.{suffix}", answer.out)
    if form == "eml":
        message = parsed(answer.out)
        assert message["To"] == "openstack-dev@lists.example.org"
        assert message["From"] == "Ihar Hrachyshka <ihar@example.org>"
        assert message["X-Tracker"] == f"summary {RECAP}"
        assert tracker("summary", RECAP, "--format", form, *DAY).out == answer.out


@pytest.mark.parametrize(("form", "suffix"), [("text", "txt"), ("eml", "eml"), ("markdown", "md"), ("html", "html")])
def test_the_mail_that_follows_tells_what_has_moved(tracker, golden, recap, form, suffix):
    track(recap)
    reply = ("--in-reply-to", "first@example.org")
    answer = tracker("summary", RECAP, "--since", "2016-11-03", "--format", form, *LATER, *reply)
    assert (answer.code, answer.err) == (0, "")
    golden(f"mail-since.{suffix}", answer.out)
    if form == "eml":
        message = parsed(answer.out)
        assert message["In-Reply-To"] == message["References"] == "<first@example.org>"


def test_a_cycle_is_one_mail_of_all_its_sessions(tracker, golden, recap):
    other = (
        "title: Another session\ncycle: ocata\ndate: 2016-10-27\nactions:\n  - id: write\n    title: write it down\n"
    )
    recap.with_name("another.yaml").write_text(other)
    answer = tracker("summary", "--cycle", "Ocata", *DAY)
    assert (answer.code, answer.err) == (0, "")
    golden("mail-cycle.txt", answer.out)
    message = parsed(tracker("summary", "--cycle", "Ocata", "--format", "eml", *DAY).out)
    assert message["Subject"] == "[openstack-dev] [neutron] session recaps of the ocata cycle"
    assert message["X-Tracker"] == "cycle"


def test_a_mail_that_was_sent_is_where_the_next_one_begins_and_what_it_answers(tracker, recap, tmp_path):
    program = tmp_path / "sendmail"
    program.write_text("#!/bin/sh\ncat > /dev/null\n")
    program.chmod(0o755)
    with (recap.parent.parent / "tracker.yaml").open("a") as settings:
        settings.write(f"  sendmail: {program}\n")
    never = tracker("summary", RECAP, "--since", "last")
    assert never.code == 2
    assert f"no mail of {RECAP} is known to have been sent" in never.err
    first = tracker("summary", RECAP, "--format", "eml", "-o", "recap.eml", *DAY)
    assert (first.code, first.out, first.err) == (0, "", "written: recap.eml\n")
    assert tracker("send", "--yes", "recap.eml").code == 0
    (record,) = (recap.parent.parent / ".sent").iterdir()
    # One before it of which nobody knows whether it went out.
    maybe = {**json.loads(record.read_text()), "message_id": "<maybe@example.org>", "state": "begun"}
    path_of(recap.parent.parent, "<maybe@example.org>").write_text(
        json.dumps({**maybe, "date": "2016-11-01T12:00:00Z"})
    )
    track(recap)
    follow = tracker("summary", RECAP, "--since", "last", "--format", "eml", "-o", "since.eml", *LATER)
    assert (follow.code, follow.err) == (0, "written: since.eml\n")
    first_id = parsed((tmp_path / "recap.eml").read_text())["Message-ID"]
    message = parsed((tmp_path / "since.eml").read_text())
    assert message["In-Reply-To"] == first_id
    assert "since 3 November 2016" in message["Subject"]
    assert tracker("send", "--yes", "since.eml").code == 0
    third = parsed(tracker("summary", RECAP, "--since", "last", "--format", "eml").out)
    assert third["In-Reply-To"] == first_id
    assert "since 1 December 2016" in third["Subject"]


def test_a_mail_of_which_nothing_is_known_begins_a_thread_and_says_so(tracker, recap):
    answer = tracker("summary", RECAP, "--since", "2016-11-03", "--format", "eml", *LATER)
    assert answer.code == 0
    assert "begins a thread of its own; see --in-reply-to" in answer.err
    assert parsed(answer.out)["In-Reply-To"] is None


def test_what_it_prints_is_read_by_import(tracker, recap):
    shown = tracker("summary", RECAP, *DAY).out
    answer = tracker("import", "-", "-o", "-", stdin=shown)
    assert answer.code == 0
    nothing, known = answer.err.splitlines()
    assert nothing == "the recap: nothing is left to ask"
    assert known.startswith(f"sessions/{RECAP}.yaml has this title, too")
    assert "title: neutron-server retrospective and next steps\n" in answer.out
    assert answer.out.count("  - id: ") == tracker("summary", RECAP, *DAY).out.count("\n- ")


@pytest.mark.parametrize("reply", ["x", "<a@b>\nBcc: x@example.org", "<a@b> <c@d>", ""])
def test_a_message_id_that_is_none_is_refused(tracker, recap, reply):
    answer = tracker("summary", RECAP, "--in-reply-to", reply)
    assert (answer.code, answer.out) == (2, "")
    assert "is no Message-ID" in answer.err


@pytest.mark.parametrize("form", ["text", "eml", "html"])
def test_nothing_a_recap_says_becomes_a_header_or_a_tag(tracker, recap, form):
    pieces = [
        f"\\u202E{piece}\\x85b<script>" for piece in ("a\\nBcc: x@example.org\\r\\n\\r\\nb", "=?utf-8?q?a=0AB?=")
    ]
    line = pieces[1] + "x" * 1200
    recap.write_text(
        f'title: "{line}"\nproject: neutron\ncycle: "{line}"\nevent: "{line}"\ndate: 2016-10-28\nauthor: ihar\n'
        f'links: {{"{pieces[0]}": https://example.org/}}\ntldr: "{pieces[0]}"\n'
        f'topics: [{{title: "{line}", notes: "{pieces[0]}", reviews: ["{line}"],\n'
        f'  blueprints: ["{line}"], bugs: ["{line}"]}}]\n'
        f'actions: [{{id: a, title: "{pieces[1]}", notes: "{pieces[0]}"}}]\n'
    )
    answer = tracker("summary", RECAP, "--format", form, *DAY)
    assert (answer.code, answer.err) == (0, "")
    assert not [sign for sign in answer.out if not sign.isprintable() and sign != "\n"]
    if form == "eml":
        message = parsed(answer.out)
        assert message["Bcc"] is None
        assert message["X-Tracker"] == f"summary {RECAP}"
        assert message["Subject"].startswith("[openstack-dev] [neutron] = ?utf-8")
    elif form == "html":
        assert "<script" not in answer.out


@pytest.mark.parametrize(
    "line",
    [f'title: "{LINE}"', f'event: "{LINE}"', f'links: {{pad: "https://example.org/{LINE}"}}', f'project: "{LINE}"'],
)
def test_what_no_recap_may_say_has_no_mail(tracker, recap, line):
    recap.write_text(
        f"title: x\ndate: 2016-10-28\n{line}\n".replace("title: x\n", "" if "title" in line else "title: x\n")
    )
    answer = tracker("summary", RECAP)
    assert (answer.code, answer.out) == (1, "")
    assert "not a sound recap" in answer.err


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("people.yaml", "    name: Ihar Hrachyshka", f'    name: "{NAME}"'),
        ("people.yaml", "    email: ihar@example.org", '    email: "ihar@example.org\\nBcc: x@example.org"'),
        ("people.yaml", "    email: ihar@example.org", '    email: "ihar@example.org, x@example.org"'),
        ("tracker.yaml", "list: openstack-dev@lists.example.org", 'list: "a@example.org\\nBcc: x@example.org"'),
        ("tracker.yaml", "list: openstack-dev@lists.example.org", 'list: "a@example.org, x@example.org"'),
        ("tracker.yaml", "list: openstack-dev@lists.example.org", 'list: "=?utf-8?q?a=0AB?= <a@example.org>"'),
    ],
)
def test_no_name_and_no_address_becomes_a_header(tracker, recap, file, old, new):
    change(recap.parent.parent / file, old, new)
    answer = tracker("summary", RECAP, "--format", "eml", *DAY)
    if answer.code:
        assert answer.code == 1
        assert file in answer.err
        assert answer.out == ""
        return
    message = parsed(answer.out)
    assert message["Bcc"] is None
    assert len(message["From"].addresses) == len(message["To"].addresses) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ocata/neutron"], 'no recap "ocata/neutron"\n  help: did you mean ocata/neutron-server-next?'),
        (["neutron-server-next"], "did you mean ocata/neutron-server-next?"),
        (["nothing-like-it"], "name it by its id, CYCLE/NAME, or by its file"),
        ([], "one recap or one cycle is needed"),
        (["--cycle", "ocata", "--since", "2016-11-03"], "`--since` goes with a recap"),
        (["--cycle", "pike"], 'no cycle "pike"\n  help: there is ocata'),
        ([RECAP, "--format", "pdf"], 'unknown format "pdf"'),
        ([RECAP, "--since", "yesterday"], '--since: "yesterday" is no day'),
        ([RECAP, "--date", "2016-02-30"], '--date: "2016-02-30" is no day'),
        ([RECAP, "-o", "sessions/ocata/x.txt"], "is for recaps alone"),
        ([RECAP, "-o", "there"], "there is there already"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_told_with_a_remedy(tracker, recap, tmp_path, words, said):
    (tmp_path / "there").write_text("mine")
    answer = tracker("summary", *words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert "  help: " in answer.err
    assert (tmp_path / "there").read_text() == "mine"


def test_a_recap_named_without_its_cycle_is_found_for_the_remedy(tracker, recap):
    recap.with_name("api.yaml").write_text("title: API\ndate: 2016-10-28\n")
    assert "help: did you mean ocata/api?" in tracker("summary", "api").err


def test_a_file_is_replaced_when_that_is_asked_for(tracker, recap, tmp_path):
    (tmp_path / "mail").write_text("mine")
    assert tracker("summary", RECAP, "-o", "mail", "--force", *DAY).code == 0
    assert (tmp_path / "mail").read_text() == tracker("summary", RECAP, *DAY).out


@pytest.mark.parametrize("place", ["missing/mail", "x" * 300])
def test_a_place_that_cannot_be_written_is_told(tracker, recap, place):
    answer = tracker("summary", RECAP, "-o", place, "--force")
    assert answer.code == 1
    assert "cannot be written" in answer.err


def test_a_recap_with_errors_has_no_mail(tracker, recap):
    change(recap, "owner: kevin?", "owner: kevn?")
    answer = tracker("summary", RECAP)
    assert (answer.code, answer.out) == (1, "")
    assert f"sessions/{RECAP}.yaml: not a sound recap" in answer.err


def test_a_mail_from_nobody_says_what_to_write(tracker, recap):
    change(recap.parent.parent / "tracker.yaml", "mail:\n  from: The tracker <tracker@example.org>\n", "")
    change(recap, "author: ihar\n", "")
    answer = tracker("summary", RECAP, "--format", "eml")
    assert answer.code == 1
    assert "write `mail:` with `from:` in tracker.yaml" in answer.err


def test_a_list_without_an_address_leaves_the_mail_without_a_recipient_and_says_so(tracker, recap):
    change(recap.parent.parent / "tracker.yaml", "openstack-dev@lists.example.org", "openstack-dev")
    answer = tracker("summary", RECAP, "--format", "eml", *DAY)
    assert answer.code == 0
    assert "the mail names no recipient" in answer.err
    assert parsed(answer.out)["To"] is None


def test_a_teams_own_template_is_used_and_trips_no_other_command(tracker, recap):
    own = recap.parent.parent / "templates"
    own.mkdir()
    (own / "summary.txt.j2").write_text("Dear all,\n\n{{ mail.title }}\n")
    (own / "notes.yaml").write_text("no: recap")
    answer = tracker("summary", RECAP, *DAY)
    assert answer.out.endswith("recap\n\nDear all,\n\nneutron-server retrospective and next steps\n")
    assert tracker("check").code == 0
    (own / "summary.txt.j2").write_text("Dear all,\n{{ mail.titel }}\n")
    broken = tracker("summary", RECAP)
    assert (broken.code, broken.out) == (1, "")
    assert f"{own / 'summary.txt.j2'}:2: UndefinedError: " in broken.err


def test_a_pipe_that_nobody_reads_ends_it_quietly(recap, tmp_path):
    script = f"{TRACKER} summary {RECAP} | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Subject: [openstack-dev] [neutron] ")
