"""From a mail to a synced recap, as a terminal shows it: docs/importing.md quotes this story."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import TESTS, TRACKER

MAIL = TESTS / "data" / "mail" / "41-topics-with-lists.txt"
RECAP = "sessions/zircon/logging.yaml"


class Story:
    """Commands in a folder, written down with what they print."""

    def __init__(self, folder):
        self.folder = folder
        self.environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        self.lines = []

    def say(self, text):
        self.lines += ["", f"# {text}"]

    def __call__(self, command, expected=0):
        done = subprocess.run(
            ["bash", "-c", f"({command}) 2>&1"],
            cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        self.lines += [f"$ {command}", *done.stdout.splitlines()]
        assert done.returncode == expected, done.stdout
        return done.stdout

    def edit(self, name, *changes):
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")

    @property
    def text(self):
        """What was written down, with a day that is the same every day."""
        return re.sub(r"\b20(?!26-04)\d\d-\d\d-\d\d\b", "2026-04-20", "\n".join(self.lines).lstrip("\n")) + "\n"


@pytest.fixture
def story(tmp_path, monkeypatch):
    for name in ("GIT_AUTHOR", "GIT_COMMITTER"):
        monkeypatch.setenv(f"{name}_NAME", "Mara Example")
        monkeypatch.setenv(f"{name}_EMAIL", "mara@example.org")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    shutil.copy(MAIL, tmp_path / "recap.txt")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    return Story(tmp_path)


def test_a_mail_becomes_a_synced_recap(story, golden):
    story.say("The session is over, and its moderator has mailed what came of it.")
    story("cat recap.txt")
    story.say("A repository for recaps, made once.")
    story("tracker init --service sandbox --tag summit-actions --project lighthouse")
    story.say("The mail becomes a recap, and whom nobody knew yet stands in people.yaml.")
    story("tracker import recap.txt zircon/logging --add-people")
    story(f"cat {RECAP}")
    story("git add . && git commit -qm 'Import the recap of the logging session'")
    story.say("In an editor: the day of the session, what is to be tracked, and who has which account.")
    story.edit(
        RECAP,
        ("date: 2026-04-14  # import: on which day was the session? this is the mail's\n", "date: 2026-04-13\n"),
        ("    owner: [mara, jon]\n", "    owner: [mara, jon]\n    bug: new\n    status: In-progress\n"),
        ("    owner: core-reviewers\n", "    owner: core-reviewers\n    work_item: structured-logs\n"),
        ("    owner: jon\n", "    owner: jon\n    bug: new\n"),
    )
    story.edit(
        "sessions/people.yaml",
        ("    email: mara@example.org\n  jon", "    email: mara@example.org\n    launchpad: mara-example\n  jon"),
        ("    name: Jon\n", "    name: Jon Example\n    launchpad: jon-example\n"),
        ("  core-reviewers:\n", "  core-reviewers:\n    launchpad: lighthouse-core\n"),
    )
    story("git diff -U0 sessions | grep '^[-+]'")
    story.say("Is all in order?")
    story("tracker check", expected=1)
    story("tracker check --fix")
    story.say("A Launchpad on this machine, in another terminal: tracker sandbox serve")
    server = subprocess.Popen(
        [TRACKER, "sandbox", "serve"], cwd=story.folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        assert server.stdout is not None
        assert server.stdout.readline().startswith(b"http://127.0.0.1:")
        server.stdout.close()
        story.say("Has it those whom people.yaml names, and the blueprint?")
        story("tracker people check")
        story("tracker check --live")
        story.say("What would happen there? Then it happens.")
        story("tracker plan")
        story("tracker sync --yes 2>/dev/null | grep ^done")
        story.say("The recap has the numbers now. Who owes what?")
        story(f"git diff -U0 {RECAP} | grep '^[-+] .*bug'")
        story("tracker status")
    finally:
        server.terminate()
        server.wait(20)
    golden("import.txt", story.text)
