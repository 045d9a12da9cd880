"""Bytes of a mail, a mailbox, a page of a list archive or a text, as headers and plain text; pure.

Nothing in here raises for what a file holds: what cannot be understood is taken as text.
"""

import datetime
import email
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message as Part
from email.utils import parsedate_tz

from tracker.mail.days import make_date
from tracker.mail.hypertext import read_html
from tracker.mail.plain import clean, unify_line_ends

MAX_BYTES = 64 * 1024 * 1024
"""The largest file that is read: a month of a busy list is a third of it."""
MAX_TEXT = 2_000_000
"""Bytes of one message's text that are read; a recap has a twentieth of it."""

_HEADER_LENGTH = 4000
_PARTS = 200

_MBOX = re.compile(rb"^From [^\r\n]{1,200}?\d\d:\d\d[^\r\n]{0,60}\r?\n(?=[!-9;-~]{1,80}:)", re.MULTILINE)
_HEADERS = re.compile(
    rb"\s{0,100}(?:From|To|Cc|Subject|Date|Message-ID|Received|Return-Path|MIME-Version|Delivered-To|Content-[\w-]+"
    rb"|List-[\w-]+|Sender|Reply-To|DKIM-Signature|User-Agent|X-[\w-]+|ARC-[\w-]+|Authentication-Results)[ \t]*:",
    re.IGNORECASE,
)
_CHARSET = re.compile(
    r"(?:utf[-_]?(?:8|16|32)(?:[-_]?[bl]e)?|us-ascii|ascii|(?:iso[-_]?)?(?:8859|latin)[-_]?\d+|windows-?\d+|cp-?\d+"
    r"|koi8-[ru]|gb2312|gbk|gb18030|big5(?:hkscs)?|shift[-_]jis|euc[-_](?:jp|kr)|iso-2022-(?:jp|kr)[-\w]*"
    r"|mac(?:intosh|roman))",
    re.IGNORECASE,
)
# One byte a character, so that any bytes are text in them.
_SINGLE_BYTE = re.compile(r"(?:us-)?ascii|(?:iso[-_]?)?(?:8859|latin).*|windows.*|cp.*|koi8.*|mac.*", re.IGNORECASE)
_UTF16 = {b"\xff\xfe", b"\xfe\xff"}
# What no text has: all but tabs, line ends, pages, and the escape that Japanese and colours begin with.
_CONTROLS = bytes({*range(0x20), 0x7F} - {*b"\t\n\v\f\r\x1b"})
_TEXT_TO_CONTROLS = 20
"""Bytes of a text for each control character that slipped into it, at the least."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message: what its headers say, and its text."""

    text: str
    subject: str | None = None
    author: str | None = None
    address: str | None = None
    """The author's."""
    date: datetime.date | None = None
    mailing_list: str | None = None
    is_mail: bool = False
    """Whether lines that begin with `>` are quotes of another mail."""
    urls: list[str] = field(default_factory=list)
    """Where links lead whose address is not in the text."""
    is_cut: bool = False
    """Whether its text went on beyond MAX_TEXT."""
    dropped: tuple[int, ...] = ()
    """The numbers of the lines that archives and lists add, and of the signature, which are blank in the text."""
    above: int | None = None
    """How many lines of the file stand above its text; None where the text's lines are not the file's."""


def is_text(data: bytes) -> bool:
    """Tell a text from a program, a picture or an archive, by what controls it holds.

    A mail may have such a part; it has text besides.
    """
    if _HEADERS.match(data) or _MBOX.match(data) or data[:2] in _UTF16:
        return True
    controls = len(data) - len(data.translate(None, _CONTROLS))
    return b"\0" not in data and controls * _TEXT_TO_CONTROLS <= len(data)


def read_messages(data: bytes) -> list[Message]:
    """Split a file into its messages, and decode each."""
    messages = []
    position = passed = 0
    for piece in split_mailbox(data):
        start = data.find(piece, position)
        passed += _count_lines(data[position:start])
        message = _read_message(piece)
        messages.append(replace(message, above=message.above + passed if message.above is not None else None))
        passed += _count_lines(piece)
        position = start + len(piece)
    return messages


def _count_lines_above(data: bytes, part: Part) -> int | None:
    """Return how many lines stand above a mail's text; None where it is not shown as it was sent."""
    encoding = str(part.get("Content-Transfer-Encoding", "7bit")).strip().lower()
    flowed = str(part.get_param("format", "")).lower() == "flowed"
    if part.get_content_type() != "text/plain" or encoding not in {"7bit", "8bit", "binary"} or flowed:
        return None
    return _count_lines(data) - _count_lines(_payload(part))


def _count_lines(data: bytes) -> int:
    return data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")


def split_mailbox(data: bytes) -> Iterator[bytes]:
    """Yield the messages of a mailbox without the lines that part them; anything else is one message."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    starts = [match for match in _MBOX.finditer(data) if _is_after_blank(data, match.start())]
    if not starts or data[: starts[0].start()].strip():
        yield data
        return
    for match, following in zip(starts, [*starts[1:], None], strict=True):
        yield data[match.end() : following.start() if following else len(data)]


def _is_after_blank(data: bytes, position: int) -> bool:
    """Tell whether a line stands where a message may begin: elsewhere, `From ` begins a sentence."""
    before = data[max(0, position - 4) : position].replace(b"\r", b"")
    return position == 0 or before.endswith(b"\n\n") or not before.strip()


def _read_message(data: bytes) -> Message:
    if not _HEADERS.match(data):
        return _read_page(data)
    try:
        part = email.message_from_bytes(data.lstrip())
    except (RecursionError, ValueError):  # parts in parts, a thousand deep
        return _read_page(data)
    texts, urls, cut = _read_parts(part)
    author, address = _read_author(_header(part, "From"))
    text, dropped = _without_footers(clean("\n".join(texts)))
    return Message(
        text=text,
        subject=_header(part, "Subject") or None,
        author=author,
        address=address,
        date=_read_date(_header(part, "Date")),
        mailing_list=_list_name(_header(part, "List-Id")),
        is_mail=True,
        urls=urls,
        is_cut=cut,
        dropped=dropped,
        above=_count_lines_above(data, part),
    )


# headers


def _header(part: Part, name: str) -> str:
    """Return a header decoded, on one line; empty when there is none."""
    for key, value in part.raw_items():
        if key.lower() == name.lower():
            return _decode_words(str(value)[:_HEADER_LENGTH])
    return ""


def _decode_words(raw: str) -> str:
    raw = re.sub(r"[\r\n]+[ \t]*", " ", raw)
    try:
        pieces = decode_header(raw) if "=?" in raw else [(raw, None)]
    except (ValueError, LookupError, HeaderParseError):  # base64 with letters missing
        pieces = [(raw, None)]
    words = []
    for piece, charset in pieces:
        data = piece if isinstance(piece, bytes) else piece.encode("utf-8", "surrogateescape")
        words.append(_decode(data, charset))
    return " ".join(clean("".join(words)).split())


def _read_author(value: str) -> tuple[str | None, str | None]:
    """Return name and address of a From header: `Name <a@b>`, `a at b (Name)`, `a@b`."""
    if match := re.fullmatch(r"(.*?)\s*<([^<>]*)>.*", value):
        name, address = match[1], match[2]
    elif match := re.fullmatch(r"([^()]*?)\s*\((.*)\)\s*", value):
        name, address = match[2], match[1]
    else:
        name, address = "", value
    address = re.sub(r"\s+at\s+", "@", address.strip())
    said = name.strip().strip("\"'").replace('\\"', '"')
    name = re.sub(r"\s+via\s+\S.*", "", said).strip()
    # What a list sent on in its own name has its address.
    own = address if name == said.strip() else ""
    return name or address.split("@")[0] or None, own or None


def _read_date(value: str) -> datetime.date | None:
    try:
        parsed = parsedate_tz(value)
        return datetime.date(*parsed[:3]) if parsed else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _list_name(value: str) -> str | None:
    """Return the name in a List-Id: `Developers <nova-dev.lists.example.org>`."""
    match = re.search(r"<?([\w-]{1,100})\.[\w.-]+>?\s*$", value)
    return match[1] if match else None


# bodies


def _read_parts(part: Part) -> tuple[list[str], list[str], bool]:
    """Return the texts that a reader is shown, in order, where links lead, and whether it was cut."""
    texts: list[str] = []
    urls: list[str] = []
    waiting, budget, said, room = [part], _PARTS, False, MAX_TEXT
    while waiting and budget:
        budget -= 1
        here = waiting.pop(0)
        if here.get_content_maintype() == "message" and here.is_multipart():
            # A mail sent on as an attachment is what counts where nothing else is said.
            if not said:
                waiting.extend(_inside(here))
        elif here.is_multipart():
            inner = _inside(here)
            if here.get_content_subtype() == "alternative":
                inner = _choose(inner)
            waiting[:0] = inner
        elif not (here.get_content_disposition() == "attachment" and said):
            payload = _payload(here) if here.get_content_maintype() == "text" else b""
            text, found = _read_leaf(here, payload[: max(0, room)])
            room -= len(payload)
            said = said or bool(text and not text.isspace())
            texts.append(text)
            urls += found
    return texts, urls, room < 0 or not budget


def _choose(alternatives: list[Part]) -> list[Part]:
    """Choose one of several forms of the same text: the plain one, unless it is empty."""
    for wanted in ("text/plain", "text/html"):
        for part in alternatives:
            if part.get_content_type() == wanted and _payload(part).strip():
                return [part]
    return [part for part in alternatives if part.is_multipart()][:1] or alternatives[:1]


def _inside(part: Part) -> list[Part]:
    payload = part.get_payload()
    return [inner for inner in payload if isinstance(inner, Part)] if isinstance(payload, list) else []


def _payload(part: Part) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _read_leaf(part: Part, payload: bytes) -> tuple[str, list[str]]:
    text = _decode(payload, part.get_content_charset())
    if part.get_content_subtype() == "html":
        return read_html(unify_line_ends(text))
    if str(part.get_param("format", "")).lower() == "flowed":
        text = _unflow(unify_line_ends(text), str(part.get_param("delsp", "")).lower() == "yes")
    return text, []


def _decode(data: bytes, charset: str | None) -> str:
    """Decode text by what it is rather than by what it is said to be.

    Text in UTF-8 beyond ASCII is hardly ever anything else, so it wins over any charset of single bytes.
    """
    if data[:2] in _UTF16:
        return data.decode("utf-16", "replace")
    known = charset if charset and _CHARSET.fullmatch(charset) else None
    single = known is None or _SINGLE_BYTE.fullmatch(known) is not None
    for name in ["utf-8"] if single else [known or "", "utf-8"]:
        try:
            return data.decode(name)
        except (UnicodeError, LookupError):
            continue
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if broken * 4 <= sum(not character.isascii() for character in text) - broken:
        return text  # cut in the middle of a letter, say
    try:
        # What is called ASCII or Latin-1 has Windows' quotes and dashes in it as often as not.
        plain = known is None or not single or re.search(r"ascii|8859[-_]?1$|latin[-_]?1$", known, re.IGNORECASE)
        return data.decode("cp1252" if plain else str(known), "replace")
    except LookupError:
        return data.decode("cp1252", "replace")


_UNFLOWABLE = re.compile(r"[-*\u2022\u00b7+o#=\[]|\d{1,3}[.)]\s|\s")


def _unflow(text: str, delsp: bool) -> str:
    """Join lines that a mail program broke, by the rules of RFC 3676.

    A blank that somebody typed at a line's end looks the same, so a line that begins like a bullet is not joined.
    """
    lines: list[str] = []
    pieces: list[str] = []
    depth = 0
    for line in text.split("\n"):
        stripped = line.lstrip(">")
        level = len(line) - len(stripped)
        content = stripped.removeprefix(" ")
        if pieces and (level != depth or not content.strip() or _UNFLOWABLE.match(stripped) or content == "-- "):
            lines.append("".join(pieces))
            pieces = []
        if not pieces and level:
            pieces.append("> " * min(level, 20))
        depth = level
        if content.endswith(" ") and content != "-- ":
            pieces.append(content[:-1] if delsp else content)
        else:
            lines.append("".join([*pieces, content]))
            pieces = []
    return "\n".join([*lines, "".join(pieces)] if pieces else lines)


# pages of a list archive, and texts


_PAGE_AUTHOR = re.compile(r"\s*(\S[^\n]{0,200}?)\s+(\S{1,100}) at (\S+\.\S+)\s*")
_PAGE_DATE = re.compile(r"\s*[A-Z][a-z]{2} ([A-Z][a-z]{2})\s+(\d{1,2}) \d\d:\d\d:\d\d \S+(?: \S+)? (\d{4})\s*")
_NAVIGATION = re.compile(r"\s*(?:Previous message|Next message|Messages sorted by|More information about the )\b")
_FOOTER_LIST = re.compile(r"\s*More information about the (\S+) mailing list", re.IGNORECASE)
_SCRUBBED = re.compile(r"-+ next part -+")
_ATTRIBUTION = re.compile(
    r"^[ \t]*(?:On|Am|Le|El) [^\n]{5,200}(?:wrote|schrieb|\u00e9crit|escribi\u00f3)\s?:\s*$", re.MULTILINE
)


def _read_page(data: bytes) -> Message:
    """Read text without mail headers, which may be a page of a pipermail archive."""
    text = clean(_decode(data[:MAX_TEXT], None))
    is_cut = len(data) > MAX_TEXT
    lines = text[:5000].split("\n")
    filled = [index for index, line in enumerate(lines) if line.strip()]
    for first, second, third in zip(filled[:8], filled[1:9], filled[2:10], strict=False):
        author = _PAGE_AUTHOR.fullmatch(lines[second])
        sent = _PAGE_DATE.fullmatch(lines[third])
        if author and sent:
            footer = _FOOTER_LIST.search(text, max(0, len(text) - 2000))
            text, dropped = _without_footers("\n" * (third + 1) + text.split("\n", third + 1)[-1])
            return Message(
                text=text,
                subject=lines[first].strip(),
                author=" ".join(author[1].split()),
                address=f"{author[2]}@{author[3]}",
                date=make_date(sent[3], sent[1], sent[2]),
                mailing_list=footer[1] if footer else None,
                is_mail=True,
                is_cut=is_cut,
                dropped=dropped,
                above=0,
            )
    text, dropped = _without_footers(text)
    is_mail = _ATTRIBUTION.search(text) is not None
    return Message(text=text, is_mail=is_mail, is_cut=is_cut, dropped=dropped, above=0)


def _without_footers(text: str) -> tuple[str, tuple[int, ...]]:
    """Blank out what archives and lists add, and the signature; lines keep their numbers, and those are returned."""
    lines = text.split("\n")
    before = list(lines)
    scrubbed = False
    for index, line in enumerate(lines):
        if _NAVIGATION.match(line):
            lines[index] = ""
        elif line.startswith("-----") and _SCRUBBED.match(line):
            scrubbed = True
        if scrubbed:
            scrubbed = bool(line.strip())
            lines[index] = ""
    for index in range(len(lines) - 1, max(-1, len(lines) - 25), -1):
        following = " ".join(lines[index + 1 : index + 4])
        if lines[index].rstrip() == "--" or (lines[index].startswith("_" * 20) and "list" in following.lower()):
            lines[index:] = [""] * (len(lines) - index)
    dropped = (
        number for number, (was, line) in enumerate(zip(before, lines, strict=True), 1) if was.strip() and not line
    )
    return "\n".join(lines), tuple(dropped)
