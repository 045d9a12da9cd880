"""What recaps must keep to: each rule has an example that breaks it, and every id that is used is listed."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.launchpad.limits import MAX_BUG
from tracker.recap.model import Action, BlueprintTarget, BugTarget, Owner, Recap, Status, Topic, WorkItemTarget
from tracker.recap.repository import load_repository
from tracker.recap.rule_table import RULES, Severity
from tracker.recap.rules import check_recap, distinct_owners, known_origins, parse_target, shared_targets
from tracker.sync.base import find_problems

PACKAGE = Path(__file__).parents[2] / "tracker"

TOP = "title: t\ndate: 2016-10-28\n"
ACTION = TOP + "actions:\n- id: a\n  title: do\n"

# For each id: a file, and what in it breaks the rule. The settings name neutron, the people are kevin and ihar.
EXAMPLES = {
    "R001": ("recap", "title: [\n"),
    "R002": ("recap", "title: \x07\n"),
    "R003": ("recap", TOP + "tldr: " + "x" * 1_000_000),
    "R004": ("recap", TOP + "tldr: " + "[" * 101 + "]" * 101),
    "R005": ("recap", TOP + "tldr: !!str x\n"),
    "R006": ("recap", TOP + "title: u\n"),
    "R007": ("recap", "# later\n"),
    "R008": ("recap", "<<<<<<< HEAD\n" + TOP),
    "R009": ("Bad Name", TOP),
    "R010": ("recap", TOP + "sumary: x\n"),
    "R011": ("recap", "title: t\n"),
    "R012": ("recap", TOP + "author: kevn\n"),
    "R013": ("recap", TOP + "author: K\n"),
    "R014": ("recap", TOP + "actions: none\n"),
    "R015": ("recap", "title: t\ndate: 28 October\n"),
    "R016": ("recap", ACTION + "  status: doing\n"),
    "R017": ("recap", ACTION + "  milestone: Ocata 2\n"),
    "R018": ("recap", ACTION.replace("do", "x" * 201)),
    "R019": ("recap", ACTION + "  tags: [Low Hanging]\n"),
    "R020": ("recap", ACTION.replace("a\n", "a b\n")),
    "R021": ("recap", ACTION + "  evidence: see etherpad\n"),
    "R022": ("recap", ACTION + "- id: a\n  title: more\n"),
    "R023": ("recap", ACTION + "  bug: 1\n  blueprint: x\n"),
    "R024": ("recap", ACTION + "  bug: soon\n"),
    "R025": ("recap", ACTION + "  bug: 1\n- id: b\n  title: more\n  bug: 1\n"),
    "R026": ("recap", ACTION + "  topic: t\n"),
    "R027": ("recap", ACTION + "  owner: [ihar, Ihar]\n"),
    "R028": ("people", "people:\n  a: {name: A, launchpad: x}\n  b: {name: B, launchpad: x}\n"),
    "R029": ("tracker", "tag: tt\nstatuses: {done: Invalid}\n"),
    "R030": ("recap", ACTION + "  bug: #1637\n"),
    "R031": ("base", "{}\n"),
    "R032": ("recap", TOP + "tldr: fix bug #123 in neutron\n"),
    "R033": ("recap", ACTION + "  with:\n" + "  - zorro\n" * 101),
    "R034": ("recap", ACTION + "  blueprint: push\n- id: b\n  title: more\n  blueprint: new push\n"),
    "R035": ("recap", ACTION + "  work_item: push\n- id: b\n  title: ' do'\n  work_item: push\n"),
    "R036": ("recap", ACTION.replace("do", "'[x] do'") + "  work_item: push\n"),
    "R037": ("recap", TOP + "cycle: ocata  # import: is it?\n"),
    "R038": ("recap", ACTION + "  carried_from: newton/x#a\n"),
}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_each_rule_is_found_in_its_example(rule, tmp_path):
    name, text = EXAMPLES[rule]
    files = {
        "tracker": "tag: tt\nproject: neutron\n",
        "people": "people:\n  kevin: {name: Kevin, irc: k}\n  ihar: {name: Ihar, irc: k}\n",
        "recap": TOP,
        name: text,
    }
    for stem, content in files.items():
        path = tmp_path / (f".synced/sandbox/{stem}.jsonl" if stem == "base" else f"{stem}.yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    diagnostics = load_repository(tmp_path).diagnostics + find_problems(tmp_path)
    assert rule in {one.rule for one in diagnostics}
    assert {Path(one.path).stem for one in diagnostics} == {name}


def test_each_rule_has_an_example():
    assert list(EXAMPLES) == [rule for rule in RULES if rule < "R100"]


def test_the_ids_in_the_code_are_those_of_the_table():
    used = set()
    for path in PACKAGE.rglob("*.py"):
        used |= set(re.findall(r'(?<!^    )"(R[01][0-9]{2})"', path.read_text(encoding="utf-8"), re.MULTILINE))
    assert used == set(RULES)


def test_a_rule_says_what_is_wrong_in_the_style_of_messages():
    for text in [text for entry in RULES.values() for text in (entry.says, entry.needed) if text]:
        assert text == text.strip()
        assert not text.endswith(".")
        assert text[0].islower() or text.startswith(("YAML", "Launchpad"))


# Rules over values.


def action(identity="a", **values):
    return Action(id=identity, title=f"do {identity}", project="neutron", **values)


def recap(*actions, identity="ocata/one", **values):
    return Recap(id=identity, title="t", project="neutron", date=date(2016, 10, 28), actions=actions, **values)


def told(recap):
    return [(one.rule, one.place) for one in check_recap(recap)]


def test_a_recap_without_problems_has_none():
    good = recap(
        action("a", topic="T", carried_from="newton/x#a"), action("b", previously=("c",)), topics=(Topic("T"),)
    )
    assert check_recap(good) == []


def test_ids_are_unique_in_a_recap():
    assert told(recap(action("a"), action("b"), action("a"))) == [("R022", ("actions", 2, "id"))]
    (finding,) = check_recap(recap(action("a"), action("a")))
    assert finding.message == 'the action "do a" has the id "a" too'


def test_actions_whose_ids_could_not_be_read_are_not_taken_for_twins():
    assert told(recap(action(""), action(""))) == []


def test_a_former_id_is_not_that_of_another_action():
    assert told(recap(action("a"), action("b", previously=("x", "a")))) == [("R022", ("actions", 1, "previously"))]
    assert told(recap(action("a", previously=("a",)))) == [("R022", ("actions", 0, "previously"))]


def test_a_former_id_belongs_to_one_action():
    twice = recap(action("a", previously=("x",)), action("b", previously=("x",)))
    assert told(twice) == [("R022", ("actions", 1, "previously"))]
    assert told(recap(action("a", previously=("x", "x")))) == []


def test_a_bug_tracks_one_action_of_a_recap():
    twice = recap(
        action("a", target=BugTarget(7)), action("b", target=BugTarget(7)), action("c", target=BugTarget(8))
    )
    assert told(twice) == [("R025", ("actions", 1, "bug"))]
    assert told(recap(action("a", target=BugTarget()), action("b", target=BugTarget()))) == []


def test_a_bug_tracks_one_action_over_all_recaps():
    one = recap(action("a", target=BugTarget(7)), action("b", target=BugTarget()))
    other = recap(action("a"), action("x", target=BugTarget(7)), identity="pike/two")
    third = recap(action("y", target=BugTarget(7)), identity="pike/zwei")
    found = list(shared_targets([one, other, third]))
    assert [(index, finding.rule, finding.place) for index, finding in found] == [
        (1, "R025", ("actions", 1, "bug")),
        (2, "R025", ("actions", 0, "bug")),
    ]
    assert {finding.message for _, finding in found} == {'bug 7 tracks "ocata/one#a" already'}


def test_what_one_recap_says_twice_is_told_once():
    twice = recap(action("a", target=BugTarget(7)), action("b", target=BugTarget(7)))
    assert list(shared_targets([twice])) == []


@given(st.lists(st.lists(st.sampled_from([None, 1, 2, 3]), max_size=4), max_size=4))
def test_every_use_of_a_bug_but_the_first_is_told_once(numbers):
    recaps = [
        recap(*(action(f"a{i}", target=BugTarget(n)) for i, n in enumerate(row)), identity=f"r{j}")
        for j, row in enumerate(numbers)
    ]
    inside = sum(told(one).count(("R025", finding.place)) for one in recaps for finding in check_recap(one))
    assert inside == sum(len(check_recap(one)) for one in recaps)
    for index, finding in shared_targets(recaps):
        number = numbers[index][finding.place[1]]
        assert any(number in row for row in numbers[:index])
    uses = {(index, i) for index, row in enumerate(numbers) for i, n in enumerate(row) if n}
    reported = {(index, finding.place[1]) for index, finding in shared_targets(recaps)}
    reported |= {(index, finding.place[1]) for index, one in enumerate(recaps) for finding in check_recap(one)}
    assert len(uses - reported) == len({n for row in numbers for n in row if n})


PUSH = BlueprintTarget("push")
LINE = WorkItemTarget("push")


def test_a_blueprint_is_one_action():
    twice = recap(action("a", target=BlueprintTarget("push", create=True)), action("b", target=PUSH))
    assert told(twice) == [("R034", ("actions", 1, "blueprint"))]
    assert check_recap(twice)[0].message == 'blueprint "push" is "a" already'
    assert told(recap(action("a", target=PUSH), action("b", target=LINE), action("c", target=LINE))) == []


def test_work_items_of_one_blueprint_have_titles_of_their_own():
    first, second = action("a", target=LINE), action("b", target=LINE)
    assert told(recap(first, second)) == []
    same = replace(second, title=" do a\t")
    assert told(recap(first, same)) == [("R035", ("actions", 1, "title"))]
    assert check_recap(recap(first, same))[0].message == 'blueprint "push" has a work item of this title already, "a"'
    assert told(recap(first, replace(same, target=WorkItemTarget("pull")))) == []
    assert told(recap(first, replace(same, target=None))) == []


@pytest.mark.parametrize("target", [PUSH, LINE])
def test_blueprints_and_work_items_are_claimed_once_over_all_recaps(target):
    one = recap(action("a", target=target))
    other = recap(action("a", target=target), identity="pike/two")
    ((index, finding),) = shared_targets([one, other])
    assert (index, finding.place[:2], '"ocata/one#a"' in finding.message) == (1, ("actions", 0), True)


@pytest.mark.parametrize("target", [PUSH, LINE])
def test_a_blueprint_of_another_project_is_another_one(target):
    one, other = action("a", target=target), replace(action("a", target=target), id="b", project="nova")
    assert told(recap(one, other)) == []


@pytest.mark.parametrize("target", [PUSH, LINE])
def test_what_could_not_be_read_is_not_taken_for_the_same(target):
    unknown = [replace(action("a", target=target), id=identity, project="") for identity in "ab"]
    assert told(recap(*unknown)) == []
    untitled = [replace(action("a", target=LINE), id=identity, title="") for identity in "ab"]
    assert told(recap(*untitled)) == []


@pytest.mark.parametrize("title", ["[x] do", " [x", "a\u2028b", "a\vb", "a\x85b"])
def test_a_title_that_cannot_be_a_work_item_is_found_where_it_stands(title):
    bad = replace(action("a", target=LINE), title=title)
    assert told(recap(bad)) == [("R036", ("actions", 0, "title"))]
    assert told(recap(replace(bad, target=BugTarget()))) == []


def test_a_title_that_cannot_be_a_work_item_is_told_with_its_line_and_what_to_do(tmp_path):
    (tmp_path / "tracker.yaml").write_text("tag: tt\nproject: neutron\n")
    (tmp_path / "recap.yaml").write_text(ACTION.replace("do", "'[x] do'") + "  work_item: push\n")
    (found,) = load_repository(tmp_path).diagnostics
    assert (found.line, found.column, found.rule) == (5, 10, "R036")
    assert found.message == 'the title begins with "[", which begins the assignee of a work item on Launchpad'
    assert found.help == "say it in one line that does not begin with a bracket, or track the action as a bug"


def test_a_topic_that_the_recap_lacks_is_a_warning():
    (finding,) = check_recap(recap(action(topic="U"), topics=(Topic("T"),)))
    assert (finding.rule, finding.severity, finding.place) == ("R026", Severity.WARNING, ("actions", 0, "topic"))


@pytest.mark.parametrize("origin", ["newton/x#a", "x#a-1.b_c+d", "a/b/c#d"])
def test_carried_from_names_an_action_of_a_recap(origin):
    assert check_recap(recap(action(carried_from=origin))) == []


@pytest.mark.parametrize("origin", ["", "x", "#a", "x#", "x#a#b", "../x#a", "x y#a", "/x#a", "x#a b"])
def test_carried_from_has_the_form_of_a_full_id(origin):
    assert told(recap(action(carried_from=origin))) == [("R015", ("actions", 0, "carried_from"))]


def origins_of(*recaps, unread=()):
    return [(index, one.rule, one.place, one.message) for index, one in known_origins(recaps, unread)]


def test_an_action_goes_on_with_one_that_is_there():
    old = recap(action("a"), action("b", previously=("c",)), identity="newton/x")
    new = recap(action("d", carried_from="newton/x#a"), action("e", carried_from="newton/x#c"))
    assert origins_of(new, old) == []


@pytest.mark.parametrize("origin", ["newton/x#b", "newton/y#a", "ocata/one#d"])
def test_an_action_that_goes_on_with_none_is_a_warning(origin):
    old, new = recap(action("a"), identity="newton/x"), recap(action("d", carried_from=origin))
    place = ("actions", 0, "carried_from")
    message = f'"{origin}" is no other action; until that is corrected, both count'
    assert origins_of(old, new) == [(1, "R038", place, message)]


@pytest.mark.parametrize(
    ("written", "nearest"),
    [
        ("newton/former-name#b", "newton/x#b"),  # the only one of that id
        ("newton/z#a", "newton/x#a"),
        ("newton/x#aa", "newton/x#a"),
        ("ocata/one#d", None),  # itself
        ("newton/x#quite-another", None),
        ("newton/x#carried-one", None),  # carried already
        ("pike/x#later", None),  # goes on with this one
    ],
)
def test_the_action_that_may_be_meant_is_named(written, nearest):
    old = recap(action("a"), action("b"), action("carried-on"), identity="newton/x")
    other = recap(action("a"), action("c", carried_from="newton/x#carried-on"), identity="mitaka/one")
    new = recap(action("d", carried_from=written))
    later = recap(action("later", carried_from="ocata/one#d"), identity="pike/y")
    (found,) = (finding for _, finding in known_origins([other, old, new, later]))
    begin = f'did you mean "{nearest}"? or' if nearest else "write RECAP#ID of an action that is there, or"
    assert found.help == f"{begin} take the key out and tell of it in `notes`"


def test_actions_that_go_on_with_each_other_are_told():
    one = recap(action("a", carried_from="ocata/two#b"))
    two = recap(action("b", carried_from="ocata/one#a"), identity="ocata/two")
    assert [rule for _, rule, _, _ in origins_of(one, two)] == ["R038", "R038"]


def test_of_a_recap_that_could_not_be_read_nothing_is_missed():
    assert origins_of(recap(action(carried_from="newton/x#a")), unread={"newton/x"}) == []


@pytest.mark.parametrize("bug", [BugTarget(), BugTarget(7)])
def test_an_action_gets_no_second_bug_when_it_goes_on(bug):
    old = recap(action("a", target=bug), identity="newton/x")
    new = recap(action("a", target=BugTarget(), carried_from="newton/x#a"))
    message = '"newton/x#a", which this goes on with, has a bug or is to get one'
    assert origins_of(old, new) == [(1, "R025", ("actions", 0, "bug"), message)]


def test_what_follows_on_something_done_gets_a_bug_of_its_own():
    old = recap(action("a", target=BugTarget(7), status=Status.DONE), identity="newton/x")
    assert origins_of(old, recap(action("a", target=BugTarget(), carried_from="newton/x#a"))) == []


@pytest.mark.parametrize("new_first", [False, True])
def test_the_carried_one_is_to_give_up_what_both_name(new_first):
    old = recap(action("a", target=BugTarget(7)), identity="newton/x")
    new = recap(action("a", target=BugTarget(7), carried_from="newton/x#a"))
    ((_, finding),) = shared_targets([new, old] if new_first else [old, new])
    assert finding.help == 'take it out of "newton/x#a"'


def test_an_owner_is_named_once():
    owners = [(("o", 0), Owner("a")), (("o", 1), Owner("b")), (("o", 2), Owner("a", tentative=True))]
    assert [(one.rule, one.place) for one in distinct_owners(owners)] == [("R027", ("o", 2))]


# Targets.


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("new", None),
        ("1637", 1637),
        ("#1637", 1637),
        (str(MAX_BUG), MAX_BUG),
        ("https://bugs.launchpad.net/neutron/+bug/1637", 1637),
        ("https://bugs.launchpad.net/bugs/1637", 1637),
        ("https://launchpad.net/bugs/1637/", 1637),
        ("https://bugs.launchpad.net/neutron/ocata/+bug/1637/comments/3", 1637),
        ("https://api.launchpad.net/devel/bugs/1637", 1637),
        ("https://api.launchpad.net/devel/neutron/+bug/1637", 1637),
    ],
)
def test_a_bug_is_new_or_a_number_or_an_address(written, number):
    assert parse_target("bug", written, "neutron", ("bug",)) == (BugTarget(number), None)


@pytest.mark.parametrize(
    "written",
    [
        *("", "soon", "0", "-1", "1.5", "1e3", "0x1f", "10:30", "1_000", "12 34", "٣", str(MAX_BUG + 1), "9" * 5000),
        *(
            "new bug",
            "https://sourceforge.net/p/x/bugs/7",
            "https://launchpad.net/neutron",
            "https://bugs.launchpad.net/neutron/+bug/x",
            "http://[x/bugs/1",
        ),
        *("https://bugs.launchpad.net/bugs/" + "9" * 5000, "https://bugs.launchpad.net/bugs/0", "ftp://x/bugs/1"),
    ],
)
def test_what_is_no_bug_is_refused(written):
    refuse(written, "write `new`, the bug's number or its address")


@pytest.mark.parametrize(
    "written",
    ["LP#2112233", "LP: #2112233", "lp:2112233", "LP bug #2112233", "bug 2112233", " Launchpad bug: 2112233"],
)
def test_a_bug_that_is_written_as_in_commit_messages_is_refused_with_its_number(written):
    refuse(written, "write the number alone: 2112233")


def refuse(written, remedy):
    target, finding = parse_target("bug", written, "neutron", ("bug",))
    assert target is None
    assert (finding.rule, finding.place, finding.message) == ("R024", ("bug",), f'"{written}" is no bug')
    assert finding.help == remedy


@pytest.mark.parametrize(
    ("key", "written", "target"),
    [
        ("blueprint", "push-notifications", BlueprintTarget("push-notifications")),
        ("blueprint", "new push-notifications", BlueprintTarget("push-notifications", create=True)),
        ("blueprint", "new   push", BlueprintTarget("push", create=True)),
        (
            "blueprint",
            "new https://blueprints.launchpad.net/neutron/+spec/push",
            BlueprintTarget("push", create=True),
        ),
        ("work_item", "new", WorkItemTarget("new")),
        ("blueprint", "https://blueprints.launchpad.net/neutron/+spec/push", BlueprintTarget("push")),
        ("blueprint", "https://api.launchpad.net/devel/neutron/+spec/push", BlueprintTarget("push")),
        ("work_item", "online-upgrades", WorkItemTarget("online-upgrades")),
        ("work_item", "https://blueprints.launchpad.net/neutron/+spec/push", WorkItemTarget("push")),
    ],
)
def test_a_blueprint_is_a_name_or_an_address(key, written, target):
    assert parse_target(key, written, "neutron", (key,)) == (target, None)


@pytest.mark.parametrize(
    ("key", "written"),
    [
        *(
            ("blueprint", word)
            for word in ("", "Push", "a b", "-a", "x", "new x", "https://x/neutron", "http://[/+spec/a")
        ),
        ("blueprint", "https://blueprints.launchpad.net/neutron/+spec/A B"),
        *(("work_item", word) for word in ("new push", "x", "https://launchpad.net/neutron/+spec/x")),
    ],
)
def test_what_is_no_blueprint_is_refused(key, written):
    target, finding = parse_target(key, written, "neutron", (key,))
    assert target is None
    assert (finding.rule, finding.place, finding.message) == ("R024", (key,), f'"{written}" is no blueprint')


@pytest.mark.parametrize("written", ["new", "new "])
def test_a_new_blueprint_needs_a_name(written):
    target, finding = parse_target("blueprint", written, "neutron", ("blueprint",))
    assert target is None
    assert (finding.rule, finding.message) == ("R024", "the new blueprint has no name")


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("bug", "https://bugs.launchpad.net/nova/+bug/1"),
        ("blueprint", "https://blueprints.launchpad.net/nova/+spec/push"),
        ("work_item", "https://blueprints.launchpad.net/nova/+spec/push"),
    ],
)
def test_an_address_of_another_project_is_refused_and_both_are_named(key, written):
    target, finding = parse_target(key, written, "neutron", (key,))
    assert target is None
    assert finding.message == 'the address is of project "nova", but the action\'s is "neutron"'
    assert finding.help == "give the action `project: nova`, or correct the address"
    assert parse_target(key, written, None, (key,))[1] is None


@given(
    st.sampled_from(["bug", "blueprint", "work_item"]),
    st.text(),
    st.sampled_from(["", "new ", "http://", "https://"]),
)
def test_whatever_is_written_is_a_target_or_a_finding(key, written, start):
    target, finding = parse_target(key, start + written, "neutron", (key,))
    assert (target is None) != (finding is None)
