"""How a sync ends that could not do everything."""

import pytest
import typer

from tests.cli.sample import plain
from tests.launchpad.proxy import Proxy, answers, dropped
from tracker.cli import preparing
from tracker.cli.sync import sync
from tracker.errors import ExitCode
from tracker.launchpad import patience
from tracker.launchpad.wire import Wire
from tracker.sync import apply


@pytest.fixture
def pauses(monkeypatch):
    """Only write down the pauses of a sync in this process."""
    slept, opened = [], []

    def connect(service):
        opened.append(Wire(service, sleep=slept.append))
        return opened[-1]

    monkeypatch.setattr(preparing, "Wire", connect)
    yield slept
    for wire in opened:
        wire.close()


@pytest.fixture
def proxy(sample, monkeypatch):
    monkeypatch.chdir(sample.folder)
    with Proxy(sample.sandbox.root) as standing:
        (sample.folder / ".sandbox" / "address").write_text(standing.root)
        yield standing


def run(capsys):
    with pytest.raises(typer.Exit) as ended:
        sync(yes=True)
    said = capsys.readouterr()
    return ended.value.exit_code, said.out, said.err


def ending(err):
    """Return what is said after the progress."""
    lines = err.splitlines()
    first = next(index for index, line in enumerate(lines) if "carried out" in line)
    return "".join(f"{line}\n" for line in lines[first:])


def goes_away(proxy, left):
    """Let everything fail once some bugs were created."""

    def create(exchange):
        exchange.reply(*exchange.forward())
        if proxy.count("POST") == left:
            for method in ("GET", "POST", "PATCH"):
                proxy.always(method, dropped)

    proxy.next("POST", *[create] * left)


def test_a_sync_that_launchpad_leaves_half_way_names_each_action_and_why(sample, proxy, pauses, capsys, golden):
    goes_away(proxy, left=2)
    code, out, err = run(capsys)
    assert code == ExitCode.LAUNCHPAD
    golden("sync-gone.txt", plain(ending(err)))
    assert out.count("\nfailed ") == err.count("#") == 5
    assert sum(pauses) < 60


def test_looking_for_a_bug_is_of_the_budget_that_a_run_has(sample, proxy, pauses, capsys, monkeypatch):
    monkeypatch.setattr(patience, "BUDGET", 20.0)
    proxy.always("POST", answers(502))
    code, _, err = run(capsys)
    assert code == ExitCode.LAUNCHPAD
    assert "not tried, for 5 minutes of this run went into waiting for Launchpad:\n  ocata/" in err
    assert sum(pauses) <= 20


def test_a_token_that_expires_in_mid_run_is_told_once_with_what_to_do(sample, proxy, pauses, capsys):
    healthy = lambda exchange: exchange.reply(*exchange.forward())  # noqa: E731
    proxy.next("POST", healthy, answers(401, "Expired token (abc)."))
    code, _, err = run(capsys)
    assert code == ExitCode.LAUNCHPAD
    assert "(Expired token):\n  ocata/" in err
    assert err.count("help: log in again: tracker login --service sandbox\n") == 1
    assert pauses == []


def test_an_action_with_several_failures_is_named_once(sample, proxy, pauses, capsys):
    sample.replace("owner: ihar", "owner: [ihar, kevin, armando]")
    proxy.meet(lambda exchange: b"subscribe" in exchange.body, *[answers(502)] * 8)
    code, out, err = run(capsys)
    assert code == ExitCode.LAUNCHPAD
    assert out.count("\nfailed ") == 2
    assert "1 action failed" in err
    assert ", and 1 further failure\n" in err


def test_a_defect_in_one_action_is_told_with_what_was_done_of_the_others(sample, proxy, pauses, capsys, monkeypatch):
    real = apply.push_task

    def fail(work, plan):
        if plan.action.id == "review-pecan":
            raise ZeroDivisionError("nobody foresaw this")
        return real(work, plan)

    monkeypatch.setattr(apply, "push_task", fail)
    with pytest.raises(ZeroDivisionError):
        sync(yes=True)
    err = capsys.readouterr().err
    assert "; 1 action failed\nfailed: ocata/neutron-server-next#review-pecan: the tracker failed: Zero" in err
    assert sample.run("plan", "--exit-code").code == ExitCode.CHANGES_WAIT


def test_a_recap_that_cannot_be_written_is_told_and_launchpad_is_in_step(sample, proxy, pauses, capsys, monkeypatch):
    from tracker.recap.writer import WriteError, Writer

    def refuse(_self, _edits):
        raise WriteError("x.yaml cannot be written: Read-only file system")

    monkeypatch.setattr(Writer, "write", refuse)
    code, _, err = run(capsys)
    assert code == ExitCode.LAUNCHPAD
    assert "4 actions failed\nfailed: x.yaml cannot be written: Read-only file system; nothing was" in err
