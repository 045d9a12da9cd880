"""Which blueprints a project, a series or a person has."""

from tracker.sandbox import words
from tracker.sandbox.conditions import Conditions
from tracker.sandbox.store import Rows, Store
from tracker.sandbox.visibility import sees_specification, visible_specifications

COMPLETE = (
    "implementation_status = 'Implemented' OR definition_status IN ('Superseded', 'Obsolete')"
    " OR (implementation_status = 'Informational' AND definition_status = 'Approved')"
)


def _rank(column: str, enumeration: object) -> str:
    titles = [item.title for item in enumeration.items]  # type: ignore[attr-defined]
    return f"CASE {column} " + " ".join(f"WHEN '{title}' THEN {rank}" for rank, title in enumerate(titles)) + " END"


_ORDER = (
    f"{_rank('priority', words.SPECIFICATION_PRIORITY)} DESC,"
    f" {_rank('definition_status', words.DEFINITION_STATUS)}, name, id"
)


def list_specifications(store: Store, scope: str, *values: object, valid: bool = False) -> Rows:
    """Return the blueprints that meet a condition, the most important first; of a page that is wanted.

    The valid ones are those that are not complete (source).
    """

    def ids() -> list[int]:
        conditions = Conditions()
        conditions.add(scope, *values)
        visible_specifications(conditions)
        if valid:
            conditions.add(f"NOT ({COMPLETE})")
        found = store.rows(
            f"SELECT id FROM specification WHERE {conditions.text} ORDER BY {_ORDER}",  # noqa: S608 (all written here)
            *conditions.values,
        )
        return [row["id"] for row in found]

    return Rows(store, "specification", ids)


def find_specification(store: Store, project: object, name: str | None) -> object:
    """Find a project's blueprint; one that the person who asks may not see is absent."""
    found = store.find("specification", "project = ? AND name = ?", project, name)
    return found if found is not None and sees_specification(found) else None
