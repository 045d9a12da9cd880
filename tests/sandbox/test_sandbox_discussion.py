"""Comments, locks and who follows a bug, as Launchpad answered in July 2025 and as its source has it."""

import pytest


def test_a_locked_bug_takes_comments_of_all_and_changes_of_those_with_a_role(ordinary, driver, project):
    bug = ordinary.bug(project)
    refused = ordinary.post(bug, "lock")
    assert (refused.status, refused.text) == (401, "(<Bug object>, 'lock', 'launchpad.Moderate')")
    assert driver.post(bug, "lock", reason="heated").status == 200
    assert driver.get(bug)["lock_status"] == "Comment-only"
    answer = ordinary.patch(bug, {"tags": ["calm"]})
    assert (answer.status, answer.text) == (401, "(<Bug object>, 'tags', 'launchpad.Edit')")
    assert ordinary.post(bug, "newMessage", content="still here").status == 201
    assert driver.patch(bug, {"tags": ["calm"]}).status == 209
    assert driver.post(bug, "unlock").status == 200
    assert ordinary.patch(bug, {"tags": ["calmer"]}).status == 209


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"title": "x"}, "title"),
        ({"description": "x"}, "description"),
        ({"name": "a-nick"}, "name"),
        ({"private": True}, "setPrivate"),
        ({"security_related": True}, "setSecurityRelated"),
        ({"duplicate_of_link": "MASTER"}, "markAsDuplicate"),
    ],
)
def test_nothing_of_a_locked_bug_is_changed_by_others(ordinary, driver, project, changes, name):
    bug, master = ordinary.bug(project), ordinary.bug(project)
    driver.post(bug, "lock")
    before = driver.get(bug).json
    changes = {key: ordinary.url(master) if value == "MASTER" else value for key, value in changes.items()}
    answer = ordinary.patch(bug, changes)
    assert (answer.status, answer.text) == (401, f"(<Bug object>, '{name}', 'launchpad.Edit')")
    refused = ordinary.post(bug, "transitionToInformationType", information_type="Private")
    assert refused.text == "(<Bug object>, 'transitionToInformationType', 'launchpad.Edit')"
    assert driver.get(bug).json == before


def test_a_locked_bug_takes_no_task_and_no_nomination_of_others(ordinary, driver, project, supervised):
    bug = ordinary.bug(project)
    driver.post(bug, "lock", status="Comment-only")
    for operation, target in (("addTask", supervised), ("addNomination", f"{project}/trunk")):
        refused = ordinary.post(bug, operation, target=ordinary.url(target))
        assert (refused.status, refused.text) == (401, f"(<Bug object>, '{operation}', 'launchpad.Edit')")
    assert driver.post(bug, "addTask", target=driver.url(supervised)).status == 201


def test_a_locked_bug_may_still_be_followed(ordinary, driver, project):
    bug = driver.bug(project)
    driver.post(bug, "lock")
    assert ordinary.post(bug, "subscribe", person="/~ordinary").status == 200
    assert ordinary.post(bug, "unsubscribe").status == 200


def test_only_those_with_a_role_say_why_a_bug_is_locked(ordinary, driver, project):
    bug = ordinary.bug(project)
    early = driver.patch(bug, {"lock_reason": "too early"})
    assert (early.status, early.text) == (400, "Lock reason cannot be set for an unlocked bug.")
    driver.post(bug, "lock")
    refused = ordinary.patch(bug, {"lock_reason": "mine"})
    assert (refused.status, refused.text) == (401, "(<Bug object>, 'setLockReason', 'launchpad.Moderate')")
    assert driver.patch(bug, {"lock_reason": "heated"})["lock_reason"] == "heated"
    assert driver.post(bug, "lock").status == 200
    assert driver.get(bug)["lock_reason"] == "heated"
    driver.post(bug, "unlock")
    assert (driver.get(bug)["lock_status"], driver.get(bug)["lock_reason"]) == ("Unlocked", None)


@pytest.mark.parametrize("content", ["words", "", "   ", "x" * 60000, "one\r\ntwo "])
def test_any_comment_is_taken_as_often_as_it_is_sent(ordinary, project, content):
    task = ordinary.task(project)
    bug = task.replace(f"{project}/+bug", "bugs")
    for number in (1, 2):
        answer = ordinary.post(bug, "newMessage", content=content)
        assert (answer.status, answer.body) == (201, b"")
        assert answer.headers["Location"] == ordinary.url(f"{task}/comments/{number}")
    message = ordinary.get(f"{task}/comments/2")
    assert message["content"] == content.replace("\r\n", "\n")
    assert ordinary.get(bug)["message_count"] == 3


def test_a_comment_without_content_is_refused(ordinary, project):
    answer = ordinary.post(ordinary.bug(project), "newMessage")
    assert (answer.status, answer.text) == (400, "content: Required input is missing.")


@pytest.mark.parametrize("name", ["anonymous", "readonly"])
def test_nobody_comments_without_the_right(request, name, ordinary, project):
    answer = request.getfixturevalue(name).post(ordinary.bug(project), "newMessage", content="x")
    assert (answer.status, answer.text) == (401, "(<Bug object>, 'newMessage', 'launchpad.Append')")


def test_only_those_with_a_role_comment_in_silence(ordinary, driver, project):
    bug = ordinary.bug(project)
    refused = ordinary.post(bug, "newMessage", content="x", send_notifications=False)
    assert (refused.status, refused.text) == (
        400,
        "Email notifications can only be disabled by admins, commercial admins, registry experts,"
        " or bug supervisors.",
    )
    assert driver.post(bug, "newMessage", content="x", send_notifications=False).status == 201


def test_the_first_message_is_the_description_as_it_was_filed(ordinary, project):
    bug = ordinary.bug(project, title="said", description="first words")
    ordinary.patch(bug, {"description": "other words"})
    (message,) = ordinary.get(f"{bug}/messages")["entries"]
    assert (message["subject"], message["content"]) == ("said", "first words")
    assert message["self_link"] == ordinary.url(f"{project}/+{bug.replace('bugs', 'bug')}/comments/0")


def test_only_who_wrote_a_comment_edits_or_deletes_it(ordinary, other, boss, project):
    bug = ordinary.bug(project)
    comment = ordinary.post(bug, "newMessage", content="wrong").headers["Location"]
    for client in (other, boss):
        refused = client.post(comment, "editContent", new_content="mine")
        assert (refused.status, refused.text) == (401, "(<Message object>, 'editContent', 'launchpad.Edit')")
        assert client.post(comment, "deleteContent").status == 401
    assert ordinary.post(comment, "editContent", new_content="right").status == 200
    found = ordinary.get(comment).json
    assert (found["content"], found["date_deleted"]) == ("right", None)
    assert found["date_last_edited"] > found["date_created"]
    assert ordinary.post(comment, "deleteContent").status == 200
    found = ordinary.get(comment).json
    assert (found["content"], ordinary.get(bug)["message_count"]) == ("", 2)
    assert found["date_deleted"]


def test_subscribing_twice_changes_the_level(ordinary, project):
    bug = ordinary.bug(project)
    for level in ("Discussion", "Lifecycle"):
        answer = ordinary.post(bug, "subscribe", person=ordinary.url("~other"), level=level)
        assert (answer.status, answer["bug_notification_level"]) == (200, level)
        assert answer["self_link"] == ordinary.url(f"{bug}/+subscription/other")
    assert ordinary.get(f"{bug}/+subscription/other")["bug_notification_level"] == "Lifecycle"
    assert ordinary.get(f"{bug}/subscriptions")["total_size"] == 2


def test_people_leave_themselves_and_whom_they_subscribed(ordinary, other, driver, project):
    bug = ordinary.bug(project)
    driver.post(bug, "subscribe", person=driver.url("~other"))
    refused = ordinary.post(bug, "unsubscribe", person=ordinary.url("~other"))
    assert (refused.status, refused.text) == (
        401,
        "Ordinary Tester does not have permission to unsubscribe Other Tester.",
    )
    assert driver.post(bug, "unsubscribe", person=driver.url("~other")).status == 200
    assert ordinary.post(bug, "unsubscribe").status == 200
    assert ordinary.post(bug, "unsubscribe").status == 200
    assert ordinary.get(f"{bug}/subscriptions")["entries"] == []


def test_subscribers_choose_what_they_hear(ordinary, other, project):
    subscription = f"{ordinary.bug(project)}/+subscription/ordinary"
    answer = ordinary.patch(subscription, {"bug_notification_level": "Details"})
    assert (answer.status, answer["bug_notification_level"]) == (209, "Details")
    assert other.patch(subscription, {"bug_notification_level": "Lifecycle"}).status == 401


def test_a_teams_owner_chooses_what_the_team_hears_and_its_members_end_it(ordinary, driver, other, project):
    bug = other.bug(project)
    other.post(bug, "subscribe", person="/~crew")
    subscription = f"{bug}/+subscription/crew"
    assert ordinary.patch(subscription, {"bug_notification_level": "Details"}).status == 401
    assert driver.patch(subscription, {"bug_notification_level": "Details"}).status == 209
    found = driver.get(subscription).json
    assert (found["person_link"], found["subscribed_by_link"]) == (driver.url("~crew"), driver.url("~other"))
    may = [client.op(subscription, "canBeUnsubscribedByUser").json for client in (ordinary, other, driver)]
    assert may == [True, True, False]
    assert driver.post(bug, "unsubscribe", person="/~crew").status == 401
    assert ordinary.post(bug, "unsubscribe", person="/~crew").status == 200


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({}, "person: Required input is missing."),
        ({"person": "/~no-such-person"}, 'person: No such object "/~no-such-person".'),
        (
            {"person": "/~other", "level": "Loud"},
            'level: Invalid value "Loud". Acceptable values are: Lifecycle, Details, Discussion',
        ),
    ],
)
def test_a_bad_subscription_is_refused_with_a_line(ordinary, project, parameters, reason):
    answer = ordinary.post(ordinary.bug(project), "subscribe", **parameters)
    assert (answer.status, answer.text) == (400, reason)


@pytest.mark.parametrize("name", ["anonymous", "readonly"])
@pytest.mark.parametrize("operation", ["subscribe", "unsubscribe"])
def test_nobody_subscribes_without_the_right(request, name, operation, ordinary, project):
    answer = request.getfixturevalue(name).post(ordinary.bug(project), operation, person="/~other")
    assert (answer.status, answer.text) == (401, f"(<Bug object>, '{operation}', 'launchpad.Append')")
