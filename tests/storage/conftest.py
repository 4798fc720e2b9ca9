"""Databases to test on: SQLite always, PostgreSQL where ``KOE_TEST_POSTGRES_URL`` names a server to play on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from koe.feedback import Channel, Feedback
from storage.database import Database, open_database

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'koe.sqlite'}"
        return
    server = os.environ.get("KOE_TEST_POSTGRES_URL")
    if not server:
        pytest.skip("KOE_TEST_POSTGRES_URL names no PostgreSQL")
    import psycopg

    schema = f"koe_test_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        yield f"{server}?options=-csearch_path%3D{schema}"
        connection.execute(f"DROP SCHEMA {schema} CASCADE")


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
