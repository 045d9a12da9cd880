"""Every filter, alone and with every other, against a reading of what it says that takes no short cut."""

from datetime import date, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from tracker.recap.model import Action, BlueprintTarget, BugTarget, Owner, Recap, Status, WorkItemTarget
from tracker.status.filters import Wanted
from tracker.status.groups import GROUPINGS, group_rows
from tracker.status.rows import build_rows

TODAY = date(2016, 11, 20)
PEOPLE = ["ihar", "mara", "core", "drivers"]
TITLES = ["Straße fegen", "drop the shim", "推送通知", "İzmir test"]
DATES = {("neutron", "ocata-1"): date(2016, 11, 17), ("nova", "ocata-2"): date(2016, 12, 15)}

days = st.sampled_from([TODAY + timedelta(days=offset) for offset in (-40, -14, -13, -1, 0, 1, 30)])
owners = st.lists(st.builds(Owner, st.sampled_from(PEOPLE), st.booleans()), max_size=2, unique_by=lambda one: one.key)


def maybe(values):
    return st.none() | st.sampled_from(values)


@st.composite
def repositories(draw):
    recaps = []
    for session in ("ocata/one", "pike/two"):
        actions = []
        for index in range(draw(st.integers(1, 4))):
            action = Action(
                f"a{index}",
                draw(st.sampled_from(TITLES)),
                draw(st.sampled_from(["neutron", "nova"])),
                owners=tuple(draw(owners)),
                collaborators=tuple(draw(owners)),
                target=draw(maybe([BugTarget(), BugTarget(7), BlueprintTarget("b"), WorkItemTarget("w")])),
                status=draw(maybe(list(Status))),
                milestone=draw(maybe(["ocata-1", "ocata-2"])),
                due=draw(st.none() | days),
                tags=tuple(draw(st.lists(st.sampled_from(["api", "db"]), unique=True))),
                topic=draw(maybe(["Pecan", "OVO"])),
                notes=draw(maybe(["see STRASSE 7", "nothing"])),
                carried_from=draw(maybe(["ocata/one#a0", "pike/two#a1"])),
            )
            actions.append(action)
        recaps.append(
            Recap(session, "t", "neutron", draw(days), cycle=draw(maybe(["ocata", "pike"])), actions=tuple(actions))
        )
    changes = {
        f"{recap.id}#{action.id}": f"{draw(days).isoformat()}T12:00:00Z"
        for recap in recaps
        for action in recap.actions
        if draw(st.booleans())
    }
    return recaps, changes


def some(values):
    return st.frozensets(st.sampled_from(values), min_size=1, max_size=2)


VALUES = {
    "owners": some(PEOPLE),
    "helpers": some(PEOPLE),
    "teams": some(PEOPLE[2:]),
    "projects": some(["neutron", "nova"]),
    "cycles": some(["ocata", "pike"]),
    "sessions": some(["ocata/one", "pike/two"]),
    "topics": some(["Pecan", "OVO"]),
    "statuses": some([*map(str, Status), "carried"]),
    "milestones": some(["ocata-1", "ocata-2"]),
    "tags": some(["api", "db"]),
    "targets": some(["bug", "blueprint", "work-item", "none"]),
    "unowned": st.just(True),
    "tentative": st.just(True),
    "late": st.just(True),
    "due_before": days,
    "quiet_for": st.sampled_from([timedelta(days=1), timedelta(days=14), timedelta(days=41)]),
    "text": st.sampled_from(["strasse", "SHIM", "通知", "nothing", "absent"]),
    "closed_too": st.just(True),
}
PAIRS = [(), *((name,) for name in VALUES), *combinations(VALUES, 2)]


class Naive:
    """An action beside all recaps, asked in plain words."""

    def __init__(self, recaps, changes, recap, action):
        self.recap, self.action = recap, action
        self.full_id = f"{recap.id}#{action.id}"
        others = [(one.id, other) for one in recaps for other in one.actions]
        carriers = [f"{session}#{other.id}" for session, other in others if other.carried_from == self.full_id]
        self.carried = any(carrier != self.full_id for carrier in carriers)
        self.word = action.status.value if action.status else "todo"
        if self.carried and self.word not in ("done", "dropped"):
            self.word = "carried"
        self.open = self.word in ("todo", "in progress", "blocked", "postponed")
        self.due = action.due if action.due else DATES.get((action.project, action.milestone))
        self.changed = changes.get(self.full_id, recap.date.isoformat())[:10]

    def has(self, name, value):
        action = self.action
        kinds = {BugTarget: "bug", BlueprintTarget: "blueprint", WorkItemTarget: "work-item"}
        return {
            "owners": lambda: any(owner.key == key for owner in action.owners for key in value),
            "teams": lambda: any(owner.key == key for owner in action.owners for key in value),
            "helpers": lambda: any(owner.key == key for owner in action.collaborators for key in value),
            "projects": lambda: action.project in value,
            "cycles": lambda: self.recap.cycle in value,
            "sessions": lambda: self.recap.id in value,
            "topics": lambda: action.topic in value,
            "statuses": lambda: self.word in value,
            "milestones": lambda: action.milestone in value,
            "tags": lambda: any(tag in value for tag in action.tags),
            "targets": lambda: kinds.get(type(action.target), "none") in value,
            "unowned": lambda: self.open and len(action.owners) == 0,
            "tentative": lambda: self.open and any(str(owner).endswith("?") for owner in action.owners),
            "late": lambda: self.open and self.due is not None and self.due < TODAY,
            "due_before": lambda: self.due is not None and self.due < value,
            "quiet_for": lambda: date.fromisoformat(self.changed) + value <= TODAY,
            "text": lambda: value.casefold() in f"{action.title}\n{action.notes or ''}".casefold(),
            "closed_too": lambda: True,
        }[name]()

    def matches(self, filters):
        shows_closed = "closed_too" in filters or "statuses" in filters
        return (self.open or shows_closed) and all(self.has(*pair) for pair in filters.items())


def found(recaps, changes, filters):
    rows = build_rows(recaps, TODAY, last_changes=changes, dates=DATES)
    return [row.full_id for row in Wanted(**filters).choose(rows, TODAY)]


def expected(recaps, changes, filters):
    everything = (Naive(recaps, changes, recap, action) for recap in recaps for action in recap.actions)
    return [one.full_id for one in everything if one.matches(filters)]


@given(repositories(), st.fixed_dictionaries(VALUES))
def test_every_filter_alone_and_in_pairs_chooses_what_it_says(world, values):
    recaps, changes = world
    rows = build_rows(recaps, TODAY, last_changes=changes, dates=DATES)
    naive = [Naive(recaps, changes, recap, action) for recap in recaps for action in recap.actions]
    for names in PAIRS:
        filters = {name: values[name] for name in names}
        chosen = [row.full_id for row in Wanted(**filters).choose(rows, TODAY)]
        assert chosen == [one.full_id for one in naive if one.matches(filters)], filters


@given(repositories(), st.data())
def test_any_filters_together_choose_what_all_of_them_do(world, data):
    names = data.draw(st.frozensets(st.sampled_from(sorted(VALUES))))
    filters = {name: data.draw(VALUES[name]) for name in sorted(names)}
    assert found(*world, filters) == expected(*world, filters)


@given(repositories(), st.sampled_from(GROUPINGS))
def test_every_row_is_in_a_group_and_each_group_counts_its_own(world, by):
    recaps, changes = world
    rows = build_rows(recaps, TODAY, last_changes=changes, dates=DATES)
    groups = group_rows(rows, by, {"core", "drivers"})
    assert {row.full_id for group in groups for row in group.rows} == {row.full_id for row in rows}
    assert len({group.name for group in groups}) == len(groups)
    assert all(group.name is not None for group in groups[:-1])
    for group in groups:
        assert len({row.full_id for row in group.rows}) == len(group.rows)
        assert group.counts.startswith(f"{len(group.rows)} action")
        late = sum(Naive(recaps, changes, *one).has("late", True) for one in members(recaps, group))
        assert (f"{late} late" in group.counts) == bool(late)


def members(recaps, group):
    ids = {row.full_id for row in group.rows}
    return [(recap, action) for recap in recaps for action in recap.actions if recap.full_id(action) in ids]
