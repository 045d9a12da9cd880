"""Work items: what Launchpad shows is read as it means it, and nobody's line is lost in writing it again."""

from collections import Counter
from types import SimpleNamespace

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tracker.launchpad.limits import find_work_item_problem, is_name
from tracker.launchpad.statuses import WORK_ITEM_WORDS
from tracker.launchpad.workitems import (
    ItemEdit,
    WorkItem,
    edit_items,
    find_items,
    find_waiting,
    read_items,
    same_title,
    write_items,
)
from tracker.sandbox.access import RefusedError
from tracker.sandbox.work_items import parse_work_items, render_work_items

SEPARATORS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
BLANKS = " \t\x1f\xa0\u3000"

NAMES = st.sampled_from(["artur", "ihar", "neutron-core", "c++", "0.x"])
MILESTONES = st.none() | st.sampled_from(["ocata-1", "ocata-2", "for", "1.0"])
STATUSES = st.sampled_from(sorted(WORK_ITEM_WORDS))
# Of everything that means something in a line, and of whatever else there is.
WRITTEN = st.text(st.sampled_from("ab[]:{}/" + BLANKS + SEPARATORS) | st.characters(codec="utf-8"), max_size=12)
PHRASES = st.sampled_from(
    [
        "see http://x/y",
        "a: b: c",
        "work items",
        "Work items for ocata-1",
        "x [y] z",
        "a:",
        ":",
        "#",
        "x: TODO",
        "[a] b",
    ]
)
GOOD = (WRITTEN | PHRASES).filter(lambda title: find_work_item_problem(title) is None).map(str.strip)
# As Launchpad has them: with blanks at their end.
TITLES = st.builds(str.__add__, GOOD, st.text(BLANKS, max_size=2))
ITEMS = st.lists(st.builds(WorkItem, TITLES, STATUSES, st.none() | NAMES, MILESTONES), max_size=8)


def item(title, status="TODO", assignee=None, milestone=None):
    return WorkItem(title, status, assignee, milestone)


# Reading.


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("", []),
        (" \n\t\n", []),
        ("Work items:", []),
        ("Work items:\n[artur] list them: TODO", [item("list them", assignee="artur")]),
        ("no header: DONE", [item("no header", "DONE")]),
        (
            "Work items:\na: todo\nb: InProgress \nc:BLOCKED",
            [item("a"), item("b", "INPROGRESS"), item("c", "BLOCKED")],
        ),
        ("Work items:\n\na: TODO\n\nb: TODO\n", [item("a"), item("b")]),
        ("a: b: c: TODO", [item("a: b: c")]),
        ("a:: TODO", [item("a:")]),
        ("see http://x/y: TODO", [item("see http://x/y")]),
        ("see http://x:80/y : TODO", [item("see http://x:80/y ")]),
        ("x [y] z: TODO", [item("x [y] z")]),
        ("[artur] x [y] z]: TODO", [item("x [y] z]", assignee="artur")]),
        ("[artur]x: TODO", [item("x", assignee="artur")]),
        ("  x : TODO", [item("x ")]),
        ("\tx: TODO", [item("x")]),
        ("x\xa0: TODO", [item("x\xa0")]),
        ("work items for x: TODO", [item("work items for x")]),
    ],
)
def test_lines_are_read_as_launchpad_reads_them(text, items):
    assert read_items(text) == tuple(items)


@pytest.mark.parametrize(
    ("header", "milestone"),
    [
        ("Work items:", None),
        ("WORK ITEMS :  ", None),
        ("Work items for ocata-1:", "ocata-1"),
        ("work items for the milestone ocata-1 : ", "ocata-1"),
        ("Work items for:", "for"),
        ("Work itemsfor:", "for"),
        ("Work items: for ocata-1:", "ocata-1"),
        ("Work items\tocata-1\t:", "ocata-1"),
    ],
)
def test_the_last_word_of_a_header_is_the_milestone(header, milestone):
    before = "Work items for pike-1:\na: TODO\n"
    assert read_items(f"{before}{header}\n\nb: TODO")[1] == item("b", milestone=milestone)


def test_a_header_holds_until_the_next_one():
    text = "a: TODO\nWork items for x1:\nb: TODO\n\nc: TODO\nWork items:\nd: TODO\nWork items for x1:\ne: TODO"
    assert [(one.title, one.milestone) for one in read_items(text)] == [
        ("a", None), ("b", "x1"), ("c", "x1"), ("d", None), ("e", "x1"),
    ]  # fmt: skip


@pytest.mark.parametrize("separator", [*SEPARATORS, "\r\n"])
def test_lines_end_wherever_python_ends_them(separator):
    assert read_items(f"a: TODO{separator}b: DONE") == (item("a"), item("b", "DONE"))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("third", "has no status"),
        ("see http://x/y", '"//X/Y" is no status'),
        ("x:", '"" is no status'),
        ("x: TODO (note)", '"TODO (NOTE)" is no status'),
        ("x: IN PROGRESS", '"IN PROGRESS" is no status'),
        ("x: COMPLETED", '"COMPLETED" is no status'),
        (": TODO", "has no title"),
        ("[artur]: TODO", "has no title"),
        ("[artur] : TODO", "has no title"),
        ("[artur x: TODO", 'has no "]" after its assignee'),
        ("[artur: x] y", "cannot be the assignee"),
        ("[artur] y", "has no status"),
        ("[artur] [tag] x: TODO", 'begins with "["'),
        (" [artur] x: TODO", 'begins with "["'),
        ("[] x: TODO", '"" cannot be the assignee'),
        ("[ artur ] x: TODO", '" artur " cannot be the assignee'),
        ("[mail@x] x: TODO", '"mail@x" cannot be the assignee'),
        (" Work items:", '"" is no status'),
        ("Work items for Ocata:", '"Ocata" cannot be a milestone'),
    ],
)
def test_what_launchpad_would_refuse_is_not_read_and_named(line, reason):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        read_items(f"Work items:\na: TODO\n{line}\nb: TODO")
    assert reason in str(error.value)
    assert str(error.value).endswith(f': "{line}"')


@given(WRITTEN | st.lists(WRITTEN | PHRASES, max_size=4).map(": TODO\n".join))
def test_any_text_is_read_or_refused_and_what_is_read_can_be_written(text):
    try:
        items = read_items(text)
    except ValueError:
        return
    assert read_items(write_items(items)) == items


# Writing.


def test_items_are_written_as_launchpad_shows_them():
    items = [item("a"), item("b", "DONE", "artur"), item("c", milestone="x1"), item("d"), item("e", milestone="x1")]
    assert write_items(items) == (
        "Work items:\na: TODO\n[artur] b: DONE\n\n"
        "Work items for x1:\nc: TODO\n\n"
        "Work items:\nd: TODO\n\n"
        "Work items for x1:\ne: TODO"
    )
    assert write_items([item("c", milestone="x1")]) == "Work items for x1:\nc: TODO"
    assert write_items([]) == ""


@given(ITEMS)
def test_what_is_written_is_read_back_equal(items):
    text = write_items(items)
    assert read_items(text) == tuple(items)
    # So a text that Launchpad shows comes back as it is.
    assert write_items(read_items(text)) == text


@pytest.mark.parametrize(
    "broken",
    [
        item(""),
        item(" x"),
        item("[x"),
        item("a\nb"),
        item("x", "READY"),
        item("x", "todo"),
        item("x", assignee=""),
        item("x", assignee="a]b"),
        item("x", milestone=""),
        item("x", milestone="Ocata 1"),
    ],
)
def test_what_launchpad_would_read_otherwise_is_not_written(broken):
    with pytest.raises(ValueError, match=r"work items?"):
        write_items([item("a"), broken])


# What the sandbox's parser, which was written apart from this one, makes of it.


def read_there(text):
    """Return what the sandbox reads, where everybody that can exist does; None when it refuses."""
    try:
        lines = list(parse_work_items(text))
    except RefusedError:
        return None
    items = tuple(WorkItem(one.title, one.status, one.assignee, one.milestone) for one in lines)
    named = {name for one in items for name in (one.assignee, one.milestone)} - {None}
    return items if {one.status for one in items} <= WORK_ITEM_WORDS and all(map(is_name, named)) else None


def show_there(text):
    """Return the text that the sandbox shows when it was sent this one."""
    rows = [SimpleNamespace(line=line) for line in parse_work_items(text)]
    return render_work_items(SimpleNamespace(store=SimpleNamespace(select=lambda *_: rows)))


@given(ITEMS)
def test_what_is_written_is_read_there_as_the_same_items_in_the_same_order(items):
    text = write_items(items)
    assert read_there(text) == tuple(items)
    assert show_there(text) == text


STARTS = st.sampled_from(
    ["", "[artur]", "[artur] ", " [ihar]", "[x", "Work items", "work ITEMS for ", "wor\u212a items "]
)
ENDS = st.sampled_from(["", ":", ": TODO", ":todo ", ": ", "\x1f:DONE\xa0", ": \u0130nprogress", ": \u0131nprogress"])
WILD = st.lists(st.tuples(STARTS, WRITTEN | PHRASES, ENDS).map("".join), max_size=5).map("\n".join)


@given(WILD | WRITTEN)
def test_what_is_read_here_and_what_the_sandbox_shows_of_it_are_the_same_items(text):
    try:
        here = read_items(text)
    except ValueError:
        here = None
    there = read_there(text)
    assert here in {None, there}
    if there is not None:
        assert read_items(show_there(text)) == there
        assert write_items(there) == show_there(text)


# Titles.


@given(WRITTEN | PHRASES, st.none() | NAMES)
@example("a\x1cb", None)
@example("x\x85y", None)
@example("\x1f[x", "artur")
@example(" x ", "artur")
def test_a_title_can_be_a_work_item_just_when_it_is_read_back(title, assignee):
    line = WorkItem(title.strip(), assignee=assignee)
    if find_work_item_problem(title) is None:
        assert read_items(write_items([line])) == (line,)
    else:
        with pytest.raises(ValueError, match=r"work items?|status"):
            write_items([line])


@given(TITLES, st.text(BLANKS), st.text(BLANKS))
def test_blanks_around_a_title_do_not_count(title, before, behind):
    assert same_title(title, before + title + behind)
    assert same_title(before + title + behind, title)
    assert not same_title(title, f"{title}x")


# Editing.

STRANGERS = (item("theirs ", "DONE", "ihar", "x1"), item("theirs", "BLOCKED"), item("see http://x/y", milestone="x1"))


def test_only_what_is_named_changes():
    items = (STRANGERS[0], item("ours", "INPROGRESS", "artur", "x1"), *STRANGERS[1:])
    for changes, changed in [
        ({}, item("ours", "INPROGRESS", "artur", "x1")),
        ({"status": "DONE"}, item("ours", "DONE", "artur", "x1")),
        ({"assignee": None}, item("ours", "INPROGRESS", None, "x1")),
        ({"assignee": "ihar"}, item("ours", "INPROGRESS", "ihar", "x1")),
        ({"milestone": "x1"}, item("ours", "INPROGRESS", "artur", "x1")),
    ]:
        assert edit_items(items, [ItemEdit(("ours",), changes)]) == (STRANGERS[0], changed, *STRANGERS[1:])


def test_a_reworded_line_keeps_its_place_and_its_values():
    items = (STRANGERS[0], item("ours", "DONE", "artur", "x1"), *STRANGERS[1:])
    edited = edit_items(items, [ItemEdit(("ours",), {"title": " better "})])
    assert edited == (STRANGERS[0], item("better", "DONE", "artur", "x1"), *STRANGERS[1:])


def test_a_line_that_was_reworded_on_launchpad_is_known_by_its_new_title_too():
    assert edit_items((item("better"),), [ItemEdit(("ours",), {"title": "better", "status": "DONE"})]) == (
        item("better", "DONE"),
    )


def test_a_title_that_differs_in_blanks_alone_stays_as_launchpad_has_it():
    # Another one would be a row deleted and a row created.
    edited = edit_items((item("ours "),), [ItemEdit(("ours",), {"title": "ours", "status": "DONE"})])
    assert edited == (item("ours ", "DONE"),)


def test_a_line_that_stands_twice_is_reduced_to_the_first():
    items = (item("ours "), STRANGERS[0], item("ours", "DONE"), STRANGERS[1], item("ours"))
    assert edit_items(items, [ItemEdit(("ours",))]) == (item("ours "), *STRANGERS[:2])


def test_a_line_does_not_take_the_title_of_another_that_stands():
    # It may be anybody's; without it, it would be two of one title, of which one would go.
    items = (item("better", assignee="kevin"), STRANGERS[0], item("ours", "DONE", "artur"))
    for titles in [("ours",), ("ours", "better")]:
        edit = ItemEdit(titles, {"title": "better", "status": "BLOCKED"})
        assert edit_items(items, [edit]) == (*items[:2], item("ours", "BLOCKED", "artur"))
        assert find_waiting([edit], items) == [True]


@pytest.mark.parametrize(
    ("milestones", "to", "places"),
    [
        (["x1", None, "x1", None], "x1", ["b", "c", "a", "d"]),
        (["x1", None, "x1", None, "x2", "x1"], "x1", ["b", "c", "d", "e", "f", "a"]),
        ([None, "x1", None, "x1"], None, ["a", "b", "c", "d"]),
        (["x1", None, "x1"], None, ["b", "a", "c"]),
        ([None, "x1", None], "x2", ["b", "c", "a"]),
    ],
)
def test_a_line_of_another_milestone_goes_to_the_end_of_its_last_group(milestones, to, places):
    # The first line is ours, and comes from a milestone of its own when it is to move.
    first = milestones[0] if to is None and milestones[0] is None else "x9"
    items = tuple(
        item(title, milestone=name) for title, name in zip("abcdef", [first, *milestones[1:]], strict=False)
    )
    edited = edit_items(items, [ItemEdit(("a",), {"milestone": to})])
    assert [one.title for one in edited] == places
    assert {one.title: one.milestone for one in edited} == {**{one.title: one.milestone for one in items}, "a": to}


def test_a_new_line_goes_to_the_end_of_the_group_of_its_milestone():
    new = ItemEdit(("new ",), {"status": "BLOCKED", "assignee": "artur", "milestone": "x1"}, add=True)
    line = item("new", "BLOCKED", "artur", "x1")
    assert edit_items((), [new]) == (line,)
    assert edit_items((item("a", milestone="x1"), item("b")), [new]) == (
        item("a", milestone="x1"),
        line,
        item("b"),
    )
    assert edit_items((item("a"),), [ItemEdit(("new",), add=True)]) == (item("a"), item("new"))


def test_a_line_that_is_gone_comes_back_only_when_that_is_asked_for():
    assert edit_items(STRANGERS, [ItemEdit(("ours",), {"status": "DONE"})]) == STRANGERS
    back = ItemEdit(("ours",), {"title": "better"}, add=True)
    assert edit_items((), [back]) == (item("better"),)


def test_a_line_is_never_taken_for_that_of_another_action():
    # In the base these are a and b; the recap calls the first one b now and the second one c.
    chain = [ItemEdit(("a",), {"title": "b"}), ItemEdit(("b",), {"title": "c"})]
    items = (item("a", "DONE"), item("b", "BLOCKED"))
    assert find_items(items, chain) == [(0,), (1,)]
    # The first one waits until the base says that no other is called so.
    assert edit_items(items, chain) == (item("a", "DONE"), item("c", "BLOCKED"))
    assert edit_items((item("b", "BLOCKED"),), chain) == (item("c", "BLOCKED"),)
    swap = [ItemEdit(("a",), {"title": "b"}), ItemEdit(("b",), {"title": "a"})]
    assert edit_items(items, swap) == items


def test_of_two_edits_with_one_title_the_first_has_it():
    twice = [ItemEdit(("new",), add=True), ItemEdit(("new ",), {"status": "DONE"}, add=True)]
    assert edit_items((), twice) == (item("new"),)


@given(ITEMS)
def test_no_edit_changes_nothing(items):
    assert edit_items(items, []) == tuple(items)


FEW = st.sampled_from(["a", "b", "c", "d"])
BLANK = st.sampled_from(["", " "])
OUR_TITLES = st.builds(str.__add__, FEW, BLANK)
CHANGES = st.fixed_dictionaries(
    {}, optional={"title": OUR_TITLES, "status": STATUSES, "assignee": st.none() | NAMES, "milestone": MILESTONES}
)
EDITS = st.lists(st.builds(ItemEdit, st.lists(OUR_TITLES, min_size=1, max_size=2).map(tuple), CHANGES, st.booleans()))
SCENES = st.lists(st.builds(WorkItem, OUR_TITLES | TITLES, STATUSES, st.none() | NAMES, MILESTONES), max_size=8)


@given(SCENES, EDITS)
def test_editing_twice_is_editing_once(items, edits):
    once = edit_items(items, edits)
    assert edit_items(once, edits) == once


@given(SCENES, EDITS)
def test_other_peoples_lines_come_back_in_their_order_as_they_were(items, edits):
    def theirs(items):
        ours = {place for places in find_items(items, edits) for place in places}
        return [one for place, one in enumerate(items) if place not in ours]

    edited = edit_items(items, edits)
    assert theirs(edited) == theirs(items)
    # Launchpad knows rows by exact titles: none of theirs is deleted or created.
    assert not Counter(one.title for one in theirs(items)) - Counter(
        one.title for one in read_items(write_items(edited))
    )


@given(SCENES, EDITS)
def test_every_line_that_an_edit_finds_or_adds_stands_once_and_as_it_says(items, edits):
    edited = edit_items(items, edits)
    for edit, places in zip(edits, find_items(edited, edits), strict=True):
        assert len(places) <= 1
        for place in places:
            for name, value in edit.changes.items():
                assert name == "title" or getattr(edited[place], name) == value


@given(SCENES, FEW, FEW, STATUSES)
def test_a_line_that_stands_is_never_lost(items, title, new, status):
    assume(any(same_title(one.title, title) for one in items))
    is_free = not any(same_title(one.title, new) for one in items)
    edited = edit_items(items, [ItemEdit((title,), {"title": new, "status": status})])
    assert [one.status for one in edited if same_title(one.title, new if is_free else title)] == [status]
