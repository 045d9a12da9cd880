"""Plain text of a mail: what may stand in it, and lines no wider than a reader's window; pure.

A line that the next one goes on with ends in a blank, as format=flowed has it (RFC 3676): programs that know it show
a paragraph as wide as their window, others show the lines.
"""

import re
from collections.abc import Iterator

WIDTH = 72
"""Columns of a line; one that is a single word, an address say, may be wider."""

_UNREADABLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff"
    r"\ufff9-\ufffb\ufffe\uffff]"
)
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BULLET = re.compile(r"(?P<indent> *)(?P<bullet>[-*\u2022+] +|\d{1,3}[.)] +)(?=\S)")
# What means something where a line begins: a quote, an mbox's next message, what underlines a heading, a fence or the
# signature, and the head of the list of actions.
_MEANING = re.compile(r">|From |([^\w\s]|_)\1*[ \t]*$|-{5}|_{20}|Next actions:")
# Such a word would begin an item if a line began with it.
_LIKE_A_BULLET = re.compile(r"[-*\u2022+]|\d{1,3}[.)]")


def clean(text: str) -> str:
    """Take out what no text needs: controls, marks that turn the reading direction, invisible characters."""
    return _UNREADABLE.sub("", unify_line_ends(text)).replace("\xa0", " ").expandtabs(4)


def unify_line_ends(text: str) -> str:
    """Return a text whose lines end in LF, whatever ended them."""
    return _LINE_ENDS.sub("\n", text)


def one_line(text: str) -> str:
    """Return a text on one line, its words a blank apart."""
    return " ".join(clean(text).split())


def fill(text: str, first: str = "", rest: str = "", *, width: int = WIDTH, soft: bool = True) -> list[str]:
    """Break a paragraph into lines of at most `width` columns, words whole; `first` and `rest` begin its lines.

    Where they are `soft` they are a mail's text: each but the last ends in a blank, since the next one goes on with
    it, and none means anything else.
    """
    from wcwidth import wcswidth

    lines: list[str] = []
    current, used, is_empty = first, wcswidth(first), True
    for word in _words(text):
        columns = max(wcswidth(word), 0)
        if not is_empty and used + 1 + columns > width:
            lines.append(current)
            current, used, is_empty = rest, wcswidth(rest), True
        current += word if is_empty else f" {word}"
        used += columns + (not is_empty)
        is_empty = False
    lines.append(current)
    if not soft:
        return lines
    guarded = [guard(line) for line in lines]
    return [f"{line} " for line in guarded[:-1]] + guarded[-1:]


def _words(text: str) -> list[str]:
    """Return the words of a text; one that would begin an item stays with the word before it."""
    groups: list[list[str]] = []
    for word in text.split():
        if groups and _LIKE_A_BULLET.fullmatch(word):
            groups[-1].append(word)
        else:
            groups.append([word])
    return [" ".join(group) for group in groups]


def guard(line: str) -> str:
    """Keep a line of free text from meaning anything: a blank before it does that, for people and programs alike."""
    return f" {line}" if _MEANING.match(line) else line


def unguard(line: str) -> str:
    """Return a line as it was before `guard`."""
    return line[1:] if line[:1] == " " and _MEANING.match(line[1:]) else line


def fill_text(text: str, *, width: int = WIDTH, soft: bool = True) -> list[str]:
    """Break a text of paragraphs and lists into lines; what is indented without a bullet stays as it is."""
    lines: list[str] = []
    for block in _blocks(clean(text).split("\n")):
        match = _BULLET.match(block[0])
        if match:
            # Items keep their place below their bullet, which a program that flows lines would not know.
            hanging = " " * match.end()
            lines += fill(
                " ".join([block[0][match.end() :], *block[1:]]), match.group(), hanging, width=width, soft=False
            )
        elif block[0].startswith(" "):
            lines += [line.rstrip() for line in block]
        elif block[0]:
            lines += fill(" ".join(block), width=width, soft=soft)
        elif lines and lines[-1]:
            lines.append("")
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """Yield what belongs together: a paragraph, an item, a line that is indented, and one empty line between."""
    block: list[str] = []
    for line in lines:
        goes_on = block and block[0] and line.strip() and not _BULLET.match(line)
        if goes_on and (_BULLET.match(block[0]) or (block[0][0] != " " and line[0] != " ")):
            block.append(line.strip())
            continue
        if block:
            yield block
        block = [line.rstrip() if line.strip() else ""]
    if block:
        yield block


def as_text(body: str) -> str:
    """Return a body whose lines end where they end, for people: without the blanks that tell programs of more."""
    return "".join(f"{line.rstrip()}\n" for line in body.splitlines())


def as_flowed(body: str) -> str:
    """Return a body as format=flowed is sent: a line that begins with a blank, `>` or `From ` gets one before it."""
    return "".join(f"{_stuff(line)}\n" for line in body.splitlines())


def _stuff(line: str) -> str:
    return f" {line}" if line.startswith((" ", ">", "From ")) else line
