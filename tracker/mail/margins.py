"""What stands below a mail's own words: footnotes, which belong to what cites them, and the signature; pure."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from tracker.mail.lines import Line, is_underline

_FOOTNOTE = re.compile(r"(?:\.\. )?\[(?P<number>\d{1,3})\]\s?[:.\-\u2013]?\s*(?P<text>.*)", re.DOTALL)
_CITED = re.compile(r"\[(\d{1,3}(?:\s?[,;]\s?\d{1,3}){0,10})\]")
_NUMBER = re.compile(r"\d+")
_LONGEST_LABEL = 200
_LONGEST = 2000
_CLOSING = re.compile(
    r"(?:(?:many |kind |best |warm |all the |with (?:best |kind )?)?(?:thanks|thank you|thx|cheers|regards|wishes"
    r"|sincerely|yours|ciao|greetings|see you|talk soon|take care|happy hacking|have (?:a|fun))\b[^.:?]{0,50}"
    r"|(?:all the )?best(?:, [^.:?]{0,50})?|br(?:, [^.:?]{0,50})?)[.,!]*",
    re.IGNORECASE,
)
_MOST_WORDS = 6
_MOST_SIGNED = 5
"""Lines below the word that closes a mail: name, nick, what somebody is."""


@dataclass(frozen=True, slots=True)
class Footnote:
    """A numbered line below a text, or below a part of it, with the address that it has."""

    number: int
    text: str
    """All of it, on one line: `[1] https://…`."""
    first: int
    last: int
    """The numbers of its lines."""


@dataclass(frozen=True)
class Margins:
    """The footnotes of a text, and the lines of its signature."""

    footnotes: tuple[Footnote, ...] = ()
    signature: frozenset[int] = field(default_factory=frozenset)

    @cached_property
    def numbers(self) -> frozenset[int]:
        """The numbers of all their lines."""
        noted = (range(note.first, note.last + 1) for note in self.footnotes)
        return self.signature.union(*noted)

    @cached_property
    def _by_number(self) -> dict[int, list[Footnote]]:
        notes: dict[int, list[Footnote]] = {}
        for note in self.footnotes:
            notes.setdefault(note.number, []).append(note)
        return notes

    def cited_in(self, text: str, line: int) -> tuple[Footnote, ...]:
        """Return the footnotes that a text which begins on a line cites.

        Where each part of a mail counts its footnotes anew, the next one of a number is meant.
        """
        numbers = cited_numbers(text) if self.footnotes else []
        meant = (self._by_number[number] for number in numbers if number in self._by_number)
        return tuple(
            notes[min(bisect_left(notes, line, key=lambda note: note.first), len(notes) - 1)] for notes in meant
        )

    def without_citations(self, title: str, line: int) -> str:
        """Return a title without the numbers of footnotes behind it."""
        bare = _CITED.sub("", title).rstrip()
        return bare if bare and self.cited_in(title, line) else title

    def without(self, lines: Iterable[Line]) -> list[Line]:
        """Return the lines with blank ones in their place."""
        numbers = self.numbers
        return [Line(line.number, 0, "", "") if line.number in numbers else line for line in lines]


NONE = Margins()


def cited_numbers(text: str) -> list[int]:
    """Return the numbers in brackets that a text cites, each once: `[1]`, `[2, 3]`."""
    found = (int(number) for cited in _CITED.findall(text) for number in _NUMBER.findall(cited))
    return list(dict.fromkeys(found))


def find_margins(lines: list[Line], author: str | None) -> Margins:
    """Find the footnotes of a text, and the signature of its author."""
    footnotes = tuple(_find_footnotes(lines))
    noted = {number for note in footnotes for number in range(note.first, note.last + 1)}
    own = [line for line in lines if not line.blank and line.number not in noted]
    return Margins(footnotes, frozenset(_find_signature(own, author)))


def _find_footnotes(lines: list[Line]) -> list[Footnote]:
    found = []
    index = 0
    while index < len(lines):
        line = lines[index]
        match = _FOOTNOTE.match(line.text) if line.text.startswith((".. [", "[")) else None
        index += 1
        if match is None:
            continue
        pieces = [match["text"].strip()] if match["text"].strip() else []
        last = line.number
        # An address that had no room stands on the next line, and so does what is indented below.
        while index < len(lines) and _goes_on(lines[index], line, pieces):
            pieces.append(lines[index].text)
            last = lines[index].number
            index += 1
        text = " ".join(pieces)[:_LONGEST]
        if "://" in text[:_LONGEST_LABEL]:
            found.append(Footnote(int(match["number"]), f"[{match['number']}] {text}", line.number, last))
    return found


def _goes_on(line: Line, first: Line, pieces: list[str]) -> bool:
    if line.blank or line.bullet or line.text.startswith("[") or len(pieces) > _MOST_SIGNED:
        return False
    has_address = any("://" in piece for piece in pieces)
    return line.text.startswith(("http://", "https://")) and (not has_address or line.indent > first.indent)


def _find_signature(own: list[Line], author: str | None) -> list[int]:
    """Return the numbers of the last lines, from the word that closes the mail on, or of the author's name alone."""
    tail = own[-_MOST_SIGNED - 1 :]
    for index, line in enumerate(tail):
        below = tail[index + 1 :]
        if line.bullet or len(line.text.split()) > _MOST_WORDS or not _CLOSING.fullmatch(line.text):
            continue
        if all(_is_signed(each) for each in below):
            return [each.number for each in tail[index:]]
    if len(own) > 1 and author and _is_name(own[-1], author):
        return [own[-1].number]
    return []


def _is_signed(line: Line) -> bool:
    short = len(line.text.split()) <= _MOST_WORDS and len(line.text) <= 60 and not line.text.endswith(":")
    return short and (not line.bullet or line.bullet in {"-", "\u2013", "\u2014"}) and not is_underline(line)


def _is_name(line: Line, author: str) -> bool:
    """Tell whether a line is the author's name, or the first of their names."""
    said = line.text.strip(" ,.!-~").casefold()
    return bool(said) and said in {author.casefold(), author.split(maxsplit=1)[0].casefold()}
