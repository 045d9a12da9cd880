"""Bytes read as YAML: everything that is refused, and where; values that stay the text that was written."""

from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.recap.trees import plain
from tracker.recap.document import Mapping, Scalar, Sequence
from tracker.recap.parse import draft_recap, is_sound, parse_people, parse_settings
from tracker.recap.reader import MAX_BYTES, MAX_DEPTH, read_document


def parse_recap(document, *values):
    """Read a recap; None when it has errors."""
    draft = draft_recap(document, *values)
    return draft if is_sound(document) else None


SAMPLE = (Path(__file__).parents[2] / "sessions" / "ocata" / "neutron-server-next.yaml").read_bytes()


def read(data):
    return read_document(data.encode() if isinstance(data, str) else data, "x.yaml")


def found(data):
    """Return rule, line and column of each problem."""
    return [(one.rule, one.line, one.column) for one in read(data).diagnostics]


def only(data):
    (diagnostic,) = read(data).diagnostics
    return diagnostic


DIRECTIVE = 'a line that begins with "%" gives YAML a direction that is not needed here'
CUT = 'the value ends here: what follows a blank and "#" is a comment, yet the next line goes on'


def test_a_bug_that_is_written_as_in_commit_messages_is_told_its_number():
    one = only("actions:\n  - bug: LP: #2112233\n")
    assert (one.message, one.help) == ('a second ": " in a plain value', "write the number alone: 2112233")


SYNTAX = [
    ("a: b: c", 1, 5, 'a second ": " in a plain value'),
    ("a: 1\n b: 2", 2, 3, "a key cannot stand here"),
    ("a: : b", 1, 4, 'a second ": " in a plain value'),
    ("\ta: 1", 1, 1, "a tab cannot indent"),
    ("a:\n\t- b", 2, 1, "a tab cannot indent"),
    ("a:\n  b: 1\n  \tc: 2", 3, 3, "a tab cannot indent"),
    ("a:\r  b: 1\r\tc: 2", 3, 1, "a tab cannot indent"),
    ("a: 1\n---\nb: 1", 2, 1, "a second document begins here"),
    ("x: y\na: 'it is\nb: 2\n", 2, 4, "the quote that opens here is not closed"),
    ('a: "x\n---\n', 1, 4, "the quote that opens here is not closed"),
    ("a: @x", 1, 4, 'a plain value cannot begin with "@"'),
    ("a: `x`", 1, 4, 'a plain value cannot begin with "`"'),
    ("a: %x", 1, 4, 'a plain value cannot begin with "%"'),
    ("a: **bold**", 1, 4, 'a plain value cannot begin with "*"'),
    ("a: & b", 1, 4, 'a plain value cannot begin with "&"'),
    (r'a: "\d"', 1, 5, "there is no such escape in double quotes"),
    (r'a: "\ud800"', 1, 7, "there is no such escape in double quotes"),
    ("a: |x\n", 1, 5, "a text after `|` or `>` begins on the next line"),
    ("a: 1\nbe\nc: 2", 2, 1, "a key without a colon"),
    ("a: 'it's'", 1, 8, "text goes on after the closing quote"),
    (
        'a: "x\nb: say "hello"\n',
        *(1, 4, "the quote that opens here closes on line 2, and text goes on there"),
    ),
    ("a: [WIP] x", 1, 10, 'text goes on after the closing "]"'),
    ("a: {x: y} z", 1, 11, 'text goes on after the closing "}"'),
    ('a: "x" y', 1, 8, "text goes on after the closing quote"),
    ("a: [x\nb: y]\nc: 1\n", 2, 2, 'expected "," or "]", found ":"'),
    ("a: [x", 1, 6, 'expected "," or "]", found the end'),
    ("a: {x: 1\n", 2, 1, 'expected "," or "}", found the end'),
    ("a: [,]", 1, 5, "expected a value here"),
    ("- a\nb: 1", 2, 1, "expected a dash, as the list above has"),
    ("a:\n  - b\n c: d", 3, 2, "expected a key"),
    ("a: x\u2028y\nb: 1", 1, 6, "a line ends here at a character that editors do not show as a line end"),
    ("%YAML 2.0\n---\na: 1", 1, 1, DIRECTIVE),
    ("%YAML 1.2\na: 1", 1, 1, DIRECTIVE),
    ("%YAML 1.1\n%YAML 1.1\n---\na: 1", 2, 1, DIRECTIVE),
    ("%FOO bar\n---\na: 1", 1, 1, DIRECTIVE),
    ("%x: 1", 1, 1, DIRECTIVE),
    ("a: 1\n...\nb: 1", 3, 1, "text goes on after the `...` that ends a document"),
    ("a: - b", 1, 4, 'a plain value cannot begin with "- "'),
    ("a: ? b", 1, 4, 'a plain value cannot begin with "? "'),
    ("a: ,b", 1, 4, 'a plain value cannot begin with ","'),
    ("a: ]b", 1, 4, 'a plain value cannot begin with "]"'),
    ("a: }b", 1, 4, 'a plain value cannot begin with "}"'),
    ("a: !<b", 1, 4, 'a plain value cannot begin with "!"'),
    ("a:b\nc: d", 1, 2, "a blank is missing after the colon"),
    ("a: b\nc:d\ne: f", 2, 2, "a blank is missing after the colon"),
    ("a: see #12\n  and more", 1, 8, CUT),
    ("a: see # this\n  and more", 1, 8, CUT),
]


@pytest.mark.parametrize(("text", "line", "column", "message"), SYNTAX)
def test_a_syntax_error_is_told_in_words_where_it_stands(text, line, column, message):
    diagnostic = only(text)
    assert (diagnostic.rule, diagnostic.line, diagnostic.column) == ("R001", line, column)
    assert diagnostic.message == message


@pytest.mark.parametrize("text", [text for text, *_ in SYNTAX])
def test_a_syntax_error_says_what_to_do_next(text):
    assert only(text).help


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        ("@nick", '"@nick"'),
        ("@nick  # later", '"@nick"'),
        ("`x`", '"`x`"'),
        ("%x", '"%x"'),
        ("a: b", '"a: b"'),
        ("fix: bug #12 # later", '"fix: bug #12"'),
        ("[WIP] foo", '"[WIP] foo"'),
        ("{x} foo", '"{x} foo"'),
        ("**bold**", '"**bold**"'),
        ("*star", '"*star"'),
        ("&and more", '"&and more"'),
        ("!bang", '"!bang"'),
        ("!! foo", '"!! foo"'),
        ("- foo", '"- foo"'),
        ('say "hi": now', "'say \"hi\": now'"),
        ("a\\b: it's", "'a\\b: it''s'"),
        ("'it's'", '"it\'s"'),
        ('"a" and "b"', '\'"a" and "b"\''),
    ],
)
def test_a_value_that_needs_quotes_is_shown_in_them(value, quoted):
    for start in ("title: ", "- title: ", "  'title' : "):
        assert only(f"{start}{value}\n").help.startswith(f"put it in quotes: {quoted}")
    assert plain(read(f"title: {quoted}\n").root)["title"] == yaml.safe_load(quoted)


def test_an_item_in_brackets_that_needs_quotes_is_shown_alone():
    assert only("owner: [@nick, other]").help == 'put it in quotes: "@nick"'
    assert only("{owner: *nick, other: x}").help.startswith('put it in quotes: "*nick"')


def test_a_value_too_long_to_show_is_not_shown():
    assert only(f"title: @{'x' * 60}").help == "put the whole value in quotes"


def test_a_syntax_error_names_the_line_that_it_goes_back_to():
    assert only("a:\n  - b\n c: d").help == "indent it as the lines that it belongs to; it began on line 1"
    assert only("\u2028a: 1\nb: [x\n").help == "close what was opened on line 2"


# Positions: a line ends at \n, \r or both, as in editors; a character counts one, however it is stored.


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a: x\nb: @\n", 2, 4),
        ("a: x\r\nb: @\r\n", 2, 4),
        ("a: x\rb: @\r", 2, 4),
        ("\ufeffb: @\n", 1, 4),
        ("\ufeffa: x\r\nb: @\r\n", 2, 4),
        ("a: x\u2028 y\nb: @\n", 2, 4),
        ("a: 'x\u2028y\u2029z\x85'\nb: @\n", 2, 4),
        ("a: 😀\n'😀😀': @\n", 2, 7),
        ("\ufeffa: '😀'\r\n  \r\n'😀': @", 3, 6),
    ],
)
def test_line_and_column_are_those_of_an_editor(text, line, column):
    assert found(text) == [("R001", line, column)]


@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_value_stands_where_its_node_says(start, end):
    text = end.join(
        ["k: 😀", "# é", "l: [a, 'b c']", "m: {n: o}", "p: |", "  q", "  r", 's: "😀\u2028t"', "u:", "- v", ""]
    )
    document = read(start + text)
    assert document.text == text
    assert document.bom == bool(start)
    written = []

    def visit(node):
        match node:
            case Scalar():
                written.append(text[node.start : node.end])
            case Sequence():
                for item in node.items:
                    visit(item)
            case Mapping():
                for entry in node.entries.values():
                    visit(entry.key)
                    visit(entry.value)

    visit(document.root)
    block = f"|{end}  q{end}  r{end}"
    assert written == [
        "k", "😀", "l", "a", "'b c'", "m", "n", "o", "p", block, "s", '"😀\u2028t"', "u", "v",
    ]  # fmt: skip


# Bytes that are no text.


@pytest.mark.parametrize(
    ("data", "line", "column", "message"),
    [
        (b"a: x\nb: \xff\n", 2, 4, "the file is not UTF-8: byte 0xff cannot stand here"),
        ("a: é😀".encode() + b"\xe9\n", 1, 6, "the file is not UTF-8: byte 0xe9 cannot stand here"),
        (b"\xef\xbb\xbfa: \xe9", 1, 4, "the file is not UTF-8: byte 0xe9 cannot stand here"),
        (b"a: \xed\xa0\x80", 1, 4, "the file is not UTF-8: byte 0xed cannot stand here"),
        (b"a: \xf0\x9f\x98", 1, 4, "the file is not UTF-8: byte 0xf0 cannot stand here"),
        ("a: é\n".encode("utf-16"), 1, 1, "the file is not UTF-8: it looks like UTF-16 or UTF-32"),
        ("a: b\n".encode("utf-16-le"), 1, 1, "the file is not UTF-8: it looks like UTF-16 or UTF-32"),
        ("a: b\n".encode("utf-32"), 1, 1, "the file is not UTF-8: it looks like UTF-16 or UTF-32"),
        ("a: b\n".encode("utf-16-be"), 1, 1, "the file is not UTF-8: it looks like UTF-16 or UTF-32"),
        ("漢: bcdef\n".encode("utf-16-le"), 1, 1, "the file is not UTF-8: it looks like UTF-16 or UTF-32"),
        ("a: b\n".encode("utf-32-be"), 1, 1, "the file is not UTF-8: it looks like UTF-16 or UTF-32"),
        (b"a: \xc0\xaf", 1, 4, "the file is not UTF-8: byte 0xc0 cannot stand here"),
        (b"\0", 1, 1, "control character U+0000 cannot stand in YAML"),
        (b"a: b\nc: x\0y\n", 2, 5, "control character U+0000 cannot stand in YAML"),
        (b"a: \x1b[31mred\n", 1, 4, "control character U+001B cannot stand in YAML"),
        ("a: \x9b\n".encode(), 1, 4, "control character U+009B cannot stand in YAML"),
        ("a: \uffff\n".encode(), 1, 4, "control character U+FFFF cannot stand in YAML"),
        ("\ufeff\ufeffa: b\n".encode(), 1, 1, "a second byte order mark"),
    ],
)
def test_bad_bytes_are_told_with_their_line_and_column(data, line, column, message):
    diagnostic = only(data)
    assert (diagnostic.rule, diagnostic.line, diagnostic.column) == ("R002", line, column)
    assert diagnostic.message == message
    assert diagnostic.help


def test_what_looks_like_utf_7_is_the_text_that_was_written():
    assert plain(read("a: +AGE-\n").root) == {"a": "+AGE-"}


@pytest.mark.parametrize(
    "data", ["", " \n\t\n", "\n\n", "# a\n  # b", "---", "---\n", "--- # x\n...\n", "\ufeff", "\r\n"]
)
def test_a_file_without_values_is_empty(data):
    assert found(data) == [("R007", 1, 1)]


# Size and depth.


def test_a_file_above_a_megabyte_is_refused_unread():
    assert found(b"a: " + b"x" * MAX_BYTES) == [("R003", 1, 1)]
    assert read_document(b"a", "x.yaml", size=MAX_BYTES + 1).diagnostics[0].rule == "R003"
    assert found(b"a: " + b"x" * (MAX_BYTES - 3)) == []


DEEP = 100_000


@pytest.mark.parametrize(
    "text",
    [
        "[" * DEEP,
        "{" * DEEP,
        "[{" * DEEP,
        "a: " + "[" * DEEP + "]" * DEEP,
        "- " * DEEP,
        "a:\n" + "- " * DEEP,
        "a:\r" + "- " * DEEP,
        "a:\u2028" + "- " * DEEP,
        "a:\x85" + "- " * DEEP,
        "? " * DEEP,
        "-\t" * DEEP,
        "- ? " * DEEP,
        "a:\n" + "".join(" " * i + "a:\n" for i in range(1, 1300)),
    ],
)
def test_nesting_deep_enough_to_crash_the_parser_is_refused(text):
    assert only(text).rule in {"R004", "R001"}  # a tab after a dash is a mistake already


def nested(levels, brackets):
    """Write so many levels, so many of them as brackets."""
    return "- " * (levels - brackets) + "[" * brackets + "]" * brackets + "\n"


@given(st.integers(0, MAX_DEPTH))
@settings(max_examples=40, deadline=None)
def test_a_hundred_levels_are_read_and_one_more_is_not(brackets):
    assert found(nested(MAX_DEPTH, brackets)) == []
    assert [rule for rule, *_ in found(nested(MAX_DEPTH + 1, brackets))] == ["R004"]


def test_too_deep_a_value_is_shown_where_it_begins():
    assert found("a: b\nc: " + "[" * 200) == [("R004", 2, 3 + MAX_DEPTH)]


# What these files do not use.

BOMB = "a: &a [x, x]\n" + "".join(f"{k}: &{k} [*{j}, *{j}, *{j}]\n" for j, k in pairwise("abcdefghijklmnopq"))


@pytest.mark.parametrize(
    ("text", "line", "column", "what"),
    [
        ("a: &x 1\nb: *x\n", 1, 4, "an anchor"),
        ("b: *x\n", 1, 4, "an alias"),
        ("b: [*x]\n", 1, 5, "an alias"),
        ("a: b\n<<: *x\n", 2, 5, "an alias"),
        ("&x a: b\n", 1, 1, "an anchor"),
        ("a: !!python/object:os.system x\n", 1, 4, "a tag"),
        ("a: !x [b]\n", 1, 4, "a tag"),
        ("a: ! b\n", 1, 4, "a tag"),
        ("a: !\n", 1, 4, "a tag"),
        ("! a: b\n", 1, 1, "a tag"),
        ("%TAG ! tag:x,2000:\n---\na: !x 1\n", 3, 4, "a tag"),
        (BOMB, 1, 4, "an anchor"),
    ],
)
def test_anchors_aliases_and_tags_are_refused(text, line, column, what):
    diagnostic = only(text)
    assert (diagnostic.rule, diagnostic.line, diagnostic.column) == ("R005", line, column)
    sign = text.splitlines()[line - 1][column - 1]
    assert diagnostic.message == f'a plain value cannot begin with "{sign}", which makes it {what}'
    assert diagnostic.help


def test_prose_may_have_the_signs_of_anchors_and_tags():
    text = "a: |\n  *x* &y !z\nb: R&D *really*!\nc: '*x'\nd: fish & chips !\n"
    assert plain(read(text).root) == {
        "a": "*x* &y !z\n",
        "b": "R&D *really*!",
        "c": "*x",
        "d": "fish & chips !",
    }


def test_a_key_that_stands_twice_is_told_with_the_line_of_the_first():
    diagnostic = only("a: 1\nb: 2\n'a': 3\n")
    assert (diagnostic.rule, diagnostic.line, diagnostic.column) == ("R006", 3, 1)
    assert diagnostic.message == "`a` stands twice; first on line 1"


def test_every_duplicate_key_is_told():
    assert found("a: 1\na: 2\nb:\n- c: 1\n  c: 2\n- c: 3\na: 3\n") == [
        ("R006", 2, 1),
        ("R006", 5, 3),
        ("R006", 7, 1),
    ]


@pytest.mark.parametrize("text", ["? [a]\n: b\n", "{[a]: b}", "? {a: b}\n: c\n", "[a]: b"])
def test_a_list_or_a_mapping_is_no_key(text):
    assert only(text).rule == "R006"


# What git leaves of a merge.


@pytest.mark.parametrize(
    "mark", ["<<<<<<< HEAD", ">>>>>>> theirs", "||||||| base", "=======", "<<<<<<<", "=========="]
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_conflict_mark_of_git_is_called_by_its_name(mark, end):
    assert found(f"a: 1{end}{mark}{end}b: 2{end}") == [("R008", 2, 1)]
    assert found(f"a: the mark {mark} in a text{end}") == []
    assert found(f"a: |{end}  {mark}{end}") == []


OURS = "<<<<<<< HEAD\na: 1\n"
BASE = "||||||| base\na: 0\n"
THEIRS = "=======\na: [\n>>>>>>> theirs\n"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (OURS + THEIRS, [1]),
        (OURS + BASE + THEIRS, [1]),
        ("\ufeff" + OURS + THEIRS, [1]),
        (f"x: y\n{OURS}{THEIRS}z: @\n{OURS}{BASE}{THEIRS}", [2, 8]),
        (f"{OURS}{OURS}{THEIRS}", [1, 3]),
        (f"x: y\n{THEIRS}", [2]),
        (f"x: y\n{THEIRS.replace('[', '1')}{OURS}", [2, 5]),
        (f"{OURS}||||||||| inner\n<<<<<<<<< a\n=========\n>>>>>>>>> b\n{THEIRS}", [1, 4, 7]),
        (f"{OURS}\x07{THEIRS}", [1]),
    ],
)
def test_each_conflict_is_told_once_at_its_first_line(text, lines):
    assert found(text) == [("R008", line, 1) for line in lines]


def test_a_line_of_equal_signs_in_a_text_is_no_conflict():
    assert found('a: "x\n=======\ny"\n') == []
    assert found("a: |\n  Title\n  =======\n") == []


# What other readers would take for numbers, times, truth values and merges.

SURPRISES = [
    *("10:30", "26.10", "no", "NO", "off", "y", "0x1f", "1_000", "~", "null", "2016-10-28", "=", "<<", "1e3", "017"),
    *("0b11", ".inf", ".nan", "2016-10-28 10:30:00", "190:20:30", "+1", "-0"),
]


@pytest.mark.parametrize("word", SURPRISES)
def test_values_stay_the_text_that_was_written(word):
    document = read(f"a: {word}\nb: [{word}]\n{word}: c\n")
    assert document.diagnostics == []
    assert plain(document.root) == {"a": word, "b": [word], word: "c"}


@pytest.mark.parametrize("word", ["10:30", "no", "0x1f", "1_000", "~", "2016-10-28"])
def test_the_surprises_are_real(word):
    assert yaml.safe_load(f"a: {word}") != {"a": word}


# Whatever the bytes: a document, with positions inside the file.


def check_everything(data):
    """Read bytes as each of the files, and hold every problem against the text."""
    document = read_document(data, "x.yaml")
    recap = parse_recap(document, "a/b", None, "neutron")
    assert recap is not None or any(one.is_error for one in document.diagnostics)
    for other, parse in ((read_document(data, "x"), parse_people), (read_document(data, "x"), parse_settings)):
        parse(other)
        assert other.root is not None or other.diagnostics
    lines = document.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for one in document.diagnostics:
        assert 1 <= one.line <= len(lines)
        assert 1 <= one.column <= len(lines[one.line - 1]) + 1
        assert one.source == lines[one.line - 1]
        assert 1 <= one.width <= max(1, len(one.source) - one.column + 1)
        assert one.message
        assert not one.message.endswith(".")


@given(st.binary(max_size=60))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_any_bytes_are_answered_by_a_document(data):
    check_everything(data)


@given(st.text("ab:-?[]{},&*!|>'\"%@`#\n\r\t ~<=\u2028\ufeff😀", max_size=30))
@settings(max_examples=250, deadline=None, derandomize=True)
def test_any_text_of_yaml_signs_is_answered_by_a_document(text):
    check_everything(text.encode())


SPECIAL = b"\n\r\t :-?,[]{}#&*!|>'\"%@`~=<\0\xff\xc3\xe2\x80\xa8"


def mutate(data, random):
    """Damage a file in one of the ways that files are damaged."""
    kind = random.randrange(7)
    at = random.randrange(len(data) + 1)
    if kind == 0:
        return data[:at]
    if kind == 1:
        return data[:at] + data[at + random.randrange(1, 40) :]
    if kind == 2:
        return data[:at] + bytes([random.choice(SPECIAL)]) * random.choice((1, 1, 2, 3, 120)) + data[at:]
    if kind == 3:
        return data[:at] + bytes([random.randrange(256)]) + data[at + 1 :]
    lines = data.splitlines(keepends=True)
    one, other = (random.randrange(len(lines)) for _ in range(2)) if lines else (0, 0)
    if kind == 4 and lines:
        lines[one], lines[other] = lines[other], lines[one]
    elif kind == 5 and lines:
        lines.insert(one, lines[other])
    elif lines:
        lines[one] = random.choice((b"  ", b"\t", b"- ", b"")) + lines[one].lstrip()
    return b"".join(lines)


@given(st.randoms(use_true_random=False))
@settings(max_examples=250, deadline=None, derandomize=True)
def test_a_damaged_recap_is_answered_with_positions_inside_the_file(random):
    data = SAMPLE
    for _ in range(random.choice((1, 1, 2, 5))):
        data = mutate(data, random)
    check_everything(data)
