"""What an import asks is found as long as it is in the file, and nothing else is taken for it."""

import pytest

from tracker.recap.parse import draft_recap
from tracker.recap.reader import read_document

TOP = "title: t\ndate: 2016-10-28"


def told(text):
    document = read_document(text.encode(), "one.yaml")
    draft_recap(document, "ocata/one", None, "neutron")
    return [(one.line, one.column, one.rule, one.message) for one in document.diagnostics]


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        (f"{TOP}  # import: why?\n", 2, 19),
        (f"{TOP} # import: why?", 2, 18),
        (f"{TOP}\r\n# import:  why?\r\n", 3, 1),
        (f"# import: why?\n{TOP}\n", 1, 1),
        (f"\ufeff# import: why?\n{TOP}\n", 1, 1),
        (f"{TOP}\ntldr: |\n  a\n# import: why?\n", 5, 1),
        (f"{TOP}\nactions:\n- id: a\n  title: b\n  notes: |\n    c\n  # import: why?\n\n- id: b\n  title: b\n", 8, 3),
        (f'{TOP}\ncycle: "a # import: x"  # import: why?\n', 3, 25),
    ],
)
def test_a_question_is_told_where_it_stands(text, line, column):
    assert told(text) == [(line, column, "R037", "import asks: why?")]


@pytest.mark.parametrize(
    "text",
    [
        f"{TOP}\ntldr: '# import: why?'\n",
        f"{TOP}\ntldr: |\n  # import: why?\n  a\n",
        f"{TOP}\ntldr: >-\n  a\n  # import: why?\n",
        f"{TOP}\ntldr: 'a\n  # import: why?\n  b'\n",
        f"{TOP}\ntldr: a# import:\n",
        f"{TOP}  # imports: why?\n",
        f"{TOP}  #import: why?\n",
    ],
)
def test_a_text_that_looks_like_one_is_a_text(text):
    assert [rule for _, _, rule, _ in told(text) if rule == "R037"] == []


def test_where_something_else_is_wrong_that_is_told_alone():
    assert [one[2] for one in told(f"{TOP}  # import: one\ntitel: x  # import: two # import: three\n")] == [
        "R037",
        "R010",
    ]


def test_two_on_one_line_are_one():
    assert told(f"{TOP}  # import: one # import: two\n") == [(2, 19, "R037", "import asks: one # import: two")]
