"""Owners and titles that change on Launchpad, whatever form they have in the recap."""

import pytest

from tests.sync.bench import happened
from tracker.sync.events import Kind
from tracker.sync.merge import Prefer

NEW = "  - id: first\n    title: t\n    {owner}\n    bug: new\n"


@pytest.mark.parametrize(
    "owner",
    [
        "owner: ihar",
        "owner: Ihar Tester",
        "owner: ~IHAR",
        "owner: [IHAR, Artur Tester]",
        "owner: [~ihar, ~artur]",
        "owner: [ihar, kevin, artur?]",
        "owner:\n      - ihar\n      - artur  # a comment",
        "owner: []",
        "owner:",
        "with: [artur]",
        "owner: [paper, ihar]",
    ],
)
@pytest.mark.parametrize("assignees", [["artur", "ihar"], [None, "armando"], ["kevin", "armando", None, "ihar"]])
def test_every_form_of_owners_follows_and_one_sync_is_enough(bench, owner, assignees):
    bench.write(NEW.format(owner=owner))
    bench.sync()
    for assignee in assignees:
        bench.elsewhere(lead=assignee)
        events = bench.sync()
        assert not happened(events, Kind.FAILED) + happened(events, Kind.CONFLICT)
        lead = bench.repository().recaps[0].actions[0].lead
        assert bench.task().assignee == assignee
        assert assignee is None or str(lead) == {"armando": "~armando"}.get(assignee, assignee)
        assert lead is None or lead.tentative == (assignee is None) or lead.key == "paper"
        assert bench.in_step()


def test_who_loses_the_lead_to_a_co_owner_is_subscribed_by_the_same_sync(bench):
    bench.write(NEW.format(owner="owner: [ihar, artur]"))
    bench.sync()
    bench.elsewhere(lead="artur")
    events = bench.sync()
    assert any("subscribed ~ihar" in text for text in happened(events, Kind.DONE))
    assert "owner: [artur, ihar]" in bench.read()
    assert bench.sync() == []


def test_one_person_named_twice_is_a_problem_of_the_recap(bench):
    bench.write(NEW.format(owner="owner: [ihar, ~ihar]"))
    assert [one.rule for one in bench.repository().diagnostics] == ["R027"]


@pytest.mark.parametrize("owner", ["artur?", "paper"])
def test_preferring_a_recap_whose_lead_cannot_be_sent_unassigns_nobody(bench, owner):
    bench.write(NEW.format(owner="owner: ihar"))
    bench.sync()
    bench.replace("owner: ihar", f"owner: {owner}")
    bench.elsewhere(lead="kevin")
    assert bench.plan().conflicts == 1
    bench.sync(Prefer.RECAP)
    assert bench.task().assignee == "kevin"
    assert f"owner: {owner}" in bench.read()
    assert bench.in_step()
    assert bench.plan().conflicts == 0
    assert "stays assigned" in bench.plan().actions[0].remarks[0].text


STYLES = ["a title", "'a title'", '"a title"', "|-\n      a title"]
HOSTILE = [" blanks ", "# c", "a: b # c", "{a", "no", "a\tb\x07", "x\u2028y", "'\"\\", "!!x"]


@pytest.mark.parametrize(
    ("style", "title"), [(STYLES[0], title) for title in HOSTILE] + [(style, " # a: 'b'\u2028") for style in STYLES]
)
def test_whatever_title_launchpad_has_is_read_back_from_the_recap(bench, style, title):
    bench.write(NEW.format(owner="owner: ihar").replace("title: t", f"title: {style}"))
    bench.sync()
    bench.others.update_bug(bench.others.fetch_bug(bench.number()), title=title)
    bench.sync()
    assert bench.repository().recaps[0].actions[0].title == title
    assert bench.in_step()
    assert bench.task().title == title


def test_a_title_of_blanks_is_told_and_stays_where_it_is(bench):
    bench.write(NEW.format(owner="owner: ihar"))
    bench.sync()
    bench.others.update_bug(bench.others.fetch_bug(bench.number()), title="   ")
    before = bench.read()
    for prefer in (None, Prefer.LAUNCHPAD):
        assert bench.sync(prefer) == []
        assert bench.read() == before
    assert "cannot be read" in bench.plan().actions[0].remarks[0].text
    assert bench.others.fetch_bug(bench.number()).title == "   "
