"""How a text is written as a YAML scalar on one line; pure."""

import re

from tracker.recap.document import Mapping, Scalar, Sequence
from tracker.recap.reader import read_document

# What can stand in quotes as it is: printable, on one line, and to be seen. Tabs and the byte order mark
# are left to escapes, since editors change them.
_SHOWN = r"\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff"
_ONE_LINE = re.compile(f"[{_SHOWN}]*")
_ESCAPED = re.compile(rf'[^{_SHOWN}]|["\\]')
_SHORT_ESCAPES = {
    "\0": r"\0",
    "\a": r"\a",
    "\b": r"\b",
    "\t": r"\t",
    "\n": r"\n",
    "\v": r"\v",
    "\f": r"\f",
    "\r": r"\r",
    "\x1b": r"\e",
    '"': r"\"",
    "\\": r"\\",
    "\x85": r"\N",
    "\u2028": r"\L",
    "\u2029": r"\P",
}

# What readers of YAML 1.1 or 1.2 take for something other than text.
_OTHER_THAN_TEXT = re.compile(
    r"""
    | ~ | null | true | false | yes | no | on | off | y | n | = | <<
    | [-+]? ( 0b[01_]+ | 0o[0-7_]+ | 0x[0-9a-f_]+
            | [0-9][0-9_,]* (\.[0-9_]*)? (e[-+]?[0-9]+)?
            | \.[0-9][0-9_]* (e[-+]?[0-9]+)?
            | [0-9][0-9_]* (:[0-5]?[0-9])+ (\.[0-9_]*)?
            | \.inf )
    | \.nan
    | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2} ([Tt\x20].*)?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NUMBER = re.compile(r"[1-9][0-9]*")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Keys whose values are numbers and dates to everybody: quotes would only puzzle.
_BARE = {"bug": _NUMBER, "bugs": _NUMBER, "reviews": _NUMBER, "due": _DATE, "date": _DATE}


def write_scalar(text: str, *, key: str | None = None, flow: bool = False, quote: str = "") -> str:
    """Write a text as a scalar that reads as the same text, in quotes where it needs them.

    `key` is the key that it stands under, `flow` whether it stands within braces or brackets, and `quote`
    the quote that is kept where it can hold the text: a single one, a double one, or none.
    """
    if quote == "'" and _ONE_LINE.fullmatch(text):
        return "'" + text.replace("'", "''") + "'"
    if not quote and _is_text(text, key) and _reads_plain(text, flow=flow):
        return text
    return '"' + _ESCAPED.sub(_escape, text) + '"'


def write_list(texts: tuple[str, ...], *, key: str | None = None) -> str:
    """Write texts as a list in brackets."""
    return "[" + ", ".join(write_scalar(text, key=key, flow=True) for text in texts) + "]"


def _is_text(text: str, key: str | None) -> bool:
    if _OTHER_THAN_TEXT.fullmatch(text) is None:
        return True
    bare = _BARE.get(key or "")
    return bare is not None and bare.fullmatch(text) is not None


def _reads_plain(text: str, *, flow: bool) -> bool:
    """Tell whether a text without quotes is read back as it is.

    The reader is asked rather than told YAML's rules anew: they are many, and it is who reads the file.
    """
    if not _ONE_LINE.fullmatch(text):
        return False
    # With and without a blank after it: a single dash is a text in one place and begins an item in the other.
    block = f"- k: {text}\n- k: {text} \n- {text}\n- {text} "
    source = f"[{{k: {text}}}, {{k: {text} }}, {text}, {text} ]" if flow else block
    document = read_document(source.encode(), "")
    match document.root:
        case Sequence(items=[Mapping() as one, Mapping() as two, Scalar() as three, Scalar() as four]):
            found = [*(entry.value for node in (one, two) for entry in node.entries.values()), three, four]
            return not document.diagnostics and all(isinstance(node, Scalar) and node.text == text for node in found)
    return False


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
