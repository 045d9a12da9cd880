"""`tracker login`, `whoami` and `logout` as installed, with somebody else who answers on the page."""

import json
import os
import re
import signal
import stat
import subprocess
from contextlib import contextmanager

import pytest

from tests.cli.test_terminal import terminal
from tests.launchpad.proxy import Proxy, answers, dropped, silent
from tests.support import TRACKER, Answer, make_browser, review
from tracker.errors import ExitCode

PLAIN = "keyrings.alt.file.PlaintextKeyring"


@pytest.fixture
def name(launchpad):
    """The service's name, and that of its files."""
    return f"127.0.0.1_{launchpad.root.rstrip('/').rpartition(':')[2]}_http"


@pytest.fixture
def kept(tmp_path, name, monkeypatch):
    """The file of the account."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "summit-tracker" / f"{name}.credentials"


@contextmanager
def logging_in(folder, root, *words, **environment):
    """Start a login; yields the process and the page that it shows."""
    process = subprocess.Popen(
        [TRACKER, *words, "login", "--service", root], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, env={**os.environ, **environment},
    )  # fmt: skip
    try:
        said = ""
        while not (found := re.search(r"(http://\S+authorize-token\S+)\n", said)):
            line = process.stderr.readline()
            assert line, said
            said += line
        yield process, found[1], said
    finally:
        process.kill()
        process.communicate(timeout=10)


def finish(process, said=""):
    out, err = process.communicate(timeout=30)
    return Answer(process.returncode, out, said + err)


def log_in(folder, root, permission="WRITE_PRIVATE", person="ihar", **environment):
    with logging_in(folder, root, **environment) as (process, page, said):
        assert review(page, permission, person) == 200
        return finish(process, said)


def test_a_person_logs_in_is_named_and_logs_out(launchpad, tracker, tmp_path, name, kept):
    service = ("--service", launchpad.root)
    answer = log_in(tmp_path, launchpad.root)
    assert (answer.code, answer.out) == (0, f"logged in to {name} as ihar (Ihar Tester)\n")
    assert answer.err.endswith(f"kept in {kept}\n")
    assert "allow_permission=WRITE_PRIVATE&allow_permission=WRITE_PUBLIC" in answer.err
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    shown = tracker("whoami", *service)
    assert shown.out == f"account  ihar (Ihar Tester)\nservice  {name}, {launchpad.root}\nkept in  {kept}\n"
    assert json.loads(tracker("whoami", *service, "--format", "json").out) == {
        "account": "ihar",
        "display_name": "Ihar Tester",
        "service": name,
        "root": launchpad.root,
        "kept_in": str(kept),
    }
    left = tracker("logout", *service)
    assert left.out == f"logged out of {name}: forgotten in {kept}\n"
    assert left.err == f"its token stays valid until you revoke it: {launchpad.root}people/+me/+oauth-tokens\n"
    assert not kept.exists()
    nobody = tracker("whoami", *service)
    assert (nobody.code, nobody.out) == (5, "")
    assert nobody.err == (
        f"error: nobody is logged in to {name}\n  help: log in: tracker login --service {launchpad.root}\n"
    )
    again = tracker("logout", *service)
    assert (again.code, again.out) == (0, f"nobody was logged in to {name}\n")


def test_an_account_can_be_kept_in_the_keyring(launchpad, tracker, tmp_path, name, kept):
    answer = log_in(tmp_path, launchpad.root, PYTHON_KEYRING_BACKEND=PLAIN)
    assert answer.err.endswith("kept in the keyring (file PlaintextKeyring)\n")
    assert not kept.exists()
    service = ("--service", launchpad.root)
    assert "ihar" in tracker("whoami", *service, PYTHON_KEYRING_BACKEND=PLAIN).out
    assert tracker("whoami", *service).code == 5
    assert "forgotten in the keyring" in tracker("logout", *service, PYTHON_KEYRING_BACKEND=PLAIN).out
    assert tracker("whoami", *service, PYTHON_KEYRING_BACKEND=PLAIN).code == 5


def test_a_keyring_that_fails_is_one_message(launchpad, tracker, tmp_path, kept):
    broken = {"PYTHON_KEYRING_BACKEND": "no.such.Keyring"}
    for command in ("whoami", "logout"):
        answer = tracker(command, "--service", launchpad.root, **broken)
        assert answer.code == 1
        assert answer.err.startswith("error: the keyring cannot be used: it fails with ModuleNotFoundError\n")
        assert "Traceback" not in answer.err
    answer = log_in(tmp_path, launchpad.root, **broken)
    assert answer.code == 0
    assert f"kept in {kept} (the keyring cannot be used" in answer.err
    assert "ihar" in tracker("whoami", "--service", launchpad.root, **broken).out


def test_a_refusal_ends_it_and_leaves_who_was_logged_in(launchpad, tracker, tmp_path, name, kept):
    log_in(tmp_path, launchpad.root)
    before = kept.read_bytes()
    answer = log_in(tmp_path, launchpad.root, "UNAUTHORIZED")
    assert (answer.code, answer.out) == (5, "")
    assert f"somebody is logged in to {name} already, in {kept}" in answer.err
    assert "error: the access was declined\n  help: run `tracker login` again" in answer.err
    assert kept.read_bytes() == before
    assert log_in(tmp_path, launchpad.root, person="artur").code == 0
    assert kept.read_bytes() != before
    assert "artur" in tracker("whoami", "--service", launchpad.root).out


def test_an_account_that_cannot_be_used_is_replaced(launchpad, tmp_path, kept):
    kept.parent.mkdir(parents=True)
    kept.write_text("nonsense")
    kept.chmod(0o644)
    answer = log_in(tmp_path, launchpad.root)
    assert answer.code == 0
    assert "can be read by others; logging in puts another account in its place" in answer.err
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_nobody_is_waited_for_without_end(launchpad, tracker, kept):
    answer = tracker("login", "--service", launchpad.root, "--timeout", "1")
    assert answer.code == 5
    assert "nobody answered on the page within 1 seconds" in answer.err
    assert not kept.parent.exists()


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_keeps_nothing(launchpad, tmp_path, kept, sent):
    with logging_in(tmp_path, launchpad.root) as (process, _, said):
        assert "waiting" not in said
        while "waiting for your answer" not in (line := process.stderr.readline()):
            assert line
        process.send_signal(sent)
        answer = finish(process)
    assert answer.code == 130
    assert answer.err == "interrupted: nothing was kept\n"
    assert not kept.parent.exists()


def test_a_service_that_does_not_answer_is_one_message(launchpad, tracker, tmp_path):
    with Proxy(launchpad.root) as proxy:
        proxy.always("POST", dropped)
        answer = tracker("login", "--service", proxy.root)
        assert answer.code == 5
        assert answer.err.startswith(f"error: {proxy.root}+request-token cannot be reached: ")
        proxy.always("POST", answers(200, "<html>a hotel</html>"))
        assert "is no Launchpad: it gave no token" in tracker("login", "--service", proxy.root).err
        root = proxy.root
    refused = tracker("login", "--service", root)
    assert refused.code == 5
    assert "Connection refused" in refused.err


@contextmanager
def logging_in_through(launchpad, folder):
    """Start a login through a proxy; yields that, the process, and what lets it in and returns its answer."""
    with Proxy(launchpad.root) as proxy, logging_in(folder, proxy.root) as (process, page, said):

        def answer(person="ihar"):
            assert review(page.replace(proxy.root, launchpad.root), "WRITE_PRIVATE", person) == 200
            return finish(process, said)

        yield proxy, process, answer


def file_for(kept, proxy):
    return kept.parent / f"127.0.0.1_{proxy.server.server_port}_http.credentials"


def test_a_service_that_does_not_answer_is_waited_for_and_that_is_shown_once(launchpad, tracker):
    with Proxy(launchpad.root) as proxy:
        proxy.meet(lambda exchange: "+access-token" in exchange.path, *[dropped] * 9)
        answer = tracker("login", "--service", proxy.root, "--timeout", "3")
    assert answer.code == 5
    assert answer.err.count("does not answer at the moment") == 1
    assert re.search(r"trying again, for [12] seconds? more\n", answer.err)
    assert "nobody answered on the page within 3 seconds\n  the last that was heard: http" in answer.err


def test_nobody_is_asked_where_nothing_can_be_kept(launchpad, tracker, tmp_path, kept):
    (tmp_path / "config").write_text("no folder")
    with Proxy(launchpad.root) as proxy:
        answer = tracker("login", "--service", proxy.root)
        assert proxy.seen == []
    assert (answer.code, answer.out) == (1, "")
    assert re.match(r"error: .*summit-tracker.* cannot be written: Not a directory\n  help: ", answer.err)


def test_a_link_in_the_place_of_the_account_is_told_and_stays(launchpad, tracker, tmp_path, kept):
    log_in(tmp_path, launchpad.root)
    elsewhere = kept.rename(tmp_path / "elsewhere")
    kept.symlink_to(elsewhere)
    service = ("--service", launchpad.root)
    assert f"kept in  {kept}" in tracker("whoami", *service).out
    for command in ("login", "logout"):
        answer = tracker(command, *service)
        assert (answer.code, answer.out) == (1, "")
        assert answer.err.startswith(f"error: {kept} is a link\n  the account in {elsewhere}")
    assert elsewhere.read_text().startswith("[1]")
    assert kept.is_symlink()


@pytest.mark.parametrize("fault", [answers(500), answers(302, Location="http://hotel.example/")])
def test_an_account_is_kept_although_its_name_cannot_be_asked(launchpad, tracker, tmp_path, kept, fault):
    with logging_in_through(launchpad, tmp_path) as (proxy, _, answer):
        proxy.always("GET", fault)
        given = answer()
        name = file_for(kept, proxy).name.removesuffix(".credentials")
        proxy.always("GET", lambda exchange: exchange.reply(*exchange.forward()))
        assert (given.code, given.out) == (0, f"logged in to {name}\n")
        assert f"kept in {file_for(kept, proxy)}\nwhose account it is could not be asked: " in given.err
        assert given.err.endswith("; `tracker whoami` asks again\n")
        assert "ihar" in tracker("whoami", "--service", proxy.root).out


def test_a_token_that_cannot_be_kept_is_told_with_where_to_revoke_it(launchpad, tmp_path, kept):
    with logging_in(tmp_path, launchpad.root) as (process, page, said):
        (tmp_path / "config").write_text("no folder")
        review(page, "WRITE_PRIVATE", "ihar")
        answer = finish(process, said)
    assert (answer.code, answer.out) == (1, "")
    assert f"error: {kept} cannot be written: Not a directory\n" in answer.err
    assert (
        f"has given a token, which is kept nowhere: revoke it at {launchpad.root}people/+me/+oauth-tok" in answer.err
    )


def test_a_token_that_the_service_then_does_not_take_is_not_kept(launchpad, tmp_path, kept):
    with logging_in_through(launchpad, tmp_path) as (proxy, _, answer):
        proxy.always("GET", answers(401, "Unknown access token (x)."))
        given = answer()
        assert (given.code, given.out) == (5, "")
        assert "does not accept the token that it has just given, so it was not kept\n  Unknown acc" in given.err
        assert not file_for(kept, proxy).exists()


def test_an_interrupt_says_what_was_kept_by_then(launchpad, tmp_path, kept):
    with logging_in_through(launchpad, tmp_path) as (proxy, process, answer):

        def interrupt(exchange):
            process.send_signal(signal.SIGINT)
            silent(exchange)

        proxy.always("GET", interrupt)
        given = answer()
        assert (given.code, given.out) == (130, "")
        assert given.err.endswith(f"interrupted: kept in {file_for(kept, proxy)}\n")
        assert file_for(kept, proxy).exists()


def test_the_second_of_two_logins_says_whose_place_it_took(launchpad, tracker, tmp_path, kept):
    for before in (False, True):
        with logging_in(tmp_path, launchpad.root) as (process, page, said):
            assert ("is logged in" in said) == before
            assert "meanwhile" not in log_in(tmp_path, launchpad.root, person="artur").err
            review(page, "WRITE_PRIVATE", "kevin")
            answer = finish(process, said)
        assert answer.code == 0
        assert answer.err.endswith(
            "meanwhile artur (Artur Tester) had logged in; your account took the place of theirs, in " + f"{kept}\n"
        )
        assert "kevin" in tracker("whoami", "--service", launchpad.root).out


def test_a_logout_tells_both_the_file_and_the_keyring_that_fails(launchpad, tracker, tmp_path, name, kept):
    log_in(tmp_path, launchpad.root)
    answer = tracker("logout", "--service", launchpad.root, PYTHON_KEYRING_BACKEND="no.such.Keyring")
    assert (answer.code, answer.out) == (1, f"logged out of {name}: forgotten in {kept}\n")
    told = answer.err.splitlines()
    assert told[0].startswith("its token stays valid until you revoke it")
    assert told[1].startswith("error: the keyring cannot be used")
    assert not kept.exists()


def test_in_ci_it_is_told_that_the_keyring_was_not_asked(launchpad, tracker, tmp_path, name, kept):
    log_in(tmp_path, launchpad.root, PYTHON_KEYRING_BACKEND=PLAIN)
    known = {"PYTHON_KEYRING_BACKEND": PLAIN, "CI": "true"}
    service = ("--service", launchpad.root)
    shown = tracker("whoami", *service, **known)
    assert (shown.code, shown.out) == (5, "")
    assert shown.err.startswith(
        f"error: nobody is logged in to {name}\n  the keyring was not asked, because the environment has CI set\n"
    )
    left = tracker("logout", *service, **known)
    assert left.out == f"nobody was logged in to {name}\n"
    assert left.err == "the keyring was not asked, because the environment has CI set\n"
    assert "forgotten in the keyring" in tracker("logout", *service, PYTHON_KEYRING_BACKEND=PLAIN).out


def test_a_token_that_was_revoked_is_told_with_what_to_do(launchpad, tracker, tmp_path, kept):
    log_in(tmp_path, launchpad.root)
    kept.write_text(re.sub("access_token = .*", "access_token = revoked-long-ago", kept.read_text()))
    answer = tracker("whoami", "--service", launchpad.root)
    assert answer.code == 5
    assert f"does not accept the credentials in {kept}\n  Unknown access token\n" in answer.err
    assert f"help: log in again: tracker login --service {launchpad.root}" in answer.err


def test_the_browser_is_opened_for_a_person_at_a_terminal(launchpad, tmp_path, kept):
    browser = make_browser(tmp_path, "WRITE_PRIVATE", "kevin")
    with terminal(tmp_path, "login", "--service", launchpad.root, DISPLAY=":7", BROWSER=browser) as at:
        at.wait_for("as kevin (Kevin Tester)")
        assert at.process.wait(20) == 0
    assert kept.exists()


@pytest.mark.parametrize(
    ("words", "environment"), [(["--no-browser"], {"DISPLAY": ":7"}), ([], {}), ([], {"SSH_CONNECTION": "a b"})]
)
def test_no_browser_is_opened_where_none_is_wanted_or_seen(launchpad, tmp_path, kept, words, environment):
    browser = make_browser(tmp_path, "WRITE_PRIVATE", "kevin")
    words = ["login", "--service", launchpad.root, "--timeout", "1", *words]
    with terminal(tmp_path, *words, BROWSER=browser, **environment) as at:
        at.wait_for("nobody answered")
        assert at.process.wait(20) == 5
    assert not kept.parent.exists()


def test_no_browser_is_opened_for_a_script(launchpad, tracker, tmp_path, kept):
    browser = make_browser(tmp_path, "WRITE_PRIVATE", "kevin")
    words = ("login", "--service", launchpad.root, "--timeout", "1")
    assert tracker(*words, DISPLAY=":7", BROWSER=browser).code == 5


# Which service


def test_it_is_the_service_of_the_repository_here_else_launchpad_itself(tracker, tmp_path):
    assert tracker("logout").out == "nobody was logged in to production\n"
    (tmp_path / "sessions").mkdir()
    settings = tmp_path / "sessions" / "tracker.yaml"
    settings.write_text("tag: a-tag\nproject: p\nservice: https://lp.example.com/\n")
    assert tracker("logout").out == "nobody was logged in to lp.example.com\n"
    assert tracker("logout", "--service", "staging").out == "nobody was logged in to staging\n"
    settings.write_text("tag: [\n")
    answer = tracker("logout")
    assert (answer.code, "tracker.yaml has errors" in answer.err, "--service" in answer.err) == (1, True, True)
    assert tracker("logout", "--service", "staging").code == 0
    assert "unknown service" in tracker("login", "--service", "prod").err


def test_the_account_of_a_repositorys_own_sandbox(sample):
    credentials = sample.folder / ".sandbox" / "credentials"
    assert "sandbox-driver" in sample.run("whoami").out
    left = sample.run("logout")
    assert left.out == f"logged out of sandbox: forgotten in {credentials}\n"
    assert left.err == "its token stays valid until the folder .sandbox/ is deleted\n"
    refused = sample.run("sync", "--yes")
    assert refused.code == 5
    assert refused.err.endswith("error: nobody is logged in to sandbox\n  help: log in with `tracker login`\n")
    assert log_in(sample.folder, "sandbox", person="sandbox-somebody").code == 0
    assert "sandbox-somebody" in sample.run("whoami").out
    assert stat.S_IMODE(credentials.stat().st_mode) == 0o600


def test_a_file_that_the_environment_names_is_neither_replaced_nor_deleted(tracker, tmp_path):
    given = tmp_path / "given"
    given.write_text("[1]\nconsumer_key = a\nconsumer_secret =\naccess_token = b\naccess_secret = c\n")
    given.chmod(0o600)
    answer = tracker("login", "--service", "staging", TRACKER_CREDENTIALS=str(given))
    assert answer.code == 2
    assert answer.err.endswith("help: unset TRACKER_CREDENTIALS, then log in\n")
    left = tracker("logout", "--service", "staging", TRACKER_CREDENTIALS=str(given))
    assert (left.code, left.out) == (0, "nobody was logged in to staging\n")
    assert left.err == f"{given} stays, and is used as long as TRACKER_CREDENTIALS names it\n"
    assert given.exists()


def test_what_is_no_file_in_the_place_of_the_named_one_is_told(tracker, tmp_path):
    answer = tracker("whoami", "--service", "staging", TRACKER_CREDENTIALS=str(tmp_path))
    assert answer.code == 2
    assert f"TRACKER_CREDENTIALS names {tmp_path}, which is no file" in answer.err


def test_formats_are_two(tracker):
    answer = tracker("whoami", "--format", "yaml")
    assert (answer.code, 'unknown format "yaml"' in answer.err) == (2, True)


def test_a_name_that_would_move_the_cursor_is_shown_as_text(launchpad, tracker, tmp_path, kept):
    launchpad.add_person("joker", "A \x1b[2J Joker")
    assert "joker (A \\x1b[2J Joker)" in log_in(tmp_path, launchpad.root, person="joker").out
    assert "\\x1b[2J" in tracker("whoami", "--service", launchpad.root).out
    assert "\x1b" not in tracker("whoami", "--service", launchpad.root, "--format", "json").out


@pytest.mark.parametrize("command", ["login", "whoami", "logout"])
@pytest.mark.parametrize("service", ["prodution", "", "http://example.org/", "https://h/path"])
def test_a_service_that_is_misspelt_on_the_command_line_is_a_usage_error(tracker, command, service):
    answer = tracker(command, "--service", service)
    assert (answer.code, answer.out) == (ExitCode.USAGE, "")
    assert "help: " in answer.err
