"""Alerts, one for an issue and a week."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, delete, select

from koe.issue import Alert, issue_id, issue_number
from koe.week import Week
from storage.models import AlertRow
from storage.statements import insert_new

_table = AlertRow.table()


class AlertStore:
    """What was said to rise."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def replace(self, week: Week, alerts: Iterable[Alert]) -> None:
        """Keep the alerts of a week in place of those it had."""
        self._connection.execute(delete(_table).where(_table.c.week == str(week)))
        insert_new(
            self._connection,
            _table,
            [
                {
                    "issue": issue_number(alert.issue),
                    "week": str(week),
                    "level": alert.level,
                    "p_value": alert.p_value,
                    "q_value": alert.q_value,
                    "event": alert.event,
                }
                for alert in alerts
            ],
        )

    def list(self, week: Week | None = None, issue: str | None = None) -> list[Alert]:
        """Alerts by week and issue."""
        query = select(_table).order_by(_table.c.week, _table.c.issue)
        if week is not None:
            query = query.where(_table.c.week == str(week))
        if issue is not None:
            query = query.where(_table.c.issue == issue_number(issue))
        return [
            Alert(issue_id(row.issue), Week.parse(row.week), row.level, row.p_value, row.q_value, row.event)
            for row in self._connection.execute(query)
        ]
