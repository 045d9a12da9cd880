"""Logging in: by a file alone, never through a browser or a prompt, and with a message when it fails."""

import builtins
import webbrowser

import pytest

from tracker.errors import ExitCode, TrackerError
from tracker.launchpad.gateway import Gateway
from tracker.launchpad.services import Service
from tracker.launchpad.wire import LoginError, Wire


@pytest.fixture(autouse=True)
def _nobody_is_asked(monkeypatch):
    def interactive(*args, **options):
        raise AssertionError("somebody was asked")

    for name in ("open", "open_new", "open_new_tab", "get"):
        monkeypatch.setattr(webbrowser, name, interactive)
    monkeypatch.setattr(builtins, "input", interactive)


def service(contract, path, cache):
    return Service("contract", contract.root, path, cache)


def refused(contract, path, cache):
    with pytest.raises(LoginError) as error:
        Wire(service(contract, path, cache))
    assert error.value.exit_code is ExitCode.LAUNCHPAD
    assert str(path) in error.value.message
    return error.value


def changed(contract, folder, values):
    """Copy the driver's file with some lines changed."""
    lines = (contract.credentials / "driver").read_text().splitlines()
    path = folder / "changed"
    path.write_text(
        "\n".join(f"{name} = {values[name]}" if (name := line.split(" =")[0]) in values else line for line in lines)
    )
    return path


def test_an_expired_token_is_told_at_once(contract, tmp_path):
    error = refused(contract, contract.credentials / "expired", tmp_path / "cache")
    assert error.details == "Expired token"


def test_an_expired_token_is_told_when_it_expires_in_mid_run(contract, connect, tmp_path, tag):
    cache = tmp_path / "cache"
    Wire(service(contract, contract.credentials / "driver", cache)).close()
    # The description of the service is in the cache now, so that connecting asks nothing.
    late = Gateway(Wire(service(contract, contract.credentials / "expired", cache)))
    with pytest.raises(LoginError):
        late.search(contract.project, tag)
    with pytest.raises(LoginError):
        late.create_bug(contract.project, "never", "x", [tag])
    late.close()
    assert connect("driver").search(contract.project, tag) == []


def test_an_unknown_token_is_told(contract, tmp_path):
    path = changed(contract, tmp_path, {"access_token": "nobodys"})
    assert refused(contract, path, tmp_path / "cache").details == "Unknown access token"


def test_a_wrong_secret_is_told(contract, tmp_path):
    path = changed(contract, tmp_path, {"access_secret": "guessed"})
    assert refused(contract, path, tmp_path / "cache").details == "Invalid signature."


def test_an_unknown_consumer_is_told(contract, tmp_path):
    path = changed(contract, tmp_path, {"consumer_key": f"never-seen-{tmp_path.name}"})
    assert refused(contract, path, tmp_path / "cache").details == "Unknown consumer"


@pytest.mark.parametrize("name", ["access_token", "consumer_key"])
def test_an_empty_key_is_no_login_as_nobody(contract, tmp_path, name):
    path = changed(contract, tmp_path, {name: ""})
    with pytest.raises(TrackerError, match="holds no access token"):
        Wire(service(contract, path, tmp_path / "cache"))


def test_a_missing_right_is_no_bad_token(readonly, file):
    with pytest.raises(Exception) as error:  # noqa: PT011 - which one it is, is the point
        readonly.comment(file().bug, "a comment")
    assert not isinstance(error.value, LoginError)


@pytest.mark.parametrize("text", ["", "no ini file", "[1]\nconsumer_key = x\n", "[2]\n", "[1\n", "\0"])
def test_a_file_that_holds_no_credentials_is_named(contract, tmp_path, text):
    path = tmp_path / "file"
    path.write_text(text)
    with pytest.raises(TrackerError, match=f"{path} is no credentials file"):
        Wire(service(contract, path, tmp_path / "cache"))
