"""The tables of keys: what they say fits what is read by them, and each key has a meaning."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.launchpad import limits
from tracker.recap import schema
from tracker.recap.keys import read_mapping
from tracker.recap.model import Action, Recap, Topic, is_action_id
from tracker.recap.reader import read_document

TABLES = {
    name: getattr(schema, name)
    for name in ("RECAP", "TOPIC", "ACTION", "PEOPLE", "PERSON", "TEAM", "TRACKER", "LIMITS", "MAIL")
}


@pytest.mark.parametrize("table", TABLES)
def test_each_key_has_a_meaning_in_the_style_of_messages(table):
    for name, key in TABLES[table].items():
        assert name == name.lower()
        assert key.meaning
        assert not key.meaning.endswith(".")


def test_the_tables_have_a_key_for_each_value_of_the_model():
    renamed = {"owners": "owner", "collaborators": "with", "target": "bug"}
    fields = {renamed.get(field.name, field.name) for field in dataclasses.fields(Action)}
    assert set(schema.ACTION) == fields | {"blueprint", "work_item"}
    assert set(schema.TOPIC) == {field.name for field in dataclasses.fields(Topic)}
    assert set(schema.RECAP) == {field.name for field in dataclasses.fields(Recap)} - {"id"}


def read(table, text):
    findings = []
    root = read_document(text.encode(), "x").root
    return read_mapping(root, TABLES[table], (), findings), findings


def test_a_single_value_stands_for_a_list_of_one():
    assert read("ACTION", "id: a\ntitle: t\ntags: low\nevidence: [https://x]\n")[0]["tags"] == ("low",)


@pytest.mark.parametrize("number", ["0", "20", "007", "999999999"])
def test_a_limit_is_a_whole_number(number):
    assert read("LIMITS", f"create: {number}\n") == ({"create": int(number)}, [])


@pytest.mark.parametrize("number", ["-1", "1.5", "1e3", "0x1f", "1_000", "ten", "٣", "10:30", "9" * 10])
def test_what_is_no_whole_number_is_refused(number):
    values, (finding,) = read("LIMITS", f"create: {number}\n")
    assert values == {"create": None}
    assert (finding.rule, finding.help) == ("R015", "`create` is a whole number, at least 0")


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)


@given(words)
def test_a_tag_a_name_or_an_id_is_read_as_it_is_or_refused(word):
    quoted = '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
    text = f"id: {quoted}\ntitle: {quoted}\ntags: [{quoted}]\nmilestone: {quoted}\n"
    if read_document(text.encode(), "x").root is None:
        return
    values, findings = read("ACTION", text)
    assert values["id"] == (word if is_action_id(word) else None)
    assert values["milestone"] == (word if limits.is_name(word) else None)
    assert values["tags"] == ((word,) if limits.is_tag(word) else ())
    refused = {finding.place[0] for finding in findings}
    assert refused == {key for key in ("id", "title", "milestone", "tags") if not values[key]}
