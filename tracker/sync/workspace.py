"""What carrying out a plan works with: Launchpad, the recaps' files, the base and a clock."""

import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from tracker.launchpad.gateway import Gateway
from tracker.recap.editor import Edit
from tracker.recap.writer import WriteError, Writer
from tracker.sync.base import Base
from tracker.sync.describe import recap_name
from tracker.sync.entries import Entries, Entry
from tracker.sync.events import Event, Kind
from tracker.sync.merge import FieldMerge, Outcome
from tracker.sync.plan import ActionPlan, Context


def utc_now() -> datetime:
    """Return the time in whole seconds; the one place where a sync looks at a clock."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass
class Workspace:
    """The state of a run. Whatever ends it, the files that it has written are whole."""

    gateway: Gateway
    context: Context
    base: Base
    entries: dict[str, Entries]
    writers: Mapping[str, Writer]
    now: Callable[[], datetime] = utc_now
    sleep: Callable[[float], None] = time.sleep
    report: Callable[[str], None] = lambda _text: None
    began: str = field(init=False)
    """When the run began, as the base keeps it: what one run changes has one time, however long it takes, so that an
    action's first sync can be told from what happens to it later."""

    def __post_init__(self) -> None:
        self.began = self.stamp()

    def remember(self, plan: ActionPlan, entry: Entry, *, save: bool) -> Entry:
        """Bring the base up to what both sides agree on, the plan's pushes counted as carried out; return it."""
        entries = self.entries.setdefault(plan.recap.id, {})
        settled = [] if plan.create else plan.of(Outcome.AGREED) + plan.pushes
        entry = entry.agree({merge.field: merge.agreed_words for merge in settled}, self.began)
        entries[plan.action.id] = entry = replace(entry, formerly=plan.formerly)
        if save:
            self.base.save(plan.recap.id, entries)
        return entry

    def edit(self, plan: ActionPlan, edits: list[Edit]) -> Generator[Event, None, bool]:
        """Change the action's recap; the generator's value tells whether that worked."""
        try:
            self.writers[plan.recap.id].write(edits)
        except WriteError as error:
            yield failed(plan, f"{error}; nothing was written into the recap", error.remedy)
            return False
        return True

    def tags(self, plan: ActionPlan) -> tuple[str, ...]:
        """Return the tags that the action's bug is to carry."""
        return tuple(sorted({self.context.settings.tag, *plan.action.tags}))

    def stamp(self) -> str:
        """Return the time of this moment as the base keeps it."""
        return self.now().strftime("%Y-%m-%dT%H:%M:%SZ")


def done(plan: ActionPlan, text: str) -> Event:
    """Tell of a step that was carried out."""
    return Event(Kind.DONE, plan.full_id, text)


def failed(plan: ActionPlan, text: str, remedy: str | None = None) -> Event:
    """Tell of a step that was not carried out."""
    return Event(Kind.FAILED, plan.full_id, text, remedy)


def left(plan: ActionPlan, conflict: FieldMerge) -> Event:
    """Tell of a conflict that is left to a person."""
    return Event(Kind.CONFLICT, plan.full_id, f"{recap_name(conflict.field)} was left: both sides moved apart")
