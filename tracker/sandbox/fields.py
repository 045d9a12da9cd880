"""The kinds of field that Launchpad's rules need beside the framework's."""

import re
from html import escape
from typing import Any

from lazr.restful.fields import Reference
from zope.schema import Text, TextLine
from zope.schema.interfaces import ConstraintNotSatisfied

from tracker.sandbox.access import RefusedError

_NAME = re.compile(r"[a-z0-9][a-z0-9+.\-]+")
_NICKNAME = re.compile(r"[a-z][a-z0-9+.\-]+")
_SEARCHED_TAG = re.compile(r"-?(?:\*|[a-z0-9][a-z0-9+.\-]+)")


class Checked:
    """A field whose values its record checks, by the method that is named; what that says goes to the client."""

    check: str

    def _validate(self, value: Any) -> None:
        super()._validate(value)  # type: ignore[misc]
        try:
            getattr(self.context, self.check)(value)  # type: ignore[attr-defined]
        except RefusedError as error:
            raise ConstraintNotSatisfied(str(error)) from error


class SpecificationName(Checked, TextLine):  # type: ignore[misc]
    """The name of a blueprint: what Launchpad says of a bad one is escaped as for a page."""

    check = "check_name"

    def constraint(self, value: str) -> bool:
        """Refuse what is no name."""
        if not _NAME.fullmatch(value):
            raise ConstraintNotSatisfied(
                f"\nInvalid name '{escape(value)}'. Names must be at least two characters long\n"
                "and start with a letter or number."
            )
        return True


class SpecificationUrl(Checked, TextLine):  # type: ignore[misc]
    """The address of a blueprint's full text."""

    check = "check_url"


class WorkItemsText(Checked, Text):  # type: ignore[misc]
    """A blueprint's work items, a line each."""

    check = "check_work_items"


class Chosen(Reference):  # type: ignore[misc]
    """A link whose choices depend on the record: an active milestone of its own project, say."""

    def _validate(self, value: Any) -> None:
        super()._validate(value)
        try:
            allowed = self.context.check_choice(self.__name__, value)
        except RefusedError as error:
            raise ConstraintNotSatisfied(str(error)) from error
        if not allowed:
            raise ConstraintNotSatisfied(value, self.__name__)


class Name(TextLine):  # type: ignore[misc]
    """A name that can be part of an address, and a tag: two or more characters, lower case."""

    def constraint(self, value: str) -> bool:
        """Tell whether it is one."""
        return bool(_NAME.fullmatch(value))


class SearchedTag(TextLine):  # type: ignore[misc]
    """A tag, `*` for any, or either with a minus before it for its absence."""

    def constraint(self, value: str) -> bool:
        """Tell whether it is one."""
        return bool(_SEARCHED_TAG.fullmatch(value))


class Nickname(TextLine):  # type: ignore[misc]
    """The nickname of a bug."""

    def _validate(self, value: str) -> None:
        super()._validate(value)
        if not _NICKNAME.fullmatch(value):
            raise ConstraintNotSatisfied(f"Invalid name '{value}'.")
        try:
            self.context.check_name(value)
        except RefusedError as error:
            raise ConstraintNotSatisfied(str(error)) from error


def not_blank(text: str) -> bool:
    """Tell whether a description says something; the empty one is refused for its length."""
    return text == "" or bool(text.strip())
