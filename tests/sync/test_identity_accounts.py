"""Accounts that change their name while recaps know the old one, and services that share a repository."""

import itertools
from dataclasses import replace

import pytest

from tests.sandbox.clients import make_client
from tests.sync.bench import PEOPLE, happened
from tracker.launchpad.gateway import Gateway
from tracker.sync.accounts import find_gone_accounts
from tracker.sync.base import Base
from tracker.sync.events import Kind
from tracker.sync.merge import Prefer
from tracker.sync.plan import Observed, Problem

NEW = "  - id: first\n    title: do the first thing\n    owner: early\n    bug: new\n"
_numbers = itertools.count(1)


@pytest.fixture
def early(bench, launchpad):
    """An account that the recap's people know, assigned; returns its name."""
    name = f"early-{next(_numbers)}"
    launchpad.add_person(name, "Early Tester")
    (bench.folder / "people.yaml").write_text(
        PEOPLE.replace("teams:", f"  early: {{name: Early Tester, launchpad: {name}}}\nteams:")
    )
    bench.write(NEW + NEW.replace("first", "second"))
    bench.sync()
    return name


def correct(bench, old, new):
    path = bench.folder / "people.yaml"
    path.write_text(path.read_text().replace(f"launchpad: {old}", f"launchpad: {new}"))


def rename(launchpad, name, how):
    new = f"{name}-late"
    if how == "renamed":
        assert make_client(launchpad, name).patch(f"~{name}", {"name": new}).status == 301
    else:
        launchpad.add_person(new, "Late Tester")
        launchpad.merge_account(name, new)
    return new


@pytest.mark.parametrize("how", ["renamed", "merged"])
def test_an_account_with_another_name_is_told_and_neither_side_is_changed(bench, launchpad, early, how):
    new = rename(launchpad, early, how)
    before = bench.read()
    bench.requests.clear()
    plan = bench.plan()
    assert [path.rsplit("/", 1)[1] for method, path, _ in bench.requests if "searchTasks" not in path] == [
        f"~{early}"
    ]
    assert not plan.changed
    for action in plan.actions:
        (remark,) = action.remarks
        assert remark.kind is Problem.WARNING
        assert f"~{new} is assigned, and Launchpad has no ~{early} any more" in remark.text
        assert f"correct `launchpad: {early}` in people.yaml" in remark.text
    bench.elsewhere(status="In Progress")  # the rest goes on
    bench.sync()
    assert "status: in progress" in bench.read()
    assert bench.read().replace("    status: in progress\n", "") == before
    assert bench.task().assignee == new
    correct(bench, early, new)
    assert bench.in_step()
    assert not [remark for action in bench.plan().actions for remark in action.remarks]
    bench.sync()
    bench.elsewhere(lead="artur")
    bench.sync()
    assert "owner: artur" in bench.read()


def test_an_account_that_launchpad_leads_on_from_is_told_with_its_new_name(bench, launchpad, early, monkeypatch):
    new = rename(launchpad, early, "renamed")
    monkeypatch.setattr(Gateway, "find_account", lambda _self, _name: new)
    (remark,) = bench.plan().actions[0].remarks
    assert remark.text == f"~{early} is now ~{new} on Launchpad; correct `launchpad: {early}` in people.yaml"


def test_somebody_else_who_is_assigned_is_brought_into_the_recap(bench, launchpad, early):
    """The old account is still there, so that this is nobody's new name."""
    bench.elsewhere(lead="armando")
    bench.sync()
    assert "owner: ~armando" in bench.read().replace('"', "")


def test_a_suspended_account_is_not_gone(bench, launchpad):
    name = f"early-{next(_numbers)}"
    launchpad.add_person(name, "Early Tester", status="Suspended")
    assert [bench.gateway.find_account(one) for one in (name, "kevin", "no-such-account")] == [name, "kevin", None]


def test_an_account_without_an_entry_follows_its_new_name(bench, launchpad):
    launchpad.add_person(name := f"early-{next(_numbers)}", "Early Tester")
    bench.write(NEW.replace("owner: early", f'owner: "~{name}"'))
    bench.sync()
    new = rename(launchpad, name, "renamed")
    bench.requests.clear()
    bench.sync()
    assert f"~{new}" in bench.read()
    assert not [path for _, path, _ in bench.requests if path.endswith(f"~{name}")]


def test_a_lead_whom_both_sides_moved_stays_a_conflict(bench, launchpad, early):
    rename(launchpad, early, "merged")
    bench.replace("owner: early", "owner: artur")
    assert bench.plan().conflicts == 1
    bench.sync(Prefer.RECAP)
    assert bench.task().assignee == "artur"


def other_service(bench, name="qastaging"):
    """Let what the base holds be another service's."""
    path = Base(bench.folder, "sandbox").path(bench.recap)
    foreign = Base(bench.folder, name).path(bench.recap)
    foreign.parent.mkdir(parents=True)
    path.rename(foreign)
    return foreign


def test_numbers_of_another_service_are_refused_and_nothing_is_written(bench):
    bench.write(NEW.replace("early", "ihar") + "    status: in progress\n")
    bench.sync()
    number = bench.number()
    foreign = other_service(bench)
    bench.elsewhere(status="Fix Released", lead="kevin")
    before = bench.read()
    bench.requests.clear()
    plan = bench.plan()
    assert plan.has_input_problems
    assert not plan.changed
    (remark,) = plan.actions[0].remarks
    assert remark.text == (
        f"bug {number} was synced on qastaging, and this is sandbox; say `service: qastaging` again, or write"
        " `bug: new` or the number that it has here; if that is the same, `tracker forget"
        f" --service qastaging {bench.recap}#first`"
    )
    assert bench.sync() == []
    assert bench.read() == before
    assert {method for method, _, _ in bench.requests} <= {"GET"}
    assert not Base(bench.folder, "sandbox").load_all()
    foreign.unlink()  # nobody knows the number now, so it is taken up as any other
    assert not bench.plan().has_input_problems


def test_the_remedies_of_a_foreign_number_work(bench):
    bench.write(NEW.replace("early", "ihar"))
    bench.sync()
    number = bench.number()
    other_service(bench)
    here = bench.others.create_bug(bench.project, "here", "d", [bench.tag])
    bench.replace(f"bug: {number}", f"bug: {here}")
    assert not bench.plan().has_input_problems
    bench.sync()
    assert bench.in_step()


def test_a_number_that_both_services_know_is_each_ones_own(bench):
    bench.write(NEW.replace("early", "ihar"))
    bench.sync()
    path = Base(bench.folder, "sandbox").path(bench.recap)
    foreign = Base(bench.folder, "production").path(bench.recap)
    foreign.parent.mkdir(parents=True)
    foreign.write_bytes(path.read_bytes())
    bench.elsewhere(status="In Progress")
    new = bench.others.create_bug(bench.project, "t", "d", [bench.tag])  # that the base does not know
    bench.write(bench.read() + f"  - id: second\n    title: t\n    bug: {new}\n", head="")
    assert happened(bench.sync(), Kind.DONE) == ["recap: status todo -> in progress"]
    assert not bench.plan().has_input_problems


def test_a_number_of_another_service_stays_refused_in_a_moved_recap_that_knows_another(bench):
    bench.write(NEW.replace("early", "ihar"))
    bench.sync()
    number = bench.number()
    other_service(bench)
    bench.write(NEW.replace("early", "ihar"))
    bench.others.update_bug(bench.others.fetch_bug(number), tags=["gone"])
    bench.sync()
    assert bench.number() != number
    bench.replace(f"bug: {bench.number()}", f"bug: {number}")
    assert bench.plan().has_input_problems


def test_an_account_with_another_name_is_told_of_a_bug_that_has_tasks_in_two_projects(bench, launchpad, early):
    """Each action looks at the task of its own project."""
    far = f"{bench.project}-far"
    number = bench.number()
    new = rename(launchpad, early, "merged")
    repository = bench.repository()
    entries = Base(bench.folder, "sandbox").load_all()
    task = bench.task(number)
    elsewhere = replace(task, project=far, assignee=None)
    for tasks in ([task, elsewhere], [elsewhere, task]):
        observed = Observed({(one.project, one.bug): one for one in tasks})
        gone = find_gone_accounts(bench.gateway, repository.recaps, entries, observed, repository.people)
        assert gone == {early: None}
    assert task.assignee == new
