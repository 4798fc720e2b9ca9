"""Alert: an issue rises beyond chance."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class AlertRow(Base):
    """The alert of an issue in a week, with the level it was made under."""

    __tablename__ = "alert"

    issue: Mapped[int] = mapped_column(ForeignKey("issue.number"), primary_key=True)
    week: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[float]
    p_value: Mapped[float]
    q_value: Mapped[float]
    event: Mapped[int]
