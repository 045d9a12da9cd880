"""Edits on both sides, syncs and faults in any order: no edit is lost, and both sides end saying the same."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.sync.schedules import make_opening, play_schedule

FEW = {False: 25, True: 15}
"""So many schedules are played in every run, and of those whose actions are all work items."""
MANY = 500

# A schedule has its seed for a name: a smaller one makes another schedule, not a shorter one.
SEEDS = st.integers(0, 10**9)
TO_THE_END = settings(phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def theatre(open_theatre):
    return open_theatre("schedules")


@pytest.fixture(scope="module")
def openings(theatre):
    return {lines_alone: make_opening(theatre, lines_alone=lines_alone) for lines_alone in (False, True)}


@settings(TO_THE_END, max_examples=FEW[False])
@given(seed=SEEDS)
def test_edits_on_both_sides_converge_whatever_happens_and_none_is_lost(theatre, openings, seed):
    play_schedule(theatre, openings[False], seed)


@settings(TO_THE_END, max_examples=FEW[True])
@given(seed=SEEDS)
def test_edits_of_work_items_converge_whatever_happens_and_no_line_is_lost(theatre, openings, seed):
    play_schedule(theatre, openings[True], seed, lines_alone=True)


@pytest.mark.slow
@pytest.mark.parametrize("lines_alone", [False, True])
@settings(TO_THE_END, max_examples=MANY)
@given(seed=SEEDS)
def test_edits_on_both_sides_converge_in_a_great_many_schedules(theatre, openings, seed, lines_alone):
    play_schedule(theatre, openings[lines_alone], seed, lines_alone=lines_alone)
