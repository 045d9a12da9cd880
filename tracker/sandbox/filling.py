"""How a world gets into the database; filling twice is filling once."""

from typing import Any

from tracker.errors import TrackerError
from tracker.launchpad.statuses import DEFAULT_BUG_STATUS
from tracker.sandbox import tasks, words
from tracker.sandbox.access import RefusedError
from tracker.sandbox.filing import file_bug
from tracker.sandbox.registering import register_specification
from tracker.sandbox.store import Store
from tracker.sandbox.work_items import WorkItemLine, replace_work_items, resolve_work_items
from tracker.sandbox.world import (
    BugEntry,
    MilestoneEntry,
    PersonEntry,
    ProjectEntry,
    SpecificationEntry,
    TaskEntry,
    TeamEntry,
    World,
)


def fill(store: Store, world: World) -> None:
    """Put into the database what it lacks of a world; what it has stays as it is.

    A bug without a number is there when its first project has one of its title.
    """
    with store.transaction():
        for person in world.people:
            put_person(store, person)
        for team in world.teams:
            put_team(store, team)
        for team in world.teams:  # any of them may be in any other
            put_members(store, team)
        for project in world.projects:
            put_project(store, project)
        for bug in world.bugs:
            if bug.number is not None or _find_bug(store, bug.tasks[0].project, bug.title) is None:
                put_bug(store, bug)
        for specification in world.specifications:
            put_specification(store, specification)


def put_person(store: Store, entry: PersonEntry) -> None:
    """Add a person unless the name is taken."""
    if _has(store, "person", entry.name):
        return
    merged = None if entry.merged_into is None else resolve(store, "person", entry.merged_into)
    number = store.insert(
        "person",
        name=entry.name,
        display_name=entry.display_name,
        karma=entry.karma,
        account_status=_known(words.ACCOUNT_STATUS, entry.status),
        date_created=store.now(),
        merged=merged,
    )
    email = f"{entry.name}@example.com" if entry.email is None else entry.email
    if email:
        store.insert("email", address=email, person=number)
    for nickname in entry.irc_nicknames:
        store.insert("irc_nickname", person=number, network="OFTC", nickname=nickname)


def put_team(store: Store, entry: TeamEntry) -> None:
    """Add a team, without its members, unless the name is taken."""
    if not _has(store, "person", entry.name):
        store.insert(
            "person",
            name=entry.name,
            display_name=entry.display_name,
            is_team=1,
            owner=resolve(store, "person", entry.owner),
            date_created=store.now(),
        )


def put_members(store: Store, entry: TeamEntry) -> None:
    """Put into a team the members that it lacks."""
    team = resolve(store, "person", entry.name)
    for member in entry.members:
        store.execute("INSERT OR IGNORE INTO membership VALUES (?, ?)", team, resolve(store, "person", member))


def put_project(store: Store, entry: ProjectEntry) -> None:
    """Add a project, with a series to hold milestones, unless the name is taken, and the milestones it lacks."""
    if not _has(store, "project", entry.name):
        owner = resolve(store, "person", entry.owner)
        number = store.insert(
            "project",
            name=entry.name,
            display_name=entry.display_name,
            owner=owner,
            driver=_role(store, entry.driver),
            bug_supervisor=_role(store, entry.bug_supervisor),
            date_created=store.now(),
        )
        project = store.get("project", number)
        project.write(development_focus=project.add_series("trunk", owner))
    for milestone in entry.milestones:
        put_milestone(store, entry.name, milestone)


def put_milestone(store: Store, project: str, entry: MilestoneEntry) -> None:
    """Add a milestone to a project's first series unless the name is taken."""
    target = resolve(store, "project", project)
    if target.get_milestone(entry.name) is not None:
        return
    store.insert(
        "milestone",
        project=target,
        series=target.development_focus,
        name=entry.name,
        date_targeted=entry.date,
        is_active=entry.active,
    )


def put_bug(store: Store, entry: BugEntry) -> int:
    """File a bug, at the state its tasks say, and return its number."""
    if entry.number is not None and store.get("bug", entry.number) is not None:
        return entry.number
    if not entry.tasks:
        raise TrackerError(f'the bug "{entry.title}" names no project')
    owner = resolve(store, "person", entry.owner)
    first, *others = entry.tasks
    target = resolve(store, "project", first.project)
    bug = file_bug(
        store,
        owner,
        target,
        entry.title,
        entry.description,
        number=entry.number,
        tags=entry.tags,
        information_type="Private" if entry.private else "Public",
        task=_state(store, target, first),
    )
    for task in others:
        target = resolve(store, "project", task.project)
        tasks.add_task(bug, target, owner, **_state(store, target, task))
    return bug.id


def put_specification(store: Store, entry: SpecificationEntry) -> None:
    """Register a blueprint, with its work items, unless the project has one of its name."""
    target = resolve(store, "project", entry.project)
    if store.find("specification", "project = ? AND name = ?", target, entry.name) is not None:
        return
    owner = resolve(store, "person", entry.owner)
    specification = register_specification(
        store,
        owner,
        target,
        entry.name,
        title=entry.title,
        summary=entry.summary,
        priority=_known(words.SPECIFICATION_PRIORITY, entry.priority),
        assignee=_role(store, entry.assignee),
        drafter=_role(store, entry.drafter),
        approver=_role(store, entry.approver),
        milestone=_milestone(target, entry.milestone),
        whiteboard=entry.whiteboard,
        information_type="Proprietary" if entry.private else "Public",
    )
    specification.set_status(
        owner,
        definition_status=_known(words.DEFINITION_STATUS, entry.definition_status),
        implementation_status=_known(words.IMPLEMENTATION_STATUS, entry.implementation_status),
    )
    if entry.private:
        specification.add_subscriber(owner)
    lines = [WorkItemLine(item.title, item.status, item.assignee, item.milestone) for item in entry.work_items]
    try:
        replace_work_items(specification, resolve_work_items(specification, lines))
    except RefusedError as error:
        raise TrackerError(f'the sandbox can\'t have the blueprint "{entry.name}"', details=str(error)) from error
    for number in entry.bugs:
        store.execute("INSERT OR IGNORE INTO specification_bug VALUES (?, ?)", specification, number)


def _milestone(target: Any, name: str | None) -> Any:
    milestone = None if name is None else target.get_milestone(name)
    if name is not None and milestone is None:
        raise TrackerError(f'the sandbox has no milestone "{name}" in "{target.name}"')
    return milestone


def _state(store: Store, target: Any, task: TaskEntry) -> dict[str, object]:
    assignee = _role(store, task.assignee)
    dates: dict[str, object] = {}
    if task.status != DEFAULT_BUG_STATUS:
        dates = dict(tasks.stamps({}, DEFAULT_BUG_STATUS, _known(words.BUG_TASK_STATUS, task.status), store.now()))
    if assignee is not None:
        dates["date_assigned"] = store.now()
    return {
        "status": task.status,
        "importance": _known(words.BUG_TASK_IMPORTANCE, task.importance),
        "assignee": assignee,
        "milestone": _milestone(target, task.milestone),
        **dates,
    }


def _known(enumeration: Any, title: str) -> str:
    titles = [item.title for item in enumeration.items]
    if title not in titles:
        raise TrackerError(f'Launchpad does not know "{title}"', remedy=f"it knows {', '.join(titles)}")
    return title


def _role(store: Store, name: str | None) -> Any:
    return None if name is None else resolve(store, "person", name)


def _has(store: Store, table: str, name: str) -> bool:
    return store.find(table, "name = ?", name) is not None


def resolve(store: Store, table: str, name: str) -> Any:
    """Return the person, team or project of a name."""
    found = store.find(table, "name = ?", name)
    if found is None:
        raise TrackerError(f'the sandbox has no {table} "{name}"', remedy="add it first")
    return found


def _find_bug(store: Store, project: str, title: str) -> int | None:
    found: int | None = store.value(
        "SELECT min(bug.id) FROM bug JOIN bug_task ON bug_task.bug = bug.id"
        " JOIN project ON project.id = bug_task.project WHERE project.name = ? AND bug.title = ?",
        project,
        title,
    )
    return found
