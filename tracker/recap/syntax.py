"""YAML's syntax errors in words for the person who wrote the file; pure.

PyYAML speaks of tokens and nodes, and often points behind the mistake: here stands what it usually means.
"""

import re

from tracker.recap.diagnostics import Finding

Problem = tuple[Finding, int, int]
"""What is wrong with a text, and where that starts and ends."""

_BESIDE = "indent it as the lines that it belongs to"
_UNSEEN_BREAKS = frozenset("\x85\u2028\u2029")
_QUOTE = "put the whole value in quotes"


def explain_syntax_error(
    text: str, problem: str | None, at: int | None, context: str | None, began: int | None, last: int = 0
) -> Problem:
    """Say what is wrong and what to do.

    `at` and `began` are PyYAML's indexes of problem and context, `last` that of the last value before.
    """
    at = min(at if at is not None else began or 0, len(text))
    began = min(at if began is None else began, at)
    start, message, remedy = _explain(text, problem or "", at, context or "", began, last)
    return Finding((), "R001", message, remedy), start, start + 1


_Explanation = tuple[int, str, str | None]


def _explain(text: str, problem: str, at: int, context: str, began: int, last: int) -> _Explanation:
    """Return where the mistake is, what it is, and what to do."""
    found = text[at : at + 1]
    before = _before(text, at)
    if found == "\t" or ("\t" in before and not before.strip()):
        return at - len(before) + (before + "\t").index("\t"), "a tab cannot indent", "indent with spaces"
    if "another document" in problem:
        return at, "a second document begins here", "one file holds one document: remove the `---`"
    if {text[began - 1 : began], text[at - 1 : at]} & _UNSEEN_BREAKS:
        message = "a line ends here at a character that editors do not show as a line end"
        unseen = began if text[began - 1 : began] in _UNSEEN_BREAKS else at
        return unseen, message, "take out the U+2028, U+2029 or U+0085 before it"
    explanation = _explain_value(text, problem, at, context, began) or _explain_key(text, problem, at, began)
    if explanation is not None:
        return explanation
    if before.rstrip().endswith(('"', "'")) and found.strip() and "flow" not in context:
        if text[last] in "'\"" and _line(text, last) < _line(text, at):
            message = f"the quote that opens here closes on line {_line(text, at)}, and text goes on there"
            return last, message, "close it where the value ends"
        return at, "text goes on after the closing quote", "put quotes around the whole value, or none"
    if before.rstrip().endswith(("]", "}")) and "flow" not in context:
        return at, f'text goes on after the closing "{before.rstrip()[-1]}"', _QUOTE
    if "flow" in context:
        return _explain_flow(text, problem, at, context, began)
    if "'-' indicator" in problem:
        return at, "expected a dash, as the list above has", f"{_BESIDE}{_since(text, at, began)}"
    if "did not find expected key" in problem:
        return at, "expected a key", f"{_BESIDE}{_since(text, at, began)}"
    return at, problem or context or "not YAML", context or None


def _explain_value(text: str, problem: str, at: int, context: str, began: int) -> _Explanation | None:
    found = text[at : at + 1]
    if "quoted scalar" in context and ("end of stream" in problem or "document indicator" in problem):
        return began, "the quote that opens here is not closed", "close it; within single quotes write `''` for `'`"
    if "scanning an anchor" in context or "scanning an alias" in context:
        return began, f'a plain value cannot begin with "{text[began : began + 1]}"', _QUOTE
    if found in {"@", "`", "%"} and "cannot start any token" in problem:
        return at, f'a plain value cannot begin with "{found}"', _QUOTE
    if "escape c" in problem:
        return at, "there is no such escape in double quotes", r"write `\\` for a backslash, or use single quotes"
    if "block scalar" in context:
        return at, "a text after `|` or `>` begins on the next line", "move it there and indent it"
    return None


def _explain_key(text: str, problem: str, at: int, began: int) -> _Explanation | None:
    if "mapping values are not allowed" in problem:
        before = _before(text, at)
        if ": " in before:
            return at, 'a second ": " in a plain value', _QUOTE
        return at, "a key cannot stand here", f"{_BESIDE}; if it goes on from the line above, {_QUOTE}"
    if "could not find expected ':'" in problem:
        return began, "a key without a colon", "write `key: value`; text that goes on is indented deeper than its key"
    return None


def _explain_flow(text: str, problem: str, at: int, context: str, began: int) -> _Explanation:
    closing = "}" if "mapping" in context else "]"
    if "',' or" in problem:
        found = text[at : at + 1]
        what = f', found "{found}"' if found.strip() else ", found the end" if not found else ""
        return at, f'expected "," or "{closing}"{what}', f"close what was opened{_since(text, at, began, near=True)}"
    return at, "expected a value here", f'write one, or close with "{closing}" what was opened'


def _since(text: str, at: int, began: int, *, near: bool = False) -> str:
    line = _line(text, began)
    if line == _line(text, at) and not near:
        return ""
    return f"{' on' if near else '; it began on'} line {line}"


def _line(text: str, index: int) -> int:
    return len(re.findall(r"\r\n|\n|\r", text[:index])) + 1


def _before(text: str, index: int) -> str:
    """Return what stands before an index on its line."""
    return text[max(text.rfind("\n", 0, index), text.rfind("\r", 0, index)) + 1 : index]
