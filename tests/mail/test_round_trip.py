"""The mail that `tracker summary` writes gives its recap back when it is imported."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.launchpad.limits import find_work_item_problem
from tracker.mail.draft import write_draft
from tracker.mail.envelope import Envelope, parse_address, write_message
from tracker.mail.plain import as_text, clean, one_line
from tracker.mail.reading import read_notes
from tracker.mail.summary import build_summary
from tracker.mail.templates import render
from tracker.recap.model import (
    Action,
    BlueprintTarget,
    BugTarget,
    Owner,
    Recap,
    Status,
    Topic,
    WorkItemTarget,
)
from tracker.recap.parse import draft_recap
from tracker.recap.people import People, Person
from tracker.recap.reader import read_document

PEOPLE = People.of(
    [
        Person("mara", "Mara Example"),
        Person("jon", "Jon Example", irc=("jon_e",)),
        Person("jon2", "Jon Other"),
        Person("zoe", "Zo\u00eb \u00c4rmel"),
        Person("wang", "\u738b\u5c0f\u660e"),
        Person("core", "core reviewers", is_team=True),
        Person("qa", "Q/A & gate, all of it", is_team=True),
        Person("odd", 'Somebody to watch with (us): "me"'),
    ]
)
KEYS = [*PEOPLE.entries, "~nobody-knows"]
WEB = "https://launchpad.net/"
NOWHERE = Path("/nonexistent")
LONG_URL = "https://example.org/" + "a-long-path/" * 10 + "?q=1"

WORDS = [
    "a", "word", ">", ">>", "From", "From ", "-", "*", "1.", "===", "---", "--", "-- ", "_" * 25, "Next actions:",
    "Next", "actions:", "tl;dr", ":", "a:", "(done)", "(blocked;", "due", ", with", "with Mara", "to", "Mara to", '"',
    "discuss", '"quoted"', LONG_URL, "https://bugs.launchpad.net/example/+bug/7", "bug: https://bugs.launchpad.net/example/+bug/7",
    "x" * 90,
    "\u738b\u5c0f\u660e" * 15, "\u0645\u0631\u062d\u0628\u0627", "e\u0301", "[tag]", "[ x ]",
    "=?utf-8?q?x?=", "this is the recap of the",
    "looking for an owner:",
    "\\", "<b>", "&amp;", "{{ x }}", "{% raw %}", "schedule: https://example.org/", "#", "'", "|",
]  # fmt: skip
printable = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Zl", "Zp")), min_size=1, max_size=12
)
words = st.lists(st.sampled_from(WORDS) | printable, min_size=1, max_size=12)
lines = words.map(" ".join).map(one_line).filter(bool)
ends = st.sampled_from(["", "", " recap", ": session recap", " summit session Recap"])
heads = st.tuples(lines, ends).map(lambda pieces: "".join(pieces).replace("=?", ""))
indents = st.sampled_from(["", "", "", "  ", "- ", "  * ", "1. ", "    "])
texts = st.lists(st.tuples(indents, lines).map("".join) | st.just(""), max_size=8).map("\n".join)
urls = st.sampled_from(
    [LONG_URL, "https://etherpad.example.org/p/a", "https://example.org/b_(c)", "http://e.org/x.,"]
)
names = st.sampled_from(["plug-in", "a2", "x.y", "gate+more"])
owners = st.lists(st.builds(Owner, st.sampled_from(KEYS), st.booleans()), max_size=3, unique_by=lambda one: one.key)
targets = (
    st.none()
    | st.builds(BugTarget, st.none() | st.integers(1, 10**7))
    | st.builds(BlueprintTarget, names, st.booleans())
    | st.builds(WorkItemTarget, names)
)
days = st.dates(date(1990, 1, 1), date(2099, 12, 31))
topics = st.builds(
    Topic,
    title=lines,
    notes=st.none() | texts,
    links=st.dictionaries(st.sampled_from(["spec", "etherpad 2", "a: b"]), urls, max_size=2),
    blueprints=st.lists(names, max_size=2, unique=True).map(tuple),
    bugs=st.lists(st.integers(1, 99).map(str), max_size=2, unique=True).map(tuple),
    reviews=st.lists(st.sampled_from(["386685", "topic:bp/x status:open", LONG_URL]), max_size=2, unique=True).map(
        tuple
    ),
)
actions = st.builds(
    Action,
    id=st.just("x"),
    title=lines.filter(lambda text: len(text) <= 200),
    project=st.sampled_from(["example", "example", "other"]),
    owners=owners.map(tuple),
    collaborators=owners.map(tuple),
    target=targets,
    status=st.sampled_from(Status),
    milestone=st.none() | names,
    due=st.none() | days,
    notes=st.none() | texts,
    evidence=st.lists(urls, max_size=2, unique=True).map(tuple),
)


def apart(actions):
    """Return actions of which no two are the same thing."""
    known = set()
    kept = []
    for one in actions:
        # Bugs have numbers over all projects.
        project = "" if isinstance(one.target, BugTarget) else one.project
        thing = (project, str(one.target)) if one.target not in {None, BugTarget()} else None
        kept.append(replace(one, target=None) if thing in known else one)
        known |= {thing} - {None}
    return tuple(kept)


def sound(action):
    """Return an action that Launchpad would take."""
    is_line = isinstance(action.target, WorkItemTarget)
    return replace(action, target=None) if is_line and find_work_item_problem(action.title) else action


recaps = st.builds(
    Recap,
    id=st.just("a"),
    title=heads,
    project=st.just("example"),
    date=days,
    cycle=st.none() | st.sampled_from(["ocata", "2024.1", "R\u00fcckblick"]),
    event=st.none() | st.sampled_from(["Example Summit", "PTG, in the snow", "\u00c9t\u00e9"]),
    author=st.none() | st.builds(Owner, st.sampled_from(KEYS)),
    links=st.dictionaries(st.sampled_from(["schedule", "etherpad", "my notes"]), urls, max_size=3),
    tldr=st.none() | texts,
    topics=st.lists(topics, max_size=3).map(tuple),
    actions=st.lists(actions.map(sound), max_size=4).map(apart),
)


def mails(recap, mailing_list):
    """Return the recap's mail as text and as a message."""
    mail = build_summary(recap, PEOPLE, WEB, mailing_list)
    body = render("summary.txt.j2", NOWHERE, mail=mail)
    to = parse_address("list@example.org", "here")
    envelope = Envelope(parse_address("mara@example.org", "here", "Mara \u00c4"), (to,), date(2016, 11, 3))
    return {
        "text": f"Subject: {mail.subject}\n\n{as_text(body)}".encode(),
        "eml": write_message(envelope, "summary", mail.subject, body, recap.id).data,
    }


def imported(data):
    (notes,) = read_notes(data)
    draft = write_draft(notes, PEOPLE)
    document = read_document(draft.text.encode(), "draft.yaml")
    recap = draft_recap(document, "a", PEOPLE, None)
    assert [one.rule for one in document.diagnostics if one.is_error] == [], (draft.text, document.diagnostics)
    assert draft.places == ()
    return recap


def said(recap):
    """Return what a recap says, but for ids, the topics of actions, and where lines are broken."""
    return {
        "title": recap.title,
        "project": recap.project,
        "day": (recap.date, recap.event, recap.cycle),
        "author": recap.author,
        "links": recap.links,
        "tldr": paragraphs(recap.tldr),
        "topics": [
            (one.title, paragraphs(one.notes), one.links, one.blueprints, one.bugs, one.reviews)
            for one in recap.topics
        ],
        "actions": [
            (
                one.title,
                one.owners,
                one.collaborators,
                one.target,
                one.current_status,
                one.project,
                (one.milestone, one.due),
                one.evidence,
                paragraphs(one.notes),
            )
            for one in recap.actions
        ],
    }


def paragraphs(text):
    parts = re.split(r"\n(?:[ \t]*\n)+", clean(text or ""))
    return [" ".join(part.split()) for part in parts if part.strip()]


@pytest.mark.parametrize("form", ["text", "eml"])
@given(recap=recaps, mailing_list=st.sampled_from([None, "example-dev", "example-discuss@lists.example.org"]))
def test_the_mail_of_a_recap_gives_it_back(form, recap, mailing_list):
    assert said(imported(mails(recap, mailing_list)[form])) == said(recap)
