"""What is kept of mails: true at every moment, readable by whoever asks, and never in the way of git or of check."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.mail.test_outgoing import read, write
from tracker.errors import TrackerError
from tracker.mail.sent import Record, find_last, find_sent, load_sent, path_of
from tracker.recap.repository import load_repository, load_settings


@pytest.fixture
def sessions(tmp_path):
    folder = tmp_path / "sessions"
    folder.mkdir()
    (folder / "tracker.yaml").write_text("tag: summit\n")
    return folder


def keep(sessions, **changes):
    """Keep that a mail went out; returns it."""
    mail = read(write(**changes))
    record = Record(sessions, mail)
    record.begin()
    record.finish()
    return mail


def test_a_mail_is_kept_as_begun_then_as_sent(sessions):
    mail = read(write(Bcc="archive@example.org"))
    assert find_sent(sessions, mail.message_id) is None
    record = Record(sessions, mail)
    record.begin()
    begun = find_sent(sessions, mail.message_id)
    assert not begun.is_certain
    record.finish()
    sent = find_sent(sessions, mail.message_id)
    assert sent == replace(begun, is_certain=True)
    assert (sent.kind, sent.recap, sent.subject) == ("summary", "ocata/harbour-next", "[harbour] Next steps")
    assert sent.date == datetime(2016, 10, 28, 8, tzinfo=UTC)
    assert sent.date.utcoffset() == timedelta(hours=2)
    assert sent.to == mail.recipients
    assert [sent] == load_sent(sessions)


def test_nothing_of_the_text_is_kept(sessions):
    mail = keep(sessions, body="a word in confidence\n")
    text = path_of(sessions, mail.message_id).read_text()
    assert "confidence" not in text
    assert set(json.loads(text)) == {"message_id", "kind", "recap", "date", "subject", "to", "state"}


def test_a_mail_that_was_refused_is_as_if_it_had_never_been_sent(sessions):
    mail = read(write())
    record = Record(sessions, mail)
    record.begin()
    record.withdraw()
    assert find_sent(sessions, mail.message_id) is None
    assert load_sent(sessions) == []
    record.withdraw()


def test_each_mail_has_a_file_of_its_own_that_no_name_leads_out_of(sessions):
    first = keep(sessions)
    second = keep(sessions, Message_ID="<../../../../etc/passwd@example.org>")
    assert {one.parent for one in (path_of(sessions, mail.message_id) for mail in (first, second))} == {
        sessions / ".sent"
    }
    assert len(list((sessions / ".sent").iterdir())) == 2


def test_check_and_the_settings_do_not_trip_over_it(sessions):
    keep(sessions)
    (sessions / ".sent" / "notes.yaml").write_text("no: recap\n")
    repository = load_repository(sessions)
    assert (repository.files, repository.diagnostics) == ((), [])
    assert load_settings(sessions)[1] == repository.settings


def test_mails_are_listed_by_when_they_were_written(sessions):
    for day in (29, 27, 28):
        keep(sessions, Message_ID=f"<{day}@example.org>", Date=f"Fri, {day} Oct 2016 10:00:00 -0000")
    assert [sent.date.day for sent in load_sent(sessions)] == [27, 28, 29]


def test_the_last_mail_about_a_recap_is_one_that_surely_went_out(sessions):
    def about(day, tracker="since ocata/harbour-next"):
        return {
            "Message_ID": f"<{day}@example.org>",
            "Date": f"Fri, {day} Oct 2016 10:00:00 -0000",
            "X_Tracker": tracker,
        }

    keep(sessions, **about(25, "summary ocata/harbour-next"))
    last = keep(sessions, **about(26))
    keep(sessions, **about(27, "since ocata/another"))
    keep(sessions, **about(28, "digest"))
    keep(sessions, **about(29, None))
    Record(sessions, read(write(**about(30)))).begin()
    assert find_last(load_sent(sessions), "ocata/harbour-next").message_id == last.message_id
    assert find_last(load_sent(sessions), "ocata/nothing") is None


def test_a_subject_is_kept_as_it_reads(sessions):
    mail = keep(sessions, Subject='=?utf-8?b?TMOpYSDwn5ui?= "x"')
    assert find_sent(sessions, mail.message_id).subject == 'Léa 🛢 "x"'
    assert "Léa 🛢" in path_of(sessions, mail.message_id).read_text()


GOOD = {
    "message_id": "<a@b>", "kind": None, "recap": None, "date": "2016-10-28T10:00:00+02:00", "subject": "", "to": [],
    "state": "sent",
}  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "", "null", "[]", "{}", '"text"', "\0", "\udcff", "[" * 100_000, "x" * 1_000_001, "<<<<<<< HEAD\n{}\n",
        *(json.dumps({key: value for key, value in GOOD.items() if key != left_out}) for left_out in GOOD),
        *(
            json.dumps({**GOOD, **changed})
            for changed in (
                {"state": "maybe"}, {"state": []}, {"to": "a@b"}, {"to": [1]}, {"to": None}, {"date": "today"},
                {"date": 7}, {"subject": None}, {"kind": "gossip"}, {"kind": []}, {"recap": 7}, {"message_id": 7},
                {"message_id": "<another@b>"},
            )
        ),
    ],
    ids=lambda text: repr(text)[-60:],
)  # fmt: skip
def test_a_file_that_cannot_be_read_never_passes_for_a_mail_that_was_not_sent(sessions, text):
    path = path_of(sessions, "<a@b>")
    path.parent.mkdir()
    path.write_text(text, errors="surrogateescape")
    with pytest.raises(TrackerError, match="cannot be read as a record of a mail") as raised:
        find_sent(sessions, "<a@b>")
    assert "git" in raised.value.remedy


def test_a_record_that_is_a_folder_or_a_pipe_is_one_message(sessions):
    (sessions / ".sent").mkdir()
    path_of(sessions, "<a@b>").mkdir()
    os.mkfifo(path_of(sessions, "<c@d>"))
    for message_id in ("<a@b>", "<c@d>"):
        with pytest.raises(TrackerError, match="cannot be read"):
            find_sent(sessions, message_id)


def test_a_date_without_a_zone_is_utc(sessions):
    path = path_of(sessions, "<a@b>")
    path.parent.mkdir()
    path.write_text(json.dumps({**GOOD, "date": "2016-10-28T10:00:00"}))
    assert find_sent(sessions, "<a@b>").date == datetime(2016, 10, 28, 10, tzinfo=UTC)


def test_where_nothing_can_be_written_down_it_is_said_what_became_of_the_mail(sessions, monkeypatch):
    mail = read(write())
    record = Record(sessions, mail)
    (sessions / ".sent").write_text("a file in the way")
    with pytest.raises(TrackerError, match="cannot be written") as raised:
        record.begin()
    assert "was not sent" in raised.value.details
    (sessions / ".sent").unlink()
    record.begin()

    def full(*_words, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tracker.mail.sent.replace_file", full)
    with pytest.raises(TrackerError, match="No space left") as raised:
        record.finish()
    assert "was sent" in raised.value.details
    assert not find_sent(sessions, mail.message_id).is_certain
    monkeypatch.setattr("pathlib.Path.unlink", full)
    with pytest.raises(TrackerError, match="No space left") as raised:
        record.withdraw()
    assert raised.value.remedy == "remove it"
