"""Which target was sent the report of which week, so that it gets it once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from koe.week import Week
from storage.models import NotificationRow

_table = NotificationRow.table()


class NotificationStore:
    """What was sent, by target (a hash, never an address) and week."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def sent(self, target: str, week: Week) -> str | None:
        """The digest of the report that a target last got of a week, or ``None``."""
        return self._connection.execute(select(_table.c.digest).where(*_place(target, week))).scalar()

    def keep(self, target: str, week: Week, digest: str, at: datetime) -> None:
        """Keep that a target got a report of a week, in place of what it got of it before."""
        self._connection.execute(delete(_table).where(*_place(target, week)))
        row = {"target": target, "week": str(week), "digest": digest, "sent_at": at}
        self._connection.execute(insert(_table).values(row))


def _place(target: str, week: Week) -> tuple[ColumnElement[bool], ...]:
    return _table.c.target == target, _table.c.week == str(week)
