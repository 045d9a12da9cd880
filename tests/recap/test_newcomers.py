"""Lines for people and teams whom people.yaml lacks: everything that is there stays as it is."""

import pytest

from tracker.recap.newcomers import CrampedError, add_people, write_people
from tracker.recap.parse import parse_people
from tracker.recap.people import Person
from tracker.recap.reader import read_document

NEW = [
    Person("kevin", "Kevin Benton"),
    Person("core-x", "core reviewers of x", is_team=True),
    Person("no", "O: #x", irc=("[o]",)),
    Person("mail", "Mail", email="o'x@example.org"),
]


def parse(text):
    document = read_document(text.encode(), "people.yaml")
    people = parse_people(document)
    return people, document.diagnostics


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\ufeff# who is who\n",
        "# only a comment\n",
        "# only a comment",
        "---\n",
        "people:\n",
        "people:",
        "people:\nteams:",
        "people:  # whom we know\n\nteams:\n  core: {name: core reviewers}\n",
        "people:\n  mara: {name: Mara}\n",
        "# first\npeople:\n    # deeper\n    mara:\n        name: Mara   # yes\n\nteams:\n    core: {name: core}\n",
        "teams:\n  core: {name: core}",
        "people:\r\n  mara: {name: Mara}\r\n",
        "\ufeffpeople:\n  'mara': {name: Mara}\n",
        "'people':\n  mara: {name: Mara}\nteams: # none\n",
    ],
)
def test_they_are_added_and_nothing_else_changes(text):
    added = add_people(text, NEW)
    people, problems = parse(added)
    assert people is not None, (added, problems)
    new = {one.key for one in NEW}
    assert [people.entries[one.key] for one in NEW] == NEW
    before, _ = parse(text)
    assert {*people.entries} == {*(before.entries if before else ()), *new}
    kept = [line for line in text.splitlines() if line.strip()]
    assert [line for line in added.splitlines() if line in kept][: len(kept)] == kept
    assert ("\r\n" in text) == ("\r\n" in added)
    assert not ("\r\n" in text and "\n" in added.replace("\r\n", ""))


@pytest.mark.parametrize(
    "text",
    ["people: {mara: {name: Mara}}\n", "people: {}\n", "people: {mara: {name: Mara},\n  jon: {name: Jon}}\n",
     "{people: {}}\n", "[a]\n", "people: [\n", "people: none\n", "people: []\n", "people:\n- a\n", "a\n",
     "people:\nteams:\n...\n---\n", "people:\npeople:\n", "<<<<<<< HEAD\n", "people: |\n  x\n"],
)  # fmt: skip
def test_a_file_without_room_for_lines_is_left_to_a_person(text):
    for newcomers in (NEW, NEW[:1]):
        with pytest.raises(CrampedError):
            add_people(text, newcomers)


def test_what_is_shown_can_be_put_into_a_people_yaml_as_it_is():
    people, problems = parse(write_people(NEW))
    assert problems == []
    assert sorted(people.entries.values(), key=str) == sorted(NEW, key=str)
