"""`tracker schema` as installed."""

import json

import pytest

from tracker.recap.json_schema import FILES, build_schema


@pytest.mark.parametrize("file", FILES)
def test_it_prints_the_schema_anywhere(tracker, file):
    answer = tracker("schema", file)
    assert (answer.code, answer.err) == (0, "")
    assert json.loads(answer.out) == build_schema(file)


def test_it_is_a_recaps_when_none_is_named(tracker):
    assert tracker("schema").out == tracker("schema", "recap").out


def test_another_file_is_a_wrong_command_line(tracker):
    answer = tracker("schema", "person")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == 'error: no file "person" has a schema\n  help: it is one of recap, people, tracker\n'
