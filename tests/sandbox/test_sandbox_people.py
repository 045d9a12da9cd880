"""People, teams, projects, series and milestones, as Launchpad publishes them."""

import pytest

from tests.sandbox.clients import make_client
from tracker.errors import TrackerError


def names(answer):
    assert answer.status == 200, answer.text
    return [entry["name"] for entry in answer["entries"]]


@pytest.mark.parametrize(
    ("name", "status"),
    [("ordinary", 200), ("crew", 200), ("nobody-here", 404), ("twin", 404), ("gone", 410), ("closed", 200)],
)
def test_an_account_is_found_merged_or_suspended(ordinary, name, status):
    assert ordinary.get(f"~{name}").status == status


def test_a_suspended_account_says_so(ordinary, boss):
    answer = ordinary.get("~gone")
    assert answer.text == "User is suspended: gone"
    assert boss.get("~gone")["account_status"] == "Suspended"


@pytest.mark.parametrize(
    ("path", "place"), [("~Ordinary", "~ordinary"), ("~CREW", "~crew"), ("Project-X", "project-x")]
)
def test_names_in_capitals_lead_to_small_ones(ordinary, path, place):
    answer = ordinary.get(path)
    assert (answer.status, answer.headers["Location"]) == (301, ordinary.url(place))


@pytest.mark.parametrize(
    ("name", "valid", "status"),
    [
        ("ordinary", True, "Active"),
        ("silent", False, "Active"),
        ("closed", False, "Deactivated"),
        ("crew", True, "Active"),
    ],
)
def test_a_valid_account_is_active_and_has_an_address(ordinary, name, valid, status):
    found = ordinary.get(f"~{name}").json
    assert (found["is_valid"], found["account_status"]) == (valid, status)


def test_teams_are_people_with_members(sandbox, ordinary):
    sandbox.add_team("outer", "The Outer", owner="driver", members=["crew", "other"])
    assert ordinary.get("~outer")["resource_type_link"] == ordinary.url("#team")
    assert ordinary.get("~outer")["is_team"] is True
    assert ordinary.get("~ordinary")["resource_type_link"] == ordinary.url("#person")
    assert sorted(names(ordinary.get("~outer/members"))) == ["crew", "other"]
    assert sorted(names(ordinary.get("~outer/participants"))) == ["crew", "ordinary", "other"]
    assert names(ordinary.get("~crew/super_teams")) == ["outer"]
    assert names(ordinary.get("~ordinary/members")) == []


def test_a_member_of_a_member_team_has_the_teams_rights(sandbox, ordinary, driver):
    sandbox.add_team("inner-drivers", "Inner", owner="driver", members=["ordinary"])
    sandbox.add_team("outer-drivers", "Outer", owner="driver", members=["inner-drivers"])
    sandbox.add_project("team-driven", "Team Driven", owner="boss", driver="outer-drivers")
    task = driver.task("team-driven")
    assert ordinary.patch(task, {"importance": "High"}).status == 209


@pytest.mark.parametrize(
    ("operation", "parameters", "found"),
    [
        ("find", {"text": "ordinary"}, ["ordinary"]),
        ("find", {"text": "TESTER other"}, ["other"]),
        ("find", {"text": "crew"}, ["crew"]),
        ("find", {"text": "repor"}, ["reporter"]),
        ("find", {"text": "The crew"}, ["crew"]),
        ("find", {"text": "cre"}, []),
        ("find", {"text": "rew The"}, []),
        ("find", {"text": "ordin Tester"}, []),
        ("find", {"text": "crew nobody-here"}, []),
        ("find", {"text": "!!"}, []),
        ("find", {"text": ""}, []),
        ("find", {"text": "twin"}, []),
        ("find", {"text": "gone"}, []),
        ("find", {"text": "closed"}, []),
        ("findPerson", {"text": "crew"}, []),
        ("findPerson", {"text": "ordinary", "created_after": "2100-01-01T00:00:00+00:00"}, []),
        ("findPerson", {"text": "ordinary", "created_before": "2100-01-01T00:00:00+00:00"}, ["ordinary"]),
        ("findTeam", {"text": "crew"}, ["crew"]),
        ("findTeam", {"text": "ordinary"}, []),
    ],
)
def test_people_are_found_by_their_names(ordinary, operation, parameters, found):
    assert names(ordinary.op("people", operation, **parameters)) == found


def test_an_empty_text_finds_every_person(ordinary):
    found = names(ordinary.op("people", "findPerson", text=""))
    assert {"ordinary", "driver"} <= set(found)
    assert not {"crew", "twin", "gone", "closed"} & set(found)


def test_the_set_of_people_lists_the_active_ones(ordinary):
    found = names(ordinary.get("people"))
    assert {"ordinary", "crew"} <= set(found)
    assert not {"twin", "gone", "closed"} & set(found)


def test_an_address_finds_its_account(ordinary):
    assert ordinary.op("people", "getByEmail", email="ORDINARY@example.com")["name"] == "ordinary"
    assert ordinary.op("people", "getByEmail", email="nobody@example.com").json is None
    assert ordinary.op("people", "getByEmail", email="no address").status == 400


def test_irc_nicknames_are_listed(sandbox, ordinary):
    sandbox.add_person("chatty", "Chatty Tester", irc_nicknames=["chat", "chat_"])
    entries = ordinary.get("~chatty/irc_nicknames")["entries"]
    assert [entry["nickname"] for entry in entries] == ["chat", "chat_"]
    assert ordinary.get(entries[0]["self_link"])["person_link"] == ordinary.url("~chatty")
    assert names(ordinary.op("people", "find", text="chat_")) == []


def test_people_change_themselves_alone(ordinary, other):
    assert other.patch("~other", {"display_name": "Another Tester"}).status == 209
    assert other.patch("~other", {"display_name": "Other Tester"}).status == 209
    answer = ordinary.patch("~other", {"display_name": "X"})
    assert (answer.status, answer.text) == (401, "(<Person object>, 'display_name', 'launchpad.Edit')")


def test_a_project_names_its_people(ordinary, supervised, project):
    found = ordinary.get(supervised).json
    assert found["owner_link"] == ordinary.url("~boss")
    assert found["driver_link"] == ordinary.url("~driver")
    assert found["bug_supervisor_link"] == ordinary.url("~supervisor")
    assert ordinary.get(project)["bug_supervisor_link"] is None
    assert ordinary.get("no-such-project").status == 404


def test_projects_are_found_by_their_names(ordinary, project):
    assert names(ordinary.op("projects", "search", text=project)) == [project]
    assert names(ordinary.op("projects", "latest"))[0] == project


def test_milestones_active_and_all(ordinary, project):
    assert names(ordinary.get(f"{project}/active_milestones")) == ["open"]
    everything = ordinary.get(f"{project}/all_milestones")
    assert names(everything) == ["past", "open"]
    assert everything["total_size"] == 2
    assert ordinary.op(project, "getMilestone", name="past")["is_active"] is False
    assert ordinary.op(project, "getMilestone", name="none").json is None
    assert ordinary.get(f"{project}/+milestone/none").status == 404


def test_a_driver_makes_milestones(driver, ordinary, project):
    series = f"{project}/trunk"
    assert driver.op(project, "getSeries", name="trunk")["self_link"] == driver.url(series)
    answer = driver.post(series, "newMilestone", name="next", date_targeted="2026-11-30")
    place = driver.url(f"{project}/+milestone/next")
    assert (answer.status, answer.headers["Location"]) == (201, place)
    found = driver.get(place).json
    assert (found["date_targeted"], found["is_active"]) == ("2026-11-30", True)
    assert found["series_target_link"] == driver.url(series)
    assert found["target_link"] == driver.url(project)
    assert found["title"] == f"Project {project} next"
    again = driver.post(series, "newMilestone", name="next")
    assert (again.status, again.text) == (
        400,
        f"name: The name next is already used by a milestone in Project {project}.",
    )
    assert ordinary.post(series, "newMilestone", name="mine").status == 401


def test_only_drivers_change_a_series(driver, ordinary, project):
    assert driver.patch(f"{project}/trunk", {"summary": "what is next"})["summary"] == "what is next"
    assert ordinary.patch(f"{project}/trunk", {"summary": "mine"}).status == 401


@pytest.mark.parametrize("field", ["target_link", "series_target_link"])
def test_a_milestone_stays_where_it_is(driver, project, supervised, field):
    answer = driver.patch(f"{project}/+milestone/open", {field: driver.url(supervised)})
    assert answer.status == 400


def test_a_driver_gives_the_focus_to_a_series_of_the_project(driver, ordinary, project, supervised):
    assert driver.get(project)["development_focus_link"] == driver.url(f"{project}/trunk")
    made = driver.post(project, "newSeries", name="stable", summary="for those who wait")
    new = {"development_focus_link": made.headers["Location"]}
    assert (made.status, ordinary.patch(project, new).status) == (201, 401)
    assert driver.patch(project, new)["development_focus_link"] == driver.url(f"{project}/stable")
    foreign = driver.patch(project, {"development_focus_link": driver.url(f"{supervised}/trunk")})
    assert (foreign.status, foreign.text) == (400, "development_focus_link: Constraint not satisfied.")


def test_a_series_name_is_a_drivers_to_give_and_taken_once(driver, ordinary, project, supervised):
    again = driver.post(project, "newSeries", name="trunk", summary="x")
    assert (again.status, again.text) == (400, "name: trunk is already in use by another series.")
    refused = ordinary.post(project, "newSeries", name="mine", summary="x")
    assert (refused.status, refused.text) == (401, "(<Product object>, 'newSeries', 'launchpad.Driver')")
    assert names(driver.get(f"{project}/series")) == ["trunk"]
    assert driver.get(f"{project}/trunk")["project_link"] == driver.url(project)
    moved = driver.patch(f"{project}/trunk", {"project_link": driver.url(supervised)})
    assert (moved.status, moved.text) == (400, "project_link: in the sandbox a series stays where it is.")


def test_a_milestone_belongs_to_its_series_and_its_project(driver, project):
    driver.post(project, "newSeries", name="stable", summary="x")
    driver.post(f"{project}/stable", "newMilestone", name="stable-1")
    assert names(driver.get(f"{project}/stable/all_milestones")) == ["stable-1"]
    assert names(driver.get(f"{project}/trunk/active_milestones")) == ["open"]
    assert set(names(driver.get(f"{project}/all_milestones"))) == {"stable-1", "open", "past"}


def test_a_renamed_milestone_moves_and_its_tasks_link_follows(driver, project):
    task = driver.task(project)
    driver.patch(task, {"milestone_link": driver.url(f"{project}/+milestone/open")})
    answer = driver.patch(f"{project}/+milestone/open", {"name": "renamed"})
    assert (answer.status, answer.headers["Location"]) == (301, driver.url(f"{project}/+milestone/renamed"))
    assert driver.get(task)["milestone_link"] == driver.url(f"{project}/+milestone/renamed")


def test_a_task_keeps_a_milestone_that_is_closed_later(driver, project):
    task = driver.task(project)
    milestone = driver.url(f"{project}/+milestone/open")
    driver.patch(task, {"milestone_link": milestone})
    assert driver.patch(milestone, {"is_active": False}).status == 209
    assert driver.patch(task, {"milestone_link": milestone, "status": "Confirmed"}).status == 209


def test_only_drivers_change_projects_and_milestones(ordinary, project):
    answer = ordinary.patch(project, {"display_name": "Mine"})
    assert (answer.status, answer.text) == (401, "(<Product object>, 'display_name', 'launchpad.Edit')")
    answer = ordinary.patch(f"{project}/+milestone/open", {"is_active": False})
    assert (answer.status, answer.text) == (401, "(<Milestone object>, 'is_active', 'launchpad.Edit')")


# What becomes of accounts and projects.


def test_a_renamed_person_moves_and_every_link_follows_without_a_stamp(sandbox, driver, project):
    sandbox.add_person("early", "Early Tester")
    task = driver.task(project)
    driver.patch(task, {"assignee_link": "/~early"})
    before = driver.get(task.replace(f"{project}/+bug", "bugs")).json
    answer = make_client(sandbox, "early").patch("~early", {"name": "late"})
    assert (answer.status, answer.headers["Location"]) == (301, driver.url("~late"))
    assert driver.get(task)["assignee_link"] == driver.url("~late")
    assert driver.get("~early").status == 404
    assert driver.get(before["self_link"]).json == before


def test_a_renamed_project_moves_and_its_old_name_leads_nowhere(driver, project):
    task = driver.task(project)
    answer = driver.patch(project, {"name": f"{project}-renamed"})
    new = driver.url(f"{project}-renamed")
    assert (answer.status, answer.headers["Location"]) == (301, new)
    assert driver.get(task).status == driver.get(project).status == 404
    found = driver.get(task.replace(project, f"{project}-renamed")).json
    assert (found["target_link"], found["bug_target_name"]) == (new, f"{project}-renamed")


def test_a_merged_account_is_gone_and_its_work_is_the_others(sandbox, driver, other, project):
    sandbox.add_person("once", "Once Tester", irc_nicknames=["oncer"])
    sandbox.add_team("merging", "Merging", owner="once", members=["once", "other"])
    once = make_client(sandbox, "once")
    task = once.task(project)
    bug = task.replace(f"{project}/+bug", "bugs")
    once.patch(task, {"assignee_link": "/~once"})
    driver.post(bug, "subscribe", person="/~other")
    stamp = driver.get(bug)["date_last_updated"]
    sandbox.merge_account("once", "other")
    assert driver.get("~once").status == driver.get("~once-merged").status == 404
    assert driver.get(task)["assignee_link"] == driver.get(bug)["owner_link"] == driver.url("~other")
    assert driver.get(bug)["date_last_updated"] == stamp
    followers = [entry["person_link"] for entry in driver.get(f"{bug}/subscriptions")["entries"]]
    assert followers == [driver.url("~other")]
    assert names(driver.get("~merging/members")) == ["other"]
    assert driver.op("people", "getByEmail", email="once@example.com")["name"] == "other"
    assert once.get("people/+me").headers["Location"] == driver.url("~other")
    sandbox.add_person("once", "Another Once", email="")
    assert driver.get("~once")["display_name"] == "Another Once"


@pytest.mark.parametrize(("name", "into"), [("nobody-here", "other"), ("other", "nobody-here"), ("other", "other")])
def test_only_two_accounts_that_there_are_can_be_merged(sandbox, name, into):
    with pytest.raises(TrackerError):
        sandbox.merge_account(name, into)


def test_an_account_is_suspended_by_administrators(sandbox, boss, ordinary, project):
    sandbox.add_person("noisy", "Noisy Tester")
    refused = ordinary.post("~noisy", "setAccountStatus", status="Suspended", comment="x")
    assert (refused.status, refused.text) == (401, "(<Person object>, 'setAccountStatus', 'launchpad.Moderate')")
    task = ordinary.task(project)
    ordinary.patch(task, {"assignee_link": "/~noisy"})
    assert boss.post("~noisy", "setAccountStatus", status="Suspended", comment="x").status == 200
    assert ordinary.get("~noisy").status == 410
    assert ordinary.get(task)["assignee_link"] == ordinary.url("~noisy")
    assert names(ordinary.op("people", "find", text="noisy")) == []
