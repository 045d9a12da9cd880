"""What a user sees of which bug is whose, as installed: choosing, forgetting, moved recaps, other services."""

import json
import re
import shutil
import subprocess

from tests.cli.test_terminal import terminal
from tests.support import ROOT

RECAP = "ocata/neutron-server-next"
ACTION = f"{RECAP}#review-pecan"


def base(sample, recap=RECAP, service="sandbox"):
    return sample.folder / "sessions" / ".synced" / service / f"{recap}.jsonl"


def numbered(sample, action="review-pecan"):
    """Return the line that names an action's bug."""
    _, _, rest = sample.read().partition(f"id: {action}\n")
    return next(line for line in rest.splitlines() if line.strip().startswith("bug:"))


def test_one_field_of_one_action_is_settled_alone(synced):
    number = int(numbered(synced).split()[1])
    synced.replace(numbered(synced), f"{numbered(synced)}\n    status: done")
    synced.elsewhere("review-pecan", status="Invalid", lead="armando")
    chosen = ("--only", "review-pecan", "--field", "status")
    planned = synced.run("plan", *chosen)
    assert planned.code == 0, planned.err
    assert "conflict in status" in planned.out
    assert "owner" not in planned.out
    settled = synced.run("sync", "--yes", "--prefer", "recap", *chosen)
    assert settled.code == 0, settled.err
    assert settled.out.splitlines()[-1] == f"done     {ACTION}: bug {number}: status Invalid -> Fix Released"
    assert synced.run("plan", *chosen).out == "Nothing to do: 1 action in step.\n"
    left = synced.run("plan").out
    assert "recap: owner" in left
    assert "status" not in left
    for words, said in (
        (("--only", "review-pecn"), f'error: no action "review-pecn"\n  help: did you mean "{ACTION}"'),
        (("--field", "statis"), 'error: no field "statis"\n  help: did you mean "status"'),
    ):
        for command in ("plan", "sync"):
            unknown = synced.run(command, *words)
            assert unknown.code == 2
            assert unknown.err.startswith(said)


def test_forgetting_shows_what_it_forgets_and_asks(synced):
    number = int(numbered(synced).split()[1])
    before = synced.read(), base(synced).read_bytes()
    asked = synced.run("forget", "review-pecan")
    assert asked.code == 2
    assert "add --yes" in asked.err
    assert asked.out.splitlines()[:2] == [ACTION, f"  bug {number}, which the tracker made"]
    assert "status: agreed on" in asked.out
    assert f"{ACTION} names bug {number}: a plan takes it up as never agreed" in asked.out
    assert (synced.read(), base(synced).read_bytes()) == before
    synced.elsewhere("review-pecan", status="Invalid")
    synced.replace(numbered(synced), f"{numbered(synced)}\n    status: done")
    assert "both sides moved apart; agreed" in synced.run("plan").out
    synced.sandbox.requests.clear()
    forgotten = synced.run("forget", ACTION, "--yes")
    assert (forgotten.code, forgotten.err) == (0, "1 action forgotten\n")
    assert synced.sandbox.requests == []
    assert b"review-pecan" not in base(synced).read_bytes()
    assert "the two differ, and never agreed" in synced.run("plan").out
    unknown = synced.run("forget", "review-pecn")
    assert unknown.code == 2
    assert 'nothing was ever agreed on for "review-pecn"' in unknown.err


def test_forgetting_is_asked_at_a_terminal_and_no_forgets_nothing(synced):
    before = base(synced).read_bytes()
    with terminal(synced.folder, "forget", "review-pecan") as at:
        at.wait_for("Forget it? [y/N]")
        at.answer("n\n")
        at.wait_for("nothing was changed")
        assert at.process.wait(10) == 0
    assert base(synced).read_bytes() == before


def test_forgetting_says_what_becomes_of_an_action_that_is_to_get_a_bug(synced):
    line = numbered(synced)
    number = int(line.split()[1])
    synced.replace(line, "    bug: new")
    forgotten = synced.run("forget", ACTION, "--yes")
    assert f"says `bug: new`: a sync finds bug {number} again by the last line of its description" in forgotten.out
    assert f"write bug {number} into the recap, which tracks this action" in synced.run("plan").out
    assert synced.run("sync", "--yes").code == 0
    assert numbered(synced) == line
    synced.replace(f"{line}\n", "")
    forgotten = synced.run("forget", ACTION, "--yes")
    assert "names no bug or blueprint, so a sync leaves it alone" in forgotten.out
    assert "review-pecan" not in synced.run("plan").out


def test_what_no_recap_has_any_more_is_reported_until_it_is_forgotten(synced):
    text = synced.read()
    start = text.index("  - id: review-pecan")
    end = text.index("  - id:", start + 1)
    synced.path.write_text(text[:start] + text[end:])
    assert "the recap has no such action any more" in synced.run("plan").out
    assert "no recap has this action any more" in synced.run("forget", ACTION, "--yes").out
    assert "review-pecan" not in synced.run("plan").out
    synced.path.unlink()
    planned = synced.run("plan")
    assert planned.code == 0
    assert planned.out.startswith(f"{RECAP}\n")
    assert planned.out.count("there is no such recap any more; ") == 5
    forgotten = synced.run("forget", RECAP, "--yes")
    assert forgotten.err == "5 actions forgotten\n"
    assert not base(synced).exists()
    assert synced.run("plan").out.startswith("No action is tracked: ")


def test_nothing_is_forgotten_while_a_sync_runs(sample):
    from tracker.sync.lock import locked

    with locked(sample.folder / "sessions"):
        answer = sample.run("forget", ACTION, "--yes")
    assert answer.code == 1
    assert "another command is at work in " in answer.err


def test_a_moved_recap_is_told_and_goes_on(synced):
    synced.path.rename(synced.path.with_name("renamed.yaml"))
    planned = synced.run("plan")
    moved = "ocata/renamed\n  . moved from ocata/neutron-server-next; what was agreed on comes with it\n"
    assert planned.out == f"{moved}Nothing to do: 6 actions in step.\n"
    assert synced.run("sync", "--yes").code == 0
    assert not base(synced).exists()
    assert base(synced, "ocata/renamed").exists()
    assert synced.run("plan").out == "Nothing to do: 6 actions in step.\n"


def test_numbers_of_another_service_are_problems_of_the_input(sample):
    sample.only_bugs()
    assert sample.run("sync", "--yes").code == 0
    synced = sample.folder / "sessions" / ".synced"
    shutil.move(synced / "sandbox", synced / "qastaging")
    sample.sandbox.requests.clear()
    for command in (["plan"], ["sync", "--yes"]):
        answer = sample.run(*command)
        assert answer.code == 1
        assert answer.out.count("was synced on qastaging, and this is sandbox") == 6
        assert "say `service: qastaging` again" in answer.out
    assert {method for method, _, _ in sample.sandbox.requests} == {"GET"}
    assert not (synced / "sandbox").exists()


def test_the_way_from_the_sandbox_to_another_service_is_as_the_page_says(sample):
    page = (ROOT / "docs" / "syncing.md").read_text(encoding="utf-8").partition("\n## From the sandbox")[2]
    section = page.partition("\n## ")[0]
    (forget,) = re.findall(r"^ +tracker (forget .+)$", section, re.MULTILINE)
    (remove,) = re.findall(r"`(rm -r [^`]+)`", section)
    kept, named = forget.split()[-1], sample.folder / "sessions" / "tracker.yaml"
    sample.only_bugs()
    assert sample.run("sync", "--yes").code == 0
    # The same numbers, and the same bugs: of another service for all that the tracker knows.
    named.write_text(named.read_text().replace("service: sandbox", f"service: {sample.sandbox.root}"))
    held = sample.run("plan")
    assert held.out.count("was synced on sandbox, and this is http://") == 6
    assert f"if that is the same, `tracker {forget}`" in held.out
    forgotten = sample.run(*forget.split(), "--yes")
    assert (forgotten.code, forgotten.err) == (0, "1 action forgotten\n")
    number = numbered(sample, kept.partition("#")[2]).split()[1]
    assert f"names bug {number}, a sync takes that for the bug of this number on 127.0.0.1" in forgotten.out
    assert kept.partition("#")[2] not in base(sample).read_text()
    assert sample.run("plan").out.count("was synced on sandbox") == 5
    subprocess.run(["bash", "-c", remove], cwd=sample.folder, check=True)
    assert "was synced on" not in sample.run("plan").out


def test_a_service_that_nothing_was_synced_with_is_told(sample):
    assert sample.run("sync", "--yes", "--only", ACTION).code == 0
    answer = sample.run("forget", "--service", "qastagin", ACTION, "--yes")
    assert (answer.code, 'error: nothing was ever synced with "qastagin"\n' in answer.err) == (2, True)
    assert sample.run("forget", "--service", "sandbox", ACTION, "--yes").err == "1 action forgotten\n"


def test_an_account_with_another_name_is_told_with_what_to_correct(synced):
    synced.sandbox.add_person("ihar-late", "Ihar Late")
    synced.sandbox.merge_account("ihar-hrachyshka", "ihar-late")
    before = synced.read()
    planned = synced.run("plan", "--exit-code")
    assert planned.code == 0
    assert "! ~ihar-late is assigned, and Launchpad has no ~ihar-hrachyshka any more" in planned.out
    assert synced.run("sync", "--yes").code == 0
    assert synced.read() == before
    people = synced.folder / "sessions" / "people.yaml"
    people.write_text(people.read_text().replace("launchpad: ihar-hrachyshka", "launchpad: ihar-late"))
    corrected = synced.run("plan").out
    assert "assign" not in corrected
    assert "owner" not in corrected


def test_a_copied_recap_is_told_and_the_first_goes_on(synced):
    known = base(synced).read_bytes()
    for name in ("a-copy", "z-copy"):
        copy = synced.path.with_name(f"{name}.yaml")
        shutil.copy(synced.path, copy)
        answer = synced.run("sync", "--yes")
        assert answer.code == 1
        assert "error[R025]" in answer.err
        assert base(synced).read_bytes() == known
        assert not base(synced, f"ocata/{name}").exists()
        copy.unlink()


def test_forgetting_says_that_a_moved_bug_is_not_found_again(synced):
    synced.replace(numbered(synced), "    bug: new")
    said = synced.run("forget", ACTION).out
    assert "creates another where that line or the tag is gone, or the bug was moved to another project" in said


def test_forgetting_the_bug_of_an_action_whose_id_another_one_has_says_what_a_sync_would_take_it_for(synced):
    number = int(numbered(synced).split()[1])
    text = synced.read()
    start = text.index("  - id: review-pecan")
    synced.path.write_text(text[:start] + text[text.index("  - id:", start + 1) :])
    synced.replace("id: forbid-contract-migrations", "id: review-pecan")
    assert synced.run("sync", "--yes").code == 0
    planned = synced.run("plan").out
    assert f"review-pecan-before\n    . the recap has no such action any more; bug {number} stays as it is" in planned
    said = synced.run("forget", f"{ACTION}-before", "--yes").out
    assert (
        f"the last line of bug {number}'s description names {ACTION}: take it out, or a sync takes that bug" in said
    )
    assert "mark as a duplicate of bug" in synced.run("plan").out


def test_what_launchpad_refused_before_stands_in_a_plan_with_a_sign_of_its_own(synced):
    synced.replace(numbered(synced), f"{numbered(synced)}\n    tags: [upgrade]")
    lines = [json.loads(line) for line in base(synced).read_text().splitlines()]
    for line in lines:
        if line["action"] == "review-pecan":
            line["refused"] = {"tags": {"account": "sandbox-driver", "reason": "no right", "value": "upgrade"}}
    base(synced).write_text("".join(f"{json.dumps(line, sort_keys=True)}\n" for line in lines))
    planned = synced.run("plan").out
    assert "    - tagging is not tried again; Launchpad refused it: no right\n" in planned
    assert ", 1 left as told above." in planned


def test_the_sum_of_a_plan_counts_whatever_would_be_written(synced):
    line = numbered(synced)
    synced.replace(line, "    bug: new")
    assert synced.run("plan").out.endswith("Plan: 1 value to recaps.\n")
    synced.replace("bug: new", f"{line.strip()}\n    status: done\n    evidence: [https://example.org/a]")
    assert synced.run("plan").out.endswith("Plan: 2 values to Launchpad.\n")  # the status and the comment
    assert synced.run("sync", "--yes").code == 0
    number = int(line.split()[1])
    bug = synced.somebody.fetch_bug(number)
    synced.somebody.create_bug("neutron", "again", bug.description, bug.tags)
    assert synced.run("plan").out.endswith("Plan: 1 value to Launchpad.\n")  # a second bug of the action


def test_without_an_account_a_sync_refuses_before_it_begins_and_a_plan_shows_what_is_public(synced):
    synced.path.rename(synced.path.with_name("renamed.yaml"))  # which a sync would write into the base
    before = base(synced).read_bytes()
    (synced.folder / ".sandbox" / "credentials").unlink()
    synced.sandbox.requests.clear()
    answer = synced.run("sync", "--yes")
    assert answer.code == 5
    assert "nobody is logged in to sandbox" in answer.err
    assert answer.out == ""
    assert synced.sandbox.requests == []
    assert base(synced).read_bytes() == before
    assert "Nothing to do" in synced.run("plan").out
