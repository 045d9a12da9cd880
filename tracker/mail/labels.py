"""People named in a label before what they do: `Kim: review it`, `Kim/Lee - review it`; pure."""

import re
from collections.abc import Iterator

from tracker.mail.names import Likeness, Name, Names
from tracker.mail.words import VERBS

_COLON_HEAD = re.compile(r"(?P<names>[^:]{1,60}):\s+(?=\S)")
_ASKED_HEAD = re.compile(r"(?P<names>[^:]{1,60}?),\s+(?=please\s)", re.IGNORECASE)
_DASH_HEAD = re.compile(r"(?P<names>[^:\u2013\u2014\u2192]{1,60}?)\s+(?:[-\u2013\u2014]{1,2}|[-=]>|\u2192)\s+(?=\S)")
_NAMED_HEAD = re.compile(
    r"(?:owners?|assignees?|assigned to|who)\s*:\s*(?P<names>[^:;\u2013\u2014]{1,60}?)\s*"
    r"(?:\s-{1,2}|[:;\u2013\u2014])\s+(?=\S)",
    re.IGNORECASE,
)
# What somebody says, and not what they do.
_REMARK = re.compile(
    r"(?:nothing|none|nobody|no|yes|yeah|i|we|you|they|he|she|that|this|it|ok|okay|agreed|same|maybe|not|there|what|why"
    r"|how|lgtm|thanks|liked?|good|bad|short)\b|[-+]\d|[\"\u201c]"
    r"|.{0,200}(?:\?$|\b(?:is|are|was|were|has|have|had|should|would|will|can|could|needs?|does|did|'s)\b)",
    re.IGNORECASE,
)
_LONGEST_LABELLED = 12
"""Words of what somebody does, where it begins with a thing and not with a verb."""
_EVERYBODY = frozenset({"all", "everybody", "everyone"})
_FIRST_WORD = re.compile(r"(?:(?:please|to|will)\s+)?(\w+)\b(?!\s*:)", re.IGNORECASE)


def read_labels(text: str, names: Names, *, listed: bool) -> Iterator[tuple[tuple[Name, ...], str]]:
    """Yield the people before a colon or a dash, and what they do.

    `listed` says that the text surely is an action, and no remark of theirs.
    """
    if (match := _NAMED_HEAD.match(text)) and (found := names.parse_list(match["names"], expected=True)):
        yield found, text[match.end() :]
    for head in (_COLON_HEAD, _ASKED_HEAD, _DASH_HEAD):
        if (match := head.match(text)) and (found := names.parse_list(match["names"], expected=True)):
            rest = text[match.end() :]
            if _heads_action(found, rest, names, listed=listed):
                yield found, rest


def _heads_action(found: tuple[Name, ...], rest: str, names: Names, *, listed: bool) -> bool:
    """Tell `Kim: review it`, `Kim/Lee: review it` and `Kim Example -- the review` from other labels."""
    if begins_with_verb(rest):
        if all(name.text.casefold() in _EVERYBODY for name in found):
            return True
        strong = all(name.likeness is Likeness.STRONG for name in found)
        if strong and all(names.knows(name.text) or names.is_listed(name.text) or " " in name.text for name in found):
            return True
        # Beside somebody who is known stands nobody else's label.
        known = any(names.is_listed(name.text) or (names.knows_of(name) and not name.group) for name in found)
        return len(found) > 1 and known and all(_may_own(name, names) for name in found)
    known = all(names.is_listed(name.text) or (names.knows_of(name) and _may_own(name, names)) for name in found)
    return listed and known and len(rest.split()) <= _LONGEST_LABELLED and not _REMARK.match(rest)


def _may_own(name: Name, names: Names) -> bool:
    return names.is_listed(name.text) or names.may_be_person(name)


def begins_with_verb(text: str) -> bool:
    """Tell whether a text begins with what somebody is to do."""
    match = _FIRST_WORD.match(text)
    return match is not None and match[1].lower() in VERBS
