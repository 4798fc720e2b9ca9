"""Databases and reviews to test on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from koe.feedback import Channel, Feedback
from storage.database import Database, open_database

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = open_database(url)
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{tmp_path / 'koe.sqlite'}", busy_seconds=0.1)
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def review() -> Callable[..., Feedback]:
    def make(external_id: str = "1", text: str | None = "音が出ない", **fields: object) -> Feedback:
        values = {
            "source": "shop",
            "channel": Channel.REVIEW,
            "created_at": datetime(2026, 5, 1, 3, tzinfo=UTC),
            **fields,
        }
        return Feedback(external_id=external_id, text=text, **values)  # type: ignore[arg-type]

    return make
