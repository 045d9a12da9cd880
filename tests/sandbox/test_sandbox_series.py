"""Series, nominations, tasks in series, and deleting tasks, as Launchpad's source and its own tests have it."""

import pytest


def number_of(task):
    return task.rpartition("/")[2]


def bug_of(task):
    return f"bugs/{number_of(task)}"


def found(answer):
    assert answer.status == 200, answer.text
    return [entry["bug_target_name"] for entry in answer["entries"]]


@pytest.fixture
def stable(driver, project):
    """A series without the focus."""
    assert driver.post(project, "newSeries", name="stable", summary="x").status == 201
    return f"{project}/stable"


def nominate(client, task, series):
    answer = client.post(bug_of(task), "addNomination", target=client.url(series))
    assert answer.status == 201, answer.text
    return answer.headers["Location"]


def target(client, task, series):
    """Nominate a bug for a series, approve it, and return the task of the series."""
    assert client.post(nominate(client, task, series), "approve").status == 200
    return f"{series}/+bug/{number_of(task)}"


def test_a_nomination_is_made_declined_made_again_and_approved(driver, supervisor, supervised):
    task = driver.task(supervised)
    series = f"{supervised}/trunk"
    place = nominate(supervisor, task, series)
    assert place.startswith(driver.url(f"{bug_of(task)}/nominations/"))
    nomination = driver.get(place).json
    assert (nomination["status"], nomination["decider_link"]) == ("Nominated", None)
    assert nomination["target_link"] == nomination["productseries_link"] == driver.url(series)
    assert (nomination["bug_link"], nomination["owner_link"]) == (
        driver.url(bug_of(task)),
        driver.url("~supervisor"),
    )
    assert "web_link" not in nomination

    may = [client.op(place, "canApprove").json for client in (driver, supervisor)]
    assert may == [True, False]
    for operation in ("approve", "decline"):
        refused = supervisor.post(place, operation)
        assert refused.status == 401
        assert f"'{operation}', 'launchpad.Driver')" in refused.text

    assert driver.post(place, "decline").status == 200
    nomination = driver.get(place).json
    assert (nomination["status"], nomination["decider_link"]) == ("Declined", driver.url("~driver"))
    assert nomination["date_decided"]
    assert nominate(supervisor, task, series) == place
    assert driver.get(place)["status"] == "Nominated"
    assert found(driver.get(f"{bug_of(task)}/bug_tasks")) == [supervised]

    for _ in range(2):
        assert driver.post(place, "approve").status == 200
    assert driver.get(place)["status"] == "Approved"
    assert found(driver.get(f"{bug_of(task)}/bug_tasks")) == [supervised, f"{supervised}/trunk"]
    declined = driver.post(place, "decline")
    assert (declined.status, declined.text) == (400, "Cannot decline an approved nomination.")


def test_who_may_nominate_and_for_what(driver, ordinary, project, supervised):
    bug = bug_of(driver.task(project))

    def asked(client, name):
        can = client.op(bug, "canBeNominatedFor", target=client.url(name)).json
        answer = client.post(bug, "addNomination", target=client.url(name))
        return can, answer.status, answer.text

    assert asked(ordinary, f"{project}/trunk") == (True, 400, "Only bug supervisors or owners can nominate bugs.")
    assert asked(driver, project) == (False, 400, f"This bug cannot be nominated for Project {project}.")
    assert asked(driver, f"{supervised}/trunk") == (
        False,
        400,
        f"This bug cannot be nominated for Supervised {supervised} trunk.",
    )
    assert asked(driver, f"{project}/trunk") == (True, 201, "")
    assert asked(driver, f"{project}/trunk")[:2] == (False, 400)


def test_nominations_are_listed_by_the_names_of_their_series(driver, project, stable):
    task = driver.task(project)
    for series in (f"{project}/trunk", stable):
        nominate(driver, task, series)
    listed = driver.op(bug_of(task), "getNominations")["entries"]
    assert [entry["target_link"] for entry in listed] == [driver.url(stable), driver.url(f"{project}/trunk")]
    own = driver.op(bug_of(task), "getNominations", target=driver.url(project))
    assert own["total_size"] == 2


def test_nominations_of_another_project_may_be_left_out(driver, project, supervised):
    task = driver.task(project)
    driver.post(bug_of(task), "addTask", target=driver.url(supervised))
    for series in (f"{project}/trunk", f"{supervised}/trunk"):
        nominate(driver, task, series)
    listed = driver.op(bug_of(task), "getNominations", target=driver.url(supervised))["entries"]
    assert [entry["target_link"] for entry in listed] == [driver.url(f"{supervised}/trunk")]


def test_a_task_in_a_series_names_it(driver, project, stable):
    task = target(driver, driver.task(project, title="late"), stable)
    entry = driver.get(task).json
    number = number_of(task)
    assert entry["self_link"] == driver.url(f"{stable}/+bug/{number}")
    assert entry["target_link"] == driver.url(stable)
    assert entry["bug_target_name"] == stable
    assert entry["bug_target_display_name"] == f"Project {project} stable"
    assert entry["title"] == f'Bug #{number} in Project {project} stable: "late"'
    assert (entry["status"], entry["importance"], entry["owner_link"]) == ("New", "Undecided", driver.url("~driver"))
    assert found(driver.get(entry["related_tasks_collection_link"])) == [project]


def test_a_projects_search_finds_no_task_of_its_series(driver, project, stable):
    """The series' search does, and those of people, milestones and everything, unless told to omit them."""
    task = driver.task(project, tags=[f"in-{project}"])
    late = target(driver, task, stable)
    milestone = f"{project}/+milestone/open"
    driver.patch(late, {"milestone_link": driver.url(milestone), "assignee_link": "/~reporter"})
    tags = {"tags": [f"in-{project}"]}
    assert found(driver.op(project, "searchTasks")) == [project]
    assert found(driver.op(stable, "searchTasks")) == [stable]
    assert found(driver.op(milestone, "searchTasks")) == [stable]
    assert found(driver.op("bugs", "searchTasks", **tags, order_by=["targetname", "task"])) == [project, stable]
    assert found(driver.op("~reporter", "searchTasks", **tags, assignee="/~reporter")) == [stable]
    assert found(driver.op("bugs", "searchTasks", **tags, omit_targeted=True)) == [project]
    assert found(driver.op(f"{project}/trunk", "searchTasks")) == []


SHARED = {"status": "In Progress", "importance": "High", "assignee_link": "/~other", "milestone_link": "open"}


@pytest.mark.parametrize("first", ["project", "series"])
def test_the_task_of_the_focus_and_the_projects_are_the_same(driver, project, first):
    task = driver.task(project)
    driver.patch(task, {"status": "Incomplete"})
    focus = target(driver, task, f"{project}/trunk")
    assert driver.get(focus)["status"] == "Incomplete"
    written, mirrored = (task, focus) if first == "project" else (focus, task)
    etag = driver.get(mirrored)["http_etag"]
    changes = {**SHARED, "milestone_link": driver.url(f"{project}/+milestone/open")}
    assert driver.patch(written, {**changes, "status_explanation": "mine"}).status == 209
    one, same = driver.get(written).json, driver.get(mirrored).json
    shared = [name for name in one if name in SHARED or (name.startswith("date_") and name != "date_created")]
    assert {name: one[name] for name in shared} == {name: same[name] for name in shared}
    assert (one["status"], one["status_explanation"], same["status_explanation"]) == ("In Progress", "mine", None)
    stale = driver.patch(mirrored, {"status": "New"}, If_Match=etag)
    assert stale.status == 412


def test_wont_fix_is_not_shared(driver, project):
    task = driver.task(project)
    focus = target(driver, task, f"{project}/trunk")
    driver.patch(focus, {"status": "Won't Fix"})
    assert [driver.get(path)["status"] for path in (task, focus)] == ["New", "Won't Fix"]
    driver.patch(task, {"status": "Confirmed"})
    assert [driver.get(path)["status"] for path in (task, focus)] == ["Confirmed", "Won't Fix"]


def test_the_task_of_another_series_is_its_own(driver, project, stable):
    task = driver.task(project)
    late = target(driver, task, stable)
    driver.patch(late, {"status": "Fix Released"})
    driver.patch(task, {"importance": "Low"})
    assert driver.get(task)["status"] == "New"
    assert driver.get(late)["importance"] == "Undecided"


def test_a_series_driver_has_the_rights_in_the_series_alone(driver, ordinary, project, stable):
    task = driver.task(project)
    late = target(driver, task, stable)
    assert ordinary.patch(late, {"importance": "High"}).status == 401
    assert driver.patch(stable, {"driver_link": driver.url("~ordinary")}).status == 209
    assert ordinary.patch(late, {"importance": "High"}).status == 209
    assert ordinary.patch(task, {"importance": "High"}).status == 401


def test_a_task_takes_milestones_of_every_series_of_its_project(driver, project, stable):
    task = driver.task(project)
    late = target(driver, task, stable)
    driver.post(stable, "newMilestone", name="stable-1")
    milestone = driver.url(f"{project}/+milestone/stable-1")
    for path in (task, late):
        assert driver.patch(path, {"milestone_link": milestone})["milestone_link"] == milestone
    assert sorted(found(driver.op(f"{project}/+milestone/stable-1", "searchTasks"))) == [project, stable]


def test_no_task_moves_into_or_out_of_a_series(driver, project, supervised, stable):
    task = driver.task(project)
    late = target(driver, task, stable)
    for path, place in ((late, supervised), (task, f"{supervised}/trunk")):
        answer = driver.patch(path, {"target_link": driver.url(place)})
        assert (answer.status, answer.text) == (
            400,
            "Series tasks may only be created by approving nominations.",
        )
        assert driver.get(path).status == 200


def test_a_bug_is_not_filed_in_a_series(driver, project):
    values = {"target": driver.url(f"{project}/trunk"), "title": "x", "description": "x"}
    answer = driver.post("bugs", "createBug", **values)
    assert (answer.status, answer.text) == (
        400,
        "Can't create a bug on a series. Create it with a non-series task instead,"
        " and target it to the series afterwards.",
    )


def test_a_series_in_which_a_bug_has_no_task_leads_to_one_in_which_it_has(driver, project, stable):
    task = driver.task(project)
    answer = driver.patch(f"{stable}/+bug/{number_of(task)}", {"status": "Confirmed"})
    assert (answer.status, answer.headers["Location"]) == (301, driver.url(task))
    assert driver.get(task)["status"] == "New"
    assert driver.get(f"{stable}/nothing").status == driver.get(f"{bug_of(task)}/nominations/99").status == 404


def test_the_tasks_of_a_bug_are_listed_by_project_and_then_series(driver, project, supervised, stable):
    task = driver.task(supervised)
    driver.post(bug_of(task), "addTask", target=driver.url(project))
    for series in (f"{project}/trunk", stable):
        target(driver, task, series)
    assert found(driver.get(f"{bug_of(task)}/bug_tasks")) == [project, stable, f"{project}/trunk", supervised]


# Deleting tasks.


def test_a_deleted_task_is_gone_and_its_bug_stays_as_it_was(driver, project, supervised):
    task = driver.task(project)
    driver.post(bug_of(task), "addTask", target=driver.url(supervised))
    before = driver.get(bug_of(task)).json
    answer = driver.request("DELETE", task)
    assert (answer.status, answer.body) == (200, b"null")
    assert driver.get(bug_of(task)).json == before
    assert found(driver.get(f"{bug_of(task)}/bug_tasks")) == [supervised]
    left = driver.url(task.replace(project, supervised))
    assert (driver.get(task).status, driver.get(task).headers["Location"]) == (301, left)
    assert found(driver.op(project, "searchTasks")) == []


def test_the_last_task_is_not_deleted(driver, project):
    task = driver.task(project)
    answer = driver.request("DELETE", task)
    assert (answer.status, answer.text) == (400, f"Cannot delete only bugtask affecting: Project {project}.")
    assert driver.get(task).status == 200


def test_who_deletes_a_task(driver, supervisor, boss, ordinary, other, readonly, anonymous, supervised):
    """Who made it, and who owns the project or supervises its bugs; to drive it is not enough."""
    allowed = [(client, 200) for client in (other, supervisor, boss)]
    for client, status in allowed + [(client, 401) for client in (ordinary, driver, readonly, anonymous)]:
        task = other.task(supervised)
        number = number_of(task)
        driver.post(bug_of(task), "addTask", target=driver.url("contrast"))
        answer = client.request("DELETE", task)
        assert answer.status == status
        if status == 401:
            text = f"(<BugTask for bug {number} on <Product object>>, 'delete', 'launchpad.Delete')"
            assert answer.text == text


@pytest.fixture(autouse=True)
def _contrast(sandbox):
    sandbox.add_project("contrast", "Contrast", owner="other")


def test_a_deleted_task_of_a_series_takes_its_nomination_along(driver, boss, project):
    task = driver.task(project)
    focus = target(driver, task, f"{project}/trunk")
    assert boss.request("DELETE", focus).status == 200
    assert driver.op(bug_of(task), "getNominations")["total_size"] == 0
    assert driver.get(focus).status == 301
    assert target(driver, task, f"{project}/trunk") == focus
