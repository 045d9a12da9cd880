"""The page of mails: its template works, and it names what templates get."""

import re

import pytest

from tests.cli.mailed import RECAP, make_repository
from tests.support import ROOT
from tracker.mail.digest import Digest
from tracker.mail.moved import Moved
from tracker.mail.sentences import Item
from tracker.mail.summary import CycleSummary, Summary, TopicFacts
from tracker.mail.templates import OWN, _environment

PAGE = (ROOT / "docs" / "mails.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (`.+) \| (.+) \| (.+) \|$", PAGE, re.MULTILINE)
FACTS = {"summary": Summary, "since": Moved, "cycle": CycleSummary, "digest": Digest}


def test_the_template_of_the_page_is_one_that_works(tracker, tmp_path):
    sessions = make_repository(tmp_path).parent.parent
    (template,) = re.findall(r"<!-- template -->\n```jinja\n(.*?)```", PAGE, re.DOTALL)
    (sessions / "templates").mkdir()
    (sessions / "templates" / "summary.txt.j2").write_text(template)
    answer = tracker("summary", RECAP)
    assert (answer.code, answer.err) == (0, "")
    body = answer.out.partition("\n\n")[2]
    assert body.startswith("Dear all,\n\nthis is the recap of the neutron session on Friday, 28 October 2016, at\n")
    assert "\n- Kevin (?) to report low-hanging-fruit bugs for unit to API test\n" in body
    assert body.endswith("\n\nYours, Ihar\n")


@pytest.mark.parametrize(("names", "of"), [(names, of) for names, of, _ in ROWS if names.startswith("`mail.")])
def test_the_names_of_the_page_are_those_that_templates_get(names, of):
    for mail in of.split(", "):
        for name in re.findall(r"`(?:mail\.)?(\w+)`", names):
            assert name in dir(FACTS[mail]), (mail, name)


def test_the_parts_of_actions_and_topics_are_those_that_templates_get():
    (actions,) = (said for names, _, said in ROWS if names == "`mail.actions`")
    assert set(re.findall(r"`(\w+)`", actions)) <= set(dir(Item))
    (topics,) = (said for names, _, said in ROWS if "`topics`" in names)
    assert set(re.findall(r"`(\w+)`", topics.partition("topics")[2])) <= set(dir(TopicFacts))


def test_every_filter_of_the_tracker_is_on_the_page(tmp_path):
    from jinja2 import Environment

    own = set(_environment(tmp_path, html=False).filters) - set(Environment(autoescape=True).filters)
    told = {name for names, of, _ in ROWS if ".j2" in of or of == "all" for name in re.findall(r"`(\w+)`", names)}
    assert told == own


def test_every_template_is_on_the_page():
    section = PAGE.partition("## Templates of your own")[2]
    assert {path.name.partition(".")[0] for path in OWN.iterdir()} <= set(re.findall(r"\w+", section))
