"""Actions as items of a mail: prose for people, and read back as they were."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mail.test_round_trip import LONG_URL, heads, lines, texts
from tracker.mail.sentences import Item, Named, name_in_prose, read_item, write_item
from tracker.recap.model import Status
from tracker.recap.people import People, Person

MARA, JON = Named("Mara"), Named("Jon")

names = st.sampled_from(
    ["Mara", "Jon E.", "core reviewers", "a/b", 'Jo "J" N', "with (us)", "to", "\u738b\u5c0f\u660e"]
)
named = st.lists(st.builds(Named, names, st.booleans()), max_size=3).map(tuple)
links = st.lists(
    st.tuples(
        st.sampled_from(["bug", "blueprint", "work item of", "shown by"]),
        st.sampled_from(["https://example.org/1", LONG_URL, "https://example.org/b_(c),"]),
    ),
    max_size=3,
).map(tuple)
items = st.builds(
    Item,
    title=lines | heads,
    owners=named,
    collaborators=named,
    status=st.sampled_from(Status),
    milestone=st.sampled_from([None, "ocata-2"]),
    due=st.none() | st.dates(date(1, 1, 1)),
    project=st.sampled_from([None, "other"]),
    creates=st.sampled_from([None, "bug", "plug-in"]),
    links=links,
    notes=st.just("") | texts,
)


def plain(item):
    """Return an item with names as they can be written, without its notes, whose lines are broken elsewhere."""
    owners, collaborators = (
        tuple(replace(one, name=one.name.replace('"', "'")) for one in people)
        for people in (item.owners, item.collaborators)
    )
    return replace(item, owners=owners, collaborators=collaborators, notes="")


@given(items)
def test_an_item_is_read_as_it_was_written(item):
    found = read_item(write_item(item))
    assert found is not None
    assert plain(found) == plain(item)
    assert found.notes.split() == item.notes.split()


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (Item("fix it"), "looking for an owner: fix it"),
        (Item("fix it", (MARA, JON), (Named("Ann"),)), "Mara/Jon to fix it, with Ann"),
        (Item("Discuss it with Jon", (MARA,), (JON,)), "Mara: Discuss it with Jon"),
        (Item("discuss it with Jon", (MARA,), (Named("Ann"),)), "Mara to discuss it with Jon, with Ann"),
        (Item("work with Jon/Ann", (), (JON, Named("Ann"))), "looking for an owner: work with Jon/Ann"),
        (Item("talk with Jon about it", (MARA,)), "Mara to talk with Jon about it"),
        (Item("align the fields with Nova", (MARA,)), "Mara to align the fields with Nova"),
        (Item("fix it", (Named("Jon", tentative=True),)), "Jon (?) to fix it"),
        (Item("Fix it", (Named("core reviewers"),)), "core reviewers: Fix it"),
        (Item("fix it", (MARA,), status=Status.BLOCKED), "Mara to fix it (blocked)"),
        (
            Item("fix it", (MARA,), milestone="m-1", due=date(2016, 11, 3), creates="bug"),
            "Mara to fix it (milestone m-1; due 2016-11-03; bug to be filed)",
        ),
        (Item("fix it", (MARA,), creates="plug-in"), "Mara to fix it (blueprint plug-in to be registered)"),
        (Item("fix it", (Named("a/b"),)), '"a/b" to fix it'),
    ],
)
def test_who_is_to_do_what_is_said_in_prose(item, said):
    assert item.sentence == said
    assert write_item(item) == [f"- {said}"]


def test_a_title_that_would_be_taken_for_more_stands_in_quotes():
    assert write_item(Item("move (done)", (MARA,))) == ['- Mara: "move (done)"']
    assert write_item(Item("move, with Jon", (MARA,))) == ['- Mara: "move, with Jon"']
    assert write_item(Item("discuss it with Jon", (MARA,))) == ['- Mara: "discuss it with Jon"']


def test_a_link_stands_on_its_own_line_and_notes_below():
    item = Item(
        "fix it", (MARA,), links=(("bug", LONG_URL), ("shown by", "https://example.org/")), notes="so\n\nit is"
    )
    assert write_item(item) == [
        "- Mara to fix it",
        f"  bug: {LONG_URL}",
        "  shown by: https://example.org/",
        "    so",
        "",
        "    it is",
    ]


@pytest.mark.parametrize(
    "line", ["", "- ", "- fix it", "- Mara fixes it", "- Mara to", "- looking for an owner", "fix", "- : x"]
)
def test_what_is_no_item_is_not_guessed_at(line):
    assert read_item([line]) is None


def test_a_person_is_called_by_the_given_name_where_that_names_nobody_else():
    people = People.of(
        [
            Person("mara", "Mara Example", irc=("Mara",)),
            Person("jon", "Jon Example", irc=("Jon",)),
            Person("jon2", "Jon Other"),
            Person("twin", "Same Name"),
            Person("twin2", "Same Name"),
            Person("rtl", "\u202eZo\u00eb\u202c Example"),
            Person("core", "core reviewers", is_team=True),
        ]
    )
    said = {key: name_in_prose(people, key) for key in [*people.entries, "~nobody", "un\u202eknown"]}
    assert said == {
        "mara": "Mara",
        "jon": "Jon",
        "jon2": "Jon Other",
        "twin": "twin",
        "twin2": "twin2",
        "rtl": "rtl",
        "core": "core reviewers",
        "~nobody": "~nobody",
        "un\u202eknown": "unknown",
    }
