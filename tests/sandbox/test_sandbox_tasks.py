"""Changing bug tasks: values, rights and addresses, as Launchpad answered in July 2025."""

import pytest

STATUSES = (
    "New, Incomplete, Opinion, Invalid, Won't Fix, Expired, Confirmed, Triaged, In Progress, Deferred,"
    " Fix Committed, Fix Released, Does Not Exist, Unknown"
)
OTHERS = (
    "Regular users can assign and unassign only themselves and their teams. Only project owners,"
    " bug supervisors, drivers and release managers can assign others."
)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        *(
            ({"status": value}, f'status: Invalid value "{value}". Acceptable values are: {STATUSES}')
            for value in ("Nonsense", "new", 5)
        ),
        ({"status": None}, "status: Missing required value."),
        (
            {"importance": "Urgent"},
            'importance: Invalid value "Urgent". Acceptable values are: Unknown, Undecided, Critical, High,'
            " Medium, Low, Wishlist",
        ),
        ({"assignee_link": "ROOT~no-such-person"}, 'assignee_link: No such object "ROOT~no-such-person".'),
        ({"assignee_link": "driver"}, 'assignee_link: "driver" is not a valid URI.'),
        ({"assignee_link": "ROOTPROJECT"}, "assignee_link: Your value points to the wrong kind of object"),
        ({"assignee_link": "ROOT~silent"}, "assignee_link: Constraint not satisfied."),
        ({"assignee_link": "ROOT~closed"}, "assignee_link: Constraint not satisfied."),
        ({"assignee": "x"}, "assignee: You tried to modify a nonexistent attribute."),
        ({"date_created": "2020-01-01T00:00:00+00:00"}, "date_created: You tried to modify a read-only attribute."),
        ({"milestone_link": "ROOTPROJECT/+milestone/past"}, "milestone_link: Constraint not satisfied."),
        ({"milestone_link": "ROOTSUPERVISED/+milestone/open"}, "milestone_link: Constraint not satisfied."),
        (
            {"milestone_link": "ROOTPROJECT/+milestone/none"},
            'milestone_link: No such object "ROOTPROJECT/+milestone/none".',
        ),
    ],
)
def test_a_bad_value_is_refused_with_a_line(driver, project, supervised, changes, reason):
    def place(text):
        if not isinstance(text, str):
            return text
        for mark, path in (("ROOT", ""), ("PROJECT", project), ("SUPERVISED", supervised)):
            text = text.replace(mark, driver.url("") if mark == "ROOT" else path)
        return text

    answer = driver.patch(driver.task(project), {name: place(value) for name, value in changes.items()})
    assert (answer.status, answer.text) == (400, place(reason))
    assert answer.headers.get_content_type() == "text/plain"


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"status": "Unknown"}, "status", "Unknown"),
        ({"assignee_link": "/~other"}, "assignee_link", "~other"),
        ({"assignee_link": "~crew"}, "assignee_link", "~crew"),
        ({"assignee_link": None}, "assignee_link", None),
        ({"milestone_link": "PROJECT/+milestone/open"}, "milestone_link", "PROJECT/+milestone/open"),
        ({"importance": "Critical"}, "importance", "Critical"),
        ({"status_explanation": "because"}, "status_explanation", "because"),
    ],
)
def test_a_driver_may_set_everything(driver, project, changes, field, value):
    def place(text):
        if text is None or not ("~" in text or "PROJECT" in text) or text.startswith("/"):
            return text
        return driver.url(text.replace("PROJECT", project))

    answer = driver.patch(driver.task(project), {name: place(entry) for name, entry in changes.items()})
    assert (answer.status, answer[field]) == (209, place(value))


@pytest.mark.parametrize(
    "status",
    ["Incomplete", "Opinion", "Invalid", "Confirmed", "In Progress", "Fix Committed", "Fix Released"],
)
def test_these_statuses_are_open_to_everybody(ordinary, other, project, status):
    task = other.task(project)
    assert ordinary.patch(task, {"status": status})["status"] == status


@pytest.mark.parametrize("status", ["Triaged", "Won't Fix", "Expired", "Deferred", "Does Not Exist"])
def test_these_statuses_are_for_supervisors(ordinary, other, driver, project, status):
    task = other.task(project)
    answer = ordinary.patch(task, {"status": status})
    assert (answer.status, answer.text) == (401, f"Only Bug Supervisors may change status to {status}.")
    assert driver.patch(task, {"status": status}).status == 209


@pytest.mark.parametrize("status", ["Won't Fix", "Deferred", "Does Not Exist", "Fix Released"])
def test_leaving_these_statuses_takes_a_supervisor(ordinary, other, driver, project, status):
    task = other.task(project)
    driver.patch(task, {"status": status})
    answer = ordinary.patch(task, {"status": "Confirmed"})
    assert (answer.status, answer.text) == (401, "Only Bug Supervisors may change status to Confirmed.")


def test_a_reporter_reopens_what_was_released(ordinary, driver, project):
    task = ordinary.task(project)
    driver.patch(task, {"status": "Fix Released"})
    assert ordinary.patch(task, {"status": "Confirmed"}).status == 209


@pytest.mark.parametrize("name", ["importance", "milestone"])
def test_importance_and_milestone_are_for_supervisors(ordinary, project, name):
    change = {
        "importance": {"importance": "High"},
        "milestone": {"milestone_link": ordinary.url(f"{project}/+milestone/open")},
    }
    answer = ordinary.patch(ordinary.task(project), change[name])
    assert (answer.status, answer.text) == (
        401,
        f"User does not have sufficient permissions to edit the bug task {name}.",
    )


def test_anybody_assigns_anybody_where_there_is_no_supervisor(ordinary, project):
    answer = ordinary.patch(ordinary.task(project), {"assignee_link": ordinary.url("~other")})
    assert answer.status == 209
    assert answer["date_assigned"]


@pytest.mark.parametrize(
    ("who", "whom", "status"),
    [
        ("ordinary", "~ordinary", 209),
        ("ordinary", "~crew", 209),
        ("ordinary", None, 209),
        ("ordinary", "~other", 401),
        ("driver", "~other", 209),
        ("supervisor", "~other", 209),
        ("boss", "~other", 209),
    ],
)
def test_who_assigns_whom_where_there_is_a_supervisor(request, driver, supervised, *, who, whom, status):
    client = request.getfixturevalue(who)
    task = driver.task(supervised)
    driver.patch(task, {"assignee_link": driver.url("~reporter")})
    answer = client.patch(task, {"assignee_link": None if whom is None else client.url(whom)})
    assert answer.status == status
    if status == 401:
        assert answer.text == OTHERS


@pytest.mark.parametrize("name", ["supervisor", "boss"])
def test_supervisors_and_admins_have_the_drivers_rights(request, name, ordinary, supervised):
    client = request.getfixturevalue(name)
    changes = {
        "status": "Triaged",
        "importance": "High",
        "milestone_link": client.url(f"{supervised}/+milestone/open"),
    }
    assert client.patch(ordinary.task(supervised), changes).status == 209


def test_one_refused_field_undoes_the_whole_change(ordinary, project):
    task = ordinary.task(project)
    answer = ordinary.patch(
        task,
        {"status": "Confirmed", "importance": "High", "assignee_link": ordinary.url("~other")},
    )
    assert answer.status == 401
    found = ordinary.get(task)
    assert (found["status"], found["assignee_link"]) == ("New", None)


@pytest.mark.parametrize("name", ["anonymous", "readonly"])
def test_an_unchanged_value_never_asks_for_a_right(request, name, driver, project):
    client = request.getfixturevalue(name)
    task = driver.task(project)
    driver.patch(task, {"importance": "High"})
    same = {"importance": "High", "status": "New", "date_created": client.get(task)["date_created"]}
    assert client.patch(task, same).status == 209
    assert client.patch(task, {"status": "Confirmed"}).status == 401


def test_a_locked_bugs_tasks_are_locked_too(ordinary, driver, project):
    task = ordinary.task(project)
    driver.post(task.replace(f"{project}/+bug", "bugs"), "lock")
    assert ordinary.patch(task, {"status": "Confirmed"}).status == 401
    assert driver.patch(task, {"status": "Confirmed"}).status == 209


def test_dates_follow_the_status(driver, project):
    task = driver.task(project)

    def dates():
        return {
            name.removeprefix("date_")
            for name, value in driver.get(task).json.items()
            if name.startswith("date_") and value is not None
        }

    assert dates() == {"created"}
    driver.patch(task, {"status": "In Progress"})
    assert dates() == {"created", "left_new", "confirmed", "triaged", "in_progress"}
    driver.patch(task, {"status": "Fix Released"})
    assert dates() >= {"fix_committed", "fix_released", "closed"}
    assert driver.get(task)["is_complete"] is True
    driver.patch(task, {"status": "Confirmed"})
    assert dates() == {"created", "left_new", "confirmed", "left_closed"}


def test_a_title_names_number_project_and_bug(driver, project):
    task = driver.task(project, title='say "hello"')
    number = task.rpartition("/")[2]
    assert driver.get(task)["title"] == f'Bug #{number} in Project {project}: "say "hello""'


def test_a_moved_task_leaves_a_301_that_writes_nothing(driver, project, supervised):
    task = driver.task(project)
    driver.patch(task, {"milestone_link": driver.url(f"{project}/+milestone/open")})
    moved = driver.patch(task, {"target_link": driver.url(supervised)})
    new = task.replace(project, supervised)
    assert (moved.status, moved.headers["Location"]) == (301, driver.url(new))
    old = driver.patch(task, {"status": "Confirmed"})
    assert (old.status, old.headers["Location"]) == (301, driver.url(new))
    found = driver.get(new)
    assert (found["status"], found["milestone_link"], found["bug_target_name"]) == ("New", None, supervised)
    assert driver.get(task).status == 301


def test_a_project_in_which_the_bug_has_no_task_leads_to_one_in_which_it_has(driver, project, supervised):
    task = driver.task(project)
    answer = driver.get(task.replace(project, supervised))
    assert (answer.status, answer.headers["Location"]) == (301, driver.url(task))


def test_a_task_does_not_move_where_the_bug_has_one(driver, project, supervised):
    task = driver.task(project)
    driver.post(task.replace(f"{project}/+bug", "bugs"), "addTask", target=driver.url(supervised))
    answer = driver.patch(task, {"target_link": driver.url(supervised)})
    assert (answer.status, answer.text) == (
        400,
        f"A fix for this bug has already been requested for Supervised {supervised}",
    )


STAGES = ["confirmed", "triaged", "in_progress", "fix_committed", "fix_released"]


@pytest.mark.parametrize(
    ("path", "dates"),
    [
        (["Confirmed"], {"left_new", "confirmed"}),
        (["In Progress"], {"left_new", *STAGES[:3]}),
        (["Deferred"], {"left_new", *STAGES[:3], "deferred"}),
        (["Deferred", "Fix Committed"], {"left_new", *STAGES[:4], "deferred"}),
        (["Deferred", "Triaged"], {"left_new", *STAGES[:2]}),
        (["Fix Released"], {"left_new", *STAGES, "closed"}),
        (["Does Not Exist"], {"left_new", *STAGES, "closed"}),
        (["Invalid"], {"left_new", "closed"}),
        (["Incomplete"], {"left_new", "incomplete"}),
        (["Incomplete", "Confirmed"], {"left_new", "confirmed"}),
        (["Fix Released", "Confirmed"], {"left_new", "confirmed", "left_closed"}),
        (["Fix Released", "Invalid"], {"left_new", "closed"}),
        (["In Progress", "New"], {"left_new"}),
        (["Fix Released", "Unknown"], {"left_new"}),
    ],
)
def test_which_dates_the_statuses_leave_behind(driver, project, path, dates):
    task = driver.task(project)
    for status in path:
        assert driver.patch(task, {"status": status}).status == 209
    found = driver.get(task).json
    kept = {name.removeprefix("date_") for name in found if name.startswith("date_") and found[name] is not None}
    assert kept == {"created", *dates}


def test_a_task_is_assigned_since_it_first_was_to_anybody(driver, project):
    task = driver.task(project)
    since = driver.patch(task, {"assignee_link": "/~other"})["date_assigned"]
    assert since
    assert driver.patch(task, {"assignee_link": "/~crew"})["date_assigned"] == since
    assert driver.patch(task, {"assignee_link": None})["date_assigned"] is None


def test_the_etag_of_a_search_and_none_at_all_let_a_new_task_be_changed(driver, project):
    task = driver.task(project)
    assert driver.patch(task, {"status": "Confirmed"}).status == 209
    (row,) = driver.op(project, "searchTasks")["entries"]
    assert driver.patch(task, {"status": "Triaged"}, If_Match=row["http_etag"]).status == 209
    assert driver.patch(task, {"status": "New"}, If_Match=row["http_etag"]).status == 412


def test_of_two_missing_rights_one_is_named(ordinary, project):
    milestone = ordinary.url(f"{project}/+milestone/open")
    answer = ordinary.patch(ordinary.task(project), {"importance": "High", "milestone_link": milestone})
    assert (answer.status, answer.text) == (
        401,
        "User does not have sufficient permissions to edit the bug task milestone.",
    )


def test_a_change_at_an_address_without_a_task_writes_nothing(driver, project, supervised):
    task = driver.task(project)
    before = driver.get(task).json
    answer = driver.patch(task.replace(project, supervised), {"status": "Confirmed"}, If_Match=before["http_etag"])
    assert (answer.status, answer.headers["Location"], answer.body) == (301, driver.url(task), b"")
    assert driver.get(task).json == before


def test_a_milestone_is_checked_against_the_project_that_the_task_leaves(driver, project, supervised):
    task = driver.task(project)
    milestone = driver.url(f"{supervised}/+milestone/open")
    answer = driver.patch(task, {"target_link": driver.url(supervised), "milestone_link": milestone})
    assert (answer.status, answer.text) == (400, "milestone_link: Constraint not satisfied.")


def test_a_task_moves_once_and_no_further(driver, ordinary, project, supervised):
    """Whoever may change a bug may move its tasks."""
    task = driver.task(project)
    assert ordinary.patch(task, {"target_link": ordinary.url(supervised)}).status == 301
    assert ordinary.patch(task, {"target_link": ordinary.url(project)}).status == 301
    assert ordinary.get(task.replace(project, supervised))["bug_target_name"] == supervised


def test_an_anonymous_change_names_the_task(anonymous, driver, project):
    task = driver.task(project)
    answer = anonymous.patch(task, {"status": "Confirmed"})
    assert answer.text == (
        f"(<BugTask for bug {task.rpartition('/')[2]} on <Product object>>, 'transitionToStatus', 'launchpad.Edit')"
    )
