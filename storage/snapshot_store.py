"""Keeping the settings that reports are made under."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Connection, select

from koe.errors import NotFoundError
from storage.models import ConfigSnapshotRow
from storage.statements import insert_new
from storage.text import storable_json


class SnapshotStore:
    """Settings by the hash of their content."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, config: Mapping[str, Any]) -> str:
        """Keep settings (JSON values only); equal settings share a hash, SHA-256 in hex."""
        clean = storable_json(config)
        packed = json.dumps(clean, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(packed.encode()).hexdigest()
        insert_new(self._connection, ConfigSnapshotRow.table(), [{"hash": digest, "config": clean}])
        return digest

    def get(self, digest: str) -> Mapping[str, Any]:
        """The settings with a hash.

        Raises:
            NotFoundError: when there are none.
        """
        table = ConfigSnapshotRow.table()
        found = self._connection.execute(select(table.c.config).where(table.c.hash == digest)).scalar()
        if found is None:
            raise NotFoundError("settings snapshot", digest)
        return cast(Mapping[str, Any], found)
