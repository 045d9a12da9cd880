"""Blueprints as Launchpad shows them: read as they are, or not at all."""

import pytest

from tracker.launchpad.answers import read_blueprint, understood
from tracker.launchpad.replies import UnreachableError
from tracker.launchpad.snapshots import BlueprintSnapshot

ROOT = "https://api.launchpad.net/devel/"
ENTRY = {
    "name": "push-notifications",
    "title": "Push notifications",
    "summary": "Tell agents what changed.",
    "definition_status": "Approved",
    "implementation_status": "Good progress",
    "priority": "High",
    "assignee_link": f"{ROOT}~artur",
    "milestone_link": f"{ROOT}neutron/+milestone/ocata-2",
    "workitems_text": "Work items:\n[artur] list them: TODO",
    "information_type": "Public",
    "http_etag": '"a-b"',
    "web_link": "https://blueprints.launchpad.net/neutron/+spec/push-notifications",
    "date_completed": "2016-11-03T18:50:08.123456+00:00",
    "whiteboard": None,
}
REDACTED = "tag:launchpad.net:2008:redacted"


def read(**values):
    return read_blueprint({**ENTRY, **values}, "neutron")


def test_a_blueprint_is_read_with_all_that_is_kept_in_step():
    assert read() == BlueprintSnapshot(
        project="neutron",
        name="push-notifications",
        title="Push notifications",
        summary="Tell agents what changed.",
        definition_status="Approved",
        implementation_status="Good progress",
        priority="High",
        assignee="artur",
        milestone="ocata-2",
        work_items="Work items:\n[artur] list them: TODO",
        private=False,
        etag='"a-b"',
        page="https://blueprints.launchpad.net/neutron/+spec/push-notifications",
        closed="2016-11-03T18:50:08.123456+00:00",
    )


def test_a_blueprint_of_which_nothing_was_said_is_empty():
    blueprint = read(assignee_link=None, milestone_link=None, workitems_text="", implementation_status="Unknown")
    assert (blueprint.assignee, blueprint.milestone, blueprint.work_items) == (None, None, "")
    assert blueprint.status == "Unknown"
    assert read(workitems_text=None).work_items == ""


@pytest.mark.parametrize(
    ("information_type", "private"),
    [
        ("Public", False),
        ("Public Security", False),
        ("Private", True),
        ("Private Security", True),
        ("Proprietary", True),
        ("Embargoed", True),
        ("Imagined", True),
    ],
)
def test_what_is_not_public_is_private(information_type, private):
    assert read(information_type=information_type).private is private


def test_its_status_is_what_both_of_its_statuses_say():
    assert read().status == "Good progress"
    assert read(definition_status="Obsolete").status == "Obsolete"


@pytest.mark.parametrize("name", ["assignee_link", "milestone_link", "workitems_text"])
def test_what_this_account_is_not_shown_does_not_pass_for_empty(name):
    assert read(**{name: REDACTED}) is None


@pytest.mark.parametrize("name", sorted(ENTRY.keys() - {"whiteboard"}))
def test_an_answer_that_lacks_a_field_is_told_in_one_message(name):
    with pytest.raises(UnreachableError, match=name), understood():
        read_blueprint({key: value for key, value in ENTRY.items() if key != name}, "neutron")
