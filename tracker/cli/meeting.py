"""`tracker meeting`: what to tell in the next meeting."""

from typing import Annotated

import typer

from tracker.cli.check import here
from tracker.cli.status import CycleOption, DateOption, ProjectOption, SessionOption
from tracker.errors import ExitCode, TrackerError


def meeting(
    since: Annotated[
        str, typer.Option(metavar="DATE|7d", help="The day of the last meeting, or how long ago it was.")
    ] = "7d",
    project: ProjectOption = None,
    cycle: CycleOption = None,
    session: SessionOption = None,
    date: DateOption = None,
) -> None:
    """Tell what moved since the last meeting, what is due before the next, what is late, and what nobody has taken.

    Lines to paste into IRC or a pad, none longer than IRC takes. As far ahead as the last meeting is past, the next
    one is taken to be. Reads the recaps and what the last sync saw, and asks no server.

    Example: tracker meeting --since 2016-11-03
    """
    from dataclasses import replace

    from tracker.cli.choosing import choose_known, choose_recap, read_day, read_today
    from tracker.cli.output import out, safe
    from tracker.cli.remembered import load_dates, load_known, require_web_root
    from tracker.cli.rows_read import finish
    from tracker.mail.meeting import build_meeting, cut_line
    from tracker.recap.carried import find_carried
    from tracker.recap.index import load_recaps
    from tracker.recap.people import People
    from tracker.recap.repository import find_folder

    today = read_today(date)
    begin = read_day(since, "--since", today, ahead=False)
    if begin > today:
        raise TrackerError(
            f'--since: "{since}" is after {today.isoformat()}',
            remedy="name the day of the last meeting",
            exit_code=ExitCode.USAGE,
        )
    repository = load_recaps(find_folder(here()))
    recaps = repository.recaps
    sessions = {choose_recap(one, repository) for one in session or []}
    cycles = choose_known(cycle, (one.cycle for one in recaps), "cycle")
    projects = choose_known(project, (action.project for one in recaps for action in one.actions), "project")
    chosen = [
        replace(one, actions=tuple(action for action in one.actions if not projects or action.project in projects))
        for one in recaps
        if (not sessions or one.id in sessions) and (not cycles or one.cycle in cycles)
    ]
    lines = build_meeting(
        chosen,
        repository.people or People(),
        require_web_root(repository),
        load_known(repository),
        begin,
        today,
        load_dates(repository),
        find_carried(recaps),
    )
    for text, url in lines:
        out(cut_line(safe(text), safe(url)))
    finish(repository)
