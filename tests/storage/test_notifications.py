from __future__ import annotations

from datetime import UTC, datetime

from koe.week import Week
from storage.database import Database

WEEK = Week(2026, 20)
AT = datetime(2026, 5, 19, tzinfo=UTC)


def test_what_a_target_got_of_a_week_is_kept(database: Database) -> None:
    with database.work() as work:
        assert work.notifications.sent("one", WEEK) is None
        work.notifications.keep("one", WEEK, "first", AT)
        work.notifications.keep("two", WEEK, "first", AT)
        work.notifications.keep("one", WEEK, "second", AT)
        work.commit()
    with database.work(write=False) as work:
        assert work.notifications.sent("one", WEEK) == "second"
        assert work.notifications.sent("two", WEEK) == "first"
        assert work.notifications.sent("one", WEEK + 1) is None
