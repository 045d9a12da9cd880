"""Replay an input (`python -m tests.fuzz 1:49`), or search a seed (`python -m tests.fuzz 7 20000`)."""

import os
import sys
import tempfile
from pathlib import Path

from tests.fuzz.drive import run, write
from tests.fuzz.inputs import make_input
from tests.fuzz.search import search

name, *count = sys.argv[1:]
os.chdir(tempfile.mkdtemp(prefix="tracker-fuzz-"))
folder = Path.cwd() / "sessions"
if count:
    search(folder, name, int(count[0]))
else:
    sys.stdout.write(f"{folder}\n")
    write(folder, make_input(name))
    run(folder)
