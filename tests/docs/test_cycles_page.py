"""What the page on a new cycle quotes is what the commands print, one after the other."""

import os
import re
import sys
from pathlib import Path

from tests.docs.test_tutorial import BLOCK, run, said
from tests.support import ROOT

PAGE = (ROOT / "docs" / "cycles.md").read_text(encoding="utf-8")


def test_the_page_on_a_new_cycle_works(tmp_path):
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    sessions = tmp_path / "sessions"
    (sessions / "zircon").mkdir(parents=True)
    (sessions / "tracker.yaml").write_text("tag: summit\nproject: lighthouse\n")
    (sessions / "people.yaml").write_text("people:\n  mara: {name: Mara}\n  jon: {name: Jon}\n")
    commands = 0
    for block in BLOCK.finditer(PAGE):
        if block["kind"] == "yaml":
            (sessions / "zircon" / "logging.yaml").write_text(block["body"])
            continue
        for command, expected in re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", block["body"], re.MULTILINE):
            commands += 1
            assert said(run(command, tmp_path, environment)) == said(expected), command
    assert commands >= 2
    assert "bug: 13" not in (sessions / "zircon" / "logging.yaml").read_text()
