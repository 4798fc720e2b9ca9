"""How the stars of feedback changed: customers edit their reviews."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from storage.models import FeedbackRow
from storage.statements import IN_LIST, batched

_table = FeedbackRow.table()


@dataclass(frozen=True, slots=True)
class Ratings:
    """The stars of a feedback, 1 to 5, and since when each held, in order; at least one."""

    stars: tuple[tuple[datetime, float], ...]

    def change_since(self, moment: datetime) -> float:
        """How many stars it has more now than at a moment (before the first: than at first)."""
        before = [stars for at, stars in self.stars if at <= moment] or [self.stars[0][1]]
        return self.stars[-1][1] - before[-1]


class RatingHistory:
    """Reads the stars of all versions; changes nothing."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, keys: Iterable[str]) -> dict[str, Ratings]:
        """The stars of many feedback by key; those without stars are left out."""
        by_source: dict[str, set[str]] = {}
        for key in keys:
            source, _, external_id = key.partition(":")
            by_source.setdefault(source, set()).add(external_id)
        found: dict[str, list[tuple[datetime, float]]] = {}
        columns = select(_table.c.external_id, _table.c.effective_at, _table.c.rating).where(
            _table.c.rating.is_not(None)
        )
        for source, ids in by_source.items():
            for part in batched(sorted(ids), IN_LIST):
                query = columns.where(_table.c.source == source, _table.c.external_id.in_(part))
                for row in self._connection.execute(query.order_by(_table.c.effective_at, _table.c.version)):
                    found.setdefault(f"{source}:{row.external_id}", []).append((row.effective_at, row.rating))
        return {key: Ratings(tuple(stars)) for key, stars in found.items()}
