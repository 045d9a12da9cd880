"""Where actions are found, and where nothing is looked for."""

import pytest

from tracker.mail.reading import read_notes


def found(text):
    (notes,) = read_notes(text.encode())
    return [action.text for action in notes.actions]


@pytest.mark.parametrize(
    "head",
    [
        "Next actions:",
        "Action items:",
        "Action Items",
        "Actions",
        "Actions:",
        "AIs:",
        "ARs:",
        "TODOs:",
        "AI:",
        "Work items:",
        "# Action items",
        "### Action items/improvements:",
        "**Actions**",
        "**Actions:**",
        "[Action Items]",
        "== Action points ==",
        "Action Items\n============",
        "Follow-up actions:",
        "Actions to do after this discussion:",
        "While at it we also agreed on some action items for the next cycle:",
        "Here are the #ACTION items we need owners for:",
        "The following actions were agreed on in the\nmeeting:",
        "Here are the things that all members need to do:",
        "What we take home (actions):",
        "Actions which came out of this topic:",
        "## Action items from the sessions of both days (all of them are for Ocata)",
    ],
)
def test_what_announces_actions_opens_a_list(head):
    assert found(f"Words before.\n\n{head}\n\n* write the spec\n* kim to read it\n\nWords after.\n") == [
        "write the spec",
        "kim to read it",
    ]


@pytest.mark.parametrize(
    "head",
    [
        "Review ACTION points from previous meeting",
        "== Review of action items ==",
        "Actions from last week:",
        "Old actions:",
        "There were no concrete actions identified:",
        "Server actions:",
        "Actions per second, by release:",
        "# GitHub Actions",
        "User actions:",
        "Decisions:",
        "We decided to:",
        "# AI workloads",
        "Highlights:",
        "Last meeting next-steps review",
        "Supported actions:",
    ],
)
def test_what_only_sounds_like_it_opens_none(head):
    assert found(f"Words before.\n\n{head}\n\n* write the spec\n* kim to read it\n") == []


def test_what_a_list_is_of_is_said_by_the_sentence_before_it_too():
    items = "\n\n- kim to write the spec\n- lee to talk to the others\n"
    assert found(f"First we went over what was left from last time. Actions\nfrom Lisbon:{items}") == []
    assert len(found(f"This is the summary of the last meeting, we had fun. Actions from\nLisbon:{items}")) == 2


def test_next_steps_are_actions_only_where_one_has_an_owner():
    assert found("Next steps:\n* wait\n* see\n") == []
    assert found("Next steps:\n* wait\n* kim to see\n") == ["wait", "kim to see"]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("ACTION: kim to do it", "kim to do it"),
        ("AI: do it", "do it"),
        ("AR: kim to do it", "kim to do it"),
        ("Action: do it", "do it"),
        ("* [ACTION] do it", "do it"),
        ("#action do it", "do it"),
        ("TODO(kim): do it", "do it"),
        ("AI(kim): do it", "do it"),
        ("NEXT STEP (kim): do it", "do it"),
        ("- ACTION ITEM: do it", "do it"),
        ("Agreed. ACTION: kim to do it", "kim to do it"),
        ("It is slow (action: kim to do it)", "kim to do it"),
        ("AI kim: do it", "do it"),
        ("**Action:** do it", "do it"),
        ("--> AI: do it", "do it"),
        ("Not much to say. Actions: kim to do it", "kim to do it"),
        ("Not much to say. **Action:** kim to do it", "kim to do it"),
    ],
)
def test_a_mark_makes_an_action(line, text):
    assert found(f"Words.\n\n{line}\n\nWords.\n") == [text]


@pytest.mark.parametrize(
    "line",
    [
        "Action is needed on neither.",
        "Useful Commands: #action #agreed",
        "Actions: none",
        "Next step: we sleep",
        "no action for anybody",
        "AI: tbd",
        "To do: 12 -> 10",
        "AR: none besides the above",
        "AR: none that we could think of.",
        "There are actions: kim to do it",
    ],
)
def test_what_only_sounds_like_a_mark_makes_none(line):
    assert found(f"Words.\n\n{line}\n\nWords.\n") == []


def test_a_broken_line_goes_on_indented_or_not():
    text = (
        "Actions:\n- kim to write down how the test\nimages are made, (some of\nthem by hand)\n"
        "- lee to read\n   it twice\n"
    )
    assert found(text) == [
        "kim to write down how the test images are made, (some of them by hand)",
        "lee to read it twice",
    ]


def test_what_follows_a_list_is_not_its_last_item():
    for after in ("Kim", "Topic: other", "# Other", "Other:", "Other\n-----"):
        assert found(f"Actions:\n- kim to do it.\n{after}\nwords\n") == ["kim to do it."], after


@pytest.mark.parametrize("closing", ["Next meeting of this kind is in May.", "Thanks to all who came, it was fun."])
def test_what_closes_minutes_is_no_part_of_the_action_above(closing):
    action = "Remove the package from the list and see what else breaks"
    assert found(f"Words.\nACTION: {action}\n{closing}\n") == [action]


@pytest.mark.parametrize(
    "other", ["$ tool run", "x = 4", "2019-04-08 11:02:17 INFO collector is late", "for all in {", "import tool"]
)
def test_a_mark_in_a_sample_of_code_or_of_a_log_makes_no_action(other):
    assert found(f"It prints this:\n\n    {other}\n    ACTION: drop it (late)\n\nWords.\n") == []
    assert found(f"Topic:\n\n    {other}\n\n    words\n    ACTION: kim to read nodes in ERROR state\n") == [
        "kim to read nodes in ERROR state"
    ]


def test_a_semicolon_ends_an_item_and_a_label_the_list():
    assert found("Actions:\n- kim to do it;\nThat was all that we had to say about the tests today\n") == [
        "kim to do it;"
    ]
    text = "kim to write down in full what was said about all the tests"
    assert found(f"Actions:\n- {text}\nOther things:\n- none\n") == [text]


def test_a_block_below_a_heading_has_an_item_for_each_paragraph_and_each_owner():
    text = (
        "Actions\n    **kim** to do this\n    and that.\n"
        "    **lee** to do more. **mo_x** to stop.\n\n    Do the rest.\nGoals\n    none\n"
    )
    assert found(text) == ["kim to do this and that.", "lee to do more.", "mo_x to stop.", "Do the rest."]


def test_bullets_below_an_introduction_are_the_actions_and_those_below_an_item_its_notes():
    text = "Action items:\n- we came to:\n  - close it\n  - open it\n- kim to ask\n  - when there is time\n"
    (notes,) = read_notes(text.encode())
    assert [action.text for action in notes.actions] == ["close it", "open it", "kim to ask"]
    assert notes.actions[2].notes == ("when there is time",)


def test_bullets_below_a_person_are_theirs():
    text = "Present: kim, lee\n\nAction items:\n- kim:\n  - close it\n  - lee to open it\n"
    (notes,) = read_notes(text.encode())
    assert [(action.text, action.owners) for action in notes.actions] == [
        ("close it", ("kim",)),
        ("lee to open it", ("lee",)),
    ]


def test_quotes_in_a_mail_are_somebody_elses_and_those_in_a_pad_are_text():
    assert found("From: a@b.org\n\n> Actions:\n> - kim to do it\n\nFine.\n") == []
    assert found("> a remark\n\nActions:\n- kim to do it\n") == ["kim to do it"]


def test_what_was_taken_back_in_a_log_is_no_action():
    log = (
        "10:00 <kim> #action lee to do it\n10:01 <kim> #action mo to do it\n10:02 <kim> #undo\n"
        "10:03 <kim> we could #action it\n"
    )
    assert found(log) == ["lee to do it"]
    log = "10:00 <kim> #action lee to do it\n10:01 <lee> #info fine\n10:02 <kim> #undo\n"
    assert found(log) == ["lee to do it"]


def test_the_same_short_words_in_two_topics_are_two_actions():
    text = (
        "# One\n\nAction: kim to look\n\n# Two\n\nAction: kim to look\n\n# Three\n\n"
        "Action: kim to write the whole guide\n\nAction: kim to write the whole guide\n"
    )
    assert found(text) == ["kim to look", "kim to look", "kim to write the whole guide"]


def test_an_action_knows_its_line_its_topic_its_bug_and_its_blueprint():
    text = (
        "# One\n\nAction: kim to fix bug 123456\n\n# Two\n\nAction: do https://blueprints.launchpad.net/p/+spec/b-c\n"
    )
    (notes,) = read_notes(text.encode())
    first, second = notes.actions
    assert (first.line, first.topic, first.bug, first.blueprint) == (3, "One", 123456, None)
    assert (second.line, second.topic, second.bug, second.blueprint) == (7, "Two", None, "b-c")


def test_what_a_list_follows_is_no_part_of_its_heading():
    assert found("Discussion:\n - it is slow\nActions:\n- kim to do it\n") == ["kim to do it"]
    assert found("We looked at what users call\nserver actions:\n- start\n") == []


def test_a_marked_line_heads_nothing():
    assert found("* ACTION: kim review https://review.opendev.org/1\n    before the freeze\n") == [
        "kim review https://review.opendev.org/1 before the freeze"
    ]


def test_a_line_of_a_block_that_was_not_broken_for_its_length_ends_an_item():
    text = (
        "Actions\n    **kim** to ask what they use the old format for\n    **lee** to drop it\n"
        "    The rest can wait\n    **mo_x** to see,\n    Lee to help\n"
    )
    assert found(text) == [
        "kim to ask what they use the old format for",
        "lee to drop it",
        "The rest can wait",
        "mo_x to see, Lee to help",
    ]


def test_the_number_of_a_wikis_stars_nests_its_bullets():
    text = "* Retries\n** AI: kim to do it\n* 14:00 Actions\n** lee to see\n** buy one\n* 15:00 Other\n** three\n"
    assert found(text) == ["kim to do it", "lee to see", "buy one"]


def test_an_item_of_nobody_is_one_among_others_without_bullets():
    assert found("Actions:\n[unassigned] announce it\n[kim_p] do it\n") == ["announce it", "do it"]


def test_a_numbered_topic_of_minutes_heads_the_bullets_below_it():
    text = "1. Status\n- fine\n2. Action items\n- kim to do it\n3. Other\n- none\n"
    assert found(text) == ["kim to do it"]


def test_an_action_below_an_item_is_known_by_those_who_own_others():
    text = "Action items:\n- Emeka to write it\n- docs\n  - Emeka to move the guide\n  - it is long\n"
    assert found(text) == ["Emeka to write it", "docs", "Emeka to move the guide"]


def test_the_first_person_is_who_speaks():
    log = "10:00 <kim> #startmeeting x\n10:00 <lee_p> #action I will do it\n"
    (notes,) = read_notes(log.encode())
    assert [action.owners for action in notes.actions] == [("lee_p",)]
    minutes = (
        "Meeting started by kim at 10:00\n\n* one  (kim, 10:00:10)\n  * ACTION: I will do it  (lee_p, 10:01:00)\n\n"
        "Action items\n------------\n* I will do it\n"
    )
    (notes,) = read_notes(minutes.encode())
    assert [(action.text, action.owners, action.topic) for action in notes.actions] == [
        ("I will do it", ("lee_p",), "one")
    ]


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("# One\n\nwords\n\n# Two\n\nwords\n\nACTION: kim to do it\n", "Two"),
        ("# One\n\nActions:\n- lee to go\n\n# Two\n\nActions:\n- kim to do it\n", "Two"),
        ("# One\n\nwords\n\n# Two\n\nwords\n\n## Actions\n\n- kim to do it\n", "Two"),
        ("# One\n\nwords\n\n# Two\n\nwords\n\n# Actions\n\n- kim to do it\n", None),
        ("# Title\n\nwords\n\n## One\n\nwords\n\n## Actions\n\n- kim to do it\n", None),
        ("# One\n\nwords\n\n# Two\n\nwords\n\nNext actions:\n- kim to do it\n", None),
        ("# One\n\nwords\n\n# Two\n\nwords\n\n**Actions**\n\n- kim to do it\n", None),
        ("# One\n\nAR: lee to go\n\n# Two\n\n---\n\nAR: kim to do it\n", None),
        ("Topic: One\nAR: lee to go\n\nTopic: Two\nwords\n\n# Actions\n- kim to do it\n", None),
        ("1. One\nwords\n\n2. Two\nwords\n\n3. Actions\n- kim to do it\n", None),
        ("* One:\n  - words\n* Two:\n  - words\n\nActions:\n- kim to do it\n", None),
        ("* One:\n  - words\n* Two:\n  - ACTION: kim to do it\n", "Two"),
        ("# One\n\nwords\n\n# Two\n\nwords\n\nActions:\n- docs:\n  - kim to do it\n", None),
    ],
)
def test_an_action_is_of_the_topic_it_stands_in_and_what_ranks_with_topics_of_none(text, topic):
    (notes,) = read_notes(text.encode())
    assert [action.topic for action in notes.actions if action.owners == ("kim",)] == [topic]


def test_what_announces_actions_is_no_topic():
    (notes,) = read_notes(b"# One\n\nwords\n\n# Follow-up actions\n\n- kim to do it\n\n# Two\n\nwords\n")
    assert [topic.title for topic in notes.topics] == ["One", "Two"]


def test_an_address_on_a_line_of_its_own_goes_on_with_its_item():
    text = "Actions:\n- kim to read it, it is here:\nhttps://review.opendev.org/1;\n- lee to wait\n"
    assert found(text) == ["kim to read it, it is here: https://review.opendev.org/1;", "lee to wait"]
    assert found("Actions:\n- kim to read it.\nhttps://review.opendev.org/1\n") == ["kim to read it."]


def test_a_sentence_below_a_line_with_much_room_is_no_part_of_it():
    wide = "lee to write down all that was said about the tests of the agents so that"
    assert found(f"Actions:\n- {wide}\nit is kept\n- kim to read it\nThe rest is on the wiki\n") == [
        f"{wide} it is kept",
        "kim to read it",
    ]
    assert found(f"Actions:\n- {wide}\nOrla may keep it\n") == [f"{wide} Orla may keep it"]


def test_a_semicolon_parts_two_owners_and_not_a_thing_from_who_does_it():
    assert found("Actions\n    **kim** to do it; **lee** to ask\n") == ["kim to do it;", "lee to ask"]
    assert found("Actions\n    Drop it where it can be; **lee** will ask\n") == [
        "Drop it where it can be; lee will ask"
    ]


@pytest.mark.parametrize(
    "heading", ["Topic 2: Retro", "Session 2: Retro", "Retrospective of the cycle", "Retro (kim)"]
)
def test_a_heading_without_blank_line_ends_an_item(heading):
    item = "ACTION: kim to check every page of the docs"
    assert found(f"Pad\n\nTopic 1: Stores\n  * {item}\n{heading}\n  * fewer meetings\n") == [item[8:]]
    listed = f"Actions:\n  * kim to check every page of the docs\n{heading}\n  * fewer meetings\n"
    assert found(listed)[:1] == [item[8:]]


def test_lines_that_are_counted_or_bold_are_headings_where_there_are_no_others():
    (pad,) = read_notes(b"Pad\n\nTopic 1: Stores (kim)\n * slow\nTopic 2: Retro\n * agreed: fewer meetings\n")
    assert [(topic.title, topic.notes) for topic in pad.topics] == [
        ("Stores (kim)", " * slow"),
        ("Retro", " * agreed: fewer meetings"),
    ]
    (mail,) = read_notes(b"**Quotas**\n  They are odd.\n\n**Next steps**\n- kim to fix them\n")
    assert [(topic.title, topic.notes) for topic in mail.topics] == [("Quotas", "  They are odd.")]
    assert [action.topic for action in mail.actions] == [None]


def owned(text):
    (notes,) = read_notes(text.encode())
    return [(action.title, *action.owners) for action in notes.actions]


TABLE = """\
| Who | {} | Due | Status |
| --- | --- | --- | --- |
| Kim | write it | M2 | |
| Kim, Lee Bexley | read it | | done |
| | find a tester | | open |
"""


@pytest.mark.parametrize(
    ("head", "column"),
    [
        ("", "Action"),
        ("## Action items\n\n", "What"),
        ("Actions:\n", "Task"),
        ("Next actions\n\n", "What"),
        ("", "To-do"),
    ],
)
@pytest.mark.parametrize("rule", ["", "+---+---+\n"])
def test_a_table_with_owners_and_actions_is_a_list(head, column, rule):
    (notes,) = read_notes(f"Notes\n\n{head}{TABLE.format(column)}{rule}\nWords.\n".encode())
    assert [(action.title, action.owners, action.done, action.notes) for action in notes.actions] == [
        ("write it", ("Kim",), False, ("Due: M2",)),
        ("read it", ("Kim", "Lee Bexley"), True, ()),
        ("find a tester", (), False, ()),
    ]
    assert notes.topics == ()


@pytest.mark.parametrize(
    "row", ["| Mara | measure it |", "| Mara | measure it", "| Mara | measure it | |", "|Mara|measure it||"]
)
def test_a_row_may_end_before_its_header_does(row):
    table = (
        f"| Who | Action | Due |\n|---|---|---|\n{row}\n| Mara |\n|| read it |\n| Mara | a | b | c |\n+ more words\n"
    )
    assert owned(f"Notes\n\n{table}") == [("measure it", "Mara"), ("read it",)]
    assert owned("Notes\n\n| Task | Who |\n|---|---|\n| words |\n+ more words\n") == []


@pytest.mark.parametrize("header", ["| Who | What |", "| Host | Action |", "| Who | Host |", "| Who |", "|"])
def test_another_table_is_none(header):
    assert owned(f"{header}\n|---|---|\n| Kim | write it |\n") == []
    assert owned("| Who | Action |\n| Kim | write it |\n") == []


@pytest.mark.parametrize(
    "above",
    [
        "",
        "- next actions\n",
        "We told the next actions to everybody who was in Lisbon\n\n",
        "Next actions\n\nWords.\n\n",
    ],
)
def test_a_table_of_things_that_nothing_announces_is_none(above):
    assert owned(f"{above}|Who|What|\n|---|---|\n|Kim|write it|\n") == []


def test_the_first_of_a_numbered_list_is_no_topic():
    (notes,) = read_notes(b"# Notes\n\n## Images\n\nActions:\n\n1. kim to write it\n2. read it\n\n## More\n\nwords\n")
    assert [action.topic for action in notes.actions] == ["Images", "Images"]


@pytest.mark.parametrize("label", ["{}:", "**{}**", "### {}"])
def test_a_list_by_person_has_names_above_its_bullets(label):
    kim, nobody = label.format("Kim"), label.format("Unassigned")
    listed = f"{kim}\n\n- write it\n- read it\n\n{nobody}\n- test it\n"
    text = f"Notes\n\n## Action items by person\n\n{listed}\n## Words\n- more\n"
    assert owned(text) == [("write it", "Kim"), ("read it", "Kim"), ("test it",)]


def test_a_label_in_a_list_of_actions_is_a_person_when_that_is_known():
    text = "Attendees: Kim\n\nActions:\n\nKim:\n- write it\n\nLum:\n- read it\n\nDocs:\n- none\n"
    assert owned(text) == [("write it", "Kim"), ("read it",)]


def test_what_is_marked_at_its_end_is_no_note_of_its_topic():
    (notes,) = read_notes(b"# Notes\n\n## Cache\nIt is slow.\n - kim will measure (AI)\n\n## More\n\nwords\n")
    assert [action.title for action in notes.actions] == ["measure"]
    assert notes.topics[1].notes == "It is slow."
