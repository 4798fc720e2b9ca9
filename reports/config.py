"""The part of the settings that a report depends on, kept with it so that it can be rebuilt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from koe.issue import Label
from koe.settings import Settings


@dataclass(frozen=True, slots=True)
class ReportConfig:
    """Everything of ``koe.yaml`` that changes a figure, a name or a word of the report's data."""

    timezone: str
    level: float
    baseline_weeks: int
    min_weeks: int
    complaint: float
    names: Mapping[str, Label]
    owners: Mapping[str, str | None]

    @classmethod
    def of(cls, settings: Settings) -> ReportConfig:
        """Take it out of the settings."""
        products = settings.products
        return cls(
            settings.timezone,
            settings.detection.level,
            settings.detection.baseline_weeks,
            settings.detection.min_weeks,
            settings.discovery.complaint,
            {product: Label(entry.name.ja, entry.name.en) for product, entry in products.items()},
            {product: entry.owner for product, entry in products.items()},
        )

    @classmethod
    def from_snapshot(cls, kept: Mapping[str, Any]) -> ReportConfig:
        """Read it back as :meth:`snapshot` wrote it."""
        products = kept["products"]
        return cls(
            kept["timezone"],
            kept["level"],
            kept["baseline_weeks"],
            kept["min_weeks"],
            kept["complaint"],
            {product: Label(entry["ja"], entry["en"]) for product, entry in products.items()},
            {product: entry["owner"] for product, entry in products.items()},
        )

    def snapshot(self) -> dict[str, Any]:
        """JSON values only."""
        return {
            "timezone": self.timezone,
            "level": self.level,
            "baseline_weeks": self.baseline_weeks,
            "min_weeks": self.min_weeks,
            "complaint": self.complaint,
            "products": {
                product: {"ja": name.ja, "en": name.en, "owner": self.owners.get(product)}
                for product, name in self.names.items()
            },
        }

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of its weeks and dates."""
        return ZoneInfo(self.timezone)

    def name(self, product: str | None) -> Label:
        """What a product is called; its id where it has no name."""
        named = self.names.get(product or "")
        return named if named and (named.ja or named.en) else Label(product, product)
