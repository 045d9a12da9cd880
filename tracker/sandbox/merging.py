"""Merging one account into another, which only people at Launchpad's pages can do."""

from tracker.errors import TrackerError
from tracker.sandbox.filling import resolve
from tracker.sandbox.store import Store


def merge_account(store: Store, name: str, into: str) -> None:
    """Give everything of an account to another; its name then leads nowhere, and is free (source).

    Bugs and tasks change hands without a stamp. Raises TrackerError for an account that there is not, or for one
    and the same.
    """
    person, other = (resolve(store, "person", one) for one in (name, into))
    if person is other:
        raise TrackerError(f'"{name}" cannot be merged into itself', remedy="name two accounts")
    for table in [row["name"] for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]:
        for key in store.rows(f"PRAGMA foreign_key_list({table})"):
            if key["table"] == "person":
                column = key["from"]
                # What the other account is already, a member or subscriber, it is once.
                store.execute(f"UPDATE OR IGNORE {table} SET {column} = ? WHERE {column} = ?", other, person)  # noqa: S608
                store.execute(f"DELETE FROM {table} WHERE {column} = ?", person)  # noqa: S608
    person.write(name=f"{name}-merged", merged=other)
