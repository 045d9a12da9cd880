"""Mails as files: sound whatever the recap says, one header a line, and the same bytes for the same facts."""

import email
import mailbox
from datetime import date
from email import policy
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.parser import BytesParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tracker.errors import TrackerError
from tracker.mail.envelope import KIND_HEADER, Envelope, as_mbox, in_header, parse_address, write_message
from tracker.mail.outgoing import read_mails
from tracker.mail.plain import as_flowed, one_line

DAY = date(2016, 11, 3)
LIST = Address(addr_spec="harbour-dev@lists.example.org")
HOSTILE = [
    "plain", "two  blanks", " leading", "Zo\u00eb", "\u738b\u5c0f\u660e" * 30, "\u0645\u0631\u062d\u0628\u0627",
    "e\u0301", "a\nBcc: x@example.org", "a\r\n\r\nbody", "a\rBcc: x@example.org", "a\x0bb", "a\x85Bcc: x",
    "a\u2028b", "a\x00b",
    "\u202eabc\u202c", "=?utf-8?q?a=0ABcc:_x=40example.org?=", "\u00e9 =?utf-8?q?x?=", "x" * 1500,
    "\u00e9" + "x" * 1500, "a b " * 400, '"quoted"', "a, b", "(c)", "<x@example.org>", "a\\", "a:;b",
    "\U0001f600" * 40, "\ud800", "[tag]",
]  # fmt: skip
POLICIES = {"default": policy.default, "SMTP": policy.SMTP, "strict": policy.strict, "compat32": policy.compat32}
hostile = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=20), min_size=1, max_size=3).map(" ".join)


def write(
    *, name="Mara Example", subject="Next steps", body="Hi,\n", reply=None, kind="summary", recap="a/b", day=DAY
):
    sender = parse_address("mara@example.org", "here", name)
    return write_message(Envelope(sender, (LIST,), day, reply), kind, subject, body, recap)


def parse(data, name="default"):
    return BytesParser(policy=POLICIES[name]).parsebytes(data)


def defects(message):
    return [*message.defects, *(one for _, value in message.items() for one in getattr(value, "defects", ()))]


def read(header):
    return str(make_header(decode_header(header)))


@settings(max_examples=50)
@example("x" * 1500, "y" * 1500, "z" * 1500)
@example("\u00e9" + "x" * 1500, "\u738b" * 90, "")
@given(hostile.filter(one_line), hostile.filter(one_line), hostile)
def test_no_title_and_no_name_adds_a_header_or_hides_one(subject, name, text):
    data = write(subject=subject, name=name, body=one_line(text) + "\n").data
    for form in POLICIES:
        message = parse(data, form)
        assert message.keys() == [
            "From", "To", "Subject", "Date", "Message-ID", KIND_HEADER, "MIME-Version", "Content-Type",
            "Content-Transfer-Encoding",
        ]  # fmt: skip
        assert defects(message) == []
    message = parse(data)
    assert [one.addr_spec for one in message["From"].addresses] == ["mara@example.org"]
    assert message["Subject"] == in_header(one_line(subject))
    assert max(map(len, data.partition(b"\n\n")[0].splitlines())) <= 998
    (mail,) = read_mails(data, "it.eml")
    assert mail.recipients == (LIST.addr_spec,)


@given(hostile.filter(one_line))
def test_a_name_is_shown_as_it_is(name):
    raw = parse(write(name=name).data, "compat32")["From"].removesuffix(" <mara@example.org>")
    shown = read(raw) if "=?" in raw else email.utils.parseaddr(f"{raw} <x@y>")[0]
    assert shown == in_header(one_line(name))


@pytest.mark.parametrize("form", POLICIES)
@pytest.mark.parametrize(
    "body", ["Hi,\n", "Zo\u00eb \u738b\n", "x" * 3000 + "\n", " a \n>b\nFrom c\n", "\u00e9" * 900 + " \n"]
)
def test_a_body_is_read_as_it_was_written(form, body):
    message = parse(write(body=body).data, form)
    assert defects(message) == []
    assert message.get_content_type() == "text/plain"
    assert message.get_param("format") == "flowed"
    text = message.get_payload(decode=True).decode()
    assert text == as_flowed(body)
    assert max(map(len, write(body=body).data.splitlines())) <= 998


def test_the_same_facts_give_the_same_bytes_and_the_day_only_its_header():
    assert write() == write()
    other = parse(write(day=date(2017, 1, 1)).data)
    assert other["Message-ID"] == parse(write().data)["Message-ID"]
    assert other["Date"] != parse(write().data)["Date"]
    assert parse(write().data)["Date"].datetime.isoformat() == "2016-11-03T12:00:00+00:00"


@pytest.mark.parametrize(
    "changed", [{"subject": "x"}, {"body": "x"}, {"name": "x"}, {"recap": "x"}, {"kind": "since"}]
)
def test_another_mail_has_another_id(changed):
    assert parse(write(**changed).data)["Message-ID"] != parse(write().data)["Message-ID"]


def test_a_reply_is_in_the_thread_of_what_it_answers():
    message = parse(write(reply="<first@example.org>").data)
    assert message["In-Reply-To"] == message["References"] == "<first@example.org>"


def test_a_mailbox_has_each_mail_once_whatever_they_say(tmp_path):
    bodies = ["From here on\n\nFrom there\n", "\n\nFrom mara Fri Oct 28 10:00:00 2016\nSubject: x\n\nx\n", "From \n"]
    letters = [write(body=body, subject=str(number)) for number, body in enumerate(bodies)]
    data = as_mbox(letters)
    (tmp_path / "box").write_bytes(data)
    box = mailbox.mbox(tmp_path / "box")
    assert [one["Subject"] for one in box] == ["0", "1", "2"]
    assert [one.get_from() for one in box] == ["mara@example.org Thu Nov  3 12:00:00 2016"] * 3
    assert [one.get_payload() for one in box] == [parse(one.data, "compat32").get_payload() for one in letters]
    box.close()
    assert [mail.subject for mail in read_mails(data, "box")] == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("written", "name", "address"),
    [
        ("mara@example.org", "Mara", "mara@example.org"),
        ("Zo\u00eb <zoe@example.org>", "Zo\u00eb", "zoe@example.org"),
        ('"Doe, J." <j@example.org>', "Doe, J.", "j@example.org"),
    ],
)
def test_an_address_may_have_a_name_of_its_own(written, name, address):
    found = parse_address(written, "here", "Mara")
    assert (found.display_name, found.addr_spec) == (name, address)


@pytest.mark.parametrize(
    "written",
    [
        "", "mara", "mara@", "@example.org", "a b@example.org", "a@example.org\nBcc: b@example.org", "a@b, c@d",
        "a@b>", "a@b, C <c@d>", "a@exa\u202emple.org", "mara@ex\u00e4mple.org", "<a@b", "a@b c@d",
        "=?utf-8?q?a?=@b\n",
        "a@[127.0.0.1]", "(a)@b c",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_its_place(written):
    with pytest.raises(TrackerError, match=r"^here: ") as error:
        parse_address(written, "here")
    assert "is no mail address" in error.value.message
