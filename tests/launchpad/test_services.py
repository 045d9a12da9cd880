"""Which Launchpad a setting means, and whose account is used there."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracker.errors import ExitCode, TrackerError
from tracker.launchpad.services import START_SANDBOX, cache_home, default_credentials_file, find_service, service_name


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def sessions(tmp_path):
    folder = tmp_path / "repository" / "sessions"
    folder.mkdir(parents=True)
    return folder


CREDENTIALS = "[1]\nconsumer_key = a\nconsumer_secret =\naccess_token = b\naccess_secret = c\n"


def place(setting, sessions):
    account = find_service(setting, sessions).account
    return account and account.place


def keep(path, mode=0o600):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(CREDENTIALS)
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
        ("https://lp.example.com/1.0/", "lp.example.com", "https://lp.example.com/"),
        ("http://api.launchpad.test:8085/", "api.launchpad.test_8085_http", "http://api.launchpad.test:8085/"),
        ("http://127.0.0.1:8085", "127.0.0.1_8085_http", "http://127.0.0.1:8085/"),
        ("http://127.8.9.10/", "127.8.9.10_http", "http://127.8.9.10/"),
        ("http://localhost:8085/", "localhost_8085_http", "http://localhost:8085/"),
        ("http://[::1]:8085/", "---1-_8085_http", "http://[::1]:8085/"),
        ("https://[2001:db8::1]/", "-2001-db8--1-", "https://[2001:db8::1]/"),
        ("https://lp.example.com:8443/", "lp.example.com_8443", "https://lp.example.com:8443/"),
        ("https://launchpad.net/", "production", "https://api.launchpad.net/"),
        ("https://bugs.launchpad.net", "production", "https://api.launchpad.net/"),
        ("https://WWW.launchpad.net/", "production", "https://api.launchpad.net/"),
        ("https://staging.launchpad.net/", "staging", "https://api.staging.launchpad.net/"),
        ("https://blueprints.qastaging.launchpad.net/", "qastaging", "https://api.qastaging.launchpad.net/"),
        ("https://evil.launchpad.net/", "evil.launchpad.net", "https://evil.launchpad.net/"),
        ("https://launchpad.net.example.com/", "launchpad.net.example.com", "https://launchpad.net.example.com/"),
        ("https://launchpad.net:8443/", "launchpad.net_8443", "https://launchpad.net:8443/"),
        ("https://production/", "production-", "https://production/"),
        ("https://QAstaging/devel", "qastaging-", "https://qastaging/"),
        ("https://staging", "staging-", "https://staging/"),
        ("https://sandbox/", "sandbox-", "https://sandbox/"),
    ],
)
def test_a_setting_means_a_service(home, sessions, setting, name, root):
    service = find_service(setting, sessions)
    assert (service.name, service.root) == (name, root)
    assert service_name(setting) == name
    assert service.account is None
    assert service.cache == home / ".cache" / "summit-tracker" / name


@pytest.mark.parametrize(
    "setting",
    [
        "", "prod", "Production", "api.launchpad.net", "ftp://api.launchpad.net/", "https://", "https:///devel",
        "http://[", "https://host:port/", "https://host:99999/", "https://me:secret@host/", "https://host/?a=b",
        "https://host/#a", "..", "/etc", "https://lp.example.com/api/", "https://lp.example.com/api/devel/",
        "https://lp.example.com//", "https://lp.example.com/devel/devel", "https://api.launchpad.net/x",
        "https://production-/", "https://lp.example.com./", "https://lpéexample.com/", "https://lp_example.com/",
        "https://lp example.com/", "https://host:/", "https://host\\@evil.example/", "https://[::1%25lo]/",
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


def test_an_address_with_a_path_is_told_how_to_be_written(home, sessions):
    with pytest.raises(TrackerError) as error:
        find_service("https://lp.example.com/api/", sessions)
    assert error.value.remedy.endswith("https://HOST/ without a path")


@pytest.mark.parametrize(
    "setting",
    [
        "http://api.launchpad.net/", "http://API.launchpad.net:80/", "http://launchpad.net", "http://lp.example.com/",
        "http://10.0.0.1/", "http://0.0.0.0:8085/", "http://128.0.0.1/", "http://127.1/", "http://production/",
        "http://localhost.example.com/", "http://127.0.0.1.example.com/", "http://test/", "http://atest/",
        "http://a.test.example.com/", "http://[2001:db8::1]/",
    ],
)  # fmt: skip
def test_an_account_is_not_used_where_others_can_read_it(home, sessions, setting):
    with pytest.raises(TrackerError, match="where others can read") as error:
        find_service(setting, sessions)
    assert "plain text" in error.value.details
    assert "https://" in error.value.remedy


@given(st.text())
@example("..")
@example("./x")
def test_a_services_name_is_a_name_for_one_file(setting):
    name = service_name(setting)
    assert "/" not in name
    assert "\0" not in name
    assert not name.startswith(".")


@given(st.from_regex(r"https?://[a-zA-Z0-9.\-:\[\]/]{1,20}", fullmatch=True))
@example("https://production/")
@example("https://sandbox/devel/")
@example("HTTPS://Staging")
@example("https://.production/")
@example("Production")
@example("https://production:/")
def test_no_address_has_the_name_of_a_service_that_it_is_not(setting):
    assert service_name(setting) not in {"production", "qastaging", "staging", "sandbox"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://127.0.0.1:18781/", "https://127.0.0.1-18781/"),
        ("https://lp:8443/", "https://lp-8443/"),
        ("http://x.test/", "https://x.test/"),
        ("http://x.test:8085/", "https://x.test:8085/"),
        ("https://http:8080/", "http://8080/"),
        ("https://[2001:db8::1]/", "https://2001-db8--1/"),
        ("https://[::1]/", "https://[::1:]/"),
        ("https://x.test/", "x.test"),
        ("https://x.test/", "https://x.test/api/"),
    ],
)
def test_no_two_addresses_share_a_file(one, other):
    assert service_name(one) != service_name(other)


_HOSTS = st.one_of(
    st.from_regex(r"[a-z0-9](-{0,2}[a-z0-9]){0,2}(\.(test|http|80))?", fullmatch=True),
    st.from_regex(r"\[[0-9a-f:.]{1,4}\]", fullmatch=True),
)
_ADDRESSES = st.builds(
    "{}://{}{}/".format, st.sampled_from(["http", "https"]), _HOSTS, st.sampled_from(["", ":1", ":80", ":8080"])
)


@given(_ADDRESSES, _ADDRESSES)
def test_a_services_name_tells_its_address(one, other):
    assert (service_name(one) == service_name(other)) == (one == other)


@pytest.mark.parametrize(
    "setting",
    [
        "https://u:hunter2@h/",
        "https://u:hun/ter2@h/",
        "u:hunter2@h",
        "http://u:hun@ter2@h/",
        "https://u:hunter2\n@h/",
    ],
)
def test_a_password_in_an_address_is_not_shown(home, sessions, setting):
    with pytest.raises(TrackerError, match=r'unknown service ".*\.\.\.@h/?"') as error:
        find_service(setting, sessions)
    assert "ter2" not in error.value.message
    assert "ter2" not in service_name(setting)


def test_a_user_without_a_home_is_told(sessions, monkeypatch):
    def unknown():
        raise RuntimeError

    monkeypatch.setattr("pathlib.Path.home", unknown)
    with pytest.raises(TrackerError, match="there is no home folder") as error:
        find_service("production", sessions)
    assert "HOME" in error.value.remedy


# Accounts


def test_an_account_is_found_in_its_usual_place(home, sessions):
    path = keep(home / ".config" / "summit-tracker" / "production.credentials")
    assert place("production", sessions) == str(path) == str(default_credentials_file("production"))
    assert place("https://api.launchpad.net", sessions) == str(path)
    assert place("staging", sessions) is None


def test_xdg_folders_are_respected(home, sessions, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "c"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "k"))
    path = keep(tmp_path / "c" / "summit-tracker" / "production.credentials")
    service = find_service("production", sessions)
    assert service.account.place == str(path)
    assert service.cache == tmp_path / "k" / "summit-tracker" / "production"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o601, 0o700 | 0o010])
def test_an_account_that_others_can_read_is_not_used(home, sessions, mode):
    path = keep(home / ".config" / "summit-tracker" / "production.credentials", mode)
    with pytest.raises(TrackerError, match=f"{path} can be read by others") as error:
        find_service("production", sessions)
    assert error.value.remedy == f"chmod 600 {path}"


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_an_account_for_its_owner_alone_is_used(home, sessions, mode):
    assert place("production", sessions) is None
    keep(home / ".config" / "summit-tracker" / "production.credentials", mode)
    assert place("production", sessions) is not None


@pytest.fixture
def given_account(tmp_path, monkeypatch):
    path = keep(tmp_path / "mine")
    monkeypatch.setenv("TRACKER_CREDENTIALS", str(path))
    return path


@pytest.mark.parametrize("setting", ["production", "qastaging", "staging", "https://api.launchpad.net/devel/"])
def test_the_environment_names_an_account_for_launchpads_own_services(home, sessions, given_account, setting):
    keep(default_credentials_file("production"))
    assert place(setting, sessions) == f"{given_account}, which TRACKER_CREDENTIALS names"
    given_account.chmod(0o644)
    with pytest.raises(TrackerError, match="can be read by others"):
        find_service(setting, sessions)


@pytest.mark.parametrize(
    "setting",
    [
        "https://evil.example/", "https://production/", "https://sandbox/", "https://api.launchpad.net.evil.example/",
        "https://api.launchpad.net:8443/", "https://evil.launchpad.net/", "http://127.0.0.1:8085/", "http://lp.test/",
    ],
)  # fmt: skip
def test_an_address_is_given_no_account_but_the_one_that_was_kept_for_it(home, sessions, given_account, setting):
    for name in ("production", "qastaging", "staging", "sandbox", "lp.example.com"):
        keep(default_credentials_file(name))
    assert place(setting, sessions) is None
    path = keep(default_credentials_file(service_name(setting)))
    assert place(setting, sessions) == str(path)


def test_an_account_that_the_environment_names_must_be_there(home, sessions, given_account):
    given_account.unlink()
    with pytest.raises(TrackerError, match=r"TRACKER_CREDENTIALS names .*mine, which is not there") as error:
        find_service("production", sessions)
    assert error.value.exit_code is ExitCode.USAGE
    assert place("https://lp.example.com/", sessions) is None


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
    assert (service.name, service.root, service.account) == ("sandbox", "http://127.0.0.1:8085/", None)
    assert service.cache == beside / "cache"
    keep(beside / "credentials")
    assert place("sandbox", sessions) == str(beside / "credentials")


def test_the_sandbox_uses_no_account_but_its_own(home, sessions, given_account):
    beside = sessions.parent / ".sandbox"
    keep(default_credentials_file("sandbox"))
    keep(beside / "address").write_text("http://127.0.0.1:8085/\n")
    assert place("sandbox", sessions) is None
    (beside / "credentials").symlink_to(keep(default_credentials_file("production")))
    with pytest.raises(TrackerError, match="credentials is a link"):
        find_service("sandbox", sessions)
    (beside / "credentials").unlink()
    keep(beside / "credentials")
    assert place("sandbox", sessions) == str(beside / "credentials")


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "http://evil.test/", "https://10.0.0.1/", "https://api.launchpad.net/"]
)
def test_a_sandbox_is_on_this_machine(home, sessions, address):
    keep(sessions.parent / ".sandbox" / "address").write_text(address)
    with pytest.raises(TrackerError, match="the sandbox is not running") as error:
        find_service("sandbox", sessions)
    assert "is not of this machine" in error.value.details


@pytest.mark.parametrize("address", [None, b"", b"nonsense", b"\xff\xfe", b"http://["])
def test_a_sandbox_that_does_not_run_is_told(home, sessions, address):
    if address is not None:
        keep(sessions.parent / ".sandbox" / "address").write_bytes(address)
    with pytest.raises(TrackerError, match="the sandbox is not running") as error:
        find_service("sandbox", sessions)
    assert error.value.remedy == START_SANDBOX
    assert error.value.exit_code is ExitCode.LAUNCHPAD


def test_a_base_directory_that_is_relative_is_ignored(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    for variable in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, "somewhere")
    assert default_credentials_file("production") == tmp_path / ".config/summit-tracker/production.credentials"
    assert cache_home() == tmp_path / ".cache/summit-tracker"
