"""How a plan, and what became of it, is shown."""

from collections import defaultdict
from collections.abc import Iterable

import typer

from tracker.cli.check import count
from tracker.cli.output import out, paint, safe
from tracker.recap.document import Document
from tracker.recap.repository import Repository
from tracker.sync.brakes import Brake
from tracker.sync.describe import recap_name, say_creations, say_steps, undoes_pull
from tracker.sync.events import Event, Kind
from tracker.sync.merge import FieldMerge
from tracker.sync.plan import ActionPlan, Plan, Problem

_COLOURS = {
    "+": typer.colors.GREEN,
    ">": typer.colors.CYAN,
    "<": typer.colors.MAGENTA,
    "!": typer.colors.YELLOW,
    "-": typer.colors.YELLOW,
}
_REMARK_SIGNS = {Problem.INPUT: "!", Problem.WARNING: "!", Problem.REFUSED: "-", Problem.NOTE: "."}
_EVENT_SIGNS = {
    Kind.DONE: ("done", typer.colors.GREEN),
    Kind.NOTE: ("note", None),
    Kind.CONFLICT: ("conflict", typer.colors.YELLOW),
    Kind.REFUSED: ("refused", typer.colors.RED),
    Kind.FAILED: ("failed", typer.colors.RED),
}

_NEW = {
    False: "New bugs mail their subscribers, and Launchpad cannot delete them.",
    True: "New bugs mail their subscribers; Launchpad can delete neither bugs nor blueprints.",
}


def show_plan(plan: Plan, repository: Repository, *, texts: bool = False) -> None:
    """Print a plan, grouped by recap, with the texts of new bugs if asked; what is in step is only counted."""
    actions, remarks = defaultdict(list), defaultdict(list)
    for action in plan.actions:
        actions[action.recap.id].append(action)
    for name, remark in plan.remarks:
        recap_id, _, action_id = name.partition("#")
        remarks[recap_id].append((action_id, remark))
    documents = {file.id: file.document for file in repository.files}
    for recap_id in [*documents, *sorted(set(remarks) - set(documents))]:  # of recaps that are gone there are remarks
        shown = [
            (action, lines) for action in actions[recap_id] if (lines := _action_lines(action, documents[recap_id]))
        ]
        gone = remarks[recap_id]
        if not shown and not gone:
            continue
        out(paint(safe(recap_id), bold=True))
        for action, lines in shown:
            out(f"  {safe(action.action.id)}: {safe(action.action.title)}")
            for line in lines:
                out(f"    {line}")
            if texts and action.create:
                for line in action.description.splitlines():
                    out(f"      | {safe(line)}".rstrip())
        for action_id, remark in gone:
            told = f". {safe(remark.text)}"
            out(f"  {safe(action_id)}\n    {told}" if action_id else f"  {told}")
    out(_say_sum(plan))
    _show_advice(plan, texts=texts)


def _show_advice(plan: Plan, *, texts: bool) -> None:
    if undoing := sum(undoes_pull(push) for one in plan.actions for push in one.pushes):
        undo = "undoes" if undoing == 1 else "undo"
        out(f"{count(undoing, 'value')} to Launchpad {undo} what came from there: was a recap put back as it was?")
    if plan.conflicts:
        out("Settle a conflict by correcting one side, or all with --prefer recap or --prefer launchpad.")
    if any(one.refused or any(it.kind is Problem.REFUSED for it in one.remarks) for one in plan.actions):
        out("What Launchpad refused before: correct it in the recap, or try it again with --retry-refused.")
    if plan.creations:
        hint = "" if texts else " --texts shows what they will say."
        out(f"{_NEW[any(one.is_blueprint for one in plan.creations)]}{hint}")


def show_brakes(brakes: Iterable[Brake]) -> None:
    """Print which limits would stop a sync."""
    for brake in brakes:
        out(f"A sync would stop: {safe(brake.text)}; --force {brake.name} goes on.")


def render_event(event: Event) -> str:
    """Render what became of a step, on a line."""
    word, colour = _EVENT_SIGNS[event.kind]
    return f"{paint(f'{word:8}', colour)} {safe(event.action)}: {safe(event.text)}"


def _action_lines(plan: ActionPlan, document: Document) -> list[str]:
    lines = [f"{paint(sign, _COLOURS.get(sign))} {safe(text)}" for sign, text in say_steps(plan)]
    for remark in plan.remarks:
        sign = _REMARK_SIGNS[remark.kind]
        where = f"  ({_place(plan, remark.field, document)})" if remark.kind is Problem.INPUT else ""
        lines.append(f"{paint(sign, _COLOURS.get(sign))} {safe(remark.text)}{where}")
    for conflict in plan.conflicts:
        lines += _conflict_lines(plan, conflict, document)
    return lines


def _conflict_lines(plan: ActionPlan, merge: FieldMerge, document: Document) -> list[str]:
    key = recap_name(merge.field)
    said = "the two differ, and never agreed"
    if merge.base is not None:
        said = f"both sides moved apart; agreed {_word(merge.base.recap)} / {_word(merge.base.launchpad)}"
    page = plan.shown.page if plan.shown else ""
    head = f"{paint('! conflict', typer.colors.YELLOW)} in {key}: {safe(said)}"
    return [
        head,
        f"    recap      {safe(_word(merge.recap))}  ({_place(plan, key, document)})",
        f"    launchpad  {safe(_word(merge.launchpad))}  ({safe(page)})",
    ]


def _place(plan: ActionPlan, key: str | None, document: Document) -> str:
    place = ("actions", plan.index, key) if key else ("actions", plan.index)
    line, column = document.position(document.locate(place)[0])
    return f"{safe(document.path)}:{line}:{column}"


def _word(word: str | None) -> str:
    return f'"{word}"' if word else "nothing"


def _say_sum(plan: Plan) -> str:
    if not plan.actions:
        return "No action is tracked: `bug: new` in one has a sync file a bug for it."
    if not plan.changed and not plan.conflicts:
        told = sum(not one.is_in_step for one in plan.actions)
        left = f", {told} left as told above" if told else ""
        return f"Nothing to do: {count(len(plan.actions) - told, 'action')} in step{left}."
    lines = sum(one.create for one in plan.actions) - len(plan.creations)
    pushes = sum(
        len(one.pushes)
        + len(one.subscribe)
        + len(one.link)
        + len(one.duplicates)
        + sum(map(bool, (one.add_tags, one.comment, one.stands_twice)))
        for one in plan.actions
    )
    pulls = sum(len(one.pulls) + bool(one.write_number or one.write_name) for one in plan.actions)
    parts = [
        f"{say_creations(plan.creations)} to create" if plan.creations else "",
        f"{count(lines, 'work item')} to add" if lines else "",
        f"{count(pushes, 'value')} to Launchpad" if pushes else "",
        f"{count(pulls, 'value')} to recaps" if pulls else "",
        count(plan.conflicts, "conflict") if plan.conflicts else "",
    ]
    return f"Plan: {', '.join(part for part in parts if part)}."
