"""Footnotes belong to what cites them, and the signature to nothing."""

import pytest

from tracker.mail.lines import split_lines
from tracker.mail.margins import find_margins
from tracker.mail.reading import read_notes

MAIL = """\
From: Mara Example <mara@example.org>
Subject: [lighthouse] recap

Hello, the pad is at [1].

Logs [6]
========

They are large [2]. The spec [3] merged.

Actions:
- jon to fix the rotation [4]

Metrics
=======

Nothing was said of [2,5] yet.

[1] https://etherpad.example.org/p/lighthouse
[2] https://docs.example.org/sizes
[3]: https://review.opendev.org/c/lighthouse/lighthouse/+/12
[4]
    https://bugs.launchpad.net/lighthouse/+bug/34
[5] More of it: https://docs.example.org/metrics
[6] https://blueprints.launchpad.net/lighthouse/+spec/logs

Cheers,
Mara
"""


def read(text):
    (notes,) = read_notes(text.encode())
    return notes


def test_a_footnote_stands_with_the_topics_and_the_actions_that_cite_it():
    notes = read(MAIL)
    logs, metrics = notes.topics
    assert logs.title == "Logs"
    assert logs.notes.splitlines()[2:] == [
        "[2] https://docs.example.org/sizes",
        "[3] https://review.opendev.org/c/lighthouse/lighthouse/+/12",
    ]
    assert [link.kind for link in logs.links] == ["blueprint", "other", "review", "bug"]
    assert metrics.notes.splitlines()[2:] == [
        "[2] https://docs.example.org/sizes",
        "[5] More of it: https://docs.example.org/metrics",
    ]
    assert [link.url for link in metrics.links] == [
        "https://docs.example.org/sizes",
        "https://docs.example.org/metrics",
    ]
    (action,) = notes.actions
    assert (action.text, action.bug) == ("jon to fix the rotation [4]", 34)
    assert action.notes == ("[4] https://bugs.launchpad.net/lighthouse/+bug/34",)


def test_footnotes_that_each_part_counts_anew_are_told_apart():
    text = "# A\nsee [1]\n\n[1] https://a.example.org\n\n# B\nsee [1]\n\n[1] https://b.example.org\n"
    assert [[link.url for link in topic.links] for topic in read(text).topics] == [
        ["https://a.example.org"],
        ["https://b.example.org"],
    ]


@pytest.mark.parametrize(
    "end",
    [
        "Cheers,\nMara",
        "Thanks everybody for coming!\nMara (mara on IRC)\nLighthouse PTL",
        "Best,\n- Mara",
        "Mara",
        "BR",
    ],
)
def test_a_signature_is_nobodys_notes(end):
    text = f"From: Mara Example <m@example.org>\n\n# Logs\n\nThey are large.\n\n{end}\n"
    assert read(text).topics[0].notes == "They are large."


@pytest.mark.parametrize(
    "end", ["Best practices are missing.", "Thanks to this, the gate:\n- is green", "Mara was there."]
)
def test_a_last_sentence_is_no_signature(end):
    assert find_margins(split_lines(f"They are large.\n\n{end}"), "Mara Example").signature == frozenset()


@pytest.mark.parametrize(
    "text", ["[1] do it\n", "as [1] says,\nso it is\n", "[12\n", "[1] " + "x" * 300 + " http://a.org"]
)
def test_what_has_no_address_is_no_footnote(text):
    assert find_margins(split_lines(text), None).footnotes == ()


def test_of_a_footnote_without_end_the_beginning_is_read():
    (note,) = find_margins(split_lines("[1] https://a.example.org " + "x" * 9000), None).footnotes
    assert len(note.text) < 3000


@pytest.mark.parametrize(
    ("between", "bugs"),
    [("", []), ("Words of it [1].\n\n", ["bug"]), ("Actions:\n- Mara to read it [1]\n\n", ["bug"])],
)
def test_what_only_an_action_of_all_topics_cites_is_not_the_last_topics(between, bugs):
    text = f"Subject: recap\n\nOne\n===\n\nWords.\n\nTwo\n===\n\nMore words.\n\n{between}"
    notes = read(f"{text}Next actions:\n- Jon to fix it [1]\n\n[1] https://bugs.launchpad.net/lighthouse/+bug/7\n")
    assert [(topic.title, [link.kind for link in topic.links]) for topic in notes.topics] == [
        ("One", []),
        ("Two", bugs),
    ]
    assert notes.actions[-1].bug == 7
