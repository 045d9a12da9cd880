"""The tables of keys as JSON Schema 2020-12, for editors and other programs; pure.

A schema looks at each value alone, as an editor reads it: it knows neither people.yaml nor the other values.
"""

from typing import Any

from tracker.recap import schema
from tracker.recap.keys import Table, describe_table

_FILES: dict[str, tuple[str, Table]] = {
    "recap": ("a recap", schema.RECAP),
    "people": ("people.yaml", schema.PEOPLE),
    "tracker": ("tracker.yaml", schema.TRACKER),
}
FILES = tuple(_FILES)
"""The kinds of file that there is a schema of."""


def build_schema(file: str) -> dict[str, Any]:
    """Return the schema of one of FILES."""
    title, table = _FILES[file]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"summit-tracker: {title}",
        **describe_table(table),
    }
