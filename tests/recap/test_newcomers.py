"""Lines for people whom people.yaml lacks: everything that is there stays as it is."""

import pytest

from tracker.recap.newcomers import CrampedError, add_people
from tracker.recap.parse import parse_people
from tracker.recap.reader import read_document

NEW = {"kevin": "Kevin Benton", "no": "O: #x"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment\n",
        "people:\n",
        "people:  # whom we know\n\nteams:\n  core: {name: core reviewers}\n",
        "people:\n  mara: {name: Mara}\n",
        "# first\npeople:\n    # deeper\n    mara:\n        name: Mara   # yes\n\nteams:\n    core: {name: core}\n",
        "teams:\n  core: {name: core}",
        "people:\r\n  mara: {name: Mara}\r\n",
        "people:\n  'mara': {name: Mara}\n",
    ],
)
def test_people_are_added_and_nothing_else_changes(text):
    added = add_people(text, NEW)
    document = read_document(added.encode(), "people.yaml")
    people = parse_people(document)
    assert people is not None, (added, document.diagnostics)
    assert people.entries["kevin"].name == "Kevin Benton"
    assert people.entries["no"].name == "O: #x"
    before = parse_people(read_document(text.encode(), "people.yaml"))
    assert before is None or {*before.entries} == {*people.entries} - {*NEW}
    kept = [line for line in text.splitlines() if line.strip()]
    assert [line for line in added.splitlines() if line in kept][: len(kept)] == kept


@pytest.mark.parametrize("text", ["people: {mara: {name: Mara}}\n", "{people: {}}\n", "[a]\n", "people: [\n"])
def test_a_file_without_room_for_lines_is_left_to_a_person(text):
    with pytest.raises(CrampedError):
        add_people(text, NEW)
