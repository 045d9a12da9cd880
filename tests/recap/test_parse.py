"""Documents made into recaps, people and settings, and every problem in them, at its place."""

from datetime import date

import pytest

from tracker.recap.mail_settings import MailSettings, Security
from tracker.recap.model import Action, BlueprintTarget, BugTarget, Owner, Recap, Status, Topic, WorkItemTarget
from tracker.recap.parse import Limits, Settings, draft_recap, is_sound, parse_people, parse_settings
from tracker.recap.people import People, Person
from tracker.recap.reader import read_document


def parse_recap(document, *values):
    """Read a recap; None when it has errors."""
    draft = draft_recap(document, *values)
    return draft if is_sound(document) else None


PEOPLE = People.of(
    [
        Person("ihar", "Ihar Hrachyshka", "ihar-hrachyshka", ("ihrachys",)),
        Person("artur", "Artur", "artur"),
        Person("kevin", "Kevin Benton", "kevinbenton"),
        Person("kevin-c", "Kevin Carter", "cloudnull"),
        Person("core", "core reviewers", "neutron-core", is_team=True),
    ]
)
TOP = "title: t\ndate: 2016-10-28\n"
ACTION = TOP + "actions:\n- id: a\n  title: do\n"


def document(text):
    return read_document(text.encode(), "x.yaml")


def recap(text, project="neutron"):
    read = document(text)
    found = parse_recap(read, "ocata/one", PEOPLE, project)
    assert read.diagnostics == []
    return found


def action(line):
    return recap(f"{ACTION}  {line}\n").actions[0]


def told(text, project="neutron", people=PEOPLE):
    """Return what is wrong with a recap: rule, line, column, message."""
    read = document(text)
    parsed = parse_recap(read, "ocata/one", people, project)
    assert (parsed is None) == any(one.is_error for one in read.diagnostics)
    return [(one.rule, one.line, one.column, one.message) for one in read.diagnostics]


def help_for(text):
    read = document(text)
    parse_recap(read, "ocata/one", PEOPLE, "neutron")
    (diagnostic,) = read.diagnostics
    return diagnostic.help


def test_a_recap_is_read_whole():
    text = """\
title: retrospective
project: neutron
cycle: ocata
event: Barcelona
date: 2016-10-28
author: Ihrachys
links: {etherpad: "https://example.org/p", schedule: }
tldr: |
  All
  well.
topics:
- title: OVO
  notes: said
  links: {mail: https://example.org/m}
  blueprints: [adopt-ovo]
  bugs: [1]
  reviews: [386685, "topic:bp/x"]
actions:
- id: one
  title: do it
  owner: [~someone, Kevin Benton?]
  with: artur
  bug: 1637
  status: In Progress
  milestone: ocata-2
  due: 2016-12-01
  importance: high
  tags: [low-hanging-fruit, aa, aa]
  topic: OVO
  notes: more
  evidence: [https://example.org/1]
  previously: zero
  carried_from: newton/x#one
- id: two
  title: name it
  project: nova
  blueprint: new name-it
- {id: three, title: list it, work_item: push}
"""
    assert recap(text) == Recap(
        id="ocata/one",
        title="retrospective",
        project="neutron",
        date=date(2016, 10, 28),
        cycle="ocata",
        event="Barcelona",
        author=Owner("ihar"),
        links={"etherpad": "https://example.org/p"},
        tldr="All\nwell.\n",
        topics=(
            Topic("OVO", "said", {"mail": "https://example.org/m"}, ("adopt-ovo",), ("1",), ("386685", "topic:bp/x")),
        ),
        actions=(
            Action(
                id="one",
                title="do it",
                project="neutron",
                owners=(Owner("~someone"), Owner("kevin", tentative=True)),
                collaborators=(Owner("artur"),),
                target=BugTarget(1637),
                status=Status.IN_PROGRESS,
                milestone="ocata-2",
                due=date(2016, 12, 1),
                importance="High",
                tags=("low-hanging-fruit", "aa"),
                topic="OVO",
                notes="more",
                evidence=("https://example.org/1",),
                previously=("zero",),
                carried_from="newton/x#one",
            ),
            Action(id="two", title="name it", project="nova", target=BlueprintTarget("name-it", create=True)),
            Action(id="three", title="list it", project="neutron", target=WorkItemTarget("push")),
        ),
    )


def test_what_a_recap_leaves_out_comes_from_the_settings_and_its_id():
    found = recap(TOP)
    assert (found.project, found.cycle, found.actions, found.author) == ("neutron", "ocata", (), None)


def test_a_status_that_is_left_out_reads_as_todo():
    assert recap(ACTION).actions[0].current_status is Status.TODO
    assert recap(ACTION).actions[0].status is None


def test_keys_without_a_value_are_as_if_left_out():
    assert action("owner:") == action("milestone: ") == action("bug:") == recap(ACTION).actions[0]


@pytest.mark.parametrize(
    "word", ["10:30", "26.10", "no", "0x1f", "1_000", "~", "null", "2016-10-28", "=", "<<", "yes"]
)
def test_what_yaml_takes_for_something_else_stays_text(word):
    assert action(f"notes: {word}").notes == word
    assert recap(f"{TOP}event: {word}\ntopics: [{{title: {word}}}]\n").topics[0].title == word


# All problems, each at its place.


def test_every_problem_of_a_file_is_told_in_one_run():
    text = """\
titel: t
date: 2016-13-01
author: kevn
topics:
- {notes: x}
actions:
- id: a b
  title: one
  owner: [kevn, ihar, artur, ihar]
  status: doing
- id: b
  bug: soon
- id: c
  title: three
  bug: 1
  work_item: x
- id: c
  title: four
  bug: 7
- id: d
  title: five
  bug: 7
  topic: none such
"""
    assert told(text) == [
        ("R010", 1, 1, "unknown key `titel`"),
        ("R015", 2, 7, '"2016-13-01" is no date: month must be in 1..12'),
        ("R012", 3, 9, 'unknown person "kevn"'),
        ("R011", 5, 3, "`title` is missing"),
        ("R020", 7, 7, '"a b" cannot be an id'),
        ("R012", 9, 11, 'unknown owner "kevn"'),
        ("R027", 9, 30, '"ihar" owns this action already'),
        ("R016", 10, 11, 'unknown status "doing"'),
        ("R011", 11, 3, "`title` is missing"),
        ("R024", 12, 8, '"soon" is no bug'),
        ("R023", 16, 3, "`bug` and `work_item` on one action"),
        ("R022", 17, 7, 'the action "three" has the id "c" too'),
        ("R025", 22, 8, 'bug 7 tracks "c" already'),
        ("R026", 23, 10, 'no topic is titled "none such"'),
    ]


def test_one_broken_action_does_not_move_what_is_told_of_the_others():
    text = ACTION + "- title: no id\n- id: a\n  title: again\n"
    assert told(text) == [
        ("R011", 6, 3, "`id` is missing"),
        ("R022", 7, 7, 'the action "do" has the id "a" too'),
    ]


@pytest.mark.parametrize(
    ("key", "nearest"),
    [
        ("titel", "title"),
        ("onwer", "owner"),
        ("Assignee", "owner"),
        ("priority", "importance"),
        ("workitem", "work_item"),
        ("Status", "status"),
    ],
)
def test_an_unknown_key_is_told_with_the_nearest_known(key, nearest):
    text = f"{ACTION}  {key}: x\n"
    assert told(text)[0] == ("R010", 6, 3, f"unknown key `{key}`")
    assert help_for(text) == f'did you mean "{nearest}"?'


def test_an_unknown_key_that_is_near_to_none_is_told_with_all_keys():
    assert help_for(TOP + "zzz: x\n").startswith("its keys are `title`, `project`, `cycle`")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- a\n", ("R014", 1, 1, "expected keys and values, found a list")),
        ("just words\n", ("R014", 1, 1, "expected keys and values, found a single value")),
        (TOP + "actions: none\n", ("R014", 3, 10, "`actions`: expected a list, found a single value")),
        (TOP + "actions: {a: b}\n", ("R014", 3, 10, "`actions`: expected a list, found keys and values")),
        (TOP + "actions: [a]\n", ("R014", 3, 11, "expected keys and values, found a single value")),
        (TOP + "actions:\n-\n", ("R014", 4, 2, "expected keys and values, found nothing")),
        (TOP + "topics: [[]]\n", ("R014", 3, 10, "expected keys and values, found a list")),
        (TOP + "links: [a]\n", ("R014", 3, 8, "expected names and values, found a list")),
        (TOP + "tldr: [a]\n", ("R014", 3, 7, "`tldr`: expected text, found a list")),
        (TOP + "event: {a: b}\n", ("R014", 3, 8, "`event`: expected one line of text, found keys and values")),
        (ACTION + "  owner: {a: b}\n", ("R014", 6, 10, "`owner`: expected one line of text, found keys and values")),
        (ACTION + "  owner: [[ihar]]\n", ("R014", 6, 11, "`owner`: expected one line of text, found a list")),
        (ACTION + "  tags:\n  -\n", ("R014", 7, 4, "`tags`: expected one line of text, found nothing")),
        (ACTION + "  bug: [1]\n", ("R014", 6, 8, "`bug`: expected one line of text, found a list")),
        (ACTION + "  due: [x]\n", ("R014", 6, 8, "`due`: expected a date, found a list")),
    ],
)
def test_another_kind_of_value_is_told_with_what_was_expected(text, problem):
    found = told(text)
    assert found[-1] == problem
    assert [rule for rule, *_ in found[:-1]] in ([], ["R011", "R011"])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("date: 2016-10-28\n", ("R011", 1, 1, "`title` is missing")),
        ("title: t\n", ("R011", 1, 1, "`date` is missing")),
        ("title:\ndate: 2016-10-28\n", ("R011", 1, 1, "`title` has no value")),
        ("date: 2016-10-28\ntitle:   # later\n", ("R011", 2, 1, "`title` has no value")),
        (TOP + "actions:\n- title: do\n", ("R011", 4, 3, "`id` is missing")),
        (TOP + "actions:\n- {id: a}\n", ("R011", 4, 3, "`title` is missing")),
        (TOP + "topics:\n- notes: n\n", ("R011", 4, 3, "`title` is missing")),
    ],
)
def test_a_missing_key_is_told_where_it_belongs(text, problem):
    assert told(text) == [problem]


def test_a_project_is_needed_here_or_in_the_settings():
    assert told(TOP, project=None) == [("R011", 1, 1, "`project` is missing")]
    assert told(TOP + "project:\n", project=None) == [("R011", 1, 1, "`project` is missing")]
    assert told(TOP + "project: Neutron\n", project=None)[0][0] == "R017"
    assert len(told(TOP + "project: Neutron\n", project=None)) == 1


@pytest.mark.parametrize(
    "day",
    ["2016-02-30", "2016-13-01", "28.10.2016", "2016-1-2", "2016-10-28 10:30", "20161028", "0000-01-01", "soon"],
)
def test_a_bad_date_is_told(day):
    (problem,) = told(f"{ACTION}  due: {day}\n")
    assert problem[:3] == ("R015", 6, 8)
    assert problem[3].startswith(f'"{day}" is no date')
    assert help_for(f"{ACTION}  due: {day}\n").startswith("dates are YYYY-MM-DD")


def test_an_unknown_status_is_told_with_the_nearest():
    assert told(ACTION + "  status: blokced\n") == [("R016", 6, 11, 'unknown status "blokced"')]
    assert help_for(ACTION + "  status: blokced\n") == 'did you mean "blocked"?'
    everything = "it is one of todo, in progress, blocked, done, postponed, dropped"
    assert help_for(ACTION + "  status: 17\n") == everything


@pytest.mark.parametrize("word", ["DONE", "Done", "done"])
def test_a_status_may_be_written_in_any_case(word):
    assert action(f"status: {word}").status is Status.DONE


def test_two_targets_on_one_action_are_refused():
    assert told(ACTION + "  blueprint: x\n  bug: new\n") == [
        ("R023", 6, 3, "`bug` and `blueprint` on one action"),
    ]
    assert told(ACTION + "  bug: new\n  work_item:\n") == []


@pytest.mark.parametrize(
    ("text", "line", "column", "message", "remedy"),
    [
        (
            TOP + "tldr: fix bug #12 in x\n",
            3,
            7,
            "`tldr` ends before #12 in x, which is a comment",
            '"fix bug #12 in x"',
        ),
        (TOP + "event: a\t#b  # c\n", 3, 8, "`event` ends before #b  # c, which is a comment", '"a\t#b"'),
        ("date: 2016-10-28\ntitle: 漢 #é\n", 2, 8, "`title` ends before #é, which is a comment", '"漢 #é"'),
        (TOP + "topics:\n- title: a #b\n", 4, 10, "`title` ends before #b, which is a comment", '"a #b"'),
        (
            TOP + "topics:\n- {title: a, notes: b #c\n  }\n",
            4,
            21,
            "`notes` ends before #c, which is a comment",
            '"b #c"',
        ),
        (ACTION + "  notes: #12\n", 6, 3, "`notes` ends before #12, which is a comment", '"#12"'),
        (ACTION.replace("do\n", "do #12\n"), 5, 10, "`title` ends before #12, which is a comment", '"do #12"'),
    ],
)
def test_a_text_that_is_cut_at_a_sign_without_a_blank_is_a_warning(text, line, column, message, remedy):
    assert told(text) == [("R032", line, column, message)]
    assert help_for(text) == f"put it in quotes: {remedy}; if it is one, put a blank after the #"


@pytest.mark.parametrize(
    "line",
    [
        *(
            "notes: a   # b",
            "notes: a #",
            "notes: a ## b",
            "notes: a #!b",
            "notes: a#b",
            "notes: 'a' #b",
            "notes: |\n    a #b",
        ),
        *("bug: new #b", "due: 2016-10-28 #b", "owner: ihar #b", "notes: #", "notes:\n  # a #b"),
    ],
)
def test_an_honest_comment_is_none(line):
    assert told(f"{ACTION}  {line}\n") == []


def test_beside_a_cut_text_an_honest_comment_is_still_none():
    text = f"{ACTION}  notes: a # b\n  topic: c #d\n".replace("title: do", "title: do #12")
    assert [(rule, line) for rule, line, *_ in told(text)] == [("R032", 5), ("R026", 7)]


def test_a_title_that_is_a_comment_as_a_whole_is_one_problem():
    text = "title: #12 fix\ndate: 2016-10-28\n"
    assert told(text) == [("R011", 1, 1, "`title` has no value")]
    assert help_for(text) == 'put it in quotes: "#12 fix"; if it is one, put a blank after the #'


def test_a_misspelt_key_that_is_required_is_one_problem():
    assert told("titel: t\ndate: 2016-10-28\n") == [("R010", 1, 1, "unknown key `titel`")]
    assert [rule for rule, *_ in told("titel: t\ntitle:\ndate: 2016-10-28\n")] == ["R010", "R011"]


def test_a_file_that_is_no_mapping_is_not_told_that_it_lacks_its_project():
    assert [rule for rule, *_ in told("- a\n", project=None)] == ["R014"]


def test_a_long_value_is_told_without_its_middle():
    (problem,) = told(f"{TOP}author: {'x' * 5000}y\n")
    assert len(problem[3]) < 500
    assert problem[3].startswith('unknown person "xxx')
    assert problem[3].endswith('xy"')


def test_after_many_problems_no_nearest_word_is_sought():
    read = document(f"{ACTION}  with: [{'kevni, ' * 30}]\n")
    parse_recap(read, "x", PEOPLE, "neutron")
    helps = [one.help for one in read.diagnostics]
    assert helps[0] == 'did you mean "kevin" or "kevin-c"? otherwise add "kevni" to people.yaml'
    assert helps[-1] == 'add "kevni" to people.yaml'


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        (
            TOP + "event: [WIP]\n",
            "put it in quotes if its brackets are text, otherwise write one line of text in its place",
        ),
        (TOP + "event:\n- a\n", "write one line of text in its place"),
        (ACTION + "  tags:\n  -\n", "write one line of text there, or take out the dash"),
        (TOP + "links: a:b\n", "write each as a name, a colon, a blank and its value, on a line of its own"),
    ],
)
def test_another_kind_of_value_is_told_with_what_to_do(text, remedy):
    assert help_for(text) == remedy


@pytest.mark.parametrize("group", ["actions", "topics"])
def test_a_number_that_is_a_comment_is_a_warning(group):
    key = "bug" if group == "actions" else "reviews"
    text = f"{TOP}{group}:\n- id: a\n  title: do\n  {key}: #1234 and more\n".replace(
        "- id: a\n  " if group == "topics" else "~", "- "
    )
    line = 6 if group == "actions" else 5
    assert told(text) == [("R030", line, 3, f"`{key}` has no value: #1234 is a comment")]
    assert help_for(text) == "write 1234, without `#`"
    assert told(f"{ACTION}  bug: new  #1234\n  notes: # 12\n") == []


# People.


@pytest.mark.parametrize(
    ("written", "owner"),
    [
        ("ihar", Owner("ihar")),
        ("IHAR", Owner("ihar")),
        ("ihar hrachyshka", Owner("ihar")),
        ("Ihrachys", Owner("ihar")),
        ("ihar-hrachyshka?", Owner("ihar", tentative=True)),
        ("ihar ?", Owner("ihar", tentative=True)),
        ("~ihar-hrachyshka", Owner("ihar")),
        ("~somebody", Owner("~somebody")),
        ("~somebody?", Owner("~somebody", tentative=True)),
        ("core reviewers", Owner("core")),
    ],
)
def test_a_person_is_named_by_key_name_nick_or_account(written, owner):
    assert action(f"owner: {written}").owners == (owner,)


@pytest.mark.parametrize("key", ["owner", "with"])
def test_an_unknown_person_is_told_with_the_nearest_candidates(key):
    role = "owner" if key == "owner" else "person"
    text = f"{ACTION}  {key}: [artur, kevni]\n"
    assert told(text) == [("R012", 6, 11 + len(key) + 3 - 1, f'unknown {role} "kevni"')]
    assert help_for(text) == 'did you mean "kevin" or "kevin-c"? otherwise add "kevni" to people.yaml'


def test_an_unknown_person_that_nobody_is_near_to_is_to_be_added():
    assert help_for(ACTION + "  owner: zorro\n") == 'add "zorro" to people.yaml'


@pytest.mark.parametrize("written", ["artur, ihar", "artur and ihar", "artur/ihar", "artur & ihar"])
def test_several_people_in_one_value_are_told_to_be_a_list(written):
    text = f"{ACTION}  owner: {written}\n"
    assert told(text) == [("R012", 6, 10, f'unknown owner "{written}"')]
    assert help_for(text) == "write several people as a list: [artur, ihar]"


def test_who_is_nobody_or_not_confirmed_is_told_how_that_is_written():
    assert help_for(ACTION + "  owner: TBD\n") == "leave the key out until somebody takes it"
    assert help_for(ACTION + "  owner: Kevin (?)\n") == 'write "Kevin?" for somebody not yet confirmed'


def test_several_tags_in_one_value_are_told_to_be_a_list():
    assert help_for(ACTION + "  tags: low, api\n") == "write several tags as a list: [api, low-hanging-fruit]"


def test_an_ambiguous_name_is_told_with_all_that_it_means():
    both = People.of([Person("kevin", "Kevin"), Person("kev", "Kev", irc=("Kevin",))])
    assert told(ACTION + "  owner: KEVIN\n", people=both) == [
        ("R013", 6, 10, '"KEVIN" means several people: "kev", "kevin"')
    ]


@pytest.mark.parametrize("written", ["'?'", "''", "' '", "' ?'"])
def test_an_owner_who_is_nobody_is_refused(written):
    assert [(rule, line) for rule, line, *_ in told(f"{ACTION}  owner: {written}\n")] == [("R015", 6)]


@pytest.mark.parametrize("written", ["~Some Body", "~", "~a/b", "'~a_b'"])
def test_an_account_that_launchpad_cannot_have_is_refused(written):
    assert [rule for rule, *_ in told(f"{ACTION}  owner: {written}\n")] == ["R017"]


def test_without_people_names_stand_for_themselves():
    found = parse_recap(document(ACTION + "  owner: [zorro, kevn?]\n"), "x", None, "neutron")
    assert found.actions[0].owners == (Owner("zorro"), Owner("kevn", tentative=True))


# What Launchpad would refuse.


@pytest.mark.parametrize("title", ["x", "x" * 200, "😀" * 200, "'   x'"])
def test_a_title_of_up_to_200_characters_is_taken(title):
    recap(ACTION.replace("do", title))


@pytest.mark.parametrize(
    ("title", "rule", "message"),
    [
        ("x" * 201, "R018", "the title has 201 characters, more than the 200 that Launchpad takes"),
        ("''", "R018", "the title is empty"),
        ("'   '", "R018", "the title is empty"),
        (r'"a\nb"', "R018", "the title has a line break, which Launchpad refuses"),
        (r'"a\rb"', "R018", "the title has a line break, which Launchpad refuses"),
        ("|\n    a\n    b", "R018", "the title has a line break, which Launchpad refuses"),
        (r'"a\0b"', "R015", "`title` has a NUL character, which Launchpad cannot hold"),
    ],
)
def test_a_title_that_launchpad_refuses_is_told(title, rule, message):
    assert told(ACTION.replace("do", title)) == [(rule, 5, 10, message)]


@pytest.mark.parametrize(
    "line",
    [
        *(rf'{key}: "a\0b"' for key in ("bug", "notes", "milestone", "topic", "status", "due", "carried_from")),
        *(rf'{key}: ["a\0b"]' for key in ("owner", "with", "tags", "evidence", "previously")),
    ],
)
def test_nul_is_refused_in_everything(line):
    (problem,) = told(f"{ACTION}  {line}\n")
    assert problem[3] == f"`{line.split(':')[0]}` has a NUL character, which Launchpad cannot hold"


def test_nul_is_refused_in_the_names_of_links():
    assert [rule for rule, *_ in told(TOP + 'links: {"a\\0b": "https://example.org"}\n')] == ["R015"]


@pytest.mark.parametrize("tag", ["abc", "b2", "x.y+z-1", "1a", "x" * 300])
def test_a_tag_that_launchpad_takes_is_taken(tag):
    assert action(f"tags: {tag}").tags == (tag,)


@pytest.mark.parametrize("tag", ["Bad Tag", "Xy", "x_y!", "'-ab'", "q", "'a b'", "grün", "''"])
def test_a_tag_that_launchpad_refuses_is_told(tag):
    word = tag.strip("'")
    assert told(f"{ACTION}  tags: [low, {tag}]\n") == [("R019", 6, 15, f'Launchpad refuses the tag "{word}"')]


@pytest.mark.parametrize("line", ["milestone: Ocata 2", "project: Neutron", "milestone: a_b", "project: '-a'"])
def test_a_name_that_launchpad_cannot_have_is_told(line):
    assert [rule for rule, *_ in told(f"{ACTION}  {line}\n")] == ["R017"]


@pytest.mark.parametrize("address", ["https://example.org", "http://x/y?z#a", "https://[::1]:80/a"])
def test_a_link_is_an_address(address):
    assert action(f'evidence: "{address}"').evidence == (address,)


@pytest.mark.parametrize("address", ["example.org", "ftp://x/y", "https://", "https://a b", "see https://x", "''"])
def test_what_is_no_link_is_told(address):
    assert [rule for rule, *_ in told(f"{ACTION}  evidence: [{address}]\n")] == ["R021"]
    assert [rule for rule, *_ in told(f"{TOP}links:\n  mail: {address}\n")] == ["R021"]


@pytest.mark.parametrize("identity", ["a b", "ä", "'-a'", "a/b", "a#b", "''"])
def test_an_id_that_cannot_be_one_is_told(identity):
    assert [rule for rule, *_ in told(ACTION.replace("id: a", f"id: {identity}"))] == ["R020"]
    assert [rule for rule, *_ in told(f"{ACTION}  previously: [{identity}]\n")] == ["R020"]


def test_a_target_of_another_project_is_refused_unless_the_action_says_so():
    link = "https://bugs.launchpad.net/nova/+bug/1"
    assert [rule for rule, *_ in told(f"{ACTION}  bug: {link}\n")] == ["R024"]
    assert action(f"bug: {link}\n  project: nova").target == BugTarget(1)


def test_an_address_is_not_held_against_a_project_that_could_not_be_read():
    link = "https://bugs.launchpad.net/nova/+bug/1"
    assert [rule for rule, *_ in told(f"{ACTION}  bug: {link}\n  project: Nova\n")] == ["R017"]
    assert told(f"{ACTION}  bug: {link}\n", project="") == []


def test_blank_titles_of_recaps_and_topics_are_refused():
    assert told("title: ' '\ndate: 2016-10-28\n") == [("R015", 1, 8, "`title` is empty")]
    assert told(TOP + "topics:\n- title: ''\n") == [("R015", 4, 10, "`title` is empty")]
    assert told(TOP.replace("t\n", r'"a\nb"' + "\n", 1)) == [("R015", 1, 8, "`title` has a line break")]


def test_what_could_not_be_read_of_a_draft_is_empty_and_every_action_keeps_its_number():
    draft = draft_recap(document("actions: [{}, {id: b, title: x, bug: 3}]\n"), "x", PEOPLE, None)
    assert (draft.title, draft.project) == ("", "")
    assert [one.id for one in draft.actions] == ["", "b"]
    assert draft_recap(document("["), "x", PEOPLE, None) is None


# people.yaml


def people_told(text):
    read = document(text)
    parsed = parse_people(read)
    assert (parsed is None) == any(one.is_error for one in read.diagnostics)
    return [(one.rule, one.line, one.column, one.message) for one in read.diagnostics]


def test_people_and_teams_are_read_whole():
    read = document(
        "people:\n  a: {name: Ann, irc: [ann, annie], launchpad: ann-x, email: a@b}\n  b: {name: Bob}\n"
        "teams:\n  t: {name: the team, launchpad: team-x, members: [Ann, b], lead: annie, email: t@b}\n"
    )
    assert parse_people(read) == People.of(
        [
            Person("a", "Ann", "ann-x", ("ann", "annie"), "a@b"),
            Person("b", "Bob"),
            Person("t", "the team", "team-x", email="t@b", is_team=True, members=("Ann", "b"), lead="annie"),
        ]
    )
    assert read.diagnostics == []


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("people: {a: {nmae: A}}\n", [("R010", 1, 14, "unknown key `nmae`")]),
        ("people:\n  a:\n", [("R014", 2, 3, "expected keys and values, found nothing")]),
        ("people: [a]\n", [("R014", 1, 9, "expected names and values, found a list")]),
        ("poeple: {}\n", [("R010", 1, 1, "unknown key `poeple`")]),
        ("people:\n  a:\n    name: Ann #1\n", [("R032", 3, 11, "`name` ends before #1, which is a comment")]),
        ("people:\n  a: {name: ''}\n", [("R015", 2, 13, "`name` is empty")]),
        ("people:\n  a: {name: A, launchpad: A B}\n", [("R017", 2, 27, '"A B" cannot be a name on Launchpad')]),
        ("people:\n  a?: {name: A}\n", [("R020", 2, 3, '"a?" cannot be a key')]),
        ("people:\n  ~a: {name: A}\n", [("R020", 2, 3, '"~a" cannot be a key')]),
        ("people:\n  ' ': {name: A}\n", [("R020", 2, 3, '" " cannot be a key')]),
        ("people:\n  a: {name: A}\nteams:\n  a: {name: T}\n", [("R028", 4, 3, '"a" is a person and a team')]),
        (
            "people:\n  a: {name: A, launchpad: x}\n  b: {name: B, launchpad: x}\n",
            [("R028", 3, 27, '"a" has the account "x" too')],
        ),
        (
            "people:\n  ann: {name: Ann}\nteams:\n  t: {name: T, members: [[x], anne], lead: bo}\n",
            [
                ("R014", 4, 26, "`members`: expected one line of text, found a list"),
                ("R012", 4, 31, 'unknown person "anne"'),
                ("R012", 4, 44, 'unknown person "bo"'),
            ],
        ),
        (
            "people:\n  a: {name: [A]}\nteams:\n  t: {name: T, members: a}\n",
            [("R014", 2, 13, "`name`: expected one line of text, found a list")],
        ),
    ],
)
def test_every_problem_of_people_is_told(text, problems):
    assert people_told(text) == problems


# tracker.yaml


def test_settings_are_read_whole():
    read = document(
        "service: staging\ntag: summit\nproject: neutron\nlist: openstack-dev\n"
        "statuses: {todo: Triaged, dropped: Won't Fix}\n"
        "limits: {create: 3, change: 75%, close: 0.125, reassign: 1, missing: 0%, settle: 0}\n"
    )
    assert parse_settings(read) == Settings(
        "summit",
        "staging",
        "neutron",
        "openstack-dev",
        {"todo": "Triaged", "dropped": "Won't Fix"},
        Limits(create=3, change=0.75, close=0.125, reassign=1.0, missing=0.0, settle=0),
    )
    assert parse_settings(document("tag: summit\n")) == Settings("summit")


def test_who_mails_are_from_and_what_takes_them_is_read_whole():
    read = document(
        "tag: summit\nlist: example-dev@lists.example.org\nmail:\n  from: Mara Example <mara@example.org>\n"
        "  server: smtp.example.org:2525\n  security: TLS\n  user: mara\n  sendmail: /usr/sbin/sendmail\n"
    )
    settings = parse_settings(read)
    assert settings.mailing_list == "example-dev@lists.example.org"
    assert settings.mail == MailSettings(
        "Mara Example <mara@example.org>", "smtp.example.org:2525", Security.TLS, "mara", "/usr/sbin/sendmail"
    )
    assert parse_settings(document("tag: summit\n")).mail == MailSettings()


@pytest.mark.parametrize(
    ("server", "security", "place"),
    [
        ("smtp.example.org", "starttls", ("smtp.example.org", 587)),
        ("smtp.example.org", "tls", ("smtp.example.org", 465)),
        ("localhost", "none", ("localhost", 25)),
        ("smtp.example.org:2525", "tls", ("smtp.example.org", 2525)),
        ("127.0.0.1:1", "none", ("127.0.0.1", 1)),
        ("[::1]", "tls", ("::1", 465)),
        ("[::1]:65535", "tls", ("::1", 65535)),
    ],
)
def test_a_mail_server_without_a_port_has_that_of_its_security(server, security, place):
    settings = parse_settings(document(f"tag: summit\nmail: {{server: '{server}', security: {security}}}\n"))
    assert (settings.mail.host, settings.mail.port) == place


@pytest.mark.parametrize("where", ["mail: {{{}: swordfish}}", "{}: swordfish"])
@pytest.mark.parametrize("key", ["password", "Password", "passwd", "token"])
def test_a_secret_in_a_file_is_an_error_that_says_where_it_belongs(where, key):
    read = document(f"tag: summit\n{where.format(key)}\n")
    assert parse_settings(read) is None
    (one,) = read.diagnostics
    assert (one.rule, one.message) == ("R010", f"unknown key `{key}`")
    assert "TRACKER_SMTP_PASSWORD or the keyring" in one.help
    assert "swordfish" not in one.message + one.help


@pytest.mark.parametrize("written", ["R026", "[R026]", "r026", "[R026, R026]"])
def test_rules_are_switched_off_by_their_ids(written):
    settings = parse_settings(document(f"tag: summit\nignore: {written}\n"))
    assert settings.ignored == {"R026"}


@pytest.mark.parametrize(
    ("written", "message", "remedy"),
    [
        ("R26", 'unknown rule "R26"', 'did you mean "R026"?'),
        ("E501", 'unknown rule "E501"', "it is one of R021, R026,"),
        ("R012", "R012 cannot be switched off", "without it a sync would take the value for one that was taken out"),
        ("r001", "R001 cannot be switched off", "without it the file could not be read"),
    ],
)
def test_other_rules_are_not_switched_off(written, message, remedy):
    read = document(f"tag: summit\nignore: [R026, {written}]\n")
    assert parse_settings(read) is None
    (one,) = read.diagnostics
    assert (one.rule, one.line, one.column, one.message) == ("R016", 2, 16, message)
    assert one.help.startswith(remedy)


def test_who_owns_an_action_twice_owns_it_once():
    read = document(ACTION + "  owner: [ihar?, artur, Ihar Hrachyshka, artur]\n")
    owners = draft_recap(read, "ocata/one", PEOPLE, "neutron").actions[0].owners
    assert owners == (Owner("ihar", True), Owner("artur"))
    assert [one.rule for one in read.diagnostics] == ["R027", "R027"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{}", ("R011", 1, 1, "`tag` is missing")),
        ("tag: T", ("R019", 1, 6, 'Launchpad refuses the tag "T"')),
        ("tag: tt\nlimits: {create: -1}", ("R015", 2, 18, '"-1" is no such number')),
        ("tag: tt\nlimits: {create: 1_000}", ("R015", 2, 18, '"1_000" is no such number')),
        ("tag: tt\nlimits: {close: 25}", ("R015", 2, 17, '"25" is no share')),
        ("tag: tt\nlimits: {close: 101%}", ("R015", 2, 17, '"101%" is no share')),
        ("tag: tt\nlimits: {change: -1}", ("R015", 2, 18, '"-1" is no share')),
        ("tag: tt\nlimits: {missing: nan}", ("R015", 2, 19, '"nan" is no share')),
        ("tag: tt\nlimits: {reassign: [1]}", ("R014", 2, 20, "`reassign`: expected one line of text, found a list")),
        ("tag: tt\nlimits: {craete: 1}", ("R010", 2, 10, "unknown key `craete`")),
        ("tag: tt\nstatuses: {todo: Invalid}", ("R029", 2, 18, '"Invalid" does not say todo')),
        ("tag: tt\nstatuses: {todo: Nonsense}", ("R029", 2, 18, '"Nonsense" does not say todo')),
        ("tag: tt\nstatuses: {doing: New}", ("R016", 2, 12, 'unknown status "doing"')),
        ("tag: tt\nstatuses: [todo]", ("R014", 2, 11, "expected names and values, found a list")),
    ],
)
def test_every_problem_of_the_settings_is_told(text, problem):
    read = document(text)
    assert parse_settings(read) is None
    assert [(one.rule, one.line, one.column, one.message) for one in read.diagnostics] == [problem]


def test_a_status_that_does_not_agree_is_told_with_those_that_do():
    read = document("tag: tt\nstatuses: {done: Invalid}\n")
    parse_settings(read)
    assert read.diagnostics[0].help == "it can be Fix Committed, Fix Released"
