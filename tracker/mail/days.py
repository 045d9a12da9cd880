"""Days as mails, minutes and logs write them; pure."""

import datetime
import re

MONTHS = tuple("January February March April May June July August September October November December".split())
"""Their names, whatever language the machine speaks."""

_ABBREVIATED = [name[:3].casefold() for name in MONTHS]
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" if name != "September" else "Sept?(?:ember)?" for name in MONTHS)
_ISO = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)|(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_WORDED = re.compile(
    rf"\b(?:({_MONTH})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})|(\d{{1,2}})(?:st|nd|rd|th"
    rf"|\.)?\s+(?:of\s+)?({_MONTH})\.?,?\s+(\d{{4}}))\b",
    re.IGNORECASE,
)


def find_date(text: str) -> datetime.date | None:
    """Find the first day that a text names in full."""
    if match := _ISO.search(text):
        year, month, day = (part for part in match.groups() if part)
        return make_date(year, month, day)
    if match := _WORDED.search(text):
        return make_date(match[3], match[1], match[2]) if match[1] else make_date(match[6], match[5], match[4])
    return None


def make_date(year: str, month: str, day: str) -> datetime.date | None:
    """Return the day of these digits, or of a month's name or its first three letters; None when there is none."""
    try:
        number = int(month) if month.isdecimal() else _ABBREVIATED.index(month[:3].casefold()) + 1
        return datetime.date(int(year), number, int(day))
    except ValueError:
        return None
