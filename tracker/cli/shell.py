"""Commands of the tracker, run and shown with their real output, for `demo` and `rehearse`."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import typer

from tracker.errors import ExitCode, TrackerError


class Shell:
    """Runs commands of the tracker in a folder, and shows them with their output."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def say(self, text: str) -> None:
        """Say what comes next."""
        from tracker.cli.output import out, paint

        out("")
        out(paint(f"# {text}", typer.colors.BRIGHT_BLACK))

    def show(self, text: str) -> None:
        """Show a line of what happens elsewhere."""
        from tracker.cli.output import out

        out(f"  {text}")

    def __call__(self, *words: str, expected: ExitCode = ExitCode.OK) -> None:
        """Run a command; raises TrackerError when it answers something else than was expected."""
        answered = self.run(*words)
        if answered != expected:
            command = " ".join(("tracker", *words))
            raise TrackerError(
                f"`{command}` answered {answered} instead of {int(expected)}",
                remedy=f"its output is above, its files are in {self._folder}",
                exit_code=ExitCode.LAUNCHPAD,
            )

    def run(self, *words: str) -> int:
        """Run a command, and return its exit code."""
        from tracker.cli.output import out, paint

        command = " ".join(("tracker", *words))
        out(paint(f"$ {command}", bold=True))
        sys.stdout.flush()
        # The account of another service is nothing for this Launchpad.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")}
        answer = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "tracker", *words],
            cwd=self._folder,
            env=environment,
            stderr=subprocess.STDOUT,  # what is told beside the product belongs to the story
            check=False,
        )
        return answer.returncode


def own_command() -> str:
    """Return what to type for this command: its name, or its path where the shell would not find it."""
    own = Path(os.path.normpath(Path(sys.argv[0]).absolute()))
    if own.name == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m tracker"
    found = shutil.which("tracker")
    return "tracker" if found is not None and Path(found).samefile(own) else shlex.quote(str(own))
