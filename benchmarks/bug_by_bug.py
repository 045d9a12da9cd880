"""Keep actions and bugs in step as a plain launchpadlib script does: bug by bug.

What syncing is measured beside. It files a bug for each line of a list, or reads the bugs that it filed and compares
title, status, assignee and milestone, and writes a status that differs; it looks for nothing first, and is sure of
nothing afterwards.

    python bug_by_bug.py ROOT CREDENTIALS CACHE create|update LIST
"""

import json
import sys
from pathlib import Path

from launchpadlib.credentials import Credentials
from launchpadlib.launchpad import Launchpad


def main(root: str, credentials: str, cache: str, work: str, listed: str) -> None:
    """Do the work over the list, whose entries have `title`, `owner`, perhaps `status`, and in the end a number."""
    launchpad = Launchpad(
        Credentials.load_from_path(credentials), None, None, service_root=root, cache=cache, version="devel"
    )
    path = Path(listed)
    entries = json.loads(path.read_text())
    if work == "create":
        project = launchpad.projects["neutron"]
        for entry in entries:
            bug = launchpad.bugs.createBug(
                target=project, title=entry["title"], description=entry["title"], tags=["plain"]
            )
            entry["bug"] = bug.id
            task = bug.bug_tasks[0]
            task.assignee = launchpad.people[entry["owner"]]
            task.lp_save()
        path.write_text(json.dumps(entries))
    else:
        for entry in entries:
            bug = launchpad.bugs[entry["bug"]]
            task = bug.bug_tasks[0]
            seen = (bug.title, task.status, task.assignee_link, task.milestone_link)
            if seen[0] != entry["title"] or not seen[2].endswith(f"~{entry['owner']}"):
                raise SystemExit(f"bug {entry['bug']} is not as it was written: {seen}")
            if task.status != entry.get("status", task.status):
                task.status = entry["status"]
                task.lp_save()


if __name__ == "__main__":
    main(*sys.argv[1:])
