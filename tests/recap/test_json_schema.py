"""`tracker schema` and `tracker check` agree on files, good and bad, as far as a schema can say."""

import re

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend

from tests.support import ROOT
from tracker.recap.document import Mapping, Scalar, Sequence
from tracker.recap.json_schema import FILES, build_schema
from tracker.recap.parse import draft_recap, parse_people, parse_settings
from tracker.recap.reader import read_document

UNSAID = {
    "R012": "who is in people.yaml",
    "R013": "whom a name means",
    "R022": "which ids other actions have",
    "R023": "what the action's other keys say",
    "R024": "which project an address is of",
    "R025": "what other actions are tracked as",
    "R026": "which topics there are",
    "R027": "whom the other names mean",
    "R028": "what other entries say",
    "R029": "which of Launchpad's words a status agrees with",
    "R030": "comments",
    "R032": "comments",
    "R034": "what other actions are tracked as",
    "R035": "what other actions are tracked as",
    "R036": "what the action is tracked as",
    "R037": "comments",
    "R038": "which actions other recaps have",
}
"""What a schema does not know."""


def look(validator, pattern, instance, schema):
    """Look for a pattern as JSON Schema means it, where `$` is the end and not the line end before it."""
    del schema
    if validator.is_type(instance, "string") and not re.search(pattern.replace("$", r"\Z"), instance):
        yield ValidationError(f"{instance!r} is not {pattern!r}")


VALIDATOR = extend(Draft202012Validator, {"pattern": look})
VALIDATORS = {file: VALIDATOR(build_schema(file), format_checker=FormatChecker()) for file in FILES}

# How editors read plain values: the core schema of YAML 1.2.
NULL = re.compile(r"~|null|Null|NULL|")
TRUE = re.compile("true|True|TRUE")
FALSE = re.compile("false|False|FALSE")
INTEGER = re.compile(r"[-+]?[0-9]+")
FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")


def as_an_editor_reads(node):
    match node:
        case Mapping():
            return {key: as_an_editor_reads(entry.value) for key, entry in node.entries.items()}
        case Sequence():
            return [as_an_editor_reads(item) for item in node.items]
        case Scalar(text=text, plain=True):
            if NULL.fullmatch(text):
                return None
            if TRUE.fullmatch(text) or FALSE.fullmatch(text):
                return TRUE.fullmatch(text) is not None
            if INTEGER.fullmatch(text):
                return int(text)
            return float(text) if FLOAT.fullmatch(text) else text
        case Scalar(text=text):
            return text
    raise AssertionError(node)


def check(file, text):
    """Return the ids of the rules that a file breaks, but for those that no schema knows of, and the document."""
    document = read_document(text.encode(), f"{file}.yaml")
    assert document.root is not None, document.diagnostics
    match file:
        case "recap":
            draft_recap(document, "ocata/one", None, "neutron")
        case "people":
            parse_people(document)
        case "tracker":
            parse_settings(document)
    found = {one.rule for one in document.diagnostics}
    return found - set(UNSAID), document


# Values as they are written, some of each sort that a key holds, and some that none does.
GOOD = {
    "title": ["Logging", '"Logging: next"', "2016", "true", "yes"],
    "name": ["Mara Example", "7"],
    "project": ["neutron", "1.0", "15", "true"],
    "date": ["2016-10-28", '"2016-10-28"'],
    "due": ["2016-12-01"],
    "cycle": ["ocata", '""', "2016"],
    "author": ["mara", "~mara-example", "mara?", "'??'"],
    "links": ["{}", "{etherpad: https://example.org/p}", "{etherpad: , x: http://y}"],
    "tldr": ["short", "|\n{i}  some\n{i}  lines\n", '"a\\nb"'],
    "notes": ["short", "15", '"a\\nb"'],
    "blueprints": ["[a, push]", "push", "15"],
    "bugs": ["[1, '#2']", "15"],
    "reviews": ['[386685, "topic:bp/x"]'],
    "id": ["a", "A.b_c+d-e", "15", "1.5"],
    "owner": ["mara", "[mara, jon?]", "[]", "\n{i}- mara\n{i}- jon"],
    "with": ["[jon]"],
    "bug": ["new", "1637", "'#1637'", "https://bugs.launchpad.net/neutron/+bug/15", "New"],
    "blueprint": ["push", "new push", "https://blueprints.launchpad.net/neutron/+spec/push"],
    "work_item": ["push", "https://blueprints.launchpad.net/neutron/+spec/push"],
    "status": ["todo", "In Progress", "'done'", "DROPPED"],
    "milestone": ["ocata-2", "1.0", "15"],
    "importance": ["High", "wishlist"],
    "tags": ["[api, low-hanging-fruit]", "api", "15", "[]"],
    "topic": ["Logging"],
    "evidence": ["https://example.org/x", "[https://example.org/x, http://y.org]"],
    "previously": ["[b, c]", "b"],
    "carried_from": ["newton/one#a"],
    "irc": ["mara_", "[a, b]"],
    "launchpad": ["mara-example"],
    "email": ["mara@example.org"],
    "members": ["[mara]", "mara"],
    "lead": ["mara"],
    "service": ["production", "sandbox", "https://launchpad.test/"],
    "tag": ["summit-actions", "15", "0.5"],
    "list": ["openstack-dev"],
    "statuses": ["{done: Fix Released}", "{}"],
    "link_bugs": ["yes", "false", "'ON'", "True"],
    "limits": ["{}", "{create: 20, change: 0.5, close: 50%, settle: '240', missing: 1}", "{create: , close: '1.0'}"],
    "mail": [
        "{}", "{from: mara@example.org}", "{from: Mara Example <mara@example.org>, server: smtp.example.org:587}",
        "{server: localhost, security: TLS, user: mara}", "{server: '[::1]:25', security: none, user: 7}",
        "{sendmail: /usr/sbin/sendmail}", "{from: , server: 10.0.0.1}",
    ],
    "ignore": ["R026", "[R026, r032]", "[]"],
}  # fmt: skip
BAD = [
    "", '""', '" "', "[a, b]", "[[a]]", "{}", "{a: b}", '"a\\nb"', '"a\\0b"', "-1", "1.5", "15", "true", "no", "'?'",
    "Low Hanging", "2016-13-01", "28 October", "2016-1-2", "http:// x", "httpx://y", "x" * 201, "'150%'", "241",
    "'0.5'", "R999", "R001", "doing", "Done.", "\n{i}-\n{i}- a", "[a, '']", "{create: -1}", "{settle: 241}",
    "{change: 1.5}", "{change: 101%}", "{create: 1.5}", "{a: {b: c}}", "[{}]", "{change: '0.1234567'}", "stagging",
]  # fmt: skip
WRONG = {
    "recap": [
        "actions: none", "actions: [a]", "actions: {}", "actions: [{id: a}]", "actions: [{title: t}]",
        "actions: [{id: a, title: t, ownr: x}]", "actions: [{id: a b, title: t}]",
        "actions: [{id: a, title: '%s'}]" % ("x" * 201), "actions: [{id: a, title: t, status: doing}]",
        "actions: [{id: a, title: t, due: 2016-13-01}]", "actions: [{id: a, title: t, due: 1 May}]",
        "actions: [{id: a, title: t, owner: [a, '?']}]", "actions: [{id: a, title: t, tags: [api, Low Hanging]}]",
        "actions: [{id: a, title: t, importance: Urgent}]", "actions: [{id: a, title: t, milestone: Ocata 2}]",
        "actions: [{id: a, title: t, evidence: [x]}]", "actions: [{id: a, title: t, with: {a: b}}]",
        "actions: [{id: a, title: t, previously: a b}]", "topics: [{notes: x}]", "topics: [{title: ' '}]",
        "links: [a]", "links: {a: b}", "cycle: [a]", "project: Nova", 'tldr: "a\\0b"', 'event: "a\\nb"',
        "author: '?'", "titel: x",
    ],
    "people": [
        "people: []", "people: {a: b}", "people: {a: }", "people: {a: {}}", "people: {a: {name: ' '}}",
        "teams: {a: {nam: b}}", "people: {a: {name: A, launchpad: Mara X}}", "people: {a: {name: A, irc: [[a]]}}",
        "persons: {}", "teams: {a: {name: A, members: ['']}}", "teams: {a: {name: A, lead: [a]}}",
    ],
    "tracker": [
        "service: stagging", "project: Nova", "statuses: [a]", "link_bugs: maybe", "ignore: R999",
        "ignore: [R026, R001]", "limits: {create: -1}", "limits: {create: 1.5}", "limits: {create: many}",
        "limits: {settle: 241}", "limits: []", "limits: {change: 1.5}", "limits: {change: -0.5}",
        "mail: []", "mail: {password: swordfish}", "mail: {from: mara}", "mail: {from: 'a@b, c@d'}",
        "mail: {from: <a@b}",
        "mail: {server: smtp.example.org:0}", "mail: {server: 'a:65536'}", "mail: {server: https://a}",
        "mail: {server: a b}", "mail: {security: ssl}", "mail: {user: ' '}", "mail: {sendmail: bin/mail}",
        "mail: {sendmail: [/bin/mail, -t]}", 'mail: {from: "a@b\\nBcc: c@d"}',
        "limits: {close: 101%}", "limits: {close: '0.1234567'}", "limits: {craete: 1}", "limit: {}",
    ],
}  # fmt: skip
"""Lines that make a good file a bad one."""
TABLES = {
    "topic": ["title", "notes", "links", "blueprints", "bugs", "reviews"],
    "action": [
        "id", "title", "owner", "with", "bug", "blueprint", "work_item", "status", "milestone", "due", "importance",
        "tags", "project", "topic", "notes", "evidence", "previously", "carried_from",
    ],
    "recap": ["title", "project", "cycle", "event", "date", "author", "links", "tldr"],
    "person": ["name", "irc", "launchpad", "email"],
    "team": ["name", "launchpad", "members", "lead", "email"],
    "tracker": ["service", "tag", "project", "list", "statuses", "link_bugs", "limits", "mail", "ignore"],
}  # fmt: skip
REQUIRED = {
    "topic": ["title"], "action": ["id", "title"], "recap": ["title", "date"], "person": ["name"], "team": ["name"],
    "tracker": ["tag"],
}  # fmt: skip
# Its form is one of the rules over a recap.
FREE = {"carried_from"}


@st.composite
def mappings(draw, table, indent, badness):
    """Write the lines of a mapping, with a slip here and there."""
    keys = [key for key in REQUIRED[table] if not draw(badness)]
    keys += [
        key for key in draw(st.lists(st.sampled_from(TABLES[table]), unique=True, max_size=5)) if key not in keys
    ]
    if draw(badness):
        keys.append("asignee")
    lines = []
    for key in keys:
        pool = BAD if key not in FREE and draw(badness) else GOOD.get(key, ["one", "15"])
        lines.append(f"{indent}{key}: " + draw(st.sampled_from(pool)).replace("{i}", f"{indent}  "))
    return lines


def item(lines, indent):
    """Make a mapping's lines an item of a list."""
    return [f"{indent}- {lines[0].lstrip()}", *lines[1:]] if lines else [f"{indent}- {{}}"]


@st.composite
def files(draw, file):
    badness = st.sampled_from(draw(st.sampled_from([[False], [False] * 14 + [True]])))
    if file == "tracker":
        lines = draw(mappings("tracker", "", badness))
    elif file == "recap":
        lines = draw(mappings("recap", "", badness))
        for key, table in (("topics", "topic"), ("actions", "action")):
            if draw(badness):
                lines.append(f"{key}: {draw(st.sampled_from([one for one in BAD if '{i}' not in one]))}")
            elif items := [draw(mappings(table, "    ", badness)) for _ in range(draw(st.integers(0, 2)))]:
                lines += [f"{key}:", *(line for one in items for line in item(one, "  "))]
    else:
        lines = []
        for key, table in (("people", "person"), ("teams", "team")):
            entries = [draw(mappings(table, "    ", badness)) for _ in range(draw(st.integers(0, 2)))]
            if entries:
                lines.append(f"{key}:")
            for number, one in enumerate(entries):
                lines += (
                    [f"  {key}-{number}:", *one]
                    if one
                    else [f"  {key}-{number}: {draw(st.sampled_from(['', '{}']))}"]
                )
    return "\n".join(lines) + "\n" if lines else "{}\n"


@pytest.mark.parametrize("file", FILES)
@given(data=st.data())
@settings(max_examples=400)
def test_what_check_takes_the_schema_takes_and_what_it_refuses_the_schema_refuses(file, data):
    text = data.draw(files(file))
    refused, document = check(file, text)
    errors = [error.message for error in VALIDATORS[file].iter_errors(as_an_editor_reads(document.root))]
    event("bad" if refused else "good")
    assert bool(errors) == bool(refused), (text, refused, errors)


@pytest.mark.parametrize(("file", "line"), [(file, line) for file, lines in WRONG.items() for line in lines])
def test_each_slip_is_found_by_both(file, line):
    good = {"recap": "title: t\ndate: 2016-10-28\n", "people": "", "tracker": "tag: summit\n"}[file]
    refused, document = check(file, f"{good}{line}\n")
    assert refused
    assert not VALIDATORS[file].is_valid(as_an_editor_reads(document.root))
    if good:
        refused, document = check(file, good)
        assert not refused
        assert VALIDATORS[file].is_valid(as_an_editor_reads(document.root))


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(
    ("written", "is_taken"),
    [("'null'", True), ("null", False), ("~", False)],
)
def test_null_is_the_one_word_that_an_editor_takes_for_nothing(file, written, is_taken):
    """Recaps have no such titles, and nobody is told more than to write quotes."""
    text = {
        "recap": "date: 2016-10-28\ntitle: {}\n",
        "people": "people: {{a: {{name: {}}}}}\n",
        "tracker": "tag: {}\n",
    }
    refused, document = check(file, text[file].format(written))
    assert refused <= ({"R019"} if written == "~" else set())
    assert VALIDATORS[file].is_valid(as_an_editor_reads(document.root)) is is_taken


@pytest.mark.parametrize("file", FILES)
def test_each_schema_is_one_of_the_version_that_it_names(file):
    schema = build_schema(file)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$schema"]


@pytest.mark.parametrize("file", FILES)
def test_each_key_is_explained_in_the_editor(file):
    def explained(schema):
        for key in schema.get("properties", {}).values():
            assert key["description"]
            explained(key)
            explained(key.get("items", {}))
        extra = schema.get("additionalProperties")
        if isinstance(extra, dict):
            explained(extra)

    explained(build_schema(file))


def test_the_sample_is_taken():
    names = {"recap": "ocata/neutron-server-next", "people": "people", "tracker": "tracker"}
    for file, name in names.items():
        document = read_document((ROOT / "sessions" / f"{name}.yaml").read_bytes(), name)
        assert list(VALIDATORS[file].iter_errors(as_an_editor_reads(document.root))) == []
