"""Where a text lists its actions: blocks under headings, bullets, marked lines; pure.

The rules are those of the layouts that recaps, minutes and pads are written in, not of any single mail. Text that is
in none of them is prose, in which nothing is looked for.
"""

import re

from tracker.mail.heads import Head, Mark, goes_back, has_cue, read_head, read_inner_marks, read_mark
from tracker.mail.items import LONGEST_ITEM, NESTING, BeginsWithOwner, Item, ListHead, OpenItem, split_sentences
from tracker.mail.lines import (
    NUMBERED_RANK,
    UNMARKED_RANK,
    Heading,
    Line,
    heading_at,
    is_label,
    is_numbered,
    is_sample,
    is_underline,
)
from tracker.mail.tables import read_table
from tracker.mail.wrapping import Wrapping

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=\S)")
_SHOUTED_LABEL = re.compile(r"(?:[A-Z]{3,12}:|#[a-z]+)\s")
_BY_PERSON = re.compile(r"\b(?:by|per) (?:person|people|owner|assignee|name)\b", re.IGNORECASE)
_MOST_LINES = 10
"""Lines in which a bracket that was broken is looked through for a mark: each line of a text may have one."""
_SPEAKER_AND_TIME = re.compile(r"\s*\((?P<speaker>\S{1,40}),\s+\d\d:\d\d(?::\d\d)?\)\s*$")


def find_items(lines: list[Line], begins_with_owner: BeginsWithOwner) -> list[Item]:
    """Find every item of every list of actions, and every marked line, in order."""
    return _Finder(lines, begins_with_owner).find()


class _Finder:
    def __init__(self, lines: list[Line], begins_with_owner: BeginsWithOwner) -> None:
        self._lines = lines
        self._begins = begins_with_owner
        self._items: list[Item] = []
        self._lists = 0
        self._wrapping = Wrapping(lines)

    def find(self) -> list[Item]:
        index = 0
        while index < len(self._lines):
            line = self._lines[index]
            if line.text.startswith("|") and (behind := self._read_table(index)):
                index = behind
                continue
            told = has_cue(line.text[:LONGEST_ITEM]) and not is_underline(line) and not is_sample(self._lines, index)
            # The cue of a sentence may stand on the line before the one with its colon.
            if told or self._ends_sentence_with_cue(index):
                index = max(self._read_list(index), self._read_marked(index), index + 1)
            else:
                index += 1
        return self._items

    def _ends_sentence_with_cue(self, index: int) -> bool:
        line = self._lines[index]
        return line.text.endswith(":") and index > 0 and has_cue(self._lines[index - 1].text[-200:])

    # lists under a heading

    def _read_list(self, index: int) -> int:
        """Read the list that a line announces; return the index behind it, or 0 when it announces none."""
        line = self._lines[index]
        heading = heading_at(self._lines, index)
        head = self._head_of(index, heading)
        if head is None:
            return 0
        start = self._skip_blank(heading.end if heading else index + 1, 2)
        if start >= len(self._lines):
            return 0
        found: list[Item] = []
        section = heading is not None and heading.rank < UNMARKED_RANK and not line.bullet
        first = self._lines[start]
        if (end := self._read_groups(start, line, found)) > start:
            return self._close_list(end, line, heading, head, found)
        if not section and heading_at(self._lines, start) and not first.bullet and not self._begins(first.text):
            return 0
        if first.bullet and (not line.bullet or first.indent > line.indent or _numbers_topics(line, first)):
            end = self._read_bullets(start, line, found)
        elif first.indent > line.indent and not first.bullet and not section:
            end = self._read_block(start, line, found)
        elif not first.bullet and not line.bullet:
            end = self._read_unbulleted(start, head, found)
        else:
            return 0
        if section and heading:
            end = self._read_rest_of_section(start if not found else end, line, heading, found)
        return self._close_list(end, line, heading, head, found)

    def _close_list(self, end: int, line: Line, heading: Heading | None, head: Head, found: list[Item]) -> int:
        for item in found:
            item.head = ListHead(line.number, _rank(line, heading))
        self._keep(found, head)
        return end if found else 0

    def _head_of(self, index: int, heading: Heading | None) -> Head | None:
        line = self._lines[index]
        if heading is not None:
            return read_head(heading.text, marked=True, sentence=heading.text.endswith(":"))
        text = line.text.rstrip()
        if text.endswith((":", ":**", ":*", "**:")):
            said = self._sentences_before(index)
            # `We went through what was left from last time. Actions from Lisbon:`
            return None if goes_back(" ".join(said[-2:-1])) else read_head(said[-1], marked=False, sentence=True)
        if len(text) <= 80 and read_mark(text) is None:
            return read_head(text, marked=line.bullet != "" and len(text.split()) <= 3, sentence=False)
        return None

    def _sentences_before(self, index: int) -> list[str]:
        """Return the sentence that ends on a line, and those before it on the three lines above."""
        pieces = [self._lines[index].text]
        for before in range(index - 1, max(-1, index - 4), -1):
            line = self._lines[before]
            if self._lines[before + 1].bullet or line.blank or is_underline(line) or heading_at(self._lines, before):
                break
            if not self._wrapping.is_full(line, self._lines[before + 1]):
                break
            pieces.insert(0, line.text[-400:])
        return _SENTENCE.split(" ".join(pieces)[-600:])

    def _skip_blank(self, index: int, most: int) -> int:
        skipped = 0
        while index < len(self._lines) and self._lines[index].blank and skipped < most:
            index += 1
            skipped += 1
        return index

    def _keep(self, found: list[Item], head: Head) -> None:
        if head.weak:
            self._lists += 1
        for item in found:
            for each in (item, *item.nested):
                each.tentative = head.tentative
                each.weak = self._lists if head.weak else None
        self._items += found

    def _read_table(self, index: int) -> int:
        """Read the table that a line begins; return the index behind it, or 0."""
        if index + 1 == len(self._lines) or not self._lines[index + 1].text.startswith(("|", "+")):
            return 0
        above = index - 1
        while above > 0 and (self._lines[above].blank or is_underline(self._lines[above])):
            above -= 1
        line, heading = self._lines[max(0, above)], heading_at(self._lines, max(0, above))
        may_head = above >= 0 and (not line.bullet or line.text.endswith(":"))
        head = self._head_of(above, heading) if may_head else None
        found, behind = read_table(self._lines, index, announced=head is not None)
        if head is not None:
            return self._close_list(behind, line, heading, head, found)
        self._items += found
        return behind

    def _read_groups(self, start: int, head: Line, found: list[Item]) -> int:
        """Read bullets below the names of those who do them; return the index behind, or `start`."""
        lines = self._lines
        by_person = _BY_PERSON.search(head.text) is not None
        index = end = start
        while index < len(lines):
            heading = heading_at(lines, index)
            label = lines[index]
            name = (heading.text if heading else label.text).rstrip(": ")
            first = self._skip_blank(heading.end if heading else index + 1, 1)
            if label.bullet or not (heading or is_label(label)) or not self._begins(f"[{name}] does it"):
                break
            if first >= len(lines) or not lines[first].bullet or is_underline(lines[first]):
                break
            nested: list[Item] = []
            end = self._read_bullets(first, label, nested)
            last = max((item.last for item in nested), default=label.number)
            found.append(Item(f"{name}:", label.number, is_by_person=by_person, nested=nested, last=last))
            index = self._skip_blank(end, 2)
        return end

    # bullets

    def _read_bullets(self, start: int, head: Line, found: list[Item]) -> int:
        lines = self._lines
        base = lines[start].indent
        shape = _shape(lines[start])
        opened: list[OpenItem] = []
        index = start
        while index < len(lines):
            line = lines[index]
            if line.blank:
                following = self._skip_blank(index, 3)
                if following >= len(lines) or not self._goes_on(lines[following], opened, base, shape, head):
                    break
                if not lines[following].bullet:  # a paragraph of its own
                    opened[-1].has_paragraphs = True
                index = following
                continue
            if line.bullet and not is_underline(line):
                if not self._take_bullet(index, opened, base, head):
                    break
            elif opened and self._continues(index, opened[-1], base):
                opened[-1].add_below(line)
            else:
                break
            index += 1
        found += [item.close() for item in opened]
        return index

    def _take_bullet(self, index: int, opened: list[OpenItem], base: int, head: Line) -> bool:
        """Take a bullet into a list, or a level deeper; False when it belongs to another."""
        line = self._lines[index]
        if line.indent < base - 1 and (line.indent <= head.indent or head.bullet):
            return False
        if is_numbered(head) and is_numbered(line) and line.indent <= head.indent:
            return False
        if opened and line.indent > base + 1:
            opened[-1].nested.append(OpenItem(line))
            return True
        if self._announces(index):
            return False
        opened.append(OpenItem(line))
        return True

    def _goes_on(self, line: Line, opened: list[OpenItem], base: int, shape: str, head: Line) -> bool:
        """Tell whether a list goes on behind blank lines."""
        if line.bullet:
            if head.bullet and line.indent <= head.indent:
                return False
            return line.indent > base + 1 or (abs(line.indent - base) <= 1 and _shape(line) == shape)
        return bool(opened) and line.indent > base + 1

    def _announces(self, index: int) -> bool:
        """Tell whether a bullet begins another list of actions."""
        text = self._lines[index].text
        return text.endswith(":") and has_cue(text) and self._head_of(index, None) is not None

    def _continues(self, index: int, item: OpenItem, base: int) -> bool:
        """Tell whether a line without bullet goes on with an item."""
        line, last = self._lines[index], item.nested[-1].last if item.nested else item.last
        if line.indent > base:
            return not (has_cue(line.text) and read_mark(line.text)) or item.has_paragraphs
        if line.indent < base and self._heads_bullets(last, index):
            return False
        return (line.indent == base or base <= NESTING + 1) and self._wrapping.goes_on(last, index)

    def _heads_bullets(self, last: Line, index: int) -> bool:
        """Tell whether a line left of a list heads the next bullets, and had room on the line before."""
        line = self._lines[index]
        below = self._lines[index + 1] if index + 1 < len(self._lines) else None
        heads = below is not None and below.bullet != "" and below.indent > line.indent
        named = line.text[:1].isupper() and not line.text.endswith((".", ",", ";", "!"))
        return heads and named and not self._wrapping.is_full(last, line)

    # blocks without bullets

    def _read_block(self, start: int, head: Line, found: list[Item]) -> int:
        """Read what is indented below a heading: a paragraph is an item, and so is each line that names an owner."""
        lines = self._lines
        index = start
        current: OpenItem | None = None
        while index < len(lines):
            line = lines[index]
            if line.blank:
                if current:
                    found += split_sentences(current.close(), self._begins)
                    current = None
                index += 1
                continue
            if line.indent <= head.indent:
                break
            if line.bullet:
                if current:
                    found += split_sentences(current.close(), self._begins)
                    current = None
                bullets: list[Item] = []
                after = self._read_bullets(index, head, bullets)
                found += bullets
                index = max(after, index + 1)
                continue
            if current is None or self._begins_anew(line, current.last):
                if current:
                    found += split_sentences(current.close(), self._begins)
                current = OpenItem(line)
            else:
                current.add(line)
            index += 1
        if current:
            found += split_sentences(current.close(), self._begins)
        return index

    def _begins_anew(self, line: Line, last: Line) -> bool:
        """Tell whether a line of a block is an item of its own."""
        if self._wrapping.is_left_short(last, line):
            return True
        return self._wrapping.is_ended(last, line) and self._begins(line.text)

    def _read_unbulleted(self, start: int, head: Head, found: list[Item]) -> int:
        """Read lines below a heading that have neither bullet nor indent, if they begin with owners."""
        lines = self._lines
        if not self._begins(lines[start].text) and not (head.line_items and not is_label(lines[start])):
            return start
        index = start
        current: OpenItem | None = None
        while index < len(lines):
            line = lines[index]
            if line.blank:
                following = self._skip_blank(index, 3)
                if following >= len(lines) or not self._begins(lines[following].text) or lines[following].bullet:
                    break
                index = following
                continue
            if line.bullet or heading_at(lines, index) or is_label(line):
                break
            if self._begins(line.text) or (head.line_items and (current is None or current.last.width < 65)):
                current = OpenItem(line)
                found.append(current.close())
            elif current and self._wrapping.goes_on(current.last, index):
                current.add(line)
                found[-1] = current.close()
            else:
                break
            index += 1
        return index

    def _read_rest_of_section(self, start: int, head: Line, heading: Heading, found: list[Item]) -> int:
        """Read on through a section that has a heading, past its paragraphs, to the next of its rank."""
        lines = self._lines
        index = end = start
        named = not found
        while index < len(lines):
            line = lines[index]
            here = heading_at(lines, index)
            if here is not None:
                if here.rank <= heading.rank:
                    break
                is_small = here.rank >= UNMARKED_RANK
                if is_small and not named and read_head(here.text, marked=True, sentence=False) is None:
                    break
                index = here.end
                named = True
                continue
            if is_label(line):
                named = named and not found
            if line.bullet and named and not is_underline(line):
                index = max(self._read_bullets(index, head, found), index + 1)
                end = index
                continue
            index += 1
        return end if found else start

    # marked lines

    def _read_marked(self, index: int) -> int:
        """Read the item that a mark begins; return the index behind it, or 0."""
        line = self._lines[index]
        mark = read_mark(line.text)
        if mark is None:
            return self._read_inner_marked(index)
        item = OpenItem(line, mark.text)
        behind = self._read_continuation(index, item)
        closed = item.close()
        if spoken := _SPEAKER_AND_TIME.search(closed.text):
            closed.text, closed.speaker = closed.text[: spoken.start()], spoken["speaker"]
        closed.names, closed.by, closed.is_command = mark.names, mark.by, mark.is_command
        closed.speaker = closed.speaker or mark.speaker
        self._items += split_sentences(closed, self._begins)
        return behind

    def _read_inner_marked(self, index: int) -> int:
        line = self._lines[index]
        item = OpenItem(line)
        marks: list[Mark] = read_inner_marks(line.text[:LONGEST_ITEM])
        if not marks and "(" in line.text and has_cue(line.text):
            self._read_continuation(index, item, _MOST_LINES)
            marks = read_inner_marks(item.close().text)
            item = OpenItem(line)
        if not marks:
            return 0
        behind = index + 1
        if len(marks) == 1 and line.text.rstrip().endswith(marks[0].text):
            item = OpenItem(line, marks[0].text)
            behind = self._read_continuation(index, item)
            self._items.append(Item(item.close().text, line.number, names=marks[0].names))
            return behind
        for mark in marks:  # what is marked at its end is all of its line
            last = line.number if line.text.startswith(mark.text) else 0
            self._items.append(Item(mark.text, line.number, names=mark.names, last=last))
        return behind

    def _read_continuation(self, index: int, item: OpenItem, most: int | None = None) -> int:
        """Read the lines that go on with a marked one, at most so many."""
        line = self._lines[index]
        behind = index + 1
        end = len(self._lines) if most is None else min(len(self._lines), behind + most)
        while behind < end:
            following = self._lines[behind]
            if following.blank or (following.bullet and not is_underline(following)):
                break
            if _SPEAKER_AND_TIME.search(item.last.text[-80:]) or _SHOUTED_LABEL.match(following.text):
                break
            deeper = following.indent > line.indent and not (has_cue(following.text) and read_mark(following.text))
            if not deeper and not (_may_wrap(line, following) and self._wrapping.goes_on(item.last, behind)):
                break
            if following.indent < line.indent and self._heads_bullets(item.last, behind):
                break
            item.add(following)
            behind += 1
        return behind


def _rank(line: Line, heading: Heading | None) -> int:
    if heading is not None:
        return heading.rank
    return NUMBERED_RANK if line.indent == 0 and is_numbered(line) else UNMARKED_RANK


def _numbers_topics(head: Line, first: Line) -> bool:
    """Tell whether a numbered line heads the bullets below it, as the topics of minutes do."""
    return is_numbered(head) and not is_numbered(first) and first.indent == head.indent


def _may_wrap(line: Line, following: Line) -> bool:
    """Tell whether a line stands where the rest of one that was broken would."""
    return following.indent == line.indent or (following.indent < line.indent and line.indent <= NESTING + 1)


def _shape(line: Line) -> str:
    return "1" if line.bullet[-1:] in ".)" else line.bullet
