"""Which headings, sentences and marks announce actions, and which only sound like it; pure."""

import re
from dataclasses import dataclass

# Words that are about actions wherever they stand in a heading.
_ITEMS = re.compile(
    r"#?\baction[- ](?:items?|points?|list)\b|#actions?\b|\bwork[- ]items?\b|\blist of actions\b"
    r"|\bto-?dos\b|\bto-?do (?:items?|list)\b",
    re.IGNORECASE,
)
_ABBREVIATED = re.compile(r"(?<![\w/])(?:AIs|AI's|ARs|TODOs)(?![\w/])")
_ALONE = re.compile(r"(?:AIs?|ARs?|TODOs?|To-?[Dd]os?)")
# `actions` alone is a word of many subjects, so what stands beside it has to be one of these.
_BEFORE = frozenset(
    """
    next further following these those some several few concrete agreed open potential possible proposed
    suggested the our my your all and or new main key immediate short-term long-term follow-up followup follow
    resulting identified as with of on future required important recommended outstanding upcoming team's
    session's planned more other up to two three four five six seven eight nine ten any necessary individual
    personal specific post-ptg
    """.split()
)
_AFTER = frozenset(
    "for from to of by which that after on and or in out that's we are were agreed identified taken required needed"
    " at before until coming came arising list summary resulting with this discussed decided item".split()
)
_ACTIONS = re.compile(r"([\w'-]+\s+)?(?<![\w#-])\(?actions?\b\)?(?:\s*[/:(,;.]|\s+([\w'-]+)|\s*$)", re.IGNORECASE)
_THINGS_TO_DO = re.compile(
    r"\b(?:things|tasks|steps|what)\b.{0,80}\b(?:need|needs|have|has|ought|want|wants|agreed"
    r"|going) to do\b|^things to do\b",
    re.IGNORECASE,
)
_WEAK = re.compile(
    r"\bnext[- ]steps?\b|\bfollow[- ]?ups?\b|\btasks\b|\bassignments?\b|\bwho does what\b|\bto[- ]do\b"
    r"|\btodo\b|\bvolunteers\b",
    re.IGNORECASE,
)
_FALSE = re.compile(
    r"\breview(?:ing)?\b(?=.*\b(?:action|item|step|todo))|\breview$"
    r"|\b(?:from|of|since|at) (?:the |our )?(?:last|previous|past|prior) (?:meeting|week|time|call|month"
    r"|sync|one|minutes|sprint|session|year|midcycle)"
    r"|\b(?:last|previous|past|prior|old|earlier|former|completed|finished|done) (?:(?:week|meeting|time"
    r"|month|call|session|sprint)(?:'s|s)? )?"
    r"(?:open )?(?:action|ai|item|next|work|todo|step)"
    r"|\b(?:no|without|none|zero) (?:\w+ ){0,2}(?:action|next|work|todo|follow)|\bstatus of (?:the )?(?:\w+ )?action",
    re.IGNORECASE,
)
_GOING_BACK = re.compile(
    r"\b(?:left|carried|remained|remaining|went (?:over|through)|go(?:ing)? (?:over|through)|look(?:ed)? back"
    r"|review(?:ed|ing)?|checked)\b.{0,80}\b(?:from|of|since) (?:the |our )?(?:last|previous|past|prior)\b",
    re.IGNORECASE,
)
_TENTATIVE = re.compile(r"\b(?:potential|possible|tentative|suggested|proposed)\b", re.IGNORECASE)
_MARKUP = re.compile(
    r"\*\*|__|`+|^[#=\s]+|[#=\s]+$|^\*(?=\S)|(?<=\S)\*$|^\d\d?[:.]\d\d(?:\s?[-\u2013]\s?\d\d?[:.]\d\d)?\s+"
)
# One of these is in each line that could announce an action; plain searches, since every line is asked.
_CUES = (
    "action", "todo", "to-do", "to do", "work item", "work-item", "next step", "next-step", "follow", "tasks",
    "assignment", "does what", "volunteers", "#ai", "(ai", "[ai", "(ar", "[ar",
)  # fmt: skip
_SHORT_CUE = re.compile(r"A[IR](?!\w\w)")
_SHORT = 9
_LONGEST_HEADING = 16
_LONGEST_HEAD = 400
"""Characters of what may announce actions, markup counted."""


@dataclass(frozen=True, slots=True)
class Head:
    """What announces a list of actions."""

    weak: bool = False
    """Whether its words head other lists as often, so that an item has to name its owner."""
    tentative: bool = False
    line_items: bool = False
    """Whether each line below is an item, as in a blueprint's work items."""


def has_cue(text: str) -> bool:
    """Tell quickly whether a line holds any word that could announce an action."""
    lower = text.lower()
    return any(cue in lower for cue in _CUES) or _SHORT_CUE.search(text) is not None


def read_head(text: str, *, marked: bool, sentence: bool) -> Head | None:
    """Tell whether a heading or a line announces a list of actions.

    `marked` is a heading by its markup, `sentence` what ends in a colon; a line that is neither must be a head and
    nothing else.
    """
    if len(text) > _LONGEST_HEAD:
        return None
    text = _MARKUP.sub("", text.strip()).strip()
    text = text.strip("[]").rstrip(": ").strip()
    if not text or _FALSE.search(text):
        return None
    words = text.split()
    short = len(words) <= _SHORT
    tentative = _TENTATIVE.search(text) is not None
    strong = (
        _ALONE.fullmatch(text) is not None
        or (
            (_ITEMS.search(text) or _ABBREVIATED.search(text) or _names_actions(text)) is not None
            and (short or sentence or (marked and len(words) <= _LONGEST_HEADING))
        )
        or (sentence and _THINGS_TO_DO.search(text) is not None)
    )
    if strong and not marked and not sentence:
        strong = _is_only_a_head(words)
    if strong:
        return Head(tentative=tentative, line_items=re.match(r"work[- ]items?\b", text, re.IGNORECASE) is not None)
    alone = len(words) <= 3 and _is_only_a_head(words)
    if _WEAK.search(text) and (sentence or (marked and short) or alone):
        return Head(weak=True, tentative=tentative)
    return None


def goes_back(text: str) -> bool:
    """Tell whether a sentence speaks of going through what an earlier meeting left."""
    return _GOING_BACK.search(text) is not None


def _names_actions(text: str) -> re.Match[str] | None:
    for match in _ACTIONS.finditer(text):
        bracketed = "(" in match[0][: len(match[1] or "") + 1]
        before = "" if bracketed else (match[1] or "").strip().casefold()
        after = (match[2] or "").casefold()
        if (not before or before in _BEFORE) and (not after or after in _AFTER):
            return match
    return None


def _is_only_a_head(words: list[str]) -> bool:
    """Tell a line that is nothing but a heading from the beginning of a sentence."""
    return (
        len(words) <= 6
        and not words[-1].endswith((".", "!", "?", ",", ";"))
        and (len(words) <= 2 or words[0][:1].isupper())
    )


# marks at a line's beginning

_WORD = (
    r"(?:ACTIONS?|Actions?|actions?|AIs?|ARs?|TODOs?|Todo|todo|To[- ]do|FOLLOW[- ]?UPS?|NEXT[- ](?:STEPS?"
    r"|ACTIONS?)|Next[- ](?:steps?|actions?))"
)
_KIND = r"(?:[ -](?:items?|points?|ITEMS?|POINTS?|Items?))?"
_LEAD = r"[^\w\[#(]{0,6}"
# Where blanks may stand on both sides of what may be missing, they are taken once (`*+`): else a long run of them is
# parted in every way.
_MARKS = (
    re.compile(
        rf"{_LEAD}(?P<word>{_WORD}){_KIND}\s*+(?:[(\[](?P<names>[^()\[\]]{{1,100}})[)\]])?\**+\s*+(?P<sep>:|->"
        rf"|[-\u2013\u2014](?=\s))\**\s*(?P<text>\S.*)",
        re.DOTALL,
    ),
    re.compile(
        rf"{_LEAD}[\[(](?P<word>{_WORD}){_KIND}(?:(?:\s*+[:\-\u2013])?\s++(?P<names>[^()\[\]:]{{1,100}})"
        rf"|:(?P<names2>[^()\[\]:]{{1,100}}))?[\])]\**\s*:?\s*(?P<text>\S.*)",
        re.DOTALL,
    ),
    re.compile(
        rf"{_LEAD}(?:[(\[](?P<by>[\w.|`^-]{{2,30}})[)\]]:?\s+|(?:<[@+ ]?)(?P<said>[\w.|`^-]{{2,30}})>\s+)?"
        r"(?P<hash>#)(?P<word>action|ACTION|Action|todo|TODO|ai|AI)\b\s*:?\s*(?P<text>\S.*)",
        re.DOTALL,
    ),
    re.compile(r"(?P<word>ACTION|AI|AR|TODO)\s+(?P<text>\S+(?:\s+and\s+\S+)?\s+(?:to|will)\s.*)", re.DOTALL),
    re.compile(
        r"(?P<word>ACTION|AI|AR|TODO)\s+(?P<names>[\w.|-]{2,30}(?:(?:,\s*|/"
        r"|\s+and\s+)[\w.|-]{2,30}){0,3}):\s+(?P<text>\S.*)",
        re.DOTALL,
    ),
)
# In the middle of a line only capitals count, and what begins a sentence.
_INNER = re.compile(
    r"(?:(?:(?<=[\s.;,()\u2013\u2014>-])|^)(?:ACTION(?:[ -]ITEM)?S?|AI|AR|NEXT STEPS?"
    r"|TODO)|(?<=[.!?]\s)(?:\*\*)?Actions?)\s*(?:[(\[](?P<names>[^()\[\]]{1,100})[)\]])?:(?:\*\*)?\s+(?P<text>[^\s(].*)"
)
_BRACKETED = re.compile(
    r"\((?:action|ACTION|Action|AI|AR)(?:[ -](?:item|point|ITEM|POINT))?s?:\s*(?P<text>[^()]{8,400})\)"
)
_BEHIND = re.compile(r"\s[(\[](?:AI|AR|TODO|ACTION|(?:ACTION|[Aa]ction)[- ](?:ITEM|item))[)\]][.;,]?$")
_LONGEST_BEHIND = 20
_NOTHING = re.compile(
    r"(?:none(?: (?:that|besides|except|so far|for now|yet|this time|today|here)\b.{0,60})?"
    r"|nothing|n/?a|no|tbd|tba|-+|nil|see (?:below|above).*|\(none\)|no .{0,30})[.!:]?\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A marker with what it marks, and the names that it has in brackets."""

    text: str
    names: str | None = None
    by: str | None = None
    """Who stands before it in brackets, and does it unless the text names others: `(kim) #action …`."""
    speaker: str | None = None
    """Who said it: `<kim> #action …`."""
    is_command: bool = False
    """Whether it is one of MeetBot's, which a nick follows."""


def read_mark(text: str) -> Mark | None:
    """Read `ACTION: …`, `AI: …`, `[ACTION] …`, `#action …`, `NEXT STEP (nick): …` at the beginning of an item."""
    for mark in _MARKS:
        match = mark.match(text)
        if match is None:
            continue
        groups = match.groupdict()
        names = groups.get("names") or groups.get("names2")
        word, separator = match["word"], groups.get("sep", ":")
        if separator != ":" and not names and not word.isupper():
            continue
        if word[:1] in "NnFf" and not names and not word.isupper():
            continue  # `Next step: …` begins a sentence
        if is_nothing(match["text"]) or (match["text"].endswith(":") and not names):
            return None
        return Mark(
            match["text"].strip(),
            names.strip() if names else None,
            by=groups.get("by"),
            speaker=groups.get("said"),
            is_command=groups.get("hash") is not None,
        )
    return None


def read_inner_marks(text: str) -> list[Mark]:
    """Read markers that stand after other words of a line."""
    if (match := _INNER.search(text)) and not is_nothing(match["text"]):
        return [Mark(match["text"].strip(), match["names"])]
    if (match := _BEHIND.search(text, max(0, len(text) - _LONGEST_BEHIND))) and not is_nothing(text[: match.start()]):
        return [Mark(text[: match.start()].strip())]
    return [Mark(match["text"].strip()) for match in _BRACKETED.finditer(text)]


def is_nothing(text: str) -> bool:
    """Tell whether an item only says that there is none, or counts some: `To do: 12`."""
    return _NOTHING.fullmatch(text) is not None or not any(letter.isalpha() for letter in text)
