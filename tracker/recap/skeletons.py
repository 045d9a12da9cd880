"""What new files begin with: their comments teach the format, and taking a `#` off an example makes it count; pure.

An example's line begins with `#` and goes on as YAML does, prose with `#`, a blank and a letter.
"""

from collections.abc import Mapping

from tracker.recap.diagnostics import Diagnostic, Finding
from tracker.recap.document import Document
from tracker.recap.parse import draft_recap, parse_settings
from tracker.recap.people import People
from tracker.recap.quoting import write_scalar
from tracker.recap.reader import read_document

PEOPLE = """\
# Who is meant by the names in the recaps. A key, a name, an IRC nick and a Launchpad account all name their entry,
# whatever the case. `tracker people find NAME` looks for accounts, `tracker people check` sees that they are right.

people:
#  mara:                        # the key: short, and what recaps mostly write
#    name: Mara Example
#    irc: [mara, mara_]
#    launchpad: mara-example    # without an account nothing is assigned on Launchpad
#  jon:
#    name: Jon Example

# A team may own actions, too.
teams:
#  core:
#    name: core reviewers
#    launchpad: example-core
#    members: [mara]
#    lead: mara
"""

_SETTINGS = """\
# What holds for every recap of this repository. `tracker check` says what is wrong with it.

# The Launchpad that actions are kept in step with: production, qastaging, staging, an address, or sandbox, which is
# one on this machine (`tracker sandbox serve`).
{service}

# The one tag that every bug of this repository carries, and is found by: it stays as it is from the first sync on.
{tag}

# The project on Launchpad of recaps that name none.
{project}

# The mailing list that recaps go to.
{list}

# Who mails are from, and what sends them; a password stays in the keyring, or in TRACKER_SMTP_PASSWORD.
#mail:
#  from: Example recaps <recaps@example.org>
#  server: smtp.example.org
#  user: recaps

# Where a sync stops and asks; these are the defaults.
#limits:
#  create: 20       # bugs, in one run
#  change: 50%      # of the tracked actions
#  close: 25%
#  reassign: 25%
"""
_SETTINGS_EXAMPLES = {"project": "example", "list": "example-dev"}

_RECAP = """\
{head}
#links:
#  etherpad: https://etherpad.example.org/p/example

# The outcome in a few lines, for whoever reads nothing else.
#tldr: |
#  Structured logs become the default; the old format goes one cycle later.

# What was discussed.
#topics:
#  - title: Structured logs
#    notes: |
#      What was said and agreed, in as many lines as it takes.
#    blueprints: [structured-logs]                # names or addresses
#    bugs: [1637]
#    reviews: [386685]

# What is to be done next. `id` and `title` must be there; what else is not known is left out.
actions:
"""
_ACTIONS = """\
#  - id: default-format                           # short, unique in this recap, and it stays
#    title: make structured logs the default
#    owner: mara                                  # a name of people.yaml; [mara, jon] share it, and mara leads
#    bug: new                                     # a sync files the bug and puts its number here; a number takes one
#    status: in progress                          # todo, in progress, blocked, done, postponed or dropped
#    milestone: next-1                            # of the project on Launchpad
#    topic: Structured logs
#  - id: structured-logs
#    title: describe the fields of structured logs
#    owner: jon?                                  # not agreed yet
#    blueprint: structured-logs                   # this action is the blueprint; `new NAME` registers one
#    due: {due}
#  - id: convert-plugins
#    title: convert the plugins
#    with: [jon]                                  # helps; nobody owns it yet
#    work_item: structured-logs                   # a line of that blueprint's work items
#  - id: collect-dashboards
#    title: collect dashboards that read the old format
#    notes: without bug, blueprint and work_item an action is kept here alone
"""


def name_schema(path: str) -> str:
    """Write the line that tells editors with yaml-language-server where a file's schema is."""
    return f"# yaml-language-server: $schema={path}"


def write_settings(values: Mapping[str, str]) -> str:
    """Write a tracker.yaml; `values` has `tag`, and those of `service`, `project` and `list` that are known."""
    lines = {key: f"{key}: {write_scalar(value)}" for key, value in values.items()}
    examples = {key: f"#{key}: {value}" for key, value in _SETTINGS_EXAMPLES.items()}
    return _SETTINGS.format(**{"service": "#service: production", **examples, **lines})


def write_recap(values: Mapping[str, str], schema: str | None = None, actions: str | None = None) -> str:
    """Write a recap; `values` has `title` and `date`, and whatever else is known that stands on one line.

    `schema` is where an editor finds what a recap may hold, as a path from the recap's own folder. `actions` are the
    lines of its actions, examples when left out.
    """
    order = ("title", "project", "cycle", "event", "date", "author")
    lines = [f"{key}: {write_scalar(values[key], key=key)}" for key in order if key in values]
    if schema is not None:
        lines.insert(0, name_schema(schema))
    head = _RECAP.format(head="\n".join(lines))
    return head + (_ACTIONS.format(due=values["date"]) if actions is None else actions)


def find_settings_problem(values: Mapping[str, str]) -> Diagnostic | None:
    """Say what `tracker check` would find wrong with a tracker.yaml."""
    if (problem := _find_unwritable(values)) is not None:
        return problem
    document = read_document(write_settings(values).encode(), "")
    parse_settings(document)
    return next(iter(document.diagnostics), None)


def find_recap_problem(
    values: Mapping[str, str], recap_id: str, people: People | None, default_project: str | None
) -> Diagnostic | None:
    """Say what `tracker check` would find wrong with a recap; without `people` names are not looked up."""
    if (problem := _find_unwritable(values)) is not None:
        return problem
    document = read_document(write_recap(values).encode(), "")
    draft_recap(document, recap_id, people, default_project)
    return next(iter(document.diagnostics), None)


def _find_unwritable(values: Mapping[str, str]) -> Diagnostic | None:
    """Say that a value is no text: a terminal that is not set to UTF-8 hands over bytes that are none."""
    try:
        "".join(values.values()).encode()
    except UnicodeEncodeError:
        remedy = "set the terminal to UTF-8, or write it into the file later"
        return Document("", "", None).diagnose(Finding((), "R002", "the text is not UTF-8", remedy))
    return None
