"""HTML as the plain text that a person would have typed: bullets, headings, bold and quotes as marks; pure.

The standard library's parser takes quadratic time over damaged tags (seen with Python 3.11), so tags are found here,
in one pass.
"""

import html
import re

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})\b([^<>]{0,4000})>")
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f]+")

_UNSHOWN = {"script", "style", "title", "template"}
_BOLD = {"b", "strong"}
_BLOCKS = {
    "p", "div", "ul", "ol", "li", "tr", "table", "section", "article", "header", "footer", "dl", "dt", "dd", "hr",
    "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "body",
}  # fmt: skip
_PARAGRAPHS = {"p", "ul", "ol", "table", "dl", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "hr"}
_DEEPEST = 20  # levels of lists and quotes that are told apart


def read_html(source: str) -> tuple[str, list[str]]:
    """Return the text of a page, and the addresses that its links lead to."""
    writer = _Writer()
    position = 0
    source = _without_comments(source)
    unshown: str | None = None
    for match in _TAG.finditer(source):
        closing, name, attributes = match[1] == "/", match[2].lower(), match[3]
        if unshown is None:
            writer.text(source[position : match.start()])
        position = match.end()
        if unshown is not None:
            unshown = None if closing and name == unshown else unshown
        elif name in _UNSHOWN and not closing:
            unshown = name
        else:
            writer.tag(name, attributes, closing=closing)
    if unshown is None:
        writer.text(source[position:])
    return writer.result(), writer.links


def _without_comments(source: str) -> str:
    pieces = []
    position = 0
    while (start := source.find("<!--", position)) >= 0 and (end := source.find("-->", start + 4)) >= 0:
        pieces.append(source[position:start])
        position = end + 3
    return "".join([*pieces, source[position:]])


class _Writer:
    """Writes lines as tags and text come by."""

    def __init__(self) -> None:
        self.links: list[str] = []
        self._lines: list[str] = []
        self._line: list[str] = []
        self._lists = 0
        self._quotes = 0
        self._preformatted = 0
        self._prefix = ""

    def text(self, source: str) -> None:
        """Add text between tags; line ends count in preformatted text alone."""
        if not source:
            return
        text = html.unescape(source).replace("\xa0", " ")
        if not self._preformatted:
            self._line.append(_SPACE.sub(" ", text))
            return
        first, *rest = text.split("\n")
        self._line.append(first)
        for line in rest:
            self._end_line()
            self._line.append(line)

    def tag(self, name: str, attributes: str, *, closing: bool) -> None:
        """Take a tag for what it does to the text."""
        if name == "br":
            self._end_line()
        elif name in _BOLD:
            self._line.append("**")
        elif name == "a" and not closing and (found := _HREF.search(attributes)):
            self.links.append(html.unescape(found[1] or found[2] or found[3] or "").strip())
        elif name in {"td", "th"}:
            self._line.append(" ")
        elif name in _BLOCKS:
            self._block(name, closing=closing)

    def _block(self, name: str, *, closing: bool) -> None:
        self._end_line(only_if_written=True)
        step = -1 if closing else 1
        if name in _PARAGRAPHS and not (name in {"ul", "ol"} and self._lists + min(step, 0) > 0):
            self._blank()
        if name in {"ul", "ol"}:
            self._lists = max(0, self._lists + step)
        elif name == "blockquote":
            self._quotes = max(0, self._quotes + step)
        elif name == "pre":
            self._preformatted = max(0, self._preformatted + step)
        if closing:
            self._prefix = ""
        elif name == "li":
            self._prefix = "  " * min(self._lists, _DEEPEST) + "* "
        elif name[0] == "h" and name[1:].isdecimal():
            self._prefix = "#" * int(name[1:]) + " "

    def _end_line(self, *, only_if_written: bool = False) -> None:
        text = "".join(self._line)
        text = text.rstrip() if self._preformatted else text.strip()
        self._line.clear()
        if text in {"", "****"}:
            if not only_if_written:
                self._blank()
            return
        indent = self._prefix or ("  " * min(self._lists, _DEEPEST) + "  " if self._lists else "")
        self._lines.append("> " * min(self._quotes, _DEEPEST) + indent + text)
        self._prefix = ""

    def _blank(self) -> None:
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def result(self) -> str:
        """Return the lines written."""
        self._end_line(only_if_written=True)
        return "\n".join(self._lines).rstrip("\n")
