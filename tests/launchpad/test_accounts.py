"""Where accounts are kept: for their owner alone, for one service alone, and never lost without a word."""

import os
import resource
import socket
import stat
import sys
import traceback
from pathlib import Path

import pytest

from tracker.errors import ExitCode, TrackerError
from tracker.launchpad.accounts import Account, AccountStore, read_account
from tracker.launchpad.secrets import redact
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
    assert store.forget() == ([], None)


def test_an_account_is_kept_in_a_file_where_there_is_no_keyring(store):
    kept = store.save(ACCOUNT)
    assert kept.place == str(store.file)
    found = store.find()
    assert values(found) == values(ACCOUNT)
    assert found.place == str(store.file)
    assert store.forget() == ([str(store.file)], None)
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


def test_a_place_that_cannot_be_written_is_told(store, tmp_path):
    (tmp_path / "config").write_text("a file")
    for keep in (store.try_place, lambda: store.save(ACCOUNT)):
        with pytest.raises(TrackerError, match="cannot be written: Not a directory") as error:
            keep()
        assert "XDG_CONFIG_HOME" in error.value.remedy


@pytest.mark.parametrize("name", ["x" * 300, "loop"])
def test_a_name_that_leads_nowhere_is_one_message(tmp_path, name):
    path = tmp_path / name
    if name == "loop":
        path.symlink_to(path)
    store = AccountStore(ROOT, path)
    uses = (store.find, store.try_place, lambda: store.save(ACCOUNT), store.forget, lambda: read_account(path))
    for use in uses:
        with pytest.raises(TrackerError, match=r"cannot be (read|written|deleted)|is a link") as error:
            use()
        assert error.value.remedy


def test_a_file_that_could_not_be_deleted_is_found_before_the_keyring_is_asked(store, plain, monkeypatch):
    store.file.parent.mkdir(parents=True)
    store.file.write_text(FILE)
    store.try_place()

    def fail(**options):
        raise OSError(30, os.strerror(30))

    monkeypatch.setattr("tempfile.TemporaryFile", fail)
    with pytest.raises(TrackerError, match="cannot be written: Read-only"):
        store.try_place()
    store.file.unlink()
    store.try_place()


def test_a_disk_that_takes_no_more_is_found_before_an_account_is_to_be_kept(store):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(TrackerError, match="cannot be written: File too large"):
            store.try_place()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not store.file.parent.parent.exists()


def test_trying_a_place_leaves_nothing_behind(store, tmp_path, plain):
    store.try_place()
    assert list(tmp_path.iterdir()) == []
    assert not plain.exists()
    in_file = AccountStore(ROOT, store.file, uses_keyring=False)
    in_file.try_place()
    assert list(tmp_path.iterdir()) == []
    store.file.parent.parent.mkdir()
    in_file.try_place()
    assert list(tmp_path.rglob("*")) == [store.file.parent.parent]


def lay_fifo(path):
    os.mkfifo(path, 0o644)


def lay_socket(path):
    with socket.socket(socket.AF_UNIX) as own:
        own.bind(str(path))


def lay_device(path):
    os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 3))


@pytest.mark.parametrize("lay", [lay_fifo, lay_socket, lay_device, Path.mkdir])
def test_what_is_no_file_is_neither_opened_nor_replaced_nor_deleted(tmp_path, lay):
    path = tmp_path / "x"
    try:
        lay(path)
    except PermissionError:
        pytest.skip("only root makes devices")
    before = path.stat()
    store = AccountStore(ROOT, path)
    uses = (store.find, store.forget, store.try_place, lambda: store.save(ACCOUNT), lambda: read_account(path))
    for use in uses:
        with pytest.raises(TrackerError) as error:
            use()
        assert error.value.message == f"{path} is no file"
        assert "chmod" not in error.value.remedy
    assert path.stat() == before
    given = AccountStore(ROOT, tmp_path / "y", path)
    with pytest.raises(TrackerError, match=f"TRACKER_CREDENTIALS names {path}, which is no file") as error:
        given.find()
    assert error.value.exit_code is ExitCode.USAGE


def test_what_a_link_leads_to_is_read_and_neither_replaced_nor_deleted(store, tmp_path, plain):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text(FILE)
    elsewhere.chmod(0o600)
    store.file.parent.mkdir(parents=True)
    store.file.symlink_to(elsewhere)
    assert values(store.find()) == ("a", "b", "c")
    for use in (store.forget, store.try_place, lambda: store.save(ACCOUNT)):
        with pytest.raises(TrackerError, match=f"{store.file} is a link") as error:
            use()
        assert str(elsewhere) in error.value.details
        assert str(store.file) in error.value.remedy
    assert store.file.is_symlink()
    assert elsewhere.read_text() == FILE
    assert not plain.exists()


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


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path):
    path = tmp_path / "file"
    path.write_text(FILE, encoding="utf-8-sig")
    assert values(read_account(path)) == ("a", "b", "c")


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
    assert len(named.forget()[0]) == 1
    assert values(named.find()) == ("a", "b", "c")
    assert store.find() is None


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
    assert store.forget() == (["the keyring (file PlaintextKeyring)"], None)
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
    assert store.forget() == ([str(store.file), "the keyring (file PlaintextKeyring)"], None)
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
    assert store.forget() == ([str(store.file)], None)
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
    assert store.forget() == ([str(store.file)], None)
    assert not plain.exists()
    assert store.skips_keyring
    assert not AccountStore(ROOT, store.file, uses_keyring=False).skips_keyring
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "keyring", None)
        assert not store.skips_keyring
    monkeypatch.delenv("CI")
    assert not store.skips_keyring


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
    with pytest.raises(TrackerError) as error:
        store.find()
    forgotten, problem = store.forget()
    assert forgotten == []
    for one in (error.value, problem):
        assert one.message.startswith(f"the keyring cannot be used: {told}")
        assert "an account may be in it" in one.details
        assert "keyring.backends.null.Keyring" in one.remedy
    store.try_place()
    kept = store.save(ACCOUNT)
    assert kept.place.startswith(f"{store.file} (the keyring cannot be used: {told}")
    assert values(store.find()) == values(ACCOUNT)
    forgotten, problem = store.forget()
    assert forgotten == [str(store.file)]
    assert problem.message.startswith("the keyring cannot be used")


@pytest.mark.parametrize(
    "entry",
    [
        "", "{", "[]", "[" * 100_000, "null", '{"key": "a"}', '{"consumer": "a", "key": 1, "secret": "b"}',
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
    assert len(store.forget()[0]) == 1


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
    assert other.forget() == ([], None)
    assert values(production.find()) == values(ACCOUNT)


def test_a_sandbox_keeps_its_account_beside_it_and_opens_no_keyring(tmp_path, use):
    (tmp_path / ".sandbox").mkdir()
    (tmp_path / ".sandbox" / "address").write_text("http://127.0.0.1:8085/")
    use("tests.launchpad.failing_keyrings.Locked")
    _, accounts = locate_service("sandbox", tmp_path / "sessions")
    assert accounts.find() is None
    assert accounts.save(ACCOUNT).place == str(tmp_path / ".sandbox" / "credentials")
    assert accounts.forget() == ([str(tmp_path / ".sandbox" / "credentials")], None)
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
