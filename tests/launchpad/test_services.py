"""Which Launchpad a setting means, and whose account is used there."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracker.errors import ExitCode, TrackerError
from tracker.launchpad.services import START_SANDBOX, default_credentials_file, find_service, service_name


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def sessions(tmp_path):
    folder = tmp_path / "repository" / "sessions"
    folder.mkdir(parents=True)
    return folder


def keep(path, mode=0o600):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("secrets")
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    ("setting", "name", "root"),
    [
        ("production", "production", "https://api.launchpad.net/"),
        ("qastaging", "qastaging", "https://api.qastaging.launchpad.net/"),
        ("staging", "staging", "https://api.staging.launchpad.net/"),
        ("https://api.launchpad.net/", "production", "https://api.launchpad.net/"),
        ("https://api.launchpad.net", "production", "https://api.launchpad.net/"),
        ("HTTPS://API.launchpad.net/devel/", "production", "https://api.launchpad.net/"),
        ("https://api.launchpad.net/1.0", "production", "https://api.launchpad.net/"),
        ("https://lp.example.com", "lp.example.com", "https://lp.example.com/"),
        ("https://lp.example.com/devel", "lp.example.com", "https://lp.example.com/"),
        ("https://lp.example.com/api/", "lp.example.com", "https://lp.example.com/api/"),
        ("http://api.launchpad.test:8085/", "api.launchpad.test-8085", "http://api.launchpad.test:8085/"),
        ("http://127.0.0.1:8085", "127.0.0.1-8085", "http://127.0.0.1:8085/"),
        ("http://[::1]:8085/", "---1--8085", "http://[::1]:8085/"),
    ],
)
def test_a_setting_means_a_service(home, sessions, setting, name, root):
    service = find_service(setting, sessions)
    assert (service.name, service.root) == (name, root)
    assert service_name(setting) == name
    assert service.credentials is None
    assert service.cache == home / ".cache" / "summit-tracker" / name


@pytest.mark.parametrize(
    "setting",
    [
        "", "prod", "Production", "api.launchpad.net", "ftp://api.launchpad.net/", "https://", "https:///devel",
        "http://[", "https://host:port/", "https://host:99999/", "https://me:secret@host/", "https://host/?a=b",
        "https://host/#a", "..", "/etc",
    ],
)  # fmt: skip
def test_what_is_no_service_is_told(home, sessions, setting):
    with pytest.raises(TrackerError, match="unknown service") as error:
        find_service(setting, sessions)
    assert error.value.exit_code is ExitCode.PROBLEMS
    assert "production" in error.value.remedy


def test_no_service_is_told(sessions):
    with pytest.raises(TrackerError, match="names no service"):
        find_service(None, sessions)


@pytest.mark.parametrize(
    "setting", ["http://api.launchpad.net/", "http://API.launchpad.net:80/", "http://launchpad.net"]
)
def test_an_account_on_launchpad_is_not_used_where_others_can_read_it(home, sessions, setting):
    with pytest.raises(TrackerError, match="where others can read") as error:
        find_service(setting, sessions)
    assert "https://" in error.value.remedy


@given(st.text())
@example("..")
@example("./x")
def test_a_services_name_is_a_name_for_one_file(setting):
    name = service_name(setting)
    assert "/" not in name
    assert "\0" not in name
    assert not name.startswith(".")


# Accounts


def test_an_account_is_found_in_its_usual_place(home, sessions):
    path = keep(home / ".config" / "summit-tracker" / "production.credentials")
    assert find_service("production", sessions).credentials == path == default_credentials_file("production")
    assert find_service("https://api.launchpad.net", sessions).credentials == path
    assert find_service("staging", sessions).credentials is None


def test_xdg_folders_are_respected(home, sessions, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "c"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "k"))
    path = keep(tmp_path / "c" / "summit-tracker" / "production.credentials")
    service = find_service("production", sessions)
    assert service.credentials == path
    assert service.cache == tmp_path / "k" / "summit-tracker" / "production"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o601, 0o700 | 0o010])
def test_an_account_that_others_can_read_is_not_used(home, sessions, mode):
    path = keep(home / ".config" / "summit-tracker" / "production.credentials", mode)
    with pytest.raises(TrackerError, match=f"{path} can be read by others") as error:
        find_service("production", sessions)
    assert error.value.remedy == f"chmod 600 {path}"


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_an_account_for_its_owner_alone_is_used(home, sessions, mode):
    assert find_service("production", sessions).credentials is None
    keep(home / ".config" / "summit-tracker" / "production.credentials", mode)
    assert find_service("production", sessions).credentials is not None


def test_the_environment_names_an_account_for_any_service(home, sessions, tmp_path, monkeypatch):
    keep(home / ".config" / "summit-tracker" / "production.credentials")
    path = keep(tmp_path / "mine")
    monkeypatch.setenv("TRACKER_CREDENTIALS", str(path))
    assert find_service("production", sessions).credentials == path
    assert find_service("https://lp.example.com", sessions).credentials == path
    path.chmod(0o644)
    with pytest.raises(TrackerError, match="can be read by others"):
        find_service("production", sessions)


def test_an_account_that_the_environment_names_must_be_there(home, sessions, tmp_path, monkeypatch):
    monkeypatch.setenv("TRACKER_CREDENTIALS", str(tmp_path / "nowhere"))
    with pytest.raises(TrackerError, match=r"TRACKER_CREDENTIALS names .*nowhere, which cannot be read") as error:
        find_service("production", sessions)
    assert error.value.exit_code is ExitCode.USAGE


def test_an_account_that_is_there_and_cannot_be_read_is_not_nobody(home, sessions):
    path = default_credentials_file("production")
    path.parent.mkdir(parents=True)
    path.symlink_to(path)
    with pytest.raises(TrackerError, match="cannot be read"):
        find_service("production", sessions)


# The sandbox beside a repository


def test_the_sandbox_is_found_beside_the_sessions(home, sessions):
    beside = sessions.parent / ".sandbox"
    keep(beside / "address").write_text("http://127.0.0.1:8085/\n")
    service = find_service("sandbox", sessions)
    assert (service.name, service.root, service.credentials) == ("sandbox", "http://127.0.0.1:8085/", None)
    assert service.cache == beside / "cache"
    keep(beside / "credentials")
    assert find_service("sandbox", sessions).credentials == beside / "credentials"


@pytest.mark.parametrize("address", [None, b"", b"nonsense", b"\xff\xfe", b"http://["])
def test_a_sandbox_that_does_not_run_is_told(home, sessions, address):
    if address is not None:
        keep(sessions.parent / ".sandbox" / "address").write_bytes(address)
    with pytest.raises(TrackerError, match="the sandbox is not running") as error:
        find_service("sandbox", sessions)
    assert error.value.remedy == START_SANDBOX
    assert error.value.exit_code is ExitCode.LAUNCHPAD
