"""Text that is in nothing of what was read is said to be."""

import pytest

from tracker.mail.reading import read_notes


def left_out(text):
    (notes,) = read_notes(text.encode())
    above = notes.above or 0
    lines = text.split("\n")
    return [lines[first + above - 1] + " .. " + lines[last + above - 1] for first, last in notes.left_out]


MAIL = """\
From: Mara Example <mara@example.org>
Subject: [lighthouse] recap

Hello,
it was a long day.

The pad: https://etherpad.example.org/p/lighthouse

tl;dr: structured logs become
the default.

Logs
====

They are large.

Actions:
- jon to fix the rotation, which
  breaks at midnight
- measure them

> What of the metrics?
> They stay.

Cheers,
Mara
"""


def test_greeting_quotes_and_signature_are_left_out_and_nothing_else_is():
    assert left_out(MAIL) == ["Hello, .. it was a long day.", "> What of the metrics? .. Mara"]


def test_what_only_frames_a_mail_counts_too():
    text = MAIL.replace("Cheers,\nMara", "-- \nMara Example, Lighthouse")
    assert left_out(text) == ["Hello, .. it was a long day.", "> What of the metrics? .. Mara Example, Lighthouse"]


def test_of_prose_without_headings_all_is_left_out():
    assert left_out("Notes of the day\n\nKim agreed to write it.\n\nMara\n") == ["Kim agreed to write it. .. Mara"]


@pytest.mark.parametrize(
    "text",
    [
        "Notes of the day\n\n# Logs\n\nThey are large.\n",
        "Notes of the day\n\nWe talked. ACTION: kim to write it\nbefore the freeze\n",
        "Notes of the day\n\nNext steps\n\n- kim to write it\n- read it\n",
        "Notes of the day\n2026-10-27\n\nACTION: kim to write it [1]\n\n[1] https://docs.example.org/a/page\n",
        "Notes of the day\n\n**Logs**\n\nThey are large.\n",
    ],
)
def test_what_stands_in_the_recap_is_not_left_out(text):
    assert left_out(text) == []


def test_a_list_that_makes_no_actions_is_left_out():
    text = "Notes of the day\n\nNext steps:\n\n- more tests\n- more docs\n"
    assert left_out(text) == ["Next steps: .. - more docs"]


@pytest.mark.parametrize(
    ("head", "above"),
    [
        ("Content-Type: text/plain\n", 2),
        ("Content-Type: text/plain\nContent-Transfer-Encoding: 8bit\n", 3),
        ("Content-Type: text/plain; format=flowed\n", None),
        ("Content-Type: text/plain\nContent-Transfer-Encoding: base64\n", None),
        ("Content-Type: text/html\n", None),
    ],
)
def test_lines_are_those_of_the_file_where_its_text_was_sent_as_it_is(head, above):
    (notes,) = read_notes(f"{head}\nwords\n".encode())
    assert notes.above == above


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_lines_of_a_mailbox_are_those_of_the_file(end):
    message = b"From mara@example.org Tue Oct 27 10:00:00 2026\nSubject: a\n\nOf nothing\n\n"
    notes = read_notes(message.replace(b"\n", end) * 2)
    assert [(one.above, one.left_out) for one in notes] == [(3, ((1, 1),)), (8, ((1, 1),))]


def test_a_topic_of_a_log_is_one_where_an_action_names_it_and_else_left_out():
    said = ["#startmeeting x", "#topic Old format", "it is old", "#topic Logs", "#action jon to measure it", "fine"]
    log = "".join(f"10:00:0{second} <mara> {words}\n" for second, words in enumerate(said))
    (notes,) = read_notes(log.encode())
    assert [(topic.title, topic.notes) for topic in notes.topics] == [("Logs", "")]
    assert [action.topic for action in notes.actions] == ["Logs"]
    assert notes.left_out == ((2, 3), (6, 6))
