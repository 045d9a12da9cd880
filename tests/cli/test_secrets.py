"""No secret of an account shows or is written down, whatever a command meets."""

import os
import re
import secrets
import subprocess

import pytest

from tests.cli.test_login_command import PLAIN, finish, log_in, logging_in
from tests.launchpad.proxy import Proxy, answers, cut_after, dropped, garbled
from tests.support import review


@pytest.fixture
def outside(tmp_path, monkeypatch):
    """Folders of the test's own for all that a command may leave; returns them."""
    for variable, name in (("XDG_CONFIG_HOME", "config"), ("XDG_CACHE_HOME", "cached"), ("TMPDIR", "temporary")):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(variable, str(tmp_path / name))
    return tmp_path


class Known:
    """Every key and secret that a sandbox has given out, and where none of them may be found."""

    def __init__(self, sandbox):
        self._sandbox = sandbox
        self.secrets = []
        """Of request tokens; their keys stand in addresses."""
        self.said = []

    def make_pair(self):
        pair = secrets.token_hex(10), secrets.token_hex(40)
        self.secrets.append(pair[1])
        return pair

    def hear(self, answer):
        self.said.append(answer)
        return answer

    @property
    def all(self):
        rows = self._sandbox.store.rows("SELECT key, secret FROM token")
        return {*self.secrets, *(text for row in rows for text in row)}

    def found_in(self, text):
        return [secret for secret in self.all if secret in text]


def echo(exchange):
    """Answer with what is secret in the request, as a debugging page might; short, since messages are cut."""
    said = exchange.body.decode()[-180:] or exchange.handler.headers.get("Authorization", "")[-150:]
    exchange.reply(500, [("Content-Type", "text/plain")], said.encode())


@pytest.fixture
def known(sample, monkeypatch):
    found = Known(sample.sandbox)
    monkeypatch.setattr("tracker.sandbox.tokens.make_pair", found.make_pair)
    return found


def test_no_secret_shows_or_is_written_down(sample, outside, known):

    def run(*words, **environment):
        return known.hear(sample.run("--debug", *words, **environment))

    # What works.
    run("plan")
    run("sync", "--yes")
    for permission in ("WRITE_PRIVATE", "UNAUTHORIZED"):
        with logging_in(sample.folder, "sandbox", "--debug") as (process, page, said):
            review(page, permission, "sandbox-driver")
            known.hear(finish(process, said))
    run("whoami")
    run("login", "--timeout", "1")
    # What fails.
    account = sample.folder / ".sandbox" / "credentials"
    good = account.read_text()
    for change in (
        ("access_secret = ", "access_secret = wrong"),
        ("access_token = ", "access_token = wrong"),
        ("access_token = ", "access_token : \n "),
        ("access_secret = ", "nothing "),
        ("[1]\n", ""),
        ("[1]\n", "[1]\n[1]\n"),
        ("\n\n", "\n\tX-More: \x1b[2J\n"),
    ):
        account.write_text(good.replace(*change))
        run("whoami")
        known.secrets += re.findall(r"wrong\w+", account.read_text())
    account.write_text(good)
    address = sample.folder / ".sandbox" / "address"
    with Proxy(sample.sandbox.root) as proxy:
        address.write_text(proxy.root)
        # Faults that are not met by asking again after a while; tests of the wire have the others.
        for fault in (echo, answers(401, f"Expired token ({secrets.token_hex(10)})."), answers(500, "it failed")):
            for method in ("GET", "POST"):
                proxy.always(method, fault)
            run("sync", "--yes")
            run("login", "--timeout", "1")
        for fault in (garbled, cut_after, dropped):
            proxy.always("POST", fault)
            run("login", "--timeout", "1")
    run("whoami")
    address.write_text(sample.sandbox.root)
    run("logout")
    run("sync", "--yes")

    assert len(known.all) > 6
    assert len([answer for answer in known.said if answer.code]) > 15
    assert [answer for answer in known.said if known.found_in(answer.out + answer.err)] == []
    assert [answer for answer in known.said if "Traceback" in answer.err or "defect" in answer.err] == []
    assert "tracker.launchpad.wire: POST" in "".join(answer.err for answer in known.said)
    of_the_sandbox = {"somebody.credentials", "launchpad.sqlite", "launchpad.sqlite-wal", "launchpad.sqlite-shm"}
    for path in outside.rglob("*"):
        if path.is_file() and path.name not in of_the_sandbox:
            assert known.found_in(path.read_bytes().decode("latin-1")) == [], path


def test_a_keyring_holds_a_secret_and_nothing_else_does(sample, outside, known):
    answer = known.hear(
        log_in(sample.folder, sample.sandbox.root, person="sandbox-driver", PYTHON_KEYRING_BACKEND=PLAIN)
    )
    assert answer.code == 0
    known.hear(sample.run("--debug", "whoami", "--service", sample.sandbox.root, PYTHON_KEYRING_BACKEND=PLAIN))
    assert [one for one in known.said if known.found_in(one.out + one.err)] == []
    assert [path for path in (outside / "config").rglob("*") if path.is_file()] == []


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="only Linux shows processes as files")  # noqa: PTH112
def test_no_process_has_a_secret_among_its_words(sample, known):
    with logging_in(sample.folder, "sandbox") as (process, page, said):
        words = subprocess.run(["cat", f"/proc/{process.pid}/cmdline"], capture_output=True, text=True, check=True)
        assert known.secrets
        assert known.found_in(words.stdout + page) == []
        review(page, "UNAUTHORIZED", "sandbox-driver")
        finish(process, said)
