"""Exposure: units of a product, or of a variant of it, in a period."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.types import BIG_ID


class ExposureRow(Base):
    """A statement of units; a later one about the same thing replaces it from its ``seq`` on."""

    __tablename__ = "exposure"
    __table_args__ = (UniqueConstraint("product_id", "attribute", "value", "period", "seq"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    product_id: Mapped[str]
    attribute: Mapped[str]
    value: Mapped[str]
    period: Mapped[str]
    units: Mapped[float]
    seq: Mapped[int] = mapped_column(BIG_ID)
