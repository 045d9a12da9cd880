"""Blueprints: how they are found, read, registered, changed and linked, and what Launchpad refuses or fails at."""

from urllib.parse import urlencode

import pytest

from tracker.launchpad import links

DEFINITIONS = ["Approved", "Pending Approval", "Review", "Drafting", "Discussion", "New", "Superseded", "Obsolete"]
IMPLEMENTATIONS = [
    "Unknown", "Not started", "Deferred", "Needs Infrastructure", "Blocked", "Started", "Slow progress",
    "Good progress", "Beta Available", "Needs Code Review", "Deployment", "Implemented", "Informational",
]  # fmt: skip


def read(raw, url):
    answer = raw.wire.get(url)
    assert answer.status == 200, answer.text
    return answer.json()


def find(raw, project, name):
    return raw.wire.get(f"{raw.wire.root}{project}?{urlencode({'ws.op': 'getSpecification', 'name': name})}")


def milestone_url(raw, contract, name):
    return links.milestone_url(raw.wire.root, contract.project, name)


def refused(answer):
    return sorted(line.split(": ")[0] for line in answer.text.splitlines() if ": " in line)


# Reading


def test_a_blueprints_address_is_built_from_its_project_and_its_name(raw, register, contract, tag):
    url = f"{raw.wire.root}{contract.project}/+spec/{tag}"
    assert register() == url == read(raw, url)["self_link"]
    assert read(raw, url)["web_link"].endswith(f"/{contract.project}/+spec/{tag}")


def test_a_blueprint_that_is_not_there_is_404(raw, contract, tag):
    assert raw.wire.get(f"{raw.wire.root}{contract.project}/+spec/{tag}").status == 404


def test_a_blueprint_is_found_by_its_name_and_null_says_that_there_is_none(raw, register, contract, tag):
    answer = find(raw, contract.project, tag)
    assert (answer.status, answer.json()) == (200, None)
    url = register()
    assert find(raw, contract.project, tag).json() == read(raw, url)


def test_a_new_blueprint_has_the_values_that_creation_is_taken_to_give(raw, register, driver):
    found = read(raw, register())
    assert [found[name] for name in ("definition_status", "implementation_status", "priority", "workitems_text")] == [
        "New", "Unknown", "Undefined", "",
    ]  # fmt: skip
    assert [found[f"{name}_link"] for name in ("assignee", "drafter", "approver", "milestone")] == [None] * 4
    assert (found["is_started"], found["is_complete"], found["whiteboard"]) == (False, False, None)
    assert links.person_name(found["owner_link"]) == driver.account


def test_a_blueprint_that_did_not_change_is_not_sent_again(raw, register):
    url = register()
    raw.wire.get(url)
    response, _ = raw.wire._http.request(url, headers={"Accept": "application/json"})
    assert (response.fromcache, response["status"]) == (True, "304")
    raw.patch(url, {"whiteboard": "changed"})
    assert read(raw, url)["whiteboard"] == "changed"


def test_anybody_reads_a_public_blueprint_without_a_login(raw_anonymous, raw, register):
    url = register()
    assert read(raw_anonymous, url) == read(raw, url)


def test_the_service_lists_every_word_of_a_blueprints_statuses(raw):
    assert raw.wire.words("specification", "definition_status") == DEFINITIONS
    assert raw.wire.words("specification", "implementation_status") == IMPLEMENTATIONS


def test_a_projects_blueprints_come_in_pages_of_the_size_that_was_asked_for(raw, register, contract, tag):
    mine = {register(f"-{number}") for number in range(3)}
    url = f"{raw.wire.root}{contract.project}/all_specifications?ws.size=2"
    seen = []
    while url:
        page = read(raw, url)
        assert page["total_size"] >= 3
        assert len(page["entries"]) <= 2
        seen += [entry["self_link"] for entry in page["entries"]]
        url = page.get("next_collection_link")
    assert mine <= set(seen)
    assert sorted(seen) == sorted(set(seen))


def test_a_page_of_blueprints_starts_where_it_was_asked_to(raw, register, contract):
    for number in range(2):
        register(f"-{number}")
    url = f"{raw.wire.root}{contract.project}/all_specifications"
    both = read(raw, f"{url}?{urlencode({'ws.start': 0, 'ws.size': 2})}")["entries"]
    page = read(raw, f"{url}?{urlencode({'ws.start': 1, 'ws.size': 300})}")
    assert page["start"] == 1
    assert page["entries"][0] == both[1]


def test_the_list_of_an_unknown_project_is_404(raw, tag):
    assert raw.wire.get(f"{raw.wire.root}no-{tag}/all_specifications").status == 404


def test_a_listed_blueprint_is_all_of_it_with_an_etag_that_is_good_for_writing(raw, register, contract):
    url = register()
    page = read(raw, f"{raw.wire.root}{contract.project}/all_specifications?ws.size=300")
    while True:
        entry = next((entry for entry in page["entries"] if entry["self_link"] == url), None)
        if entry is not None:
            break
        page = read(raw, page["next_collection_link"])
    assert entry == read(raw, url)
    assert raw.patch(url, {"whiteboard": "written"}, entry["http_etag"]).status == 209


def test_an_ended_blueprint_is_listed_and_is_no_valid_one(raw, register, contract):
    url = register()
    assert raw.patch(url, {"definition_status": "Obsolete"}).status == 209
    for name, is_listed in (("all_specifications", True), ("valid_specifications", False)):
        page = read(raw, f"{raw.wire.root}{contract.project}/{name}?ws.size=300")
        entries = page["entries"]
        while "next_collection_link" in page:
            page = read(raw, page["next_collection_link"])
            entries += page["entries"]
        assert (url in [entry["self_link"] for entry in entries]) is is_listed


# Registering


def test_a_registered_blueprint_is_answered_with_its_address_alone(raw, contract, tag):
    answer = raw.post_blueprint(contract.project, tag)
    assert (answer.status, answer.content) == (201, b"")
    assert answer.location == f"{raw.wire.root}{contract.project}/+spec/{tag}"


def test_what_the_service_calls_the_address_of_all_blueprints_registers_none(raw, contract, tag):
    root = raw.wire.get(raw.wire.root).json()["specifications_collection_link"]
    answer = raw.call(
        root, "createSpecification", target=f"{raw.wire.root}{contract.project}", name=tag, title="x", summary="x"
    )
    assert (root, answer.status) == (raw.wire.root, 405)
    assert find(raw, contract.project, tag).json() is None


def test_a_registered_blueprint_has_what_was_sent(raw, register, contract):
    assignee = links.person_url(raw.wire.root, contract.people[0])
    sent = {"title": "  a title ", "summary": "", "whiteboard": "text", "definition_status": "Approved"}
    found = read(raw, register(assignee=assignee, **sent))
    assert {name: found[name] for name in ("summary", "whiteboard", "definition_status")} == {
        name: sent[name] for name in ("summary", "whiteboard", "definition_status")
    }
    assert found["title"].strip() == "a title"
    assert found["assignee_link"] == assignee


def test_a_summary_keeps_every_letter_and_its_last_line(raw, register):
    summary = "  first \n\n\ttab, <b>&amp; \u2028 \N{SNOWMAN}\n" + "x" * 100_000 + "\nTracked as: ocata/a#b"
    assert read(raw, register(summary=summary))["summary"] == summary


def test_a_blueprint_is_registered_without_milestone_priority_implementation_and_work_items(raw, register, contract):
    milestone = milestone_url(raw, contract, contract.active)
    sent = {
        "milestone": milestone,
        "priority": "High",
        "implementation_status": "Started",
        "workitems_text": "x: TODO",
    }
    found = read(raw, register(**sent))
    assert [found[name] for name in ("milestone_link", "priority", "implementation_status", "workitems_text")] == [
        None, "Undefined", "Unknown", "",
    ]  # fmt: skip


def test_a_second_blueprint_of_a_name_is_a_failure_and_the_first_stands(raw, register, contract, tag):
    before = read(raw, register(title="the first"))
    answer = raw.post_blueprint(contract.project, tag, title="the second")
    assert answer.status == 500
    assert answer.failure
    assert find(raw, contract.project, tag).json() == before


def test_two_projects_may_have_a_blueprint_of_one_name(raw, register, contract):
    assert register() != register(project=contract.other_project)


@pytest.mark.parametrize("status", ["Superseded", "Obsolete"])
def test_no_blueprint_is_registered_as_an_ended_one(raw, contract, tag, status):
    assert raw.post_blueprint(contract.project, tag, definition_status=status).status == 500
    assert find(raw, contract.project, tag).json() is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Upper"), ("name", "two words"), ("name", "under_score"), ("name", "x"), ("name", ""),
        ("title", "two\nlines"), ("definition_status", "Nonsense"), ("target", "no-such"),
    ],
)  # fmt: skip
def test_a_blueprint_with_a_refused_value_is_not_registered(raw, contract, tag, field, value):
    value = f"{raw.wire.root}no-such-{tag}" if value == "no-such" else value
    sent = {"name": tag, "title": "x", "summary": "x", "target": f"{raw.wire.root}{contract.project}"}
    answer = raw.call(f"{raw.wire.root}specs", "createSpecification", **sent | {field: value})
    assert answer.status == 400
    assert answer.text.startswith(f"{field}: ")
    assert find(raw, contract.project, tag).json() is None


def test_anybody_registers_blueprints(raw_ordinary, register):
    assert (
        read(raw_ordinary, register(by=raw_ordinary, definition_status="Approved"))["definition_status"] == "Approved"
    )


def test_a_token_that_only_reads_registers_blueprints_all_the_same(raw_readonly, register):
    assert read(raw_readonly, register(by=raw_readonly))["lifecycle_status"] == "Not started"


def test_nobody_registers_no_blueprint(raw_anonymous, raw, contract, tag):
    assert raw_anonymous.post_blueprint(contract.project, tag).status == 500
    assert find(raw, contract.project, tag).json() is None


# Changing


def test_a_written_blueprint_is_answered_209_with_all_of_it(raw, register, contract):
    url = register()
    changes = {
        "definition_status": "Approved",
        "implementation_status": "Started",
        "assignee_link": links.person_url(raw.wire.root, contract.people[1]),
        "milestone_link": milestone_url(raw, contract, contract.active),
        "workitems_text": "x: TODO",
    }
    answer = raw.patch(url, changes, read(raw, url)["http_etag"])
    assert (answer.status, answer.json()) == (209, read(raw, url))
    assert {name: answer.json()[name] for name in changes} == changes | {"workitems_text": "Work items:\nx: TODO"}


def test_nothing_clears_assignee_and_milestone_of_a_blueprint(raw, register, contract):
    url = register()
    milestone = milestone_url(raw, contract, contract.active)
    raw.patch(url, {"assignee_link": links.person_url(raw.wire.root, contract.team), "milestone_link": milestone})
    cleared = raw.patch(url, {"assignee_link": None, "milestone_link": None}).json()
    assert (cleared["assignee_link"], cleared["milestone_link"]) == (None, None)


@pytest.mark.parametrize("word", IMPLEMENTATIONS)
def test_every_word_of_an_implementation_is_taken(raw, register, word):
    url = register()
    assert raw.patch(url, {"implementation_status": word}).json()["implementation_status"] == word


@pytest.mark.parametrize(
    ("changes", "started", "complete"),
    [
        ({"implementation_status": "Deferred"}, False, False),
        ({"implementation_status": "Blocked"}, True, False),
        ({"implementation_status": "Implemented"}, True, True),
        ({"implementation_status": "Informational"}, False, False),
        ({"implementation_status": "Informational", "definition_status": "Approved"}, True, True),
        ({"definition_status": "Obsolete"}, False, True),
        ({"definition_status": "Superseded"}, False, True),
    ],
)
def test_statuses_say_whether_a_blueprint_is_started_and_complete(raw, register, changes, started, complete):
    found = raw.patch(register(), changes).json()
    assert (found["is_started"], found["is_complete"]) == (started, complete)
    assert (found["date_completed"] is not None) is complete


def test_a_blueprint_takes_a_past_milestone_and_fails_at_another_projects(raw, register, contract):
    url, theirs = register(), register(project=contract.other_project)
    past = milestone_url(raw, contract, contract.inactive)
    assert raw.patch(url, {"milestone_link": past}).json()["milestone_link"] == past
    before = read(raw, theirs)
    assert raw.patch(theirs, {"milestone_link": past, "title": "another"}).status == 500
    assert read(raw, theirs) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("definition_status", "Nonsense"), ("implementation_status", "started"), ("priority", "Urgent"),
        ("assignee_link", "no-such"), ("milestone_link", "no-such"), ("name", "Upper"), ("workitems_text", "x"),
        ("date_completed", "2025-01-01T00:00:00+00:00"), ("assignee", None),
    ],
)  # fmt: skip
def test_a_refused_value_of_a_blueprint_names_its_field_and_nothing_is_written(raw, register, tag, field, value):
    url = register()
    before = read(raw, url)
    value = f"{raw.wire.root}~no-{tag}" if value == "no-such" else value
    answer = raw.patch(url, {"title": "another", "whiteboard": "another", field: value})
    assert (answer.status, answer.text[: len(field) + 2]) == (400, f"{field}: ")
    assert read(raw, url) == before


def test_all_refused_values_of_a_blueprint_are_named_at_once(raw, register):
    answer = raw.patch(register(), {"implementation_status": "x", "priority": "x", "workitems_text": "x"})
    assert (answer.status, refused(answer)) == (400, ["implementation_status", "priority", "workitems_text"])


def test_an_unknown_word_of_a_status_is_answered_with_those_that_there_are(raw, register):
    answer = raw.patch(register(), {"implementation_status": "Nonsense"})
    expected = ", ".join(IMPLEMENTATIONS)
    assert answer.text == f'implementation_status: Invalid value "Nonsense". Acceptable values are: {expected}'


def test_a_renamed_or_moved_blueprint_leaves_nothing_at_its_old_address(raw, register, contract, tag):
    url = register()
    answer = raw.patch(url, {"name": f"{tag}-renamed"})
    assert (answer.status, answer.location) == (301, f"{url}-renamed")
    assert raw.wire.get(url).status == 404
    answer = raw.patch(f"{url}-renamed", {"target_link": f"{raw.wire.root}{contract.other_project}"})
    assert answer.status == 301
    assert raw.wire.get(f"{url}-renamed").status == 404
    assert find(raw, contract.other_project, f"{tag}-renamed").json()["self_link"] == answer.location


def test_a_moved_blueprint_loses_milestone_and_priority(raw, register, contract):
    url = register()
    raw.patch(url, {"milestone_link": milestone_url(raw, contract, contract.active), "priority": "High"})
    moved = raw.patch(url, {"target_link": f"{raw.wire.root}{contract.other_project}"}).location
    assert (read(raw, moved)["milestone_link"], read(raw, moved)["priority"]) == (None, "Undefined")


def test_a_name_that_another_blueprint_has_is_refused(raw, register, tag):
    register("-taken")
    answer = raw.patch(register(), {"name": f"{tag}-taken"})
    assert (answer.status, answer.text) == (400, f"name: {tag}-taken is already in use by another blueprint.")


def test_a_blueprint_cannot_be_deleted(raw, register):
    url = register()
    assert raw.wire._send(url, "DELETE").status == 405
    assert raw.wire.get(url).status == 200


# ETags


@pytest.mark.parametrize(
    ("theirs", "mine"),
    [
        ({"whiteboard": "theirs"}, {"implementation_status": "Started"}),
        ({"whiteboard": "same"}, {"whiteboard": "same"}),
        ({"workitems_text": "x: TODO"}, {"workitems_text": "y: TODO"}),
        ({"workitems_text": "x: TODO"}, {"milestone_link": None}),
    ],
)
def test_a_stale_write_of_a_blueprint_is_412_whatever_was_changed(raw, raw_ordinary, register, theirs, mine):
    url = register()
    etag = read(raw, url)["http_etag"]
    changed = raw_ordinary.patch(url, theirs).json()
    answer = raw.patch(url, mine, etag)
    assert (answer.status, answer.content) == (412, b"")
    assert read(raw, url)["whiteboard"] == changed["whiteboard"]
    assert read(raw, url)["workitems_text"] == changed["workitems_text"]


def test_a_write_of_a_blueprint_rests_on_the_answer_of_the_one_before(raw, register):
    url = register()
    etag = raw.patch(url, {"whiteboard": "one"}).json()["http_etag"]
    assert raw.patch(url, {"whiteboard": "two"}, etag).status == 209


def test_the_read_of_one_account_lets_another_write_a_blueprint(raw, raw_ordinary, register):
    url = register()
    assert raw.patch(url, {"priority": "Low"}, read(raw_ordinary, url)["http_etag"]).status == 209


def test_a_link_to_a_bug_shows_in_no_etag(raw, register, file):
    url = register()
    etag = read(raw, url)["http_etag"]
    assert raw.call(url, "linkBug", bug=links.bug_url(raw.wire.root, file().bug)).status == 200
    assert read(raw, url)["http_etag"] == etag


# Rights


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("title", "another", "'title', 'launchpad.Edit')"),
        ("assignee_link", "person", "'assignee', 'launchpad.Edit')"),
        ("milestone_link", "milestone", "'milestone', 'launchpad.Edit')"),
        ("definition_status", "Approved", "'setDefinitionStatus', 'launchpad.Edit')"),
        ("implementation_status", "Started", "'setImplementationStatus', 'launchpad.Edit')"),
        ("priority", "High", "'priority', 'launchpad.Admin')"),
    ],
)
def test_what_only_some_may_change_of_a_blueprint_is_401_with_the_attribute(
    raw, raw_ordinary, register, contract, field, value, said
):
    url = register()
    before = read(raw, url)
    known = {
        "person": links.person_url(raw.wire.root, contract.people[0]),
        "milestone": milestone_url(raw, contract, contract.active),
    }
    answer = raw_ordinary.patch(url, {"whiteboard": "theirs", field: known.get(value, value)})
    assert (answer.status, answer.text.strip()[-len(said) :]) == (401, said)
    assert answer.text.startswith("(<Specification ")
    assert read(raw, url) == before


def test_anybody_may_change_the_whiteboard_and_the_work_items(raw, raw_ordinary, register):
    answer = raw_ordinary.patch(register(), {"whiteboard": "theirs", "workitems_text": "x: TODO"})
    assert (answer.status, answer.json()["whiteboard"]) == (209, "theirs")
    assert answer.json()["workitems_text"] == "Work items:\nx: TODO"


def test_of_their_own_blueprint_people_may_change_all_but_its_priority(raw_ordinary, register, contract):
    url = register(by=raw_ordinary)
    milestone = milestone_url(raw_ordinary, contract, contract.active)
    changes = {"implementation_status": "Started", "milestone_link": milestone, "title": "another"}
    assert raw_ordinary.patch(url, changes).status == 209
    assert raw_ordinary.patch(url, {"priority": "High"}).status == 401


def test_an_assignee_may_change_a_blueprint(raw, raw_ordinary, register, ordinary):
    url = register()
    raw.patch(url, {"assignee_link": links.person_url(raw.wire.root, ordinary.account)})
    assert raw_ordinary.patch(url, {"implementation_status": "Started"}).status == 209


def test_without_a_right_to_write_no_blueprint_is_changed(raw, raw_readonly, raw_anonymous, register):
    url = register()
    before = read(raw, url)
    for reader in (raw_readonly, raw_anonymous):
        answer = reader.patch(url, {"workitems_text": "x: TODO"})
        assert (answer.status, "'setWorkItems', 'launchpad.AnyLegitimatePerson')" in answer.text) == (401, True)
    assert read(raw, url) == before


def test_a_write_of_a_blueprints_present_values_is_no_proof_of_a_right(raw, raw_anonymous, register):
    url = register()
    found = read(raw, url)
    same = {name: found[name] for name in ("title", "implementation_status", "milestone_link", "workitems_text")}
    assert raw_anonymous.patch(url, same).status == 209


# Bugs


def test_a_bug_is_linked_to_a_blueprint_once(raw, raw_ordinary, register, file):
    url, number = register(), file().bug
    bug = links.bug_url(raw.wire.root, number)
    assert [raw_ordinary.call(url, "linkBug", bug=bug).json() for _ in range(2)] == [True, False]
    assert [entry["id"] for entry in read(raw, f"{url}/bugs")["entries"]] == [number]
    assert [raw.call(url, "unlinkBug", bug=bug).json() for _ in range(2)] == [True, False]
    assert read(raw, f"{url}/bugs")["entries"] == []


def test_anybody_may_subscribe_others_to_a_blueprint_and_again(raw, raw_ordinary, register, contract):
    url = register()
    for account in (contract.people[0], contract.team) * 2:
        assert raw_ordinary.call(url, "subscribe", person=links.person_url(raw.wire.root, account)).status == 200


def test_an_unknown_account_cannot_be_subscribed_to_a_blueprint(raw, register, tag):
    person = links.person_url(raw.wire.root, f"no-{tag}")
    assert raw.call(register(), "subscribe", person=person).status == 400


def test_an_unknown_bug_cannot_be_linked_to_a_blueprint(raw, register):
    bug = links.bug_url(raw.wire.root, 2_000_000_000)
    answer = raw.call(register(), "linkBug", bug=bug)
    assert (answer.status, answer.text) == (400, f'bug: No such object "{bug}".')
