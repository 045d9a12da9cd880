"""What is a person's name, a group's, or neither, as far as a text shows; pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from tracker.mail.words import GROUP_NOUNS, LONE_GROUPS, NOUNS, PARTICLES, PROJECTS, QUANTITIES, VERBS, is_word

FIRST_PERSON = frozenset({"i", "me", "myself"})

_MARKUP = re.compile(r"\*\*|__|``?|~~")
_SEPARATOR = re.compile(
    r"\s*,\s*(?:and/or|and|or|&)\s+|\s*[,/]\s*|\s+(?:and/or|and|or|&|\+)\s+|\s*&\s*|\s*\+\s*", re.IGNORECASE
)
_NICK = re.compile(r"[\w\[\]\\`^{}|][\w.\[\]\\`^{}|-]{0,40}")
_WORD = re.compile(r"\w+")
_WITH_NICK = re.compile(r"(\S.*?)\s*\(([^()]{1,40})\)")
_UNSURE = re.compile(
    r"\s*(?:\(\s*\?+\s*\)|\[\s*\?+\s*\]|\?+|\((?:tentative|tentatively|tbc|maybe|unconfirmed)\))\s*$", re.IGNORECASE
)
_DETERMINED = re.compile(
    r"\b(?:the|a|an|this|that|these|those|our|your|their|its|each|every|some|any|no|more|of(?!\s+\S+['\u2019]s)"
    r"|new|old|many|all)\s+([a-z][a-z-]{2,30})\b"
)
_PRESENT = re.compile(
    r"^[ \t]*(?:[-*\u2022#=]+[ \t]*)?(?:attendees|attending|present|participants|who|people present"
    r"|in attendance|attended"
    r"|on the call|roll call)(?:[ \t]*\([^)\n]{0,40}\))?[ \t]*:[ \t]*(\S[^\n]{0,2000})",
    re.IGNORECASE | re.MULTILINE,
)
_PRESENT_LIST = re.compile(
    r"^[ \t]*(?:[*#=_]+[ \t]*)?(?:attendees|attendance|present|participants|people present|in attendance"
    r"|who(?:['\u2019]s| is| was) (?:here|there|present))(?:[ \t]*+\([^)\n]{0,40}\))?[ \t]*+:?[ \t]*+[*=_]*+[ \t]*+\n"
    r"\n?((?:[ \t]*[-*\u2022\u00b7][ \t]+\S[^\n]{0,100}(?:\n|$)){1,60})",
    re.IGNORECASE | re.MULTILINE,
)
_PRESENT_ONE = re.compile(r"^[ \t]*[-*\u2022\u00b7][ \t]+([^\n,;/]+)", re.MULTILINE)
_LINES_SAID = re.compile(r"^[ \t]*\*[ \t]+(\S{1,40})[ \t]+\(\d+\)[ \t]*$", re.MULTILINE)
_SPOKEN = re.compile(r"^.{0,40}?<[@+ ~&%]?([^<>\s]{1,40})>[ \t]", re.MULTILINE)
_EMOTED = re.compile(
    r"^[ \t]*[\[(]?(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d(?::\d\d)?[\])]?[ ]+\*[ ](\S{1,40})[ ]", re.MULTILINE
)
_BOLD = re.compile(r"\*\*([^*\n]{1,60})\*\*")
_NICK_BEHIND = re.compile(r"[ ]\(([\w|`^-]{2,30})\)")
# What a person does, and no project: `Kim said`, `@kim`.
_TELLING = re.compile(
    r"\b([A-Z][a-z]{2,20}) (?:(?:also |then |has )?(?:said|told|raised|mentioned|explained|volunteered|remarked"
    r"|replied|thinks|wondered)|has a WIP)\b"
)
_CALLED = re.compile(r"(?<![\w@./])@([a-z][\w-]{2,30})\b(?![.(@])")
# Given names, and nicks, that are words too.
_GIVEN = frozenset(
    "mark will may april june chase drew grant bill rob art jay pierce miles rich frank pat max".split()
)
_NOT_PRESENT = frozenset("all and others more many late none nobody everybody everyone etc me us several".split())
# Surnames that are words too.
_SURNAMES = frozenset(
    "best bridge field fields kernel lock long may newton page parks pike pools post power price rack reader rich"
    " sharp speed stage stein still tree wise".split()
)
_VERSION = re.compile(r"v\d+", re.IGNORECASE)

_EVIDENCE = 1_000_000
"""Characters in which people are looked for."""
_LONGEST = 90
_MOST_WORDS = 8
_MOST_OF_A_NAME = 4


class Likeness(IntEnum):
    """How much a text looks like the name of somebody."""

    NONE = 0
    WORD = 1
    """One word that is in no list of words."""
    STRONG = 2
    """Bold, two capitalised words, a nick that is no word, or known."""


@dataclass(frozen=True, slots=True)
class Name:
    """Somebody, or a group, as written."""

    text: str
    likeness: Likeness
    group: bool = False
    tentative: bool = False


class Names:
    """Judges what is a name, by what a mail shows of its people and its words."""

    def __init__(
        self,
        known: Iterable[str] = (),
        nouns: Iterable[str] = (),
        projects: Iterable[str] = (),
        listed: Iterable[str] = (),
    ) -> None:
        self._known = {form for name in known for form in _forms(name)}
        self._listed = {name.casefold() for name in listed if len(name) > 1} - FIRST_PERSON
        self._nouns = set(nouns) - self._known
        self._projects = {project.casefold() for project in projects}
        self._fresh: frozenset[str] = frozenset()
        # The same few words are judged by each way to read an item.
        self._judged: dict[tuple[str, bool], tuple[Name, ...]] = {}

    def with_known(self, names: Iterable[str]) -> "Names":
        """Return a judge who knows more people."""
        more = Names((), self._nouns, self._projects, self._listed)
        more._known = self._known | {form for name in names for form in _forms(name)}
        more._nouns = self._nouns - more._known
        more._fresh = frozenset(word for form in more._known - self._known for word in _WORD.findall(form)[:1])
        return more

    def is_news(self, text: str) -> bool:
        """Tell whether a text may name somebody whom the judge that this one was made of did not know."""
        return not self._fresh.isdisjoint(_WORD.findall(text.casefold()))

    def knows(self, name: str) -> bool:
        """Tell whether a mail shows that this is somebody."""
        plain = _MARKUP.sub("", name).strip().casefold()
        match = _WITH_NICK.fullmatch(plain) if plain.endswith(")") else None
        return plain in self._known or (match is not None and (match[1] in self._known or match[2] in self._known))

    def is_listed(self, name: str) -> bool:
        """Tell whether people.yaml has exactly this name, which may be a word: somebody, where a name is expected."""
        return name.casefold() in self._listed

    def is_project(self, name: str) -> bool:
        """Tell whether this is one of the projects that the mail is about."""
        return name.casefold() in self._projects

    def may_be_person(self, name: Name) -> bool:
        """Tell whether this is nobody's project, nor a group, and so somebody where a person is named."""
        plain = name.text.casefold()
        return bool(name.likeness) and not name.group and plain not in PROJECTS and not self.is_project(plain)

    def knows_of(self, name: Name) -> bool:
        """Tell whether a mail shows that this is somebody, if only by the first of their names."""
        return self.knows(name.text) or (" " in name.text and self.knows(name.text.split(" ", 1)[0]))

    def parse_list(self, text: str, *, least: Likeness = Likeness.WORD, expected: bool = False) -> tuple[Name, ...]:
        """Read `A`, `A and B`, `A/B`, `A, B and/or C`; empty unless every part is a name.

        `expected` says that names stand where the text does, so that `will` is somebody.
        """
        text = text.strip(" \t,;:")
        if not text or len(text) > 300:
            return ()
        key = (text, expected)
        if key not in self._judged:
            self._judged[key] = self._judge(text, expected=expected)
        names = self._judged[key]
        # An abbreviation is a company beside other names only.
        likenesses = [name.likeness for name in names if name.likeness]
        return names if likenesses and min(likenesses) >= least else ()

    def _judge(self, text: str, *, expected: bool) -> tuple[Name, ...]:
        names: list[Name] = []
        given: list[Name] = []
        for piece in _SEPARATOR.split(_protect(text)):
            part = piece.replace("\0", "/").replace("\1", ",")
            name = self.parse(part) or self._abbreviated(part)
            if name is None:
                name = self._given(part, expected=expected)
                if name is None:
                    return ()
                given.append(name)
            names.append(name)
        if given and not expected and not any(name.likeness for name in names if name not in given):
            return ()
        return tuple({name.text.casefold(): name for name in reversed(names)}.values())[::-1]

    def parse(self, text: str) -> Name | None:
        """Read one name; None when it is none."""
        text = text.strip().strip(",;:").strip()
        if len(text) > _LONGEST or text.count(" ") > _MOST_WORDS:
            return None
        plain = _UNSURE.sub("", text)
        tentative = plain != text
        if plain.startswith("`") and plain.endswith("`") and not self.knows(plain):  # a sample of code
            return None
        bold = plain.startswith("**") and plain.endswith("**") and len(plain) > 4
        plain = _MARKUP.sub("", plain).strip().lstrip("@~")
        plain, inner = _UNSURE.sub("", plain), plain
        tentative = tentative or plain != inner
        if not plain:
            return None
        if plain.casefold() in FIRST_PERSON and plain != "i":
            return Name(plain, Likeness.STRONG, tentative=tentative)
        if plain.endswith(")") and (match := _WITH_NICK.fullmatch(plain)):
            person = self.parse(match[1])
            if person is None or person.group or not (_NICK.fullmatch(match[2]) or self._is_full_name(match[2])):
                return None
            return Name(plain, Likeness.STRONG, tentative=tentative)
        if bold and plain in _GIVEN:
            return Name(plain, Likeness.STRONG, tentative=tentative)
        if (group := self._group(plain)) is not None:
            return Name(plain, Likeness.STRONG, group=True, tentative=tentative) if group else None
        likeness = Likeness.STRONG if self.knows(plain) else self._person(plain.split(" "), bold=bold)
        if not likeness:
            return None
        return Name(plain, likeness, group=self.is_project(plain), tentative=tentative)

    def _is_full_name(self, text: str) -> bool:
        name = self.parse(text) if " " in text else None
        return name is not None and not name.group and name.likeness is Likeness.STRONG

    def _given(self, part: str, *, expected: bool) -> Name | None:
        plain = _UNSURE.sub("", part.strip())
        if expected and self.is_listed(bare := _MARKUP.sub("", plain).strip().lstrip("@~")):
            return Name(bare, Likeness.STRONG, tentative=plain != part.strip())
        return Name(plain, Likeness.WORD, tentative=plain != part.strip()) if plain in _GIVEN else None

    def _abbreviated(self, part: str) -> Name | None:
        plain = part.strip()
        if 2 <= len(plain) <= 5 and plain.isalpha() and plain.isupper() and not is_word(plain):
            return Name(plain, Likeness.NONE)
        return None

    def _group(self, text: str) -> bool | None:
        """Tell whether this is a group that somebody belongs to; None when it is no group at all."""
        words = text.casefold().removeprefix("the ").split()
        if not words:
            return None
        if len(words) == 1:
            if words[0] in LONE_GROUPS:
                return True
            last = re.split(r"[-_]", words[0])
            if len(last) > 1 and last[-1] in GROUP_NOUNS | {"ci", "dev"}:
                return True
            return False if words[0] in GROUP_NOUNS else None
        if words[-1] in GROUP_NOUNS and len(words) <= 4:
            if any(word in QUANTITIES or word.isdecimal() for word in words[:-1]):
                return False
            if words[0] in VERBS and text[:1].islower():  # `ask people`
                return None
            return not any(len(word) < 2 and not word.isalnum() for word in words)
        if words[0] in {"all", "every", "each"} and words[-1] in GROUP_NOUNS:
            return True
        return None

    def _person(self, words: list[str], *, bold: bool) -> Likeness:
        if len(words) == 1:
            return self._single(words[0], bold=bold)
        if sum(word.casefold() not in PARTICLES for word in words) > _MOST_OF_A_NAME or not words[-1]:
            return Likeness.NONE
        for word in words:
            if not word or (word.casefold() in PARTICLES and word != words[0]):
                continue
            letters = re.sub(r"['\u2019.-]", "", word)
            if not letters.isalpha() or not word[0].isupper() or (len(letters) > 3 and letters.isupper()):
                return Likeness.NONE
            named = word.casefold() in _GIVEN or (word != words[0] and word.casefold() in _SURNAMES)
            if is_word(word) and not named:
                return Likeness.NONE
        return Likeness.STRONG

    def _single(self, word: str, *, bold: bool) -> Likeness:
        if (
            not _NICK.fullmatch(re.sub(r"(?<=\w)['\u2019](?=\w)", "", word))
            or not any(character.isalpha() for character in word)
            or len(word) < 2
        ):
            return Likeness.NONE
        if "." in word[:-1] or _VERSION.fullmatch(word):  # a file, a version, an option
            return Likeness.NONE
        parts = re.split(r"[-_]", word.casefold())
        if len(parts) > 1 and (parts[-1] in NOUNS or parts[0] == "python"):  # `os-client`, `use_ssl`
            return Likeness.NONE
        if word.casefold() in _GIVEN and word[0].isupper():
            return Likeness.WORD
        if is_word(word) or word.casefold() in self._nouns:
            return Likeness.NONE
        letters = re.sub(r"['\u2019.]", "", word)
        if "'" in word or "\u2019" in word:
            return Likeness.WORD if word[0].isupper() and not word.endswith("s") else Likeness.NONE
        if bold or not letters.isalpha():
            # A word with digits or marks in it; one of capitals only is an abbreviation.
            return Likeness.NONE if word.isupper() and not bold else Likeness.STRONG
        if word.isupper() and len(word) <= 5:
            return Likeness.NONE
        return Likeness.WORD


def _forms(name: str) -> set[str]:
    """Return the ways to write somebody: whole, given name, nick."""
    plain = _MARKUP.sub("", name).strip().casefold()
    forms = {plain}
    if match := _WITH_NICK.fullmatch(plain):
        forms |= {match[1], match[2]}
        plain = match[1]
    words = plain.split()
    if len(words) > 1 and words[-1] not in GROUP_NOUNS:
        forms.add(words[0])
    return {form for form in forms if len(form) > 1 and form not in FIRST_PERSON}


def _protect(text: str) -> str:
    """Hide the slashes and commas inside brackets, which separate no names."""
    if "(" not in text and "[" not in text:
        return text
    pieces = re.split(r"(\([^()]*\))", text)
    return "".join(
        piece.replace("/", "\0").replace(",", "\1") if piece.startswith("(") else piece for piece in pieces
    )


def gather_names(text: str, author: str | None, projects: Iterable[str], people: Iterable[str] = ()) -> Names:
    """Look through a text for its people and for words that are not; `people` are known without it."""
    text = text[:_EVIDENCE]
    nouns = {match.casefold() for match in _DETERMINED.findall(text)}
    people = tuple(people)
    judge = Names((), nouns, projects, people)
    # Somebody's key or nick may be a word, which says less than the mail does: it is a name only where one stands.
    known = {form for name in people for form in _forms(name) if " " in form or not is_word(form)}
    if author:
        known.add(author)
    for told in (*_TELLING.findall(text), *_CALLED.findall(text)):
        if (name := judge.parse(told)) and judge.may_be_person(name):
            known.add(told)
    for present in _PRESENT.findall(text):
        known |= _read_present(present)
    for present in _PRESENT_LIST.findall(text):
        known |= _read_present(", ".join(_PRESENT_ONE.findall(present)))
    for found in (*_LINES_SAID.findall(text), *_SPOKEN.findall(text), *_EMOTED.findall(text)):
        known.add(found.rstrip("`"))
    for bold in _BOLD.findall(text):
        name = judge.parse(f"**{bold.strip()}**")
        if name and not name.group:
            known.add(name.text)
    for match in _NICK_BEHIND.finditer(text):
        # `…, and Ann Lee (alee)`
        before = text[max(0, match.start() - _LONGEST) : match.start()].rsplit("\n", 1)[-1].split(" ")
        names = (judge.parse(" ".join(before[-count:])) for count in (4, 3, 2) if len(before) >= count)
        if (name := next(filter(None, names), None)) and not name.group:
            known |= {name.text, match[1]}
    return judge.with_known(known)


def _read_present(present: str) -> set[str]:
    """Return those who were there, whatever their names: among names a word is one too."""
    parts = [re.sub(r"\([^)]*\)", "", piece).strip() for piece in re.split(r"[,;/]|\s{2,}|\band\b", present)]
    parts = [part for part in parts if part and len(part.split()) <= 3 and len(part) <= 40]
    names = {part for part in parts if not all(is_word(word) for word in part.split())}
    if 2 * len(names) >= len(parts):
        names |= {part for part in parts if part.casefold() not in _NOT_PRESENT and " " not in part}
    return names
