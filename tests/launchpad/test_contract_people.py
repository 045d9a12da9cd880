"""Looking for people and teams, and what an account shows of itself."""

import pytest

from tracker.launchpad.directory import Directory
from tracker.launchpad.snapshots import Absence, AccountSnapshot

MANY = 299


@pytest.fixture(scope="module")
def directory(anonymous):
    """Look as nobody, as `tracker people find` does."""
    return Directory(anonymous._wire)


@pytest.fixture(scope="module")
def person(contract, directory):
    answer = directory.fetch(contract.people[0])
    assert isinstance(answer, AccountSnapshot)
    return answer


@pytest.fixture(scope="module")
def team(contract, directory):
    answer = directory.fetch(contract.team)
    assert isinstance(answer, AccountSnapshot)
    return answer


def names(directory, text):
    return [one.name for one in directory.find(text, MANY)[0]]


def test_somebody_is_found_by_name_and_by_account_whatever_the_case_and_order(directory, person):
    words = person.display_name.split()
    for text in (person.display_name, person.display_name.upper(), " ".join(reversed(words)), person.name):
        assert person.name in names(directory, text), text


def test_all_words_of_a_search_for_people_must_match(directory, person, tag):
    assert person.name not in names(directory, f"{person.display_name} {tag}")
    assert names(directory, tag) == []


def test_a_search_for_people_shows_an_account_as_reading_it_alone_does(directory, person, team):
    for one in (person, team):
        assert one in directory.find(one.display_name, MANY)[0]


def test_a_page_of_people_has_the_size_that_was_asked_for(contract, directory, person):
    others = [directory.fetch(name).display_name for name in (contract.people[1], contract.team)]
    shared = [word for word in person.display_name.split() if any(word in other.split() for other in others)]
    if not shared:
        pytest.skip("no two of the contract's accounts share a word of their names")
    found, is_cut = directory.find(shared[0], 1)
    assert (len(found), is_cut) == (1, True)


def test_an_account_says_whether_it_is_a_team_is_hidden_and_can_be_assigned(person, team):
    assert (person.is_team, person.private, person.is_valid) == (False, False, True)
    assert (team.is_team, team.private, team.is_valid) == (True, False, True)
    assert person.karma >= 0


def test_an_account_is_read_without_a_login_and_404_where_there_is_none(directory, person, tag):
    assert directory.fetch(person.name) == person
    assert directory.fetch(f"no-{tag}") is Absence.MISSING
