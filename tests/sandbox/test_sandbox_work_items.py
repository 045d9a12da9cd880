"""Work items: their grammar, how they read back, and those who write them at the same time, as in July 2025."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tracker.sandbox.world import WorkItemEntry


@pytest.fixture
def path(driver, project):
    """A fresh blueprint."""
    return driver.blueprint(project)


def write(client, path, text, **headers):
    return client.patch(path, {"workitems_text": text}, **headers)


def lines(client, path):
    return client.get(path)["workitems_text"].splitlines()[1:]


# Grammar.


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("a: TODO", "Work items:\na: TODO"),
        ("a:TODO\n", "Work items:\na: TODO"),
        ("\n\na: todo\n\n\nb: Done\n\n", "Work items:\na: TODO\nb: DONE"),
        ("Work items:\n[driver] do a thing: TODO", "Work items:\n[driver] do a thing: TODO"),
        ("work ITEMS :  \na: TODO", "Work items:\na: TODO"),
        ("WORK ITEMS FOR open:\na: TODO", "Work items for open:\na: TODO"),
        ("Work items of long ago in past:\na: TODO", "Work items for past:\na: TODO"),
        ("a: TODO\nWork items for open:\nb: DONE", "Work items:\na: TODO\n\nWork items for open:\nb: DONE"),
        (
            "Work items for open:\na: TODO\n\nWork items for open:\nb: DONE\n"
            "Work items:\nc: TODO\nWork items for open:\nd: TODO",
            "Work items for open:\na: TODO\nb: DONE\n\nWork items:\nc: TODO\n\nWork items for open:\nd: TODO",
        ),
        ("b: TODO\na: TODO\nb: TODO", "Work items:\nb: TODO\na: TODO\nb: TODO"),
        (None, ""),
        ("", ""),
        ("Work items:", ""),
        ("Work items for open:\n", ""),
        ("a: b: c: TODO", "Work items:\na: b: c: TODO"),
        ("see https://x.example/y: TODO", "Work items:\nsee https://x.example/y: TODO"),
        ("x [y] z: TODO", "Work items:\nx [y] z: TODO"),
        ("[driver]a: TODO", "Work items:\n[driver] a: TODO"),
        ("[crew] a: TODO", "Work items:\n[crew] a: TODO"),
        ("   a: TODO", "Work items:\na: TODO"),
        ("a : DONE", "Work items:\na : DONE"),
        ("a:  done  ", "Work items:\na: DONE"),
        ("work items a: TODO", "Work items:\nwork items a: TODO"),
        ("a: TODO\x0bb: DONE\u2028c: TODO", "Work items:\na: TODO\nb: DONE\nc: TODO"),
        ("a: TODO\r\nb: DONE\r\n", "Work items:\na: TODO\nb: DONE"),
        ("<b>&: TODO", "Work items:\n<b>&: TODO"),
    ],
)
def test_work_items_read_back_in_one_form(driver, path, sent, read):
    write(driver, path, "something before: TODO")
    answer = write(driver, path, sent)
    assert (answer.status, answer.json["workitems_text"]) == (209, read)
    assert driver.get(path)["workitems_text"] == read


@pytest.mark.parametrize("status", ["TODO", "DONE", "POSTPONED", "INPROGRESS", "BLOCKED"])
def test_a_status_is_taken_in_any_case(driver, path, status):
    assert write(driver, path, f"a: {status.title()}")["workitems_text"] == f"Work items:\na: {status}"


@pytest.mark.parametrize("status", ["COMPLETED", "DROPPED", "IN PROGRESS", "IN-PROGRESS", "", "TODO (note)"])
def test_another_status_is_refused(driver, path, status):
    answer = write(driver, path, f"a: {status}")
    assert (answer.status, answer.text) == (400, f"workitems_text: Unknown status: {status.upper()}")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("third", "Invalid work item format: &quot;third&quot;"),
        ("see http://x.y/z", "Unknown status: //X.Y/Z"),
        ("[nobody-1] a: TODO", "Unknown person name: nobody-1"),
        ("[DRIVER] a: TODO", "Unknown person name: DRIVER"),
        ("[ driver ] a: TODO", "Unknown person name:  driver "),
        ("[] a: TODO", "Unknown person name: "),
        ("[driver@example.com] a: TODO", "Unknown person name: driver@example.com"),
        ("[twin] a: TODO", "Unknown person name: twin"),
        ("[driver a: TODO", "Missing closing &quot;]&quot; for assignee on &quot;[driver a: TODO&quot;."),
        (
            "[driver] [tag] a: TODO",
            "Missing closing &quot;]&quot; for assignee on &quot;[driver] [tag] a: TODO&quot;.",
        ),
        ("  [driver] a: TODO", "Missing closing &quot;]&quot; for assignee on &quot;  [driver] a: TODO&quot;."),
        ("[a: b] c", "Missing closing &quot;]&quot; for assignee on &quot;[a: b] c&quot;."),
        ("[driver]: TODO", "No work item title found on &quot;[driver]: TODO&quot;"),
        (": TODO", "No work item title found on &quot;: TODO&quot;"),
        (" Work items:", "Unknown status: "),
        ("a: LATER\nthird", "Invalid work item format: &quot;third&quot;"),
        ("a: LATER\nb: NEVER", "Unknown status: LATER"),
        ("it's <b>", "Invalid work item format: &quot;it&#x27;s &lt;b&gt;&quot;"),
    ],
)
def test_what_is_no_list_of_work_items_is_refused_in_launchpads_words(driver, path, text, reason):
    write(driver, path, "before: TODO")
    answer = write(driver, path, text)
    assert (answer.status, answer.text) == (400, f"workitems_text: {reason}")
    assert lines(driver, path) == ["before: TODO"]


def test_a_milestone_that_the_project_lacks_is_refused(driver, project, path):
    answer = write(driver, path, "Work items for 99.99:\na: TODO")
    reason = f"The milestone &#x27;99.99&#x27; is not valid for the target &#x27;{project}&#x27;."
    assert (answer.status, answer.text) == (400, f"workitems_text: {reason}")


def test_a_long_title_is_taken(driver, path):
    write(driver, path, f"{'x' * 5000}: TODO")
    assert lines(driver, path) == [f"{'x' * 5000}: TODO"]


def test_a_private_team_cannot_be_named(sandbox, driver, project, path):
    sandbox.add_team(f"secret-{project}", "Secret", owner="driver")
    with sandbox.store.transaction():
        sandbox.store.execute("UPDATE person SET visibility = 'Private' WHERE name = ?", f"secret-{project}")
    assert write(driver, path, f"[secret-{project}] a: TODO").status == 403


# Rows.


def rows(sandbox, path):
    """All rows of a blueprint, in the order in which they came: title and whether it is shown."""
    project, _, name = path.split("/")
    with sandbox.store.transaction():
        return [
            (row["id"], row["title"], not row["is_deleted"])
            for row in sandbox.store.rows(
                "SELECT work_item.* FROM work_item JOIN specification ON specification.id = specification"
                " JOIN project ON project.id = project WHERE project.name = ? AND specification.name = ?"
                " ORDER BY work_item.id",
                project,
                name,
            )
        ]


def test_a_line_of_the_same_title_keeps_its_row_and_any_other_is_a_new_one(sandbox, driver, path):
    write(driver, path, "a: TODO\nb: TODO")
    (a, *_), (b, *_) = rows(sandbox, path)
    write(driver, path, "b: DONE\n[driver] a: TODO\nc: TODO")
    assert rows(sandbox, path)[:2] == [(a, "a", True), (b, "b", True)]
    assert lines(driver, path) == ["b: DONE", "[driver] a: TODO", "c: TODO"]
    write(driver, path, "a : TODO\nB: TODO")
    assert [(title, shown) for _, title, shown in rows(sandbox, path)] == [
        ("a", False), ("b", False), ("c", False), ("a ", True), ("B", True),
    ]  # fmt: skip
    write(driver, path, "a: TODO")
    assert rows(sandbox, path)[-1][1:] == ("a", True)


def test_lines_of_one_title_are_matched_in_their_order(sandbox, driver, path):
    write(driver, path, "a: TODO\na: DONE\na: BLOCKED")
    first, second, _ = [number for number, *_ in rows(sandbox, path)]
    write(driver, path, "a: INPROGRESS\na: DONE")
    assert [number for number, _, shown in rows(sandbox, path) if shown] == [first, second]
    assert lines(driver, path) == ["a: INPROGRESS", "a: DONE"]


def test_a_line_shows_the_present_name_of_a_person_and_of_a_milestone(sandbox, driver, project, path):
    sandbox.add_person(f"old-{project}", "Old")
    write(driver, path, f"Work items for open:\n[old-{project}] a: TODO")
    with sandbox.store.transaction():
        sandbox.store.execute("UPDATE person SET name = ? WHERE name = ?", f"new-{project}", f"old-{project}")
    driver.patch(f"{project}/+milestone/open", {"name": "renamed"})
    assert driver.get(path)["workitems_text"] == f"Work items for renamed:\n[new-{project}] a: TODO"


# At the same time.


def at_once(sandbox, *requests):
    """Make requests that are all under way before the first is answered, and return the answers."""
    with ThreadPoolExecutor(len(requests)) as pool:
        with sandbox.store.lock:
            started = [pool.submit(request) for request in requests]
            deadline = time.monotonic() + 10
            while sandbox.store.journal.under_way < len(requests):
                assert time.monotonic() < deadline
        return [future.result() for future in started]


BOTH = ["x: TODO", "y: TODO"]


def race(sandbox, path, clients, texts):
    """Write texts under one ETag, and return the statuses, what the 209s show, and what is there then."""
    write(clients[0], path, "\n".join(BOTH))
    etag = clients[0].get(path)["http_etag"]
    answers = at_once(
        sandbox,
        *(
            lambda client=client, text=text: write(client, path, text, If_Match=etag)
            for client, text in zip(clients, texts, strict=True)
        ),
    )
    shown = {answer["workitems_text"] for answer in answers if answer.status == 209}
    return sorted(answer.status for answer in answers), shown, lines(clients[0], path)


def listed(*texts):
    return {f"Work items:\n{text}" for text in texts}


def test_two_that_add_different_lines_both_succeed_and_each_sees_its_own(sandbox, driver, ordinary, path):
    texts = ["x: TODO\ny: TODO\nmine: TODO", "x: TODO\ny: TODO\ntheirs: DONE"]
    statuses, shown, stand = race(sandbox, path, [driver, ordinary], texts)
    assert (statuses, shown) == ([209, 209], listed(*texts))
    assert (stand[:2], sorted(stand[2:])) == (BOTH, ["mine: TODO", "theirs: DONE"])


def test_four_that_add_different_lines_all_succeed(sandbox, driver, ordinary, boss, other, path):
    texts = [f"x: TODO\ny: TODO\nnumber {number}: TODO" for number in range(4)]
    statuses, shown, stand = race(sandbox, path, [driver, ordinary, boss, other], texts)
    assert (statuses, shown) == ([209] * 4, listed(*texts))
    assert (stand[:2], sorted(stand[2:])) == (BOTH, [f"number {number}: TODO" for number in range(4)])


def test_two_that_add_the_same_line_both_succeed_and_it_stands_twice(sandbox, driver, ordinary, path):
    text = "x: TODO\ny: TODO\nsame: TODO"
    statuses, shown, stand = race(sandbox, path, [driver, ordinary], [text, text])
    assert (statuses, shown, stand) == ([209, 209], listed(text), [*BOTH, "same: TODO", "same: TODO"])


@pytest.mark.parametrize("second", ["x: BLOCKED\ny: TODO", "x: DONE\ny: TODO", "y: TODO"])
def test_of_two_that_change_the_same_line_one_is_stale(sandbox, driver, ordinary, path, second):
    texts = ["x: DONE\ny: TODO", second]
    statuses, shown, stand = race(sandbox, path, [driver, ordinary], texts)
    assert (statuses, len(shown)) == ([209, 412], 1)
    assert shown == listed("\n".join(stand))


def test_two_that_change_different_lines_both_succeed(sandbox, driver, ordinary, path):
    texts = ["x: DONE\ny: TODO", "x: TODO\ny: BLOCKED"]
    statuses, shown, stand = race(sandbox, path, [driver, ordinary], texts)
    assert (statuses, shown, stand) == ([209, 209], listed(*texts), ["x: DONE", "y: BLOCKED"])


@pytest.mark.parametrize(
    ("change", "stand"), [("y: TODO", ["y: TODO"]), ("renamed: TODO\ny: TODO", ["renamed: TODO", "y: TODO"])]
)
def test_one_that_deletes_or_renames_and_one_that_adds_both_succeed(sandbox, driver, ordinary, path, change, stand):
    texts = [change, "x: TODO\ny: TODO\nnew: TODO"]
    statuses, shown, found = race(sandbox, path, [driver, ordinary], texts)
    assert (statuses, shown, found) == ([209, 209], listed(*texts), [*stand, "new: TODO"])


def test_the_etag_of_an_answer_in_a_race_is_not_that_of_what_stands(sandbox, driver, ordinary, path):
    texts = ["x: TODO\ny: TODO\nmine: TODO", "x: TODO\ny: TODO\ntheirs: DONE"]
    write(driver, path, "\n".join(BOTH))
    etag = driver.get(path)["http_etag"]
    answers = at_once(
        sandbox,
        lambda: write(driver, path, texts[0], If_Match=etag),
        lambda: write(ordinary, path, texts[1], If_Match=etag),
    )
    for answer in answers:
        assert write(driver, path, "x: DONE", If_Match=answer["http_etag"]).status == 412


def test_one_after_the_other_a_stale_write_is_refused(driver, ordinary, path):
    etag = driver.get(path)["http_etag"]
    assert write(ordinary, path, "theirs: TODO", If_Match=etag).status == 209
    assert write(driver, path, "mine: TODO", If_Match=etag).status == 412
    assert lines(driver, path) == ["theirs: TODO"]


@pytest.mark.parametrize("field", ["whiteboard", "title", "implementation_status"])
@pytest.mark.parametrize("clients", [2, 4])
def test_of_writers_of_one_field_exactly_one_succeeds(sandbox, driver, boss, path, field, clients):
    values = ["Started", "Blocked", "Deferred", "Deployment"]
    etag = driver.get(path)["http_etag"]
    answers = at_once(
        sandbox,
        *(
            lambda number=number: (driver, boss)[number % 2].patch(path, {field: values[number]}, If_Match=etag)
            for number in range(clients)
        ),
    )
    assert sorted(answer.status for answer in answers) == [209] + [412] * (clients - 1)
    winner = next(number for number, answer in enumerate(answers) if answer.status == 209)
    assert driver.get(path)[field] == values[winner]


def test_of_writers_of_two_fields_exactly_one_succeeds(sandbox, driver, boss, path):
    etag = driver.get(path)["http_etag"]
    answers = at_once(
        sandbox,
        lambda: driver.patch(path, {"title": "new"}, If_Match=etag),
        lambda: boss.patch(path, {"whiteboard": "new"}, If_Match=etag),
    )
    assert sorted(answer.status for answer in answers) == [209, 412]


def test_without_an_etag_the_last_writer_of_a_field_wins(sandbox, driver, boss, path):
    answers = at_once(
        sandbox,
        lambda: driver.patch(path, {"whiteboard": "one"}),
        lambda: boss.patch(path, {"whiteboard": "two"}),
    )
    assert [answer.status for answer in answers] == [209, 209]


def test_of_two_that_register_one_name_one_fails(sandbox, driver, ordinary, project):
    def register(client):
        form = {"name": "raced", "title": "x", "summary": "x", "target": client.url(project)}
        return client.post("specs", "createSpecification", **form)

    answers = at_once(sandbox, lambda: register(driver), lambda: register(ordinary))
    assert sorted((answer.status, answer.text) for answer in answers) == [(201, ""), (500, "UniqueViolation")]
    assert driver.get(f"{project}/all_specifications")["total_size"] == 1


def test_two_that_register_two_names_both_succeed(sandbox, driver, ordinary, project):
    answers = at_once(
        sandbox,
        lambda: driver.blueprint(project, "one"),
        lambda: ordinary.blueprint(project, "two"),
    )
    assert [driver.get(answer).status for answer in answers] == [200, 200]
    assert driver.get(f"{project}/all_specifications")["total_size"] == 2


def test_a_request_sees_what_was_there_when_it_came_and_the_next_what_is_there_now(sandbox, driver, ordinary, path):
    """A reader that came before a writer was done is shown what stood before, or what stands now, and never a mix."""
    before = driver.get(path).json
    change = {"whiteboard": "new", "workitems_text": "a: TODO"}
    read, written = at_once(sandbox, lambda: driver.get(path), lambda: ordinary.patch(path, change))
    assert read.json in (before, written.json)
    assert driver.get(path).json == written.json


def test_what_is_added_in_process_meanwhile_is_not_lost(sandbox, driver, project, path):
    write(driver, path, "x: TODO")
    bug = sandbox.add_bug(project, "a bug", "its text", owner="driver")
    with ThreadPoolExecutor(1) as pool:
        with sandbox.store.lock:
            writer = pool.submit(write, driver, path, "x: DONE\nnew: TODO")
            deadline = time.monotonic() + 10
            while sandbox.store.journal.under_way < 1:
                assert time.monotonic() < deadline
            own = [WorkItemEntry(title="its own")]
            sandbox.add_specification(project, "added", owner="driver", work_items=own, bugs=[bug], private=True)
        assert writer.result().status == 209
    assert lines(driver, f"{project}/+spec/added") == ["its own: TODO"]
    assert lines(driver, path) == ["x: DONE", "new: TODO"]


def test_nothing_is_kept_of_requests_that_are_through(sandbox, driver, path):
    write(driver, path, "x: TODO")
    driver.get(path)
    journal = sandbox.store.journal
    with sandbox.store.transaction():
        pass
    assert (journal.under_way, journal._past) == (0, [])


def test_a_body_that_was_read_once_is_there_when_the_request_is_answered_again(sandbox, driver, boss, path):
    """The one that was overtaken writes what it was sent with, and no more."""
    bodies = [{"whiteboard": "x" * 50_000}, {"whiteboard": "y" * 50_000}]
    answers = at_once(sandbox, lambda: driver.patch(path, bodies[0]), lambda: boss.patch(path, bodies[1]))
    assert sorted(json.dumps({"whiteboard": answer["whiteboard"]}) for answer in answers) == sorted(
        json.dumps(body) for body in bodies
    )
