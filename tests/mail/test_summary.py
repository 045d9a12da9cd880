"""What the mail of a recap says: every fact of it, each address whole, nothing invisible, in every format."""

import re
from datetime import date
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.mail.test_plain import is_too_wide
from tests.mail.test_round_trip import NOWHERE, PEOPLE, WEB, recaps
from tracker.mail.plain import as_text
from tracker.mail.summary import CycleSummary, build_summary, list_name, read_day, say_day
from tracker.mail.templates import render
from tracker.recap.model import Action, BlueprintTarget, BugTarget, Owner, Recap, Topic, WorkItemTarget

EVIL = "<script>alert(1)</script>"
LONG = "https://example.org/" + "a-long-path/" * 20


def recap(**values):
    return Recap(**{"id": "a/b", "title": "Next steps", "project": "harbour", "date": date(2016, 10, 28), **values})


def mail(one, suffix="txt", mailing_list=None):
    return render(f"summary.{suffix}.j2", NOWHERE, mail=build_summary(one, PEOPLE, WEB, mailing_list))


@pytest.mark.parametrize(
    ("mailing_list", "subject"),
    [
        (None, "[harbour] Next steps: session recap"),
        ("harbour-dev", "[harbour-dev] [harbour] Next steps: session recap"),
        ("harbour-dev@lists.example.org", "[harbour-dev] [harbour] Next steps: session recap"),
        ("Harbour <harbour-dev@lists.example.org>", "[harbour-dev] [harbour] Next steps: session recap"),
    ],
)
def test_the_subject_names_list_project_and_title(mailing_list, subject):
    assert build_summary(recap(), PEOPLE, WEB, mailing_list).subject == subject


def test_a_list_without_a_name_is_none():
    assert [list_name(one) for one in (None, "", " ", "[]", "@example.org")] == [None] * 5


@given(st.dates())
def test_a_day_in_words_is_read_again(day):
    assert read_day(say_day(day)) == day


def test_each_action_says_who_and_where_it_is_tracked():
    actions = (
        Action("a", "fix it", "harbour", (Owner("mara"),), target=BugTarget(7)),
        Action("b", "file it", "harbour", (Owner("jon", tentative=True),), target=BugTarget()),
        Action("c", "build it", "pier", (Owner("core"),), target=BlueprintTarget("crane")),
        Action("d", "plan it", "harbour", target=BlueprintTarget("dock", create=True)),
        Action("e", "test it", "harbour", (Owner("mara"), Owner("jon")), (Owner("zoe"),), WorkItemTarget("crane")),
    )
    assert mail(recap(actions=actions)).partition("Next actions:\n")[2] == (
        "- Mara to fix it\n  bug: https://bugs.launchpad.net/harbour/+bug/7\n"
        "- Jon (?) to file it (bug to be filed)\n"
        "- core reviewers to build it (project pier)\n"
        "  blueprint: https://blueprints.launchpad.net/pier/+spec/crane\n"
        "- looking for an owner: plan it (blueprint dock to be registered)\n"
        "- Mara/Jon to test it, with Zo\u00eb \u00c4rmel\n"
        "  work item of: https://blueprints.launchpad.net/harbour/+spec/crane\n"
    )


@settings(max_examples=30)
@given(recaps)
def test_no_line_is_wider_than_a_window_and_no_address_is_broken(one):
    text = as_text(mail(one))
    urls = [*one.links.values(), *(url for action in one.actions for url in action.evidence)]
    urls += [url for topic in one.topics for url in topic.links.values()]
    assert [url for url in urls if url not in text] == []
    # What is indented stays as it is, and so does a link's name before its address.
    lines = [line for line in text.splitlines() if not line.startswith(" ") and "https://" not in line]
    assert [line for line in lines if is_too_wide(line)] == []


class Tags(HTMLParser):
    """The tags and addresses of a page."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.tags, self.links, self.text = set(), [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            assert not name.startswith("on")
            if name in {"href", "src"}:
                self.links.append(value)

    def handle_data(self, data):
        self.text.append(data)


ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "ul", "li", "a", "section", "article", "br",
    "span",
}  # fmt: skip


MARKDOWN = {"h1", "h2", "p", "ul", "ol", "li", "a", "strong", "em", "code", "pre", "blockquote", "hr", "br"}


@settings(max_examples=30)
@given(recaps)
def test_a_page_has_the_tags_of_its_template_and_links_to_pages_alone(one):
    page = Tags(mail(one, "html"))
    assert page.tags <= ALLOWED
    assert [link for link in page.links if not link.startswith(("http://", "https://"))] == []
    shown = " ".join(" ".join(page.text).split())
    for action in one.actions:
        assert " ".join(action.title.split()) in shown


@settings(max_examples=30)
@given(recaps)
def test_a_markdown_page_has_no_html_and_every_action(one):
    page = MarkdownIt("commonmark", {"html": True}).render(mail(one, "md"))
    assert Tags(page).tags <= MARKDOWN
    shown = " ".join(unescape(re.sub(r"<[^>]*>", "", page)).split())
    for action in one.actions:
        assert " ".join(action.title.split()) in shown


FIELDS = {
    "title": lambda text: {"title": text},
    "project": lambda text: {"project": text},
    "event": lambda text: {"event": text},
    "cycle": lambda text: {"cycle": text},
    "tldr": lambda text: {"tldr": text},
    "link's name": lambda text: {"links": {text: LONG}},
    "link": lambda text: {"links": {"pad": LONG + text}},
    "author": lambda text: {"author": Owner(f"~{text}")},
    "topic": lambda text: {"topics": (Topic(text, text, {text: LONG + text}, (text,), (text,), (text,)),)},
    "action": lambda text: {"actions": (Action("a", text, "harbour", (Owner(text),), (Owner(text),), notes=text),)},
    "evidence": lambda text: {"actions": (Action("a", "x", text, evidence=(LONG + text,), milestone=text),)},
}


@pytest.mark.parametrize("suffix", ["txt", "md", "html"])
@pytest.mark.parametrize("field", FIELDS)
def test_no_field_brings_a_control_character_a_mark_of_direction_or_html(suffix, field):
    one = recap(
        **FIELDS[field](f"a\x1b[2J\x07\u202eb\u2066c\u200f\u2028d\x00{EVIL}\ud800<img src=x onerror=alert(1)>")
    )
    text = mail(one, suffix)
    assert [sign for sign in text if not sign.isprintable() and sign != "\n"] == []
    if suffix == "md":
        text = MarkdownIt("commonmark", {"html": True}).render(text)
    if suffix != "txt":
        assert Tags(text).tags <= (ALLOWED if suffix == "html" else MARKDOWN)


@pytest.mark.parametrize("suffix", ["md", "html", "txt"])
def test_a_cycle_tells_of_each_session_what_its_own_mail_tells(suffix):
    sessions = [
        recap(
            title=title,
            tldr="It went well.",
            author=Owner("mara"),
            links={"pad": LONG},
            topics=(Topic("Cranes", "They are old.", blueprints=("crane",)),),
            actions=(Action("a", "fix it", "harbour", (Owner("mara"),), target=BugTarget(7), notes="Soon."),),
        )
        for title in ("Next steps", "Looking back")
    ]
    summaries = tuple(build_summary(one, PEOPLE, WEB, "harbour-dev") for one in sessions)
    cycle = CycleSummary("ocata", summaries)
    assert cycle.subject == "[harbour-dev] [harbour] session recaps of the ocata cycle"
    text = render(f"cycle.{suffix}.j2", NOWHERE, mail=cycle)
    for fact in ("Next steps", "Looking back", "It went well.", "They are old.", "/+spec/crane", "/+bug/7", "Soon."):
        assert fact in text
    assert text.count(LONG) >= len(sessions)


def test_a_cycle_of_several_projects_names_none_in_its_subject():
    summaries = tuple(build_summary(recap(project=name), PEOPLE, WEB) for name in ("harbour", "pier"))
    assert CycleSummary("ocata", summaries).subject == "session recaps of the ocata cycle"


@pytest.mark.parametrize("suffix", ["txt", "md", "html"])
def test_a_recap_of_nothing_but_its_title_says_so(suffix):
    text = mail(recap(), suffix)
    assert "one." in text.partition("ext actions")[2]
