"""The tutorial's files and commands work as it says, one after the other."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.support import ROOT

TUTORIAL = ROOT / "docs" / "tutorial.md"
BLOCK = re.compile(
    r"(?P<before>[^\n]*(?:\n[^\n`]*)?)\n\n?```(?P<kind>yaml|python|console)\n(?P<body>.*?)```", re.DOTALL
)


def test_the_tutorial_works(tmp_path):
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    servers = []
    commands = 0
    try:
        for block in BLOCK.finditer(TUTORIAL.read_text(encoding="utf-8")):
            if block["kind"] != "console":
                (name,) = re.findall(r"`(sessions/\S+\.yaml|\w+\.py)`", block["before"])
                path = tmp_path / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(block["body"], encoding="utf-8")
            elif "<!-- another terminal -->" in block["before"]:
                (command,) = re.findall(r"^\$ (.+)$", block["body"], re.MULTILINE)
                servers.append(serve(command, tmp_path, environment))
            else:
                for command, expected in re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", block["body"], re.MULTILINE):
                    commands += 1
                    assert said(run(command, tmp_path, environment)) == said(expected), command
    finally:
        for server in servers:
            server.terminate()
            server.wait(20)
    assert commands == 14
    assert list(tmp_path.rglob("*.bak")) == []
    assert len(servers) == 1


def run(command, folder, environment):
    done = subprocess.run(
        ["bash", "-c", f"({command}) 2>&1"],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout


def serve(command, folder, environment):
    server = subprocess.Popen(
        command.split(), cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert server.stdout is not None
    assert server.stdout.readline().startswith(b"http://127.0.0.1:")
    server.stdout.close()
    return server


def said(text):
    """Take out of an output what differs from run to run: the day."""
    return re.sub(r"20\d\d-\d\d-\d\d", "TODAY", text).splitlines()
