"""`tracker import`: a mail that says in other words what the sample's recap says, held against that recap."""

import json
import re
import shutil

import pytest

from tests.support import ROOT, TESTS
from tracker.recap.repository import load_repository

MAIL = TESTS / "data" / "mail" / "40-sample-recap.txt"


@pytest.fixture
def recaps(tracker, tmp_path):
    """The recap that was made of the mail, and that of the sample; only who is who is known before."""
    sessions = tmp_path / "sessions"
    sessions.mkdir()
    for name in ("tracker.yaml", "people.yaml"):
        shutil.copy(ROOT / "sessions" / name, sessions)
    answer = tracker("import", str(MAIL), "ocata/neutron-server-next")
    assert (answer.code, answer.out) == (0, "sessions/ocata/neutron-server-next.yaml\n"), answer.err
    made, sample = (load_repository(folder) for folder in (sessions, ROOT / "sessions"))
    assert [one.rule for one in made.diagnostics] == ["R037"]  # which asks for the day
    return made.recaps[0], sample.recaps[0]


def test_it_has_the_session_as_the_sample_has_it(recaps):
    made, sample = recaps
    for key in ("id", "title", "project", "cycle", "event", "author"):
        assert getattr(made, key) == getattr(sample, key), key
    assert made.tldr
    for name in ("schedule", "etherpad"):
        assert made.links[name] == sample.links[name]


def test_it_has_each_action_with_those_who_own_it_and_who_help(recaps):
    made, sample = recaps
    assert len(made.actions) == 7
    for one, other in zip(made.actions, sample.actions, strict=True):
        assert [str(owner) for owner in one.owners] == [str(owner) for owner in other.owners]
        assert one.collaborators == other.collaborators
        # In other words, yet the same one: they share most of what tells it from the others.
        words = [set(re.findall(r"\w{4,}", action.title.casefold())) for action in (one, other)]
        assert words[0] & words[1], one.title


def test_it_has_every_link_by_what_it_is(recaps):
    made, sample = recaps

    def links(recap, key):
        return {link for topic in recap.topics for link in getattr(topic, key)}

    assert links(made, "blueprints") == links(sample, "blueprints") - {"push-notifications"}  # which no mail names
    below = {url for recap in recaps for name, url in recap.links.items() if name.startswith("review")}
    assert links(made, "reviews") | below == links(sample, "reviews")


def test_what_the_mail_does_not_say_is_asked_for(tracker, tmp_path):
    answer = tracker("import", str(MAIL), "--output", "-")
    assert "date: 2016-11-03  # import: on which day was the session? this is the mail's\n" in answer.out


def test_the_list_that_it_went_to_is_that_of_the_sample(tracker):
    found = json.loads(tracker("import", str(MAIL), "--format", "json").out)
    settings = load_repository(ROOT / "sessions").settings
    assert found["list"].casefold() == settings.mailing_list
