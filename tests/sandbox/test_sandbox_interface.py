"""The sandbox publishes nothing that Launchpad does not, and nothing differently."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

WADL = "{http://research.sun.com/wadl/2006/10}"
FRAMEWORK = {"service-root", "ScalarValue", "HostedFile"}
PUBLISHED = json.loads((Path(__file__).parent.parent / "data" / "devel-interface.json").read_text())


def link_of(param):
    link = param.find(f"{WADL}link")
    target = None if link is None else link.get("resource_type")
    return None if target is None else target.rpartition("#")[2]


def described(param):
    """A field or parameter in the form that the published interface is kept in."""
    kind = param.get("type")
    values = [option.get("value") for option in param.findall(f"{WADL}option")]
    return {
        name: value
        for name, value in {
            "required": param.get("required") == "true" or None,
            "to": link_of(param),
            "type": None if kind is None else kind.rpartition(":")[2],
            "values": values or None,
        }.items()
        if value is not None
    }


def read_wadl(text):
    root = ET.fromstring(text)  # noqa: S314 (written by the sandbox)
    representations = {item.get("id"): item for item in root.findall(f"{WADL}representation")}
    types = {}
    for resource in root.findall(f"{WADL}resource_type"):
        name = resource.get("id")
        if name in FRAMEWORK or name.endswith("-page-resource"):
            continue
        full, diff = representations.get(f"{name}-full"), representations.get(f"{name}-diff")
        writable = set() if diff is None else {param.get("name") for param in diff}
        fields = {
            param.get("name"): described(param) | {"writable": param.get("name") in writable}
            for param in ([] if full is None else full)
        }
        operations = {}
        for method in resource.findall(f"{WADL}method"):
            params = {param.get("name"): param for param in method.iter(f"{WADL}param")}
            operation = params.pop("ws.op", None)
            if operation is not None:
                params.pop("Location", None)
                operations[operation.get("fixed")] = {
                    "method": method.get("name"),
                    "params": {key: described(param) for key, param in params.items()},
                }
        types[name] = {"fields": fields, "operations": operations}
    return types


def differences(types):
    """Whatever is published and is not part of Launchpad's interface as kept."""
    found = []
    links = {
        entry["to"].removesuffix("-page-resource")
        for kind in PUBLISHED.values()
        for entry in [
            *kind["fields"].values(),
            *(param for operation in kind["operations"].values() for param in operation.get("params", {}).values()),
        ]
        if "to" in entry
    }
    plurals = {"bug_targets", "has_milestones"}
    unlisted = {"bug_nomination"}  # published by Launchpad (source), and not among the kinds that are kept
    for name, kind in types.items():
        if name not in PUBLISHED:
            if name not in links | plurals | unlisted:
                found.append(f"type {name}")
            continue
        known = PUBLISHED[name]
        for field, entry in kind["fields"].items():
            expected = known["fields"].get(field)
            if entry != expected:
                found.append(f"{name}.{field}: {entry}, not {expected}")
        for operation, entry in kind["operations"].items():
            expected = known["operations"].get(operation)
            if expected is None or expected["method"] != entry["method"]:
                found.append(f"{name}.{operation}(): {entry['method']}, not {expected}")
                continue
            for param, value in entry["params"].items():
                if value != expected["params"].get(param):
                    found.append(f"{name}.{operation}({param}): {value}, not {expected['params'].get(param)}")
    return found


@pytest.fixture(scope="module")
def wadl(anonymous):
    answer = anonymous.get("", Accept="application/vnd.sun.wadl+xml")
    assert answer.status == 200
    return answer.text


def test_everything_published_is_launchpads(wadl):
    types = read_wadl(wadl)
    assert differences(types) == []
    assert set(PUBLISHED) <= set(types)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name="importance"', 'name="urgency"'),
        ('fixed="newMessage"', 'fixed="addMessage"'),
        ('value="Wishlist"', 'value="Someday"'),
        ('name="modified_since"', 'name="changed_since"'),
    ],
)
def test_a_published_thing_that_launchpad_lacks_is_found(wadl, old, new):
    assert differences(read_wadl(wadl.replace(old, new)))


def test_what_the_tracker_uses_is_published(wadl):
    types = read_wadl(wadl)
    for kind, operations in {
        "bugs": {"createBug", "searchTasks"},
        "bug": {"newMessage", "subscribe", "unsubscribe", "addTask", "lock", "unlock", "addNomination"},
        "project": {"searchTasks", "getMilestone", "getSeries", "getSpecification"},
        "specifications": {"createSpecification"},
        "specification": {"linkBug", "unlinkBug", "subscribe", "unsubscribe", "proposeGoal"},
        "bug_nomination": {"approve", "decline", "canApprove"},
        "project_series": {"newMilestone"},
        "people": {"getByEmail", "find", "findPerson", "findTeam"},
    }.items():
        assert operations <= set(types[kind]["operations"])
    writable = {name for name, entry in types["bug_task"]["fields"].items() if entry["writable"]}
    assert writable == {
        "assignee_link",
        "importance",
        "importance_explanation",
        "milestone_link",
        "status",
        "status_explanation",
        "target_link",
    }
    hidden = {"_PATCH", "_PUT", "linkBranch", "unlinkBranch"}
    assert set(PUBLISHED["specification"]["operations"]) - hidden == set(types["specification"]["operations"])
    assert set(PUBLISHED["specification"]["fields"]) == set(types["specification"]["fields"])
