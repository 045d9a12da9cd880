"""Ctrl-C while the command still begins: it ends, and shows no trace."""

import subprocess
import sys
from importlib.metadata import entry_points

import pytest

WHILE_COMMANDS_ARE_IMPORTED = """\
class Interrupted:
    def find_spec(self, name, path=None, target=None):
        if name == "tracker.cli.commands":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupted())
"""
WHILE_A_CLASS_IS_MADE = """\
def app():
    class Named:
        def __set_name__(self, owner, name):
            raise KeyboardInterrupt
    try:
        type("Owner", (), {"name": Named()})
    except KeyboardInterrupt as error:  # from Python 3.12 on it is not wrapped
        raise RuntimeError from error
import tracker.cli
tracker.cli.app = app
"""


@pytest.mark.parametrize("code", [WHILE_COMMANDS_ARE_IMPORTED, WHILE_A_CLASS_IS_MADE])
def test_ctrl_c_leaves_no_trace(code):
    (script,) = entry_points(group="console_scripts", name="tracker")
    module, _, name = script.value.partition(":")
    code = f"import sys\n{code}from {module} import {name}\n{name}()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
