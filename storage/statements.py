"""Statements that all stores make: counters, inserts that skip what is there, long lists in pieces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.models.counter import CounterRow

T = TypeVar("T")

#: How many values stand in one ``IN (...)``: SQLite takes 32,766 parameters, PostgreSQL 65,535.
IN_LIST = 5_000


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of a size; the last may be shorter."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert the rows that no unique constraint stands against; returns how many that were."""
    if not rows:
        return 0
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).on_conflict_do_nothing()
    return max(connection.execute(statement, list(rows)).rowcount, 0)


class Counter:
    """Numbers in the order of commits: whoever draws one holds the counter until the unit of work ends."""

    def __init__(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self._name = name

    def last(self) -> int:
        """The last number that was given out; 0 when none was."""
        table = CounterRow.table()
        return self._connection.execute(select(table.c.value).where(table.c.name == self._name)).scalar() or 0

    def hold(self) -> int:
        """Wait until no other unit of work draws; returns the last number."""
        return self.draw(0)

    def draw(self, count: int = 1) -> int:
        """Take so many numbers; returns the last of them."""
        table = CounterRow.table()
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(table).values(name=self._name, value=count)
        statement = statement.on_conflict_do_update(
            index_elements=[table.c.name], set_={"value": table.c.value + count}
        )
        return int(self._connection.execute(statement.returning(table.c.value)).scalar_one())
