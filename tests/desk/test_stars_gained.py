"""How stars change after a reply, beside reviews that got none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.due import service_levels
from desk.figures import cases, figures
from koe.feedback import Channel, Feedback
from koe.settings import Settings
from koe.ticket import Priority, Routing
from storage.database import Database, open_database
from storage.rating_history import Ratings

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{tmp_path / 'koe.sqlite'}")
    database.migrate()
    yield database
    database.close()


def test_the_stars_at_a_moment_are_those_of_the_version_that_held() -> None:
    ratings = Ratings(((NOW, 1.0), (NOW + DAY, 2.0), (NOW + 3 * DAY, 5.0)))
    assert ratings.change_since(NOW - DAY) == 4
    assert ratings.change_since(NOW + DAY) == 3
    assert ratings.change_since(NOW + 2 * DAY) == 3
    assert ratings.change_since(NOW + 4 * DAY) == 0


def test_stars_gained_after_a_reply_stand_beside_those_without_one(database: Database) -> None:
    # Two are answered, of which one gives two stars more; of two that are not, one takes one away; one has no stars.
    said = [
        Feedback("shop", str(n), Channel.REVIEW, NOW - DAY, text=f"broken {n}", rating=None if n == 5 else 2.0)
        for n in range(1, 6)
    ]
    with database.work() as work:
        work.feedback.upsert(said, NOW - DAY)
        for one in said:
            routing = Routing("support", Priority.NORMAL, needs_response=True, rule="complaint", reasons=("so",))
            work.tickets.create(one.key, routing, None, NOW, "en")
        for number in (1, 2):
            work.tickets.reply(f"CASE-{number:06}", "Sorry.", "aki", NOW + DAY)
        edits = {1: 4.0, 3: 1.0}
        work.feedback.upsert(
            [replace(said[n - 1], rating=stars, updated_at=NOW + 2 * DAY) for n, stars in edits.items()], NOW + 2 * DAY
        )
        timelines = work.timelines.since(NOW - DAY)
        ratings = work.ratings.of(one.ticket.feedback for one in timelines)
        work.commit()
    assert sorted(ratings) == ["shop:1", "shop:2", "shop:3", "shop:4"]
    found = figures("all", cases(timelines, service_levels(Settings()), NOW + 3 * DAY, ratings=ratings), 0)
    assert (found.gained, found.gained_unanswered) == (1.0, -0.5)
