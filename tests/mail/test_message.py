"""What a mail's bytes say, however they are wrapped, encoded and mislabelled."""

import base64
import datetime
import quopri

import pytest

from tracker.mail.message import MAX_TEXT, read_messages

TEXT = "Grüße an alle – Søren\n"


def only(data):
    (message,) = read_messages(data)
    return message


def mail(body, *headers):
    return "\n".join(["From: A B <a@example.org>", *headers, "", ""]).encode() + body


@pytest.mark.parametrize(
    "charset", ["utf-8", "us-ascii", "iso-8859-1", "windows-1252", "no-such-charset", "hex", "idna", ""]
)
def test_text_in_utf_8_is_read_whatever_it_is_said_to_be(charset):
    assert only(mail(TEXT.encode(), f'Content-Type: text/plain; charset="{charset}"')).text == TEXT


@pytest.mark.parametrize("charset", ["windows-1252", "utf-8", "us-ascii"])
def test_text_in_windows_1252_is_read_whatever_it_is_said_to_be(charset):
    assert only(mail(TEXT.encode("cp1252"), f"Content-Type: text/plain; charset={charset}")).text == TEXT


@pytest.mark.parametrize("charset", ["koi8-r", "shift_jis", "gb18030", "utf-16", "iso-2022-jp"])
def test_a_charset_that_is_said_rightly_is_used(charset):
    text = "日本\n" if charset in {"shift_jis", "gb18030", "iso-2022-jp"} else "Привет\n"
    body = base64.encodebytes(text.encode(charset))
    headers = (f"Content-Type: text/plain; charset={charset}", "Content-Transfer-Encoding: base64")
    assert only(mail(body, *headers)).text == text


def test_a_codec_of_python_that_is_no_charset_is_not_used():
    for name in ("unicode_escape", "raw_unicode_escape", "punycode", "rot13", "undefined"):
        assert only(mail(b"C:\\new \\x41\n", f"Content-Type: text/plain; charset={name}")).text == "C:\\new \\x41\n"


def test_a_letter_cut_in_two_spoils_no_other():
    assert only((TEXT * 3).encode()[:-3]).text.startswith(TEXT * 2)


def test_quoted_printable_and_base64_are_decoded():
    for encoding, body in (
        ("quoted-printable", quopri.encodestring(TEXT.encode())),
        ("base64", base64.encodebytes(TEXT.encode())),
    ):
        assert only(mail(body, f"Content-Transfer-Encoding: {encoding}")).text == TEXT


@pytest.mark.parametrize(("delsp", "joined"), [("", "a line that goes on"), ("; delsp=yes", "a line thatgoes on")])
def test_flowed_lines_are_joined(delsp, joined):
    body = b"a line that \ngoes on\n From the floor\n-- \nme\n"
    text = only(mail(body, f"Content-Type: text/plain; format=flowed{delsp}")).text
    assert text.split("\n")[:2] == [joined, "From the floor"]


def test_a_blank_behind_a_heading_joins_no_bullets_to_it():
    text = only(mail(b"Actions: \n- one \n- two\n", "Content-Type: text/plain; format=flowed")).text
    assert text == "Actions: \n- one \n- two\n"


def test_the_plain_one_of_two_forms_is_read_and_an_empty_one_is_not():
    def both(plain):
        body = f"--b\nContent-Type: text/plain\n\n{plain}\n--b\nContent-Type: text/html\n\n<p>rich<p>\n--b--\n"
        return only(mail(body.encode(), "Content-Type: multipart/alternative; boundary=b")).text.strip()

    assert both("plain") == "plain"
    assert both("") == "rich"


def test_html_becomes_what_a_person_would_have_typed():
    page = (
        b"<html><head><style>p {}</style></head><body><!-- no --><h2>Actions</h2><ul><li><b>kim</b> to\n do&nbsp;it"
        b"<ul><li>deep</li></ul></li><li>two &lt;3</li></ul><p>see <a href='https://example.org/x?a=1&amp;b=2'>here</a>"
        b"<br>bye<script>alert(1)</script></p>"
    )
    message = only(mail(page, "Content-Type: text/html"))
    assert message.text.split("\n") == [
        "## Actions",
        "",
        "  * **kim** to do it",
        "    * deep",
        "  * two <3",
        "",
        "see here",
        "bye",
    ]
    assert message.urls == ["https://example.org/x?a=1&b=2"]


def test_controls_and_marks_that_turn_the_text_round_are_taken_out():
    assert only("a\x1b[31mb\u202ec\u200bd\x00e\x9bf\n".encode()).text == "a[31mbcdef\n"


def test_a_mailbox_is_split_where_messages_begin_and_nowhere_else():
    one = (
        b"From a@b  Mon Nov  8 10:02:11 2021\nFrom: a at b.org (A B)\nSubject: one\n\nhi\n\n"
        b"From here on 10:00 it is\n\n"
    )
    two = b"From c@d  Mon Nov  8 11:02:11 2021\nFrom: c at d.org (C D)\nSubject: two\n\nho\n"
    messages = read_messages(one + two)
    assert [(m.author, m.subject, m.text.split("\n")[0]) for m in messages] == [
        ("A B", "one", "hi"),
        ("C D", "two", "ho"),
    ]
    assert "From here on" in messages[0].text


@pytest.mark.parametrize(
    ("header", "author"),
    [
        ("Ann Bee <a@example.org>", "Ann Bee"),
        ('"Bee, Ann" <a@example.org>', "Bee, Ann"),
        ("a at example.org (Ann Bee)", "Ann Bee"),
        ("=?utf-8?q?Zo=C3=AB?= Bee <z@example.org>", "Zoë Bee"),
        ("Ann Bee via list <list@example.org>", "Ann Bee"),
        ("ann@example.org", "ann"),
        ("<ann@example.org>", "ann"),
    ],
)
def test_the_author_is_named_however_the_address_is_written(header, author):
    assert only(f"From: {header}\nSubject: x\n\nhi\n".encode()).author == author


def test_the_day_is_that_of_the_sender():
    assert only(mail(b"hi", "Date: Mon, 24 May 2021 23:40:17 -0700")).date == datetime.date(2021, 5, 24)
    assert only(mail(b"hi", "Date: Mon, 99 May 2021 23:40:17 -0700")).date is None


def test_a_page_of_an_archive_has_its_headers_in_its_text():
    page = (
        b"[l] [p] notes\n\nAnn Bee ann at example.org\nTue Jun  2 21:12:45 CEST 2015\n\n\nhi\n\n\n"
        b"More information about the Lst mailing list\n"
    )
    message = only(page)
    assert (message.subject, message.author, message.date) == ("[l] [p] notes", "Ann Bee", datetime.date(2015, 6, 2))
    assert message.mailing_list == "Lst"
    assert message.text.split() == ["hi"]


def test_signatures_and_what_lists_add_are_no_text():
    assert only(mail(b"hi\n-- \nAI: sign\n")).text.split() == ["hi"]
    assert only(mail(b"hi\n" + b"_" * 47 + b"\nsome mailing list\nAI: more\n")).text.split() == ["hi"]


def test_a_message_longer_than_any_recap_is_cut_and_says_so():
    message = only(mail(b"word \n" * (MAX_TEXT // 5)))
    assert message.is_cut
    assert len(message.text) <= MAX_TEXT
    assert not only(mail(b"word\n")).is_cut
    assert only(b"word \n" * (MAX_TEXT // 5)).is_cut


def test_a_header_that_cannot_be_decoded_stays_as_written():
    (message,) = read_messages(b"From: a@b.org\nSubject: =?utf-8?b?W2RvdHRlcmVsXSBTdW1tYXJ5IOKAk?=\n\nHi.\n")
    assert message.subject == "=?utf-8?b?W2RvdHRlcmVsXSBTdW1tYXJ5IOKAk?="


@pytest.mark.parametrize(
    ("sender", "address"),
    [
        ("Ann Bee <ann@example.org>", "ann@example.org"),
        ("ann at example.org (Ann Bee)", "ann@example.org"),
        ("Ann Bee via list <list@example.org>", None),
        ("Ann Bee", "Ann Bee"),
    ],
)
def test_an_address_is_the_authors_and_not_that_of_the_list(sender, address):
    (message,) = read_messages(f"From: {sender}\n\nwords\n".encode())
    assert message.address == address
