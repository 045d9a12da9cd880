"""Addresses of Launchpad's things: read as people copy them, written as the service gives them."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.launchpad import links
from tracker.launchpad.links import BlueprintLink, BugLink, parse_blueprint_link, parse_bug_link

NAMES = st.from_regex(r"[a-z0-9][a-z0-9+.\-]{0,20}", fullmatch=True)
NUMBERS = st.integers(1, 99_999_999)
ROOTS = st.sampled_from(["https://api.launchpad.net/devel/", "http://127.0.0.1:8085/devel/"])
TEXTS = st.text() | st.text("htps:/[]@%#?+.~0123456789bugsneutro").map(lambda text: f"https://{text}")


@pytest.mark.parametrize(
    ("text", "project"),
    [
        ("https://bugs.launchpad.net/bugs/7", None),
        ("https://launchpad.net/bugs/7", None),
        ("http://launchpad.net/bugs/7", None),
        ("https://bugs.launchpad.net/neutron/+bug/7", "neutron"),
        ("https://launchpad.net/neutron/+bug/7", "neutron"),
        ("https://bugs.launchpad.net/neutron/ocata/+bug/7", "neutron"),
        ("https://bugs.launchpad.net/neutron/+bug/7/", "neutron"),
        ("https://bugs.launchpad.net/neutron/+bug/7/+editstatus", "neutron"),
        ("https://bugs.launchpad.net/neutron/+bug/7/comments/3", "neutron"),
        ("https://bugs.launchpad.net/neutron/+bug/7/comments/3/+bug/8", "neutron"),
        ("https://bugs.launchpad.net/neutron/+bug/7?comments=all", "neutron"),
        ("https://bugs.launchpad.net/neutron/+bug/7#c3", "neutron"),
        ("https://bugs.launchpad.net/neutron/%2Bbug/7", "neutron"),
        ("https://BUGS.launchpad.net/neutron/+bug/7", "neutron"),
        ("https://api.launchpad.net/devel/bugs/7", None),
        ("https://api.launchpad.net/1.0/bugs/7", None),
        ("https://api.launchpad.net/beta/bugs/7", None),
        ("https://api.launchpad.net/devel/neutron/+bug/7", "neutron"),
        ("https://api.launchpad.net/1.0/neutron/+bug/7", "neutron"),
        ("https://bugs.qastaging.launchpad.net/neutron/+bug/7", "neutron"),
        ("http://bugs.launchpad.test:8085/neutron/+bug/7", "neutron"),
        ("http://127.0.0.1:41234/devel/neutron/+bug/7", "neutron"),
        ("http://localhost:41234/neutron/+bug/7", "neutron"),
        ("https://bugs.launchpad.net/developer-tools/+bug/7", "developer-tools"),
        ("https://bugs.launchpad.net/c++/+bug/7", "c++"),
    ],
)
def test_a_bugs_address_is_read_wherever_it_was_copied(text, project):
    assert parse_bug_link(text) == BugLink(7, project)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7",
        "bugs.launchpad.net/bugs/7",
        "ftp://launchpad.net/bugs/7",
        "https://",
        "https://launchpad.net",
        "https://launchpad.net/bugs",
        "https://bugs.launchpad.net/neutron/+bugs",
        "https://bugs.launchpad.net/bugs/nickname",
        "https://bugs.launchpad.net/bugs/7x",
        "https://bugs.launchpad.net/bugs/٧",
        "https://blueprints.launchpad.net/neutron/+spec/7",
        "https://bugs.launchpad.net/neutron/+filebug/7",
        "https://sourceforge.net/p/neutron/bugs/7",
        "https://example.com/launchpad.net/bugs/7",
        "https://notlaunchpad.net/bugs/7",
        "https://launchpad.net.example.com/bugs/7",
        "https://launchpad.net@example.com/bugs/7",
        "http://[launchpad.net/bugs/7",
        "http://[::1/bugs/7",
        f"https://bugs.launchpad.net/bugs/{'9' * 5000}",
    ],
)
def test_what_is_no_bugs_address_on_launchpad_is_none(text):
    assert parse_bug_link(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "https://blueprints.launchpad.net/neutron/+spec/push-notifications",
        "https://launchpad.net/neutron/+spec/push-notifications",
        "https://blueprints.launchpad.net/neutron/ocata/+spec/push-notifications/",
        "https://blueprints.launchpad.net/neutron/+spec/push-notifications/+edit",
        "https://blueprints.launchpad.net/neutron/+spec/push-notifications?x=1#whiteboard",
        "https://api.launchpad.net/devel/neutron/+spec/push-notifications",
    ],
)
def test_a_blueprints_address_is_read(text):
    assert parse_blueprint_link(text) == BlueprintLink("push-notifications", "neutron")


@pytest.mark.parametrize(
    "text",
    [
        "push-notifications",
        "https://blueprints.launchpad.net/neutron/+specs",
        "https://example.com/neutron/+spec/push-notifications",
        "https://launchpad.net/+spec/push-notifications",
        "http://[",
    ],
)
def test_what_is_no_blueprints_address_is_none(text):
    assert parse_blueprint_link(text) is None


@given(TEXTS)
def test_no_text_makes_reading_fail(text):
    for parse in (parse_bug_link, parse_blueprint_link, links.milestone_name, links.person_name):
        parse(text)


@given(ROOTS, NAMES.filter(lambda name: name not in {"devel", "beta", "1.0"}), NUMBERS)
def test_a_written_address_of_a_bug_is_read_back(root, project, number):
    task = links.task_url(root, project, number)
    assert parse_bug_link(task) == BugLink(number, project)
    assert parse_bug_link(links.bug_url(root, number)) == BugLink(number)
    assert links.bug_number(task) == links.bug_number(links.bug_url(root, number)) == number
    assert links.is_task_of(task, project)


@given(ROOTS, NAMES, NAMES)
def test_a_written_address_of_a_milestone_or_an_account_is_read_back(root, project, name):
    assert links.milestone_name(links.milestone_url(root, project, name)) == name
    assert links.person_name(links.person_url(root, name)) == name


@given(ROOTS, NAMES.filter(lambda name: name not in {"devel", "beta", "1.0"}), NAMES)
def test_a_written_address_of_a_blueprint_is_read_back(root, project, name):
    address = links.blueprint_url(root, project, name)
    assert parse_blueprint_link(address) == BlueprintLink(name, project)
    assert links.is_blueprint_of(address, project)


@pytest.mark.parametrize(
    ("web_root", "page"),
    [
        ("https://launchpad.net/", "https://blueprints.launchpad.net/neutron/+spec/push"),
        ("https://qastaging.launchpad.net/", "https://blueprints.qastaging.launchpad.net/neutron/+spec/push"),
        ("http://launchpad.test:8085/", "http://blueprints.launchpad.test:8085/neutron/+spec/push"),
        ("http://127.0.0.1:8085/", "http://127.0.0.1:8085/neutron/+spec/push"),
        ("https://launchpad.example.com/", "https://launchpad.example.com/neutron/+spec/push"),
    ],
)
def test_a_blueprints_page_is_on_the_host_that_the_service_has_for_it(web_root, page):
    assert links.blueprint_page(web_root, "neutron", "push") == page


@given(ROOTS, NAMES.filter(lambda name: name not in {"devel", "beta", "1.0"}), NAMES)
def test_a_blueprints_page_is_read_back(root, project, name):
    web_root = root.replace("api.", "").removesuffix("devel/")
    assert parse_blueprint_link(links.blueprint_page(web_root, project, name)) == BlueprintLink(name, project)


@given(st.text(string.printable, min_size=1), ROOTS)
def test_no_name_leaves_its_place_in_an_address(name, root):
    assert links.person_url(root, name).startswith(f"{root}~")
    for character in " \n\r?#":
        assert character not in links.milestone_url(root, name, name).removeprefix(root)
        assert character not in links.person_url(root, name).removeprefix(root)
        assert character not in links.blueprint_url(root, name, name).removeprefix(root)


def test_nothing_links_to_nobody():
    assert links.person_name(None) is None
    assert links.milestone_name(None) is None


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("neutron/+bug/7", True),
        ("neutron/ocata/+bug/7", False),
        ("neutron-lib/+bug/7", False),
        ("ubuntu/+source/neutron/+bug/7", False),
        ("bugs/7", False),
    ],
)
def test_a_projects_own_tasks_are_told_from_those_below_it(path, own):
    assert links.is_task_of(f"https://api.launchpad.net/devel/{path}", "neutron") is own


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("neutron/+spec/push", True),
        ("neutron/ocata/+spec/push", False),
        ("neutron-lib/+spec/push", False),
        ("neutron/+milestone/push", False),
    ],
)
def test_a_projects_own_blueprints_are_told_from_others(path, own):
    assert links.is_blueprint_of(f"https://api.launchpad.net/devel/{path}", "neutron") is own
