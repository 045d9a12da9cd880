"""The kinds of field that Launchpad's rules need beside the framework's."""

import re
from typing import Any

from lazr.restful.fields import Reference
from zope.schema import TextLine
from zope.schema.interfaces import ConstraintNotSatisfied

from tracker.sandbox.access import RefusedError

_NAME = re.compile(r"[a-z0-9][a-z0-9+.\-]+")
_NICKNAME = re.compile(r"[a-z][a-z0-9+.\-]+")
_SEARCHED_TAG = re.compile(r"-?(?:\*|[a-z0-9][a-z0-9+.\-]+)")


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
