"""When milestones are due, as `tracker sync` keeps it and other commands tell it without asking."""

import pytest

NAME = "milestones.txt"


def give_date(sample, name, day):
    url = f"{sample.driver._root}neutron/+milestone/{name}"
    assert sample.driver._wire.patch(url, {"date_targeted": day}, None).status == 209


@pytest.fixture
def dated(sample):
    give_date(sample, "ocata-2", "2016-12-15")
    assert sample.run("sync", "--yes").code == 0
    return sample


def test_a_sync_keeps_them_and_an_unchanged_one_asks_for_nothing_more(dated):
    kept = dated.folder / "sessions" / ".synced" / "sandbox" / NAME
    assert kept.read_text() == "neutron ocata-2 2016-12-15\n"
    asked = [target for _, target, _ in dated.sandbox.requests if "all_milestones" in target]
    assert len(asked) == 1
    dated.sandbox.requests.clear()
    assert dated.run("sync", "--yes").code == 0
    assert len(dated.sandbox.requests) == 2  # as without any milestone: a search, and the list of blueprints
    assert dated.run("check").code == 0


def test_plan_and_status_ask_for_none(sample):
    give_date(sample, "ocata-2", "2016-12-15")
    for words in (["plan"], ["status", "--live"]):
        sample.run(*words)
    assert not [target for _, target, _ in sample.sandbox.requests if "all_milestones" in target]


def test_a_milestone_that_a_sync_brings_is_asked_for_in_that_sync(dated):
    dated.sandbox.add_milestone("neutron", "ocata-3")
    give_date(dated, "ocata-3", "2017-01-26")
    dated.elsewhere("push-notifications", milestone="ocata-3")
    assert dated.run("sync", "--yes").code == 0
    kept = dated.folder / "sessions" / ".synced" / "sandbox" / NAME
    assert "neutron ocata-3 2017-01-26\n" in kept.read_text()


def test_what_is_late_by_its_milestone_is_told_in_mails(dated):
    for words in (["digest", "kevin"], ["summary", "ocata/neutron-server-next", "--since", "2016-11-01"]):
        assert "late" not in dated.run(*words, "--date", "2016-12-15").out.lower(), words
        assert "late" in dated.run(*words, "--date", "2016-12-16").out.lower(), words


def test_a_damaged_file_is_one_message_with_its_line(dated):
    kept = dated.folder / "sessions" / ".synced" / "sandbox" / NAME
    kept.write_text("neutron ocata-2\n")
    for words in (["digest"], ["sync", "--yes"]):
        answer = dated.run(*words)
        assert answer.code == 1
        assert "milestones.txt:1: not a line of milestones" in answer.err
    assert "R031" in dated.run("check").out
