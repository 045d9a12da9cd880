"""What the contract tests need of a service, and a sandbox that has it.

`python -m tests.launchpad.contract COMMAND...` runs a command while such a sandbox is served, whose environment names
the sandbox to the tests.
"""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracker.sandbox.server import Sandbox

PREFIX = "TRACKER_CONTRACT_"


@dataclass(frozen=True)
class Contract:
    """What the service under test has to offer."""

    root: str
    credentials: Path
    """A folder of launchpadlib's files named driver, ordinary, readonly, expired."""
    project: str
    other_project: str
    active: str
    inactive: str
    people: tuple[str, str]
    team: str

    def as_environment(self) -> dict[str, str]:
        """Return this as the environment names it to the tests."""
        return {
            f"{PREFIX}ROOT": self.root,
            f"{PREFIX}CREDENTIALS": str(self.credentials),
            f"{PREFIX}PROJECT": self.project,
            f"{PREFIX}OTHER_PROJECT": self.other_project,
            f"{PREFIX}MILESTONES": f"{self.active},{self.inactive}",
            f"{PREFIX}PEOPLE": ",".join(self.people),
            f"{PREFIX}TEAM": self.team,
        }


def read_environment(environment: "Mapping[str, str]") -> Contract | None:
    """Return what the environment names; None when it names no service."""
    if f"{PREFIX}ROOT" not in environment:
        return None

    def named(name: str) -> str:
        return environment[f"{PREFIX}{name}"].strip()

    active, inactive = named("MILESTONES").split(",")
    first, second = named("PEOPLE").split(",")
    return Contract(
        f"{named('ROOT').rstrip('/')}/",
        Path(named("CREDENTIALS")),
        named("PROJECT"),
        named("OTHER_PROJECT"),
        active.strip(),
        inactive.strip(),
        (first.strip(), second.strip()),
        named("TEAM"),
    )


def fill(sandbox: "Sandbox", folder: Path) -> Contract:
    """Put into a sandbox what the tests need, and the credentials files into a folder."""
    for name in ("driver", "ordinary", "ihar", "artur", "kevin"):
        sandbox.add_person(name, f"{name.title()} Tester")
    sandbox.add_team("core", "Core reviewers", owner="driver", members=["kevin"])
    sandbox.add_project("contract", "The Contract", owner="driver")
    sandbox.add_milestone("contract", "1.0")
    sandbox.add_milestone("contract", "0.9", active=False)
    # One project without a bug supervisor and one with, because rights differ.
    sandbox.add_project("contract-2", 'The "Second" Contract', owner="driver", bug_supervisor="core")
    for name in ("driver", "ordinary"):
        sandbox.write_credentials(folder / name, name)
    sandbox.write_credentials(folder / "readonly", "driver", level="READ_PUBLIC")
    sandbox.write_credentials(folder / "expired", "driver", expires=datetime(2020, 1, 1, tzinfo=UTC))
    return Contract(sandbox.root, folder, "contract", "contract-2", "1.0", "0.9", ("ihar", "artur"), "core")


def run(command: list[str]) -> int:
    """Run a command while a sandbox is served that has what the tests need; returns the command's exit code."""
    from tracker.sandbox.server import Sandbox

    with tempfile.TemporaryDirectory(prefix="tracker-contract-") as folder, Sandbox(None) as sandbox:
        environment = fill(sandbox, Path(folder)).as_environment()
        return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
