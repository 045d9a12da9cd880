"""A recap's actions as a short text and back, for the index; pure.

Only what questions about actions are answered by: what topics say, links and the tl;dr are left out.
"""

import json
from datetime import date
from typing import Any

from tracker.recap.model import (
    Action,
    BlueprintTarget,
    BugTarget,
    Owner,
    Recap,
    Status,
    Target,
    Topic,
    WorkItemTarget,
)


def dump_actions(recap: Recap) -> str:
    """Write a recap without what is left out."""
    head = [recap.title, recap.project, recap.date.isoformat(), recap.cycle, recap.event, _name(recap.author)]
    topics = [topic.title for topic in recap.topics]
    actions = [_dump(action) for action in recap.actions]
    return json.dumps([head, topics, actions], ensure_ascii=False, separators=(",", ":"))


def load_actions(recap_id: str, text: str) -> Recap:
    """Read what `dump_actions` wrote; raises ValueError, LookupError or TypeError for anything else."""
    (title, project, day, cycle, event, author), topics, actions = json.loads(text)
    return Recap(
        id=recap_id,
        title=title,
        project=project,
        date=date.fromisoformat(day),
        cycle=cycle,
        event=event,
        author=_owner(author) if author else None,
        topics=tuple(map(Topic, topics)),
        actions=tuple(map(_load, actions)),
    )


def _dump(action: Action) -> dict[str, Any]:
    values = {
        "id": action.id,
        "title": action.title,
        "project": action.project,
        "owners": [_name(one) for one in action.owners],
        "collaborators": [_name(one) for one in action.collaborators],
        "target": _dump_target(action.target),
        "status": action.status,
        "milestone": action.milestone,
        "due": action.due.isoformat() if action.due else None,
        "importance": action.importance,
        "tags": action.tags,
        "topic": action.topic,
        "notes": action.notes,
        "evidence": action.evidence,
        "previously": action.previously,
        "carried_from": action.carried_from,
    }
    return {key: value for key, value in values.items() if value}


def _load(values: dict[str, Any]) -> Action:
    return Action(
        id=values["id"],
        title=values.get("title", ""),
        project=values.get("project", ""),
        owners=tuple(map(_owner, values.get("owners", ()))),
        collaborators=tuple(map(_owner, values.get("collaborators", ()))),
        target=_load_target(*values["target"]) if "target" in values else None,
        status=Status(values["status"]) if "status" in values else None,
        milestone=values.get("milestone"),
        due=date.fromisoformat(values["due"]) if "due" in values else None,
        importance=values.get("importance"),
        tags=tuple(values.get("tags", ())),
        topic=values.get("topic"),
        notes=values.get("notes"),
        evidence=tuple(values.get("evidence", ())),
        previously=tuple(values.get("previously", ())),
        carried_from=values.get("carried_from"),
    )


def _name(owner: Owner | None) -> str | None:
    return str(owner) if owner else None


def _owner(name: str) -> Owner:
    # No key ends in a question mark.
    return Owner(name.removesuffix("?"), name.endswith("?"))


def _dump_target(target: Target | None) -> list[Any] | None:
    match target:
        case BugTarget(number):
            return ["bug", number]
        case BlueprintTarget(name, create):
            return ["new" if create else "blueprint", name]
        case WorkItemTarget(name):
            return ["work_item", name]
        case None:
            return None


def _load_target(kind: str, name: Any) -> Target:
    match kind:
        case "bug":
            return BugTarget(name)
        case "work_item":
            return WorkItemTarget(name)
        case "blueprint" | "new":
            return BlueprintTarget(name, create=kind == "new")
        case _:
            raise ValueError(kind)
