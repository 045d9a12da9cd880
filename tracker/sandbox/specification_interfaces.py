"""What the sandbox publishes of blueprints, which Launchpad calls specifications here; see interfaces."""

from lazr.restful.declarations import (
    LAZR_WEBSERVICE_EXPORTED,
    collection_default_content,
    export_factory_operation,
    export_operation_as,
    export_write_operation,
    exported,
    exported_as_webservice_collection,
    exported_as_webservice_entry,
    operation_parameters,
)
from lazr.restful.fields import Reference
from zope.interface import Interface
from zope.schema import Bool, Choice, Text, TextLine

from tracker.sandbox import words
from tracker.sandbox.bug_interfaces import IBug
from tracker.sandbox.declarations import collection, flag, line, link, moment, optional_link, text, word
from tracker.sandbox.fields import Chosen, SpecificationName, SpecificationUrl, WorkItemsText
from tracker.sandbox.interfaces import IBugTarget, IHasSpecifications, IMilestone, IPerson, ISpecificationTarget

# The framework registers what a module names here; what is imported is registered where it is from.
__all__ = ["ISpecification", "ISpecificationBranch", "ISpecifications"]


@exported_as_webservice_entry("specification_branch", "specification_branches")
class ISpecificationBranch(Interface):
    """That a branch carries a blueprint out; there are no branches here."""


@exported_as_webservice_entry("specification", "specifications")
class ISpecification(Interface):
    """A blueprint."""

    name = exported(SpecificationName())
    title = line()
    specification_url = exported(SpecificationUrl(required=False))
    summary = exported(Text())
    assignee = exported(Chosen(schema=IPerson, required=False))
    drafter = exported(Chosen(schema=IPerson, required=False))
    approver = exported(Chosen(schema=IPerson, required=False))
    priority = word(words.SPECIFICATION_PRIORITY)
    milestone = link(IMilestone, required=False)
    whiteboard = text()
    direction_approved = flag()
    information_type = word(words.INFORMATION_TYPE)
    definition_status = word(words.DEFINITION_STATUS)
    target = link(ISpecificationTarget)
    workitems_text = exported(WorkItemsText(required=False))
    implementation_status = word(words.IMPLEMENTATION_STATUS)
    owner = link(IPerson, readonly=True)
    starter = link(IPerson, required=False, readonly=True)
    completer = link(IPerson, required=False, readonly=True)
    date_created = moment()
    date_started = moment()
    date_completed = moment()
    is_started = flag(readonly=True)
    is_complete = flag(readonly=True)
    lifecycle_status = word(words.LIFECYCLE_STATUS, readonly=True)
    has_accepted_goal = flag(readonly=True)
    bugs = collection(IBug)
    dependencies = collection()
    linked_branches = collection(ISpecificationBranch)

    @operation_parameters(bug=Reference(schema=IBug))
    @export_operation_as("linkBug")
    @export_write_operation()
    def link_bug(bug):
        """Link a bug, and tell whether it was not yet."""

    @operation_parameters(bug=Reference(schema=IBug))
    @export_operation_as("unlinkBug")
    @export_write_operation()
    def unlink_bug(bug):
        """Take a link away, and tell whether it was there."""

    @operation_parameters(person=Reference(schema=IPerson), essential=Bool(required=False, default=False))
    @export_write_operation()
    def subscribe(person, essential):
        """Subscribe a person."""

    @operation_parameters(person=optional_link(IPerson))
    @export_write_operation()
    def unsubscribe(person):
        """Take a person off."""

    @operation_parameters(goal=optional_link(IBugTarget))
    @export_operation_as("proposeGoal")
    @export_write_operation()
    def propose_goal(goal):
        """Propose the blueprint for a series, or for none any more."""

    @export_operation_as("acceptGoal")
    @export_write_operation()
    def accept_goal():
        """Take it up for the series."""

    @export_operation_as("declineGoal")
    @export_write_operation()
    def decline_goal():
        """Take it up no more."""


@exported_as_webservice_collection(ISpecification)
class ISpecifications(Interface):
    """All blueprints."""

    @collection_default_content()
    def nothing():
        """List nothing."""

    @operation_parameters(
        target=Reference(schema=ISpecificationTarget),
        name=SpecificationName(),
        title=TextLine(),
        specurl=SpecificationUrl(required=False),
        summary=Text(),
        definition_status=Choice(vocabulary=words.DEFINITION_STATUS, required=False),
        assignee=optional_link(IPerson),
        drafter=optional_link(IPerson),
        whiteboard=Text(required=False),
    )
    @export_operation_as("createSpecification")
    @export_factory_operation(ISpecification, [])
    def create_specification(**parameters):
        """Register a blueprint."""


# Entries that lead to one another: what was not yet defined where it was named.
ISpecification["dependencies"].value_type.schema = ISpecification
for _name in ("all_specifications", "valid_specifications"):
    IHasSpecifications[_name].value_type.schema = ISpecification
ISpecificationTarget["get_specification"].getTaggedValue(LAZR_WEBSERVICE_EXPORTED)[
    "return_type"
].schema = ISpecification
