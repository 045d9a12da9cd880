"""Edits on both sides, syncs and faults in any order: no edit is lost, and both sides end saying the same."""

import pytest

from tests.sync.schedules import make_opening, play_schedule

FEW = 25
"""So many schedules are played in every run."""
MANY = 500


@pytest.fixture(scope="module")
def theatre(open_theatre):
    return open_theatre("schedules")


@pytest.fixture(scope="module")
def opening(theatre):
    return make_opening(theatre)


def test_edits_on_both_sides_converge_whatever_happens_and_none_is_lost(theatre, opening):
    for number in range(FEW):
        play_schedule(theatre, opening, number)


@pytest.mark.slow
def test_edits_on_both_sides_converge_in_a_great_many_schedules(theatre, opening, capsys):
    failures = []
    for number in range(FEW, MANY):
        try:
            play_schedule(theatre, opening, number)
        except AssertionError as error:
            failures.append(f"{error}: {error.__cause__}")
    with capsys.disabled():
        print(f"\n{MANY} schedules of edits, syncs and faults")  # noqa: T201 - it takes minutes
    assert not failures, "\n\n".join(failures)
