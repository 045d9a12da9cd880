"""`tracker digest` as installed: to each owner a mail of what is open, as text, files or a mailbox."""

import mailbox
from email import policy
from email.parser import BytesParser

import pytest

from tests.cli.mailed import change, make_repository, track

LATER = ("--date", "2016-12-01")


@pytest.fixture
def recap(tmp_path):
    path = make_repository(tmp_path)
    track(path)
    return path


def people(recap):
    return recap.parent.parent / "people.yaml"


def test_each_owner_has_a_mail_late_actions_first_and_a_lead_those_of_the_team(tracker, golden, recap):
    answer = tracker("digest", *LATER)
    assert (answer.code, answer.err) == (0, "")
    golden("mail-digest.txt", answer.out)
    assert tracker("digest", *LATER).out == answer.out


@pytest.mark.parametrize("name", ["kevin", "Kevin", "KEVIN"])
def test_one_owner_can_be_named_as_elsewhere(tracker, recap, name):
    answer = tracker("digest", name, *LATER)
    assert answer.code == 0
    assert answer.out.startswith("Subject: Your open actions: 1\n\nHi Kevin,\n")
    assert "- core reviewers to review the patches of the OVO adoption faster" in answer.out


def test_a_team_can_be_named(tracker, recap):
    answer = tracker("digest", "neutron-core", "kevin", "neutron-core", *LATER)
    assert answer.out.count("Subject: ") == len({"neutron-core", "kevin"})
    assert "Hi core reviewers,\n" in answer.out


def test_a_mailbox_has_a_mail_for_each_owner_with_an_address(tracker, recap, tmp_path):
    answer = tracker("digest", "--format", "mbox", "-o", "owners.mbox", *LATER)
    assert answer.code == 0
    # The team's mail goes to who leads it.
    assert answer.err == "no mail to armando: people.yaml has no `email` of theirs\nwritten: owners.mbox\n"
    box = mailbox.mbox(tmp_path / "owners.mbox")
    assert [one["To"] for one in box] == [
        "Artur <artur@example.org>",
        "Ihar Hrachyshka <ihar@example.org>",
        "Kevin <kevin@example.org>",
    ]
    for one in box:
        for form in (policy.default, policy.SMTP):
            message = BytesParser(policy=form).parsebytes(one.as_bytes())
            assert message.defects == []
            assert message["From"] == "The tracker <tracker@example.org>"
            assert message["X-Tracker"] == "digest"
    box.close()


def test_files_are_named_after_people_and_stay_in_their_folder(tracker, recap, tmp_path):
    change(people(recap), "  artur:\n", '  "../../artur":\n    irc: artur\n')
    change(recap, "owner: [artur, ihar]", 'owner: ["../../artur", ihar]')
    answer = tracker("digest", "--format", "eml", "-o", "out/mails", *LATER)
    assert answer.code == 0, answer.err
    assert answer.err.endswith("3 mails written\n")
    assert sorted(path.name for path in (tmp_path / "out" / "mails").iterdir()) == [
        "..%2F..%2Fartur.eml",
        "ihar.eml",
        "kevin.eml",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "sessions"]
    again = tracker("digest", "--format", "eml", "-o", "out/mails", *LATER)
    assert again.code == 2
    assert "is there already" in again.err
    assert tracker("digest", "--format", "eml", "-o", "out/mails", "--force", *LATER).code == 0


def test_two_owners_with_the_same_address_have_a_mail_each(tracker, recap, tmp_path):
    change(people(recap), "artur@example.org", "kevin@example.org")
    tracker("digest", "artur", "kevin", "--format", "mbox", "-o", "box", *LATER)
    box = mailbox.mbox(tmp_path / "box")
    assert {one["To"] for one in box} == {"Artur <kevin@example.org>", "Kevin <kevin@example.org>"}
    assert len({one["Message-ID"] for one in box}) == len(box)
    box.close()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--format", "eml"], 2, "name a folder: -o FOLDER"),
        (["--format", "eml", "-o", "-"], 2, "name a folder: -o FOLDER"),
        (["--format", "html"], 2, 'unknown format "html"'),
        (["--format", "eml", "-o", "sessions/mails"], 2, "is for recaps alone"),
        (["--format", "mbox", "-o", "sessions/ocata/box"], 2, "is for recaps alone"),
        (["-o", "there"], 2, "there is there already"),
        (["--format", "eml", "-o", "there"], 1, "there cannot be made"),
        (["kevn"], 2, 'unknown owner "kevn"\n  help: did you mean "kevin"?'),
        (["--date", "soon"], 2, '--date: "soon" is no day'),
        (["armando", "--format", "mbox"], 1, "there is nobody to write to"),
        (["neutron-core", "--format", "mbox"], 1, "no mail to neutron-core: people.yaml has no `email` of theirs"),
    ],
)
def test_what_cannot_be_done_is_told(tracker, recap, tmp_path, words, code, said):
    (tmp_path / "there").write_text("mine")
    answer = tracker("digest", *words)
    assert (answer.code, answer.out) == (code, "")
    assert said in answer.err
    assert "  help: " in answer.err
    assert (tmp_path / "there").read_text() == "mine"


def test_who_owes_nothing_has_no_mail(tracker, recap):
    answer = tracker("digest", "andreas")
    assert (answer.code, answer.out, answer.err) == (0, "", "there is no open action of theirs\n")


def test_an_address_that_is_none_is_told_with_its_place(tracker, recap):
    change(people(recap), "email: kevin@example.org", "email: kevin at example.org")
    answer = tracker("digest", "--format", "mbox")
    assert (answer.code, answer.out) == (1, "")
    assert 'people.yaml, "kevin": "kevin at example.org" is no mail address' in answer.err


def test_digests_from_nobody_say_what_to_write(tracker, recap):
    change(recap.parent.parent / "tracker.yaml", "mail:\n  from: The tracker <tracker@example.org>\n", "")
    answer = tracker("digest", "--format", "mbox", *LATER)
    assert answer.code == 1
    assert answer.err == (
        "error: nobody is named whom the mail could be from\n  help: write `mail:` with `from:` in tracker.yaml\n"
    )
