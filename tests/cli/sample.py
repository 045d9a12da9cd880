"""The sample in a folder of its own, beside a sandbox that is served for it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import replace as replaced
from pathlib import Path

from tests.support import Answer
from tracker.launchpad.gateway import Gateway
from tracker.launchpad.snapshots import TaskSnapshot
from tracker.launchpad.workitems import read_items, write_items
from tracker.recap.model import Action
from tracker.recap.repository import load_repository
from tracker.sandbox.server import Sandbox
from tracker.sync.things import Kind, Thing, thing_of

RECAP = "ocata/neutron-server-next"


@dataclass
class Sample:
    """A copy of the sample repository, and the command to run in it."""

    folder: Path
    sandbox: Sandbox
    run: Callable[..., Answer]
    somebody: Gateway
    driver: Gateway

    @property
    def path(self) -> Path:
        return self.folder / "sessions" / f"{RECAP}.yaml"

    def read(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def replace(self, old: str, new: str) -> None:
        text = self.read()
        assert old in text
        self.path.write_text(text.replace(old, new, 1), encoding="utf-8")

    @property
    def bugs(self) -> dict[str, int]:
        """The numbers that the recap has, by action."""
        return {action: int(thing.name) for action, thing in self._things.items() if thing.kind is Kind.BUG}

    @property
    def _actions(self) -> dict[str, Action]:
        (recap,) = (one for one in load_repository(self.folder / "sessions").recaps if one.id == RECAP)
        return {action.id: action for action in recap.actions}

    @property
    def _things(self) -> dict[str, Thing]:
        return {one: thing for one, action in self._actions.items() if (thing := thing_of(action))}

    def elsewhere(self, action: str, **changes: str | None) -> None:
        """Let somebody who may do so change on that Launchpad what an action is tracked as."""
        thing = self._things[action]
        if thing.kind is Kind.BUG:
            task = self.driver.fetch_task("neutron", int(thing.name))
            assert isinstance(task, TaskSnapshot)
            self.driver.update_task(task, changes)
            return
        blueprint = self.driver.fetch_blueprint(*thing.name.split("/"))
        assert blueprint is not None
        if thing.kind is Kind.WORK_ITEM:
            title = self._actions[action].title
            line = {"assignee" if field == "lead" else field: value for field, value in changes.items()}
            items = [
                replaced(item, **line) if item.title == title else item for item in read_items(blueprint.work_items)
            ]
            changes = {"work_items": write_items(items)}
        self.driver.update_blueprint(blueprint, changes)

    def all_elsewhere(self, words: Mapping[Kind, str]) -> None:
        """Let somebody give all that the actions are tracked as the status of their kind."""
        for action, thing in self._things.items():
            self.elsewhere(action, status=words[thing.kind])

    def edit_work_items(self, name: str, edit: Callable[[str], str]) -> None:
        """Let somebody without any role edit the text of a blueprint's work items there."""
        blueprint = self.somebody.fetch_blueprint("neutron", name)
        assert blueprint is not None
        self.somebody.update_blueprint(blueprint, {"work_items": edit(blueprint.work_items)})

    def work_items(self, name: str) -> str:
        """Return the text of a blueprint's work items there."""
        blueprint = self.somebody.fetch_blueprint("neutron", name)
        assert blueprint is not None
        return blueprint.work_items

    def only_bugs(self) -> None:
        """Let every action that is tracked be a new bug."""
        text = re.sub(r"\b(blueprint|work_item): .*", "bug: new", self.read())
        self.path.write_text(text, encoding="utf-8")


STARTED = {Kind.BUG: "In Progress", Kind.BLUEPRINT: "Started", Kind.WORK_ITEM: "INPROGRESS"}
FINISHED = {Kind.BUG: "Fix Released", Kind.BLUEPRINT: "Implemented", Kind.WORK_ITEM: "DONE"}


def plain(text: str) -> str:
    """Take out of an output what differs from run to run: ports and days."""
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", text)
    return re.sub(r"\b20[2-9]\d-\d\d-\d\d\b", "TODAY-DATE", text)
