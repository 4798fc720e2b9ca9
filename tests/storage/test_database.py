from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from koe.errors import BusyError, StorageError
from koe.feedback import Feedback
from storage.database import Database, open_database


def test_models_and_migrations_agree(url: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlalchemy import create_engine

    from storage.models import Base

    database = open_database(url)
    database.migrate()
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()
    database.close()


def test_the_newest_version_is_the_one_the_code_asks_for() -> None:
    from alembic.script import ScriptDirectory

    from storage import migrations
    from storage.migrations.history import HEAD, VERSIONS

    scripts = ScriptDirectory(str(Path(migrations.__path__[0])))
    assert scripts.get_current_head() == HEAD
    assert [script.revision for script in scripts.walk_revisions()][::-1] == list(VERSIONS)


def test_the_tables_can_be_removed_again(url: str) -> None:
    from alembic.migration import MigrationContext
    from alembic.operations import Operations
    from alembic.script import ScriptDirectory
    from sqlalchemy import create_engine, inspect

    from storage import migrations

    database = open_database(url)
    database.migrate()
    database.close()
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        first = ScriptDirectory(str(Path(migrations.__path__[0]))).get_revision("0001")
        with Operations.context(MigrationContext.configure(connection)):
            first.module.downgrade()
        assert inspect(connection).get_table_names() == ["alembic_version"]
    engine.dispose()


def test_migrating_twice_changes_nothing(database: Database, review: Callable[..., Feedback], now: datetime) -> None:
    with database.work() as work:
        work.feedback.upsert([review()], now)
        work.commit()
    database.migrate()
    database.check()
    with database.work(write=False) as work:
        assert work.feedback.get("shop:1") is not None


def test_a_missing_database_is_told_with_the_mend_and_not_made(tmp_path: Path) -> None:
    file = tmp_path / "none.sqlite"
    database = open_database(f"sqlite:///{file}")
    with pytest.raises(StorageError, match="koe init"):
        database.check()
    with pytest.raises(StorageError, match="koe init"), database.work():
        pass
    assert not file.exists()


def test_an_empty_database_is_told_with_the_mend(url: str, tmp_path: Path) -> None:
    (tmp_path / "koe.sqlite").touch()
    database = open_database(url)
    with pytest.raises(StorageError, match="koe init"):
        database.check()
    with pytest.raises(StorageError, match="koe init"), database.work() as work:
        work.feedback.get("a:b")
    database.close()


def test_a_newer_database_is_left_alone(sqlite: Database, tmp_path: Path) -> None:
    _set_version(tmp_path, "9999")
    with pytest.raises(StorageError, match=r"9999.*newer"):
        sqlite.check()
    with pytest.raises(StorageError, match=r"9999.*newer"):
        sqlite.migrate()


def test_a_version_is_older_current_or_newer() -> None:
    from storage.migrations.history import Standing, standing

    known = ("0001", "0002")
    assert [standing(found, known) for found in (None, "0001", "0002", "0003")] == [
        Standing.EMPTY,
        Standing.OLDER,
        Standing.CURRENT,
        Standing.NEWER,
    ]


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    file = tmp_path / "koe.sqlite"
    file.write_text("id,text\n" * 500)
    with pytest.raises(StorageError, match="no SQLite database"):
        open_database(f"sqlite:///{file}").check()


@pytest.mark.parametrize("url", ["koe.sqlite", "mysql://host/db"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(StorageError, match="sqlite"):
        open_database(url)


def test_an_unreachable_server_is_told_without_the_password() -> None:
    database = open_database("postgresql://koe:secret@127.0.0.1:1/koe")
    with pytest.raises(StorageError) as error:
        database.check()
    assert "secret" not in str(error.value)


def test_work_that_is_not_committed_is_lost(database: Database, review: Callable[..., Feedback], now: datetime) -> None:
    with database.work() as work:
        work.feedback.upsert([review()], now)
    with contextlib.suppress(KeyError), database.work() as work:
        work.feedback.upsert([review()], now)
        raise KeyError("cut off")
    with database.work() as work:
        assert work.feedback.get("shop:1") is None
        assert work.feedback.last_seq() == 0


def test_a_writer_that_does_not_end_makes_others_busy_but_not_readers(
    sqlite: Database, review: Callable[..., Feedback], now: datetime
) -> None:
    with sqlite.work() as work:
        work.feedback.upsert([review()], now)
        with pytest.raises(BusyError) as error, sqlite.work() as other:
            other.feedback.upsert([review("2")], now)
        assert error.value.transient
        with sqlite.work(write=False) as reader:
            assert list(reader.feedback.seen(now)) == []
        work.commit()


def test_sqlite_keeps_a_write_ahead_log(sqlite: Database, tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "koe.sqlite")
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_references_are_held(database: Database, now: datetime) -> None:
    from sqlalchemy.exc import IntegrityError

    from koe.issue import Alert
    from koe.week import Week

    with pytest.raises(IntegrityError), database.work() as work:
        work.alerts.replace(Week(2026, 10), [Alert("ISSUE-0009", Week(2026, 10), 0.05, 0.01, 0.02, 1)])


def test_importing_storage_loads_no_sqlalchemy() -> None:
    code = "import sys, storage, storage.sources.read; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def _set_version(folder: Path, version: str) -> None:
    with sqlite3.connect(folder / "koe.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
    connection.close()
