"""Text in a page of Markdown: words that stand for themselves, and notes, whose own Markdown counts; pure."""

import re

from tracker.mail.plain import clean, one_line

# What means something anywhere on a line, and what does where it begins.
_ANYWHERE = re.compile(r"[\\`*_{}\[\]<>|&~#]")
_BEGINS = re.compile(r"^(?:[+\-=]|\d+(?=[.)]))")
# What of the notes' own Markdown stays out: HTML, links that lead elsewhere than to a page or a mailbox, and headings
# and fences, which would take in what follows. Where code begins is not looked for, so `<` has a backslash there too.
_LINK = r"(?:https?://|mailto:)"
_LIVE = re.compile(rf"\\.|<{_LINK}[^\s<>]*>|(?P<live><|\](?=[(:])(?![(:][ ]?{_LINK}))")
_ITEMS = r"^(?:[ >]|[-*+][ ]|\d+[.)][ ])*"
_BLOCK = re.compile(rf"{_ITEMS}(?P<mark>#{{1,6}}(?=[ ]|$)|[-=]+[ ]*$|```|~~~)")


def escape_markdown(text: str) -> str:
    """Return a line of text of which nothing is Markdown."""
    line = _ANYWHERE.sub(r"\\\g<0>", one_line(text))
    return _BEGINS.sub(lambda match: _escape_last(match[0]), line)


def keep_markdown(text: str) -> str:
    """Return notes whose lists, emphasis and links to pages are Markdown, and which change nothing around them."""
    lines = []
    for line in clean(text).split("\n"):
        match = _BLOCK.match(line)
        plain = f"{line[: match.start('mark')]}\\{line[match.start('mark') :]}" if match else line
        lines.append(_LIVE.sub(lambda found: f"\\{found[0]}" if found["live"] else found[0], plain))
    return "\n".join(lines)


def link_markdown(url: str) -> str:
    """Return an address as a link."""
    if not url.startswith(("https://", "http://")):
        return escape_markdown(url)
    return f"<{url.replace('<', '%3C').replace('>', '%3E')}>"


def _escape_last(text: str) -> str:
    """Escape a mark where a line begins; a number is none, but the full stop after it is."""
    return f"{text}\\" if text.isdecimal() else f"\\{text}"
