"""A recap repository on disk: every file, whatever it is, is read or said to be unreadable."""

import os
import socket
from dataclasses import replace

import pytest

from tracker.errors import ExitCode, TrackerError
from tracker.recap.diagnostics import Finding
from tracker.recap.people import People
from tracker.recap.reader import MAX_BYTES
from tracker.recap.repository import find_folder, load_repository, select_paths

TOP = "title: t\ndate: 2016-10-28\n"


@pytest.fixture
def sessions(tmp_path, monkeypatch):
    """A repository with settings, and the working directory beside it."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "sessions"
    write(folder, "tracker", "tag: summit\nproject: neutron\n")
    return folder


def write(folder, name, text=TOP, suffix=".yaml"):
    path = folder / f"{name}{suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def told(repository):
    return [(one.path, one.line, one.rule) for one in repository.diagnostics]


def ids(repository):
    return [file.id for file in repository.files]


def action(identity, line):
    return f"{TOP}actions:\n- id: {identity}\n  title: do\n  {line}\n"


# Finding the folder.


def test_the_folder_is_found_from_below_and_from_inside(sessions):
    (sessions / "ocata" / "deep").mkdir(parents=True)
    beside = sessions.parent / "docs" / "x"
    beside.mkdir(parents=True)
    for start in (sessions.parent, sessions, sessions / "ocata" / "deep", beside):
        assert find_folder(start) == sessions


def test_a_recap_folder_called_sessions_is_not_taken_for_the_repository(sessions):
    (sessions / "ocata").mkdir()
    inner = sessions / "sessions"
    inner.mkdir()
    assert find_folder(inner) == sessions


def test_without_a_folder_the_message_says_what_to_do(tmp_path):
    with pytest.raises(TrackerError, match="no sessions/ folder in") as caught:
        find_folder(tmp_path)
    assert "make one" in caught.value.remedy
    assert caught.value.exit_code is ExitCode.PROBLEMS


# Reading all.


def test_recaps_are_read_in_the_order_of_their_paths_and_hidden_ones_are_not(sessions):
    for name in ("pike/a", "ocata/b", "ocata/a", "top", ".synced/x/ocata/a", "templates/t", "ocata/.hidden"):
        write(sessions, name)
    write(sessions, "ocata/notes", suffix=".md")
    write(sessions, "people", "people: {a: {name: A}}\n")
    repository = load_repository(sessions)
    assert ids(repository) == ["ocata/a", "ocata/b", "pike/a", "top"]
    assert repository.diagnostics == []
    assert [recap.id for recap in repository.recaps] == ids(repository)
    assert list(repository.people.entries) == ["a"]


def test_every_problem_of_all_files_is_told_in_one_run(sessions):
    write(sessions, "tracker", "tga: summit\n")
    write(sessions, "people", "people: {a: {}}\n")
    write(sessions, "a", "title: [\n")
    write(sessions, "b", "date: soon\n")
    write(sessions, "c", TOP + "actions: [{}]\n")
    write(sessions, "d")
    repository = load_repository(sessions)
    assert told(repository) == [
        ("sessions/tracker.yaml", 1, "R010"),
        ("sessions/tracker.yaml", 1, "R011"),
        ("sessions/people.yaml", 1, "R011"),
        ("sessions/a.yaml", 2, "R001"),
        ("sessions/b.yaml", 1, "R011"),
        ("sessions/b.yaml", 1, "R015"),
        ("sessions/c.yaml", 4 - 1, "R011"),
        ("sessions/c.yaml", 3, "R011"),
    ]
    assert (repository.settings, repository.people) == (None, None)
    assert [file.recap is not None for file in repository.files] == [False, False, False, True]


def test_without_people_there_are_none_and_without_settings_that_is_a_problem(sessions):
    assert load_repository(sessions).people == People()
    (sessions / "tracker.yaml").unlink()
    (diagnostic,) = load_repository(sessions).diagnostics
    assert diagnostic.message == "the file cannot be read: no such file or directory"
    assert diagnostic.help == "put a `tag:` into it"


def test_settings_with_errors_do_not_make_every_recap_lack_its_project(sessions):
    write(sessions, "tracker", "project: neutron\n")
    write(sessions, "a", action("a", "bug: https://bugs.launchpad.net/nova/+bug/1"))
    assert told(load_repository(sessions)) == [("sessions/tracker.yaml", 1, "R011")]


def test_people_with_errors_do_not_make_every_owner_unknown(sessions):
    write(sessions, "people", "people: {ihar: {}}\n")
    write(sessions, "a", action("a", "owner: zorro"))
    assert told(load_repository(sessions)) == [("sessions/people.yaml", 1, "R011")]


# A bug in two recaps.


def test_a_bug_in_two_recaps_is_told_at_the_second_with_the_action_of_the_first(sessions):
    write(sessions, "ocata/one", action("first", "bug: 7"))
    write(sessions, "pike/two", action("second", "bug: https://bugs.launchpad.net/neutron/+bug/7"))
    repository = load_repository(sessions)
    (diagnostic,) = repository.diagnostics
    assert (diagnostic.path, diagnostic.line, diagnostic.column) == ("sessions/pike/two.yaml", 6, 8)
    assert (diagnostic.rule, diagnostic.message) == ("R025", 'bug 7 tracks "ocata/one#first" already')
    assert [file.recap is not None for file in repository.files] == [True, False]


@pytest.mark.parametrize(("named", "told"), [("ocata/one", "pike/two#second"), ("pike/two", "ocata/one#first")])
def test_a_recap_that_is_named_alone_is_told_of_a_bug_that_another_claims(sessions, named, told):
    write(sessions, "ocata/one", action("first", "bug: 7"))
    write(sessions, "pike/two", action("second", "bug: 7"))
    repository = load_repository(sessions, select_paths(sessions, [named]))
    assert [file.id for file in repository.files] == [named]
    (diagnostic,) = repository.diagnostics
    assert (diagnostic.rule, diagnostic.message) == ("R025", f'bug 7 tracks "{told}" already')
    assert repository.recaps == []


def test_a_recap_that_is_named_alone_is_told_nothing_of_others(sessions):
    write(sessions, "ocata/one", "nonsense: 1\n")
    write(sessions, "pike/two", action("second", "bug: 7"))
    assert load_repository(sessions, [sessions / "pike"]).diagnostics == []


def test_a_bug_in_two_recaps_is_told_beside_their_other_problems(sessions):
    write(sessions, "one", action("first", "bug: 7\n  status: doing"))
    write(sessions, "two", action("second", "colour: red\n  bug: 7"))
    assert told(load_repository(sessions)) == [
        ("sessions/one.yaml", 7, "R016"),
        ("sessions/two.yaml", 6, "R010"),
        ("sessions/two.yaml", 7, "R025"),
    ]


# What a user named.


def test_recaps_are_named_by_id_by_file_and_by_folder(sessions, monkeypatch):
    for name in ("ocata/a", "ocata/b", "pike/a"):
        write(sessions, name)

    def named(*names):
        return ids(load_repository(sessions, select_paths(sessions, names)))

    assert named("ocata/a") == ["ocata/a"]
    assert named("sessions/ocata/a.yaml", "ocata/a") == ["ocata/a"]
    assert named("ocata") == named("sessions/ocata") == named("ocata/") == ["ocata/a", "ocata/b"]
    assert (
        named("sessions") == named(str(sessions)) == named("sessions/../sessions") == ["ocata/a", "ocata/b", "pike/a"]
    )
    assert named("sessions/tracker.yaml", "ocata/a") == ["ocata/a"]
    monkeypatch.chdir(sessions / "ocata")
    assert named("a.yaml") == ["ocata/a"]
    assert named("../pike/a.yaml", ".") == ["ocata/a", "ocata/b", "pike/a"]
    assert named("..") == ["ocata/a", "ocata/b", "pike/a"]


def test_what_a_recap_goes_on_with_is_there_though_it_was_not_named(sessions):
    write(sessions, "newton/a", action("one", "owner: ~x"))
    write(sessions, "ocata/a", action("one", "carried_from: newton/a#one"))
    write(sessions, "ocata/b", action("two", "owner: nobody-known"))
    path = write(sessions, "pike/a", f"{action('one', 'carried_from: ocata/a#one')}- id: two\n  title: t\n"
                                     "  carried_from: ocata/b#two\n")  # fmt: skip
    repository = load_repository(sessions, [path])
    assert ids(repository) == ["pike/a"]
    assert [one.id for one in repository.origins] == ["ocata/a", "newton/a"]
    assert load_repository(sessions).origins == ()


@pytest.mark.parametrize("name", ["ocata/none", "none.yaml", "x" * 5000, "a\nb"])
def test_a_path_that_is_missing_is_a_wrong_command_line(sessions, name):
    with pytest.raises(TrackerError, match="does not exist") as caught:
        load_repository(sessions, select_paths(sessions, [name]))
    assert caught.value.exit_code is ExitCode.USAGE
    assert caught.value.remedy


@pytest.mark.parametrize("names", [["people"], ["sessions/tracker.yaml", "sessions/people.yaml"]])
def test_a_repositorys_own_files_alone_are_a_wrong_command_line(sessions, names):
    (sessions / "people.yaml").write_text("people: {}\n")
    with pytest.raises(TrackerError, match=r"(people|tracker)\.yaml is no recap$") as caught:
        load_repository(sessions, select_paths(sessions, names))
    assert caught.value.exit_code is ExitCode.USAGE
    assert caught.value.remedy


def test_a_path_outside_is_a_wrong_command_line(sessions):
    write(sessions.parent, "elsewhere")
    with pytest.raises(TrackerError, match="is not below") as caught:
        load_repository(sessions, select_paths(sessions, ["elsewhere.yaml"]))
    assert caught.value.exit_code is ExitCode.USAGE


# Odd files.


def only(sessions, **given):
    (diagnostic,) = load_repository(sessions, **given).diagnostics
    return diagnostic


@pytest.mark.parametrize("name", ["Bad Name", "ä", "-a", "a#b", "oca ta/x", "a\nb", "-/x"])
def test_a_file_whose_name_cannot_be_an_id_is_told(sessions, name):
    write(sessions, name)
    diagnostic = only(sessions)
    assert diagnostic.rule == "R009"
    assert diagnostic.message == f'"{name.rpartition("/")[2]}.yaml" cannot be the name of a recap'
    assert diagnostic.help.startswith("a recap is CYCLE/NAME.yaml")


def test_a_file_name_of_other_bytes_than_utf_8_is_told(sessions):
    with open(os.fsencode(sessions) + b"/\xff.yaml", "w", encoding="utf-8") as file:  # noqa: PTH123 - the name is bytes
        file.write(TOP)
    assert only(sessions).rule == "R009"


def test_a_recap_with_the_other_suffix_is_told_also_beside_its_twin(sessions):
    write(sessions, "x", suffix=".yml")
    assert (only(sessions).rule, only(sessions).help) == ("R009", 'name it "x.yaml"')
    write(sessions, "x")
    repository = load_repository(sessions)
    assert told(repository) == [("sessions/x.yml", 1, "R009")]
    assert [recap.id for recap in repository.recaps] == ["x"]


def test_a_folder_with_a_recaps_name_is_a_folder(sessions):
    (sessions / "empty.yaml").mkdir()
    write(sessions, "full.yaml/x")
    assert ids(load_repository(sessions)) == ["full.yaml/x"]


@pytest.mark.parametrize("name", ["tracker.yaml", "people.yaml"])
def test_a_folder_in_a_files_place_cannot_be_read(sessions, name):
    (sessions / name).unlink(missing_ok=True)
    (sessions / name).mkdir()
    diagnostic = only(sessions)
    assert (diagnostic.rule, diagnostic.message) == ("R009", "the file cannot be read: is a directory")


@pytest.mark.parametrize("name", ["a.yaml", "people.yaml", "tracker.yaml"])
def test_a_dangling_link_is_told(sessions, name):
    (sessions / name).unlink(missing_ok=True)
    (sessions / name).symlink_to("gone.yaml")
    diagnostic = only(sessions)
    assert (diagnostic.path, diagnostic.rule) == (f"sessions/{name}", "R009")
    assert diagnostic.message == "the file cannot be read: it is a link to a file that is not there"


def test_links_that_go_round_are_told(sessions):
    (sessions / "a.yaml").symlink_to("b.yaml")
    (sessions / "b.yaml").symlink_to("a.yaml")
    (sessions / "loop").symlink_to(sessions)
    message = "the file cannot be read: too many levels of symbolic links"
    assert {one.message for one in load_repository(sessions).diagnostics} == {message}
    named = select_paths(sessions, ["a", "loop/b.yaml"])
    assert {one.message for one in load_repository(sessions, named).diagnostics} == {message}


def test_a_link_to_a_recap_elsewhere_is_a_recap_under_its_own_name(sessions):
    write(sessions.parent, "elsewhere")
    (sessions / "here.yaml").symlink_to("../elsewhere.yaml")
    assert ids(load_repository(sessions)) == ["here"]
    assert ids(load_repository(sessions, select_paths(sessions, ["here"]))) == ["here"]


@pytest.mark.parametrize("name", ["a.yaml", "people.yaml", "tracker.yaml"])
def test_a_pipe_a_socket_and_a_device_are_not_waited_for(sessions, name):
    path = sessions / name
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    assert told_once(sessions) == (
        "the file cannot be read: it is no file",
        "put a file in its place, or take it away",
    )
    path.unlink()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(path))  # as a whole path it may be too long
        assert told_once(sessions)[0] == "the file cannot be read: it is no file"
    path.unlink()
    path.symlink_to("/dev/zero")
    assert told_once(sessions)[0] == "the file is a link that leads out of the repository"


def told_once(sessions):
    diagnostic = only(sessions)
    assert diagnostic.rule == "R009"
    return diagnostic.message, diagnostic.help


@pytest.mark.parametrize(
    ("error", "message", "remedy"),
    [
        (PermissionError(13, "Permission denied"), "permission denied", "give yourself the right to read it"),
        (FileNotFoundError(2, "No such file or directory"), "no such file or directory", "restore it, or try again"),
        (OSError(5, "Input/output error"), "input/output error", "see that its disk works"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_and_the_others_are_read(sessions, monkeypatch, error, message, remedy):
    write(sessions, "a")
    write(sessions, "b")
    opened = os.open

    def refuse(path, *words):
        if os.path.basename(path) == "a.yaml":  # noqa: PTH119
            raise error
        return opened(path, *words)

    monkeypatch.setattr(os, "open", refuse)
    repository = load_repository(sessions)
    (diagnostic,) = repository.diagnostics
    assert (diagnostic.path, diagnostic.rule) == ("sessions/a.yaml", "R009")
    assert diagnostic.message == f"the file cannot be read: {message}"
    assert diagnostic.help.startswith(remedy)
    assert [recap.id for recap in repository.recaps] == ["b"]


def test_a_file_that_grows_while_it_is_read_is_not_read_on_and_on(sessions, monkeypatch):
    path = write(sessions, "a")
    opened = os.open

    def grow(name, *words):
        if os.path.basename(name) == "a.yaml":  # noqa: PTH119
            path.write_bytes(b"x" * (2 * MAX_BYTES))
        return opened(name, *words)

    monkeypatch.setattr(os, "open", grow)
    assert only(sessions).message == "the file has 2,000,000 bytes, more than 1,000,000"


def test_a_place_where_one_may_not_look_is_no_recap_repository(sessions, monkeypatch):
    def refuse(path, **_):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("pathlib.Path.stat", refuse)
    assert find_folder(sessions / "ocata") == sessions


def test_a_file_above_a_megabyte_is_told_with_its_size(sessions):
    write(sessions, "a", "x" * (3 * MAX_BYTES))
    assert only(sessions).message == "the file has 3,000,000 bytes, more than 1,000,000"


def test_of_very_many_problems_in_a_file_the_first_are_told_and_that_there_are_more(sessions):
    write(sessions, "a", TOP + "actions:\n" + "- {}\n" * 80)
    write(sessions, "b", "")
    diagnostics = load_repository(sessions).diagnostics
    assert [one.rule for one in diagnostics] == ["R011"] * 100 + ["R033", "R007"]
    assert (diagnostics[100].line, diagnostics[100].is_error) == (54, True)
    assert diagnostics[100].message == "this file has more problems, which are not shown"


@pytest.mark.parametrize(
    "data", [b"", b" \n", b"# x\n", b"---\n", b"\0", b"[]", b"x", b"\xff\xfet\0", b"- " * 100_000]
)
def test_a_file_of_anything_is_told_not_raised(sessions, data):
    for name in ("a.yaml", "people.yaml", "tracker.yaml"):
        (sessions / name).write_bytes(data)
    assert {path for path, _, _ in told(load_repository(sessions))} == {
        "sessions/a.yaml",
        "sessions/people.yaml",
        "sessions/tracker.yaml",
    }


def test_a_folder_that_cannot_be_looked_into_does_not_pass_for_an_empty_one(sessions, monkeypatch):
    hidden = sessions / "hidden"
    hidden.mkdir()
    look = os.scandir

    def refuse(path):
        if os.path.basename(path) == "hidden":  # noqa: PTH119
            raise PermissionError(13, "Permission denied", str(path))
        return look(path)

    monkeypatch.setattr(os, "scandir", refuse)
    (diagnostic,) = load_repository(sessions).diagnostics
    assert diagnostic.rule == "R009"
    assert diagnostic.path.endswith("hidden")
    assert "permission denied" in diagnostic.message


def test_a_link_out_of_the_repository_shows_nothing_of_where_it_leads(sessions, tmp_path_factory):
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.yaml"
    secret.write_text("password: hunter2\n")
    for name in ("x/recap.yaml", "people.yaml"):
        (sessions / name).parent.mkdir(exist_ok=True)
        (sessions / name).unlink(missing_ok=True)
        (sessions / name).symlink_to(secret)
    repository = load_repository(sessions)
    assert [problem.rule for problem in repository.diagnostics] == ["R009", "R009"]
    assert "hunter2" not in repr(repository)


def test_a_link_within_the_repository_is_followed(sessions):
    elsewhere = sessions.parent / "recaps"
    elsewhere.mkdir()
    (elsewhere / "x.yaml").write_text("title: a session\nproject: p\ndate: 2016-10-28\nevent: e\n")
    (sessions / "ocata").mkdir(exist_ok=True)
    (sessions / "ocata" / "linked.yaml").symlink_to(elsewhere / "x.yaml")
    assert load_repository(sessions).recaps[-1].title == "a session"


# Rules that are switched off.


def test_what_is_switched_off_is_not_found_and_keeps_no_recap_out(sessions):
    write(sessions, "people", "people: {ihar: {name: Ihar}}\n")
    write(sessions, "one", action("a", "owner: [ihar, Ihar]\n  topic: none"))
    repository = load_repository(sessions)
    assert [rule for *_, rule in told(repository)] == ["R027", "R026"]
    assert repository.recaps == []
    write(sessions, "tracker", "tag: summit\nproject: neutron\nignore: [R026, R027]\n")
    repository = load_repository(sessions)
    assert told(repository) == []
    assert ids(repository) == [recap.id for recap in repository.recaps] == ["one"]


def test_it_goes_for_people_and_for_what_is_found_later(sessions):
    write(sessions, "people", "people:\n  ihar:\n    name: Ihar #x\n")
    write(sessions, "tracker", "tag: summit\nproject: neutron\nignore: [R032, R103]\n")
    repository = load_repository(sessions)
    assert told(repository) == []
    finding = Finding(("people", "ihar"), "R103", "gone")
    repository.report(repository.people_document, [finding, replace(finding, rule="R012")])
    assert [rule for *_, rule in told(repository)] == ["R012"]


def test_settings_with_errors_switch_nothing_off(sessions):
    write(sessions, "one", action("a", "topic: none"))
    write(sessions, "tracker", "project: neutron\nignore: [R026]\n")
    assert [rule for *_, rule in told(load_repository(sessions))] == ["R011", "R026"]
