"""An entry as a line of JSON, and back; pure."""

import json
import re
from dataclasses import fields
from datetime import datetime
from typing import Any

from tracker.launchpad.limits import MAX_BUG, is_name
from tracker.recap.model import Status, is_action_id
from tracker.sync.entries import Agreed, Entry, Refused

_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
# Half a character, which JSON can write and no file can hold.
_HALF = re.compile("[\ud800-\udfff]")


def write_entry(entry: Entry) -> str:
    """Write an entry as a line: only what is known, with sorted keys."""
    values = {key: value for key, value in _values(entry).items() if value or key == "action"}
    for group in {"fields", "refused"} & set(values):
        values[group] = {
            name: {
                key: word
                for key, word in _values(words).items()
                if word is not None and word != () and (key, word) != ("since", "")
            }
            for name, words in values[group].items()
        }
    return json.dumps(values, ensure_ascii=False, sort_keys=True) + "\n"


def _values(of: Entry | Agreed | Refused) -> dict[str, Any]:
    return {field.name: getattr(of, field.name) for field in fields(of)}


def read_entry(line: str) -> Entry:
    """Read a line.

    Raises ValueError, which says what in it the tracker never writes, and RecursionError where it is nested too deep.
    """
    if line.startswith("\ufeff"):
        raise ValueError("a byte order mark stands before it")
    values = _check(json.loads(line, object_pairs_hook=refuse_repeated_keys), Entry, "the line")
    if "\\u" in line and (half := _HALF.search(json.dumps(values, ensure_ascii=False))):
        raise ValueError(f"U+{ord(half.group()):04X} is half a character")
    action, bug = values.get("action"), values.get("bug")
    if not isinstance(action, str) or not is_action_id(action):
        raise ValueError("`action` is the id of an action")
    if bug is not None and not _is_bug(bug):
        raise ValueError("`bug` is the number of a bug")
    for key in ("blueprint", "work_item"):
        if values.get(key) is not None and not _is_blueprint(values[key]):
            raise ValueError(f"`{key}` is a blueprint, as neutron/push-notifications")
    if sum(values.get(key) is not None for key in ("bug", "blueprint", "work_item")) > 1:
        raise ValueError("an action is tracked as one thing")
    for key in ("created", "commented"):
        if not isinstance(values.get(key, False), bool):
            raise ValueError(f"`{key}` is true or false")
    creating = values.get("creating")
    if creating is not None and not _is_time(creating):
        raise ValueError("`creating` is a time, as 2016-11-03T18:50:08Z")
    sought = values.get("sought")
    if sought is not None and not (isinstance(sought, str) and sought.count(" ") == 1):
        raise ValueError("`sought` is a project and a tag, as neutron neutron-summit")
    return Entry(
        action=action,
        bug=bug,
        blueprint=values.get("blueprint"),
        work_item=values.get("work_item"),
        created=values.get("created", False),
        creating=creating,
        sought=sought,
        fields={name: _read_agreed(words, name) for name, words in _group(values, "fields").items()},
        refused={name: _read_refused(words, name) for name, words in _group(values, "refused").items()},
        linked=_numbers(values, "linked"),
        subscribed=_words(values, "subscribed"),
        tags=_words(values, "tags"),
        commented=values.get("commented", False),
        formerly=_words(values, "formerly"),
    )


def refuse_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the pairs of a JSON object as a dict; raises ValueError when one would be lost."""
    values = dict(pairs)
    if len(values) < len(pairs):
        raise ValueError("a key stands twice in it")
    return values


def _read_agreed(values: Any, name: str) -> Agreed:
    values = _check(values, Agreed, f"`{name}`")
    agreed = Agreed(**{**values, "pulled_over": _words(values, "pulled_over")})
    if not all(isinstance(word, str | None) for word in (agreed.recap, agreed.launchpad)):
        raise ValueError(f"the words of `{name}` are texts")
    if name == "status" and agreed.recap is not None and agreed.recap not in set(Status):
        raise ValueError(f'"{agreed.recap}" is no status of a recap')
    if agreed.since != "" and not _is_time(agreed.since):
        raise ValueError(f"`since` of `{name}` is a time, as 2016-11-03T18:50:08Z")
    return agreed


def _read_refused(values: Any, name: str) -> Refused:
    refused = Refused(**_check(values, Refused, f"`{name}`"))
    texts = isinstance(refused.account, str) and isinstance(refused.reason, str)
    if not (texts and isinstance(refused.value, str | None) and isinstance(refused.seen, str | None)):
        raise ValueError(f"the words of `{name}` are texts")
    return refused


def _check(values: Any, kind: type[Entry | Agreed | Refused], name: str) -> dict[str, Any]:
    """Return values that are an object with known keys."""
    if not isinstance(values, dict):
        raise ValueError(f"{name} is no object with keys and values")
    unknown = set(values) - {field.name for field in fields(kind)}
    if unknown:
        raise ValueError(f"unknown key `{min(unknown)}`")
    return values


def _group(values: dict[str, Any], key: str) -> dict[str, Any]:
    group = values.get(key, {})
    if not isinstance(group, dict):
        raise ValueError(f"`{key}` is no object with keys and values")
    return group


def _words(values: dict[str, Any], key: str) -> tuple[str, ...]:
    words = values.get(key, [])
    if not (isinstance(words, list) and all(isinstance(word, str) for word in words)):
        raise ValueError(f"`{key}` is a list of texts")
    return tuple(words)


def _numbers(values: dict[str, Any], key: str) -> tuple[int, ...]:
    numbers = values.get(key, [])
    if not (isinstance(numbers, list) and all(_is_bug(number) for number in numbers)):
        raise ValueError(f"`{key}` is a list of numbers of bugs")
    return tuple(numbers)


def _is_bug(number: Any) -> bool:
    return type(number) is int and 0 < number <= MAX_BUG


def _is_blueprint(name: Any) -> bool:
    return isinstance(name, str) and name.count("/") == 1 and all(map(is_name, name.split("/")))


def _is_time(written: Any) -> bool:
    if not (isinstance(written, str) and _TIME.fullmatch(written)):
        return False
    try:
        datetime.fromisoformat(written)
    except ValueError:
        return False
    return True
