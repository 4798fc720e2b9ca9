"""Exposure: units of products and variants by period."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from storage.feedback_store import INGEST
from storage.models import ExposureRow
from storage.statements import Counter, batched, insert_new

_table = ExposureRow.table()


@dataclass(frozen=True, slots=True)
class Exposure:
    """Units in a period (``2026-W10`` or ``2026-03-02``) of a product, or of a value of one of its attributes.

    For the whole product ``attribute`` and ``value`` are empty.
    """

    product_id: str
    attribute: str
    value: str
    period: str
    units: float


class ExposureStore:
    """Statements of units; the newest about a thing holds."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def upsert(self, rows: Iterable[tuple[str, str | None, str | None, str, float] | Exposure]) -> int:
        """State units; returns how many statements are new or differ from the last one about the same thing."""
        counter = Counter(self._connection, INGEST)
        counter.hold()
        known = {(e.product_id, e.attribute, e.value, e.period): e.units for e in self.all()}
        changed = 0
        for batch in batched(rows, 5_000):
            new = []
            for row in batch:
                product, attribute, value, period, units = (
                    (row.product_id, row.attribute, row.value, row.period, row.units)
                    if isinstance(row, Exposure)
                    else row
                )
                key = (product, attribute or "", value or "", period)
                if known.get(key) != units:
                    known[key] = units
                    new.append({**dict(zip(_KEY, key, strict=True)), "units": units})
            if new:
                last = counter.draw(len(new))
                for number, values in enumerate(new, start=1):
                    values["seq"] = last - len(new) + number
                changed += insert_new(self._connection, _table, new)
        return changed

    def all(self, as_of_ingest: int | None = None) -> list[Exposure]:
        """What holds, now or as of an ingest number, by product, attribute, value and period."""
        newest = select(func.max(_table.c.seq)).group_by(*(_table.c[name] for name in _KEY))
        if as_of_ingest is not None:
            newest = newest.where(_table.c.seq <= as_of_ingest)
        query = select(_table).where(_table.c.seq.in_(newest)).order_by(*(_table.c[name] for name in _KEY))
        return [
            Exposure(row.product_id, row.attribute, row.value, row.period, row.units)
            for row in self._connection.execute(query)
        ]


_KEY = ("product_id", "attribute", "value", "period")
