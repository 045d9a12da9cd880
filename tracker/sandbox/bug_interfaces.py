"""What the sandbox publishes of bugs: tasks, nominations, comments and subscriptions; see interfaces."""

from lazr.restful.declarations import (
    LAZR_WEBSERVICE_EXPORTED,
    collection_default_content,
    export_destructor_operation,
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
from lazr.restful.fields import Reference
from zope.interface import Interface
from zope.schema import Bool, Choice, List, Text, TextLine

from tracker.sandbox import words
from tracker.sandbox.declarations import (
    collection,
    flag,
    line,
    link,
    moment,
    number,
    optional_link,
    search_parameters,
    text,
    word,
)
from tracker.sandbox.fields import Chosen, Name, Nickname, not_blank
from tracker.sandbox.interfaces import (
    IBugTarget,
    IHasMilestones,
    IIrcNickname,
    IMilestone,
    IPerson,
    IProject,
    ISeries,
    ITeam,
)

# The framework registers what a module names here; what is imported is registered where it is from.
__all__ = ["IBug", "IBugTask", "IBugs", "IMessage", "INomination", "ISubscription"]


@exported_as_webservice_entry("message", "messages")
class IMessage(Interface):
    """A comment."""

    owner = link(IPerson, readonly=True)
    parent = link(required=False, readonly=True)
    subject = line(readonly=True)
    content = text(readonly=True)
    visible = flag(readonly=True)
    date_created = moment()
    date_deleted = moment()
    date_last_edited = moment()

    @operation_parameters(new_content=Text())
    @export_operation_as("editContent")
    @export_write_operation()
    def edit_content(new_content):
        """Say something else."""

    @export_operation_as("deleteContent")
    @export_write_operation()
    def delete_content():
        """Take it back."""


@exported_as_webservice_entry("bug_subscription", "bug_subscriptions", publish_web_link=False)
class ISubscription(Interface):
    """That a person follows a bug."""

    bug = link(readonly=True)
    person = link(IPerson, readonly=True)
    subscribed_by = link(IPerson, readonly=True)
    bug_notification_level = word(words.NOTIFICATION_LEVEL)
    date_created = moment()

    @export_operation_as("canBeUnsubscribedByUser")
    @export_read_operation()
    def can_be_unsubscribed():
        """Tell whether whoever asks may end it."""


@exported_as_webservice_entry("bug_nomination", "bug_nominations", publish_web_link=False)
class INomination(Interface):
    """That a bug is proposed for a series."""

    bug = link(readonly=True)
    target = link(IBugTarget, readonly=True)
    productseries = link(ISeries, required=False, readonly=True)
    owner = link(IPerson, readonly=True)
    decider = link(IPerson, required=False, readonly=True)
    status = word(words.NOMINATION_STATUS, readonly=True)
    date_created = moment()
    date_decided = moment()

    @export_operation_as("canApprove")
    @export_read_operation()
    def can_approve():
        """Tell whether whoever asks may decide."""

    @export_write_operation()
    def approve():
        """Make a task for the series."""

    @export_write_operation()
    def decline():
        """Make none."""


@exported_as_webservice_entry("bug_task", "bug_tasks")
class IBugTask(Interface):
    """A bug in a project."""

    bug = link(readonly=True)
    owner = link(IPerson, readonly=True)
    title = line(readonly=True)
    bug_target_name = line(readonly=True)
    bug_target_display_name = line(readonly=True)
    is_complete = flag(readonly=True)
    status_explanation = text()
    importance_explanation = text()
    milestone = exported(Chosen(schema=IMilestone, required=False))
    status = word(words.BUG_TASK_STATUS)
    importance = word(words.BUG_TASK_IMPORTANCE)
    assignee = exported(Chosen(schema=IPerson, required=False))
    target = exported(Chosen(schema=IBugTarget))
    date_created = moment()
    date_assigned = moment()
    date_left_new = moment()
    date_incomplete = moment()
    date_confirmed = moment()
    date_triaged = moment()
    date_in_progress = moment()
    date_deferred = moment()
    date_fix_committed = moment()
    date_fix_released = moment()
    date_closed = moment()
    date_left_closed = moment()
    related_tasks = collection()

    @export_destructor_operation()
    def delete():
        """Delete the task."""


@exported_as_webservice_entry("bug", "bugs")
class IBug(Interface):
    """A report."""

    id = number()
    name = exported(Nickname(required=False))
    title = line(min_length=1, max_length=200)
    description = exported(Text(min_length=1, max_length=50000, constraint=not_blank))
    owner = link(IPerson, readonly=True)
    tags = exported(List(value_type=Name(), required=False))
    private = flag()
    security_related = flag()
    information_type = word(words.INFORMATION_TYPE, readonly=True)
    duplicate_of = exported(Chosen(schema=Interface, required=False))
    lock_status = word(words.LOCK_STATUS, readonly=True)
    lock_reason = text()
    date_created = moment()
    date_last_updated = moment()
    date_last_message = moment()
    date_made_private = moment()
    who_made_private = link(IPerson, required=False, readonly=True)
    heat = number()
    message_count = number()
    number_of_duplicates = number()
    users_affected_count = number()
    users_unaffected_count = number()
    users_affected_count_with_dupes = number()
    other_users_affected_count_with_dupes = number()
    bug_tasks = collection(IBugTask)
    messages = collection(IMessage)
    subscriptions = collection(ISubscription)
    duplicates = collection()

    @operation_parameters(target=Reference(schema=IBugTarget))
    @export_operation_as("addTask")
    @export_factory_operation(IBugTask, [])
    def add_task(target):
        """Open a task in another project."""

    @operation_parameters(target=Reference(schema=IBugTarget))
    @export_operation_as("canBeNominatedFor")
    @export_read_operation()
    def can_be_nominated_for(target):
        """Tell whether the bug may be nominated for a series."""

    @operation_parameters(target=Reference(schema=IBugTarget))
    @export_operation_as("addNomination")
    @export_factory_operation(INomination, [])
    def add_nomination(target):
        """Nominate the bug for a series."""

    @operation_parameters(target=optional_link(IBugTarget))
    @operation_returns_collection_of(INomination)
    @export_operation_as("getNominations")
    @export_read_operation()
    def get_nominations(target):
        """List what the bug is nominated for."""

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

    @operation_parameters(person=optional_link(IPerson))
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

    @operation_parameters(**search_parameters())
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
    (INomination, "bug", IBug),
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
for _interface in (IPerson, IMilestone, ISeries, IProject, IBugs):
    _search = _annotations(_interface, "search_tasks")
    _search["return_type"].value_type.schema = IBugTask
    for _name in ("assignee", "bug_reporter", "bug_commenter", "bug_subscriber", "owner"):
        _search["params"][_name].schema = IPerson
    _search["params"]["milestone"].value_type.schema = IMilestone
