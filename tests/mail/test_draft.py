"""A recap out of what a mail says: it passes check but for what only a person can know, which is marked."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import TESTS
from tracker.mail.again import is_of
from tracker.mail.draft import derive_recap_id, write_draft
from tracker.mail.notes import FoundAction, FoundLink, FoundTopic, Notes
from tracker.mail.reading import read_notes
from tracker.recap.marks import MARK
from tracker.recap.newcomers import add_people, write_people
from tracker.recap.parse import draft_recap, parse_people
from tracker.recap.people import People, Person
from tracker.recap.reader import read_document

PEOPLE = People.of([Person("mara", "Mara Example"), Person("jon", "Jon Example"), Person("core", "core reviewers")])
COMPLETE = Notes(
    subject="[example-dev] [example] logs recap",
    title="logs recap",
    date=date(2016, 11, 3),
    author="Mara Example",
    project_tags=("example",),
    mailing_list="example-dev",
    event="Example Summit",
    cycle="Ocata",
    tldr="structured logs become the default",
    topics=(
        FoundTopic(
            "Structured logs",
            '  - indented first\nthen not: "odd" # yes',
            (
                FoundLink("blueprint", "https://blueprints.launchpad.net/example/+spec/structured-logs"),
                FoundLink("bug", "https://bugs.launchpad.net/example/+bug/12"),
                FoundLink("review", "https://review.openstack.org/386685"),
                FoundLink("spec", "https://specs.example.org/a"),
            ),
        ),
    ),
    links=(
        FoundLink("etherpad", "https://etherpad.example.org/p/a"),
        FoundLink("etherpad", "https://e.example.org/b"),
    ),
    actions=(
        FoundAction("Mara to do it", "do it", 3, ("Mara Example",), topic="Structured logs"),
        FoundAction("Mara/Jon to work with core", "work on it", 4, ("mara", "Jon Example"), ("core reviewers",)),
        FoundAction("Jon (?) to look", "look", 5, ("jon",), tentative=True),
        FoundAction("fix bug 12", "fix: bug 12", 6, done=True, bug=12),
    ),
)


def parse(text, people=PEOPLE):
    document = read_document(text.encode(), "draft.yaml")
    recap = draft_recap(document, "ocata/draft", people, None)
    return recap, [one for one in document.diagnostics if one.rule != "R037"]  # that something is asked


def test_a_draft_of_a_mail_that_says_all_passes_check():
    draft = write_draft(COMPLETE, PEOPLE)
    recap, problems = parse(draft.text)
    assert problems == []
    assert (recap.title, recap.project, recap.cycle, recap.event) == (
        "logs recap",
        "example",
        "ocata",
        "Example Summit",
    )
    assert recap.date == date(2016, 11, 3)
    assert recap.author.key == "mara"
    assert list(recap.links) == ["etherpad", "etherpad-2"]
    (topic,) = recap.topics
    assert topic.notes.rstrip() == '  - indented first\nthen not: "odd" # yes'
    assert (topic.blueprints, topic.bugs, topic.reviews) == (("structured-logs",), ("12",), ("386685",))
    assert topic.links == {"spec": "https://specs.example.org/a"}
    first, second, third, fourth = recap.actions
    assert [str(owner) for owner in first.owners] == ["mara"]
    assert first.topic == "Structured logs"
    assert [owner.key for owner in second.owners] == ["mara", "jon"]
    assert [owner.key for owner in second.collaborators] == ["core"]
    assert [str(owner) for owner in third.owners] == ["jon?"]
    assert (fourth.status, fourth.target, fourth.title) == ("done", None, "fix: bug 12")


def test_what_a_person_has_to_say_is_marked_where_it_is_missing():
    draft = write_draft(COMPLETE, PEOPLE)
    lines = draft.text.splitlines()
    assert [place.line for place in draft.places] == [n for n, line in enumerate(lines, 1) if MARK in line]
    assert all(place.text in lines[place.line - 1] for place in draft.places)
    assert "this is the mail's" in draft.places[0].text
    assert draft.places[-1].text == "it names bug 12; `bug: 12` tracks it there"


@pytest.mark.parametrize(("missing", "key"), [("title", "title"), ("date", "date"), ("project_tags", "project")])
def test_what_must_be_there_and_is_not_is_asked_for(missing, key):
    from dataclasses import replace

    draft = write_draft(replace(COMPLETE, **{missing: () if missing == "project_tags" else None}), PEOPLE)
    assert any(line.startswith(f"{key}:  {MARK}") for line in draft.text.splitlines())
    _, problems = parse(draft.text)
    assert problems != []


def test_somebody_whom_nobody_knows_is_left_as_found_and_gets_a_line_for_people_yaml():
    notes = Notes("s", "s", date(2016, 11, 3), "Kevin Benton", ("example",), actions=(
        FoundAction("a", "a", 1, ("Kevin",)), FoundAction("b", "b", 2, ("Kevin", "some reviewers"))
    ))  # fmt: skip
    draft = write_draft(notes, PEOPLE)
    assert draft.newcomers == (Person("kevin", "Kevin Benton"), Person("some-reviewers", "some reviewers"))
    assert f"    owner: Kevin  {MARK} people.yaml has no Kevin" in draft.text
    people = People.of([*PEOPLE.entries.values(), *draft.newcomers])
    recap, problems = parse(draft.text, people)
    assert problems == []
    assert [owner.key for owner in recap.actions[1].owners] == ["kevin", "some-reviewers"]


def test_a_group_that_nobody_knows_becomes_a_team():
    notes = Notes("s", "s", date(2016, 11, 3), None, ("example",), actions=(
        FoundAction("a", "a", 1, ("puffin reviewers", "Core Team"), group=True),
        FoundAction("b", "b", 2, ("Core Team",)),
    ))  # fmt: skip
    draft = write_draft(notes, PEOPLE)
    assert [(one.key, one.is_team) for one in draft.newcomers] == [("puffin-reviewers", True), ("core-team", True)]


def test_a_newcomer_gets_no_key_that_names_somebody_already():
    people = People.of([Person("k", "Somebody", irc=("kevin",)), Person("rita-x", "Rita X")])
    notes = Notes("s", "s", date(2016, 11, 3), "Kevin Benton", ("example",), actions=(
        FoundAction("a", "a", 1, ("RITA-x", "佐藤", "鈴木")),
    ))  # fmt: skip
    draft = write_draft(notes, people)
    assert [(one.key, one.name) for one in draft.newcomers] == [
        ("kevin-benton", "Kevin Benton"), ("somebody-2", "佐藤"), ("somebody-3", "鈴木")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://review.openstack.org/#/c/386685/", "386685"),
        ("https://review.openstack.org/386685", "386685"),
        ("https://review.opendev.org/c/openstack/neutron-lib/+/386685", "386685"),
        ("https://review.opendev.org/#/c/386685", "386685"),
        ("https://review.example.org/386685", "https://review.example.org/386685"),
        ("https://review.openstack.org/#/c/386685/3", "https://review.openstack.org/#/c/386685/3"),
        ("https://review.openstack.org/#/q/topic:x", "https://review.openstack.org/#/q/topic:x"),
    ],
)
def test_links_of_a_topic_are_kept_once_each_by_what_they_are(url, written):
    notes = f"   - {url}\n   * see <{url}>, and read it\n\n   - ({url}).\n"
    topic = FoundTopic("Logs", notes, (FoundLink("review", url),))
    recap, problems = parse(
        write_draft(Notes("s", "s", date(2016, 11, 3), None, ("e",), topics=(topic,)), PEOPLE).text
    )
    assert problems == []
    assert recap.topics[0].reviews == (written,)
    assert recap.topics[0].notes == f"* see <{url}>, and read it\n"


def test_what_a_person_says_of_the_place_holds():
    draft = write_draft(COMPLETE, PEOPLE, cycle="pike", taken={"do-it", "look"}, schema="../.schema/recap.json")
    assert draft.text.startswith("# yaml-language-server: $schema=../.schema/recap.json\ntitle: logs recap\n")
    recap, problems = parse(draft.text)
    assert problems == []
    assert recap.cycle == "pike"
    assert [one.id for one in recap.actions] == ["do", "work", "look-2", "fix-bug-12"]
    assert all(MARK in draft.text.splitlines()[place.line - 1] for place in draft.places)


@pytest.mark.parametrize("title", ["word " * 40 + "end", "x" * 201, "x" * 5000 + " y", "a " + "x" * 300])
def test_a_title_that_is_too_long_is_cut_and_marked_and_kept_whole_in_the_notes(title):
    notes = Notes("s", "s", date(2016, 11, 3), None, ("e",), actions=(FoundAction("", title, 1, notes=("more",)),))
    draft = write_draft(notes, PEOPLE)
    recap, problems = parse(draft.text)
    assert problems == []
    assert recap.actions[0].title.endswith(" ...")
    assert recap.actions[0].notes == f"{title}\nmore\n"
    assert "title: " in draft.text.splitlines()[draft.places[-1].line - 1]
    whole = FoundAction("", "x" * 200, 1)
    assert "notes" not in write_draft(Notes("s", "s", None, None, ("e",), actions=(whole,)), PEOPLE).text


def test_no_newcomer_takes_the_name_that_another_has_as_key():
    actions = tuple(FoundAction(name, name, 1, (name,)) for name in ("Kim: a", "Kim", "kim", "Kim Lee", "kim-a"))
    named = Notes("s", "s", date(2016, 11, 3), None, ("e",), actions=actions)
    people = People.of([*PEOPLE.entries.values(), *write_draft(named, PEOPLE).newcomers])
    recap, problems = parse(write_draft(named, people).text, people)
    assert problems == []
    assert all(one.owners for one in recap.actions)


def test_a_name_with_a_nick_is_somebody_by_either():
    owners = ("Rolf Steinquist (rolfs)", "rolfs", "Rolf Steinquist", "kmens", "Kofi M (kmens)", "Rolf", 'a "b"')
    actions = tuple(FoundAction(name, name, 1, (name,)) for name in owners)
    named = Notes("s", "s", date(2016, 11, 3), None, ("e",), actions=actions)
    draft = write_draft(named, PEOPLE)
    assert draft.newcomers == (
        Person("rolf", "Rolf Steinquist", irc=("rolfs",)),
        Person("kmens", "Kofi M"),
        Person("b", 'a "b"'),
    )
    recap, problems = parse(write_draft(named, People.of(draft.newcomers)).text, People.of(draft.newcomers))
    assert problems == []
    keys = [owner.key for one in recap.actions for owner in one.owners]
    assert keys == ["rolf", "rolf", "rolf", "kmens", "kmens", "rolf", "b"]
    # Whom people.yaml has by the nick is no newcomer, whatever the mail calls them.
    known = People.of([Person("x", "R. Steinquist", irc=("rolfs",)), Person("k", "Kofi M")])
    assert [one.key for one in write_draft(named, known).newcomers] == ["rolf", "kmens", "b"]
    assert "owner: x\n" in write_draft(Notes(actions=actions[:1]), known).text


def test_two_people_of_one_name_are_told_and_none_is_chosen():
    people = People.of([Person("a", "Kevin"), Person("b", "Kevin")])
    notes = Notes("s", "s", date(2016, 11, 3), None, ("example",), actions=(FoundAction("a", "a", 1, ("Kevin",)),))
    draft = write_draft(notes, people)
    assert f"owner: Kevin  {MARK} Kevin may be a or b" in draft.text
    assert draft.newcomers == ()


@pytest.mark.parametrize("called", ["Kofi", "mensah"])
def test_who_is_called_by_a_part_of_their_name_is_asked_about_and_no_newcomer(called):
    people = People.of([Person("km", "Kofi Mensah"), Person("rolf", "Rolf")])
    notes = Notes("s", "s", date(2016, 11, 3), None, ("example",), actions=(FoundAction("a", "a", 1, (called,)),))
    draft = write_draft(notes, people)
    assert f"owner: {called}  {MARK} {called} may be km\n" in draft.text
    assert draft.newcomers == ()


def test_the_id_is_of_the_cycle_and_the_title():
    assert derive_recap_id(COMPLETE) == "ocata/logs-recap"
    assert derive_recap_id(Notes(title="a b", cycle="../x")) == "b"
    assert [derive_recap_id(Notes(title=title)) for title in (None, "", "会议")] == ["recap"] * 3


texts = st.text(max_size=30) | st.sampled_from([
    "- a", "#x", "a: b", "'", '"', "no", "2016-10-28", "@x", "*a", "[x", "x #y",
    "\x85", "\u2028", "é", "\x00", "~x", "?", "x" * 201, "# import: x", "a\n# import: x",
    "Kim", "Kim Lee", "kim-lee", "Kim Lo (kim)", "Lee (kim-lee)", 'a "b"', "mara", "null"
])  # fmt: skip
links = st.builds(
    FoundLink,
    st.sampled_from(["etherpad", "schedule", "blueprint", "review", "bug", "spec", "other"]),
    st.sampled_from([
        "https://a.example/x", "https://bugs.launchpad.net/n/+bug/1", "https://review.openstack.org/1",
        "https://blueprints.launchpad.net/n/+spec/a-b", "https://a.example/y#z?a=b,c",
    ]),
)  # fmt: skip
actions = st.builds(
    FoundAction, texts, texts, st.just(1), st.lists(texts, max_size=3).map(tuple),
    st.lists(texts, max_size=2).map(tuple),
    st.booleans(), st.booleans(), st.booleans(), st.lists(texts, max_size=2).map(tuple), st.none() | texts,
    st.none() | st.integers(1, 99), st.none() | st.just("a-b"),
)  # fmt: skip
topics = st.builds(FoundTopic, texts, texts, st.lists(links, max_size=3).map(tuple))


@given(
    st.builds(
        Notes,
        texts,
        st.none() | texts,
        st.none() | st.dates(),
        st.none() | texts,
        st.lists(texts, max_size=1).map(tuple),
        st.none(),
        st.none() | texts,
        st.none() | texts,
        st.none() | texts,
        st.lists(topics, max_size=3).map(tuple),
        st.lists(links, max_size=3).map(tuple),
        st.lists(actions, max_size=3).map(tuple),
    )
)
def test_whatever_a_mail_says_is_yaml_and_its_faults_are_only_what_is_marked(notes):
    draft = write_draft(notes, PEOPLE)
    document = read_document(draft.text.encode(), "draft.yaml")
    assert document.root is not None, (draft.text, document.diagnostics)
    added = parse_people(
        read_document(add_people(write_people(PEOPLE.entries.values()), draft.newcomers).encode(), "")
    )
    people = People.of([*PEOPLE.entries.values(), *draft.newcomers])
    assert added == people
    draft_recap(document, "ocata/draft", people, None)
    marked = {place.line for place in draft.places}
    if "\nproject:  #" in draft.text:  # a project that nobody names is told on the first line
        marked.add(1)
    assert {problem.line for problem in document.diagnostics if problem.is_error} <= marked, (
        draft.text,
        document.diagnostics,
    )
    # Each mark is found again, unless something is wrong there, and no text passes for one.
    found = {problem.line for problem in document.diagnostics if problem.rule == "R037"}
    assert found == {place.line for place in draft.places} - {
        one.line for one in document.diagnostics if one.rule != "R037"
    }


MAILS = [path for path in sorted((TESTS / "data" / "mail").iterdir()) if path.suffix != ".json"]


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_each_sample_passes_check_once_its_people_are_known_but_for_what_is_asked(path):
    for notes in read_notes(path.read_bytes()):
        people = People.of(write_draft(notes, People()).newcomers)
        draft = write_draft(notes, people)
        recap, problems = parse(draft.text, people)
        asked = {place.line for place in draft.places}
        assert [one.message for one in problems if one.line not in asked] in ([], ["`project` is missing"])
        assert len(recap.actions) == len(notes.actions)
        for action, found in zip(recap.actions, notes.actions, strict=True):
            assert 1 <= len(action.owners) <= len(found.owners) or not found.owners
            assert all(owner.tentative == found.tentative for owner in action.owners)


def test_no_id_is_made_of_an_address():
    actions = tuple(
        FoundAction(text, text, 1)
        for text in ("fix it (https://bugs.example.org/12)", "https://review.example.org/12")
    )
    draft = write_draft(Notes(title="https://pad.example.org/p/x", actions=actions), PEOPLE, "example")
    recap, _ = parse(draft.text)
    assert [action.id for action in recap.actions] == ["fix", "action"]
    assert [action.title for action in recap.actions] == [action.title for action in actions]
    assert derive_recap_id(Notes(title="notes of https://pad.example.org/p/x")) == "notes"


@pytest.mark.parametrize(
    ("address", "email"), [("lee@example.org", "lee@example.org"), ("no address", None), (None, None)]
)
def test_an_author_whom_people_yaml_lacks_comes_with_the_address_of_the_mail(address, email):
    actions = (FoundAction("Lee to do it", "do it", 1, ("Lee",)),)
    draft = write_draft(Notes(title="x", author="Lee Example", address=address, actions=actions), PEOPLE)
    assert draft.newcomers == (Person("lee", "Lee Example", email=email),)


def test_an_author_is_known_by_the_address_too():
    people = People.of([Person("lee", "Leona Example", email="Lee@example.org")])
    draft = write_draft(Notes(title="x", author="Lee E.", address="lee@example.org"), people)
    assert draft.newcomers == ()
    assert "author: lee\n" in draft.text


@pytest.mark.parametrize(
    ("notes", "alike"),
    [
        (Notes(title="Logs  recap", date=date(2026, 10, 30)), True),
        (Notes(title="logs recap", date=date(2026, 10, 31)), False),
        (Notes(title="recap", date=date(2026, 10, 30)), False),
        (Notes(title="logs recap", actions=(FoundAction("", "a", 1), FoundAction("", "b", 2))), True),
        (Notes(title="logs recap", actions=(FoundAction("", "a", 1), FoundAction("", "c", 2))), False),
    ],
)
def test_a_recap_of_one_title_is_alike_by_its_day_or_its_actions(notes, alike):
    text = "title: logs recap\nowner: odd\ndate: 2026-10-30\nactions:\n- title: a\n- id: b\n  title: b\n- c\n"
    assert is_of(read_document(text.encode(), "recap.yaml"), notes) is alike
    assert not is_of(read_document(b"- a\n", "recap.yaml"), notes)


def test_what_stands_under_two_headings_of_one_title_is_kept_under_one():
    topics = (FoundTopic("Docs", "first"), FoundTopic("Docs", ""), FoundTopic("Docs", "second"))
    recap, _ = parse(write_draft(Notes(title="x", date=date(2026, 10, 30), topics=topics), PEOPLE, "example").text)
    assert [(topic.title, topic.notes) for topic in recap.topics] == [("Docs", "first\n\nsecond\n")]
