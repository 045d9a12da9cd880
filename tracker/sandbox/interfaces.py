"""What the sandbox publishes of people, projects, series and milestones: a part of Launchpad's entries.

Names, types and rights to write are Launchpad's. Fields are declared in the order in which a PATCH applies them.
"""

from lazr.restful.declarations import (
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
from zope.interface import Interface
from zope.schema import Choice, Date, Datetime, Text, TextLine

from tracker.sandbox import words
from tracker.sandbox.declarations import (
    collection,
    flag,
    line,
    link,
    moment,
    number,
    search_parameters,
    text,
    word,
)
from tracker.sandbox.fields import Chosen, Name


@exported_as_webservice_entry("has_milestones", "has_milestones")
class IHasMilestones(Interface):
    """What has milestones: a project or a series."""

    active_milestones = collection()
    all_milestones = collection()


@exported_as_webservice_entry("bug_target", "bug_targets")
class IBugTarget(Interface):
    """What bugs are reported in."""


class IHasSpecifications(Interface):
    """What has blueprints; those that nobody will work on any more are not valid ones."""

    all_specifications = collection()
    valid_specifications = collection()


@exported_as_webservice_entry("specification_target", "specification_targets")
class ISpecificationTarget(IHasSpecifications):
    """What blueprints are registered for."""

    @operation_parameters(name=TextLine())
    @operation_returns_entry(Interface)
    @export_operation_as("getSpecification")
    @export_read_operation()
    def get_specification(name):
        """Find a blueprint."""


@exported_as_webservice_entry("irc_id", "irc_ids")
class IIrcNickname(Interface):
    """A name on an IRC network."""

    person = link(readonly=True)
    network = line()
    nickname = line()


@exported_as_webservice_entry("person", "people")
class IPerson(IHasSpecifications):
    """A person or a team."""

    name = exported(Name())
    display_name = line()
    is_team = flag(readonly=True)
    is_valid = flag(readonly=True)
    private = flag(readonly=True)
    visibility = word(words.VISIBILITY)
    karma = number()
    account_status = word(words.ACCOUNT_STATUS, readonly=True)
    date_created = moment()
    irc_nicknames = collection(IIrcNickname)
    members = collection()
    participants = collection()
    super_teams = collection()

    @operation_parameters(**search_parameters())
    @operation_returns_collection_of(Interface)
    @export_operation_as("searchTasks")
    @export_read_operation()
    def search_tasks(**parameters):
        """Find the bug tasks that concern the person."""

    @operation_parameters(status=Choice(vocabulary=words.ACCOUNT_STATUS), comment=Text())
    @export_operation_as("setAccountStatus")
    @export_write_operation()
    def set_account_status(status, comment):
        """Suspend an account, say."""


@exported_as_webservice_entry("team", "teams")
class ITeam(IPerson):
    """A team."""

    team_owner = link(IPerson)
    membership_policy = word(words.MEMBERSHIP_POLICY)


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
    code_name = text()
    summary = text()
    date_targeted = exported(Date(required=False))
    is_active = flag()
    target = link(IHasMilestones)
    series_target = link(IHasMilestones)
    title = line(readonly=True)

    @operation_parameters(**search_parameters())
    @operation_returns_collection_of(Interface)
    @export_operation_as("searchTasks")
    @export_read_operation()
    def search_tasks(**parameters):
        """Find the bug tasks that are targeted to the milestone."""


@exported_as_webservice_entry("project_series", "project_series")
class ISeries(IHasMilestones, IBugTarget, ISpecificationTarget):
    """A line of a project's development."""

    name = exported(Name())
    summary = text()
    status = word(words.SERIES_STATUS)
    project = link(IBugTarget)
    owner = link(IPerson)
    driver = link(IPerson, required=False)
    date_created = moment()

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

    @operation_parameters(**search_parameters())
    @operation_returns_collection_of(Interface)
    @export_operation_as("searchTasks")
    @export_read_operation()
    def search_tasks(**parameters):
        """Find the series' bug tasks."""


@exported_as_webservice_entry("project", "projects")
class IProject(IHasMilestones, IBugTarget, ISpecificationTarget):
    """A project."""

    name = exported(Name())
    display_name = line()
    summary = text()
    title = line(readonly=True)
    owner = link(IPerson)
    driver = link(IPerson, required=False)
    bug_supervisor = link(IPerson, required=False)
    development_focus = exported(Chosen(schema=ISeries))
    date_created = moment()
    series = collection(ISeries)

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

    @operation_parameters(name=Name(), summary=Text())
    @export_operation_as("newSeries")
    @export_factory_operation(ISeries, [])
    def new_series(name, summary):
        """Make a series."""

    @operation_parameters(**search_parameters())
    @operation_returns_collection_of(Interface)
    @export_operation_as("searchTasks")
    @export_read_operation()
    def search_tasks(**parameters):
        """Find the project's bug tasks."""


ISeries["project"].schema = IProject


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
