"""The page on importing quotes what the story printed, and explains every mark that a recap can get."""

import re

import pytest

from tests.support import ROOT, TESTS
from tracker.mail.draft import write_draft
from tracker.mail.notes import FoundAction, Notes
from tracker.mail.reading import read_notes
from tracker.recap.people import People, Person

PAGE = (ROOT / "docs" / "importing.md").read_text(encoding="utf-8")
STORY = (TESTS / "golden" / "import.txt").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(?:console|yaml)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
MARKS = re.findall(r"^\| `(.+)` \| ", PAGE.partition("<!-- marks -->")[2].partition("<!-- end -->")[0], re.MULTILINE)
SAMPLES = [path for path in sorted((TESTS / "data" / "mail").iterdir()) if not path.name.endswith(".json")]


def test_what_it_quotes_is_what_was_printed():
    assert len(BLOCKS) == 4
    for block in BLOCKS:
        assert block in STORY


def explained():
    """Return the pattern of each mark: its words in capitals stand for others, and dots for what follows."""
    return [
        re.compile(re.sub(r"[A-Z]{3,}", ".+", re.escape(mark)).replace(re.escape("..."), ".+") + r"(?:; .+)?")
        for mark in MARKS
    ]


def marks_of(notes, people):
    return [place.text for place in write_draft(notes, people).places]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_mark_of_a_mail_is_explained(path):
    for notes in read_notes(path.read_bytes()):
        for text in marks_of(notes, People()):
            assert any(pattern.fullmatch(text) for pattern in explained()), text


def test_every_mark_that_is_explained_can_come():
    people = People.of([Person("a", "Kim"), Person("b", "Kim")])
    actions = (
        FoundAction("x", "x", 1, ("Kim",), bug=12),
        FoundAction("x", "x", 1, ("Lee",), blueprint="logs"),
        FoundAction("", "", 1),
        FoundAction("x" * 201, "x" * 201, 1),
    )
    dated = [notes for path in SAMPLES[:1] for notes in read_notes(path.read_bytes())]
    found = marks_of(Notes(actions=actions), people) + marks_of(dated[0], people)
    for mark, pattern in zip(MARKS, explained(), strict=True):
        assert any(pattern.fullmatch(text) for text in found), mark
