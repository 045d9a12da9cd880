"""Where accounts are kept: for their owner alone, for one service alone, and never lost without a word."""

import os
import stat
import sys
import traceback
from pathlib import Path

import pytest

from tracker.errors import ExitCode, TrackerError
from tracker.launchpad.accounts import Account, AccountStore, read_account, redact
from tracker.launchpad.services import default_credentials_file, locate_service

PLAIN = "keyrings.alt.file.PlaintextKeyring"
KEY, SECRET = "key-of-the-account", "secret-of-the-account"
ACCOUNT = Account("summit-tracker", KEY, SECRET, "memory")
ROOT = "https://api.launchpad.net/"


@pytest.fixture
def store(tmp_path):
    return AccountStore(ROOT, tmp_path / "config" / "deeper" / "production.credentials")


@pytest.fixture
def use(monkeypatch):
    """Name the keyring."""

    def name(backend):
        if backend is None:
            monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
        else:
            monkeypatch.setenv("PYTHON_KEYRING_BACKEND", backend)

    return name


@pytest.fixture
def plain(use):
    """A keyring of the test's own that works; its file is in the test's home."""
    use(PLAIN)
    return Path.home() / ".local" / "share" / "python_keyring" / "keyring_pass.cfg"


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def values(account):
    return account and (account.consumer, account.key, account.secret)


# In a file


def test_where_nothing_is_nobody_is_logged_in(store):
    assert store.find() is None
    assert store.forget() == []


def test_an_account_is_kept_in_a_file_where_there_is_no_keyring(store):
    kept = store.save(ACCOUNT)
    assert kept.place == str(store.file)
    found = store.find()
    assert values(found) == values(ACCOUNT)
    assert found.place == str(store.file)
    assert store.forget() == [str(store.file)]
    assert store.find() is None


def test_a_file_and_its_folders_are_their_owners_alone_from_the_start(store, monkeypatch):
    seen = []
    usual = os.fsync

    def fsync(descriptor):
        seen.append([mode(path) for path in store.file.parent.iterdir()])
        usual(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    before = os.umask(0)
    try:
        store.save(ACCOUNT)
    finally:
        os.umask(before)
    assert seen == [[0o600]]
    assert mode(store.file) == 0o600
    assert mode(store.file.parent) == mode(store.file.parent.parent) == 0o700


def test_a_file_is_there_whole_or_as_it_was(store, monkeypatch):
    store.save(ACCOUNT)
    before = store.file.read_bytes()

    def fail(descriptor):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(TrackerError, match="cannot be written: No space left") as error:
        store.save(Account("summit-tracker", "another-key", "another-secret", ""))
    assert error.value.remedy
    assert [path.read_bytes() for path in store.file.parent.iterdir()] == [before]


def test_a_file_that_others_could_read_is_replaced_not_written_to(store, tmp_path):
    store.file.parent.mkdir(parents=True)
    elsewhere = tmp_path / "for everybody"
    elsewhere.write_text("")
    elsewhere.chmod(0o666)
    store.file.symlink_to(elsewhere)
    store.save(ACCOUNT)
    assert elsewhere.read_text() == ""
    assert (store.file.is_symlink(), mode(store.file)) == (False, 0o600)


def test_a_place_that_cannot_be_written_is_told(store, tmp_path):
    (tmp_path / "config").write_text("a file")
    with pytest.raises(TrackerError, match="cannot be written"):
        store.save(ACCOUNT)
    (tmp_path / "config").unlink()
    store.file.mkdir(parents=True)
    with pytest.raises(TrackerError, match="cannot be deleted"):
        store.forget()


FILE = "[1]\nconsumer_key = a\nconsumer_secret =\naccess_token = b\naccess_secret = c\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "it has no line [1]"),
        ("no ini file", "it does not begin with a line [1]"),
        ("[2]\n", "it has no line [1]"),
        ("[1]\nconsumer_key = x\n", "it lacks `access_token`, `access_secret`"),
        (FILE + "access_token = again\n", "it holds a key twice"),
        (FILE + FILE, "it holds a section twice"),
        (FILE + "not a line\n", "it has a line that is not `key = value`"),
        (FILE.replace("= c", "= c\n  and X-Header: d"), "a value in it is no token"),
        (FILE.replace("= b", "= b\r\n\tX: y"), "a value in it is no token"),
        (FILE.replace("= c", "= \u2713"), "a value in it is no token"),
        (FILE.replace("= c", "="), "a value in it is no token"),
        (b"\xff\xfe", "it is no text"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_in_words(tmp_path, text, told):
    path = tmp_path / "file"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(TrackerError) as error:
        read_account(path)
    assert error.value.message == f"{path} is no credentials file: {told}"
    assert "tracker login" in error.value.remedy
    assert error.value.exit_code is ExitCode.LAUNCHPAD


@pytest.mark.parametrize("name", ["consumer_key", "access_token"])
def test_an_empty_key_is_no_login_as_nobody(tmp_path, name):
    path = tmp_path / "file"
    path.write_text("\n".join(f"{name} =" if line.startswith(name) else line for line in FILE.splitlines()))
    with pytest.raises(TrackerError, match="holds no access token"):
        read_account(path)


def test_a_percent_sign_is_a_letter_like_others(tmp_path):
    path = tmp_path / "file"
    path.write_text(FILE.replace("= c", "= %(x)c"))
    assert values(read_account(path)) == ("a", "b", "%(x)c")


def test_a_file_that_the_environment_names_is_only_read(store, tmp_path, plain):
    store.save(ACCOUNT)
    given = tmp_path / "given"
    given.write_text(FILE)
    given.chmod(0o600)
    named = AccountStore(ROOT, store.file, given)
    assert values(named.find()) == ("a", "b", "c")
    assert len(named.forget()) == 1
    assert values(named.find()) == ("a", "b", "c")
    assert store.find() is None


def test_a_folder_in_the_place_of_the_named_file_is_told(tmp_path):
    with pytest.raises(TrackerError, match=f"TRACKER_CREDENTIALS names {tmp_path}, which is a folder") as error:
        AccountStore(ROOT, tmp_path / "x", tmp_path).find()
    assert error.value.exit_code is ExitCode.USAGE


# In a keyring


def test_an_account_is_kept_in_the_keyring_and_in_no_file(store, plain):
    store.file.parent.mkdir(parents=True)
    store.file.write_text(FILE)
    store.file.chmod(0o600)
    assert store.save(ACCOUNT).place == "the keyring (file PlaintextKeyring)"
    assert not store.file.exists()
    found = store.find()
    assert values(found) == values(ACCOUNT)
    assert found.place == "the keyring (file PlaintextKeyring)"
    assert store.forget() == ["the keyring (file PlaintextKeyring)"]
    assert store.find() is None
    assert plain.exists()


def test_a_file_is_newer_than_the_keyring_and_opens_none(store, plain, use):
    store.save(ACCOUNT)
    use("keyring.backends.null.Keyring")
    store.save(Account("summit-tracker", "another-key", "another-secret", ""))
    use(PLAIN)
    assert store.find().key == "another-key"
    use("tests.launchpad.failing_keyrings.Locked")
    assert store.find().key == "another-key"
    use(PLAIN)
    assert store.forget() == [str(store.file), "the keyring (file PlaintextKeyring)"]
    assert store.find() is None


@pytest.mark.parametrize(
    "backend",
    [
        None, "keyring.backends.fail.Keyring", "keyring.backends.null.Keyring",
        # It passes on to those that are recommended, and there are none.
        "keyring.backends.chainer.ChainerBackend",
    ],
)  # fmt: skip
def test_where_no_keyring_keeps_anything_a_file_does(store, use, backend, monkeypatch):
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    use(backend)
    assert store.find() is None
    assert store.save(ACCOUNT).place == str(store.file)
    assert values(store.find()) == values(ACCOUNT)
    assert store.forget() == [str(store.file)]
    assert not (Path.home() / ".local").exists()  # the plain keyring is not one to be taken of itself


def test_without_the_library_a_file_does(store, use, monkeypatch):
    use(PLAIN)
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert store.find() is None
    assert store.save(ACCOUNT).place == str(store.file)


def test_in_ci_no_keyring_is_opened(store, plain, monkeypatch):
    monkeypatch.setenv("CI", "true")
    assert store.find() is None
    assert store.save(ACCOUNT).place == str(store.file)
    assert store.forget() == [str(store.file)]
    assert not plain.exists()


@pytest.mark.parametrize(
    ("backend", "told"),
    [
        ("tests.launchpad.failing_keyrings.Locked", "it is locked"),
        ("tests.launchpad.failing_keyrings.Broken", "it fails with"),
        ("no.such.Keyring", "it fails with ModuleNotFoundError"),
        ("keyring.backends.null.Nothing", "it fails with AttributeError"),
    ],
)
def test_a_keyring_that_cannot_be_used_is_told_and_is_not_nobody(store, use, backend, told):
    use(backend)
    for ask in (store.find, store.forget):
        with pytest.raises(TrackerError, match=f"the keyring cannot be used: {told}") as error:
            ask()
        assert "an account may be in it" in error.value.details
        assert "keyring.backends.null.Keyring" in error.value.remedy
    kept = store.save(ACCOUNT)
    assert kept.place.startswith(f"{store.file} (the keyring cannot be used: {told}")
    assert values(store.find()) == values(ACCOUNT)


@pytest.mark.parametrize(
    "entry",
    [
        "", "{", "[]", "null", '{"key": "a"}', '{"consumer": "a", "key": 1, "secret": "b"}',
        '{"consumer": "a", "key": "b", "secret": "c\\nX: y"}',
    ],
)  # fmt: skip
def test_an_entry_that_is_no_account_is_told(store, plain, entry):
    import keyring

    store.save(ACCOUNT)
    keyring.set_password("summit-tracker", ROOT, entry)
    with pytest.raises(TrackerError, match=f"what the keyring keeps for {ROOT} is no account") as error:
        store.find()
    assert "tracker login" in error.value.remedy
    assert len(store.forget()) == 1


@pytest.mark.parametrize(
    "setting",
    [
        "https://evil.example/",
        "staging",
        "http://api.launchpad.test/",
        "https://api.launchpad.net:8443/",
        "http://127.0.0.1/",
    ],
)
def test_an_account_in_the_keyring_serves_no_other_service(tmp_path, plain, setting):
    _, production = locate_service("production", tmp_path)
    production.save(ACCOUNT)
    _, other = locate_service(setting, tmp_path)
    assert other.find() is None
    assert other.forget() == []
    assert values(production.find()) == values(ACCOUNT)


def test_a_sandbox_keeps_its_account_beside_it_and_opens_no_keyring(tmp_path, use):
    (tmp_path / ".sandbox").mkdir()
    (tmp_path / ".sandbox" / "address").write_text("http://127.0.0.1:8085/")
    use("tests.launchpad.failing_keyrings.Locked")
    _, accounts = locate_service("sandbox", tmp_path / "sessions")
    assert accounts.find() is None
    assert accounts.save(ACCOUNT).place == str(tmp_path / ".sandbox" / "credentials")
    assert accounts.forget() == [str(tmp_path / ".sandbox" / "credentials")]
    assert not default_credentials_file("sandbox").parent.exists()


# What must not show


def test_an_account_shows_nothing_of_its_secrets(store, plain):
    service, _ = locate_service("production", Path())
    shown = [repr(ACCOUNT), str(ACCOUNT), repr(store.save(ACCOUNT)), repr(store)]
    shown += [repr(service), f"{service}"]
    assert [text for text in shown if KEY in text or SECRET in text] == []


@pytest.mark.parametrize("backend", ["tests.launchpad.failing_keyrings.Broken", "no.such.Keyring"])
def test_what_a_keyring_says_of_a_failure_goes_nowhere(store, use, backend):
    use(backend)
    store.file.parent.mkdir(parents=True)
    store.file.mkdir()  # so that no file can be written in the keyring's stead
    with pytest.raises(TrackerError) as error:
        store.save(ACCOUNT)
    shown = "".join(traceback.format_exception(error.value))
    assert KEY not in shown
    assert SECRET not in shown


def test_secrets_are_taken_out_of_a_text():
    Account("a", "a-key-nobody-has", "a-secret-nobody-has", "")
    assert redact("b'%26a-secret-nobody-has' a-key-nobody-has") == "b'%26(secret)' (secret)"
