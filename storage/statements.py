"""Statements that all stores make: counters, inserts that skip what is there, long lists in pieces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.models.counter import CounterRow
from storage.text import dump_json
from storage.types import SafeJson, UtcDateTime

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
    if connection.dialect.name == "postgresql":
        # psycopg does not count the rows of several inserts; what they return can be counted.
        statement = postgresql.insert(table).on_conflict_do_nothing().returning(*table.primary_key.columns)
        return len(connection.execute(statement, list(rows)).all())
    return connection.execute(sqlite.insert(table).on_conflict_do_nothing(), list(rows)).rowcount


def insert_prepared(connection: Connection, table: Table, rows: Sequence[list[Any]]) -> None:
    """Insert many rows whose texts are storable and whose times are in UTC; the values are in the table's order.

    The same as ``insert(table)``, without SQLAlchemy's work on each value, which costs more than the insert itself.
    The rows are changed on the way.
    """
    if not rows:
        return
    columns = list(table.columns)
    jsons = [place for place, column in enumerate(columns) if isinstance(column.type, SafeJson)]
    moments = [place for place, column in enumerate(columns) if isinstance(column.type, UtcDateTime)]
    names = [column.name for column in columns]
    compiled = insert(table).compile(dialect=connection.dialect, column_keys=names)
    for row in rows:
        for place in jsons:
            row[place] = dump_json(row[place]) if row[place] else "{}"
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(str(compiled), [dict(zip(names, row, strict=True)) for row in rows])
        return
    last, told = None, ""
    for row in rows:
        for place in moments:
            moment = row[place]
            if moment is not None:
                if moment is not last:
                    # As SQLAlchemy keeps a time on SQLite; the offset at its end is always +00:00.
                    last, told = moment, moment.isoformat(" ", "microseconds")[:26]
                row[place] = told
    connection.exec_driver_sql(str(compiled), [tuple(row) for row in rows])


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
