"""The sandbox as launchpadlib, Launchpad's own client library, sees it."""

import gc
import io
import logging
from datetime import UTC, datetime

import pytest
from launchpadlib.credentials import Credentials
from launchpadlib.launchpad import Launchpad
from lazr.restfulclient import errors


def close(launchpad):
    """Close the connections, which the library leaves to the garbage collector."""
    launchpad._browser._connection.close()


@pytest.fixture
def log_in(sandbox, tmp_path):
    connected = []

    def connect(person="driver", version="devel", **settings):
        credentials = Credentials()
        credentials.load(io.StringIO(sandbox.credentials(person, **settings)))
        connected.append(
            Launchpad(credentials, None, None, service_root=sandbox.root, cache=str(tmp_path), version=version)
        )
        return connected[-1]

    yield connect
    for launchpad in connected:
        close(launchpad)


@pytest.fixture
def requests_of(sandbox):
    """Count the requests that a call makes."""

    def count(call):
        before = len(sandbox.requests)
        result = call()
        return result, [(method, status) for method, _, status in sandbox.requests[before:]]

    return count


def test_logging_in_reads_wadl_and_root_once_an_hour(log_in, requests_of):
    assert requests_of(log_in)[1] == [("GET", 200), ("GET", 200)]
    assert requests_of(log_in)[1] == []


@pytest.mark.parametrize("version", ["devel", "1.0"])
def test_a_bug_from_filing_to_release(log_in, project, requests_of, version):
    launchpad = log_in(version=version)
    assert launchpad.me.name == "driver"
    target = launchpad.projects[project]
    bug, made = requests_of(
        lambda: launchpad.bugs.createBug(
            target=target, title="a bug", description="what is wrong", tags=["two", "one"]
        )
    )
    assert made == [("POST", 201), ("GET", 200)]
    assert bug.tags == ["one", "two"]
    task = bug.bug_tasks[0]
    task.status = "In Progress"
    task.importance = "High"
    task.assignee = launchpad.people["ordinary"]
    task.milestone = target.getMilestone(name="open")
    assert requests_of(task.lp_save)[1] == [("PATCH", 209)]
    assert task.assignee.name == "ordinary"
    assert task.milestone.name == "open"
    message = bug.newMessage(content="done")
    assert [entry.content for entry in bug.messages] == ["what is wrong", "done"]
    assert message.owner.name == "driver"
    bug.subscribe(person=launchpad.people["crew"], level="Details")
    assert {entry.person.name for entry in bug.subscriptions} == {"driver", "crew"}
    found = target.searchTasks(tags=["one", "two"], tags_combinator="All", assignee=launchpad.people["ordinary"])
    assert [entry.bug.id for entry in found] == [bug.id]
    task.status = "Fix Released"
    task.lp_save()
    assert list(target.searchTasks(tags=["one"])) == []


def test_a_bug_in_a_series_from_nomination_to_deletion(log_in, project, requests_of):
    launchpad = log_in()
    target = launchpad.projects[project]
    series = target.newSeries(name="stable", summary="for those who wait")
    bug = launchpad.bugs.createBug(target=target, title="a bug", description="what is wrong")
    assert bug.canBeNominatedFor(target=series)
    nomination = bug.addNomination(target=series)
    assert nomination.canApprove()
    nomination.approve()
    nomination.lp_refresh()
    assert (nomination.status, nomination.decider.name) == ("Approved", "driver")
    assert [entry.productseries.name for entry in bug.getNominations(target=target)] == ["stable"]
    assert [task.bug_target_name for task in bug.bug_tasks] == [project, f"{project}/stable"]
    (late,) = series.searchTasks()
    assert requests_of(late.lp_delete)[1] == [("DELETE", 200)]
    assert [task.bug_target_name for task in bug.bug_tasks] == [project]
    bug.lock(reason="heated")
    bug.lp_refresh()
    assert (bug.lock_status, bug.lock_reason) == ("Comment-only", "heated")


def test_a_page_of_75_and_the_rest(sandbox, log_in, project, requests_of):
    for number in range(80):
        sandbox.add_bug(project, f"bug {number}", "text", owner="driver")
    target = log_in().projects[project]
    assert requests_of(lambda: len([task.title for task in target.searchTasks()])) == (80, [("GET", 200)] * 2)
    assert requests_of(lambda: len(target.searchTasks())) == (80, [("GET", 200)] * 2)
    assert len(requests_of(lambda: list(target.searchTasks()))[1]) == 3


def test_errors_arrive_as_the_librarys(sandbox, log_in, project, driver, caplog):
    caplog.set_level(logging.CRITICAL)
    launchpad = log_in("ordinary")
    task = launchpad.load(driver.task(project))
    task.importance = "High"
    with pytest.raises(errors.Unauthorized, match="sufficient permissions to edit the bug task importance"):
        task.lp_save()
    task.lp_refresh()
    task.status = "Nonsense"
    with pytest.raises(errors.BadRequest, match="Invalid value"):
        task.lp_save()
    with pytest.raises(KeyError):
        launchpad.bugs[999999]
    with pytest.raises(KeyError):
        launchpad.people["twin"]
    with pytest.raises(errors.ClientError, match="User is suspended"):
        launchpad.people["gone"]


def test_a_stale_save_fails_and_a_fresh_one_stands(log_in, project, driver):
    path = driver.bug(project)
    mine, theirs = log_in().load(path), log_in("ordinary").load(path)
    theirs.title = "theirs"
    theirs.lp_save()
    mine.title = "mine"
    with pytest.raises(errors.PreconditionFailed):
        mine.lp_save()
    mine.lp_refresh()
    assert mine.title == "theirs"
    mine.title = "mine"
    mine.lp_save()
    assert driver.get(path)["title"] == "mine"


def test_a_moved_task_is_reloaded_from_its_new_place(log_in, project, supervised, driver):
    task = log_in().load(driver.task(project))
    task.target = log_in().projects[supervised]
    task.lp_save()
    assert task.bug_target_name == supervised


def test_what_is_found_again(log_in, project, driver, requests_of):
    bug = log_in().load(driver.bug(project))
    assert requests_of(bug.lp_refresh)[1] == [("GET", 304)]


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_an_expired_token_fails_the_login(log_in):
    with pytest.raises(errors.Unauthorized, match="Expired token"):
        log_in(expires=datetime(2020, 1, 1, tzinfo=UTC))
    gc.collect()  # the connection, which is out of reach


def test_an_anonymous_login_reads(sandbox, tmp_path, project):
    launchpad = Launchpad.login_anonymously(
        "a test", service_root=sandbox.root, launchpadlib_dir=str(tmp_path), version="devel"
    )
    assert launchpad.projects[project].name == project
    with pytest.raises(errors.Unauthorized):
        _ = launchpad.me.name
    close(launchpad)


def test_a_blueprint_from_registering_to_its_work_items(log_in, project):
    launchpad = log_in()
    target = launchpad.projects[project]
    with pytest.raises(errors.MethodNotAllowed):
        launchpad.specifications.createSpecification(target=target, name="x1", title="x", summary="x")
    made = launchpad.load("specs").createSpecification(
        target=target, name="a-plan", title="a plan", summary="what for", definition_status="Approved"
    )
    assert (made.name, made.target_link, made.workitems_text) == ("a-plan", target.self_link, "")
    made.workitems_text = "a: TODO"
    made.milestone = target.getMilestone(name="past")
    made.lp_save()
    found = target.getSpecification(name="a-plan")
    assert (found.workitems_text, found.milestone.name) == ("Work items:\na: TODO", "past")
    assert target.getSpecification(name="zzz") is None
    bug = launchpad.bugs.createBug(target=target, title="a bug", description="what is wrong")
    assert (found.linkBug(bug=bug), [one.id for one in found.bugs]) == (True, [bug.id])
    assert [one.name for one in target.all_specifications] == ["a-plan"]
    made.whiteboard = "overtaken"
    found.whiteboard = "first"
    found.lp_save()
    with pytest.raises(errors.PreconditionFailed):
        made.lp_save()
