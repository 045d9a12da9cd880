"""What the sandbox publishes: a part of Launchpad's entries, with the same names, types and rights to write.

Fields are declared in the order in which a PATCH applies them.
"""

from lazr.restful.declarations import (
    LAZR_WEBSERVICE_EXPORTED,
    collection_default_content,
    export_factory_operation,
    export_operation_as,
    export_read_operation,
    export_write_operation,
    exported,
    exported_as_webservice_collection,
    exported_as_webservice_entry,
    operation_parameters,
    operation_returns_collection_of,
    operation_returns_entry,
)
from lazr.restful.fields import CollectionField, Reference
from zope.interface import Interface
from zope.schema import Bool, Choice, Date, Datetime, Int, List, Text, TextLine

from tracker.sandbox import words
from tracker.sandbox.fields import Chosen, Name, Nickname, SearchedTag, not_blank


def _text(**settings):
    return exported(Text(required=False, **settings))


def _line(**settings):
    return exported(TextLine(**settings))


def _number():
    return exported(Int(readonly=True))


def _moment():
    return exported(Datetime(required=False, readonly=True))


def _flag(**settings):
    return exported(Bool(required=False, **settings))


def _word(vocabulary, **settings):
    return exported(Choice(vocabulary=vocabulary, **settings))


def _link(schema=Interface, **settings):
    return exported(Reference(schema=schema, **settings))


def _collection(schema=Interface):
    return exported(CollectionField(value_type=Reference(schema=schema)))


def _optional_link(schema=Interface):
    return Reference(schema=schema, required=False)


def _words(vocabulary):
    return List(value_type=Choice(vocabulary=vocabulary), required=False)


def _search_parameters():
    """Return the parameters of `searchTasks`, new fields for each operation."""
    return {
        "status": _words(words.BUG_TASK_STATUS_SEARCH),
        "importance": _words(words.BUG_TASK_IMPORTANCE),
        "information_type": _words(words.INFORMATION_TYPE),
        "assignee": _optional_link(),
        "bug_reporter": _optional_link(),
        "bug_commenter": _optional_link(),
        "bug_subscriber": _optional_link(),
        "owner": _optional_link(),
        "milestone": List(value_type=Reference(schema=Interface), required=False),
        "tags": List(value_type=SearchedTag(), required=False),
        "tags_combinator": Choice(vocabulary=words.TAGS_COMBINATOR, required=False),
        "search_text": TextLine(required=False),
        "modified_since": Datetime(required=False),
        "created_since": Datetime(required=False),
        "created_before": Datetime(required=False),
        "omit_duplicates": Bool(required=False, default=True),
        "order_by": List(value_type=TextLine(), required=False),
    }


@exported_as_webservice_entry("has_milestones", "has_milestones")
class IHasMilestones(Interface):
    """What has milestones: a project or a series."""

    active_milestones = _collection()
    all_milestones = _collection()


@exported_as_webservice_entry("bug_target", "bug_targets")
class IBugTarget(Interface):
    """What bugs are reported in."""


@exported_as_webservice_entry("irc_id", "irc_ids")
class IIrcNickname(Interface):
    """A name on an IRC network."""

    person = _link(readonly=True)
    network = _line()
    nickname = _line()


@exported_as_webservice_entry("person", "people")
class IPerson(Interface):
    """A person or a team."""

    name = exported(Name())
    display_name = _line()
    is_team = _flag(readonly=True)
    is_valid = _flag(readonly=True)
    private = _flag(readonly=True)
    karma = _number()
    account_status = _word(words.ACCOUNT_STATUS, readonly=True)
    date_created = _moment()
    irc_nicknames = _collection(IIrcNickname)
    members = _collection()
    participants = _collection()
    super_teams = _collection()

    @operation_parameters(**_search_parameters())
    @operation_returns_collection_of(Interface)
    @export_operation_as("searchTasks")
    @export_read_operation()
    def search_tasks(**parameters):
        """Find the bug tasks that concern the person."""


@exported_as_webservice_entry("team", "teams")
class ITeam(IPerson):
    """A team."""

    team_owner = _link(IPerson)


@exported_as_webservice_collection(IPerson)
class IPeople(Interface):
    """All people and teams."""

    @collection_default_content()
    def everybody():
        """List them."""

    @operation_parameters(email=TextLine())
    @operation_returns_entry(IPerson)
    @export_operation_as("getByEmail")
    @export_read_operation()
    def get_by_email(email):
        """Find the account that has an address."""

    @operation_parameters(text=TextLine())
    @operation_returns_collection_of(IPerson)
    @export_read_operation()
    def find(text):
        """Find people and teams by name."""

    @operation_parameters(
        text=TextLine(), created_after=Datetime(required=False), created_before=Datetime(required=False)
    )
    @operation_returns_collection_of(IPerson)
    @export_operation_as("findPerson")
    @export_read_operation()
    def find_person(text, created_after, created_before):
        """Find people by name."""

    @operation_parameters(text=TextLine())
    @operation_returns_collection_of(ITeam)
    @export_operation_as("findTeam")
    @export_read_operation()
    def find_team(text):
        """Find teams by name."""


@exported_as_webservice_entry("milestone", "milestones")
class IMilestone(Interface):
    """A dated point of a project."""

    name = exported(Name())
    code_name = _text()
    summary = _text()
    date_targeted = exported(Date(required=False))
    is_active = _flag()
    target = _link(IHasMilestones)
    series_target = _link(IHasMilestones)
    title = _line(readonly=True)

    @operation_parameters(**_search_parameters())
    @operation_returns_collection_of(Interface)
    @export_operation_as("searchTasks")
    @export_read_operation()
    def search_tasks(**parameters):
        """Find the bug tasks that are targeted to the milestone."""


@exported_as_webservice_entry("project_series", "project_series")
class ISeries(IHasMilestones):
    """A line of a project's development."""

    name = exported(Name())
    summary = _text()
    status = _word(words.SERIES_STATUS)
    owner = _link(IPerson)
    driver = _link(IPerson, required=False)
    date_created = _moment()

    @operation_parameters(
        name=Name(),
        date_targeted=Date(required=False),
        summary=Text(required=False),
        code_name=TextLine(required=False),
    )
    @export_operation_as("newMilestone")
    @export_factory_operation(IMilestone, [])
    def new_milestone(name, date_targeted, summary, code_name):
        """Make a milestone."""


@exported_as_webservice_entry("project", "projects")
class IProject(IHasMilestones, IBugTarget):
    """A project."""

    name = exported(Name())
    display_name = _line()
    summary = _text()
    title = _line(readonly=True)
    owner = _link(IPerson)
    driver = _link(IPerson, required=False)
    bug_supervisor = _link(IPerson, required=False)
    development_focus = _link(ISeries)
    date_created = _moment()
    series = _collection(ISeries)

    @operation_parameters(name=TextLine())
    @operation_returns_entry(IMilestone)
    @export_operation_as("getMilestone")
    @export_read_operation()
    def get_milestone(name):
        """Find a milestone."""

    @operation_parameters(name=TextLine())
    @operation_returns_entry(ISeries)
    @export_operation_as("getSeries")
    @export_read_operation()
    def get_series(name):
        """Find a series."""

    @operation_parameters(**_search_parameters())
    @operation_returns_collection_of(Interface)
    @export_operation_as("searchTasks")
    @export_read_operation()
    def search_tasks(**parameters):
        """Find the project's bug tasks."""


@exported_as_webservice_collection(IProject)
class IProjects(Interface):
    """All projects."""

    @collection_default_content()
    @operation_returns_collection_of(IProject)
    @export_read_operation()
    def latest():
        """List them, the newest first."""

    @operation_parameters(text=TextLine(required=False))
    @operation_returns_collection_of(IProject)
    @export_read_operation()
    def search(text):
        """Find projects by name."""


@exported_as_webservice_entry("message", "messages")
class IMessage(Interface):
    """A comment."""

    owner = _link(IPerson, readonly=True)
    parent = _link(required=False, readonly=True)
    subject = _line(readonly=True)
    content = _text(readonly=True)
    visible = _flag(readonly=True)
    date_created = _moment()
    date_deleted = _moment()
    date_last_edited = _moment()


@exported_as_webservice_entry("bug_subscription", "bug_subscriptions", publish_web_link=False)
class ISubscription(Interface):
    """That a person follows a bug."""

    bug = _link(readonly=True)
    person = _link(IPerson, readonly=True)
    subscribed_by = _link(IPerson, readonly=True)
    bug_notification_level = _word(words.NOTIFICATION_LEVEL)
    date_created = _moment()


@exported_as_webservice_entry("bug_task", "bug_tasks")
class IBugTask(Interface):
    """A bug in a project."""

    bug = _link(readonly=True)
    owner = _link(IPerson, readonly=True)
    title = _line(readonly=True)
    bug_target_name = _line(readonly=True)
    bug_target_display_name = _line(readonly=True)
    is_complete = _flag(readonly=True)
    status_explanation = _text()
    importance_explanation = _text()
    milestone = exported(Chosen(schema=IMilestone, required=False))
    status = _word(words.BUG_TASK_STATUS)
    importance = _word(words.BUG_TASK_IMPORTANCE)
    assignee = exported(Chosen(schema=IPerson, required=False))
    target = exported(Chosen(schema=IBugTarget))
    date_created = _moment()
    date_assigned = _moment()
    date_left_new = _moment()
    date_incomplete = _moment()
    date_confirmed = _moment()
    date_triaged = _moment()
    date_in_progress = _moment()
    date_deferred = _moment()
    date_fix_committed = _moment()
    date_fix_released = _moment()
    date_closed = _moment()
    date_left_closed = _moment()
    related_tasks = _collection()


@exported_as_webservice_entry("bug", "bugs")
class IBug(Interface):
    """A report."""

    id = _number()
    name = exported(Nickname(required=False))
    title = _line(min_length=1, max_length=200)
    description = exported(Text(min_length=1, max_length=50000, constraint=not_blank))
    owner = _link(IPerson, readonly=True)
    tags = exported(List(value_type=Name(), required=False))
    private = _flag()
    security_related = _flag()
    information_type = _word(words.INFORMATION_TYPE, readonly=True)
    duplicate_of = exported(Chosen(schema=Interface, required=False))
    lock_status = _word(words.LOCK_STATUS, readonly=True)
    lock_reason = _text()
    date_created = _moment()
    date_last_updated = _moment()
    date_last_message = _moment()
    date_made_private = _moment()
    who_made_private = _link(IPerson, required=False, readonly=True)
    heat = _number()
    message_count = _number()
    number_of_duplicates = _number()
    users_affected_count = _number()
    users_unaffected_count = _number()
    users_affected_count_with_dupes = _number()
    other_users_affected_count_with_dupes = _number()
    bug_tasks = _collection(IBugTask)
    messages = _collection(IMessage)
    subscriptions = _collection(ISubscription)
    duplicates = _collection()

    @operation_parameters(target=Reference(schema=IBugTarget))
    @export_operation_as("addTask")
    @export_factory_operation(IBugTask, [])
    def add_task(target):
        """Open a task in another project."""

    @operation_parameters(
        content=Text(), subject=Text(required=False), send_notifications=Bool(required=False, default=True)
    )
    @export_operation_as("newMessage")
    @export_factory_operation(IMessage, [])
    def new_message(content, subject, send_notifications):
        """Add a comment."""

    @operation_parameters(
        person=Reference(schema=IPerson), level=Choice(vocabulary=words.NOTIFICATION_LEVEL, required=False)
    )
    @operation_returns_entry(ISubscription)
    @export_write_operation()
    def subscribe(person, level):
        """Subscribe a person."""

    @operation_parameters(person=_optional_link(IPerson))
    @export_write_operation()
    def unsubscribe(person):
        """Take a person off."""

    @operation_parameters(
        status=Choice(
            vocabulary=words.LOCKED_STATUS,
            required=False,
            default=words.item(words.LOCKED_STATUS, "Comment-only"),
        ),
        reason=Text(required=False),
    )
    @export_write_operation()
    def lock(status, reason):
        """Leave others only comments."""

    @export_write_operation()
    def unlock():
        """Open the bug again."""

    @operation_parameters(information_type=Choice(vocabulary=words.INFORMATION_TYPE))
    @export_operation_as("transitionToInformationType")
    @export_write_operation()
    def transition_to_information_type(information_type):
        """Change who may see the bug."""


@exported_as_webservice_collection(IBug)
class IBugs(Interface):
    """All bugs."""

    @collection_default_content()
    def nothing():
        """List nothing."""

    @operation_parameters(
        target=Reference(schema=IBugTarget),
        title=TextLine(min_length=1, max_length=200),
        description=Text(min_length=1, max_length=50000, constraint=not_blank),
        tags=List(value_type=Name(), required=False),
        information_type=Choice(vocabulary=words.INFORMATION_TYPE, required=False),
        private=Bool(required=False),
        security_related=Bool(required=False),
    )
    @export_operation_as("createBug")
    @export_factory_operation(IBug, [])
    def create_bug(**parameters):
        """File a bug."""

    @operation_parameters(**_search_parameters())
    @operation_returns_collection_of(IBugTask)
    @export_operation_as("searchTasks")
    @export_read_operation()
    def search_tasks(**parameters):
        """Find bug tasks of all projects."""


def _annotations(interface, method):
    return interface[method].getTaggedValue(LAZR_WEBSERVICE_EXPORTED)


# Entries that lead to one another: what was not yet defined where it was named.
for _interface, _name, _schema in (
    (IIrcNickname, "person", IPerson),
    (IMessage, "parent", IMessage),
    (ISubscription, "bug", IBug),
    (IBugTask, "bug", IBug),
    (IBug, "duplicate_of", IBug),
):
    _interface[_name].schema = _schema
for _interface, _name, _schema in (
    (IHasMilestones, "active_milestones", IMilestone),
    (IHasMilestones, "all_milestones", IMilestone),
    (IPerson, "members", IPerson),
    (IPerson, "participants", IPerson),
    (IPerson, "super_teams", ITeam),
    (IBugTask, "related_tasks", IBugTask),
    (IBug, "duplicates", IBug),
):
    _interface[_name].value_type.schema = _schema
for _interface in (IPerson, IMilestone, IProject, IBugs):
    _search = _annotations(_interface, "search_tasks")
    _search["return_type"].value_type.schema = IBugTask
    for _name in ("assignee", "bug_reporter", "bug_commenter", "bug_subscriber", "owner"):
        _search["params"][_name].schema = IPerson
    _search["params"]["milestone"].value_type.schema = IMilestone
