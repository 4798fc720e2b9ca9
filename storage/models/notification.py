"""Which target was sent the report of which week."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class NotificationRow(Base):
    """A report that a target got: ``target`` is the hash of its address, ``digest`` that of what the report says."""

    __tablename__ = "notification"

    target: Mapped[str] = mapped_column(primary_key=True)
    week: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    sent_at: Mapped[datetime]
