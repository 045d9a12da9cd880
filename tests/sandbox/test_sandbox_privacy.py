"""What exists for whom: private bugs, private teams, and tokens of a public level."""

import pytest

from tests.sandbox.clients import make_client


def test_a_private_bug_is_absent_for_others(reporter, ordinary, driver, supervisor, boss, anonymous, supervised):
    """Its project's owner and those who follow it see it; other roles alone do not show it."""
    bug = reporter.bug(supervised)
    task = f"{supervised}/+{bug.replace('bugs', 'bug')}"
    assert reporter.patch(bug, {"private": True})["information_type"] == "Private"
    shown = [(client, 200) for client in (reporter, boss)]
    for client, status in shown + [(client, 404) for client in (driver, supervisor, ordinary, anonymous)]:
        assert client.get(bug).status == client.get(task).status == status
        found = client.op(supervised, "searchTasks")
        assert (found["total_size"], len(found["entries"])) == ((1, 1) if status == 200 else (0, 0))


def test_a_private_bug_is_absent_like_a_missing_one(reporter, ordinary, project):
    bug = reporter.bug(project, private=True)
    number = bug.rpartition("/")[2]
    for method, path in (("GET", bug), ("PATCH", bug), ("POST", bug), ("GET", f"{project}/+bug/{number}")):
        private = ordinary.request(method, path, "{}", Content_Type="application/json")
        missing = ordinary.request(method, path.replace(number, "999999"), "{}", Content_Type="application/json")
        assert private.status == missing.status == 404


def test_a_public_token_sees_no_private_bug(readonly, driver, project):
    bug = driver.bug(project, private=True)
    assert driver.get(bug).status == 200
    assert readonly.get(bug).status == 404


def test_a_public_tokens_search_counts_the_private_bugs_that_it_leaves_out(sandbox, driver, project):
    driver.bug(project, private=True, tags=["mark"])
    driver.bug(project, title="public", tags=["mark"])
    public = make_client(sandbox, "driver", level="WRITE_PUBLIC")
    found = public.op(project, "searchTasks", tags=["mark"])
    assert (found["total_size"], len(found["entries"])) == (2, 1)
    assert public.get(f"{project}?ws.op=searchTasks&tags=mark&ws.show=total_size").text == "2"
    assert driver.op(project, "searchTasks")["total_size"] == len(driver.op(project, "searchTasks")["entries"]) == 2


def test_the_duplicates_of_a_bug_are_listed_without_the_private_ones(reporter, ordinary, project):
    master, secret, copy = (reporter.bug(project, title=title) for title in ("master", "secret", "copy"))
    for bug in (secret, copy):
        reporter.patch(bug, {"duplicate_of_link": reporter.url(master)})
    reporter.patch(secret, {"private": True})
    listed = [[entry["title"] for entry in client.get(f"{master}/duplicates")["entries"]]
              for client in (reporter, ordinary)]  # fmt: skip
    assert listed == [["secret", "copy"], ["copy"]]


def test_who_hides_a_bug_still_sees_it(reporter, ordinary, project):
    bug = reporter.bug(project)
    assert ordinary.patch(bug, {"private": True}).status == 209
    assert ordinary.get(bug).status == 200


def test_who_followed_a_bug_that_is_hidden_no_longer_does(reporter, ordinary, other, boss, project):
    bug = reporter.bug(project)
    reporter.post(bug, "unsubscribe")
    for name in ("other", "boss", "crew"):
        reporter.post(bug, "subscribe", person=f"/~{name}")
    assert other.get(bug).status == 200
    assert ordinary.patch(bug, {"private": True}).status == 209
    followers = {entry["person_link"].rpartition("~")[2] for entry in boss.get(f"{bug}/subscriptions")["entries"]}
    assert followers == {"reporter", "ordinary", "boss"}
    assert [client.get(bug).status for client in (reporter, ordinary, other)] == [200, 200, 404]
    assert boss.get(bug)["who_made_private_link"] == boss.url("~ordinary")


def test_an_owner_who_hides_a_bug_is_not_subscribed(reporter, boss, project):
    bug = reporter.bug(project)
    boss.patch(bug, {"private": True})
    assert [entry["person_link"] for entry in boss.get(f"{bug}/subscriptions")["entries"]] == [boss.url("~reporter")]


def test_subscribing_shows_a_private_bug(reporter, ordinary, project):
    bug = reporter.bug(project, private=True)
    reporter.post(bug, "subscribe", person=reporter.url("~crew"))
    assert ordinary.get(bug).status == 200


def test_a_team_that_anybody_may_join_is_not_subscribed_to_a_private_bug(sandbox, driver, reporter, project):
    sandbox.add_team("easy", "The Easy", owner="driver")
    assert driver.patch("~easy", {"membership_policy": "Open Team"}).status == 209
    bug = reporter.bug(project, private=True)
    answer = reporter.post(bug, "subscribe", person="/~easy")
    assert (answer.status, answer.text) == (400, "Open and delegated teams cannot be subscribed to private bugs.")
    reporter.patch(bug, {"private": False})
    assert reporter.post(bug, "subscribe", person="/~easy").status == 200


def test_who_leaves_a_private_bug_no_longer_sees_it(reporter, project):
    bug = reporter.bug(project, private=True)
    assert reporter.post(bug, "unsubscribe").status == 200
    assert reporter.get(bug).status == 404


def test_whoever_sees_a_private_bug_may_change_it(reporter, ordinary, project):
    bug = reporter.bug(project, private=True)
    reporter.post(bug, "subscribe", person="/~ordinary")
    assert ordinary.patch(bug, {"title": "better"})["title"] == "better"
    assert ordinary.patch(bug, {"private": False})["information_type"] == "Public"


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"private": True}, "Private"),
        ({"security_related": True}, "Public Security"),
        ({"private": True, "security_related": True}, "Private Security"),
    ],
)
def test_private_and_security_make_the_information_type(ordinary, driver, project, changes, kind):
    bug = ordinary.bug(project)
    found = ordinary.patch(bug, changes).json
    assert found["information_type"] == kind
    assert (found["date_made_private"] is not None) is found["private"]
    back = ordinary.patch(bug, dict.fromkeys(changes, False)).json
    assert (back["information_type"], back["date_made_private"]) == ("Public", None)


def test_an_operation_changes_the_information_type(driver, project):
    bug = driver.bug(project)
    for changed in (True, False):
        answer = driver.post(bug, "transitionToInformationType", information_type="Private Security")
        assert (answer.status, answer.json) == (200, changed)
    assert driver.get(bug)["information_type"] == "Private Security"
    assert driver.op(project, "searchTasks", information_type=["Private Security"])["total_size"] == 1
    assert driver.op(project, "searchTasks", information_type="Public")["total_size"] == 0


@pytest.mark.parametrize("kind", ["Proprietary", "Embargoed"])
def test_a_project_that_sells_nothing_has_no_bugs_of_its_trade(driver, project, kind):
    changed = driver.post(driver.bug(project), "transitionToInformationType", information_type=kind)
    assert (changed.status, changed.text) == (400, "Forbidden by project policy.")
    values = {"target": driver.url(project), "title": "x", "description": "x", "information_type": kind}
    filed = driver.post("bugs", "createBug", **values)
    assert (filed.status, filed.text) == (400, f"Project {project} doesn't allow {kind} bugs.")


# Private teams.


@pytest.fixture
def secret(sandbox, driver):
    """A private team that `driver` owns and `ordinary` is in."""
    sandbox.add_team("secret", "The Secret", owner="driver", members=["ordinary"])
    driver.patch("~secret", {"visibility": "Private"})
    assert driver.get("~secret")["private"] is True
    return "~secret"


def test_a_private_team_is_absent_for_others(sandbox, secret, ordinary, other, boss, anonymous):
    public = make_client(sandbox, "ordinary", level="READ_PUBLIC")
    for client, status in ((ordinary, 200), (boss, 200), (other, 404), (anonymous, 404), (public, 404)):
        assert client.get(secret).status == status
        assert client.op("people", "find", text="secret")["total_size"] == (1 if status == 200 else 0)
    assert [entry["name"] for entry in other.get("~ordinary/super_teams")["entries"]].count("secret") == 0


def test_a_link_to_what_is_not_shown_reads_redacted(secret, driver, ordinary, other, anonymous, project):
    task = driver.task(project)
    assert driver.patch(task, {"assignee_link": driver.url(secret)}).status == 209
    assert ordinary.get(task)["assignee_link"] == ordinary.url(secret)
    for client in (other, anonymous):
        assert client.get(task)["assignee_link"] == "tag:launchpad.net:2008:redacted"
        (row,) = client.op(project, "searchTasks")["entries"]
        assert row["assignee_link"] == "tag:launchpad.net:2008:redacted"
    refused = other.patch(task, {"assignee_link": other.url(secret)})
    assert (refused.status, refused.text) == (400, f'assignee_link: No such object "{other.url(secret)}".')
    assert other.patch(task, {"assignee_link": "tag:launchpad.net:2008:redacted", "status": "New"}).status == 209
    assert other.patch(task, {"status": "Confirmed"}).status == 209
