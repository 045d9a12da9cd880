"""Who does an action, sentence by sentence."""

import pytest

from tracker.mail.names import gather_names
from tracker.mail.owners import read_action, resolve_first_person
from tracker.mail.reading import read_notes

AUTHOR = "Ann Author"


def owners_of(text, seen="the gate\n"):
    return list(resolve_first_person(read_action(text, gather_names(seen, AUTHOR, ())).owners, AUTHOR))


@pytest.mark.parametrize(
    ("text", "owners"),
    [
        ("Mark to send the list of volumes to the infra team", ["Mark"]),
        ("Will will rebase it", ["Will"]),
        ("quorum_t to write a spec for it", ["quorum_t"]),
        ("Kerstin Bellweather and Ivo to review the series", ["Kerstin Bellweather", "Ivo"]),
        ("PTL to announce the dates", ["PTL"]),
        ("Nova team to expose the flag", ["Nova team"]),
        ("the neutron drivers team will triage RFEs weekly", ["the neutron drivers team"]),
        ("Horizon folks to look into the panel", ["Horizon folks"]),
        ("all cores to re-read the policy", ["all cores"]),
        ("Everybody to sign up for a session", ["Everybody"]),
        ("dill to talk with jd__ about the lock", ["dill"]),
        ("(slovik): check the logs", ["slovik"]),
        ("[ranulf_x, slovik] check the logs", ["ranulf_x", "slovik"]),
        ("check the logs [slovik/ranulf_x]", ["slovik", "ranulf_x"]),
        ("check the logs (**slovik**)", ["slovik"]),
        ("check the logs – slovik", ["slovik"]),
        ("check the logs -- Bryony Hale", ["Bryony Hale"]),
        ("check the logs - Bryony Hale will do it after the freeze", ["Bryony Hale"]),
        (
            "Bryony Hale (halden_b) and Jarek Lindow (jlindow) to update the docs",
            ["Bryony Hale (halden_b)", "Jarek Lindow (jlindow)"],
        ),
        ("Bryony (halden_b)/Jarek to update the docs", ["Bryony (halden_b)", "Jarek"]),
        ("**halden_b**/**jlindow** to update the docs", ["halden_b", "jlindow"]),
        ("halden_b/jlindow/ranulf_x will update the docs", ["halden_b", "jlindow", "ranulf_x"]),
        ("Jean-Loup Pinson to update docs", ["Jean-Loup Pinson"]),
        ("Anna van der Berg volunteered to lead", ["Anna van der Berg"]),
        ("Jørgen Ødegaard is going to lead", ["Jørgen Ødegaard"]),
        ("O'Brien to lead", ["O'Brien"]),
        ("lbramble and cmallow are working on the policy doc", ["lbramble", "cmallow"]),
        ("lbramble is to follow up with the TC", ["lbramble"]),
        ("lbramble has offered to follow up", ["lbramble"]),
        ("lbramble agrees to mentor an intern", ["lbramble"]),
        ("lbramble, cmallow and knettle signed up to help", ["lbramble", "cmallow", "knettle"]),
        ("lbramble, cmallow & knettle to help", ["lbramble", "cmallow", "knettle"]),
        ("lbramble takes the first shift", ["lbramble"]),
        ("lbramble? to write it", ["lbramble"]),
        ("lbramble (?) and cmallow to write it", ["lbramble", "cmallow"]),
        ("maybe lbramble to write it", ["lbramble"]),
        ("I will write it", ["Ann Author"]),
        ("I'll write it", ["Ann Author"]),
        ("I am going to write it", ["Ann Author"]),
        ("cmallow and I to write it", ["cmallow", "Ann Author"]),
        ("cmallow and myself will write it", ["cmallow", "Ann Author"]),
        ("Me to write it", ["Ann Author"]),
        ("Ann to write it", ["Ann"]),
        ("NordApp/SAP to test with their drivers", ["NordApp", "SAP"]),
        ("Red Hat to provide hardware", ["Red Hat"]),
        ("gorse will, together with sedge-k-moor, write the spec", ["gorse"]),
        ("gorse (with help from sedge-k-moor) to write the spec", ["gorse"]),
        ("gorse to write the spec, sedge-k-moor to help", ["gorse"]),
        ("gorse, with sedge-k-moor, to write the spec", ["gorse"]),
        ("@gorse to write the spec", ["gorse"]),
        ("gorse should write the spec", ["gorse"]),
        ("gorse might write the spec", ["gorse"]),
        ("gorse needs to write the spec", ["gorse"]),
        ("gorse can write the spec if he has time", ["gorse"]),
        ("Cinder and Nova to agree on the API", ["Cinder", "Nova"]),
        ("Arvid Lovage to work with Sorrel on the series", ["Arvid Lovage"]),
        ("Kestra will coordinate with the foundation", ["Kestra"]),
        ("DONE: gorse to write the spec", ["gorse"]),
        ("gorse to write the spec (DONE)", ["gorse"]),
        ("gorse to write the spec - done", ["gorse"]),
        ("gorse to get it done", ["gorse"]),
        ("Xinran Lu (xlu) and Wenping Sun (wsun) need to write it", ["Xinran Lu (xlu)", "Wenping Sun (wsun)"]),
        ("Xiuying Hé can share the playbooks", ["Xiuying Hé"]),
        ("Warren Harding to lead", ["Warren Harding"]),
        ("gorse_x (Orla Lindow) to lead", ["gorse_x (Orla Lindow)"]),
        ("Kimball Page and Orla Still to lead", ["Kimball Page", "Orla Still"]),
        ("Mateus de Souza e Silva to lead", ["Mateus de Souza e Silva"]),
        ("**mark** to write it", ["mark"]),
        ("gorse and mark agreed to write it", ["gorse", "mark"]),
        ("will to write it", ["will"]),
        ("[will] check the logs", ["will"]),
        ("[gorse, will] check the logs", ["gorse", "will"]),
        ("check the logs [mark]", ["mark"]),
        ("gorse volunteers as release liaison", ["gorse"]),
    ],
)
def test_who_is_said_to_do_it_owns_it(text, owners):
    assert owners_of(text) == owners


@pytest.mark.parametrize(
    "text",
    [
        "amber_k and yarrow: nothing to do",
        "Patches to be rebased",
        "Patches to the client need a review",
        "Talk to Kerstin about the gate",
        "Reach out to the docs team",
        "reach out to operators",
        "Link to the etherpad should be added",
        "Support for IPv6 will land in Pike",
        "Specs to be approved by milestone 1",
        "CI to run with the new job",
        "Try to find an owner",
        "Switch to Python 3",
        "port to oslo.db",
        "Gate jobs will be voting",
        "New job to test upgrades",
        "A new spec to describe the flow",
        "Someone to pick up the patch",
        "somebody needs to write docs",
        "We will revisit this in Denver",
        "We agreed to drop it",
        "Volunteers to help with the docs",
        "Volunteer to run the bug deputy rota",
        "operators to test the release candidate",
        "Folks interested to join the weekly call",
        "(optional) check the logs",
        "check the logs [1]",
        "check the logs [WIP]",
        "check the logs [in progress]",
        "check the logs (see etherpad)",
        "check the logs (Tuesday)",
        "check the logs (done in Pike)",
        "check the logs - this will take a week",
        "check the logs - see below",
        "check the logs – carefully",
        "check the logs - high priority",
        "import/export jobs to be fixed",
        "upload/download of images will be split",
        "devstack+apache+wsgi to be tested",
        "Review process: list of people needs work",
        "Note: this needs a release note",
        "Stack: create all shares",
        "Decide whether to keep it",
        "Whether to keep it is open",
        "It was decided to keep it",
        "There will be a follow up",
        "This will need a spec",
        "That needs to wait",
        "Next meeting will be in May",
        "Bug squashes in Q1 will be announced",
        "Tempest tests will move to the plugin",
        "Docs will move to the repo",
        "Documentation to describe the flow",
        "Deprecation to start in Queens",
        "Hands to help with the booth",
        "Time to move on",
        "Ability to resize is missing",
        "Two reviewers to look at the series",
        "More reviewers to join",
        "at least two cores to look at the series",
        "whoever has time to look at it",
        "owner to be found",
        "tbd to write it",
        "TBD will write it",
        "nobody to write it",
        "the spec will be written by gorse",
        "ask gorse to write the spec",
        "get gorse to write the spec",
        "have gorse look at it",
        "find someone to write the spec",
        "need someone to write the spec",
        "need to ask gorse to write the spec",
        "want to have it in Pike",
        "**Important** to get it done",
        "**every** operator will be asked",
        "Feature freeze to be moved",
        "Cinder/Nova cross-project session to be scheduled",
        "zuul to report the failures",
        "may need to wait for the client",
        "mark bugs as duplicates",
        "will be done next week",
        "Mapping to be fixed",
        "Mentors to meet",
        "Hardware to arrive next week",
        "os-cloudlib-client to drop the old version",
        "python-cloudlib to drop the old version",
        "use_ssl to default to true",
        "v2 to become the default",
        "py3 to become the default",
        "`cloudlib` to drop the old version",
        "check the logs [Ocata]",
        "Page Banner to show the links",
        "Naming to follow the guide",
        "Provisioning to be fixed",
        "[unassigned] check the logs",
        "[tbd] check the logs",
        "(nobody): check the logs",
    ],
)
def test_what_names_nobody_is_unowned(text):
    assert owners_of(text) == []


@pytest.mark.parametrize("text", ["Kofi to do: the list", "tests to run", "Tests will run nightly"])
def test_a_word_that_the_mail_uses_as_a_noun_is_nobody(text):
    seen = "the kofi is a thing here, like the tests are\n"
    assert owners_of(text, seen) == []


def test_who_is_known_from_elsewhere_owns_behind_a_dash_a_colon_or_in_brackets():
    seen = "Attendees: quillon, Marsh\n"
    for text in (
        "fix the gate - quillon",
        "quillon: fix the gate",
        "quillon - fix the gate",
        "fix the gate (quillon)",
    ):
        assert owners_of(text, seen) == ["quillon"], text
        assert owners_of(text) == [], text
    assert owners_of("props to quillon for the fix", seen) == []
    assert owners_of("quillon: short for once, can we keep that", seen) == []


def test_those_present_are_somebody_whatever_their_names():
    names = gather_names("Attendees: quillon, till, sorrel_k, and others\n", None, ())
    for text in ("till to fix the gate", "quillon/till to fix the gate", "till fix the gate"):
        assert "till" in [owner.text for owner in read_action(text, names).owners], text
    assert [owner.text for owner in read_action("fix it", names, marked="till, quillon").owners] == [
        "till",
        "quillon",
    ]
    assert read_action("others to fix the gate", names).owners == ()
    assert read_action("till: what then", names).owners == ()
    assert not gather_names("Attendees: see below, till later\n", None, ()).knows("see below")


@pytest.mark.parametrize("head", ["Attendees:", "Who's here", "**Present**", "Participants (on the phone):"])
def test_those_listed_as_present_are_somebody(head):
    text = (
        f"{head}\n\n* amelie.r\n* Rolf Steinquist (Example)\n* quill, late\n\nNEXT STEP (amelie.r/quill): move it\n"
    )
    (notes,) = read_notes(text.encode())
    assert [action.owners for action in notes.actions] == [("amelie.r", "quill")]


def test_whose_something_is_said_to_be_is_somebody():
    text = "In the lab of jlvi's company, a lot of gnocchi.\n\nActions:\n- write a spec [jlvi]\n- drop it [gnocchi]\n"
    (notes,) = read_notes(text.encode())
    assert [action.owners for action in notes.actions] == [("jlvi",), ()]


def test_people_who_are_known_own_a_command_without_a_verb_between():
    names = gather_names("Attendees: quillon, sorrel_k, mark, lee_p\n", None, ())
    for text, owners in {
        "quillon review the spec": ["quillon"],
        "quillon/sorrel_k review the spec": ["quillon", "sorrel_k"],
        "quillon and sorrel_k review the spec": ["quillon", "sorrel_k"],
        "mark review the spec": ["mark"],
        "quillon, please review the spec": ["quillon"],
        "mark bugs as duplicates": [],
        "quillon/sorrel_k: nothing is needed": [],
        "quillon, review the spec": [],
    }.items():
        assert [owner.text for owner in read_action(text, names).owners] == owners, text


def test_a_nick_behind_a_name_is_somebody_whatever_stands_before():
    names = gather_names("We asked Quill Marsh (qmarsh) and then Orla (ory) for it.\n", None, ())
    assert names.knows("qmarsh")
    assert names.knows("quill")
    assert not names.knows("asked")


def test_who_only_waves_in_a_log_is_somebody():
    names = gather_names("15:01:30 <lee_p> hi\n15:01:40 * quillon waves\n", None, ())
    assert [owner.text for owner in read_action("quillon: review the spec", names).owners] == ["quillon"]


def test_who_is_told_to_be_nobody_is_left_out_of_the_item():
    reading = read_action("[unassigned] check the logs", gather_names("", None, ()))
    assert (reading.text, reading.title) == ("check the logs", "check the logs")


def test_a_name_in_round_brackets_is_no_owner_where_speakers_are_named_so():
    names = gather_names("Attendees: quillon\n", None, ())
    assert read_action("fix the gate (quillon)", names, round_tails=False).owners == ()
    assert read_action("fix the gate (**quillon**)", names, round_tails=False).owners != ()


@pytest.mark.parametrize(
    ("text", "collaborators"),
    [
        ("Arvid/Ivo to work with Anders on the data model", ["Anders"]),
        ("gorse to write the spec, sean-k and Elod to help", ["sean-k", "Elod"]),
        ("gorse (with help from sean-k) to write the spec", ["sean-k"]),
        ("gorse, together with sean-k, to write the spec", ["sean-k"]),
        ("Kim to sync with the Nova team", ["the Nova team"]),
        ("Kim to write it, with the list of files", []),
        ("Kim to work with passion", []),
    ],
)
def test_those_with_whom_are_no_owners(text, collaborators):
    reading = read_action(text, gather_names("", AUTHOR, ()))
    assert list(reading.collaborators) == collaborators
    assert not {owner.text for owner in reading.owners} & set(collaborators)


@pytest.mark.parametrize(
    "text",
    [
        "Kim (?) to do it",
        "Kim? to do it",
        "Kim might do it",
        "maybe Kim to do it",
        "Kim to do it if he has time",
        "Kim to do it (tentative)",
        "Kim to do it (?)",
    ],
)
def test_an_unsure_owner_is_tentative(text):
    reading = read_action(text, gather_names("", AUTHOR, ()))
    assert [owner.text for owner in reading.owners] == ["Kim"]
    assert reading.tentative


@pytest.mark.parametrize("text", ["Kim to do it", "Kim will do it", "is it done?"])
def test_a_sure_owner_is_not_tentative(text):
    assert not read_action(text, gather_names("", AUTHOR, ())).tentative


@pytest.mark.parametrize(
    "text",
    [
        "Kim to do it: DONE",
        "Kim to do it (done)",
        "[x] Kim to do it",
        "DONE: Kim to do it",
        "~~Kim to do it~~",
        "\u2713 Kim to do it",
        "Kim to do it \u2014 Done.",
        "Kim to do it: done, merged in August",
        "Kim to do it - DONE, the last patch went in on Friday",
    ],
)
def test_what_is_marked_done_is_done(text):
    reading = read_action(text, gather_names("", AUTHOR, ()))
    assert reading.done
    assert reading.title == "do it"


@pytest.mark.parametrize(
    "text",
    [
        "Kim to get it done",
        "[ ] Kim to do it",
        "Kim to ask what is done",
        "Kim to do it: TODO",
        "Kim to tell of each: done, pending or blocked by others",
        "Kim to close the half-done, never merged series",
    ],
)
def test_what_only_speaks_of_done_is_open(text):
    assert not read_action(text, gather_names("", AUTHOR, ())).done


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("core reviewers to vote", True),
        ("Nova team to vote", True),
        ("fix it [All]", True),
        ("Kim to vote", False),
        ("fix it [Kim/neutron-core]", False),
    ],
)
def test_only_owners_that_are_all_groups_make_a_group(text, group):
    assert read_action(text, gather_names("", AUTHOR, ())).group is group


def test_the_title_is_what_is_left_to_do():
    names = gather_names("", AUTHOR, ())
    assert read_action("- Kim to **propose** a spec;".removeprefix("- "), names).title == "propose a spec"
    assert read_action("Kim volunteered to propose a spec", names).title == "propose a spec"
    assert read_action("[kim_p] propose a spec: TODO", names).title == "propose a spec"


def test_the_first_person_stays_as_written_without_an_author():
    names = gather_names("", None, ())
    assert resolve_first_person(read_action("I will do it", names).owners, None) == ("I",)


SEEN = "Attendees: gorse, Kerstin Bellweather\n\nAlaric said that it is slow.\n"


@pytest.mark.parametrize(
    ("text", "owners"),
    [
        ("Ivo/Kerstin: review the series", ["Ivo", "Kerstin"]),
        ("Kerstin, Ivo - check the docs", ["Kerstin", "Ivo"]),
        ("gorse and Ivo: review the series", ["gorse", "Ivo"]),
        ("Alaric Vane -- the limits", ["Alaric Vane"]),
        ("gorse: docs of the limits", ["gorse"]),
        ("Everybody: read the spec!", ["Everybody"]),
        ("measure the limits again -> Ivo", ["Ivo"]),
        ("measure the limits again => Ivo, Lum Bexley", ["Ivo", "Lum Bexley"]),
        ("gorse -> measure the limits again", ["gorse"]),
        ("Assignee: Ivo - port the tests", ["Ivo"]),
        ("Owner: ivo_l; port the tests", ["ivo_l"]),
        ("document the plugin (ivo?)", ["ivo"]),
        ("document the plugin (Ivo or Lum?)", ["Ivo", "Lum"]),
    ],
)
def test_a_label_of_people_owns_what_follows(text, owners):
    found = read_action(text, gather_names(SEEN, AUTHOR, ("puffin",)), listed=True)
    assert [owner.text for owner in found.owners] == owners
    assert found.tentative == text.endswith("?)")


@pytest.mark.parametrize(
    "text",
    [
        "Ivo/Lum: review the series",
        "Nova/Kerstin: review the series",
        "Puffin, Kerstin - review the series",
        "Cache/Quota: review the limits",
        "gorse: the gate is slow",
        "gorse: does anybody mind?",
        "gorse: I like it",
        "gorse/Ivo: nobody has looked at the mirrors",
        "Limits -- the docs",
        "rename the option limits -> quotum",
        "move the tests from Cinder -> Nova",
        "measure it again -> nobody yet",
        "Owner: not known - port the tests",
        "document the plugin (puffin?)",
        "document the plugin (Nova?)",
        "document the plugin (optional?)",
    ],
)
def test_a_label_that_may_be_no_person_owns_nothing(text):
    assert read_action(text, gather_names(SEEN, AUTHOR, ("puffin",)), listed=True).owners == ()


def test_what_may_be_a_remark_is_no_action_of_who_said_it():
    assert read_action("gorse: docs of the limits", gather_names(SEEN, AUTHOR, ())).owners == ()


@pytest.mark.parametrize(
    ("line", "owners"),
    [
        ("#action gorse clean the wiki", ["gorse"]),
        ("#action gorse and ivo_l clean the wiki", ["gorse", "ivo_l"]),
        ("#action clean the wiki", []),
        ("#action nova clean the wiki", []),
        ("#action puffin clean the wiki", []),
        ("ACTION: gorse clean the wiki", []),
        ("(gorse) #action clean the wiki", ["gorse"]),
        ("[gorse] #action ivo_l to clean the wiki", ["ivo_l"]),
        ("<gorse> #action clean the wiki", []),
        ("<gorse> #action I will clean the wiki", ["gorse"]),
        ("gorse will clean the wiki (AI)", ["gorse"]),
        ("clean the wiki [action item]", []),
    ],
)
def test_a_command_of_meetbot_names_who_does_it_first(line, owners):
    (notes,) = read_notes(f"Pad\n\n * {line}\n".encode(), projects=["puffin"])
    assert [list(action.owners) for action in notes.actions] == [owners]


@pytest.mark.parametrize(
    ("line", "owners"),
    [
        ("Mara: write a test", ["Mara"]),
        ("Lum: write a test", []),
        ("core: review all", ["core"]),
        ("Core: review two", ["Core"]),
        ("Core/Jon: eight", ["Core", "Jon"]),
        ("Core/Lum: eight", []),
        ("**Core** - review all", ["Core"]),
        ("Core (?): review all", ["Core"]),
        ("Core to review all", ["Core"]),
        ("Core and Jon to review all", ["Core", "Jon"]),
        ("[core] review all", ["core"]),
        ("lumen-core: the limits", ["lumen-core"]),
        ("Docs: review all", []),
        ("Core: nothing is needed", []),
        ("core review of the limits", []),
        ("Core reviews: write a list", []),
        ("move the core to another tree", []),
        ("review the core", []),
        ("split patches for core and Jon", []),
    ],
)
def test_whom_people_yaml_has_is_somebody_and_a_word_where_a_name_stands(line, owners):
    people = ["mara", "Mara Example", "jon", "core", "Core", "lumen-core"]
    (notes,) = read_notes(f"Pad\n\nActions:\n\n- {line}\n- Core: measure it\n".encode(), people=people)
    assert [list(action.owners) for action in notes.actions] == [owners, ["Core"]]
