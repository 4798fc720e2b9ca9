"""Numbering equal rows of a file, without keeping them in memory."""

from __future__ import annotations

import sqlite3


class Occurrences:
    """How often each digest was seen so far, in a private temporary database that spills to disk by itself."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute("PRAGMA cache_size = -16000")
        self._connection.execute("CREATE TABLE seen (digest BLOB PRIMARY KEY, times INTEGER) WITHOUT ROWID")
        self._connection.execute("BEGIN")

    def number(self, digest: bytes) -> int:
        """1 the first time a digest is seen, then 2, 3, …"""
        statement = "INSERT INTO seen VALUES (?, 1) ON CONFLICT DO UPDATE SET times = times + 1 RETURNING times"
        return int(self._connection.execute(statement, (digest,)).fetchone()[0])

    def close(self) -> None:
        """Throw the counts away."""
        self._connection.close()
