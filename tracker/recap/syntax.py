"""YAML's syntax errors in words for the person who wrote the file; pure.

PyYAML speaks of tokens and nodes, and often points behind the mistake: here stands what it usually means.
"""

import re

from tracker.launchpad.links import parse_short_bug
from tracker.recap.diagnostics import Finding

Problem = tuple[Finding, int, int]
"""What is wrong with a text, and where that starts and ends."""

_BESIDE = "indent it as the lines that it belongs to"
_UNSEEN_BREAKS = frozenset("\x85\u2028\u2029")
_QUOTE = "put the whole value in quotes"
_LONGEST_SHOWN = 60
_LONGEST_LINE = 1000
"""How much of a line is looked at: one that is longer is no slip of the pen."""
# What git puts at the start of a line; longer ones where it merged merges.
_MARK = re.compile(r"^(?:<{7,}|\|{7,}|={7,}|>{7,})(?=[ \r\n]|\Z)", re.MULTILINE)
# A key, or dashes and a key, with the blanks that part it from its value.
_KEY = re.compile(r"""[ \t]*(?:-[ \t]+)*(?:"[^"]*"[ \t]*|'[^']*'[ \t]*|[^\s"'\[{:][^:]*):(?:[ \t]+|$)""")
_HONEST_COMMENT = re.compile(r"[ \t]+#+(?:[ \t].*)?$")
_DOCUMENT_END = re.compile(r"^\.\.\.(?=\s)", re.MULTILINE)
_DECORATIONS = ("an anchor", "an alias", "a tag", "tag handle")
_CUT = re.compile(r"""(?<=[^\s:\-"'\]}])[ \t]+#""")
_BEGINS_ANEW = re.compile(r"[ ]*(?:-[ ]|[A-Za-z_]+:)")
_BUG = re.compile(r"[ \t]*(?:-[ \t]+)*bug:[ \t]+(?P<written>.*?)[ \t]*$")
_NO_BLANK = re.compile(r"""[ \t]*(?:-[ \t]+)*([A-Za-z_]+):(?!//)([^\s:].*)$""")


def find_conflicts(text: str) -> list[tuple[int, int]]:
    """Return where each conflict that git left in a text begins, and where it ends.

    A mark that lacks the others counts as one too, but for a lone `=======`, which may be text.
    """
    if not any(mark in text for mark in ("<<<<<<<", ">>>>>>>", "|||||||")):
        return []
    found: list[tuple[int, int]] = []
    is_open = False
    for match in _MARK.finditer(text.replace("\r", "\n")):
        sign = match.group()[0]
        if not is_open or sign == "<":
            found.append(match.span())
        else:
            found[-1] = (found[-1][0], match.end())
        is_open = sign != ">"
    return found


def explain_conflict() -> Finding:
    """Say that git left a conflict."""
    return Finding((), "R008", "git's conflict mark", "settle the merge, then remove the marks")


def explain_syntax_error(
    text: str, problem: str | None, at: int | None, context: str | None, began: int | None, last: int = 0
) -> Problem:
    """Say what is wrong and what to do.

    `at` and `began` are PyYAML's indexes of problem and context, `last` that of the last value before.
    """
    at = min(at if at is not None else began or 0, len(text))
    began = min(at if began is None else began, at)
    if _MARK.match(_line_with(text, began)):
        start = began - len(_before(text, began))
        return explain_conflict(), start, start + 7
    start, message, remedy = _explain(text, problem or "", at, context or "", began, last)
    return Finding((), "R001", message, remedy), start, start + 1


_Explanation = tuple[int, str, str | None]


def _explain(text: str, problem: str, at: int, context: str, began: int, last: int) -> _Explanation:
    """Return where the mistake is, what it is, and what to do."""
    found = text[at : at + 1]
    before = _before(text, at)
    if found == "\t" or ("\t" in before and not before.strip()):
        return at - len(before) + (before + "\t").index("\t"), "a tab cannot indent", "indent with spaces"
    if (explanation := _explain_document(text, problem, at, context)) is not None:
        return explanation
    if {text[began - 1 : began], text[at - 1 : at]} & _UNSEEN_BREAKS:
        message = "a line ends here at a character that editors do not show as a line end"
        unseen = began if text[began - 1 : began] in _UNSEEN_BREAKS else at
        return unseen, message, "take out the U+2028, U+2029 or U+0085 before it"
    explanation = (
        _explain_value(text, problem, at, context, began)
        or _explain_comment(text, at, context)
        or _explain_key(text, problem, at, began)
    )
    if explanation is not None:
        return explanation
    if before.rstrip().endswith(('"', "'")) and found.strip() and "flow" not in context:
        if text[last] in "'\"" and _line(text, last) < _line(text, at):
            message = f"the quote that opens here closes on line {_line(text, at)}, and text goes on there"
            return last, message, "close it where the value ends"
        return at, "text goes on after the closing quote", quote(text, _value_start(text, at))
    if before.rstrip().endswith(("]", "}")) and "flow" not in context:
        start = _value_start(text, at)
        remedy = quote(text, start) if start is not None and text[start] in "[{" else _QUOTE
        return at, f'text goes on after the closing "{before.rstrip()[-1]}"', remedy
    if "flow" in context:
        return _explain_flow(text, problem, at, context, began)
    if "'-' indicator" in problem:
        return at, "expected a dash, as the list above has", f"{_BESIDE}{_since(text, at, began)}"
    if "did not find expected key" in problem:
        return at, "expected a key", f"{_BESIDE}{_since(text, at, began)}"
    remedy = "look at this line and the one above: a sign is too many, or quotes are missing"
    return at, f"YAML does not take this: {problem or context or 'no reason given'}", remedy


def _explain_document(text: str, problem: str, at: int, context: str) -> _Explanation | None:
    if "another document" in problem:
        return at, "a second document begins here", "one file holds one document: remove the `---`"
    start = at - len(_before(text, at))
    directive = "directive" in context or "directive" in problem or "incompatible" in problem
    if not directive and "<document start>" in problem and text.startswith("%"):
        directive, start = True, 0
    if directive:
        remedy = "remove the line; put a text that begins with % in quotes"
        return start, 'a line that begins with "%" gives YAML a direction that is not needed here', remedy
    if "<document start>" in problem and _DOCUMENT_END.search(text, 0, at):
        return at, "text goes on after the `...` that ends a document", "remove the `...`"
    return None


def _explain_value(text: str, problem: str, at: int, context: str, began: int) -> _Explanation | None:
    found = text[at : at + 1]
    if "quoted scalar" in context and ("end of stream" in problem or "document indicator" in problem):
        return began, "the quote that opens here is not closed", "close it; within single quotes write `''` for `'`"
    if text[began : began + 1] in {"&", "*", "!"} and any(word in context + problem for word in _DECORATIONS):
        return began, f'a plain value cannot begin with "{text[began : began + 1]}"', quote(text, began)
    refused = "cannot start any token" in problem or "not allowed in this context" in problem
    if found and ((refused and found in "@`%-?") or ("expected node content" in problem and found in ",]}")):
        # A dash or a question mark with a blank behind it; those without are plain text.
        begins = f"{found} " if found in "-?" else found
        remedy = quote(text, at)
        if found == "-":
            remedy += "; a list begins on the line after its key"
        if found in "-?" or "flow" not in context:
            return at, f'a plain value cannot begin with "{begins}"', remedy
    if "escape c" in problem or "parsing a quoted scalar" in context:
        return at, "there is no such escape in double quotes", r"write `\\` for a backslash, or use single quotes"
    if "block scalar" in context:
        return at, "a text after `|` or `>` begins on the next line", "move it there and indent it"
    return None


def _explain_comment(text: str, at: int, context: str) -> _Explanation | None:
    """A plain value that was to go on, but ended at a comment."""
    here = _line_with(text, at)
    above = len(text[: at - len(_before(text, at))].rstrip("\r\n"))
    line, start = _line_with(text, above), above - len(_before(text, above))
    comment = _CUT.search(line)
    if comment is None or "flow" in context or _indent(here) <= _indent(line) or _BEGINS_ANEW.match(here):
        return None
    message = 'the value ends here: what follows a blank and "#" is a comment, yet the next line goes on'
    return start + comment.end() - 1, message, "put the whole value in quotes, or write it below its key after a `|`"


def _explain_key(text: str, problem: str, at: int, began: int) -> _Explanation | None:
    if "mapping values are not allowed" in problem:
        before = _before(text, at)
        if ": " in before:
            bug = _BUG.match(_line_with(text, at))
            number = parse_short_bug(bug["written"]) if bug else None
            remedy = f"write the number alone: {number}" if number else quote(text, _value_start(text, at))
            return at, 'a second ": " in a plain value', remedy
        remedy = f"{_BESIDE}; if it goes on from the line above, {_QUOTE}"
        above = len(text[: at - len(before)].rstrip("\r\n"))
        return _explain_no_blank(text, above) or (at, "a key cannot stand here", remedy)
    if "could not find expected ':'" in problem:
        return _explain_no_blank(text, began) or (
            began,
            "a key without a colon",
            "write `key: value`; text that goes on is indented deeper than its key",
        )
    return None


def _explain_no_blank(text: str, index: int) -> _Explanation | None:
    match = _NO_BLANK.match(_line_with(text, index))
    if match is None:
        return None
    start = index - len(_before(text, index)) + match.end(1)
    return start, "a blank is missing after the colon", f"write `{match[1]}: {_shorten(match[2])}`"


def _explain_flow(text: str, problem: str, at: int, context: str, began: int) -> _Explanation:
    closing = "}" if "mapping" in context else "]"
    if "',' or" in problem:
        found = text[at : at + 1]
        what = f', found "{found}"' if found.strip() else ", found the end" if not found else ""
        return at, f'expected "," or "{closing}"{what}', f"close what was opened{_since(text, at, began, near=True)}"
    return at, "expected a value here", f'write one, or close with "{closing}" what was opened'


def quote(text: str, start: int | None) -> str:
    """Say how the plain value that starts here is written in quotes."""
    if start is None:
        return _QUOTE
    before = _before(text, start)
    value = _HONEST_COMMENT.sub("", _line_with(text, start)[len(before) :]).rstrip()
    if before.count("[") > before.count("]") or before.count("{") > before.count("}"):
        value = re.split(r"[,\]}]", value, maxsplit=1)[0].rstrip()
    if not value or len(value) > _LONGEST_SHOWN:
        return _QUOTE
    mark = value[0]
    if mark in "'\"" and value.endswith(mark) and value.count(mark) == 3:  # it's one quote that was too many
        value = value[1:-1]
    if '"' in value or "\\" in value:
        value = value.replace("'", "''")
        return f"put it in quotes: '{value}'"
    return f'put it in quotes: "{value}"'


def _value_start(text: str, index: int) -> int | None:
    """Return where the value begins that stands behind a key on this line, None when there is no key."""
    start = index - len(_before(text, index))
    match = _KEY.match(_line_with(text, index)[: index - start + 1])
    return start + match.end() if match else None


def _shorten(value: str) -> str:
    return value if len(value) <= _LONGEST_SHOWN else f"{value[:_LONGEST_SHOWN]}..."


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _since(text: str, at: int, began: int, *, near: bool = False) -> str:
    line = _line(text, began)
    if line == _line(text, at) and not near:
        return ""
    return f"{' on' if near else '; it began on'} line {line}"


def _line(text: str, index: int) -> int:
    return len(re.findall(r"\r\n|\n|\r", text[:index])) + 1


def _line_with(text: str, index: int) -> str:
    """Return the line with this index, when it is long its beginning."""
    start = index - len(_before(text, index))
    return re.split(r"[\r\n]", text[start : start + _LONGEST_LINE], maxsplit=1)[0]


def _before(text: str, index: int) -> str:
    """Return what stands before an index on its line."""
    return text[max(text.rfind("\n", 0, index), text.rfind("\r", 0, index)) + 1 : index]
