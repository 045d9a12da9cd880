"""Time commands side by side: turn by turn, so that whatever else the machine does meets all of them."""

import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Time:
    """What a command took: seconds by the clock and of a processor, and its memory at the most, in MiB."""

    wall: float
    cpu: float
    memory: float


def time_commands(commands: Mapping[str, Sequence[str]], turns: int, cwd: Path) -> dict[str, Time]:
    """Run each command once unmeasured and then in turn; returns medians, and the most memory of any turn."""
    taken: dict[str, list[Time]] = {name: [] for name in commands}
    for turn in range(turns + 1):
        for name, words in commands.items():
            once = time_command(words, cwd)
            if turn:
                taken[name].append(once)
    return {
        name: Time(
            median(one.wall for one in times), median(one.cpu for one in times), max(one.memory for one in times)
        )
        for name, times in taken.items()
    }


def time_command(words: Sequence[str], cwd: Path) -> Time:
    """Run a command once; raises RuntimeError when it fails."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - the project's own commands
        words,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(words)} answered {process.returncode}")
    return Time(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def table(times: Mapping[str, Time], *, memory: bool = False) -> Iterator[str]:
    """Make a table of commands beside the first of them."""
    base = next(iter(times.values()))
    yield "| | seconds | ratio | processor seconds | ratio |" + (" MiB |" if memory else "")
    yield "| --- | ---: | ---: | ---: | ---: |" + (" ---: |" if memory else "")
    for name, one in times.items():
        row = f"| {name} | {one.wall:.3f} | {one.wall / base.wall:.2f} | {one.cpu:.3f} | {one.cpu / base.cpu:.2f} |"
        yield row + (f" {one.memory:.0f} |" if memory else "")
