from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from koe.errors import NotFoundError
from koe.feedback import RefusedRow
from storage.database import Database

ROW = RefusedRow("shop", "a.csv: row 3, line 4", "3,\ud83d\x00", "no date")


def test_the_same_row_is_kept_once(database: Database, now: datetime) -> None:
    with database.work() as work:
        assert work.quarantine.add([ROW, ROW, RefusedRow("shop", "row 9", "x", "y")], now) == 2
        assert work.quarantine.add([ROW], now + timedelta(days=1)) == 0
        kept = work.quarantine.list("shop")
        assert [(row.position, row.raw, row.refused_at) for row in kept] == [
            ("a.csv: row 3, line 4", "3,\ufffd\ufffd", now),
            ("row 9", "x", now),
        ]
        assert work.quarantine.get(kept[0].id) == kept[0]
        assert work.quarantine.list("other") == []
        assert len(work.quarantine.list(limit=1)) == 1


def test_a_resolved_row_leaves_the_list_and_stays_resolved(database: Database, now: datetime) -> None:
    with database.work() as work:
        work.quarantine.add([ROW], now)
        as_of = work.feedback.last_seq()
        number = work.quarantine.list()[0].id
        work.quarantine.resolve(number, now)
        assert work.quarantine.add([ROW], now) == 0
        assert work.quarantine.list() == []
        assert work.quarantine.list(resolved=True)[0].resolved_at == now
        assert (work.quarantine.count(), work.quarantine.count(as_of)) == (0, 1)
        assert work.quarantine.count(as_of, until=now) == 0


def test_an_unknown_row_is_told(database: Database) -> None:
    with database.work() as work, pytest.raises(NotFoundError):
        work.quarantine.get(7)
