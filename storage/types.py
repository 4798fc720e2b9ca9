"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import JSON, BigInteger, DateTime, Integer, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from storage.text import storable, storable_json


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, stored in UTC and read with its offset; SQLite alone would forget the offset without a word."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn a moment into UTC; a time without an offset is a mistake of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no offset; expected a moment such as 2026-01-05T09:03+09:00")
        moment = value if value.tzinfo is UTC else value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment back in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class SafeText(TypeDecorator[str]):
    """Text of any length, made storable; compared and ordered by code points on every database."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> String:
        """PostgreSQL would order by the server's locale."""
        return String(collation="C") if dialect.name == "postgresql" else String()

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Make a text storable; str subclasses such as enum members become plain text."""
        return None if value is None else storable(str(value))


class SafeJson(TypeDecorator[object]):
    """A JSON value whose texts are storable."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: object | None, dialect: Dialect) -> object | None:
        """Make the texts inside storable."""
        return storable_json(value)


#: A row number that may grow beyond 32 bits; SQLite numbers rows by itself only in a plain INTEGER.
BIG_ID = BigInteger().with_variant(Integer, "sqlite")
