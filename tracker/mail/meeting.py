"""What a meeting is told, in lines to paste into IRC or a pad; pure."""

import datetime
import unicodedata
from collections.abc import Iterable, Mapping

from tracker.mail.moved import LEFT, MOVED, Known, build_moved
from tracker.mail.plain import one_line
from tracker.mail.sentences import NOBODY, Item
from tracker.mail.summary import build_item
from tracker.recap.carried import is_open_here
from tracker.recap.lateness import Dates, due_date
from tracker.recap.model import Recap
from tracker.recap.people import People

MAX_BYTES = 400
"""The longest line: an IRC server cuts a message at 512 bytes, of which some are the sender's and the channel's."""

_MORE = "..."


def build_meeting(
    recaps: Iterable[Recap],
    people: People,
    web_root: str,
    known: Mapping[str, Mapping[str, Known]],
    since: datetime.date,
    today: datetime.date,
    dates: Dates,
    carried: Mapping[str, str],
) -> list[tuple[str, str]]:
    """Return lines, each a text and an address that may be empty: what moved, then what is due, late, and unowned.

    What is due is told for as many days ahead as lie between `since` and today: until the next meeting. `known` has
    what the base knows, by recap and action id, `carried` which action goes on with
    which, by full id.
    """
    last = datetime.date.max.toordinal()
    until = datetime.date.fromordinal(min(2 * today.toordinal() - since.toordinal(), last))
    groups: dict[str, list[Item]] = {}
    due: list[tuple[datetime.date, Item]] = []
    count = 0
    for recap in recaps:
        moved = build_moved(
            recap, people, web_root, known.get(recap.id, {}), since, today, dates=dates, carried=carried
        )
        count += moved.open
        for group in moved.groups:
            groups.setdefault(group.title, []).extend(group.actions)
        for action in recap.actions:
            day = due_date(action, dates)
            if is_open_here(recap, action, carried) and day is not None and today <= day <= until:
                due.append((day, build_item(action, recap.project, people, web_root)))
    title_due = f"due by {until.isoformat()}"
    groups[title_due] = [item for _, item in sorted(due, key=lambda pair: pair[0])]
    titles = (*MOVED, title_due, *LEFT)
    lines = [(f"since {since.isoformat()}: {_sum_up(groups, titles, count)}", "")]
    for title in titles:
        lines += [
            (
                one_line(f"{title}: {item.sentence.removeprefix(f'{NOBODY}: ')}"),
                next((url for _, url in item.links), ""),
            )
            for item in groups.get(title, [])
        ]
    return lines


def _sum_up(groups: Mapping[str, list[Item]], titles: Iterable[str], count: int) -> str:
    told = [f"{len(items)} {title}" for title in titles if (items := groups.get(title))]
    return f"{', '.join(told) or 'nothing has moved'}; {count} open"


def cut_line(text: str, url: str) -> str:
    """Return a text and an address on a line of at most MAX_BYTES; the text is cut, the address stays whole.

    An address that leaves no room for the text is left out. No letter loses its marks.
    """
    tail = f" {url}" if url and len(url.encode()) < MAX_BYTES // 2 else ""
    room = MAX_BYTES - len(tail.encode())
    if len(text.encode()) <= room:
        return text + tail
    kept = text.encode()[: room - len(_MORE)].decode("utf-8", "ignore")
    while kept and unicodedata.combining(text[len(kept)]):
        kept = kept[:-1]
    return kept.rstrip() + _MORE + tail
