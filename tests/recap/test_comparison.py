"""What does not fit between an entry of people.yaml and the account that Launchpad shows."""

import pytest

from tracker.launchpad.snapshots import Absence, AccountSnapshot, Renamed
from tracker.recap.comparison import compare_account
from tracker.recap.people import Person

MARA = Person("mara", "Mara Example", "mara-e")
CORE = Person("core", "core reviewers", "example-core", is_team=True)


def account(**values):
    return AccountSnapshot(
        **{"name": "x", "display_name": "Mara E. Example", "is_team": False, "is_valid": True, "karma": 0,
           "private": False, **values}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("person", "answer"),
    [
        (MARA, account()),
        (MARA, account(display_name="MARA")),
        (CORE, account(is_team=True, display_name="Quite another name")),
    ],
)
def test_what_fits_is_not_told(person, answer):
    assert compare_account(person, answer) is None


@pytest.mark.parametrize(
    ("person", "answer", "said"),
    [
        (MARA, Absence.MISSING, "Launchpad shows no account ~mara-e: it was renamed, merged or deleted"),
        (CORE, Absence.MISSING, "no team ~example-core: it was renamed, merged or deleted, or is private"),
        (MARA, Absence.SUSPENDED, "~mara-e is suspended"),
        (CORE, Absence.HIDDEN, "does not show ~example-core to you"),
        (MARA, Renamed("mara"), "~mara-e is called ~mara now"),
        (MARA, account(is_team=True), "~mara-e is a team"),
        (CORE, account(), "~example-core is a person"),
        (CORE, account(is_team=True, private=True), "~example-core is a private team"),
        (MARA, account(is_valid=False), "~mara-e can be assigned nothing"),
    ],
)
def test_what_is_wrong_is_an_error_with_what_to_do(person, answer, said):
    difference = compare_account(person, answer)
    assert said in difference.text
    assert difference.remedy
    assert difference.is_error


def test_a_person_whom_launchpad_calls_something_else_altogether_is_a_warning():
    difference = compare_account(MARA, account(display_name="Jon Doe"))
    assert (difference.text, difference.is_error) == (
        '~mara-e is called "Jon Doe" on Launchpad, and here "Mara Example"',
        False,
    )
