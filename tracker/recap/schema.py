"""Which keys the files have and what may stand there, as tables; pure.

The tables are what reading, checking and documentation go by. What a table cannot say stands in `rules`.
"""

from tracker.launchpad import limits
from tracker.recap.keys import Key, Table
from tracker.recap.mail_settings import Security
from tracker.recap.model import Status
from tracker.recap.values import (
    action_id,
    action_title,
    day,
    each,
    each_named,
    flag,
    heading,
    line,
    link,
    mail_sender,
    mail_server,
    many,
    member,
    name_of_launchpad,
    named,
    nested,
    number,
    one_of,
    person,
    program,
    rule,
    service,
    share,
    tag,
    text,
)

TOPIC: Table = {
    "title": Key(heading, "the subject, in one line", required=True),
    "notes": Key(text, "what was said and agreed"),
    "links": Key(named(link), "addresses by name"),
    "blueprints": Key(many(line), "names or addresses of blueprints"),
    "bugs": Key(many(line), "numbers or addresses of bugs"),
    "reviews": Key(many(line), "numbers, addresses or queries of Gerrit changes"),
}

ACTION: Table = {
    "id": Key(action_id, "a short name, unique in this recap", required=True),
    "title": Key(action_title, "what is to be done, in one line", required=True),
    "owner": Key(many(person), "who is accountable; the first leads; `?` marks one not yet confirmed"),
    "with": Key(many(person), "who helps; not synced"),
    "bug": Key(line, "`new`, or the number or address of the bug that tracks this"),
    "blueprint": Key(line, "the name or address of the blueprint that this is, or `new NAME`"),
    "work_item": Key(line, "the name or address of the blueprint whose work items have this"),
    "status": Key(one_of(*Status), "todo (when left out), in progress, blocked, done, postponed, dropped"),
    "milestone": Key(name_of_launchpad, "the project's milestone that it is for"),
    "due": Key(day, "the day by which it is to be done"),
    "importance": Key(one_of(*limits.IMPORTANCES), "Launchpad's word for how much it matters"),
    "tags": Key(many(tag), "further tags of its bug"),
    "project": Key(name_of_launchpad, "the project, when it is not the recap's"),
    "topic": Key(line, "the title of the topic that it came from"),
    "notes": Key(text, "anything more to know"),
    "evidence": Key(many(link), "links that show that it is done"),
    "previously": Key(many(action_id), "ids that it had before"),
    "carried_from": Key(line, "RECAP#ID of the action that it goes on with"),
}

RECAP: Table = {
    "title": Key(heading, "the session's title", required=True),
    "project": Key(name_of_launchpad, "its project on Launchpad, when it is not the default"),
    "cycle": Key(line, "the development cycle"),
    "event": Key(line, "the summit, sprint or PTG"),
    "date": Key(day, "the day of the session, YYYY-MM-DD", required=True),
    "author": Key(person, "who wrote the recap"),
    "links": Key(named(link), "addresses by name: schedule, etherpad"),
    "tldr": Key(text, "the outcome in a few lines"),
    "topics": Key(each(TOPIC), "the subjects discussed"),
    "actions": Key(each(ACTION), "the next actions"),
}

PERSON: Table = {
    "name": Key(heading, "the full name", required=True),
    "irc": Key(many(line), "IRC nicks"),
    "launchpad": Key(name_of_launchpad, "the Launchpad account"),
    "email": Key(line, "the mail address"),
}

TEAM: Table = {
    "name": Key(heading, "the name in prose", required=True),
    "launchpad": Key(name_of_launchpad, "the Launchpad team"),
    "members": Key(many(member), "keys of people"),
    "lead": Key(member, "the key of the person who leads it"),
    "email": Key(line, "the mail address"),
}

PEOPLE: Table = {
    "people": Key(each_named(PERSON), "people by key"),
    "teams": Key(each_named(TEAM), "teams by key"),
}

LIMITS: Table = {
    "create": Key(number(0), "how many bugs one sync may create"),
    "change": Key(share, "the share of the tracked actions that one sync may change, 0.5 or 50%"),
    "close": Key(share, "the share of them that it may close"),
    "reassign": Key(share, "the share of them whose lead it may replace"),
    "missing": Key(share, "the share of a project's known bugs that Launchpad's search may leave out"),
    "settle": Key(number(0, 240), "seconds, at most 240, to look for a bug whose creation was not answered"),
}

MAIL: Table = {
    "from": Key(mail_sender, "the address, or `Name <address>`, of mails about a recap whose author has no `email`"),
    "server": Key(mail_server, "the mail server, HOST or HOST:PORT"),
    "security": Key(one_of(*Security), "starttls (when left out), tls, or none"),
    "user": Key(heading, "who logs in on the server; the password is never kept here"),
    "sendmail": Key(program, "the path of a program that takes mails as sendmail does, in the server's stead"),
}

TRACKER: Table = {
    "service": Key(
        service,
        "production, qastaging, staging, sandbox, or the address of a Launchpad: https://HOST/ without a path"
        " (http:// only on this machine and under .test)",
    ),
    "tag": Key(tag, "the tag that every bug of this repository carries", required=True),
    "project": Key(name_of_launchpad, "the project of recaps that name none"),
    "list": Key(line, "the mailing list that recaps go to"),
    "statuses": Key(named(line), "which of Launchpad's words a status is sent as, for bugs"),
    "link_bugs": Key(flag, "yes to link a recap's bugs to the blueprints that are made for it"),
    "limits": Key(nested(LIMITS), "the brakes"),
    "mail": Key(nested(MAIL), "who mails are from, and what sends them"),
    "ignore": Key(many(rule), "ids of rules that `tracker check` is not to hold files against"),
}
