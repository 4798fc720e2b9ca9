from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koe.errors import UsageError
from koe.week import Week

TOKYO = ZoneInfo("Asia/Tokyo")
NEW_YORK = ZoneInfo("America/New_York")


@given(st.dates(date(1990, 1, 8), date(2090, 1, 1)), st.integers(-60, 60))
def test_weeks_add_like_numbers(day: date, weeks: int) -> None:
    week = Week.of(day)
    assert Week.parse(str(week)) == week
    assert (week + weeks).weeks_since(week) == weeks
    assert (week + weeks) - weeks == week
    assert week + 1 > week
    assert week.monday <= day < (week + 1).monday


def test_a_week_begins_on_monday_in_its_time_zone() -> None:
    week = Week.parse("2026-W47")
    assert week.start(TOKYO) == datetime(2026, 11, 15, 15, tzinfo=UTC)
    assert week.end(TOKYO) == datetime(2026, 11, 22, 15, tzinfo=UTC)
    assert Week.at(datetime(2026, 11, 22, 14, 59, tzinfo=UTC), TOKYO) == week


def test_a_week_with_a_clock_change_has_an_hour_less() -> None:
    week = Week.parse("2026-W10")
    assert (week.end(NEW_YORK) - week.start(NEW_YORK)).total_seconds() == (7 * 24 - 1) * 3600


def test_the_last_complete_week_has_ended() -> None:
    now = datetime(2026, 11, 23, 0, 30, tzinfo=TOKYO)
    assert Week.last_complete(now, TOKYO) == Week(2026, 47)
    assert Week.last_complete(now, NEW_YORK) == Week(2026, 46)


@pytest.mark.parametrize("text", ["2026-47", "2026-W54", "2025-W53", "W47", "2026-W00", "9999-W52", "0001-W01", ""])
def test_what_is_no_week_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match="2026-W47"):
        Week.parse(text)
