"""Work items: what Launchpad makes of their text, and of two that write them at the same time."""

from threading import Barrier, Thread

import pytest

STATUSES = ["TODO", "DONE", "POSTPONED", "INPROGRESS", "BLOCKED"]
ROUNDS = 40
"""How often two requests are sent at once until they are seen to overlap."""


def text(raw, url):
    return raw.wire.get(url).json()["workitems_text"]


def write(raw, url, sent, etag=None):
    return raw.patch(url, {"workitems_text": sent}, etag)


# Reading back


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("x: TODO", "Work items:\nx: TODO"),
        ("Work items:\nx:todo\n\n\ny: Done\n", "Work items:\nx: TODO\ny: DONE"),
        ("y: TODO\nx: TODO\ny: TODO", "Work items:\ny: TODO\nx: TODO\ny: TODO"),
        ("[PERSON] x: TODO\n[TEAM] y: TODO", "Work items:\n[PERSON] x: TODO\n[TEAM] y: TODO"),
        (
            "x: TODO\nWork items for ACTIVE:\ny: TODO\nWork items for ACTIVE:\nz: TODO",
            "Work items:\nx: TODO\n\nWork items for ACTIVE:\ny: TODO\nz: TODO",
        ),
        (
            "Work items for ACTIVE:\nx: TODO\nWork items:\ny: TODO\nWork items for ACTIVE:\nz: TODO",
            "Work items for ACTIVE:\nx: TODO\n\nWork items:\ny: TODO\n\nWork items for ACTIVE:\nz: TODO",
        ),
        ("Work items for PAST:\nx: TODO", "Work items for PAST:\nx: TODO"),
        ("work items, as of ACTIVE :\nx: TODO", "Work items for ACTIVE:\nx: TODO"),
        ("a: b: see http://x.example/y: TODO", "Work items:\na: b: see http://x.example/y: TODO"),
        ("x [y] z: TODO", "Work items:\nx [y] z: TODO"),
        ("  x: TODO", "Work items:\nx: TODO"),
        ("x: TODO\u2028y: TODO\vz: TODO", "Work items:\nx: TODO\ny: TODO\nz: TODO"),
    ],
)
def test_work_items_read_back_in_one_form(raw, register, contract, sent, read):
    named = {
        "PERSON": contract.people[0],
        "TEAM": contract.team,
        "ACTIVE": contract.active,
        "PAST": contract.inactive,
    }
    for word, name in named.items():
        sent, read = sent.replace(word, name), read.replace(word, name)
    url = register()
    answer = write(raw, url, sent)
    assert (answer.status, answer.json()["workitems_text"], text(raw, url)) == (209, read, read)


@pytest.mark.parametrize("sent", [None, "", "Work items:", "\n"])
def test_nothing_takes_all_work_items_away(raw, register, sent):
    url = register()
    write(raw, url, "x: TODO")
    assert (write(raw, url, sent).status, text(raw, url)) == (209, "")


def test_blanks_behind_a_title_stay(raw, register):
    url = register()
    write(raw, url, "x : DONE\ny\t: TODO")
    assert text(raw, url) == "Work items:\nx : DONE\ny\t: TODO"


def test_a_title_may_be_long(raw, register):
    url = register()
    write(raw, url, f"{'x' * 5000}: TODO")
    assert text(raw, url) == f"Work items:\n{'x' * 5000}: TODO"


def test_what_reads_back_can_be_sent_as_it_is(raw, register, contract):
    url = register()
    first = f"[{contract.people[0]}] x : TODO\nWork items for {contract.active}:\ny: DONE\nx : BLOCKED"
    shown = write(raw, url, first).json()["workitems_text"]
    write(raw, url, f"{shown}\nz: TODO")
    assert text(raw, url) == f"{shown}\nz: TODO"


# Statuses, people, milestones


@pytest.mark.parametrize("status", STATUSES)
def test_five_statuses_are_taken_in_any_case(raw, register, status):
    url = register()
    write(raw, url, f"x: {status.lower()}")
    assert text(raw, url) == f"Work items:\nx: {status}"


@pytest.mark.parametrize("status", ["COMPLETED", "DROPPED", "IN PROGRESS", "IN-PROGRESS", "", "TODO (NOTE)"])
def test_a_status_that_is_none_of_the_five_is_refused(raw, register, status):
    url = register()
    answer = write(raw, url, f"x: TODO\ny: {status}")
    assert (answer.status, answer.text.rstrip()) == (400, f"workitems_text: Unknown status: {status}".rstrip())
    assert text(raw, url) == ""


@pytest.mark.parametrize("form", ["no-{}", "{}-no", " {} ", ""])
def test_a_person_that_is_not_exactly_the_name_of_one_is_refused(raw, register, contract, tag, form):
    name = form.format(contract.people[0] if form == " {} " else tag)
    answer = write(raw, register(), f"[{name}] x: TODO")
    assert (answer.status, answer.text) == (400, f"workitems_text: Unknown person name: {name}")


def test_the_name_of_a_person_is_not_taken_in_another_case(raw, register, contract):
    name = contract.people[0].upper()
    answer = write(raw, register(), f"[{name}] x: TODO")
    assert (answer.status, answer.text) == (400, f"workitems_text: Unknown person name: {name}")


def test_a_milestone_that_the_project_lacks_is_refused(raw, register, contract, tag):
    answer = write(raw, register(), f"Work items for {tag}:\nx: TODO")
    reason = f"The milestone '{tag}' is not valid for the target '{contract.project}'."
    assert (answer.status, answer.text) == (400, f"workitems_text: {reason}")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("x", 'Invalid work item format: "x"'),
        ("see http://x.y/z", "Unknown status: //X.Y/Z"),
        (": TODO", 'No work item title found on ": TODO"'),
        ("[PERSON]: TODO", 'No work item title found on "[PERSON]: TODO"'),
        ("[PERSON x: TODO", 'Missing closing "]" for assignee on "[PERSON x: TODO".'),
        ("[PERSON] [x] y: TODO", 'Missing closing "]" for assignee on "[PERSON] [x] y: TODO".'),
        (" [PERSON] x: TODO", 'Missing closing "]" for assignee on " [PERSON] x: TODO".'),
    ],
)
def test_a_line_that_is_no_work_item_is_refused_and_shown(raw, register, contract, line, reason):
    line, reason = (part.replace("PERSON", contract.people[0]) for part in (line, reason))
    url = register()
    answer = write(raw, url, f"x: TODO\n{line}")
    assert (answer.status, answer.text) == (400, f"workitems_text: {reason}")
    assert text(raw, url) == ""


def test_the_words_about_a_line_are_escaped_as_for_a_page(raw, register):
    assert write(raw, register(), "third").content == b"workitems_text: Invalid work item format: &quot;third&quot;"


def test_a_line_that_looks_like_a_header_is_one(raw, register, contract):
    """A title that begins so cannot stand before an empty status: its last word is taken for a milestone."""
    answer = write(raw, register(), "x: TODO\nWork items on tests:")
    assert (answer.status, text(raw, register("-second"))) == (209, "")
    answer = write(raw, register("-third"), "Work items on tests:\nx: TODO")
    assert answer.text.startswith("workitems_text: The milestone 'tests' is not valid")


# Two at once


def race(raw, raw_ordinary, url, texts):
    """Write two texts at once under one ETag, and return their answers."""
    write(raw, url, "x: TODO\ny: TODO")
    etag = raw.wire.get(url).json()["http_etag"]
    answers, barrier = [None, None], Barrier(2)

    def send(number, client):
        barrier.wait()
        answers[number] = write(client, url, texts[number], etag)

    threads = [Thread(target=send, args=pair) for pair in enumerate((raw, raw_ordinary))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def overlap(raw, raw_ordinary, register, texts, statuses):
    """Race until the answers have these statuses, which two that did not overlap do not get; return what stands.

    Whatever the statuses, each that was answered 209 shows its own text and no other's.
    """
    for number in range(ROUNDS):
        url = register(f"-{number}")
        answers = race(raw, raw_ordinary, url, texts)
        found = sorted(answer.status for answer in answers)
        assert found in ([209, 209], [209, 412])
        for answer, sent in zip(answers, texts, strict=True):
            assert answer.status == 412 or answer.json()["workitems_text"] == f"Work items:\n{sent}"
        if found == statuses:
            return text(raw, url).splitlines()[1:]
    raise AssertionError(f"no two of {ROUNDS} pairs of requests were answered {statuses}")


def test_two_that_add_different_lines_at_once_both_succeed_and_both_stand(raw, raw_ordinary, register):
    texts = ["x: TODO\ny: TODO\nmine: TODO", "x: TODO\ny: TODO\ntheirs: TODO"]
    stand = overlap(raw, raw_ordinary, register, texts, [209, 209])
    assert sorted(stand) == ["mine: TODO", "theirs: TODO", "x: TODO", "y: TODO"]


def test_a_line_that_two_add_at_once_stands_twice(raw, raw_ordinary, register):
    texts = ["x: TODO\ny: TODO\nsame: TODO"] * 2
    stand = overlap(raw, raw_ordinary, register, texts, [209, 209])
    assert stand == ["x: TODO", "y: TODO", "same: TODO", "same: TODO"]


@pytest.mark.parametrize(
    ("change", "left"), [("y: TODO", ["y: TODO"]), ("renamed: TODO\ny: TODO", ["renamed: TODO", "y: TODO"])]
)
def test_one_that_takes_a_line_away_and_one_that_adds_another_both_succeed(raw, raw_ordinary, register, change, left):
    stand = overlap(raw, raw_ordinary, register, [change, "x: TODO\ny: TODO\nnew: TODO"], [209, 209])
    assert sorted(stand) == sorted([*left, "new: TODO"])


def test_of_two_that_change_one_line_only_one_succeeds(raw, raw_ordinary, register):
    texts = ["x: DONE\ny: TODO", "x: BLOCKED\ny: TODO"]
    for number in range(10):
        url = register(f"-{number}")
        answers = race(raw, raw_ordinary, url, texts)
        assert sorted(answer.status for answer in answers) == [209, 412]
        (won,) = (sent for answer, sent in zip(answers, texts, strict=True) if answer.status == 209)
        assert text(raw, url) == f"Work items:\n{won}"


def test_one_after_the_other_the_second_is_stale(raw, raw_ordinary, register):
    url = register()
    etag = raw.wire.get(url).json()["http_etag"]
    assert write(raw_ordinary, url, "theirs: TODO", etag).status == 209
    assert write(raw, url, "mine: TODO", etag).status == 412
    assert text(raw, url) == "Work items:\ntheirs: TODO"
