"""How a bug tells which action it tracks."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tracker.launchpad.limits import MAX_DESCRIPTION
from tracker.recap.model import Action, Owner, Recap
from tracker.recap.people import People, Person
from tracker.sync.identity import identity_line, read_identity, write_description

PEOPLE = People.of([Person("ihar", "Ihar Tester", "ihar")])


def describe(notes=None, **links):
    action = Action("first", "t", "p", (Owner("ihar"), Owner("~x", tentative=True)), notes=notes, topic="upgrades")
    recap = Recap("ocata/s", "a session", "p", date(2016, 10, 28), event="a summit", links=links, actions=(action,))
    return write_description(recap, action, PEOPLE)


def test_a_description_says_where_it_comes_from_and_ends_with_the_action():
    text = describe("be careful", etherpad="https://example.org/pad")
    assert text == (
        'Agreed in the session "a session" (a summit, 2016-10-28).\n\n'
        "Topic: upgrades\n\n"
        "be careful\n\n"
        "Owners: Ihar Tester, ~x (?)\n\n"
        "etherpad: https://example.org/pad\n\n"
        "summit-tracker action: ocata/s#first"
    )


@given(st.text())
def test_whatever_the_notes_say_the_identity_is_read_back(notes):
    text = describe(notes)
    assert read_identity(text) == "ocata/s#first"
    assert "\0" not in text
    assert "\r" not in text


def test_notes_cannot_claim_another_identity():
    assert read_identity(describe(identity_line("other/s#second"))) == "ocata/s#first"


def test_text_that_somebody_adds_below_does_not_hide_the_identity():
    assert read_identity(describe() + "\n\nsee also bug 7\n") == "ocata/s#first"


def test_a_description_is_cut_to_what_launchpad_takes_and_keeps_its_identity():
    text = describe("x" * 60_000)
    assert len(text) == MAX_DESCRIPTION
    assert read_identity(text) == "ocata/s#first"
    assert "cut here" in text


def test_other_descriptions_have_no_identity():
    for text in ("", "summit-tracker action:", "summit-tracker action: a b#c", "x summit-tracker action: a#b"):
        assert read_identity(text) is None


def test_a_line_that_somebodys_editor_ended_with_a_carriage_return_is_read():
    for end in ("\r", "\r\n", " \r\nmore\r\n"):
        assert read_identity(f"text\r\n\r\n{identity_line('ocata/s#first')}{end}") == "ocata/s#first"
