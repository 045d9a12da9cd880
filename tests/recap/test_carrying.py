"""Open actions as the beginning of the next recap: what goes along, what stays, and under which ids."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.recap.carrying import find_edits, find_left, find_open, name_carried, write_carried
from tracker.recap.editor import apply_edits
from tracker.recap.model import (
    Action,
    BlueprintTarget,
    BugTarget,
    Owner,
    Recap,
    Status,
    WorkItemTarget,
)
from tracker.recap.parse import draft_recap
from tracker.recap.people import People, Person
from tracker.recap.reader import read_document

PEOPLE = People.of([Person("mara", "Mara Example"), Person("jon", "Jon Example")])
HEAD = {"title": "next steps", "date": "2026-04-20"}
TOP = "title: logging\ndate: 2026-04-14\n"
WHOLE = """\
actions:
  - id: default-format
    title: make structured logs the default
    owner: [Mara Example, jon?]
    with: [~somebody]
    bug: https://bugs.launchpad.net/lighthouse/+bug/12  # the second try
    status: in progress
    milestone: next-1
    due: 2026-05-01
    importance: High
    tags: [logs, easy]
    topic: Logs
    previously: [format]
    evidence: https://review.example.org/1
    notes: |
      Not before the release.

        Ask jon: he knows.
"""


def read(text, identity="zircon/logging"):
    document = read_document(text.encode(), f"sessions/{identity}.yaml")
    recap = draft_recap(document, identity, PEOPLE, "lighthouse")
    assert not [one for one in document.diagnostics if one.is_error], document.diagnostics
    return document, recap


def carry(*texts, taken=(), project="lighthouse"):
    """Carry what is open in some recaps; return the next one and what stays of them."""
    pairs = [read(text, f"zircon/{number}") for number, text in enumerate(texts)]
    documents, recaps = {recap.id: document for document, recap in pairs}, [recap for _, recap in pairs]
    actions = name_carried(find_open(recaps, recaps).values(), taken)
    text = write_carried(HEAD, actions, documents, project)
    edits = find_edits(actions, documents)
    return text, [apply_edits(documents[one.id], edits.get(one.id, [])) for one in recaps]


def test_everything_goes_along_but_topic_and_evidence_and_the_old_one_keeps_all_but_its_target():
    text, (old,) = carry(TOP + WHOLE)
    _, new = read(text, "agate/next")
    (action,) = new.actions
    (former,) = read(TOP + WHOLE, "zircon/0")[1].actions
    assert action == replace(former, topic=None, evidence=(), carried_from="zircon/0#default-format")
    assert action.target == BugTarget(12)
    lines = (TOP + WHOLE).splitlines(keepends=True)
    assert old == "".join(line for line in lines if "bug:" not in line)
    assert "    bug: 12  # the second try\n" in text


def test_the_new_recap_shows_what_else_it_may_have():
    text, _ = carry(TOP + WHOLE)
    assert text.startswith("title: next steps\ndate: 2026-04-20\n#links:\n")
    assert "\n#topics:\n" in text
    assert "#  - id" not in text


TARGETS = {
    "bug: new": BugTarget(),
    "bug: 7": BugTarget(7),
    "blueprint: new structured-logs": BlueprintTarget("structured-logs", create=True),
    "blueprint: structured-logs": BlueprintTarget("structured-logs"),
    "work_item: structured-logs": WorkItemTarget("structured-logs"),
}


@pytest.mark.parametrize("written", TARGETS)
def test_what_an_action_is_tracked_as_moves(written):
    text, (old,) = carry(f"{TOP}actions:\n  - id: a\n    title: do it\n    {written}\n    owner: jon\n")
    assert read(text)[1].actions[0].target == TARGETS[written]
    assert old == f"{TOP}actions:\n  - id: a\n    title: do it\n    owner: jon\n"


def test_an_action_within_braces_moves_too():
    text, (old,) = carry(TOP + "actions: [{id: a, title: do it, bug: 7}]  # one\n")
    assert read(text)[1].actions[0].target == BugTarget(7)
    assert old == TOP + "actions: [{id: a, title: do it}]  # one\n"


@pytest.mark.parametrize("status", Status)
def test_what_is_done_or_dropped_stays_behind(status):
    _, recap = read(f"{TOP}actions:\n- id: a\n  title: t\n  status: {status}\n")
    assert bool(find_open([recap], [recap])) is status.is_open


def test_what_another_action_goes_on_with_already_stays_behind():
    _, old = read(TOP + "actions:\n- id: a\n  title: t\n- id: b\n  title: u\n", "a")
    _, new = read(TOP + "actions:\n- id: a\n  title: t\n  carried_from: a#a\n", "b")
    assert list(find_open([old], [old, new])) == ["a#b"]


def test_each_action_gets_an_id_of_its_own():
    one = TOP + "actions:\n- id: a\n  title: t\n- id: a-2\n  title: u\n"
    text, _ = carry(one, one.replace("title: ", "title: more "), taken=["a-3"])
    assert [(action.id, action.carried_from) for action in read(text)[1].actions] == [
        ("a", "zircon/0#a"),
        ("a-2", "zircon/0#a-2"),
        ("a-4", "zircon/1#a"),
        ("a-2-2", "zircon/1#a-2"),
    ]


def test_a_former_id_that_is_another_actions_now_is_left():
    one = TOP + "actions:\n- id: a\n  title: t\n"
    two = TOP + "actions:\n- id: b\n  title: u\n  previously: [a, c]\n- id: d\n  title: v\n"
    text, _ = carry(one, two, two.replace("title: ", "title: more ").replace("id: b", "id: e"))
    assert [action.previously for action in read(text)[1].actions] == [(), ("c",), (), (), ()]


def test_actions_keep_their_projects():
    here = TOP + "actions:\n- id: a\n  title: t\n- id: b\n  title: t\n  project: tower\n"
    text, _ = carry(here)
    assert [action.project for action in read(text)[1].actions] == ["lighthouse", "tower"]
    assert "\nproject:" not in text
    text, _ = carry(here.replace("title: logging", "title: logging\nproject: pier"))
    assert [action.project for action in read(text)[1].actions] == ["pier", "tower"]
    assert "\nproject: pier\n" in text


def test_what_a_run_left_that_ended_between_the_files_is_found():
    text, (old,) = carry(f"{TOP}actions:\n- id: a\n  title: t\n  bug: new\n- id: b\n  title: u\n  bug: 7\n")
    _, new = read(text, "agate/next")
    for left, text in ((["a", "b"], old.replace("title: t", "title: t\n  bug: new").replace(": u", ": u\n  bug: 7")),
                       (["b"], old.replace(": u", ": u\n  bug: 7")), ([], old)):  # fmt: skip
        _, recap = read(text, "zircon/0")
        assert [one.action.id for one in find_left(new, [recap, new])] == left


def test_another_target_than_that_of_the_one_that_goes_on_is_nobodys_to_take_out():
    _, old = read(TOP + "actions:\n- id: a\n  title: t\n  bug: 8\n", "zircon/0")
    _, new = read(TOP + "actions:\n- id: a\n  title: t\n  bug: 7\n  carried_from: zircon/0#a\n", "agate/next")
    assert find_left(new, [old]) == []


def test_notes_that_begin_with_a_blank_stay_lines():
    text, _ = carry(TOP + "actions:\n- id: a\n  title: t\n  notes: |2\n      deep\n    less\n")
    assert text.endswith("    notes: |2\n        deep\n      less\n")


PROSE = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]) | st.sampled_from("\n :#'\"-|\t\x85\u2028"))


@given(st.lists(st.tuples(PROSE, PROSE), min_size=1, max_size=3))
def test_whatever_text_an_action_has_goes_along_as_it_is(texts):
    actions = tuple(
        Action(f"a{number}", " ".join(title.split()) or "t", "lighthouse", (Owner("mara"),), notes=notes or None)
        for number, (title, notes) in enumerate(texts)
    )
    recap = Recap("zircon/0", "t", "lighthouse", date(2026, 4, 14), actions=actions)
    carried = name_carried([(recap, index) for index in range(len(actions))])
    text = write_carried(HEAD, carried, {recap.id: read_document(TOP.encode(), "")}, "lighthouse")
    document = read_document(text.encode(), "")
    written = [[node.entries[key].value.text for key in ("title", "notes") if key in node.entries]
               for node in document.node(("actions",)).items]  # fmt: skip
    assert written == [[one.title, *([one.notes] if one.notes else [])] for one in actions]
