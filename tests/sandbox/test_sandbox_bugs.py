"""Filing bugs, changing them, and what is said about them, as Launchpad answered in July 2025."""

from urllib.parse import urlencode

import pytest


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"tags": ["Bad Tag"]}, "tags: ([ConstraintNotSatisfied('Bad Tag', '')], 'tags')"),
        ({"tags": ["Xy"]}, "tags: ([ConstraintNotSatisfied('Xy', '')], 'tags')"),
        ({"tags": ["x_y!"]}, "tags: ([ConstraintNotSatisfied('x_y!', '')], 'tags')"),
        ({"tags": ["-ab"]}, "tags: ([ConstraintNotSatisfied('-ab', '')], 'tags')"),
        ({"tags": ["q"]}, "tags: ([ConstraintNotSatisfied('q', '')], 'tags')"),
        ({"title": ""}, "title: ('', 1)"),
        ({"title": "x" * 201}, f"title: ('{'x' * 201}', 200)"),
        ({"title": "a\nb"}, r"title: ('a\nb', 'title')"),
        ({"description": ""}, "description: ('', 1)"),
        ({"description": "x" * 50001}, f"description: ('{'x' * 50001}', 50000)"),
        (
            {"information_type": "Nonsense"},
            'information_type: Invalid value "Nonsense". Acceptable values are: Public, Public Security,'
            " Private Security, Private, Proprietary, Embargoed",
        ),
    ],
)
def test_a_bug_with_a_bad_value_is_refused_with_a_line(ordinary, project, parameters, reason):
    wanted = {"title": "a title", "description": "a description"} | parameters
    answer = ordinary.post("bugs", "createBug", target=ordinary.url(project), **wanted)
    assert (answer.status, answer.text) == (400, reason)
    assert answer.headers.get_content_type() == "text/plain"


def test_a_blank_description_is_refused(ordinary, project):
    answer = ordinary.post("bugs", "createBug", target=ordinary.url(project), title="a title", description="   ")
    assert answer.status == 400
    assert answer.text.startswith("description: ")


@pytest.mark.parametrize("missing", ["target", "title", "description"])
def test_a_bug_without_a_required_value_is_refused(ordinary, project, missing):
    wanted = {"target": ordinary.url(project), "title": "a title", "description": "a description"}
    del wanted[missing]
    answer = ordinary.post("bugs", "createBug", **wanted)
    assert (answer.status, answer.text) == (400, f"{missing}: Required input is missing.")


@pytest.mark.parametrize("target", ["no-such-project", "http://elsewhere.invalid/devel/alpha"])
def test_a_target_that_does_not_exist_is_refused(ordinary, target):
    url = target if target.startswith("http") else ordinary.url(target)
    answer = ordinary.post("bugs", "createBug", target=url, title="a title", description="text")
    assert (answer.status, answer.text) == (400, f'target: No such object "{url}".')


def test_a_person_is_no_target(ordinary):
    answer = ordinary.post("bugs", "createBug", target=ordinary.url("~driver"), title="a title", description="text")
    assert (answer.status, answer.text) == (400, "target: (None, None)")


@pytest.mark.parametrize(
    ("parameters", "field", "stored"),
    [
        ({"tags": "abc"}, "tags", ["abc"]),
        ({"tags": ["b2", "a1", "b2"]}, "tags", ["a1", "b2"]),
        ({"tags": ["x" * 300]}, "tags", ["x" * 300]),
        ({"title": "   "}, "title", "   "),
        ({"title": " a\u2028\ttitle\a "}, "title", " a\u2028\ttitle\a "),
        ({"title": "x" * 200}, "title", "x" * 200),
        ({"description": "x" * 50000}, "description", "x" * 50000),
        ({"description": " one\r\ntwo  \n"}, "description", " one\ntwo  \n"),
        ({"unheard_of": "x"}, "title", "a title"),
        ({"private": True}, "information_type", "Private"),
        ({"private": True, "information_type": "Public"}, "information_type", "Public"),
    ],
)
def test_a_bug_is_stored_as_launchpad_stores_it(ordinary, project, parameters, field, stored):
    bug = ordinary.bug(project, **parameters)
    assert ordinary.get(bug)[field] == stored


def test_values_may_come_as_bare_text_and_a_creation_is_answered_by_its_address_alone(ordinary, project):
    form = urlencode(
        {"ws.op": "createBug", "target": ordinary.url(project), "title": "bare", "description": "x", "tags": "tag"}
    )
    answer = ordinary.request("POST", "bugs", form, Content_Type="application/x-www-form-urlencoded")
    assert (answer.status, answer.body) == (201, b"")
    found = ordinary.get(answer.headers["Location"]).json
    assert (found["title"], found["tags"]) == ("bare", ["tag"])


def test_state_given_with_a_new_bug_is_ignored(driver, project):
    task = driver.task(project, status="Triaged", importance="High", assignee=driver.url("~driver"))
    found = driver.get(task).json
    assert (found["status"], found["importance"], found["assignee_link"]) == ("New", "Undecided", None)


def test_a_nul_is_a_server_error(ordinary, project):
    answer = ordinary.post("bugs", "createBug", target=ordinary.url(project), title="a title", description="a\0b")
    assert answer.status == 500
    assert answer.headers["X-Lazr-OopsId"]
    bug = ordinary.bug(project)
    assert ordinary.patch(bug, {"description": "a\0b"}).status == 500
    assert ordinary.post(bug, "newMessage", content="a\0b").status == 500
    assert (ordinary.get(bug)["description"], ordinary.get(bug)["message_count"]) == ("a description", 1)


def test_a_reading_token_files_a_bug_but_an_anonymous_client_breaks_the_server(readonly, anonymous, project):
    assert readonly.get(readonly.bug(project))["owner_link"] == readonly.url("~driver")
    answer = anonymous.post("bugs", "createBug", target=anonymous.url(project), title="a title", description="text")
    assert (answer.status, answer.text) == (500, "NoStoreError")
    assert answer.headers["X-Lazr-OopsId"]


@pytest.mark.parametrize(
    ("operation", "reason"),
    [("createBugs", "No such operation: createBugs"), (None, "No operation name given.")],
)
def test_an_unknown_operation_is_refused(ordinary, operation, reason):
    answer = ordinary.post("bugs", operation)
    assert (answer.status, answer.text) == (400, reason)


def test_a_new_bug_has_its_description_as_message_and_its_reporter_as_subscriber(ordinary, project):
    bug = ordinary.bug(project, title="said", description="first words")
    messages = ordinary.get(f"{bug}/messages")["entries"]
    assert [(entry["subject"], entry["content"]) for entry in messages] == [("said", "first words")]
    people = [entry["person_link"] for entry in ordinary.get(f"{bug}/subscriptions")["entries"]]
    assert people == [ordinary.url("~ordinary")]
    found = ordinary.get(bug).json
    assert found["date_created"] == found["date_last_updated"] == found["date_last_message"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"tags": "abc def"}, "tags: got 'str', expected list: 'abc def'"),
        ({"owner_link": None}, "owner_link: You tried to modify a read-only attribute."),
        ({"information_type": "Private"}, "information_type: You tried to modify a read-only attribute."),
        ({"nonsense": 1}, "nonsense: You tried to modify a nonexistent attribute."),
        ({"title": None}, "title: Missing required value."),
        ({"name": "Bad Name"}, "name: Invalid name 'Bad Name'."),
    ],
)
def test_a_bad_change_of_a_bug_is_refused_with_a_line(ordinary, project, changes, reason):
    answer = ordinary.patch(ordinary.bug(project), changes)
    assert (answer.status, answer.text) == (400, reason)


def test_a_change_is_made_whole_or_not_at_all(ordinary, project):
    bug = ordinary.bug(project, title="before")
    answer = ordinary.patch(bug, {"title": "after", "tags": ["BAD"], "date_created": "x", "nonsense": 1})
    assert answer.status == 400
    assert [line.partition(":")[0] for line in answer.text.splitlines()] == [
        "tags",
        "date_created",
        "nonsense",
    ]
    assert ordinary.get(bug)["title"] == "before"


def test_anybody_logged_in_may_change_an_open_bug(other, ordinary, project):
    bug = other.bug(project)
    answer = ordinary.patch(bug, {"title": "better", "tags": ["zz", "aa", "zz"]})
    assert answer.status == 209
    assert answer.headers.get("ETag") is None
    assert (answer["title"], answer["tags"]) == ("better", ["aa", "zz"])
    after = ordinary.get(bug)
    assert after.headers["ETag"] == answer["http_etag"] == after["http_etag"]


@pytest.mark.parametrize("name", ["anonymous", "readonly"])
def test_nobody_changes_a_bug_without_the_right(request, name, ordinary, project):
    client = request.getfixturevalue(name)
    bug = ordinary.bug(project, title="before")
    answer = client.patch(bug, {"title": "after"})
    assert (answer.status, answer.text) == (401, "(<Bug object>, 'title', 'launchpad.Edit')")
    assert answer.headers.get_content_type() == "text/plain"
    assert answer.headers.get("WWW-Authenticate") is None
    assert client.patch(bug, {"title": "before"}).status == 209


def test_a_nickname_leads_to_the_bug_and_is_taken_once(ordinary, project, sandbox):
    first, second = ordinary.bug(project), ordinary.bug(project)
    nickname = f"nick-{first.rpartition('/')[2]}"
    assert ordinary.patch(first, {"name": nickname}).status == 209
    assert ordinary.get(f"bugs/{nickname}")["self_link"] == ordinary.url(first)
    assert ordinary.patch(second, {"name": nickname}).status == 400


def test_duplicates_are_marked_and_follow_to_the_new_master(ordinary, project):
    first, second, third = (ordinary.bug(project) for _ in range(3))
    assert ordinary.patch(third, {"duplicate_of_link": ordinary.url(second)}).status == 209
    assert ordinary.patch(second, {"duplicate_of_link": ordinary.url(first)}).status == 209
    assert ordinary.get(third)["duplicate_of_link"] == ordinary.url(first)
    assert ordinary.get(first)["number_of_duplicates"] == 2
    found = [entry["self_link"] for entry in ordinary.get(f"{first}/duplicates")["entries"]]
    assert found == [ordinary.url(second), ordinary.url(third)]
    assert ordinary.patch(third, {"duplicate_of_link": None}).status == 209
    assert ordinary.get(first)["number_of_duplicates"] == 1


def test_a_bug_is_no_duplicate_of_itself_nor_of_a_duplicate(ordinary, project):
    first, second = ordinary.bug(project), ordinary.bug(project)
    answer = ordinary.patch(first, {"duplicate_of_link": ordinary.url(first)})
    assert (answer.status, answer.text) == (
        400,
        "duplicate_of_link: \nYou can&#x27;t mark a bug as a duplicate of itself.",
    )
    ordinary.patch(second, {"duplicate_of_link": ordinary.url(first)})
    back = ordinary.patch(first, {"duplicate_of_link": ordinary.url(second)})
    assert back.status == 400
    assert "is already a duplicate of bug" in back.text


def test_a_second_task_in_a_project_is_refused(ordinary, project, supervised):
    bug = ordinary.bug(project)
    answer = ordinary.post(bug, "addTask", target=ordinary.url(supervised))
    assert answer.status == 201
    assert answer.headers["Location"] == ordinary.url(f"{supervised}/+{bug.replace('bugs', 'bug')}")
    again = ordinary.post(bug, "addTask", target=ordinary.url(supervised))
    assert (again.status, again.text) == (
        400,
        f"A fix for this bug has already been requested for Supervised {supervised}",
    )
    tasks = ordinary.get(f"{bug}/bug_tasks")["entries"]
    assert [task["bug_target_name"] for task in tasks] == [project, supervised]
    assert ordinary.get(tasks[0]["related_tasks_collection_link"])["total_size"] == 1


@pytest.mark.parametrize("number", ["999999", "no-such-nick"])
def test_a_missing_bug_is_404(ordinary, project, number):
    assert ordinary.get(f"bugs/{number}").status == 404
    assert ordinary.get(f"{project}/+bug/{number}").status == 404


def test_the_set_of_bugs_lists_nothing(ordinary):
    assert ordinary.get("bugs")["entries"] == []


@pytest.mark.parametrize("path", ["BUG/nothing", "BUG/+subscription/driver", "TASK/nothing", "TASK/comments/7",
                                  "TASK/comments/0/nothing", "projects/x", "people/x", "~driver/x"])  # fmt: skip
def test_nothing_is_published_there(ordinary, project, path):
    task = ordinary.task(project)
    place = path.replace("TASK", task).replace("BUG", task.replace(f"{project}/+bug", "bugs"))
    assert ordinary.get(place).status == 404
