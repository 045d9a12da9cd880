"""The questions that `tracker import` leaves in a recap, as comments; pure."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from operator import itemgetter

from tracker.recap.diagnostics import Finding
from tracker.recap.document import Document, Mapping, Node, Scalar

MARK = "# import:"
"""How a comment begins that asks a person for something."""

_MARK = re.compile(rf"(?:^|(?<=\s)){re.escape(MARK)}", re.MULTILINE)


def report_open_marks(document: Document) -> None:
    """Add the questions that are still there to a document's diagnostics, but where something else is wrong."""
    if MARK not in document.text or document.root is None:
        return
    told = {one.line for one in document.diagnostics}
    texts = sorted((one.start, one.end) for one in _scalars(document.root))  # of which none is within another
    found = []
    for match in _MARK.finditer(document.text):
        line, _ = document.position(match.start())
        text = bisect_right(texts, match.start(), key=itemgetter(0)) - 1
        if line in told or (text >= 0 and match.start() < texts[text][1]):
            continue
        told.add(line)
        comment = document.rest_of_line(match.start())
        question = comment.removeprefix(MARK).strip()
        finding = Finding((), "R037", f"import asks: {question}", "settle it, and take the comment away")
        found.append(document.diagnostic_at(match.start(), match.start() + len(comment), finding))
    document.diagnostics.extend(found)
    document.report([])  # which sorts them


def _scalars(node: Node) -> Iterator[Scalar]:
    match node:
        case Scalar():
            yield node
        case Mapping():
            for entry in node.entries.values():
                yield from _scalars(entry.value)
        case _:
            for item in node.items:
                yield from _scalars(item)
