"""Mails tell an action that another one goes on with once, as that one."""

from datetime import date

from tracker.mail.digest import build_digest
from tracker.mail.moved import Known, build_moved
from tracker.recap.model import Action, Owner, Recap, Status
from tracker.recap.people import People, Person

PEOPLE = People.of([Person("mara", "Mara Example")])
MARA = (Owner("mara"),)
OLD = Recap(
    "zircon/a",
    "logging",
    "lighthouse",
    date(2026, 4, 14),
    actions=(
        Action("x", "do it", "lighthouse", MARA, due=date(2026, 5, 1)),
        Action("y", "do more", "lighthouse", MARA, due=date(2026, 5, 1)),
        Action("z", "do the rest", "lighthouse", MARA, status=Status.DONE),
    ),
)
NEW = Recap(
    "agate/a",
    "logging, again",
    "lighthouse",
    date(2026, 10, 12),
    actions=(Action("x", "do it", "lighthouse", MARA, carried_from="zircon/a#x"),),
)
TODAY = date(2026, 10, 13)


def test_an_owner_is_told_of_it_in_the_later_session():
    digest = build_digest("mara", [OLD, NEW], PEOPLE, "https://launchpad.example.org/", TODAY)
    told = [(group.title.partition(" (")[0], [item.title for item in group.actions]) for group in digest.groups]
    assert told == [("Late", ["do more"]), ("logging, again", ["do it"])]


def test_the_mail_of_what_has_moved_does_not_take_it_for_open():
    def build(carried):
        known = {"z": Known("2026-04-14T10:00:00Z", {"status": "2026-05-02T10:00:00Z"})}
        return build_moved(OLD, PEOPLE, "https://launchpad.example.org/", known, OLD.date, TODAY, carried=carried)

    moved = build({"zircon/a#x": "agate/a#x", "zircon/a#z": "agate/a#z"})
    assert [[item.title for item in group.actions] for group in moved.groups] == [["do the rest"], ["do more"]]
    assert (moved.open, moved.total) == (1, 3)
    assert build({}).open == 2
