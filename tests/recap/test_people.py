"""Who is meant by a name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.recap.people import AmbiguousPersonError, People, Person, UnknownPersonError

EVERYBODY = People.of(
    [
        Person("ihar", "Ihar Hrachyshka", "ihar-h", ("ihrachys", "booth")),
        Person("kevin", "Kevin Benton", "kevinbenton"),
        Person("kev", "Kevin Carter", irc=("cloudnull", "ihrachys")),
        Person("core", "Core Reviewers", "neutron-core", is_team=True, members=("ihar",)),
    ]
)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("ihar", "ihar"),
        ("Ihar hrachyshka", "ihar"),
        ("BOOTH", "ihar"),
        ("ihar-h", "ihar"),
        ("~ihar-h", "ihar"),
        ("~Ihar-H", "ihar"),
        ("~unheard-of", "~unheard-of"),
        ("core reviewers", "core"),
    ],
)
def test_every_name_of_an_entry_means_it_whatever_the_case(name, key):
    assert EVERYBODY.resolve(name) == key


def test_a_name_of_several_is_ambiguous_and_names_them():
    with pytest.raises(AmbiguousPersonError) as caught:
        EVERYBODY.resolve("Ihrachys")
    assert caught.value.candidates == ["ihar", "kev"]
    assert caught.value.name == "Ihrachys"


def test_an_unknown_name_brings_the_nearest_first():
    with pytest.raises(UnknownPersonError) as caught:
        EVERYBODY.resolve("kevn")
    assert caught.value.candidates[:2] == ["kev", "kevin"] or caught.value.candidates[:2] == ["kevin", "kev"]
    with pytest.raises(UnknownPersonError) as caught:
        EVERYBODY.resolve("zorro")
    assert caught.value.candidates == []


def test_at_most_three_candidates_are_named():
    many = People.of(Person(f"kevin{n}", f"Kevin {n}") for n in range(9))
    with pytest.raises(UnknownPersonError) as caught:
        many.resolve("kevin")
    assert len(caught.value.candidates) == 3


def test_accounts_and_names_are_found_by_key():
    assert EVERYBODY.account_of("ihar") == "ihar-h"
    assert EVERYBODY.account_of("kev") is None
    assert EVERYBODY.account_of("~x") == "x"
    assert EVERYBODY.account_of("nobody") is None
    assert EVERYBODY.key_of_account("ihar-h") == "ihar"
    assert EVERYBODY.key_of_account("x") == "~x"
    assert EVERYBODY.display_name("kevin") == "Kevin Benton"
    assert EVERYBODY.display_name("~x") == "~x"


names = st.text("abcAB ß", min_size=1, max_size=4)


@given(
    st.lists(st.builds(Person, names, names, st.none() | names, st.lists(names, max_size=2).map(tuple)), max_size=5),
    names,
)
def test_a_name_is_known_unknown_or_ambiguous_by_who_has_it(people, name):
    everybody = People.of(people)
    having = {
        person.key
        for person in everybody.entries.values()
        if name.casefold() in {alias.casefold() for alias in person.aliases}
    }
    if len(having) == 1:
        assert {everybody.resolve(name)} == having
        return
    with pytest.raises(AmbiguousPersonError if having else UnknownPersonError) as caught:
        everybody.resolve(name)
    assert set(caught.value.candidates) == having or not having
    assert set(caught.value.candidates) <= set(everybody.entries)


@pytest.mark.parametrize(
    ("name", "candidates"), [("Hrachyshka", ["ihar"]), ("carter", ["kev"]), ("reviewers", ["core"])]
)
def test_a_part_of_a_name_leads_to_who_has_it(name, candidates):
    with pytest.raises(UnknownPersonError) as caught:
        EVERYBODY.resolve(name)
    assert caught.value.candidates == candidates


def test_a_team_has_its_members_and_its_lead_by_whatever_name_they_are_written():
    everybody = People.of(
        [
            *EVERYBODY.entries.values(),
            Person("docs", "Docs", is_team=True, members=("core", "cloudnull"), lead="booth"),
            Person("empty", "Empty", is_team=True),
        ]
    )
    assert everybody.team_keys == ("core", "docs", "empty")
    assert everybody.teams_of("ihar") == {"core", "docs"}
    assert everybody.teams_of("kev") == everybody.teams_of("core") == {"docs"}
    assert everybody.teams_of("kevin") == everybody.teams_of("~nobody") == frozenset()
    assert everybody.lead_of("docs") == "ihar"
    assert everybody.lead_of("core") is everybody.lead_of("ihar") is everybody.lead_of("~nobody") is None
