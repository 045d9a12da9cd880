"""What a mail says besides its actions: tags, cycle, event, tl;dr, topics, links."""

import pytest

from tracker.mail.days import find_date
from tracker.mail.heading import find_cycle, find_event, read_tags
from tracker.mail.links import classify, find_urls
from tracker.mail.reading import read_notes


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://etherpad.openstack.org/p/x", "etherpad"),
        ("https://etherpad.opendev.org/p/x", "etherpad"),
        ("https://ethercalc.openstack.org/x", "other"),
        ("https://www.openstack.org/summit/x-2016/summit-schedule/events/1/x", "schedule"),
        ("https://blueprints.launchpad.net/p/+spec/x", "blueprint"),
        ("https://review.openstack.org/#/c/1/", "review"),
        ("https://review.openstack.org/123456", "review"),
        ("https://review.opendev.org/c/openstack/p-specs/+/1", "review"),
        ("https://review.openstack.org/#/q/topic:x", "review"),
        ("https://review.opendev.org/q/topic:x+status:open", "review"),
        ("https://bugs.launchpad.net/p/+bug/1", "bug"),
        ("https://launchpad.net/bugs/1", "bug"),
        ("https://storyboard.openstack.org/#!/story/1", "bug"),
        ("https://bugzilla.example.org/show_bug.cgi?id=1", "bug"),
        ("https://specs.openstack.org/openstack/p-specs/x.html", "spec"),
        ("https://opendev.org/openstack/p-specs/src/branch/master/x.rst", "spec"),
        ("https://docs.openstack.org/p/", "other"),
        ("http://logs.example.org/meetings/p_scheduler/2017/x.log.html", "other"),
        ("http://[::1", "other"),
    ],
)
def test_an_address_has_its_kind(url, kind):
    assert classify(url) == kind


@pytest.mark.parametrize(
    "text", ["{}.", "({})", "<{}>`_", "**{}**", "[x]({}),", "see {}; then", "“{}”", "{}...", "[{}]"]
)
def test_markup_and_sentences_around_an_address_are_left(text):
    for url in ("https://a.org/x_(y)", "https://a.org/#/c/1/", "https://a.org/x?a=b&c=d"):
        assert find_urls(text.format(url)) == [url]


def test_a_host_without_a_dot_is_a_sample():
    assert find_urls("p --url http://basalt list") == []


@pytest.mark.parametrize(
    ("subject", "projects", "mailing_list", "title"),
    [
        ("[openstack-dev] [neutron] recap", ("neutron",), "openstack-dev", "recap"),
        ("Re: [openstack-discuss][nova][ptg] recap", ("nova",), "openstack-discuss", "recap"),
        ("[nova][cinder] a [b] c", ("nova", "cinder"), None, "a [b] c"),
        ("recap", (), None, "recap"),
        ("[all][tc] recap", ("tc",), None, "recap"),
    ],
)
def test_tags_of_a_subject_are_projects_and_the_list(subject, projects, mailing_list, title):
    tags = read_tags(subject, None)
    assert (tags.projects, tags.mailing_list, tags.title) == (projects, mailing_list, title)


@pytest.mark.parametrize(
    "text",
    [
        "Minutes 20180314",
        "2018-03-14",
        "Meeting, March 14, 2018",
        "14 March 2018",
        "Mar 14th, 2018",
        "on 14. Mar 2018",
    ],
)
def test_a_day_is_found_in_a_title(text):
    assert str(find_date(text)) == "2018-03-14"


@pytest.mark.parametrize("text", ["20181314", "March 99, 2018", "version 2018.3", "nothing"])
def test_what_is_no_day_is_none(text):
    assert find_date(text) is None


def test_cycle_and_event_are_those_that_are_stated():
    assert find_cycle("[x] recap", "tl;dr for Ocata, we go on. In the Newton cycle we did.") == "ocata"
    assert find_cycle("[x] Wallaby PTG summary", "") == "wallaby"
    assert find_cycle("[x] recap", "This cycle is short.") is None


@pytest.mark.parametrize(
    ("subject", "cycle"),
    [
        ("Glance PTG Gazpacho, 2026-10-27", "gazpacho"),
        ("Glance Hibiscus PTG", "hibiscus"),
        ("Glance PTG, 2026-10-27", None),
        ("Lighthouse PTG notes", None),
        ("Lighthouse PTG 2026.1", "2026.1"),
        ("Zircon PTG notes", None),
        ("Zircon PTG notes of the Zircon cycle", "zircon"),
    ],
)
def test_no_project_is_taken_for_a_cycle(subject, cycle):
    assert find_cycle(subject, "", ("lighthouse",)) == cycle


def test_where_tags_name_the_projects_a_ptg_is_that_of_its_cycle():
    (notes,) = read_notes(b"Subject: [lighthouse] Zircon PTG notes\n\nLighthouse PTG sessions were short.\n")
    assert notes.cycle == "zircon"
    (notes,) = read_notes(b"Subject: [lighthouse] Nova PTG notes\n\nLighthouse PTG sessions were short.\n")
    assert notes.cycle is None
    assert find_event("recap of the OpenStack Summit Barcelona", "") == "OpenStack Summit Barcelona"
    assert find_event("minutes", "nothing") is None


def test_topics_are_headings_with_what_stands_below():
    text = "# A\n\nwords https://review.opendev.org/1\n\n## B\n- more\n"
    (notes,) = read_notes(text.encode())
    assert [(topic.title, topic.notes) for topic in notes.topics] == [
        ("A", "words https://review.opendev.org/1"),
        ("B", "- more"),
    ]
    assert [link.kind for link in notes.topics[0].links] == ["review"]


def test_the_tldr_is_its_paragraph():
    (notes,) = read_notes(b"Hi,\n\ntl;dr: we go\non.\n\nMore.\n")
    assert notes.tldr == "we go on."


def test_what_is_read_as_an_action_is_not_told_again_in_its_topic():
    text = (
        "# A\n\nThe words stay.\n\nActions:\n- Kim to measure\n  it twice;\n- buy a lamp.\n\nSo do these.\n\n"
        "# B\n\nWe talked long, and in the end of the afternoon we agreed on these action items:\n* Kim will write\n"
    )
    (notes,) = read_notes(text.encode())
    assert [action.title for action in notes.actions] == ["measure it twice", "buy a lamp", "write"]
    assert [topic.notes for topic in notes.topics] == [
        "The words stay.\n\nSo do these.",
        "We talked long, and in the end of the afternoon we agreed on these action items:",
    ]


def test_a_list_that_may_be_something_else_stays_in_its_topic():
    (notes,) = read_notes(b"# A\n\nNext steps\n\n- measure it\n- write it down\n\n# B\n\nwords\n")
    assert notes.actions == ()
    assert "measure it" in notes.topics[0].notes
