"""Plans out of literals, and any plan at all."""

from datetime import date

from hypothesis import strategies as st

from tracker.launchpad.snapshots import TaskSnapshot, created_task
from tracker.launchpad.statuses import BUG_STATUSES
from tracker.recap.model import Action, BugTarget, Owner, Recap, Status
from tracker.recap.parse import Settings
from tracker.recap.people import People, Person
from tracker.sync.entries import Agreed, Entry
from tracker.sync.merge import merge_action
from tracker.sync.plan import ActionPlan, Plan

SETTINGS = Settings("summit", "sandbox", "neutron")
ACCOUNTS = ("ihar", "artur", "kevin")
PEOPLE = People.of([Person(name, name.title(), name) for name in ACCOUNTS])
LAUNCHPAD_STATUSES = sorted({word for words in BUG_STATUSES.values() for word in words.agrees})

_texts = st.sampled_from(["a", "b", "one: two", "red \x1b[31m", "\ud800"])
_owners = st.lists(
    st.builds(Owner, st.sampled_from(ACCOUNTS), st.booleans()), max_size=2, unique_by=lambda one: one.key
)


@st.composite
def _action_plans(draw: st.DrawFn) -> ActionPlan:
    number = draw(st.integers(1, 9))
    action = Action(
        f"a{number}",
        draw(_texts),
        draw(st.sampled_from(["neutron", "nova"])),
        owners=tuple(draw(_owners)),
        target=BugTarget(draw(st.sampled_from([None, number]))),
        status=draw(st.sampled_from([None, *Status])),
        milestone=draw(st.sampled_from([None, "ocata-1"])),
        importance=draw(st.sampled_from([None, "High"])),
    )
    create = draw(st.booleans())
    task = (
        created_task(0, action.project, action.title)
        if create
        else TaskSnapshot(
            bug=number,
            project=action.project,
            title=draw(_texts),
            status=draw(st.sampled_from(LAUNCHPAD_STATUSES)),
            importance=draw(st.sampled_from(["High", "Undecided"])),
            assignee=draw(st.sampled_from([None, *ACCOUNTS])),
            milestone=draw(st.sampled_from([None, "ocata-1"])),
            etag=draw(_texts),
            page="page",
        )
    )
    agreed = st.builds(
        Agreed,
        st.sampled_from([None, "ihar", "ocata-1", "High"]),
        st.sampled_from([None, "ihar", "ocata-1", "High"]),
        pulled_over=st.sampled_from([(), ("",), ("ihar", "ocata-1")]),
    )
    base = draw(st.dictionaries(st.sampled_from(["lead", "milestone", "importance"]), agreed))
    if draw(st.booleans()):
        pulled_over = draw(st.sampled_from([(), ("todo",), ("done", "in progress")]))
        base["status"] = Agreed(
            draw(st.sampled_from([*Status])), draw(st.sampled_from(LAUNCHPAD_STATUSES)), "", pulled_over
        )
    merges = merge_action(action, task, base, people=PEOPLE, chosen={}, with_title=draw(st.booleans()))
    return ActionPlan(
        Recap("ocata/a", "a session", "neutron", date(2016, 10, 28), actions=(action,)),
        action,
        0,
        Entry(action.id),
        shown=task,
        create=create,
        description=draw(st.sampled_from(["", "one\ntwo"])) if create else "",
        write_number=draw(st.sampled_from([None, number])) if not create else None,
        merges=tuple(merges),
        add_tags=draw(st.sampled_from([(), ("x-y",)])),
        subscribe=draw(st.sampled_from([(), ("artur",)])),
        comment=draw(st.sampled_from([None, "done\nso"])),
        duplicates=draw(st.sampled_from([(), (11, 12)])),
    )


plans = st.lists(_action_plans(), max_size=9, unique_by=lambda one: one.action.id).map(
    lambda found: Plan(tuple(found))
)
"""Any plan of one recap, merged as the tracker merges."""
