"""Random edits on both sides, then syncs: no edit is lost, and it ends with both sides saying the same."""

import itertools

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.sync.bench import HEAD
from tracker.launchpad.statuses import BUG_STATUSES, bug_status_agrees
from tracker.recap.editor import Edit
from tracker.recap.model import Status
from tracker.recap.writer import Writer
from tracker.sync.merge import Outcome, Prefer

_examples = itertools.count(1)

ACTIONS = 2
MILESTONES = [None, "ocata-1", "ocata-2"]
TITLES = ["a title", "another: title", "a # third", "'quoted'", "naïve \U0001f600", "no"]
RECAP_VALUES = {
    "status": [*Status, None],
    "owner": ["ihar", "artur", "kevin?", "paper", None],
    "milestone": MILESTONES,
    "importance": ["High", "Low", None],
    "title": TITLES,
}
LAUNCHPAD_VALUES = {
    "status": sorted({word for words in BUG_STATUSES.values() for word in words.agrees}),
    "owner": ["ihar", "artur", "kevin", "armando", None],
    "milestone": MILESTONES,
    "importance": ["High", "Low", "Undecided"],
    "title": TITLES,
}


def edits(values):
    one = st.sampled_from(sorted(values)).flatmap(lambda key: st.tuples(st.just(key), st.sampled_from(values[key])))
    return st.lists(st.tuples(st.integers(0, ACTIONS - 1), one), max_size=4)


rounds = st.lists(st.tuples(edits(RECAP_VALUES), edits(LAUNCHPAD_VALUES)), min_size=1, max_size=4)


class Sides:
    """Both sides as they are, read without the code under test's own merge."""

    def __init__(self, bench):
        self.bench = bench
        recap = bench.repository().recaps[0]
        self.recap = {}
        self.launchpad = {}
        for index, action in enumerate(recap.actions):
            task = bench.task(action.target.number)
            self.recap[index, "status"] = action.status
            self.recap[index, "owner"] = str(action.lead) if action.lead else None
            self.recap[index, "milestone"] = action.milestone
            self.recap[index, "importance"] = action.importance
            self.recap[index, "title"] = action.title
            self.launchpad[index, "status"] = task.status
            self.launchpad[index, "owner"] = task.assignee
            self.launchpad[index, "milestone"] = task.milestone
            self.launchpad[index, "importance"] = task.importance
            self.launchpad[index, "title"] = task.title

    def agree(self, place):
        """Tell whether both sides say the same at a place."""
        recap, launchpad = self.recap[place], self.launchpad[place]
        match place[1]:
            case "status":
                return bug_status_agrees(recap or "todo", launchpad)
            case "owner":
                claim = None if recap is None or recap.endswith("?") or recap == "paper" else recap
                return claim == (launchpad if launchpad != "armando" else "~armando")
            case "importance":
                return (recap or "Undecided") == launchpad
        return recap == launchpad


def edit_recap(bench, changes):
    for index, (key, value) in changes:
        (file,) = bench.repository().files
        present = file.document.node(("actions", index, key))
        if value is None and present is None:
            continue
        Writer(file).write([Edit(("actions", index, key), None if value is None else str(value))])


def edit_launchpad(bench, changes):
    for index, (key, value) in changes:
        number = bench.number(index)
        if key == "title":
            bug = bench.others.fetch_bug(number)
            bench.others.update_bug(bug, title=value)
        else:
            bench.elsewhere(number, **{"lead" if key == "owner" else key: value})


def test_edits_on_both_sides_converge_and_none_is_lost(bench):
    # Shrinking would ask the server thousands of times.
    @settings(max_examples=25, deadline=None, derandomize=True, phases=[Phase.generate])
    @given(rounds)
    def converge(history):
        play(bench, history)

    converge()


def play(bench, history):
    """Play rounds of edits and syncs, and hold every sync against what was edited."""
    start(bench)
    agreed = Sides(bench)
    base = {place: (agreed.recap[place], agreed.launchpad[place]) for place in agreed.recap}
    for recap_edits, launchpad_edits in history:
        edit_recap(bench, recap_edits)
        edit_launchpad(bench, launchpad_edits)
        before = Sides(bench)
        bench.sync()
        after = Sides(bench)
        for place, (recap_was, launchpad_was) in base.items():
            recap_moved = before.recap[place] != recap_was
            launchpad_moved = before.launchpad[place] != launchpad_was
            check(place, before, after, recap_was, recap_moved=recap_moved, launchpad_moved=launchpad_moved)
        unsettled = {
            (plan.index, "owner" if merge.field == "lead" else merge.field)
            for plan in bench.plan().actions
            for merge in plan.conflicts + plan.of(Outcome.HELD)
        }
        assert not bench.plan().changed
        base |= {place: (after.recap[place], after.launchpad[place]) for place in base if place not in unsettled}
    bench.sync(Prefer.RECAP)
    assert not bench.plan().changed
    assert bench.plan().conflicts == 0


def check(place, before, after, recap_was, *, recap_moved, launchpad_moved):
    """Hold what a sync did to one field against what either side had moved."""
    kept_recap = after.recap[place] == before.recap[place]
    kept_launchpad = after.launchpad[place] == before.launchpad[place]
    if before.agree(place) and place[1] != "status":
        assert kept_recap, place
        assert kept_launchpad, place
    if recap_moved and not launchpad_moved:
        # The recap's word wins, unless it was taken out (a status and an importance are filled again).
        assert kept_recap or before.recap[place] is None, place
    if launchpad_moved and not recap_moved:
        assert kept_launchpad, place
    if recap_moved and launchpad_moved and not (before.agree(place) or before.recap[place] is None):
        # Neither is overwritten, but where Launchpad's move was no news to the recap, or confirmed its owner.
        confirmed = place[1] == "owner" and before.recap[place] == f"{before.launchpad[place]}?"
        assert kept_recap or confirmed, place
        no_news = place[1] == "status" and bug_status_agrees(recap_was or "todo", before.launchpad[place])
        assert kept_launchpad or no_news, place


def start(bench):
    """Begin an example with a recap, a tag and a base of its own."""
    number = next(_examples)
    bench.tag = f"{bench.project}-{number}"
    (bench.folder / "tracker.yaml").write_text(f"tag: {bench.tag}\nproject: {bench.project}\nservice: sandbox\n")
    for old in (bench.folder / "ocata").glob("*.yaml"):
        old.unlink()
    bench.recap = f"ocata/session-{number}"
    bench.write(
        "".join(
            f"  - id: action-{index}\n    title: title {index}\n    owner: ihar\n    bug: new\n"
            for index in range(ACTIONS)
        ),
        head=HEAD,
    )
    bench.sync()
