"""The settings that a report was made under."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class ConfigSnapshotRow(Base):
    """Settings by their hash."""

    __tablename__ = "config_snapshot"

    hash: Mapped[str] = mapped_column(primary_key=True)
    config: Mapped[dict[str, Any]]
