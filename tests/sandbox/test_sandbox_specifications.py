"""Registering blueprints, changing them, and who sees them, as Launchpad answered in July 2025."""

import itertools

import pytest

from tests.sandbox.clients import make_client
from tracker.errors import TrackerError
from tracker.sandbox.world import WorkItemEntry, World

DEFINITIONS = "Approved, Pending Approval, Review, Drafting, Discussion, New, Superseded, Obsolete"
IMPLEMENTATIONS = (
    "Unknown, Not started, Deferred, Needs Infrastructure, Blocked, Started, Slow progress, Good progress,"
    " Beta Available, Needs Code Review, Deployment, Implemented, Informational"
)
PRIORITIES = "Not, Undefined, Low, Medium, High, Essential"

_urls = itertools.count(1)


def create(client, project, **parameters):
    wanted = {"name": "a-blueprint", "title": "a title", "summary": "a summary", "target": client.url(project)}
    return client.post("specs", "createSpecification", **wanted | parameters)


def halves(etag):
    return etag.strip('"').split("-")


def names(answer):
    return [entry["name"] for entry in answer["entries"]]


# Creating.


def test_the_root_says_that_blueprints_are_at_the_root_where_none_can_be_created(driver, project):
    root = driver.get("")["specifications_collection_link"]
    assert root == driver.url("")
    answer = driver.post(root, "createSpecification", target=driver.url(project), name="x1", title="x", summary="x")
    assert (answer.status, answer.headers["Allow"], answer.body) == (405, "GET", b"")


def test_the_set_of_all_blueprints_is_at_specs_and_lists_none(driver, project):
    driver.blueprint(project)
    assert (driver.get("specs")["total_size"], driver.get("specs")["entries"]) == (0, [])
    assert driver.get("specifications").status == 404


def test_a_new_blueprint_is_answered_by_its_address_alone(ordinary, project):
    answer = create(ordinary, project, definition_status="Approved", assignee=ordinary.url("~driver"))
    assert (answer.status, answer.body) == (201, b"")
    assert answer.headers["Location"] == ordinary.url(f"{project}/+spec/a-blueprint")
    found = ordinary.get(answer.headers["Location"]).json
    assert {
        name: found[name] for name in found if not name.endswith(("_collection_link", "http_etag", "date_created"))
    } == {
        "name": "a-blueprint",
        "title": "a title",
        "summary": "a summary",
        "specification_url": None,
        "whiteboard": None,
        "workitems_text": "",
        "definition_status": "Approved",
        "implementation_status": "Unknown",
        "lifecycle_status": "Not started",
        "priority": "Undefined",
        "information_type": "Public",
        "direction_approved": False,
        "has_accepted_goal": False,
        "is_started": False,
        "is_complete": False,
        "owner_link": ordinary.url("~ordinary"),
        "assignee_link": ordinary.url("~driver"),
        "drafter_link": None,
        "approver_link": None,
        "starter_link": None,
        "completer_link": None,
        "milestone_link": None,
        "target_link": ordinary.url(project),
        "date_started": None,
        "date_completed": None,
        "self_link": ordinary.url(f"{project}/+spec/a-blueprint"),
        "web_link": f"{ordinary.root}{project}/+spec/a-blueprint",
        "resource_type_link": ordinary.url("#specification"),
    }


@pytest.mark.parametrize(
    ("parameters", "field", "stored"),
    [
        ({"title": ""}, "title", ""),
        ({"summary": ""}, "summary", ""),
        ({"title": "x" * 300}, "title", "x" * 300),
        ({"name": "x" * 300}, "name", "x" * 300),
        ({"summary": "x" * 100_000}, "summary", "x" * 100_000),
        ({"whiteboard": "one\r\ntwo"}, "whiteboard", "one\ntwo"),
        ({"priority": "High"}, "priority", "Undefined"),
        ({"workitems_text": "a: TODO"}, "workitems_text", ""),
        ({"definition_status": "Drafting"}, "definition_status", "Drafting"),
        ({}, "definition_status", "New"),
    ],
)
def test_a_blueprint_is_stored_as_launchpad_stores_it(ordinary, project, parameters, field, stored):
    assert ordinary.get(create(ordinary, project, **parameters).headers["Location"])[field] == stored


@pytest.mark.parametrize("name", ["Bad", "bad name", "bad_name", "b", "", "-bad"])
def test_a_name_that_is_none_is_refused(ordinary, project, name):
    answer = create(ordinary, project, name=name)
    assert answer.status == 400
    reason = f"Invalid name '{name}'. Names must be at least two characters long\nand start with a letter or number"
    assert answer.text.startswith(f"name: \n{reason}")


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"title": "a\nb"}, r"title: ('a\nb', 'title')"),
        (
            {"definition_status": "Done"},
            f'definition_status: Invalid value "Done". Acceptable values are: {DEFINITIONS}',
        ),
        ({"target": "/no-such-project"}, 'target: No such object "/no-such-project".'),
    ],
)
def test_a_blueprint_with_a_bad_value_is_refused_with_a_line(ordinary, project, parameters, reason):
    answer = create(ordinary, project, **parameters)
    assert (answer.status, answer.text) == (400, reason)


@pytest.mark.parametrize("missing", ["target", "name", "title", "summary"])
def test_a_blueprint_without_a_required_value_is_refused(ordinary, project, missing):
    wanted = {"name": "x1", "title": "x", "summary": "x", "target": ordinary.url(project)}
    del wanted[missing]
    answer = ordinary.post("specs", "createSpecification", **wanted)
    assert (answer.status, answer.text) == (400, f"{missing}: Required input is missing.")


def test_a_second_blueprint_of_a_name_is_a_failure_and_another_projects_is_none(ordinary, project, supervised):
    before = ordinary.get(ordinary.blueprint(project)).json
    answer = create(ordinary, project, title="another")
    assert (answer.status, answer.text) == (500, "UniqueViolation")
    assert answer.headers["X-Lazr-OopsId"]
    assert ordinary.get(f"{project}/+spec/a-blueprint").json == before
    assert create(ordinary, supervised).status == 201


@pytest.mark.parametrize("status", ["Superseded", "Obsolete"])
def test_a_blueprint_that_ends_as_it_begins_is_a_failure(driver, project, status):
    assert create(driver, project, definition_status=status).status == 500
    path = driver.blueprint(project)
    assert driver.patch(path, {"definition_status": status})["definition_status"] == status


def test_a_blueprint_for_a_series_is_a_failure(driver, project):
    assert create(driver, f"{project}/trunk").status == 500
    assert driver.op(project, "getSpecification", name="a-blueprint").json is None


def test_the_address_of_a_text_belongs_to_one_blueprint_of_all_projects(driver, project, supervised):
    url = f"https://wiki.example.com/{next(_urls)}"
    path = driver.blueprint(project, specurl=url)
    assert driver.get(path)["specification_url"] == url
    assert create(driver, supervised, specurl=url).status == 400
    other = driver.blueprint(supervised)
    answer = driver.patch(other, {"specification_url": url})
    assert (answer.status, answer.text[:18]) == (400, "specification_url:")
    assert driver.patch(path, {"specification_url": url, "title": "new"}).status == 209


@pytest.mark.parametrize("url", ["wiki", "gopher://example.com/x", "http://", "http:/x"])
def test_the_address_of_a_text_is_one(driver, project, url):
    assert create(driver, project, specurl=url).status == 400
    assert driver.patch(driver.blueprint(project), {"specification_url": url}).status == 400


def test_a_reading_token_registers_a_blueprint_but_an_anonymous_client_breaks_the_server(
    readonly, anonymous, project
):
    assert readonly.get(readonly.blueprint(project))["owner_link"] == readonly.url("~driver")
    answer = create(anonymous, project, name="another")
    assert (answer.status, answer.text) == (500, "NoneError")


# Finding.


def test_a_blueprint_is_found_by_name_and_a_missing_one_is_null(anonymous, driver, project):
    path = driver.blueprint(project)
    for place in (project, f"{project}/trunk"):
        assert anonymous.op(place, "getSpecification", name="a-blueprint")["self_link"] == anonymous.url(path)
        answer = anonymous.op(place, "getSpecification", name="zzz")
        assert (answer.status, answer.json) == (200, None)
    assert anonymous.get(f"{project}/+spec/zzz").status == 404


def test_a_project_lists_its_blueprints_the_most_important_first(driver, project, supervised):
    driver.blueprint(supervised)
    for name, priority in (
        ("aa", "Low"),
        ("bb", "Essential"),
        ("cc", "Undefined"),
        ("dd", "Not"),
        ("ee", "Essential"),
    ):
        driver.patch(driver.blueprint(project, name), {"priority": priority})
    listed = driver.get(f"{project}/all_specifications")
    assert (names(listed), listed["total_size"]) == (["bb", "ee", "aa", "cc", "dd"], 5)


@pytest.mark.parametrize(
    "change",
    [
        {"definition_status": "Obsolete"},
        {"definition_status": "Superseded"},
        {"implementation_status": "Implemented"},
        {"definition_status": "Approved", "implementation_status": "Informational"},
    ],
)
def test_a_complete_blueprint_is_not_a_valid_one(driver, project, change):
    driver.patch(driver.blueprint(project, "done"), change)
    driver.blueprint(project, "open")
    assert names(driver.get(f"{project}/valid_specifications")) == ["open"]
    assert sorted(names(driver.get(f"{project}/all_specifications"))) == ["done", "open"]


def test_a_long_list_comes_in_pages(driver, project):
    for number in range(3):
        driver.blueprint(project, f"number-{number}")
    first = driver.get(f"{project}/all_specifications?ws.size=2")
    assert (names(first), first["total_size"]) == (["number-0", "number-1"], 3)
    assert names(driver.get(first["next_collection_link"])) == ["number-2"]


def test_a_list_has_no_etag(driver, project):
    answer = driver.get(f"{project}/all_specifications")
    assert answer.headers["ETag"] is None
    assert driver.get(f"{project}/all_specifications", If_None_Match="*").status == 200


def test_a_person_has_the_blueprints_that_they_have_a_part_in(sandbox, driver, ordinary, project):
    sandbox.add_person(f"newcomer-{project}", "Newcomer")
    newcomer = ordinary.url(f"~newcomer-{project}")
    driver.patch(driver.blueprint(project, "assigned"), {"assignee_link": newcomer})
    driver.post(driver.blueprint(project, "followed"), "subscribe", person=newcomer)
    driver.patch(driver.blueprint(project, "over"), {"drafter_link": newcomer, "definition_status": "Obsolete"})
    driver.blueprint(project, "foreign")
    assert names(driver.get(f"{newcomer}/all_specifications")) == ["assigned", "followed", "over"]
    assert names(driver.get(f"{newcomer}/valid_specifications")) == ["assigned", "followed"]


def test_a_series_has_the_blueprints_that_are_meant_for_it(driver, ordinary, project):
    path = ordinary.blueprint(project, "mine")
    ordinary.blueprint(project, "other")
    trunk = driver.url(f"{project}/trunk")
    assert ordinary.post(path, "proposeGoal", goal=trunk).status == 200
    assert names(driver.get(f"{trunk}/all_specifications")) == names(driver.get(f"{trunk}/valid_specifications"))
    assert (names(driver.get(f"{trunk}/all_specifications")), driver.get(path)["has_accepted_goal"]) == (
        ["mine"],
        False,
    )
    assert ordinary.post(path, "acceptGoal").status == 401
    assert driver.post(path, "acceptGoal").status == 200
    assert driver.get(path)["has_accepted_goal"] is True
    driver.post(path, "declineGoal")
    assert driver.get(path)["has_accepted_goal"] is False
    driver.post(path, "proposeGoal", goal=trunk)
    assert driver.get(path)["has_accepted_goal"] is True
    driver.post(path, "proposeGoal")
    assert (names(driver.get(f"{trunk}/all_specifications")), driver.get(path)["has_accepted_goal"]) == ([], False)


def test_the_goal_is_a_series_of_the_project(driver, project, supervised):
    path = driver.blueprint(project)
    for goal in (supervised, f"{supervised}/trunk", project):
        assert driver.post(path, "proposeGoal", goal=driver.url(goal)).status == 400


# Rights.


def refusal(project, attribute, permission, number):
    return f"(<Specification {number} 'a-blueprint' for '{project}'>, '{attribute}', 'launchpad.{permission}')"


@pytest.mark.parametrize(
    ("change", "attribute", "permission"),
    [
        ({"title": "new"}, "title", "Edit"),
        ({"name": "new-name"}, "name", "Edit"),
        ({"summary": "new"}, "summary", "Edit"),
        ({"specification_url": "https://example.com/new"}, "specurl", "Edit"),
        ({"assignee_link": "/~driver"}, "assignee", "Edit"),
        ({"approver_link": "/~driver"}, "approver", "Edit"),
        ({"drafter_link": "/~driver"}, "drafter", "Edit"),
        ({"milestone_link": "open"}, "milestone", "Edit"),
        ({"definition_status": "Approved"}, "setDefinitionStatus", "Edit"),
        ({"implementation_status": "Started"}, "setImplementationStatus", "Edit"),
        ({"information_type": "Proprietary"}, "transitionToInformationType", "Edit"),
        ({"target_link": "other"}, "retarget", "Edit"),
        ({"priority": "High"}, "priority", "Admin"),
        ({"direction_approved": True}, "direction_approved", "Admin"),
    ],
)
def test_what_others_may_not_change_is_named(
    sandbox, driver, ordinary, project, supervised, change, attribute, permission
):
    path = driver.blueprint(project)
    number = sandbox.store.value("SELECT max(id) FROM specification")
    change = {
        name: {"open": driver.url(f"{project}/+milestone/open"), "other": driver.url(supervised)}.get(value, value)
        for name, value in change.items()
    }
    answer = ordinary.patch(path, change)
    assert (answer.status, answer.text) == (401, refusal(project, attribute, permission, number))


def test_anybody_may_change_whiteboard_and_work_items_and_link_bugs(driver, ordinary, project):
    path = driver.blueprint(project)
    answer = ordinary.patch(path, {"whiteboard": "theirs", "workitems_text": "a: TODO"})
    assert (answer.status, answer["whiteboard"], answer["workitems_text"]) == (209, "theirs", "Work items:\na: TODO")
    assert ordinary.post(path, "linkBug", bug=ordinary.url(ordinary.bug(project))).status == 200


def test_of_their_own_blueprint_people_change_all_but_what_the_project_decides(ordinary, project):
    path = ordinary.blueprint(project)
    change = {"title": "new", "definition_status": "Approved", "implementation_status": "Started"}
    milestone = ordinary.url(f"{project}/+milestone/open")
    answer = ordinary.patch(path, change | {"milestone_link": milestone})
    assert (answer.status, answer["milestone_link"]) == (209, milestone)
    assert ordinary.patch(path, {"priority": "High"}).status == 401


@pytest.mark.parametrize("part", ["assignee", "drafter", "approver"])
def test_who_has_a_part_in_a_blueprint_may_change_it_and_so_may_their_team(driver, ordinary, project, part):
    path = driver.blueprint(project)
    assert ordinary.patch(path, {"title": "new"}).status == 401
    driver.patch(path, {f"{part}_link": driver.url("~crew")})
    assert ordinary.patch(path, {"title": "new"}).status == 209


def test_administrators_may_change_what_is_anothers(boss, ordinary, project):
    assert boss.patch(ordinary.blueprint(project), {"title": "new", "priority": "High"}).status == 209


@pytest.mark.parametrize(
    ("change", "attribute", "permission"),
    [
        ({"workitems_text": "a: TODO"}, "setWorkItems", "AnyLegitimatePerson"),
        ({"whiteboard": "x"}, "whiteboard", "AnyLegitimatePerson"),
        ({"title": "new"}, "title", "Edit"),
    ],
)
@pytest.mark.parametrize("who", ["readonly", "anonymous"])
def test_without_a_right_to_write_nothing_is_written(
    request, sandbox, driver, project, who, change, attribute, permission
):
    path = driver.blueprint(project)
    number = sandbox.store.value("SELECT max(id) FROM specification")
    before = driver.get(path).json
    answer = request.getfixturevalue(who).patch(path, change)
    assert (answer.status, answer.text) == (401, refusal(project, attribute, permission, number))
    assert driver.get(path).json == before


def test_a_write_of_the_present_values_is_no_proof_of_a_right(driver, anonymous, project):
    path = driver.blueprint(project)
    driver.patch(path, {"workitems_text": "a: TODO"})
    found = driver.get(path).json
    same = ("title", "priority", "workitems_text", "whiteboard", "milestone_link", "is_started")
    assert anonymous.patch(path, {name: found[name] for name in same}).status == 209


# Changing.


@pytest.mark.parametrize(
    "change",
    [
        {"milestone_link": "/no-such-thing"},
        {"definition_status": "Nonsense"},
        {"date_completed": "2025-01-01T00:00:00+00:00"},
        {"workitems_text": "no status"},
    ],
)
def test_a_change_with_a_bad_value_is_not_made_at_all(driver, project, change):
    path = driver.blueprint(project)
    before = driver.get(path).json
    assert driver.patch(path, {"title": "new", "whiteboard": "new", "priority": "High", **change}).status == 400
    assert driver.get(path).json == before


def test_a_change_that_is_refused_in_one_field_is_not_made_at_all(driver, ordinary, project):
    path = driver.blueprint(project)
    before = driver.get(path).json
    assert ordinary.patch(path, {"whiteboard": "new", "workitems_text": "a: TODO", "title": "new"}).status == 401
    assert driver.get(path).json == before


@pytest.mark.parametrize(
    ("field", "value", "known"),
    [
        ("definition_status", "approved", DEFINITIONS),
        ("implementation_status", "Done", IMPLEMENTATIONS),
        ("priority", "Urgent", PRIORITIES),
    ],
)
def test_an_unknown_word_is_refused_with_the_full_list(driver, project, field, value, known):
    answer = driver.patch(driver.blueprint(project), {field: value})
    assert (answer.status, answer.text) == (400, f'{field}: Invalid value "{value}". Acceptable values are: {known}')


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", ""), ("whiteboard", "x" * 100_000), ("whiteboard", "one\r\ntwo"), ("whiteboard", None)],
)
def test_these_are_stored_as_sent(driver, project, field, value):
    path = driver.blueprint(project, whiteboard="before")
    assert driver.patch(path, {field: value}).status == 209
    assert driver.get(path)[field] == value


@pytest.mark.parametrize("field", ["date_completed", "starter_link", "owner_link", "is_complete", "lifecycle_status"])
def test_what_the_service_keeps_is_read_only(driver, project, field):
    value = {"starter_link": "/~driver", "owner_link": "/~other", "is_complete": True}.get(field)
    value = {"date_completed": "2025-01-01T00:00:00+00:00", "lifecycle_status": "Complete"}.get(field, value)
    answer = driver.patch(driver.blueprint(project), {field: value})
    assert (answer.status, answer.text) == (400, f"{field}: You tried to modify a read-only attribute.")


def test_a_past_milestone_is_taken_and_another_projects_is_a_failure(driver, project, supervised):
    path = driver.blueprint(project)
    past = driver.url(f"{project}/+milestone/past")
    assert driver.patch(path, {"milestone_link": past})["milestone_link"] == past
    before = driver.get(path).json
    answer = driver.patch(path, {"title": "new", "milestone_link": driver.url(f"{supervised}/+milestone/open")})
    assert answer.status == 500
    assert driver.get(path).json == before
    assert driver.patch(path, {"milestone_link": None})["milestone_link"] is None


@pytest.mark.parametrize("who", ["closed", "silent", "hidden"])
def test_who_cannot_be_given_work_is_refused(sandbox, driver, project, who):
    if who == "hidden":
        who = f"hidden-{project}"
        sandbox.add_team(who, "Hidden", owner="driver")
        with sandbox.store.transaction():
            sandbox.store.execute("UPDATE person SET visibility = 'Private' WHERE name = ?", who)
    answer = driver.patch(driver.blueprint(project), {"assignee_link": driver.url(f"~{who}")})
    assert (answer.status, answer.text) == (400, "assignee_link: Constraint not satisfied.")


def test_a_team_can_be_assigned_and_nobody_too(driver, project):
    path = driver.blueprint(project)
    assert driver.patch(path, {"assignee_link": "/~crew"})["assignee_link"] == driver.url("~crew")
    assert driver.patch(path, {"assignee_link": None})["assignee_link"] is None


def test_a_blueprint_takes_its_address_with_its_name(driver, project):
    path = driver.blueprint(project)
    answer = driver.patch(path, {"name": "new-name"})
    assert (answer.status, answer.headers["Location"]) == (301, driver.url(f"{project}/+spec/new-name"))
    assert driver.get(path).status == 404
    assert driver.get(f"{project}/+spec/new-name").status == 200


def test_a_name_in_use_is_refused(driver, project):
    driver.blueprint(project, "taken")
    path = driver.blueprint(project, "mine")
    answer = driver.patch(path, {"name": "taken"})
    assert (answer.status, answer.text) == (400, "name: taken is already in use by another blueprint.")
    assert driver.patch(path, {"name": "Bad Name"}).status == 400


def test_a_blueprint_that_moves_leaves_its_plans_behind(driver, project, supervised):
    path = driver.blueprint(project)
    milestone = driver.url(f"{project}/+milestone/open")
    driver.patch(path, {"milestone_link": milestone, "priority": "High", "direction_approved": True})
    driver.post(path, "proposeGoal", goal=driver.url(f"{project}/trunk"))
    answer = driver.patch(path, {"target_link": driver.url(supervised)})
    assert (answer.status, answer.headers["Location"]) == (301, driver.url(f"{supervised}/+spec/a-blueprint"))
    found = driver.get(f"{supervised}/+spec/a-blueprint").json
    kept = ("milestone_link", "priority", "direction_approved", "has_accepted_goal")
    assert [found[name] for name in kept] == [None, "Undefined", False, False]
    assert driver.get(path).status == 404


def test_a_blueprint_moves_to_a_project_that_has_none_of_its_name(driver, project, supervised):
    driver.blueprint(supervised)
    path = driver.blueprint(project)
    assert driver.patch(path, {"target_link": driver.url(supervised)}).status == 400
    assert driver.patch(path, {"target_link": driver.url(f"{project}/trunk")}).status == 400
    assert driver.get(path)["target_link"] == driver.url(project)


def test_a_blueprint_does_not_move_to_a_series(driver, project, supervised):
    path = driver.blueprint(project)
    assert driver.patch(path, {"target_link": driver.url(f"{supervised}/trunk")}).status == 500
    assert driver.get(path)["target_link"] == driver.url(project)


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "DELETE"])
def test_methods_that_a_blueprint_does_not_take(driver, project, method):
    assert driver.request(method, driver.blueprint(project)).status == 405


# How far it is.


@pytest.mark.parametrize(
    ("change", "started", "complete", "lifecycle"),
    [
        ({"implementation_status": "Not started"}, False, False, "Not started"),
        ({"implementation_status": "Deferred"}, False, False, "Not started"),
        ({"implementation_status": "Informational"}, False, False, "Not started"),
        ({"implementation_status": "Blocked"}, True, False, "Started"),
        ({"implementation_status": "Deployment"}, True, False, "Started"),
        ({"implementation_status": "Implemented"}, True, True, "Complete"),
        ({"implementation_status": "Informational", "definition_status": "Approved"}, True, True, "Complete"),
        ({"definition_status": "Obsolete"}, False, True, "Complete"),
        ({"definition_status": "Superseded"}, False, True, "Complete"),
    ],
)
def test_the_statuses_say_whether_it_is_started_and_complete(
    driver, project, *, change, started, complete, lifecycle
):
    path = driver.blueprint(project)
    found = driver.patch(path, change).json
    assert (found["is_started"], found["is_complete"], found["lifecycle_status"]) == (started, complete, lifecycle)
    me = driver.url("~driver")
    assert (found["starter_link"], found["completer_link"]) == (me if started else None, me if complete else None)
    assert (found["date_started"] is not None, found["date_completed"] is not None) == (started, complete)


def test_who_started_it_stays_so_until_it_is_not_started_any_more(driver, boss, project):
    path = driver.blueprint(project)
    first = driver.patch(path, {"implementation_status": "Started"}).json
    second = boss.patch(path, {"implementation_status": "Implemented"}).json
    assert (second["starter_link"], second["date_started"]) == (first["starter_link"], first["date_started"])
    assert second["completer_link"] == driver.url("~boss")
    third = boss.patch(path, {"implementation_status": "Deferred"}).json
    assert (third["starter_link"], third["date_started"], third["completer_link"], third["date_completed"]) == (
        None,
    ) * 4


# ETags.


@pytest.mark.parametrize(
    ("change", "moved"),
    [
        ({"whiteboard": "new"}, [False, True]),
        ({"workitems_text": "a: TODO"}, [False, True]),
        ({"title": "new"}, [False, True]),
        ({"implementation_status": "Started"}, [True, True]),
        ({"definition_status": "Obsolete"}, [True, True]),
    ],
)
def test_which_half_of_a_blueprints_etag_moves(driver, project, change, moved):
    path = driver.blueprint(project)
    before = driver.get(path)["http_etag"]
    after = driver.patch(path, change)["http_etag"]
    assert [new != old for new, old in zip(halves(after), halves(before), strict=True)] == moved
    assert driver.get(path).headers["ETag"] == after


def test_links_and_subscriptions_do_not_show_in_the_etag(driver, project):
    path = driver.blueprint(project)
    before = driver.get(path)["http_etag"]
    driver.post(path, "linkBug", bug=driver.url(driver.bug(project)))
    driver.post(path, "subscribe", person=driver.url("~other"))
    assert driver.get(path, If_None_Match=before).status == 304


def test_a_stale_write_is_refused_though_only_the_whiteboard_has_changed(driver, ordinary, project):
    path = driver.blueprint(project)
    old = driver.get(path)["http_etag"]
    ordinary.patch(path, {"whiteboard": "new"})
    for change in ({"title": "mine"}, {"workitems_text": "a: TODO"}, {"whiteboard": "new"}):
        answer = driver.patch(path, change, If_Match=old)
        assert (answer.status, answer.body) == (412, b"")


# Bugs, and who follows it.


def test_a_bug_is_linked_once_and_unlinked_once(driver, ordinary, project):
    path = driver.blueprint(project)
    bugs = [driver.url(driver.bug(project)) for _ in range(2)]
    assert [driver.post(path, "linkBug", bug=bug).json for bug in (*reversed(bugs), bugs[0])] == [True, True, False]
    assert [entry["self_link"] for entry in ordinary.get(f"{path}/bugs")["entries"]] == bugs
    assert [ordinary.post(path, "unlinkBug", bug=bugs[0]).json for _ in range(2)] == [True, False]
    assert [entry["self_link"] for entry in ordinary.get(f"{path}/bugs")["entries"]] == bugs[1:]
    assert (
        driver.get(f"{path}/dependencies")["total_size"] == driver.get(f"{path}/linked_branches")["total_size"] == 0
    )


def test_a_bug_that_does_not_exist_for_who_asks_is_not_linked(driver, ordinary, project):
    path = driver.blueprint(project)
    for bug in (ordinary.url("bugs/999999"), driver.url(driver.bug(project, private=True))):
        for operation in ("linkBug", "unlinkBug"):
            answer = ordinary.post(path, operation, bug=bug)
            assert (answer.status, answer.text) == (400, f'bug: No such object "{bug}".')


def test_a_private_bug_is_left_out_of_what_is_linked(driver, ordinary, project):
    path = driver.blueprint(project)
    driver.post(path, "linkBug", bug=driver.url(driver.bug(project, private=True)))
    assert len(driver.get(f"{path}/bugs")["entries"]) == 1
    assert ordinary.get(f"{path}/bugs")["entries"] == []


@pytest.mark.parametrize("operation", ["linkBug", "unlinkBug"])
@pytest.mark.parametrize("who", ["readonly", "anonymous"])
def test_links_need_a_right_to_write(request, driver, project, operation, who):
    path, bug = driver.blueprint(project), driver.url(driver.bug(project))
    answer = request.getfixturevalue(who).post(path, operation, bug=bug)
    assert answer.status == 401
    assert f"'{operation}', 'launchpad.AnyLegitimatePerson'" in answer.text


def test_who_may_end_a_subscription(driver, ordinary, other, anonymous, project):
    path = driver.blueprint(project)
    assert anonymous.post(path, "subscribe", person=driver.url("~other")).status == 401
    for _ in range(2):
        assert ordinary.post(path, "subscribe", person=driver.url("~other"), essential=True).status == 200
    answer = ordinary.post(path, "unsubscribe", person=driver.url("~other"))
    assert (answer.status, answer.text) == (
        401,
        "Ordinary Tester does not have permission to unsubscribe Other Tester.",
    )
    assert driver.post(path, "unsubscribe", person=driver.url("~other")).status == 200
    ordinary.post(path, "subscribe", person=driver.url("~other"))
    for _ in range(2):
        assert other.post(path, "unsubscribe").status == 200


# Who sees it.


@pytest.fixture
def secret(sandbox, project):
    sandbox.add_specification(project, "secret", owner="reporter", private=True)
    return f"{project}/+spec/secret"


@pytest.mark.parametrize("who", ["anonymous", "ordinary", "driver"])
def test_a_private_blueprint_does_not_exist_for_others(request, secret, project, who):
    client = request.getfixturevalue(who)
    assert client.get(secret).status == 404
    assert client.patch(secret, {"whiteboard": "x"}).status == 404
    assert client.op(project, "getSpecification", name="secret").json is None
    listed = client.get(f"{project}/all_specifications")
    assert (listed["entries"], listed["total_size"]) == ([], 0)


def test_a_private_blueprint_exists_for_its_owner_and_the_projects_and_for_its_subscribers(
    sandbox, reporter, boss, ordinary, secret, project
):
    for client in (reporter, boss):
        assert client.get(secret)["information_type"] == "Proprietary"
        assert names(client.get(f"{project}/all_specifications")) == ["secret"]
    reporter.post(secret, "subscribe", person=ordinary.url("~ordinary"))
    assert ordinary.get(secret).status == 200
    public = make_client(sandbox, "reporter", level="WRITE_PUBLIC")
    assert public.get(secret).status == 404
    listed = public.get(f"{project}/all_specifications")
    assert (listed["entries"], listed["total_size"]) == ([], 1)


def test_a_private_blueprint_can_be_made_public_and_no_public_one_private(driver, boss, secret, project):
    assert boss.patch(secret, {"information_type": "Public"}).status == 209
    answer = driver.patch(secret, {"information_type": "Proprietary"})
    assert (answer.status, answer.text) == (400, "Forbidden by project policy.")


# Making them in-process.


def test_a_blueprint_can_be_added_with_all_that_it_has(sandbox, driver, project):
    bug = sandbox.add_bug(project, "a bug", "its text", owner="driver")
    values = {"definition_status": "Approved", "implementation_status": "Started", "priority": "High"}
    for title in ("first", "second"):
        sandbox.add_specification(
            project, "made", title, owner="driver", summary="text", assignee="crew", drafter="other", approver="boss",
            milestone="past", whiteboard="board", bugs=[bug], **values,
            work_items=[WorkItemEntry(title="one", status="DONE", assignee="other", milestone="open"),
                        WorkItemEntry(title="two ")],
        )  # fmt: skip
    found = driver.get(f"{project}/+spec/made").json
    assert {name: found[name] for name in values} == values
    assert [found[name] for name in ("title", "summary", "whiteboard", "lifecycle_status")] == [
        "first", "text", "board", "Started",
    ]  # fmt: skip
    people = [found[f"{part}_link"] for part in ("owner", "assignee", "drafter", "approver", "starter")]
    assert people == [driver.url(f"~{name}") for name in ("driver", "crew", "other", "boss", "driver")]
    assert found["milestone_link"] == driver.url(f"{project}/+milestone/past")
    assert found["workitems_text"] == "Work items for open:\n[other] one: DONE\n\nWork items:\ntwo : TODO"
    assert [entry["id"] for entry in driver.get(f"{project}/+spec/made/bugs")["entries"]] == [bug]


@pytest.mark.parametrize(
    "wrong",
    [
        {"owner": "nobody-1"},
        {"assignee": "nobody-1"},
        {"milestone": "never"},
        {"priority": "Urgent"},
        {"definition_status": "Done"},
        {"implementation_status": "Done"},
        {"work_items": [WorkItemEntry(title="x", status="LATER")]},
        {"work_items": [WorkItemEntry(title="x", assignee="nobody-1")]},
        {"work_items": [WorkItemEntry(title="x", milestone="never")]},
    ],
)
def test_a_blueprint_with_what_the_sandbox_lacks_is_not_added(sandbox, driver, project, wrong):
    with pytest.raises(TrackerError):
        sandbox.add_specification(project, "wrong", **{"owner": "driver"} | wrong)
    assert driver.op(project, "getSpecification", name="wrong").json is None


def test_an_empty_world_adds_nothing(sandbox, driver, project):
    sandbox.fill(World())
    assert driver.get(f"{project}/all_specifications")["total_size"] == 0
