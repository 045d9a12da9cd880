"""How far an item says that it is, by a box, a line through it, or words; pure."""

import re

_DONE = re.compile(
    r"(?:\s*[:\-\u2013\u2014.,;>=]+\s*|\s+)(?:(?:\[|\()?(?:DONE|COMPLETED?|FIXED|FINISHED|CLOSED"
    r"|MERGED)(?:\]|\))?|[\u2713\u2714\u2705])[.!;,]*$"
    r"|\s*[:\-\u2013\u2014\[(]+\s*(?:[Dd]one|[Cc]ompleted?|[Ff]inished)\s*[\])]?[.!;,]*$"
)
_DONE_HEAD = re.compile(r"(?:\(?\[?(?:DONE|COMPLETED)\b\]?\)?:?)\s*")
_STATE = re.compile(
    r"\s*[:\-\u2013\u2014]\s*\(?\[?(?:TODO|INPROGRESS|IN PROGRESS|in progress|BLOCKED|POSTPONED|ongoing"
    r"|ONGOING|open|OPEN|pending|PENDING)\]?\)?[.!;,]*$"
)
# `done, the last patch went in on Friday`, but not `done, pending or blocked`.
_DONE_AND_MORE = re.compile(
    r"(?:\s*:\s*|\s+[-\u2013\u2014]+\s*|\s+\()(?:DONE|[Dd]one|COMPLETED?|[Cc]ompleted?|FIXED|FINISHED|[Ff]inished|MERGED)"
    r"[,;]\s+(?:(?!or\s)[^\s,;]+\s+){2,16}[^\s,;]+$"
)
_OPEN_BOX = re.compile(r"^(?:\[ ?\]|\u2610)\s*")
_STRUCK = re.compile(r"~~(.{2,}?)~~")
_TICKED = re.compile(r"(?:\[[xX]\]|[\u2713\u2714\u2705\u2611])\s*(.+)", re.DOTALL)


def take_tick(text: str) -> tuple[str, bool]:
    """Return an item without the box before it or the line through it, and whether these say that it is done."""
    text = _OPEN_BOX.sub("", text.strip(), count=1)
    ticked = _STRUCK.match(text) or _TICKED.match(text)
    return (ticked[1], True) if ticked else (text, False)


def take_state(text: str) -> tuple[str, bool]:
    """Return an item without the words that say how far it is, and whether it is done."""
    if match := _DONE_HEAD.match(text):
        return text[match.end() :].strip(), True
    tail = max(0, len(text) - 60)
    if match := _DONE.search(text, tail):
        return text[: match.start()], True
    if match := _DONE_AND_MORE.search(text, max(0, len(text) - 120)):
        return text[: match.start()], True
    if match := _STATE.search(text, tail):
        return text[: match.start()], False
    return text, False
