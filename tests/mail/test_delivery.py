"""A mail goes out once, to all or to nobody, and whatever ends it is told for what it is: against a real server."""

import base64
import email
import email.policy
import ssl
import stat
import sys
import threading
import time

import pytest

from tests.mail.servers import CLOSE, SILENCE, STAGES, serving
from tracker.errors import ExitCode, TrackerError
from tracker.launchpad import secrets
from tracker.mail import delivery
from tracker.mail.delivery import DeliveryError, send_mail
from tracker.mail.outgoing import read_mails
from tracker.recap.mail_settings import MailSettings, Security

TEXT = b"""\
From: Mara Example <mara@example.org>
To: harbour-dev@lists.example.org, Jon Example <jon@example.org>
Cc: =?utf-8?q?L=C3=A9a?= Example <lea@example.org>
Bcc: archive@example.org
Subject: [harbour] What has moved
Date: Fri, 28 Oct 2016 10:00:00 +0200
Message-ID: <moved.1@example.org>
X-Tracker: since ocata/harbour-next
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

.a line that begins with a dot
..and another
.
caf\xc3\xa9
"""
RECIPIENTS = ["harbour-dev@lists.example.org", "jon@example.org", "lea@example.org", "archive@example.org"]
USERS = {"mara": "correct horse battery"}


class Record:
    """Keeps what it is told, and what was there to see by then."""

    def __init__(self, office=None, *, fails=False):
        self.told, self._office, self._fails = [], office, fails

    def begin(self):
        self.told.append("begin")
        if self._fails:
            raise TrackerError("no room", remedy="make room")
        assert self._office is None or not self._office.received

    def finish(self):
        self.told.append("finish")

    def withdraw(self):
        self.told.append("withdraw")


@pytest.fixture(scope="module")
def server_context(authority):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context


@pytest.fixture(scope="module")
def context(authority):
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture(autouse=True)
def _nothing_is_concealed_afterwards(monkeypatch):
    monkeypatch.setattr(secrets, "_secrets", set())


def mail(text=TEXT):
    (one,) = read_mails(text, "moved.eml")
    return one


def settings(office, security=Security.NONE, user=None, host="127.0.0.1"):
    return MailSettings(server=f"{host}:{office.port}", security=security, user=user)


def refusal(*words, **options):
    """Send what must fail; returns how it was told."""
    with pytest.raises(DeliveryError) as raised:
        send_mail(*words, **{"timeout": 10, "end_timeout": 10, **options})
    error = raised.value
    assert error.exit_code is ExitCode.LAUNCHPAD
    assert error.remedy
    return error


def words_of(error):
    return f"{error.message}\n{error.details}\n{error.remedy}"


# what goes out


@pytest.mark.parametrize("security", Security)
@pytest.mark.parametrize("user", [None, "mara"])
def test_a_mail_goes_out_whole_and_to_all(security, user, server_context, context):
    options = {"starttls": {"starttls": server_context}, "tls": {"tls": server_context}}.get(security, {})
    users = USERS if user else None
    if users and security is not Security.STARTTLS:
        options["auth_require_tls"] = False
    with serving(users=users, **options) as office:
        record = Record(office)
        password = USERS.get(user)
        send_mail(mail(), settings(office, security, user), record, password=password, context=context, timeout=10)
        (envelope,) = office.received
    assert record.told == ["begin", "finish"]
    assert (envelope.mail_from, envelope.rcpt_tos) == ("mara@example.org", RECIPIENTS)
    kept = TEXT.replace(b"Bcc: archive@example.org\n", b"").replace(b"\n", b"\r\n")
    assert envelope.content == kept
    read = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert read.defects == []
    assert [defect for value in read.values() for defect in value.defects] == []
    assert "BODY=8BITMIME" in envelope.mail_options
    assert f"SIZE={len(kept)}" in envelope.mail_options
    assert any(one.startswith("AUTH ") for one in office.commands) is bool(user)
    assert office.commands[-1] == "QUIT"


@pytest.mark.parametrize("excluded", [["PLAIN"], ["LOGIN"]])
def test_each_way_to_log_in_works(excluded, server_context, context):
    with serving(starttls=server_context, users=USERS, auth_exclude_mechanism=excluded) as office:
        who = settings(office, Security.STARTTLS, "mara")
        send_mail(mail(), who, Record(), password=USERS["mara"], context=context, timeout=10)
        assert len(office.received) == 1


def test_a_mail_is_out_whatever_comes_of_taking_leave(server_context):
    for fault in (CLOSE, "421 4.3.2 going down"):
        with serving() as office:
            office.faults["QUIT"] = fault
            record = Record()
            send_mail(mail(), settings(office), record, timeout=10)
            assert record.told == ["begin", "finish"]
            assert len(office.received) == 1


def test_a_server_that_never_takes_leave_is_not_waited_for_long(monkeypatch):
    monkeypatch.setattr(delivery, "_QUIT_TIMEOUT", 0.2)
    with serving() as office:
        office.faults["QUIT"] = SILENCE
        record, began = Record(), time.monotonic()
        send_mail(mail(), settings(office), record, timeout=30, end_timeout=30)
        assert time.monotonic() - began < 15
        assert record.told == ["begin", "finish"]


def test_a_server_that_has_all_of_a_mail_is_given_longer_to_answer():
    with serving() as office:
        office.free.clear()
        release = threading.Timer(1.5, office.free.set)
        release.start()
        record = Record()
        send_mail(mail(), settings(office), record, timeout=1, end_timeout=30)
        release.join()
        assert record.told == ["begin", "finish"]


# every stage, every way in which it can go wrong


@pytest.mark.parametrize("fault", ["451 4.3.0 busy just now", "554 5.7.1 we do not want it", CLOSE, SILENCE])
@pytest.mark.parametrize("stage", STAGES)
def test_whatever_a_server_does_at_whatever_stage_is_one_message(stage, fault, server_context, context):
    with serving(starttls=server_context, users=USERS) as office:
        office.faults[stage] = fault
        record = Record(office)
        seconds = 0.3 if fault == SILENCE else 10
        error = refusal(
            mail(), settings(office, Security.STARTTLS, "mara"), record, password=USERS["mara"], context=context,
            timeout=seconds, end_timeout=seconds,
        )  # fmt: skip
        assert office.received == []
    assert error.message.startswith(f"127.0.0.1:{office.port} ")
    is_unknown = stage == "end" and fault in {CLOSE, SILENCE}
    assert error.is_certain is not is_unknown
    if stage != "end":
        assert record.told == []
    else:
        assert record.told == (["begin"] if is_unknown else ["begin", "withdraw"])
    assert error.details.endswith(
        "it may have gone out: the server had all of it" if is_unknown else "nothing went out"
    )
    if fault not in {CLOSE, SILENCE}:
        assert fault in error.details
        assert (error.remedy == "send it again later") is fault.startswith("4")
    else:
        assert ("does not answer" if fault == SILENCE else "hung up") in error.message
    named = {
        "greeting": "greeting", "EHLO": "greeting", "STARTTLS": "STARTTLS", "EHLO in TLS": "STARTTLS",
        "AUTH": "login", "MAIL": "sender mara@example.org", "RCPT": "recipient", "DATA": "text", "end": "the mail",
    }  # fmt: skip
    assert named[stage] in error.message


@pytest.mark.parametrize("reply", ["no reply at all", "999 what", "250", "334 go on", "2", "550-" + "x" * 9000])
@pytest.mark.parametrize("stage", STAGES)
def test_answers_that_are_none_are_one_message_and_never_taken_for_a_no(stage, reply, server_context, context):
    with serving(starttls=server_context, users=USERS) as office:
        office.faults[stage] = reply
        record = Record()
        how = settings(office, Security.STARTTLS, "mara")
        options = {"password": USERS["mara"], "context": context, "timeout": 0.3, "end_timeout": 0.3}
        if reply == "250" and stage in {"EHLO", "MAIL", "RCPT", "end"}:
            return  # an answer, as short as one can be
        error = refusal(mail(), how, record, **options)
    assert len(words_of(error)) < 900
    assert record.told == (["begin"] if stage == "end" else [])
    assert error.is_certain is (stage != "end")


# recipients


def test_a_recipient_that_is_refused_keeps_the_mail_from_all():
    with serving() as office:
        office.faults["RCPT jon@example.org"] = "550 5.1.1 no such person"
        office.faults["RCPT lea@example.org"] = "452 4.2.2 mailbox full"
        record = Record()
        error = refusal(mail(), settings(office), record)
        assert office.received == []
        assert [one.partition(" ")[0] for one in office.commands][-1] == "RSET"
    assert error.message.endswith("refuses 2 of 4 recipients")
    assert error.details == (
        "jon@example.org: 550 5.1.1 no such person; lea@example.org: 452 4.2.2 mailbox full; nothing went out"
    )
    assert "correct the addresses" in error.remedy
    assert record.told == []


def test_recipients_that_are_refused_for_now_are_tried_later():
    with serving() as office:
        office.faults["RCPT jon@example.org"] = "450 4.7.1 greylisted"
        assert refusal(mail(), settings(office), Record()).remedy == "send it again later"


def test_a_server_that_hangs_up_in_the_middle_of_the_recipients_got_nothing():
    with serving() as office:
        office.faults["RCPT jon@example.org"] = "421 4.3.2 going down"
        error = refusal(mail(), settings(office), Record())
        assert office.received == []
    assert "refuses for now at the recipient jon@example.org" in error.message


# TLS


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_certificate_that_is_not_believed_ends_it_before_a_word_is_said(security, server_context):
    options = {"starttls": server_context} if security is Security.STARTTLS else {"tls": server_context}
    with serving(users=USERS, **options) as office:
        error = refusal(mail(), settings(office, security, "mara"), Record(), password=USERS["mara"])
        assert not [one for one in office.commands if one.startswith(("AUTH", "MAIL"))]
    assert "certificate that is not believed" in error.message
    assert "unable to get local issuer certificate" in error.details


def test_a_certificate_of_another_name_is_not_believed(authority, context):
    wrong = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("mail.example.net").configure_cert(wrong)
    with serving(tls=wrong) as office:
        error = refusal(mail(), settings(office, Security.TLS), Record(), context=context)
    assert "certificate that is not believed" in error.message
    assert "not valid for '127.0.0.1'" in error.details


def test_a_server_without_starttls_is_not_talked_to_in_the_open(context):
    with serving(users=USERS, auth_require_tls=False) as office:
        who = settings(office, Security.STARTTLS, "mara")
        error = refusal(mail(), who, Record(), password=USERS["mara"], context=context)
        assert office.commands == ["EHLO [127.0.0.1]"]
    assert error.message.endswith("offers no STARTTLS")
    assert "`security`" in error.remedy


def test_tls_where_none_is_spoken_is_one_message(context):
    with serving() as office:
        error = refusal(mail(), settings(office, Security.TLS), Record(), context=context)
    assert "does not speak TLS" in error.message
    assert "`security`" in error.remedy


def test_what_was_said_before_tls_counts_for_nothing(server_context, context):
    """A login that was offered in the open may have been put there by somebody between."""
    with serving(starttls=server_context, users=USERS, auth_require_tls=False) as office:
        office.faults["EHLO in TLS"] = "250-mail.example.org\r\n250 HELP"
        who = settings(office, Security.STARTTLS, "mara")
        error = refusal(mail(), who, Record(), password=USERS["mara"], context=context)
    assert error.message.endswith("offers no login")


# logging in


@pytest.mark.parametrize("password", ["wrong", "", "short"])
def test_a_wrong_password_is_told_and_not_shown(password, server_context, context):
    with serving(starttls=server_context, users=USERS) as office:
        who = settings(office, Security.STARTTLS, "mara")
        error = refusal(mail(), who, Record(), password=password, context=context)
        assert not [one for one in office.commands if one.startswith("MAIL")]
    assert "refuses at the login" in error.message
    assert "535" in error.details
    assert "password" in error.remedy
    assert not password or password not in words_of(error)


@pytest.mark.parametrize("password", ["correct horse battery", "tiny"])
def test_a_server_that_says_the_password_aloud_is_not_quoted(password, server_context, context):
    plain = base64.b64encode(f"\0mara\0{password}".encode()).decode()
    said = f"{password} {plain} {base64.b64encode(password.encode()).decode()}"
    for stage in ("AUTH", "MAIL"):
        with serving(starttls=server_context, users={"mara": password}) as office:
            office.faults[stage] = f"535 {'x' * 280} you said {said}\x1b[2J"
            who = settings(office, Security.STARTTLS, "mara")
            error = refusal(mail(), who, Record(), password=password, context=context)
        assert "(secret)" in words_of(error)
        assert password[:6] not in words_of(error)
        assert plain[:6] not in words_of(error)


def test_no_password_goes_through_a_network_in_the_open(monkeypatch):
    monkeypatch.setattr(delivery, "_is_here", lambda _connection: False)
    with serving(users=USERS, auth_require_tls=False) as office:
        error = refusal(mail(), settings(office, Security.NONE, "mara"), Record(), password=USERS["mara"])
        assert not [one for one in office.commands if one.startswith("AUTH")]
    assert "in the open" in error.message


@pytest.mark.parametrize(("address", "is_here"), [("127.0.0.9", True), ("::1", True), ("192.0.2.1", False)])
def test_loopback_alone_is_this_machine(address, is_here):
    class Connection:
        def getpeername(self):
            return address, 25

    assert delivery._is_here(Connection()) is is_here


def test_a_server_that_offers_no_login_is_told(server_context, context):
    with serving(starttls=server_context) as office:
        office.faults["EHLO in TLS"] = "250 mail.example.org"
        who = settings(office, Security.STARTTLS, "mara")
        error = refusal(mail(), who, Record(), password=USERS["mara"], context=context)
    assert error.message.endswith("offers no login")


def test_a_server_that_offers_no_login_that_is_known_here_is_told(server_context, context):
    with serving(starttls=server_context) as office:
        office.faults["EHLO in TLS"] = "250-mail.example.org\r\n250 AUTH SCRAM-SHA-256"
        who = settings(office, Security.STARTTLS, "mara")
        error = refusal(mail(), who, Record(), password=USERS["mara"], context=context)
    assert "at the login" in error.message


def test_a_challenge_that_is_none_is_one_message(server_context, context):
    with serving(starttls=server_context, users=USERS) as office:
        office.faults["AUTH"] = "334 a"
        who = settings(office, Security.STARTTLS, "mara")
        error = refusal(mail(), who, Record(), password=USERS["mara"], context=context)
    assert "at the login" in error.message


@pytest.mark.parametrize(("user", "password"), [("mara", "pässwörd-of-hers"), ("mära", "correct horse battery")])
def test_what_cannot_be_said_at_a_login_is_one_message(user, password, server_context, context):
    with serving(starttls=server_context, users=USERS) as office:
        who = settings(office, Security.STARTTLS, user)
        error = refusal(mail(), who, Record(), password=password, context=context)
    assert "characters beyond ASCII" in error.message
    assert password not in words_of(error)


# what cannot be sent there


def test_nobody_at_the_door_is_one_message():
    with serving() as office:
        pass
    error = refusal(mail(), settings(office), Record())
    assert "cannot be reached" in error.message
    assert "Connection refused" in error.details


def test_a_name_that_is_nowhere_is_one_message():
    error = refusal(mail(), MailSettings(server="mail.invalid"), Record())
    assert error.message == "mail.invalid:587 cannot be reached"
    assert "nothing went out" in error.details


def test_a_mail_that_is_too_large_is_not_begun():
    with serving(data_size_limit=100) as office:
        error = refusal(mail(), settings(office), Record())
        assert not [one for one in office.commands if one.startswith("DATA")]
    assert "refuses at the sender" in error.message
    assert "552" in error.details


def test_a_server_for_ascii_alone_is_sent_no_other_bytes():
    with serving(decode_data=True) as office:
        error = refusal(mail(), settings(office), Record())
        assert office.commands == ["EHLO [127.0.0.1]"]
        send_mail(mail(TEXT.replace(b"\xc3\xa9", b"e")), settings(office), Record(), timeout=10)
    assert "quoted-printable" in error.remedy


def test_what_cannot_be_written_down_does_not_go_out():
    with serving() as office:
        with pytest.raises(TrackerError, match="no room"):
            send_mail(mail(), settings(office), Record(fails=True), timeout=10)
        with serving() as other:  # by when the first has heard that the connection is gone
            send_mail(mail(), settings(other), Record(), timeout=10)
        assert office.received == []
        assert not office.arrived.is_set()


@pytest.mark.parametrize("told", [[], ["begin"]])
def test_ctrl_c_leaves_the_record_true(told, monkeypatch):
    """Before the end it surely did not go out, and nothing is written down; after it nobody knows."""

    class Interrupted(Record):
        def begin(self):
            if not told:
                raise KeyboardInterrupt
            super().begin()

        def finish(self):
            raise KeyboardInterrupt

    with serving() as office:
        record = Interrupted()
        with pytest.raises(KeyboardInterrupt):
            send_mail(mail(), settings(office), record, timeout=10)
        assert len(office.received) == len(told)
    assert record.told == told


# sendmail


@pytest.fixture
def sendmail(tmp_path):
    """Make a program that is called as sendmail is; returns it, and where it puts what it got."""

    def make(ending="pass"):
        program = tmp_path / "sendmail"
        program.write_text(
            f"#!{sys.executable}\nimport json, os, pathlib, signal, sys\nhere = pathlib.Path(__file__).parent\n"
            "(here / 'words').write_text(json.dumps(sys.argv[1:]))\n"
            f"(here / 'mail').write_bytes(sys.stdin.buffer.read())\n{ending}\n"
        )
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return MailSettings(sendmail=str(program))

    return make


def test_sendmail_is_told_whom_a_mail_goes_to_apart_from_its_text(sendmail, tmp_path):
    import json

    record = Record()
    send_mail(mail(), sendmail(), record)
    assert record.told == ["begin", "finish"]
    assert json.loads((tmp_path / "words").read_text()) == ["-i", "-f", "mara@example.org", "--", *RECIPIENTS]
    assert (tmp_path / "mail").read_bytes() == TEXT.replace(b"Bcc: archive@example.org\n", b"")


@pytest.mark.parametrize(
    ("ending", "is_certain"),
    [
        ("sys.exit(64)", True),
        ("sys.exit(77)", True),
        ("sys.exit(67)", False),  # of several recipients the others may be served
        ("sys.exit(75)", False),  # some have queued it then
        ("sys.exit(1)", False),
        ("os.kill(os.getpid(), signal.SIGKILL)", False),
    ],
)
def test_a_sendmail_that_fails_is_told_and_believed_as_far_as_it_says(sendmail, ending, is_certain):
    record = Record()
    error = refusal(mail(), sendmail(f"print('no luck', file=sys.stderr, flush=True); {ending}"), record)
    assert error.is_certain is is_certain
    assert record.told == (["begin", "withdraw"] if is_certain else ["begin"])
    assert error.details.startswith("no luck; ")


def test_a_sendmail_that_knows_no_such_user_took_a_mail_to_one_of_nobody(sendmail):
    record = Record()
    one = mail(
        TEXT.replace(b", Jon Example <jon@example.org>", b"").replace(b"Cc:", b"X-Cc:").replace(b"Bcc:", b"X-B:")
    )
    assert refusal(one, sendmail("sys.exit(67)"), record).is_certain
    assert record.told == ["begin", "withdraw"]


def test_a_sendmail_that_never_ends_is_one_message(sendmail):
    record = Record()
    error = refusal(mail(), sendmail("signal.pause()"), record, end_timeout=0.5)
    assert (record.told, error.is_certain) == (["begin"], False)


def test_a_sendmail_that_is_not_there_is_one_message(tmp_path):
    record = Record()
    error = refusal(mail(), MailSettings(sendmail=str(tmp_path / "none")), record)
    assert "cannot be started: No such file or directory" in error.message
    assert record.told == ["begin", "withdraw"]
