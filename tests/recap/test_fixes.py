"""What can be put right without asking: what changes, what stays, and that a second time finds nothing."""

from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.recap.trees import plain
from tracker.recap.editor import EditError
from tracker.recap.fixes import apply_fixes, find_fixes
from tracker.recap.parse import draft_recap
from tracker.recap.reader import read_document

TOP = "title: t\ndate: 2016-10-28\nactions:\n"


def read(text):
    document = read_document(text.encode(), "x.yaml")
    return document, draft_recap(document, "ocata/one", None, "neutron")


def fix(text, project="neutron", remembered=()):
    document, _ = read(text)
    return apply_fixes(document, find_fixes(document, project, remembered))


def test_fixes_change_their_values_and_nothing_else():
    text = TOP + dedent("""\
        # of the session
        -   title: propose forbidding contract migrations  # by Ihar

            status: "In Progress"   # asked
            bug: https://bugs.launchpad.net/neutron/+bug/1637
        -   {id: lp, title: t, bug: LP#2112233}
        - {title: 'review it', status: Done., blueprint: "new https://launchpad.net/neutron/+spec/push"}
        - id:
          title: >-
            two
            lines
          work_item: https://blueprints.launchpad.net/neutron/+spec/push
        - id: "Übung macht!"
          title: b
          bug: '#12'
          status: todo""")
    assert fix(text) == TOP + dedent("""\
        # of the session
        -   id: propose-forbidding-contract-migrations
            title: propose forbidding contract migrations  # by Ihar

            status: "in progress"   # asked
            bug: 1637
        -   {id: lp, title: t, bug: 2112233}
        - {id: review, title: 'review it', status: done, blueprint: "new push"}
        - id: two-lines
          title: >-
            two
            lines
          work_item: push
        - id: "ubung-macht"
          title: b
          bug: '12'
          status: todo""")


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_line_ends_and_a_missing_last_one_stay(ending):
    text = (TOP + "- title: a b\n  status: Done").replace("\n", ending)
    assert fix(text) == (TOP + "- id: b\n  title: a b\n  status: done").replace("\n", ending)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("In Progress", "in progress"),
        ("in-progress", "in progress"),
        ("INPROGRESS", "in progress"),
        ("in_progress.", "in progress"),
        ("TODO", "todo"),
        ("to do", "todo"),
        ("Done!", "done"),
        ("dropped ", "dropped"),
    ],
)
def test_a_status_is_spelt_as_it_is_meant(written, meant):
    assert fix(f'{TOP}- {{id: a, title: t, status: "{written}"}}\n') == (
        f'{TOP}- {{id: a, title: t, status: "{meant}"}}\n'
    )


@pytest.mark.parametrize("written", ["doing", "finished", "in progres", "done?!x", "not done", "Fix Released", "4"])
def test_a_status_that_may_mean_something_else_is_left_to_a_person(written):
    text = f'{TOP}- {{id: a, title: t, status: "{written}"}}\n'
    assert fix(text) == text


@pytest.mark.parametrize(
    "line",
    [
        "bug: https://bugs.launchpad.net/nova/+bug/1",
        "blueprint: https://blueprints.launchpad.net/nova/+spec/push",
        "bug: https://storyboard.example.org/1",
        "bug: #1637",
        "bug: soon",
        "project: Nova\n  bug: https://bugs.launchpad.net/neutron/+bug/1",
        "bug: [1]",
    ],
)
def test_what_names_another_project_or_nothing_is_left_to_a_person(line):
    text = f"{TOP}- id: a\n  title: t\n  {line}\n"
    assert fix(text) == text


def test_an_address_stays_where_the_project_is_not_known():
    text = f"{TOP}- id: a\n  title: t\n  bug: https://bugs.launchpad.net/nova/+bug/1\n"
    assert fix(text, project=None) == text
    assert "bug: 1\n" in fix(text.replace("  bug", "  project: nova\n  bug"), project=None)


def test_a_new_id_is_none_that_an_action_has_had_or_that_syncs_remember():
    text = f"{TOP}- title: push it\n- title: push\n- {{id: push-2, title: t, previously: [push]}}\n"
    assert "- id: push-3\n" in fix(text)
    assert "- id: push-4\n" in fix(text)
    assert "- id: push-5\n" in fix(text, remembered=["push-3", "push-4"])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "actions: [\n",
        "title: t\nactions:\n- title: push\n  title: pull\n",
        "<<<<<<< HEAD\nactions:\n- title: a\n",
        "actions: none\n",
        "actions: [a, [b]]\n",
        "actions:\n- title: [a]\n",
        "actions:\n- id: [a]\n  title: b\n",
        "actions:\n- status: todo\n",
        "actions:\n- title: ''\n",
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_left_to_a_person(text):
    document, _ = read(text)
    assert find_fixes(document, "neutron") == []


def test_what_cannot_be_written_alone_does_not_keep_the_rest_from_it():
    text = TOP + "- ? title\n  : what\n- title: push\n"
    assert fix(text).endswith("- id: push\n  title: push\n")


words = st.sampled_from(["push it", "review", "'the: title'", '"x"', ">-\n      two\n      lines", "新"])
statuses = st.sampled_from(["In Progress", "done.", "todo", "doing", "'DONE'", "''"])
targets = st.sampled_from(
    [
        "bug: https://bugs.launchpad.net/neutron/+bug/1637  # c",
        "bug: https://bugs.launchpad.net/nova/+bug/1",
        "bug: '#7'",
        "bug: NEW",
        "blueprint: https://launchpad.net/neutron/+spec/push",
        "work_item: https://blueprints.launchpad.net/neutron/+spec/push",
        "previously: [push]",
        "owner: [mara, jon]   # who",
    ]
)
ids = st.sampled_from(["", "a", "a b!", "'push'", "[x]"])


@st.composite
def recaps(draw):
    lines = []
    for _ in range(draw(st.integers(0, 3))):
        keys = draw(
            st.lists(
                st.one_of(
                    words.map("title: {}".format),
                    statuses.map("status: {}".format),
                    targets,
                    ids.map("id: {}".format),
                ),
                min_size=1,
                max_size=5,
                unique_by=lambda line: line.split(":")[0],
            )
        )
        keys = [keys[0], *draw(st.lists(st.just("# own"), max_size=1)), *keys[1:]]
        lines += [("  - " if number == 0 else "    ") + line for number, line in enumerate(keys)]
    return "title: t  # head\ndate: 2016-10-28\nactions:\n" + "\n".join(lines) + draw(st.sampled_from(["", "\n"]))


@settings(max_examples=300)
@given(recaps())
def test_fixing_twice_is_fixing_once_and_nothing_changes_in_meaning(text):
    document, before = read(text)
    fixes = find_fixes(document, "neutron")
    fixed = apply_fixes(document, fixes)
    again, after = read(fixed)
    assert find_fixes(again, "neutron") == []
    # What was found in their places is not found any more.
    places = {again.position(again.locate(one.place)[0]) for one in fixes}
    assert not {(one.line, one.column) for one in again.diagnostics if one.rule in {"R011", "R016", "R020"}} & places
    # Only their values differ, and those mean the same.
    old, new = plain(document.root), plain(again.root)
    for one in fixes:
        action, key = one.place[1:]
        assert new["actions"][action][key] == one.after
        if one.before is None and key not in old["actions"][action]:
            del new["actions"][action][key]
        else:
            new["actions"][action][key] = old["actions"][action][key]
    assert old == new
    for one, other in zip(before.actions, after.actions, strict=True):
        assert one.target == other.target
        assert one.status in {None, other.status}
    assert fixed.count("#") == text.count("#") - sum((one.before or "").count("#") for one in fixes)


def test_a_fix_that_is_not_there_is_refused():
    document, _ = read(TOP + "- title: a\n")
    (one,) = find_fixes(document, "neutron")
    other, _ = read("title: t\n")
    with pytest.raises(EditError):
        apply_fixes(other, [one])
