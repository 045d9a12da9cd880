"""Short ways to declare what a published entry has, and what a search of bug tasks takes."""

from typing import Any

from lazr.restful.declarations import exported
from lazr.restful.fields import CollectionField, Reference
from zope.interface import Interface
from zope.schema import Bool, Choice, Datetime, Int, List, Text, TextLine

from tracker.sandbox import words
from tracker.sandbox.fields import SearchedTag


def text(**settings: Any) -> Any:
    """Declare a text of any length, which may be missing."""
    return exported(Text(required=False, **settings))


def line(**settings: Any) -> Any:
    """Declare a text of one line."""
    return exported(TextLine(**settings))


def number() -> Any:
    """Declare a number that the service counts."""
    return exported(Int(readonly=True))


def moment() -> Any:
    """Declare a time that the service stamps."""
    return exported(Datetime(required=False, readonly=True))


def flag(**settings: Any) -> Any:
    """Declare a yes or no."""
    return exported(Bool(required=False, **settings))


def word(vocabulary: Any, **settings: Any) -> Any:
    """Declare a word of an enumeration."""
    return exported(Choice(vocabulary=vocabulary, **settings))


def link(schema: Any = Interface, **settings: Any) -> Any:
    """Declare a link to another entry."""
    return exported(Reference(schema=schema, **settings))


def collection(schema: Any = Interface) -> Any:
    """Declare a link to a collection of entries."""
    return exported(CollectionField(value_type=Reference(schema=schema)))


def optional_link(schema: Any = Interface) -> Any:
    """Declare a parameter that is a link and may be left out."""
    return Reference(schema=schema, required=False)


def words_of(vocabulary: Any) -> Any:
    """Declare a parameter that is a list of an enumeration's words and may be left out."""
    return List(value_type=Choice(vocabulary=vocabulary), required=False)


def search_parameters() -> dict[str, Any]:
    """Return the parameters of `searchTasks`, new fields for each operation."""
    return {
        "status": words_of(words.BUG_TASK_STATUS_SEARCH),
        "importance": words_of(words.BUG_TASK_IMPORTANCE),
        "information_type": words_of(words.INFORMATION_TYPE),
        "assignee": optional_link(),
        "bug_reporter": optional_link(),
        "bug_commenter": optional_link(),
        "bug_subscriber": optional_link(),
        "owner": optional_link(),
        "milestone": List(value_type=Reference(schema=Interface), required=False),
        "tags": List(value_type=SearchedTag(), required=False),
        "tags_combinator": Choice(vocabulary=words.TAGS_COMBINATOR, required=False),
        "search_text": TextLine(required=False),
        "modified_since": Datetime(required=False),
        "created_since": Datetime(required=False),
        "created_before": Datetime(required=False),
        "omit_duplicates": Bool(required=False, default=True),
        "omit_targeted": Bool(required=False, default=False),
        "order_by": List(value_type=TextLine(), required=False),
    }
