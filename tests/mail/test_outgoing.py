"""What files hold is sent as it is, or refused with its place: no header smuggles in another, or a recipient."""

import mailbox
import re
from contextlib import suppress
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import TrackerError
from tracker.mail.outgoing import read_mails
from tracker.recap.mail_settings import is_address

FIELDS = {
    "From": "Mara Example <mara@example.org>",
    "To": "harbour-dev@lists.example.org",
    "Cc": "Jon Example <jon@example.org>",
    "Subject": "[harbour] Next steps",
    "Date": "Fri, 28 Oct 2016 10:00:00 +0200",
    "Message-ID": "<next.1@example.org>",
    "X-Tracker": "summary ocata/harbour-next",
}


def write(*, body="Hello,\nwe agreed.\n", **changes):
    """Write a mail; a header that is None is left out."""
    fields = {**FIELDS, **{name.replace("_", "-"): value for name, value in changes.items()}}
    head = "".join(f"{name}: {value}\n" for name, value in fields.items() if value is not None)
    return f"{head}\n{body}".encode()


def read(data):
    (mail,) = read_mails(data, "next.eml")
    return mail


def problem(data):
    with pytest.raises(TrackerError) as raised:
        read_mails(data, "next.eml")
    assert raised.value.remedy
    assert raised.value.message.startswith('"next.eml"')
    return raised.value.message


def test_a_mail_of_the_tracker_is_read_whole():
    mail = read(write())
    assert mail.data == write().replace(b"\n", b"\r\n")
    assert mail.message_id == "<next.1@example.org>"
    assert mail.sender == "mara@example.org"
    assert mail.recipients == ("harbour-dev@lists.example.org", "jon@example.org")
    assert (mail.author, mail.to, mail.cc) == (FIELDS["From"], (FIELDS["To"],), (FIELDS["Cc"],))
    assert (mail.subject, mail.kind, mail.recap) == (FIELDS["Subject"], "summary", "ocata/harbour-next")
    assert mail.date == datetime(2016, 10, 28, 8, tzinfo=UTC)
    assert read(write().replace(b"\n", b"\r\n")) == mail
    assert read(b"\xef\xbb\xbf" + write()) == mail


def test_a_digest_is_about_no_recap_alone():
    mail = read(write(X_Tracker="digest"))
    assert (mail.kind, mail.recap) == ("digest", None)


def test_a_mail_of_another_program_is_sent_all_the_same():
    mail = read(write(X_Tracker=None))
    assert (mail.kind, mail.recap) == (None, None)


def test_a_mail_without_a_message_id_gets_one_made_of_what_it_says():
    mail = read(write(Message_ID=None))
    assert re.fullmatch(r"<[0-9a-f]{40}@example\.org>", mail.message_id)
    assert f"Message-ID: {mail.message_id}\r\n".encode() in mail.data.partition(b"\r\n\r\n")[0] + b"\r\n"
    assert read(write(Message_ID=None).replace(b"\n", b"\r\n")).message_id == mail.message_id
    assert read(write(Message_ID=None, body="Hello,\nwe agree.\n")).message_id != mail.message_id
    assert read(mail.data).message_id == mail.message_id


def test_bcc_is_served_and_not_shown():
    mail = read(write(Bcc="archive@example.org,\n  Léa <lea@example.org>".replace("é", "e")))
    assert mail.recipients[2:] == ("archive@example.org", "lea@example.org")
    assert mail.bcc == ("archive@example.org", "Lea <lea@example.org>")
    assert b"archive" not in mail.data
    assert b"lea@" not in mail.data
    assert b"bcc" not in mail.data.lower()


def test_everybody_is_served_once():
    mail = read(write(To="jon@example.org, a <jon@example.org>", Cc="the team: jon@example.org, lea@example.org;"))
    assert mail.recipients == ("jon@example.org", "lea@example.org")


def test_who_sends_a_mail_of_several_is_told_apart():
    mail = read(write(From="mara@example.org, jon@example.org", Sender="jon@example.org"))
    assert (mail.sender, mail.author) == ("jon@example.org", "mara@example.org, jon@example.org")
    assert "from several people" in problem(write(From="mara@example.org, jon@example.org"))


def test_names_are_shown_decoded():
    mail = read(write(To="=?utf-8?b?TMOpYQ==?= <lea@example.org>", Subject="=?utf-8?q?caf=C3=A9?="))
    assert (mail.to, mail.subject) == (("Léa <lea@example.org>",), "café")
    assert b"=?utf-8?q?caf=C3=A9?=" in mail.data


def test_a_name_does_not_pass_for_another_recipient():
    mail = read(write(To='"lea@example.org, Jon" <evil@example.net>', Cc=None))
    assert mail.to == ('"lea@example.org, Jon" <evil@example.net>',)
    assert mail.recipients == ("evil@example.net",)


# mailboxes


def test_the_mails_of_a_mailbox_are_what_they_were(tmp_path):
    bodies = ["first\n", "From here on\n>From there\n\nend\n", "last\n\n"]
    box = mailbox.mbox(tmp_path / "digest.mbox")
    for number, body in enumerate(bodies):
        box.add(message_from_bytes(write(body=body, Message_ID=f"<{number}@example.org>")))
    box.close()
    mails = read_mails((tmp_path / "digest.mbox").read_bytes(), "digest.mbox")
    assert [mail.message_id for mail in mails] == [f"<{number}@example.org>" for number in range(3)]
    # As for a line that began with `>From ` before, the format cannot tell.
    expected = [body.replace(">From there", "From there").replace("\n", "\r\n").encode() for body in bodies]
    assert [mail.data.partition(b"\r\n\r\n")[2].rstrip() for mail in mails] == [one.rstrip() for one in expected]


def test_a_mail_of_a_mailbox_that_is_not_sound_is_told_with_its_number():
    box = b"".join(
        b"From mara Fri Oct 28 10:00:00 2016\n" + one + b"\n" for one in (write(), write(To=None, Cc=None))
    )
    with pytest.raises(TrackerError, match=r'^"box", mail 2: names nobody'):
        read_mails(box, "box")


def test_a_line_like_that_of_a_mailbox_does_not_part_a_mail():
    body = "as follows\n\nFrom mara Fri Oct 28 10:00:00 2016\nTo: evil@example.org\n\n>From here on\n"
    mail = read(write(body=body))
    assert mail.recipients == ("harbour-dev@lists.example.org", "jon@example.org")
    assert mail.data == write(body=body).replace(b"\n", b"\r\n")


# what is refused


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "holds no mail"),
        (b"\n\n\n", "holds no mail"),
        (b"just a text\n", "this is no mail"),
        ("# über alles\n\nFrom: a\n".encode(), "this is no mail"),
        (b"title: Logging\ndate: 2016-10-28\nactions: []\n", "this is no mail"),
        (b"a text\n" + write(), "line 1 of its header is none"),
        (b"\nFrom: mara@example.org\n\ntext\n", "line 1 of its header is none"),
        (b"Subject : x\n" + write(), "line 1 of its header is none"),
        (write().replace(b"Subject:", b"a text\nSubject:"), "line 4 of its header is none"),
        (b" goes on\n" + write(), "line 1 of its header is none"),
        (write(Subject="a\n  \nBcc: evil@example.org"), "line 4 of its header is none"),
        (write(From=None), "does not say whom it is from"),
        (write(From=""), "does not say whom it is from"),
        (write(To=None, Cc=None), "names nobody"),
        (write(To="undisclosed-recipients:;", Cc=None), "names nobody"),
        (write(Date=None), "does not say when"),
        (write(Date="yesterday"), "`Date` is not sound"),
        (write(Message_ID="next"), "`Message-ID` is not sound"),
        (write(Message_ID="<a@b> <c@d>"), "`Message-ID` is not sound"),
        (write(X_Tracker="summary"), "`X-Tracker` is not one"),
        (write(X_Tracker="gossip ocata/one"), "`X-Tracker` is not one"),
        (write(X_Tracker="summary ../../etc/passwd"), "`X-Tracker` is not one"),
        (write(Subject="café"), "line 4 of its header has characters beyond ASCII"),
        (write(To="jürg@example.org"), "characters beyond ASCII"),
        (write(Subject="x" * 990), "a line of more than 998 bytes"),
        (write(body="x" * 999), "a line of more than 998 bytes"),
        (write(Subject="\n ".join(["x" * 900] * 200)), "a header of more than 100 kB"),
        (write(Subject="a\0b"), "a NUL character"),
        (write(body="a\0b"), "a NUL character"),
        (write(Subject="a\x1b[2J"), "line 4 of its header is none"),
        (write(To="(" * 900), "`To` cannot be read: RecursionError"),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_a_mail_that_is_not_sound_is_refused(data, said):
    assert said in problem(data)


@pytest.mark.parametrize(
    "address",
    [
        "mara", "mara@", "@example.org", "<>", "mara@example.org jon@example.org", "mara at example.org",
        '"mara example"@example.org', "mara@[192.0.2.1]", "mara@exa mple.org", "mara@example.org>", "a@b@c",
        "<mara@example.org", "=?utf-8?q?mara?=@example.org", "mara@example.org\\n", "mara@-", "a b@example.org",
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["From", "To", "Cc", "Bcc", "Sender"])
def test_an_address_that_is_none_is_refused_wherever_it_stands(name, address):
    said = problem(write(**{name: address}))
    assert f"`{name}`" in said or "whom it is from" in said


EVERYWHERE = ["From", "Sender", "To", "Cc", "Bcc", "Reply-To", "Subject", "Date", "Message-ID", "X-Tracker", "X-Any"]
EVIL = "evil@example.net"


@pytest.mark.parametrize("name", EVERYWHERE)
@pytest.mark.parametrize(
    "injected",
    [
        "{}\rBcc: " + EVIL, "{}\r\rBcc: " + EVIL, "{}\n\rBcc: " + EVIL, "=?utf-8?q?x=0ABcc:_" + EVIL + "?= {}",
        "=?utf-8?q?x=0D=0ABcc:_" + EVIL + "?= {}", "=?utf-8?b?DQpCY2M6IGV2aWxAZXhhbXBsZS5uZXQ=?= {}",
        "{}\n\x0bBcc: " + EVIL, "{}\x0cBcc: " + EVIL, "{}\x85Bcc: " + EVIL, "{}\u2028Bcc: " + EVIL,
        "{}\n  \n Bcc: " + EVIL,
        "{}\0Bcc: " + EVIL,
    ],
    ids=lambda value: repr(value)[:30],
)  # fmt: skip
def test_no_header_smuggles_in_another(name, injected):
    value = FIELDS.get(name, "jon@example.org" if name in {"Sender", "Bcc", "Reply-To"} else "x")
    problem(write(**{name: injected.format(value)}))


@pytest.mark.parametrize("name", [one for one in EVERYWHERE if one != "X-Any"])
@pytest.mark.parametrize("spelt", [str.lower, str.upper])
def test_a_header_that_stands_once_does_not_stand_twice(name, spelt):
    value = FIELDS.get(name, "jon@example.org")
    data = write(**{name: value}).replace(b"\n\n", f"\n{spelt(name)}: {value}\n\n".encode(), 1)
    assert f"has the header `{name}` twice" in problem(data)


@pytest.mark.parametrize("end", [".\r", "\n.\n", "\r.\r", "\r\n.\r\n", "\n.\r\n", "\r\n.\r", "\r\n.\n"])
def test_no_text_ends_a_mail_before_its_end(end):
    """A lone CR or LF is a line end to some servers, and what follows a dot between two another mail to them."""
    mail = read(write(body=f"text{end}MAIL FROM:<{EVIL}>\n"))
    assert b"\r" not in mail.data.replace(b"\r\n", b"")
    assert b"\n" not in mail.data.replace(b"\r\n", b"")


# anything at all

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(
    st.lists(
        st.tuples(st.sampled_from([*FIELDS, "Bcc", "Sender", "Content-Type", "Resent-To", "", "x y"]), texts),
        max_size=4,
    ),
    st.binary(max_size=80),
)
def test_whatever_a_file_holds_goes_to_whom_its_headers_say_or_is_refused(fields, body):
    head = "".join(f"{name}: {value}\n" for name, value in {**FIELDS, **dict(fields)}.items())
    try:
        mails = read_mails(head.encode() + b"\n" + body, "any.eml")
    except TrackerError:
        return
    for mail in mails:
        seen = message_from_bytes(mail.data, EmailMessage, policy=policy.default)
        shown = [one.addr_spec for name in ("To", "Cc") for one in getattr(seen[name], "addresses", ())]
        assert set(shown) <= set(mail.recipients)
        assert len(mail.recipients) - len(set(shown)) <= len(mail.bcc)
        assert "Bcc" not in seen
        assert all(map(is_address, (mail.sender, *mail.recipients)))
        assert seen["Message-ID"] == mail.message_id


@given(st.binary(max_size=200))
def test_no_bytes_are_more_than_one_message(data):
    for start in (b"", b"From ", b"From mara Fri Oct 28 10:00:00 2016\nTo: "):
        with suppress(TrackerError):
            read_mails(start + data, "any")
