"""The database: opening it, its version, and units of work."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.engine.url import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from koe.errors import StorageError
from storage.errors import as_koe_error
from storage.migrations.history import HEAD, Standing, standing
from storage.text import dump_json
from storage.work import Work

#: How long a write waits for another one before it is told that the database is busy, in seconds.
BUSY_SECONDS = 30.0
#: 64 MB of pages in memory, and a write-ahead log of 32 MB: the indexes of a million rows stay quick.
_FOR_SPEED = ("cache_size = -64000", "wal_autocheckpoint = 8000")
#: Connections that PostgreSQL keeps open for this process: opening one takes longer than most of what is asked.
_POOL = 10
_MIGRATION_LOCK = 0x6B6F65  # PostgreSQL: one migration at a time; the number only has to be koe's own


def open_database(url: str, *, busy_seconds: float = BUSY_SECONDS) -> Database:
    """Open a database by its URL; nothing is connected or made yet.

    ``sqlite:///path`` (relative paths are the caller's business) or ``postgresql://user@host/name``.

    Raises:
        StorageError: when the URL is none, or of another kind of database.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StorageError(f"{url!r} is no database URL; expected something like sqlite:///koe.sqlite") from error
    kind = parsed.get_backend_name()
    if kind not in ("sqlite", "postgresql"):
        raise StorageError(f"koe stores in sqlite or postgresql, not in {kind}; change database: in koe.yaml")
    if kind == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    return Database(parsed, busy_seconds=busy_seconds)


class Database:
    """A place that holds everything koe knows; hands out units of work."""

    def __init__(self, url: URL, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.name = url.render_as_string(hide_password=True)
        self._file = _sqlite_file(url)
        try:
            self._engine = _make_engine(url, busy_seconds)
        except (NoSuchModuleError, ModuleNotFoundError) as error:
            raise StorageError(f"the driver for {self.name} is missing; reinstall koe") from error
        weakref.finalize(self, self._engine.dispose)

    def migrate(self) -> None:
        """Make the tables, or bring old ones to this koe's version; does nothing when they are.

        Raises:
            StorageError: when the database was made by a newer koe, or cannot be used.
        """
        from storage.migrations.run import upgrade

        if self._file:
            self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._begin(write=True) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            found = _version(connection)
            if standing(found) is Standing.NEWER:
                raise self._newer(found)
            if standing(found) is not Standing.CURRENT:
                upgrade(connection)
                connection.commit()

    def check(self) -> None:
        """Make sure that the tables are there and of this koe's version.

        Raises:
            StorageError: when they are missing, older or newer; with the mend.
        """
        self._require_file()
        with self._begin(write=False) as connection:
            found = _version(connection)
        match standing(found):
            case Standing.EMPTY:
                raise StorageError(f"The database {self.name} is empty; `koe init` makes its tables.")
            case Standing.NEWER:
                raise self._newer(found)
            case Standing.OLDER:
                raise StorageError(
                    f"The database {self.name} is of version {found}, this koe needs {HEAD}; `koe run` brings it there."
                )
            case Standing.CURRENT:
                return

    @contextmanager
    def work(self, *, write: bool = True) -> Iterator[Work]:
        """A unit of work: all or nothing, rolled back unless committed.

        On SQLite there is one writer at a time, and ``write=True`` takes its place at once, so that nothing that was
        read in the unit can change before it is written. Long readings take ``write=False``: they see one moment of
        the database, and block nobody.

        Raises:
            BusyError: when another writer does not come to an end; the same call may go through later.
            StorageError: when the database is missing or cannot be used.
        """
        self._require_file()
        with self._begin(write=write) as connection:
            yield Work(connection)

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()

    @contextmanager
    def _begin(self, *, write: bool) -> Iterator[Connection]:
        try:
            # The connection begins with its first statement, and closing it rolls back what is not committed.
            with self._engine.connect().execution_options(**self._options(write)) as connection:
                yield connection
        except DBAPIError as error:
            told = as_koe_error(error, self.name)
            if told is None:
                raise
            raise told from error

    def _options(self, write: bool) -> dict[str, Any]:
        if self._engine.dialect.name == "sqlite":
            return {"koe_begin": "BEGIN IMMEDIATE" if write else "BEGIN"}
        return {} if write else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

    def _require_file(self) -> None:
        if self._file and not self._file.exists():
            raise StorageError(f"There is no database at {self._file}; `koe init` makes it.")

    def _newer(self, found: str | None) -> StorageError:
        return StorageError(
            f"The database {self.name} is of version {found}, which this koe (up to {HEAD}) does not know; "
            "install the koe that made it, or a newer one."
        )


def _make_engine(url: URL, busy_seconds: float) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, json_serializer=dump_json, pool_pre_ping=True, pool_size=_POOL)
    engine = create_engine(url, json_serializer=dump_json, connect_args={"timeout": busy_seconds})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        # The driver's own BEGIN comes late and is never IMMEDIATE; koe begins its transactions itself.
        connection.isolation_level = None
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON", *_FOR_SPEED):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(f"PRAGMA busy_timeout = {int(busy_seconds * 1000)}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("koe_begin", "BEGIN"))

    return engine


def _sqlite_file(url: URL) -> Path | None:
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return None if url.database.startswith("file:") else Path(url.database)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
