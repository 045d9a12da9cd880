"""`tracker send` as installed: it shows, asks, sends each mail once, and leaves records true whatever ends it."""

import base64
import json
import os
import signal
import ssl
import subprocess
import sys
from contextlib import suppress

import pytest

from tests.cli.test_terminal import terminal
from tests.mail.servers import CLOSE, serving
from tests.mail.test_outgoing import write
from tests.support import ROOT, TRACKER

USERS = {"mara": "correct horse battery"}
PASSWORD = USERS["mara"]


@pytest.fixture
def folder(tmp_path):
    """A repository with a mail beside it."""
    (tmp_path / "sessions").mkdir()
    (tmp_path / "sessions" / "tracker.yaml").write_text("tag: summit\n")
    (tmp_path / "next.eml").write_bytes(write(Bcc="archive@example.org"))
    return tmp_path


@pytest.fixture
def office(folder):
    with serving() as office:
        configure(folder, office, security="none")
        yield office


@pytest.fixture
def safe_office(folder, authority, monkeypatch):
    """Serve with STARTTLS and a login; the command believes its certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(folder / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "authority.pem"))
    with serving(starttls=context, users=USERS) as office:
        configure(folder, office, user="mara")
        yield office


def configure(folder, office, **values):
    values = {"server": f"127.0.0.1:{office.port}", **values}
    lines = "".join(f"  {key}: {value}\n" for key, value in values.items())
    (folder / "sessions" / "tracker.yaml").write_text(f"tag: summit\nmail:\n{lines}")


def states(folder):
    """Return what is kept of mails: the state by Message-ID."""
    kept = [json.loads(path.read_text()) for path in (folder / "sessions" / ".sent").glob("*")]
    return {one["message_id"]: one["state"] for one in kept}


def mailbox(*mails):
    return b"".join(b"From mara Fri Oct 28 10:00:00 2016\n" + one + b"\n" for one in mails)


def test_a_mail_is_shown_sent_and_never_sent_again(tracker, folder, office):
    answer = tracker("send", "--yes", "next.eml")
    assert answer.code == 0
    assert answer.out == (
        "next.eml\n"
        "  from     Mara Example <mara@example.org>\n"
        "  to       harbour-dev@lists.example.org\n"
        "  cc       Jon Example <jon@example.org>\n"
        "  bcc      archive@example.org\n"
        "  subject  [harbour] Next steps\n"
        "  size     1 kB\n"
        "sent next.eml: [harbour] Next steps\n"
    )
    assert f"1 mail to 3 recipients, through 127.0.0.1:{office.port} (none)\n" in answer.err
    assert answer.err.endswith("1 mail sent; commit sessions/.sent, so that nobody sends the same again\n")
    assert states(folder) == {"<next.1@example.org>": "sent"}
    again = tracker("send", "--yes", "--again", "next.eml")
    assert (again.code, again.err) == (0, "nothing was sent: all were sent before\n")
    assert "sent before: it is dated 2016-10-28" in again.out
    assert len(office.received) == 1


@pytest.mark.parametrize("words", [["--dry-run"], ["--dry-run", "--yes"]])
def test_a_dry_run_shows_all_and_does_nothing(tracker, folder, office, words):
    before = sorted(folder.rglob("*"))
    answer = tracker("send", *words, "next.eml")
    assert answer.code == 0
    assert "  bcc      archive@example.org\n" in answer.out
    assert answer.err == "nothing was sent: --dry-run\n"
    assert office.commands == []
    assert sorted(folder.rglob("*")) == before


def test_where_no_terminal_answers_nothing_is_sent(tracker, folder, office):
    answer = tracker("send", "next.eml", stdin="y\n")
    assert answer.code == 2
    assert "subject" in answer.out
    assert f"nobody is there to agree to 1 mail to 3 recipients, through 127.0.0.1:{office.port} (none)" in answer.err
    assert "nothing was sent" in answer.err
    assert "add --yes" in answer.err
    assert office.commands == []
    assert states(folder) == {}


@pytest.mark.parametrize(("said", "sent"), [("n", 0), ("", 0), ("y", 1)])
def test_a_person_is_asked(folder, office, said, sent):
    with terminal(folder, "send", "next.eml") as at:
        at.wait_for("Send 1 mail to 3 recipients")
        assert "bcc" in at.shown
        at.answer(f"{said}\n")
        at.wait_for("1 mail sent" if sent else "nothing was sent")
        assert at.process.wait(20) == 0
    assert len(office.received) == sent


@pytest.mark.parametrize("encoding", ["8bit", "base64"])
def test_links_that_nobody_else_can_open_are_told_and_not_sent_unasked(tracker, folder, office, encoding):
    warning = "warning: its links lead to the sandbox on this machine, which nobody else can open\n"
    body = (
        "- Mara to do it\n  bug: http://127.0.0.1:8080/harbour/+bug/1\n  bug: http://127.0.0.1:8080/harbour/+bug/2\n"
    )
    if encoding == "base64":
        body = base64.encodebytes(body.encode()).decode()
    mail = write(body=body, Content_Transfer_Encoding=encoding)
    other = write(body="see http://localhost:8080/ and https://bugs.launchpad.net/harbour/+bug/1\n", Message_ID=None)
    (folder / "next.mbox").write_bytes(mailbox(mail, other))
    refused = tracker("send", "--yes", "next.mbox")
    assert (refused.code, refused.err.count("warning: ")) == (1, 1)
    assert (
        'error: "next.mbox, mail 1": its links lead to the sandbox on this machine; nothing was sent' in refused.err
    )
    assert "help: sync with Launchpad and write it anew, or send it without --yes\n" in refused.err
    shown = tracker("send", "--dry-run", "--yes", "next.mbox")
    assert (shown.code, shown.err) == (0, f"{warning}nothing was sent: --dry-run\n")
    assert (office.commands, states(folder)) == ([], {})
    with terminal(folder, "send", "next.mbox") as at:
        at.wait_for("Send 2 mails")
        assert warning.strip() in at.shown
        at.answer("y\n")
        assert at.process.wait(20) == 0
    assert len(office.received) == 2


# the password


def test_the_password_of_the_environment_is_used(tracker, folder, safe_office):
    answer = tracker("send", "--yes", "next.eml", TRACKER_SMTP_PASSWORD=f"{PASSWORD}\n")
    assert (answer.code, len(safe_office.received)) == (0, 1)
    assert "(starttls) as mara" in answer.err


def test_the_password_of_the_keyring_is_used(tracker, folder, safe_office, tmp_path):
    keyring = {
        "PYTHON_KEYRING_BACKEND": "keyrings.alt.file.PlaintextKeyring",
        "XDG_DATA_HOME": str(tmp_path / "kept"),
    }
    missing = tracker("send", "--yes", "next.eml", **keyring)
    assert missing.code == 5
    command = missing.err.rpartition("keyring: ")[2].strip()
    assert command == "keyring set 'summit-tracker smtp 127.0.0.1' mara"
    setting = f"import keyring; keyring.set_password('summit-tracker smtp 127.0.0.1', 'mara', {PASSWORD!r})"
    subprocess.run([sys.executable, "-c", setting], env={**os.environ, **keyring}, check=True)
    assert tracker("send", "--yes", "next.eml", **keyring).code == 0
    assert len(safe_office.received) == 1


def test_a_person_is_asked_for_the_password_and_nobody_sees_it(folder, safe_office):
    with terminal(folder, "send", "next.eml") as at:
        at.wait_for("Send 1 mail")
        at.answer("y\n")
        at.wait_for("Password of mara on 127.0.0.1: ")  # the blank comes once nothing is shown any more
        at.answer(f"{PASSWORD}\n")
        at.wait_for("1 mail sent")
        assert at.process.wait(20) == 0
    assert PASSWORD not in at.shown
    assert len(safe_office.received) == 1


@pytest.mark.parametrize("backend", ["null", "Locked", "Broken"])
def test_without_a_password_nothing_is_sent_and_it_is_said_where_it_belongs(tracker, folder, safe_office, backend):
    name = "keyring.backends.null.Keyring" if backend == "null" else f"tests.launchpad.failing_keyrings.{backend}"
    answer = tracker("send", "--yes", "next.eml", PYTHON_KEYRING_BACKEND=name, PYTHONPATH=str(ROOT))
    assert answer.code == 5
    assert "there is no password for mara on 127.0.0.1" in answer.err
    assert "TRACKER_SMTP_PASSWORD" in answer.err
    assert safe_office.commands == []


def test_a_wrong_password_does_not_show(tracker, folder, safe_office):
    safe_office.faults["AUTH"] = "535 5.7.8 what do you mean by swordfish-and-chips?"
    wrong = "swordfish-and-chips"
    answer = tracker("--debug", "send", "--yes", "next.eml", TRACKER_SMTP_PASSWORD=wrong)
    assert answer.code == 5
    assert "what do you mean by (secret)?" in answer.err
    assert "swordfish" not in answer.out + answer.err
    assert states(folder) == {}


# what goes wrong


def test_a_mail_that_was_refused_is_sent_another_time(tracker, folder, office):
    office.faults["end"] = "554 5.7.1 \x1b[2Jwe do not want it"
    answer = tracker("send", "--yes", "next.eml")
    assert answer.code == 5
    assert f'error: "next.eml": 127.0.0.1:{office.port} refuses the mail\n' in answer.err
    assert "  554 5.7.1 \\x1b[2Jwe do not want it; nothing went out\n" in answer.err
    assert states(folder) == {}
    del office.faults["end"]
    assert tracker("send", "--yes", "next.eml").code == 0
    assert len(office.received) == 1


def test_a_mail_that_may_be_out_is_not_sent_again_unasked(tracker, folder, office):
    office.faults["end"] = CLOSE
    first = tracker("send", "--yes", "next.eml")
    assert first.code == 5
    assert "it may have gone out" in first.err
    assert states(folder) == {"<next.1@example.org>": "begun"}
    del office.faults["end"]
    for words in (["--yes"], ["--dry-run"]):
        second = tracker("send", *words, "next.eml")
        assert second.code == 1
        assert 'error: "next.eml" may have gone out already' in second.err
        assert "<next.1@example.org>" in second.err
        (path,) = (folder / "sessions" / ".sent").iterdir()
        assert f'write "sent" for "begun" in {path.relative_to(folder)}' in second.err
    assert office.received == []
    third = tracker("send", "--yes", "--again", "next.eml")
    assert (third.code, states(folder)) == (0, {"<next.1@example.org>": "sent"})
    assert "may have gone out before: --again sends it" in third.out
    assert len(office.received) == 1


def test_of_several_mails_those_that_went_out_do_not_go_out_again(tracker, folder, office):
    mails = [write(Message_ID=f"<{name}@example.org>", Cc=f"{name}@example.org") for name in ("ada", "bea", "cleo")]
    (folder / "digest.mbox").write_bytes(mailbox(*mails))
    office.faults["RCPT bea@example.org"] = "550 5.1.1 no such person"
    answer = tracker("send", "--yes", "digest.mbox")
    assert answer.code == 5
    assert "1 of 3 mails sent" in answer.err
    assert 'error: "digest.mbox, mail 2": ' in answer.err
    assert states(folder) == {"<ada@example.org>": "sent"}
    office.faults.clear()
    assert tracker("send", "--yes", "digest.mbox").code == 0
    assert [envelope.rcpt_tos[-1].partition("@")[0] for envelope in office.received] == ["ada", "bea", "cleo"]


def test_a_mail_that_is_named_twice_goes_out_once(tracker, folder, office):
    (folder / "copy.eml").write_bytes((folder / "next.eml").read_bytes())
    (folder / "both.mbox").write_bytes(mailbox(write(), write(Message_ID="<b@example.org>")))
    assert tracker("send", "--yes", "next.eml", "copy.eml", "both.mbox", "next.eml").code == 0
    assert len(office.received) == 2


def test_one_mail_that_is_not_sound_keeps_all_from_going_out(tracker, folder, office):
    (folder / "bad.mbox").write_bytes(mailbox(write(Message_ID=None), write(Subject="a\rBcc: evil@example.org")))
    answer = tracker("send", "--yes", "next.eml", "bad.mbox")
    assert answer.code == 1
    assert 'error: "bad.mbox", mail 2: line 4 of its header has a carriage return in it' in answer.err
    assert office.commands == []


def test_what_a_mail_says_does_nothing_to_a_terminal(tracker, folder, office):
    (folder / "next.eml").write_bytes(write(Subject="=?utf-8?b?4oCuZXZpbA==?=", To="=?utf-8?b?4oCueA==?= <a@b.org>"))
    answer = tracker("send", "--yes", "next.eml")
    assert "\u202e" not in answer.out + answer.err
    assert "\\u202eevil" in answer.out


@pytest.mark.parametrize(
    ("name", "said", "remedy"),
    [
        (
            "none.eml",
            "no such file or directory",
            "name a file that `tracker summary -o` or `tracker digest -o` wrote",
        ),
        ("sessions", "is a directory", "name its files: sessions/*.eml"),
        ("pipe", "it is no file", "put a file in its place, or take it away"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_message(tracker, folder, office, name, said, remedy):
    os.mkfifo(folder / "pipe")
    answer = tracker("send", "--yes", name)
    assert answer.code == 1
    assert answer.err == f'error: "{name}" cannot be read: {said}\n  help: {remedy}\n'


def test_a_file_larger_than_any_mail_is_not_read(tracker, folder, office):
    with (folder / "next.eml").open("r+b") as file:
        file.truncate(30 * 1024**2)
    answer = tracker("send", "--yes", "next.eml")
    assert answer.code == 1
    assert '"next.eml" has more than 25 MB' in answer.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tag: summit\n", "tracker.yaml does not say what sends mails"),
        ("tag: summit\nmail: {password: swordfish}\n", "tracker.yaml has errors"),
        ("{}\n", "tracker.yaml has errors"),
    ],
)
def test_without_a_server_nothing_is_sent(tracker, folder, text, said):
    (folder / "sessions" / "tracker.yaml").write_text(text)
    answer = tracker("send", "--yes", "next.eml")
    assert answer.code == 1
    assert f"error: {said}" in answer.err
    assert "help:" in answer.err


def test_a_record_that_cannot_be_read_keeps_its_mail_from_going_out(tracker, folder, office):
    tracker("send", "--yes", "next.eml")
    (path,) = (folder / "sessions" / ".sent").iterdir()
    path.write_text("<<<<<<< HEAD\n")
    answer = tracker("send", "--yes", "--again", "next.eml")
    assert answer.code == 1
    assert "cannot be read as a record of a mail" in answer.err
    assert len(office.received) == 1


def test_a_sendmail_takes_the_servers_place(tracker, folder, office):
    program = folder / "sendmail"
    program.write_text('#!/bin/sh\necho "$@" > words\ncat > taken\n')
    program.chmod(0o755)
    configure(folder, office, sendmail=program)
    answer = tracker("send", "--yes", "next.eml")
    assert answer.code == 0
    assert f"through {program}\n" in answer.err
    assert (folder / "words").read_text().split()[-2:] == ["jon@example.org", "archive@example.org"]
    assert (folder / "taken").read_bytes() == write()
    assert office.commands == []


# at the same time, and in the middle


def test_of_two_that_send_the_same_mail_at_once_one_sends(tracker, folder, office):
    office.free.clear()
    first = subprocess.Popen([TRACKER, "send", "--yes", "next.eml"], cwd=folder, stdout=subprocess.DEVNULL)
    try:
        assert office.arrived.wait(30)
        second = tracker("send", "--yes", "--again", "next.eml")
        assert second.code == 1
        assert "`tracker send --yes next.eml`" in second.err
        assert "wait until it is done" in second.err
    finally:
        office.free.set()
        assert first.wait(30) == 0
    assert tracker("send", "--yes", "next.eml").code == 0
    assert len(office.received) == 1
    assert states(folder) == {"<next.1@example.org>": "sent"}


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_while_a_server_has_the_mail_leaves_it_as_what_it_is(folder, office, sent):
    office.free.clear()
    with terminal(folder, "send", "--yes", "next.eml") as at:
        assert office.arrived.wait(30)
        os.killpg(at.process.pid, sent)
        at.wait_for("interrupted: 0 of 1 mail sent; next.eml may have gone out")
        assert at.process.wait(20) == 130
        assert "Traceback" not in at.shown
    assert states(folder) == {"<next.1@example.org>": "begun"}


def test_a_kill_while_a_server_has_the_mail_leaves_it_as_what_it_is(tracker, folder, office):
    office.free.clear()
    process = subprocess.Popen([TRACKER, "send", "--yes", "next.eml"], cwd=folder, stdout=subprocess.DEVNULL)
    assert office.arrived.wait(30)
    process.kill()
    process.wait(30)
    assert states(folder) == {"<next.1@example.org>": "begun"}
    assert tracker("send", "--yes", "next.eml").code == 1


def test_an_interrupt_at_the_question_sends_nothing(folder, office):
    with terminal(folder, "send", "next.eml") as at:
        at.wait_for("Send 1 mail")
        # One that comes before the answer is waited for is seen when something else happens there.
        for seconds in (3, 30):
            os.killpg(at.process.pid, signal.SIGINT)
            with suppress(AssertionError):
                at.wait_for("interrupted: nothing was sent", seconds)
                break
        assert "interrupted: nothing was sent" in at.shown
        assert at.process.wait(20) == 130
    assert office.commands == []
