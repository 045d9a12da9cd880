"""Tokens that Launchpad does not take: told in words of its own, and never through a browser or a prompt."""

import builtins
import webbrowser

import pytest

from tracker.errors import ExitCode
from tracker.launchpad.accounts import Account, read_account
from tracker.launchpad.gateway import Gateway
from tracker.launchpad.replies import LoginError
from tracker.launchpad.services import Service
from tracker.launchpad.wire import Wire


@pytest.fixture(autouse=True)
def _nobody_is_asked(monkeypatch):
    def interactive(*args, **options):
        raise AssertionError("somebody was asked")

    for name in ("open", "open_new", "open_new_tab", "get"):
        monkeypatch.setattr(webbrowser, name, interactive)
    monkeypatch.setattr(builtins, "input", interactive)


def service(contract, path, cache):
    return Service("contract", contract.root, read_account(path), cache)


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


def test_no_consumer_key_is_told(contract, tmp_path):
    account = Account("", "key", "secret", "memory")
    with pytest.raises(LoginError) as error:
        Wire(Service("contract", contract.root, account, tmp_path / "cache"))
    assert error.value.details == "No consumer key specified."


def test_launchpad_takes_an_empty_token_for_nobody(contract, file, tmp_path):
    consumer = read_account(contract.credentials / "driver").consumer
    somebody = Gateway(
        Wire(Service("contract", contract.root, Account(consumer, "", "", "memory"), tmp_path / "cache"))
    )
    task = file()
    assert somebody.fetch_bug(task.bug).number == task.bug
    assert somebody._wire.get(f"{somebody._wire.root}people/+me").status == 401
    somebody.close()


def test_the_description_of_the_service_may_be_kept_for_a_while(contract, connect):
    wire = connect("driver")._wire
    response, _ = wire._http.request(wire.root, headers={"Accept": "application/vnd.sun.wadl+xml"})
    assert (response.fromcache, response["status"]) == (True, "200")


def test_a_missing_right_is_no_bad_token(readonly, file):
    with pytest.raises(Exception) as error:  # noqa: PT011 - which one it is, is the point
        readonly.comment(file().bug, "a comment")
    assert not isinstance(error.value, LoginError)
