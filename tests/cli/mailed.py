"""The sample with addresses to write to, and what a sync has made of it by a known day."""

import shutil
from pathlib import Path

from tests.support import ROOT
from tracker.sync.base import Base
from tracker.sync.entries import Agreed, Entry

RECAP = "ocata/neutron-server-next"
FIRST, LATER = "2016-11-01T10:00:00Z", "2016-11-20T10:00:00Z"


def make_repository(folder: Path) -> Path:
    """Copy the sample into a folder, with a sender, a list's address and addresses of people; return its recap."""
    sessions = folder / "sessions"
    shutil.copytree(ROOT / "sessions", sessions, ignore=shutil.ignore_patterns(".*"))
    change(sessions / "tracker.yaml", "service: sandbox", "service: production")
    change(sessions / "tracker.yaml", "list: openstack-dev", "list: openstack-dev@lists.example.org")
    with (sessions / "tracker.yaml").open("a") as settings:
        settings.write("mail:\n  from: The tracker <tracker@example.org>\n")
    for name in ("Ihar Hrachyshka", "Artur", "Kevin"):
        address = f"{name.split()[0].lower()}@example.org"
        change(sessions / "people.yaml", f"    name: {name}\n", f"    name: {name}\n    email: {address}\n")
    change(sessions / "people.yaml", "    name: core reviewers\n", "    name: core reviewers\n    lead: kevin\n")
    return sessions / f"{RECAP}.yaml"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), encoding="utf-8")


def track(recap: Path) -> None:
    """Let a sync have made bugs and a blueprint of the recap, and a second one have brought what moved since."""
    for number, action in enumerate(("review-pecan", "forbid-contract-migrations", "neutron-lib-compatibility"), 1):
        before, _, after = recap.read_text().partition(f"  - id: {action}\n")
        after = after.replace("bug: new", f"bug: {number}", 1)
        recap.write_text(f"{before}  - id: {action}\n{after}")
    change(recap, "blueprint: new push-notifications", "blueprint: push-notifications")
    sessions = recap.parent.parent
    leads = {
        "review-ovo": "neutron-core", "review-pecan": "neutron-core", "forbid-contract-migrations": "ihar",
        "model-live-migration": "artur", "push-notifications": "kevin", "neutron-lib-compatibility": "armando",
    }  # fmt: skip
    agreed = {
        action: {
            "title": Agreed("x", "x", FIRST),
            "lead": Agreed(lead, lead, FIRST),
            "status": Agreed("todo", "New", FIRST),
        }
        for action, lead in leads.items()
    }
    agreed["review-pecan"]["lead"] = Agreed("armando", "armando", LATER, ("neutron-core",))
    agreed["push-notifications"]["status"] = Agreed("done", "Implemented", LATER, ("in progress",))
    agreed["model-live-migration"]["status"] = Agreed("blocked", "BLOCKED", LATER)
    Base(sessions, "production").save(RECAP, {name: Entry(name, fields=fields) for name, fields in agreed.items()})
    change(recap, "owner: neutron-core\n    topic: Switch to Pecan", "owner: armando\n    topic: Switch to Pecan")
    change(recap, "status: in progress ", "evidence: https://review.opendev.org/371234\n    status: done ")
    change(
        recap, "work_item: online-upgrades", "work_item: online-upgrades\n    status: blocked\n    due: 2016-11-15"
    )
    change(recap, "owner: kevin?", "# nobody yet")
