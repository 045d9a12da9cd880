"""Changing single values of a file: the exact text before and after, and what is refused."""

from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.recap.trees import plain
from tracker.recap.editor import Edit, EditError, apply_edits
from tracker.recap.reader import read_document


def read(text):
    return read_document(text.encode(), "x.yaml")


def edit(text, *changes):
    return apply_edits(read(text), [Edit(place, value) for place, value in changes])


def refuse(text, *changes):
    with pytest.raises(EditError) as caught:
        edit(text, *changes)
    return caught.value


RECAP = dedent("""\
    # The retrospective.
    title: 'retrospective'   # of neutron
    date: 2016-10-28

    actions:
      # first
      - id: forbid
        title: propose forbidding contract migrations
        owner: ihar  # asked
        bug: new                       # sync replaces it
        status: todo

      -   id: model
          title: >-
            model the data
            model changes

          # who
          owner: [artur, "ihar"]  # both
          with:
            - andreas   # maybe
            # and
            - 'kevin'
      - owner: kevin?
        # what
        title: "proceed"
        id: push
    """)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- title: t  # c\n", "- id: x\n  title: t  # c\n"),
        ("-   title: t", "-   id: x\n    title: t"),
        ("  -\n    # c\n    title: t\n", "  -\n    # c\n    id: x\n    title: t\n"),
        ("- title: t\r\n  bug: 1\r\n", "- id: x\r\n  title: t\r\n  bug: 1\r\n"),
        ("- title: |\n    t\n\n", "- id: x\n  title: |\n    t\n\n"),
        ("- {title: t}\n", "- {id: x, title: t}\n"),
        ("- { title: t }\n", "- { id: x, title: t }\n"),
        ("- {}\n", "- {id: x}\n"),
        ("- id:  # c\n  title: t\n", "- id: x  # c\n  title: t\n"),
    ],
)
def test_an_id_goes_before_all_other_keys(before, after):
    assert edit(f"actions:\n{before}", (("actions", 0, "id"), "x")) == f"actions:\n{after}"


def test_an_id_does_not_go_before_a_key_that_is_written_with_a_question_mark():
    refuse("- ? title\n  : t\n", ((0, "id"), "x"))


def test_several_edits_change_only_their_lines():
    result = edit(
        RECAP,
        (("actions", 2, "owner"), None),
        (("actions", 0, "bug"), "1637"),
        (("actions", 0, "status"), "in progress"),
        (("actions", 0, "milestone"), "ocata-2"),
        (("actions", 1, "title"), "model: the data"),
        (("actions", 1, "owner", 0), "artur?"),
        (("actions", 1, "with", 0), None),
        (("actions", 1, "status"), "done"),
        (("actions", 2, "status"), "blocked"),
        (("title",), "it's over"),
    )
    assert result == dedent("""\
        # The retrospective.
        title: 'it''s over'   # of neutron
        date: 2016-10-28

        actions:
          # first
          - id: forbid
            title: propose forbidding contract migrations
            owner: ihar  # asked
            bug: 1637                       # sync replaces it
            status: in progress
            milestone: ocata-2

          -   id: model
              title: "model: the data"

              # who
              owner: [artur?, "ihar"]  # both
              with:
                # and
                - 'kevin'
              status: done
            # what
          - title: "proceed"
            status: blocked
            id: push
        """)


SET = [
    # a value on one line
    ("a: b\n", ("a",), "c", "a: c\n"),
    ("a: b", ("a",), "c", "a: c"),
    ("a: b\n", ("a",), "b", "a: b\n"),
    ("owner: no\n", ("owner",), "no", "owner: no\n"),
    ("a: |  # c\n  b\n", ("a",), "b\n", "a: |  # c\n  b\n"),
    ("a:   b   # c\n", ("a",), "d", "a:   d   # c\n"),
    ("a: 'b'\n", ("a",), "it's", "a: 'it''s'\n"),
    ('a: "b"\n', ("a",), 'say "x"', 'a: "say \\"x\\""\n'),
    ("a: 'b'\n", ("a",), "x\ny", 'a: "x\\ny"\n'),
    ("a: b  # c\n", ("a",), "x # y", 'a: "x # y"  # c\n'),
    ("a: b\n", ("a",), "", 'a: ""\n'),
    ("owner: no one\n", ("owner",), "no", 'owner: "no"\n'),
    ("bug: new\n", ("bug",), "1234", "bug: 1234\n"),
    ("due: later\n", ("due",), "2016-10-28", "due: 2016-10-28\n"),
    ('"a" : b\n', ("a",), "c", '"a" : c\n'),
    ("? a\n: b\n", ("a",), "c", "? a\n: c\n"),
    ("a:\n  # c\n  b  # d\n", ("a",), "e", "a:\n  # c\n  e  # d\n"),
    ("{a: b, c: d}\n", ("a",), "x, y", '{a: "x, y", c: d}\n'),
    ('{"a":b}\n', ("a",), "x", '{"a":x}\n'),
    # line ends
    ("a: b\r\nc: d\r\n", ("a",), "e", "a: e\r\nc: d\r\n"),
    ("a: b\r\nc: d\ne: f\r", ("c",), "x", "a: b\r\nc: x\ne: f\r"),
    # a value of several lines
    ("a: b\n  c  # d\ne: f\n", ("a",), "x", "a: x  # d\ne: f\n"),
    ("a: 'b\n\n  c'\ne: f\n", ("a",), "x", "a: 'x'\ne: f\n"),
    ("a: |  # d\n  b\n  # c\n\n# e\nf: g\n", ("a",), "x", "a: x  # d\n\n# e\nf: g\n"),
    ("a: >-\r\n  b\r\n  c\r\nd: e\r\n", ("a",), "x: y", 'a: "x: y"\r\nd: e\r\n'),
    ("a: |+\n  b\n\nc: d\n", ("a",), "x", "a: x\n\nc: d\n"),
    ("a: |2-\n   b\n  c\n", ("a",), "x", "a: x\n"),
    ("a: |\n  b", ("a",), "x", "a: x"),
    ("a: |\n\nb: c\n", ("a",), "x", "a: x\n\nb: c\n"),
    # nothing there yet
    ("a:\nb: c\n", ("a",), "x", "a: x\nb: c\n"),
    ("a:", ("a",), "x", "a: x"),
    ("a:   \nb: c\n", ("a",), "x", "a: x\nb: c\n"),
    ("a:  # c\nb: d\n", ("a",), "x", "a: x  # c\nb: d\n"),
    ("a:\r\n# c\r\nb: d\r\n", ("a",), "x", "a: x\r\n# c\r\nb: d\r\n"),
    ("{a: , b: c}\n", ("a",), "x", "{a: x, b: c}\n"),
    ("{b: c, a: }\n", ("a",), "x", "{b: c, a: x }\n"),
    ("owner:\n", ("owner", 0), "x", "owner: x\n"),
    # one item of a list
    ("a: [b, 'c']\n", ("a", 1), "d", "a: [b, 'd']\n"),
    ("a: [b, c]\n", ("a", 0), "x]", 'a: ["x]", c]\n'),
    ("a:\n- b  # c\n- d\n", ("a", 0), "e", "a:\n- e  # c\n- d\n"),
    ("a:\n  - |\n    b\n  - d", ("a", 0), "e", "a:\n  - e\n  - d"),
    ("a: b  # c\n", ("a", 0), "e", "a: e  # c\n"),
    # a single value in a list's place
    ("a: [b, c]  # d\n", ("a",), "e", "a: e  # d\n"),
    ("a:  # d\n  # e\n  - b\n  - c # f\ng: h\n", ("a",), "e", "a: e  # d\n  # e\ng: h\n"),
    ("a:\n- b\n- c", ("a",), "e", "a: e"),
]

INSERT = [
    ("id: a\nnotes: b\n", ("owner",), "x", "id: a\nowner: x\nnotes: b\n"),
    ("id: a\nstatus: b\n", ("owner",), "x", "id: a\nowner: x\nstatus: b\n"),
    ("status: b\nid: a\n", ("due",), "2016-10-28", "status: b\ndue: 2016-10-28\nid: a\n"),
    ("id: a\nstatus: b\n", ("tags",), "x", "id: a\nstatus: b\ntags: x\n"),
    ("notes: a\ntopic: b\n", ("owner",), "x", "notes: a\ntopic: b\nowner: x\n"),
    ("id: a", ("owner",), "x", "id: a\nowner: x"),
    ("id: a\r\nbug: new", ("status",), "x", "id: a\r\nbug: new\r\nstatus: x"),
    ("id: a\r\nnotes: b\n", ("owner",), "x", "id: a\r\nowner: x\r\nnotes: b\n"),
    ("id: a  # c\n# d\n\nnotes: b\n", ("owner",), "x", "id: a  # c\nowner: x\n# d\n\nnotes: b\n"),
    ("title:\n# d\n", ("owner",), "x", "title:\nowner: x\n# d\n"),
    ("title: a\n  b  # c\n# d\n", ("owner",), "x", "title: a\n  b  # c\nowner: x\n# d\n"),
    ("title: |\n  a\n\n# d\nbug: 1\n", ("owner",), "x", "title: |\n  a\nowner: x\n\n# d\nbug: 1\n"),
    ("title: |+\n  a\n\n# d\n", ("owner",), "x", "title: |+\n  a\n\nowner: x\n# d\n"),
    ("id: a\ntitle: |\n  b", ("owner",), "x", "id: a\nowner: x\ntitle: |\n  b"),
    (
        "x:\n  - id: a\n  # c\n  - id: b\n    y:  # d\n  # e\n",
        ("z",),
        "w",
        "x:\n  - id: a\n  # c\n  - id: b\n    y:  # d\nz: w\n  # e\n",
    ),
    ("title: >-\n  a", ("owner",), "x", "title: >-\n  a\nowner: x"),
    ("owner: [a,\n  b]  # c\n", ("bug",), "1", "owner: [a,\n  b]  # c\nbug: 1\n"),
    ("owner:\n- a\n- b  # c\n# d\n", ("bug",), "1", "owner:\n- a\n- b  # c\nbug: 1\n# d\n"),
    ("owner:\n- a\n-\n# d\n", ("bug",), "1", "owner:\n- a\n-\nbug: 1\n# d\n"),
    ("- id: a\n- id: b\n", (0, "bug"), "1", "- id: a\n  bug: 1\n- id: b\n"),
    ("x:\n  -    id: a", ("x", 0, "bug"), "1", "x:\n  -    id: a\n       bug: 1"),
    ("- - id: a\n", (0, 0, "bug"), "1", "- - id: a\n    bug: 1\n"),
    ("-\n  id: a\n", (0, "bug"), "1", "-\n  id: a\n  bug: 1\n"),
    ("- {id: a, notes: b}\n", (0, "bug"), "1", "- {id: a, bug: 1, notes: b}\n"),
    ("- { id: a }  # c\n", (0, "title"), "x, y", '- { id: a, title: "x, y" }  # c\n'),
    ("- {id: a,}\n", (0, "bug"), "1", "- {id: a, bug: 1,}\n"),
    ("- {id: , notes: b}\n", (0, "bug"), "1", "- {id: , bug: 1, notes: b}\n"),
    ("links: {}\n", ("links", "log"), "x", "links: {log: x}\n"),
    ("links:\n    a: b\nc: d\n", ("links", "log"), "x", "links:\n    a: b\n    log: x\nc: d\n"),
    ("id: a\n", ("on",), "x", 'id: a\n"on": x\n'),
]

REMOVE = [
    ("a: b\nc: d\n", ("a",), "c: d\n"),
    ("a: b\nc: d  # e\nf: g\n", ("c",), "a: b\nf: g\n"),
    ("a: b\n# x\nc: d\n# y\n", ("c",), "a: b\n# x\n# y\n"),
    ("a: b\nc: d", ("c",), "a: b"),
    ("a: b\r\nc: d", ("c",), "a: b"),
    ("a: b\r\nc: d\r\ne: f\n", ("c",), "a: b\r\ne: f\n"),
    ("a: b\nc:\n  # x\n  d\n  e\nf: g\n", ("c",), "a: b\n  # x\nf: g\n"),
    ("a: b\nc: |\n  d\n\n  # e\n\n# x\nf: g\n", ("c",), "a: b\n\n# x\nf: g\n"),
    ("a: b\nc: 'd\n\n  # e'\nf: g\n", ("c",), "a: b\nf: g\n"),
    ("a: b\nc:  # x\nf: g\n", ("c",), "a: b\nf: g\n"),
    ("a: b\nc: [d,\n  # x\n  e]\nf: g\n", ("c",), "a: b\n  # x\nf: g\n"),
    ("a: b\nc:\n- d\n# x\n- e # y\n# z\nf: g\n", ("c",), "a: b\n# x\n# z\nf: g\n"),
    ("a: b\nc:\n- d", ("c",), "a: b"),
    # the first key of an item
    ("- a: b  # x\n  c: d\n- e: f\n", (0, "a"), "- c: d\n- e: f\n"),
    ("-   a: b\n\n    # x\n    c: d", (0, "a"), "\n    # x\n-   c: d"),
    ("x:\n  - a:\n    - b\n    c: |\n      d\n", ("x", 0, "a"), "x:\n  - c: |\n      d\n"),
    ("-\n  a: b\n  c: d\n", (0, "a"), "-\n  c: d\n"),
    ("- - a: b\n    c: d\n", (0, 0, "a"), "- - c: d\n"),
    # within braces
    ("- {a: b, c: d, e: f}  # x\n", (0, "a"), "- {c: d, e: f}  # x\n"),
    ("- {a: b, c: d, e: f}\n", (0, "c"), "- {a: b, e: f}\n"),
    ("- { a: b, c: d, e: f }\n", (0, "e"), "- { a: b, c: d }\n"),
    ("- {a: b, c: d,}\n", (0, "c"), "- {a: b,}\n"),
    ("- {a: , c: [d, e]}\n", (0, "a"), "- {c: [d, e]}\n"),
    ("- {a: b,\n   c: d}\n", (0, "c"), "- {a: b}\n"),
    # an item of a list
    ("a: [b, c, d]\n", ("a", 0), "a: [c, d]\n"),
    ("a: [b, 'c', d]\n", ("a", 2), "a: [b, 'c']\n"),
    ("a:\n  - b\n  # x\n  - c # y\n  - d\n", ("a", 1), "a:\n  - b\n  # x\n  - d\n"),
    ("a:\n- b\n- >-\n  c\n\n- d", ("a", 1), "a:\n- b\n\n- d"),
    ("a:\n- b\n- c", ("a", 1), "a:\n- b"),
    ("a:\n- b\n-\n- c\n", ("a", 1), "a:\n- b\n- c\n"),
    ("- a\n-\n  # x\n  'b\n\n  - c'\n- d\n", (1,), "- a\n  # x\n- d\n"),
    ("x:\n  - a\n  - - b\n  # y\n  - c\n", ("x", 2), "x:\n  - a\n  - - b\n  # y\n"),
    ("a: b\nc: [d]  # x\n", ("c", 0), "a: b\n"),
    ("a: b\nc:\n  - d\n", ("c", 0), "a: b\n"),
    ("a: b\nc: d\n", ("c", 0), "a: b\n"),
]

LISTS = [
    ("a: b\nowner: x  # c\n", ("owner",), ("x", "y, z"), 'a: b\nowner: [x, "y, z"]  # c\n'),
    ("owner: 'x'\n", ("owner",), ("y",), "owner: 'y'\n"),
    ("owner: 'x'\n", ("owner",), ("x",), "owner: 'x'\n"),
    ("owner: |\n  x\na: b\n", ("owner",), ("x", "w"), "owner: [x, w]\na: b\n"),
    ("owner:  # c\n", ("owner",), ("x", "w"), "owner: [x, w]  # c\n"),
    ("id: a\n", ("owner",), ("x", "no"), 'id: a\nowner: [x, "no"]\n'),
    ("id: a\n", ("owner",), ("x",), "id: a\nowner: x\n"),
    ("- {id: a}\n", (0, "owner"), ("x", "w"), "- {id: a, owner: [x, w]}\n"),
    ("- {id: a}\n", (0, "owner"), ("x",), "- {id: a, owner: x}\n"),
    ("id: a\nowner: x\n", ("owner",), (), "id: a\n"),
    # in brackets
    ("o: [a, \"b\", 'c']\n", ("o",), ("a", "b", "c"), "o: [a, \"b\", 'c']\n"),
    ("o: [ a,  \"b\", 'c' ]\n", ("o",), ("b", "c"), "o: [ \"b\", 'c' ]\n"),
    ("o: [a, \"b\", 'c']\n", ("o",), ("a", "x", "c"), "o: [a, \"x\", 'c']\n"),
    ("o: [a, b, c, d]\n", ("o",), ("x",), "o: [x]\n"),
    ("o: [a, 'b']\n", ("o",), ("b", "a"), "o: ['b', a]\n"),
    ("o: [a]\n", ("o",), ("b", "a"), "o: [b, a]\n"),
    ("o: [a]\n", ("o",), ("a", "b", "?"), 'o: [a, b, "?"]\n'),
    ("o: [a, ]\n", ("o",), ("a", "b"), "o: [a, b, ]\n"),
    ("o: [a,  # x\n  b]\n", ("o",), ("a", "b", "c"), "o: [a,  # x\n  b, c]\n"),
    ("o: [a,\n  b]\n", ("o",), ("b",), "o: [b]\n"),
    ("o: []\n", ("o",), ("a",), "o: [a]\n"),
    ("o: []\n", ("o",), ("a", "b"), "o: [a, b]\n"),
    # in lines
    ("o:\n  - a  # x\n  - b\np: q\n", ("o",), ("a", "c"), "o:\n  - a  # x\n  - c\np: q\n"),
    ("o:\n  - a  # x\n  - b  # y\n", ("o",), ("b",), "o:\n  - b  # y\n"),
    ("o:\n-   a  # x\n# y\np: q\n", ("o",), ("a", "- b"), 'o:\n-   a  # x\n-   "- b"\n# y\np: q\n'),
    ("o:\n# y\n- a\n", ("o",), ("b", "a"), "o:\n# y\n- b\n- a\n"),
    ("o:\r\n- a  # x\r\n- b", ("o",), ("b", "a"), "o:\r\n- b\r\n- a  # x"),
    ("o:\n- a  # x\n- b  # y\n", ("o",), ("b", "a"), "o:\n- b  # y\n- a  # x\n"),
    ("o:\n-\n  a\n", ("o",), ("a", "b"), "o:\n-\n  a\n- b\n"),
    ("o:\n- a\n- b", ("o",), ("a", "b", "c"), "o:\n- a\n- b\n- c"),
    ("o:\n- a\n- b\n- c", ("o",), ("a",), "o:\n- a"),
    ("o:\n- a\n- b\n# x\n- c\n", ("o",), ("d",), "o:\n- d\n# x\n"),
    ("o:\n- |\n  a\n- b\n", ("o",), ("a", "c"), "o:\n- a\n- c\n"),
]

TABLE = [*SET, *INSERT, *((before, place, None, after) for before, place, after in REMOVE), *LISTS]


@pytest.mark.parametrize(("before", "place", "value", "after"), TABLE)
def test_an_edit_changes_these_characters_and_no_others(before, place, value, after):
    assert edit(before, (place, value)) == after


WITH_LINE_FEEDS = [row for row in TABLE if "\n" in row[0] and "\r" not in row[0]]


@pytest.mark.parametrize(("before", "place", "value", "after"), WITH_LINE_FEEDS)
def test_an_edit_is_the_same_with_other_line_ends(before, place, value, after):
    assert edit(before.replace("\n", "\r\n"), (place, value)) == after.replace("\n", "\r\n")


@pytest.mark.parametrize(("before", "place", "value", "after"), TABLE)
def test_the_byte_order_mark_is_left_to_the_caller(before, place, value, after):
    document = read_document(b"\xef\xbb\xbf" + before.encode(), "x.yaml")
    assert document.bom
    assert apply_edits(document, [Edit(place, value)]) == after


@pytest.mark.parametrize(
    ("before", "changes", "after"),
    [
        (
            "- id: a\n  owner: x\n  bug: new\n",
            [((0, "owner"), None), ((0, "bug"), "1"), ((0, "status"), "done"), ((0, "with"), ("w",))],
            "- id: a\n  with: w\n  bug: 1\n  status: done\n",
        ),
        (
            "- owner: x\n  with: y\n  id: a\n",
            [((0, "owner"), None), ((0, "with"), None), ((0, "bug"), "1")],
            "- id: a\n  bug: 1\n",
        ),
        ("a: b\n", [(("a",), None), (("c",), "d")], "c: d\n"),
        ("id: b", [(("status",), "d"), (("id",), None), (("due",), "e")], "status: d\ndue: e"),
        ("- {a: b, c: d, e: f}\n", [((0, "c"), None), ((0, "e"), None), ((0, "a"), "x")], "- {a: x}\n"),
        ("a: b\no: [x, y, z]\n", [(("o", 0), None), (("o", 2), "q"), (("o", 1), None)], "a: b\no: [q]\n"),
        ("a: b\no: [x, y]\n", [(("o", 0), None), (("o", 1), None)], "a: b\n"),
        ("a: b\no:\n- x\n- y", [(("o", 0), None), (("o", 1), None)], "a: b"),
        ("o:\n- x\n- y\nb: c", [(("b",), None), (("o", 1), None)], "o:\n- x"),
        ("- a: b\n  c: d\n- e: f\n  g: h", [((1, "e"), None), ((0, "c"), None)], "- a: b\n- g: h"),
        ("x:\n- id: a\ny: b\n", [(("x", 0, "bug"), "1"), (("z",), "c")], "x:\n- id: a\n  bug: 1\ny: b\nz: c\n"),
        ("y: b\nx:\n- a: b", [(("x", 0, "bug"), "1"), (("z",), "c")], "y: b\nx:\n- a: b\n  bug: 1\nz: c"),
    ],
)
def test_edits_beside_each_other_do_not_disturb_each_other(before, changes, after):
    assert edit(before, *changes) == after
    removals = [change for change in changes if change[1] is None]
    assert edit(before, *removals[::-1], *(change for change in changes if change[1] is not None)) == after


def test_no_edits_leave_any_text_as_it_is():
    assert edit("a: [") == "a: ["


@pytest.mark.parametrize(
    ("before", "place", "value", "reason"),
    [
        ("a: [", ("a",), "x", "cannot be read"),
        ("", ("a",), "x", "cannot be read"),
        ("a: b\n", (), "x", "value by value"),
        ("a: b\n", ("a", "b"), "x", "is not there"),
        ("a: b\n", ("a", 1), "x", "is not there"),
        ("a: b\n", ("b",), None, "is not there"),
        ("a: b\n", ("b", 0), "x", "is not there"),
        ("a: [b]\n", ("a", 1), "x", "is not there"),
        ("a: [b]\n", ("a", -1), "x", "is not there"),
        ("a: [b]\n", ("a", "x"), "x", "is not there"),
        ("- a\n", ("x",), "x", "is not there"),
        ("links:\nb: c\n", ("links", "log"), "x", "is not there"),
        ("a: {b: c}\n", ("a",), "x", "holds keys of its own"),
        ("a: {b: c}\nd: e\n", ("a",), None, "holds keys of its own"),
        ("a: [{b: c}]\n", ("a", 0), "x", "holds more than a single value"),
        ("a: [[b]]\n", ("a",), ("x",), "holds more than single values"),
        ("a:\n- - b\nd: e\n", ("a",), None, "holds more than single values"),
        ("a: [b]\n", ("a", 0), ("x", "y"), "not a list"),
        ("a: b\n", ("a", 0), ("x", "y"), "not a list"),
        ("a: b\n", ("a",), None, "only key"),
        ("- a: b\n", (0, "a"), None, "only key"),
        ("- {a: b}\n", (0, "a"), None, "only key"),
        ("- a: [b]\n", (0, "a", 0), None, "only key"),
        ("- [a]\n", (0, 0), None, "holds more"),
        ("? a\n: b\nc: d\n", ("a",), None, "no line of its own"),
        ("? a\nc: d\n", ("a",), "x", "not written as"),
        ("- a: b\n  ? c\n  : d\n", (0, "a"), None, "no line of its own"),
        ("{? a : b, c: d}\n", ("a",), None, "not written as"),
        ("{c: d, ? a : b}\n", ("a",), None, "not written as"),
        ("- {a, c: d}\n", (0, "a"), "x", "not written as"),
        ("- {a: b,  # x\n   c: d}\n", (0, "a"), None, "comment"),
        ("- [a,  # x\n   c]\n", (0, 0), None, "comment"),
        ("o: [a,  # x\n   c]\n", ("o",), "d", "comments"),
        ("o:\n- a\n-\n", ("o",), ("b",), "empty item"),
        ("? o\n: - a\n  - b\n", ("o",), ("c", "d"), "on a line of its own"),
        ("- - a\n  - b\n", (0,), ("c",), "more than a single value"),
        ("o:\n- a\n-\n", ("o", 1), "b", "empty item"),
        ("- - a\n  - b\n", (0, 0), None, "no line of its own"),
        ("a: b\n", ("a",), "\ud800", "without touching more"),
        ("a: b\na: c\n", ("a",), "x", "without touching more"),
        ("title: |\n  a", ("owner",), "x", "without touching more"),
        ("- [a: b]\n", (0, 0, "c"), "d", "without touching more"),
        ("a: |\n  b\nc:\n    # x\n    d\n", ("c",), None, "without touching more"),
    ],
)
def test_what_cannot_be_edited_safely_is_refused(before, place, value, reason):
    error = refuse(before, (place, value))
    assert reason in error.reason
    assert place[: len(error.place)] == error.place


@pytest.mark.parametrize("other", [("actions", 0, "owner"), ("actions", 0, "owner", 0), ("actions", 0)])
def test_a_place_is_edited_once(other):
    error = refuse(RECAP, (("actions", 0, "owner"), "a"), (other, "b"))
    assert error.reason == "is edited twice"


def test_the_edit_to_blame_is_named():
    error = refuse(
        "- a: b\n- a: c\n- title: |\n    d",
        ((0, "a"), "x"),
        ((2, "owner"), "y"),
        ((1, "a"), "z"),
    )
    assert str(error) == "`[2].owner` could not be changed without touching more than that"
    assert str(refuse("o:\n- p: {}\n", (("o", 0, "p"), "x"))) == "`o[0].p` holds keys of its own"


# Recaps in all manners of writing.

words = st.sampled_from(["ihar", "kevin?", "it's", "a, b", "x: y", "no", "1234", " z", "new", "a\tb", "ü 😀", "#"])
KEYS = ["id", "title", "owner", "with", "bug", "status", "due", "notes", "tags"]
comments = st.sampled_from(["", "", "", "  # c", " # 'd'"])


@st.composite
def scalars(draw, *, flow):
    word = draw(st.sampled_from(["ihar", "kevin", "two words", "new", "1234", "done"]))
    manner = draw(st.sampled_from(["plain", "single", "double", "empty"]))
    if manner == "plain" or (manner == "empty" and flow):
        return word
    return {"single": f"'{word}'", "double": f'"{word}"', "empty": ""}[manner]


@st.composite
def entries(draw, key, indent):
    """Lines of one key and its value."""
    comment = draw(comments)
    manner = draw(st.sampled_from(["scalar", "scalar", "scalar", "block", "folded", "flow", "items", "long"]))
    if manner == "scalar":
        return [f"{key}: {draw(scalars(flow=False))}{comment}"]
    if manner == "flow":
        items = draw(st.lists(scalars(flow=True), min_size=1, max_size=3))
        return [f"{key}: [{draw(st.sampled_from([', ', ' , '])).join(items)}]{comment}"]
    if manner == "items":
        inner = draw(st.sampled_from(["", "  "]))
        items = draw(st.lists(st.tuples(scalars(flow=True), comments), min_size=1, max_size=3))
        lines = [f"{inner}- {item}{remark}" for item, remark in items]
        return [f"{key}:{comment}", *draw(st.sampled_from([[], [f"{inner}# own"]])), *lines]
    if manner == "long":
        return [f"{key}: some", f"   text{comment}"]
    header = ("|" if manner == "block" else ">") + draw(st.sampled_from(["", "-", "+"]))
    return [f"{key}: {header}{comment}", "  text", "  # more", *draw(st.sampled_from([[], [""]]))]


@st.composite
def actions(draw, dash):
    keys = draw(st.permutations(KEYS))[: draw(st.integers(1, 6))]
    if draw(st.integers(0, 4)) == 0:
        values = [f"{key}: {draw(scalars(flow=True))}" for key in keys]
        return [f"{dash}{{{', '.join(values)}}}{draw(comments)}"]
    lines = []
    for key in keys:
        lines += draw(entries(key, len(dash)))
        lines += draw(st.sampled_from([[], [], [], [""], ["# own"]]))
    return [(dash if number == 0 else " " * len(dash)) + line for number, line in enumerate(lines)]


@st.composite
def recaps(draw):
    dash = " " * draw(st.sampled_from([0, 2, 4])) + "-" + " " * draw(st.sampled_from([1, 3]))
    lines = ["# head", *draw(entries("title", 0)), "date: 2016-10-28", "actions:"]
    for action in draw(st.lists(actions(dash), min_size=1, max_size=3)):
        lines += action
        lines += draw(st.sampled_from([[], ["# between"]]))
    ends = draw(st.sampled_from([["\n"], ["\r\n"], ["\n", "\r\n"]]))
    text = "".join(line + ends[number % len(ends)] for number, line in enumerate(lines))
    return text if draw(st.booleans()) else text.rstrip("\r\n")


def place_lines(document, place):
    """Return the lines, counted from 0, that a value stands on, with its key."""
    start, _ = document.locate(place, at_key=True)
    _, end = document.locate(place)
    return range(document.position(start)[0] - 1, document.position(max(start, end - 1))[0])


@settings(max_examples=300, deadline=None)
@given(recaps(), st.data())
def test_random_edits_do_what_was_meant_and_no_more(text, data):
    document = read(text)
    assert document.diagnostics == []
    meant = plain(document.root)
    wanted, touched = [], set()
    for index, action in enumerate(meant["actions"]):
        for key in data.draw(st.lists(st.sampled_from(KEYS), unique=True, max_size=4)):
            values = st.one_of(words, st.lists(words, min_size=1, max_size=3, unique=True).map(tuple), st.none())
            value = data.draw(values)
            if value is None and (key not in action or len(action) == 1):
                continue
            place = ("actions", index, key)
            moves_dash = value is None or (key == "id" and key not in action)
            if key in action:
                touched |= set(place_lines(document, place))
            if value is None:
                del action[key]
            elif isinstance(value, tuple):
                single = len(value) == 1 and not isinstance(action.get(key), list)
                action[key] = value[0] if single else list(value)
            else:
                action[key] = value
            wanted.append(Edit(place, value))
            if moves_dash or document.node(("actions", index)).flow:
                touched |= key_lines(document, index)
    try:
        result = apply_edits(document, wanted)
    except EditError:
        return
    assert plain(read(result).root) == meant
    kept = [line for number, line in enumerate(text.splitlines(keepends=True)) if number not in touched]
    rest = iter(result.splitlines(keepends=True))
    for line in kept:
        assert any(line.rstrip("\r\n") == other.rstrip("\r\n") for other in rest), line
    assert set(ends_of(result)) <= set(ends_of(text))
    assert result.endswith("\n") == text.endswith("\n")


def key_lines(document, index):
    """Return the lines of an action's keys: any may move to the dash or off it, and those in braces share one."""
    action = document.node(("actions", index))
    return {document.position(entry.key.start)[0] - 1 for entry in action.entries.values()}


def ends_of(text):
    return [line[len(line.rstrip("\r\n")) :] for line in text.splitlines(keepends=True)[:-1]]
