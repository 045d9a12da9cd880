"""The tables of the sandbox's database."""

from tracker.launchpad.limits import NO_IMPORTANCE
from tracker.launchpad.statuses import DEFAULT_BUG_STATUS

VERSION = 3

TABLES = f"""
CREATE TABLE person (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    is_team INTEGER NOT NULL DEFAULT 0,
    karma INTEGER NOT NULL DEFAULT 0,
    account_status TEXT NOT NULL DEFAULT 'Active',
    date_created TEXT NOT NULL,
    owner INTEGER REFERENCES person,
    visibility TEXT NOT NULL DEFAULT 'Public',
    membership_policy TEXT NOT NULL DEFAULT 'Restricted Team',
    merged INTEGER REFERENCES person
);
CREATE TABLE email (
    address TEXT NOT NULL UNIQUE COLLATE NOCASE,
    person INTEGER NOT NULL REFERENCES person
);
CREATE TABLE irc_nickname (
    id INTEGER PRIMARY KEY,
    person INTEGER NOT NULL REFERENCES person,
    network TEXT NOT NULL,
    nickname TEXT NOT NULL
);
CREATE TABLE membership (
    team INTEGER NOT NULL REFERENCES person,
    member INTEGER NOT NULL REFERENCES person,
    PRIMARY KEY (team, member)
) WITHOUT ROWID;
CREATE TABLE token (
    key TEXT PRIMARY KEY,
    secret TEXT NOT NULL,
    consumer TEXT NOT NULL,
    person INTEGER NOT NULL REFERENCES person,
    level TEXT NOT NULL,
    date_created TEXT NOT NULL,
    date_expires TEXT
) WITHOUT ROWID;
CREATE TABLE project (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    summary TEXT NOT NULL DEFAULT '',
    owner INTEGER NOT NULL REFERENCES person,
    driver INTEGER REFERENCES person,
    bug_supervisor INTEGER REFERENCES person,
    development_focus INTEGER REFERENCES series,
    date_created TEXT NOT NULL
);
CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    project INTEGER NOT NULL REFERENCES project,
    name TEXT NOT NULL,
    summary TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL DEFAULT 'Active Development',
    owner INTEGER NOT NULL REFERENCES person,
    driver INTEGER REFERENCES person,
    date_created TEXT NOT NULL,
    UNIQUE (project, name)
);
CREATE TABLE milestone (
    id INTEGER PRIMARY KEY,
    project INTEGER NOT NULL REFERENCES project,
    series INTEGER NOT NULL REFERENCES series,
    name TEXT NOT NULL,
    code_name TEXT,
    summary TEXT,
    date_targeted TEXT,
    is_active INTEGER NOT NULL DEFAULT 1,
    UNIQUE (project, name)
);
CREATE TABLE bug (
    id INTEGER PRIMARY KEY,
    name TEXT UNIQUE,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    owner INTEGER NOT NULL REFERENCES person,
    information_type TEXT NOT NULL DEFAULT 'Public',
    duplicate_of INTEGER REFERENCES bug,
    lock_status TEXT NOT NULL DEFAULT 'Unlocked',
    lock_reason TEXT,
    date_created TEXT NOT NULL,
    date_last_updated TEXT NOT NULL,
    date_last_message TEXT,
    date_made_private TEXT,
    who_made_private INTEGER REFERENCES person
);
CREATE INDEX bug_duplicate_of ON bug (duplicate_of);
CREATE INDEX bug_date_last_updated ON bug (date_last_updated);
CREATE TABLE bug_tag (
    bug INTEGER NOT NULL REFERENCES bug,
    tag TEXT NOT NULL,
    PRIMARY KEY (tag, bug)
) WITHOUT ROWID;
CREATE INDEX bug_tag_bug ON bug_tag (bug);
CREATE TABLE bug_task (
    id INTEGER PRIMARY KEY,
    bug INTEGER NOT NULL REFERENCES bug,
    project INTEGER NOT NULL REFERENCES project,
    series INTEGER REFERENCES series,
    status TEXT NOT NULL DEFAULT '{DEFAULT_BUG_STATUS}',
    status_explanation TEXT,
    importance TEXT NOT NULL DEFAULT '{NO_IMPORTANCE}',
    importance_explanation TEXT,
    assignee INTEGER REFERENCES person,
    milestone INTEGER REFERENCES milestone,
    owner INTEGER NOT NULL REFERENCES person,
    date_created TEXT NOT NULL,
    date_assigned TEXT,
    date_left_new TEXT,
    date_incomplete TEXT,
    date_confirmed TEXT,
    date_triaged TEXT,
    date_in_progress TEXT,
    date_deferred TEXT,
    date_fix_committed TEXT,
    date_fix_released TEXT,
    date_closed TEXT,
    date_left_closed TEXT
);
CREATE UNIQUE INDEX bug_task_of_project ON bug_task (bug, project) WHERE series IS NULL;
CREATE UNIQUE INDEX bug_task_of_series ON bug_task (bug, series) WHERE series IS NOT NULL;
CREATE INDEX bug_task_bug ON bug_task (bug);
CREATE INDEX bug_task_project ON bug_task (project);
CREATE TABLE nomination (
    id INTEGER PRIMARY KEY,
    bug INTEGER NOT NULL REFERENCES bug,
    series INTEGER NOT NULL REFERENCES series,
    owner INTEGER NOT NULL REFERENCES person,
    decider INTEGER REFERENCES person,
    status TEXT NOT NULL DEFAULT 'Nominated',
    date_created TEXT NOT NULL,
    date_decided TEXT,
    UNIQUE (bug, series)
);
CREATE TABLE message (
    id INTEGER PRIMARY KEY,
    bug INTEGER NOT NULL REFERENCES bug,
    position INTEGER NOT NULL,
    owner INTEGER NOT NULL REFERENCES person,
    subject TEXT NOT NULL,
    content TEXT NOT NULL,
    date_created TEXT NOT NULL,
    date_last_edited TEXT,
    date_deleted TEXT,
    UNIQUE (bug, position)
);
CREATE TABLE subscription (
    id INTEGER PRIMARY KEY,
    bug INTEGER NOT NULL REFERENCES bug,
    person INTEGER NOT NULL REFERENCES person,
    subscribed_by INTEGER NOT NULL REFERENCES person,
    level TEXT NOT NULL DEFAULT 'Discussion',
    date_created TEXT NOT NULL,
    UNIQUE (bug, person)
);
CREATE TABLE specification (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project INTEGER NOT NULL REFERENCES project,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    specurl TEXT UNIQUE,
    summary TEXT NOT NULL,
    whiteboard TEXT,
    definition_status TEXT NOT NULL DEFAULT 'New',
    implementation_status TEXT NOT NULL DEFAULT 'Unknown',
    priority TEXT NOT NULL DEFAULT 'Undefined',
    direction_approved INTEGER NOT NULL DEFAULT 0,
    information_type TEXT NOT NULL DEFAULT 'Public',
    assignee INTEGER REFERENCES person,
    drafter INTEGER REFERENCES person,
    approver INTEGER REFERENCES person,
    milestone INTEGER REFERENCES milestone,
    goal INTEGER REFERENCES series,
    goal_is_accepted INTEGER NOT NULL DEFAULT 0,
    owner INTEGER NOT NULL REFERENCES person,
    date_created TEXT NOT NULL,
    starter INTEGER REFERENCES person,
    date_started TEXT,
    completer INTEGER REFERENCES person,
    date_completed TEXT,
    UNIQUE (project, name)
);
CREATE TABLE work_item (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    specification INTEGER NOT NULL REFERENCES specification,
    title TEXT NOT NULL,
    status TEXT NOT NULL,
    assignee INTEGER REFERENCES person,
    milestone INTEGER REFERENCES milestone,
    position INTEGER NOT NULL,
    date_created TEXT NOT NULL,
    is_deleted INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX work_item_specification ON work_item (specification);
CREATE TABLE specification_bug (
    specification INTEGER NOT NULL REFERENCES specification,
    bug INTEGER NOT NULL REFERENCES bug,
    PRIMARY KEY (specification, bug)
) WITHOUT ROWID;
CREATE TABLE specification_subscription (
    id INTEGER PRIMARY KEY,
    specification INTEGER NOT NULL REFERENCES specification,
    person INTEGER NOT NULL REFERENCES person,
    is_essential INTEGER NOT NULL DEFAULT 0,
    UNIQUE (specification, person)
);
"""
