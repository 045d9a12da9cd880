"""Edits on both sides, syncs and faults in any order: no edit is lost, and both sides end saying the same."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.sync.schedules import make_opening, play_schedule

FEW = 25
"""So many schedules are played in every run."""
MANY = 500

# A schedule has its seed for a name: a smaller one makes another schedule, not a shorter one.
SEEDS = st.integers(0, 10**9)
TO_THE_END = settings(phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def theatre(open_theatre):
    return open_theatre("schedules")


@pytest.fixture(scope="module")
def opening(theatre):
    return make_opening(theatre)


@settings(TO_THE_END, max_examples=FEW)
@given(seed=SEEDS)
def test_edits_on_both_sides_converge_whatever_happens_and_none_is_lost(theatre, opening, seed):
    play_schedule(theatre, opening, seed)


@pytest.mark.slow
@settings(TO_THE_END, max_examples=MANY)
@given(seed=SEEDS)
def test_edits_on_both_sides_converge_in_a_great_many_schedules(theatre, opening, seed):
    play_schedule(theatre, opening, seed)
