"""Milestones: how a project lists them, and when they are due."""

import re

import pytest


@pytest.fixture
def listed(raw, contract):
    answer = raw.wire.get(f"{raw.wire.root}{contract.project}/all_milestones?ws.size=300", keep=False)
    assert answer.status == 200
    return answer.json()


def test_all_milestones_are_listed_whether_active_or_not(listed, contract):
    assert {contract.active, contract.inactive} <= {entry["name"] for entry in listed["entries"]}


def test_a_milestone_has_a_name_and_a_day_or_none(listed):
    for entry in listed["entries"]:
        assert entry["date_targeted"] is None or re.fullmatch(r"\d{4}-\d\d-\d\d", entry["date_targeted"])


def test_the_list_comes_in_pages_and_says_how_many_there_are(raw, contract, listed):
    address = f"{raw.wire.root}{contract.project}/all_milestones"
    page = raw.wire.get(f"{address}?ws.size=1&ws.start=1", keep=False).json()
    assert [entry["name"] for entry in page["entries"]] == [listed["entries"][1]["name"]]
    assert page["total_size"] == listed["total_size"]


def test_the_milestones_of_no_project_are_404(raw, contract, tag):
    assert raw.wire.get(f"{raw.wire.root}no-{tag}/all_milestones", keep=False).status == 404


def test_the_gateway_reads_those_that_have_a_day(driver, contract, listed):
    seen = driver.read_milestones(contract.project, {contract.active})
    dated = {entry["name"]: entry["date_targeted"] for entry in listed["entries"] if entry["date_targeted"]}
    assert {name: day.isoformat() for name, day in seen.dates.items()} == dated
    assert driver.read_milestones(contract.project, {contract.active}).is_news is False
