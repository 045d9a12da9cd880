"""Whole mails of every layout, with readings made by hand before the reader first saw them."""

import json
import re
from pathlib import Path

import pytest

from tracker.cli.importing import as_json
from tracker.mail.reading import read_notes

SAMPLES = Path(__file__).parent.parent / "data" / "mail"
EXPECTED = sorted(SAMPLES.glob("*.expected.json"))


def mail_of(expected):
    return next(
        path for path in SAMPLES.glob(expected.name.removesuffix(".expected.json") + ".*") if path != expected
    )


def plain(text):
    return re.sub(r"\*\*|`", "", text).rstrip(" .;,:")


def allowed(wanted, key):
    return [wanted[key], *wanted.get("accept", {}).get(key, [])]


def read(expected):
    found = as_json(read_notes(mail_of(expected).read_bytes()))
    wanted = json.loads(expected.read_text(encoding="utf-8"))
    return list(zip(found.get("messages", [found]), wanted.get("messages", [wanted]), strict=True))


def tell(action):
    return (
        plain(action["text"]),
        action["owners"],
        action["tentative"],
        action["done"],
        action["with"],
        action["group"],
    )


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda path: path.name.split(".")[0])
class TestSamples:
    def test_every_action_is_found_and_none_is_made_up(self, expected):
        for found, wanted in read(expected):
            texts = {plain(text): w for w in wanted["actions"] for text in allowed(w, "text")}
            said = [plain(action["text"]) for action in found["actions"]]
            assert [text for text in said if text not in texts] == []
            missed = [w["text"] for w in wanted["actions"] if w["required"] and not any(texts[t] is w for t in said)]
            assert missed == []
            assert len(said) == len(set(said))

    def test_owners_and_what_is_said_of_them_are_as_read_by_hand(self, expected):
        for found, wanted in read(expected):
            texts = {plain(text): w for w in wanted["actions"] for text in allowed(w, "text")}
            for action in found["actions"]:
                w = texts[plain(action["text"])]
                for key in ("owners", "tentative", "done"):
                    assert action[key] in allowed(w, key), tell(action)

    def test_headers_are_as_written(self, expected):
        for found, wanted in read(expected):
            for key in ("subject", "date", "author", "project_tags"):
                assert found[key] in [wanted[key], *wanted.get("accept", {}).get(key, [])], key

    def test_links_have_their_kind_and_nothing_else_is_a_link(self, expected):
        for found, wanted in read(expected):
            have = {(link["kind"], link["url"]) for link in found["links"]}
            want = {(link["kind"], link["url"]) for link in wanted["links"] if not link.get("optional")}
            assert want <= have
            assert {kind for kind, _ in have - want} <= {"other"}
