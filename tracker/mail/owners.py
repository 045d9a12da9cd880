"""Who does an action, as its sentence says: owners, those with whom, and what is left to do; pure.

Better no owner than a wrong one: what is not surely somebody is nobody.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tracker.mail.labels import begins_with_verb, read_labels
from tracker.mail.names import FIRST_PERSON, Likeness, Name, Names
from tracker.mail.states import take_state, take_tick
from tracker.mail.words import VERBS

_ADVERBS = (
    r"(?-i:(?:also|still|then|now|both|already|kindly|happily|tentatively|possibly|probably|maybe|perhaps|each"
    r"|jointly|together|hopefully)\s+)"
)
# What stands between who does something and what is done.
_VERB = re.compile(
    rf"""(?:(?<=[\w\])*?.`])|(?<=\())\s*(?P<contracted>['\u2019](?:ll|s\s+going\s+to)\s+)
    |\s+{_ADVERBS}{{0,2}}(?:
        (?P<to>to)
      | (?P<modal>will|shall|should|must|may|might|can|could|would|needs?\s+to|ha(?:s|ve)\s+to|ought\s+to)
      | (?:ha(?:s|ve|d)\s+)?{_ADVERBS}?(?P<promised>volunteer(?:ed|s)?|agree[ds]?|offer(?:ed|s)?|promise[ds]?
            |commit(?:ted|s)|plans?|planned|intends?|wants?|hopes?|signed\s+up|stepped\s+up|proposed|undertook|decided|wishes|accepted)
            (?:\s+(?:to|for|as))
      | (?:ha(?:s|ve)\s+)?(?P<took>takes?|took|taken)(?=\s+(?:the|this|that|it|care|on|over|up|a|an|ownership)\b)
      | (?:is|are|am|was|were|['\u2019]s|['\u2019]re)\s+{_ADVERBS}?(?:
            (?P<being>going|planning|looking|working|hoping|happy|willing|ready|keen|prepared|interested|supposed|due
                |expected|to|responsible|volunteering|writing|preparing|taking|investigating|fixing|\w{{2,20}}ing))
      | (?P<considers>considers?|thinks\s+about)
    )(?=[\s,])""",
    re.VERBOSE | re.IGNORECASE,
)
_PARTICIPLE = re.compile(
    r"(?:(?:to|have|has|need|needs|also|then|now|soon|get|not)\s+)*(?:(?:be|been)\s+(?:\w+ly\s+|also\s+|then\s+)?"
    r"(?:\w+ed|done|made|written|sent|put|built|found|held|kept|taken|given|shown|split|set|cut|chosen"
    r"|drawn|driven|run"
    r"|begun|brought|bought|read|told|left|met|paid|sold|rewritten|spun|thrown|broken|hidden|known|seen|gone|redone"
    r"|too|more|less|very|used|easy|easier|hard|harder|possible|enough|able|available)|get\s+\w+ed)\b",
    re.IGNORECASE,
)
# What cannot follow `to` where it begins what is to be done.
_NO_VERB = re.compile(
    r"(?:the|an?|our|your|their|his|her|its|my|all|any|some|this|that|these|those|each|every|it|them|him"
    r"|us|you|me|see\s+if"
    r"|\d\S*|https?:\S*|[\w.-]+ers|[\w.-]+team|use\s+of)\b(?!\s*\()",
    re.IGNORECASE,
)
_UNSURE_WORDS = re.compile(r"\b(?:tentatively|possibly|perhaps|maybe|probably)\b", re.IGNORECASE)
_IF_THERE_IS_TIME = re.compile(
    r"\b(?:time permitting|if (?:time permits|possible)|if (?:he|she|they|I|we) (?:has|have|finds?"
    r"|gets?) (?:\w+ ){0,2}(?:time|cycles|bandwidth))\b",
    re.IGNORECASE,
)
_UNSURE_END = re.compile(
    r"\s*[(\[](?:\?+|tentative(?:ly)?|tbc|to be confirmed|maybe|unconfirmed)[)\]]\s*[.;,]*$", re.IGNORECASE
)
_UNSURE_MODALS = {"may", "might", "could"}

_PREFIX = re.compile(
    r"(?:(?:also|and|then|in addition|additionally|plus|next|first|finally|possibly|maybe|perhaps"
    r"|tentatively)\b,?\s+)+(?=\S)",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r",\s+(?:who|which|as|being|together with|along with|with|if|when|once|while|after)\s[^,]{1,120},?\s*$"
)
_TOGETHER = re.compile(
    r"\s*,?\s*\(?(?:together|along|in collaboration|in coordination)?\s*\bwith\s+"
    r"(?:(?:the\s+)?(?:help|support|assistance)\s+(?:from|of)\s+)?(?P<names>[^()]{2,100}?)\)?\s*,?$",
    re.IGNORECASE,
)
_HEAD_LENGTH = 200

_NOBODY = re.compile(
    r"[\[(](?:unassigned|unowned|nobody|no[- ]?one|none|anyone|anybody|tbd|tba|n/?a|\?+|needs? (?:an )?owner"
    r"|owner needed|volunteer needed)[\])]\s*:?\s*(?=\S)",
    re.IGNORECASE,
)
_HEAD_BRACKET = re.compile(r"[\[(](?P<names>[^\[\]()]{1,100})[\])]\s*[:\-\u2013]?\s*(?=\S)")
_TAIL_BRACKET = re.compile(r"\s*\[(?P<names>[^\[\]]{1,100})\]\s*[.;,]*$")
_TAIL_ROUND = re.compile(r"\s*\((?P<names>[^()]{1,100})\)\s*[.;,]*$")
_TAIL_UNSURE = re.compile(r"\s*\((?P<names>[^()?]{2,60}\?)\)\s*[.;,]*$")
_TAIL_NAMED = re.compile(
    r"\s?[(\[,;\-\u2013\u2014]{0,4}\s?(?:owners?|assignees?|assigned to|lead"
    r"|who)\s*:?\s+(?P<names>[^()\[\]]{1,100}?)[)\]]?[.;,]*$",
    re.IGNORECASE,
)
_TAIL_ARROW = re.compile(r"\s+(?:[-=]>|[\u2192\u21d2])\s*(?P<names>[^<>\u2192\u21d2]{2,60}?)[.;,]*$")
_TAIL_DASH = re.compile(r"(?P<before>.)\s+(?P<dash>--?|[\u2013\u2014])\s+(?P<names>[^\u2013\u2014]{1,60}?)[.;,]*$")
_DASH_CLAUSE = re.compile(r"\s(?:--?|[\u2013\u2014])\s+")
_CONDITION = re.compile(r"(?:when|if|once|in case|should|as soon as|after|unless)\b[^,]{1,200},\s+", re.IGNORECASE)
_WHILE = re.compile(r"[,;]?\s+(?:while|whereas)\s+")
_HELPERS = re.compile(
    r"[,;]\s+(?P<names>[^,;:]{1,40}(?:,\s[^,;:]{1,40}){0,4}?)\s+(?:to|will|can)\s+(?:help|assist|support"
    r"|review)\b[^,;]{0,80}$"
)
_WITH = re.compile(
    r"\b(?:work(?:s|ing)?|together|along|team(?:s|ing)?(?: up)?|pair(?:s|ing)?(?: up)?|sync(?:s"
    r"|ing)?(?: up)?|coordinat(?:e|es|ing|ion)"
    r"|collaborat(?:e|es|ing|ion)|cooperat(?:e|es|ing|ion)|liaise|discuss|sit|meet|chat|talk|speak"
    r"|help from|support from|get in touch|in touch|follow up|followup)"
    r"(?:\s+(?:closely|together|along|up|down|directly|it|this|that|again))?\s+(?:with\s+)?(?:(?<=with )"
    r"|(?<=from ))(?=\S)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What an action's sentence says."""

    text: str
    """The item, without a box to tick or the names in brackets at its beginning."""
    title: str
    """What is to be done, without who does it."""
    owners: tuple[Name, ...] = ()
    collaborators: tuple[str, ...] = ()
    tentative: bool = False
    done: bool = False

    @property
    def group(self) -> bool:
        """Whether every owner is a group."""
        return bool(self.owners) and all(owner.group for owner in self.owners)


def begins_with_owner(text: str, names: Names) -> bool:
    """Tell whether a line begins like an action of its own: a name and what they do, or names in brackets."""
    text = text.strip()
    bracket = _HEAD_BRACKET.match(text)
    if bracket and text[0] == "[" and (_NOBODY.match(text) or names.parse_list(bracket["names"], expected=True)):
        return True
    found = _read_subject(text, names)
    return found is not None and found[0] != ()


def read_action(
    text: str,
    names: Names,
    *,
    marked: str | None = None,
    inherited: str | None = None,
    is_command: bool = False,
    listed: bool = False,
    round_tails: bool = True,
) -> Reading:
    """Read an item.

    `marked` are the names that its marker has: `NEXT STEP (Kevin):`; `inherited` those of the item above: `Kevin:`.
    `is_command` says that it is what MeetBot was told, whose first word is a nick, `listed` that it surely is an
    action and no remark, `round_tails` that names in round brackets at the end are owners, and not who said it.
    """
    text, ticked = take_tick(text)
    if nobody := _NOBODY.match(text):
        text = text[nobody.end() :]
    plain, done = take_state(text)
    unsure = _UNSURE_WORDS.search(plain[:80]) is not None or _IF_THERE_IS_TIME.search(plain) is not None
    if end := _UNSURE_END.search(plain, max(0, len(plain) - 40)):
        plain, unsure = plain[: end.start()], True
    if (match := _HEAD_BRACKET.match(text)) and text[0] == "[" and names.parse_list(match["names"], expected=True):
        text = text[match.end() :]
    owners, rest = next(
        (
            found
            for found in (
                *_readings(plain, names, marked, round_tails=round_tails, listed=listed),
                _owners_before_command(plain, names, is_command=is_command),
            )
            if found[0]
        ),
        ((), plain),
    )
    owners = owners or names.parse_list(inherited or "")
    verb = _VERB.search(plain[:_HEAD_LENGTH])
    modal = _head_modal(verb, names) if verb else None
    helpers = _read_collaborators(plain, verb, owners, names)
    owned = {owner.text.casefold() for owner in owners}
    return Reading(
        text,
        title=_tidy(rest),
        owners=owners,
        collaborators=tuple(name for name in helpers if name.casefold() not in owned),
        tentative=any(owner.tentative for owner in owners) or modal in _UNSURE_MODALS or unsure,
        done=done or ticked,
    )


def _readings(
    text: str, names: Names, marked: str | None, *, round_tails: bool, listed: bool
) -> Iterable[tuple[tuple[Name, ...], str]]:
    """Yield each way to read owners, the surest first."""
    if marked and (found := names.parse_list(marked, expected=True)):
        yield found, text
    match = _HEAD_BRACKET.match(text)
    told = match is not None and (text[0] == "[" or match[0].rstrip().endswith(":"))
    if match and (found := names.parse_list(match["names"], expected=told)):
        told = told or _sure(found)
        if told and not any(names.is_project(name.text) for name in found):
            yield found, text[match.end() :]
        text = text[match.end() :]
    subject = _read_subject(text, names)
    if subject is not None:
        owners, rest = subject
        yield owners + _further_owners(rest, names) if owners else (), rest
    yield _tail_owners(text, names, round_tails=round_tails)
    yield _inner_owners(text, names)
    yield from read_labels(text, names, listed=listed)


def _owners_before_command(text: str, names: Names, *, is_command: bool) -> tuple[tuple[Name, ...], str]:
    """Read `nick write it` and `nick and nick write it`, of people that are known, or whom MeetBot was told."""
    words = text.split(" ", 6)
    for length in range(min(len(words), 6) - 1, 0, -1):
        found = names.parse_list(" ".join(words[:length]))
        if not found or words[length - 1].endswith((":", ",")):
            continue
        rest = " ".join(words[length:])
        known = all(names.knows(name.text) for name in found)
        if known and (begins_with_verb(rest) or (length == 1 and rest[:1].islower() and words[0] not in VERBS)):
            return found, rest
        if is_command and begins_with_verb(rest) and all(_may_be_nick(name, names) for name in found):
            return found, rest
    return (), text


def _may_be_nick(name: Name, names: Names) -> bool:
    return names.may_be_person(name) and name.text.islower() and " " not in name.text


def _read_subject(text: str, names: Names) -> tuple[tuple[Name, ...], str] | None:
    """Read `Name to …`, `A and B will …`: the owners and what they do.

    Without owners, what it says of whom is something that is no owner: `patches will be merged`; None when the text
    has no such beginning.
    """
    prefix = _PREFIX.match(text)
    start = prefix.end() if prefix else 0
    head = text[start : start + _HEAD_LENGTH]
    for match in _VERB.finditer(head):
        subject = head[: match.start()]
        rest = text[start + match.end() :].strip()
        if match["contracted"] is None and not subject.strip():
            continue
        together = _find_together(subject)
        whom = subject[: together.start()] if together else subject
        # `will to test`, but `mark to market`.
        ordered = match["to"] is not None and begins_with_verb(rest)
        found = names.parse_list(_CLAUSE.sub("", whom) if "," in whom else whom, expected=ordered)
        if not found:
            continue
        if _is_passive(match, rest) or (match["to"] and _NO_VERB.match(rest) and not _sure(found)):
            return (), text
        if match["to"] and _begins_with_name(rest, names):
            return (), text
        return found, re.sub(r"^(?:to|for)\s+(?=\S)", "", rest) if match["to"] is None else rest
    return None


def _find_together(subject: str) -> re.Match[str] | None:
    return _TOGETHER.search(subject) if "with" in subject.lower() else None


def _sure(found: tuple[Name, ...]) -> bool:
    return all(name.likeness is Likeness.STRONG for name in found)


def _is_passive(match: re.Match[str], rest: str) -> bool:
    if (
        match["to"]
        or match["modal"]
        or match["contracted"]
        or (match["being"] or "").lower() in {"to", "going", "due", "supposed"}
    ):
        return _PARTICIPLE.match(rest) is not None
    return False


def _begins_with_name(rest: str, names: Names) -> bool:
    """Tell `Talk to Kevin about it` from `Talkie to kevin…`: no name follows `to` before something done."""
    word = rest.split(" ", 1)[0].strip(".,;:")
    return bool(word) and names.knows(word)


def _head_modal(match: re.Match[str], names: Names) -> str | None:
    """Return the word between an owner, or `we`, and what is done, where it makes that unsure."""
    if match["considers"]:
        return "might"
    subject = match.string[: match.start()].strip()
    if match["modal"] and (names.parse_list(subject) or subject.casefold() in {"we", "somebody", "someone"}):
        return match["modal"].casefold()
    return None


def _further_owners(rest: str, names: Names) -> tuple[Name, ...]:
    """Read `…, while B and C volunteered to …`."""
    found: tuple[Name, ...] = ()
    for match in _WHILE.finditer(rest):
        more = _read_subject(rest[match.end() :], names)
        if more and more[0] and _sure(more[0]):
            found += more[0]
    return found


def _tail_owners(text: str, names: Names, *, round_tails: bool) -> tuple[tuple[Name, ...], str]:
    end = text.rstrip(" .;,")[-1:]
    if end == "]" and (match := _TAIL_BRACKET.search(text)) and not match["names"].strip().isdecimal():
        found = names.parse_list(match["names"], expected=True)
        if found:
            return found, text[: match.start()]
    if (match := _TAIL_NAMED.search(text)) and match.start():
        found = names.parse_list(match["names"], least=Likeness.STRONG)
        if found:
            return found, text[: match.start()]
    if end == ")" and (match := _TAIL_ROUND.search(text)):
        bold = match["names"].lstrip().startswith("**")
        found = names.parse_list(match["names"], least=Likeness.STRONG)
        if found and (bold or (round_tails and all(names.knows(name.text) or name.group for name in found))):
            return found, text[: match.start()]
    if end == ")" and round_tails and (match := _TAIL_UNSURE.search(text)):
        found = names.parse_list(match["names"])
        if found and all(names.may_be_person(name) for name in found):
            return found, text[: match.start()]
    if (match := _TAIL_ARROW.search(text)) and match.start():
        found = names.parse_list(match["names"])
        if found and all(_is_written_as_name(name, names) for name in found):
            return found, text[: match.start()]
    if match := _TAIL_DASH.search(text):
        found = names.parse_list(match["names"])
        typographic = match["dash"] in {"\u2013", "\u2014", "--"} or match["before"] in ".!?"
        if found and not any(name.group for name in found) and (_sure(found) or typographic):
            return found, text[: match.start() + 1]
    return (), text


def _is_written_as_name(name: Name, names: Names) -> bool:
    """Tell whether this is somebody where a thing may stand, too: `from one -> another`."""
    sure = name.likeness is Likeness.STRONG or names.knows(name.text) or name.text[0].isupper()
    return sure and (name.group or names.may_be_person(name))


def _inner_owners(text: str, names: Names) -> tuple[tuple[Name, ...], str]:
    """Read `something - Name will …` and `when it breaks, Name is happy to …`."""
    parts = _DASH_CLAUSE.split(text, maxsplit=3)
    for index, part in enumerate(parts[1:], 1):
        found = _read_subject(part, names)
        if found and found[0] and _sure(found[0]):
            before = " - ".join(parts[:index])
            return found[0], before
    if match := _CONDITION.match(text):
        found = _read_subject(text[match.end() :], names)
        if found and found[0] and _sure(found[0]):
            return found[0], text
    return (), text


def _read_collaborators(text: str, verb: re.Match[str] | None, owners: tuple[Name, ...], names: Names) -> list[str]:
    found: dict[str, None] = {}
    if verb and owners and (together := _find_together(text[: verb.start()])):
        for name in names.parse_list(together["names"]):
            found[name.text] = None
    for match in _WITH.finditer(text[:2000]) if "with " in text or "from " in text else ():
        for name in _leading_names(text[match.end() : match.end() + 120], names):
            found[name.text] = None
    tail = text[-300:]
    if owners and ("," in tail or ";" in tail) and (helping := _HELPERS.search(tail)):
        helpers = helping["names"]
        listed = [helpers] if names.parse_list(helpers) else re.split(r",\s+(?=[^,]+$)", helpers)
        for name in names.parse_list(listed[-1]):
            found[name.text] = None
    return list(found)


def _leading_names(text: str, names: Names) -> tuple[Name, ...]:
    """Read the longest list of names that a text begins with; one that is in lower case has to be known as one."""
    words = text.split(" ")[:8]
    for length in range(len(words), 0, -1):
        found = names.parse_list(" ".join(words[:length]).rstrip(".,;:"))
        if found and all(name.likeness is Likeness.STRONG or name.text[0].isupper() for name in found):
            return found
    return ()


def _tidy(text: str) -> str:
    plain = text.replace("**", "").replace("``", "")
    return " ".join(plain.split()).strip(" .;,:-\u2013\u2014")


def resolve_first_person(owners: Iterable[Name], author: str | None) -> tuple[str, ...]:
    """Name the owners; who writes `I` is the author, where the mail says who that is."""
    written = (author if author and owner.text.casefold() in FIRST_PERSON else owner.text for owner in owners)
    return tuple(dict.fromkeys(written))
