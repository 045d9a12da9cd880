"""An answer of Launchpad's that came short stops before anything rests on it."""

from dataclasses import replace

import pytest

from tracker.errors import TrackerError
from tracker.recap.people import People
from tracker.sync.base import Base
from tracker.sync.gather import gather

COUNT = 8
ACTIONS = "".join(f"  - id: a{index}\n    title: do thing {index}\n    bug: new\n" for index in range(COUNT))


class Short:
    """A gateway whose searches leave out the first bugs."""

    def __init__(self, gateway, left_out):
        self._gateway = gateway
        self._left_out = left_out

    def __getattr__(self, name):
        return getattr(self._gateway, name)

    def search(self, project, tag, *, private=False):
        return self._gateway.search(project, tag, private=private)[self._left_out :]


@pytest.fixture
def synced(bench):
    bench.write(ACTIONS)
    bench.sync()
    bench.requests.clear()
    return bench


def read(bench, *, missing=0.25, forget=None):
    """Read Launchpad's side; `forget` is what the base does not know."""
    entries = Base(bench.folder, "sandbox").load_all()
    if forget:
        entries = {
            recap: {key: replace(one, **forget) for key, one in known.items()} for recap, known in entries.items()
        }
    return gather(bench.gateway, bench.repository().recaps, entries, People(), bench.tag, missing=missing)


def read_alone(bench):
    return [target for _, target, _ in bench.requests if "searchTasks" not in target]


def test_an_answer_that_came_short_stops_before_any_bug_is_read_alone(synced):
    synced.write(synced.read() + ACTIONS.replace("id: a", "id: b"), head="")  # further bugs would be created
    numbers = [synced.number(index) for index in range(COUNT)]
    synced.gateway = Short(synced.gateway, COUNT - 1)
    with pytest.raises(TrackerError, match=f"leaves out 7 of 8 bugs that are known in {synced.project}") as caught:
        read(synced)
    assert f"bug {numbers[0]}" in caught.value.details
    assert len(synced.requests) == 1


def test_a_few_that_are_missing_are_read_alone(synced):
    synced.gateway = Short(synced.gateway, 5)
    observed = read(synced)
    assert len(observed.tasks) == COUNT
    assert len(read_alone(synced)) == 10  # each task, and its bug


def test_what_the_repository_allows_to_be_missing_is_read_alone(synced):
    synced.gateway = Short(synced.gateway, COUNT)
    assert len(read(synced, missing=1.0).tasks) == COUNT


@pytest.mark.parametrize("forget", [{"bug": None}, {"bug": 1}, {"tags": ()}])
def test_only_bugs_that_were_known_to_carry_the_tag_are_missing(synced, forget):
    synced.gateway = Short(synced.gateway, COUNT)
    assert len(read(synced, forget=forget).tasks) == COUNT


def test_bugs_of_other_recaps_than_those_of_the_run_are_not_missing(synced):
    repository = synced.repository()
    recap = replace(repository.recaps[0], actions=repository.recaps[0].actions[:5])
    synced.gateway = Short(synced.gateway, COUNT)
    entries = Base(synced.folder, "sandbox").load_all()
    assert len(gather(synced.gateway, [recap], entries, People(), synced.tag, missing=0.25).tasks) == 5
